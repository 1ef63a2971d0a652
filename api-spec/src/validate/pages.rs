//! Checks of `pages`.

use super::{
    check_reason,
    fields::explain,
    report::{Report, nearest},
};
use crate::{Action, Pages, Paging, Type, Version};

impl Version {
    pub(super) fn check_pages(&self, name: &str, action: &Action, pages: &Pages, report: &mut Report<'_>) {
        let by_shape = self.pages_by_shape(action);
        let (parameters, items, other, decided) = match pages {
            Pages::None(none) => return check_reason("pages", &none.none, report),
            Pages::Numbered(it) => {
                (vec![&it.page, &it.size], &it.items, it.total.as_ref(), Paging::Numbered(it.clone()))
            }
            Pages::Token(it) => {
                let mut parameters = vec![&it.token];
                parameters.extend(&it.size);
                (parameters, &it.items, Some(&it.next), Paging::Token(it.clone()))
            }
        };
        if by_shape == Some(decided) {
            report.add("pages", "", "says what the shape of the action says anyway: remove it".to_owned());
        }
        for parameter in parameters {
            let head = parameter.split('.').next().unwrap_or_default();
            if !action.parameters.contains_key(head) {
                let offer = nearest(head, action.parameters.keys());
                report.add("pages", parameter, format!("there is no parameter `{head}`{offer}"));
            } else if parameter != head {
                self.check_inside(name, parameter, report);
            }
        }
        self.check_answer_path(name, items, "a list", |kind| kind == Type::Array, report);
        if let Some(path) = other {
            let plain = |kind| matches!(kind, Type::Integer | Type::String);
            self.check_answer_path(name, path, "a number or a text", plain, report);
        }
    }

    /// A path inside a parameter: through objects to a number or a text.
    fn check_inside(&self, action: &str, path: &str, report: &mut Report<'_>) {
        match self.find(action, &format!("request.{path}")) {
            Ok(found) if found.schema.is_plain() && !path.contains(['[', '{']) => {}
            Ok(_) => {
                report.add(
                    "pages",
                    path,
                    format!("`{path}` is not one number or text: it leads through objects to one"),
                );
            }
            Err(lost) => report.add("pages", path, format!("`{path}` is no parameter: {}", explain(&lost))),
        }
    }

    /// A path inside the answer, written without `answer.`.
    fn check_answer_path(
        &self,
        action: &str,
        path: &str,
        wanted: &str,
        fits: impl Fn(Type) -> bool,
        report: &mut Report<'_>,
    ) {
        match self.find(action, &format!("answer.{path}")) {
            Ok(found) if found.schema.kind.is_some_and(fits) => {}
            Ok(_) => report.add("pages", path, format!("`{path}` in the answer is not {wanted}")),
            Err(lost) => report.add("pages", path, format!("`{path}` is not in the answer: {}", explain(&lost))),
        }
    }
}
