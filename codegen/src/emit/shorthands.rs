//! Shorthands: the functions of a request, and their entries in the action's table.

use std::{collections::BTreeSet, fmt::Write as _};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{
    print::{self, ident},
    structs,
    table::Here,
};
use crate::lower::{
    docs,
    model::{ActionModel, Argument, ArgumentKind, Field, Given, ShorthandModel, Struct, TextPart, Ty},
    shorthands::is_id,
};

/// `.with_shorthands(&[…])` of a table, where there are any.
pub(crate) fn table(action: &ActionModel) -> Option<TokenStream> {
    let entries = action.shorthands.iter().map(|shorthand| {
        let (name, summary) = (&shorthand.name, &shorthand.summary);
        let takes = shorthand.arguments.iter().map(|Argument { wire, doc, kind, .. }| match kind {
            ArgumentKind::Parameter => quote!(parameter(#wire, #doc)),
            ArgumentKind::Like(parameter) => quote!(like(#wire, #parameter, #doc)),
            ArgumentKind::Date => quote!(date(#wire, #doc)),
        });
        let fills = shorthand.fills.iter().map(|(parameter, template)| quote!(fill(#parameter, #template)));
        quote!(shorthand(#name, #summary, &[#(#takes),*], &[#(#fills),*]))
    });
    (!action.shorthands.is_empty()).then(|| quote!(.with_shorthands(&[#(#entries),*])))
}

/// The functions of a request. `examples` is the path of the version's module.
pub(crate) fn functions(action: &ActionModel, examples: Option<&str>) -> TokenStream {
    action.shorthands.iter().map(|shorthand| function(&action.request, shorthand, examples)).collect()
}

fn function(request: &Struct, shorthand: &ShorthandModel, examples: Option<&str>) -> TokenStream {
    let docs = documentation(request, shorthand, examples);
    let docs = docs.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let name = ident(&shorthand.name);
    let writer = Writer { shorthand };
    let arguments = shorthand.arguments.iter().map(|argument| {
        let name = ident(&argument.name);
        let ty = argument_type(argument);
        quote!(#name: #ty)
    });
    let bound = (0..shorthand.arguments.len()).filter_map(|argument| writer.binding(argument));
    let fields = shorthand.given.iter().enumerate().map(|(at, (field, given))| {
        let (name, value) = (ident(&request.fields[*field].name), writer.value(at, &request.fields[*field], given));
        quote!(#name: #value)
    });
    let rest = (shorthand.given.len() < request.fields.len()).then(|| quote!(..Self::default()));
    let deprecated = shorthand.given.iter().any(|(field, _)| request.fields[*field].deprecated);
    let allow = deprecated.then(|| quote!(#[allow(deprecated)]));
    quote! {
        #(#[doc = #docs])*
        #allow
        #[inline]
        pub fn #name(#(#arguments),*) -> Self {
            #(#bound)*
            Self { #(#fields,)* #rest }
        }
    }
}

/// What callers give as an argument.
pub(crate) fn argument_type(argument: &Argument) -> TokenStream {
    converted(argument).0
}

/// The type of an argument, the expression that turns it into a value, and whether that may be none.
fn converted(argument: &Argument) -> (TokenStream, TokenStream, bool) {
    let name = ident(&argument.name);
    match argument.kind {
        ArgumentKind::Date => (quote!(impl Into<String>), quote!(rt::day(#name)), false),
        ArgumentKind::Parameter | ArgumentKind::Like(_) => structs::argument(&argument.ty, Here::Action, &name),
    }
}

struct Writer<'a> {
    shorthand: &'a ShorthandModel,
}

impl Writer<'_> {
    /// The places in the literal where an argument is used.
    fn uses(&self, argument: usize) -> impl DoubleEndedIterator<Item = (usize, &Given)> {
        let given = self.shorthand.given.iter().map(|(_, given)| given).enumerate();
        given.filter(move |(_, given)| match given {
            Given::Whole(index) | Given::Element(index) => *index == argument,
            Given::Text(parts) => parts.iter().any(|part| part.argument() == Some(&argument)),
            Given::Constant(_) => false,
        })
    }

    /// Whether an argument goes into one field and nowhere else.
    fn is_direct(&self, argument: usize) -> bool {
        let mut uses = self.uses(argument);
        matches!((uses.next(), uses.next()), (Some((_, Given::Whole(_))), None))
    }

    /// `let node_id = node_id.into_id();`, for an argument that is used more than once or changed.
    fn binding(&self, argument: usize) -> Option<TokenStream> {
        let it = &self.shorthand.arguments[argument];
        let name = ident(&it.name);
        let (_, value, optional) = converted(it);
        if self.is_direct(argument) || name == value.to_string() {
            return None;
        }
        let typed = !optional && !matches!(it.kind, ArgumentKind::Date);
        let ty = typed.then(|| structs::value_type(&it.ty, Here::Action)).into_iter();
        let shown = matches!(it.ty, Ty::Ids) && self.uses(argument).any(|(_, given)| matches!(given, Given::Text(_)));
        let text = shown.then(|| {
            let text = joined(&it.name);
            quote!(let #text = rt::joined(&#name);)
        });
        Some(quote!(let #name #(: #ty)* = #value; #text))
    }

    fn value(&self, at: usize, field: &Field, given: &Given) -> TokenStream {
        match given {
            Given::Whole(argument) if self.is_direct(*argument) => {
                let (_, value, optional) = converted(&self.shorthand.arguments[*argument]);
                if optional { value } else { quote!(Some(#value)) }
            }
            Given::Whole(argument) => {
                let value = self.owned(at, *argument);
                if is_id(&self.shorthand.arguments[*argument].ty) { value } else { quote!(Some(#value)) }
            }
            Given::Element(argument) => {
                let value = self.owned(at, *argument);
                quote!(#value.map(|id| vec![id]))
            }
            Given::Text(parts) => self.text(parts),
            Given::Constant(value) => constant(&field.ty, value),
        }
    }

    /// An argument's value: itself where it is used last, before that a copy.
    fn owned(&self, at: usize, argument: usize) -> TokenStream {
        let it = &self.shorthand.arguments[argument];
        let name = ident(&it.name);
        let copied = matches!(it.ty, Ty::Integer | Ty::Number | Ty::Boolean);
        // Identifiers in a text were joined before.
        let joined = |given: &Given| matches!((given, &it.ty), (Given::Text(_), Ty::Ids));
        let last = self.uses(argument).rfind(|(_, given)| !joined(given));
        if copied || last.is_some_and(|(last, _)| last == at) { quote!(#name) } else { quote!(#name.clone()) }
    }

    /// A text with values in it; none as soon as one of its identifiers is none.
    fn text(&self, parts: &[TextPart]) -> TokenStream {
        let mut template = String::new();
        let mut ids = BTreeSet::new();
        for part in parts {
            match part {
                TextPart::Text(text) => template.push_str(&text.replace('{', "{{").replace('}', "}}")),
                TextPart::Argument(argument) => {
                    let it = &self.shorthand.arguments[*argument];
                    let shown = if matches!(it.ty, Ty::Ids) { joined(&it.name).to_string() } else { it.name.clone() };
                    let _ = write!(template, "{{{shown}}}");
                    ids.extend(is_id(&it.ty).then_some(*argument));
                }
            }
        }
        self.present(&ids, &quote!(format!(#template)))
    }

    /// A text, if all of these identifiers are there.
    fn present(&self, ids: &BTreeSet<usize>, text: &TokenStream) -> TokenStream {
        let names = ids.iter().map(|argument| ident(&self.shorthand.arguments[*argument].name));
        let all = names.fold(None, |all, name| match all {
            None => Some((quote!(#name.as_ref()), quote!(#name))),
            Some((value, pattern)) => Some((quote!(#value.zip(#name.as_ref())), quote!((#pattern, #name)))),
        });
        match all {
            None => quote!(Some(#text)),
            Some((value, pattern)) => quote!(#value.map(|#pattern| #text)),
        }
    }
}

/// The variable that holds a list of identifiers as a text.
fn joined(name: &str) -> Ident {
    format_ident!("joined_{name}")
}

/// A value that is always the same.
fn constant(ty: &Ty, value: &str) -> TokenStream {
    match ty {
        Ty::Boolean => {
            let value = format_ident!("{value}");
            quote!(Some(#value))
        }
        Ty::Integer => {
            let value = Literal::i64_unsuffixed(value.parse().unwrap_or_default());
            quote!(Some(#value))
        }
        Ty::Ids => {
            let ids = value.split(',').map(str::trim);
            quote!(Some(vec![#(#ids.into()),*]))
        }
        _ => quote!(Some(#value.into())),
    }
}

/// The lines of a function's documentation.
fn documentation(request: &Struct, shorthand: &ShorthandModel, examples: Option<&str>) -> Vec<String> {
    let mut lines = vec![docs::sentence(&shorthand.summary), String::new()];
    for argument in &shorthand.arguments {
        let forms = match argument.kind {
            ArgumentKind::Date => " As `2026-01-07`, `20260107` or `2026-01-07 00:00:00`.",
            ArgumentKind::Parameter | ArgumentKind::Like(_) => "",
        };
        push_item(&format!("`{}`: {}{forms}", argument.name, docs::sentence(&argument.doc)), &mut lines);
    }
    if !shorthand.fills.is_empty() {
        lines.extend(["", "It sets these as well; a setter that is called after it wins:", ""].map(str::to_owned));
        for (wire, template) in &shorthand.fills {
            let Some(field) = request.fields.iter().find(|field| field.wire == *wire) else { continue };
            let name = field.name.trim_start_matches("r#");
            let named = shorthand.arguments.iter().fold(template.clone(), |text, argument| {
                text.replace(&format!("{{{}}}", argument.wire), &format!("{{{}}}", argument.name))
            });
            let shown = if named.is_empty() { "empty".to_owned() } else { format!("`{named}`") };
            push_item(&format!("[`{name}`](field@Self::{name}): {shown}"), &mut lines);
        }
    }
    lines.extend(examples.zip(example(request, shorthand)).into_iter().flat_map(|(module, call)| {
        let import = format!("use {module}::{};", request.name);
        let call = format!("let request = {call};");
        ["", "# Examples", "", "```", &import, "", &call, "```"].map(str::to_owned)
    }));
    lines
}

fn push_item(text: &str, lines: &mut Vec<String>) {
    let wrapped = print::doc_lines([text]);
    lines.extend(wrapped.iter().enumerate().map(|(at, line)| format!("{} {line}", if at == 0 { "-" } else { " " })));
}

/// A call with an example of each argument, if all have one.
fn example(request: &Struct, shorthand: &ShorthandModel) -> Option<String> {
    let arguments: Option<Vec<&str>> = shorthand.arguments.iter().map(|argument| argument.example.as_deref()).collect();
    Some(format!("{}::{}({})", request.name, shorthand.name, arguments?.join(", ")))
}
