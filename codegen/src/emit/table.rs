//! Operation tables and shapes: what the core reads.

use dataworks_api_spec::{Method, Place, Safety, Style};
use proc_macro2::TokenStream;
use quote::quote;

use super::{print::ident, shorthands, waiters};
use crate::lower::model::{ActionModel, Field, Object, OutcomeModel, PagingWay, Struct, Ty};

/// The module in which something is written: types of the same module need no path.
#[derive(Clone, Copy)]
pub(crate) enum Here<'a> {
    Action,
    /// A module below `types`.
    Types(&'a str),
}

/// `pub(crate) static OPERATION`.
pub(crate) fn operation(action: &ActionModel) -> TokenStream {
    let name = &action.name;
    let method = ident(match action.http {
        Method::Get => "Get",
        Method::Post => "Post",
        Method::Put => "Put",
        Method::Delete => "Delete",
    });
    let safety = match action.safety {
        Safety::Read => quote!(.read()),
        Safety::Idempotent => quote!(.idempotent()),
        Safety::Write => TokenStream::new(),
        Safety::Once => quote!(.once()),
    };
    let entries = entries(&action.request, Here::Action);
    let parameters = (!action.request.fields.is_empty()).then(|| quote!(.parameters(&[#entries])));
    let aliases = (!action.aliases.is_empty()).then(|| {
        let aliases = &action.aliases;
        quote!(.with_aliases(&[#(#aliases),*]))
    });
    let shorthands = shorthands::table(action);
    let (pages, waiters) = (pages(action), waiters::table(action));
    let outcome = match &action.outcome {
        OutcomeModel::Success => TokenStream::new(),
        OutcomeModel::Status(field) => quote!(.outcome(rt::Outcome::Status(#field))),
        OutcomeModel::Items(field) => quote!(.outcome(rt::Outcome::Items(#field))),
        OutcomeModel::None => quote!(.outcome(rt::Outcome::None)),
    };
    let events = action.events.then(|| quote!(.events()));
    let answer = std::iter::once(&action.answer).chain(&action.answer_types);
    let secret = answer.flat_map(|it| &it.fields).any(|field| field.secret).then(|| quote!(.secret_answer()));
    quote! {
        pub(crate) static OPERATION: rt::Operation =
            rt::Operation::new(#name, rt::Method::#method) #aliases #safety #parameters #shorthands #pages #waiters #outcome #secret #events;
    }
}

fn pages(action: &ActionModel) -> TokenStream {
    let Some(pages) = &action.pages else {
        return TokenStream::new();
    };
    let items = &pages.items;
    match &pages.way {
        PagingWay::Numbered { page, size, total } => {
            let total = total.iter();
            quote!(.pages(rt::Pages::numbered(#page, #size, #items) #(.total(#total))*))
        }
        PagingWay::Token { token, size, next } => {
            let size = size.iter();
            quote!(.pages(rt::Pages::token(#token, #items, #next) #(.size(#size))*))
        }
    }
}

/// The entries of a table, in the order of the fields.
pub(crate) fn entries(of: &Struct, here: Here<'_>) -> TokenStream {
    let entries = of.fields.iter().map(|field| entry(field, here));
    quote!(#(#entries),*)
}

fn entry(field: &Field, here: Here<'_>) -> TokenStream {
    let name = &field.wire;
    let constructor = ident(match field.place {
        Some(Place::Query) => "query",
        Some(Place::FormData) => "form",
        Some(Place::Host) | None => "field",
    });
    let kind = kind(&field.ty, here);
    let required = field.required.then(|| quote!(.required()));
    let secret = field.secret.then(|| quote!(.secret()));
    let style = match field.style {
        Some(Style::Json) => quote!(.json()),
        Some(Style::Simple) => quote!(.simple()),
        Some(Style::RepeatList) | None => TokenStream::new(),
    };
    let literal = |value: i64| proc_macro2::Literal::i64_unsuffixed(value);
    let bounds = match (field.least.map(literal), field.most.map(literal)) {
        (Some(least), Some(most)) => quote!(.between(#least, #most)),
        (Some(least), None) => quote!(.at_least(#least)),
        (None, Some(most)) => quote!(.at_most(#most)),
        (None, None) => TokenStream::new(),
    };
    let dated = field.dated.then(|| quote!(.dated()));
    quote!(#constructor(#name, #kind) #style #bounds #dated #secret #required)
}

/// The entries of an answer's table: the fields themselves say the rest.
pub(crate) fn answer_entries(of: &Struct) -> TokenStream {
    let entries = of.fields.iter().map(|field| {
        let name = &field.wire;
        let secret = field.secret.then(|| quote!(.secret()));
        quote!(out(#name) #secret)
    });
    quote!(#(#entries),*)
}

fn kind(ty: &Ty, here: Here<'_>) -> TokenStream {
    let plain = match ty {
        Ty::Text | Ty::Enum(_) => "Text",
        Ty::JsonText => "JsonText",
        Ty::File => "File",
        Ty::IdText => "IdText",
        Ty::IdNumber => "IdNumber",
        Ty::Ids => "Ids",
        Ty::Integer => "Integer",
        Ty::Number => "Number",
        Ty::Boolean => "Boolean",
        Ty::Any => "Any",
        Ty::Object(object) => {
            let shape = shape(object, here);
            return quote!(Object(&#shape));
        }
        Ty::List(element) => {
            let element = kind(element, here);
            return quote!(List(&#element));
        }
        Ty::Map(value) => {
            let value = kind(value, here);
            return quote!(Map(&#value));
        }
    };
    let plain = ident(plain);
    quote!(#plain)
}

/// The static that holds the table of an object in a request.
fn shape(object: &Object, here: Here<'_>) -> TokenStream {
    let name = ident(object.shape.as_deref().unwrap_or("MISSING"));
    match (&object.shared, here) {
        (None, _) => quote!(#name),
        (Some(module), Here::Types(own)) if module == own => quote!(#name),
        (Some(module), Here::Types(_)) => {
            let module = ident(module);
            quote!(super::#module::#name)
        }
        (Some(module), Here::Action) => {
            let module = ident(module);
            quote!(types::#module::#name)
        }
    }
}
