//! Reads a parameter: a schema with two keys more.
//!
//! serde cannot refuse unknown keys of a flattened field, so the two are taken out on the way and the rest is read as a schema.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{Parameter, Place, Schema, Style};

impl<'de> Deserialize<'de> for Parameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ParameterVisitor)
    }
}

struct ParameterVisitor;

impl<'de> Visitor<'de> for ParameterVisitor {
    type Value = Parameter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a parameter")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Parameter, A::Error> {
        let (mut place, mut style) = (None, None);
        let schema =
            Schema::deserialize(MapAccessDeserializer::new(Rest { map, place: &mut place, style: &mut style }))?;
        let place = place.ok_or_else(|| A::Error::missing_field("in"))?;
        Ok(Parameter { place, style, schema })
    }
}

/// The keys of a map without `in` and `style`, which are kept aside.
struct Rest<'a, A> {
    map: A,
    place: &'a mut Option<Place>,
    style: &'a mut Option<Style>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            match key.as_str() {
                "in" if self.place.is_some() => return Err(A::Error::duplicate_field("in")),
                "style" if self.style.is_some() => return Err(A::Error::duplicate_field("style")),
                "in" => *self.place = Some(self.map.next_value()?),
                "style" => *self.style = Some(self.map.next_value()?),
                _ => return seed.deserialize(key.into_deserializer()).map(Some),
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{Parameter, Place, Style, parse};

    fn read(text: &str) -> Result<Parameter, String> {
        parse(Path::new("action.json"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_two_keys_may_stand_anywhere() {
        let parameter =
            read(r#"{"type": "array", "style": "json", "items": {"type": "string"}, "in": "formData"}"#).unwrap();
        assert_eq!((parameter.place, parameter.style), (Place::FormData, Some(Style::Json)));
        assert!(parameter.schema.items.is_some());
        let again = read(&serde_json::to_string(&parameter).unwrap()).unwrap();
        assert_eq!(again, parameter);
    }

    #[test]
    fn what_does_not_belong_is_refused_where_it_stands() {
        assert!(
            read(r#"{"in": "query", "minimun": 1}"#)
                .unwrap_err()
                .starts_with("action.json:1:25: unknown field `minimun`")
        );
        assert!(read(r#"{"in": "query", "items": {"in": "query"}}"#).unwrap_err().contains("unknown field `in`"));
        assert!(read(r#"{"in": "path"}"#).unwrap_err().contains("unknown variant `path`"));
        assert!(read(r#"{"in": "query", "in": "query"}"#).unwrap_err().contains("duplicate field `in`"));
        assert!(read(r#"{"type": "string"}"#).unwrap_err().contains("missing field `in`"));
    }
}
