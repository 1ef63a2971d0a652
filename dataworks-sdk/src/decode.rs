//! Reads JSON into any model, leniently: one hand-written decoder over serde_json's parser for all types.
//!
//! A text is taken where a number is expected and the other way round, `null` and what cannot be read leave a field empty,
//! unknown fields are skipped. What could not be read is reported as a [`Mismatch`]: it is no failure, because the write
//! behind the answer has happened.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::id::Id;
use crate::model::{List, Map, Model, Slot, Target};
use crate::operation::Shape;

/// A value of an answer that could not be read and was left empty.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// Where it stands: `Data.Nodes[3].Priority`.
    pub path: String,
    /// What was expected there.
    pub expected: &'static str,
    /// What was found, shortened; masked where the field is a secret.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.path, self.expected, self.found)
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// No more than this many mismatches are kept: a list of thousands would say the same thing each time.
const MISMATCHES: usize = 100;

/// Reads `json` into `slot`: a model, or any JSON object.
pub(crate) fn decode(json: &[u8], slot: &mut dyn Slot) -> Result<Vec<Mismatch>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let mut notes = Notes::default();
    match slot.open(true) {
        Target::Model(model) => (&mut deserializer).deserialize_map(Object {
            model,
            notes: &mut notes,
        })?,
        target => {
            Fill {
                target,
                notes: &mut notes,
            }
            .deserialize(&mut deserializer)?;
        }
    }
    deserializer.end()?;
    Ok(notes.mismatches)
}

/// Reads JSON into a model that starts empty.
///
/// ```
/// # #[cfg(feature = "v2020-05-18")] {
/// use dataworks_sdk::v2020_05_18::GetNodeResponseBody;
///
/// let answer: GetNodeResponseBody = dataworks_sdk::from_json(br#"{"Data": {"NodeId": "7", "Priority": "1"}}"#)?;
/// assert_eq!(answer.data.node_id.unwrap(), "7");
/// assert_eq!(answer.data.priority, Some(1));
/// # }
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// If `json` is not an object of well-formed JSON. What does not fit into a field leaves it empty and is no error.
pub fn from_json<T: Model + Default>(json: &[u8]) -> Result<T, serde_json::Error> {
    let mut model = T::default();
    decode(json, &mut model)?;
    Ok(model)
}

/// Where the decoder is, and what it could not read.
#[derive(Default)]
struct Notes {
    path: Vec<Step>,
    secret: u32,
    mismatches: Vec<Mismatch>,
}

enum Step {
    Field(&'static str),
    Key(String),
    Index(usize),
}

impl Notes {
    /// Notes that something does not fit; answers that nothing was read.
    fn refuse(&mut self, expected: &'static str, found: &dyn fmt::Display) -> bool {
        if self.mismatches.len() == MISMATCHES {
            return false;
        }
        let found = if self.secret > 0 {
            crate::secret::MASK.to_owned()
        } else {
            shorten(&found.to_string())
        };
        self.mismatches.push(Mismatch {
            path: self.path(),
            expected,
            found,
        });
        false
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            let (dot, name): (_, &str) = match step {
                Step::Index(index) => {
                    path.push_str(&format!("[{index}]"));
                    continue;
                }
                Step::Field(name) => (".", name),
                Step::Key(key) => (".", key),
            };
            if !path.is_empty() {
                path.push_str(dot);
            }
            path.push_str(name);
        }
        path
    }
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads the fields of an object.
struct Object<'a> {
    model: &'a mut dyn Model,
    notes: &'a mut Notes,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let shape = self.model.shape();
        let mut next = 0;
        while let Some(at) = map.next_key_seed(Key { shape, next })? {
            let Some(at) = at else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            next = at + 1;
            let Some(slot) = self.model.slot_mut(at) else { continue };
            let field = &shape.fields()[at];
            self.notes.path.push(Step::Field(field.name));
            self.notes.secret += u32::from(field.secret);
            map.next_value_seed(Place {
                slot,
                notes: self.notes,
            })?;
            self.notes.secret -= u32::from(field.secret);
            self.notes.path.pop();
        }
        Ok(())
    }
}

/// Finds the index of a key without allocating.
struct Key {
    shape: &'static Shape,
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.shape.position(key, self.next))
    }
}

/// Reads a value into a field.
struct Place<'a> {
    slot: &'a mut dyn Slot,
    notes: &'a mut Notes,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let read = Fill {
            target: self.slot.open(true),
            notes: self.notes,
        }
        .deserialize(deserializer)?;
        if !read {
            self.slot.open(false);
        }
        Ok(())
    }
}

/// Reads a value into a target; answers whether there was one that fits.
struct Fill<'t, 'n> {
    target: Target<'t>,
    notes: &'n mut Notes,
}

impl<'de> DeserializeSeed<'de> for Fill<'_, '_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        match self.target {
            // A number that is longer than any integer type is exact only in the text of the JSON.
            Target::Id(id) => read_id(id, <&RawValue>::deserialize(deserializer)?, self.notes),
            Target::Any(value) => {
                *value = exact(<&RawValue>::deserialize(deserializer)?).map_err(D::Error::custom)?;
                Ok(!value.is_null())
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

fn read_id<E: serde::de::Error>(id: &mut Id, raw: &RawValue, notes: &mut Notes) -> Result<bool, E> {
    let json = raw.get();
    match json.as_bytes().first() {
        Some(b'"') => match json.get(1..json.len() - 1) {
            Some("") => return Ok(false),
            Some(text) if !text.contains('\\') => *id = Id::new(text),
            _ => *id = Id::from(serde_json::from_str::<String>(json).map_err(E::custom)?),
        },
        Some(b'-' | b'0'..=b'9') => *id = Id::new(json),
        Some(b'n') => return Ok(false),
        _ => return Ok(notes.refuse("an identifier", &json)),
    }
    Ok(true)
}

/// The JSON value with every number exact: a whole number that fits no integer type is kept as its text.
pub(crate) fn exact(raw: &RawValue) -> Result<Value, serde_json::Error> {
    let json = raw.get();
    if !has_long_number(json.as_bytes()) {
        return serde_json::from_str(json);
    }
    Ok(match json.as_bytes().first() {
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(json)?;
            Value::Array(elements.into_iter().map(exact).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let fields: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
            let fields = fields.into_iter().map(|(key, value)| Ok((key, exact(value)?)));
            Value::Object(fields.collect::<Result<_, serde_json::Error>>()?)
        }
        Some(b'-' | b'0'..=b'9') => match serde_json::from_str(json)? {
            Value::Number(number) if number.is_f64() && !json.contains(['.', 'e', 'E']) => json.into(),
            number => number,
        },
        _ => serde_json::from_str(json)?,
    })
}

/// Whether there are 19 digits in a row: only then may a number be too long for an integer type.
fn has_long_number(json: &[u8]) -> bool {
    const LONG: usize = 19;
    let mut digits = 0;
    json.iter().any(|byte| {
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        digits == LONG
    })
}

/// What a target takes, for people.
fn expected(target: &Target<'_>) -> &'static str {
    match target {
        Target::Nothing | Target::Any(_) => "any value",
        Target::Text(_) | Target::Enumeration(_) => "a text",
        Target::Id(_) => "an identifier",
        Target::Integer(_) => "a whole number",
        Target::Number(_) => "a number",
        Target::Boolean(_) => "a boolean",
        Target::Model(_) | Target::Map(_) => "an object",
        Target::List(_) => "a list",
    }
}

impl Fill<'_, '_> {
    fn refuse(self, found: &dyn fmt::Display) -> bool {
        self.notes.refuse(expected(&self.target), found)
    }
}

impl<'de> Visitor<'de> for Fill<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.target))
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        let expected = expected(&self.target);
        let refuse = |notes: &mut Notes| Ok(!text.is_empty() && notes.refuse(expected, &format_args!("{text:?}")));
        match self.target {
            Target::Text(place) => text.clone_into(place),
            Target::Enumeration(place) => place.set(text),
            Target::Integer(place) => match text.trim().parse() {
                Ok(number) => *place = number,
                Err(_) => return refuse(self.notes),
            },
            Target::Number(place) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => *place = number,
                _ => return refuse(self.notes),
            },
            Target::Boolean(place) => match text.trim() {
                text if text.eq_ignore_ascii_case("true") => *place = true,
                text if text.eq_ignore_ascii_case("false") => *place = false,
                _ => return refuse(self.notes),
            },
            // An empty text stands for nothing wherever something else is expected.
            _ => return refuse(self.notes),
        }
        Ok(true)
    }

    fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
        match self.target {
            Target::Integer(place) => *place = number,
            #[allow(clippy::cast_precision_loss, reason = "the field is a float upstream")]
            Target::Number(place) => *place = number as f64,
            Target::Text(place) => *place = number.to_string(),
            Target::Enumeration(place) => place.set(&number.to_string()),
            Target::Boolean(place) if number == 0 || number == 1 => *place = number == 1,
            _ => return Ok(self.refuse(&number)),
        }
        Ok(true)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<bool, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => match self.target {
                Target::Text(place) => {
                    *place = number.to_string();
                    Ok(true)
                }
                #[allow(clippy::cast_precision_loss, reason = "the field is a float upstream")]
                Target::Number(place) => {
                    *place = number as f64;
                    Ok(true)
                }
                _ => Ok(self.refuse(&number)),
            },
        }
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        /// Above this a float no longer tells whole numbers apart.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self.target {
            Target::Number(place) => *place = number,
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and in range")]
            Target::Integer(place) if number.fract() == 0.0 && number.abs() <= EXACT => *place = number as i64,
            Target::Text(place) => *place = Value::from(number).to_string(),
            _ => return Ok(self.refuse(&number)),
        }
        Ok(true)
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        match self.target {
            Target::Boolean(place) => *place = value,
            Target::Text(place) => *place = value.to_string(),
            Target::Enumeration(place) => place.set(if value { "true" } else { "false" }),
            _ => return Ok(self.refuse(&value)),
        }
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let Target::List(list) = self.target else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(self.refuse(&"a list"));
        };
        self.notes.path.push(Step::Index(0));
        let read = fill_list(list, &mut seq, self.notes);
        self.notes.path.pop();
        read.map(|()| true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        match self.target {
            Target::Model(model) => Object {
                model,
                notes: self.notes,
            }
            .visit_map(map)
            .map(|()| true),
            Target::Map(place) => fill_map(place, &mut map, self.notes).map(|()| true),
            _ => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(self.refuse(&"an object"))
            }
        }
    }
}

fn fill_list<'de, A: SeqAccess<'de>>(list: &mut dyn List, seq: &mut A, notes: &mut Notes) -> Result<(), A::Error> {
    for index in 0.. {
        if let Some(step) = notes.path.last_mut() {
            *step = Step::Index(index);
        }
        let mut end: Option<Result<(), A::Error>> = None;
        list.push(&mut |target| match seq.next_element_seed(Fill {
            target,
            notes: &mut *notes,
        }) {
            Ok(Some(read)) => read,
            Ok(None) => {
                end = Some(Ok(()));
                false
            }
            Err(error) => {
                end = Some(Err(error));
                false
            }
        });
        if let Some(end) = end {
            return end;
        }
    }
    Ok(())
}

fn fill_map<'de, A: MapAccess<'de>>(place: &mut dyn Map, map: &mut A, notes: &mut Notes) -> Result<(), A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        notes.path.push(Step::Key(key.clone()));
        let mut read = Ok(false);
        place.put(&key, &mut |target| {
            read = map.next_value_seed(Fill {
                target,
                notes: &mut *notes,
            });
            matches!(read, Ok(true))
        });
        notes.path.pop();
        read?;
    }
    Ok(())
}
