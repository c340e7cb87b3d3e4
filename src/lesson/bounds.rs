//! How large a lesson may be. A lesson is a stranger's text; these numbers keep it from taking
//! the tab down, and no honest lesson comes near them.

/// Bytes of a lesson, a track or an index.
pub const BYTES: usize = 256 * 1024;
/// Bytes of a line.
pub const LINE: usize = 2_000;
/// Columns of indentation in prose; deeper lists can't be read anyway.
pub const INDENT: usize = 64;
/// Levels of lists, quotes and emphasis in prose.
pub const DEPTH: usize = 12;
/// Diagnostics of a file; more are counted, not shown.
pub const DIAGNOSTICS: usize = 100;
/// Characters of a title.
pub const TITLE: usize = 120;
/// Characters of a check's sentence.
pub const SENTENCE: usize = 400;
/// Entries of a list in the front matter.
pub const ENTRIES: usize = 24;
/// Steps of a lesson.
pub const STEPS: usize = 24;
/// Checks of a step, and keeps of a lesson.
pub const CHECKS: usize = 24;
/// Hints of a step.
pub const HINTS: usize = 12;
/// Commands of one block.
pub const COMMANDS: usize = 120;
/// Wrong answers of a lesson.
pub const WRONGS: usize = 32;
/// Questions of a lesson's quizzes together.
pub const QUESTIONS: usize = 24;
/// Answers of a question.
pub const ANSWERS: usize = 8;
/// Tracks of a pack, and lessons of a track.
pub const PACK: usize = 200;
