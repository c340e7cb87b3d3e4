//! Commands that read and print text.

use std::cmp::Ordering;

use hopwise_cloud::json;
use hopwise_machine::FileError;

use super::regex::{self, Regex};
use super::{Call, bad_flag, fail, flags};
use crate::language::escapes;
use crate::shell::{PIPE, Shell, Stop};

pub(super) fn echo(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (mut newline, mut escaped) = (true, false);
    let mut args = call.args;
    while let Some((first, rest)) = args.split_first() {
        let letters = match first.strip_prefix('-') {
            Some(letters) if !letters.is_empty() && letters.chars().all(|c| "neE".contains(c)) => {
                letters
            }
            _ => break,
        };
        for letter in letters.chars() {
            match letter {
                'n' => newline = false,
                'e' => escaped = true,
                _ => escaped = false,
            }
        }
        args = rest;
    }
    let mut text = args.join(" ");
    let mut ended = false;
    if escaped {
        (text, ended) = escapes(&text, false);
    }
    if newline && !ended {
        text.push('\n');
    }
    shell.say(call.io, &text)?;
    Ok(0)
}

pub(super) fn printf(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let Some((format, mut args)) = call.args.split_first() else {
        shell.complain(call.io, "printf: usage: printf [-v var] format [arguments]")?;
        return Ok(2);
    };
    let chars: Vec<char> = format.chars().collect();
    let mut status = 0;
    loop {
        shell.step()?;
        let before = args.len();
        let mut out = String::new();
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            at += 1;
            if c == '\\' {
                let rest: String = chars.iter().skip(at - 1).take(6).collect();
                // One escape at a time: what is left tells how long it was.
                let length = escape_length(&rest);
                let one: String = rest.chars().take(length).collect();
                let (text, ended) = escapes(&one, true);
                out.push_str(&text);
                if ended {
                    shell.say(call.io, &out)?;
                    return Ok(status);
                }
                at += length - 1;
                continue;
            }
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut flags = String::new();
            while let Some(&flag) = chars.get(at).filter(|c| "-+ 0#".contains(**c)) {
                flags.push(flag);
                at += 1;
            }
            let mut number = |args: &mut &[String]| {
                let mut digits = String::new();
                while let Some(&digit) = chars.get(at).filter(|c| c.is_ascii_digit()) {
                    digits.push(digit);
                    at += 1;
                }
                if digits.is_empty() && chars.get(at) == Some(&'*') {
                    at += 1;
                    digits = take(args).unwrap_or_default();
                }
                digits.parse::<usize>().ok().map(|width| width.min(1000))
            };
            let width = number(&mut args);
            let mut precision = None;
            if chars.get(at) == Some(&'.') {
                at += 1;
                let mut digits = String::new();
                while let Some(&digit) = chars.get(at).filter(|c| c.is_ascii_digit()) {
                    digits.push(digit);
                    at += 1;
                }
                precision = Some(digits.parse::<usize>().unwrap_or(0).min(1000));
            }
            let Some(&kind) = chars.get(at) else {
                shell.complain(call.io, "bash: printf: `%': missing format character")?;
                return Ok(1);
            };
            at += 1;
            let integer =
                |shell: &mut Shell<'_>, text: &str, status: &mut i32| -> Result<i64, Stop> {
                    if text.is_empty() {
                        return Ok(0);
                    }
                    if let Some(letter) = text
                        .strip_prefix(['\'', '"'])
                        .and_then(|rest| rest.chars().next())
                    {
                        return Ok(i64::from(u32::from(letter)));
                    }
                    let parsed = match text.strip_prefix("0x") {
                        Some(hex) => i64::from_str_radix(hex, 16).ok(),
                        None => text.parse().ok(),
                    };
                    if parsed.is_none() {
                        shell
                            .complain(call.io, &format!("bash: printf: {text}: invalid number"))?;
                        *status = 1;
                    }
                    Ok(parsed.unwrap_or(0))
                };
            let text = match kind {
                '%' => "%".to_owned(),
                's' | 'b' | 'q' => {
                    let text = take(&mut args).unwrap_or_default();
                    let text = match kind {
                        'b' => escapes(&text, false).0,
                        'q' => super::shell_quoted(&text),
                        _ => text,
                    };
                    match precision {
                        Some(most) => text.chars().take(most).collect(),
                        None => text,
                    }
                }
                'c' => take(&mut args)
                    .unwrap_or_default()
                    .chars()
                    .take(1)
                    .collect(),
                'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                    let text = take(&mut args).unwrap_or_default();
                    let value = integer(shell, &text, &mut status)?;
                    let digits = match kind {
                        'x' => format!("{value:x}"),
                        'X' => format!("{value:X}"),
                        'o' => format!("{value:o}"),
                        _ => value.to_string(),
                    };
                    if flags.contains('+') && value >= 0 {
                        format!("+{digits}")
                    } else {
                        digits
                    }
                }
                'f' | 'g' | 'e' => {
                    let text = take(&mut args).unwrap_or_default();
                    let value: f64 = if text.is_empty() {
                        0.0
                    } else {
                        text.parse().unwrap_or(0.0)
                    };
                    format!("{value:.*}", precision.unwrap_or(6))
                }
                other => {
                    shell.complain(
                        call.io,
                        &format!("bash: printf: `{other}': invalid format character"),
                    )?;
                    return Ok(1);
                }
            };
            let missing = width.unwrap_or(0).saturating_sub(text.chars().count());
            if flags.contains('-') {
                out.push_str(&text);
                out.push_str(&" ".repeat(missing));
            } else if flags.contains('0') && !matches!(kind, 's' | 'b' | 'c' | 'q') {
                let (sign, digits) = match text.strip_prefix('-') {
                    Some(digits) => ("-", digits),
                    None => ("", text.as_str()),
                };
                out.push_str(sign);
                out.push_str(&"0".repeat(missing));
                out.push_str(digits);
            } else {
                out.push_str(&" ".repeat(missing));
                out.push_str(&text);
            }
        }
        shell.say(call.io, &out)?;
        if args.is_empty() || args.len() == before {
            return Ok(status);
        }
    }
}

fn take(args: &mut &[String]) -> Option<String> {
    let (first, rest) = args.split_first()?;
    *args = rest;
    Some(first.clone())
}

/// How long the escape at the beginning of a text is.
fn escape_length(text: &str) -> usize {
    let whole = text.chars().count();
    (2..=whole)
        .rev()
        .find(|&length| {
            let one: String = text.chars().take(length).collect();
            let (read, ended) = escapes(&one, true);
            ended || read.chars().count() == 1
        })
        .unwrap_or(2.min(whole))
}

/// The operands' contents one after the other, or what is read; complaints name the operand.
fn input(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    operands: &[&str],
) -> Result<(Vec<u8>, i32), Stop> {
    if operands.is_empty() {
        return Ok((shell.read_all(call.io)?, 0));
    }
    let mut all = Vec::new();
    let mut status = 0;
    for operand in operands {
        match one(shell, call, operand)? {
            Some(bytes) => all.extend(bytes),
            None => status = if call.name == "sort" { 2 } else { 1 },
        }
    }
    Ok((all, status))
}

/// One operand's content; none after a complaint.
fn one(shell: &mut Shell<'_>, call: &Call<'_>, operand: &str) -> Result<Option<Vec<u8>>, Stop> {
    if operand == "-" {
        return shell.read_all(call.io).map(Some);
    }
    match shell.read_file(operand) {
        Ok(bytes) => {
            shell.spend(bytes.len())?;
            Ok(Some(bytes.to_vec()))
        }
        Err(error) => {
            let words = match (call.name, error) {
                ("head" | "tail", FileError::IsFolder) => {
                    format!("error reading '{operand}': {error}")
                }
                ("head" | "tail", _) => format!("cannot open '{operand}' for reading: {error}"),
                ("sort", _) => format!("cannot read: {operand}: {error}"),
                _ => format!("{operand}: {error}"),
            };
            fail(shell, call, &words)?;
            Ok(None)
        }
    }
}

/// The lines of a text; a newline at the end begins no further one.
fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn say_lines<T: AsRef<str>>(
    shell: &mut Shell<'_>,
    call: &Call<'_>,
    lines: &[T],
) -> Result<(), Stop> {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.as_ref());
        text.push('\n');
    }
    shell.say(call.io, &text)
}

pub(super) fn cat(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "nA") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let (bytes, status) = input(shell, call, &operands)?;
    if letters.contains('n') {
        let numbered: Vec<String> = lines(&bytes)
            .iter()
            .enumerate()
            .map(|(at, line)| format!("{:6}\t{line}", at + 1))
            .collect();
        say_lines(shell, call, &numbered)?;
    } else {
        shell.say_bytes(call.io, &bytes)?;
    }
    Ok(status)
}

/// `-n 5`, `-n5`, `-5`, `-c 5` before the operands: the letter, the number's text and the rest.
fn count<'c>(call: &Call<'c>) -> (char, String, Vec<&'c str>) {
    let (mut letter, mut number) = ('n', "10".to_owned());
    let mut operands = Vec::new();
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => {
                let kind = rest.chars().next().unwrap_or('n');
                if kind == 'n' || kind == 'c' {
                    letter = kind;
                    let attached: String = rest.chars().skip(1).collect();
                    number = if attached.is_empty() {
                        args.next().cloned().unwrap_or_default()
                    } else {
                        attached
                    };
                } else {
                    number = rest.to_owned();
                }
            }
            _ => operands.push(arg.as_str()),
        }
    }
    (letter, number, operands)
}

pub(super) fn head(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    part(shell, call, true)
}

pub(super) fn tail(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    part(shell, call, false)
}

fn part(shell: &mut Shell<'_>, call: &Call<'_>, first: bool) -> Result<i32, Stop> {
    let (letter, number, operands) = count(call);
    let (sign, digits) = match number.strip_prefix(['-', '+']) {
        Some(digits) => (number.chars().next(), digits),
        None => (None, number.as_str()),
    };
    let Ok(amount) = digits.parse::<usize>() else {
        let what = if letter == 'c' { "bytes" } else { "lines" };
        return fail(
            shell,
            call,
            &format!("invalid number of {what}: '{number}'"),
        );
    };
    let mut status = 0;
    let several = operands.len() > 1;
    let contents: Vec<(Option<&str>, Vec<u8>)> = if operands.is_empty() {
        vec![(None, shell.read_all(call.io)?)]
    } else {
        let mut contents = Vec::new();
        for operand in operands {
            match one(shell, call, operand)? {
                Some(bytes) => contents.push((Some(operand), bytes)),
                None => status = 1,
            }
        }
        contents
    };
    for (at, (name, bytes)) in contents.into_iter().enumerate() {
        if let Some(name) = name.filter(|_| several) {
            let gap = if at > 0 { "\n" } else { "" };
            shell.say(call.io, &format!("{gap}==> {name} <==\n"))?;
        }
        let units: Vec<&[u8]> = if letter == 'c' {
            bytes.chunks(1).collect()
        } else {
            bytes.split_inclusive(|&byte| byte == b'\n').collect()
        };
        let total = units.len();
        let (from, to) = match (first, sign) {
            (true, Some('-')) => (0, total.saturating_sub(amount)),
            (true, _) => (0, amount.min(total)),
            (false, Some('+')) => (amount.saturating_sub(1).min(total), total),
            (false, _) => (total.saturating_sub(amount), total),
        };
        let chosen = units.get(from..to).unwrap_or_default().concat();
        shell.say_bytes(call.io, &chosen)?;
    }
    Ok(status)
}

pub(super) fn wc(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "lwcm") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let mut rows = Vec::new();
    let mut status = 0;
    if operands.is_empty() {
        rows.push((shell.read_all(call.io)?, String::new()));
    }
    for operand in &operands {
        match one(shell, call, operand)? {
            Some(bytes) => rows.push((bytes, (*operand).to_owned())),
            None => status = 1,
        }
    }
    let mut counted: Vec<(Vec<usize>, String)> = rows
        .into_iter()
        .map(|(bytes, name)| {
            let text = String::from_utf8_lossy(&bytes);
            let all = [
                ('l', bytes.iter().filter(|&&byte| byte == b'\n').count()),
                ('w', text.split_whitespace().count()),
                ('m', text.chars().count()),
                ('c', bytes.len()),
            ];
            let wanted = |letter: char| {
                if letters.is_empty() {
                    letter != 'm'
                } else {
                    letters.contains(letter)
                }
            };
            let counts = all
                .into_iter()
                .filter(|(letter, _)| wanted(*letter))
                .map(|(_, count)| count);
            (counts.collect(), name)
        })
        .collect();
    if counted.len() > 1 {
        let mut total: Vec<usize> = Vec::new();
        for (counts, _) in &counted {
            total.resize(counts.len(), 0);
            for (sum, count) in total.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        counted.push((total, "total".to_owned()));
    }
    // One number alone is not padded; without a file, several are padded to seven.
    let columns = counted.first().map_or(0, |(counts, _)| counts.len());
    let widest = counted
        .iter()
        .flat_map(|(counts, _)| counts)
        .max()
        .copied()
        .unwrap_or(0);
    let width = if columns == 1 && counted.len() == 1 {
        0
    } else if operands.is_empty() {
        7
    } else {
        widest.to_string().len()
    };
    for (counts, name) in counted {
        let mut cells: Vec<String> = counts
            .iter()
            .map(|count| format!("{count:>width$}"))
            .collect();
        if !name.is_empty() {
            cells.push(name);
        }
        shell.say(call.io, &format!("{}\n", cells.join(" ")))?;
    }
    Ok(status)
}

pub(super) fn grep(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut letters = String::new();
    let mut patterns: Vec<String> = Vec::new();
    let mut operands: Vec<&str> = Vec::new();
    let mut args = call.args.iter();
    let mut ended = false;
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some("-") if !ended => ended = true,
            Some("-ignore-case") if !ended => letters.push('i'),
            Some("-count") if !ended => letters.push('c'),
            Some("-quiet") if !ended => letters.push('q'),
            Some(cluster) if !ended && !cluster.is_empty() => {
                for (at, letter) in cluster.char_indices() {
                    if letter == 'e' {
                        let attached = cluster.get(at + 1..).unwrap_or_default();
                        if attached.is_empty() {
                            patterns.extend(args.next().cloned());
                        } else {
                            patterns.push(attached.to_owned());
                        }
                        break;
                    }
                    if !"ivcoqEFGPnwxlHhsa".contains(letter) {
                        return bad_flag(shell, call, letter);
                    }
                    letters.push(letter);
                }
            }
            _ => operands.push(arg),
        }
    }
    if patterns.is_empty() {
        if operands.is_empty() {
            shell.complain(call.io, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.")?;
            return Ok(2);
        }
        patterns.push(operands.remove(0).to_owned());
    }
    let has = |letter: char| letters.contains(letter);
    let mut regexes = Vec::new();
    for pattern in patterns.iter().flat_map(|pattern| pattern.split('\n')) {
        if has('F') {
            regexes.push(Regex::fixed(pattern, has('i')));
            continue;
        }
        match Regex::new(pattern, has('E') || has('P'), has('i')) {
            Ok(regex) => regexes.push(regex),
            Err(words) => {
                shell.complain(call.io, &format!("grep: {words}"))?;
                return Ok(2);
            }
        }
    }
    let several = (operands.len() > 1 || has('H')) && !has('h');
    let mut status = 1;
    let mut broken = false;
    let sources: Vec<Option<&str>> = if operands.is_empty() {
        vec![None]
    } else {
        operands.iter().map(|operand| Some(*operand)).collect()
    };
    for source in sources {
        let bytes = match source {
            None => shell.read_all(call.io)?,
            Some(path) => match one(shell, call, path)? {
                Some(bytes) => bytes,
                None => {
                    broken = true;
                    continue;
                }
            },
        };
        let prefix = match source {
            Some(path) if several => format!("{path}:"),
            _ => String::new(),
        };
        let mut hits = 0;
        for (at, line) in lines(&bytes).iter().enumerate() {
            shell.step()?;
            let chars: Vec<char> = line.chars().take(PIPE).collect();
            shell.spend(chars.len() / 16)?;
            let found = matches(&regexes, &chars, has('w'), has('x'));
            if found.is_empty() != has('v') {
                continue;
            }
            hits += 1;
            if has('q') || has('c') || has('l') {
                continue;
            }
            let number = if has('n') {
                format!("{}:", at + 1)
            } else {
                String::new()
            };
            if has('o') {
                for (start, end) in found.into_iter().filter(|(start, end)| start < end) {
                    let text: String = chars.get(start..end).unwrap_or_default().iter().collect();
                    shell.say(call.io, &format!("{prefix}{number}{text}\n"))?;
                }
            } else {
                shell.say(call.io, &format!("{prefix}{number}{line}\n"))?;
            }
        }
        if hits > 0 {
            status = 0;
        }
        if has('l') && hits > 0 {
            shell.say(
                call.io,
                &format!("{}\n", source.unwrap_or("(standard input)")),
            )?;
        } else if has('c') && !has('q') {
            shell.say(call.io, &format!("{prefix}{hits}\n"))?;
        }
    }
    Ok(if broken { 2 } else { status })
}

fn matches(regexes: &[Regex], chars: &[char], words: bool, whole: bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while from <= chars.len() {
        let best = regexes
            .iter()
            .filter_map(|regex| regex.find(chars, from))
            .min_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((start, end)) = best else {
            break;
        };
        let letter = |at: Option<usize>| {
            at.and_then(|at| chars.get(at))
                .is_some_and(|c| c.is_alphanumeric() || *c == '_')
        };
        let fits = (!words || (!letter(start.checked_sub(1)) && !letter(Some(end))))
            && (!whole || (start == 0 && end == chars.len()));
        if fits {
            found.push((start, end));
        }
        from = if end > start { end } else { start + 1 };
    }
    found
}

pub(super) fn sort(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut letters = String::new();
    let mut operands = Vec::new();
    let (mut key, mut separator) = (None, None);
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-') {
            Some(rest) if rest.starts_with('k') || rest.starts_with('t') => {
                let attached: String = rest.chars().skip(1).collect();
                let value = if attached.is_empty() {
                    args.next().cloned().unwrap_or_default()
                } else {
                    attached
                };
                if rest.starts_with('t') {
                    separator = value.chars().next();
                } else {
                    let field = value.split([',', '.']).next().unwrap_or_default();
                    letters.extend(value.chars().filter(|c| "nr".contains(*c)));
                    let digits: String = field.chars().take_while(char::is_ascii_digit).collect();
                    key = digits.parse::<usize>().ok().filter(|key| *key > 0);
                }
            }
            Some(rest) if !rest.is_empty() => {
                if let Some(wrong) = rest.chars().find(|c| !"nruVfb".contains(*c)) {
                    return bad_flag(shell, call, wrong);
                }
                letters.push_str(rest);
            }
            _ => operands.push(arg.as_str()),
        }
    }
    let (bytes, status) = input(shell, call, &operands)?;
    let mut lines = lines(&bytes);
    shell.spend(bytes.len())?;
    let field = |line: &str| -> String {
        match (key, separator) {
            (None, _) => line.to_owned(),
            (Some(key), Some(separator)) => line
                .split(separator)
                .nth(key - 1)
                .unwrap_or_default()
                .to_owned(),
            (Some(key), None) => line
                .split_whitespace()
                .nth(key - 1)
                .unwrap_or_default()
                .to_owned(),
        }
    };
    let number = |text: &str| {
        let text = text.trim();
        let end = text
            .char_indices()
            .find(|(at, c)| !(c.is_ascii_digit() || *c == '.' || (*at == 0 && *c == '-')))
            .map_or(text.len(), |(at, _)| at);
        text.get(..end)
            .and_then(|digits| digits.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    let compare = |a: &String, b: &String| {
        let (x, y) = (field(a), field(b));
        if letters.contains('n') {
            number(&x)
                .partial_cmp(&number(&y))
                .unwrap_or(Ordering::Equal)
        } else if letters.contains('f') {
            x.to_lowercase().cmp(&y.to_lowercase())
        } else {
            x.cmp(&y)
        }
    };
    lines.sort_by(|a, b| {
        let order = compare(a, b).then_with(|| {
            if letters.contains('u') {
                Ordering::Equal
            } else {
                a.cmp(b)
            }
        });
        if letters.contains('r') {
            order.reverse()
        } else {
            order
        }
    });
    if letters.contains('u') {
        lines.dedup_by(|a, b| compare(a, b) == Ordering::Equal);
    }
    say_lines(shell, call, &lines)?;
    Ok(status)
}

pub(super) fn uniq(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "cdu") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let (bytes, status) = input(shell, call, &operands)?;
    let mut groups: Vec<(usize, String)> = Vec::new();
    for line in lines(&bytes) {
        match groups.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => groups.push((1, line)),
        }
    }
    let shown: Vec<String> = groups
        .into_iter()
        .filter(|(count, _)| {
            !(letters.contains('d') && *count == 1 || letters.contains('u') && *count > 1)
        })
        .map(|(count, line)| {
            if letters.contains('c') {
                format!("{count:7} {line}")
            } else {
                line
            }
        })
        .collect();
    say_lines(shell, call, &shown)?;
    Ok(status)
}

/// Places of `cut -f1,3-`: pairs from 1, the second inclusive.
fn places(list: &str) -> Option<Vec<(usize, usize)>> {
    list.split(',')
        .map(|part| {
            let range = match part.split_once('-') {
                Some(("", "")) => return None,
                Some(("", to)) => (1, to.parse().ok()?),
                Some((from, "")) => (from.parse().ok()?, usize::MAX),
                Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
                None => {
                    let only = part.parse().ok()?;
                    (only, only)
                }
            };
            (range.0 > 0 && range.0 <= range.1).then_some(range)
        })
        .collect()
}

pub(super) fn cut(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (mut list, mut kind, mut delimiter, mut only) = (String::new(), ' ', '\t', false);
    let mut operands = Vec::new();
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        let Some(rest) = arg.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            operands.push(arg.as_str());
            continue;
        };
        let letter = rest.chars().next().unwrap_or(' ');
        if letter == 's' {
            only = true;
            continue;
        }
        let attached: String = rest.chars().skip(1).collect();
        let value = if attached.is_empty() {
            args.next().cloned().unwrap_or_default()
        } else {
            attached
        };
        match letter {
            'f' | 'c' | 'b' => (kind, list) = (letter, value),
            'd' => {
                let mut chars = value.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => delimiter = c,
                    _ => return fail(shell, call, "the delimiter must be a single character"),
                }
            }
            other => return bad_flag(shell, call, other),
        }
    }
    if kind == ' ' {
        return fail(
            shell,
            call,
            "you must specify a list of bytes, characters, or fields",
        );
    }
    let Some(places) = places(&list) else {
        let what = if kind == 'f' {
            "field"
        } else {
            "byte/character"
        };
        return fail(shell, call, &format!("invalid {what} value '{list}'"));
    };
    let wanted = |at: usize| places.iter().any(|(from, to)| (*from..=*to).contains(&at));
    let (bytes, status) = input(shell, call, &operands)?;
    let mut shown = Vec::new();
    for line in lines(&bytes) {
        if kind != 'f' {
            shown.push(
                line.chars()
                    .enumerate()
                    .filter(|(at, _)| wanted(at + 1))
                    .map(|(_, c)| c)
                    .collect(),
            );
        } else if !line.contains(delimiter) {
            if !only {
                shown.push(line);
            }
        } else {
            let fields: Vec<&str> = line
                .split(delimiter)
                .enumerate()
                .filter(|(at, _)| wanted(at + 1))
                .map(|(_, field)| field)
                .collect();
            shown.push(fields.join(&delimiter.to_string()));
        }
    }
    say_lines(shell, call, &shown)?;
    Ok(status)
}

/// A set of `tr`, written out.
fn set(text: &str) -> Vec<char> {
    let (text, _) = escapes(text, false);
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest: String = chars.iter().skip(at).collect();
        if let Some((name, _)) = rest
            .strip_prefix("[:")
            .and_then(|rest| rest.split_once(":]"))
            && let Some(ranges) = regex::class(name)
        {
            for (low, high) in ranges {
                out.extend(low..=high);
            }
            at += name.chars().count() + 4;
            continue;
        }
        match (chars.get(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(&end)) if c <= end && u32::from(end) - u32::from(c) < 4096 => {
                out.extend(c..=end);
                at += 3;
            }
            _ => {
                out.push(c);
                at += 1;
            }
        }
    }
    out
}

pub(super) fn tr(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "dscC") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let (delete, squeeze) = (letters.contains('d'), letters.contains('s'));
    let Some(first) = operands.first() else {
        return fail(shell, call, "missing operand");
    };
    if operands.len() < 2 && !delete && !squeeze {
        return fail(shell, call, &format!("missing operand after '{first}'"));
    }
    let from = set(first);
    let to = operands.get(1).map(|text| set(text)).unwrap_or_default();
    let complement = letters.contains(['c', 'C']);
    let place = |c: char| {
        let at = from.iter().position(|&known| known == c);
        match (complement, at) {
            (false, at) => at,
            (true, None) => Some(usize::MAX),
            (true, Some(_)) => None,
        }
    };
    let text = String::from_utf8_lossy(&shell.read_all(call.io)?).into_owned();
    shell.spend(text.len())?;
    let mut out = String::new();
    let mut last = None;
    for c in text.chars() {
        let c = match place(c) {
            Some(_) if delete => continue,
            Some(at) if !to.is_empty() => to.get(at).or(to.last()).copied().unwrap_or(c),
            _ => c,
        };
        let squeezed = if to.is_empty() {
            place(c).is_some()
        } else {
            to.contains(&c)
        };
        if squeeze && squeezed && last == Some(c) {
            continue;
        }
        last = Some(c);
        out.push(c);
    }
    shell.say(call.io, &out)?;
    Ok(0)
}

pub(super) fn tee(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (letters, operands) = match flags(call, "a") {
        Ok(parsed) => parsed,
        Err(letter) => return bad_flag(shell, call, letter),
    };
    let bytes = shell.read_all(call.io)?;
    let mut status = 0;
    for operand in operands {
        let mut whole = Vec::new();
        if letters.contains('a')
            && let Ok(before) = shell.read_file(operand)
        {
            whole.extend_from_slice(&before);
        }
        whole.extend_from_slice(&bytes);
        if let Err(error) = shell.write_file(operand, whole) {
            status = fail(shell, call, &format!("{operand}: {error}"))?;
        }
    }
    shell.say_bytes(call.io, &bytes)?;
    Ok(status)
}

pub(super) fn xargs(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (mut most, mut mark, mut skip_empty) = (usize::MAX, None, false);
    let mut args = call.args;
    while let Some((first, rest)) = args.split_first() {
        let Some(letters) = first
            .strip_prefix('-')
            .filter(|letters| !letters.is_empty())
        else {
            break;
        };
        args = rest;
        let mut value = |attached: &str| {
            if attached.is_empty() {
                take(&mut args).unwrap_or_default()
            } else {
                attached.to_owned()
            }
        };
        if let Some(attached) = letters.strip_prefix('n') {
            let number = value(attached);
            match number.parse() {
                Ok(number) if number > 0 => most = number,
                _ => {
                    return fail(
                        shell,
                        call,
                        &format!("invalid number \"{number}\" for -n option"),
                    );
                }
            }
        } else if let Some(attached) = letters.strip_prefix('I') {
            mark = Some(value(attached));
        } else if letters == "r" {
            skip_empty = true;
        } else if letters != "t" {
            return bad_flag(shell, call, letters.chars().next().unwrap_or('-'));
        }
    }
    let mut command = args.to_vec();
    if command.is_empty() {
        command.push("echo".to_owned());
    }
    let text = String::from_utf8_lossy(&shell.read_all(call.io)?).into_owned();
    let mut io = call.io;
    io.input = crate::shell::Source::Empty;
    let mut runs: Vec<Vec<String>> = Vec::new();
    if let Some(mark) = mark {
        for line in lines(text.as_bytes()) {
            let line = line.trim();
            if !line.is_empty() && !mark.is_empty() {
                runs.push(
                    command
                        .iter()
                        .map(|word| word.replace(&mark, line))
                        .collect(),
                );
            }
        }
    } else {
        let words = words(&text);
        for chunk in words.chunks(most.min(words.len().max(1))) {
            runs.push(command.iter().chain(chunk).cloned().collect());
        }
        if runs.is_empty() && !skip_empty {
            runs.push(command);
        }
    }
    let mut status = 0;
    for run in runs {
        match shell.execute(&run, io)? {
            0 => {}
            127 => return Ok(127),
            255 => {
                shell.complain(
                    io,
                    &format!(
                        "xargs: {}: exited with status 255; aborting",
                        run.first().map_or("", String::as_str)
                    ),
                )?;
                return Ok(124);
            }
            _ => status = 123,
        }
    }
    Ok(status)
}

/// Words as `xargs` reads them: blanks part them, quotes and backslashes keep them together.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

pub(super) fn base64(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let (mut decode, mut width) = (false, 76);
    let mut operands = Vec::new();
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-d" | "-D" | "--decode" => decode = true,
            "-w" => width = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(76),
            other => match other.strip_prefix("-w").or(other.strip_prefix("--wrap=")) {
                Some(number) => width = number.parse().unwrap_or(76),
                None => operands.push(other),
            },
        }
    }
    let (bytes, status) = input(shell, call, &operands)?;
    if status != 0 {
        return Ok(status);
    }
    shell.spend(bytes.len())?;
    if decode {
        return match json::from_base64(&String::from_utf8_lossy(&bytes)) {
            Some(plain) => {
                shell.say_bytes(call.io, &plain)?;
                Ok(0)
            }
            None => fail(shell, call, "invalid input"),
        };
    }
    let coded = json::base64(&bytes);
    if width == 0 {
        shell.say(call.io, &coded)?;
        return Ok(0);
    }
    let chunks: Vec<String> = coded
        .as_bytes()
        .chunks(width)
        .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
        .collect();
    say_lines(shell, call, &chunks)?;
    Ok(0)
}

pub(super) fn seq(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let mut numbers = Vec::new();
    for arg in call.args {
        match arg.parse::<i64>() {
            Ok(number) => numbers.push(number),
            Err(_) => {
                return fail(
                    shell,
                    call,
                    &format!("invalid floating point argument: '{arg}'"),
                );
            }
        }
    }
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] => (*first, *step, *last),
        [] => return fail(shell, call, "missing operand"),
        _ => return fail(shell, call, "extra operand"),
    };
    if step == 0 {
        return fail(shell, call, "invalid Zero increment value: '0'");
    }
    let mut at = first;
    while (step > 0 && at <= last) || (step < 0 && at >= last) {
        shell.step()?;
        shell.say(call.io, &format!("{at}\n"))?;
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(0)
}

pub(super) fn yes(shell: &mut Shell<'_>, call: &Call<'_>) -> Result<i32, Stop> {
    let line = if call.args.is_empty() {
        "y\n".to_owned()
    } else {
        format!("{}\n", call.args.join(" "))
    };
    if call.io.piped {
        // Whoever reads the pipe closes it sooner or later.
        shell.say(call.io, &line.repeat(PIPE / line.len() + 1))?;
        return Ok(141);
    }
    let many = line.repeat(PIPE / line.len() + 1);
    loop {
        shell.say(call.io, &many)?;
        shell.step()?;
    }
}
