//! Prose as elements: nodes become elements of a closed list, and never markup.

use crate::editor::parts::command;
use crate::text::page_title;
use hopwise_lesson::{Alignment, Block, Inline};
use yew::{AttrValue, Html, html};

/// What stands behind a code's fence if it can be run in the terminal.
const COMMANDS: &[&str] = &["sh", "bash", "shell", "console"];

/// A piece of a line.
pub fn inline(nodes: &[Inline]) -> Html {
    nodes
        .iter()
        .map(|node| match node {
            Inline::Text(text) => html! { text },
            Inline::Code(code) => html! { <code>{ command(code) }</code> },
            Inline::Emphasis(inside) => html! { <em>{ inline(inside) }</em> },
            Inline::Strong(inside) => html! { <strong>{ inline(inside) }</strong> },
            Inline::Link { address, text } => html! {
                <a href={address.clone()} target="_blank" rel="noopener noreferrer">
                    if is_bare(address, text) {
                        { page_title(address) }
                    } else {
                        { inline(text) }
                    }
                </a>
            },
            Inline::Break => html! { <br /> },
        })
        .collect()
}

/// Is a link's text no more than its address, or the end of it?
fn is_bare(address: &str, text: &[Inline]) -> bool {
    let [Inline::Text(text) | Inline::Code(text)] = text else {
        return false;
    };
    let last = address.rsplit('/').next();
    text == address || last.is_some_and(|it| it == text || it.trim_end_matches(".html") == text)
}

fn code(language: &str, text: &str) -> Html {
    let text = text.trim_end();
    let runs = COMMANDS.contains(&language);
    html! {
        <div class="code">
            // A line that is too long is scrolled, by keys too.
            <pre tabindex="0"><code>{ text }</code></pre>
            if runs {
                <button class="button-small" type="button" data-put={AttrValue::from(text.to_owned())}>
                    { "Put in terminal" }
                </button>
            }
        </div>
    }
}

fn align(alignment: Option<&Alignment>) -> Option<&'static str> {
    match alignment? {
        Alignment::Start => None,
        Alignment::Centre => Some("centre"),
        Alignment::End => Some("end"),
    }
}

fn block(node: &Block) -> Html {
    match node {
        // The panel's title is level 2, a step's 3.
        Block::Heading(3, text) => html! { <h4>{ inline(text) }</h4> },
        Block::Heading(4, text) => html! { <h5>{ inline(text) }</h5> },
        Block::Heading(_, text) => html! { <h6>{ inline(text) }</h6> },
        Block::Paragraph(text) => html! { <p>{ inline(text) }</p> },
        Block::List(first, items) => {
            let items = items.iter().map(|item| html! { <li>{ blocks(item) }</li> });
            match first {
                Some(first) => html! { <ol start={first.to_string()}>{ for items }</ol> },
                None => html! { <ul>{ for items }</ul> },
            }
        }
        Block::Code { language, text } => code(language, text),
        Block::Quote(inside) => html! { <blockquote>{ blocks(inside) }</blockquote> },
        Block::Table {
            alignments,
            head,
            rows,
        } => {
            let cells = |row: &Vec<Vec<Inline>>, heads: bool| -> Html {
                row.iter()
                    .enumerate()
                    .map(|(place, cell)| {
                        let class = align(alignments.get(place));
                        match heads {
                            true => html! { <th scope="col" {class}>{ inline(cell) }</th> },
                            false => html! { <td {class}>{ inline(cell) }</td> },
                        }
                    })
                    .collect()
            };
            html! {
                <div class="sheet" tabindex="0" role="group" aria-label="Table">
                    <table>
                        <thead><tr>{ cells(head, true) }</tr></thead>
                        <tbody>{ for rows.iter().map(|row| html! { <tr>{ cells(row, false) }</tr> }) }</tbody>
                    </table>
                </div>
            }
        }
        Block::Rule => html! { <hr /> },
    }
}

/// Blocks of prose.
pub fn blocks(nodes: &[Block]) -> Html {
    nodes.iter().map(block).collect()
}
