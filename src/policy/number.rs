//! Numbers of conditions, compared digit by digit, so that no rounding decides.

use std::cmp::Ordering;

/// A decimal number as its significant digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads `-12.5`; `None` for what is no number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Decimal {
            negative: text.starts_with('-') && !zero,
            whole,
            fraction,
        })
    }

    /// Which of the two is greater?
    pub(crate) fn compare(&self, other: &Decimal) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }

    fn compare_size(&self, other: &Decimal) -> Ordering {
        (self.whole.len().cmp(&other.whole.len()))
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use proptest::prelude::*;

    proptest! {
        // Failures kept in a file would stand among the crates and break the workspace.
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn compares_as_numbers_do(a in -2_000_000i64..2_000_000, b in -2_000_000i64..2_000_000) {
            let decimal = |number: i64| {
                let sign = if number < 0 { "-" } else { "" };
                let text = format!("{sign}{}.{:03}", number.abs() / 1_000, number.abs() % 1_000);
                Decimal::parse(&text).unwrap()
            };
            prop_assert_eq!(decimal(a).compare(&decimal(b)), a.cmp(&b));
        }
    }

    #[test]
    fn words_are_no_numbers() {
        for text in ["", ".", "-", "ten", "1e3", "1.2.3", "0x10"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
