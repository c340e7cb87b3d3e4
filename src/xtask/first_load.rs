//! The two parts of the page's program in the finished site, and the recording that parts them.

use crate::addresses::{hide, show};
use crate::linked::Linked;
use crate::process::{Command, Outcome, Place, read, write};
use crate::record::{Recording, instrument};
use crate::split::split;
use crate::{server, tools, web};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// Marks the name of the whole module in `index.html`, and then that of the first part.
const WASM: &str = "data-wasm=\"";
/// Marks the name of the rest, which the page fetches when it has started.
pub const REST: &str = "data-rest=\"";

fn recording(place: &Place) -> PathBuf {
    place.root.join("src/app/first-load.txt")
}

/// What the linker leaves of the page's program, in Cargo's folder.
const LINKED: &str = "wasm32-unknown-unknown/web/hopwise-app.wasm";

/// Named, because nothing in the module says which features it uses; `-g` keeps the names of
/// functions until it is split.
const OPTIMISE: [&str; 10] = [
    "-Oz",
    "-g",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// The environment's wish for a first part with 0xAA where the rest's data will stand.
const POISON: &str = "HOPWISE_POISON";

/// A module as wasm-opt leaves it; its files stand in `folder`.
pub fn optimise(place: &Place, folder: &Path, module: &[u8]) -> Outcome<Vec<u8>> {
    let (from, to) = (folder.join("from.wasm"), folder.join("optimised.wasm"));
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
    store(&from, module)?;
    Command::new(place, "wasm-opt")
        .args(OPTIMISE)
        .arg("-o")
        .arg(&to)
        .arg(&from)
        .run()?;
    bytes(&to)
}

/// The site's module as wasm-opt leaves it, with its addresses hidden.
fn optimised(place: &Place, module: &Path) -> Outcome<(Vec<u8>, Linked)> {
    let linked = Linked::read(&bytes(&place.target().join(LINKED))?)?;
    let hidden = hide(&bytes(module)?, &linked)?;
    let folder = place.target().join("first-load");
    Ok((optimise(place, &folder, &hidden)?, linked))
}

/// Puts the first part and the rest into the place of the site's one module.
pub fn split_site(place: &Place, site: &Path) -> Outcome<()> {
    let recording = Recording::parse(&read(&recording(place))?)
        .map_err(|error| format!("{error}; make it anew: cargo xtask generate first-load"))?;
    let index = site.join("index.html");
    let page = read(&index)?;
    let whole = module_name(&page)?;
    let (module, linked) = optimised(place, &site.join(whole))?;
    let poison = std::env::var_os(POISON).is_some();
    let halves = split(&module, &linked, &recording, poison)?;
    let first = hashed("hopwise-app", &halves.first);
    let rest = hashed("hopwise-rest", &halves.rest);
    store(&site.join(&first), &halves.first)?;
    store(&site.join(&rest), &halves.rest)?;
    write(&index, &renamed(&page, whole, &first, &rest))?;
    std::fs::remove_file(site.join(whole))
        .map_err(|error| format!("{whole} can't be removed: {error}"))
}

/// Records a start of the page in a browser, and writes the file that the build reads.
pub fn generate(place: &Place) -> Outcome<()> {
    tools::for_web(place)?;
    let chromium = tools::chromium()?;
    let site = place.target().join("record");
    web::whole(place, &site)?;
    let page = read(&site.join("index.html"))?;
    let file = site.join(module_name(&page)?);
    let (whole, _) = optimised(place, &file)?;
    store(&file, &show(&instrument(&whole)?)?)?;
    let url = server::spawn(place, &site, 0)?;
    let told = Command::new(place, "node")
        .arg("tests/browser/record.mjs")
        .env("HOPWISE_URL", url)
        .env("CHROMIUM", chromium)
        .read()?;
    let told: Result<BTreeSet<u32>, _> = told.lines().map(str::parse).collect();
    let told = told.map_err(|error| format!("record.mjs printed no number: {error}"))?;
    let text = Recording::of(&whole, &told)?.text();
    write(&recording(place), &text)?;
    println!(
        "Recorded {} functions in src/app/first-load.txt",
        text.lines().filter(|line| !line.starts_with('#')).count()
    );
    Ok(())
}

/// The name of the module that the page starts.
fn module_name(page: &str) -> Outcome<&str> {
    page.split_once(WASM)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(name, _)| name.trim_start_matches("./"))
        .ok_or_else(|| "index.html names no module".to_owned())
}

/// The page with the names of the parts.
fn renamed(page: &str, whole: &str, first: &str, rest: &str) -> String {
    page.replace(WASM, &format!("{REST}./{rest}\" {WASM}"))
        .replace(whole, first)
}

/// A name that changes with the content, which `deploy/headers.toml` lets browsers keep for ever.
fn hashed(name: &str, content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    format!("{name}-{:016x}_bg.wasm", hasher.finish())
}

fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|error| format!("{} can't be read: {error}", path.display()))
}

fn store(path: &Path, bytes: &[u8]) -> Outcome<()> {
    std::fs::write(path, bytes)
        .map_err(|error| format!("{} can't be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_both_parts() {
        let page = r#"<t data-wasm="./a-1_bg.wasm"></t><link href="./a-1_bg.wasm">"#;
        assert_eq!(module_name(page).unwrap(), "a-1_bg.wasm");
        let page = renamed(page, "a-1_bg.wasm", "a-2_bg.wasm", "r-3_bg.wasm");
        assert_eq!(
            page,
            r#"<t data-rest="./r-3_bg.wasm" data-wasm="./a-2_bg.wasm"></t><link href="./a-2_bg.wasm">"#
        );
        assert!(module_name("").is_err());
    }

    #[test]
    fn a_name_follows_its_content() {
        let name = hashed("a", b"x");
        assert_eq!(name, hashed("a", b"x"));
        assert_ne!(name, hashed("a", b"y"));
        assert_eq!(name.len(), "a-0123456789abcdef_bg.wasm".len());
    }
}
