//! Dates of conditions: W3C's profile of ISO 8601, or seconds since 1970.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>

/// A point in time: seconds since 1970 and nanoseconds.
pub(crate) type Instant = (i64, u32);

/// The years that AWS accepts.
const YEARS: std::ops::RangeInclusive<i64> = -292_275_054..=292_278_993;

/// Reads a date; `None` if AWS would refuse it. What is left out counts as its lowest value.
/// Four digits are a year; any other number is seconds.
pub(crate) fn parse(text: &str) -> Option<Instant> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if number && text.len() != 4 {
        return text.parse().ok().map(|seconds| (seconds, 0));
    }
    let upper = text.to_ascii_uppercase();
    let (date, time) = upper.split_once('T').unwrap_or((&upper, ""));
    let (negative, date) = match date.strip_prefix('-') {
        Some(date) => (true, date),
        None => (false, date),
    };
    let mut parts = date.split('-');
    let year = whole(parts.next()?, 9)?;
    let year = if negative { -year } else { year };
    let month = part(parts.next(), 1, 12)?;
    let day = part(parts.next(), 1, 31)?;
    if parts.next().is_some() || !YEARS.contains(&year) {
        return None;
    }
    let (seconds, nanoseconds) = time_of_day(time)?;
    Some((days(year, month, day) * 86_400 + seconds, nanoseconds))
}

fn whole(text: &str, longest: usize) -> Option<i64> {
    let fits = (1..=longest).contains(&text.len());
    (fits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn part(text: Option<&str>, lowest: i64, highest: i64) -> Option<i64> {
    let Some(text) = text else {
        return Some(lowest);
    };
    whole(text, 2).filter(|number| (lowest..=highest).contains(number))
}

fn time_of_day(text: &str) -> Option<(i64, u32)> {
    if text.is_empty() {
        return Some((0, 0));
    }
    let (clock, offset) = match text.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => match text.rfind(['+', '-']) {
            Some(at) => {
                let (clock, zone) = text.split_at_checked(at)?;
                (clock, zone_offset(zone)?)
            }
            None => (text, 0),
        },
    };
    let mut parts = clock.split(':');
    let hours = part(Some(parts.next()?), 0, 24)?;
    let minutes = part(parts.next(), 0, 59)?;
    let (seconds, fraction) = match parts.next() {
        None => (0, "0"),
        Some(seconds) => {
            let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            (part(Some(seconds), 0, 59)?, fraction)
        }
    };
    whole(fraction, 9)?;
    if parts.next().is_some() {
        return None;
    }
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    Some((hours * 3_600 + minutes * 60 + seconds - offset, nanoseconds))
}

fn zone_offset(zone: &str) -> Option<i64> {
    let negative = zone.starts_with('-');
    let zone = zone.strip_prefix(['+', '-'])?;
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let seconds = part(Some(hours), 0, 23)? * 3_600 + part(Some(minutes), 0, 59)? * 60;
    Some(if negative { -seconds } else { seconds })
}

/// Days from 1970-01-01, in the calendar that runs back for ever (Howard Hinnant's
/// `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_and_seconds_are_the_same_time() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2020-09-13T12:26:40Z", 1_600_000_000),
            ("1600000000", 1_600_000_000),
            ("2020-09-13t14:26:40+02:00", 1_600_000_000),
            ("2020-09-13T12:26:40.000Z", 1_600_000_000),
            ("2000", 946_684_800),
            ("2000-02-29", 951_782_400),
            ("-1", -1),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(parse(text), Some((seconds, 0)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "soon",
            "2020-13-01",
            "2020-01-01T1:00+1",
            "9223372036854775808",
            "-",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
