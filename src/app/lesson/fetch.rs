//! Lessons come from the site's folder `lessons/` when they are wanted.

use super::session::Broken;
use crate::browser;
use hopwise_lesson::{Index, Lesson, Severity, parse, parse_index};

/// The pack's folder, from the page on.
const FOLDER: &str = "lessons/";
/// The pack's index.
const INDEX: &str = "pack.md";
/// A lesson stands on no more lessons than this.
const DEEPEST: usize = 16;

fn is_bad(diagnostics: &[hopwise_lesson::Diagnostic]) -> bool {
    diagnostics.iter().any(|it| it.severity == Severity::Error)
}

/// The list of lessons.
///
/// # Errors
/// What is wrong with it.
pub async fn index() -> Result<Index, Broken> {
    let text = browser::fetch(&format!("{FOLDER}{INDEX}"))
        .await
        .map_err(|why| Broken::lost(INDEX, why))?;
    let (index, diagnostics) = parse_index(&text);
    match is_bad(&diagnostics) {
        true => Err(Broken::faulty(INDEX, diagnostics)),
        false => Ok(index),
    }
}

/// A lesson and those it stands on, itself first; with its file.
///
/// # Errors
/// What is wrong with one of them.
pub async fn lesson(id: &str) -> Result<(String, Vec<Lesson>), Broken> {
    let index = index().await?;
    let path_of = |id: &str| {
        let all = index.tracks.iter().flat_map(|track| &track.lessons);
        all.into_iter()
            .find(|it| it.id() == id)
            .map(|it| it.path.clone())
    };
    let mut lessons: Vec<Lesson> = Vec::new();
    let mut file = String::new();
    let mut next = Some(id.to_owned());
    while let Some(id) = next.take() {
        let Some(path) = path_of(&id) else {
            return Err(Broken::lost(
                INDEX,
                format!("The pack has no lesson `{id}`."),
            ));
        };
        let text = browser::fetch(&format!("{FOLDER}{path}"))
            .await
            .map_err(|why| Broken::lost(&path, why))?;
        let (lesson, diagnostics) = parse(&text);
        if is_bad(&diagnostics) {
            return Err(Broken::faulty(&path, diagnostics));
        }
        if file.is_empty() {
            file = path;
        }
        let before = lesson.continues.as_ref().map(|(id, _)| id.clone());
        let known = |id: &String| lessons.iter().any(|lesson| lesson.front.id == *id);
        next = before.filter(|id| !known(id) && lessons.len() < DEEPEST);
        lessons.push(lesson);
    }
    Ok((file, lessons))
}
