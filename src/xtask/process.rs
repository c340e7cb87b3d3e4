//! Where the project stands, and the running of other programs with a word about it.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What a step gives back; the error is a sentence for the person at the terminal.
pub type Outcome<T> = Result<T, String>;

/// The folders of the project.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
}

impl Place {
    /// Finds the project around the current folder.
    pub fn find() -> Outcome<Self> {
        let here = std::env::current_dir()
            .map_err(|error| format!("the current folder can't be read: {error}"))?;
        here.ancestors()
            .find(|folder| folder.join("src/xtask/Cargo.toml").is_file())
            .map(|folder| Self {
                root: folder.to_owned(),
            })
            .ok_or_else(|| "run this inside the project's folder".to_owned())
    }

    /// Cargo's folder for what it builds.
    pub fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// The finished site.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Whether the crate `src/<name>` is there.
    pub fn has_crate(&self, name: &str) -> bool {
        self.root
            .join("src")
            .join(name)
            .join("Cargo.toml")
            .is_file()
    }
}

/// A program to run in the project's root, with the pinned tools first on its `PATH`.
#[derive(Debug)]
pub struct Command {
    line: String,
    inner: std::process::Command,
}

/// The tests that a program counted in its output.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that failed.
    pub failed: usize,
}

impl Command {
    /// Prepares `program`.
    pub fn new(place: &Place, program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut inner = std::process::Command::new(on_windows_by_shell(program));
        inner.current_dir(&place.root);
        inner.env("PATH", search_path(place));
        // Trunk 0.21 takes NO_COLOR=1 for a malformed flag of its own and stops.
        inner.env_remove("NO_COLOR");
        Self {
            line: program.to_string_lossy().into_owned(),
            inner,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.line.push(' ');
        self.line.push_str(&argument.as_ref().to_string_lossy());
        self.inner.arg(argument);
        self
    }

    /// Adds several arguments.
    pub fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    /// Says what is run, runs it, and fails when it fails.
    pub fn run(mut self) -> Outcome<()> {
        announce(&self.line);
        let status = self
            .inner
            .status()
            .map_err(|error| not_started(&self.line, &error))?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("`{}` failed ({status})", self.line)),
        }
    }

    /// Runs it like [`Command::run`] and counts the tests it reports on its standard output.
    pub fn run_counting(mut self) -> (Count, Outcome<()>) {
        announce(&self.line);
        let mut count = Count::default();
        let mut child = match self.inner.stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => return (count, Err(not_started(&self.line, &error))),
        };
        if let Some(output) = child.stdout.take() {
            let mut out = std::io::stdout();
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                // A closed terminal is no reason to stop testing.
                let _ = writeln!(out, "{line}");
                count.read(&line);
            }
        }
        let result = match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{}` failed ({status})", self.line)),
            Err(error) => Err(format!("`{}` was lost: {error}", self.line)),
        };
        (count, result)
    }

    /// Runs it silently and gives what it printed on its standard output.
    pub fn read(mut self) -> Outcome<String> {
        let output = self
            .inner
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| not_started(&self.line, &error))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("`{}` failed ({})", self.line, output.status)),
        }
    }
}

impl Count {
    /// Adds what one line of a test program's summary says.
    fn read(&mut self, line: &str) {
        // cargo: "test result: ok. 3 passed; 0 failed; …"
        if let Some((_, summary)) = line.split_once("test result: ") {
            for part in summary.split([';', '.']) {
                match part.trim().split_once(' ') {
                    Some((number, "passed")) => self.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => self.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
            return;
        }
        // Node: "ℹ pass 3" on a terminal, "# pass 3" elsewhere.
        let Some(summary) = line.strip_prefix("# ").or(line.strip_prefix("ℹ ")) else {
            return;
        };
        match summary.trim().split_once(' ') {
            Some(("pass", number)) => self.passed += number.parse().unwrap_or(0),
            Some(("fail" | "cancelled", number)) => self.failed += number.parse().unwrap_or(0),
            _ => {}
        }
    }
}

/// Prints the line that is being run.
fn announce(line: &str) {
    eprintln!("+ {line}");
}

fn not_started(line: &str, error: &std::io::Error) -> String {
    let program = line.split(' ').next().unwrap_or(line);
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("`{program}` is not installed, or not on PATH"),
        _ => format!("`{line}` could not be started: {error}"),
    }
}

/// `npm` is a script on Windows, which is found only by its whole name.
fn on_windows_by_shell(program: &OsStr) -> OsString {
    match cfg!(windows) && program == "npm" {
        true => OsString::from("npm.cmd"),
        false => program.to_owned(),
    }
}

/// Our own tools, then npm's, then everybody's.
fn search_path(place: &Place) -> OsString {
    let mut folders = vec![
        crate::tools::folder().join("bin"),
        place.root.join("node_modules").join(".bin"),
    ];
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    std::env::join_paths(folders).unwrap_or_default()
}

/// Finds a program on `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| [folder.join(name), folder.join(format!("{name}.exe"))])
        .find(|file| file.is_file())
}

/// Reads a file of text.
pub fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("{} can't be read: {error}", path.display()))
}

/// Writes a file, with its folders.
pub fn write(path: &Path, content: &str) -> Outcome<()> {
    let made = match path.parent() {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    };
    made.and_then(|()| std::fs::write(path, content))
        .map_err(|error| format!("{} can't be written: {error}", path.display()))
}

/// Every file under a folder, sorted; none when the folder is missing.
pub fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// A path as the web writes it, relative to a folder.
pub fn web_name(folder: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(folder).unwrap_or(file);
    let parts: Vec<_> = inner
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, passed: usize, failed: usize) {
        let mut count = Count::default();
        output.lines().for_each(|line| count.read(line));
        assert_eq!(count, Count { passed, failed }, "{output}");
    }

    #[test]
    fn counts_of_cargo_and_node() {
        check("running 3 tests\ntest a ... ok\n", 0, 0);
        check(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 2 filtered out",
            3,
            0,
        );
        check("test result: FAILED. 1 passed; 2 failed; 0 ignored", 1, 2);
        check(
            "# tests 9\n# pass 7\n# fail 1\n# cancelled 1\n# skipped 0",
            7,
            2,
        );
        check("ℹ pass 5\nℹ fail 0", 5, 0);
    }
}
