//! How the core sees a model: a table of names ([`Shape`]) and, by the index in it, a place for each value.
//!
//! Decoding, encoding, `Debug` and `Serialize` are written once over these traits. A generated type only lists its fields,
//! which is what keeps thousands of them cheap to compile.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::id::Id;
use crate::operation::{Kind, Shape};
use crate::secret::{Mask, enabled};

/// A request, an answer or an object inside one.
pub trait Model: Send + Sync {
    /// The fields.
    fn shape(&self) -> &'static Shape;
    /// The field at `index` of the shape.
    fn slot(&self, index: usize) -> Option<&dyn Slot>;
    /// The field at `index` of the shape, to be set.
    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot>;
}

/// A field: something that holds a value or not.
pub trait Slot: Send + Sync {
    /// A fresh place for a value, or with `present` false nothing any more. What was there before is gone.
    fn open(&mut self, present: bool) -> Target<'_>;
    /// What it holds.
    fn see(&self) -> Datum<'_>;
}

/// What a field or a list may hold.
pub trait Element: Sized + Send + Sync {
    /// The value before anything is read into it.
    fn blank() -> Self;
    /// Where a value is read into.
    fn open(&mut self) -> Target<'_>;
    /// The value.
    fn see(&self) -> Datum<'_>;
}

/// A value with a set of names, open to new ones.
pub trait Enumeration: Send + Sync {
    /// Takes the value of this name.
    fn set(&mut self, name: &str);
    /// The name on the wire.
    fn name(&self) -> &str;
}

/// A list of any element.
pub trait List: Send + Sync {
    /// Appends an element, if `fill` says that it could be read.
    fn push(&mut self, fill: &mut dyn FnMut(Target<'_>) -> bool);
    /// The element at `index`.
    fn get(&self, index: usize) -> Option<Datum<'_>>;
}

/// A map from texts to any element.
pub trait Map: Send + Sync {
    /// Sets the value of a key, if `fill` says that it could be read.
    fn put(&mut self, key: &str, fill: &mut dyn FnMut(Target<'_>) -> bool);
    /// The value of a key.
    fn get(&self, key: &str) -> Datum<'_>;
    /// Shows each pair, in the order of the keys.
    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a str, Datum<'a>));
}

/// Where a value is read into.
#[allow(missing_docs, reason = "each is the type that it holds")]
pub enum Target<'a> {
    Nothing,
    Text(&'a mut String),
    Id(&'a mut Id),
    Integer(&'a mut i64),
    Number(&'a mut f64),
    Boolean(&'a mut bool),
    Enumeration(&'a mut dyn Enumeration),
    Any(&'a mut Value),
    Model(&'a mut dyn Model),
    List(&'a mut dyn List),
    Map(&'a mut dyn Map),
}

/// A value that is looked at.
#[allow(missing_docs, reason = "each is the type that it holds")]
#[derive(Clone, Copy)]
pub enum Datum<'a> {
    Absent,
    Text(&'a str),
    Id(&'a Id),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Any(&'a Value),
    Model(&'a dyn Model),
    List(&'a dyn List),
    Map(&'a dyn Map),
}

#[allow(clippy::must_use_candidate, clippy::return_self_not_must_use, reason = "they only look, and are not public")]
impl<'a> Datum<'a> {
    /// The value with a JSON value opened up: its texts, lists and objects look like those of a model.
    pub fn plain(self) -> Self {
        let Self::Any(value) = self else { return self };
        match value {
            Value::Null => Self::Absent,
            Value::Bool(value) => Self::Boolean(*value),
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::List(list),
            Value::Object(map) => Self::Map(map),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Self::Integer(number),
                // Above i64 and fractions: whoever asks for a number asks the value itself.
                None => self,
            },
        }
    }

    /// The field of this name, of a model or a map.
    pub fn field(self, name: &str) -> Self {
        match self.plain() {
            Self::Model(model) => {
                let slot = model.shape().position(name, 0).and_then(|at| model.slot(at));
                slot.map_or(Self::Absent, Slot::see)
            }
            Self::Map(map) => map.get(name),
            _ => Self::Absent,
        }
    }

    /// The field at `index` of `shape`, which mostly is the model's own.
    pub fn nth(self, shape: &'static Shape, index: usize) -> Self {
        match self {
            Self::Model(model) if std::ptr::eq(model.shape(), shape) => {
                model.slot(index).map_or(Self::Absent, Slot::see)
            }
            _ => shape.fields().get(index).map_or(Self::Absent, |field| self.field(field.name)),
        }
    }

    /// The values at `path` (`Data.Nodes`, `PagingInfo.DataSources[].DataSource`), shown one by one. A list at the end
    /// is shown as a whole.
    pub fn at(self, path: &str, see: &mut dyn FnMut(Datum<'a>)) {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let (name, each) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
        let here = self.field(name);
        let mut go = |datum: Datum<'a>| match rest {
            Some(rest) => datum.at(rest, see),
            None => see(datum),
        };
        match (each, here.plain()) {
            (true, Datum::List(list)) => (0..).map_while(|index| list.get(index)).for_each(go),
            (true, _) | (false, Datum::Absent) => {}
            (false, datum) => go(datum),
        }
    }

    /// The text of a scalar.
    pub fn text(self) -> Option<String> {
        match self.plain() {
            Self::Text(text) => Some(text.to_owned()),
            Self::Id(id) => Some(id.as_str().to_owned()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Number(number) => Some(float(&serde_json::Number::from_f64(number)?)),
            Self::Boolean(value) => Some(value.to_string()),
            Self::Any(Value::Number(number)) => Some(float(number)),
            _ => None,
        }
    }

    /// A whole number, also one that came as text.
    pub fn integer(self) -> Option<i64> {
        match self.plain() {
            Self::Integer(number) => Some(number),
            other => other.text()?.parse().ok(),
        }
    }

    /// A boolean, also one that came as text.
    pub fn boolean(self) -> Option<bool> {
        match self.plain() {
            Self::Boolean(value) => Some(value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

/// `1.0`, `1e20`: the sign of a positive exponent would be one more thing to percent-encode.
fn float(number: &serde_json::Number) -> String {
    number.to_string().replace("e+", "e")
}

impl<T: Element> Slot for Option<T> {
    fn open(&mut self, present: bool) -> Target<'_> {
        if present {
            return self.insert(T::blank()).open();
        }
        *self = None;
        Target::Nothing
    }

    fn see(&self) -> Datum<'_> {
        match self {
            Some(value) => value.see(),
            None => Datum::Absent,
        }
    }
}

impl<T: Model + Default> Slot for T {
    fn open(&mut self, _present: bool) -> Target<'_> {
        *self = T::default();
        Target::Model(self)
    }

    fn see(&self) -> Datum<'_> {
        Datum::Model(self)
    }
}

impl<T: Element> Slot for Vec<T> {
    fn open(&mut self, _present: bool) -> Target<'_> {
        *self = Vec::new();
        Target::List(self)
    }

    fn see(&self) -> Datum<'_> {
        Datum::List(self)
    }
}

impl<T: Element> Slot for BTreeMap<String, T> {
    fn open(&mut self, _present: bool) -> Target<'_> {
        *self = BTreeMap::new();
        Target::Map(self)
    }

    fn see(&self) -> Datum<'_> {
        Datum::Map(self)
    }
}

impl<T: Model + Default> Element for T {
    fn blank() -> Self {
        T::default()
    }

    fn open(&mut self) -> Target<'_> {
        Target::Model(self)
    }

    fn see(&self) -> Datum<'_> {
        Datum::Model(self)
    }
}

impl<T: Element> Element for Vec<T> {
    fn blank() -> Self {
        Vec::new()
    }

    fn open(&mut self) -> Target<'_> {
        Target::List(self)
    }

    fn see(&self) -> Datum<'_> {
        Datum::List(self)
    }
}

impl<T: Element> Element for BTreeMap<String, T> {
    fn blank() -> Self {
        BTreeMap::new()
    }

    fn open(&mut self) -> Target<'_> {
        Target::Map(self)
    }

    fn see(&self) -> Datum<'_> {
        Datum::Map(self)
    }
}

macro_rules! scalars {
    ($($type:ty: $target:ident, $self:ident => $datum:expr;)*) => { $(
        impl Element for $type {
            fn blank() -> Self {
                Self::default()
            }

            fn open(&mut self) -> Target<'_> {
                Target::$target(self)
            }

            fn see(&$self) -> Datum<'_> {
                $datum
            }
        }
    )* };
}
scalars! {
    String: Text, self => Datum::Text(self);
    Id: Id, self => Datum::Id(self);
    i64: Integer, self => Datum::Integer(*self);
    f64: Number, self => Datum::Number(*self);
    bool: Boolean, self => Datum::Boolean(*self);
    Value: Any, self => Datum::Any(self);
}

impl<T: Model + ?Sized> Model for Box<T> {
    fn shape(&self) -> &'static Shape {
        (**self).shape()
    }

    fn slot(&self, index: usize) -> Option<&dyn Slot> {
        (**self).slot(index)
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot> {
        (**self).slot_mut(index)
    }
}

impl<T: Element> List for Vec<T> {
    fn push(&mut self, fill: &mut dyn FnMut(Target<'_>) -> bool) {
        // Filled where it stands: an element can be large.
        Vec::push(self, T::blank());
        let read = self.last_mut().is_some_and(|element| fill(element.open()));
        if !read {
            self.pop();
        }
    }

    fn get(&self, index: usize) -> Option<Datum<'_>> {
        let elements: &[T] = self;
        // Not `get(index).map(…)`: this form instantiates nothing, for hundreds of element types.
        if index < elements.len() { Some(elements[index].see()) } else { None }
    }
}

impl<T: Element> Map for BTreeMap<String, T> {
    fn put(&mut self, key: &str, fill: &mut dyn FnMut(Target<'_>) -> bool) {
        let mut element = T::blank();
        if fill(element.open()) {
            self.insert(key.to_owned(), element);
        }
    }

    fn get(&self, key: &str) -> Datum<'_> {
        BTreeMap::get(self, key).map_or(Datum::Absent, T::see)
    }

    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a str, Datum<'a>)) {
        for (key, value) in self {
            see(key, value.see());
        }
    }
}

/// The JSON object of an untyped request or answer.
impl Map for serde_json::Map<String, Value> {
    fn put(&mut self, key: &str, fill: &mut dyn FnMut(Target<'_>) -> bool) {
        let mut value = Value::Null;
        if fill(Target::Any(&mut value)) {
            self.insert(key.to_owned(), value);
        }
    }

    fn get(&self, key: &str) -> Datum<'_> {
        serde_json::Map::get(self, key).map_or(Datum::Absent, |value| Datum::Any(value).plain())
    }

    fn each<'a>(&'a self, see: &mut dyn FnMut(&'a str, Datum<'a>)) {
        for (key, value) in self {
            see(key, Datum::Any(value).plain());
        }
    }
}

/// What `Debug` of every model does: the fields that are there, by their names on the wire, secrets masked.
///
/// # Errors
/// Those of the formatter.
pub fn debug(name: &str, model: &dyn Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(name);
    fields(model, &mut |name, shown| {
        out.field(name, shown);
    });
    out.finish()
}

fn fields(model: &dyn Model, see: &mut dyn FnMut(&'static str, &Shown<'_>)) {
    for (index, field) in model.shape().fields().iter().enumerate() {
        match model.slot(index).map_or(Datum::Absent, Slot::see) {
            Datum::Absent => {}
            datum => see(field.name, &Shown { datum, kind: &field.kind, secret: field.secret }),
        }
    }
}

/// A value as `Debug` shows it; what the spec says of it tells where the secrets are.
pub(crate) struct Shown<'a> {
    pub(crate) datum: Datum<'a>,
    pub(crate) kind: &'static Kind,
    pub(crate) secret: bool,
}

impl<'a> Shown<'a> {
    fn inside(datum: Datum<'a>, kind: &'static Kind) -> Self {
        Self { datum, kind, secret: false }
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.datum.plain() {
            _ if self.secret && enabled(Mask::Field) => f.write_str(crate::secret::MASK),
            Datum::Absent => f.write_str("null"),
            Datum::Text(text) => fmt::Debug::fmt(text, f),
            Datum::Id(id) => fmt::Debug::fmt(id, f),
            Datum::Integer(number) => fmt::Debug::fmt(&number, f),
            Datum::Number(number) => fmt::Debug::fmt(&number, f),
            Datum::Boolean(value) => fmt::Debug::fmt(&value, f),
            Datum::Any(value) => fmt::Display::fmt(value, f),
            // A nested model is shown by its fields alone: its type is the field's.
            Datum::Model(model) => {
                let mut out = f.debug_map();
                fields(model, &mut |name, shown| {
                    out.entry(&format_args!("{name}"), shown);
                });
                out.finish()
            }
            Datum::List(list) => {
                let kind = if let Kind::List(kind) = self.kind { kind } else { &Kind::Any };
                let elements = (0..).map_while(|index| list.get(index));
                f.debug_list().entries(elements.map(|datum| Shown::inside(datum, kind))).finish()
            }
            Datum::Map(map) => {
                let mut out = f.debug_map();
                map.each(&mut |key, datum| {
                    let shown = match self.kind {
                        Kind::Map(kind) => Shown::inside(datum, kind),
                        Kind::Object(shape) => match shape.field(key) {
                            Some(field) => Shown { datum, kind: &field.kind, secret: field.secret },
                            None => Shown::inside(datum, &Kind::Any),
                        },
                        _ => Shown::inside(datum, &Kind::Any),
                    };
                    out.entry(&key, &shown);
                });
                out.finish()
            }
        }
    }
}

/// Implements `Debug` for a model through its table.
#[doc(hidden)]
#[macro_export]
macro_rules! __debug {
    ($model:ident) => {
        impl ::std::fmt::Debug for $model {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__rt::debug_model(stringify!($model), self, f)
            }
        }
    };
}

/// Declares an enumeration that keeps values it doesn't know.
#[doc(hidden)]
#[macro_export]
macro_rules! __enumeration {
    (
        $(#[$doc:meta])*
        pub $name:ident {
            $( $(#[$value_doc:meta])* $variant:ident = $value:literal, )*
        }
    ) => {
        $(#[$doc])*
        ///
        /// Open: a value that isn't listed is kept as it came. Setters take texts as well, `"…".into()` makes one.
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$value_doc])* $variant, )*
            /// A value that isn't listed. Match it with a wildcard: it may be listed in the next release.
            #[non_exhaustive]
            Other(String),
        }

        impl $name {
            /// The values that are listed.
            pub const VALUES: &'static [&'static str] = &[$($value),*];

            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $value, )*
                    Self::Other(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $( $value => Self::$variant, )*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl $crate::__rt::Enumeration for $name {
            fn set(&mut self, name: &str) {
                *self = Self::from(name);
            }

            fn name(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::__rt::Element for $name {
            fn blank() -> Self {
                Self::Other(String::new())
            }

            fn open(&mut self) -> $crate::__rt::Target<'_> {
                $crate::__rt::Target::Enumeration(self)
            }

            fn see(&self) -> $crate::__rt::Datum<'_> {
                $crate::__rt::Datum::Text(self.as_str())
            }
        }
    };
}
