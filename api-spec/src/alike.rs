//! Values of which one could be a mistake for the other.

/// Shorter values differ by a letter on purpose: `DAY`, `MAX`.
const SHORTEST: usize = 4;

/// Whether two different values are the same but for case and punctuation, or but for one letter. A digit tells apart,
/// unless it is taken for a letter: `PR0D`.
#[must_use]
pub fn are_alike(one: &str, other: &str) -> bool {
    let [plain, other_plain] = [one, other].map(plain);
    if one == other || plain.is_empty() || other_plain.is_empty() {
        return false;
    }
    let long = plain.len().min(other_plain.len()) >= SHORTEST;
    let [read, other_read] = [&plain, &other_plain].map(|it| it.replace('0', "o").replace('1', "l"));
    read == other_read || (long && digits(&plain) == digits(&other_plain) && is_a_slip(&plain, &other_plain))
}

/// One letter too many, too few, wrong, or two letters in the wrong order.
fn is_a_slip(one: &str, other: &str) -> bool {
    strsim::osa_distance(one, other) <= 1
}

/// In one case and without what only separates words; a sign in front of a digit is none of that.
fn plain(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let counts = |(index, c): &(usize, &char)| match c {
        '-' => chars.get(index + 1).is_some_and(char::is_ascii_digit),
        c => !c.is_whitespace() && !matches!(c, '_' | '.' | ':' | '/'),
    };
    chars.iter().enumerate().filter(counts).flat_map(|(_, c)| c.to_lowercase()).collect()
}

fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_makes_values_alike_and_one_digit_does_not() {
        let alike = [("ALL_ALLOWD", "ALL_ALLOWED"), ("Prod", "PROD"), ("NOT_RUN", "NotRun"), ("Faield", "Failed")];
        let apart = [
            ("DAY", "MAY"),
            ("V1", "V2"),
            ("TYPE_1", "TYPE_2"),
            ("Success", "Failed"),
            ("A", "A"),
            ("-1", "1"),
            ("T+1", "T-1"),
        ];
        assert!(alike.iter().all(|(one, other)| are_alike(one, other)));
        assert!(!apart.iter().any(|(one, other)| are_alike(one, other)));
    }
}
