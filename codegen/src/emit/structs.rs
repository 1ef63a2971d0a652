//! Structs and what is implemented for them.
//!
//! Methods are `#[inline]` not for speed: such a function is compiled by the crate that calls it, so the SDK itself does
//! not compile, and nobody waits for, the thousands that a program never calls.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{
    print::{doc, ident},
    table::{self, Here},
};
use crate::lower::model::{Field, Object, Role, Struct, Ty};

/// What only a request has.
#[derive(Default)]
pub(crate) struct Extra {
    /// The functions after `new`.
    pub functions: TokenStream,
    /// What stands after the setters.
    pub impls: TokenStream,
}

/// A struct with its setters and its tables.
pub(crate) fn all(of: &Struct, here: Here<'_>, extra: &Extra) -> TokenStream {
    let name = ident(&of.name);
    let shape = static_shape(of, here);
    let definition = definition(of, here);
    let setters = (of.role != Role::Answer).then(|| setters(of, here, &extra.functions));
    let (impls, model) = (&extra.impls, model(of));
    quote! { #shape #definition #setters #impls #model rt::debug!(#name); }
}

/// The table of an object in a request: its parents' tables refer to it.
fn static_shape(of: &Struct, here: Here<'_>) -> Option<TokenStream> {
    let Role::Input { shape } = &of.role else { return None };
    let shape = ident(shape);
    let entries = table::entries(of, here);
    Some(quote!(pub(crate) static #shape: rt::Shape = rt::Shape::new(&[#entries]);))
}

fn definition(of: &Struct, here: Here<'_>) -> TokenStream {
    let name = ident(&of.name);
    let docs = doc(&of.docs);
    let fields = of.fields.iter().map(|field| {
        let docs = doc(&field.docs);
        let deprecated = deprecated(field);
        let name = ident(&field.name);
        let ty = field_type(of, field, here);
        quote!(#docs #deprecated pub #name: #ty)
    });
    let must_use = match of.role {
        Role::Request => quote!(#[must_use = "a request does nothing until a client sends it"]),
        Role::Input { .. } => quote!(#[must_use]),
        Role::Answer => TokenStream::new(),
    };
    quote! {
        #docs
        #[derive(Clone, Default, PartialEq)]
        #must_use
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    }
}

fn deprecated(field: &Field) -> Option<TokenStream> {
    field.deprecated.then(|| quote!(#[deprecated = "the service advises against it"]))
}

/// `#[allow(deprecated)]`, where code touches such a field.
fn allow_deprecated(of: &Struct) -> Option<TokenStream> {
    of.fields.iter().any(|field| field.deprecated).then(|| quote!(#[allow(deprecated)]))
}

/// The type of a field.
pub(crate) fn field_type(of: &Struct, field: &Field, here: Here<'_>) -> TokenStream {
    let whole = value_type(&field.ty, here);
    match (&field.ty, &of.role) {
        (Ty::Object(object), _) if object.boxed => quote!(Option<Box<#whole>>),
        (Ty::Object(_) | Ty::List(_) | Ty::Map(_) | Ty::Ids, Role::Answer) => whole,
        _ => quote!(Option<#whole>),
    }
}

/// The type of a value.
pub(crate) fn value_type(ty: &Ty, here: Here<'_>) -> TokenStream {
    match ty {
        Ty::Text | Ty::JsonText | Ty::File => quote!(String),
        Ty::IdText | Ty::IdNumber => quote!(rt::Id),
        Ty::Ids => quote!(Vec<rt::Id>),
        Ty::Integer => quote!(i64),
        Ty::Number => quote!(f64),
        Ty::Boolean => quote!(bool),
        Ty::Any => quote!(rt::Value),
        Ty::Enum(name) => {
            let name = ident(name);
            match here {
                Here::Action => quote!(types::#name),
                Here::Types(_) => quote!(super::#name),
            }
        }
        Ty::Object(object) => object_type(object, here),
        Ty::List(element) => {
            let element = value_type(element, here);
            quote!(Vec<#element>)
        }
        Ty::Map(value) => {
            let value = value_type(value, here);
            quote!(rt::BTreeMap<String, #value>)
        }
    }
}

fn object_type(object: &Object, here: Here<'_>) -> TokenStream {
    let name = ident(&object.name);
    let Some(module) = &object.shared else {
        return quote!(#name);
    };
    let inner = (!object.root).then(|| {
        let module = ident(module);
        quote!(#module::)
    });
    match here {
        Here::Types(own) if module == own => quote!(#name),
        Here::Types(_) => quote!(super::#inner #name),
        Here::Action => quote!(types::#inner #name),
    }
}

fn setters(of: &Struct, here: Here<'_>, functions: &TokenStream) -> TokenStream {
    let name = ident(&of.name);
    let what = if of.role == Role::Request { "A request" } else { "A value" };
    let docs = doc([format!("{what} with nothing set.")]);
    let setters = of.fields.iter().map(|field| setter(field, here));
    quote! {
        impl #name {
            #docs
            #[inline]
            pub fn new() -> Self {
                Self::default()
            }

            #functions

            #(#setters)*
        }
    }
}

fn setter(field: &Field, here: Here<'_>) -> TokenStream {
    let (name, setter) = (ident(&field.name), ident(&field.setter));
    let plain = field.name.trim_start_matches("r#");
    let docs = doc([format!("Sets [`{plain}`](field@Self::{plain}).")]);
    let deprecated = deprecated(field);
    let allow = field.deprecated.then(|| quote!(#[allow(deprecated)]));
    let (ty, value, optional) = argument(&field.ty, here, &ident("value"));
    let value = if optional { value } else { quote!(Some(#value)) };
    quote! {
        #docs
        #deprecated
        #allow
        pub fn #setter(mut self, value: #ty) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// What a setter takes as `from`, the value that it becomes, and whether that may be none.
pub(crate) fn argument(ty: &Ty, here: Here<'_>, from: &Ident) -> (TokenStream, TokenStream, bool) {
    let (ty, value) = match ty {
        Ty::IdText | Ty::IdNumber => return (quote!(impl rt::IntoId), quote!(#from.into_id()), true),
        Ty::JsonText => (quote!(impl rt::IntoJsonText), quote!(#from.into_json_text())),
        Ty::Ids => ids(from),
        Ty::List(element) => list(element, here, from),
        Ty::Map(value) => map(value, here, from),
        Ty::Boolean => (quote!(bool), quote!(#from)),
        Ty::Object(object) => {
            let ty = object_type(object, here);
            (ty, if object.boxed { quote!(Box::new(#from)) } else { quote!(#from) })
        }
        _ => {
            let whole = value_type(ty, here);
            (quote!(impl Into<#whole>), quote!(#from.into()))
        }
    };
    (ty, value, false)
}

fn ids(from: &Ident) -> (TokenStream, TokenStream) {
    (
        quote!(impl IntoIterator<Item = impl rt::IntoId>),
        quote!(#from.into_iter().filter_map(rt::IntoId::into_id).collect()),
    )
}

/// Whether a setter takes what turns into a value, not only the value.
fn is_converted(ty: &Ty) -> bool {
    matches!(ty, Ty::Text | Ty::JsonText | Ty::File | Ty::Enum(_) | Ty::Integer | Ty::Number | Ty::Any)
}

fn list(element: &Ty, here: Here<'_>, from: &Ident) -> (TokenStream, TokenStream) {
    let whole = value_type(element, here);
    match element {
        Ty::IdText | Ty::IdNumber => ids(from),
        element if is_converted(element) => {
            (quote!(impl IntoIterator<Item = impl Into<#whole>>), quote!(#from.into_iter().map(Into::into).collect()))
        }
        _ => (quote!(impl IntoIterator<Item = #whole>), quote!(#from.into_iter().collect())),
    }
}

fn map(value: &Ty, here: Here<'_>, from: &Ident) -> (TokenStream, TokenStream) {
    let whole = value_type(value, here);
    let (ty, item) =
        if is_converted(value) { (quote!(impl Into<#whole>), quote!(item.into())) } else { (whole, quote!(item)) };
    (
        quote!(impl IntoIterator<Item = (impl Into<String>, #ty)>),
        quote!(#from.into_iter().map(|(key, item)| (key.into(), #item)).collect()),
    )
}

/// Where each field lives.
fn model(of: &Struct) -> TokenStream {
    let name = ident(&of.name);
    let allow = allow_deprecated(of);
    let shape = match &of.role {
        Role::Request => quote!(OPERATION.shape()),
        Role::Input { shape } => {
            let shape = ident(shape);
            quote!(&#shape)
        }
        Role::Answer => {
            let entries = table::answer_entries(of);
            quote! {
                static SHAPE: rt::Shape = rt::Shape::new(&[#entries]);
                &SHAPE
            }
        }
    };
    let (index, slot, slot_mut) = if of.fields.is_empty() {
        (ident("_index"), quote!(None), quote!(None))
    } else {
        (ident("index"), slots(of, &quote!(&)), slots(of, &quote!(&mut)))
    };
    quote! {
        #allow
        impl rt::Model for #name {
            #[inline]
            fn shape(&self) -> &'static rt::Shape {
                #shape
            }

            #[inline]
            fn slot(&self, #index: usize) -> Option<&dyn rt::Slot> {
                #slot
            }

            #[inline]
            fn slot_mut(&mut self, #index: usize) -> Option<&mut dyn rt::Slot> {
                #slot_mut
            }
        }
    }
}

fn slots(of: &Struct, borrow: &TokenStream) -> TokenStream {
    let arms = of.fields.iter().enumerate().map(|(index, field)| {
        let index = Literal::usize_unsuffixed(index);
        let name = ident(&field.name);
        quote!(#index => #borrow self.#name,)
    });
    quote! {
        Some(match index {
            #(#arms)*
            _ => return None,
        })
    }
}
