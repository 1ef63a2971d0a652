//! What the generator says about an action, as data: one static table per action, read by everything that is the same for all.

use crate::shorthand::{Shorthand, Taken};
use crate::waiter::Waiter;

/// One action: its name, how it travels, what it takes and how it behaves.
#[derive(Debug)]
pub struct Operation {
    name: &'static str,
    aliases: &'static [&'static str],
    method: Method,
    safety: Safety,
    parameters: Shape,
    shorthands: &'static [Shorthand],
    pages: Option<Pages>,
    waiters: &'static [&'static Waiter],
    outcome: Outcome,
    secret_answer: bool,
    events: bool,
}

impl Operation {
    /// A write without parameters that carries its outcome in `Success`.
    #[must_use]
    pub const fn new(name: &'static str, method: Method) -> Self {
        Self {
            name,
            aliases: &[],
            method,
            safety: Safety::Write,
            parameters: Shape::new(&[]),
            shorthands: &[],
            pages: None,
            waiters: &[],
            outcome: Outcome::Success,
            secret_answer: false,
            events: false,
        }
    }

    /// It changes nothing.
    #[must_use]
    pub const fn read(mut self) -> Self {
        self.safety = Safety::Read;
        self
    }

    /// A repetition changes and answers the same.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.safety = Safety::Idempotent;
        self
    }

    /// A repetition may do it twice, even with the same `ClientToken`.
    #[must_use]
    pub const fn once(mut self) -> Self {
        self.safety = Safety::Once;
        self
    }

    /// Everyday names under which people look for it.
    #[must_use]
    pub const fn with_aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// What it takes.
    #[must_use]
    pub const fn parameters(mut self, fields: &'static [Field]) -> Self {
        self.parameters = Shape::new(fields);
        self
    }

    /// Ways to make a request from a few values.
    #[must_use]
    pub const fn with_shorthands(mut self, shorthands: &'static [Shorthand]) -> Self {
        self.shorthands = shorthands;
        self
    }

    /// How it pages.
    #[must_use]
    pub const fn pages(mut self, pages: Pages) -> Self {
        self.pages = Some(pages);
        self
    }

    /// What its answer tells of.
    #[must_use]
    pub const fn with_waiters(mut self, waiters: &'static [&'static Waiter]) -> Self {
        self.waiters = waiters;
        self
    }

    /// Where the answer carries its outcome.
    #[must_use]
    pub const fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The answer holds secrets: no error keeps its body.
    #[must_use]
    pub const fn secret_answer(mut self) -> Self {
        self.secret_answer = true;
        self
    }

    /// The answer can come as a stream of events.
    #[must_use]
    pub const fn events(mut self) -> Self {
        self.events = true;
        self
    }

    /// Whether the answer can come as a stream of events.
    #[must_use]
    pub const fn has_events(&self) -> bool {
        self.events
    }

    /// Whether the answer holds secrets.
    #[must_use]
    pub const fn has_secret_answer(&self) -> bool {
        self.secret_answer
    }

    /// The official name, `ListNodes` for example.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Everyday names under which people look for it: a call by name knows them, too.
    #[must_use]
    pub const fn aliases(&self) -> &'static [&'static str] {
        self.aliases
    }

    /// Ways to make a request from a few values.
    #[must_use]
    pub const fn shorthands(&self) -> &'static [Shorthand] {
        self.shorthands
    }

    /// The names that its shorthands take and that are no parameters.
    pub(crate) fn shorthand_names(&self) -> impl Iterator<Item = &'static str> {
        let takes = self.shorthands.iter().flat_map(Shorthand::takes);
        takes.filter(|taken| !taken.is_parameter()).map(Taken::name)
    }

    /// What a value is that only a shorthand takes, and whether it is a secret.
    #[cfg(feature = "client")]
    pub(crate) fn kind_in_shorthand(&self, name: &str) -> Option<(&'static Kind, bool)> {
        let taken = self.shorthands.iter().find_map(|shorthand| shorthand.taken(name))?;
        let like = taken.like().and_then(|like| self.shape().field(like));
        Some(like.map_or((&Kind::Text, false), |field| (&field.kind, field.secret)))
    }

    /// The HTTP method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Whether a call may be repeated without asking.
    #[must_use]
    pub const fn safety(&self) -> Safety {
        self.safety
    }

    /// The parameters, in the order of their names.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.parameters
    }

    /// How it pages, if it does.
    #[must_use]
    pub const fn paging(&self) -> Option<&Pages> {
        self.pages.as_ref()
    }

    /// What a call can wait for, by the state in its answer.
    #[must_use]
    pub const fn waiters(&self) -> &'static [&'static Waiter] {
        self.waiters
    }

    /// Where the answer carries its outcome.
    #[must_use]
    pub const fn outcome_place(&self) -> Outcome {
        self.outcome
    }
}

/// An HTTP method that DataWorks uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a request of this method has a body.
    #[must_use]
    pub const fn has_body(self) -> bool {
        matches!(self, Self::Post | Self::Put)
    }
}

/// Whether a call may be repeated without asking. People decided it by what the action does, never by its HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// It changes nothing.
    Read,
    /// A repetition with the same values changes and answers the same.
    Idempotent,
    /// A repetition may do it twice, unless it carries a `ClientToken`.
    Write,
    /// A repetition may do it twice, even with the same `ClientToken`: the service documents it as reserved.
    Once,
}

/// How an action pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pages {
    /// What picks a page.
    pub cursor: Cursor,
    /// The parameter that holds the size of a page; like that of the cursor, it can stand inside another: `Params.MaxResults`.
    pub size: Option<&'static str>,
    /// The path of the items in the answer; a `[]` inside flattens.
    pub items: &'static str,
}

/// What picks a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// A number from 1.
    Number {
        /// The parameter that holds it.
        parameter: &'static str,
        /// The path of the number of all items in the answer.
        total: Option<&'static str>,
    },
    /// A token that the page before gave.
    Token {
        /// The parameter that holds it.
        parameter: &'static str,
        /// The path of the next token in the answer.
        next: &'static str,
    },
}

impl Pages {
    /// Pages by number.
    #[must_use]
    pub const fn numbered(parameter: &'static str, size: &'static str, items: &'static str) -> Self {
        Self { cursor: Cursor::Number { parameter, total: None }, size: Some(size), items }
    }

    /// Pages by token.
    #[must_use]
    pub const fn token(parameter: &'static str, items: &'static str, next: &'static str) -> Self {
        Self { cursor: Cursor::Token { parameter, next }, size: None, items }
    }

    /// The path of the number of all items; means nothing for pages by token.
    #[must_use]
    pub const fn total(mut self, path: &'static str) -> Self {
        if let Cursor::Number { parameter, .. } = self.cursor {
            self.cursor = Cursor::Number { parameter, total: Some(path) };
        }
        self
    }

    /// The parameter that holds the size of a page.
    #[must_use]
    pub const fn size(mut self, parameter: &'static str) -> Self {
        self.size = Some(parameter);
        self
    }

    /// The parameter that picks the page.
    #[must_use]
    pub const fn parameter(&self) -> &'static str {
        match self.cursor {
            Cursor::Number { parameter, .. } | Cursor::Token { parameter, .. } => parameter,
        }
    }
}

/// Where an answer with HTTP status 200 says whether the call succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In a top-level `Success`, a boolean or the text of one.
    Success,
    /// In this top-level boolean; a `Success` beside it counts as well.
    Status(&'static str),
    /// Item by item, in this top-level map of `{Success, Message}`; a `Success` beside it counts as well.
    Items(&'static str),
    /// Nowhere: a top-level `Success` is data.
    None,
}

/// The fields of an object, or the parameters of an action.
#[derive(Debug)]
pub struct Shape {
    fields: &'static [Field],
}

impl Shape {
    /// These fields.
    #[must_use]
    pub const fn new(fields: &'static [Field]) -> Self {
        Self { fields }
    }

    /// The fields, in the order in which a model's slots are numbered.
    #[must_use]
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// Where the field of this name stands: mostly at `guess`, or soon after it, because keys come in an order.
    pub(crate) fn position(&self, name: &str, guess: usize) -> Option<usize> {
        match self.fields.get(guess) {
            Some(field) if field.name == name => Some(guess),
            _ => self.search(name, guess),
        }
    }

    #[inline(never)]
    fn search(&self, name: &str, from: usize) -> Option<usize> {
        let (before, after) = self.fields.split_at_checked(from).unwrap_or((self.fields, &[]));
        let here = |fields: &[Field]| fields.iter().position(|field| field.name == name);
        here(after).map(|at| from + at).or_else(|| here(before))
    }

    /// The field at a path through objects: `Params.NextToken`.
    pub(crate) fn field_at(&self, path: &str) -> Option<&'static Field> {
        match path.split_once('.') {
            None => self.field(path),
            Some((name, rest)) => match self.field(name)?.kind {
                Kind::Object(shape) => shape.field_at(rest),
                _ => None,
            },
        }
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One field or parameter.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Where a parameter travels.
    pub place: Place,
    /// How a structured parameter becomes text.
    pub style: Style,
    /// Whether the service says that it must be given.
    pub required: bool,
    /// Whether nobody may see it.
    pub secret: bool,
    /// The least value, number of characters or number of elements.
    pub minimum: Option<i64>,
    /// The greatest value, number of characters or number of elements.
    pub maximum: Option<i64>,
    /// Whether a text begins with a day, `2026-01-07`.
    pub dated: bool,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the query string.
    Query,
    /// In the form body.
    Form,
    /// It is no parameter but part of one, or of an answer.
    Inside,
}

/// How a structured parameter becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `Name.1=a`, `Name.2=b`.
    RepeatList,
    /// Compact JSON.
    Json,
    /// The elements joined by commas.
    Simple,
}

/// What a field holds, as far as the wire cares.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text.
    Text,
    /// An identifier that travels as text.
    IdText,
    /// An identifier that travels as a number.
    IdNumber,
    /// Identifiers in one text, separated by commas.
    Ids,
    /// A text that carries JSON.
    JsonText,
    /// The URL of an uploaded file.
    File,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Any JSON value.
    Any,
    /// An object.
    Object(&'static Shape),
    /// A list.
    List(&'static Kind),
    /// A map with texts as keys.
    Map(&'static Kind),
}

/// A parameter in the form body.
#[must_use]
pub const fn form(name: &'static str, kind: Kind) -> Field {
    Field { place: Place::Form, ..field(name, kind) }
}

/// A parameter in the query string.
#[must_use]
pub const fn query(name: &'static str, kind: Kind) -> Field {
    Field { place: Place::Query, ..field(name, kind) }
}

/// A field of an object in a request.
#[must_use]
pub const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        place: Place::Inside,
        style: Style::RepeatList,
        required: false,
        secret: false,
        minimum: None,
        maximum: None,
        dated: false,
    }
}

/// A field of an answer: its Rust type says what it holds.
#[must_use]
pub const fn out(name: &'static str) -> Field {
    field(name, Kind::Any)
}

impl Field {
    /// The service says that it must be given.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Nobody may see it.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// It travels as compact JSON.
    #[must_use]
    pub const fn json(mut self) -> Self {
        self.style = Style::Json;
        self
    }

    /// Its elements travel joined by commas.
    #[must_use]
    pub const fn simple(mut self) -> Self {
        self.style = Style::Simple;
        self
    }

    /// It begins with a day, `2026-01-07`.
    #[must_use]
    pub const fn dated(mut self) -> Self {
        self.dated = true;
        self
    }

    /// Its least value, number of characters or number of elements.
    #[must_use]
    pub const fn at_least(mut self, minimum: i64) -> Self {
        self.minimum = Some(minimum);
        self
    }

    /// Its greatest value, number of characters or number of elements.
    #[must_use]
    pub const fn at_most(mut self, maximum: i64) -> Self {
        self.maximum = Some(maximum);
        self
    }

    /// Its bounds, both included.
    #[must_use]
    pub const fn between(self, minimum: i64, maximum: i64) -> Self {
        self.at_least(minimum).at_most(maximum)
    }
}

/// One version of the API.
#[derive(Debug)]
pub struct Api {
    /// `dataworks-public`.
    pub product: &'static str,
    /// `2020-05-18`, for example.
    pub version: &'static str,
    /// Where it is served, in the order of the regions.
    pub endpoints: &'static [Endpoint],
    /// Its actions, in the order of their names.
    pub operations: &'static [&'static Operation],
}

impl Api {
    /// The action of this name, or else the one that is known by it.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        let at = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok();
        let known_by = || self.operations.iter().find(|operation| operation.aliases.contains(&name));
        at.and_then(|at| self.operations.get(at)).or_else(known_by).copied()
    }

    /// Every name under which [`operation`](Self::operation) finds an action.
    #[cfg(feature = "client")]
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.operations
            .iter()
            .flat_map(|operation| std::iter::once(operation.name).chain(operation.aliases.iter().copied()))
    }
}

/// The hosts that serve one region.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The region id.
    pub region: &'static str,
    /// The host on the public internet.
    pub public: &'static str,
    /// The host inside a virtual private cloud, where one is published.
    pub vpc: Option<&'static str>,
}
