//! Simulated time.

use std::fmt;

/// A point in simulated time: seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Time(pub i64);

impl Time {
    /// When every world begins: 2026-01-05T09:00:00Z, a Monday morning.
    pub const EPOCH: Time = Time(1_767_603_600);

    /// The time `seconds` later.
    #[must_use]
    pub fn after(self, seconds: u64) -> Time {
        Time(self.0.saturating_add_unsigned(seconds))
    }

    /// Year, month, day, hour, minute, second in UTC.
    pub fn civil(self) -> (i64, u32, u32, u32, u32, u32) {
        let days = self.0.div_euclid(86_400);
        let second = self.0.rem_euclid(86_400);
        // Howard Hinnant's `civil_from_days`, with years that begin in March.
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_of_year = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_of_year + 2) / 5 + 1;
        let month = if month_of_year < 10 {
            month_of_year + 3
        } else {
            month_of_year - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (
            year,
            month as u32,
            day as u32,
            (second / 3_600) as u32,
            (second / 60 % 60) as u32,
            (second % 60) as u32,
        )
    }
}

impl fmt::Display for Time {
    /// As the CLI prints it: `2026-01-05T09:00:00+00:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.civil();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn times_print_as_the_cli_prints_them() {
        let check = |seconds, text: &str| assert_eq!(Time(seconds).to_string(), text);
        check(0, "1970-01-01T00:00:00+00:00");
        check(951_782_399, "2000-02-28T23:59:59+00:00");
        check(951_782_400, "2000-02-29T00:00:00+00:00");
        check(Time::EPOCH.0, "2026-01-05T09:00:00+00:00");
        check(-1, "1969-12-31T23:59:59+00:00");
    }
}
