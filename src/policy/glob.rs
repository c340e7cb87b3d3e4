//! Wildcards: `*` is any characters (none too), `?` is exactly one.

/// A piece of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Token {
    /// This character.
    Literal(char),
    /// Any one character.
    One,
    /// Any characters.
    Many,
}

/// Are two characters the same to a pattern?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Case {
    Sensitive,
    Insensitive,
}

impl Case {
    fn same(self, a: char, b: char) -> bool {
        match self {
            Case::Sensitive => a == b,
            Case::Insensitive => a.eq_ignore_ascii_case(&b),
        }
    }
}

/// Does `text` match the pattern as a whole?
///
/// Only the last `*` passed can ever need another try, so the time is bounded by the product of
/// the two lengths whatever the pattern: `*a*a*a*` is no trap.
pub(crate) fn matches(pattern: &[Token], text: &str, case: Case) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut at_pattern = 0;
    let mut at_text = 0;
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&character) = text.get(at_text) {
        match pattern.get(at_pattern) {
            Some(Token::Many) => {
                retry = Some((at_pattern + 1, at_text));
                at_pattern += 1;
                continue;
            }
            Some(Token::One) => {
                at_pattern += 1;
                at_text += 1;
                continue;
            }
            Some(Token::Literal(wanted)) if case.same(*wanted, character) => {
                at_pattern += 1;
                at_text += 1;
                continue;
            }
            _ => {}
        }
        let Some((after_star, swallowed)) = retry else {
            return false;
        };
        retry = Some((after_star, swallowed + 1));
        at_pattern = after_star;
        at_text = swallowed + 1;
    }
    pattern
        .iter()
        .skip(at_pattern)
        .all(|token| *token == Token::Many)
}

/// The pattern that a person writes, every `*` and `?` a wildcard.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    text.chars()
        .map(|character| match character {
            '*' => Token::Many,
            '?' => Token::One,
            other => Token::Literal(other),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, and nothing else: exponential, for short texts only.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => naive(rest, text),
            (Some(('*', rest)), Some((_, tail))) => naive(rest, text) || naive(pattern, tail),
            (Some(('?', rest)), Some((_, tail))) => naive(rest, tail),
            (Some((wanted, rest)), Some((character, tail))) => {
                wanted == character && naive(rest, tail)
            }
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    proptest! {
        // Failures kept in a file would stand among the crates and break the workspace.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(
                matches(&tokens(&pattern), &text, Case::Sensitive),
                naive(&chars(&pattern), &chars(&text))
            );
        }
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let pattern = tokens(&"*a".repeat(2_000));
        assert!(!matches(&pattern, &"a".repeat(1_999), Case::Sensitive));
        assert!(matches(&pattern, &"a".repeat(2_000), Case::Sensitive));
    }

    #[test]
    fn case_is_told() {
        assert!(matches(
            &tokens("S3:get*"),
            "s3:GetObject",
            Case::Insensitive
        ));
        assert!(!matches(
            &tokens("S3:get*"),
            "s3:GetObject",
            Case::Sensitive
        ));
    }
}
