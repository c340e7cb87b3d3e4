//! A text in YAML as the CLI's emitter writes it: plain where it can be, quoted where it must,
//! folded behind 80 columns.

/// A line is folded at the first blank behind this column.
const WIDTH: usize = 80;

/// Writes `text` from `column` on; what is folded goes on at `indent`. A key is never folded.
pub(super) fn write(text: &str, column: usize, indent: usize, key: bool) -> String {
    let mut pen = Pen {
        out: String::new(),
        column,
        indent,
        folds: !key,
    };
    let double = text.contains(['\'', '\n']) || text.chars().any(is_special);
    if is_plain(text) {
        pen.blanks(text, false);
    } else if double {
        pen.double(text);
    } else {
        pen.put("'");
        pen.blanks(text, true);
        pen.put("'");
    }
    pen.out
}

/// Must it be written as an escape?
fn is_special(letter: char) -> bool {
    !matches!(letter, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

/// Is it the same text when it stands there without quotes?
fn is_plain(text: &str) -> bool {
    let ends = |rest: Option<char>| rest.is_none_or(char::is_whitespace);
    let mut letters = text.chars();
    let (first, second) = (letters.next(), letters.next());
    let indicator = match first {
        None => true,
        Some('-' | '?' | ':') => ends(second),
        Some(letter) => "#,[]{}&*!|>'\"%@`".contains(letter),
    };
    let mut before = None;
    let mut within = false;
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        within |= letter == '\n' || is_special(letter);
        within |= letter == ':' && ends(rest.peek().copied());
        within |= letter == '#' && before.is_some_and(char::is_whitespace);
        before = Some(letter);
    }
    let edges = text.starts_with(' ') || text.ends_with(' ');
    let marks = text.starts_with("---") || text.starts_with("...");
    !(indicator || within || edges || marks || is_other(text))
}

/// Would YAML 1.2 read it as something else than a text?
fn is_other(text: &str) -> bool {
    matches!(
        text,
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
            | "<<"
            | "="
            | "!"
            | "&"
            | "*"
    ) || is_number(text)
        || is_time(text)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |text: &str, fits: fn(char) -> bool| {
        !text.is_empty() && text.chars().all(|c| c == '_' || fits(c))
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    for (prefix, fits) in [
        ("0b", (|c| matches!(c, '0' | '1')) as fn(char) -> bool),
        ("0o", |c| matches!(c, '0'..='7')),
        ("0x", |c| c.is_ascii_hexdigit()),
    ] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return all(rest, fits);
        }
    }
    let decimal: fn(char) -> bool = |c| c.is_ascii_digit();
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        // `-_1` is one to the emitter; nobody writes it.
        return false;
    }
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let power = exponent.is_none_or(|power| {
        let bare = power.strip_prefix(['-', '+']).unwrap_or(power);
        !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit())
    });
    let number = match mantissa.split_once('.') {
        Some(("", part)) => all(part, decimal),
        Some((whole, part)) => all(whole, decimal) && (part.is_empty() || all(part, decimal)),
        None => all(mantissa, decimal),
    };
    number && power
}

/// `2026-01-05`, or with a time behind it.
fn is_time(text: &str) -> bool {
    let count = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
    };
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    if !count(year, 4, 4) || !count(month, 1, 2) {
        return false;
    }
    let Some((day, time)) = rest.split_once(['T', 't', ' ', '\t']) else {
        return month.len() == 2 && count(rest, 2, 2);
    };
    let time = time.trim_start();
    let end = time.find(['Z', '-', '+']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(end).unwrap_or((time, ""));
    let clock: Vec<&str> = clock.trim_end().split(':').collect();
    let [hour, minute, second] = clock.as_slice() else {
        return false;
    };
    let (second, part) = second.split_once('.').unwrap_or((second, ""));
    let zone = match zone.strip_prefix(['-', '+']) {
        Some(zone) => match zone.split_once(':') {
            Some((hours, minutes)) => count(hours, 1, 2) && count(minutes, 2, 2),
            None => count(zone, 1, 2),
        },
        None => matches!(zone, "" | "Z"),
    };
    let digits = count(hour, 1, 2) && count(minute, 2, 2) && count(second, 2, 2);
    count(day, 1, 2) && digits && zone && part.chars().all(|c| c.is_ascii_digit())
}

struct Pen {
    out: String,
    column: usize,
    indent: usize,
    folds: bool,
}

impl Pen {
    fn put(&mut self, text: &str) {
        self.column += text.chars().count();
        self.out.push_str(text);
    }

    fn fold(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.column = self.indent;
    }

    /// Words and blanks: a single blank behind the width becomes a new line, but in quotes not the
    /// first and not the last.
    fn blanks(&mut self, text: &str, quoted: bool) {
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(' ').unwrap_or(rest.len());
            let (before, after) = rest.split_at_checked(word).unwrap_or((rest, ""));
            self.put(before);
            let tail = after.trim_start_matches(' ');
            let blanks = after.len() - tail.len();
            let inside = !quoted || rest.len() < text.len() || word > 0;
            let inside = inside && !(quoted && tail.is_empty());
            if blanks == 1 && self.column > WIDTH && self.folds && inside {
                self.fold();
            } else {
                self.put(&" ".repeat(blanks));
            }
            rest = tail;
        }
    }

    fn double(&mut self, text: &str) {
        self.put("\"");
        let letters: Vec<char> = text.chars().collect();
        let last = letters.len().saturating_sub(1);
        // What is gathered and not yet written, as the emitter does it: it looks at it before it
        // folds.
        let mut held = String::new();
        for end in 0..=letters.len() {
            let letter = letters.get(end).copied();
            let escapes =
                letter.is_none_or(|c| matches!(c, '"' | '\\') || c == '\n' || is_special(c));
            if escapes {
                let word = std::mem::take(&mut held);
                self.put(&word);
                if let Some(letter) = letter {
                    self.put(&escape(letter));
                }
            }
            let here = letter == Some(' ') || held.is_empty();
            // The emitter counts an escape one column short.
            let column = self.column + held.chars().count();
            let wide = column > WIDTH + usize::from(escapes);
            if 0 < end && end < last && here && wide && self.folds {
                let word = std::mem::take(&mut held);
                self.put(&word);
                self.put("\\");
                self.fold();
                let next = if escapes {
                    letters.get(end + 1)
                } else {
                    letters.get(end)
                };
                if next == Some(&' ') {
                    self.put("\\");
                }
            }
            if let Some(letter) = letter.filter(|_| !escapes) {
                held.push(letter);
            }
        }
        self.put("\"");
    }
}

fn escape(letter: char) -> String {
    let short = match letter {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        _ => {
            let code = u32::from(letter);
            return match code {
                0..=0xff => format!("\\x{code:02X}"),
                _ => format!("\\u{code:04X}"),
            };
        }
    };
    format!("\\{short}")
}

#[cfg(test)]
mod tests {
    use super::write;

    fn check(text: &str, expected: &str) {
        assert_eq!(write(text, 2, 2, false), expected, "{text:?}");
    }

    /// Each compared with ruamel.yaml 0.17, which the CLI writes with.
    #[test]
    fn texts_are_quoted_where_they_must_be() {
        for plain in [
            "web",
            "10.0.0.0/16",
            "yes",
            "No",
            "on",
            "::1",
            ":x",
            "?x",
            "-x",
            "1:30",
            "1e",
            "0x",
            "a,b",
            "it's",
            "x\\y",
            "2026-1-1",
            "1.2.3",
            "a#b",
            "é",
            "日本",
            "😀",
        ] {
            check(plain, plain);
        }
        for quoted in [
            "",
            "~",
            "null",
            "true",
            "FALSE",
            "1",
            "-1",
            "0x1f",
            "0o17",
            "1e3",
            ".5",
            "1_000",
            ".inf",
            "123456789012",
            "2026-11-20",
            "2026-11-20T11:44:05+00:00",
            "<<",
            "=",
            "-",
            "- x",
            "? x",
            "a: b",
            "a:",
            "a #b",
            "#x",
            "*",
            "[x]",
            "{x}",
            "%x",
            "@x",
            "`x",
            "---",
            "--- a",
            "...",
            " lead",
            "trail ",
            "|",
            ">",
        ] {
            check(quoted, &format!("'{quoted}'"));
        }
        check("it's: x", "\"it's: x\"");
        check("a\nb", "\"a\\nb\"");
        check("a\tb", "\"a\\tb\"");
        check("\u{1}", "\"\\x01\"");
        check("say \"x\": y", "'say \"x\": y'");
    }

    #[test]
    fn long_texts_are_folded() {
        let long = format!("{} bcd efg", "a".repeat(78));
        check(&long, &format!("{} bcd\n  efg", "a".repeat(78)));
        assert_eq!(write(&long, 2, 2, true), long, "a key is not");
        let (xs, ys) = ("x".repeat(60), "y".repeat(40));
        check(&format!("{xs}\n{ys}\n"), &format!("\"{xs}\\n{ys}\\n\""));
        check(
            &format!(": {xs} it's {ys} end"),
            &format!("\": {xs} it's {ys}\\\n  \\ end\""),
        );
    }
}
