//! What the decoder of the SDK makes of values whose type is another one now: the table of its lenient scalars.

use dataworks_api_spec::{IdKind, PinnedType, Schema, Type, Version};

use crate::lower::shared::is_struct;

/// What a field of an answer takes in the SDK that callers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Any,
    Text,
    Enumeration,
    Id,
    Integer,
    Number,
    Boolean,
    List,
    Object,
}

/// How many values of another type are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    All,
    /// Those that look like the old type. Others leave the field empty and are reported as mismatches.
    Some,
    None,
}

impl Target {
    /// What becomes of the schema at a path, as the generator decides it.
    pub(super) fn at(version: &Version, action: &str, path: &str, schema: &Schema) -> Self {
        let kind = version.pin(action, path).map(PinnedType::as_type).or(schema.kind);
        let id = version.id_kind(action, path);
        match kind {
            Some(Type::String) if schema.is_file_transfer_url => Self::Text,
            Some(Type::String) if version.enumeration_of(action, path).is_some() => Self::Enumeration,
            Some(Type::String) if version.is_json(action, path) => Self::Text,
            Some(Type::String | Type::Integer) if id == Some(IdKind::CommaList) => Self::List,
            Some(Type::String | Type::Integer) if id.is_some() => Self::Id,
            Some(Type::String) => Self::Text,
            Some(Type::Integer) => Self::Integer,
            Some(Type::Number) => Self::Number,
            Some(Type::Boolean) => Self::Boolean,
            Some(Type::Array) => Self::List,
            Some(Type::Object) if is_struct(schema) || schema.additional_properties.is_some() => Self::Object,
            Some(Type::Object | Type::Any) | None => Self::Any,
        }
    }

    /// How many of the values of a type it reads.
    pub(super) fn reads(self, new: Type) -> Reads {
        use Type::{Any, Array, Boolean, Integer, Number, Object, String};
        match (self, new) {
            (Self::Any, _)
            | (Self::Text | Self::Enumeration, String | Integer | Boolean)
            | (Self::Text, Number)
            | (Self::Id, String | Integer | Number)
            | (Self::Integer, Integer)
            | (Self::Number, Integer | Number)
            | (Self::Boolean, Boolean)
            | (Self::List, Array)
            | (Self::Object, Object) => Reads::All,
            (_, Any)
            | (Self::Enumeration, Number)
            | (Self::Integer, String | Number)
            | (Self::Number, String)
            | (Self::Boolean, String | Integer | Number) => Reads::Some,
            _ => Reads::None,
        }
    }
}
