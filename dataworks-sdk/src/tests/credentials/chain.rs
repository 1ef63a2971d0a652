//! The default chain.

use serde_json::json;

use super::{Folder, MARK, assert_given, context, given, not_asked, parts, shown, sts};
use crate::credentials::{DefaultChain, Miss};
use crate::tests::server::{Reply, Server};
use crate::{Config, Environment, ErrorKind, ServiceUrls};

const KEY: [(&str, &str); 2] =
    [("ALIBABA_CLOUD_ACCESS_KEY_ID", "from-environment"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-s3cr3t")];

type Change = fn(&mut Vec<(&'static str, String)>);

/// Everything set up at once, so that what is taken away decides.
struct World {
    folder: Folder,
    sts: Server,
    server: Server,
}

impl World {
    async fn new() -> Self {
        let folder = Folder::new();
        let profile = |id: &str| json!({"name": "p", "mode": "AK", "access_key_id": id, "access_key_secret": MARK});
        let config = json!({"current": "p", "profiles": [profile("from-cli")]});
        folder.write(".aliyun/config.json", config.to_string());
        let ini = format!("[default]\ntype=access_key\naccess_key_id=from-file\naccess_key_secret={MARK}");
        folder.write(".alibabacloud/credentials.ini", ini);
        folder.write("token", MARK);
        let server = Server::start(|_, seen| match seen.path.as_str() {
            "/latest/api/token" => Reply::Now(200, "t".to_owned()),
            "/uri" => Reply::Now(200, given("from-uri").to_string()),
            path if path.ends_with("/dw") => Reply::Now(200, given("from-ecs").to_string()),
            _ => Reply::Now(200, "dw".to_owned()),
        })
        .await;
        Self { folder, sts: sts().await, server }
    }

    fn urls(&self) -> ServiceUrls {
        ServiceUrls::new().sts(&*self.sts.url).metadata(&*self.server.url)
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables: Vec<_> = KEY.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        variables.extend([
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", format!("{}/token", self.folder.text())),
            ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/from-oidc".to_owned()),
            ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "arn".to_owned()),
            ("HOME", self.folder.text().to_owned()),
            ("ALIBABA_CLOUD_CREDENTIALS_URI", format!("{}/uri", self.server.url)),
        ]);
        variables
    }
}

#[tokio::test]
async fn each_in_its_turn() {
    let world = World::new().await;
    let mut variables = world.variables();
    let steps: [(&str, Change); 6] = [
        ("from-environment", |_| {}),
        ("from-oidc", |variables| variables.retain(|(name, _)| *name != KEY[1].0)),
        ("from-cli", |variables| variables.retain(|(name, _)| !name.ends_with("ROLE_ARN"))),
        ("from-file", |variables| variables.push(("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true".to_owned()))),
        ("from-ecs", |variables| variables.push(("ALIBABA_CLOUD_PROFILE", "another".to_owned()))),
        ("from-uri", |variables| variables.push(("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true".to_owned()))),
    ];
    for (wanted, change) in steps {
        change(&mut variables);
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let credentials = DefaultChain::new().load(&context(&world.urls(), &variables)).await.unwrap();
        assert_eq!(parts(&credentials).0, wanted);
    }
}

#[tokio::test]
async fn what_none_has_is_listed() {
    let folder = Folder::new();
    folder.write(".aliyun/config.json", r#"{"current": "default", "profiles": [{"name": "default", "mode": "AK"}]}"#);
    let metadata = Server::start(|_, _| Reply::Now(404, String::new())).await;
    let variables = [
        ("HOME", folder.text()),
        KEY[1],
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/token"),
        ("ALIBABA_CLOUD_ROLE_ARN", "arn"),
    ];
    let urls = ServiceUrls::new().metadata(&*metadata.url);
    let environment = Environment::from_iter(variables);
    let config = Config::builder().region("cn-a").environment(environment).service_urls(urls).build().unwrap();
    let error = config.shared().credentials().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Credentials && !error.is_retryable());
    assert_eq!(
        shown(error).replace(folder.text(), "~"),
        "no credentials found; set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, run `aliyun configure`, or \
         give an access key to the builder with `credentials(Credentials::new(id, secret))`
  environment: ALIBABA_CLOUD_ACCESS_KEY_ID not set
  OIDC: ALIBABA_CLOUD_OIDC_PROVIDER_ARN not set
  CLI profile: the profile \"default\" of ~/.aliyun/config.json lacks `access_key_id`
  credentials file: no file ~/.alibabacloud/credentials.ini or ~/.alibabacloud/credentials
  ECS instance role: the instance has no RAM role
  credentials URI: ALIBABA_CLOUD_CREDENTIALS_URI not set"
    );
}

#[tokio::test]
async fn what_is_set_up_and_fails_is_not_passed_over() {
    let world = World::new().await;
    let sts = Server::start(|_, _| Reply::Now(403, json!({"Code": "NoPermission", "Message": "no"}).to_string())).await;
    let other = Server::start(not_asked).await;
    let variables = world.variables();
    let variables: Vec<(&str, &str)> = variables.iter().skip(2).map(|(name, value)| (*name, value.as_str())).collect();
    let urls = ServiceUrls::new().sts(&*sts.url).metadata(&*other.url);
    let chain = DefaultChain::new();
    let miss = chain.load(&context(&urls, &variables)).await.unwrap_err();
    assert!(matches!(miss, Miss::Fails(_)));
    assert!(shown(miss).starts_with("AssumeRoleWithOIDC of acs:ram::1:role/from-oidc: NoPermission: no (HTTP 403)"));
    // And it was not kept.
    assert_given(&chain.load(&context(&world.urls(), &variables)).await.unwrap(), "from-oidc");
}

#[tokio::test]
async fn the_one_that_answered_is_kept() {
    let world = World::new().await;
    let variables = [("HOME", world.folder.text())];
    let chain = DefaultChain::new();
    assert!(format!("{chain:?}").contains("None"));
    let with_home = context(&world.urls(), &variables);
    assert_eq!(parts(&chain.load(&with_home).await.unwrap()).0, "from-cli");
    assert!(format!("{chain:?}").contains("CLI profile"));
    // Another that would come first does not matter now, and the kept one's failure is an error.
    let more = [KEY[0], KEY[1], variables[0]];
    assert_eq!(parts(&chain.load(&context(&world.urls(), &more)).await.unwrap()).0, "from-cli");
    std::fs::remove_dir_all(world.folder.path().join(".aliyun")).unwrap();
    let text = shown(chain.load(&context(&world.urls(), &more)).await.unwrap_err());
    assert!(text.starts_with("no file ") && text.contains("config.json"), "{text}");
}
