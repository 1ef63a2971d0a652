#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_docs)]
// The examples of the crate's page need the default features, and as tests `blocking`, which the suite switches on.
#![cfg_attr(
    all(
        feature = "client",
        feature = "v2020-05-18",
        feature = "v2024-05-18",
        any(feature = "blocking", not(doctest))
    ),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "client", feature = "v2020-05-18", feature = "v2024-05-18")),
    doc = "Typed client for Alibaba Cloud DataWorks OpenAPI, built with some of its features only."
)]

#[cfg(feature = "client")]
mod action;
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "client")]
mod builder;
#[cfg(feature = "client")]
mod call;
mod check;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod clock;
#[cfg(feature = "client")]
mod config;
pub mod credentials;
#[cfg(feature = "client")]
pub mod data_service;
mod date;
mod decode;
mod encode;
mod endpoint;
mod environment;
mod error;
#[cfg(feature = "client")]
mod events;
#[cfg(feature = "client")]
mod execute;
#[cfg(feature = "client")]
mod expand;
mod id;
mod json_text;
mod model;
mod operation;
#[cfg(feature = "client")]
mod pagination;
mod params;
mod prepare;
#[cfg(feature = "client")]
mod rate_limit;
mod request;
#[cfg(feature = "client")]
mod response;
#[cfg(feature = "client")]
mod retry;
mod secret;
#[cfg(feature = "client")]
mod service_urls;
mod shorthand;
mod signature;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(all(test, feature = "client"))]
mod tests;
#[cfg(feature = "client")]
mod transport;
#[cfg(feature = "client")]
mod upload;
#[cfg(feature = "client")]
mod wait;
mod waiter;

// Formatted by the generator, not by rustfmt.
#[rustfmt::skip]
mod generated;

pub use check::Finding;
pub use credentials::Credentials;
pub use decode::{Mismatch, from_json};
pub use encode::Json;
pub use endpoint::Network;
pub use environment::Environment;
pub use error::{AccessDeniedDetail, Error, ErrorKind};
pub use generated::*;
pub use id::{Id, IntoId};
pub use json_text::IntoJsonText;
pub use operation::{Cursor, Method, Operation, Safety};
pub use prepare::{PreparedRequest, Signer};
pub use request::{Paged, Request, Streams, Uploads};
pub use shorthand::{Fill, Shorthand, Taken};
pub use signature::SignatureAlgorithm;
pub use waiter::{Waiter, Waits, until};

#[cfg(feature = "blocking")]
pub use blocking::Blocking;
#[cfg(feature = "client")]
pub use {
    action::ActionCall,
    builder::Builder,
    call::{Call, CallFuture},
    config::Config,
    credentials::{ProvideCredentials, ProvideFuture},
    error::{Difference, SignatureMismatch},
    events::Events,
    pagination::{ActionItems, ActionPages, ItemStream, Items, PageStream, Pages},
    rate_limit::RateLimit,
    response::{ItemFailure, Response},
    retry::RetryPolicy,
    service_urls::ServiceUrls,
    upload::{Upload, UploadStep},
    wait::{Progress, Wait},
};

/// What generated code is written against. No part of the public interface: it changes without notice.
#[doc(hidden)]
pub mod __rt {
    pub use std::collections::BTreeMap;

    pub use serde_json::Value;

    pub use crate::__debug as debug;
    pub use crate::__enumeration as enumeration;
    pub use crate::date::day;
    pub use crate::id::{Id, IntoId, joined};
    pub use crate::json_text::IntoJsonText;
    pub use crate::model::debug as debug_model;
    pub use crate::model::{Datum, Element, Enumeration, Model, Slot, Target};
    pub use crate::operation::{Api, Endpoint, Field, Method, Operation, Outcome, Pages, Shape};

    pub use crate::request::{Paged, Request, Streams, Uploads};
    pub use crate::waiter::{Waiter, Waits, until};
    #[cfg(feature = "client")]
    pub use crate::{ActionCall, Builder, Call, Config, client::Client};

    /// What tables are written with: for a glob import, since nothing here can be the name of a generated type.
    pub mod table {
        pub use crate::operation::Kind::{
            self, Any, Boolean, File, IdNumber, IdText, Ids, Integer, JsonText, List, Map, Number, Object, Text,
        };
        pub use crate::operation::{field, form, out, query};
        pub use crate::shorthand::{date, fill, like, parameter, shorthand};
    }

    /// The result of everything that can fail.
    pub type Result<T> = std::result::Result<T, crate::Error>;
}
