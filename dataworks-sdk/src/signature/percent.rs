//! Percent-encoding by RFC 3986, as the signature and the query want it.

use percent_encoding::percent_encode_byte;

/// Whether a byte stays as it is.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        byte += 1;
    }
    table
};

/// The encoded text.
#[cfg(any(test, feature = "client"))]
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push(&mut out, text);
    out
}

/// Appends the encoded text.
pub(crate) fn push(out: &mut String, text: &str) {
    each_run(text, |run, reserved| {
        out.push_str(run);
        out.push_str(reserved);
    });
}

/// Appends the text encoded twice, as the string to sign has it.
pub(crate) fn push_twice(out: &mut String, text: &str) {
    each_run(text, |run, reserved| {
        out.push_str(run);
        if let Some(digits) = reserved.strip_prefix('%') {
            out.push_str("%25");
            out.push_str(digits);
        }
    });
}

/// Shows what stays as it is, run by run, each with the encoded byte that ends it; the last one may end with nothing.
/// No formatter stands in between: every call encodes about a thousand bytes.
fn each_run(text: &str, mut see: impl FnMut(&str, &'static str)) {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let rest = &bytes[start..];
        let run = rest.iter().position(|byte| !UNRESERVED[usize::from(*byte)]);
        let end = run.map_or(bytes.len(), |run| start + run);
        // What is unreserved is ASCII, so a run of it begins and ends between characters.
        let run = if start < end { &text[start..end] } else { "" };
        see(run, bytes.get(end).map_or("", |byte| percent_encode_byte(*byte)));
        start = end + 1;
    }
}

/// `k=v&k=v`, in the order given; an empty value is `k=`.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::with_capacity(512);
    push_query(&mut query, pairs);
    query
}

/// Appends the same.
pub(crate) fn push_query<'a>(out: &mut String, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) {
    for (index, (name, value)) in pairs.into_iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        push(out, name);
        out.push('=');
        push(out, value);
    }
}

/// The same as a form body, where a space is a `+`.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query = query(pairs);
    if query.contains("%20") { query.replace("%20", "+") } else { query }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreserved_stays_and_the_rest_is_encoded() {
        assert_eq!(encode("aZ09-_.~"), "aZ09-_.~");
        assert_eq!(encode(" *+/=&%中"), "%20%2A%2B%2F%3D%26%25%E4%B8%AD");
        let every: String = (0..=255_u8).map(char::from).collect();
        let mut pushed = String::new();
        push(&mut pushed, &every);
        assert_eq!(pushed, encode(&every));
    }

    #[test]
    fn twice_is_once_more() {
        for text in ["", "aZ09-_.~", " *+/=&%中", "%25", "a b"] {
            let mut once = String::new();
            push(&mut once, text);
            assert_eq!(once, encode(text));
            let mut twice = String::new();
            push_twice(&mut twice, text);
            assert_eq!(twice, encode(&once));
        }
    }

    #[test]
    fn an_empty_value_keeps_its_sign() {
        assert_eq!(query([("a", ""), ("b", "c d")]), "a=&b=c%20d");
        assert_eq!(form([("a", ""), ("b", "c d+%20")]), "a=&b=c+d%2B%2520");
    }
}
