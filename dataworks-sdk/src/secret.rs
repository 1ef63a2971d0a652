//! Keeps secrets out of everything that can be printed.

/// What is shown in the place of a secret.
pub(crate) const MASK: &str = "***";

#[cfg(feature = "client")]
mod texts {
    use secrecy::ExposeSecret;
    use serde_json::Value;

    use super::MASK;
    use crate::credentials::{Credentials, Identity};
    use crate::params::Params;
    use crate::signature::percent;

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

        /// `text` without the secrets.
        pub(crate) fn mask(&self, text: String) -> String {
            self.0.iter().fold(text, |text, secret| {
                if text.contains(secret.as_str()) { text.replace(secret.as_str(), MASK) } else { text }
            })
        }
    }

    /// The texts inside secret JSON that are secret by themselves: those whose names say so, and long ones. To mask `Prod`
    /// and `5432` as well would leave nothing of a message.
    fn passwords(value: &Value, secret: bool, found: &mut Vec<String>) {
        const LONG: usize = 8;
        match value {
            Value::String(text) if secret || text.len() >= LONG => {
                // Addresses carry secrets in their query.
                found.extend(text.split(['?', '&', ';']).filter_map(|pair| Some(pair.split_once('=')?.1.to_owned())));
                found.push(text.clone());
            }
            Value::Number(number) if secret => found.push(number.to_string()),
            Value::Array(elements) => elements.iter().for_each(|element| passwords(element, secret, found)),
            Value::Object(fields) => {
                for (name, value) in fields {
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

    /// As it is, inside JSON, in a query, and in a string to sign, where a query is encoded once more.
    fn forms(secret: &str) -> Vec<String> {
        if secret.len() < SHORTEST {
            return Vec::new();
        }
        let in_json = Value::from(secret).to_string();
        let in_json = in_json[1..in_json.len() - 1].to_owned();
        let in_query = percent::encode(secret);
        let to_sign = percent::encode(&in_query);
        let in_form = in_query.replace("%20", "+");
        let mut forms = vec![secret.to_owned(), in_json, in_query, to_sign, in_form];
        forms.sort();
        forms.dedup();
        forms
    }
}

#[cfg(feature = "client")]
pub(crate) use texts::{Secrets, names_one};
