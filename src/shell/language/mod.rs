//! The shell's language: text to a tree, words to fields.

pub(crate) mod arithmetic;
pub(crate) mod expand;
pub(crate) mod parser;
pub(crate) mod pattern;
pub(crate) mod syntax;
#[cfg(test)]
mod tests;

/// Backslash escapes as `echo -e`, `printf` and `$'…'` read them, and whether `\c` ended it.
pub(crate) fn escapes(text: &str, quotes: bool) -> (String, bool) {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('e' | 'E') => out.push('\u{1b}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some('\\') => out.push('\\'),
            Some('c') => return (out, true),
            Some(quote @ ('\'' | '"')) if quotes => out.push(quote),
            Some(first @ '0'..='7') => {
                let mut code = first.to_digit(8).unwrap_or(0);
                for _ in 0..if first == '0' { 3 } else { 2 } {
                    match chars.peek().and_then(|c| c.to_digit(8)) {
                        Some(digit) => {
                            code = code * 8 + digit;
                            chars.next();
                        }
                        None => break,
                    }
                }
                out.push(char::from_u32(code & 0xff).unwrap_or('?'));
            }
            Some(kind @ ('x' | 'u')) => {
                let mut code = 0;
                let mut digits = 0;
                while digits < if kind == 'x' { 2 } else { 4 } {
                    match chars.peek().and_then(|c| c.to_digit(16)) {
                        Some(digit) => {
                            code = code * 16 + digit;
                            digits += 1;
                            chars.next();
                        }
                        None => break,
                    }
                }
                if digits == 0 {
                    out.push('\\');
                    out.push(kind);
                } else {
                    out.push(char::from_u32(code).unwrap_or('?'));
                }
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    (out, false)
}
