//! Prose as HTML text, for the static first paint before the program has loaded.

use crate::prose::{Alignment, Block, Inline};

/// The blocks as HTML; every character of a lesson is escaped.
pub fn to_html(blocks: &[Block]) -> String {
    let mut html = String::new();
    write_blocks(blocks, &mut html);
    html
}

// The tree is at most `bounds::DEPTH` deep, so this recursion is.
fn write_blocks(blocks: &[Block], html: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(level, text) => {
                let level = (*level).clamp(3, 6);
                html.push_str(&format!("<h{level}>"));
                write_inlines(text, html);
                html.push_str(&format!("</h{level}>\n"));
            }
            Block::Paragraph(text) => {
                html.push_str("<p>");
                write_inlines(text, html);
                html.push_str("</p>\n");
            }
            Block::List(first, items) => {
                let tag = if first.is_some() { "ol" } else { "ul" };
                match first {
                    Some(first) if *first != 1 => {
                        html.push_str(&format!("<ol start=\"{first}\">\n"));
                    }
                    _ => html.push_str(&format!("<{tag}>\n")),
                }
                for item in items {
                    html.push_str("<li>");
                    match item.as_slice() {
                        [Block::Paragraph(text)] => write_inlines(text, html),
                        blocks => write_blocks(blocks, html),
                    }
                    html.push_str("</li>\n");
                }
                html.push_str(&format!("</{tag}>\n"));
            }
            Block::Code { text, .. } => {
                html.push_str("<pre><code>");
                escape(text, html);
                html.push_str("</code></pre>\n");
            }
            Block::Quote(blocks) => {
                html.push_str("<blockquote>\n");
                write_blocks(blocks, html);
                html.push_str("</blockquote>\n");
            }
            Block::Table {
                alignments,
                head,
                rows,
            } => {
                html.push_str("<table>\n<thead>\n");
                write_row("th", alignments, head, html);
                html.push_str("</thead>\n<tbody>\n");
                for row in rows {
                    write_row("td", alignments, row, html);
                }
                html.push_str("</tbody>\n</table>\n");
            }
            Block::Rule => html.push_str("<hr>\n"),
        }
    }
}

fn write_row(tag: &str, alignments: &[Alignment], cells: &[Vec<Inline>], html: &mut String) {
    html.push_str("<tr>");
    for (index, cell) in cells.iter().enumerate() {
        // Classes, because the page's headers forbid styles in attributes.
        match alignments.get(index) {
            Some(Alignment::Centre) => html.push_str(&format!("<{tag} class=\"centre\">")),
            Some(Alignment::End) => html.push_str(&format!("<{tag} class=\"end\">")),
            Some(Alignment::Start) | None => html.push_str(&format!("<{tag}>")),
        }
        write_inlines(cell, html);
        html.push_str(&format!("</{tag}>"));
    }
    html.push_str("</tr>\n");
}

fn write_inlines(inlines: &[Inline], html: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => escape(text, html),
            Inline::Code(code) => {
                html.push_str("<code>");
                escape(code, html);
                html.push_str("</code>");
            }
            Inline::Emphasis(inner) => {
                html.push_str("<em>");
                write_inlines(inner, html);
                html.push_str("</em>");
            }
            Inline::Strong(inner) => {
                html.push_str("<strong>");
                write_inlines(inner, html);
                html.push_str("</strong>");
            }
            Inline::Link { address, text } => {
                html.push_str("<a rel=\"noopener noreferrer\" href=\"");
                escape(address, html);
                html.push_str("\">");
                write_inlines(text, html);
                html.push_str("</a>");
            }
            Inline::Break => html.push_str("<br>"),
        }
    }
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}
