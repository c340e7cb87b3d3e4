//! The line that is being typed, as text: what the keys of a shell do to it.

/// How many UTF-16 units, which the browser counts in, a text has.
fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// A text with a cursor, a place in bytes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    pub text: String,
    pub cursor: usize,
}

impl Line {
    /// With the cursor at the end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Line {
            cursor: text.len(),
            text,
        }
    }

    /// With the cursor where the browser says, in UTF-16 units.
    pub fn at(text: String, place: u32) -> Self {
        let mut left = place;
        let mut cursor = 0;
        for letter in text.chars() {
            let size = u32::try_from(letter.len_utf16()).unwrap_or(1);
            if left < size {
                break;
            }
            left -= size;
            cursor += letter.len_utf8();
        }
        Line { text, cursor }
    }

    /// The cursor's place in UTF-16 units.
    pub fn place(&self) -> u32 {
        units(self.before())
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or(&self.text)
    }

    /// What stands behind it.
    pub fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    /// Is the cursor at the end?
    pub fn is_at_end(&self) -> bool {
        self.after().is_empty()
    }

    /// Ctrl+A: to the start of the line.
    pub fn home(&self) -> Line {
        Line {
            cursor: self.before().rfind('\n').map_or(0, |at| at + 1),
            text: self.text.clone(),
        }
    }

    /// Ctrl+E: to its end.
    pub fn end(&self) -> Line {
        let rest = self.after();
        Line {
            cursor: self.cursor + rest.find('\n').unwrap_or(rest.len()),
            text: self.text.clone(),
        }
    }

    /// Takes away what stands from `start` up to `end`.
    fn without(&self, start: usize, end: usize) -> Line {
        let kept = self.text.get(..start).unwrap_or_default();
        let rest = self.text.get(end..).unwrap_or_default();
        Line {
            text: format!("{kept}{rest}"),
            cursor: start,
        }
    }

    /// Ctrl+U: what stands before the cursor goes.
    pub fn kill_before(&self) -> Line {
        self.without(self.home().cursor, self.cursor)
    }

    /// Ctrl+K: what stands behind it goes.
    pub fn kill_after(&self) -> Line {
        self.without(self.cursor, self.end().cursor)
    }

    /// Ctrl+W: the word before it goes, as far as the last blank.
    pub fn kill_word(&self) -> Line {
        let word = self.before().trim_end();
        let start = word.rfind(char::is_whitespace);
        let size = |at: usize| {
            let blank = word.get(at..).and_then(|rest| rest.chars().next());
            blank.map_or(0, char::len_utf8)
        };
        self.without(start.map_or(0, |at| at + size(at)), self.cursor)
    }

    /// Puts `text` in place of what stands from `start` to `end`; the cursor comes behind it.
    pub fn replace(&self, start: usize, end: usize, text: &str) -> Line {
        let cut = self.without(start, end);
        let (before, after) = (cut.before(), cut.after());
        Line {
            text: format!("{before}{text}{after}"),
            cursor: before.len() + text.len(),
        }
    }

    /// A word from elsewhere at the cursor, apart from its neighbours.
    pub fn insert_word(&self, word: &str) -> Line {
        let before = self.before();
        let apart = !before.is_empty() && !before.ends_with([' ', '=', ',', '/', '"', '\'']);
        let ends = !self.after().starts_with(' ');
        let blank = |it: bool| if it { " " } else { "" };
        let text = format!("{}{word}{}", blank(apart), blank(ends));
        self.replace(self.cursor, self.cursor, &text)
    }
}

/// What the last line of the history that begins so goes on with.
pub fn ghost<'h>(history: &'h [String], text: &str) -> Option<&'h str> {
    if text.trim().is_empty() || text.contains('\n') {
        return None;
    }
    let lines = history.iter().rev().filter(|line| !line.contains('\n'));
    let rest = lines.filter_map(|line| line.strip_prefix(text));
    rest.into_iter().find(|rest| !rest.is_empty())
}

/// The lines of the history that hold `text`, the latest first, each once.
pub fn search(history: &[String], text: &str, most: usize) -> Vec<String> {
    let small = text.to_lowercase();
    let mut found: Vec<String> = Vec::new();
    for line in history.iter().rev() {
        if found.len() < most && line.to_lowercase().contains(&small) && !found.contains(line) {
            found.push(line.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is the cursor.
    fn line(marked: &str) -> Line {
        let cursor = marked.find('|').unwrap();
        Line {
            text: marked.replacen('|', "", 1),
            cursor,
        }
    }

    #[test]
    fn keys_edit_the_line() {
        let check = |act: fn(&Line) -> Line, before: &str, expected: &str| {
            assert_eq!(act(&line(before)), line(expected), "{before}");
        };
        check(Line::kill_before, "aws ec2| x", "| x");
        check(Line::kill_before, "echo 'a\nbc|d", "echo 'a\n|d");
        check(Line::kill_after, "aws |ec2", "aws |");
        check(Line::kill_after, "a|b\ncd", "a|\ncd");
        check(Line::kill_word, "aws ec2  | x", "aws | x");
        check(Line::kill_word, "aws|", "|");
        check(Line::kill_word, "|aws", "|aws");
        check(Line::kill_word, "a\u{3000}bc|", "a\u{3000}|");
        check(Line::home, "a\nb|c", "a\n|bc");
        check(Line::end, "a|b\nc", "ab|\nc");
        let word = |it: &Line| it.insert_word("$vpc");
        check(word, "|", "$vpc |");
        check(word, "aws --vpc-id|", "aws --vpc-id $vpc |");
        check(word, "aws --vpc-id | x", "aws --vpc-id $vpc| x");
        check(word, "Values=|", "Values=$vpc |");
    }

    #[test]
    fn places_are_counted_as_the_browser_does() {
        let text = "é😀x".to_owned();
        for (place, before) in [
            (0, ""),
            (1, "é"),
            (2, "é"),
            (3, "é😀"),
            (4, "é😀x"),
            (9, "é😀x"),
        ] {
            assert_eq!(Line::at(text.clone(), place).before(), before);
        }
        assert_eq!(Line::at(text, 3).place(), 3);
        assert_eq!(line("é😀|x").replace(2, 6, "ab").text, "éabx");
    }

    #[test]
    fn the_history_is_looked_through() {
        let history: Vec<String> = ["aws ec2 a", "ls", "aws ec2 b", "echo 'x\ny'", "ls"]
            .into_iter()
            .map(str::to_owned)
            .collect();
        assert_eq!(ghost(&history, "aws "), Some("ec2 b"));
        assert_eq!(ghost(&history, "aws ec2 a"), None);
        assert_eq!(ghost(&history, "echo"), None, "not over several lines");
        assert_eq!(ghost(&history, " "), None);
        assert_eq!(search(&history, "EC2", 9), ["aws ec2 b", "aws ec2 a"]);
        assert_eq!(search(&history, "", 2), ["ls", "echo 'x\ny'"]);
    }
}
