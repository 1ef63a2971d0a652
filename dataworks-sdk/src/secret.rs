//! Keeps secrets out of everything that can be printed.

/// What is shown in the place of a secret.
pub(crate) const MASK: &str = "***";

/// Everything that keeps a secret from being printed, by name: a test takes each away and sees that it is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(all(test, feature = "client")), allow(dead_code, reason = "some are for tests, and most about calls"))]
pub(crate) enum Mask {
    /// `Debug` of a marked field, in requests, calls and answers.
    Field,
    /// `Debug` of a flattened parameter.
    Parameter,
    /// What a check found in the place of what it expected.
    Finding,
    /// What was found in an answer in the place of what was expected.
    Mismatch,
    /// The same where an object with secrets should have been.
    Container,
    /// What the service says, in an error.
    Message,
    /// The body that an error keeps.
    Body,
    /// No body is kept of an answer with secrets.
    SecretAnswer,
    /// The cause of an error.
    Source,
    /// What was signed, here and there.
    Signature,
    /// The query of a URL.
    Url,
    /// A marked parameter travels in the body.
    Place,
    /// `Debug` of credentials.
    Credentials,
    /// `Debug` of an answer to a call by name.
    Untyped,
}

/// Always, but for one mask in one test.
#[cfg(not(test))]
pub(crate) const fn enabled(_: Mask) -> bool {
    true
}

#[cfg(test)]
pub(crate) use switch::{enabled, without};

#[cfg(test)]
mod switch {
    use std::cell::Cell;

    use super::Mask;

    thread_local! {
        static AWAY: Cell<Option<Mask>> = const { Cell::new(None) };
    }

    pub(crate) fn enabled(mask: Mask) -> bool {
        AWAY.get() != Some(mask)
    }

    /// Does something on this thread without one mask.
    pub(crate) fn without<T>(mask: Mask, work: impl FnOnce() -> T) -> T {
        AWAY.set(Some(mask));
        let done = work();
        AWAY.set(None);
        done
    }
}

#[cfg(feature = "client")]
mod texts {
    use secrecy::ExposeSecret;
    use serde_json::Value;

    use super::MASK;
    use crate::credentials::{Credentials, Identity};
    use crate::params::Params;
    use crate::signature::percent;

    type Cause = std::sync::Arc<dyn std::error::Error + Send + Sync>;

    /// The secret texts of one call, in every form in which an answer could repeat them.
    pub(crate) struct Secrets(Vec<String>);

    /// A shorter text is no secret, and masking it would tear holes into everything.
    const SHORTEST: usize = 4;

    impl Secrets {
        pub(crate) fn new(params: &Params, credentials: &Credentials) -> Self {
            let given = params.all.iter().filter(|param| param.secret);
            let mut texts: Vec<String> = given.clone().map(|param| param.value.clone()).collect();
            // A service that complains about a password shows that alone, and not the JSON around it.
            texts.extend(params.hidden.iter().cloned());
            let given = given.map(|param| &param.value).chain(&params.hidden);
            for json in given.filter_map(|text| serde_json::from_str(text).ok()) {
                passwords(&json, false, &mut texts);
            }
            let own = match credentials.identity() {
                Identity::AccessKey { secret, token, .. } => [Some(secret), token.as_ref()],
                Identity::Bearer(token) => [Some(token), None],
                Identity::Anonymous => [None, None],
            };
            let own = own.into_iter().flatten().map(ExposeSecret::expose_secret);
            Self::of(texts.iter().map(String::as_str).chain(own))
        }

        /// These secrets.
        pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
            let mut forms: Vec<String> = secrets.into_iter().flat_map(forms).collect();
            // The longest first: a form may be a part of another.
            forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
            Self(forms)
        }

        /// `text`, which may break off inside a secret, without the secrets.
        pub(crate) fn mask_cut(&self, text: String) -> String {
            let mut text = self.mask(text);
            let cut = |secret: &String| {
                let ends = secret.char_indices().map(|(at, _)| at).filter(|at| *at >= SHORTEST);
                ends.filter(|at| text.ends_with(&secret[..*at])).max()
            };
            if let Some(length) = self.0.iter().filter_map(cut).max() {
                text.truncate(text.len() - length);
                text.push_str(MASK);
            }
            text
        }

        /// An error that is a cause: itself, or its words alone if they hold a secret.
        pub(crate) fn mask_cause(&self, cause: Cause) -> Cause {
            let mut texts = Vec::new();
            let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&*cause);
            while let Some(error) = next {
                texts.extend([error.to_string(), format!("{error:?}")]);
                next = error.source();
            }
            let reveals = |text: &String| self.0.iter().any(|secret| text.contains(secret.as_str()));
            if texts.iter().any(reveals) {
                let words: Box<dyn std::error::Error + Send + Sync> = self.mask(cause.to_string()).into();
                return words.into();
            }
            cause
        }

        /// `text` without the secrets.
        pub(crate) fn mask(&self, text: String) -> String {
            self.0.iter().fold(text, |text, secret| {
                if text.contains(secret.as_str()) { text.replace(secret.as_str(), MASK) } else { text }
            })
        }
    }

    /// The texts inside secret JSON that are secret by themselves: all but those whose names say what kind of thing they are.
    /// To mask `Prod` and `5432` as well would leave nothing of a message.
    fn passwords(value: &Value, secret: bool, found: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                // Addresses carry secrets in their query.
                found.extend(text.split(['?', '&', ';']).filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())));
                found.push(text.clone());
                if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                    passwords(&inner, secret, found);
                }
            }
            Value::Number(number) if secret => found.push(number.to_string()),
            Value::Array(elements) => elements.iter().for_each(|element| passwords(element, secret, found)),
            Value::Object(fields) => {
                for (name, value) in fields.iter().filter(|(name, value)| !value.is_string() || !names_kind(name)) {
                    passwords(value, secret || names_one(name), found);
                }
            }
            _ => {}
        }
    }

    /// Whether a name says that its value is a secret.
    pub(crate) fn names_one(name: &str) -> bool {
        const NAMES: [&str; 8] = ["pass", "pwd", "secret", "token", "key", "credential", "auth", "cookie"];
        let name = name.to_ascii_lowercase();
        NAMES.iter().any(|secret| name.contains(secret))
    }

    /// Whether a name says that its value is one of a few that everybody knows.
    fn names_kind(name: &str) -> bool {
        const NAMES: [&str; 7] = ["type", "envtype", "mode", "connectionmode", "region", "regionid", "charset"];
        let name = name.to_ascii_lowercase();
        NAMES.contains(&&*name)
    }

    /// As it is, inside JSON (in every way to escape), in HTML or XML, in a query, and in a string to sign, where a query is
    /// encoded once more.
    fn forms(secret: &str) -> Vec<String> {
        if secret.len() < SHORTEST {
            return Vec::new();
        }
        // A structured parameter has it inside JSON already, and that may be a text inside JSON.
        let in_json = json(secret);
        let in_text = json(&in_json);
        let mut forms: Vec<String> = [secret, &in_json, &in_text].into_iter().flat_map(outer_forms).collect();
        forms.sort();
        forms.dedup();
        forms
    }

    /// A text as it stands between the quotes of JSON.
    fn json(text: &str) -> String {
        let quoted = Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    }

    fn outer_forms(secret: &str) -> Vec<String> {
        let in_json = json(secret);
        let in_query = percent::encode(secret);
        let to_sign = percent::encode(&in_query);
        let in_form = in_query.replace("%20", "+");
        let ascii = |text: &str| {
            let mut units = [0; 2];
            let escaped = |letter: char| match letter.is_ascii() {
                true => letter.to_string(),
                false => letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            };
            text.chars().map(escaped).collect::<String>()
        };
        let (slashed, in_ascii) = (in_json.replace('/', "\\/"), ascii(&in_json));
        let both = ascii(&slashed);
        let in_html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let in_attribute = in_html.replace('"', "&quot;");
        let apostrophes = ["&#39;", "&#x27;", "&apos;"].map(|entity| in_attribute.replace('\'', entity));
        let mut forms = vec![secret.to_owned(), in_json, slashed, in_ascii, both, in_query, to_sign, in_form];
        forms.extend([in_html, in_attribute].into_iter().chain(apostrophes));
        forms
    }
}

#[cfg(feature = "client")]
pub(crate) use texts::{Secrets, names_one};
