//! A request as it travelled, read again.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::from_json;
use crate::operation::{Field, Kind, Style};
use crate::prepare::PreparedRequest;
use crate::request::Request;

/// A request that the client has sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SentRequest {
    pub(super) action: String,
    pub(super) version: String,
    parameters: Vec<(String, String)>,
}

impl SentRequest {
    pub(super) fn new(request: &PreparedRequest) -> Self {
        let header = |name: &str| {
            let value = request.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let query = request.url().split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').chain(request.body().unwrap_or_default().split('&'));
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        Self {
            action: header("x-acs-action"),
            version: header("x-acs-version"),
            parameters: pairs.map(|(name, value)| (decode(name), decode(value))).collect(),
        }
    }

    /// The action that it calls.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The version of the API.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A parameter as it travelled, `ProjectId` or `Tasks.1.Name`; the signature's own parameters as well.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The typed request; `None` if it is one of another action.
    #[must_use]
    pub fn as_typed<R: Request + Default>(&self) -> Option<R> {
        if self.action != R::OPERATION.name() || self.version != R::API.version {
            return None;
        }
        let fields = R::OPERATION.shape().fields().iter();
        let values = fields.filter_map(|field| Some((field.name.to_owned(), self.value(field)?)));
        from_json(Value::Object(values.collect()).to_string().as_bytes()).ok()
    }

    fn value(&self, field: &Field) -> Option<Value> {
        let structured = matches!(field.kind, Kind::List(_) | Kind::Map(_) | Kind::Object(_) | Kind::Any);
        if structured && field.style == Style::RepeatList {
            return self.flattened(field.name);
        }
        let text = self.parameter(field.name)?;
        Some(match (&field.kind, field.style) {
            (Kind::List(_), Style::Simple) => text.split(',').map(Value::from).collect(),
            _ if structured => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            // Numbers and truth values are read out of texts, as in answers.
            _ => text.into(),
        })
    }

    /// `Name.1.Inner=x` put together again.
    fn flattened(&self, name: &str) -> Option<Value> {
        let inside = |path: &str| path.strip_prefix(name)?.strip_prefix('.').map(str::to_owned);
        let mut tree = Tree::default();
        for (path, value) in &self.parameters {
            if let Some(path) = inside(path) {
                tree.insert(&path, value);
            }
        }
        (!tree.branches.is_empty()).then(|| tree.into_value())
    }
}

#[derive(Default)]
struct Tree {
    leaf: Option<String>,
    branches: Vec<(String, Tree)>,
}

impl Tree {
    fn insert(&mut self, path: &str, value: &str) {
        let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
        let known = self.branches.iter().position(|(name, _)| name == step);
        let at = known.unwrap_or_else(|| {
            self.branches.push((step.to_owned(), Self::default()));
            self.branches.len() - 1
        });
        match (rest, &mut self.branches[at].1) {
            (Some(rest), branch) => branch.insert(rest, value),
            (None, branch) => branch.leaf = Some(value.to_owned()),
        }
    }

    fn into_value(self) -> Value {
        if let Some(leaf) = self.leaf {
            return leaf.into();
        }
        let indexed = self.branches.iter().all(|(name, _)| name.parse::<usize>().is_ok_and(|index| index > 0));
        if indexed {
            return self.branches.into_iter().map(|(_, branch)| branch.into_value()).collect();
        }
        let fields = self.branches.into_iter().map(|(name, branch)| (name, branch.into_value()));
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

impl std::fmt::Debug for SentRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values may be secrets.
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| name.as_str()).collect();
        let mut out = f.debug_struct("SentRequest");
        out.field("action", &self.action).field("version", &self.version).field("parameters", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn flattened_lists_are_put_together_again() {
        let parameters = [("Tasks.1.Name", "a"), ("Tasks.1.Ids.1", "7"), ("Tasks.3.Name", "b"), ("TasksOther", "x")];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let sent = SentRequest { action: String::new(), version: String::new(), parameters };
        assert_eq!(sent.flattened("Tasks"), Some(json!([{ "Name": "a", "Ids": ["7"] }, { "Name": "b" }])));
        assert_eq!(sent.flattened("Absent"), None);
    }
}
