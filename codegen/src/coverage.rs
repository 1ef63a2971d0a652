//! How much of the generated code people explained.

use dataworks_api_spec::Spec;

use crate::{
    Error,
    lower::{
        self,
        model::{Role, Struct},
    },
};

/// How many fields there are and which of them nobody explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// All fields.
    pub fields: usize,
    /// `ListNodes answer.Data.Nodes[].Owner` of those without a sentence that tells more than the name.
    pub unexplained: Vec<String>,
}

impl Counted {
    /// How many fields are explained.
    #[must_use]
    pub fn explained(&self) -> usize {
        self.fields - self.unexplained.len()
    }

    fn add(&mut self, action: &str, structure: &Struct) {
        self.fields += structure.fields.len();
        let unexplained = structure.fields.iter().filter(|field| !field.explained);
        self.unexplained.extend(unexplained.map(|field| format!("{action} {}", field.path).trim_start().to_owned()));
    }
}

/// What is explained in one version. A shared type counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// `2020-05-18`.
    pub version: String,
    /// The parameters of requests and the fields inside them.
    pub requests: Counted,
    /// The fields of answers.
    pub answers: Counted,
}

/// Counts the fields of the generated code, and those that a sentence explains.
///
/// # Errors
/// When the spec cannot become Rust.
pub fn coverage(spec: &Spec) -> Result<Vec<Coverage>, Error> {
    let versions = lower::lower(spec)?;
    let count = |version: &lower::model::VersionModel| {
        let mut counted = Coverage { version: version.name.clone(), ..Coverage::default() };
        let mut add = |action: &str, structure: &Struct| match structure.role {
            Role::Request | Role::Input { .. } => counted.requests.add(action, structure),
            Role::Answer => counted.answers.add(action, structure),
        };
        for action in &version.actions {
            let structs = [&action.request, &action.answer].into_iter();
            for structure in structs.chain(&action.request_types).chain(&action.answer_types) {
                add(&action.name, structure);
            }
        }
        for structure in version.types.iter().flat_map(|shared| &shared.structs) {
            add("", structure);
        }
        counted
    };
    Ok(versions.iter().map(count).collect())
}
