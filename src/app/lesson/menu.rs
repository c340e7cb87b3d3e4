//! The side panel: the lessons to choose from, one that runs, or what is wrong with it.

use super::prose::blocks;
use super::session::{Broken, Guide};
use super::steps::running;
use crate::sentence::Labels;
use crate::state::Dispatch;
use hopwise_lesson::{Index, Severity};
use std::rc::Rc;
use yew::{Html, Properties, component, html};

#[derive(Properties, PartialEq)]
pub struct LessonProps {
    pub guide: Guide,
    /// The lessons that were done once.
    pub done: Rc<Vec<String>>,
    pub labels: Rc<Labels>,
    pub dispatch: Dispatch,
}

/// What is told before anything has come; `index.html` says the same.
fn welcome() -> Html {
    html! {
        <div class="prose">
            <p>
                { "Build a network with real " }<code>{ "aws" }</code>
                { " commands. Send a packet. See at every hop which rule let it through or stopped it, on the way there and on the way back." }
            </p>
            <p>{ "Nothing leaves your browser and nothing costs money." }</p>
        </div>
    }
}

fn menu(index: &Index, done: &[String]) -> Html {
    html! {
        <div class="lesson">
            <h2 class="lesson-title">{ "A small AWS in this tab" }</h2>
            { welcome() }
            { for index.tracks.iter().map(|track| html! {
                <section key={track.path.as_str()} class="track">
                    <h3>{ &track.title }</h3>
                    <ul>
                        { for track.lessons.iter().map(|lesson| html! {
                            <li key={lesson.path.as_str()}>
                                <a class="track-lesson" href={format!("#lesson={}", lesson.id())}>{ &lesson.title }</a>
                                if done.contains(&lesson.id()) {
                                    <span class="track-done verdict-pass"><span aria-hidden="true">{ "✓" }</span><span class="unseen">{ " done" }</span></span>
                                }
                            </li>
                        }) }
                    </ul>
                </section>
            }) }
            <div class="prose prose-small">{ blocks(&index.prose) }</div>
        </div>
    }
}

fn broken(broken: &Broken) -> Html {
    html! {
        <div class="lesson">
            <p class="lesson-meta"><a href="#sandbox">{ "All lessons" }</a></p>
            <h2 class="lesson-title">{ "This lesson can't be shown" }</h2>
            if let Some(why) = &broken.lost {
                <p>{ why }</p>
            } else {
                <p class="broken-file">{ "In " }<code>{ &broken.file }</code>{ ":" }</p>
            }
            <ul class="diagnostics" aria-label="What is wrong">
                { for broken.diagnostics.iter().map(|it| html! {
                    <li>
                        <p>
                            <code>{ format!("{}:{}", it.position.line, it.position.column) }</code>
                            if it.severity == Severity::Warning {
                                { " warning:" }
                            }
                            { " " }{ &it.sentence }
                        </p>
                        if let Some(help) = &it.help {
                            <p class="diagnostic-help">{ help }</p>
                        }
                    </li>
                }) }
            </ul>
        </div>
    }
}

/// The panel.
#[component]
pub fn LessonPanel(props: &LessonProps) -> Html {
    match &props.guide {
        Guide::Waiting => html! {
            <div class="lesson">
                <h2 class="lesson-title">{ "A small AWS in this tab" }</h2>
                { welcome() }
            </div>
        },
        Guide::Menu(index) => menu(index, &props.done),
        Guide::Loading(id) => html! {
            <div class="lesson"><p role="status">{ format!("Fetching {id}…") }</p></div>
        },
        Guide::Broken(why) => broken(why),
        Guide::Running(session) => running(session, &props.labels, &props.dispatch),
    }
}
