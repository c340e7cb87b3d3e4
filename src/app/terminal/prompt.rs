//! The prompt: the line that is typed, what completes it, and what the history remembers.
//!
//! Tab completes where something is typed. At an empty prompt, and after Escape, it moves the
//! focus on as everywhere: nobody is caught in the terminal.

use super::CHARACTER;
use super::console::{Console, Draft};
use super::line::{Line, ghost, search};
use crate::browser;
use crate::consts::MOST_MATCHES;
use crate::names;
use crate::state::{Action, Completer, Dispatch};
use hopwise_world::{Candidate, Completions};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent, MouseEvent,
    ScrollIntoViewOptions, ScrollLogicalPosition,
};
use yew::{
    Callback, Html, NodeRef, Properties, classes, component, html, use_effect_with, use_mut_ref,
    use_node_ref, use_state_eq,
};

/// The ids of the list, of its options and of where it stands, in the document.
const MENU: &str = "term-menu";
const MARK: &str = "term-mark";
const KEYS: &str = "term-keys";
/// The list's height at most, in pixels.
const MENU_HEIGHT: f64 = 264.0;

#[derive(Properties, PartialEq)]
pub struct PromptProps {
    pub console: Rc<Console>,
    pub completer: Completer,
    /// What scrolls around it, by which its width is known.
    pub scroller: NodeRef,
    pub dispatch: Dispatch,
}

/// A list to choose from.
#[derive(Clone, PartialEq, Default)]
struct Menu {
    /// Is it the history's? Else it completes.
    searches: bool,
    found: Completions,
    chosen: Option<usize>,
}

impl Menu {
    /// The next one, or the one before.
    fn step(&self, forward: bool) -> Menu {
        let count = self.found.candidates.len().max(1);
        let chosen = match (self.chosen, forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
        };
        Menu {
            chosen: Some(chosen),
            ..self.clone()
        }
    }

    fn candidate(&self) -> Option<&Candidate> {
        self.found.candidates.get(self.chosen?)
    }
}

/// Where the arrow keys are in the history.
#[derive(Default)]
struct Recall {
    /// From the end; 0 is the line that is being typed.
    back: usize,
    /// What was typed before one went back.
    typed: String,
}

fn read(input: &HtmlTextAreaElement) -> Line {
    let place = input.selection_end().ok().flatten();
    Line::at(input.value(), place.unwrap_or(u32::MAX))
}

fn write(input: &HtmlTextAreaElement, line: &Line) {
    input.set_value(&line.text);
    // A cursor that stays elsewhere is a blemish, not a fault.
    let _ = input.set_selection_range(line.place(), line.place());
}

/// The lines of the history that hold what is typed.
fn remembered(history: &[String], text: &str) -> Menu {
    let lines = search(history, text, MOST_MATCHES);
    let candidates = lines.into_iter().map(|text| Candidate {
        text,
        description: String::new(),
        goes_on: true,
    });
    Menu {
        searches: true,
        found: Completions {
            start: 0,
            end: text.len(),
            candidates: candidates.collect(),
            more: 0,
        },
        chosen: Some(0),
    }
}

/// The candidate in its place.
fn accepted(line: &Line, found: &Completions, candidate: &Candidate) -> Line {
    let after = line.text.get(found.end..).unwrap_or_default();
    let space = !candidate.goes_on && !after.starts_with(' ');
    let text = format!("{}{}", candidate.text, if space { " " } else { "" });
    line.replace(found.start, found.end, &text)
}

/// Puts the list beside what it completes: above it where there is more room.
fn stand(menu: &HtmlElement) {
    let (Some(mark), Some(window)) = (browser::element(MARK), web_sys::window()) else {
        return;
    };
    let size = |it: Result<wasm_bindgen::JsValue, _>| it.ok().and_then(|it| it.as_f64());
    let (Some(width), Some(height)) = (size(window.inner_width()), size(window.inner_height()))
    else {
        return;
    };
    let at = mark.get_bounding_client_rect();
    let above = at.top() > height - at.bottom();
    let room = if above {
        at.top()
    } else {
        height - at.bottom()
    };
    let left = at
        .left()
        .min(width - f64::from(menu.offset_width()) - 8.0)
        .max(8.0);
    let (top, bottom) = match above {
        true => ("auto".to_owned(), format!("{}px", height - at.top() + 4.0)),
        false => (format!("{}px", at.bottom() + 4.0), "auto".to_owned()),
    };
    let style = menu.style();
    for (name, value) in [
        ("left", format!("{left}px")),
        ("top", top),
        ("bottom", bottom),
        (
            "max-height",
            format!("{}px", (room - 16.0).min(MENU_HEIGHT)),
        ),
    ] {
        // What can't be set leaves the list where the style sheet has it.
        let _ = style.set_property(name, &value);
    }
}

fn option_id(place: usize) -> String {
    format!("term-option-{place}")
}

/// The prompt.
#[component]
pub fn Prompt(props: &PromptProps) -> Html {
    let (input, list) = (use_node_ref(), use_node_ref());
    let recall = use_mut_ref(Recall::default);
    // After Escape the Tab key moves the focus.
    let leaving = use_mut_ref(|| false);
    let line = use_state_eq(Line::default);
    let menu = use_state_eq(|| None::<Menu>);
    let console = &props.console;

    {
        let (input, line) = (input.clone(), line.clone());
        use_effect_with(console.draft.clone(), move |(number, draft)| {
            if let Some(input) = input.cast::<HtmlTextAreaElement>().filter(|_| *number > 0) {
                let next = match draft {
                    Draft::Whole(text) => Line::new(text.as_str()),
                    Draft::Word(word) => read(&input).insert_word(word),
                };
                write(&input, &next);
                line.set(next);
                // An input that takes no focus still holds the text.
                let _ = input.focus();
            }
        });
    }
    {
        let list = list.clone();
        use_effect_with((*menu).clone(), move |menu| {
            if let Some(element) = list.cast::<HtmlElement>() {
                stand(&element);
            }
            let chosen = menu.as_ref().and_then(|menu| menu.chosen);
            if let Some(option) = chosen.and_then(|place| browser::element(&option_id(place))) {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
    {
        // A long paste runs piece by piece, so that it can be seen and stopped.
        let (dispatch, scroller) = (props.dispatch.clone(), props.scroller.clone());
        use_effect_with(console.queue.len(), move |left| {
            let timer = (*left > 0).then(|| {
                gloo_timers::callback::Timeout::new(0, move || {
                    let columns = columns(&scroller);
                    dispatch.dispatch(Action::RunQueued { columns });
                })
            });
            move || drop(timer)
        });
    }

    let put = {
        let (input, line, menu) = (input.clone(), line.clone(), menu.clone());
        move |next: Line| {
            if let Some(input) = input.cast::<HtmlTextAreaElement>() {
                write(&input, &next);
                line.set(next);
                menu.set(None);
            }
        }
    };
    let find = {
        let (completer, console) = (props.completer.clone(), console.clone());
        move |line: &Line| {
            let begun = console.begun();
            let whole = format!("{begun}{}", line.text);
            let mut found = completer.complete(&whole, begun.len() + line.cursor);
            match (
                found.start.checked_sub(begun.len()),
                found.end.checked_sub(begun.len()),
            ) {
                (Some(start), Some(end)) => {
                    found.start = start;
                    found.end = end;
                    found
                }
                _ => Completions::default(),
            }
        }
    };
    // The first Tab: what is sure is put in; if there is a choice, it is shown.
    let complete = {
        let (menu, put, find, input) = (menu.clone(), put.clone(), find.clone(), input.clone());
        move || {
            let Some(input) = input.cast::<HtmlTextAreaElement>() else {
                return;
            };
            let line = read(&input);
            let found = find(&line);
            if let [only] = found.candidates.as_slice()
                && found.more == 0
            {
                put(accepted(&line, &found, only));
                return;
            }
            let common = found.common(&line.text);
            let next = match common.filter(|_| found.more == 0) {
                Some(common) => {
                    let next = line.replace(found.start, found.end, &common);
                    put(next.clone());
                    next
                }
                None => line,
            };
            let found = find(&next);
            menu.set(Some(Menu {
                found,
                ..Menu::default()
            }));
        }
    };
    let onkeydown = {
        let (dispatch, input, scroller) = (
            props.dispatch.clone(),
            input.clone(),
            props.scroller.clone(),
        );
        let (history, within) = (console.history.clone(), console.is_within());
        let (menu, put, complete) = (menu.clone(), put.clone(), complete.clone());
        let (recall, leaving) = (recall.clone(), leaving.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = input.cast::<HtmlTextAreaElement>() else {
                return;
            };
            let control = event.ctrl_key() && !event.alt_key() && !event.shift_key();
            let plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
            let line = read(&input);
            let marked = input.selection_start().ok() != input.selection_end().ok();
            let key = event.key();
            let left = std::mem::take(&mut *leaving.borrow_mut());
            let rest = ghost(&history, &line.text)
                .filter(|_| menu.is_none() && line.is_at_end() && !marked);
            match (key.as_str(), &*menu) {
                _ if event.is_composing() => return,
                ("Escape", open) => {
                    *leaving.borrow_mut() = true;
                    if open.is_none() {
                        return;
                    }
                    menu.set(None);
                }
                ("Tab", Some(open)) if plain && !open.searches => {
                    menu.set(Some(open.step(!event.shift_key())));
                }
                ("ArrowDown" | "ArrowUp", Some(open)) if plain => {
                    menu.set(Some(open.step(key == "ArrowDown")));
                }
                ("Enter" | "Tab", Some(open)) if open.candidate().is_some() => {
                    if let Some(candidate) = open.candidate() {
                        put(accepted(&line, &open.found, candidate));
                    }
                }
                ("Tab", _) => {
                    if left || event.shift_key() || !plain || line.text.trim().is_empty() {
                        return;
                    }
                    complete();
                }
                ("Enter", _) if !event.shift_key() => {
                    put(Line::default());
                    *recall.borrow_mut() = Recall::default();
                    let columns = columns(&scroller);
                    dispatch.dispatch(Action::Enter {
                        text: line.text,
                        columns,
                    });
                }
                ("ArrowUp" | "ArrowDown", _) if plain => {
                    let mut recall = recall.borrow_mut();
                    let back = match key.as_str() {
                        "ArrowUp" => (recall.back + 1).min(history.len()),
                        _ => recall.back.saturating_sub(1),
                    };
                    if back != recall.back {
                        if recall.back == 0 {
                            recall.typed = line.text;
                        }
                        recall.back = back;
                        let place = history.len().checked_sub(back);
                        let old = place.and_then(|at| history.get(at)).filter(|_| back > 0);
                        put(Line::new(old.unwrap_or(&recall.typed).as_str()));
                    }
                }
                ("ArrowRight" | "End", _) if plain => match rest {
                    Some(rest) => put(Line::new(format!("{}{rest}", line.text))),
                    None => return,
                },
                ("e", _) if control => match rest {
                    Some(rest) => put(Line::new(format!("{}{rest}", line.text))),
                    None => put(line.end()),
                },
                ("a", _) if control => put(line.home()),
                ("u", _) if control => put(line.kill_before()),
                ("k", _) if control => put(line.kill_after()),
                ("w", _) if control => put(line.kill_word()),
                ("r", open) if control => menu.set(Some(match open {
                    Some(open) if open.searches => open.step(true),
                    _ => remembered(&history, &line.text),
                })),
                ("g", Some(_)) if control => menu.set(None),
                // What is marked is copied, as everywhere.
                ("c", _) if control && !marked => {
                    let marked = web_sys::window()
                        .and_then(|window| window.get_selection().ok().flatten())
                        .is_some_and(|selection| !selection.is_collapsed());
                    if marked {
                        return;
                    }
                    put(Line::default());
                    *recall.borrow_mut() = Recall::default();
                    dispatch.dispatch(Action::Interrupt(line.text));
                }
                ("d", _) if control && line.text.is_empty() && within => {
                    let columns = columns(&scroller);
                    dispatch.dispatch(Action::EndOfInput { columns });
                }
                ("l", _) if control => dispatch.dispatch(Action::Clear),
                _ => return,
            }
            event.prevent_default();
        })
    };
    let oninput = {
        let (input, line, menu, history) = (
            input.clone(),
            line.clone(),
            menu.clone(),
            console.history.clone(),
        );
        let find = find.clone();
        Callback::from(move |_: yew::InputEvent| {
            let Some(input) = input.cast::<HtmlTextAreaElement>() else {
                return;
            };
            let next = read(&input);
            // What is typed on narrows the list that is open.
            match &*menu {
                Some(open) if open.searches => menu.set(Some(remembered(&history, &next.text))),
                Some(_) => {
                    let found = find(&next);
                    let some = !found.candidates.is_empty() && !next.text.trim().is_empty();
                    menu.set(some.then(|| Menu {
                        found,
                        ..Menu::default()
                    }));
                }
                None => {}
            }
            line.set(next);
        })
    };
    let onpaste = {
        let (dispatch, input, put) = (props.dispatch.clone(), input.clone(), put.clone());
        let scroller = props.scroller.clone();
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
            put(Line::default());
            let columns = columns(&scroller);
            dispatch.dispatch(Action::Enter { text, columns });
        })
    };
    let onblur = {
        let menu = menu.clone();
        Callback::from(move |_: web_sys::FocusEvent| menu.set(None))
    };
    // The list takes no focus from the line.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    let choose = {
        let (menu, put, input) = (menu.clone(), put.clone(), input.clone());
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            let place = target
                .and_then(|it| it.closest("[data-place]").ok().flatten())
                .and_then(|it| it.get_attribute("data-place")?.parse::<usize>().ok());
            let (Some(open), Some(input)) = (&*menu, input.cast::<HtmlTextAreaElement>()) else {
                return;
            };
            if let Some(candidate) = place.and_then(|at| open.found.candidates.get(at)) {
                put(accepted(&read(&input), &open.found, candidate));
            }
        })
    };
    let tab = {
        let (complete, input) = (complete.clone(), input.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlElement>() {
                let _ = input.focus();
            }
            complete();
        })
    };
    let stop = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.dispatch(Action::StopPaste))
    };
    let rest = ghost(&console.history, &line.text)
        .filter(|_| menu.is_none() && line.is_at_end())
        .unwrap_or_default()
        .to_owned();
    let start = menu.as_ref().map_or(0, |menu| menu.found.start);
    let (before, begun) = line
        .text
        .split_at_checked(start)
        .unwrap_or((&line.text, ""));
    let active = menu.as_ref().and_then(|menu| menu.chosen).map(option_id);
    let prompt = match &*menu {
        Some(open) if open.searches => "history: ".to_owned(),
        _ => console.prompt.clone(),
    };
    html! {
        <>
            if !console.queue.is_empty() {
                <p key="queue" class="term-queue">
                    <span role="status">{ format!("Line {} of {} pasted ones", console.queued - console.queue.len(), console.queued) }</span>
                    <progress max={console.queued.to_string()} value={(console.queued - console.queue.len()).to_string()} aria-label="Pasted lines" />
                    <button class="button-small" type="button" onclick={stop}>{ names::STOP }</button>
                </p>
            }
            <div key="entry" class="term-entry">
                <span class="term-prompt" aria-hidden="true">{ prompt }</span>
                <div class="term-line-box">
                    <div class="term-mirror" aria-hidden="true">
                        <span>{ before.to_owned() }</span><span id={MARK}>{ begun.to_owned() }</span><span class="term-ghost">{ rest }</span>{ "\u{200b}" }
                    </div>
                    <textarea ref={input} class="term-input" rows="1" aria-label={names::TERMINAL}
                        aria-autocomplete="list" aria-describedby={KEYS} aria-controls={menu.is_some().then_some(MENU)} aria-activedescendant={active}
                        autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                        {onkeydown} {oninput} {onpaste} {onblur} />
                </div>
                <button class="button-small term-tab" type="button" aria-label="Complete" title="Complete" onmousedown={onmousedown.clone()} onclick={tab}>{ "⇥" }</button>
            </div>
            <p key="keys" id={KEYS} class="unseen">{ "Tab completes, Control and R searches the history. Escape, then Tab, leaves the terminal." }</p>
            <p key="status" class="unseen" role="status">{ menu.as_ref().map(told).unwrap_or_default() }</p>
            if let Some(open) = &*menu {
                { menu_view(open, list, onmousedown, choose) }
            }
        </>
    }
}

/// How wide the terminal is, in characters.
pub fn columns(scroller: &NodeRef) -> usize {
    let width = scroller
        .cast::<Element>()
        .map_or(0, |it| it.client_width() - 32);
    (f64::from(width.max(0)) / CHARACTER) as usize
}

/// What a list says when it opens, and the candidate that is chosen.
fn told(menu: &Menu) -> String {
    if let Some(candidate) = menu.candidate() {
        return format!("{} {}", candidate.text, candidate.description);
    }
    match menu.found.candidates.len() + menu.found.more {
        0 => "Nothing completes this".to_owned(),
        1 => "1 suggestion".to_owned(),
        many => format!("{many} suggestions, Tab chooses"),
    }
}

fn menu_view(
    menu: &Menu,
    list: NodeRef,
    onmousedown: Callback<MouseEvent>,
    onclick: Callback<MouseEvent>,
) -> Html {
    let empty = menu.found.candidates.is_empty();
    let foot = match (menu.searches, empty) {
        (true, true) => "No line of the history holds this",
        (true, false) => "Enter takes it · Ctrl+R the one before · Esc closes",
        (false, true) => "Nothing completes this",
        (false, false) => "Tab chooses · Enter takes it · Esc closes",
    };
    let more = match menu.found.more {
        0 => String::new(),
        more => format!("{more} more · "),
    };
    html! {
        <div key="menu" class="term-menu" ref={list} {onmousedown} {onclick}>
            if !empty {
                <ul id={MENU} role="listbox" tabindex="0" aria-label={names::SUGGESTIONS}>
                    { for menu.found.candidates.iter().enumerate().map(|(place, it)| {
                        let chosen = menu.chosen == Some(place);
                        html! {
                            <li key={place} id={option_id(place)} role="option" aria-selected={chosen.to_string()} data-place={place.to_string()}
                                class={classes!(chosen.then_some("term-chosen"))}>
                                <span class="term-text">{ it.text.replace('\n', " ↵ ") }</span>
                                <span class="term-about">{ &it.description }</span>
                            </li>
                        }
                    }) }
                </ul>
            }
            <p class="term-foot">{ more }{ foot }</p>
        </div>
    }
}
