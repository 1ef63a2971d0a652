//! The client of a version: a method for each action.

use std::fmt::Write as _;

use dataworks_api_spec::Waiter;
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    print::{self, doc, ident},
    waiters,
};
use crate::lower::{
    docs,
    model::{ActionModel, VersionModel},
};

pub(crate) fn file(version: &VersionModel, core: &str, examples_use: Option<&str>) -> Result<String, String> {
    let none: [&str; 0] = [];
    let mut text = print::header(&format!("api-spec/{}/actions", version.name), none);
    let _ = write!(text, "\nuse super::*;\nuse {core} as rt;\n\n");
    text.push_str(&print::items(body(version, examples_use))?);
    Ok(text)
}

fn body(version: &VersionModel, examples_use: Option<&str>) -> TokenStream {
    let docs = doc([
        format!("A client of DataWorks `OpenAPI` {}: a method for each action.", version.name),
        "Cloning it is cheap: clones share connections, credentials and limits with it and with every client of the \
         same configuration."
            .to_owned(),
    ]);
    let own = own_methods();
    let methods = version.actions.iter().map(|action| method(version, action, examples_use));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client(rt::Client);

        impl Client {
            #own

            #(#methods)*
        }

        impl From<rt::Config> for Client {
            fn from(config: rt::Config) -> Self {
                Self::new(&config)
            }
        }

        impl From<&rt::Config> for Client {
            fn from(config: &rt::Config) -> Self {
                Self::new(config)
            }
        }
    }
}

/// What the client has beside the actions.
fn own_methods() -> TokenStream {
    quote! {
        /// A client from the environment: region and settings now, credentials at the first call.
        ///
        /// # Errors
        /// When the environment does not hold a region or holds a setting that cannot be read.
        pub fn from_env() -> rt::Result<Self> {
            rt::Client::from_env(&API).map(Self)
        }

        /// A client from settings given one by one.
        #[must_use]
        pub fn builder() -> rt::Builder<Self> {
            rt::Builder::new()
        }

        /// A client from a configuration, which it shares with every other client made from it.
        #[must_use]
        pub fn new(config: &rt::Config) -> Self {
            Self(rt::Client::new(&API, config))
        }

        /// The configuration of this client.
        #[must_use]
        pub fn config(&self) -> &rt::Config {
            self.0.config()
        }

        /// Any action by its official name, for what is known only when the program runs. An everyday name, one of the
        /// action's `aliases()`, does as well.
        ///
        /// # Errors
        /// When this version has no action of that name.
        pub fn action(&self, name: &str) -> rt::Result<rt::ActionCall> {
            self.0.action(name)
        }

        /// The tables of all actions, sorted by name.
        #[must_use]
        pub fn operations() -> &'static [&'static rt::Operation] {
            API.operations
        }
    }
}

fn method(version: &VersionModel, action: &ActionModel, examples_use: Option<&str>) -> TokenStream {
    let docs = doc(docs(action));
    let example = action.example.as_deref().zip(examples_use).map(|(lines, name)| example(version, name, lines));
    let deprecated = action.deprecated.as_ref().map(|note| quote!(#[deprecated = #note]));
    let aliases = &action.aliases;
    let (name, request) = (ident(&action.method), ident(&action.request.name));
    quote! {
        #docs
        #example
        #(#[doc(alias = #aliases)])*
        #deprecated
        #[inline]
        pub fn #name(&self, request: #request) -> rt::Call<#request> {
            self.0.call(request)
        }
    }
}

/// An example that compiles: its lines inside a function that has a client.
fn example(version: &VersionModel, name: &str, lines: &str) -> TokenStream {
    let signature = format!(
        "# async fn example(client: {name}::{}::Client) -> Result<(), Box<dyn std::error::Error>> {{",
        version.module
    );
    let before = ["", "# Examples", "", "```no_run", signature.as_str()];
    let after = ["# Ok(())", "# }", "```"];
    let all = before.into_iter().chain(lines.trim_end().lines()).chain(after);
    let lines = all.map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// What a waiter does, for those who look at the method of the action.
fn waits(goal: &str, waiter: &Waiter) -> String {
    let [interval, timeout] = [waiter.interval, waiter.timeout].map(humanly);
    let (mut doc, method) = (docs::sentence(&waiter.doc), waiters::method(goal));
    if let Some(first) = doc.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    format!("`.{method}()` on the call {doc} It asks every {interval}, and gives up after {timeout}.")
}

/// Seconds in the largest unit that divides them.
fn humanly(seconds: u32) -> String {
    let (count, unit) = match seconds {
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "hour"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    match count {
        1 => unit.to_owned(),
        _ => format!("{count} {unit}s"),
    }
}

fn docs(action: &ActionModel) -> Vec<String> {
    let required: Vec<String> = action
        .request
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| format!("`{}`", field.setter.trim_start_matches("r#")))
        .collect();
    let request = &action.request.name;
    let needs = match required.as_slice() {
        [] if action.request.fields.is_empty() => format!("[`{request}`] has no parameters."),
        [] => format!("Nothing in [`{request}`] is required."),
        [only] => format!("[`{request}`] needs {only}."),
        [all @ .., last] => format!("[`{request}`] needs {} and {last}.", all.join(", ")),
    };
    let size = action.pages.as_ref().and_then(|pages| match (&pages.default_size, pages.greatest_size) {
        (Some(default), Some(most)) => Some(format!("A page holds {default} items by default and {most} at most.")),
        (Some(default), None) => Some(format!("A page holds {default} items by default.")),
        (None, Some(most)) => Some(format!("A page holds {most} items at most.")),
        (None, None) => None,
    });
    let second = [Some(needs), size].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let waiters = action.waiters.iter().map(|(goal, waiter)| waits(goal, waiter));
    let file = action.file().map(|field| {
        let setter = field.setter.trim_start_matches("r#");
        format!("[`upload`](rt::Call::upload) on the call sends a file and sets `{setter}` to its URL.")
    });
    let events =
        action.events.then(|| "[`events`](rt::Call::events) on the call gives the answers as they come.".to_owned());
    [action.summary.clone(), second].into_iter().chain(waiters).chain(file).chain(events).collect()
}
