//! Parameters and fields that are named like a secret.

use dataworks_api_spec::Type;

use super::{Checked, Lint, Severity, places};

pub(super) static UNMARKED: Lint = Lint {
    id: "secret-unmarked",
    severity: Severity::Error,
    meaning: "A text is named like a password, a token or a link with one, and is not listed as a secret.",
    remedy: "list its path under `secrets`",
};

/// How the names of secrets end, in small letters and without a plural.
const SUSPECTS: &[&str] = &[
    "accesskey",
    "accesskeysecret",
    "apikey",
    "certificatefile",
    "connectioninfo",
    "connectionproperties",
    "connectionstring",
    "credential",
    "downloadurl",
    "keytab",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "roboturl",
    "secret",
    "secretkey",
    "signature",
    "signedurl",
    "token",
    "uploadurl",
    "webhook",
    "weburl",
];

/// What makes a secret of a name wherever it stands in it, unless the name ends like one of what is about a secret.
const TELLING: &[&str] =
    &["authorization", "cookie", "encryptkey", "passphrase", "passwd", "password", "privatekey", "secretkey"];

/// How the names end of what is about a secret and none itself.
const ABOUT: &[&str] = &[
    "count",
    "enabled",
    "expiration",
    "id",
    "level",
    "mode",
    "name",
    "policy",
    "rule",
    "size",
    "status",
    "time",
    "type",
];

/// Tokens that open nothing.
const HARMLESS: &[&str] = &["clienttoken", "nexttoken", "pagetoken"];

pub(super) fn check(checked: &mut Checked<'_>) {
    let version = checked.version;
    for place in places::all(version) {
        let could_be = matches!(place.schema.kind, Some(Type::String | Type::Any) | None);
        if !could_be || place.schema.reference.is_some() || !is_suspect(place.field()) {
            continue;
        }
        if !version.is_secret(place.action, &place.path) {
            checked.at_field(
                &UNMARKED,
                &place,
                format!("`{}` is named like a secret and is not marked", place.field()),
            );
        }
    }
}

fn is_suspect(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let name = name.trim_end_matches('s');
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word.trim_end_matches('s')));
    let tells = TELLING.iter().any(|word| name.contains(word)) && !ends(ABOUT);
    (ends(SUSPECTS) || tells) && !ends(HARMLESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_suspect_and_names_of_their_ids_are_not() {
        let secrets = [
            "PasswordText",
            "PrivateKeyContent",
            "EncryptKey",
            "Password",
            "access_key_secret",
            "Secrets",
            "ConnectionProperties",
            "UserToken",
            "webhooks",
        ];
        let harmless =
            ["PasswordMode", "ClientToken", "NextToken", "SecretId", "ConnectionPropertiesMode", "Name", "TokenCount"];
        assert!(secrets.iter().all(|name| is_suspect(name)));
        assert!(!harmless.iter().any(|name| is_suspect(name)));
    }
}
