//! Waiters: a static for each beside the action's table, and what makes its method appear on the call.

use dataworks_api_spec::{NotYet, Waiter};
use heck::ToUpperCamelCase as _;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::print::ident;
use crate::lower::{docs, model::ActionModel};

/// `.with_waiters(&[…])` of a table, where there are any.
pub(crate) fn table(action: &ActionModel) -> Option<TokenStream> {
    let names = action.waiters.iter().map(|(goal, _)| name(goal));
    (!action.waiters.is_empty()).then(|| quote!(.with_waiters(&[#(&#names),*])))
}

/// The statics.
pub(crate) fn statics(action: &ActionModel) -> TokenStream {
    action.waiters.iter().map(|(goal, waiter)| one(goal, waiter)).collect()
}

/// That the request has them.
pub(crate) fn impls(action: &ActionModel) -> TokenStream {
    let request = ident(&action.request.name);
    let impls = action.waiters.iter().map(|(goal, _)| {
        let (marker, name) = (format_ident!("{}", goal.to_upper_camel_case()), name(goal));
        quote! {
            impl rt::Waits<rt::until::#marker> for #request {
                const WAITER: &'static rt::Waiter = &#name;
            }
        }
    });
    quote!(#(#impls)*)
}

/// What a caller writes: `wait_until_finished`.
pub(crate) fn method(goal: &str) -> String {
    format!("wait_until_{goal}")
}

fn name(goal: &str) -> Ident {
    format_ident!("UNTIL_{}", goal.to_uppercase())
}

fn one(goal: &str, waiter: &Waiter) -> TokenStream {
    let (name, summary) = (name(goal), docs::sentence(&waiter.doc));
    let states = |states: &[String], method: &str| {
        let method = format_ident!("{method}");
        (!states.is_empty()).then(|| quote!(.#method(&[#(#states),*])))
    };
    let at = waiter.at.iter();
    let (success, failure) = (states(&waiter.success, "success"), states(&waiter.failure, "failure"));
    let not_yet = (!waiter.not_yet.is_empty()).then(|| {
        let errors = waiter.not_yet.iter().map(|NotYet { code, message }| {
            let (code, message) = (code.as_deref().unwrap_or_default(), message.as_deref().unwrap_or_default());
            quote!((#code, #message))
        });
        quote!(.not_yet(&[#(#errors),*]))
    });
    let (reason, hint) = (waiter.reason.iter(), waiter.hint.iter());
    let [interval, timeout] = [waiter.interval, waiter.timeout].map(Literal::u32_unsuffixed);
    quote! {
        static #name: rt::Waiter = rt::Waiter::new(#goal, #summary, #interval, #timeout)
            #(.at(#at))* #success #failure #not_yet #(.reason(#reason))* #(.hint(#hint))*;
    }
}
