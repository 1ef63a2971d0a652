//! Identifiers: one type for what the service calls a number in one action and a text in the next.

use std::cmp::Ordering;
use std::fmt;

use compact_str::CompactString;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An identifier, as the text that it came as.
///
/// DataWorks publishes one and the same identifier as a number in one action and as a text in the next, and moves them
/// from one to the other between releases; 19 digits are common. So an `Id` never goes through a number: it is equal and
/// hashed by its text, and ordered by its value and then by its text. Short ones need no allocation.
///
/// Setters take every integer type, texts, `Id`, `&Id` and the `Option` of these (see [`IntoId`]), so what one action
/// answers goes into the next as it is.
///
/// ```
/// use dataworks_sdk::Id;
///
/// let id = Id::from(1234567890123456789_i64);
/// assert_eq!(id, "1234567890123456789");
/// assert_eq!(id.as_i64(), Some(1234567890123456789));
/// assert_eq!(Id::from("table-1").as_i64(), None);
/// assert!(Id::from("9") < Id::from("10"));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Id(CompactString);

impl Id {
    /// The identifier with this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(CompactString::new(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number, if the text is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// Sign and digits without leading zeros, if the text is a whole number of any length.
    fn number(&self) -> Option<(bool, &str)> {
        let (negative, digits) = match self.0.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, self.0.as_str()),
        };
        let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        whole.then(|| (negative, digits.trim_start_matches('0')))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |digits: &str| (digits.len(), digits.to_owned());
        let by_value = match (self.number(), other.number()) {
            (Some((false, a)), Some((false, b))) => size(a).cmp(&size(b)),
            (Some((true, a)), Some((true, b))) => size(b).cmp(&size(a)),
            (Some((a, _)), Some((b, _))) => b.cmp(&a),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        by_value.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0.into()
    }
}

impl From<Id> for serde_json::Value {
    fn from(id: Id) -> Self {
        Self::String(id.into())
    }
}

impl From<&Id> for serde_json::Value {
    fn from(id: &Id) -> Self {
        Self::String(id.as_str().to_owned())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;
        impl Visitor<'_> for IdVisitor {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an identifier: a text or a whole number")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id::new(text))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id, E> {
                Ok(Id::from(number))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
                Ok(Id::from(number))
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

/// What goes where an identifier is asked for: every integer type, texts, [`Id`], `&Id`, and the `Option` of these.
///
/// It is a trait of its own because `Into<Id>` would leave the literal `530486` without a type.
pub trait IntoId {
    /// The identifier; `None` leaves the field unset.
    fn into_id(self) -> Option<Id>;
}

/// Identifiers in one text, with commas between.
#[must_use]
pub fn joined(ids: &[Id]) -> String {
    ids.iter().map(Id::as_str).collect::<Vec<_>>().join(",")
}

macro_rules! from_integers {
    ($($integer:ty),*) => { $(
        impl From<$integer> for Id {
            fn from(number: $integer) -> Self {
                Self::new(itoa::Buffer::new().format(number))
            }
        }

        impl IntoId for $integer {
            fn into_id(self) -> Option<Id> {
                Some(self.into())
            }
        }
    )* };
}
from_integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

macro_rules! from_texts {
    ($($text:ty),*) => { $(
        impl From<$text> for Id {
            fn from(text: $text) -> Self {
                Self::new(&text)
            }
        }

        impl IntoId for $text {
            fn into_id(self) -> Option<Id> {
                Some(self.into())
            }
        }
    )* };
}
from_texts!(&str, String, &String, std::borrow::Cow<'_, str>);

impl IntoId for Id {
    fn into_id(self) -> Option<Id> {
        Some(self)
    }
}

impl IntoId for &Id {
    fn into_id(self) -> Option<Id> {
        Some(self.clone())
    }
}

impl<T: IntoId> IntoId for Option<T> {
    fn into_id(self) -> Option<Id> {
        self.and_then(IntoId::into_id)
    }
}

impl IntoId for &Option<Id> {
    fn into_id(self) -> Option<Id> {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_by_value_and_then_by_text() {
        let mut ids: Vec<Id> =
            ["b", "10", "9", "-2", "010", "a", "-10", "123456789012345678901234567890"].map(Id::from).into();
        ids.sort();
        let texts: Vec<&str> = ids.iter().map(Id::as_str).collect();
        assert_eq!(texts, ["-10", "-2", "9", "010", "10", "123456789012345678901234567890", "a", "b"]);
    }

    #[test]
    fn equal_by_text() {
        assert_ne!(Id::from("010"), Id::from(10));
        assert_eq!(Id::from("10"), Id::from(10_u8));
    }

    #[test]
    fn everything_that_identifies_goes_in() {
        let id = Id::from(7);
        assert_eq!(7_usize.into_id(), (&id).into_id());
        assert_eq!(Some("7").into_id(), Some(id.clone()).into_id());
        assert_eq!(None::<i64>.into_id(), None);
        assert_eq!((&Some(id.clone())).into_id(), Some(id));
    }

    #[test]
    fn serde_takes_numbers_and_texts() {
        let ids: Vec<Id> = serde_json::from_str(r#"["a", 1234567890123456789, -5]"#).unwrap();
        assert_eq!(serde_json::to_string(&ids).unwrap(), r#"["a","1234567890123456789","-5"]"#);
    }

    #[test]
    fn short_ones_stay_inline() {
        assert_eq!(size_of::<Option<Id>>(), 24);
    }
}
