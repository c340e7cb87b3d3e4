//! Cutting a line that is still being typed into words, up to the cursor.

/// Commands within commands (`$(…)`, backticks) are followed so deep.
const DEEPEST: usize = 64;
/// Words after which a command begins.
const OPENERS: &[&str] = &[
    "if", "then", "else", "elif", "do", "while", "until", "!", "{", "time",
];
/// Commands that take a command.
const PREFIXES: &[&str] = &["sudo", "time", "exec", "xargs"];

/// The command that the cursor is in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Begun {
    /// Its words before the cursor's, without quotes.
    pub(crate) words: Vec<String>,
    /// The word that ends at the cursor, without quotes: each letter with its place in the line.
    pub(crate) word: Vec<(usize, char)>,
    /// The quote that is open at the cursor.
    pub(crate) quote: Option<char>,
    /// Is the word the target of a redirection?
    pub(crate) redirect: bool,
    /// Where the variable begins that ends at the cursor: at its `$`.
    pub(crate) variable: Option<usize>,
}

impl Begun {
    /// The word that ends at the cursor.
    pub(crate) fn text(&self) -> String {
        self.word.iter().map(|(_, letter)| letter).collect()
    }

    /// Where in the line the letter stands that is the so-manieth of the word; the cursor's place
    /// for the one that is still to come.
    pub(crate) fn place(&self, letter: usize, cursor: usize) -> usize {
        self.word.get(letter).map_or(cursor, |(place, _)| *place)
    }
}

/// What an outer command was at, when an inner one began.
struct Outer {
    begun: Begun,
    /// What ends the inner one.
    end: char,
}

/// The command at the end of `line`. `None` within a comment, and where it is nested too deeply.
pub(crate) fn begun(line: &str) -> Option<Begun> {
    let mut now = Begun::default();
    let mut open = false;
    let mut outer: Vec<Outer> = Vec::new();
    let mut letters = line.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        // A variable ends with the first character that can't be in a name.
        let in_name = letter.is_ascii_alphanumeric() || letter == '_';
        let braced = letter == '{' && now.variable.is_some_and(|start| start + 1 == at);
        if !in_name && !braced {
            now.variable = None;
        }
        match (now.quote, letter) {
            (Some('\''), '\'') | (Some('"'), '"') => now.quote = None,
            (Some('\''), _) => now.word.push((at, letter)),
            (quote, '\\') => {
                let escapes = quote.is_none() || next.is_some_and(|it| "\"\\$`".contains(it));
                match letters.next_if(|_| escapes) {
                    Some((_, '\n')) => {}
                    Some((_, escaped)) => {
                        now.word.push((at, escaped));
                        open = true;
                    }
                    None if escapes => {}
                    None => now.word.push((at, letter)),
                }
            }
            (_, '$') if next == Some('(') => {
                letters.next();
                enter(&mut now, &mut open, &mut outer, ')')?;
            }
            (_, '`') => match outer.last() {
                Some(it) if it.end == '`' => leave(&mut now, &mut open, &mut outer),
                _ => enter(&mut now, &mut open, &mut outer, '`')?,
            },
            (_, '$') => {
                now.variable = Some(at);
                now.word.push((at, letter));
                open = true;
            }
            (Some(_), _) => now.word.push((at, letter)),
            (None, '\'' | '"') => {
                now.quote = Some(letter);
                open = true;
            }
            (None, ')') if outer.last().is_some_and(|it| it.end == ')') => {
                leave(&mut now, &mut open, &mut outer);
            }
            (None, ';' | '|' | '&' | '\n' | '(' | ')') => {
                now = Begun::default();
                open = false;
            }
            (None, '<' | '>') => {
                // `2>`: the number is no word.
                if !now.word.iter().all(|(_, it)| it.is_ascii_digit()) {
                    end_word(&mut now, open);
                }
                now.word.clear();
                open = false;
                now.redirect = true;
            }
            (None, '#') if !open => {
                // To the end of the line it is a comment.
                letters.find(|(_, letter)| *letter == '\n')?;
                now = Begun::default();
            }
            (None, letter) if letter.is_whitespace() => {
                if open {
                    end_word(&mut now, open);
                    open = false;
                }
            }
            (None, _) => {
                now.word.push((at, letter));
                open = true;
            }
        }
    }
    Some(now)
}

fn end_word(now: &mut Begun, open: bool) {
    let word = now.text();
    now.word.clear();
    if std::mem::take(&mut now.redirect) || !open {
        return;
    }
    let first = now.words.is_empty();
    let assigns = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    if first && (assigns || OPENERS.contains(&word.as_str()) || PREFIXES.contains(&word.as_str())) {
        return;
    }
    now.words.push(word);
}

fn enter(now: &mut Begun, open: &mut bool, outer: &mut Vec<Outer>, end: char) -> Option<()> {
    if outer.len() >= DEEPEST {
        return None;
    }
    *open = false;
    outer.push(Outer {
        begun: std::mem::take(now),
        end,
    });
    Some(())
}

/// Back to the outer command; what the inner one would print is unknown, so it counts as nothing.
fn leave(now: &mut Begun, open: &mut bool, outer: &mut Vec<Outer>) {
    if let Some(before) = outer.pop() {
        *now = before.begun;
        now.variable = None;
        *open = true;
    }
}

#[cfg(test)]
mod tests {
    use super::begun;

    #[test]
    fn the_command_at_the_cursor() {
        let check = |line: &str, expected: &str| {
            let shown = match begun(line) {
                None => "nothing".to_owned(),
                Some(it) => format!(
                    "{} | {}{}{}{}",
                    it.words.join(" "),
                    it.text(),
                    it.quote.map(|it| format!(" in {it}")).unwrap_or_default(),
                    if it.redirect { " redirected" } else { "" },
                    it.variable
                        .map(|it| format!(" variable {it}"))
                        .unwrap_or_default(),
                ),
            };
            assert_eq!(shown, expected, "{line}");
        };
        check("", " | ");
        check("aws ec2 des", "aws ec2 | des");
        check("aws ec2 ", "aws ec2 | ");
        check("echo a; aws e", "aws | e");
        check("true && ls | grep x", "grep | x");
        check("vpc=$(aws ec2 describe-v", "aws ec2 | describe-v");
        check("vpc=$(aws ec2 x) aws iam ", "aws iam | ");
        check("echo \"$(cat fi", "cat | fi");
        check("echo `cat fi", "cat | fi");
        check("echo `cat fi` x", "echo  | x");
        check("if true; then sudo dnf in", "dnf | in");
        check("aws ec2 a --tags 'Key=Na", "aws ec2 a --tags | Key=Na in '");
        check("aws ec2 \\\n  des", "aws ec2 | des");
        check("echo hi > fi", "echo hi | fi redirected");
        check("echo hi 2>fi", "echo hi | fi redirected");
        check("echo hi > file x", "echo hi | x");
        check("a $vp", "a | $vp variable 2");
        check("a \"--x=${vp", "a | --x=${vp in \" variable 7");
        check("a '$vp", "a | $vp in '");
        check("a $vpc/x", "a | $vpc/x");
        check("echo a\\ b", "echo | a b");
        check("# a comment", "nothing");
        check("# a comment\nls x", "ls | x");
        check(&"$(".repeat(99), "nothing");
    }
}
