//! May somebody do something, and why?

use crate::editor::Msg;
use crate::editor::bench::Edit;
use crate::editor::may::May;
use crate::form::Fields;
use crate::names;
use crate::sentence::Labels;
use crate::state::{Action, Dispatch};
use crate::trace::reasons;
use yew::{Callback, Html, html};

/// The question and its walk through the policies.
pub fn question(may: &May, labels: &Labels, dispatch: &Dispatch) -> Html {
    let filled = {
        let dispatch = dispatch.clone();
        Callback::from(move |(key, value)| {
            dispatch.dispatch(Action::Edit(Msg::Bench(Edit::Ask { key, value })));
        })
    };
    html! {
        <section class="bench may" aria-label={names::MAY}>
            <h3 class="inspector-part">{ names::MAY }</h3>
            <Fields name="may" fields={may.form.fields.clone()} values={may.values.clone()} {filled} />
            { match &may.answer {
                Ok(explanation) => reasons(explanation, labels),
                Err(text) => html! { <p class="setting-help setting-wrong" role="status">{ text }</p> },
            } }
        </section>
    }
}
