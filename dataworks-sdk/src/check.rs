//! Checks a request against the operation's table before anything is sent: all findings at once.

use std::borrow::Cow;
use std::fmt;

use crate::date::is_dated;
use crate::model::{Datum, List};
use crate::operation::{Field, Kind, Operation, Shape, Style};
use crate::secret::{Mask, enabled};

/// Something that is wrong with a request.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Where: the parameter, or a path inside it (`Tasks[0].Name`).
    pub path: String,
    /// What is wrong there, and with which value; values of secrets are masked.
    pub problem: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Everything that is wrong with `request`: missing required values, wrong kinds, values outside their bounds.
pub(crate) fn check(operation: &'static Operation, request: Datum<'_>) -> Vec<Finding> {
    let mut findings = Findings { operation: Some(operation), ..Findings::default() };
    findings.object(operation.shape(), request);
    findings.found
}

/// Everything that is wrong with a value that goes by a name of its own and is of the kind of `field`.
#[cfg(feature = "client")]
pub(crate) fn value(field: &'static Field, name: &'static str, datum: Datum<'_>) -> Vec<Finding> {
    let mut findings = Findings { secret: field.secret, ..Findings::default() };
    findings.inside(name, |this| this.field(field, datum));
    findings.found
}

/// What is wrong with a value that is no business date.
#[cfg(feature = "client")]
pub(crate) fn no_date(datum: Datum<'_>) -> String {
    no_date_but(&Findings::default().show(datum))
}

fn no_date_but(found: &str) -> String {
    format!("a date like 2026-01-07 is expected, found {found}")
}

#[derive(Default)]
struct Findings {
    operation: Option<&'static Operation>,
    path: Vec<Cow<'static, str>>,
    secret: bool,
    found: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, problem: impl fmt::Display) {
        self.found.push(Finding { path: self.path(), problem: problem.to_string() });
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            if !path.is_empty() && !step.starts_with('[') {
                path.push('.');
            }
            path.push_str(step);
        }
        path
    }

    fn inside(&mut self, step: impl Into<Cow<'static, str>>, look: impl FnOnce(&mut Self)) {
        self.path.push(step.into());
        look(self);
        self.path.pop();
    }

    fn object(&mut self, shape: &'static Shape, datum: Datum<'_>) {
        let top = self.path.is_empty();
        for (index, field) in shape.fields().iter().enumerate() {
            let outer = self.secret;
            self.secret |= field.secret;
            self.inside(field.name, |this| this.field(field, datum.nth(shape, index)));
            self.secret = outer;
        }
        if let (true, Datum::Map(map)) = (top, datum.plain()) {
            map.each(&mut |name, _| {
                if shape.field(name).is_none() {
                    self.inside(name.to_owned(), |this| this.unknown(shape, name));
                }
            });
        }
    }

    fn unknown(&mut self, shape: &Shape, name: &str) {
        let names = shape.fields().iter().map(|field| field.name);
        let short = self.operation.into_iter().flat_map(Operation::shorthand_names);
        match nearest(name, names.chain(short)) {
            Some(known) => self.add(format_args!("no such parameter; did you mean `{known}`?")),
            None => self.add("no such parameter"),
        }
    }

    fn field(&mut self, field: &'static Field, datum: Datum<'_>) {
        let datum = datum.plain();
        match datum {
            Datum::Absent if field.required => self.missing(field.name),
            Datum::Absent => {}
            datum => {
                self.value(&field.kind, datum, field.style);
                self.bounds(field, datum);
                if field.dated && datum.text().is_some_and(|text| !is_dated(&text)) {
                    self.add(no_date_but(&self.show(datum)));
                }
            }
        }
    }

    /// Whoever used a shorthand knows the parameter by the name of what it is filled from.
    fn missing(&mut self, name: &str) {
        let top = self.operation.filter(|_| self.path.len() == 1);
        let shorthands = top.into_iter().flat_map(Operation::shorthands);
        let filled = shorthands
            .flat_map(|it| it.fills().iter().filter(|fill| fill.parameter() == name).map(move |fill| (it, fill)));
        let from = filled
            .flat_map(|(it, fill)| it.takes().iter().filter(|taken| fill.uses(taken)).map(move |taken| (it, taken)));
        match from.map(|(it, taken)| format!("{} fills it from {}", it.name(), taken.name())).next() {
            Some(how) => self.add(format_args!("required, but not set; the shorthand {how}")),
            None => self.add("required, but not set"),
        }
    }

    fn value(&mut self, kind: &'static Kind, datum: Datum<'_>, style: Style) {
        match (kind, datum.plain()) {
            (_, Datum::Absent) | (Kind::Any | Kind::JsonText, _) => {}
            (Kind::Object(shape), datum @ (Datum::Model(_) | Datum::Map(_))) => self.object(shape, datum),
            (Kind::List(kind), Datum::List(list)) => self.list(kind, list, style),
            (Kind::Ids, Datum::List(list)) => self.list(&Kind::IdText, list, Style::Simple),
            (Kind::Map(kind), Datum::Map(map)) => {
                map.each(&mut |key, value| self.inside(key.to_owned(), |this| this.value(kind, value, style)));
            }
            // JSON that the caller wrote as text travels as it is.
            (Kind::Object(_) | Kind::List(_) | Kind::Map(_), Datum::Text(_)) if style == Style::Json => {}
            (kind, datum) => {
                if let Some(expected) = misfit(kind, datum) {
                    let found = self.show(datum);
                    self.add(format_args!("{expected} is expected, found {found}"));
                }
            }
        }
    }

    fn list(&mut self, kind: &'static Kind, list: &dyn List, style: Style) {
        for (index, element) in (0..).map_while(|index| list.get(index)).enumerate() {
            self.inside(format!("[{index}]"), |this| {
                this.value(kind, element, style);
                let comma = element.text().is_some_and(|text| text.contains(','));
                if style == Style::Simple && comma {
                    let found = this.show(element);
                    this.add(format_args!("the elements travel joined by commas, so {found} cannot hold one"));
                }
                if style == Style::Simple && matches!(element.plain(), Datum::Absent) {
                    this.add("the elements travel joined by commas, so none can be null");
                }
            });
        }
    }

    /// Bounds on identifiers are not looked at: upstream publishes far too narrow ones.
    fn bounds(&mut self, field: &Field, datum: Datum<'_>) {
        let (size, what) = match (&field.kind, datum) {
            (Kind::Text, Datum::Text(text)) => (text.chars().count() as f64, " characters"),
            (Kind::List(_), Datum::List(list)) => {
                ((0..).map_while(|index| list.get(index)).count() as f64, " elements")
            }
            (Kind::Integer | Kind::Number, datum) => match datum.text().and_then(|text| text.parse::<f64>().ok()) {
                Some(number) => (number, ""),
                None => return,
            },
            _ => return,
        };
        let below = field.minimum.is_some_and(|minimum| size < minimum as f64);
        let above = field.maximum.is_some_and(|maximum| size > maximum as f64);
        if !below && !above {
            return;
        }
        let range = match (field.minimum, field.maximum) {
            (Some(minimum), Some(maximum)) => format!("{minimum} to {maximum}{what}"),
            (Some(minimum), None) => format!("at least {minimum}{what}"),
            (None, Some(maximum)) => format!("at most {maximum}{what}"),
            (None, None) => return,
        };
        match what {
            "" => {
                let found = self.show(datum);
                self.add(format_args!("{range} is allowed, found {found}"));
            }
            what => self.add(format_args!("{range} are allowed, found {size}{what}")),
        }
    }

    /// A value for people, shortened, masked if it is a secret.
    fn show(&self, datum: Datum<'_>) -> String {
        const LONGEST: usize = 60;
        if self.secret && enabled(Mask::Finding) {
            return crate::secret::MASK.to_owned();
        }
        let text = match datum.plain() {
            Datum::List(_) => return "a list".to_owned(),
            Datum::Map(_) | Datum::Model(_) => return "an object".to_owned(),
            Datum::Text(text) => format!("{text:?}"),
            Datum::Id(id) => format!("{id:?}"),
            Datum::Number(number) => number.to_string(),
            datum => datum.text().unwrap_or_default(),
        };
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

/// What `kind` expects, if `datum` is not that.
fn misfit(kind: &Kind, datum: Datum<'_>) -> Option<&'static str> {
    let text = datum.text();
    let number = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    let digits = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (fits, expected) = match kind {
        Kind::Text | Kind::File => (text.is_some(), "a text"),
        Kind::IdText => (text.is_some(), "an identifier"),
        Kind::Ids => (text.is_some(), "a list of identifiers"),
        Kind::IdNumber => (text.as_deref().is_some_and(digits), "a numeric identifier"),
        Kind::Integer => (text.as_deref().is_some_and(|text| text.parse::<i64>().is_ok()), "a whole number"),
        Kind::Number => (text.as_deref().is_some_and(number), "a number"),
        Kind::Boolean => (datum.boolean().is_some(), "true or false"),
        Kind::Object(_) | Kind::Map(_) => (false, "an object"),
        Kind::List(_) => (false, "a list"),
        Kind::Any | Kind::JsonText => (true, "anything"),
    };
    (!fits).then_some(expected)
}

/// The name among `names` that was probably meant.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let wanted = plain(name);
    let far = wanted.chars().count() / 3 + 1;
    let ranked = names.map(|known| (strsim::levenshtein(&wanted, &plain(known)), known));
    ranked.filter(|(steps, _)| *steps <= far).min().map(|(_, known)| known)
}
