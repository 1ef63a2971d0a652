//! The frames that answers share.

use serde_json::{Map, Value, json};

use super::Call;
use crate::error::Refusal;

/// The answer of an older action: `Data` with the word that it went well.
pub(super) fn data(data: impl Into<Value>) -> Map<String, Value> {
    let mut body = done();
    body.insert("Data".to_owned(), data.into());
    body
}

/// The answer of an older action that has nothing to say but that it went well.
pub(super) fn done() -> Map<String, Value> {
    object(json!({"Success": true, "HttpStatusCode": 200}))
}

/// The fields of a JSON object.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => Map::from_iter([("Data".to_owned(), other)]),
    }
}

/// One page out of everything that matched.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) number: i64,
    pub(super) size: i64,
    pub(super) total: usize,
}

/// Cuts out the page that the call asks for; the first ten where it does not say.
pub(super) fn page<T>(call: &Call<'_>, all: impl Iterator<Item = T>) -> Result<Page<T>, Refusal> {
    let read = |name: &str, default| match call.integer(name) {
        Some(value) if value < 1 => Err(Refusal::invalid(name, format!("{value} is below the least value, 1"))),
        value => Ok(value.unwrap_or(default)),
    };
    let (number, size) = (read("PageNumber", 1)?, read("PageSize", 10)?);
    let start = usize::try_from((number - 1).saturating_mul(size)).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
    let mut items = Vec::new();
    let mut total = 0;
    for item in all {
        if (start..end).contains(&total) {
            items.push(item);
        }
        total += 1;
    }
    Ok(Page { items, number, size, total })
}

impl<T> Page<T> {
    /// `{<name>: [...], PageNumber, PageSize, TotalCount}`.
    pub(super) fn object(self, name: &str, render: impl FnMut(T) -> Value) -> Value {
        let items: Vec<Value> = self.items.into_iter().map(render).collect();
        let mut body = object(json!({"PageNumber": self.number, "PageSize": self.size, "TotalCount": self.total}));
        body.insert(name.to_owned(), items.into());
        body.into()
    }
}
