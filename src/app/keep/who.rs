//! Who the laptop is to AWS, and which Region it looks at.

use crate::names;
use crate::state::{Action, Dispatch};
use hopwise_cloud::REGIONS;
use hopwise_world::World;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, Properties, component, html};

/// Who that is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhoIs {
    /// `root`, `user ana`, or nobody; and what `aws` says then.
    user: Result<Option<String>, String>,
    region: String,
    /// The variable that says which Region.
    variable: &'static str,
}

impl WhoIs {
    /// As things stand in a world.
    pub fn of(world: &World) -> WhoIs {
        let session = world.session(World::TERMINAL);
        let frame = session.and_then(|session| session.frames.first());
        // The one that counts more, where it is set at all.
        let newer = frame.is_some_and(|it| it.environment("AWS_REGION").is_some());
        WhoIs {
            user: world.user(),
            region: world.region().to_owned(),
            variable: if newer {
                "AWS_REGION"
            } else {
                "AWS_DEFAULT_REGION"
            },
        }
    }

    fn words(&self) -> (String, String) {
        match &self.user {
            Ok(None) => (
                "root".to_owned(),
                "The laptop's keys are those of the account's root user, whom no policy holds back.".to_owned(),
            ),
            Ok(Some(user)) => (
                format!("user {user}"),
                format!("The laptop's keys are those of the IAM user {user}: policies decide."),
            ),
            Err(why) if why.contains("region") => ("no Region".to_owned(), why.clone()),
            Err(why) if why.contains("credentials. You") => {
                ("no credentials".to_owned(), why.clone())
            }
            Err(why) => ("unknown keys".to_owned(), why.clone()),
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct WhoProps {
    pub who: WhoIs,
    /// Told apart, for there are two on the page.
    pub id: &'static str,
    pub dispatch: Dispatch,
}

/// Both.
#[component]
pub fn Who(props: &WhoProps) -> Html {
    let (name, said) = props.who.words();
    let onchange = {
        let (dispatch, variable) = (props.dispatch.clone(), props.who.variable);
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
            if let Some(select) = select {
                let text = format!("export {variable}={}", select.value());
                dispatch.dispatch(Action::LookAt(text));
            }
        })
    };
    let fails = props.who.user.is_err();
    let selected = &props.who.region;
    html! {
        <div class="who">
            <span class={if fails { "who-name who-none" } else { "who-name" }} title={said.clone()}>
                <span class="unseen">{ "The laptop is " }</span><span>{ name }</span><span class="unseen">{ format!(". {said}") }</span>
            </span>
            <label class="unseen" for={props.id}>{ names::REGION }</label>
            <select id={props.id} title="The Region that the laptop and the map look at" {onchange}>
                { for REGIONS.iter().map(|region| html! {
                    <option key={region.name} value={region.name} selected={region.name == selected}>{ region.name }</option>
                }) }
            </select>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hopwise_world::Genesis;

    #[test]
    fn it_says_who_the_laptop_is() {
        let mut world = World::new(Genesis {
            seed: 1,
            default_vpc: false,
        });
        let check = |world: &World, name: &str, variable: &str| {
            let who = WhoIs::of(world);
            assert_eq!((who.words().0.as_str(), who.variable), (name, variable));
        };
        check(&world, "root", "AWS_DEFAULT_REGION");
        world.run_line(World::TERMINAL, "export AWS_REGION=eu-west-1");
        check(&world, "root", "AWS_REGION");
        world.run_line(World::TERMINAL, "unset AWS_REGION AWS_DEFAULT_REGION");
        check(&world, "no Region", "AWS_DEFAULT_REGION");
        world.run_line(World::TERMINAL, "export AWS_REGION=eu-west-1");
        world.run_line(World::TERMINAL, "unset AWS_ACCESS_KEY_ID");
        check(&world, "no credentials", "AWS_REGION");
        world.run_line(World::TERMINAL, "export AWS_ACCESS_KEY_ID=AKIANOBODY");
        check(&world, "unknown keys", "AWS_REGION");
    }
}
