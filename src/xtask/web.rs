//! The site: Trunk's build, what is added to it, and the loop of `serve`.

use crate::process::{Command, Outcome, Place, files_under, read, web_name, write};
use crate::sizes::Sizes;
use crate::{first_load, server, tools};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Builds the released site into `dist/` and weighs it.
pub fn release(place: &Place) -> Outcome<Sizes> {
    tools::for_web(place)?;
    whole(place, &place.dist())?;
    println!("Parting the first load from the rest");
    first_load::split_site(place, &place.dist())?;
    println!("Packing and weighing the files");
    Sizes::weigh(place)
}

/// Builds the released site with its program in one piece, as wasm-bindgen leaves it.
pub fn whole(place: &Place, site: &Path) -> Outcome<()> {
    Command::new(place, "trunk")
        .args(["build", "--release", "--dist"])
        .arg(site)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(place)?)
        .run()?;
    add_lessons(place, site)?;
    paint_opening(place, site)
}

/// Builds quickly, for looking at, into a folder of its own.
fn debug(place: &Place, folder: &Path) -> Outcome<()> {
    Command::new(place, "trunk")
        .args(["build", "--dist"])
        .arg(folder)
        .run()?;
    add_lessons(place, folder)
}

/// Panic messages name source files; the visitors need not learn the builder's folders, and the
/// size must not hang on them. Symbols of the newer form give each instance of a generic function
/// a name of its own, by which the recording of the first load knows it. The linker tells who names
/// which data, so that the split can part them; wasm-bindgen ignores it.
fn flags(place: &Place) -> Outcome<String> {
    let user = ["HOME", "USERPROFILE"]
        .into_iter()
        .find_map(std::env::var_os);
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&user?).join(".cargo")));
    let mut flags = vec![format!("--remap-path-prefix={}=.", place.root.display())];
    if let Some(cargo) = cargo {
        flags.push(format!("--remap-path-prefix={}=cargo", cargo.display()));
    }
    // Where rustup has brought the library's source, rustc names the files there.
    let sysroot = Command::new(place, "rustc")
        .args(["--print", "sysroot"])
        .read()?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    flags.push(format!("--remap-path-prefix={}=rust", library.display()));
    flags.push("-Csymbol-mangling-version=v0".to_owned());
    flags.push("-Clink-arg=--emit-relocs".to_owned());
    // Cargo's separator that no folder's name holds.
    Ok(flags.join("\x1f"))
}

/// Copies the lessons and writes `lessons/index.json`, the list of their files: a static host
/// lists no folders.
fn add_lessons(place: &Place, site: &Path) -> Outcome<()> {
    let from = place.root.join("lessons");
    let to = site.join("lessons");
    let mut names = Vec::new();
    for file in files_under(&from) {
        let name = web_name(&from, &file);
        let copy = to.join(&name);
        copy.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::copy(&file, &copy))
            .map_err(|error| format!("{} can't be copied: {error}", file.display()))?;
        names.push(name);
    }
    write(&to.join("index.json"), &json_list(&names))
}

/// Between these marks of `index.html` stands what is read before the program has arrived.
const OPENING: (&str, &str) = ("<!-- opening -->", "<!-- /opening -->");

/// Writes the opening of the first lesson into `index.html`, so that there is something to read
/// on the first paint. The quick build of `serve` leaves what stands there.
fn paint_opening(place: &Place, site: &Path) -> Outcome<()> {
    let opening = Command::new(place, "cargo")
        .args(["run", "--locked", "--release", "--quiet"])
        .args(["--package", "hopwise-cli", "--bin", "hopwise", "--"])
        .args(["lesson", "opening", "lessons"])
        .read()?;
    let path = site.join("index.html");
    let page = with_opening(&read(&path)?, &opening)
        .ok_or("index.html has no place for the opening of the first lesson")?;
    write(&path, &page)
}

/// The page with `opening` between its marks; `None` where it has no marks.
fn with_opening(page: &str, opening: &str) -> Option<String> {
    let (before, rest) = page.split_once(OPENING.0)?;
    let (_, after) = rest.split_once(OPENING.1)?;
    Some(format!("{before}{}{after}", opening.trim()))
}

/// A JSON array of texts.
fn json_list(names: &[String]) -> String {
    let lines: Vec<String> = names
        .iter()
        .map(|name| format!("  \"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    match lines.is_empty() {
        true => "[]\n".to_owned(),
        false => format!("[\n{}\n]\n", lines.join(",\n")),
    }
}

/// Builds, serves, and builds anew on every change, until it is stopped.
pub fn serve(place: &Place, port: u16) -> Outcome<()> {
    tools::for_web(place)?;
    let folder = place.target().join("serve");
    let mut seen = state(place);
    debug(place, &folder)?;
    let url = server::spawn(place, &folder, port)?;
    println!("Hopwise is at {url} (stop with Ctrl-C)");
    loop {
        std::thread::sleep(Duration::from_millis(500));
        let now = state(place);
        if now == seen {
            continue;
        }
        seen = now;
        let start = Instant::now();
        match debug(place, &folder) {
            Ok(()) => println!(
                "Built anew in {:.1} s; reload {url}",
                start.elapsed().as_secs_f32()
            ),
            Err(message) => println!("error: {message}; the site stays as it was"),
        }
    }
}

/// The files the site is made of, with the time of their last change.
fn state(place: &Place) -> Vec<(PathBuf, Option<SystemTime>)> {
    ["src", "static", "lessons"]
        .iter()
        .flat_map(|folder| files_under(&place.root.join(folder)))
        .chain(["index.html", "Trunk.toml", "Cargo.toml"].map(|file| place.root.join(file)))
        .map(|file| {
            let changed = std::fs::metadata(&file)
                .and_then(|data| data.modified())
                .ok();
            (file, changed)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opening_stands_between_its_marks() {
        let page = "a<!-- opening -->old<!-- /opening -->b";
        assert_eq!(with_opening(page, "new\n").as_deref(), Some("anewb"));
        assert_eq!(with_opening("ab", "new"), None);
    }

    #[test]
    fn lists_are_json() {
        assert_eq!(json_list(&[]), "[]\n");
        let names = ["pack.md".to_owned(), "a\"b.md".to_owned()];
        assert_eq!(json_list(&names), "[\n  \"pack.md\",\n  \"a\\\"b.md\"\n]\n");
    }
}
