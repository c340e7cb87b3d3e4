//! What was done, step by step, as `aws` commands.

use crate::browser;
use crate::editor::parts::command;
use crate::state::Row;
use std::rc::Rc;
use yew::{Html, Properties, classes, component, html, use_effect_with};

#[derive(Properties, PartialEq)]
pub struct HistoryProps {
    pub rows: Rc<Vec<Row>>,
    /// Is it seen?
    pub open: bool,
}

/// The element of the step that was done last.
const NOW: &str = "history-now";

fn row(row: &Row, now: bool) -> Html {
    let class = classes!("step", row.undone.then_some("step-undone"));
    // A line that is one command needs no second line that says the same.
    let same = row.commands.iter().all(|command| *command == row.label);
    html! {
        <li {class} id={now.then_some(NOW)} aria-current={now.then_some("step")}>
            <code>{ command(&row.label) }</code>
            if row.undone {
                <span class="step-word">{ "undone" }</span>
            }
            if !same {
                { for row.commands.iter().map(|line| html! { <code class="step-command">{ command(line) }</code> }) }
            }
        </li>
    }
}

/// The list of steps; those of a lesson's set-up are folded away.
#[component]
pub fn History(props: &HistoryProps) -> Html {
    let (before, own): (Vec<&Row>, Vec<&Row>) = props.rows.iter().partition(|row| row.set_up);
    let done = own.iter().filter(|row| !row.undone);
    let commands: Vec<&str> = done
        .flat_map(|row| &row.commands)
        .map(String::as_str)
        .collect();
    // The present is what one opens it for.
    let last = own.iter().rposition(|row| !row.undone);
    use_effect_with((props.open, props.rows.clone()), |(open, _)| {
        if *open {
            browser::reveal_near(NOW);
        }
    });
    let folded = match before.len() {
        1 => "The lesson's set-up: 1 step".to_owned(),
        many => format!("The lesson's set-up: {many} steps"),
    };
    html! {
        <div class="history">
            if !before.is_empty() {
                <details key="set-up" class="set-up">
                    <summary>{ folded }</summary>
                    <ol class="steps">{ for before.into_iter().map(|it| row(it, false)) }</ol>
                </details>
            }
            if own.is_empty() {
                <p key="empty" class="history-empty">{ "Each change you make is listed here as the commands that make it again." }</p>
            } else {
                <ol key="own" class="steps" aria-label="Your steps">{ for own.into_iter().enumerate().map(|(place, it)| row(it, Some(place) == last)) }</ol>
                <button key="copy" class="button" type="button" data-copy={commands.join("\n")}>{ "Copy all commands" }</button>
            }
        </div>
    }
}
