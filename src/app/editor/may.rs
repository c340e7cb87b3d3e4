//! May somebody do something? The question that the door asks before each call, to be asked by hand.

use hopwise_cloud::{ACCOUNT, Principal, Question};
use hopwise_explain::Explanation;
use hopwise_plan::{Choice, Control, Field, Form, Kind, Values};
use hopwise_world::World;

/// Whoever doesn't sign.
const ANONYMOUS: &str = "*";

/// The question and its answer.
#[derive(Clone, PartialEq, Debug)]
pub struct May {
    pub form: Form,
    pub values: Values,
    /// The walk through the policies, or why there is none.
    pub answer: Result<Explanation, String>,
}

fn field(
    key: &'static str,
    label: &'static str,
    control: Control,
    value: String,
    help: &str,
) -> Field {
    Field {
        key,
        label,
        value,
        control,
        help: help.to_owned(),
    }
}

impl May {
    /// The question that the thing with this id suggests; none where it suggests none.
    pub fn about(world: &World, id: &str) -> Option<May> {
        let kind = Kind::of_id(id).filter(|kind| kind.is_access())?;
        let picture = world.picture();
        let users = &picture.identities.users;
        let name = |id: &str| {
            let user = users.iter().find(|user| user.id == id);
            user.and_then(|user| user.name.clone())
        };
        // What belongs to a user is about that user.
        let details = world.details(id)?;
        let of = details
            .relations
            .iter()
            .find_map(|(_, node)| name(&node.id));
        let of = name(id).or(of.filter(|_| !matches!(kind, Kind::Bucket | Kind::Object)));
        let who = of.or_else(|| users.first().and_then(|it| it.name.clone()));
        let mut choices: Vec<Choice> = users
            .iter()
            .filter_map(|user| user.name.clone())
            .map(|name| Choice {
                value: format!("user/{name}"),
                label: name,
            })
            .collect();
        for (value, label) in [
            ("root", "the root user"),
            (ANONYMOUS, "anybody, without a key"),
        ] {
            choices.push(Choice {
                value: value.to_owned(),
                label: label.to_owned(),
            });
        }
        let bucket = picture.buckets.first().map(|it| it.node.id.clone());
        let (action, resource) = match kind {
            Kind::Object => ("s3:GetObject", id.to_owned()),
            Kind::Bucket => ("s3:ListBucket", id.to_owned()),
            _ => match bucket {
                Some(bucket) => ("s3:ListBucket", bucket),
                None => ("s3:ListAllMyBuckets", "*".to_owned()),
            },
        };
        let form = Form {
            title: String::new(),
            fields: vec![
                field(
                    "who",
                    "May",
                    Control::One(choices),
                    who.map_or_else(|| "root".to_owned(), |name| format!("user/{name}")),
                    "",
                ),
                field("action", "do", Control::Code, action.to_owned(), ""),
                field(
                    "resource",
                    "on",
                    Control::Code,
                    resource,
                    "An ARN, or * where the action knows no resources.",
                ),
            ],
        };
        let mut may = May {
            values: form.values(),
            form,
            answer: Err(String::new()),
        };
        may.ask(world);
        Some(may)
    }

    /// Fills a field in, and asks.
    pub fn set(&mut self, world: &World, key: String, value: String) {
        self.values.insert(key, value);
        self.ask(world);
    }

    /// Asks the world as it is now.
    pub fn ask(&mut self, world: &World) {
        let value = |key: &str| self.values.get(key).map_or("", |it| it.trim());
        let who = value("who");
        let question = Question {
            account: ACCOUNT.to_owned(),
            principal: match who.strip_prefix("user/") {
                Some(name) => Principal::User(name.to_owned()),
                None if who == ANONYMOUS => Principal::Anonymous,
                None => Principal::Root,
            },
            action: value("action").to_owned(),
            resource: value("resource").to_owned(),
            region: world.region().to_owned(),
            via: world.via(),
        };
        self.answer = match world.cloud().may(&question) {
            Ok(decision) => Ok(decision.explanation()),
            Err(fault) => Err(fault.message),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hopwise_explain::Verdict;
    use hopwise_world::Genesis;

    #[test]
    fn who_may_do_what_is_asked_of_the_world_as_it_is() {
        let mut world = World::new(Genesis {
            seed: 5,
            default_vpc: false,
        });
        let mut run = |line: &str| {
            let output = world.run_line(World::TERMINAL, line);
            assert_eq!(output.exit, 0, "{line}\n{}", output.stderr);
            world.clone()
        };
        run("aws s3api create-bucket --bucket reports");
        let before = run("aws iam create-user --user-name ana");
        let after = run(
            "aws iam attach-user-policy --user-name ana --policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        );
        let ana = format!("arn:aws:iam::{ACCOUNT}:user/ana");
        let mut may = May::about(&before, &ana).unwrap();
        assert_eq!(may.values["who"], "user/ana");
        assert_eq!(may.values["resource"], "arn:aws:s3:::reports");
        let verdict = |may: &May| may.answer.as_ref().ok().map(|it| it.verdict);
        assert_eq!(verdict(&may), Some(Verdict::Stop));
        may.ask(&after);
        assert_eq!(verdict(&may), Some(Verdict::Pass));
        may.set(&after, "action".to_owned(), "s3:PutObject".to_owned());
        assert_eq!(verdict(&may), Some(Verdict::Stop));
        may.set(&after, "who".to_owned(), "root".to_owned());
        assert_eq!(verdict(&may), Some(Verdict::Pass));
        may.set(&after, "who".to_owned(), "user/eve".to_owned());
        assert_eq!(
            may.answer.clone().unwrap_err(),
            "The user with name eve cannot be found."
        );
        // A packet's things ask nothing.
        assert_eq!(May::about(&after, "vpc-0123456789abcdef0"), None);
    }
}
