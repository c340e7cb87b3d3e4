//! Commands about the shell itself and the machine it runs on.

use hopwise_cloud::Time;
use std::collections::BTreeMap;

use super::{COMMANDS, Call, fail, find, shell_quoted};
use crate::shell::{Effect, Shell, Stop};

pub(super) fn truth(_: &mut Shell<'_>, _: &Call<'_>) -> Result<i32, Stop> {
    Ok(0)
}

pub(super) fn falsehood(_: &mut Shell<'_>, _: &Call<'_>) -> Result<i32, Stop> {
    Ok(1)
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().next().is_some_and(|c| !c.is_ascii_digit())
}

pub(super) fn export(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut status = 0;
    let args: Vec<&String> = call.args.iter().filter(|arg| *arg != "-p").collect();
    if args.is_empty() {
        let lines: Vec<String> = shell
            .frame()
            .variables
            .iter()
            .filter(|(_, variable)| variable.exported)
            .map(|(name, variable)| format!("declare -x {name}=\"{}\"\n", variable.value))
            .collect();
        shell.say(call.io, &lines.concat())?;
    }
    for arg in args {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg.as_str(), None),
        };
        if !is_name(name) {
            shell.complain(
                call.io,
                &format!("bash: export: `{arg}': not a valid identifier"),
            )?;
            status = 1;
            continue;
        }
        let value = value.map(str::to_owned).or_else(|| shell.variable(name));
        if let Some(value) = value {
            shell.frame_mut().export(name, value);
        }
    }
    Ok(status)
}

pub(super) fn unset(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    for name in call.args.iter().filter(|arg| !arg.starts_with('-')) {
        shell.frame_mut().variables.remove(name);
    }
    Ok(0)
}

pub(super) fn env(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let pairs = call.args.iter().take_while(|arg| arg.contains('=')).count();
    let (settings, command) = call
        .args
        .split_at_checked(pairs)
        .unwrap_or((&[], call.args));
    let before = shell.frame().variables.clone();
    for setting in settings {
        if let Some((name, value)) = setting.split_once('=') {
            shell.frame_mut().export(name, value);
        }
    }
    let result = if command.is_empty() {
        let lines: Vec<String> = shell
            .frame()
            .variables
            .iter()
            .filter(|(_, variable)| variable.exported)
            .map(|(name, variable)| format!("{name}={}\n", variable.value))
            .collect();
        shell.say(call.io, &lines.concat()).map(|()| 0)
    } else {
        shell.execute(command, call.io)
    };
    shell.frame_mut().variables = before;
    result
}

pub(super) fn set(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    if call.args.is_empty() {
        // The names that a lesson gives are variables to whoever uses them, so they are listed too.
        let mut all: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, value) in &shell.session.names {
            all.insert(name, value);
        }
        for (name, variable) in &shell.frame().variables {
            all.insert(name, &variable.value);
        }
        let lines: Vec<String> = all
            .into_iter()
            .map(|(name, value)| format!("{name}={}\n", shell_quoted(value)))
            .collect();
        shell.say(call.io, &lines.concat())?;
    }
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        let on = arg.starts_with('-');
        let Some(letters) = arg.strip_prefix(['-', '+']) else {
            return fail(shell, call, "this shell has no positional parameters");
        };
        for letter in letters.chars() {
            let options = &mut shell.frame_mut().options;
            match letter {
                'e' => options.errexit = on,
                'u' => options.nounset = on,
                'x' => options.xtrace = on,
                'o' => match args.next().map(String::as_str) {
                    Some("pipefail") => options.pipefail = on,
                    Some("errexit") => options.errexit = on,
                    Some("nounset") => options.nounset = on,
                    Some("xtrace") => options.xtrace = on,
                    other => {
                        let name = other.unwrap_or_default().to_owned();
                        shell.complain(
                            call.io,
                            &format!("bash: set: {name}: invalid option name"),
                        )?;
                        return Ok(1);
                    }
                },
                other => {
                    shell.complain(call.io, &format!("bash: set: -{other}: invalid option"))?;
                    return Ok(2);
                }
            }
        }
    }
    Ok(0)
}

pub(super) fn read(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut raw = false;
    let mut names: Vec<&str> = Vec::new();
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-p" => {
                let prompt = args.next().cloned().unwrap_or_default();
                shell.complain_plain(call.io, &prompt)?;
            }
            flag if flag.starts_with('-') => raw |= flag.contains('r'),
            name => names.push(name),
        }
    }
    if names.is_empty() {
        names.push("REPLY");
    }
    let Some((mut line, mut whole)) = shell.read_line(call.io)? else {
        for name in names {
            shell.assign(name, String::new());
        }
        return Ok(1);
    };
    if !raw {
        while whole && line.ends_with('\\') {
            line.pop();
            match shell.read_line(call.io)? {
                Some((more, newline)) => {
                    line.push_str(&more);
                    whole = newline;
                }
                None => whole = false,
            }
        }
        line = line.replace('\\', "");
    }
    let mut rest = line.trim_matches([' ', '\t']);
    let last = names.len() - 1;
    for (at, name) in names.into_iter().enumerate() {
        let value = if at == last {
            rest
        } else {
            let end = rest.find([' ', '\t']).unwrap_or(rest.len());
            let (word, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
            rest = tail.trim_start_matches([' ', '\t']);
            word
        };
        shell.assign(name, value.to_owned());
    }
    Ok(i32::from(!whole))
}

pub(super) fn leave(_: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let levels = call
        .args
        .first()
        .and_then(|arg| arg.parse().ok())
        .unwrap_or(1)
        .max(1);
    Err(match call.name {
        "break" => Stop::Break(levels),
        _ => Stop::Continue(levels),
    })
}

pub(super) fn exit(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let status = match call.args.first() {
        Some(arg) => arg
            .parse::<i64>()
            .map_or(2, |number| i32::from(number.rem_euclid(256) as u8)),
        None => shell.session.status,
    };
    // The last shell stays: there is nowhere to go from the laptop.
    if shell.session.frames.len() > 1 && !call.io.piped {
        shell.session.frames.pop();
        shell.say(call.io, "logout\n")?;
    }
    Err(Stop::Exit(status))
}

pub(super) fn source(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let Some(path) = call.args.first() else {
        let words = format!("bash: {}: filename argument required", call.name);
        shell.complain(call.io, &words)?;
        return Ok(2);
    };
    match shell.read_file(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            shell.lines(&text, call.io)
        }
        Err(error) => {
            shell.complain(call.io, &format!("bash: {path}: {error}"))?;
            Ok(1)
        }
    }
}

pub(super) fn bash(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let text = match call.args {
        [] => String::from_utf8_lossy(&shell.read_all(call.io)?).into_owned(),
        [flag, text, ..] if flag == "-c" => text.clone(),
        [path, ..] if !path.starts_with('-') => match shell.read_file(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                shell.complain(call.io, &format!("bash: {path}: {error}"))?;
                return Ok(127);
            }
        },
        [flag, ..] => {
            shell.complain(call.io, &format!("bash: {flag}: invalid option"))?;
            return Ok(2);
        }
    };
    shell.own_lines(&text, call.io)
}

pub(super) fn sleep(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    if call.args.is_empty() {
        return fail(shell, call, "missing operand");
    }
    let mut seconds = 0.0;
    for arg in call.args {
        let (number, unit) = match arg.find(|c: char| c.is_ascii_alphabetic()) {
            Some(at) => arg.split_at_checked(at).unwrap_or((arg, "")),
            None => (arg.as_str(), "s"),
        };
        let factor = match unit {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            _ => -1.0,
        };
        match number.parse::<f64>() {
            Ok(number) if (0.0..=1e7).contains(&number) && factor > 0.0 => {
                seconds += number * factor
            }
            _ => return fail(shell, call, &format!("invalid time interval '{arg}'")),
        }
    }
    shell.pass(seconds.min(1e8).ceil() as u64);
    Ok(0)
}

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A time in UTC as `date +FORMAT` writes it; letters it doesn't know stay.
pub(super) fn format_date(time: Time, format: &str) -> String {
    let (year, month, day, hour, minute, second) = time.civil();
    // The first of January 1970 was a Thursday.
    let weekday = (time.0.div_euclid(86_400) + 3).rem_euclid(7);
    let name = |names: &[&'static str], at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| names.get(at).copied())
            .unwrap_or_default()
    };
    let day_name = name(&DAYS, weekday);
    let month_name = name(&MONTHS, i64::from(month) - 1);
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(&format!("{year:04}")),
            Some('m') => out.push_str(&format!("{month:02}")),
            Some('d') => out.push_str(&format!("{day:02}")),
            Some('e') => out.push_str(&format!("{day:2}")),
            Some('H') => out.push_str(&format!("{hour:02}")),
            Some('M') => out.push_str(&format!("{minute:02}")),
            Some('S') => out.push_str(&format!("{second:02}")),
            Some('F') => out.push_str(&format!("{year:04}-{month:02}-{day:02}")),
            Some('T') => out.push_str(&format!("{hour:02}:{minute:02}:{second:02}")),
            Some('s') => out.push_str(&time.0.to_string()),
            Some('a') => out.push_str(short(day_name)),
            Some('A') => out.push_str(day_name),
            Some('b') => out.push_str(short(month_name)),
            Some('B') => out.push_str(month_name),
            Some('y') => out.push_str(&format!("{:02}", year.rem_euclid(100))),
            Some('Z') => out.push_str("UTC"),
            Some('z') => out.push_str("+0000"),
            Some('n') => out.push('\n'),
            Some('%') => out.push('%'),
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}

pub(super) fn date(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let now = shell.host.cloud().now();
    let mut format = "%a %b %e %H:%M:%S UTC %Y";
    for arg in call.args {
        match arg.strip_prefix('+') {
            Some(wanted) => format = wanted,
            None if arg == "-u" || arg == "--utc" => {}
            None => {
                return fail(
                    shell,
                    call,
                    &format!("only -u and +FORMAT are part of this sandbox, not '{arg}'"),
                );
            }
        }
    }
    shell.say(call.io, &format!("{}\n", format_date(now, format)))?;
    Ok(0)
}

pub(super) fn whoami(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let user = shell.frame().user.clone();
    shell.say(call.io, &format!("{user}\n"))?;
    Ok(0)
}

pub(super) fn hostname(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let name = shell
        .machine()
        .map(|machine| machine.hostname.clone())
        .unwrap_or_default();
    shell.say(call.io, &format!("{name}\n"))?;
    Ok(0)
}

pub(super) fn history(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let lines = &shell.session.history;
    let wanted = call
        .args
        .first()
        .and_then(|arg| arg.parse().ok())
        .unwrap_or(lines.len());
    let skip = lines.len().saturating_sub(wanted);
    let shown: Vec<String> = lines
        .iter()
        .enumerate()
        .skip(skip)
        .map(|(at, line)| format!("{:5}  {line}\n", at + 1))
        .collect();
    shell.say(call.io, &shown.concat())?;
    Ok(0)
}

pub(super) fn clear(shell: &mut Shell<'_>, _: &Call<'_>) -> Result<i32, Stop> {
    shell.clear();
    Ok(0)
}

pub(super) fn undo(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let effect = if call.name == "undo" {
        Effect::Undo
    } else {
        Effect::Redo
    };
    shell.effects.push(effect);
    Ok(0)
}

pub(super) fn edit(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let Some(path) = call.args.iter().find(|arg| !arg.starts_with('-')) else {
        return fail(shell, call, "name the file to edit");
    };
    let file = shell_quoted(path);
    let words = format!(
        "there is no editor in this sandbox yet; write the file with: cat > {file} <<'END'"
    );
    fail(shell, call, &words)
}

pub(super) fn help(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    if let Some(name) = call.args.first() {
        return match find(name) {
            Some(command) => {
                shell.say(call.io, &format!("{name}: {}\n", command.help))?;
                Ok(0)
            }
            None => {
                shell.complain(
                    call.io,
                    &format!("bash: help: no help topics match `{name}'"),
                )?;
                Ok(1)
            }
        };
    }
    for command in COMMANDS {
        shell.say(call.io, &format!("{:10} {}\n", command.name, command.help))?;
    }
    Ok(0)
}

pub(super) fn which(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut status = 0;
    for name in call.args {
        match (find(name), call.name) {
            (Some(_), "which") => shell.say(call.io, &format!("/usr/bin/{name}\n"))?,
            (Some(_), _) => shell.say(call.io, &format!("{name} is /usr/bin/{name}\n"))?,
            (None, "which") => status = 1,
            (None, _) => {
                shell.complain(call.io, &format!("bash: type: {name}: not found"))?;
                status = 1;
            }
        }
    }
    Ok(status)
}
