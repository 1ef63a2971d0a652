//! Bounds as the limits that they draw: exactly, and only where they exclude something.

use std::cmp::Ordering;

use dataworks_api_spec::{Schema, Type};
use serde_json::Number;

/// Which way a limit cuts off.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Least,
    Most,
}

/// One end of what is allowed.
struct Limit {
    /// What is shown: the bound as it is written.
    text: String,
    at: Exact,
    /// Whether the bound itself is excluded.
    excluded: bool,
}

/// A number without rounding: a float tells neighbours near 2^63 no longer apart.
#[derive(Clone, Copy)]
enum Exact {
    Whole(i128),
    Float(f64),
}

/// How a bound differs.
pub(super) struct Shift {
    /// `minimum`, `max-length`, ….
    pub what: &'static str,
    /// `raised`, `lowered`, `excluded`, `included`; none where it is only written in another way.
    pub how: Option<&'static str>,
    /// The rule of an answer.
    pub answer: &'static str,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Every bound, the rule of an answer, and which way it cuts off.
const BOUNDS: [(&str, &str, End); 6] = [
    ("minimum", "answer-range-changed", End::Least),
    ("maximum", "answer-range-changed", End::Most),
    ("min-length", "answer-length-changed", End::Least),
    ("max-length", "answer-length-changed", End::Most),
    ("min-items", "answer-item-count-changed", End::Least),
    ("max-items", "answer-item-count-changed", End::Most),
];

/// The bounds that differ.
pub(super) fn shifts(base: &Schema, head: &Schema) -> Vec<Shift> {
    let shift = |(what, answer, end)| {
        let [old, new] = [base, head].map(|schema| limit(schema, what));
        let how = how(old.as_ref(), new.as_ref(), end);
        let [before, after] = [base, head].map(|schema| written(schema, what));
        let differs = how.is_some() || before != after;
        differs.then_some(Shift { what, how, answer, before, after })
    };
    BOUNDS.into_iter().filter_map(shift).collect()
}

/// The limit that a bound draws, if it excludes something.
fn limit(schema: &Schema, what: &str) -> Option<Limit> {
    match what {
        "minimum" => number(schema, End::Least, schema.minimum.as_ref(), schema.exclusive_minimum),
        "maximum" => number(schema, End::Most, schema.maximum.as_ref(), schema.exclusive_maximum),
        "min-length" => least(schema.min_length),
        "max-length" => schema.max_length.map(count),
        "min-items" => least(schema.min_items),
        _ => schema.max_items.map(count),
    }
}

/// A bound as it is written.
fn written(schema: &Schema, what: &str) -> Option<String> {
    let number = |bound: Option<&Number>, excluded: bool| match (bound, excluded) {
        (Some(bound), false) => Some(bound.to_string()),
        (Some(bound), true) => Some(format!("{bound}, excluded")),
        (None, excluded) => excluded.then(|| "none, excluded".to_owned()),
    };
    let count = |bound: Option<u64>| bound.map(|bound| bound.to_string());
    match what {
        "minimum" => number(schema.minimum.as_ref(), schema.exclusive_minimum),
        "maximum" => number(schema.maximum.as_ref(), schema.exclusive_maximum),
        "min-length" => count(schema.min_length),
        "max-length" => count(schema.max_length),
        "min-items" => count(schema.min_items),
        _ => count(schema.max_items),
    }
}

/// The limit of a number's value; none where every number of the type is inside.
fn number(schema: &Schema, end: End, bound: Option<&Number>, excluded: bool) -> Option<Limit> {
    let bound = bound?;
    let at = exact(bound);
    let limit = Limit { text: bound.to_string(), at, excluded };
    if schema.kind != Some(Type::Integer) {
        return Some(limit);
    }
    // A whole number has 64 bits here: what lies outside excludes none.
    let whole = limit.first_whole(end);
    let excludes = match end {
        End::Least => whole > i128::from(i64::MIN),
        End::Most => whole < i128::from(i64::MAX),
    };
    excludes.then_some(Limit { at: Exact::Whole(whole), excluded: false, ..limit })
}

/// The least of a length or a count; zero is none.
fn least(bound: Option<u64>) -> Option<Limit> {
    bound.filter(|bound| *bound > 0).map(count)
}

fn count(bound: u64) -> Limit {
    Limit { text: bound.to_string(), at: Exact::Whole(bound.into()), excluded: false }
}

fn exact(number: &Number) -> Exact {
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    whole.map_or_else(|| Exact::Float(number.as_f64().unwrap_or(f64::NAN)), Exact::Whole)
}

impl Limit {
    /// The first whole number inside.
    #[allow(clippy::cast_possible_truncation, reason = "`as` saturates, and what is beyond excludes nothing or all")]
    fn first_whole(&self, end: End) -> i128 {
        let step = i128::from(self.excluded);
        match (self.at, end) {
            (Exact::Whole(at), End::Least) => at + step,
            (Exact::Whole(at), End::Most) => at - step,
            (Exact::Float(at), End::Least) if at.fract() == 0.0 => (at as i128).saturating_add(step),
            (Exact::Float(at), End::Most) if at.fract() == 0.0 => (at as i128).saturating_sub(step),
            (Exact::Float(at), End::Least) => at.ceil() as i128,
            (Exact::Float(at), End::Most) => at.floor() as i128,
        }
    }
}

impl Exact {
    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            (Self::Float(one), Self::Float(other)) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
            (Self::Whole(one), Self::Float(other)) => compare(one, other),
            (Self::Float(one), Self::Whole(other)) => compare(other, one).reverse(),
        }
    }
}

/// A whole number against a float.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates far beyond every whole number that JSON holds here")]
fn compare(whole: i128, float: f64) -> Ordering {
    whole.cmp(&(float.trunc() as i128)).then(0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}

/// Where the new limit lies as seen from the old one.
fn how(old: Option<&Limit>, new: Option<&Limit>, end: End) -> Option<&'static str> {
    let (some, none) = match end {
        End::Least => ("raised", "lowered"),
        End::Most => ("lowered", "raised"),
    };
    let (old, new) = match (old, new) {
        (None, None) => return None,
        (None, Some(_)) => return Some(some),
        (Some(_), None) => return Some(none),
        (Some(old), Some(new)) => (old, new),
    };
    let narrows = old.excluded != new.excluded;
    match new.at.compare(old.at) {
        Ordering::Greater | Ordering::Less if new.text == old.text => {
            // The same bound of a whole number, which is now inside or outside.
            let up = new.at.compare(old.at) == Ordering::Greater;
            Some(if up == (end == End::Least) { "excluded" } else { "included" })
        }
        Ordering::Greater => Some("raised"),
        Ordering::Less => Some("lowered"),
        Ordering::Equal => narrows.then_some(if new.excluded { "excluded" } else { "included" }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(base: &serde_json::Value, head: &serde_json::Value) -> Vec<String> {
        let [base, head] = [base, head].map(|it| serde_json::from_value(it.clone()).unwrap_or_default());
        let shown = |it: Shift| format!("{} {}", it.what, it.how.unwrap_or("restated"));
        shifts(&base, &head).into_iter().map(shown).collect()
    }

    fn whole(bounds: serde_json::Value) -> serde_json::Value {
        let mut schema = bounds;
        schema["type"] = json!("integer");
        schema
    }

    #[test]
    fn a_bound_and_whether_it_is_excluded_are_one_limit() {
        let excluded = |minimum: i64| whole(json!({ "minimum": minimum, "exclusiveMinimum": true }));
        let minimum = |minimum: i64| whole(json!({ "minimum": minimum }));
        assert_eq!(told(&minimum(1), &excluded(1)), ["minimum excluded"]);
        assert_eq!(told(&excluded(1), &minimum(1)), ["minimum included"]);
        assert_eq!(told(&minimum(1), &excluded(0)), ["minimum restated"]);
        assert_eq!(told(&minimum(5), &excluded(3)), ["minimum lowered"]);
        assert_eq!(told(&minimum(5), &excluded(5)), ["minimum excluded"]);
        assert_eq!(told(&minimum(5), &excluded(6)), ["minimum raised"]);
        let maximum =
            |number: f64, excluded: bool| json!({ "type": "number", "maximum": number, "exclusiveMaximum": excluded });
        assert_eq!(told(&maximum(1.5, false), &maximum(1.5, true)), ["maximum excluded"]);
        assert_eq!(told(&maximum(1.5, true), &maximum(1.5, false)), ["maximum included"]);
        assert_eq!(told(&maximum(1.5, false), &maximum(2.5, true)), ["maximum raised"]);
        assert_eq!(told(&json!({ "maximum": 2 }), &json!({ "maximum": 2.5 })), ["maximum raised"]);
        assert_eq!(told(&json!({ "maximum": 2 }), &json!({ "maximum": 2.0 })), ["maximum restated"]);
        assert_eq!(told(&json!({ "minimum": -2 }), &json!({ "minimum": -2.0 })), ["minimum restated"]);
        assert_eq!(told(&json!({ "minimum": -2 }), &json!({ "minimum": -2.5 })), ["minimum lowered"]);
        assert_eq!(told(&json!({ "minimum": 0 }), &json!({ "minimum": -0.5 })), ["minimum lowered"]);
    }

    #[test]
    fn what_excludes_nothing_is_no_limit() {
        let none = whole(json!({}));
        for bounds in [
            json!({ "exclusiveMinimum": true }),
            json!({ "minLength": 0 }),
            json!({ "minItems": 0 }),
            json!({ "minimum": i64::MIN }),
            json!({ "maximum": i64::MAX }),
            json!({ "maximum": 1e300 }),
        ] {
            let found = told(&none, &whole(bounds.clone()));
            assert!(found.len() == 1 && found[0].ends_with(" restated"), "{bounds}: {found:?}");
        }
        assert_eq!(
            told(&none, &whole(json!({ "maxLength": 0, "maxItems": 0 }))),
            ["max-length lowered", "max-items lowered"]
        );
        assert_eq!(told(&none, &whole(json!({ "maximum": i64::MAX, "exclusiveMaximum": true }))), ["maximum lowered"]);
    }

    #[test]
    fn neighbours_near_the_end_are_told_apart() {
        let maximum = |number: u64| whole(json!({ "maximum": number }));
        let last = 9_223_372_036_854_775_807;
        assert_eq!(told(&maximum(last - 1), &maximum(last - 2)), ["maximum lowered"]);
        assert_eq!(told(&maximum(last - 2), &maximum(last - 1)), ["maximum raised"]);
        assert_eq!(told(&maximum(last - 1), &maximum(last)), ["maximum raised"]);
        assert_eq!(
            told(&json!({ "minLength": u64::MAX - 1 }), &json!({ "minLength": u64::MAX })),
            ["min-length raised"]
        );
    }
}
