//! Times as the service writes and reads them: milliseconds, and texts in the time of Beijing.

use std::time::{Duration, UNIX_EPOCH};

const BEIJING: i64 = 8 * 3_600_000;
pub(super) const DAY: i64 = 86_400_000;
/// The last second of the year 9999, after which no text has a place.
const LAST: i64 = 253_402_300_799_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2020-05-20 00:00:00` (or the day alone) in Beijing, as milliseconds.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = if text.len() == 10 { format!("{text} 00:00:00") } else { text.to_owned() };
    let time = humantime::parse_rfc3339_weak(&whole).ok()?;
    let ms = i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    Some(ms - BEIJING)
}

/// Midnight of that moment's day in Beijing.
pub(super) fn midnight(ms: i64) -> i64 {
    ms.saturating_add(BEIJING).div_euclid(DAY).saturating_mul(DAY).saturating_sub(BEIJING)
}

/// `2020-05-20 13:05:09`, in Beijing.
pub(super) fn stamp(ms: i64) -> String {
    let ms = ms.saturating_add(BEIJING).clamp(0, LAST);
    let shifted = UNIX_EPOCH + Duration::from_millis(ms.unsigned_abs());
    humantime::format_rfc3339_seconds(shifted).to_string().replace('T', " ").replace('Z', "")
}

/// `Oct 10, 2019 3:42:53 PM`, as the older data source and project actions write it.
pub(super) fn long(ms: i64) -> String {
    let stamp = stamp(ms);
    let number =
        |from: usize, to: usize| stamp.get(from..to).and_then(|part| part.parse::<usize>().ok()).unwrap_or_default();
    let (year, month, day, hour) = (number(0, 4), number(5, 7), number(8, 10), number(11, 13));
    let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or("Jan");
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{month} {day}, {year} {hour}{} {half}", stamp.get(13..19).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_in_the_time_of_beijing() {
        assert_eq!(parse("2020-05-26 00:00:00"), Some(1_590_422_400_000));
        assert_eq!(parse("2020-05-26"), Some(1_590_422_400_000));
        assert_eq!(midnight(1_590_422_400_000 + 5), 1_590_422_400_000);
        assert_eq!(midnight(1_590_422_400_000 - 1), 1_590_422_400_000 - DAY);
        assert_eq!(stamp(1_590_422_400_000), "2020-05-26 00:00:00");
        assert_eq!(long(1_590_422_400_000), "May 26, 2020 12:00:00 AM");
        assert_eq!(long(1_590_422_400_000 + DAY / 2 + 3_723_000), "May 26, 2020 1:02:03 PM");
        for extreme in [i64::MIN, i64::MAX] {
            midnight(extreme);
            assert_eq!(stamp(extreme).len(), 19);
        }
        for broken in ["", "yesterday", "2020-13-01 00:00:00", "2020-05-26T"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
