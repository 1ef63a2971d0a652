//! Parameters and fields that are named like a secret.

use std::collections::BTreeMap;

use dataworks_api_spec::{Schema, Spec, Type};

use super::{Checked, Finding, Lint, Severity, groups::after_verb, places};

pub(super) static UNMARKED: Lint = Lint {
    id: "secret-unmarked",
    severity: Severity::Error,
    meaning: "A text is named like a password, a token or a link with one, and is not listed as a secret.",
    remedy: "list its path under `secrets`",
};

pub(super) static TWINS: Lint = Lint {
    id: "secret-in-twin",
    severity: Severity::Error,
    meaning: "A text is listed as a secret in one action and not in another on the same thing (`CreateX`, `GetX`, `ListXs`).",
    remedy: "list it under `secrets` in both; what is masked too much only looks so in `Debug`",
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
        if !could_be_secret(place.schema) || !is_suspect(place.field()) {
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

/// Thing and field → in which version it is a secret, and where.
type Secrets<'a> = BTreeMap<(String, String), Vec<(&'a str, places::Place<'a>)>>;

/// Looks at all versions together: one thing has actions in each of them.
pub(super) fn twins(spec: &Spec, findings: &mut Vec<Finding>) {
    let mut secrets = Secrets::new();
    let mut open = Vec::new();
    for version in &spec.versions {
        for place in places::all(version) {
            let thing = match place.action {
                "" => place.path.split('.').nth(1).map(str::to_owned),
                action => after_verb(action),
            };
            let Some(thing) = thing.filter(|_| could_be_secret(place.schema)) else { continue };
            let key = (thing, place.field().to_owned());
            if version.is_secret(place.action, &place.path) {
                secrets.entry(key).or_default().push((version.name(), place));
            } else {
                open.push((version, key, place));
            }
        }
    }
    for (version, key, place) in open {
        let here = (version.name(), place.action);
        let twin = secrets.get(&key).and_then(|all| all.iter().find(|(other, it)| (*other, it.action) != here));
        if let Some((other, twin)) = twin {
            let what = format!("it is no secret, but {other} {} is one", twin.name());
            Checked { version, findings }.at_field(&TWINS, &place, what);
        }
    }
}

fn could_be_secret(schema: &Schema) -> bool {
    matches!(schema.kind, Some(Type::String | Type::Any) | None) && schema.reference.is_none()
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
