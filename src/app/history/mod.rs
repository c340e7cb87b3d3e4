//! What was done, step by step, as `aws` commands.

use crate::state::Row;
use std::rc::Rc;
use yew::{Html, Properties, classes, component, html};

#[derive(Properties, PartialEq)]
pub struct HistoryProps {
    pub rows: Rc<Vec<Row>>,
}

/// The list of steps.
#[component]
pub fn History(props: &HistoryProps) -> Html {
    let rows = &props.rows;
    if rows.is_empty() {
        return html! {
            <div class="empty">
                <p>{ "Each change you make is listed here as the commands that make it again." }</p>
            </div>
        };
    }
    let done = rows.iter().filter(|row| !row.undone);
    let all: Vec<&str> = done
        .flat_map(|row| &row.commands)
        .map(String::as_str)
        .collect();
    let row = |row: &Row| {
        let class = classes!("step", row.undone.then_some("step-undone"));
        // A line that is one command needs no second line that says the same.
        let same = row.commands.iter().all(|command| *command == row.label);
        html! {
            <li {class}>
                <code>{ &row.label }</code>
                if row.undone {
                    <span class="step-word">{ "undone" }</span>
                }
                if !same {
                    { for row.commands.iter().map(|command| html! { <code class="step-command">{ command }</code> }) }
                }
            </li>
        }
    };
    html! {
        <div class="history">
            <ol class="steps">{ for rows.iter().map(row) }</ol>
            <button class="button" type="button" data-copy={all.join("\n")}>{ "Copy all commands" }</button>
        </div>
    }
}
