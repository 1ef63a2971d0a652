//! Profiles of the command line, in every mode.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{Folder, MARK, assert_given, context, given, parts, shown, sts};
use crate::credentials::{CliProfile, Context, Miss};
use crate::tests::server::{Reply, Server};
use crate::{Config, Credentials, Environment, ErrorKind, ServiceUrls};

/// A file of profiles, each with a name.
fn file(folder: &Folder, profiles: &[Value]) -> std::path::PathBuf {
    let content = json!({"current": profiles[0]["name"], "profiles": profiles, "meta_path": ""});
    folder.write(".aliyun/config.json", content.to_string())
}

async fn load(folder: &Folder, urls: &ServiceUrls, profile: &str) -> Result<Credentials, Miss> {
    let variables = [("HOME", folder.text()), ("ALIBABA_CLOUD_PROFILE", profile)];
    CliProfile::new().load(&context(urls, &variables)).await
}

async fn failure(folder: &Folder, urls: &ServiceUrls, profile: &str) -> (bool, String) {
    let miss = load(folder, urls, profile).await.unwrap_err();
    (matches!(miss, Miss::Lacks(_)), shown(miss).replace(folder.text(), "~"))
}

fn key(name: &str, mode: &str) -> Value {
    json!({
        "name": name, "mode": mode, "access_key_id": format!("id-{name}"), "access_key_secret": format!("key-{MARK}"),
        "sts_token": "", "region_id": "cn-shanghai",
    })
}

fn with(mut profile: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an object") };
    profile.as_object_mut().unwrap().extend(more);
    profile
}

#[tokio::test]
async fn keys_tokens_and_nobody() {
    let (folder, none) = (Folder::new(), ServiceUrls::new());
    file(
        &folder,
        &[
            key("current one", "AK"),
            key("lower", "ak"),
            with(key("token", "STSTOKEN"), json!({"sts_token": format!("token-{MARK}")})),
            json!({"name": "bearer", "mode": "BearerToken", "bearer_token": format!("b-{MARK}")}),
            json!({"name": "nobody", "mode": "anonymous"}),
        ],
    );
    let current = context(&none, &[("HOME", folder.text())]);
    let (id, secret, token) = parts(&CliProfile::new().load(&current).await.unwrap());
    assert_eq!((id.as_str(), secret, token), ("id-current one", format!("key-{MARK}"), None));
    let of = async |profile: &str| parts(&load(&folder, &none, profile).await.unwrap());
    assert_eq!(of("lower").await.0, "id-lower");
    assert_eq!(of("token").await.2, Some(format!("token-{MARK}")));
    assert_eq!(of("bearer").await, ("bearer".to_owned(), format!("b-{MARK}"), None));
    assert_eq!(of("nobody").await.0, "anonymous");
}

#[tokio::test]
async fn roles_and_chains_of_profiles() {
    let (sts, folder) = (sts().await, Folder::new());
    let token = folder.write("token", format!("oidc-{MARK}"));
    let role = |name: &str| json!({"ram_role_arn": format!("acs:ram::1:role/{name}"), "ram_session_name": "cli"});
    let more = json!({"expired_seconds": 900, "external_id": "ext", "sts_region": "cn-beijing"});
    let link = |name: &str, source: &str| {
        with(json!({"name": name, "mode": "ChainableRamRoleArn", "source_profile": source}), role(name))
    };
    file(
        &folder,
        &[
            with(with(key("direct", "RamRoleArn"), role("direct")), more),
            link("last", "middle"),
            link("middle", "first"),
            key("first", "AK"),
            with(
                json!({"name": "pod", "mode": "OIDC", "oidc_token_file": token, "oidc_provider_arn": "acs:ram::1:p"}),
                role("pod"),
            ),
        ],
    );
    let urls = ServiceUrls::new().sts(&*sts.url);
    assert_given(&load(&folder, &urls, "direct").await.unwrap(), "direct");
    let first = sts.seen()[0].parameters();
    for (name, value) in [("DurationSeconds", "900"), ("ExternalId", "ext"), ("RoleSessionName", "cli")] {
        assert_eq!(first[name], value);
    }
    assert_given(&load(&folder, &urls, "last").await.unwrap(), "last");
    let seen: Vec<_> = sts.seen()[1..].iter().map(super::Seen::parameters).collect();
    let ids: Vec<&str> = seen.iter().map(|seen| seen["AccessKeyId"].as_str()).collect();
    assert_eq!(ids, ["id-first", "middle"]);
    assert_eq!(seen[1]["SecurityToken"], format!("token-{MARK}"));
    assert_given(&load(&folder, &urls, "pod").await.unwrap(), "pod");
    assert_eq!(sts.seen()[3].parameters()["OIDCToken"], format!("oidc-{MARK}"));
}

#[tokio::test]
async fn an_instance_and_an_address() {
    let folder = Folder::new();
    let server = Server::start(|_, seen| match seen.path.as_str() {
        "/latest/api/token" => Reply::Now(200, "t".to_owned()),
        path if path.ends_with("/dw") => Reply::Now(200, given("ecs").to_string()),
        "/uri" => Reply::Now(200, given("uri").to_string()),
        _ => Reply::Now(404, String::new()),
    })
    .await;
    let profiles = [
        json!({"name": "ecs", "mode": "EcsRamRole", "ram_role_name": "dw"}),
        json!({"name": "uri", "mode": "CredentialsURI", "credentials_uri": format!("{}/uri", server.url)}),
    ];
    file(&folder, &profiles);
    let urls = ServiceUrls::new().metadata(&*server.url);
    assert_given(&load(&folder, &urls, "ecs").await.unwrap(), "ecs");
    assert_given(&load(&folder, &urls, "uri").await.unwrap(), "uri");
}

fn sso(name: &str, more: Value) -> Value {
    let profile = json!({
        "name": name, "mode": "CloudSSO", "cloud_sso_sign_in_url": "https://signin-cn-shanghai.alibabacloudsso.com/d-1/login",
        "cloud_sso_account_id": "a-1", "cloud_sso_access_config": "ac-1", "access_token": format!("sso-{MARK}"),
    });
    with(profile, more)
}

#[tokio::test]
async fn cloud_sso() {
    let folder = Folder::new();
    let server = Server::start(|count, seen| {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/cloud-credentials"));
        assert_eq!(seen.header("authorization"), format!("Bearer sso-{MARK}"));
        assert_eq!(seen.header("content-type"), "application/json");
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        assert_eq!(body, json!({"AccountId": "a-1", "AccessConfigurationId": "ac-1"}));
        match count {
            0 | 1 => Reply::Now(200, json!({"CloudCredential": given("sso"), "RequestId": "R"}).to_string()),
            _ => Reply::Now(401, json!({"Code": "TokenExpired", "Message": "no", "RequestId": "R"}).to_string()),
        }
    })
    .await;
    let sign_in = json!({"cloud_sso_sign_in_url": format!("{}/d-1/login?x=y", server.url)});
    let (past, future) =
        (json!({"cloud_sso_access_token_expire": 1}), json!({"cloud_sso_access_token_expire": 4_000_000_000_u64}));
    file(
        &folder,
        &[
            sso("sso", future),
            sso("local", sign_in),
            sso("old", past),
            sso("plain", json!({"cloud_sso_sign_in_url": "http://example.com/login"})),
            sso("odd", json!({"cloud_sso_sign_in_url": "login"})),
        ],
    );
    let urls = ServiceUrls::new().cloud_sso(&*server.url);
    assert_given(&load(&folder, &urls, "sso").await.unwrap(), "sso");
    let none = ServiceUrls::new();
    assert_given(&load(&folder, &none, "local").await.unwrap(), "sso");
    let (lacks, text) = failure(&folder, &urls, "sso").await;
    assert!(!lacks);
    assert_eq!(
        text,
        "CloudSSO (the profile \"sso\" of ~/.aliyun/config.json): TokenExpired: no (HTTP 401, request id R); \
         log in again: `aliyun configure --mode CloudSSO --profile sso`"
    );
    let (_, text) = failure(&folder, &urls, "old").await;
    assert!(text.contains("has expired; log in again: `aliyun configure --mode CloudSSO --profile old`"), "{text}");
    assert!(failure(&folder, &none, "plain").await.1.contains("unencrypted"));
    assert!(failure(&folder, &none, "odd").await.1.contains("`cloud_sso_sign_in_url` of the profile \"odd\""));
    assert_eq!(server.seen().len(), 3);
}

#[cfg(unix)]
mod external {
    use super::*;

    fn command(name: &str, command: &str) -> Value {
        json!({"name": name, "mode": "External", "process_command": command})
    }

    /// A script that prints `text`.
    fn script(folder: &Folder, name: &str, lines: &str) -> String {
        folder.write(name, lines);
        format!("/bin/sh '{}/{name}'", folder.text())
    }

    #[tokio::test]
    async fn a_command_prints_the_keys_of_a_profile() {
        let (sts, folder) = (sts().await, Folder::new());
        let printed = json!({"mode": "StsToken", "access_key_id": "id", "access_key_secret": MARK, "sts_token": MARK});
        let bare = json!({"access_key_id": "id", "access_key_secret": MARK});
        let role = with(key("x", "RamRoleArn"), json!({"ram_role_arn": "acs:ram::1:role/printed"}));
        let prints = |name: &str, value: &Value| script(&folder, name, &format!("printf '%s' '{value}'"));
        file(
            &folder,
            &[
                // A space inside quotes, as a shell has it, and nothing that only a shell would do.
                command("token", &prints("with a space.sh", &printed)),
                command("bare", &prints("bare.sh", &bare)),
                command("role", &prints("role.sh", &role)),
                command(
                    "arguments",
                    &script(&folder, "a.sh", r#"[ "$1" = 'a  b$HOME' ] && printf '{"mode":"Anonymous"}'"#),
                ),
                command("silent", &script(&folder, "s.sh", &format!("echo {MARK} >&2; exit 3"))),
                command("text", &script(&folder, "t.sh", &format!("echo {MARK}"))),
                command("again", &prints("again.sh", &json!({"mode": "External", "process_command": "x"}))),
                command("long", &script(&folder, "l.sh", "yes")),
                command("missing", &format!("/no/such/program --secret {MARK}")),
                command("open", "sh 'x"),
                command("nothing", " "),
            ],
        );
        let content = std::fs::read_to_string(folder.path().join(".aliyun/config.json")).unwrap();
        let content = content.replace("a.sh'", "a.sh' 'a  b$HOME'");
        folder.write(".aliyun/config.json", content);

        let urls = ServiceUrls::new().sts(&*sts.url);
        let of = async |profile: &str| parts(&load(&folder, &urls, profile).await.unwrap());
        assert_eq!(of("token").await, ("id".to_owned(), MARK.to_owned(), Some(MARK.to_owned())));
        assert_eq!(of("bare").await, ("id".to_owned(), MARK.to_owned(), None));
        assert_eq!(of("role").await.0, "printed");
        assert_eq!(of("arguments").await.0, "anonymous");
        for (profile, wanted) in [
            ("silent", "failed with exit status: 3: run it by hand to see what it says"),
            ("text", "answered no JSON object"),
            ("again", "names another command, and only the first is run"),
            ("long", "prints more than 1048576 bytes"),
            (
                "missing",
                "\"/no/such/program\" (`process_command` of the profile \"missing\" of ~/.aliyun/config.json) cannot be run",
            ),
            ("open", "a quote is left open"),
            ("nothing", "is empty"),
        ] {
            let (lacks, text) = failure(&folder, &urls, profile).await;
            assert!(!lacks && text.contains(wanted), "{text}");
        }
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_killed() {
        let folder = Folder::new();
        let alive = folder.path().join("alive");
        // The shell becomes the program, so that the pid is the one that is killed.
        let lines = format!("echo $$ > '{}'\nexec sleep 1000", alive.display());
        file(&folder, &[command("slow", &script(&folder, "slow.sh", &lines))]);
        let urls = ServiceUrls::new();
        {
            let loading = load(&folder, &urls, "slow");
            tokio::pin!(loading);
            let started = async {
                while !std::fs::read_to_string(&alive).is_ok_and(|pid| pid.ends_with('\n')) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! {
                _ = &mut loading => panic!("it ends"),
                () = started => {}
            }
            // Once it has started, an hour passes at once.
            tokio::time::pause();
            let text = shown(loading.await.unwrap_err());
            assert!(text.contains("did not end within 1m"), "{text}");
            tokio::time::resume();
        }
        let pid = std::fs::read_to_string(&alive).unwrap();
        let gone = || {
            let status = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            status.is_empty() || status.contains(") Z ")
        };
        // Killing takes effect in its own time.
        let killed = async {
            while cfg!(target_os = "linux") && !gone() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), killed).await.expect("the command still runs");
    }
}

#[tokio::test]
async fn errors_name_file_profile_and_key_and_no_secret() {
    let folder = Folder::new();
    let link = |name: &str, source: &str| json!({"name": name, "mode": "ChainableRamRoleArn", "source_profile": source, "ram_role_arn": "arn"});
    file(
        &folder,
        &[
            json!({"name": "default", "mode": "AK", "access_key_id": "", "access_key_secret": ""}),
            json!({"name": "half", "mode": "StsToken", "access_key_id": "i", "access_key_secret": MARK}),
            json!({"name": "number", "mode": "AK", "access_key_id": "i", "access_key_secret": 12345}),
            with(key("seconds", "RamRoleArn"), json!({"ram_role_arn": "a", "expired_seconds": MARK})),
            with(key("short", "RamRoleArn"), json!({"ram_role_arn": "arn", "expired_seconds": 60})),
            json!({"name": "odd", "mode": "Telepathy", "bearer_token": MARK}),
            link("a", "b"),
            link("b", "a"),
            link("c", "gone"),
        ],
    );
    let none = ServiceUrls::new();
    let of = |name: &str, rest: &str| format!("the profile {name:?} of ~/.aliyun/config.json {rest}");
    for (profile, lacks, wanted) in [
        ("default", true, of("default", "lacks `access_key_id`")),
        ("half", true, of("half", "lacks `sts_token`")),
        ("absent", true, "~/.aliyun/config.json has no profile \"absent\"".to_owned()),
        (
            "number",
            false,
            "`access_key_secret` of the profile \"number\" of ~/.aliyun/config.json is no text".to_owned(),
        ),
        (
            "seconds",
            false,
            "`expired_seconds` of the profile \"seconds\" of ~/.aliyun/config.json is no whole number".to_owned(),
        ),
        ("short", false, "a session of arn lasts 60 s, and 900 s is the least".to_owned()),
        ("odd", false, of("odd", "has the mode \"Telepathy\", which is none of AK, StsToken")),
        ("a", false, "leads in a circle: a -> b -> a".to_owned()),
        ("c", false, "leads nowhere: ~/.aliyun/config.json has no profile \"gone\"".to_owned()),
    ] {
        let (did_lack, text) = failure(&folder, &none, profile).await;
        assert!(did_lack == lacks && text.contains(&wanted), "{text}");
    }

    folder.write(
        ".aliyun/config.json",
        format!("{{\"current\": \"a\", \"profiles\": [{{\"access_key_secret\": \"{MARK}\" x"),
    );
    let (lacks, text) = failure(&folder, &none, "a").await;
    assert!(
        !lacks && text.starts_with("~/.aliyun/config.json is no JSON: ") && text.contains("line 1 column"),
        "{text}"
    );
    folder.write(".aliyun/config.json", "\u{feff}{\"profiles\": {}}");
    let current = context(&none, &[("HOME", folder.text())]);
    let text = shown(CliProfile::new().load(&current).await.unwrap_err()).replace(folder.text(), "~");
    assert_eq!(text, "~/.aliyun/config.json has no `current` profile");
}

#[tokio::test]
async fn it_can_be_switched_off_and_pointed_elsewhere() {
    let folder = Folder::new();
    let path = file(&folder, &[key("one", "AK"), key("two", "AK")]);
    let off = context(&ServiceUrls::new(), &[("HOME", folder.text()), ("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "TRUE")]);
    let miss = CliProfile::new().load(&off).await.unwrap_err();
    assert!(matches!(miss, Miss::Lacks(_)) && shown(miss).contains("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"));
    let elsewhere = CliProfile::new().path(path).profile("two");
    assert_eq!(parts(&elsewhere.load(&Context::default()).await.unwrap()).0, "id-two");
}

#[test]
fn the_region_of_the_profile_is_the_last_resort() {
    let folder = Folder::new();
    let build = |variables: &[(&str, &str)]| {
        Config::builder().environment(Environment::from_iter(variables.iter().copied())).build()
    };
    let home = ("HOME", folder.text());
    let text = |variables: &[(&str, &str)]| {
        let error = build(variables).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        shown(error).replace(folder.text(), "~")
    };
    assert!(text(&[home]).starts_with(
        "no region: none given to the client, ALIBABA_CLOUD_REGION_ID not set, and none from the CLI profile: no file \
         ~/.aliyun/config.json; set ALIBABA_CLOUD_REGION_ID,"
    ));
    file(
        &folder,
        &[key("one", "AK"), with(key("two", "AK"), json!({"region_id": "cn-beijing"})), json!({"name": "bare"})],
    );
    assert_eq!(build(&[home]).unwrap().region(), Some("cn-shanghai"));
    assert_eq!(build(&[home, ("ALIBABA_CLOUD_PROFILE", "two")]).unwrap().region(), Some("cn-beijing"));
    assert_eq!(build(&[home, ("ALICLOUD_REGION_ID", "cn-a")]).unwrap().region(), Some("cn-a"));
    let bare = text(&[home, ("ALIBABA_CLOUD_PROFILE", "bare")]);
    assert!(bare.contains("the profile \"bare\" of ~/.aliyun/config.json lacks `region_id`"), "{bare}");
    // Nothing is read where an endpoint says where to go.
    folder.write(".aliyun/config.json", "{");
    assert!(text(&[home]).contains("~/.aliyun/config.json is no JSON"));
    let environment = Environment::from_iter([home]);
    let config = Config::builder().environment(environment).endpoint("http://127.0.0.1:1").build().unwrap();
    assert_eq!(config.region(), None);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_somebody_renews_in_the_file_is_found() {
    let folder = Folder::new();
    let token = |token: &str| with(key("one", "StsToken"), json!({"sts_token": token}));
    file(&folder, &[token("old")]);
    let config = Config::builder()
        .region("cn-a")
        .environment(Environment::from_iter([("HOME", folder.text())]))
        .build()
        .unwrap();
    let held = &config.shared().credentials;
    let old = held.get().await.unwrap();
    assert!(held.renewed(&old).await.unwrap().is_none());
    file(&folder, &[token("new")]);
    // Those who come at the same time don't all read the file.
    assert!(held.renewed(&old).await.unwrap().is_none());
    tokio::time::sleep(Duration::from_secs(5)).await;
    let new = held.renewed(&old).await.unwrap().unwrap();
    assert_eq!(parts(&new).2.as_deref(), Some("new"));
    assert!(SystemTime::now() > SystemTime::UNIX_EPOCH && new.expires_at().is_none());
}
