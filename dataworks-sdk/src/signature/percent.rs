//! Percent-encoding by RFC 3986, as the signature and the query want it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters `A-Za-z0-9-_.~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(crate) fn encode(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

/// `k=v&k=v`, in the order given; an empty value is `k=`.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    use std::fmt::Write;
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        // Writing to a string cannot fail.
        let _ = write!(query, "{}={}", encode(name), encode(value));
    }
    query
}

/// The same as a form body, where a space is a `+`.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    query(pairs).replace("%20", "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreserved_stays_and_the_rest_is_encoded() {
        assert_eq!(encode("aZ09-_.~").to_string(), "aZ09-_.~");
        assert_eq!(encode(" *+/=&%中").to_string(), "%20%2A%2B%2F%3D%26%25%E4%B8%AD");
    }

    #[test]
    fn an_empty_value_keeps_its_sign() {
        assert_eq!(query([("a", ""), ("b", "c d")]), "a=&b=c%20d");
        assert_eq!(form([("a", ""), ("b", "c d+%20")]), "a=&b=c+d%2B%2520");
    }
}
