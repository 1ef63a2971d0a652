//! The spec in the shape of Rust: modules, structs, fields, enumerations, all names given.

use dataworks_api_spec::{Endpoint, Method, Place, Safety, Style, Waiter};

/// A version of the API: a module of the SDK.
pub(crate) struct VersionModel {
    /// `2020-05-18`.
    pub name: String,
    /// `v2020_05_18`.
    pub module: String,
    pub product: String,
    /// Region and hosts.
    pub endpoints: Vec<(String, Endpoint)>,
    pub actions: Vec<ActionModel>,
    /// The groups that have actions here, in the order of the documentation.
    pub groups: Vec<GroupModel>,
    pub types: Vec<SharedModel>,
    pub enums: Vec<EnumModel>,
}

/// A group of actions in the documentation of a version.
pub(crate) struct GroupModel {
    pub title: String,
    /// One sentence; empty for what is in no group.
    pub doc: String,
    /// Indices into the version's actions.
    pub actions: Vec<usize>,
}

/// An action: a module with its request and its answer.
pub(crate) struct ActionModel {
    /// The official name.
    pub name: String,
    pub module: String,
    /// The client's method.
    pub method: String,
    pub http: Method,
    pub safety: Safety,
    pub outcome: OutcomeModel,
    pub pages: Option<PagesModel>,
    /// Whether its answer can come as events.
    pub events: bool,
    /// One sentence.
    pub summary: String,
    pub page_url: String,
    /// The note for those who still use it.
    pub deprecated: Option<String>,
    pub aliases: Vec<String>,
    pub shorthands: Vec<ShorthandModel>,
    /// Goal and how its answer tells of it, in the order of the names.
    pub waiters: Vec<(String, Waiter)>,
    /// The lines of an example that has a `client`.
    pub example: Option<String>,
    /// HTTP status and code, as documented.
    pub error_codes: Vec<(u16, String)>,
    pub request: Struct,
    /// Nested types of the request, parents first.
    pub request_types: Vec<Struct>,
    pub answer: Struct,
    /// Nested types of the answer, parents first.
    pub answer_types: Vec<Struct>,
}

/// A function that makes a request from a few values.
pub(crate) struct ShorthandModel {
    pub name: String,
    /// One sentence.
    pub summary: String,
    pub arguments: Vec<Argument>,
    /// Parameter and template, as the overlay has them, in the order of the parameters.
    pub fills: Vec<(String, String)>,
    /// Index of a field and what it gets, in the order of the fields.
    pub given: Vec<(usize, Given)>,
}

/// What a shorthand takes.
pub(crate) struct Argument {
    pub wire: String,
    pub name: String,
    pub kind: ArgumentKind,
    /// One sentence.
    pub doc: String,
    pub ty: Ty,
    /// A value as Rust writes it.
    pub example: Option<String>,
}

pub(crate) enum ArgumentKind {
    Parameter,
    /// What only fills use, with the type of this parameter.
    Like(String),
    /// A business date.
    Date,
}

/// What a shorthand gives to a field. Arguments are indices.
#[derive(Debug, PartialEq)]
pub(crate) enum Given {
    /// An argument as it is.
    Whole(usize),
    /// An identifier as the only one of a list.
    Element(usize),
    Text(Vec<TextPart>),
    Constant(String),
}

/// A part of a text that a shorthand fills in.
#[derive(Debug, PartialEq)]
pub(crate) enum TextPart {
    Text(String),
    Argument(usize),
}

impl TextPart {
    pub(crate) fn argument(&self) -> Option<&usize> {
        match self {
            Self::Text(_) => None,
            Self::Argument(argument) => Some(argument),
        }
    }
}

/// Where an answer carries its outcome.
pub(crate) enum OutcomeModel {
    Success,
    Status(String),
    Items(String),
    None,
}

/// How an action pages.
pub(crate) struct PagesModel {
    pub way: PagingWay,
    /// The path of the items in the answer.
    pub items: String,
    /// The way from the answer to the items.
    pub steps: Vec<Step>,
    /// What an item is.
    pub item: Ty,
    /// The default and the greatest size of a page.
    pub default_size: Option<String>,
    pub greatest_size: Option<i64>,
}

pub(crate) enum PagingWay {
    Numbered { page: String, size: String, total: Option<String> },
    Token { token: String, size: Option<String>, next: String },
}

/// One field on the way to the items.
pub(crate) struct Step {
    pub field: String,
    pub kind: StepKind,
    /// Whether it holds a list: of the items, or of objects that hold them.
    pub list: bool,
    pub deprecated: bool,
}

/// How a field on the way opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// A field as it is: an object of an answer, or a list of one.
    Plain,
    /// An `Option` of an object or of a list.
    Optional,
    /// An `Option<Box<_>>` of an object.
    Boxed,
}

/// A shared schema: a module below `types`.
pub(crate) struct SharedModel {
    /// The name in the spec.
    pub name: String,
    pub module: String,
    /// The type named after it; none where it is no object.
    pub root: Option<String>,
    /// The type itself, then its nested ones, parents first.
    pub structs: Vec<Struct>,
}

/// An open enumeration: a module below `types`.
pub(crate) struct EnumModel {
    pub name: String,
    pub module: String,
    /// Paragraphs.
    pub docs: Vec<String>,
    pub variants: Vec<Variant>,
}

pub(crate) struct Variant {
    pub name: String,
    pub value: String,
    pub doc: Option<String>,
}

/// A struct, its table and how it is written.
pub(crate) struct Struct {
    pub name: String,
    /// Where its fields stand in the spec: `request`, `answer.Data`, `types.Column`.
    pub path: String,
    /// Paragraphs.
    pub docs: Vec<String>,
    pub role: Role,
    pub fields: Vec<Field>,
}

/// What a struct is for, and so where its table is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// The request of an action: the table is the operation's.
    Request,
    /// An object of a request: the table is a static beside it.
    Input { shape: String },
    /// An object of an answer: the table is inside.
    Answer,
}

pub(crate) struct Field {
    pub wire: String,
    /// Where the spec has it: `answer.Data.Nodes[].Owner`.
    pub path: String,
    /// The shared schemas that it names, itself or for its elements.
    pub references: Vec<String>,
    pub name: String,
    pub setter: String,
    pub ty: Ty,
    /// Where a parameter travels; a field of an object travels inside.
    pub place: Option<Place>,
    pub style: Option<Style>,
    pub required: bool,
    pub secret: bool,
    pub least: Option<i64>,
    pub most: Option<i64>,
    /// Whether a text begins with a day.
    pub dated: bool,
    /// Paragraphs.
    pub docs: Vec<String>,
    /// Whether a sentence tells more than its name.
    pub explained: bool,
    pub deprecated: bool,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    Text,
    JsonText,
    File,
    IdText,
    IdNumber,
    /// Identifiers in one text, with commas between.
    Ids,
    Integer,
    Number,
    Boolean,
    Any,
    /// An enumeration of this version's `types`.
    Enum(String),
    Object(Object),
    List(Box<Ty>),
    Map(Box<Ty>),
}

/// Where a type of objects stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub name: String,
    /// The module below `types`; none for a type of the action itself.
    pub shared: Option<String>,
    /// Whether it is the type its module is named after, re-exported from `types`.
    pub root: bool,
    /// The static of its table, where it is used by requests.
    pub shape: Option<String>,
    /// Whether it leads back to itself.
    pub boxed: bool,
}

impl ActionModel {
    /// The parameter that takes a file, if there is one and no other.
    pub(crate) fn file(&self) -> Option<&Field> {
        let mut files = self.request.fields.iter().filter(|field| field.ty == Ty::File);
        files.next().filter(|_| files.next().is_none())
    }
}

impl SharedModel {
    /// Whether there are types that only a path through the module reaches.
    pub(crate) fn is_nested(&self) -> bool {
        self.structs.len() > usize::from(self.root.is_some())
    }
}
