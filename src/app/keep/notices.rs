//! What the page has to say of the world's safety, under the top bar.

use super::deeds::Deed;
use super::{About, Failure, Kept, Place, Rest, Saying};
use crate::names;
use crate::state::{Action, Dispatch};
use std::rc::Rc;
use yew::{AttrValue, Callback, Html, Properties, component, html};

impl Failure {
    /// What happened, as a part of a sentence.
    pub fn words(&self) -> String {
        match self {
            Failure::Other(said) => format!("the browser says {said}"),
            _ => "the browser does not give it out".to_owned(),
        }
    }

    /// What happened and what to do now.
    pub fn sentence(&self) -> String {
        match self {
            Failure::Denied => "This browser lets the page keep nothing: the window is private, or storage is switched off for this site. Everything works until you close this tab. Export the world before you do.".to_owned(),
            Failure::Full => "The browser has no more room for this site, so what you did last is in this tab only. Delete a world that you don't need, or export this one.".to_owned(),
            Failure::Taken => "Another tab writes this world.".to_owned(),
            Failure::TooLarge => "This world holds more than 4 MB, or 20,000 acts, and so much can't be kept. Undo the last step, or begin a new world.".to_owned(),
            Failure::Other(said) => format!("The browser could not keep the world ({said}). It is in this tab only. Try again, or export it."),
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct NoticesProps {
    pub place: Place,
    pub kept: Kept,
    pub rest: Option<Rc<Rest>>,
    pub saying: Option<Saying>,
    pub list: Rc<Vec<About>>,
    pub dispatch: Dispatch,
}

/// All that is to be said.
#[component]
pub fn Notices(props: &NoticesProps) -> Html {
    let deed = |deed: Deed| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(Action::World(deed.clone())))
    };
    let button = |words: &'static str, it: Deed, main: bool| {
        let class = if main { "button button-main" } else { "button" };
        html! { <button key={words} type="button" {class} onclick={deed(it)}>{ words }</button> }
    };
    let close = |action: fn() -> Action| {
        let dispatch = props.dispatch.clone();
        let onclick = Callback::from(move |_| dispatch.dispatch(action()));
        html! { <button key="close" type="button" class="button-icon" aria-label="Put away" title="Put away" {onclick}>{ "×" }</button> }
    };
    let lesson = props.place.lesson();
    let own = lesson.and_then(|lesson| {
        let key = Place::Lesson(lesson.to_owned()).key();
        let own = props.list.iter().find(|it| Some(&it.key) == key.as_ref());
        own.map(|it| it.steps).filter(|steps| *steps > 0)
    });
    let mut rows: Vec<Html> = Vec::new();
    match &props.kept {
        Kept::Elsewhere { lost } => {
            let text = match (lost, lesson) {
                (false, None) => "This world is open in another tab. Here you can look at it.",
                (false, Some(_)) => "This lesson is open in another tab. Here you can look at it.",
                (true, _) => {
                    "Another tab has taken over. What you did here was saved; now you can look at it."
                }
            };
            let over = if *lost {
                "Take it back"
            } else {
                "Take over here"
            };
            let other = button("Open a copy", Deed::Copy, false);
            rows.push(row(
                "elsewhere",
                "",
                html! { <p>{ text }</p> },
                html! { <>{ button(over, Deed::TakeOver, true) }{ other }</> },
            ));
        }
        Kept::Failed(why) => {
            let again = match why {
                Failure::Denied => Html::default(),
                _ => button("Try again", Deed::Again, false),
            };
            rows.push(row(
                "failed",
                "saying-bad",
                html! { <p><b>{ "Not saved. " }</b>{ why.sentence() }</p> },
                html! { <>{ button("Export", Deed::Export, true) }{ again }</> },
            ));
        }
        Kept::Loose => {
            let (text, keep): (AttrValue, AttrValue) = match (lesson, own) {
                (None, _) => (
                    "This world came by a link. With your first change it becomes a world of its own, kept in this browser.".into(),
                    "Keep it".into(),
                ),
                (Some(_), None) => (
                    "This work on the lesson came from elsewhere. With your first change it is kept among your worlds.".into(),
                    "Keep it".into(),
                ),
                (Some(_), Some(steps)) => (
                    "This work on the lesson came from elsewhere. Your own is untouched; with your first change this one is kept beside it.".into(),
                    format!("Replace my own ({})", count(steps)).into(),
                ),
            };
            let onclick = deed(Deed::Keep);
            let class = if own.is_some() {
                "button"
            } else {
                "button button-main"
            };
            let back = lesson.filter(|_| own.is_some()).map(|lesson| html! {
                <a key="own" class="button" href={format!("#lesson={lesson}")}>{ "Go to my own" }</a>
            });
            rows.push(row("loose", "", html! { <p>{ text }</p> }, html! {
                <>{ back }<button key="keep" type="button" {class} {onclick}>{ keep }</button></>
            }));
        }
        Kept::Opening | Kept::Saved | Kept::Saving => {}
    }
    if let Some(rest) = &props.rest {
        let lines = rest.lines.join("\n");
        let words = html! {
            <div class="saying-rest">
                <p>{ &rest.reason }</p>
                <details>
                    <summary>{ format!("What is left of it, as text ({})", count(rest.lines.len())) }</summary>
                    <pre tabindex="0" aria-label="Steps that were not replayed">{ &lines }</pre>
                </details>
            </div>
        };
        rows.push(row("rest", "saying-bad", words, html! {
            <>
                <button key="copy" type="button" class="button" data-copy={lines}>{ "Copy" }</button>
                { close(|| Action::ForgetRest) }
            </>
        }));
    }
    if let Some(saying) = &props.saying {
        let close = close(|| Action::Say(None));
        rows.push(match saying {
            Saying::Told(text) => row("told", "", html! { <p>{ text }</p> }, close),
            Saying::Failed(text) => row("said", "saying-bad", html! { <p>{ text }</p> }, close),
            Saying::Deleted(name) => row(
                "deleted",
                "",
                html! { <p>{ format!("“{name}” is deleted.") }</p> },
                html! {
                    <>{ button(names::UNDO_DELETE, Deed::Restore, false) }{ close }</>
                },
            ),
        });
    }
    html! {
        <div class="sayings" role="region" aria-label={names::SAFETY} hidden={rows.is_empty()}>{ for rows }</div>
    }
}

fn row(key: &'static str, class: &'static str, words: Html, buttons: Html) -> Html {
    html! {
        <div {key} class={yew::classes!("saying", class)} role="status">
            { words }
            <span class="saying-buttons">{ buttons }</span>
        </div>
    }
}

fn count(steps: usize) -> String {
    match steps {
        1 => "1 step".to_owned(),
        many => format!("{many} steps"),
    }
}
