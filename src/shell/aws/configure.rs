//! `aws configure`: the files in `~/.aws`.

use hopwise_cloud::Value;
use hopwise_machine::{Act, Node};

use super::arguments::Globals;
use super::errors::{self, Failure};
use super::profile::{self, Profile, Sections};
use super::values;
use crate::commands::Call;
use crate::shell::Shell;

pub(super) const SUBCOMMANDS: [&str; 6] = [
    "list",
    "get",
    "set",
    "list-profiles",
    "export-credentials",
    "import",
];
/// What stands in the credentials file.
const SECRETS: [&str; 3] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
];

pub(super) fn configure(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    globals: &Globals,
    args: &[String],
) -> Result<i32, Failure> {
    let Some((name, rest)) = args.split_first() else {
        return ask(shell, call, globals);
    };
    if name.starts_with('-') {
        return Err(Failure::Unknown(args.to_vec()));
    }
    match (name.as_str(), rest) {
        ("list", []) => list(shell, call, globals),
        ("list-profiles", []) => {
            let (config, secrets) = profile::paths(shell);
            let mut names: Vec<String> = Vec::new();
            for (name, _) in profile::read(shell, &config) {
                let name = name.strip_prefix("profile ").unwrap_or(&name).to_owned();
                names.push(name);
            }
            names.extend(
                profile::read(shell, &secrets)
                    .into_iter()
                    .map(|(name, _)| name),
            );
            let mut seen: Vec<String> = Vec::new();
            for name in names {
                if !seen.contains(&name) {
                    shell.say(call.io, &format!("{name}\n"))?;
                    seen.push(name);
                }
            }
            Ok(0)
        }
        ("get", [key]) => {
            let (target, key) = target(globals, key);
            let path = path_of(shell, &key);
            let section = section(&path, shell, &target);
            let value = profile::read(shell, &path)
                .into_iter()
                .filter(|(name, _)| *name == section)
                .flat_map(|(_, settings)| settings)
                .filter(|(name, _)| *name == key)
                .map(|(_, value)| value)
                .next_back();
            match value {
                Some(value) => {
                    shell.say(call.io, &format!("{value}\n"))?;
                    Ok(0)
                }
                None => Ok(1),
            }
        }
        ("set", [key, value]) => {
            let (target, key) = target(globals, key);
            set(shell, &target, &key, value)?;
            Ok(0)
        }
        ("export-credentials", []) => {
            let profile = Profile::load(shell, globals)?;
            let Some(credentials) = profile.credentials else {
                return Err(Failure::Bare(
                    "Unable to retrieve credentials: no credentials found".to_owned(),
                ));
            };
            let text = format!(
                "{{\n  \"Version\": 1,\n  \"AccessKeyId\": \"{}\",\n  \"SecretAccessKey\": \"{}\"",
                credentials.access_key_id, credentials.secret_access_key
            );
            shell.say(call.io, &format!("{text}\n}}\n"))?;
            Ok(0)
        }
        ("import", [flag, path]) if flag == "--csv" => import(shell, call, path),
        ("import", _) => Err(Failure::Usage(
            "the following arguments are required: --csv".to_owned(),
        )),
        ("get", []) => Err(Failure::Usage(
            "the following arguments are required: varname".to_owned(),
        )),
        ("set", [] | [_]) => Err(Failure::Usage(
            "the following arguments are required: varname, value".to_owned(),
        )),
        (name, rest) if SUBCOMMANDS.contains(&name) => Err(Failure::Unknown(rest.to_vec())),
        (name, _) => Err(Failure::Choice {
            argument: "subcommand",
            given: name.to_owned(),
            near: errors::near(name, SUBCOMMANDS.into_iter()),
        }),
    }
}

/// The profile and key that a name like `region` or `profile.dev.region` means.
fn target(globals: &Globals, name: &str) -> (String, String) {
    let asked = globals
        .profile
        .clone()
        .unwrap_or_else(|| "default".to_owned());
    if let Some((profile, key)) = name
        .strip_prefix("profile.")
        .and_then(|rest| rest.split_once('.'))
    {
        return (profile.to_owned(), key.to_owned());
    }
    if let Some(key) = name.strip_prefix("default.") {
        return ("default".to_owned(), key.to_owned());
    }
    (asked, name.to_owned())
}

fn path_of(shell: &Shell<'_>, key: &str) -> String {
    let (config, secrets) = profile::paths(shell);
    if SECRETS.contains(&key) {
        secrets
    } else {
        config
    }
}

fn section(path: &str, shell: &Shell<'_>, target: &str) -> String {
    let (config, _) = profile::paths(shell);
    if path == config {
        profile::section_name(target)
    } else {
        target.to_owned()
    }
}

fn set(shell: &mut Shell<'_>, target: &str, key: &str, value: &str) -> Result<(), Failure> {
    let path = path_of(shell, key);
    let section = section(&path, shell, target);
    let mut sections: Sections = profile::read(shell, &path);
    let at = match sections.iter().position(|(name, _)| *name == section) {
        Some(at) => at,
        None => {
            sections.push((section, Vec::new()));
            sections.len() - 1
        }
    };
    if let Some((_, settings)) = sections.get_mut(at) {
        match settings.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => value.clone_into(old),
            None => settings.push((key.to_owned(), value.to_owned())),
        }
    }
    let mut text = String::new();
    for (name, settings) in sections {
        text.push_str(&format!("[{name}]\n"));
        for (key, value) in settings {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    let folder = path
        .rsplit_once('/')
        .map(|(folder, _)| folder.to_owned())
        .unwrap_or_default();
    let failed = |error: String| Failure::Bare(format!("{error}: '{path}'"));
    let user = shell.frame().user.clone();
    if !folder.is_empty() && !matches!(shell.node(&folder), Some(Node::Folder { .. })) {
        let act = Act::MakeFolder {
            user: user.clone(),
            path: shell.path(&folder),
            parents: true,
        };
        shell.change(act).map_err(failed)?;
    }
    let act = Act::Write {
        user,
        path: shell.path(&path),
        bytes: text.into_bytes(),
        mode: Some(0o600),
    };
    shell.change(act).map_err(failed)
}

/// A secret with all but its end hidden.
fn masked(secret: &str) -> String {
    let count = secret.chars().count();
    let end: String = secret.chars().skip(count.saturating_sub(4)).collect();
    format!("{}{end}", "*".repeat(16))
}

fn list(shell: &mut Shell<'_>, call: &Call<'_>, globals: &Globals) -> Result<i32, Failure> {
    let profile = Profile::load(shell, globals)?;
    let unset = || ("<not set>".to_owned(), "None", "None".to_owned());
    let name = match &profile.asked {
        Some(name) if globals.profile.is_some() => (name.clone(), "manual", "--profile".to_owned()),
        Some(name) => (
            name.clone(),
            "env",
            "['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']".to_owned(),
        ),
        None => unset(),
    };
    let (key, secret) = match &profile.credentials {
        Some(credentials) => (
            (
                masked(&credentials.access_key_id),
                profile.source,
                String::new(),
            ),
            (
                masked(&credentials.secret_access_key),
                profile.source,
                String::new(),
            ),
        ),
        None => (unset(), unset()),
    };
    let region = match &profile.region {
        Some(region) => (
            region.clone(),
            profile.region_source.0,
            profile.region_source.1.clone(),
        ),
        None => unset(),
    };
    let mut text = format!(
        "{:<10} : {:<24} : {:<16} : LOCATION\n",
        "NAME", "VALUE", "TYPE"
    );
    for (name, (value, kind, place)) in [
        ("profile", name),
        ("access_key", key),
        ("secret_key", secret),
        ("region", region),
    ] {
        text.push_str(&format!(
            "{name:<10} : {value:<24} : {kind:<16} : {place}\n"
        ));
    }
    shell.say(call.io, &text)?;
    Ok(0)
}

/// The access keys of the file that the console gives one to download: a profile for each user.
fn import(shell: &mut Shell<'_>, call: &Call<'_>, path: &str) -> Result<i32, Failure> {
    let text = match values::file(shell, path) {
        Some(Ok(Value::Str(text))) => text,
        Some(Err(text)) => {
            return Err(Failure::Param(format!(
                "Error parsing parameter '--csv': {text}"
            )));
        }
        _ => path.to_owned(),
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = text.lines().map(|row| row.split(',').map(str::trim));
    let header: Vec<&str> = rows.next().into_iter().flatten().collect();
    let column = |name: &str| {
        header
            .iter()
            .position(|title| title.eq_ignore_ascii_case(name))
            .ok_or_else(|| Failure::Bare(format!("Expected header \"{name}\" not found")))
    };
    let (user, key, secret) = (
        column("User Name")?,
        column("Access key ID")?,
        column("Secret access key")?,
    );
    let mut imported = 0;
    for row in rows {
        shell.step()?;
        let cells: Vec<&str> = row.collect();
        let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
        if [user, key, secret].iter().any(|at| cell(*at).is_empty()) {
            continue;
        }
        set(shell, cell(user), "aws_access_key_id", cell(key))?;
        set(shell, cell(user), "aws_secret_access_key", cell(secret))?;
        imported += 1;
    }
    shell.say(
        call.io,
        &format!("Successfully imported {imported} profile(s)\n"),
    )?;
    Ok(0)
}

/// `aws configure` alone asks for everything.
fn ask(shell: &mut Shell<'_>, call: &Call<'_>, globals: &Globals) -> Result<i32, Failure> {
    let target = globals
        .profile
        .clone()
        .unwrap_or_else(|| "default".to_owned());
    let tip = "\nTip: You can deliver temporary credentials to the AWS CLI using your AWS Console session by running the command 'aws login'.\n\n";
    shell.say(call.io, tip)?;
    let mut answers = Vec::new();
    for (key, question, secret) in [
        ("aws_access_key_id", "AWS Access Key ID", true),
        ("aws_secret_access_key", "AWS Secret Access Key", true),
        ("region", "Default region name", false),
        ("output", "Default output format", false),
    ] {
        let path = path_of(shell, key);
        let section = section(&path, shell, &target);
        let present = profile::read(shell, &path)
            .into_iter()
            .filter(|(name, _)| *name == section)
            .flat_map(|(_, settings)| settings)
            .find(|(name, _)| name == key)
            .map(|(_, value)| value);
        let shown = match &present {
            Some(value) if secret => masked(value),
            Some(value) => value.clone(),
            None => "None".to_owned(),
        };
        shell.say(call.io, &format!("{question} [{shown}]: "))?;
        let line = shell
            .read_line(call.io)?
            .map(|(line, _)| line)
            .unwrap_or_default();
        if !line.trim().is_empty() {
            answers.push((key, line.trim().to_owned()));
        }
    }
    for (key, value) in answers {
        set(shell, &target, key, &value)?;
    }
    Ok(0)
}
