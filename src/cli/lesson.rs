//! `hopwise lesson check`: proves lessons.

use crate::output::{Failure, object, say_line};
use hopwise_cloud::{Value, json};
use hopwise_lesson::{
    Block, Diagnostic, Inline, Lesson, Obligation, Pack, Severity, earned, parse_bytes,
    parse_index, parse_track, prove, to_html,
};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How deep folders are looked into.
const DEEPEST: usize = 8;

/// A file that was read.
struct Source {
    path: PathBuf,
    lesson: Lesson,
    diagnostics: Vec<Diagnostic>,
}

/// Proves the lessons of the files and folders named; exit status 1 where an obligation fails.
///
/// # Errors
///
/// A path that can't be read, or no lesson in any of them.
pub fn check(words: &[&str]) -> Result<ExitCode, Failure> {
    let as_json = words.contains(&"--json");
    let earns = words.contains(&"--earned");
    let paths: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !word.starts_with("--"))
        .collect();
    if let Some(unknown) = words
        .iter()
        .find(|word| word.starts_with("--") && !matches!(**word, "--json" | "--earned"))
    {
        return Err(Failure(format!("lesson check has no option {unknown}")));
    }
    if paths.is_empty() {
        return Err(Failure("lesson check needs a file or a folder".to_owned()));
    }
    let mut files = Vec::new();
    for path in paths {
        collect(Path::new(path), 0, &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut report = Report {
        as_json,
        failed: 0,
        passed: 0,
    };
    let mut sources = Vec::new();
    let mut indexes = Vec::new();
    for path in files {
        let bytes = std::fs::read(&path)
            .map_err(|error| Failure(format!("cannot read {}: {error}", path.display())))?;
        match path.file_name().and_then(|name| name.to_str()) {
            Some("pack.md") => {
                let (index, diagnostics) = parse_index(&String::from_utf8_lossy(&bytes));
                report.file(&path, &diagnostics);
                indexes.push((path, index));
            }
            Some("track.md") => {
                let (_, diagnostics) = parse_track(&String::from_utf8_lossy(&bytes));
                report.file(&path, &diagnostics);
            }
            _ => {
                let (lesson, diagnostics) = parse_bytes(&bytes);
                sources.push(Source {
                    path,
                    lesson,
                    diagnostics,
                });
            }
        }
    }
    if sources.is_empty() {
        return Err(Failure("there is no lesson in what was named".to_owned()));
    }
    let pack = Pack::new(sources.iter().map(|source| source.lesson.clone()));
    for (path, index) in &indexes {
        report.file(path, &pack.check_index(index));
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        for row in index.tracks.iter().flat_map(|track| &track.lessons) {
            let file = folder.join(&row.path);
            if !file.is_file() {
                let missing = Diagnostic::error(
                    row.position,
                    format!("there is no file {}", row.path),
                    "a path is relative to the folder of pack.md",
                );
                report.file(path, &[missing]);
            }
        }
    }
    for source in &sources {
        report.file(&source.path, &source.diagnostics);
        // A lesson with errors can't be run; what it does say is said above.
        if source
            .diagnostics
            .iter()
            .any(|it| it.severity == Severity::Error)
        {
            continue;
        }
        for obligation in prove(&source.lesson, &pack) {
            report.obligation(source, &obligation);
        }
        if earns {
            for it in earned(&source.lesson, &pack) {
                say_line(&format!(
                    "{}: {} => {}: {}",
                    source.path.display(),
                    it.wrong,
                    it.check,
                    it.sentence
                ));
            }
        }
    }
    if !as_json {
        say_line(&format!(
            "{}: {} obligations hold, {} failures",
            match sources.len() {
                1 => "1 lesson".to_owned(),
                many => format!("{many} lessons"),
            },
            report.passed,
            report.failed
        ));
    }
    Ok(ExitCode::from(u8::from(report.failed > 0)))
}

/// Prints the title and the opening text of the first lesson of a pack as HTML: what the page
/// shows before its program has arrived.
///
/// # Errors
///
/// A folder without a pack, or whose first lesson can't be read.
pub fn opening(folder: &str) -> Result<ExitCode, Failure> {
    let folder = Path::new(folder);
    let read = |path: PathBuf| {
        std::fs::read(&path)
            .map_err(|error| Failure(format!("cannot read {}: {error}", path.display())))
    };
    let (index, _) = parse_index(&String::from_utf8_lossy(&read(folder.join("pack.md"))?));
    let first = index.tracks.iter().flat_map(|track| &track.lessons).next();
    let first = first.ok_or_else(|| Failure("the pack has no lesson".to_owned()))?;
    let (lesson, _) = parse_bytes(&read(folder.join(&first.path))?);
    let title = to_html(&[Block::Paragraph(vec![Inline::Text(
        lesson.front.title.clone(),
    )])]);
    let title = title
        .trim()
        .trim_start_matches("<p>")
        .trim_end_matches("</p>");
    // Its id is the page's address of the lesson, so that `:target` shows it there.
    say_line(&format!(
        "<section class=\"opening\" id=\"lesson={}\">",
        first.id()
    ));
    say_line(&format!("<h2 class=\"lesson-title\">{title}</h2>"));
    say_line(&format!(
        "<div class=\"prose\">{}</div></section>",
        to_html(&lesson.intro)
    ));
    Ok(ExitCode::SUCCESS)
}

/// The Markdown files at or below a path.
fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let broken = |error| Failure(format!("cannot read {}: {error}", path.display()));
    if !path.is_dir() {
        std::fs::metadata(path).map_err(broken)?;
        files.push(path.to_owned());
        return Ok(());
    }
    if depth > DEEPEST {
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(broken)? {
        let entry = entry.map_err(broken)?.path();
        if entry.is_dir() {
            collect(&entry, depth + 1, files)?;
        } else if entry.extension().is_some_and(|it| it == "md") {
            files.push(entry);
        }
    }
    Ok(())
}

struct Report {
    as_json: bool,
    failed: usize,
    passed: usize,
}

impl Report {
    /// What is wrong with a file as a text.
    fn file(&mut self, path: &Path, diagnostics: &[Diagnostic]) {
        for it in diagnostics {
            self.failed += usize::from(it.severity == Severity::Error);
            self.say(path, None, it);
        }
    }

    fn obligation(&mut self, source: &Source, obligation: &Obligation) {
        self.passed += usize::from(obligation.holds);
        for it in &obligation.failures {
            self.failed += usize::from(it.severity == Severity::Error);
            self.say(&source.path, Some(obligation), it);
        }
        if !obligation.holds && obligation.failures.is_empty() {
            // It could not be tried because an earlier one failed; that one is said.
            self.failed += 1;
        }
        if self.as_json && obligation.holds {
            let line = object([
                ("file", Value::Str(source.path.display().to_string())),
                ("obligation", Value::from(obligation.id)),
                ("holds", Value::Bool(true)),
            ]);
            say_line(&json::compact(&line));
        }
    }

    fn say(&self, path: &Path, obligation: Option<&Obligation>, it: &Diagnostic) {
        if self.as_json {
            let line = object([
                ("file", Value::Str(path.display().to_string())),
                (
                    "obligation",
                    obligation.map_or(Value::Null, |obligation| Value::from(obligation.id)),
                ),
                ("holds", Value::Bool(false)),
                ("line", Value::Int(it.position.line.into())),
                ("column", Value::Int(it.position.column.into())),
                (
                    "severity",
                    Value::from(match it.severity {
                        Severity::Error => "error",
                        Severity::Warning => "warning",
                    }),
                ),
                ("sentence", Value::from(it.sentence.as_str())),
                ("help", it.help.as_deref().map_or(Value::Null, Value::from)),
            ]);
            say_line(&json::compact(&line));
            return;
        }
        say_line(&it.render(&path.display().to_string()));
        if let Some(obligation) = obligation {
            say_line(&format!("  {}: {}", obligation.id, obligation.title));
        }
    }
}
