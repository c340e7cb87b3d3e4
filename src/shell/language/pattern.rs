//! Patterns with `*`, `?` and `[…]`, for files, `case` and `${NAME%…}`.

/// A character of a pattern: quoted ones stand for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    pub(crate) c: char,
    pub(crate) quoted: bool,
}

/// Does the pattern hold anything but plain characters?
pub(crate) fn is_pattern(signs: &[Sign]) -> bool {
    signs
        .iter()
        .any(|sign| !sign.quoted && matches!(sign.c, '*' | '?' | '['))
}

/// Does the pattern match the whole text? Linear in pattern × text.
pub(crate) fn matches(pattern: &[Sign], text: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            Some(Sign {
                c: '*',
                quoted: false,
            }) => {
                star = Some((at + 1, place));
                at += 1;
                continue;
            }
            Some(_) => text
                .get(place)
                .and_then(|&c| one(pattern.get(at..).unwrap_or_default(), c)),
            None if place >= text.len() => return true,
            None => None,
        };
        match (step, star) {
            (Some(length), _) => {
                at += length;
                place += 1;
            }
            (None, Some((after, from))) if from < text.len() => {
                star = Some((after, from + 1));
                at = after;
                place = from + 1;
            }
            _ => return false,
        }
    }
}

/// Matches one character against the head of a pattern: how long that head is.
fn one(pattern: &[Sign], c: char) -> Option<usize> {
    let head = pattern.first()?;
    if head.quoted {
        return (head.c == c).then_some(1);
    }
    match head.c {
        '?' => Some(1),
        '[' => match set(pattern, c) {
            Some((length, hit)) => hit.then_some(length),
            None => (c == '[').then_some(1),
        },
        plain => (plain == c).then_some(1),
    }
}

/// `[…]`: its length and whether it holds `c`; none where it isn't closed.
fn set(pattern: &[Sign], c: char) -> Option<(usize, bool)> {
    let mut at = 1;
    let negated =
        matches!(pattern.get(1), Some(sign) if !sign.quoted && matches!(sign.c, '!' | '^'));
    at += usize::from(negated);
    let first = at;
    let mut hit = false;
    loop {
        let sign = pattern.get(at)?;
        if sign.c == ']' && !sign.quoted && at > first {
            return Some((at + 1, hit != negated));
        }
        let range = pattern
            .get(at + 1)
            .filter(|dash| dash.c == '-' && !dash.quoted)
            .and(pattern.get(at + 2))
            .filter(|end| end.c != ']' || end.quoted);
        match range {
            Some(end) => {
                hit |= (sign.c..=end.c).contains(&c);
                at += 3;
            }
            None => {
                hit |= sign.c == c;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        let signs: Vec<Sign> = pattern.chars().map(|c| Sign { c, quoted: false }).collect();
        let text: Vec<char> = text.chars().collect();
        assert_eq!(matches(&signs, &text), expected, "{pattern} {text:?}");
    }

    #[test]
    fn stars_marks_and_sets() {
        check("*.json", "a.json", true);
        check("*.json", "a.jsonx", false);
        check("a*b*c", "aXbYbc", true);
        check("?[a-c]", "xb", true);
        check("?[!a-c]", "xb", false);
        check("[", "[", true);
        check("", "", true);
        check("*", "", true);
        check("a*a*a*a*a*a*a*b", &"a".repeat(2000), false);
    }
}
