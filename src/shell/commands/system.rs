//! Commands that install packages and run services.

use super::network::can_download;
use super::{Call, fail};
use crate::shell::{Shell, Stop};
use hopwise_machine::{Act, Os, package, service_kind};

fn is_root(shell: &Shell<'_>) -> bool {
    shell.frame().user == "root"
}

/// Is this machine one with that operating system?
fn runs(shell: &Shell<'_>, os: Os) -> bool {
    shell.machine().is_some_and(|machine| machine.os == os)
}

/// A command of another distribution.
fn not_found(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    shell.complain(call.io, &format!("bash: {}: command not found", call.name))?;
    Ok(127)
}

/// The first word that is no option, and those after it.
fn verb_and_names<'c>(call: &Call<'c>) -> (&'c str, Vec<&'c str>) {
    let mut words = call
        .args
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with('-'));
    (words.next().unwrap_or_default(), words.collect())
}

/// `sudo COMMAND …`: this world's users may do all without a password.
pub(super) fn sudo(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut args = call.args;
    while let Some((first, rest)) = args.split_first() {
        if !first.starts_with('-') {
            break;
        }
        args = rest;
    }
    if args.is_empty() {
        shell.complain(call.io, "usage: sudo command [arguments]")?;
        return Ok(1);
    }
    let user = std::mem::replace(&mut shell.frame_mut().user, "root".to_owned());
    let status = shell.execute(args, call.io);
    shell.frame_mut().user = user;
    status
}

/// The packages of each distribution; the catalog holds all of them.
/// Do the repositories of this system have the package?
pub(crate) fn offers(os: Os, name: &str) -> bool {
    match os {
        Os::Laptop => false,
        Os::AmazonLinux2023 => matches!(name, "httpd" | "nginx" | "git"),
        Os::Ubuntu => matches!(name, "apache2" | "nginx" | "git"),
    }
}

/// `dnf` and `yum`, of Amazon Linux.
pub(super) fn dnf(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    if !runs(shell, Os::AmazonLinux2023) {
        return not_found(shell, call);
    }
    let (verb, names) = verb_and_names(call);
    match verb {
        "install" | "update" | "upgrade" | "remove" | "erase" => {}
        "" => return fail(shell, call, "No command given: install, update or remove"),
        other => {
            shell.complain(
                call.io,
                &format!("No such command: {other}. Please use /usr/bin/dnf --help"),
            )?;
            return Ok(1);
        }
    }
    if !is_root(shell) {
        shell.complain(
            call.io,
            "Error: This command has to be run with superuser privileges (under the root user on most systems).",
        )?;
        return Ok(1);
    }
    if matches!(verb, "remove" | "erase") {
        return remove(shell, call, &names);
    }
    if !can_download(shell) {
        shell.complain(
            call.io,
            "Errors during downloading metadata for repository 'amazonlinux':\n  - Curl error (28): Timeout was reached for the mirror list of the repository\nError: Failed to download metadata for repo 'amazonlinux': Cannot prepare internal mirrorlist: Curl error (28): Timeout was reached",
        )?;
        return Ok(1);
    }
    if matches!(verb, "update" | "upgrade") {
        shell.say(
            call.io,
            "Dependencies resolved.\nNothing to do.\nComplete!\n",
        )?;
        return Ok(0);
    }
    if names.is_empty() {
        shell.complain(call.io, "Error: Need to pass a list of pkgs to install")?;
        return Ok(1);
    }
    install(shell, call, &names, Os::AmazonLinux2023)
}

/// `dnf remove`: what is not installed is told, and is no failure, as dnf has it.
fn remove(shell: &mut Shell<'_>, call: &Call<'_>, names: &[&str]) -> Result<i32, Stop> {
    if names.is_empty() {
        shell.complain(call.io, "Error: Need to pass a list of pkgs to remove")?;
        return Ok(1);
    }
    let mut removed = String::new();
    for name in names {
        let there = shell
            .machine()
            .is_some_and(|machine| machine.has_package(name));
        if !there {
            shell.complain(call.io, &format!("No match for argument: {name}"))?;
            continue;
        }
        let act = Act::Uninstall {
            package: (*name).to_owned(),
        };
        if let Err(words) = shell.change(act) {
            return fail(shell, call, &words);
        }
        let version = package(name).map_or("", |found| found.version);
        removed.push_str(&format!("  {name}-{version}.amzn2023.x86_64\n"));
    }
    if removed.is_empty() {
        shell.complain(call.io, "No packages marked for removal.")?;
        shell.say(
            call.io,
            "Dependencies resolved.\nNothing to do.\nComplete!\n",
        )?;
    } else {
        shell.say(call.io, &format!("Removed:\n{removed}\nComplete!\n"))?;
    }
    Ok(0)
}

fn install(shell: &mut Shell<'_>, call: &Call<'_>, names: &[&str], os: Os) -> Result<i32, Stop> {
    if let Some(unknown) = names.iter().find(|name| !offers(os, name)) {
        let words = match os {
            Os::Ubuntu => format!("E: Unable to locate package {unknown}"),
            _ => format!(
                "No match for argument: {unknown}\nError: Unable to find a match: {unknown}"
            ),
        };
        shell.complain(call.io, &words)?;
        return Ok(if os == Os::Ubuntu { 100 } else { 1 });
    }
    for name in names {
        let there = shell
            .machine()
            .is_some_and(|machine| machine.has_package(name));
        let Some(found) = package(name) else { continue };
        if there {
            let version = found.version;
            shell.say(
                call.io,
                &format!("Package {name}-{version} is already installed.\n"),
            )?;
            continue;
        }
        let act = Act::Install {
            package: (*name).to_owned(),
        };
        if let Err(words) = shell.change(act) {
            return fail(shell, call, &words);
        }
        // Debian's packages start what they bring; Amazon Linux's wait to be told.
        if os == Os::Ubuntu
            && let Some(service) = found.service
        {
            let act = Act::Service {
                name: service.to_owned(),
                running: Some(true),
                enabled: Some(true),
            };
            if let Err(words) = shell.change(act) {
                return fail(shell, call, &words);
            }
        }
        let text = match os {
            Os::Ubuntu => format!("Setting up {name} ({}) ...\n", found.version),
            _ => format!("Installed:\n  {name}-{}.amzn2023.x86_64\n", found.version),
        };
        shell.say(call.io, &text)?;
    }
    if os != Os::Ubuntu {
        shell.say(call.io, "\nComplete!\n")?;
    }
    Ok(0)
}

/// `apt-get` and `apt`, of Ubuntu.
pub(super) fn apt(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    if !runs(shell, Os::Ubuntu) {
        return not_found(shell, call);
    }
    let (verb, names) = verb_and_names(call);
    if !is_root(shell) {
        shell.complain(
            call.io,
            "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?",
        )?;
        return Ok(100);
    }
    match verb {
        "update" | "upgrade" | "install" if !can_download(shell) => {
            shell.complain(call.io, "Err:1 http://archive.ubuntu.com/ubuntu noble InRelease\n  Could not connect to archive.ubuntu.com:80, connection timed out\nE: Some index files failed to download.")?;
            Ok(100)
        }
        "update" | "upgrade" => {
            shell.say(call.io, "Reading package lists... Done\n")?;
            Ok(0)
        }
        "install" => install(shell, call, &names, Os::Ubuntu),
        other => fail(shell, call, &format!("Invalid operation {other}")),
    }
}

/// `systemctl VERB [--now] NAME…`
pub(super) fn systemctl(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let now = call.args.iter().any(|word| word == "--now");
    let (verb, names) = verb_and_names(call);
    if names.is_empty() && verb != "daemon-reload" {
        return fail(shell, call, "Too few arguments.");
    }
    let mut status = 0;
    for name in names {
        let name = name.trim_end_matches(".service");
        status = one_service(shell, call, verb, now, name)?;
    }
    Ok(status)
}

/// `service NAME VERB`
pub(super) fn service(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    match call.args {
        [name, verb] => {
            let manager = Call {
                name: "systemctl",
                ..*call
            };
            one_service(shell, &manager, verb, false, name)
        }
        _ => {
            shell.complain(
                call.io,
                "Usage: service < option > | [ service_name [ command ] ]",
            )?;
            Ok(2)
        }
    }
}

fn one_service(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    verb: &str,
    now: bool,
    name: &str,
) -> Result<i32, Stop> {
    let state = shell.machine().and_then(|machine| machine.service(name));
    let (running, enabled) = match verb {
        "start" | "restart" | "reload" => (Some(true), None),
        "stop" => (Some(false), None),
        "enable" => (now.then_some(true), Some(true)),
        "disable" => (now.then_some(false), Some(false)),
        "status" | "is-active" | "is-enabled" => {
            let Some(state) = state else {
                let words = format!("Unit {name}.service could not be found.");
                shell.complain(call.io, &words)?;
                return Ok(4);
            };
            let active = if state.running { "active" } else { "inactive" };
            let word = if state.enabled { "enabled" } else { "disabled" };
            let text = match verb {
                "is-active" => format!("{active}\n"),
                "is-enabled" => format!("{word}\n"),
                _ => format!(
                    "● {name}.service - {}\n     Loaded: loaded (/usr/lib/systemd/system/{name}.service; {word})\n     Active: {active} ({})\n",
                    service_kind(name).map_or("", |kind| kind.description),
                    if state.running { "running" } else { "dead" },
                ),
            };
            shell.say(call.io, &text)?;
            let good = if verb == "is-enabled" {
                state.enabled
            } else {
                state.running
            };
            return Ok(if good { 0 } else { 3 });
        }
        other => return fail(shell, call, &format!("Unknown command verb {other}.")),
    };
    if state.is_none() {
        let words = match verb {
            "enable" | "disable" => {
                format!("Failed to {verb} unit: Unit file {name}.service does not exist.")
            }
            _ => format!("Failed to {verb} {name}.service: Unit {name}.service not found."),
        };
        shell.complain(call.io, &words)?;
        return Ok(if enabled.is_some() { 1 } else { 5 });
    }
    if !is_root(shell) {
        shell.complain(
            call.io,
            &format!("Failed to {verb} {name}.service: Access denied"),
        )?;
        return Ok(4);
    }
    let act = Act::Service {
        name: name.to_owned(),
        running,
        enabled,
    };
    if let Err(words) = shell.change(act) {
        return fail(shell, call, &words);
    }
    if enabled == Some(true) && state.is_some_and(|state| !state.enabled) {
        shell.complain(
            call.io,
            &format!("Created symlink /etc/systemd/system/multi-user.target.wants/{name}.service → /usr/lib/systemd/system/{name}.service."),
        )?;
    }
    Ok(0)
}
