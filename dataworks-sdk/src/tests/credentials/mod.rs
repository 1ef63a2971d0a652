//! Where credentials come from, and when they are asked for.

mod cache;
mod chain;
mod files;
mod profiles;
mod services;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::server::{Reply, Seen, Server};
use crate::credentials::{Context, Identity};
use crate::{Credentials, Environment, ServiceUrls};

/// Marks every secret of these tests: nothing that can be printed may hold it.
const MARK: &str = "s3cr3t";

/// Credentials as services answer them.
fn given(id: &str) -> Value {
    json!({
        "Code": "Success",
        "AccessKeyId": id,
        "AccessKeySecret": format!("secret-{MARK}"),
        "SecurityToken": format!("token-{MARK}"),
        "Expiration": "2099-01-01T00:00:00Z",
    })
}

/// Id, secret and token.
fn parts(credentials: &Credentials) -> (String, String, Option<String>) {
    assert!(!format!("{credentials:?}").contains(MARK));
    match credentials.identity() {
        Identity::AccessKey { id, secret, token, .. } => {
            let token = token.as_ref().map(|token| token.expose_secret().to_owned());
            (id.clone(), secret.expose_secret().to_owned(), token)
        }
        Identity::Bearer(token) => ("bearer".to_owned(), token.expose_secret().to_owned(), None),
        Identity::Anonymous => ("anonymous".to_owned(), String::new(), None),
    }
}

/// Whether these are the [`given`] ones.
fn assert_given(credentials: &Credentials, id: &str) {
    assert_eq!(parts(credentials), (id.to_owned(), format!("secret-{MARK}"), Some(format!("token-{MARK}"))));
    let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(4_070_908_800);
    assert_eq!(credentials.expires_at(), Some(expiry));
}

/// The text of an error with its causes, none of which may show a secret.
fn shown(error: impl Into<crate::Error>) -> String {
    let error = error.into();
    let mut all = format!("{error:?} {error} {:?} {:?}", error.body(), error.message());
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        all.push_str(&format!(" {cause} {cause:?}"));
        if let Some(cause) = cause.downcast_ref::<crate::Error>() {
            all.push_str(&format!(" {:?}", cause.body()));
        }
        source = cause.source();
    }
    assert!(!all.contains(MARK), "{all}");
    error.to_string()
}

fn context(urls: &ServiceUrls, variables: &[(&str, &str)]) -> Context {
    Context {
        environment: Environment::from_iter(variables.iter().copied()),
        services: urls.parse(false).unwrap(),
        ..Context::default()
    }
}

/// STS that gives the credentials of a role whose ARN ends with the id that they get.
async fn sts() -> Server {
    Server::start(|_, seen| {
        let arn = seen.parameters()["RoleArn"].clone();
        let id = arn.rsplit('/').next().unwrap();
        Reply::Now(200, json!({"RequestId": "R", "Credentials": given(id)}).to_string())
    })
    .await
}

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("dataworks-sdk-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn text(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system empties its folder for temporary files, too.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn not_asked(_: usize, seen: &Seen) -> Reply {
    panic!("nothing is to be asked for here: {} {}", seen.method, seen.path)
}
