//! Which of the decisions about an action or a shared type do not fit it any more: what lowering would stop at.

use std::{collections::BTreeSet, slice};

use dataworks_api_spec::{Spec, Version};

use super::{
    Context, lower_types,
    model::SharedModel,
    pages::{self, Structs},
    shorthands,
    structs::{self, Lowering},
};

/// A version whose overlay is held against its facts.
pub(crate) struct Fitting<'a> {
    context: Context<'a>,
    types: Vec<SharedModel>,
}

/// What does not fit an action.
#[derive(Default)]
pub(crate) struct Misfits {
    /// Paths of better names.
    pub renames: BTreeSet<String>,
    /// Names of shorthands.
    pub shorthands: BTreeSet<String>,
    /// Whether the way it pages is among them.
    pub pages: bool,
}

impl<'a> Fitting<'a> {
    /// `spec` gives what only documentation needs: any will do.
    pub(crate) fn new(spec: &'a Spec, version: &'a Version) -> Self {
        let context = Context::new(spec, version);
        let types = lower_types(&context, &mut Vec::new());
        Self { context, types }
    }

    pub(crate) fn action(&self, name: &str) -> Misfits {
        let version = self.context.version;
        let Some((name, action)) = version.actions.get_key_value(name) else {
            return Misfits::default();
        };
        let mut ignored = Vec::new();
        let mut lowering = Lowering::action(&self.context, name, action, &mut ignored);
        let (request, _) = lowering.request(action);
        let (answer, nested) = lowering.answer(action);
        let renames = lowering.unheeded().map(|(path, _)| path.clone()).collect();
        let decisions = version.decisions(name);
        let structs = Structs { answer: &answer, nested: &nested, shared: &self.types };
        let parameter = |path: &str| version.schema_at(name, &format!("request.{path}"));
        let pages = decisions.pages.is_some_and(|paging| pages::lower(&paging, &structs, parameter).is_err());
        let fits = |shorthand| {
            let mut findings = Vec::new();
            let _ =
                shorthands::lower(&self.context, (name, action), slice::from_ref(shorthand), &request, &mut findings);
            findings.is_empty()
        };
        let shorthands = decisions.shorthands.iter().filter(|it| !fits(it)).map(|it| it.name.clone()).collect();
        Misfits { renames, shorthands, pages }
    }

    /// The paths of better names in a shared type that fit nothing.
    pub(crate) fn shared_type(&self, name: &str) -> BTreeSet<String> {
        let mut ignored = Vec::new();
        let lowering = structs::shared_lowering(&self.context, name, &mut ignored);
        lowering.map(|it| it.unheeded().map(|(path, _)| path.clone()).collect()).unwrap_or_default()
    }
}
