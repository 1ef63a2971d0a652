//! STS, the metadata service, CloudSSO and credential URIs, each played by a local server.

use std::time::Duration;

use serde_json::json;

use super::{Folder, MARK, assert_given, context, given, shown, sts};
use crate::credentials::{AssumeRole, AssumeRoleWithOidc, CredentialsUri, EcsRole, Http, Miss};
use crate::operation::Method;
use crate::signature::rpc;
use crate::tests::server::{Reply, Server};
use crate::{Config, Credentials, Error, ErrorKind, ProvideCredentials, ServiceUrls};

fn caller() -> Credentials {
    Credentials::new("caller", format!("key-{MARK}")).with_security_token(format!("own-{MARK} /+=&"))
}

fn role() -> AssumeRole {
    AssumeRole::new(caller(), "acs:ram::1:role/admin")
}

#[tokio::test]
async fn a_role_is_taken_on_by_a_signed_request() {
    let sts = sts().await;
    let context = context(&ServiceUrls::new().sts(&*sts.url), &[]);
    let policy = r#"{"Version": "1", "Statement": []}"#;
    let role = role().policy(policy).external_id("ext 1").duration(Duration::from_secs(900));
    assert_given(&role.load(&context).await.unwrap(), "admin");

    let seen = &sts.seen()[0];
    let mut parameters = seen.parameters();
    let signature = parameters.remove("Signature").unwrap();
    let pairs = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let text = rpc::string_to_sign(Method::Post, pairs);
    assert_eq!((seen.method.as_str(), rpc::signature(&caller(), &text)), ("POST", Some(signature)));
    for (name, value) in [
        ("Action", "AssumeRole"),
        ("Version", "2015-04-01"),
        ("RoleSessionName", "dataworks-sdk-rust"),
        ("DurationSeconds", "900"),
        ("Policy", policy),
        ("ExternalId", "ext 1"),
    ] {
        assert_eq!(parameters[name], value);
    }
    assert!(!seen.path.contains(MARK) && seen.body.contains(MARK), "the token travels in the body");
}

#[tokio::test]
async fn the_session_name_comes_from_the_environment() {
    let sts = sts().await;
    let context = context(&ServiceUrls::new().sts(&*sts.url), &[("ALIBABA_CLOUD_ROLE_SESSION_NAME", "nightly")]);
    role().load(&context).await.unwrap();
    role().session_name("mine").load(&context).await.unwrap();
    let names: Vec<String> = sts.seen().iter().map(|seen| seen.parameters()["RoleSessionName"].clone()).collect();
    assert_eq!(names, ["nightly", "mine"]);
}

#[tokio::test]
async fn errors_of_sts_are_explained_and_hold_no_secret() {
    let sts = Server::start(|_, seen| {
        let body = json!({
            "Code": "NoPermission",
            "Message": format!("no, said {}", seen.parameters()["SecurityToken"]),
            "RequestId": "R-1",
        });
        Reply::Now(403, body.to_string())
    })
    .await;
    let context = context(&ServiceUrls::new().sts(&*sts.url), &[]);
    let error = Error::from(role().load(&context).await.unwrap_err());
    assert!(error.kind() == ErrorKind::Credentials && !error.is_retryable());
    assert_eq!(
        shown(error),
        "AssumeRole of acs:ram::1:role/admin: NoPermission: no, said *** (HTTP 403, request id R-1); check the trust policy \
         of the role, which must name the caller, and that the caller may do `sts:AssumeRole`"
    );
    assert_eq!(sts.seen().len(), 1);
}

#[tokio::test]
async fn a_string_to_sign_in_an_answer_shows_no_token() {
    let sts = Server::start(|_, seen| {
        let parameters = seen.parameters();
        let text = rpc::string_to_sign(Method::Post, parameters.iter().map(|(name, value)| (&**name, &**value)));
        let message = format!("server string to sign is:{text}");
        Reply::Now(400, json!({"Code": "SignatureDoesNotMatch", "Message": message, "RequestId": "R"}).to_string())
    })
    .await;
    let context = context(&ServiceUrls::new().sts(&*sts.url), &[]);
    let text = shown(role().load(&context).await.unwrap_err());
    assert!(text.contains("SecurityToken%3D***") && text.contains("check the secret of the access key"), "{text}");
}

#[tokio::test]
async fn a_fault_of_sts_is_tried_again_with_a_new_nonce() {
    let sts = Server::start(|count, _| match count {
        0 => Reply::Now(503, "<html>".to_owned()),
        1 => Reply::Close,
        _ => Reply::Now(200, json!({"Credentials": given("admin")}).to_string()),
    })
    .await;
    let urls = ServiceUrls::new().sts(&*sts.url);
    assert_given(&role().load(&context(&urls, &[])).await.unwrap(), "admin");
    let nonces: Vec<String> = sts.seen().iter().map(|seen| seen.parameters()["SignatureNonce"].clone()).collect();
    assert!(nonces.len() == 3 && nonces[0] != nonces[1] && nonces[1] != nonces[2], "{nonces:?}");

    let broken = Server::start(|_, _| Reply::Now(500, format!("a page with {MARK}"))).await;
    let error = Error::from(role().load(&context(&ServiceUrls::new().sts(&*broken.url), &[])).await.unwrap_err());
    assert!(error.is_retryable() && broken.seen().len() == 3);
    shown(error);
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_for_sts() {
    let sts = Server::start(|count, _| match count {
        0 => {
            let date = vec![("Date", "Thu, 01 Jan 2032 12:00:00 GMT".to_owned())];
            Reply::With(400, date, json!({"Code": "InvalidTimeStamp.Expired"}).to_string())
        }
        _ => Reply::Now(200, json!({"Credentials": given("admin")}).to_string()),
    })
    .await;
    role().load(&context(&ServiceUrls::new().sts(&*sts.url), &[])).await.unwrap();
    assert!(sts.seen()[1].parameters()["Timestamp"].starts_with("2032-01-01T1"), "{:?}", sts.seen());
}

#[tokio::test]
async fn answers_that_are_none() {
    let mut incomplete = given("admin");
    incomplete["SecurityToken"] = json!("");
    let mut undated = given("admin");
    undated["Expiration"] = json!("tomorrow");
    let cases = [
        (format!("{{\"a\": \"{MARK}\""), "answered no JSON object"),
        (format!("[\"{MARK}\"]"), "it is another kind of JSON"),
        (json!({"Credentials": incomplete}).to_string(), "lacks SecurityToken"),
        (json!({"Credentials": undated}).to_string(), "Expiration that is no time: \"tomorrow\""),
        ("x".repeat(2 * 1024 * 1024), "answers more than 1048576 bytes"),
    ];
    for (body, wanted) in cases {
        let sts = Server::start(move |_, _| Reply::Now(200, body.clone())).await;
        let text = shown(role().load(&context(&ServiceUrls::new().sts(&*sts.url), &[])).await.unwrap_err());
        assert!(text.contains(wanted), "{text}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = Server::start(super::not_asked).await;
    let place = target.url.clone();
    let sts = Server::start(move |_, _| Reply::With(302, vec![("Location", place.clone())], String::new())).await;
    let urls = ServiceUrls::new().sts(&*sts.url);
    let text = shown(role().load(&context(&urls, &[])).await.unwrap_err());
    assert!(text.contains("redirects are not followed") && target.seen().is_empty(), "{text}");
}

#[tokio::test]
async fn a_redirect_that_a_client_of_ones_own_followed_gives_nothing() {
    let target = Server::start(|_, _| Reply::Now(200, json!({"Credentials": given("evil")}).to_string())).await;
    let place = target.url.clone();
    let sts = Server::start(move |_, _| Reply::With(302, vec![("Location", place.clone())], String::new())).await;
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    let own = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
    let mut context = context(&ServiceUrls::new().sts(&*sts.url), &[]);
    context.http = Http::new(crate::transport::pools::Pools::of(own), true);
    let text = shown(role().load(&context).await.unwrap_err());
    assert!(
        target.seen().len() == 1 && text.contains("redirected, and the reqwest client of your own followed"),
        "{text}"
    );
}

#[tokio::test]
async fn what_a_role_needs() {
    let urls = ServiceUrls::new();
    let short = role().duration(Duration::from_secs(60)).load(&context(&urls, &[])).await.unwrap_err();
    assert!(shown(short).contains("900 s is the least"));
    let bearer = AssumeRole::new(Credentials::bearer(format!("b-{MARK}")), "acs:ram::1:role/admin");
    assert!(shown(bearer.load(&context(&urls, &[])).await.unwrap_err()).contains("needs an access key"));
    assert!(!format!("{:?}", role()).contains(MARK));
}

#[tokio::test]
async fn an_oidc_token_travels_in_the_body_unsigned_and_is_read_anew() {
    let (sts, folder) = (sts().await, Folder::new());
    let file = folder.write("token", format!("first-{MARK}\n"));
    let variables = [
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", file.to_str().unwrap()),
        ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/pod"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack"),
    ];
    let context = context(&ServiceUrls::new().sts(&*sts.url), &variables);
    assert_given(&AssumeRoleWithOidc::new().load(&context).await.unwrap(), "pod");
    folder.write("token", format!("second-{MARK}"));
    AssumeRoleWithOidc::new().load(&context).await.unwrap();

    let seen = sts.seen();
    for (seen, token) in seen.iter().zip(["first", "second"]) {
        let parameters = seen.parameters();
        assert!(seen.method == "POST" && !seen.path.contains(MARK));
        assert_eq!(parameters["OIDCToken"], format!("{token}-{MARK}"));
        assert_eq!(parameters["Action"], "AssumeRoleWithOIDC");
        assert_eq!(parameters["OIDCProviderArn"], "acs:ram::1:oidc-provider/ack");
        assert!(!parameters.contains_key("Signature") && !parameters.contains_key("AccessKeyId"));
    }
}

#[tokio::test]
async fn oidc_says_what_it_lacks_and_what_failed() {
    let load = async |variables: &[(&str, &str)]| {
        let miss = AssumeRoleWithOidc::new().load(&context(&ServiceUrls::new(), variables)).await.unwrap_err();
        (matches!(miss, Miss::Lacks(_)), shown(miss))
    };
    let (lacks, text) = load(&[("ALIBABA_CLOUD_ROLE_ARN", "arn")]).await;
    assert!(lacks);
    assert_eq!(text, "ALIBABA_CLOUD_OIDC_TOKEN_FILE and ALIBABA_CLOUD_OIDC_PROVIDER_ARN not set");
    let folder = Folder::new();
    let gone = folder.path().join("gone");
    let all = |file: &str| {
        [
            ("ALIBABA_CLOUD_OIDC_TOKEN_FILE".to_owned(), file.to_owned()),
            ("ALIBABA_CLOUD_ROLE_ARN".to_owned(), "arn".to_owned()),
            ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN".to_owned(), "arn".to_owned()),
        ]
    };
    let variables = all(gone.to_str().unwrap());
    let (lacks, text) = load(&variables.each_ref().map(|(name, value)| (name.as_str(), value.as_str()))).await;
    assert!(!lacks && text.contains("no OIDC token file"), "{text}");
    let variables = all(folder.write("empty", "\n").to_str().unwrap());
    let (lacks, text) = load(&variables.each_ref().map(|(name, value)| (name.as_str(), value.as_str()))).await;
    assert!(!lacks && text.contains("is empty"), "{text}");

    let sts = Server::start(|_, seen| {
        let message = format!("bad token {}", seen.parameters()["OIDCToken"]);
        Reply::Now(400, json!({"Code": "AuthenticationFail.OIDCToken.Expired", "Message": message}).to_string())
    })
    .await;
    let role = AssumeRoleWithOidc::new().role_arn("arn").provider_arn("arn").token_file(folder.write("t", MARK));
    let text = shown(role.load(&context(&ServiceUrls::new().sts(&*sts.url), &[])).await.unwrap_err());
    assert!(text.contains("bad token ***") && text.contains("check the OIDC provider"), "{text}");
}

/// A metadata service that wants a session token, and has the role `dw`.
async fn metadata(token: Option<&'static str>) -> Server {
    Server::start(move |_, seen| match (seen.method.as_str(), seen.path.as_str(), token) {
        ("PUT", "/latest/api/token", Some(token)) => {
            assert_eq!(seen.header("x-aliyun-ecs-metadata-token-ttl-seconds"), "21600");
            Reply::Now(200, token.to_owned())
        }
        ("PUT", ..) => Reply::Now(404, String::new()),
        (..) if seen.header("x-aliyun-ecs-metadata-token") != token.unwrap_or_default() => {
            Reply::Now(403, "no token".to_owned())
        }
        ("GET", "/latest/meta-data/ram/security-credentials/", _) => Reply::Now(200, "dw\n".to_owned()),
        ("GET", "/latest/meta-data/ram/security-credentials/dw", _) => Reply::Now(200, given("ecs").to_string()),
        _ => Reply::Now(404, "<html>".to_owned()),
    })
    .await
}

#[tokio::test]
async fn the_role_of_an_instance_by_session_token() {
    let server = metadata(Some("metadata-token")).await;
    let urls = ServiceUrls::new().metadata(&*server.url);
    assert_given(&EcsRole::new().load(&context(&urls, &[])).await.unwrap(), "ecs");
    let count = server.seen().len();
    assert_eq!(count, 3);
    // A name spares a request.
    assert_given(&EcsRole::new().role("dw").load(&context(&urls, &[])).await.unwrap(), "ecs");
    let named = context(&urls, &[("ALIBABA_CLOUD_ECS_METADATA", "dw")]);
    assert_given(&EcsRole::new().load(&named).await.unwrap(), "ecs");
    assert_eq!(server.seen().len(), count + 4);
    let miss = EcsRole::new().role("other").load(&context(&urls, &[])).await.unwrap_err();
    let text = shown(miss);
    assert!(text.contains("\"other\"") && text.contains("check the name of the role"), "{text}");
}

#[tokio::test]
async fn without_session_tokens_it_falls_back_unless_forbidden() {
    let server = metadata(None).await;
    let urls = ServiceUrls::new().metadata(&*server.url);
    assert_given(&EcsRole::new().load(&context(&urls, &[])).await.unwrap(), "ecs");
    let forbidden = context(&urls, &[("ALIBABA_CLOUD_IMDSV1_DISABLED", "true")]);
    let miss = EcsRole::new().load(&forbidden).await.unwrap_err();
    assert!(matches!(miss, Miss::Fails(_)));
    assert!(shown(miss).contains("ALIBABA_CLOUD_IMDSV1_DISABLED is set"));
}

#[tokio::test]
async fn no_instance_and_no_role_are_something_lacking() {
    let lacks = async |urls: &ServiceUrls, variables: &[(&str, &str)]| {
        let miss = EcsRole::new().load(&context(urls, variables)).await.unwrap_err();
        assert!(matches!(miss, Miss::Lacks(_)), "{miss:?}");
        shown(miss)
    };
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    assert!(lacks(&ServiceUrls::new().metadata(url), &[]).await.starts_with("no ECS instance, it seems: http://127"));
    let bare = Server::start(|_, _| Reply::Now(404, String::new())).await;
    let urls = ServiceUrls::new().metadata(&*bare.url);
    assert_eq!(lacks(&urls, &[]).await, "the instance has no RAM role");
    let off = lacks(&urls, &[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")]).await;
    assert_eq!((off.as_str(), bare.seen().len()), ("switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED", 2));
}

#[tokio::test(start_paused = true)]
async fn a_metadata_service_that_says_nothing_is_no_instance() {
    let silent = Server::start(|_, _| Reply::Never).await;
    let urls = ServiceUrls::new().metadata(&*silent.url);
    let start = tokio::time::Instant::now();
    let miss = EcsRole::new().load(&context(&urls, &[])).await.unwrap_err();
    assert!(matches!(miss, Miss::Lacks(_)) && shown(miss).starts_with("no ECS instance, it seems"));
    // Two seconds for the session token, two for the role, and none of it twice.
    assert!(start.elapsed() < Duration::from_millis(4100), "{:?}", start.elapsed());
}

#[tokio::test]
async fn the_metadata_service_may_refuse() {
    let server = Server::start(|_, seen| match seen.method.as_str() {
        "PUT" => Reply::Now(200, "t".to_owned()),
        _ => Reply::Now(200, json!({"Code": "Failed", "AccessKeySecret": MARK}).to_string()),
    })
    .await;
    let urls = ServiceUrls::new().metadata(&*server.url);
    let text = shown(EcsRole::new().role("dw").load(&context(&urls, &[])).await.unwrap_err());
    assert_eq!(text, "the metadata service (role \"dw\") answers Failed");
}

#[tokio::test]
async fn a_credentials_uri() {
    let server = Server::start(|_, seen| match seen.path.as_str() {
        "/good?key=s3cr3t" => Reply::Now(200, given("uri").to_string()),
        "/bad?key=s3cr3t" => Reply::Now(200, json!({"Code": "Expired", "AccessKeySecret": MARK}).to_string()),
        _ => Reply::Now(500, format!("broken: {}", seen.path)),
    })
    .await;
    let at = |path: &str| CredentialsUri::at(format!("{}/{path}?key={MARK}", server.url));
    let none = context(&ServiceUrls::new(), &[]);
    assert_given(&at("good").load(&none).await.unwrap(), "uri");
    let text = shown(at("bad").load(&none).await.unwrap_err());
    assert_eq!(text, format!("the credentials URI {}/bad answers Expired", server.url));
    let text = shown(at("broken").load(&none).await.unwrap_err());
    assert!(text.contains("/broken: ") && text.contains("HTTP 500"), "{text}");
    assert!(!format!("{:?}", at("good")).contains(MARK));

    let uri = format!("{}/good?key={MARK}", server.url);
    let set = context(&ServiceUrls::new(), &[("ALIBABA_CLOUD_CREDENTIALS_URI", uri.as_str())]);
    assert_given(&CredentialsUri::new().load(&set).await.unwrap(), "uri");
    let miss = CredentialsUri::new().load(&none).await.unwrap_err();
    assert!(matches!(miss, Miss::Lacks(_)) && shown(miss).contains("ALIBABA_CLOUD_CREDENTIALS_URI not set"));
    for odd in [format!("ftp://user:{MARK}@host/"), MARK.to_owned()] {
        assert!(shown(CredentialsUri::at(odd).load(&none).await.unwrap_err()).contains("http:// or https://"));
    }
}

#[tokio::test]
async fn a_provider_works_by_itself_and_with_a_client_of_ones_own() {
    let server = Server::start(|_, _| Reply::Now(200, given("uri").to_string())).await;
    let provider: Box<dyn ProvideCredentials> = Box::new(CredentialsUri::at(&*server.url));
    assert_given(&provider.provide_credentials().await.unwrap(), "uri");

    let sts = sts().await;
    let own = crate::transport::http_client::HttpClient::library(Default::default()).unwrap();
    let config = Config::builder()
        .region("cn-a")
        .http_client(own)
        .service_urls(ServiceUrls::new().sts(&*sts.url))
        .credentials_provider(role())
        .build()
        .unwrap();
    assert_given(&config.shared().credentials().await.unwrap(), "admin");
    assert!(!format!("{config:?}").contains(MARK));
}

#[test]
fn without_a_runtime_there_is_an_error() {
    let provider = CredentialsUri::at("http://127.0.0.1:1");
    let mut waiting = provider.provide_credentials();
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = waiting.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(result.unwrap_err().to_string().contains("no tokio runtime"));
}
