//! Setting the stage: the world a lesson begins with, and carrying its commands out.

use crate::command::Command;
use crate::diagnostic::Diagnostic;
use crate::evaluate::Scene;
use crate::front::StartWorld;
use crate::lesson::Lesson;
use crate::pack::Pack;
use hopwise_world::{Genesis, World};
use std::collections::BTreeMap;

/// The session in which a set-up runs. Only `$names` and files pass from it to the student.
const SETUP: &str = "set-up";

/// A world at the start of a lesson.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The world; undo goes back to here and no further.
    pub world: World,
    /// What the lesson's names stand for.
    pub names: BTreeMap<String, String>,
    /// The Region in which the lesson plays.
    pub region: String,
}

impl Stage {
    /// Makes the world of a lesson: the lessons it continues to their ends, then its own set-up,
    /// all as the account's root user.
    ///
    /// # Errors
    /// The first command that fails, or the lesson that can't be continued.
    pub fn set(lesson: &Lesson, pack: &Pack) -> Result<Stage, Diagnostic> {
        let foundation = pack.foundation(lesson)?;
        let mut world = World::new(Genesis {
            default_vpc: lesson.front.world == StartWorld::Default,
            ..Genesis::default()
        });
        for before in foundation {
            for command in before.setup.iter().chain(before.solution()) {
                if let (Err(why), Some((id, at))) =
                    (perform(&mut world, SETUP, command), &lesson.continues)
                {
                    return Err(Diagnostic::error(
                        *at,
                        format!("`{}` of a lesson below fails: {why}", command.text),
                        format!("prove `{id}` first"),
                    ));
                }
            }
        }
        for command in &lesson.setup {
            // What comes after would fail for the same reason.
            perform(&mut world, SETUP, command).map_err(|why| failed(command, &why))?;
        }
        let mut names = world.names(World::TERMINAL);
        names.extend(session_names(&world, SETUP));
        for (name, value) in &names {
            world.set_name(World::TERMINAL, name, value);
        }
        world.close(SETUP);
        world.begin_here();
        let region = world.region().to_owned();
        Ok(Stage {
            world,
            names,
            region,
        })
    }

    /// The stage as a check sees it.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            cloud: self.world.cloud(),
            region: &self.region,
            names: &self.names,
        }
    }
}

/// What a command that fails is told as.
pub(crate) fn failed(command: &Command, why: &str) -> Diagnostic {
    Diagnostic::error(
        command.position,
        format!("this command fails: {why}"),
        "run it in the terminal and mend it",
    )
}

/// The names of a session: what was kept, and the variables of small letters.
fn session_names(world: &World, terminal: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    if let Some(session) = world.session(terminal) {
        names.extend(session.names.clone());
        let frame = session.frames.first();
        for (name, variable) in frame.into_iter().flat_map(|frame| &frame.variables) {
            if name.contains(|c: char| c.is_ascii_lowercase()) {
                names.insert(name.clone(), variable.value.clone());
            }
        }
    }
    names
}

/// Runs a command as if it were typed, and keeps the id it made under its name.
///
/// # Errors
/// What it says when it fails.
pub(crate) fn perform(world: &mut World, terminal: &str, command: &Command) -> Result<(), String> {
    let before = world.history().len();
    let output = world.run_line(terminal, &command.text);
    if output.exit != 0 {
        let mut lines = output.stderr.lines();
        let said = lines
            .clone()
            .find(|line| line.contains("[ERROR]"))
            .or_else(|| lines.rfind(|line| !line.trim().is_empty()))
            .unwrap_or("it says nothing");
        return Err(said.trim().to_owned());
    }
    let Some(name) = &command.keeps else {
        return Ok(());
    };
    let entries = world.history().get(before..).unwrap_or_default();
    let id = entries
        .iter()
        .flat_map(|entry| &entry.done)
        .rev()
        .find_map(made);
    match id {
        Some(id) => {
            world.set_name(terminal, name, &id);
            Ok(())
        }
        None => Err(format!("it makes nothing that `${name}` could keep")),
    }
}

/// What an operation is called for, by the prefix of its id; other ids it makes go along.
const MAKES: &[(&str, &str)] = &[
    ("AllocateAddress", "eipalloc-"),
    ("AssociateAddress", "eipassoc-"),
    ("AssociateRouteTable", "rtbassoc-"),
    ("AttachNetworkInterface", "eni-attach-"),
    ("AuthorizeSecurityGroupEgress", "sgr-"),
    ("AuthorizeSecurityGroupIngress", "sgr-"),
    ("CreateDefaultVpc", "vpc-"),
    ("CreateInternetGateway", "igw-"),
    ("CreateKeyPair", "key-"),
    ("CreateNetworkAcl", "acl-"),
    ("CreateNetworkInterface", "eni-"),
    ("CreateRouteTable", "rtb-"),
    ("CreateSecurityGroup", "sg-"),
    ("CreateSubnet", "subnet-"),
    ("CreateVpc", "vpc-"),
    ("ImportKeyPair", "key-"),
    ("ReplaceNetworkAclAssociation", "aclassoc-"),
    ("ReplaceRouteTableAssociation", "rtbassoc-"),
    ("RunInstances", "i-"),
];

/// What has no id of its own is kept by the name that it was given.
const NAMED: &[(&str, &str)] = &[
    ("CreateBucket", "Bucket"),
    ("CreateGroup", "GroupName"),
    ("CreateUser", "UserName"),
];

/// The id that an act was done for.
fn made(done: &hopwise_world::Done) -> Option<String> {
    let hopwise_cloud::Act::Call(call) = &done.act else {
        return None;
    };
    let text = |name: &str| call.params.get(name).and_then(|it| it.as_str());
    if let Some((_, param)) = NAMED.iter().find(|(name, _)| *name == call.operation) {
        return text(param).map(str::to_owned);
    }
    if call.operation == "CreatePolicy" {
        let (path, name) = (text("Path").unwrap_or("/"), text("PolicyName")?);
        return Some(format!(
            "arn:aws:iam::{}:policy{path}{name}",
            hopwise_cloud::ACCOUNT
        ));
    }
    let (_, prefix) = MAKES.iter().find(|(name, _)| *name == call.operation)?;
    let minted = done.minted.iter().find(|it| it.id.starts_with(prefix))?;
    Some(minted.id.clone())
}
