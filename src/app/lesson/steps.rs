//! The steps of a lesson: what to do, whether it is done, and what helps.

use super::prose::{blocks, inline};
use super::quiz::quiz;
use super::session::Session;
use crate::browser;
use crate::names;
use crate::sentence::{Labels, id_button, linked, named};
use crate::state::{Action, Dispatch};
use crate::text::page_title;
use hopwise_lesson::{Check, CheckState, Predicate, Step, StepState};
use hopwise_plan::capital;
use yew::{AttrValue, Callback, Html, classes, html};

/// Is it a question for the tracer?
fn is_traffic(check: Option<&Check>) -> bool {
    check.is_some_and(|check| {
        matches!(
            check.predicate,
            Predicate::Reach(_) | Predicate::NotReach(_) | Predicate::Connects(_)
        )
    })
}

fn check(
    session: &Session,
    state: &CheckState,
    of: Option<&Check>,
    labels: &Labels,
    dispatch: &Dispatch,
) -> Html {
    let (class, shape, word) = match state.holds {
        true => ("check verdict-pass", "✓", "passes"),
        false => ("check verdict-stop", "✕", "not yet"),
    };
    let trace = {
        let (dispatch, name) = (dispatch.clone(), AttrValue::from(state.name.clone()));
        Callback::from(move |_: web_sys::MouseEvent| {
            dispatch.dispatch(Action::TraceCheck(name.clone()))
        })
    };
    html! {
        <li key={state.name.as_str()} {class}>
            <p class="check-head">
                <span class="verdict"><span aria-hidden="true">{ shape }</span>{ word }</span>
                <code>{ &state.name }</code>
                if is_traffic(of) {
                    <button class="button-small" type="button" onclick={trace}>{ "Trace" }</button>
                }
            </p>
            if !state.holds {
                <p class="check-sentence">{ linked(&state.sentence, labels) }</p>
            } else if let Some(of) = of {
                <p class="check-sentence">{ named(&capital(&of.predicate.words()), session.run.names(), labels) }{ "." }</p>
            }
        </li>
    }
}

fn hints(session: &Session, step: &Step, dispatch: &Dispatch) -> Html {
    let shown = session.run.hints(&step.id);
    let more = shown.len() < step.hints.len();
    let onclick = {
        let (dispatch, id) = (dispatch.clone(), AttrValue::from(step.id.clone()));
        Callback::from(move |_: web_sys::MouseEvent| dispatch.dispatch(Action::Hint(id.clone())))
    };
    html! {
        <div class="hints">
            <ol aria-label="Hints">
                { for shown.iter().map(|hint| html! { <li class="hint">{ inline(hint) }</li> }) }
            </ol>
            if more {
                <p>
                    <button class="button" type="button" {onclick}>{ names::HINT }</button>
                    <span class="hint-wait" role="status">
                        if session.waits.contains(&step.id) {
                            { "Try something first: the next hint comes after a change." }
                        }
                    </span>
                </p>
            }
        </div>
    }
}

fn step(
    session: &Session,
    step: &Step,
    state: &StepState,
    labels: &Labels,
    dispatch: &Dispatch,
) -> Html {
    let place = session.lesson.steps.iter().position(|it| it.id == step.id);
    let number = place.unwrap_or(0) + 1;
    let (mark, word) = match (state.open, state.passes) {
        (_, true) => ("✓", "done"),
        (true, false) => ("○", "open"),
        (false, false) => ("·", "later"),
    };
    let class = match (state.open, state.passes) {
        (_, true) => "step-card step-done",
        (true, false) => "step-card step-open",
        (false, false) => "step-card step-later",
    };
    let titles: Vec<String> = step
        .needs
        .iter()
        .filter_map(|id| session.lesson.steps.iter().position(|it| it.id == *id))
        .map(|place| format!("step {}", place + 1))
        .collect();
    html! {
        <section key={step.id.as_str()} id={section_id(&step.id)} {class} aria-label={format!("Step {number}")}>
            <h3 class="step-title">
                <span class="step-mark" aria-hidden="true">{ mark }</span>
                <span>{ format!("{number}  {}", step.title) }</span>
                <span class="step-state">{ word }</span>
            </h3>
            if state.open {
                <div class="prose">{ blocks(&step.prose) }</div>
                <ul class="checks" aria-label="Checks">
                    { for state.checks.iter().map(|it| {
                        let of = step.checks.iter().find(|check| check.name == it.name);
                        check(session, it, of, labels, dispatch)
                    }) }
                </ul>
                if !state.passes {
                    { hints(session, step, dispatch) }
                }
            } else {
                <p class="step-needs">{ format!("Opens after {}.", titles.join(" and ")) }</p>
            }
        </section>
    }
}

/// The id of a step's section in the document.
fn section_id(step: &str) -> String {
    format!("step-{step}")
}

/// Where one is, in a line that stays in sight: the step that is open, its checks, and what the
/// last act turned over.
fn strip(session: &Session) -> Html {
    let (done, all) = session.progress();
    let steps = session.lesson.steps.iter().zip(session.run.steps());
    let current = steps
        .enumerate()
        .find(|(_, (_, state))| state.open && !state.passes);
    let broken = session.run.keeps().iter().filter(|it| !it.holds).count();
    let place = match &current {
        Some((place, (step, state))) => {
            let hold = state.checks.iter().filter(|check| check.holds).count();
            let target = section_id(&step.id);
            let onclick = Callback::from(move |_: web_sys::MouseEvent| browser::reveal(&target));
            html! {
                <p class="strip-step">
                    <button class="strip-name" type="button" {onclick}>{ format!("{}  {}", place + 1, step.title) }</button>
                    <span>{ format!("{hold} of {} {}", state.checks.len(), plural(state.checks.len(), "check")) }</span>
                </p>
            }
        }
        None if broken > 0 => html! {
            <p class="strip-step">{ "Every step passes, and something that must stay so is broken" }</p>
        },
        None => html! { <p class="strip-step strip-done">{ "✓ Every step passes" }</p> },
    };
    html! {
        <div class="strip">
            <progress max={all.to_string()} value={done.to_string()} aria-label="Steps done" />
            { place }
            <p class="turned">{ turned(session) }</p>
        </div>
    }
}

fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

/// What the last act turned over, in short.
pub fn turned(session: &Session) -> Html {
    session
        .turned
        .iter()
        .map(|it| {
            let (class, shape, word) = match it.holds {
                true => ("verdict-pass", "✓", "now passes"),
                false => ("verdict-stop", "✕", "no longer passes"),
            };
            html! {
                <span class={classes!("turn", class)}>
                    <span aria-hidden="true">{ shape }</span>{ format!("{}: {word}", it.check) }
                </span>
            }
        })
        .collect()
}

/// What the lesson's names stand for; a name comes into the terminal by a click.
fn known(session: &Session, labels: &Labels) -> Html {
    let names = session.run.names();
    // The images stand at the end: every world has them.
    let (images, own): (Vec<_>, Vec<_>) = names.iter().partition(|(_, id)| id.starts_with("ami-"));
    let row = |(name, id): (&String, &String)| {
        let dollar = AttrValue::from(format!("${name}"));
        html! {
            <li key={name.as_str()}>
                <button class="id" type="button" data-insert={dollar.clone()} title={format!("Put {dollar} in the terminal")}>{ dollar.clone() }</button>
                if labels.contains_key(id) {
                    { id_button(id, labels.get(id).map(String::as_str)) }
                }
                <code>{ id }</code>
            </li>
        }
    };
    html! {
        <details class="known">
            <summary>{ names::NAMES }</summary>
            <ul aria-label={names::NAMES}>{ for own.into_iter().chain(images).map(row) }</ul>
        </details>
    }
}

/// A lesson that runs.
pub fn running(session: &Session, labels: &Labels, dispatch: &Dispatch) -> Html {
    let lesson = &session.lesson;
    let (done, all) = session.progress();
    let again = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: web_sys::MouseEvent| dispatch.dispatch(Action::Reset))
    };
    let keeps = session.run.keeps();
    html! {
        <div class="lesson">
            <p class="lesson-meta">
                <a href="#sandbox">{ "All lessons" }</a>
                <span>{ format!("about {} min", lesson.front.minutes) }</span>
            </p>
            <h2 class="lesson-title">{ &lesson.front.title }</h2>
            <div class="lesson-progress">
                <span>{ format!("{done} of {all} steps") }</span>
                <button class="button-small" type="button" onclick={again}>{ "Start over" }</button>
            </div>
            { strip(session) }
            <div class="prose">{ blocks(&lesson.intro) }</div>
            { known(session, labels) }
            if !keeps.is_empty() {
                <section class="keeps" aria-label="Must stay so">
                    <h3>{ "Must stay so" }</h3>
                    <ul class="checks">
                        { for keeps.iter().map(|it| {
                            let of = lesson.keeps.iter().find(|check| check.name == it.name);
                            check(session, it, of, labels, dispatch)
                        }) }
                    </ul>
                </section>
            }
            { for lesson.steps.iter().zip(session.run.steps()).map(|(it, state)| step(session, it, state, labels, dispatch)) }
            if !session.run.passes() && session.run.steps().iter().all(|step| step.passes) {
                <section class="keeps" aria-label="Broken">
                    <h3>{ "Every step passes, and something that must stay so is broken" }</h3>
                    <ul class="checks">
                        { for keeps.iter().filter(|it| !it.holds).map(|it| {
                            let of = lesson.keeps.iter().find(|check| check.name == it.name);
                            check(session, it, of, labels, dispatch)
                        }) }
                    </ul>
                </section>
            }
            if session.run.passes() {
                <section class="solved" aria-label="Done">
                    <h3>{ format!("Done: {} of {} points", session.run.points(), lesson.points()) }</h3>
                    <div class="prose">{ blocks(&lesson.closing) }</div>
                </section>
                if !lesson.quiz.is_empty() {
                    { quiz(session, dispatch) }
                }
            }
            if !lesson.front.sources.is_empty() {
                <section class="sources" aria-label="AWS on this">
                    <h3>{ "AWS on this" }</h3>
                    <ul>
                        { for lesson.front.sources.iter().map(|page| html! {
                            <li><a href={page.clone()} target="_blank" rel="noopener noreferrer">{ page_title(page) }</a></li>
                        }) }
                    </ul>
                </section>
            }
        </div>
    }
}
