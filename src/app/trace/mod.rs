//! The trace.
use crate::state::Dispatch;
use yew::{Html, Properties, component, html};

#[derive(Clone, PartialEq, Default)]
pub struct Stage {}
impl Stage {
    pub fn draw(&self) -> Html {
        html! {}
    }
}
#[derive(Properties, PartialEq)]
pub struct TraceProps {
    pub dispatch: Dispatch,
}
#[component]
pub fn TracePanel(_props: &TraceProps) -> Html {
    html! { <p>{ "trace" }</p> }
}
