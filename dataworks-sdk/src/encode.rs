//! Writes models as JSON: as a parameter of a request, where the spec decides how an identifier travels, and for users.

use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::model::{Datum, List, Map, Model, Slot};
use crate::operation::{Field, Kind, Shape};

/// A model as JSON, for serde: `serde_json::to_string(&Json(&answer))`.
///
/// Fields that hold nothing are left out, identifiers are texts. Secrets are written: this is the data, not a log.
///
/// ```
/// # #[cfg(feature = "v2020-05-18")] {
/// use dataworks_sdk::v2020_05_18::ListNodesRequest;
/// use dataworks_sdk::Json;
///
/// let request = ListNodesRequest::new().project_id(530486).project_env("PROD");
/// assert_eq!(
///     serde_json::to_string(&Json(&request))?,
///     r#"{"ProjectEnv":"PROD","ProjectId":"530486"}"#,
/// );
/// # }
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct Json<'a>(pub &'a dyn Model);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Encoded { datum: Datum::Model(self.0), kind: &Kind::Any }.serialize(serializer)
    }
}

/// A value with what the spec says about it.
pub(crate) struct Encoded<'a> {
    pub(crate) datum: Datum<'a>,
    pub(crate) kind: &'static Kind,
}

impl Encoded<'_> {
    /// Compact JSON, texts unescaped.
    pub(crate) fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

impl Serialize for Encoded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let datum = self.datum.plain();
        match (self.kind, datum) {
            (_, Datum::Absent) => serializer.serialize_unit(),
            (Kind::IdNumber, _) if datum.text().is_some() => id_number(datum, serializer),
            (Kind::IdText, _) => match datum.text() {
                Some(text) => serializer.serialize_str(&text),
                None => any(datum, serializer),
            },
            (Kind::Ids, Datum::List(list)) => {
                let ids: Vec<String> = (0..).map_while(|index| list.get(index)).filter_map(Datum::text).collect();
                serializer.serialize_str(&ids.join(","))
            }
            (Kind::JsonText, Datum::List(_) | Datum::Map(_) | Datum::Model(_)) => {
                let json = Encoded { datum, kind: &Kind::Any }.json().map_err(S::Error::custom)?;
                serializer.serialize_str(&json)
            }
            (Kind::Object(shape), Datum::Model(_) | Datum::Map(_)) => object(datum, shape, serializer),
            (Kind::List(kind), Datum::List(elements)) => list(elements, kind, serializer),
            (Kind::Map(kind), Datum::Map(pairs)) => map(pairs, |_| kind, serializer),
            _ => any(datum, serializer),
        }
    }
}

fn any<S: Serializer>(datum: Datum<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    match datum {
        Datum::Absent => serializer.serialize_unit(),
        Datum::Text(text) => serializer.serialize_str(text),
        Datum::Id(id) => serializer.serialize_str(id.as_str()),
        Datum::Integer(number) => serializer.serialize_i64(number),
        Datum::Number(number) => serializer.serialize_f64(number),
        Datum::Boolean(value) => serializer.serialize_bool(value),
        Datum::Any(value) => value.serialize(serializer),
        // Written for users, not for the wire: identifiers are texts.
        Datum::Model(model) => fields(model, |_| &Kind::Any, serializer),
        Datum::List(elements) => list(elements, &Kind::Any, serializer),
        Datum::Map(pairs) => map(pairs, |_| &Kind::Any, serializer),
    }
}

/// An identifier as a number, of any length that the format can write; what is no number stays a text.
fn id_number<S: Serializer>(datum: Datum<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = datum.text().unwrap_or_default();
    match text.parse::<i128>() {
        Ok(number) => match i64::try_from(number) {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => serializer.serialize_i128(number),
        },
        Err(_) => serializer.serialize_str(&text),
    }
}

fn list<S: Serializer>(list: &dyn List, kind: &'static Kind, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_seq(None)?;
    for datum in (0..).map_while(|index| list.get(index)) {
        out.serialize_element(&Encoded { datum, kind })?;
    }
    out.end()
}

fn map<S: Serializer>(
    map: &dyn Map,
    kind_of: impl Fn(&str) -> &'static Kind,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    let mut written = Ok(());
    map.each(&mut |key, datum| {
        if written.is_ok() {
            written = out.serialize_entry(key, &Encoded { datum, kind: kind_of(key) });
        }
    });
    written?;
    out.end()
}

fn object<S: Serializer>(datum: Datum<'_>, shape: &'static Shape, serializer: S) -> Result<S::Ok, S::Error> {
    match datum {
        Datum::Model(model) => fields(model, |field| &field.kind, serializer),
        // An untyped object keeps what the spec doesn't know.
        Datum::Map(pairs) => map(pairs, |key| shape.field(key).map_or(&Kind::Any, |field| &field.kind), serializer),
        _ => serializer.serialize_unit(),
    }
}

fn fields<S: Serializer>(
    model: &dyn Model,
    kind_of: fn(&'static Field) -> &'static Kind,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(None)?;
    for (index, field) in model.shape().fields().iter().enumerate() {
        let datum = model.slot(index).map_or(Datum::Absent, Slot::see);
        if !matches!(datum, Datum::Absent) {
            let kind = kind_of(field);
            out.serialize_entry(field.name, &Encoded { datum, kind })?;
        }
    }
    out.end()
}

/// A value as JSON, for untyped use.
#[cfg(feature = "client")]
pub(crate) fn to_value(datum: Datum<'_>) -> serde_json::Value {
    serde_json::to_value(Encoded { datum, kind: &Kind::Any }).unwrap_or_default()
}
