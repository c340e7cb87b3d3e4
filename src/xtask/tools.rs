//! The programs the build needs, at the versions it was tested with.

use crate::process::{Command, Outcome, Place, on_path, read, write};
use std::path::{Path, PathBuf};

/// The bundler.
pub const TRUNK: &str = "0.21.14";
/// Must be the version of the library in `Cargo.lock`: the two speak a private protocol.
pub const WASM_BINDGEN: &str = "0.2.129";
/// AWS's published API models, of which `generate` cuts the tables.
pub const BOTOCORE: &str = "1.44.5";
/// The oldest Node.js that the browser tests run with.
const NODE: u32 = 20;
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Where the Rust tools are installed: a cache of the user, shared by all checkouts.
pub fn folder() -> PathBuf {
    let cache = [
        ("XDG_CACHE_HOME", ""),
        ("LOCALAPPDATA", ""),
        ("HOME", ".cache"),
    ]
    .into_iter()
    .find_map(|(name, inner)| {
        let folder = std::env::var_os(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(folder).join(inner))
    })
    .unwrap_or_else(std::env::temp_dir);
    cache.join("hopwise").join("tools")
}

/// Everything `trunk build` needs.
pub fn for_web(place: &Place) -> Outcome<()> {
    wasm_target(place)?;
    npm(place)?;
    cargo_tools(place)?;
    // Trunk runs cargo offline, so the crates must be here already; silent when they are.
    Command::new(place, "cargo")
        .args(["fetch", "--quiet", "--target", WASM_TARGET])
        .run()
}

/// The compiler's part for wasm.
pub fn wasm_target(place: &Place) -> Outcome<()> {
    let sysroot = Command::new(place, "rustc")
        .args(["--print", "sysroot"])
        .read()?;
    let library = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET);
    if library.is_dir() {
        return Ok(());
    }
    println!("Installing the Rust target {WASM_TARGET}");
    Command::new(place, "rustup")
        .args(["target", "add", WASM_TARGET])
        .run()
}

/// Trunk and wasm-bindgen; what is missing is compiled, once.
pub fn cargo_tools(place: &Place) -> Outcome<()> {
    let missing: Vec<String> = [
        ("trunk", "trunk", TRUNK),
        ("wasm-bindgen", "wasm-bindgen-cli", WASM_BINDGEN),
    ]
    .into_iter()
    .filter(|(program, _, version)| !has_version(place, program, version))
    .map(|(_, package, version)| format!("{package}@{version}"))
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let root = folder();
    println!(
        "Installing {} into {}: once, some minutes",
        missing.join(" and "),
        root.display()
    );
    // Compiled for a short wait rather than for speed: they run for seconds.
    let work = place.target().join("tools");
    Command::new(place, "cargo")
        .args(["install", "--locked", "--force", "--root"])
        .arg(&root)
        .arg("--target-dir")
        .arg(&work)
        .args(&missing)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .run()?;
    // Half a gigabyte that nobody needs again; if it can't be removed, it does no harm.
    let _ = std::fs::remove_dir_all(&work);
    Ok(())
}

/// Whether the program that will be found first answers with exactly this version.
fn has_version(place: &Place, program: &str, version: &str) -> bool {
    std::iter::once(folder().join("bin").join(program))
        .chain(on_path(program))
        .find(|file| file.is_file() || file.with_extension("exe").is_file())
        .and_then(|file| Command::new(place, file).arg("--version").read().ok())
        .is_some_and(|answer| answer.split_whitespace().any(|word| word == version))
}

/// Node and the npm packages of the lock file.
pub fn npm(place: &Place) -> Outcome<()> {
    let answer = Command::new(place, "node").arg("--version").read()?;
    let major = answer.trim().trim_start_matches('v').split('.').next();
    match major.and_then(|number| number.parse::<u32>().ok()) {
        Some(major) if major >= NODE => {}
        _ => {
            return Err(format!(
                "Node.js {NODE} or newer is needed; this is {}",
                answer.trim()
            ));
        }
    }
    let lock = read(&place.root.join("package-lock.json"))?;
    let stamp = place.root.join("node_modules/.hopwise-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("Installing the npm packages of package-lock.json");
    Command::new(place, "npm")
        .args(["ci", "--no-fund", "--no-audit"])
        .run()?;
    write(&stamp, &lock)
}

/// A browser of Chromium's family, for the tests.
pub fn chromium() -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(path);
        return match path.is_file() {
            true => Ok(path),
            false => Err(format!(
                "CHROMIUM names {}, which is not there",
                path.display()
            )),
        };
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    if let Some(place) = debian_root() {
        println!("Installing Chromium with apt-get");
        Command::new(&place, "apt-get")
            .args(["update", "--quiet"])
            .run()?;
        Command::new(&place, "apt-get")
            .args([
                "install",
                "--yes",
                "--quiet",
                "--no-install-recommends",
                "chromium",
            ])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()?;
    }
    find_chromium().ok_or_else(|| {
        "the browser tests need Chromium or Chrome. Install it (Debian: `sudo apt-get install \
         chromium`; macOS: `brew install --cask chromium`), or name it: CHROMIUM=/path/to/chrome"
            .to_owned()
    })
}

fn find_chromium() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    let files = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
        "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    ];
    names.into_iter().find_map(on_path).or_else(|| {
        files
            .into_iter()
            .map(PathBuf::from)
            .find(|file| file.is_file())
    })
}

/// The project's place when this is Debian and we may install packages.
fn debian_root() -> Option<Place> {
    let release = std::fs::read_to_string("/etc/os-release").ok()?;
    // Ubuntu's package of this name only points to a snap, so it doesn't count.
    if !release.lines().any(|line| line == "ID=debian") {
        return None;
    }
    let place = Place::find().ok()?;
    let user = Command::new(&place, "id").arg("-u").read().ok()?;
    (user.trim() == "0").then_some(place)
}

/// A Python that has botocore, in a virtual environment of its own.
pub fn botocore(place: &Place) -> Outcome<PathBuf> {
    let home = place.target().join("botocore");
    let python = match cfg!(windows) {
        true => home.join("Scripts/python.exe"),
        false => home.join("bin/python"),
    };
    let stamp = home.join(".version");
    if std::fs::read_to_string(&stamp).is_ok_and(|version| version == BOTOCORE) {
        return Ok(python);
    }
    println!("Installing botocore {BOTOCORE} into {}", home.display());
    let system = match on_path("python3") {
        Some(_) => "python3",
        None => "python",
    };
    Command::new(place, system)
        .args(["-m", "venv"])
        .arg(&home)
        .run()?;
    Command::new(place, &python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .arg(format!("botocore=={BOTOCORE}"))
        .run()?;
    write(&stamp, BOTOCORE)?;
    Ok(python)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The version stands in three files, none of which can read another.
    #[test]
    fn one_version_of_wasm_bindgen() {
        let place = Place::find().unwrap();
        let trunk = read(&place.root.join("Trunk.toml")).unwrap();
        assert!(trunk.contains(&format!("wasm_bindgen = \"{WASM_BINDGEN}\"")));
        let lock = read(&place.root.join("Cargo.lock")).unwrap();
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{WASM_BINDGEN}\"");
        assert!(lock.contains(&locked));
    }
}
