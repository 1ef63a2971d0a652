//! Turns a request into the texts that travel: each parameter by its style.

use std::borrow::Cow;

use crate::encode::Encoded;
use crate::model::{Datum, List};
use crate::operation::{Field, Kind, Operation, Place, Style};
use crate::secret::{Mask, enabled};

/// One text that travels.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Param {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: String,
    pub(crate) place: Place,
    pub(crate) secret: bool,
}

impl std::fmt::Debug for Param {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = if self.secret && enabled(Mask::Parameter) { crate::secret::MASK } else { &self.value };
        write!(f, "{}={value:?}", self.name)
    }
}

/// The texts of a request, in the order of the parameters.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    pub(crate) all: Vec<Param>,
    /// The secret texts inside structured parameters.
    pub(crate) hidden: Vec<String>,
}

impl std::fmt::Debug for Params {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.all).finish()
    }
}

impl Params {
    /// Flattens `request`, a model or a map, by the parameters of `operation`.
    pub(crate) fn new(operation: &'static Operation, request: Datum<'_>) -> Result<Self, serde_json::Error> {
        let mut params = Self::default();
        for (index, field) in operation.shape().fields().iter().enumerate() {
            params.push(operation, field, request.nth(operation.shape(), index))?;
        }
        if let Datum::Map(map) = request.plain() {
            map.each(&mut |name, datum| params.unknown(operation, name, datum));
        }
        Ok(params)
    }

    /// What the table doesn't know travels all the same: the checks have let it through, or were skipped.
    fn unknown(&mut self, operation: &Operation, name: &str, datum: Datum<'_>) {
        if operation.shape().field(name).is_some() || matches!(datum.plain(), Datum::Absent) {
            return;
        }
        let value = datum.text().unwrap_or_else(|| Encoded { datum, kind: &Kind::Any }.json().unwrap_or_default());
        let place = if operation.method().has_body() { Place::Form } else { Place::Query };
        // Nobody has said that it is none: it may be a slip in a secret's name.
        self.all.push(Param { name: name.to_owned().into(), value, place, secret: true });
    }

    fn push(
        &mut self,
        operation: &Operation,
        field: &'static Field,
        datum: Datum<'_>,
    ) -> Result<(), serde_json::Error> {
        let datum = datum.plain();
        let known = self.hidden.len();
        if matches!(datum, Datum::List(_) | Datum::Map(_) | Datum::Model(_)) {
            hide(&field.kind, datum, field.secret, &mut self.hidden);
        }
        let secret = field.secret || self.hidden.len() > known;
        // A secret stays out of the URL where the method has a body.
        let place = match field.place {
            Place::Query if secret && enabled(Mask::Place) && operation.method().has_body() => Place::Form,
            place => place,
        };
        let mut add = |name: Cow<'static, str>, value: String| {
            self.all.push(Param { name, value, place, secret });
        };
        match (datum, &field.kind) {
            (Datum::Absent, _) => {}
            (Datum::List(list), Kind::Ids) => add(field.name.into(), join(list)),
            (Datum::List(list), _) if field.style == Style::Simple => add(field.name.into(), join(list)),
            (Datum::List(_) | Datum::Map(_) | Datum::Model(_), kind) => {
                if field.style == Style::Json || matches!(kind, Kind::JsonText | Kind::Text) {
                    let kind = if matches!(kind, Kind::JsonText | Kind::Text) { &Kind::Any } else { kind };
                    add(field.name.into(), Encoded { datum, kind }.json()?);
                } else {
                    flatten(field.name, datum, &mut |name, value| add(name.into(), value));
                }
            }
            // A text where a list or an object travels as JSON is that JSON already.
            (scalar, _) => add(field.name.into(), scalar.text().unwrap_or_default()),
        }
        Ok(())
    }

    /// The text of a parameter that is no list.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all.iter().find(|param| param.name == name).map(|param| param.value.as_str())
    }

    /// Those that travel in `place`.
    pub(crate) fn of(&self, place: Place) -> impl Iterator<Item = (&str, &str)> {
        let here = self.all.iter().filter(move |param| param.place == place);
        here.map(|param| (&*param.name, param.value.as_str()))
    }
}

/// Collects the secret texts inside a value.
fn hide(kind: &Kind, datum: Datum<'_>, secret: bool, hidden: &mut Vec<String>) {
    match (kind, datum.plain()) {
        (_, Datum::Absent) => {}
        (Kind::Object(shape), datum @ (Datum::Model(_) | Datum::Map(_))) => {
            for (index, field) in shape.fields().iter().enumerate() {
                hide(&field.kind, datum.nth(shape, index), secret || field.secret, hidden);
            }
        }
        (kind, Datum::List(list)) => {
            let inner = if let Kind::List(inner) = kind { inner } else { &Kind::Any };
            (0..).map_while(|index| list.get(index)).for_each(|datum| hide(inner, datum, secret, hidden));
        }
        (kind, Datum::Map(map)) => {
            let inner = if let Kind::Map(inner) = kind { inner } else { &Kind::Any };
            map.each(&mut |_, datum| hide(inner, datum, secret, hidden));
        }
        (_, Datum::Model(_)) => {}
        (_, scalar) if secret => hidden.extend(scalar.text()),
        _ => {}
    }
}

/// The elements of a list, joined by commas.
fn join(list: &dyn List) -> String {
    let texts: Vec<String> = (0..).map_while(|index| list.get(index)).filter_map(Datum::text).collect();
    texts.join(",")
}

/// `Name.1=a`, `Name.2.Field=b`, `Name.Key=c`: indices count from 1 and skip what is absent.
pub(crate) fn flatten(name: &str, datum: Datum<'_>, add: &mut dyn FnMut(String, String)) {
    match datum.plain() {
        Datum::Absent => {}
        Datum::List(list) => {
            for (index, element) in (0..).map_while(|index| list.get(index)).enumerate() {
                flatten(&format!("{name}.{}", index + 1), element, add);
            }
        }
        Datum::Map(map) => map.each(&mut |key, value| flatten(&format!("{name}.{key}"), value, add)),
        Datum::Model(model) => {
            for (index, field) in model.shape().fields().iter().enumerate() {
                let datum = model.slot(index).map_or(Datum::Absent, crate::model::Slot::see);
                match (&field.kind, datum) {
                    (Kind::Ids, Datum::List(list)) => add(format!("{name}.{}", field.name), join(list)),
                    _ => flatten(&format!("{name}.{}", field.name), datum, add),
                }
            }
        }
        scalar => add(name.to_owned(), scalar.text().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;
    use crate::operation::{Method, Operation, Shape, field, form, query};
    use crate::signature::percent;

    /// An operation with one parameter, for the vectors.
    fn one(name: &'static str, style: Style) -> &'static Operation {
        let field = match style {
            Style::RepeatList => form(name, Kind::Any),
            Style::Json => form(name, Kind::Any).json(),
            Style::Simple => form(name, Kind::Any).simple(),
        };
        let fields: &'static [Field] = Box::leak(Box::new([field]));
        Box::leak(Box::new(Operation::new("Test", Method::Post).parameters(fields)))
    }

    fn sent(operation: &'static Operation, request: &Value) -> Vec<(String, String)> {
        let params = Params::new(operation, Datum::Any(request)).unwrap();
        params.all.into_iter().map(|param| (param.name.into_owned(), param.value)).collect()
    }

    /// Each parameter of `input` by itself, in the order of the names.
    fn flattened(input: &Value) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (name, value) in input.as_object().into_iter().flatten() {
            flatten(name, Datum::Any(value), &mut |name, value| {
                out.insert(name, value);
            });
        }
        out
    }

    fn by_style(vector: &Value) -> String {
        let name = vector["prefix"].as_str().unwrap_or("Pre");
        let style = match vector["style"].as_str() {
            Some("json") | None => Style::Json,
            Some("simple") => Style::Simple,
            Some("repeatList") => Style::RepeatList,
            Some(style) => panic!("the vector wants the style {style}"),
        };
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        let sent = sent(one(name, style), &json!({ name: vector["input"] }));
        let pair = |(name, value): &(String, String)| match style {
            Style::RepeatList => percent::form([(name.as_str(), value.as_str())]),
            _ => value.clone(),
        };
        sent.iter().map(pair).collect::<Vec<_>>().join("&&")
    }

    #[test]
    fn every_vector_of_the_official_client() {
        let vectors: Vec<Value> = serde_json::from_str(include_str!("../tests/conformance/flatten.json")).unwrap();
        assert_eq!(vectors.len(), 62);
        let mut compared = 0;
        for vector in vectors.iter().filter(|vector| vector.get("skip").is_none()) {
            let expected = vector.get("ours").unwrap_or(&vector["output"]);
            let ours = match vector["fn"].as_str().unwrap() {
                "Utils.query" => serde_json::to_value(flattened(&vector["input"])).unwrap(),
                "Utils.to_form" => {
                    let pairs = flattened(&vector["input"]);
                    percent::form(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))).into()
                }
                "array_to_string_with_specified_style" | "array_to_string json" => by_style(vector).into(),
                // The endpoint of no region is an error: `endpoint::tests` has it.
                "get_endpoint_rules(product,region,rule,network)" if vector["input"][1] == "" => continue,
                other => panic!("nothing here answers {other}"),
            };
            assert_eq!(&ours, expected, "{vector}");
            compared += 1;
        }
        assert_eq!(compared, 33);
    }

    static NESTED: Shape = Shape::new(&[field("Id", Kind::IdNumber), field("Ids", Kind::Ids)]);
    static OPERATION: Operation = Operation::new("Test", Method::Post).parameters(&[
        form("Empty", Kind::List(&Kind::Text)).json(),
        form("Flag", Kind::Boolean),
        form("Ids", Kind::Ids),
        query("Joined", Kind::List(&Kind::Integer)).simple(),
        form("Nested", Kind::List(&Kind::Object(&NESTED))).json(),
        query("Secret", Kind::JsonText).secret(),
    ]);

    #[test]
    fn each_kind_by_its_style() {
        let request = json!({
            "Empty": [],
            "Flag": true,
            "Ids": [1, "1234567890123456789"],
            "Joined": [1, 2],
            "Nested": [{"Id": "1234567890123456789", "Ids": ["a", "b"]}, {"Id": 12, "New": null}],
            "Secret": {"password": "hidden"},
        });
        let params = Params::new(&OPERATION, Datum::Any(&request)).unwrap();
        let expected = [
            ("Empty", "[]"),
            ("Flag", "true"),
            ("Ids", "1,1234567890123456789"),
            ("Joined", "1,2"),
            ("Nested", r#"[{"Id":1234567890123456789,"Ids":"a,b"},{"Id":12,"New":null}]"#),
            ("Secret", r#"{"password":"hidden"}"#),
        ];
        let all: Vec<(&str, &str)> = params.all.iter().map(|param| (&*param.name, param.value.as_str())).collect();
        assert_eq!(all, expected);
        assert!(!format!("{params:?}").contains("hidden"));
        // A secret leaves the URL for the body of a POST.
        assert_eq!(params.of(Place::Query).map(|(name, _)| name).collect::<Vec<_>>(), ["Joined"]);
    }
}
