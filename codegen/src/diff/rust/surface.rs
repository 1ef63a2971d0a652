//! The public Rust surface of a spec: what callers can name, and the type of each.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;

use crate::{
    diff::Place,
    emit::{
        print::ident,
        shorthands::argument_type,
        structs::{argument, field_type, value_type},
        table::Here,
        waiters,
    },
    lower::model::{ActionModel, ArgumentKind, Field, Role, SharedModel, ShorthandModel, Struct, Ty, VersionModel},
};

/// The path that callers write → what stands there.
pub(super) type Surface = BTreeMap<String, Item>;

/// Something that callers can name.
pub(super) struct Item {
    /// Its type, where it has one.
    pub signature: String,
    /// The name on the wire: another one under the same Rust name is another thing.
    pub wire: String,
    /// Where it comes from.
    pub place: Place,
    /// Other places that decide about its type: shared types, enumerations, the items of pages.
    pub others: Vec<Place>,
    /// The path of what it is part of; when that is gone, nothing is said about the part.
    pub owner: Option<String>,
    /// The field whose setter it is.
    pub field: Option<String>,
    /// Whether it is that an action has pages or events.
    pub pages: bool,
    /// Whether it is an object in a box, because its type leads back to itself.
    pub boxed: bool,
}

/// Collects the surface of all versions.
pub(super) fn surface(versions: &[VersionModel]) -> Surface {
    let mut surface = Surface::new();
    for version in versions {
        Collect { version, surface: &mut surface }.all();
    }
    surface
}

struct Collect<'s, 'v> {
    version: &'v VersionModel,
    surface: &'s mut Surface,
}

impl Collect<'_, '_> {
    fn all(&mut self) {
        let version = self.version;
        let module = version.module.clone();
        self.add(module.clone(), None, Place::of_version(&version.name, ""));
        for action in &version.actions {
            self.action(action);
        }
        for shared in &version.types {
            self.shared(shared);
        }
        for it in &version.enums {
            let (path, place) = (format!("{module}::types::{}", it.name), format!("enums.{}", it.name));
            self.add(path.clone(), Some(module.clone()), Place::of_version(&version.name, &place));
            for variant in &it.variants {
                let at = Place::of_version(&version.name, format!("{place}.values.{}", variant.value));
                self.add(format!("{path}::{}", variant.name), Some(path.clone()), at).wire.clone_from(&variant.value);
            }
        }
    }

    fn add(&mut self, path: String, owner: Option<String>, place: Place) -> &mut Item {
        // Nothing stands twice: names are unique in what becomes Rust.
        self.surface.entry(path).or_insert_with(|| Item {
            signature: String::new(),
            wire: String::new(),
            place,
            others: Vec::new(),
            owner,
            field: None,
            pages: false,
            boxed: false,
        })
    }

    fn action(&mut self, action: &ActionModel) {
        let version = self.version;
        let at = Place::of_action(&version.name, &action.name, "");
        let owner = Some(version.module.clone());
        let client = format!("{}::Client::{}()", version.module, action.method);
        self.add(client.clone(), owner, at.clone()).wire.clone_from(&action.name);
        let module = format!("{}::{}", version.module, action.module);
        self.add(module.clone(), Some(client.clone()), at.clone());
        for (root, nested) in [(&action.request, &action.request_types), (&action.answer, &action.answer_types)] {
            let path = format!("{}::{}", version.module, root.name);
            self.add(path.clone(), Some(client.clone()), at.clone());
            self.members(&path, root, &action.name, Here::Action);
            for it in nested {
                let path = format!("{module}::{}", it.name);
                self.add(path.clone(), Some(client.clone()), Place::of_action(&version.name, &action.name, &it.path));
                self.members(&path, it, &action.name, Here::Action);
            }
        }
        let request = format!("{}::{}", version.module, action.request.name);
        for shorthand in &action.shorthands {
            self.shorthand(action, shorthand, &request);
        }
        for (goal, waiter) in &action.waiters {
            let at = Place::of_action(&version.name, &action.name, format!("waiters.{goal}"));
            let state = waiter.at.iter().map(|path| format!("answer.{path}"));
            let method = self.add(format!("{client}.{}()", waiters::method(goal)), Some(client.clone()), at);
            method.others = state.map(|path| Place::of_action(&version.name, &action.name, path)).collect();
        }
        if action.events {
            self.add(format!("{client}.events()"), Some(client.clone()), at.clone()).pages = true;
        }
        if let Some(file) = action.file() {
            let place = Place::of_action(&version.name, &action.name, &file.path);
            self.add(format!("{client}.upload()"), Some(client.clone()), place);
        }
        if let Some(pages) = &action.pages {
            let others = [format!("answer.{}", pages.items), format!("answer.{}[]", pages.items)];
            let others = others.map(|path| Place::of_action(&version.name, &action.name, path));
            let item = plain(&value_type(&pages.item, Here::Action));
            let types = decided_elsewhere(version, &pages.item, &[]);
            let pages = self.add(format!("{client}.items()"), Some(client), at);
            pages.signature = item;
            pages.pages = true;
            pages.others = others.into_iter().chain(types).collect();
        }
    }

    /// The function of a request. Its parameters decide about it: their types, and that it is there at all.
    fn shorthand(&mut self, action: &ActionModel, shorthand: &ShorthandModel, request: &str) {
        let version = self.version;
        let at = |path: String| Place::of_action(&version.name, &action.name, path);
        let name = &shorthand.name;
        let taken = shorthand.arguments.iter().filter_map(|argument| match &argument.kind {
            ArgumentKind::Parameter => Some(&argument.wire),
            ArgumentKind::Like(parameter) => Some(parameter),
            ArgumentKind::Date => None,
        });
        // A parameter that gets an argument's name takes its place.
        let taken = taken.chain(shorthand.arguments.iter().map(|argument| &argument.wire));
        let filled = shorthand.fills.iter().map(|(parameter, _)| parameter);
        let parameters = taken.chain(filled).map(|parameter| at(format!("request.{parameter}")));
        let elsewhere = shorthand.arguments.iter().flat_map(|it| decided_elsewhere(version, &it.ty, &[]));
        let others = parameters.chain(elsewhere).collect();
        let arguments: Vec<String> = shorthand.arguments.iter().map(|it| plain(&argument_type(it))).collect();
        let path = format!("{request}::{name}()");
        let function = self.add(path, Some(request.to_owned()), at(format!("shorthands.{name}")));
        function.signature = arguments.join(", ");
        function.others = others;
    }

    fn shared(&mut self, shared: &SharedModel) {
        let version = self.version;
        let types = format!("{}::types", version.module);
        for it in &shared.structs {
            let root = shared.root.as_ref() == Some(&it.name);
            let path =
                if root { format!("{types}::{}", it.name) } else { format!("{types}::{}::{}", shared.module, it.name) };
            self.add(path.clone(), Some(version.module.clone()), Place::of_version(&version.name, &it.path));
            self.members(&path, it, "", Here::Types(&shared.module));
        }
    }

    /// Fields, setters and `new` of a struct.
    fn members(&mut self, path: &str, of: &Struct, action: &str, here: Here<'_>) {
        let version = self.version;
        let at = |path: String| Place::of_action(&version.name, action, path);
        let takes = of.role != Role::Answer;
        if takes {
            self.add(format!("{path}::new()"), Some(path.to_owned()), at(of.path.clone()));
        }
        for field in &of.fields {
            let place = at(format!("{}.{}", of.path, field.wire));
            let name = format!("{path}.{}", field.name);
            self.member(name.clone(), path, field, plain(&field_type(of, field, here)), &place);
            if takes {
                let setter = format!("{path}::{}()", field.setter);
                self.member(setter, path, field, plain(&argument(&field.ty, here, &ident("value")).0), &place).field =
                    Some(name);
            }
        }
    }

    fn member(&mut self, name: String, path: &str, field: &Field, signature: String, place: &Place) -> &mut Item {
        let others = decided_elsewhere(self.version, &field.ty, &field.references);
        let item = self.add(name, Some(path.to_owned()), place.clone());
        item.signature = signature;
        item.wire.clone_from(&field.wire);
        item.others = others;
        item.boxed = matches!(&field.ty, Ty::Object(object) if object.boxed);
        item
    }
}

/// The shared types and the enumeration that a type names.
fn decided_elsewhere(version: &VersionModel, ty: &Ty, references: &[String]) -> Vec<Place> {
    let mut places: Vec<String> = references.iter().map(|name| format!("types.{name}")).collect();
    let mut ty = ty;
    loop {
        match ty {
            Ty::List(inner) | Ty::Map(inner) => ty = inner,
            Ty::Enum(name) => {
                places.push(format!("enums.{name}"));
                break;
            }
            // What is nested in a shared type has its name from there.
            Ty::Object(object) => {
                let shared = version.types.iter().filter(|shared| object.shared.as_ref() == Some(&shared.module));
                let named = shared.flat_map(|shared| &shared.structs).find(|it| it.name == object.name);
                places.extend(named.map(|it| it.path.clone()).filter(|path| !places.contains(path)));
                break;
            }
            _ => break,
        }
    }
    places.into_iter().map(|path| Place::of_version(&version.name, path)).collect()
}

/// A type as people write it.
fn plain(tokens: &TokenStream) -> String {
    let text = tokens.to_string();
    let text = text.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",");
    text.replace("rt::", "").replace("( ", "(").replace(" )", ")")
}
