//! Bounds that nothing can keep.

use dataworks_api_spec::Schema;
use serde_json::Number;

use super::{Checked, Lint, Severity, places};

pub(super) static CONTRADICTORY: Lint = Lint {
    id: "bounds-contradictory",
    severity: Severity::Warning,
    meaning: "The least value or length is above the greatest, or the default lies outside of both.",
    remedy: "look at the documentation: upstream's facts are wrong, and requests are checked against them",
};

pub(super) fn check(checked: &mut Checked<'_>) {
    for place in places::all(checked.version) {
        for what in contradictions(place.schema) {
            checked.at_field(&CONTRADICTORY, &place, what);
        }
    }
}

fn contradictions(schema: &Schema) -> Vec<String> {
    let [least, most] = [&schema.minimum, &schema.maximum].map(|bound| bound.as_ref().and_then(Number::as_f64));
    let excluded = schema.exclusive_minimum || schema.exclusive_maximum;
    let mut found = Vec::new();
    if let (Some(least), Some(most)) = (least, most)
        && (least > most || (excluded && least >= most))
    {
        found.push(format!("no value is at least {least} and at most {most}"));
    }
    let counts = [("length", schema.min_length, schema.max_length), ("count", schema.min_items, schema.max_items)];
    for (what, least, most) in counts {
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            found.push(format!("no {what} is at least {least} and at most {most}"));
        }
    }
    let default = schema.default.as_deref();
    if let Some(value) = default.and_then(|text| text.parse::<f64>().ok()) {
        let below = least.is_some_and(|least| value < least || (schema.exclusive_minimum && value <= least));
        let above = most.is_some_and(|most| value > most || (schema.exclusive_maximum && value >= most));
        if below || above {
            let bound = if below { least.map(|it| ("below", it)) } else { most.map(|it| ("above", it)) };
            found.extend(bound.map(|(side, bound)| format!("the default {value} is {side} the bound {bound}")));
        }
    }
    found
}
