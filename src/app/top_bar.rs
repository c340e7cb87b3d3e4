//! The bar on top: name, worlds, who one is, undo and redo, theme.

use crate::editor::Msg;
use crate::editor::keys::Command;
use crate::keep::{Who, Worlds, WorldsProps};
use crate::names;
use crate::state::{Action, Dispatch, Theme};
use yew::{Callback, Html, Properties, component, html};

#[derive(Properties, PartialEq)]
pub struct TopBarProps {
    pub can_undo: bool,
    pub can_redo: bool,
    pub theme: Theme,
    /// The lesson's title and how much of it is done.
    pub lesson: Option<(String, String)>,
    pub worlds: WorldsProps,
    pub dispatch: Dispatch,
}

/// The bar.
#[component]
pub fn TopBar(props: &TopBarProps) -> Html {
    let act = |make: fn() -> Action| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_| dispatch.dispatch(make()))
    };
    let paint = {
        let (dispatch, next) = (props.dispatch.clone(), props.theme.next());
        Callback::from(move |_| dispatch.dispatch(Action::Paint(next)))
    };
    let sign = match props.theme {
        Theme::System => "◐",
        Theme::Light => "○",
        Theme::Dark => "●",
    };
    // aria-disabled keeps the button in the order of the tab key.
    html! {
        <header class="topbar">
            <h1 class="topbar-name"><a href="#sandbox">{ "Hopwise" }</a></h1>
            <Worlds key="worlds" ..props.worlds.clone() />
            if let Some((title, done)) = &props.lesson {
                <p key="lesson" class="topbar-lesson" title={title.clone()}>{ title }</p>
                <p key="done" class="topbar-done"><span class="unseen">{ "Steps done: " }</span>{ done }</p>
            }
            <span key="space" class="topbar-space" />
            <Who key="who" who={props.worlds.who.clone()} id="region" dispatch={props.dispatch.clone()} />
            <button class="button-bar" type="button" title="Undo (Ctrl+Z)" aria-disabled={(!props.can_undo).to_string()} onclick={act(|| Action::Undo)}>
                <span aria-hidden="true">{ "↶" }</span><span class="word">{ names::UNDO }</span>
            </button>
            <button class="button-bar" type="button" title="Redo (Ctrl+Y)" aria-disabled={(!props.can_redo).to_string()} onclick={act(|| Action::Redo)}>
                <span aria-hidden="true">{ "↷" }</span><span class="word">{ names::REDO }</span>
            </button>
            <button class="button-bar" type="button" onclick={paint} title="Light, dark, or as the system has it">
                <span aria-hidden="true">{ sign }</span>
                <span class="word">{ format!("{}: {}", names::THEME, props.theme.name()) }</span>
            </button>
            <button class="button-bar topbar-keys" type="button" onclick={act(|| Action::Edit(Msg::Do(Command::Help)))} title="Shortcuts (?)" aria-label={names::SHORTCUTS} aria-haspopup="dialog">
                <span aria-hidden="true">{ "?" }</span>
            </button>
        </header>
    }
}
