//! Structs, their fields and the types of these.

use std::collections::{BTreeMap, BTreeSet};

use dataworks_api_spec::{Action, IdKind, PinnedType, Place, Rename, Schema, Type, Version};

use super::{
    Context, check_unique, docs,
    model::{Field, Object, Role, Struct, Ty},
    names, shared,
};

/// So many schemas inside each other are no type any more: shared lists that hold themselves.
const DEEPEST: usize = 64;

/// Lowers the structs of one module: an action's or a shared schema's.
pub(crate) struct Lowering<'c, 'f> {
    context: &'c Context<'c>,
    /// The action; empty in a shared schema.
    action: &'c str,
    /// The shared schema; none in an action.
    owner: Option<&'c str>,
    type_names: &'c BTreeMap<String, String>,
    field_names: &'c BTreeMap<String, String>,
    renames: Option<&'c BTreeMap<String, Rename>>,
    /// Paths of the renames that have been heeded.
    heeded: BTreeSet<String>,
    /// Whether the structs at hand take the request's form.
    input: bool,
    structs: Vec<Struct>,
    findings: &'f mut Vec<String>,
    depth: usize,
}

/// The structs of a shared schema: itself, then what is nested in it.
pub(crate) fn shared_type(context: &Context<'_>, name: &str, findings: &mut Vec<String>) -> Vec<Struct> {
    let Some(mut lowering) = shared_lowering(context, name, findings) else {
        return Vec::new();
    };
    let structs = std::mem::take(&mut lowering.structs);
    lowering.check_names(structs.iter());
    structs
}

/// A shared schema, lowered and not yet checked.
pub(crate) fn shared_lowering<'c, 'f>(
    context: &'c Context<'c>,
    name: &'c str,
    findings: &'f mut Vec<String>,
) -> Option<Lowering<'c, 'f>> {
    let shared = context.version.types.get(name)?;
    let overlay = context.version.overlay.types.get(name);
    let mut lowering = Lowering {
        context,
        action: "",
        owner: Some(name),
        type_names: &shared.type_names,
        field_names: &shared.field_names,
        renames: overlay.map(|overlay| &overlay.renames),
        heeded: BTreeSet::new(),
        input: context.shared.is_requested(name),
        structs: Vec::new(),
        findings,
        depth: 0,
    };
    let path = format!("types.{name}");
    if shared::is_struct(&shared.schema) {
        let summary = overlay.and_then(|overlay| overlay.summary.as_deref());
        let doc = summary.map_or_else(|| format!("What the API calls `{name}`."), docs::sentence);
        lowering.root(&path, root_name(context, name), doc, &shared.schema);
    } else {
        // Its users hold the list or the text itself; only what is nested gets a type.
        lowering.ty(&path, &shared.schema);
    }
    lowering.heeded.insert(path);
    Some(lowering)
}

/// The Rust name of a shared schema.
pub(crate) fn root_name(context: &Context<'_>, name: &str) -> String {
    better_name(context.version, name).map_or_else(|| names::stem(name), str::to_owned)
}

/// The name that people gave the struct of a shared schema.
pub(crate) fn better_name<'v>(version: &'v Version, name: &str) -> Option<&'v str> {
    let renames = &version.overlay.types.get(name)?.renames;
    renames.get(&format!("types.{name}")).map(|rename| rename.to.as_str())
}

impl<'c, 'f> Lowering<'c, 'f> {
    pub(crate) fn action(
        context: &'c Context<'c>,
        name: &'c str,
        action: &'c Action,
        findings: &'f mut Vec<String>,
    ) -> Self {
        let renames = context.version.overlay.actions.get(name).map(|overlay| &overlay.renames);
        Self {
            context,
            action: name,
            owner: None,
            type_names: &action.type_names,
            field_names: &action.field_names,
            renames,
            heeded: BTreeSet::new(),
            input: true,
            structs: Vec::new(),
            findings,
            depth: 0,
        }
    }

    /// The request and its nested types.
    pub(crate) fn request(&mut self, action: &Action) -> (Struct, Vec<Struct>) {
        self.input = true;
        let sent = || action.parameters.iter().filter(|(_, parameter)| parameter.place != Place::Host);
        let names = self.field_names("request", sent().map(|(name, _)| name.as_str()));
        let mut fields = Vec::new();
        for (wire, parameter) in sent() {
            let path = format!("request.{wire}");
            let mut field = self.field(&path, wire, &names[wire.as_str()], &parameter.schema);
            field.place = Some(parameter.place);
            field.style = parameter.style.filter(|_| is_structured(&field.ty));
            fields.push(field);
        }
        let method = method(self.action);
        let request = Struct {
            name: format!("{}Request", names::stem(self.action)),
            path: "request".to_owned(),
            docs: vec![format!("What [`Client::{method}`](super::super::Client::{method}) asks for.")],
            role: Role::Request,
            fields,
        };
        (request, std::mem::take(&mut self.structs))
    }

    /// The answer and its nested types.
    pub(crate) fn answer(&mut self, action: &'c Action) -> (Struct, Vec<Struct>) {
        self.input = false;
        let mut schema = &action.answer;
        let mut path = "answer".to_owned();
        // A shared answer is written out under the action's own name; what is nested in it stays shared.
        for _ in 0..DEEPEST {
            let Some(name) = &schema.reference else { break };
            let Some(shared) = self.context.version.types.get(name) else {
                break;
            };
            schema = &shared.schema;
            path = format!("types.{name}");
        }
        let name = format!("{}ResponseBody", names::stem(self.action));
        let method = method(self.action);
        let doc = format!("What [`Client::{method}`](super::super::Client::{method}) answers.");
        if path == "answer" {
            self.root(&path, name, doc, schema);
            let mut structs = std::mem::take(&mut self.structs).into_iter();
            return match structs.next() {
                Some(answer) => (answer, structs.collect()),
                None => unreachable!("`root` pushes the struct first"),
            };
        }
        let fields = self.shared_fields(&path, schema);
        (Struct { name, path, docs: vec![doc], role: Role::Answer, fields }, Vec::new())
    }

    /// Reports names that stand twice or cannot stand at all, and better ones that fit nothing.
    pub(crate) fn check_names<'s>(&mut self, structs: impl Iterator<Item = &'s Struct>) {
        let place = self.place();
        let version = self.context.version.name();
        let entry = match self.owner {
            Some(owner) => format!("types.{owner}"),
            None => format!("actions.{}", self.action),
        };
        let overlay = format!("api-spec/{version}/overlay.yaml: {entry}.renames");
        let unheeded = self.unheeded().map(|(path, Rename { to, .. })| {
            format!(
                "{overlay}: `{path}` cannot be named `{to}`: a field has a name like `page_size`, a nested object one like \
                 `Node`"
            )
        });
        let unheeded: Vec<String> = unheeded.collect();
        self.findings.extend(unheeded);
        let names: Vec<&str> = structs.map(|it| it.name.as_str()).collect();
        for name in &names {
            if !names::is_type(name) {
                self.findings.push(format!("{place}: no type can be named `{name}`; rename it in overlay.yaml"));
            }
        }
        let twice: Vec<&&str> =
            names.iter().filter(|name| names.iter().filter(|other| other == name).count() > 1).collect();
        if let Some(name) = twice.first() {
            self.findings.push(format!("{place}: two types would be named `{name}`; rename one in overlay.yaml"));
        }
    }

    /// Better names that fit nothing which has been lowered.
    pub(crate) fn unheeded(&self) -> impl Iterator<Item = (&'c String, &'c Rename)> {
        self.renames.into_iter().flatten().filter(|(path, _)| !self.heeded.contains(*path))
    }

    fn place(&self) -> String {
        let version = self.context.version.name();
        match self.owner {
            Some(owner) => format!("{version} types/{owner}"),
            None => format!("{version} {}", self.action),
        }
    }

    /// The first struct of a module. Anything but an object is a struct without fields.
    fn root(&mut self, path: &str, name: String, doc: String, schema: &Schema) {
        let role = self.role(&name);
        self.structs.push(Struct { name, path: path.to_owned(), docs: vec![doc], role, fields: Vec::new() });
        let fields = self.fields(path, schema);
        self.structs[0].fields = fields;
    }

    fn role(&self, name: &str) -> Role {
        if self.input { Role::Input { shape: names::shape(name) } } else { Role::Answer }
    }

    fn fields(&mut self, path: &str, schema: &Schema) -> Vec<Field> {
        let names = self.field_names(path, schema.properties.keys().map(String::as_str));
        let fields = schema.properties.iter();
        fields.map(|(wire, field)| self.field(&format!("{path}.{wire}"), wire, &names[wire.as_str()], field)).collect()
    }

    /// The fields of a shared schema as an answer has them, without lowering what is nested in it once more.
    fn shared_fields(&mut self, path: &str, schema: &Schema) -> Vec<Field> {
        let owner = path.trim_start_matches("types.");
        let Some((owner, shared)) = self.context.version.types.get_key_value(owner) else {
            return Vec::new();
        };
        let mut ignored = Vec::new();
        let mut lowering = Lowering {
            context: self.context,
            action: "",
            owner: Some(owner),
            type_names: &shared.type_names,
            field_names: &shared.field_names,
            renames: self.context.version.overlay.types.get(owner).map(|overlay| &overlay.renames),
            heeded: BTreeSet::new(),
            input: self.context.shared.is_requested(owner),
            structs: Vec::new(),
            findings: &mut ignored,
            depth: 0,
        };
        let mut fields = lowering.fields(path, schema);
        let module = self.context.shared.module(owner);
        for field in &mut fields {
            share(&mut field.ty, module);
        }
        fields
    }

    /// The Rust names of the fields at a path, by wire name.
    fn field_names<'w>(&mut self, path: &str, wire: impl Iterator<Item = &'w str>) -> BTreeMap<&'w str, String> {
        let wire: Vec<&str> = wire.collect();
        let mut given = BTreeMap::new();
        for wire in &wire {
            let recorded = self.field_names.get(&format!("{path}.{wire}")).map(|name| names::raw(name));
            match recorded {
                Some(name) if names::is_field(&name) => drop(given.insert(*wire, name)),
                Some(name) => self.findings.push(format!(
                    "{} {path}.{wire}: no field can be named `{name}`, as `fieldNames` has it; `cargo xtask import` gives \
                     a name where there is none",
                    self.place()
                )),
                None => {}
            }
        }
        let mut names = names::fields_beside(wire, &given);
        for (wire, name) in &mut names {
            let Some(rename) = self.renames.and_then(|renames| renames.get(&format!("{path}.{wire}"))) else {
                continue;
            };
            // The path of an object names its type, unless the name is a field's.
            if names::is_field(&rename.to) {
                *name = names::raw(&rename.to);
                self.heeded.insert(format!("{path}.{wire}"));
            }
        }
        let place = format!("{} {path}", self.place());
        check_unique(&place, names.iter().map(|(wire, name)| (name.as_str(), *wire)), self.findings);
        names
    }

    fn field(&mut self, path: &str, wire: &str, name: &str, schema: &Schema) -> Field {
        let ty = self.ty(path, schema);
        let (least, most) = bounds(&ty, schema);
        let version = self.context.version;
        let mut field = Field {
            wire: wire.to_owned(),
            path: path.to_owned(),
            references: references(version, schema),
            name: name.to_owned(),
            setter: names::setter(name),
            secret: version.is_secret(self.action, path),
            required: self.input && schema.required,
            place: None,
            style: None,
            least,
            most,
            dated: matches!(ty, Ty::Text) && version.is_dated(self.action, path),
            docs: Vec::new(),
            explained: false,
            deprecated: schema.deprecated,
            ty,
        };
        (field.docs, field.explained) = docs::field(self.context, self.action, &field, schema);
        field
    }

    /// The type of a value; nested objects become structs on the way.
    fn ty(&mut self, path: &str, schema: &Schema) -> Ty {
        if self.depth > DEEPEST {
            self.findings.push(format!("{} {path}: it never ends", self.place()));
            return Ty::Any;
        }
        self.depth += 1;
        let ty = match &schema.reference {
            Some(name) => self.reference(path, name),
            None => self.inline(path, schema),
        };
        self.depth -= 1;
        ty
    }

    fn inline(&mut self, path: &str, schema: &Schema) -> Ty {
        let version = self.context.version;
        match version.pin(self.action, path).map(PinnedType::as_type).or(schema.kind) {
            Some(Type::String) => self.text(path, schema),
            Some(Type::Integer) if version.is_id(self.action, path) => Ty::IdNumber,
            Some(Type::Integer) => Ty::Integer,
            Some(Type::Number) => Ty::Number,
            Some(Type::Boolean) => Ty::Boolean,
            Some(Type::Array) => {
                let items = schema.items.as_ref().map_or(Ty::Any, |items| self.ty(&format!("{path}[]"), items));
                Ty::List(Box::new(items))
            }
            Some(Type::Object) if shared::is_struct(schema) => self.object(path, schema),
            Some(Type::Object) => match &schema.additional_properties {
                Some(values) => Ty::Map(Box::new(self.ty(&format!("{path}{{}}"), values))),
                None => Ty::Any,
            },
            Some(Type::Any) | None => Ty::Any,
        }
    }

    fn text(&self, path: &str, schema: &Schema) -> Ty {
        let version = self.context.version;
        if schema.is_file_transfer_url {
            Ty::File
        } else if let Some(name) = version.enumeration_of(self.action, path) {
            Ty::Enum(name.to_owned())
        } else if version.is_json(self.action, path) {
            Ty::JsonText
        } else {
            match version.id_kind(self.action, path) {
                Some(IdKind::CommaList) => Ty::Ids,
                Some(IdKind::Text) => Ty::IdText,
                Some(IdKind::Number) => Ty::IdNumber,
                None => Ty::Text,
            }
        }
    }

    /// A nested object: a struct of this module.
    fn object(&mut self, path: &str, schema: &Schema) -> Ty {
        let name = self.type_name(path);
        let role = self.role(&name);
        let place = self.structs.len();
        let doc = match path.rsplit(['.']).next() {
            Some(field) if field.ends_with("[]") => format!("An element of `{}`.", shown(path)),
            Some(field) if field.ends_with("{}") => format!("A value of `{}`.", shown(path)),
            _ => format!("What `{}` holds.", shown(path)),
        };
        let fields = Vec::new();
        let docs = vec![doc];
        self.structs.push(Struct { name: name.clone(), path: path.to_owned(), docs, role: role.clone(), fields });
        let fields = self.fields(path, schema);
        self.structs[place].fields = fields;
        Ty::Object(Object {
            name,
            shared: self.owner.map(|owner| self.context.shared.module(owner).to_owned()),
            root: false,
            shape: match role {
                Role::Input { shape } => Some(shape),
                Role::Request | Role::Answer => None,
            },
            boxed: false,
        })
    }

    /// The name that was recorded for a nested object, or the overlay's better one.
    fn type_name(&mut self, path: &str) -> String {
        let rename = self.renames.and_then(|renames| renames.get(path));
        if let Some(rename) = rename.filter(|rename| names::is_type(&rename.to)) {
            self.heeded.insert(path.to_owned());
            return rename.to.clone();
        }
        if let Some(name) = self.type_names.get(path) {
            return name.clone();
        }
        self.findings
            .push(format!("{}: `typeNames` has no name for `{path}`; `cargo xtask import` gives one", self.place()));
        "Unnamed".to_owned()
    }

    /// A shared schema: its struct, or what it holds where it is no object.
    fn reference(&mut self, path: &str, name: &str) -> Ty {
        let Some((name, shared)) = self.context.version.types.get_key_value(name) else {
            self.findings.push(format!("{} {path}: there is no shared schema `{name}`", self.place()));
            return Ty::Any;
        };
        if shared::is_struct(&shared.schema) {
            let rust = root_name(self.context, name);
            let requested = self.context.shared.is_requested(name);
            return Ty::Object(Object {
                shape: requested.then(|| names::shape(&rust)),
                name: rust,
                shared: Some(self.context.shared.module(name).to_owned()),
                root: true,
                boxed: self.owner.is_some_and(|owner| self.context.shared.is_endless(owner, name)) && !is_element(path),
            });
        }
        let mut ignored = Vec::new();
        let mut lowering = Lowering {
            context: self.context,
            action: "",
            owner: Some(name),
            type_names: &shared.type_names,
            field_names: &shared.field_names,
            renames: self.context.version.overlay.types.get(name).map(|overlay| &overlay.renames),
            heeded: BTreeSet::new(),
            input: self.context.shared.is_requested(name),
            structs: Vec::new(),
            findings: &mut ignored,
            depth: self.depth,
        };
        lowering.ty(&format!("types.{name}"), &shared.schema)
    }
}

/// The method that calls an action, as documentation writes it.
fn method(action: &str) -> String {
    names::method(&names::modules([action])[action]).trim_start_matches("r#").to_owned()
}

/// The shared schemas that a schema names, itself or for its elements, and those that these stand for.
fn references(version: &Version, schema: &Schema) -> Vec<String> {
    let (mut names, mut at) = (Vec::new(), Some(schema));
    while let Some(schema) = at.filter(|_| names.len() < DEEPEST) {
        at = match &schema.reference {
            Some(name) => {
                names.push(name.clone());
                // A struct has a name of its own.
                version.types.get(name).map(|shared| &shared.schema).filter(|schema| !shared::is_struct(schema))
            }
            None => schema.items.as_deref().or(schema.additional_properties.as_deref()),
        };
    }
    names
}

/// Makes a type that is local to a shared schema one that can be named from elsewhere.
fn share(ty: &mut Ty, module: &str) {
    match ty {
        Ty::Object(object) if object.shared.is_none() => object.shared = Some(module.to_owned()),
        Ty::List(inner) | Ty::Map(inner) => share(inner, module),
        _ => {}
    }
}

/// Whether a path names an element of a list or a value of a map.
fn is_element(path: &str) -> bool {
    path.ends_with(']') || path.ends_with('}')
}

fn is_structured(ty: &Ty) -> bool {
    matches!(ty, Ty::Object(_) | Ty::List(_) | Ty::Map(_) | Ty::Any)
}

/// A path for people: without where it begins and without its own marks of an element.
fn shown(path: &str) -> &str {
    let path = path.trim_end_matches(['[', ']', '{', '}']);
    path.split_once('.').map_or(path, |(_, rest)| rest)
}

/// The bounds that can be checked: of a number's value, a text's length, a list's elements. Those published for
/// identifiers are wrong (`ProjectId` ≤ 1,000,000) and left out.
fn bounds(ty: &Ty, schema: &Schema) -> (Option<i64>, Option<i64>) {
    let signed = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
    match ty {
        Ty::Integer => {
            let least = schema.minimum.as_ref().and_then(|least| whole(least, f64::ceil));
            let most = schema.maximum.as_ref().and_then(|most| whole(most, f64::floor));
            let least = least.map(|least| least.saturating_add(i64::from(schema.exclusive_minimum)));
            (least, most.map(|most| most.saturating_sub(i64::from(schema.exclusive_maximum))))
        }
        // The nearest whole bounds that refuse nothing allowed.
        Ty::Number => {
            let least = schema.minimum.as_ref().and_then(|least| whole(least, f64::floor));
            (least, schema.maximum.as_ref().and_then(|most| whole(most, f64::ceil)))
        }
        Ty::Text | Ty::JsonText => (signed(schema.min_length), signed(schema.max_length)),
        Ty::List(_) => (signed(schema.min_items), signed(schema.max_items)),
        _ => (None, None),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a bound beyond 2^63 bounds nothing; `as` saturates")]
fn whole(number: &serde_json::Number, round: fn(f64) -> f64) -> Option<i64> {
    number.as_i64().or_else(|| number.as_f64().map(|value| round(value) as i64))
}
