//! How an action pages, checked against its answer.

use dataworks_api_spec::{Paging, Schema};

use super::model::{Object, PagesModel, PagingWay, Role, SharedModel, Step, StepKind, Struct, Ty};

/// The structs among which a path leads.
pub(crate) struct Structs<'a> {
    pub answer: &'a Struct,
    pub nested: &'a [Struct],
    pub shared: &'a [SharedModel],
}

/// Lowers what was decided; an error says what is wrong with the path of the items.
///
/// `parameter` is asked for the schema of a parameter by its path.
pub(crate) fn lower<'s>(
    paging: &Paging,
    structs: &Structs<'_>,
    parameter: impl Fn(&str) -> Option<&'s Schema>,
) -> Result<PagesModel, String> {
    let (way, items, size) = match paging {
        Paging::Numbered(it) => (
            PagingWay::Numbered { page: it.page.clone(), size: it.size.clone(), total: it.total.clone() },
            &it.items,
            Some(&it.size),
        ),
        Paging::Token(it) => (
            PagingWay::Token { token: it.token.clone(), size: it.size.clone(), next: it.next.clone() },
            &it.items,
            it.size.as_ref(),
        ),
    };
    let size = size.and_then(|size| parameter(size));
    let (steps, item) = structs.walk(items).map_err(|reason| format!("the items of its pages, `{items}`: {reason}"))?;
    Ok(PagesModel {
        way,
        items: items.clone(),
        steps,
        item,
        default_size: size.and_then(|size| size.default.clone()),
        greatest_size: size.and_then(|size| size.maximum.as_ref()).and_then(serde_json::Number::as_i64),
    })
}

impl<'a> Structs<'a> {
    /// The fields from the answer to the items, and what an item is.
    fn walk(&self, path: &str) -> Result<(Vec<Step>, Ty), String> {
        let mut steps = Vec::new();
        let mut at = self.answer;
        let mut segments = path.split('.').peekable();
        while let Some(segment) = segments.next() {
            let wire = segment.trim_end_matches("[]");
            let field = at.fields.iter().find(|field| field.wire == wire);
            let field = field.ok_or_else(|| format!("there is no field `{wire}`"))?;
            let last = segments.peek().is_none();
            let (ty, list) = match &field.ty {
                Ty::List(element) => (&**element, true),
                ty => (ty, false),
            };
            let boxed = matches!(&field.ty, Ty::Object(object) if object.boxed);
            steps.push(Step {
                field: field.name.clone(),
                kind: match at.role {
                    _ if boxed => StepKind::Boxed,
                    Role::Answer => StepKind::Plain,
                    Role::Request | Role::Input { .. } => StepKind::Optional,
                },
                list,
                deprecated: field.deprecated,
            });
            if last {
                return if list { Ok((steps, ty.clone())) } else { Err(format!("`{wire}` is no list")) };
            }
            if list != segment.ends_with("[]") {
                return Err(format!("`{wire}` is {} list; `[]` marks one", if list { "a" } else { "no" }));
            }
            let Ty::Object(object) = ty else {
                return Err(format!("`{wire}` holds no objects"));
            };
            at = self.find(object).ok_or_else(|| format!("`{}` was not lowered", object.name))?;
        }
        Err("it is empty".to_owned())
    }

    fn find(&self, object: &Object) -> Option<&'a Struct> {
        let structs = match &object.shared {
            Some(module) => &self.shared.iter().find(|shared| shared.module == *module)?.structs,
            None => self.nested,
        };
        structs.iter().find(|it| it.name == object.name)
    }
}
