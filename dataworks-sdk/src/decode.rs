//! Reads JSON into any model, leniently: one hand-written decoder over serde_json's parser for all types.
//!
//! A text is taken where a number is expected and the other way round, `null` and what cannot be read leave a field empty,
//! unknown fields are skipped. What could not be read is reported as a [`Mismatch`]: it is no failure, because the write
//! behind the answer has happened.

use std::cell::RefCell;
use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::id::Id;
use crate::model::{List, Map, Model, Slot, Target};
use crate::operation::{Field, Shape};
use crate::secret::{Mask, enabled};

/// A value of an answer that could not be read and was left empty.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// Where it stands: `Data.Nodes[3].Priority`.
    pub path: String,
    /// What was expected there.
    pub expected: &'static str,
    /// What was found, shortened; masked where the field is a secret, or is to hold some.
    pub found: String,
}

#[cfg(feature = "client")]
impl Mismatch {
    /// Masks what was found in the place of an object or a list.
    pub(crate) fn hide_container(&mut self) {
        if matches!(self.expected, "an object" | "a list") {
            crate::secret::MASK.clone_into(&mut self.found);
        }
    }
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
    let mut notes = Notes::default();
    let read = read(json, slot, &mut notes);
    if read.is_ok() && !notes.inexact {
        return Ok(notes.mismatches);
    }
    // An identifier that is longer than any integer type is exact only in the text of the JSON, which takes longer.
    notes = Notes { texts: true, ..Notes::default() };
    self::read(json, slot, &mut notes)?;
    Ok(notes.mismatches)
}

fn read(json: &[u8], slot: &mut dyn Slot, notes: &mut Notes) -> Result<(), serde_json::Error> {
    // To look at everything once for valid UTF-8 is faster than to look at each text.
    match std::str::from_utf8(json) {
        Ok(json) => read_from(&mut serde_json::Deserializer::from_str(json), slot, notes),
        Err(_) => read_from(&mut serde_json::Deserializer::from_slice(json), slot, notes),
    }
}

fn read_from<'de, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    slot: &mut dyn Slot,
    notes: &mut Notes,
) -> Result<(), serde_json::Error> {
    let fill = Fill { target: slot.open(true), at: &Path::ROOT, notes };
    match fill.target {
        Target::Model(_) => deserializer.deserialize_map(fill)?,
        _ => fill.deserialize(&mut *deserializer)?,
    };
    deserializer.end()
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

/// What could not be read.
#[derive(Default)]
struct Notes {
    mismatches: Vec<Mismatch>,
    /// Whether identifiers are read as the text that they are in the JSON.
    texts: bool,
    /// Whether there was an identifier that only its text in the JSON tells exactly.
    inexact: bool,
}

/// Where the decoder is: one link for each level, which costs nothing until somebody asks.
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Root,
    Field(&'static Field),
    Key(&'a str),
    Index(usize, &'a RefCell<Order>),
}

/// The order in which the objects of a list have their fields: for each field, by its index and one, which one came next
/// the last time. Servers have an order of their own, and keep it.
type Order = Vec<usize>;

impl Path<'_> {
    const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    fn then<'a>(&'a self, step: Step<'a>) -> Path<'a> {
        Path { parent: Some(self), step }
    }

    fn is_secret(&self) -> bool {
        matches!(self.step, Step::Field(field) if field.secret) || self.parent.is_some_and(Path::is_secret)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return Ok(()) };
        fmt::Display::fmt(parent, f)?;
        let name = match &self.step {
            Step::Root => return Ok(()),
            Step::Index(index, _) => return write!(f, "[{index}]"),
            Step::Field(field) => field.name,
            Step::Key(key) => key,
        };
        if parent.parent.is_some() {
            f.write_str(".")?;
        }
        f.write_str(name)
    }
}

impl Notes {
    /// Notes that something does not fit; answers that nothing was read.
    fn refuse(&mut self, at: &Path<'_>, expected: &'static str, found: &dyn fmt::Display) -> bool {
        if self.mismatches.len() == MISMATCHES {
            return false;
        }
        let found = if at.is_secret() && enabled(Mask::Mismatch) {
            crate::secret::MASK.to_owned()
        } else {
            shorten(&found.to_string())
        };
        self.mismatches.push(Mismatch { path: at.to_string(), expected, found });
        false
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
fn fill_model<'de, A: MapAccess<'de>>(
    model: &mut dyn Model,
    mut map: A,
    at: &Path<'_>,
    notes: &mut Notes,
) -> Result<(), A::Error> {
    let shape = model.shape();
    let mut order = match at.step {
        Step::Index(_, order) => order.try_borrow_mut().ok(),
        _ => None,
    };
    let order: &mut [usize] = match &mut order {
        Some(order) => {
            if order.is_empty() {
                order.extend(0..=shape.fields().len());
            }
            order
        }
        None => &mut [],
    };
    let mut last = 0;
    loop {
        let next = order.get(last).copied().unwrap_or(last);
        let Some(found) = map.next_key_seed(Key { shape, next })? else {
            return Ok(());
        };
        let Some(index) = found else {
            map.next_value::<IgnoredAny>()?;
            continue;
        };
        if let Some(next) = order.get_mut(last) {
            *next = index;
        }
        last = index + 1;
        let Some(slot) = model.slot_mut(index) else {
            continue;
        };
        let at = &at.then(Step::Field(&shape.fields()[index]));
        map.next_value_seed(Place { slot, at, notes })?;
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
    at: &'a Path<'a>,
    notes: &'a mut Notes,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let fill = Fill { target: self.slot.open(true), at: self.at, notes: self.notes };
        if !fill.deserialize(deserializer)? {
            self.slot.open(false);
        }
        Ok(())
    }
}

/// Reads a value into a target; answers whether there was one that fits.
struct Fill<'t, 'n> {
    target: Target<'t>,
    at: &'n Path<'n>,
    notes: &'n mut Notes,
}

impl<'de> DeserializeSeed<'de> for Fill<'_, '_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        match self.target {
            Target::Id(id) if self.notes.texts => {
                let raw = <&RawValue>::deserialize(deserializer)?;
                read_id(id, raw, self.at, self.notes)
            }
            Target::Any(value) => {
                *value = exact(<&RawValue>::deserialize(deserializer)?).map_err(D::Error::custom)?;
                Ok(!value.is_null())
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

fn read_id<E: serde::de::Error>(id: &mut Id, raw: &RawValue, at: &Path<'_>, notes: &mut Notes) -> Result<bool, E> {
    let json = raw.get();
    match json.as_bytes().first() {
        Some(b'"') => match json.get(1..json.len() - 1) {
            Some("") => return Ok(false),
            Some(text) if !text.contains('\\') => *id = Id::new(text),
            _ => *id = Id::from(serde_json::from_str::<String>(json).map_err(E::custom)?),
        },
        Some(b'-' | b'0'..=b'9') => *id = Id::new(json),
        Some(b'n') => return Ok(false),
        Some(b'[') => return Ok(notes.refuse(at, "an identifier", &"a list")),
        Some(b'{') => return Ok(notes.refuse(at, "an identifier", &"an object")),
        _ => return Ok(notes.refuse(at, "an identifier", &json)),
    }
    Ok(true)
}

/// The JSON value with every number exact: a whole number that fits no integer type is kept as its text.
pub(crate) fn exact(raw: &RawValue) -> Result<Value, serde_json::Error> {
    // The parser goes only so deep, and so does what follows.
    let value = serde_json::from_str(raw.get())?;
    if has_long_number(raw.get().as_bytes()) { spelled(raw) } else { Ok(value) }
}

fn spelled(raw: &RawValue) -> Result<Value, serde_json::Error> {
    let json = raw.get();
    if !has_long_number(json.as_bytes()) {
        return serde_json::from_str(json);
    }
    Ok(match json.as_bytes().first() {
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(json)?;
            Value::Array(elements.into_iter().map(spelled).collect::<Result<_, _>>()?)
        }
        Some(b'{') => {
            let fields: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
            let fields = fields.into_iter().map(|(key, value)| Ok((key, spelled(value)?)));
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
        self.notes.refuse(self.at, expected(&self.target), found)
    }

    /// Reads a text where another scalar is expected.
    fn parse(mut self, text: &str) -> bool {
        let trimmed = text.trim();
        let read = match &mut self.target {
            Target::Integer(place) => trimmed.parse().map(|number| **place = number).is_ok(),
            Target::Number(place) => match trimmed.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    **place = number;
                    true
                }
                _ => false,
            },
            Target::Boolean(place) => {
                **place = trimmed.eq_ignore_ascii_case("true");
                **place || trimmed.eq_ignore_ascii_case("false")
            }
            _ => false,
        };
        read || self.refuse(&format_args!("{text:?}"))
    }
}

impl<'de> Visitor<'de> for Fill<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(expected(&self.target))
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        match self.target {
            Target::Text(place) => *place = text.to_owned(),
            Target::Enumeration(place) => place.set(text),
            // An empty text stands for nothing wherever something else is expected.
            _ if text.is_empty() => return Ok(false),
            Target::Id(place) => *place = Id::new(text),
            _ => return Ok(self.parse(text)),
        }
        Ok(true)
    }

    fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
        match self.target {
            Target::Integer(place) => *place = number,
            Target::Id(place) => *place = number.into(),
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
        let Self { target, at, notes } = self;
        match (target, i64::try_from(number)) {
            (Target::Integer(place), Ok(number)) => *place = number,
            (Target::Id(place), _) => *place = number.into(),
            (target, Ok(number)) => return Fill { target, at, notes }.visit_i64(number),
            (Target::Text(place), _) => *place = number.to_string(),
            #[allow(clippy::cast_precision_loss, reason = "the field is a float upstream")]
            (Target::Number(place), _) => *place = number as f64,
            (target, _) => return Ok(Fill { target, at, notes }.refuse(&number)),
        }
        Ok(true)
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        /// Above this a float no longer tells whole numbers apart.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self.target {
            Target::Number(place) => *place = number,
            Target::Id(_) => self.notes.inexact = true,
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
        fill_list(list, &mut seq, self.at, self.notes).map(|()| true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        match self.target {
            Target::Model(model) => fill_model(model, map, self.at, self.notes).map(|()| true),
            Target::Map(place) => fill_map(place, &mut map, self.at, self.notes).map(|()| true),
            _ => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(self.refuse(&"an object"))
            }
        }
    }
}

fn fill_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn List,
    seq: &mut A,
    at: &Path<'_>,
    notes: &mut Notes,
) -> Result<(), A::Error> {
    let order = RefCell::new(Order::new());
    for index in 0.. {
        let mut end: Option<Result<(), A::Error>> = None;
        list.push(&mut |target| {
            let fill = Fill { target, at: &at.then(Step::Index(index, &order)), notes };
            match seq.next_element_seed(fill) {
                Ok(Some(read)) => read,
                Ok(None) => {
                    end = Some(Ok(()));
                    false
                }
                Err(error) => {
                    end = Some(Err(error));
                    false
                }
            }
        });
        if let Some(end) = end {
            return end;
        }
    }
    Ok(())
}

fn fill_map<'de, A: MapAccess<'de>>(
    place: &mut dyn Map,
    map: &mut A,
    at: &Path<'_>,
    notes: &mut Notes,
) -> Result<(), A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        let mut read = Ok(false);
        place.put(&key, &mut |target| {
            read = map.next_value_seed(Fill { target, at: &at.then(Step::Key(&key)), notes });
            matches!(read, Ok(true))
        });
        read?;
    }
    Ok(())
}
