//! What a published API answers: rows made up from its fields, the same for the same call.

use serde_json::{Map, Value, json};

use super::definition::{Definition, Parameter};

/// How many rows every table has.
const ROWS: i64 = 25;
/// The most that a page may hold.
const LARGEST: i64 = 2_000;

/// The data of an answer, or what is wrong with the parameters. `given` answers them by position and name.
pub(crate) fn answer(api: &Definition, given: impl Fn(&Parameter) -> Option<String>) -> Result<Value, String> {
    let mut bound = Vec::new();
    for parameter in &api.details.requests {
        let value = given(parameter).filter(|value| !value.is_empty());
        let value = value.or_else(|| Some(parameter.default.clone()).filter(|default| !default.is_empty()));
        let Some(value) = value else {
            if parameter.required {
                return Err(format!("Parameter `{}` is required", parameter.name));
            }
            continue;
        };
        let value = typed(parameter.kind, &value)
            .ok_or_else(|| format!("Parameter `{}` is of another type than \"{value}\"", parameter.name))?;
        if parameter.operator == 0 {
            bound.push((parameter.column.as_str(), value));
        }
    }
    let row = |number: i64| -> Value {
        let fields = api.details.responses.iter().map(|field| {
            let equal = bound.iter().find(|(column, _)| *column == field.column);
            (field.name.clone(), equal.map_or_else(|| made_up(field, number), |(_, value)| value.clone()))
        });
        Value::Object(fields.collect::<Map<_, _>>())
    };
    if !api.details.paged {
        return Ok((1..=ROWS).map(row).collect());
    }
    let number = |name: &str, default: i64| {
        let text = given(&Parameter::plain(name)).filter(|text| !text.is_empty());
        let value = text.as_ref().map_or(Some(default), |text| text.parse().ok()).filter(|value| *value >= 1);
        value.ok_or_else(|| format!("Parameter `{name}` is no number from 1: \"{}\"", text.unwrap_or_default()))
    };
    let (page, size) = (number("pageNum", 1)?, number("pageSize", 10)?);
    if size > LARGEST {
        return Err(format!("Parameter `pageSize` is above {LARGEST}: {size}"));
    }
    let before = (page - 1).saturating_mul(size);
    let rows: Vec<Value> = (before.saturating_add(1)..=before.saturating_add(size).min(ROWS)).map(row).collect();
    Ok(json!({"pageNum": page, "pageSize": size, "totalNum": ROWS, "rows": rows}))
}

/// A text as a value of a type.
fn typed(kind: i64, text: &str) -> Option<Value> {
    match kind {
        1 | 2 => text.parse::<i64>().ok().map(Value::from),
        3 | 4 => text.parse::<f64>().ok().filter(|value| value.is_finite()).map(Value::from),
        5 => text.parse::<bool>().ok().map(Value::from),
        _ => Some(text.into()),
    }
}

#[allow(clippy::cast_precision_loss, reason = "rows are few")]
fn made_up(field: &Parameter, number: i64) -> Value {
    match field.kind {
        1 | 2 => number.into(),
        3 | 4 => (number as f64 * 1.5).into(),
        5 => (number % 2 == 1).into(),
        _ => format!("{}_{number}", field.name).into(),
    }
}
