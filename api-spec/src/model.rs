//! What the JSON files of the spec hold: the facts that `cargo xtask import` took from the official metadata.
//!
//! Keys keep the official names (`minLength`, `additionalProperties`, `$ref`, …); prose is left behind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `service.json`: the product, its version and where it is served.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Service {
    /// `dataworks-public`.
    pub product: String,
    /// The API version, `2020-05-18` for example: also the name of the folder.
    pub version: String,
    /// Region id → hosts.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// The official grouping, where one is published: the path of a directory (`运维中心/实例`) → its actions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub directories: BTreeMap<String, Vec<String>>,
}

/// The hosts that serve one region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The host on the public internet.
    pub public: String,
    /// The host inside a virtual private cloud, where one is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
}

/// `actions/<Name>.json`: one action, its parameters and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Action {
    /// How the request travels.
    pub method: Method,
    /// Whether upstream advises against it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// What upstream names in its place: an action of this version, or `<version> <Action>` of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Upstream's own word about what the action does (`read`, `readAndWrite`, …). No guide by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_type: Option<String>,
    /// Parameter name → parameter.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// The body of a successful answer.
    pub answer: Schema,
    /// HTTP status → error codes that upstream documents.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub error_codes: BTreeMap<u16, Vec<String>>,
    /// Path of a nested object (`request.Tasks[]`, `answer.Data.Nodes[]`) → the Rust name it was given, for good.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub type_names: BTreeMap<String, String>,
    /// Path of a parameter or field → its Rust name, where the rule alone would give it to one that came later and is
    /// written in another case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_names: BTreeMap<String, String>,
}

/// `types/<Name>.json`: a schema that several places share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedType {
    /// The schema itself.
    pub schema: Schema,
    /// Path of a nested object (`types.Column.BusinessMetadata`) → the Rust name it was given, for good.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub type_names: BTreeMap<String, String>,
    /// Path of a parameter or field → its Rust name, where the rule alone would give it to one that came later and is
    /// written in another case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub field_names: BTreeMap<String, String>,
}

/// An HTTP method that DataWorks uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `DELETE`.
    Delete,
}

impl Method {
    /// The method as it stands in a request line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One parameter of an action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Where it travels.
    #[serde(rename = "in")]
    pub place: Place,
    /// How a structured value becomes text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// What it holds.
    #[serde(flatten)]
    pub schema: Schema,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// In the query string.
    Query,
    /// In the form body.
    FormData,
    /// Nowhere: it only picks the endpoint.
    Host,
}

/// How a structured parameter becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// Compact JSON.
    Json,
    /// The elements joined by commas.
    Simple,
    /// `Name.1=a`, `Name.2=b`: also what an absent style means.
    RepeatList,
}

/// The type of a schema. A schema without one holds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list of `items`.
    Array,
    /// An object of `properties`, or a map to `additionalProperties`.
    Object,
    /// Any JSON value.
    Any,
}

/// What a parameter or a field holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schema {
    /// The name of a shared schema (`Column`), which then says everything else.
    #[serde(default, rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The type; absent where upstream publishes none.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Type>,
    /// `int32`, `int64`, `float`, `double`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Whether upstream says that it must be given. Drifts, so it never shapes a type.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Whether upstream advises against it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// The published values, as text. An empty list says nothing.
    #[serde(default, rename = "enum", skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// The least value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<serde_json::Number>,
    /// The greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<serde_json::Number>,
    /// Whether `minimum` itself is excluded.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusive_minimum: bool,
    /// Whether `maximum` itself is excluded.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusive_maximum: bool,
    /// The fewest characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u64>,
    /// The most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u64>,
    /// The fewest elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_items: Option<u64>,
    /// The most elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<u64>,
    /// A regular expression that the text matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What the service takes when nothing is given, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// An example, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Whether the text is the URL of an uploaded file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_file_transfer_url: bool,
    /// What the elements of a list hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Schema>>,
    /// Field name → field of an object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Schema>,
    /// What the values of a map hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_properties: Option<Box<Schema>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}
