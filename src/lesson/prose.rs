//! Prose: Markdown as a tree of nodes that a page turns into elements.
//!
//! **Invariant:** a node holds text, never markup, and a link's address begins with `http://` or
//! `https://`, so nothing in a lesson can inject an element or a script.

use crate::bounds;
use crate::diagnostic::{Diagnostic, Notes, Position};
use crate::text::{Line, count};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A block of prose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// A heading within a step, of level 3 to 6.
    Heading(u8, Vec<Inline>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list, with its first number if it is numbered.
    List(Option<u64>, Vec<Vec<Block>>),
    /// Code to look at, with its language (empty if it names none).
    Code {
        /// The first word behind the fence.
        language: String,
        /// The lines.
        text: String,
    },
    /// A quotation.
    Quote(Vec<Block>),
    /// A table: how its columns stand, its head, its rows.
    Table {
        /// One for each column.
        alignments: Vec<Alignment>,
        /// The cells of the head.
        head: Vec<Vec<Inline>>,
        /// The cells of each row.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A line across.
    Rule,
}

/// How the cells of a column stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alignment {
    /// As the language reads.
    Start,
    /// In the middle.
    Centre,
    /// At the end, as numbers do.
    End,
}

/// A piece of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Code within a line.
    Code(String),
    /// `*emphasis*`
    Emphasis(Vec<Inline>),
    /// `**strong**`
    Strong(Vec<Inline>),
    /// A link to a public page.
    Link {
        /// `http://…` or `https://…`.
        address: String,
        /// What is shown.
        text: Vec<Inline>,
    },
    /// A line that ends here on purpose.
    Break,
}

/// What is being built.
enum Open {
    Blocks(Vec<Block>),
    List(Option<u64>, Vec<Vec<Block>>),
    Item(Vec<Block>),
    Quote(Vec<Block>),
    Paragraph(Vec<Inline>),
    Heading(u8, Vec<Inline>),
    Code(String, String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    /// `None`: the address was refused, and the text stays.
    Link(Option<String>, Vec<Inline>),
    Table(Vec<Alignment>, Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>),
    Row(Vec<Vec<Inline>>),
    Cell(Vec<Inline>),
    /// Raw HTML, shown as the text it is.
    Html(String),
    /// Too deep or not in the format: its contents go to what holds it.
    Through,
}

/// Reads lines of prose, which are part of `text`.
pub(crate) fn blocks(text: &str, lines: &[Line<'_>], notes: &mut Notes) -> Vec<Block> {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        return Vec::new();
    };
    for line in lines {
        let indent = line.text.len() - line.text.trim_start().len();
        let marks = line
            .text
            .chars()
            .take_while(|c| " \t>-*+0123456789.)".contains(*c));
        let marks = marks.filter(|c| !c.is_whitespace()).count();
        let rule = line.text.trim_start_matches(['-', '*', ' ']).is_empty();
        if indent > bounds::INDENT || (marks > bounds::INDENT && !rule) {
            notes.error(
                line.at(1),
                "this is nested too deeply to be read",
                format!(
                    "{} columns of indentation and marks are the most",
                    bounds::INDENT
                ),
            );
            return Vec::new();
        }
        if line.text.len() > bounds::LINE {
            // Said when the lines were counted.
            return Vec::new();
        }
    }
    let source = text
        .get(first.offset..last.offset + last.text.len())
        .unwrap_or_default();
    let place = |offset: usize| place(lines, first.offset + offset);
    let mut builder = Builder {
        stack: vec![Open::Blocks(Vec::new())],
        notes,
        depth: 0,
        too_deep: false,
    };
    let parser = Parser::new_ext(source, Options::ENABLE_TABLES);
    for (event, range) in parser.into_offset_iter() {
        builder.event(event, place(range.start));
    }
    builder.finish()
}

/// A single line of prose: a hint, an answer.
pub(crate) fn inline(text: &str, start: Position, notes: &mut Notes) -> Vec<Inline> {
    let line = Line {
        number: start.line,
        offset: 0,
        text,
    };
    let mut inner = Notes::default();
    let mut blocks = blocks(text, &[line], &mut inner).into_iter();
    for diagnostic in inner.finish() {
        notes.push(Diagnostic {
            position: Position::new(
                start.line,
                diagnostic.position.column + start.column.saturating_sub(1),
            ),
            ..diagnostic
        });
    }
    match (blocks.next(), blocks.next()) {
        (Some(Block::Paragraph(inlines)), None) => inlines,
        (None, None) => Vec::new(),
        // `1. x`, `# x`, `- x`: in one line they are just characters.
        _ => vec![Inline::Text(text.to_owned())],
    }
}

/// The place of a byte of the file.
fn place(lines: &[Line<'_>], offset: usize) -> Position {
    let index = lines.partition_point(|line| line.offset <= offset);
    let Some(line) = index.checked_sub(1).and_then(|index| lines.get(index)) else {
        return Position::START;
    };
    let before = line.text.get(..offset - line.offset).unwrap_or(line.text);
    line.at(count(before.chars().count()) + 1)
}

struct Builder<'n> {
    stack: Vec<Open>,
    notes: &'n mut Notes,
    depth: usize,
    too_deep: bool,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, at: Position) {
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.inline(Inline::Code(code.into_string())),
            Event::InlineHtml(html) | Event::Html(html) => {
                let goes_on =
                    matches!(self.stack.last(), Some(Open::Html(text)) if !text.is_empty());
                if !goes_on {
                    self.notes.warning(
                        at,
                        "HTML is shown as the text it is",
                        "write it in Markdown, or between backticks if it is meant as code",
                    );
                }
                self.text(&html);
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            // None of these is switched on.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, at: Position) {
        self.depth += 1;
        if self.depth > bounds::DEPTH && !self.too_deep {
            self.too_deep = true;
            self.notes.error(
                at,
                "this is nested too deeply to be read",
                format!("{} levels are the most", bounds::DEPTH),
            );
        }
        let open = match tag {
            _ if self.depth > bounds::DEPTH => Open::Through,
            Tag::Paragraph => Open::Paragraph(Vec::new()),
            Tag::Heading { level, .. } => {
                let level = level as u8;
                if level < 3 {
                    self.notes.error(
                        at,
                        "only headings of the third level and below stand within a step",
                        "the title is in the front matter, a step is `## N Title {#id points=N}`, \
                         and a heading within a step is `### …`",
                    );
                }
                Open::Heading(level.max(3), Vec::new())
            }
            Tag::BlockQuote(_) => Open::Quote(Vec::new()),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or(""),
                    CodeBlockKind::Indented => "",
                };
                Open::Code(language.to_owned(), String::new())
            }
            Tag::HtmlBlock => Open::Html(String::new()),
            Tag::List(first) => Open::List(first, Vec::new()),
            Tag::Item => Open::Item(Vec::new()),
            Tag::Table(alignments) => {
                let alignments = alignments
                    .into_iter()
                    .map(|alignment| match alignment {
                        pulldown_cmark::Alignment::None | pulldown_cmark::Alignment::Left => {
                            Alignment::Start
                        }
                        pulldown_cmark::Alignment::Center => Alignment::Centre,
                        pulldown_cmark::Alignment::Right => Alignment::End,
                    })
                    .collect();
                Open::Table(alignments, Vec::new(), Vec::new())
            }
            Tag::TableHead | Tag::TableRow => Open::Row(Vec::new()),
            Tag::TableCell => Open::Cell(Vec::new()),
            Tag::Emphasis => Open::Emphasis(Vec::new()),
            Tag::Strong => Open::Strong(Vec::new()),
            Tag::Link { dest_url, .. } => {
                let address = self.address(&dest_url, at);
                Open::Link(address, Vec::new())
            }
            Tag::Image { .. } => {
                self.notes.warning(
                    at,
                    "lessons have no pictures; its text is shown instead",
                    "say it in words, or let the canvas show it",
                );
                Open::Through
            }
            _ => Open::Through,
        };
        self.stack.push(open);
    }

    /// A link may lead to a public page and nowhere else.
    fn address(&mut self, address: &str, at: Position) -> Option<String> {
        let lower = address.to_ascii_lowercase();
        let public = lower.starts_with("https://") || lower.starts_with("http://");
        if public && !address.contains(char::is_whitespace) {
            return Some(address.to_owned());
        }
        self.notes.error(
            at,
            "this link leads to no public page",
            "a link's address begins with `https://`",
        );
        None
    }

    fn end(&mut self, tag: TagEnd) {
        self.depth = self.depth.saturating_sub(1);
        let Some(open) = self.stack.pop() else {
            return;
        };
        match open {
            Open::Blocks(blocks) => self.stack.push(Open::Blocks(blocks)),
            Open::Through => {}
            Open::Paragraph(inlines) => self.block(Block::Paragraph(inlines)),
            Open::Heading(level, inlines) => self.block(Block::Heading(level, inlines)),
            Open::Quote(blocks) => self.block(Block::Quote(blocks)),
            Open::Code(language, text) => self.block(Block::Code { language, text }),
            Open::Html(text) => {
                let text = text.trim().to_owned();
                if !text.is_empty() {
                    self.block(Block::Paragraph(vec![Inline::Text(text)]));
                }
            }
            Open::List(first, items) => self.block(Block::List(first, items)),
            Open::Item(blocks) => {
                if let Some(Open::List(_, items)) = self.stack.last_mut() {
                    items.push(blocks);
                } else {
                    blocks.into_iter().for_each(|block| self.block(block));
                }
            }
            Open::Table(alignments, head, rows) => self.block(Block::Table {
                alignments,
                head,
                rows,
            }),
            Open::Row(cells) => {
                if let Some(Open::Table(_, head, rows)) = self.stack.last_mut() {
                    if tag == TagEnd::TableHead {
                        *head = cells;
                    } else {
                        rows.push(cells);
                    }
                }
            }
            Open::Cell(inlines) => {
                if let Some(Open::Row(cells)) = self.stack.last_mut() {
                    cells.push(inlines);
                }
            }
            Open::Emphasis(inlines) => self.inline(Inline::Emphasis(inlines)),
            Open::Strong(inlines) => self.inline(Inline::Strong(inlines)),
            Open::Link(Some(address), text) => self.inline(Inline::Link { address, text }),
            Open::Link(None, text) => text.into_iter().for_each(|piece| self.inline(piece)),
        }
    }

    /// Puts a block where it belongs.
    fn block(&mut self, block: Block) {
        for open in self.stack.iter_mut().rev() {
            match open {
                Open::Blocks(blocks) | Open::Item(blocks) | Open::Quote(blocks) => {
                    blocks.push(block);
                    return;
                }
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str) {
        match self.stack.last_mut() {
            Some(Open::Code(_, code) | Open::Html(code)) => code.push_str(text),
            _ => self.inline(Inline::Text(text.to_owned())),
        }
    }

    /// Puts a piece of a line where it belongs; adjacent words become one.
    fn inline(&mut self, piece: Inline) {
        for open in self.stack.iter_mut().rev() {
            let pieces = match open {
                Open::Paragraph(pieces)
                | Open::Heading(_, pieces)
                | Open::Emphasis(pieces)
                | Open::Strong(pieces)
                | Open::Link(_, pieces)
                | Open::Cell(pieces) => pieces,
                Open::Blocks(blocks) | Open::Item(blocks) | Open::Quote(blocks) => {
                    // A tight list has no paragraphs of its own.
                    if !matches!(blocks.last(), Some(Block::Paragraph(_))) {
                        blocks.push(Block::Paragraph(Vec::new()));
                    }
                    match blocks.last_mut() {
                        Some(Block::Paragraph(pieces)) => pieces,
                        _ => return,
                    }
                }
                _ => continue,
            };
            match (&piece, pieces.last_mut()) {
                (Inline::Text(text), Some(Inline::Text(last))) => last.push_str(text),
                _ => pieces.push(piece),
            }
            return;
        }
    }

    fn finish(mut self) -> Vec<Block> {
        match self.stack.drain(..).next() {
            Some(Open::Blocks(blocks)) => blocks,
            _ => Vec::new(),
        }
    }
}
