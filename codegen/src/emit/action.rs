//! The file of an action: its table, what goes in, what comes out.

use dataworks_api_spec::Safety;
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    print::{self, ident},
    shorthands,
    structs::{self, Extra},
    table::{self, Here},
    waiters,
};
use crate::lower::model::{ActionModel, Field, PagesModel, Step, StepKind, Struct, Ty, VersionModel};

/// More documented codes than these are a list for the official page.
const MOST_CODES: usize = 8;

pub(crate) fn file(
    version: &VersionModel,
    action: &ActionModel,
    core: &str,
    examples_use: Option<&str>,
) -> Result<String, String> {
    let source = format!("api-spec/{}/actions/{}.json", version.name, action.name);
    let mut text = print::header(&source, docs(action));
    text.push('\n');
    text.push_str(&imports(structs_of(action), core));
    text.push('\n');
    let examples = examples_use.map(|name| format!("{name}::{}", version.module));
    text.push_str(&print::items(body(action, examples.as_deref()))?);
    Ok(text)
}

fn structs_of(action: &ActionModel) -> impl Iterator<Item = &Struct> {
    let (request, answer) = (std::iter::once(&action.request), std::iter::once(&action.answer));
    request.chain(&action.request_types).chain(answer).chain(&action.answer_types)
}

/// Only what is used: `types` where one is named, the table's words where there is a table.
fn imports<'a>(structs: impl Iterator<Item = &'a Struct>, core: &str) -> String {
    let fields: Vec<&Field> = structs.flat_map(|it| &it.fields).collect();
    let own = if fields.iter().any(|field| uses_types(&field.ty)) { "use super::super::types;\n" } else { "" };
    let table = if fields.is_empty() { String::new() } else { format!("use {core}::table::*;\n") };
    format!("{own}use {core} as rt;\n{table}")
}

fn uses_types(ty: &Ty) -> bool {
    match ty {
        Ty::Enum(_) => true,
        Ty::Object(object) => object.shared.is_some(),
        Ty::List(inner) | Ty::Map(inner) => uses_types(inner),
        _ => false,
    }
}

fn docs(action: &ActionModel) -> Vec<String> {
    let mut docs = vec![action.summary.clone(), format!("Official page: <{}>", action.page_url)];
    if action.safety == Safety::Idempotent {
        docs.push("Doing it twice is as good as once, so it is repeated after a failure.".to_owned());
    }
    let codes = &action.error_codes;
    if !codes.is_empty() && codes.len() <= MOST_CODES {
        let codes: Vec<String> = codes.iter().map(|(status, code)| format!("`{code}` ({status})")).collect();
        docs.push(format!("Documented error codes: {}.", codes.join(", ")));
    }
    docs
}

fn body(action: &ActionModel, examples: Option<&str>) -> TokenStream {
    let here = Here::Action;
    let operation = table::operation(action);
    let extra = Extra { functions: shorthands::functions(action, examples), impls: request_impls(action) };
    let request = structs::all(&action.request, here, &extra);
    let plain = |it: &Struct| structs::all(it, here, &Extra::default());
    let request_types = action.request_types.iter().map(plain);
    let answer = plain(&action.answer);
    let answer_types = action.answer_types.iter().map(plain);
    let waiters = waiters::statics(action);
    quote! { #operation #waiters #request #(#request_types)* #answer #(#answer_types)* }
}

fn request_impls(action: &ActionModel) -> TokenStream {
    let (request, answer) = (ident(&action.request.name), ident(&action.answer.name));
    let paged = action.pages.as_ref().map(|pages| paged(action, pages));
    let waits = waiters::impls(action);
    let uploads = action.file().map(|field| {
        let parameter = &field.wire;
        quote! {
            impl rt::Uploads for #request {
                const FILE: &'static str = #parameter;
            }
        }
    });
    let streams = action.events.then(|| quote!(impl rt::Streams for #request {}));
    quote! {
        impl rt::Request for #request {
            type Answer = #answer;
            const API: &'static rt::Api = &super::super::API;
            const OPERATION: &'static rt::Operation = &OPERATION;
        }

        #paged

        #waits

        #uploads

        #streams
    }
}

fn paged(action: &ActionModel, pages: &PagesModel) -> TokenStream {
    let (request, answer) = (ident(&action.request.name), ident(&action.answer.name));
    let item = structs::value_type(&pages.item, Here::Action);
    let items = items(quote!(answer), &pages.steps);
    let allow = pages.steps.iter().any(|step| step.deprecated).then(|| quote!(#[allow(deprecated)]));
    quote! {
        #allow
        impl rt::Paged for #request {
            type Item = #item;

            #[inline]
            fn items(answer: #answer) -> Vec<#item> {
                #items
            }
        }
    }
}

/// The items of an answer: field after field, through the elements of lists on the way.
fn items(from: TokenStream, steps: &[Step]) -> TokenStream {
    let Some((step, rest)) = steps.split_first() else {
        return from;
    };
    let field = ident(&step.field);
    let opened = match step.kind {
        StepKind::Plain => quote!(#from.#field),
        StepKind::Optional => quote!(#from.#field.unwrap_or_default()),
        StepKind::Boxed => quote!(#from.#field.map(|inner| *inner).unwrap_or_default()),
    };
    if !step.list || rest.is_empty() {
        return items(opened, rest);
    }
    let inner = items(quote!(group), rest);
    quote!(#opened.into_iter().flat_map(|group| #inner).collect())
}
