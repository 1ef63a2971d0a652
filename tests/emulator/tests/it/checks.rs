//! What is refused, and in which words.

use std::time::{Duration, SystemTime};

use dataworks_emulator::{Emulator, ManualClock};
use serde_json::Value;

use crate::client::{Client, NEW, OLD};

async fn start() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    (emulator, client)
}

#[tokio::test]
async fn the_recorded_requests_pass_byte_by_byte() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../data/rpc_v1.json")).unwrap();
    let clock = ManualClock::new(humantime::parse_rfc3339("2024-05-18T08:09:10Z").unwrap());
    let mut seen = 0;
    for vector in vectors.iter().filter(|vector| vector.get("wire").is_some()) {
        // Each has the same nonce, so each gets an emulator of its own. Their parameters are made up.
        let temporary = vector["signed"].get("SecurityToken").and_then(Value::as_str);
        let builder = Emulator::builder().clock(&clock).lenient().stateless();
        let emulator = match temporary {
            Some(token) => builder.session_key("testid", "testsecret", token),
            None => builder.access_key("testid", "testsecret"),
        };
        let emulator = emulator.start().await.unwrap();
        let client = Client::new(&emulator);
        let (method, target) = (vector["method"].as_str().unwrap(), vector["wire"]["target"].as_str().unwrap());
        let form = vector["wire"]["body"].as_str().unwrap_or_default();
        let raw = format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        let answer = crate::client::parse(&client.exchange(raw.as_bytes()).await).unwrap();
        // The official client recorded actions with methods and parameters of its own choice: the spec's answer to
        // those comes after the signature was accepted, or in place of it where the method is another.
        assert_ne!(answer.code(), "SignatureDoesNotMatch", "{}: {}", vector["name"], answer.text);
        let other_method = answer.code() == "UnsupportedHTTPMethod";
        assert!(
            other_method || ["", "MissingParameter"].contains(&answer.code()),
            "{}: {}",
            vector["name"],
            answer.text
        );
        seen += usize::from(!other_method);
    }
    assert_ne!(seen, 0, "not one of them came as far as the signature");
}

#[tokio::test]
async fn a_wrong_signature_is_told_with_the_string_to_sign() {
    let (_emulator, client) = start().await;
    let mut wire = client.sign(client.request(OLD, "ListProjects", &[("PageSize", "5")]));
    wire.set("Signature", "AAAA");
    let answer = client.send(&wire).await;
    assert_eq!((answer.status, answer.code()), (400, "SignatureDoesNotMatch"));
    let message = answer.at("/Message").as_str().unwrap();
    let (words, text) = message.split_once("server string to sign is:").unwrap();
    assert_eq!(words, "Specified signature is not matched with our calculation. ");
    assert!(text.starts_with("POST&%2F&AccessKeyId%3Dtestid%26Action%3DListProjects"), "{text}");
    assert!(!text.contains("AAAA") && !message.contains("testsecret"));

    let other = Client { secret: "another".to_owned(), ..client.clone() };
    other.refused(OLD, "ListProjects", &[], 400, "SignatureDoesNotMatch").await;
    // What was changed on the way is noticed.
    let mut wire = client.sign(client.request(OLD, "ListProjects", &[("PageSize", "5")]));
    wire.set("PageSize", "6");
    assert_eq!(client.send(&wire).await.code(), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn errors_have_the_form_of_the_service() {
    let (_emulator, client) = start().await;
    let answer = client.refused(OLD, "ListNodes", &[("ProjectEnv", "PROD")], 400, "MissingParameter").await;
    let keys: Vec<_> = answer.body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["Code", "HostId", "Message", "Recommend", "RequestId"]);
    assert_eq!(answer.at("/HostId"), "emulator.test");
    assert!(
        answer
            .at("/Recommend")
            .as_str()
            .unwrap()
            .starts_with("https://api.aliyun.com/troubleshoot?q=MissingParameter&")
    );
    assert_eq!(answer.header("x-acs-request-id").unwrap(), answer.at("/RequestId").as_str().unwrap());
    assert_eq!(answer.header("content-type"), Some("application/json;charset=utf-8"));
    let again = client.call(OLD, "ListNodes", &[]).await;
    assert_ne!(again.at("/RequestId"), answer.at("/RequestId"));
}

#[tokio::test]
async fn common_parameters_must_be_there_and_known() {
    let (_emulator, client) = start().await;
    for name in
        ["Action", "Version", "AccessKeyId", "Timestamp", "SignatureNonce", "SignatureMethod", "SignatureVersion"]
    {
        let mut wire = client.request(OLD, "ListProjects", &[]);
        wire.drop(name);
        let answer = client.send(&client.sign(wire)).await;
        assert_eq!((answer.status, answer.code()), (400, "MissingParameter"), "{name}");
        assert!(answer.text.contains(&format!("\\\"{name}\\\"")), "{}", answer.text);
    }
    let unsigned = client.send(&client.request(OLD, "ListProjects", &[])).await;
    assert_eq!(unsigned.code(), "MissingParameter");
    for (name, value, status, code) in [
        ("Version", "2019-01-01", 400, "InvalidVersion"),
        ("Action", "ListUnicorns", 404, "InvalidAction.NotFound"),
        ("Action", "UpdateProject", 404, "InvalidAction.NotFound"),
        ("Format", "XML", 400, "InvalidParameter"),
        ("SignatureMethod", "HMAC-MD5", 400, "InvalidParameter"),
        ("SignatureVersion", "2.0", 400, "InvalidParameter"),
        ("AccessKeyId", "nobody", 404, "InvalidAccessKeyId.NotFound"),
        ("Timestamp", "yesterday", 400, "InvalidTimeStamp.Format"),
        ("Timestamp", "2001-01-01T00:00:00Z", 400, "InvalidTimeStamp.Expired"),
    ] {
        let mut wire = client.request(OLD, "ListProjects", &[]);
        wire.set(name, value);
        let answer = client.send(&client.sign(wire)).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{name}={value}: {}", answer.text);
    }
    let mut wire = client.request(OLD, "ListProjects", &[]);
    wire.method = "GET".to_owned();
    assert_eq!(client.send(&client.sign(wire)).await.code(), "UnsupportedHTTPMethod");
}

#[tokio::test]
async fn skew_is_measured_on_the_emulators_clock_and_its_date_says_so() {
    let clock = ManualClock::new(SystemTime::now() - Duration::from_secs(7 * 86_400));
    let emulator = Emulator::builder().clock(&clock).start().await.unwrap();
    let client = Client::new(&emulator);
    let answer = client.refused(OLD, "ListProjects", &[], 400, "InvalidTimeStamp.Expired").await;
    let now = httpdate::parse_http_date(answer.header("date").unwrap()).unwrap();
    Client { now, ..client }.ok(OLD, "ListProjects", &[]).await;
}

#[tokio::test]
async fn a_nonce_is_used_once() {
    let (_emulator, client) = start().await;
    let wire = client.sign(client.request(OLD, "ListProjects", &[]));
    assert_eq!(client.send(&wire).await.status, 200);
    let answer = client.send(&wire).await;
    assert_eq!((answer.status, answer.code()), (400, "SignatureNonceUsed"));
}

#[tokio::test]
async fn temporary_keys_come_with_their_token() {
    let emulator = Emulator::builder()
        .session_key("STS.x", "s", "tok+/=en")
        .access_key("testid", "testsecret")
        .start()
        .await
        .unwrap();
    let lasting = Client::new(&emulator);
    let temporary =
        Client { key: "STS.x".into(), secret: "s".into(), token: Some("tok+/=en".into()), ..lasting.clone() };
    temporary.ok(OLD, "ListProjects", &[]).await;
    lasting.ok(OLD, "ListProjects", &[]).await;
    let forgotten = Client { token: None, ..temporary.clone() };
    forgotten.refused(OLD, "ListProjects", &[], 400, "MissingParameter").await;
    let wrong = Client { token: Some("another".into()), ..temporary };
    wrong.refused(OLD, "ListProjects", &[], 400, "InvalidSecurityToken.MismatchWithAccessKey").await;
    let superfluous = Client { token: Some("another".into()), ..lasting };
    superfluous.refused(OLD, "ListProjects", &[], 400, "InvalidSecurityToken.MismatchWithAccessKey").await;
}

#[tokio::test]
async fn a_key_may_do_what_it_is_allowed() {
    let emulator =
        Emulator::builder().access_key_with("reader", "r", |action| action.starts_with("List")).start().await.unwrap();
    let reader = Client { key: "reader".into(), secret: "r".into(), ..Client::new(&emulator) };
    reader.ok(OLD, "ListProjects", &[]).await;
    let answer =
        reader.refused(OLD, "CreateFile", &[("FileName", "x"), ("FileType", "10")], 403, "Forbidden.Access").await;
    assert_eq!(answer.at("/AccessDeniedDetail/AuthAction"), "dataworks:CreateFile");
    assert_eq!(answer.at("/AccessDeniedDetail/PolicyType"), "AccountLevelIdentityBasedPolicy");
    // The default key is there only where no other was set.
    Client::new(&emulator).refused(OLD, "ListProjects", &[], 404, "InvalidAccessKeyId.NotFound").await;
}

#[tokio::test]
async fn parameters_are_what_the_spec_says() {
    let (_emulator, client) = start().await;
    let project = [("ProjectId", "530486"), ("ProjectEnv", "PROD")];
    for (extra, word) in [
        (("PageSize", "ten"), "\\\"ten\\\" is not a whole number"),
        (("PageSize", "1.0"), "is not a whole number"),
        (("PageSize", ""), "is not a whole number"),
        (("PageSize", "101"), "above the greatest value, 100"),
        (("PageNumber", "0"), "below the least value, 1"),
        (("PageSize", "99999999999"), "above the greatest value"),
        (("Colour", "red"), "ListNodes has no such parameter"),
        (("NodeName.1", "x"), "ListNodes has no such parameter"),
    ] {
        let parameters = [project[0], project[1], extra];
        let answer = client.refused(OLD, "ListNodes", &parameters, 400, "InvalidParameter").await;
        assert!(answer.text.contains(word) && answer.text.contains(extra.0), "{extra:?}: {}", answer.text);
    }
    let twice = [project[0], project[1], ("PageSize", "5"), ("PageSize", "5")];
    let answer = client.refused(OLD, "ListNodes", &twice, 400, "InvalidParameter").await;
    assert!(answer.text.contains("more than once"), "{}", answer.text);
    let answer = client.refused(OLD, "GetFile", &[("FileId", "x"), ("ProjectId", "1")], 400, "InvalidParameter").await;
    assert!(answer.text.contains("FileId"), "{}", answer.text);
    for wrong in ["True", "1", "yes", ""] {
        let parameters = [("Id", "530486"), ("DevRoleDisabled", wrong)];
        let answer = client.refused(NEW, "UpdateProject", &parameters, 400, "InvalidParameter").await;
        assert!(answer.text.contains("neither true nor false"), "{}", answer.text);
    }
    // Upstream says that this identifier is at most 1,000,000, which no identifier is.
    let answer = client.call(OLD, "ListProjectRoles", &[("ProjectId", "1234567890123456789")]).await;
    assert_ne!(answer.code(), "InvalidParameter", "{}", answer.text);
}

#[tokio::test]
async fn a_common_parameter_is_given_once() {
    let (_emulator, client) = start().await;
    let mut wire = client.request(OLD, "ListProjects", &[]);
    wire.form.push(("Action".to_owned(), "DeleteProject".to_owned()));
    let answer = client.send(&client.sign(wire)).await;
    assert_eq!((answer.status, answer.code()), (400, "InvalidParameter"));
    assert!(answer.text.contains("parameter Action is not valid: it is given more than once"), "{}", answer.text);
}

#[tokio::test]
async fn json_parameters_are_looked_into() {
    let (_emulator, client) = start().await;
    let base = [("ProjectId", "530486"), ("Name", "n"), ("Type", "SmokeTest"), ("WorkflowId", "1")];
    for (name, value, code, word) in [
        ("Periods", "{", "InvalidParameter", "it is not JSON"),
        ("Periods", "[]", "InvalidParameter", "an object is expected, not []"),
        ("Periods", "{}", "MissingParameter", "Periods.BizDates"),
        (
            "Periods",
            r#"{"BizDates":[{"StartBizDate":"2024-11-20"}]}"#,
            "MissingParameter",
            "Periods.BizDates.1.EndBizDate",
        ),
        ("Periods", r#"{"BizDates":[],"Colour":1}"#, "InvalidParameter", "Periods.Colour"),
        ("DefaultRunProperties", r#"{"RootTaskIds":["1"]}"#, "InvalidParameter", "DefaultRunProperties.RootTaskIds.1"),
        ("DefaultRunProperties", r#"{"Parallelism":1.5}"#, "InvalidParameter", "a whole number is expected"),
        (
            "DefaultRunProperties",
            r#"{"Analysis":{"Blocked":"true"}}"#,
            "InvalidParameter",
            "DefaultRunProperties.Analysis.Blocked",
        ),
        (
            "DefaultRunProperties",
            r#"{"RunPolicy":{"StartTime":"0"}}"#,
            "MissingParameter",
            "DefaultRunProperties.RunPolicy.EndTime",
        ),
    ] {
        let parameters = [base[0], base[1], base[2], base[3], (name, value)];
        let answer = client.refused(NEW, "CreateWorkflowInstances", &parameters, 400, code).await;
        assert!(answer.text.contains(word), "{name}={value}: {}", answer.text);
    }
}

#[tokio::test]
async fn flattened_parameters_are_put_together_again() {
    let (_emulator, client) = start().await;
    let whole = [
        ("ApiId", "1"),
        ("BodyParams.1.ParamKey", "a"),
        ("BodyParams.1.ParamValue", "b"),
        ("BodyParams.3.ParamKey", "the second was left out"),
    ];
    client.ok(OLD, "TestDataServiceApi", &whole).await;
    for (name, problem) in [
        ("BodyParams".to_owned(), "element by element"),
        ("BodyParams.1".to_owned(), "a structure is expected"),
        ("BodyParams.0.ParamKey".to_owned(), "numbered from 1"),
        ("BodyParams.99999999.ParamKey".to_owned(), "numbered from 1"),
        ("BodyParams.x.ParamKey".to_owned(), "numbered from 1"),
        ("BodyParams.1.Colour".to_owned(), "no such parameter"),
        ("BodyParams.1.ParamKey.1".to_owned(), "a single value is expected"),
        (format!("BodyParams{}", ".1".repeat(5_000)), "nests too deeply"),
    ] {
        let answer =
            client.refused(OLD, "TestDataServiceApi", &[("ApiId", "1"), (&name, "1")], 400, "InvalidParameter").await;
        assert!(answer.text.contains(problem), "{name}: {}", answer.text);
    }
    let both = [("ApiId", "1"), ("BodyParams.1.ParamKey", "a"), ("BodyParams.1.ParamKey", "b")];
    let answer = client.refused(OLD, "TestDataServiceApi", &both, 400, "InvalidParameter").await;
    assert!(answer.text.contains("more than once"), "{}", answer.text);
    let column = [("TableGuid", "odps.p.t"), ("Column.1.Comment", "5")];
    let answer = client.refused(OLD, "UpdateTableAddColumn", &column, 400, "MissingParameter").await;
    assert!(answer.text.contains("Column.1.ColumnName"), "{}", answer.text);
    let theme = [("TableName", "t"), ("Themes.1.ThemeId", "one")];
    let answer = client.refused(OLD, "UpdateTable", &theme, 400, "InvalidParameter").await;
    assert!(answer.text.contains("Themes.1.ThemeId"), "{}", answer.text);
}

#[tokio::test]
async fn a_parameter_in_the_other_place_is_taken_and_noted() {
    let (emulator, client) = start().await;
    let mut wire = client.request(OLD, "ListNodes", &[("ProjectId", "530486"), ("ProjectEnv", "PROD")]);
    let moved = wire.form.remove(0);
    wire.query.push(moved);
    assert_eq!(client.send(&client.sign(wire)).await.status, 200);
    let seen = emulator.requests().pop().unwrap();
    assert_eq!(seen.misplaced, ["ProjectId"]);
    assert_eq!(
        (seen.action.as_str(), seen.version.as_str(), seen.method.as_str(), seen.status),
        ("ListNodes", OLD, "POST", Some(200))
    );
    assert_eq!(seen.parameter("ProjectEnv"), Some("PROD"));
    assert_eq!(seen.header("host"), Some("emulator.test"));
}

#[tokio::test]
async fn bytes_that_are_no_request_hurt_nobody() {
    let (_emulator, client) = start().await;
    for raw in [
        "GET /elsewhere?Action=ListProjects HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "GET /?Action=%FF HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 3\r\n\r\nA=\u{fffd}",
        "nonsense\r\n\r\n",
        "",
    ] {
        let mut stream = tokio::net::TcpStream::connect(&client.addr).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, raw.as_bytes()).await.unwrap();
        tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{raw}");
    }
    client.ok(OLD, "ListProjects", &[]).await;
}
