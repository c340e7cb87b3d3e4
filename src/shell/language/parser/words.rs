//! Reading words: quotes, variables, substitutions, arithmetic.

use super::*;

impl Parser {
    /// Parses another text as part of this one.
    pub(super) fn inside<T>(
        &mut self,
        text: &str,
        parse: impl FnOnce(&mut Parser) -> Parsed<T>,
    ) -> Parsed<T> {
        let mut parser = Parser {
            chars: text.chars().collect(),
            place: 0,
            peeked: None,
            pending: Vec::new(),
            bodies: Vec::new(),
            depth: self.depth,
        };
        parser.deeper(parse)
    }

    // Words.

    pub(super) fn word(&mut self) -> Parsed<Word> {
        let mut word = Word::default();
        if self.peek_char() == Some('~') && self.char_at(1).is_none_or(|c| c == '/' || ends_word(c))
        {
            self.place += 1;
            word.pieces.push(Piece::Home);
        }
        while let Some(c) = self.peek_char() {
            if ends_word(c) || (c == '\r' && self.char_at(1) == Some('\n')) {
                break;
            }
            self.piece(&mut word, c)?;
        }
        Ok(word)
    }

    pub(super) fn piece(&mut self, word: &mut Word, c: char) -> Parsed<()> {
        match c {
            '\\' => {
                self.place += 1;
                match self.peek_char() {
                    Some('\n') => self.place += 1,
                    Some(c) => {
                        self.place += 1;
                        push_quoted(word, &c.to_string());
                    }
                    None => {
                        return Err(Fault::Incomplete(
                            "syntax error: unexpected end of file".to_owned(),
                        ));
                    }
                }
            }
            '\'' => {
                self.place += 1;
                let text = self.until('\'')?;
                push_quoted(word, &text);
            }
            '"' => {
                self.place += 1;
                push_quoted(word, "");
                self.double_quoted(word, Some('"'))?;
            }
            '$' if self.char_at(1) == Some('\'') => {
                self.place += 2;
                let text = self.ansi_c()?;
                push_quoted(word, &text);
            }
            '$' if self.char_at(1) == Some('"') => self.place += 1,
            '$' | '`' => self.dollar(word, false)?,
            c => {
                self.place += 1;
                push_bare(word, c);
            }
        }
        Ok(())
    }

    pub(super) fn until(&mut self, quote: char) -> Parsed<String> {
        let mut text = String::new();
        loop {
            match self.peek_char() {
                Some(c) => {
                    self.place += 1;
                    if c == quote {
                        return Ok(text);
                    }
                    text.push(c);
                }
                None => return Err(matching(quote)),
            }
        }
    }

    /// `$'…'` with C's escapes.
    pub(super) fn ansi_c(&mut self) -> Parsed<String> {
        let mut raw = String::new();
        loop {
            let c = self.peek_char().ok_or_else(|| matching('\''))?;
            self.place += 1;
            match c {
                '\'' => return Ok(crate::language::escapes(&raw, true).0),
                '\\' => {
                    raw.push(c);
                    let next = self.peek_char().ok_or_else(|| matching('\''))?;
                    self.place += 1;
                    raw.push(next);
                }
                c => raw.push(c),
            }
        }
    }

    /// The inside of `"…"`, or with no `end` of a here-document, up to the end of the text.
    pub(super) fn double_quoted(&mut self, word: &mut Word, end: Option<char>) -> Parsed<()> {
        loop {
            let Some(c) = self.peek_char() else {
                return match end {
                    Some(quote) => Err(matching(quote)),
                    None => Ok(()),
                };
            };
            match c {
                c if Some(c) == end => {
                    self.place += 1;
                    return Ok(());
                }
                '\\' => {
                    self.place += 1;
                    match self.peek_char() {
                        Some('\n') => self.place += 1,
                        Some(c @ ('$' | '`' | '\\')) => {
                            self.place += 1;
                            push_quoted(word, &c.to_string());
                        }
                        Some('"') if end.is_some() => {
                            self.place += 1;
                            push_quoted(word, "\"");
                        }
                        _ => push_quoted(word, "\\"),
                    }
                }
                '$' | '`' => self.dollar(word, true)?,
                c => {
                    self.place += 1;
                    push_quoted(word, &c.to_string());
                }
            }
        }
    }

    /// At `$` or a backtick.
    pub(super) fn dollar(&mut self, word: &mut Word, quoted: bool) -> Parsed<()> {
        if self.peek_char() == Some('`') {
            self.place += 1;
            let mut text = String::new();
            loop {
                let c = self.peek_char().ok_or_else(|| matching('`'))?;
                self.place += 1;
                match c {
                    '`' => break,
                    '\\' => {
                        let next = self.peek_char().ok_or_else(|| matching('`'))?;
                        self.place += 1;
                        let keeps = matches!(next, '`' | '\\' | '$') || quoted && next == '"';
                        if !keeps {
                            text.push('\\');
                        }
                        text.push(next);
                    }
                    c => text.push(c),
                }
            }
            let depth = self.depth + 1;
            let script = if depth > DEEPEST {
                return Err(Fault::Refused(
                    "the line is nested too deeply for this shell".to_owned(),
                ));
            } else {
                parse_at(&text, depth).map_err(|fault| match fault {
                    // The backticks are closed, so nothing more can complete what is inside.
                    Fault::Incomplete(words) => Fault::Syntax(words),
                    other => other,
                })?
            };
            word.pieces.push(Piece::Command { script, quoted });
            return Ok(());
        }
        self.place += 1;
        match self.peek_char() {
            Some('(') if self.char_at(1) == Some('(') => {
                let back = self.place;
                self.place += 2;
                match self.arithmetic() {
                    Ok(Some(inner)) => word.pieces.push(Piece::Arithmetic {
                        word: inner,
                        quoted,
                    }),
                    Ok(None) => {
                        self.place = back;
                        self.substitution(word, quoted)?;
                    }
                    Err(fault) => return Err(fault),
                }
            }
            Some('(') => self.substitution(word, quoted)?,
            Some('{') => {
                self.place += 1;
                let piece = self.deeper(|parser| parser.braces(quoted))?;
                word.pieces.push(piece);
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::new();
                while let Some(c) = self.peek_char() {
                    if !(c.is_ascii_alphanumeric() || c == '_') {
                        break;
                    }
                    name.push(c);
                    self.place += 1;
                }
                word.pieces.push(plain(name, quoted));
            }
            Some(c @ ('?' | '$' | '#' | '@' | '*' | '!' | '-' | '0'..='9')) => {
                self.place += 1;
                word.pieces.push(plain(c.to_string(), quoted));
            }
            _ if quoted => push_quoted(word, "$"),
            _ => push_bare(word, '$'),
        }
        Ok(())
    }

    /// After `$`, at `(`.
    pub(super) fn substitution(&mut self, word: &mut Word, quoted: bool) -> Parsed<()> {
        self.place += 1;
        let (pending, bodies, peeked) = (
            std::mem::take(&mut self.pending),
            std::mem::take(&mut self.bodies),
            self.peeked.take(),
        );
        let parsed = self.deeper(|parser| {
            let mut script = parser.script(&[")"])?;
            match parser.next()? {
                Token::Operator(")") => {}
                Token::End => return Err(matching(')')),
                other => return Err(unexpected(&other)),
            }
            parser.finish(&mut script)?;
            Ok(script)
        });
        self.pending = pending;
        self.bodies = bodies;
        self.peeked = peeked;
        let script = parsed.map_err(|fault| match fault {
            Fault::Incomplete(words) if words.ends_with("end of file") => matching(')'),
            other => other,
        })?;
        word.pieces.push(Piece::Command { script, quoted });
        Ok(())
    }

    /// After `((`: the expression up to `))`, or none where the brackets close otherwise, as in
    /// `$((a); b)`.
    pub(super) fn arithmetic(&mut self) -> Parsed<Option<Word>> {
        let mut inner = Word::default();
        let mut open = 0;
        loop {
            match self.peek_char() {
                None => return Err(matching(')')),
                Some('(') => {
                    open += 1;
                    self.place += 1;
                    push_quoted(&mut inner, "(");
                }
                Some(')') if open > 0 => {
                    open -= 1;
                    self.place += 1;
                    push_quoted(&mut inner, ")");
                }
                Some(')') => {
                    if self.char_at(1) != Some(')') {
                        return Ok(None);
                    }
                    self.place += 2;
                    return Ok(Some(inner));
                }
                Some('$' | '`') => self.deeper(|parser| parser.dollar(&mut inner, true))?,
                Some(c) => {
                    self.place += 1;
                    if c != '"' {
                        push_quoted(&mut inner, &c.to_string());
                    }
                }
            }
        }
    }

    /// After `${`.
    pub(super) fn braces(&mut self, quoted: bool) -> Parsed<Piece> {
        let length = self.peek_char() == Some('#') && self.char_at(1) != Some('}');
        if length {
            self.place += 1;
        }
        let mut name = String::new();
        while let Some(c) = self.peek_char() {
            let special = name.is_empty() && matches!(c, '?' | '$' | '#' | '@' | '*' | '!');
            if !(c.is_ascii_alphanumeric() || c == '_' || special) {
                break;
            }
            name.push(c);
            self.place += 1;
            if special {
                break;
            }
        }
        let bad = |name: &str| Fault::Syntax(format!("${{{name}}}: bad substitution"));
        if name.is_empty() {
            return match self.peek_char() {
                None => Err(matching('}')),
                _ => Err(bad(&name)),
            };
        }
        let Some(sign) = self.peek_char() else {
            return Err(matching('}'));
        };
        self.place += 1;
        let operation = match sign {
            '}' => {
                let operation = if length {
                    Operation::Length
                } else {
                    Operation::Plain
                };
                return Ok(Piece::Variable {
                    name,
                    operation,
                    quoted,
                });
            }
            _ if length => return Err(bad(&name)),
            ':' => match self.peek_char() {
                Some(sign @ ('-' | '=' | '+' | '?')) => {
                    self.place += 1;
                    Operation::Missing {
                        sign,
                        colon: true,
                        word: self.until_brace(quoted, &[])?,
                    }
                }
                _ => {
                    let offset = self.until_brace(quoted, &[':'])?;
                    let length = if self.last() == Some(':') {
                        Some(self.until_brace(quoted, &[])?)
                    } else {
                        None
                    };
                    Operation::Part { offset, length }
                }
            },
            '-' | '=' | '+' | '?' => Operation::Missing {
                sign,
                colon: false,
                word: self.until_brace(quoted, &[])?,
            },
            '#' | '%' => {
                let longest = self.peek_char() == Some(sign);
                if longest {
                    self.place += 1;
                }
                Operation::Trim {
                    suffix: sign == '%',
                    longest,
                    pattern: self.until_brace(false, &[])?,
                }
            }
            '/' => {
                let all = self.peek_char() == Some('/');
                if all {
                    self.place += 1;
                }
                let pattern = self.until_brace(false, &['/'])?;
                let with = if self.last() == Some('/') {
                    self.until_brace(quoted, &[])?
                } else {
                    Word::default()
                };
                Operation::Replace { all, pattern, with }
            }
            '^' | ',' if self.peek_char() == Some(sign) => {
                self.place += 1;
                self.until_brace(quoted, &[])?;
                Operation::Case { upper: sign == '^' }
            }
            _ => return Err(bad(&name)),
        };
        Ok(Piece::Variable {
            name,
            operation,
            quoted,
        })
    }

    pub(super) fn last(&self) -> Option<char> {
        self.chars.get(self.place.checked_sub(1)?).copied()
    }

    /// A word up to `}` or one of `ends`, which is taken too.
    pub(super) fn until_brace(&mut self, quoted: bool, ends: &[char]) -> Parsed<Word> {
        let mut word = Word::default();
        loop {
            match self.peek_char() {
                None => return Err(matching('}')),
                Some(c) if c == '}' || ends.contains(&c) => {
                    self.place += 1;
                    return Ok(word);
                }
                Some('\'') if quoted => {
                    self.place += 1;
                    push_quoted(&mut word, "'");
                }
                Some(c) if quoted && !matches!(c, '\\' | '"' | '$' | '`') => {
                    self.place += 1;
                    push_quoted(&mut word, &c.to_string());
                }
                Some(c @ ('$' | '`')) if quoted => {
                    let _ = c;
                    self.deeper(|parser| parser.dollar(&mut word, true))?;
                }
                Some(c) => self.deeper(|parser| parser.piece(&mut word, c))?,
            }
        }
    }

    // Commands.
}
