//! Regular expressions as `grep` reads them, basic and extended.
//!
//! A pattern is walked over sets of places, so no pattern takes longer than text × pattern
//! size for each beginning.

use std::collections::BTreeSet;

/// The deepest nesting of groups.
const DEEPEST: usize = 32;
/// The most nodes that repetitions are written out to.
const MOST_NODES: usize = 2_000;

#[derive(Clone, Debug)]
enum Node {
    Char(char),
    Any,
    Set(bool, Vec<(char, char)>),
    Start,
    End,
    Edge,
    Cat(Vec<Node>),
    Or(Vec<Node>),
    Star(Box<Node>),
    Maybe(Box<Node>),
}

#[derive(Clone, Debug)]
pub(super) struct Regex {
    root: Node,
    ignore_case: bool,
}

impl Regex {
    pub(super) fn new(pattern: &str, extended: bool, ignore_case: bool) -> Result<Self, String> {
        let mut parser = Parser {
            chars: pattern.chars().collect(),
            place: 0,
            extended,
            depth: 0,
            nodes: 0,
        };
        let root = parser.or()?;
        if parser.place < parser.chars.len() {
            return Err("Unmatched ) or \\)".to_owned());
        }
        Ok(Regex { root, ignore_case })
    }

    /// A pattern that stands for itself.
    pub(super) fn fixed(text: &str, ignore_case: bool) -> Self {
        Regex {
            root: Node::Cat(text.chars().map(Node::Char).collect()),
            ignore_case,
        }
    }

    /// The first and longest match from `from` on.
    pub(super) fn find(&self, text: &[char], from: usize) -> Option<(usize, usize)> {
        (from..=text.len()).find_map(|start| {
            let ends = self.ends(&self.root, text, &BTreeSet::from([start]));
            ends.last().map(|end| (start, *end))
        })
    }

    fn same(&self, a: char, b: char) -> bool {
        a == b || (self.ignore_case && a.to_lowercase().eq(b.to_lowercase()))
    }

    fn ends(&self, node: &Node, text: &[char], starts: &BTreeSet<usize>) -> BTreeSet<usize> {
        let one = |test: &dyn Fn(char) -> bool| {
            starts
                .iter()
                .filter(|&&at| text.get(at).is_some_and(|&c| test(c)))
                .map(|at| at + 1)
                .collect()
        };
        let word = |at: usize| {
            text.get(at)
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
        };
        match node {
            Node::Char(wanted) => one(&|c| self.same(c, *wanted)),
            Node::Any => one(&|_| true),
            Node::Set(negated, ranges) => one(&|c| {
                let hit = |c: char| ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
                let hit = hit(c)
                    || (self.ignore_case
                        && (c.to_lowercase().any(hit) || c.to_uppercase().any(hit)));
                hit != *negated
            }),
            Node::Start => starts.iter().copied().filter(|at| *at == 0).collect(),
            Node::End => starts
                .iter()
                .copied()
                .filter(|at| *at == text.len())
                .collect(),
            Node::Edge => starts
                .iter()
                .copied()
                .filter(|&at| word(at) != at.checked_sub(1).is_some_and(word))
                .collect(),
            Node::Cat(nodes) => nodes.iter().fold(starts.clone(), |starts, node| {
                self.ends(node, text, &starts)
            }),
            Node::Or(nodes) => nodes
                .iter()
                .flat_map(|node| self.ends(node, text, starts))
                .collect(),
            Node::Star(inner) => {
                let mut all = starts.clone();
                let mut fresh = starts.clone();
                while !fresh.is_empty() {
                    fresh = self
                        .ends(inner, text, &fresh)
                        .into_iter()
                        .filter(|end| !all.contains(end))
                        .collect();
                    all.extend(&fresh);
                }
                all
            }
            Node::Maybe(inner) => {
                let mut all = self.ends(inner, text, starts);
                all.extend(starts);
                all
            }
        }
    }
}

struct Parser {
    chars: Vec<char>,
    place: usize,
    extended: bool,
    depth: usize,
    nodes: usize,
}

impl Parser {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.place + ahead).copied()
    }

    /// Is the operator `c` here (with a backslash in basic patterns)? Takes it.
    fn operator(&mut self, c: char) -> bool {
        if self.extended && self.peek(0) == Some(c) {
            self.place += 1;
            return true;
        }
        if !self.extended && self.peek(0) == Some('\\') && self.peek(1) == Some(c) {
            self.place += 2;
            return true;
        }
        false
    }

    fn at(&self, c: char) -> bool {
        if self.extended {
            self.peek(0) == Some(c)
        } else {
            self.peek(0) == Some('\\') && self.peek(1) == Some(c)
        }
    }

    fn or(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("Regular expression too deep".to_owned());
        }
        let mut arms = vec![self.cat()?];
        while self.operator('|') {
            arms.push(self.cat()?);
        }
        self.depth -= 1;
        Ok(match arms.len() {
            1 => arms.pop().unwrap_or(Node::Cat(Vec::new())),
            _ => Node::Or(arms),
        })
    }

    fn cat(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while self.place < self.chars.len() && !self.at('|') && !(self.at(')') && self.depth > 1) {
            let atom = self.atom(nodes.is_empty())?;
            nodes.push(self.repeated(atom)?);
        }
        Ok(Node::Cat(nodes))
    }

    fn repeated(&mut self, mut atom: Node) -> Result<Node, String> {
        loop {
            atom = if self.peek(0) == Some('*') {
                self.place += 1;
                Node::Star(Box::new(atom))
            } else if self.operator('+') {
                Node::Cat(vec![atom.clone(), Node::Star(Box::new(atom))])
            } else if self.operator('?') {
                Node::Maybe(Box::new(atom))
            } else if self.at('{') {
                self.operator('{');
                let mut text = String::new();
                while !self.operator('}') {
                    match self.peek(0) {
                        Some(c) => text.push(c),
                        None => return Err("Unmatched { or \\{".to_owned()),
                    }
                    self.place += 1;
                }
                let (low, high) = match text.split_once(',') {
                    Some((low, "")) => (low, None),
                    Some((low, high)) => (low, Some(high)),
                    None => (text.as_str(), Some(text.as_str())),
                };
                let number = |text: &str| {
                    text.parse::<usize>()
                        .ok()
                        .filter(|number| *number <= 255)
                        .ok_or_else(|| "Invalid content of \\{\\}".to_owned())
                };
                let low = if low.is_empty() { 0 } else { number(low)? };
                let mut nodes = vec![atom.clone(); low];
                match high {
                    None => nodes.push(Node::Star(Box::new(atom))),
                    Some(high) => {
                        let more = number(high)?.checked_sub(low);
                        let more = more.ok_or("Invalid content of \\{\\}")?;
                        nodes.extend(vec![Node::Maybe(Box::new(atom)); more]);
                    }
                }
                self.nodes += nodes.len();
                Node::Cat(nodes)
            } else {
                return Ok(atom);
            };
            self.nodes = (self.nodes + 1) * if matches!(atom, Node::Cat(_)) { 2 } else { 1 };
            if self.nodes > MOST_NODES {
                return Err("Regular expression too big".to_owned());
            }
        }
    }

    fn atom(&mut self, first: bool) -> Result<Node, String> {
        if self.operator('(') {
            let inner = self.or()?;
            if !self.operator(')') {
                return Err("Unmatched ( or \\(".to_owned());
            }
            return Ok(inner);
        }
        let c = self.peek(0).ok_or("Trailing backslash")?;
        self.place += 1;
        Ok(match c {
            '.' => Node::Any,
            '^' if self.extended || first => Node::Start,
            '$' if self.extended
                || self.place == self.chars.len()
                || self.at('|')
                || self.at(')') =>
            {
                Node::End
            }
            '[' => self.set()?,
            '\\' => {
                let c = self.peek(0).ok_or("Trailing backslash")?;
                self.place += 1;
                let word = vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
                let blank = vec![(' ', ' '), ('\t', '\t'), ('\n', '\n'), ('\r', '\r')];
                match c {
                    'w' => Node::Set(false, word),
                    'W' => Node::Set(true, word),
                    's' => Node::Set(false, blank),
                    'S' => Node::Set(true, blank),
                    'b' => Node::Edge,
                    c => Node::Char(c),
                }
            }
            c => Node::Char(c),
        })
    }

    fn set(&mut self) -> Result<Node, String> {
        let negated = self.peek(0) == Some('^');
        self.place += usize::from(negated);
        let mut ranges = Vec::new();
        let mut first = true;
        loop {
            let c = self.peek(0).ok_or("Unmatched [, [^, [:, [., or [=")?;
            self.place += 1;
            if c == ']' && !first {
                return Ok(Node::Set(negated, ranges));
            }
            first = false;
            if c == '[' && self.peek(0) == Some(':') {
                let rest: String = self.chars.iter().skip(self.place + 1).collect();
                let (name, _) = rest
                    .split_once(":]")
                    .ok_or("Unmatched [, [^, [:, [., or [=")?;
                ranges.extend(class(name).ok_or("Invalid character class name")?);
                self.place += name.chars().count() + 3;
                continue;
            }
            let end = self
                .peek(1)
                .filter(|end| self.peek(0) == Some('-') && *end != ']');
            match end {
                Some(end) => {
                    if end < c {
                        return Err("Invalid range end".to_owned());
                    }
                    self.place += 2;
                    ranges.push((c, end));
                }
                None => ranges.push((c, c)),
            }
        }
    }
}

/// The characters of a class such as `alpha`.
pub(super) fn class(name: &str) -> Option<Vec<(char, char)>> {
    Some(match name {
        "alpha" => vec![('a', 'z'), ('A', 'Z')],
        "digit" => vec![('0', '9')],
        "alnum" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
        "upper" => vec![('A', 'Z')],
        "lower" => vec![('a', 'z')],
        "space" => vec![(' ', ' '), ('\t', '\r')],
        "blank" => vec![(' ', ' '), ('\t', '\t')],
        "punct" => vec![('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "xdigit" => vec![('0', '9'), ('a', 'f'), ('A', 'F')],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, extended: bool, text: &str, expected: Option<&str>) {
        let chars: Vec<char> = text.chars().collect();
        let regex = Regex::new(pattern, extended, false).unwrap();
        let found = regex
            .find(&chars, 0)
            .map(|(start, end)| chars[start..end].iter().collect::<String>());
        assert_eq!(found.as_deref(), expected, "{pattern} {text}");
    }

    #[test]
    fn basic_and_extended() {
        check(
            "InvalidVpcID[A-Za-z.]*",
            false,
            "(InvalidVpcID.NotFound)",
            Some("InvalidVpcID.NotFound"),
        );
        check("^subnet-", false, "subnet-1", Some("subnet-"));
        check("^subnet-", false, "a subnet-1", None);
        check("a+", false, "aa+", Some("a+"));
        check("a\\+", false, "xaa+", Some("aa"));
        check("(ab|c)+d$", true, "xabcd", Some("abcd"));
        check("[0-9]{1,3}\\.[0-9]", true, "10.0", Some("10.0"));
        check("[^]x]*", false, "ab]", Some("ab"));
        check("[[:digit:]]\\{2\\}", false, "a123", Some("12"));
        check("\\bvpc\\b", true, "my vpc.", Some("vpc"));
        check("a*", false, "bbb", Some(""));
        check("(a*)*b", true, &"a".repeat(300), None);
        assert!(Regex::new("[a", false, false).is_err());
        assert!(Regex::new("(a", true, false).is_err());
        assert!(Regex::new(&"(".repeat(1000), true, false).is_err());
        assert!(Regex::new(&("a".to_owned() + &"{200}".repeat(5)), true, false).is_err());
    }
}
