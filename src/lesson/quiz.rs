//! Quizzes: a question, answers, and why each is right or wrong.

use crate::bounds;
use crate::diagnostic::{Notes, Position};
use crate::prose::{Inline, inline};
use crate::text::Line;

/// A question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// What is asked.
    pub text: Vec<Inline>,
    /// What may be answered, in the order of the file; at least one is right.
    pub answers: Vec<Answer>,
    /// Where it stands.
    pub position: Position,
}

impl Question {
    /// Are several answers right?
    pub fn takes_several(&self) -> bool {
        self.answers.iter().filter(|answer| answer.right).count() > 1
    }
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What it says.
    pub text: Vec<Inline>,
    /// Is it right?
    pub right: bool,
    /// Why it is right or wrong.
    pub why: Vec<Inline>,
}

/// The questions of a block.
pub(crate) fn questions(lines: &[Line<'_>], at: Position, notes: &mut Notes) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for line in lines {
        let text = line.text.trim();
        if text.is_empty() {
            continue;
        }
        let start = line.start();
        let behind = |mark: &str| text.strip_prefix(mark).map(str::trim);
        if let Some(question) = behind("? ") {
            if !notes.room(questions.len(), bounds::QUESTIONS, "questions", start) {
                break;
            }
            questions.push(Question {
                text: inline(question, start, notes),
                answers: Vec::new(),
                position: start,
            });
            continue;
        }
        let answer = behind("* ")
            .map(|text| (true, text))
            .or_else(|| behind("- ").map(|text| (false, text)));
        let Some((right, answer)) = answer else {
            notes.error(
                start,
                "this is neither a question nor an answer",
                "`? ` begins a question, `* ` a right answer, `- ` a wrong one",
            );
            continue;
        };
        let Some(question) = questions.last_mut() else {
            notes.error(
                start,
                "an answer stands before the first question",
                "begin with a line `? …`",
            );
            continue;
        };
        let (answer, why) = answer.split_once(" : ").unwrap_or((answer, ""));
        if answer.trim().is_empty() || why.trim().is_empty() {
            notes.error(
                start,
                "the answer doesn't say why it is right or wrong",
                "write `* answer : why`, with blanks around the colon",
            );
        }
        if notes.room(question.answers.len(), bounds::ANSWERS, "answers", start) {
            question.answers.push(Answer {
                text: inline(answer.trim(), start, notes),
                right,
                why: inline(why.trim(), start, notes),
            });
        }
    }
    if questions.is_empty() {
        notes.error(at, "the quiz is empty", "begin with a line `? …`");
    }
    for question in &questions {
        let right = question
            .answers
            .iter()
            .filter(|answer| answer.right)
            .count();
        if right == 0 {
            notes.error(
                question.position,
                "no answer of this question is right",
                "mark a right one with `* `",
            );
        } else if right == question.answers.len() {
            notes.error(
                question.position,
                "no answer of this question is wrong",
                "add one with `- `",
            );
        }
    }
    questions
}
