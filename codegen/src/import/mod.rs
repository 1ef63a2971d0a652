//! Reads Alibaba Cloud's official metadata (`api-docs.json`) into the files of the spec.
//!
//! Nothing here touches the disk: text in, texts out.

mod action;
mod document;
mod draft;
mod examples;
mod fields;
mod findings;
pub mod names;
mod print;
mod reader;
mod references;
mod schema;
pub(crate) mod singular;
mod value;

pub use document::{Changes, Document, Import};
pub use draft::{Draft, draft};
pub use examples::examples;
pub use findings::{Finding, Refused};

/// Whether a text can name an action or a shared schema, and so a file and a Rust type.
pub(crate) fn is_type_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a text can name a parameter or a field, and so a step of a path.
pub(crate) fn is_field_name(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Whether a text is the date that names an API version.
pub(crate) fn is_version(text: &str) -> bool {
    let [year, month, day] = *text.split('-').collect::<Vec<_>>().as_slice() else {
        return false;
    };
    let within = |part: &str, digits: usize, range: std::ops::RangeInclusive<u16>| {
        let all_digits = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        all_digits && part.parse().is_ok_and(|number| range.contains(&number))
    };
    within(year, 4, 2000..=2999) && within(month, 2, 1..=12) && within(day, 2, 1..=31)
}

/// `Column` of `#/components/schemas/Column`.
pub(crate) fn shared_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/").filter(|name| !name.is_empty())
}
