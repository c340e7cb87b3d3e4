//! Text to a tree: bash's grammar as far as tutorials and scripts use it.
//!
//! What is missing (functions, jobs, `select`, arrays) is refused with a sentence.

mod words;

use super::syntax::{
    Body, Command, Joint, Operation, Piece, Pipeline, Redirect, RedirectKind, Script, Step, Word,
};

/// The deepest nesting of commands and substitutions.
const DEEPEST: usize = 64;
/// The longest text read, in characters.
pub(crate) const LONGEST: usize = 1 << 20;

/// Why a text is no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// More must follow: a quote, a here-document or a compound command is open. With bash's
    /// words for a script that ends there.
    Incomplete(String),
    /// Bash's words for what can't stand there.
    Syntax(String),
    /// What bash can and this shell can't.
    Refused(String),
}

type Parsed<T> = Result<T, Fault>;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(Word),
    /// A number directly before `<` or `>`.
    Number(u8),
    Operator(&'static str),
    Newline,
    End,
}

const OPERATORS: [&str; 19] = [
    "<<<", "<<-", "&>>", "&&", "||", ";;", "<<", ">>", "<&", ">&", ">|", "&>", "|", "&", ";", "<",
    ">", "(", ")",
];

struct HereDocument {
    /// Which placeholder of the tree it fills.
    slot: usize,
    delimiter: String,
    quoted: bool,
    tabs: bool,
}

pub(crate) struct Parser {
    chars: Vec<char>,
    place: usize,
    peeked: Option<(Token, usize)>,
    pending: Vec<HereDocument>,
    bodies: Vec<Option<Word>>,
    depth: usize,
}

/// Reads a whole script.
pub(crate) fn parse(text: &str) -> Parsed<Script> {
    parse_at(text, 0)
}

fn parse_at(text: &str, depth: usize) -> Parsed<Script> {
    let chars: Vec<char> = text.chars().take(LONGEST + 1).collect();
    if chars.len() > LONGEST {
        return Err(Fault::Refused(
            "the line is too long for this shell".to_owned(),
        ));
    }
    let mut parser = Parser {
        chars,
        place: 0,
        peeked: None,
        pending: Vec::new(),
        bodies: Vec::new(),
        depth,
    };
    let mut script = parser.script(&[])?;
    match parser.next()? {
        Token::End => {}
        other => return Err(unexpected(&other)),
    }
    parser.finish(&mut script)?;
    Ok(script)
}

fn unexpected(token: &Token) -> Fault {
    let shown = match token {
        Token::Word(word) => shown(word),
        Token::Number(number) => number.to_string(),
        Token::Operator(operator) => (*operator).to_owned(),
        Token::Newline => "newline".to_owned(),
        Token::End => {
            return Fault::Incomplete("syntax error: unexpected end of file".to_owned());
        }
    };
    Fault::Syntax(format!("syntax error near unexpected token `{shown}'"))
}

fn shown(word: &Word) -> String {
    let mut text = String::new();
    for piece in &word.pieces {
        match piece {
            Piece::Bare(part) | Piece::Quoted(part) => text.push_str(part),
            Piece::Home => text.push('~'),
            Piece::Variable { name, .. } => {
                text.push('$');
                text.push_str(name);
            }
            Piece::Command { .. } => text.push_str("$(…)"),
            Piece::Arithmetic { .. } => text.push_str("$((…))"),
        }
    }
    text
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

fn ends_word(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')'
    )
}

const RESERVED: [&str; 15] = [
    "if", "then", "elif", "else", "fi", "for", "do", "done", "while", "until", "case", "esac", "{",
    "}", "!",
];

impl Parser {
    fn peek_char(&self) -> Option<char> {
        self.chars.get(self.place).copied()
    }

    fn char_at(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.place + ahead).copied()
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::Refused(
                "the line is nested too deeply for this shell".to_owned(),
            ));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    // Tokens.

    fn next(&mut self) -> Parsed<Token> {
        match self.peeked.take() {
            Some((token, end)) => {
                self.place = end;
                Ok(token)
            }
            None => self.scan(),
        }
    }

    fn peek(&mut self) -> Parsed<&Token> {
        if self.peeked.is_none() {
            let start = self.place;
            let token = self.scan()?;
            self.peeked = Some((token, self.place));
            self.place = start;
        }
        match &self.peeked {
            Some((token, _)) => Ok(token),
            None => Ok(&Token::End),
        }
    }

    fn scan(&mut self) -> Parsed<Token> {
        loop {
            match self.peek_char() {
                Some(c) if is_blank(c) => self.place += 1,
                Some('\\') if self.char_at(1) == Some('\n') => {
                    self.place += 2;
                    if self.peek_char().is_none() {
                        return Err(Fault::Incomplete(
                            "syntax error: unexpected end of file".to_owned(),
                        ));
                    }
                }
                Some('\\') if self.char_at(1).is_none() => {
                    return Err(Fault::Incomplete(
                        "syntax error: unexpected end of file".to_owned(),
                    ));
                }
                Some('#') => {
                    while self.peek_char().is_some_and(|c| c != '\n') {
                        self.place += 1;
                    }
                }
                _ => break,
            }
        }
        let Some(c) = self.peek_char() else {
            if let Some(document) = self.pending.first() {
                return Err(Fault::Incomplete(format!(
                    "warning: here-document delimited by end-of-file (wanted `{}')",
                    document.delimiter
                )));
            }
            return Ok(Token::End);
        };
        if c == '\n' {
            self.place += 1;
            self.here_documents()?;
            return Ok(Token::Newline);
        }
        if c == '\r' && self.char_at(1) == Some('\n') {
            self.place += 1;
            return self.scan();
        }
        if c.is_ascii_digit() && matches!(self.char_at(1), Some('<' | '>')) {
            self.place += 1;
            let digit = c.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
            return Ok(Token::Number(digit.unwrap_or(0)));
        }
        for operator in OPERATORS {
            if operator
                .chars()
                .enumerate()
                .all(|(at, c)| self.char_at(at) == Some(c))
            {
                self.place += operator.len();
                return Ok(Token::Operator(operator));
            }
        }
        self.word().map(Token::Word)
    }

    fn here_documents(&mut self) -> Parsed<()> {
        for document in std::mem::take(&mut self.pending) {
            let mut body = String::new();
            loop {
                if self.peek_char().is_none() {
                    return Err(Fault::Incomplete(format!(
                        "warning: here-document delimited by end-of-file (wanted `{}')",
                        document.delimiter
                    )));
                }
                let mut line = String::new();
                while let Some(c) = self.peek_char() {
                    self.place += 1;
                    if c == '\n' {
                        break;
                    }
                    line.push(c);
                }
                let line = line.strip_suffix('\r').unwrap_or(&line);
                let line = if document.tabs {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                if line == document.delimiter {
                    break;
                }
                body.push_str(line);
                body.push('\n');
            }
            let word = if document.quoted {
                Word::literal(body)
            } else {
                self.inside(&body, |parser| {
                    let mut word = Word::default();
                    parser.double_quoted(&mut word, None)?;
                    Ok(word)
                })?
            };
            if let Some(slot) = self.bodies.get_mut(document.slot) {
                *slot = Some(word);
            }
        }
        Ok(())
    }

    /// Commands up to one of `ends` (reserved words or operators), which is left.
    fn script(&mut self, ends: &[&str]) -> Parsed<Script> {
        let mut script = Script::default();
        loop {
            while matches!(self.peek()?, Token::Newline) {
                self.next()?;
            }
            if self.at_end(ends)? {
                return Ok(script);
            }
            let step = self.step()?;
            script.steps.push(step);
            match self.peek()? {
                Token::Operator(";") | Token::Newline => {
                    self.next()?;
                }
                Token::Operator("&") => {
                    return Err(Fault::Refused(
                        "this shell runs one command at a time: jobs in the background (&) are not part of it".to_owned(),
                    ));
                }
                _ => {
                    if self.at_end(ends)? {
                        return Ok(script);
                    }
                    let token = self.next()?;
                    return Err(unexpected(&token));
                }
            }
        }
    }

    fn at_end(&mut self, ends: &[&str]) -> Parsed<bool> {
        Ok(match self.peek()? {
            Token::End => true,
            Token::Operator(operator) => ends.contains(operator),
            Token::Word(word) => word.bare().is_some_and(|text| ends.contains(&text)),
            _ => false,
        })
    }

    fn step(&mut self) -> Parsed<Step> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let joint = match self.peek()? {
                Token::Operator("&&") => Joint::And,
                Token::Operator("||") => Joint::Or,
                _ => return Ok(Step { first, rest }),
            };
            self.next()?;
            self.skip_newlines()?;
            rest.push((joint, self.pipeline()?));
        }
    }

    fn skip_newlines(&mut self) -> Parsed<()> {
        while matches!(self.peek()?, Token::Newline) {
            self.next()?;
        }
        Ok(())
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut negated = false;
        while matches!(self.peek()?, Token::Word(word) if word.bare() == Some("!")) {
            self.next()?;
            negated = !negated;
        }
        let mut commands = vec![self.command()?];
        while matches!(self.peek()?, Token::Operator("|")) {
            self.next()?;
            self.skip_newlines()?;
            commands.push(self.command()?);
        }
        Ok(Pipeline { negated, commands })
    }

    fn command(&mut self) -> Parsed<Command> {
        self.deeper(|parser| {
            let reserved = match parser.peek()? {
                Token::Word(word) => word.bare().map(str::to_owned),
                Token::Operator("(") => Some("(".to_owned()),
                Token::End => return Err(unexpected(&Token::End)),
                _ => None,
            };
            let body = match reserved.as_deref() {
                Some("if") => parser.if_command()?,
                Some("for") => parser.for_command()?,
                Some(word @ ("while" | "until")) => {
                    parser.next()?;
                    let condition = parser.block(&["do"])?;
                    let body = parser.block(&["done"])?;
                    Body::While {
                        until: word == "until",
                        condition,
                        body,
                    }
                }
                Some("case") => parser.case_command()?,
                Some("{") => {
                    parser.next()?;
                    Body::Group(parser.block(&["}"])?)
                }
                Some("(") => {
                    parser.next()?;
                    if parser.peeked.is_none() && parser.peek_char() == Some('(') {
                        parser.place += 1;
                        match parser.arithmetic()? {
                            Some(word) => Body::Arithmetic(word),
                            None => {
                                return Err(Fault::Refused(
                                    "write a blank between two opening brackets".to_owned(),
                                ));
                            }
                        }
                    } else {
                        let script = parser.script(&[")"])?;
                        if script.steps.is_empty() {
                            let token = parser.next()?;
                            return Err(unexpected(&token));
                        }
                        match parser.next()? {
                            Token::Operator(")") => {}
                            other => return Err(unexpected(&other)),
                        }
                        Body::Subshell(script)
                    }
                }
                Some("[[") => {
                    parser.next()?;
                    parser.test_command()?
                }
                Some("function" | "select" | "coproc") => {
                    return Err(Fault::Refused(
                        "functions are not part of this shell: write the commands out, or use a for loop".to_owned(),
                    ));
                }
                Some(word) if RESERVED.contains(&word) => {
                    let token = parser.next()?;
                    return Err(unexpected(&token));
                }
                _ => return parser.simple(),
            };
            let mut redirects = Vec::new();
            while let Some(redirect) = parser.redirect()? {
                redirects.push(redirect);
            }
            Ok(Command { body, redirects })
        })
    }

    /// A script of at least one command, and the reserved word that ends it.
    fn block(&mut self, ends: &[&str]) -> Parsed<Script> {
        let script = self.script(ends)?;
        if script.steps.is_empty() {
            let token = self.next()?;
            return Err(unexpected(&token));
        }
        self.next_reserved(ends)?;
        Ok(script)
    }

    fn next_reserved(&mut self, words: &[&str]) -> Parsed<String> {
        match self.next()? {
            Token::Word(word) if word.bare().is_some_and(|text| words.contains(&text)) => {
                Ok(word.bare().unwrap_or_default().to_owned())
            }
            other => Err(unexpected(&other)),
        }
    }

    fn if_command(&mut self) -> Parsed<Body> {
        self.next()?;
        let mut arms = Vec::new();
        loop {
            let condition = self.block(&["then"])?;
            let body = self.script(&["elif", "else", "fi"])?;
            if body.steps.is_empty() {
                let token = self.next()?;
                return Err(unexpected(&token));
            }
            arms.push((condition, body));
            match self.next_reserved(&["elif", "else", "fi"])?.as_str() {
                "elif" => {}
                "else" => {
                    let otherwise = Some(self.block(&["fi"])?);
                    return Ok(Body::If { arms, otherwise });
                }
                _ => {
                    return Ok(Body::If {
                        arms,
                        otherwise: None,
                    });
                }
            }
        }
    }

    fn for_command(&mut self) -> Parsed<Body> {
        self.next()?;
        let name = match self.next()? {
            Token::Word(word) => match word.bare() {
                Some(name) if is_name(name) => name.to_owned(),
                _ => {
                    return Err(Fault::Syntax(format!(
                        "`{}': not a valid identifier",
                        shown(&word)
                    )));
                }
            },
            Token::Operator("(") => {
                return Err(Fault::Refused(
                    "for ((…)) is not part of this shell: use for i in $(seq 1 3)".to_owned(),
                ));
            }
            other => return Err(unexpected(&other)),
        };
        self.skip_newlines()?;
        let mut words = Vec::new();
        if matches!(self.peek()?, Token::Word(word) if word.bare() == Some("in")) {
            self.next()?;
            loop {
                match self.next()? {
                    Token::Word(word) => words.push(word),
                    Token::Operator(";") | Token::Newline => break,
                    other => return Err(unexpected(&other)),
                }
            }
        } else if matches!(self.peek()?, Token::Operator(";")) {
            self.next()?;
        }
        self.skip_newlines()?;
        self.next_reserved(&["do"])?;
        let body = self.block(&["done"])?;
        Ok(Body::For { name, words, body })
    }

    fn case_command(&mut self) -> Parsed<Body> {
        self.next()?;
        let subject = match self.next()? {
            Token::Word(word) => word,
            other => return Err(unexpected(&other)),
        };
        self.skip_newlines()?;
        self.next_reserved(&["in"])?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if matches!(self.peek()?, Token::Word(word) if word.bare() == Some("esac")) {
                self.next()?;
                return Ok(Body::Case { subject, arms });
            }
            if matches!(self.peek()?, Token::Operator("(")) {
                self.next()?;
            }
            let mut patterns = Vec::new();
            loop {
                match self.next()? {
                    Token::Word(word) => patterns.push(word),
                    other => return Err(unexpected(&other)),
                }
                match self.next()? {
                    Token::Operator("|") => {}
                    Token::Operator(")") => break,
                    other => return Err(unexpected(&other)),
                }
            }
            let body = self.script(&[";;", "esac"])?;
            arms.push((patterns, body));
            if matches!(self.peek()?, Token::Operator(";;")) {
                self.next()?;
            }
        }
    }

    /// After `[[`: words up to `]]`, operators among them.
    fn test_command(&mut self) -> Parsed<Body> {
        let mut words = Vec::new();
        loop {
            match self.next()? {
                Token::Word(word) if word.bare() == Some("]]") => return Ok(Body::Test(words)),
                Token::Word(word) => words.push(word),
                Token::Operator(operator @ ("&&" | "||" | "(" | ")" | "<" | ">")) => {
                    words.push(Word {
                        pieces: vec![Piece::Bare(operator.to_owned())],
                    });
                }
                Token::Newline => {}
                other => return Err(unexpected(&other)),
            }
        }
    }

    fn simple(&mut self) -> Parsed<Command> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            match self.peek()? {
                Token::Word(_) => {
                    let Token::Word(word) = self.next()? else {
                        continue;
                    };
                    match assignment(&word).filter(|_| words.is_empty()) {
                        Some(assignment) => {
                            if self.peeked.is_none()
                                && self.peek_char() == Some('(')
                                && assignment.1.pieces.is_empty()
                            {
                                return Err(Fault::Refused(
                                    "arrays are not part of this shell: keep a list in one variable with blanks between".to_owned(),
                                ));
                            }
                            assignments.push(assignment);
                        }
                        None => words.push(word),
                    }
                }
                Token::Operator("(") if words.len() == 1 && assignments.is_empty() => {
                    self.next()?;
                    if matches!(self.peek()?, Token::Operator(")")) {
                        return Err(Fault::Refused(
                            "functions are not part of this shell: write the commands out, or use a for loop".to_owned(),
                        ));
                    }
                    let token = self.next()?;
                    return Err(match token {
                        Token::End => unexpected(&token),
                        token => unexpected(&token),
                    });
                }
                _ => break,
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            let token = self.next()?;
            return Err(unexpected(&token));
        }
        if let Token::Operator("(") = self.peek()? {
            return Err(unexpected(&Token::Operator("(")));
        }
        Ok(Command {
            body: Body::Simple { assignments, words },
            redirects,
        })
    }

    fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let number = match self.peek()? {
            Token::Number(number) => Some(*number),
            Token::Operator(
                "<<<" | "<<-" | "<<" | "<" | ">" | ">>" | ">|" | "&>" | "&>>" | ">&" | "<&",
            ) => None,
            _ => return Ok(None),
        };
        if number.is_some() {
            self.next()?;
        }
        let operator = match self.next()? {
            Token::Operator(operator) => operator,
            other => return Err(unexpected(&other)),
        };
        let word = match self.next()? {
            Token::Word(word) => word,
            Token::Number(number) => Word::literal(number.to_string()),
            other => return Err(unexpected(&other)),
        };
        let kind = match operator {
            "<" => RedirectKind::Read(word),
            ">" | ">|" => RedirectKind::Write(word),
            ">>" => RedirectKind::Append(word),
            "&>" => RedirectKind::Both {
                word,
                append: false,
            },
            "&>>" => RedirectKind::Both { word, append: true },
            "<<<" => {
                let mut word = word;
                for piece in &mut word.pieces {
                    match piece {
                        Piece::Variable { quoted, .. }
                        | Piece::Command { quoted, .. }
                        | Piece::Arithmetic { quoted, .. } => *quoted = true,
                        _ => {}
                    }
                }
                push_quoted(&mut word, "\n");
                RedirectKind::Text(word)
            }
            "<<" | "<<-" => {
                let quoted = word
                    .pieces
                    .iter()
                    .any(|piece| !matches!(piece, Piece::Bare(_)));
                self.pending.push(HereDocument {
                    slot: self.bodies.len(),
                    delimiter: shown(&word),
                    quoted,
                    tabs: operator == "<<-",
                });
                // The body stands below the line: `finish` puts it in the place of this mark.
                let mark = format!("\u{0}{}", self.bodies.len());
                self.bodies.push(None);
                RedirectKind::Text(Word::literal(mark))
            }
            _ => match word.bare().or(match word.pieces.as_slice() {
                [Piece::Quoted(text)] => Some(text.as_str()),
                _ => None,
            }) {
                Some("1") => RedirectKind::Copy(1),
                Some("2") => RedirectKind::Copy(2),
                _ if operator == ">&" && number.is_none() => RedirectKind::Both {
                    word,
                    append: false,
                },
                _ => {
                    return Err(Fault::Refused(
                        "only 1 and 2 can stand after >& in this shell".to_owned(),
                    ));
                }
            },
        };
        Ok(Some(Redirect { number, kind }))
    }

    /// Puts the here-documents' bodies where their marks stand.
    fn finish(&mut self, script: &mut Script) -> Parsed<()> {
        if let Some(document) = self.pending.first() {
            return Err(Fault::Incomplete(format!(
                "warning: here-document delimited by end-of-file (wanted `{}')",
                document.delimiter
            )));
        }
        if !self.bodies.is_empty() {
            fill(script, &mut self.bodies);
        }
        Ok(())
    }
}

fn fill(script: &mut Script, bodies: &mut [Option<Word>]) {
    let commands = script.steps.iter_mut().flat_map(|step| {
        std::iter::once(&mut step.first)
            .chain(step.rest.iter_mut().map(|(_, pipeline)| pipeline))
            .flat_map(|pipeline| pipeline.commands.iter_mut())
    });
    for command in commands {
        for redirect in &mut command.redirects {
            if let RedirectKind::Text(word) = &mut redirect.kind
                && let [Piece::Quoted(text)] = word.pieces.as_slice()
                && let Some(slot) = text.strip_prefix('\u{0}')
                && let Some(body) = slot
                    .parse::<usize>()
                    .ok()
                    .and_then(|slot| bodies.get_mut(slot))
            {
                *word = body.take().unwrap_or_default();
            }
        }
        match &mut command.body {
            Body::Simple { .. } | Body::Test(_) | Body::Arithmetic(_) => {}
            Body::Group(inner) | Body::Subshell(inner) => fill(inner, bodies),
            Body::If { arms, otherwise } => {
                for (condition, body) in arms {
                    fill(condition, bodies);
                    fill(body, bodies);
                }
                if let Some(body) = otherwise {
                    fill(body, bodies);
                }
            }
            Body::For { body, .. } => fill(body, bodies),
            Body::While {
                condition, body, ..
            } => {
                fill(condition, bodies);
                fill(body, bodies);
            }
            Body::Case { arms, .. } => {
                for (_, body) in arms {
                    fill(body, bodies);
                }
            }
        }
    }
}

fn matching(quote: char) -> Fault {
    Fault::Incomplete(format!(
        "unexpected EOF while looking for matching `{quote}'"
    ))
}

fn plain(name: String, quoted: bool) -> Piece {
    Piece::Variable {
        name,
        operation: Operation::Plain,
        quoted,
    }
}

fn push_bare(word: &mut Word, c: char) {
    match word.pieces.last_mut() {
        Some(Piece::Bare(text)) => text.push(c),
        _ => word.pieces.push(Piece::Bare(c.to_string())),
    }
}

fn push_quoted(word: &mut Word, part: &str) {
    match word.pieces.last_mut() {
        Some(Piece::Quoted(text)) => text.push_str(part),
        _ => word.pieces.push(Piece::Quoted(part.to_owned())),
    }
}

/// `NAME=value` as name and value, where a word is one.
pub(crate) fn assignment(word: &Word) -> Option<(String, Word)> {
    let (first, rest) = word.pieces.split_first()?;
    let Piece::Bare(text) = first else {
        return None;
    };
    let (name, value) = text.split_once('=')?;
    if !is_name(name) {
        return None;
    }
    let mut pieces = Vec::new();
    match value.strip_prefix('~') {
        Some(path) if path.is_empty() || path.starts_with('/') => {
            pieces.push(Piece::Home);
            if !path.is_empty() {
                pieces.push(Piece::Bare(path.to_owned()));
            }
        }
        _ if value.is_empty() => {}
        _ => pieces.push(Piece::Bare(value.to_owned())),
    }
    pieces.extend_from_slice(rest);
    Some((name.to_owned(), Word { pieces }))
}
