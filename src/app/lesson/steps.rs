//! The steps of a lesson: what to do, whether it is done, and what helps.

use super::prose::{blocks, inline};
use super::quiz::quiz;
use super::session::Session;
use crate::names;
use crate::sentence::{Labels, linked};
use crate::state::{Action, Dispatch};
use hopwise_lesson::{Check, CheckState, Predicate, Step, StepState};
use yew::{AttrValue, Callback, Html, html};

/// Is it a question for the tracer?
fn is_traffic(check: Option<&Check>) -> bool {
    check.is_some_and(|check| {
        matches!(
            check.predicate,
            Predicate::Reach(_) | Predicate::NotReach(_) | Predicate::Connects(_)
        )
    })
}

fn check(state: &CheckState, of: Option<&Check>, labels: &Labels, dispatch: &Dispatch) -> Html {
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
        <section key={step.id.as_str()} {class} aria-label={format!("Step {number}")}>
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
                        check(it, of, labels, dispatch)
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

/// A lesson that runs.
pub fn running(session: &Session, labels: &Labels, dispatch: &Dispatch) -> Html {
    let lesson = &session.lesson;
    let (done, all) = session.progress();
    let again = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: web_sys::MouseEvent| dispatch.dispatch(Action::Reset))
    };
    let said: Vec<String> = session
        .turned
        .iter()
        .map(|it| match it.holds {
            true => format!("{}: now passes", it.check),
            false => format!("{}: no longer passes", it.check),
        })
        .collect();
    let keeps = session.run.keeps();
    html! {
        <div class="lesson">
            <p class="lesson-meta">
                <a href="#sandbox">{ "All lessons" }</a>
                <span>{ format!("about {} min", lesson.front.minutes) }</span>
            </p>
            <h2 class="lesson-title">{ &lesson.front.title }</h2>
            <div class="lesson-progress">
                <progress max={all.to_string()} value={done.to_string()} aria-label="Steps done" />
                <span>{ format!("{done} of {all} steps") }</span>
                <button class="button-small" type="button" onclick={again}>{ "Start over" }</button>
            </div>
            <p class="turned" aria-live="polite">{ said.join(", ") }</p>
            <div class="prose">{ blocks(&lesson.intro) }</div>
            if !keeps.is_empty() {
                <section class="keeps" aria-label="Must stay so">
                    <h3>{ "Must stay so" }</h3>
                    <ul class="checks">
                        { for keeps.iter().map(|it| {
                            let of = lesson.keeps.iter().find(|check| check.name == it.name);
                            check(it, of, labels, dispatch)
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
                            check(it, of, labels, dispatch)
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
        </div>
    }
}
