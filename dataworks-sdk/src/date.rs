//! Business dates, as people write them and as the service wants them.

/// The day of a business date: `2026-01-07`, `20260107` and `2026-01-07 12:30:00` all name the same one.
pub(crate) fn day_of(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((day, time)) = text.split_at_checked("2026-01-07".len()).filter(|(day, _)| is_day(day)) {
        // A time of the day changes no day; one of a zone might.
        let is_time = time.starts_with([' ', 'T'])
            && !time.ends_with('Z')
            && humantime::parse_rfc3339_weak(&format!("{day}T{}", &time[1..])).is_ok();
        return (time.is_empty() || is_time).then(|| day.to_owned());
    }
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Some(format!("{year}-{month}-{day}")).filter(|day| is_day(day))
}

/// What a request takes for a business date: its day, or the text as it is, for the checks to find.
#[must_use]
pub fn day(text: impl Into<String>) -> String {
    let text = text.into();
    day_of(&text).unwrap_or(text)
}

/// Whether a text is a day, or a day with a time behind it.
pub(crate) fn is_dated(text: &str) -> bool {
    let Some((day, time)) = text.split_at_checked("2026-01-07".len()) else { return false };
    let timed = |time: &str| {
        let byte = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'+' | b'-' | b'Z');
        time.starts_with(|first: char| first.is_ascii_digit()) && time.bytes().all(byte)
    };
    is_day(day) && (time.is_empty() || time.strip_prefix([' ', 'T']).is_some_and(timed))
}

/// Whether a text is a day of the calendar as `2026-01-07`.
fn is_day(text: &str) -> bool {
    // A year 0 is none, and the service takes it for a mistake only later.
    text.len() == "2026-01-07".len()
        && !text.starts_with("0000")
        && humantime::parse_rfc3339_weak(&format!("{text}T00:00:00")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_business_date_keeps_only_its_day() {
        let texts = [
            "2026-01-07",
            "20260107",
            "2026-01-07 00:00:00",
            "2026-01-07T00:00:00",
            "2026-01-07 23:59:59",
            " 2026-01-07\n",
        ];
        for text in texts {
            assert_eq!(day(text), "2026-01-07", "{text:?}");
        }
    }

    #[test]
    fn what_names_no_day_is_kept_as_it_is() {
        let texts = [
            "",
            "today",
            "2026-1-7",
            "2026-13-01",
            "2026-02-29",
            "20260230",
            "2026010",
            "202601070",
            "2026/01/07",
            "2026-01-07 25:30:00",
            "2026-01-07 noon",
            "2026-01-07T00:00:00+08:00",
            "2026-01-07T00:00:00Z",
            "1767715200000",
            "2026-01-0é",
            "日本日本-日日",
            "+026-01-07",
            "0000-01-07",
            "00000107",
        ];
        for text in texts {
            assert_eq!(day(text), text);
            assert!(!is_dated(&format!("{text} 00:00:00")), "{text:?}");
        }
        assert_eq!(day("2024-02-29"), "2024-02-29");
    }

    #[test]
    fn a_date_may_have_a_time() {
        for text in ["2026-01-07", "2026-01-07 00:00:00", "2026-01-07T23:59:59+08:00", "2026-01-07 00:00:00.000"] {
            assert!(is_dated(text), "{text:?}");
        }
        for text in ["", "2026-01-07 ", "2026-01-07x", "2026-01-07 noon", "20260107 00:00:00", "2026-01-07  00:00:00"] {
            assert!(!is_dated(text), "{text:?}");
        }
    }
}
