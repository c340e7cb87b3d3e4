//! The questions at the end, and why an answer is right or wrong.

use super::prose::inline;
use super::session::Session;
use crate::state::{Action, Dispatch};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, html};

/// All questions.
pub fn quiz(session: &Session, dispatch: &Dispatch) -> Html {
    let questions = session.lesson.quiz.iter().enumerate();
    html! {
        <section class="quiz" aria-label="Questions">
            <h3>{ "Questions" }</h3>
            { for questions.map(|(place, _)| question(session, place, dispatch)) }
        </section>
    }
}

fn question(session: &Session, place: usize, dispatch: &Dispatch) -> Html {
    let Some(asked) = session.lesson.quiz.get(place) else {
        return html! {};
    };
    let kind = match asked.takes_several() {
        true => "checkbox",
        false => "radio",
    };
    let picks = session.picks.get(&place);
    let answered = session.run.answered(place);
    let graded = |answer: usize| answered.is_some_and(|(chosen, _)| chosen.contains(&answer));
    let onchange = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: yew::Event| {
            let input = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if let Some((input, answer)) =
                input.and_then(|input| Some((input.clone(), input.value().parse().ok()?)))
            {
                dispatch.dispatch(Action::Pick(place, answer, input.checked()));
            }
        })
    };
    let onclick = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: web_sys::MouseEvent| dispatch.dispatch(Action::Answer(place)))
    };
    html! {
        <fieldset key={place} class="question" {onchange}>
            <legend>{ inline(&asked.text) }</legend>
            { for asked.answers.iter().enumerate().map(|(at, answer)| html! {
                <div class="answer">
                    <label>
                        <input type={kind} name={format!("question-{place}")} value={at.to_string()}
                            checked={picks.is_some_and(|picks| picks.contains(&at))} />
                        <span>{ inline(&answer.text) }</span>
                    </label>
                    if graded(at) {
                        <p class={if answer.right { "why verdict-pass" } else { "why verdict-stop" }}>
                            <span class="verdict">
                                <span aria-hidden="true">{ if answer.right { "✓" } else { "✕" } }</span>
                                { if answer.right { "right" } else { "wrong" } }
                            </span>
                            { inline(&answer.why) }
                        </p>
                    }
                </div>
            }) }
            <p class="question-end">
                <button class="button" type="button" aria-disabled={picks.is_none_or(|picks| picks.is_empty()).to_string()} {onclick}>
                    { "Check the answer" }
                </button>
                <span role="status">
                    if let Some((_, grade)) = answered {
                        { if grade.right { "Right." } else { "Not yet: read why, and choose again." } }
                    }
                </span>
            </p>
        </fieldset>
    }
}
