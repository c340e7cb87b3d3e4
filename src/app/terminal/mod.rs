//! The terminal: what was printed, and one line of input.

mod console;

use crate::names;
use crate::sentence::words;
use crate::state::{Action, Dispatch};
pub use console::{Block, Console, Draft};
use hopwise_shell::Stream;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, HtmlTextAreaElement, KeyboardEvent};
use yew::{
    AttrValue, Callback, Html, Properties, component, html, use_effect_with, use_mut_ref,
    use_node_ref,
};

/// Output longer than this is shown without links, in bytes.
const LINKED: usize = 40_000;
/// A character's width as a share of its height of 13 px, as in every monospaced font.
const CHARACTER: f64 = 13.0 * 0.602;

#[derive(Properties, PartialEq)]
struct BlockProps {
    block: Rc<Block>,
}

/// Text in which an id can be clicked; keys find the same things on the map.
fn linked(text: &str) -> Html {
    if text.len() > LINKED {
        return html! { text };
    }
    words(text)
        .into_iter()
        .map(|(is_id, part)| match is_id {
            true => {
                let id = AttrValue::from(part.to_owned());
                html! { <span class="term-id" data-select={id.clone()}>{ id }</span> }
            }
            false => html! { part },
        })
        .collect()
}

#[component]
fn BlockView(props: &BlockProps) -> Html {
    let block = &props.block;
    html! {
        <div class="term-block">
            if !block.prompt.is_empty() || !block.line.is_empty() {
                <div class="term-line"><span class="term-prompt">{ &block.prompt }</span>{ &block.line }</div>
            }
            { for block.pieces.iter().map(|(stream, text)| {
                // A table that is wrapped is no table; it scrolls.
                let class = match stream {
                    Stream::Out if text.starts_with("-----") => "term-table",
                    Stream::Out => "term-out",
                    Stream::Err => "term-err",
                };
                html! { <span {class}>{ linked(text) }</span> }
            }) }
        </div>
    }
}

/// Puts a word where the cursor is, apart from its neighbours.
fn insert(input: &HtmlTextAreaElement, word: &str) {
    let value: Vec<u16> = input.value().encode_utf16().collect();
    let place = |at: Result<Option<u32>, _>| at.ok().flatten().map(|at| at as usize);
    let start = place(input.selection_start()).unwrap_or(value.len());
    let end = place(input.selection_end()).unwrap_or(start);
    let text = |units: Option<&[u16]>| String::from_utf16_lossy(units.unwrap_or_default());
    let (before, after) = (text(value.get(..start)), text(value.get(end..)));
    let blank = |it: bool| if it { " " } else { "" };
    let apart = blank(!before.is_empty() && !before.ends_with([' ', '=', ',', '/']));
    let line = format!("{before}{apart}{word}{}", blank(!after.starts_with(' ')));
    let end = u32::try_from(line.encode_utf16().count()).unwrap_or(u32::MAX);
    input.set_value(&format!("{line}{after}"));
    // A cursor that stays at the start is a blemish, not a fault.
    let _ = input.set_selection_range(end, end);
}

#[derive(Properties, PartialEq)]
pub struct TerminalProps {
    pub console: Rc<Console>,
    pub dispatch: Dispatch,
}

/// Where the arrow keys are in the history.
#[derive(Default)]
struct Recall {
    /// From the end; 0 is the line that is being typed.
    back: usize,
    /// What was typed before one went back.
    typed: String,
}

/// The terminal.
#[component]
pub fn TerminalPanel(props: &TerminalProps) -> Html {
    let (scroller, input) = (use_node_ref(), use_node_ref());
    let recall = use_mut_ref(Recall::default);
    let console = &props.console;

    {
        let scroller = scroller.clone();
        use_effect_with(console.clone(), move |_| {
            if let Some(scroller) = scroller.cast::<Element>() {
                scroller.set_scroll_top(scroller.scroll_height());
            }
        });
    }
    {
        let input = input.clone();
        use_effect_with(console.draft.clone(), move |(number, draft)| {
            if let Some(input) = input.cast::<HtmlTextAreaElement>().filter(|_| *number > 0) {
                match draft {
                    Draft::Whole(text) => input.set_value(text),
                    Draft::Word(word) => insert(&input, word),
                }
                // An input that takes no focus still holds the text.
                let _ = input.focus();
            }
        });
    }
    let columns = {
        let scroller = scroller.clone();
        move || {
            let width = scroller
                .cast::<Element>()
                .map_or(0, |it| it.client_width() - 32);
            (f64::from(width.max(0)) / CHARACTER) as usize
        }
    };
    let onkeydown = {
        let (dispatch, input, recall) = (props.dispatch.clone(), input.clone(), recall.clone());
        let (history, within) = (console.history.clone(), console.is_within());
        let columns = columns.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = input.cast::<HtmlTextAreaElement>() else {
                return;
            };
            let control = event.ctrl_key() && !event.alt_key() && !event.shift_key();
            match event.key().as_str() {
                "Enter" if !event.is_composing() => {
                    let text = input.value();
                    input.set_value("");
                    *recall.borrow_mut() = Recall::default();
                    let columns = columns();
                    dispatch.dispatch(Action::Enter { text, columns });
                }
                key @ ("ArrowUp" | "ArrowDown") => {
                    let mut recall = recall.borrow_mut();
                    let back = match key {
                        "ArrowUp" => (recall.back + 1).min(history.len()),
                        _ => recall.back.saturating_sub(1),
                    };
                    if back == recall.back {
                        event.prevent_default();
                        return;
                    }
                    if recall.back == 0 {
                        recall.typed = input.value();
                    }
                    recall.back = back;
                    let line = history
                        .len()
                        .checked_sub(back)
                        .and_then(|at| history.get(at));
                    let line = line.filter(|_| back > 0).unwrap_or(&recall.typed);
                    input.set_value(line);
                    let end = u32::try_from(line.encode_utf16().count()).unwrap_or(u32::MAX);
                    // A cursor that stays at the start is a blemish, not a fault.
                    let _ = input.set_selection_range(end, end);
                }
                // What is marked is copied, as everywhere.
                "c" if control && input.selection_start() == input.selection_end() => {
                    let marked = web_sys::window()
                        .and_then(|window| window.get_selection().ok().flatten())
                        .is_some_and(|selection| !selection.is_collapsed());
                    if marked {
                        return;
                    }
                    let line = input.value();
                    input.set_value("");
                    *recall.borrow_mut() = Recall::default();
                    dispatch.dispatch(Action::Interrupt(line));
                }
                "d" if control && input.value().is_empty() && within => {
                    let columns = columns();
                    dispatch.dispatch(Action::EndOfInput { columns });
                }
                "l" if control => dispatch.dispatch(Action::Clear),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onpaste = {
        let (dispatch, input) = (props.dispatch.clone(), input.clone());
        Callback::from(move |event: yew::Event| {
            let pasted = event
                .dyn_ref::<ClipboardEvent>()
                .and_then(ClipboardEvent::clipboard_data)
                .and_then(|data| data.get_data("text/plain").ok());
            let (Some(pasted), Some(input)) = (pasted, input.cast::<HtmlTextAreaElement>()) else {
                return;
            };
            // A single line is pasted as everywhere.
            let pasted = pasted.replace("\r\n", "\n");
            if !pasted.contains('\n') {
                return;
            }
            event.prevent_default();
            let text = format!("{}{pasted}", input.value());
            input.set_value("");
            let columns = columns();
            dispatch.dispatch(Action::Enter { text, columns });
        })
    };
    // A click beside the text sets the cursor, unless something was marked.
    let onclick = {
        let input = input.clone();
        Callback::from(move |_: web_sys::MouseEvent| {
            let marked = web_sys::window()
                .and_then(|window| window.get_selection().ok().flatten())
                .is_some_and(|selection| !selection.is_collapsed());
            if let Some(input) = input.cast::<web_sys::HtmlElement>().filter(|_| !marked) {
                let _ = input.focus();
            }
        })
    };
    let first = console.blocks.is_empty();
    html! {
        <div class="term" ref={scroller} {onclick}>
            <div class="term-log" role="log" aria-label={names::TERMINAL_OUTPUT}>
                if first {
                    <p key="hello" class="term-hello">
                        { "A shell on your laptop with the AWS CLI. Try " }
                        <code>{ "aws ec2 describe-vpcs" }</code>
                        { "; " }<code>{ "help" }</code>{ " lists the commands." }
                    </p>
                }
                { for console.blocks.iter().map(|block| html! {
                    <BlockView key={block.number} block={block.clone()} />
                }) }
            </div>
            <div class="term-entry">
                <span class="term-prompt" aria-hidden="true">{ &console.prompt }</span>
                <textarea ref={input} class="term-input" rows="1" aria-label={names::TERMINAL}
                    autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                    {onkeydown} {onpaste} />
            </div>
        </div>
    }
}
