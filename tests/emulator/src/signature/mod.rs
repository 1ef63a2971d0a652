//! Signatures, written from the protocols alone: nothing here is shared with the SDK that it judges.

pub(crate) mod acs3;
pub(crate) mod gateway;
pub(crate) mod rpc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `k=v&k=v`, sorted and encoded.
fn canonical_query<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut sorted: Vec<_> = parameters.collect();
    sorted.sort_unstable();
    let mut canonical = String::new();
    for (name, value) in sorted {
        if !canonical.is_empty() {
            canonical.push('&');
        }
        canonical.extend(utf8_percent_encode(name, RESERVED));
        canonical.push('=');
        canonical.extend(utf8_percent_encode(value, RESERVED));
    }
    canonical
}
