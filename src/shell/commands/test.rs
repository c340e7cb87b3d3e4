//! `test`, `[ … ]` and `[[ … ]]`.

use hopwise_machine::Node;

use super::Call;
use crate::language::pattern::{self, Sign};
use crate::language::syntax::Word;
use crate::shell::{Io, Shell, Stop};

/// The deepest nesting of brackets.
const DEEPEST: usize = 32;

struct Reader<'a, 's> {
    shell: &'a Shell<'s>,
    /// The texts, and each as a pattern for `==` within `[[`.
    words: Vec<(String, Vec<Sign>)>,
    place: usize,
    double: bool,
    depth: usize,
}

pub(super) fn single(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut args = call.args;
    if call.name == "[" {
        match args.split_last() {
            Some((last, rest)) if last == "]" => args = rest,
            _ => {
                shell.complain(call.io, "bash: [: missing `]'")?;
                return Ok(2);
            }
        }
    }
    let words = args.iter().map(|arg| (arg.clone(), Vec::new())).collect();
    let answer = evaluate(shell, words, false);
    finish(shell, call.io, call.name, answer)
}

pub(crate) fn double(shell: &mut Shell<'_>, words: &[Word], io: Io) -> Result<i32, Stop> {
    let mut texts = Vec::new();
    for word in words {
        let pattern = shell.pattern(word, io)?;
        texts.push((pattern.iter().map(|sign| sign.c).collect(), pattern));
    }
    let answer = evaluate(shell, texts, true);
    finish(shell, io, "[[", answer)
}

fn finish(
    shell: &mut Shell<'_>,
    io: Io,
    name: &str,
    answer: Result<bool, String>,
) -> Result<i32, Stop> {
    match answer {
        Ok(truth) => Ok(i32::from(!truth)),
        Err(words) => {
            shell.complain(io, &format!("bash: {name}: {words}"))?;
            Ok(2)
        }
    }
}

fn evaluate(
    shell: &Shell<'_>,
    words: Vec<(String, Vec<Sign>)>,
    double: bool,
) -> Result<bool, String> {
    if words.is_empty() {
        return Ok(false);
    }
    let mut reader = Reader {
        shell,
        words,
        place: 0,
        double,
        depth: 0,
    };
    let truth = reader.or()?;
    match reader.peek(0) {
        Some(word) if reader.words.len() == reader.place + 1 && !double => {
            Err(format!("{word}: unexpected operator"))
        }
        Some(_) => Err("too many arguments".to_owned()),
        None => Ok(truth),
    }
}

impl Reader<'_, '_> {
    fn peek(&self, ahead: usize) -> Option<&str> {
        self.words
            .get(self.place + ahead)
            .map(|(text, _)| text.as_str())
    }

    fn next(&mut self) -> Option<String> {
        let word = self.peek(0)?.to_owned();
        self.place += 1;
        Some(word)
    }

    fn or(&mut self) -> Result<bool, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("nested too deeply".to_owned());
        }
        let mut truth = self.and()?;
        while self.peek(0) == Some(if self.double { "||" } else { "-o" }) {
            self.place += 1;
            truth |= self.and()?;
        }
        self.depth -= 1;
        Ok(truth)
    }

    fn and(&mut self) -> Result<bool, String> {
        let mut truth = self.not()?;
        while self.peek(0) == Some(if self.double { "&&" } else { "-a" }) {
            self.place += 1;
            truth &= self.not()?;
        }
        Ok(truth)
    }

    fn not(&mut self) -> Result<bool, String> {
        let mut negated = false;
        while self.peek(0) == Some("!") && self.peek(1).is_some() {
            self.place += 1;
            negated = !negated;
        }
        Ok(self.primary()? != negated)
    }

    fn primary(&mut self) -> Result<bool, String> {
        let left = self.next().ok_or("argument expected")?;
        if let Some(operator) = self.peek(0)
            && is_binary(operator, self.double)
            && self.peek(1).is_some()
        {
            let operator = operator.to_owned();
            self.place += 1;
            let pattern = self
                .words
                .get(self.place)
                .map(|(_, pattern)| pattern.clone());
            let right = self.next().unwrap_or_default();
            return self.binary(&left, &operator, &right, &pattern.unwrap_or_default());
        }
        if left == "(" {
            let truth = self.or()?;
            if self.next().as_deref() != Some(")") {
                return Err("`)' expected".to_owned());
            }
            return Ok(truth);
        }
        if left.len() == 2
            && left.starts_with('-')
            && let Some(operand) = self.peek(0)
        {
            let operand = operand.to_owned();
            let node = self.shell.node(&operand);
            let truth = match left.as_str() {
                "-z" => operand.is_empty(),
                "-n" => !operand.is_empty(),
                "-e" => node.is_some(),
                "-f" => matches!(node, Some(Node::File { .. })),
                "-d" => matches!(node, Some(Node::Folder { .. })),
                "-s" => matches!(node, Some(Node::File { bytes, .. }) if !bytes.is_empty()),
                "-r" => {
                    self.shell.read_file(&operand).is_ok()
                        || matches!(node, Some(Node::Folder { .. }))
                }
                "-w" => node.is_some_and(|node| node.mode() & 0o222 != 0),
                "-x" => node.is_some_and(|node| node.mode() & 0o111 != 0),
                "-v" => self.shell.variable(&operand).is_some(),
                "-t" => false,
                _ => return Err(format!("{left}: unary operator expected")),
            };
            self.place += 1;
            return Ok(truth);
        }
        if self.peek(0).is_some() && self.peek(1).is_some() && !self.double {
            let operator = self.peek(0).unwrap_or_default();
            if !matches!(operator, "-a" | "-o" | ")") {
                return Err(format!("{operator}: binary operator expected"));
            }
        }
        Ok(!left.is_empty())
    }

    fn binary(
        &self,
        left: &str,
        operator: &str,
        right: &str,
        pattern: &[Sign],
    ) -> Result<bool, String> {
        let equal = || {
            if self.double {
                let text: Vec<char> = left.chars().collect();
                pattern::matches(pattern, &text)
            } else {
                left == right
            }
        };
        let number = |text: &str| {
            text.trim()
                .parse::<i64>()
                .map_err(|_| format!("{text}: integer expression expected"))
        };
        Ok(match operator {
            "=" | "==" => equal(),
            "!=" => !equal(),
            "<" => left < right,
            ">" => left > right,
            "=~" => return Err("=~ is not part of this shell: use grep".to_owned()),
            "-eq" => number(left)? == number(right)?,
            "-ne" => number(left)? != number(right)?,
            "-lt" => number(left)? < number(right)?,
            "-le" => number(left)? <= number(right)?,
            "-gt" => number(left)? > number(right)?,
            _ => number(left)? >= number(right)?,
        })
    }
}

fn is_binary(word: &str, double: bool) -> bool {
    matches!(
        word,
        "=" | "==" | "!=" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "<" | ">"
    ) || (double && word == "=~")
}
