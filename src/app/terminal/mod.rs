//! The terminal: what was printed, and one line of input.

mod console;
mod line;
mod prompt;

use crate::names;
use crate::sentence::words;
use crate::state::{Completer, Dispatch};
pub use console::{Block, Console};
use hopwise_shell::Stream;
use prompt::Prompt;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::{AttrValue, Callback, Html, Properties, component, html, use_effect_with, use_node_ref};

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

#[derive(Properties, PartialEq)]
pub struct TerminalProps {
    pub console: Rc<Console>,
    pub completer: Completer,
    pub dispatch: Dispatch,
}

/// The terminal.
#[component]
pub fn TerminalPanel(props: &TerminalProps) -> Html {
    let scroller = use_node_ref();
    let console = &props.console;
    {
        let scroller = scroller.clone();
        use_effect_with(console.clone(), move |_| {
            if let Some(scroller) = scroller.cast::<Element>() {
                scroller.set_scroll_top(scroller.scroll_height());
            }
        });
    }
    // A click beside the text sets the cursor, unless something was marked.
    let onclick = {
        let scroller = scroller.clone();
        Callback::from(move |_: web_sys::MouseEvent| {
            let marked = web_sys::window()
                .and_then(|window| window.get_selection().ok().flatten())
                .is_some_and(|selection| !selection.is_collapsed());
            let input = scroller
                .cast::<Element>()
                .and_then(|it| it.query_selector("textarea").ok().flatten())
                .and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(input) = input.filter(|_| !marked) {
                // An input that takes no focus leaves it where it is.
                let _ = input.focus();
            }
        })
    };
    // One list of keyed things: beside an unkeyed sibling Yew would make every block anew at each
    // line, and a screen reader would read all of them again.
    let hello = console.blocks.is_empty().then(|| {
        html! {
            <p key="hello" class="term-hello">
                { "A shell on your laptop with the AWS CLI. Try " }
                <code>{ "aws ec2 describe-vpcs" }</code>
                { "; " }<code>{ "help" }</code>{ " lists the commands, Tab completes." }
            </p>
        }
    });
    let blocks = console.blocks.iter().map(|block| {
        html! { <BlockView key={block.number} block={block.clone()} /> }
    });
    html! {
        <div class="term" ref={scroller.clone()} {onclick}>
            <div class="term-log" role="log" aria-label={names::TERMINAL_OUTPUT}>
                { for hello.into_iter().chain(blocks) }
            </div>
            <Prompt console={console.clone()} completer={props.completer.clone()} {scroller} dispatch={props.dispatch.clone()} />
        </div>
    }
}
