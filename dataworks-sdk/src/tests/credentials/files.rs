//! The credentials file.

use super::{Folder, MARK, assert_given, context, given, parts, shown, sts};
use crate::credentials::{Context, CredentialsFile, Miss};
use crate::tests::server::{Reply, Server};
use crate::{Environment, ServiceUrls};

fn ini() -> String {
    format!(
        "# A comment, and ; another.
; Here.
[default]
type = access_key
access_key_id = id # 1
access_key_secret = se#cret;{MARK} = x: \\y

[role]
type=RAM_ROLE_ARN
access_key_id=caller
access_key_secret=key-{MARK}
role_arn=acs:ram::1:role/from-ini
role_session_name=ini-session
policy={{\"Version\": \"1\"}}

[oidc]
type=oidc_role_arn
role_arn=acs:ram::1:role/pod
oidc_provider_arn=acs:ram::1:oidc-provider/ack
oidc_token_file_path=TOKEN
role_session_name=ini-session

[ecs]
type=ecs_ram_role
role_name=dw

[half]
type=access_key
access_key_id=id
access_key_secret=

[untyped]
access_key_secret={MARK}

[odd]
type=bearer_{{}}
"
    )
}

#[tokio::test]
async fn an_access_key_of_either_file_of_the_home_folder() {
    let folder = Folder::new();
    let at_home = context(&ServiceUrls::new(), &[("HOME", folder.text())]);
    let miss = CredentialsFile::new().load(&at_home).await.unwrap_err();
    assert!(matches!(miss, Miss::Lacks(_)));
    let text = shown(miss).replace(folder.text(), "~");
    assert_eq!(text, "no file ~/.alibabacloud/credentials.ini or ~/.alibabacloud/credentials");

    folder.write(".alibabacloud/credentials", "[default]\ntype=access_key\naccess_key_id=old\naccess_key_secret=s");
    assert_eq!(parts(&CredentialsFile::new().load(&at_home).await.unwrap()).0, "old");
    folder.write(".alibabacloud/credentials.ini", ini());
    let windows = context(&ServiceUrls::new(), &[("USERPROFILE", folder.text())]);
    for context in [at_home, windows] {
        let (id, secret, token) = parts(&CredentialsFile::new().load(&context).await.unwrap());
        // What looks like a comment, or like another key, is part of the value.
        assert_eq!((id.as_str(), secret, token), ("id # 1", format!("se#cret;{MARK} = x: \\y"), None));
    }
}

#[tokio::test]
async fn roles_of_the_file() {
    let (sts, folder) = (sts().await, Folder::new());
    let token = folder.write("token", format!("oidc-{MARK}"));
    let file = folder.write("credentials.ini", ini().replace("TOKEN", token.to_str().unwrap()));
    let file = file.to_str().unwrap();
    let urls = ServiceUrls::new().sts(&*sts.url);
    let of = async |profile: &str| {
        let variables = [("ALIBABA_CLOUD_CREDENTIALS_FILE", file), ("ALIBABA_CLOUD_PROFILE", profile)];
        CredentialsFile::new().load(&context(&urls, &variables)).await.unwrap()
    };
    assert_given(&of("role").await, "from-ini");
    assert_given(&of("oidc").await, "pod");
    let seen = sts.seen();
    assert_eq!(seen[0].parameters()["Policy"], r#"{"Version": "1"}"#);
    assert_eq!(seen[0].parameters()["AccessKeyId"], "caller");
    assert_eq!(seen[1].parameters()["OIDCToken"], format!("oidc-{MARK}"));
    assert!(seen.iter().all(|seen| seen.parameters()["RoleSessionName"] == "ini-session"));

    let metadata = Server::start(|_, seen| match seen.path.as_str() {
        "/latest/api/token" => Reply::Now(200, "t".to_owned()),
        path => Reply::Now(if path.ends_with("/dw") { 200 } else { 404 }, given("ecs").to_string()),
    })
    .await;
    let context = context(&ServiceUrls::new().metadata(&*metadata.url), &[]);
    assert_given(&CredentialsFile::new().path(file).profile("ecs").load(&context).await.unwrap(), "ecs");
}

#[tokio::test]
async fn errors_name_file_section_and_key_and_no_secret() {
    let folder = Folder::new();
    let file = folder.write("f", ini());
    let load = async |path: &std::path::Path, profile: &str| {
        let miss = CredentialsFile::new().path(path).profile(profile).load(&Context::default()).await.unwrap_err();
        (matches!(miss, Miss::Lacks(_)), shown(miss).replace(folder.text(), "~"))
    };
    for (profile, wanted) in [
        ("half", "[half] of ~/f lacks `access_key_secret`"),
        ("untyped", "[untyped] of ~/f lacks `type`"),
        ("none", "~/f has no section [none]"),
    ] {
        assert_eq!(load(&file, profile).await, (true, wanted.to_owned()));
    }
    let (lacks, text) = load(&file, "odd").await;
    assert!(
        !lacks && text.starts_with("[odd] of ~/f has the type \"bearer_{}\", which is none of access_key"),
        "{text}"
    );

    let broken = folder.write("broken", format!("[default\naccess_key_secret={MARK}"));
    assert!(load(&broken, "default").await.1.starts_with("~/broken is no ini file"));
    let binary = folder.write("binary", [0xff, 0xfe, 0x00]);
    assert_eq!(load(&binary, "default").await, (false, "~/binary cannot be read: it is no UTF-8 text".to_owned()));
    let long = folder.write("long", "#".repeat(1024 * 1024 + 1));
    assert!(load(&long, "default").await.1.contains("longer than 1048576 bytes"));
    let (lacks, text) = load(folder.path(), "default").await;
    assert!(!lacks && text.contains("~ cannot be read"), "{text}");

    let nowhere = Context { environment: Environment::from_iter([("A", "b")]), ..Context::default() };
    let text = shown(CredentialsFile::new().load(&nowhere).await.unwrap_err());
    assert_eq!(text, "no home folder: neither HOME nor USERPROFILE set");
}
