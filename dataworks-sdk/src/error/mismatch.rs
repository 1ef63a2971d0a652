//! Signatures that do not match: what was signed here beside what the service signed.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::params::Params;
use crate::secret::{MASK, Mask, Secrets, enabled};
use crate::signature::acs3::Signed;

/// What was signed here and what the service signed, taken apart; secrets are masked.
///
/// When both are the same, the access key secret is wrong. When they differ, something on the way changed the request: a
/// proxy, most likely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureMismatch {
    ours: Vec<Part>,
    theirs: Option<Vec<Part>>,
    difference: Option<Difference>,
}

type Part = (String, String);

/// The first part in which two signed texts differ. A value that is absent was not signed at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The name of a parameter or a header, or `Method`, `Path`, `Digest` and `SignedHeaders`.
    pub name: String,
    /// The value that was signed here.
    pub ours: Option<String>,
    /// The value that the service signed.
    pub theirs: Option<String>,
}

impl SignatureMismatch {
    /// Compares what was signed here with what the service's message says that it signed.
    pub(crate) fn new(signed: &Signed, message: &str, params: &Params, secrets: &Secrets) -> Self {
        let theirs = quoted(message);
        // The digest says nothing by itself, and only newer gateways show what it is a digest of.
        let ours = if signed.canonical_request.is_empty() { &signed.string_to_sign } else { &signed.canonical_request };
        let (ours, theirs) = (parts(ours), theirs.map(parts).filter(|parts| parts.len() > 1));
        let hidden = |name: &str| {
            let name = name.strip_prefix("header ").unwrap_or(name);
            ["SecurityToken", "BearerToken", "x-acs-security-token", "x-acs-bearer-token"].contains(&name)
                || params.all.iter().any(|param| param.secret && param.name == name)
        };
        let shown = |name: &str, value: String| {
            if !enabled(Mask::Signature) {
                value
            } else if hidden(name) {
                MASK.to_owned()
            } else {
                secrets.mask(value)
            }
        };
        let difference = theirs.as_ref().and_then(|theirs| first_difference(&ours, theirs)).map(|difference| {
            let name = difference.name;
            let [ours, theirs] =
                [difference.ours, difference.theirs].map(|value| value.map(|value| shown(&name, value)));
            Difference { name, ours, theirs }
        });
        let masked = |parts: Vec<Part>| {
            let parts = parts.into_iter();
            parts.map(|(name, value)| (name.clone(), shown(&name, value))).collect()
        };
        Self { ours: masked(ours), theirs: theirs.map(masked), difference }
    }

    /// What was signed here: name and value, decoded, in the order of signing.
    pub fn ours(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ours.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What the service signed, if it says so.
    #[must_use]
    pub fn theirs(&self) -> Option<impl Iterator<Item = (&str, &str)>> {
        Some(self.theirs.as_ref()?.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The first parameter or header in which the two differ; `None` if they are the same, or the service shows nothing.
    #[must_use]
    pub fn difference(&self) -> Option<&Difference> {
        self.difference.as_ref()
    }
}

impl fmt::Display for SignatureMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, who: &str, parts: &[Part]| {
            write!(f, "\n  {who}")?;
            parts.iter().try_for_each(|(name, value)| write!(f, " {name}={value}"))
        };
        line(f, "signed here:", &self.ours)?;
        let Some(theirs) = &self.theirs else { return f.write_str("\n  the service does not show what it signed") };
        line(f, "signed by the service:", theirs)?;
        let Some(Difference { name, ours, theirs }) = &self.difference else {
            return f.write_str("\n  both are the same: the access key secret is wrong");
        };
        write!(f, "\n  they differ first in {name}: ")?;
        match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours == theirs => f.write_str("a secret, which is masked here"),
            (Some(ours), Some(theirs)) => write!(f, "{ours:?} here, {theirs:?} there"),
            (Some(_), None) => f.write_str("the service did not get it"),
            (None, _) => f.write_str("it was added on the way"),
        }
    }
}

/// How gateways begin what they quote.
const CANONICAL_REQUEST: [&str; 2] = ["canonicalrequest is", "canonical request is"];
const STRING_TO_SIGN: [&str; 2] = ["string to sign is", "stringtosign is"];

/// The message as far as it is words.
pub(super) fn without_quotation(message: &str) -> &str {
    let lower = message.to_ascii_lowercase();
    let marks = STRING_TO_SIGN.iter().chain(&CANONICAL_REQUEST).filter_map(|mark| lower.find(mark)).min();
    let words = marks.and_then(|at| message.get(..at)).unwrap_or(message);
    words.trim_end().trim_end_matches("server").trim_end()
}

/// What the service's message quotes as signed by it: the canonical request if it is there, else the string to sign.
fn quoted(message: &str) -> Option<&str> {
    let lower = message.to_ascii_lowercase();
    let after = |marks: [&str; 2]| {
        let at = marks.iter().find_map(|mark| Some(lower.find(mark)? + mark.len()))?;
        let rest = message.get(at..)?.trim_start();
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
        // Some gateways put it into brackets.
        let end = rest.strip_prefix('[').and_then(|rest| Some(rest.split_once(']')?.0));
        Some(end.unwrap_or(rest))
    };
    after(CANONICAL_REQUEST).or_else(|| after(STRING_TO_SIGN)).map(str::trim_end)
}

/// A string to sign (`POST&%2F&…`) or a canonical request, as pairs.
fn parts(text: &str) -> Vec<Part> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let query = |query: &str| {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.map(|(name, value)| (decode(name), decode(value))).collect::<Vec<_>>()
    };
    let mut parts = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    if let [method, path, parameters, rest @ ..] = &*lines {
        parts.extend([("Method".to_owned(), (*method).to_owned()), ("Path".to_owned(), (*path).to_owned())]);
        parts.extend(query(parameters));
        let headers = rest.iter().filter_map(|line| line.split_once(':'));
        parts.extend(headers.map(|(name, value)| (format!("header {name}"), value.to_owned())));
        if let [.., names, digest] = rest {
            parts.extend([("SignedHeaders", names), ("Digest", digest)].map(|(name, v)| (name.into(), (**v).into())));
        }
        return parts;
    }
    let mut pieces = text.splitn(3, '&');
    if let (Some(method), Some(path), Some(parameters)) = (pieces.next(), pieces.next(), pieces.next()) {
        parts.extend([("Method".to_owned(), method.to_owned()), ("Path".to_owned(), decode(path))]);
        parts.extend(query(&decode(parameters)));
    }
    parts
}

fn first_difference(ours: &[Part], theirs: &[Part]) -> Option<Difference> {
    let value =
        |parts: &[Part], name: &str| parts.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let differs = |name: &str| {
        let (ours, theirs) = (value(ours, name), value(theirs, name));
        (ours != theirs).then(|| Difference { name: name.to_owned(), ours, theirs })
    };
    ours.iter().chain(theirs).find_map(|(name, _)| differs(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_taken_apart() {
        let rpc = parts("POST&%2F&A%3D1%26Name%3D%25E4%25B8%25AD%2520x");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(rpc, [pair("Method", "POST"), pair("Path", "/"), pair("A", "1"), pair("Name", "中 x")]);
        let acs3 = parts("GET\n/\nA=1&B=\nhost:h\nx-acs-date:d:e\n\nhost;x-acs-date\nd16e57");
        let expected = [
            pair("Method", "GET"),
            pair("Path", "/"),
            pair("A", "1"),
            pair("B", ""),
            pair("header host", "h"),
            pair("header x-acs-date", "d:e"),
            pair("SignedHeaders", "host;x-acs-date"),
            pair("Digest", "d16e57"),
        ];
        assert_eq!(acs3, expected);
        assert_eq!(parts("nonsense"), []);
    }

    #[test]
    fn gateways_quote_in_several_ways() {
        for message in [
            "It is not matched. server string to sign is:POST&%2F&A%3D1",
            "It is not matched. server StringToSign is [POST&%2F&A%3D1] and more",
            "It is not matched. server string to sign is:x server canonicalRequest is: [POST&%2F&A%3D1]",
        ] {
            assert_eq!(quoted(message), Some("POST&%2F&A%3D1"), "{message}");
            assert_eq!(without_quotation(message), "It is not matched.", "{message}");
        }
        assert_eq!(quoted("It is not matched."), None);
        assert_eq!(without_quotation("İ it is not"), "İ it is not");
    }
}
