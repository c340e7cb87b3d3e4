//! Commands about files and folders.

use hopwise_machine::{Act, FileError, Node};

use super::{Call, bad_flag, fail, flags};
use crate::shell::{Shell, Stop};

pub(super) fn pwd(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let folder = shell.frame().folder.clone();
    shell.say(call.io, &format!("{folder}\n"))?;
    Ok(0)
}

pub(super) fn cd(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let bash = |words: &str| format!("bash: cd: {words}");
    let mut show = false;
    let target = match call.args {
        [] => shell.variable("HOME").unwrap_or_default(),
        [dash] if dash == "-" => match shell.variable("OLDPWD") {
            Some(before) => {
                show = true;
                before
            }
            None => {
                shell.complain(call.io, &bash("OLDPWD not set"))?;
                return Ok(1);
            }
        },
        [path] => path.clone(),
        _ => {
            shell.complain(call.io, &bash("too many arguments"))?;
            return Ok(1);
        }
    };
    let path = shell.path(&target);
    let reason = match shell.node(&target) {
        Some(Node::Folder { owner, mode }) => {
            let user = &shell.frame().user;
            let shift = if owner == user { 6 } else { 0 };
            let enters = user == "root" || mode >> shift & 1 != 0;
            (!enters).then_some(FileError::Denied)
        }
        Some(Node::File { .. }) => Some(FileError::NotFolder),
        None => Some(FileError::NotFound),
    };
    if let Some(reason) = reason {
        shell.complain(call.io, &bash(&format!("{target}: {reason}")))?;
        return Ok(1);
    }
    let before = shell.frame().folder.clone();
    let frame = shell.frame_mut();
    frame.set("OLDPWD", before);
    frame.set("PWD", path.clone());
    frame.folder.clone_from(&path);
    if show {
        shell.say(call.io, &format!("{path}\n"))?;
    }
    Ok(0)
}

pub(super) fn basename(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let Some(path) = call.args.first() else {
        return fail(shell, call, "missing operand");
    };
    let trimmed = path.trim_end_matches('/');
    let (folder, name) = match trimmed.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((folder, name)) => (folder, name),
        None => (".", trimmed),
    };
    let shown = match call.name {
        "dirname" => folder,
        _ => match call.args.get(1) {
            Some(suffix) => name.strip_suffix(suffix.as_str()).unwrap_or(name),
            None => name,
        },
    };
    shell.say(call.io, &format!("{shown}\n"))?;
    Ok(0)
}

fn mode_text(node: &Node) -> String {
    let kind = if matches!(node, Node::Folder { .. }) {
        'd'
    } else {
        '-'
    };
    let mut text = String::from(kind);
    for shift in [6, 3, 0] {
        let bits = node.mode() >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(if bits & 1 != 0 { 'x' } else { '-' });
    }
    text
}

fn size(node: &Node) -> usize {
    match node {
        Node::Folder { .. } => 4096,
        Node::File { bytes, .. } => bytes.len(),
    }
}

pub(super) fn ls(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, mut operands) = match flags(call, "laAdhrtF1R") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    if operands.is_empty() {
        operands.push(".");
    }
    let long = letters.contains('l');
    let mut status = 0;
    let mut single = Vec::new();
    let mut folders = Vec::new();
    for operand in &operands {
        match shell.node(operand) {
            None => {
                let words = format!("ls: cannot access '{operand}': No such file or directory");
                shell.complain(call.io, &words)?;
                status = 2;
            }
            Some(Node::Folder { .. }) if !letters.contains('d') => folders.push(*operand),
            Some(node) => single.push(((*operand).to_owned(), node.clone())),
        }
    }
    show(shell, call, single, long, false)?;
    for folder in &folders {
        let user = shell.frame().user.clone();
        let path = shell.path(folder);
        let listed = match shell.machine() {
            Some(machine) => machine.list(&user, &path),
            None => Err(FileError::NotFound),
        };
        let entries = match listed {
            Ok(entries) => entries,
            Err(error) => {
                shell.complain(
                    call.io,
                    &format!("ls: cannot open directory '{folder}': {error}"),
                )?;
                status = 2;
                continue;
            }
        };
        if operands.len() > 1 {
            shell.say(call.io, &format!("{folder}:\n"))?;
        }
        let hidden = letters.contains('a') || letters.contains('A');
        let mut rows: Vec<(String, Node)> = Vec::new();
        if letters.contains('a')
            && let Some(node) = shell.node(folder)
        {
            rows.push((".".to_owned(), node.clone()));
            rows.push(("..".to_owned(), node.clone()));
        }
        rows.extend(
            entries
                .into_iter()
                .filter(|entry| hidden || !entry.name.starts_with('.'))
                .map(|entry| (entry.name, entry.node)),
        );
        if letters.contains('r') {
            rows.reverse();
        }
        show(shell, call, rows, long, true)?;
    }
    Ok(status)
}

fn show(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    rows: Vec<(String, Node)>,
    long: bool,
    total: bool,
) -> Result<(), Stop> {
    if !long {
        for (name, _) in rows {
            shell.say(call.io, &format!("{name}\n"))?;
        }
        return Ok(());
    }
    if total {
        let blocks: usize = rows
            .iter()
            .map(|(_, node)| size(node).div_ceil(4096) * 4)
            .sum();
        shell.say(call.io, &format!("total {blocks}\n"))?;
    }
    let owners = rows
        .iter()
        .map(|(_, node)| node.owner().len())
        .max()
        .unwrap_or(0);
    let width = rows
        .iter()
        .map(|(_, node)| size(node).to_string().len())
        .max()
        .unwrap_or(0);
    let date = super::session::format_date(shell.host().cloud().now(), "%b %e %H:%M");
    for (name, node) in rows {
        let (mode, owner, bytes) = (mode_text(&node), node.owner(), size(&node));
        let links = if matches!(node, Node::Folder { .. }) {
            2
        } else {
            1
        };
        let line = format!(
            "{mode} {links} {owner:owners$} {owner:owners$} {bytes:>width$} {date} {name}\n"
        );
        shell.say(call.io, &line)?;
    }
    Ok(())
}

/// Runs `act` for each operand, saying `verb 'operand'` with what is wrong.
fn each(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    operands: &[&str],
    verb: &str,
    act: impl Fn(String, String) -> Act,
) -> Result<i32, Stop> {
    if operands.is_empty() {
        return fail(shell, call, "missing operand");
    }
    let mut status = 0;
    for operand in operands {
        let user = shell.frame().user.clone();
        let path = shell.path(operand);
        if let Err(error) = shell.change(act(user, path)) {
            status = fail(shell, call, &format!("{verb} '{operand}': {error}"))?;
        }
    }
    Ok(status)
}

pub(super) fn mkdir(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "pv") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let parents = letters.contains('p');
    each(
        shell,
        call,
        &operands,
        "cannot create directory",
        |user, path| Act::MakeFolder {
            user,
            path,
            parents,
        },
    )
}

pub(super) fn rmdir(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (_, operands) = match flags(call, "") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let mut status = 0;
    for operand in operands {
        let user = shell.frame().user.clone();
        let path = shell.path(operand);
        let reason = match shell.machine().map(|machine| machine.list(&user, &path)) {
            Some(Ok(entries)) if !entries.is_empty() => Some(FileError::NotEmpty),
            Some(Err(error)) => Some(error),
            _ => None,
        };
        let done = match reason {
            Some(error) => Err(error.to_string()),
            None => shell.change(Act::Remove {
                user,
                path,
                recursive: true,
            }),
        };
        if let Err(error) = done {
            status = fail(
                shell,
                call,
                &format!("failed to remove '{operand}': {error}"),
            )?;
        }
    }
    Ok(status)
}

pub(super) fn rm(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "rRfvi") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let force = letters.contains('f');
    let recursive = letters.contains(['r', 'R']);
    if force && operands.is_empty() {
        return Ok(0);
    }
    let present: Vec<&str> = operands
        .into_iter()
        .filter(|operand| !force || shell.node(operand).is_some())
        .collect();
    if force && present.is_empty() {
        return Ok(0);
    }
    each(shell, call, &present, "cannot remove", |user, path| {
        Act::Remove {
            user,
            path,
            recursive,
        }
    })
}

pub(super) fn touch(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let missing: Vec<&str> = call
        .args
        .iter()
        .map(String::as_str)
        .filter(|operand| shell.node(operand).is_none())
        .collect();
    if call.args.is_empty() {
        return fail(shell, call, "missing file operand");
    }
    if missing.is_empty() {
        return Ok(0);
    }
    each(shell, call, &missing, "cannot touch", |user, path| {
        Act::Write {
            user,
            path,
            bytes: Vec::new(),
            mode: None,
        }
    })
}

/// The bits that a mode of `chmod` gives, from those there are.
fn mode(text: &str, before: u16) -> Option<u16> {
    if !text.is_empty() && text.chars().all(|c| c.is_digit(8)) {
        return u16::from_str_radix(text, 8)
            .ok()
            .filter(|bits| *bits <= 0o7777);
    }
    let mut bits = before;
    for clause in text.split(',') {
        let at = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at_checked(at)?;
        let mut rest = rest.chars();
        let sign = rest.next()?;
        let mut set = 0;
        for c in rest {
            set |= match c {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                _ => return None,
            };
        }
        for shift in [6, 3, 0] {
            let letter = match shift {
                6 => 'u',
                3 => 'g',
                _ => 'o',
            };
            if !(who.is_empty() || who.contains('a') || who.contains(letter)) {
                continue;
            }
            match sign {
                '+' => bits |= set << shift,
                '-' => bits &= !(set << shift),
                _ => bits = bits & !(7 << shift) | set << shift,
            }
        }
    }
    Some(bits)
}

pub(super) fn chmod(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let args: Vec<&String> = call
        .args
        .iter()
        .filter(|arg| *arg != "-R" && *arg != "-v")
        .collect();
    let Some((wanted, paths)) = args.split_first() else {
        return fail(shell, call, "missing operand");
    };
    if paths.is_empty() {
        return fail(shell, call, &format!("missing operand after '{wanted}'"));
    }
    let mut status = 0;
    for operand in paths {
        let Some(before) = shell.node(operand).map(Node::mode) else {
            let words = format!("cannot access '{operand}': No such file or directory");
            status = fail(shell, call, &words)?;
            continue;
        };
        let Some(bits) = mode(wanted, before) else {
            return fail(shell, call, &format!("invalid mode: '{wanted}'"));
        };
        let act = Act::ChangeMode {
            user: shell.frame().user.clone(),
            path: shell.path(operand),
            mode: bits & 0o777,
        };
        if let Err(error) = shell.change(act) {
            status = fail(
                shell,
                call,
                &format!("changing permissions of '{operand}': {error}"),
            )?;
        }
    }
    Ok(status)
}

/// The path that something called `from` gets at `to`: inside it, where that is a folder.
fn destination(shell: &Shell<'_>, from: &str, to: &str) -> String {
    if matches!(shell.node(to), Some(Node::Folder { .. })) {
        let name = from
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or(from);
        format!("{}/{name}", to.trim_end_matches('/'))
    } else {
        to.to_owned()
    }
}

fn sources<'c>(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    operands: &[&'c str],
) -> Result<Option<(Vec<&'c str>, &'c str)>, Stop> {
    let words = match operands {
        [] => "missing file operand".to_owned(),
        [only] => format!("missing destination file operand after '{only}'"),
        [from @ .., to] => {
            if from.len() > 1 && !matches!(shell.node(to), Some(Node::Folder { .. })) {
                format!("target '{to}' is not a directory")
            } else {
                return Ok(Some((from.to_vec(), to)));
            }
        }
    };
    fail(shell, call, &words)?;
    Ok(None)
}

pub(super) fn cp(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "rRafpv") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let Some((from, to)) = sources(shell, call, &operands)? else {
        return Ok(1);
    };
    let mut status = 0;
    for source in from {
        let target = destination(shell, source, to);
        let mut queue = vec![(source.to_owned(), target)];
        while let Some((source, target)) = queue.pop() {
            shell.step()?;
            if matches!(shell.node(&source), Some(Node::Folder { .. })) {
                if !letters.contains(['r', 'R', 'a']) {
                    status = fail(
                        shell,
                        call,
                        &format!("-r not specified; omitting directory '{source}'"),
                    )?;
                    continue;
                }
                let inside = format!("{}/", shell.path(&source));
                if format!("{}/", shell.path(&target)).starts_with(&inside) {
                    let words =
                        format!("cannot copy a directory, '{source}', into itself, '{target}'");
                    status = fail(shell, call, &words)?;
                    continue;
                }
                let user = shell.frame().user.clone();
                let path = shell.path(&target);
                let made = shell.change(Act::MakeFolder {
                    user: user.clone(),
                    path,
                    parents: true,
                });
                if let Err(error) = made {
                    status = fail(
                        shell,
                        call,
                        &format!("cannot create directory '{target}': {error}"),
                    )?;
                    continue;
                }
                let folder = shell.path(&source);
                let entries = shell
                    .machine()
                    .and_then(|machine| machine.list(&user, &folder).ok())
                    .unwrap_or_default();
                for entry in entries {
                    queue.push((
                        format!("{source}/{}", entry.name),
                        format!("{target}/{}", entry.name),
                    ));
                }
                continue;
            }
            let bytes = match shell.read_file(&source) {
                Ok(bytes) => bytes.to_vec(),
                Err(FileError::NotFound) => {
                    status = fail(
                        shell,
                        call,
                        &format!("cannot stat '{source}': No such file or directory"),
                    )?;
                    continue;
                }
                Err(error) => {
                    status = fail(
                        shell,
                        call,
                        &format!("cannot open '{source}' for reading: {error}"),
                    )?;
                    continue;
                }
            };
            if shell.path(&source) == shell.path(&target) {
                status = fail(
                    shell,
                    call,
                    &format!("'{source}' and '{target}' are the same file"),
                )?;
                continue;
            }
            shell.spend(bytes.len())?;
            let mode = shell.node(&source).map(Node::mode);
            let act = Act::Write {
                user: shell.frame().user.clone(),
                path: shell.path(&target),
                bytes,
                mode,
            };
            if let Err(error) = shell.change(act) {
                status = fail(
                    shell,
                    call,
                    &format!("cannot create regular file '{target}': {error}"),
                )?;
            }
        }
    }
    Ok(status)
}

pub(super) fn mv(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (_, operands) = match flags(call, "fvin") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let Some((from, to)) = sources(shell, call, &operands)? else {
        return Ok(1);
    };
    let mut status = 0;
    for source in from {
        if shell.node(source).is_none() {
            status = fail(
                shell,
                call,
                &format!("cannot stat '{source}': No such file or directory"),
            )?;
            continue;
        }
        let target = destination(shell, source, to);
        let act = Act::Rename {
            user: shell.frame().user.clone(),
            from: shell.path(source),
            to: shell.path(&target),
        };
        if let Err(error) = shell.change(act) {
            status = fail(
                shell,
                call,
                &format!("cannot move '{source}' to '{target}': {error}"),
            )?;
        }
    }
    Ok(status)
}
