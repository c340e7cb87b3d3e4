//! The commands: one table, one group a file. A new command is a row and a function.

mod files;
mod jq;
mod network;
pub(crate) mod outside;
mod regex;
mod session;
mod system;
pub(crate) mod test;
mod text;

pub(crate) use system::offers;

pub use network::walk_as_text;

use crate::shell::{Io, Shell, Stop};

/// A command as it was called.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// The name it was called by.
    pub name: &'c str,
    /// What stands after the name.
    pub args: &'c [String],
    /// Where it reads and prints.
    pub io: Io,
}

/// What a command does: the exit status, or why the line stops.
pub type Function = fn(&mut Shell<'_>, &Call<'_>) -> Result<i32, Stop>;

/// A row of the table.
#[derive(Clone, Copy)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// What it does, in one line for `help`.
    pub help: &'static str,
    pub(crate) run: Function,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Command")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

const fn row(name: &'static str, help: &'static str, run: Function) -> Command {
    Command { name, help, run }
}

/// Every command, by name.
pub(crate) const COMMANDS: &[Command] = &[
    row(".", "run the lines of a file here", session::source),
    row(":", "do nothing", session::truth),
    row("[", "test files, texts and numbers", test::single),
    row("apt", "install packages (Ubuntu)", system::apt),
    row("apt-get", "install packages (Ubuntu)", system::apt),
    row("aws", "call AWS", crate::aws::aws),
    row("base64", "encode or decode base64", text::base64),
    row("basename", "the last part of a path", files::basename),
    row("bash", "run a script", session::bash),
    row("break", "leave a loop", session::leave),
    row("cat", "print files", text::cat),
    row("cd", "change the folder", files::cd),
    row("chmod", "change the mode of files", files::chmod),
    row("clear", "clear the terminal", session::clear),
    row("continue", "go on with a loop", session::leave),
    row("cp", "copy files", files::cp),
    row("curl", "fetch a page over HTTP", network::curl),
    row("cut", "print parts of lines", text::cut),
    row("date", "print the simulated time", session::date),
    row("dirname", "the folder of a path", files::basename),
    row("dnf", "install packages (Amazon Linux)", system::dnf),
    row("echo", "print its arguments", text::echo),
    row(
        "edit",
        "not here yet: write a file with cat > FILE <<'END'",
        session::edit,
    ),
    row("env", "print the environment", session::env),
    row("exit", "leave the shell", session::exit),
    row("export", "set variables for commands", session::export),
    row("false", "fail", session::falsehood),
    row("grep", "print the lines that match", text::grep),
    row("head", "print the first lines", text::head),
    row("help", "what there is", session::help),
    row("history", "the lines so far", session::history),
    row(
        "hopwise",
        "trace a packet, ask who may do what, or set up networks outside of AWS",
        network::hopwise,
    ),
    row("hostname", "the name of this machine", session::hostname),
    row("jq", "pick from JSON (a simple path)", jq::jq),
    row("logout", "leave the shell", session::exit),
    row("ls", "list files", files::ls),
    row("mkdir", "make folders", files::mkdir),
    row("mv", "move files", files::mv),
    row(
        "nano",
        "not here yet: write a file with cat > FILE <<'END'",
        session::edit,
    ),
    row("ping", "does a machine answer?", network::ping),
    row("printf", "print with a format", text::printf),
    row("pwd", "print the folder one is in", files::pwd),
    row("read", "read a line into variables", session::read),
    row("redo", "do again what was undone", session::undo),
    row("rm", "remove files", files::rm),
    row("rmdir", "remove empty folders", files::rmdir),
    row("seq", "count", text::seq),
    row("service", "start and stop services", system::service),
    row("set", "set options of the shell", session::set),
    row("sh", "run a script", session::bash),
    row("sleep", "pass simulated time", session::sleep),
    row("sort", "sort lines", text::sort),
    row("source", "run the lines of a file here", session::source),
    row("sudo", "run a command as root", system::sudo),
    row("systemctl", "start and stop services", system::systemctl),
    row("tail", "print the last lines", text::tail),
    row("tee", "print and write to files", text::tee),
    row("test", "test files, texts and numbers", test::single),
    row("touch", "make empty files", files::touch),
    row("tr", "replace or delete characters", text::tr),
    row("true", "succeed", session::truth),
    row("type", "what a name stands for", session::which),
    row("undo", "undo the last act", session::undo),
    row("uniq", "drop repeated lines", text::uniq),
    row("unset", "forget variables", session::unset),
    row(
        "vi",
        "not here yet: write a file with cat > FILE <<'END'",
        session::edit,
    ),
    row(
        "vim",
        "not here yet: write a file with cat > FILE <<'END'",
        session::edit,
    ),
    row("wc", "count lines, words and bytes", text::wc),
    row("which", "where a command is", session::which),
    row("whoami", "the user one is", session::whoami),
    row("xargs", "run a command with what it reads", text::xargs),
    row("yes", "print a line again and again", text::yes),
    row("yum", "install packages (Amazon Linux)", system::dnf),
];

/// Every command, by name.
pub fn commands() -> &'static [Command] {
    COMMANDS
}

pub(crate) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// What the shell says to a name that is no command.
pub(crate) fn unknown(shell: &Shell<'_>, name: &str) -> String {
    if name.contains('/') {
        let reason = match shell.node(name) {
            None => "No such file or directory",
            Some(hopwise_machine::Node::Folder { .. }) => "Is a directory",
            Some(_) => "Permission denied",
        };
        return format!("bash: {name}: {reason}");
    }
    let near = COMMANDS
        .iter()
        .filter(|command| command.name.len() > 1)
        .map(|command| (strsim::osa_distance(command.name, name), command.name))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 5)
        .min();
    let mut words = format!("bash: {name}: command not found");
    if let Some((_, near)) = near {
        words.push_str(&format!(
            "\nDid you mean `{near}`? `help` lists what there is."
        ));
    }
    words
}

pub(crate) use hopwise_cloud::api::quoted as shell_quoted;

/// Options in short clusters (`-la`) before the operands; `--` ends them. Gives back the letters
/// and operands, or the letter that is none of `known`.
fn flags<'c>(call: &Call<'c>, known: &str) -> Result<(String, Vec<&'c str>), char> {
    let mut letters = String::new();
    let mut operands = Vec::new();
    let mut ended = false;
    for arg in call.args {
        match arg.strip_prefix('-') {
            Some("-") if !ended => ended = true,
            Some(cluster) if !ended && !cluster.is_empty() && !cluster.starts_with('-') => {
                if let Some(wrong) = cluster.chars().find(|c| !known.contains(*c)) {
                    return Err(wrong);
                }
                letters.push_str(cluster);
            }
            _ => operands.push(arg.as_str()),
        }
    }
    Ok((letters, operands))
}

fn bad_flag(shell: &mut Shell<'_>, call: &Call<'_>, letter: char) -> Result<i32, Stop> {
    let name = call.name;
    shell.complain(call.io, &format!("{name}: invalid option -- '{letter}'"))?;
    Ok(if name == "grep" || name == "ls" { 2 } else { 1 })
}

/// Prints `name: words` as an error and fails with 1.
fn fail(shell: &mut Shell<'_>, call: &Call<'_>, words: &str) -> Result<i32, Stop> {
    shell.complain(call.io, &format!("{}: {words}", call.name))?;
    Ok(1)
}
