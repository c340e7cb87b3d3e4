//! The lesson.
use crate::state::Dispatch;
use yew::{Html, Properties, component, html};
#[derive(Properties, PartialEq)]
pub struct LessonProps {
    pub dispatch: Dispatch,
}
#[component]
pub fn Lesson(_props: &LessonProps) -> Html {
    html! { <h2>{ "Lesson" }</h2> }
}
