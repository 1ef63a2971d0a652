use std::future::Future as _;

use serde_json::json;

use super::model::{ListThingsRequest, Task};
use super::scripted::{Play, Scripted, answer, raw, with_header};
use crate::error::ErrorKind;
use crate::{Config, Credentials, Environment, Error};

fn request() -> ListThingsRequest {
    ListThingsRequest { page_number: Some(1), project_id: Some(7.into()), ..ListThingsRequest::default() }
}

async fn fails(play: impl Fn() -> Play + Send + Sync + 'static) -> Error {
    let service = Scripted::new(move |_, _| play());
    service.client().call(request()).no_retry().await.unwrap_err()
}

#[tokio::test]
async fn an_answer_with_what_came_along() {
    let service = Scripted::new(|_, _| {
        with_header(
            200,
            &json!({"Data": {"TotalCount": "2", "New": 1}, "RequestId": "R", "Success": "x"}),
            "x-thing",
            "1",
        )
    });
    let page = service.client().call(request()).await.unwrap();
    assert_eq!(page.data.total_count, Some(2));
    assert_eq!((page.request_id(), page.status(), page.attempts()), (Some("R"), 200, 1));
    assert_eq!(page.headers()["x-thing"], "1");
    assert!(page.raw().starts_with(b"{"));
    assert_eq!(page.mismatches()[0].path, "Success");
    assert!(page.failures().is_empty());
}

#[tokio::test]
async fn the_request_id_may_be_in_a_header() {
    let service = Scripted::new(|_, _| with_header(200, &json!({}), "x-acs-request-id", "H"));
    assert_eq!(service.client().call(request()).await.unwrap().request_id(), Some("H"));
    let error = fails(|| Play::Answer(raw(502, "", &[("x-acs-request-id", "H2")]))).await;
    assert_eq!((error.request_id(), error.http_status(), error.code()), (Some("H2"), Some(502), None));
}

#[tokio::test]
async fn five_ways_to_fail() {
    let error = fails(|| {
        let body =
            json!({"Code": "InvalidParameter.X", "Message": "nope", "RequestId": "R1", "Recommend": "https://x"});
        answer(400, &body)
    })
    .await;
    assert_eq!(
        error.to_string(),
        "ListThings: InvalidParameter.X: nope (HTTP 400, request id R1); a parameter is wrong: check its format"
    );
    assert_eq!((error.recommend(), error.kind()), (Some("https://x"), ErrorKind::Service));

    for success in [json!(false), json!("false")] {
        let error = fails(move || {
            answer(200, &json!({"Success": success, "ErrorCode": "1101080008", "ErrorMessage": "m", "RequestId": "R2"}))
        })
        .await;
        assert!(error.is_not_found());
        assert_eq!((error.code(), error.message(), error.http_status()), (Some("1101080008"), "m", Some(200)));
    }

    let service = Scripted::new(|_, _| answer(200, &json!({"Status": false, "ErrorMessage": "no tag"})));
    let error = service.client().action("TagThing").unwrap().no_retry().await.unwrap_err();
    assert_eq!(error.message(), "no tag");

    let body = json!({"SuccessInfo": {"1": {"Success": true}, "2": {"Success": false, "Message": "gone"}, "3": {"Success": "false"}}});
    let service = Scripted::new(move |_, _| answer(200, &body));
    let stopped = service.client().action("StopThings").unwrap().set("Ids", json!(["1", "2", "3"])).await.unwrap();
    let failed: Vec<_> = stopped.failures().iter().map(|item| (item.item.as_str(), item.message.as_deref())).collect();
    assert_eq!(failed, [("2", Some("gone")), ("3", None)]);

    let error = fails(|| Play::Answer(raw(200, "<html>hello</html>", &[]))).await;
    assert_eq!((error.kind(), error.body()), (ErrorKind::Decode, Some("<html>hello</html>")));
    assert!(error.to_string().contains("line 1 column 1"), "{error}");
}

#[tokio::test]
async fn each_row_of_the_error_table() {
    let of = |status: u16, code: &'static str| fails(move || answer(status, &json!({"Code": code, "Message": "m"})));
    let rows: &[(u16, &str, &str)] = &[
        (400, "InvalidParameter.ProjectId", "check its format"),
        (400, "MissingParameter", "check its format"),
        (400, "Invalid.Tenant.X", "check its format"),
        (403, "Forbidden.Access", "RAM policy"),
        (403, "NoPermission", "RAM policy"),
        (403, "PERMISSION.DENIED.ERROR", "RAM policy"),
        (403, "ResourceNotAuthorized.Api", "edition"),
        (429, "Throttling.Api", "slow down"),
        (429, "Throttling.User", "slow down"),
        (429, "Throttling.System", "slow down"),
        (400, "Throttling", "slow down"),
        (429, "Throttling.Api.Risk", "quota is used up"),
        (429, "Throttling.Resource", "quota is used up"),
        (500, "InternalError.System", "retry later"),
        (503, "ServiceUnavailable", "retry later"),
        (500, "UNKNOWN.ERROR", "retry later"),
        (500, "Forbidden.Not.Server", "check the region"),
        (400, "SignatureDoesNotMatch", "access key secret"),
        (400, "InvalidTimeStamp.Expired", "clock"),
        (400, "SignatureNonceUsed", "may have been accepted"),
        (404, "InvalidAccessKeyId.NotFound", "access key"),
        (400, "InvalidSecurityToken.Expired", "access key"),
    ];
    for (status, code, hint) in rows {
        let error = of(*status, code).await;
        assert!(error.hint().is_some_and(|text| text.contains(hint)), "{code}: {:?}", error.hint());
        assert_eq!(error.is_throttling(), code.starts_with("Throttling"), "{code}");
        assert_eq!(error.is_access_denied(), *status == 403, "{code}");
        assert!(!error.is_not_found(), "{code}");
        assert!(error.to_string().contains("ListThings") && error.to_string().contains(code), "{error}");
        let later = [
            "Throttling.Api",
            "Throttling.User",
            "Throttling.System",
            "Throttling",
            "InternalError.System",
            "ServiceUnavailable",
            "UNKNOWN.ERROR",
        ];
        assert_eq!(error.is_retryable(), later.contains(code), "{code}");
    }
    for code in ["1101080008", "9990040003", "1101080166", "1000010005", "500130", "NotFound.File"] {
        assert!(of(400, code).await.is_not_found(), "{code}");
    }
    assert!(of(403, "400010").await.is_not_found());
    assert!(!of(400, "400010").await.is_not_found());
}

#[tokio::test]
async fn a_wrong_request_is_not_sent() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let call = || service.client().call(ListThingsRequest::default());
    let error = call().await.unwrap_err();
    assert_eq!((error.kind(), error.findings().len(), service.count()), (ErrorKind::InvalidRequest, 2, 0));
    assert!(error.to_string().contains("ListThings") && error.to_string().contains("ProjectId: required"), "{error}");
    call().skip_validation().await.unwrap();
    assert_eq!(service.count(), 1);
    let error = service.client().call(request()).header("bad header", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn no_such_action() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let error = service.client().action("list_things").unwrap_err();
    assert!(error.to_string().contains("did you mean `ListThings`?"), "{error}");
}

#[tokio::test]
async fn secrets_are_nowhere_to_be_seen() {
    let secret = "pa55 \"word\"/中";
    let service = Scripted::new(|_, request| {
        // The service repeats what it got, in every form.
        let echo = format!("{} {}", request.body.as_ref().unwrap(), request.url);
        answer(
            400,
            &json!({"Code": "InvalidParameter", "Message": format!("testsecret pa55 \"word\"/中 {echo}"), "AccessDeniedDetail": {"x": "pa55 \"word\"/中"}}),
        )
    });
    let client = service.client();
    let request = ListThingsRequest { password: Some(secret.into()), ..request() };
    let call = client.call(request.clone());
    let shown = format!("{request:?} {call:?} {client:?}");
    let prepared = client.call(request.clone()).prepare().await.unwrap();
    assert!(!prepared.url().contains("pa55") && prepared.body().unwrap().contains("Password=pa55"));
    let error = call.await.unwrap_err();
    let all = format!("{shown} {prepared:?} {error} {error:?} {:?}", error.access_denied_detail());
    assert!(!all.contains("pa55") && !all.contains("testsecret"), "{all}");
    assert!(all.contains("***"));
}

#[tokio::test]
async fn the_request_on_the_wire() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let request = ListThingsRequest {
        ids: Some(vec![1.into(), "1234567890123456789".into()]),
        tasks: Some(vec![Task { name: Some("a b".into()), weight: Some(1.0), ..Task::default() }]),
        ..request()
    };
    service.client().call(request).header("x-mine", "1").await.unwrap();
    let sent = &service.requests()[0];
    assert_eq!(
        sent.body.as_deref(),
        Some(
            "Ids=%5B1%2C1234567890123456789%5D&PageNumber=1&ProjectId=7\
             &Tasks=%5B%7B%22Name%22%3A%22a+b%22%2C%22Weight%22%3A1.0%7D%5D"
        )
    );
    assert!(
        sent.url.starts_with("http://127.0.0.1:1/?AccessKeyId=testid&Action=ListThings&Format=json&"),
        "{}",
        sent.url
    );
    assert!(sent.url.contains("&Version=2020-05-18&Signature="));
    assert_eq!(sent.headers["x-mine"], "1");

    // A GET has no body: everything is in the query.
    service.client().action("SearchThings").unwrap().set("MaxResults", 5).await.unwrap();
    let sent = &service.requests()[1];
    assert!(sent.body.is_none() && sent.url.contains("MaxResults=5"));
}

#[tokio::test]
async fn region_endpoint_and_credentials() {
    let none = Environment::from_iter::<[(&str, &str); 0]>([]);
    let error = Config::builder().environment(none.clone()).build().unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.to_string().contains("ALIBABA_CLOUD_REGION_ID"), "{error}");
    let region = Environment::from_iter([("REGION", "cn-a"), ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")]);
    let config = Config::builder().environment(region).build().unwrap();
    assert_eq!(config.region(), Some("cn-a"));
    let client = crate::client::Client::new(&super::model::API, &config);
    let error = client.call(request()).await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Credentials && error.to_string().contains("ALIBABA_CLOUD_ACCESS_KEY_ID"),
        "{error}"
    );

    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let client = service.client();
    client.call(request()).region("cn-b").await.unwrap();
    client.call(request()).endpoint("localhost:2").await.unwrap();
    let urls: Vec<String> = service.requests().iter().map(|request| request.url.clone()).collect();
    assert!(
        urls[0].starts_with("https://dataworks.cn-b.aliyuncs.com/?") && urls[1].starts_with("https://localhost:2/?")
    );

    let config = service.builder().credentials(Credentials::new("id", "s").with_security_token("tok")).build().unwrap();
    crate::client::Client::new(&super::model::API, &config).call(request()).await.unwrap();
    assert!(service.requests()[2].url.contains("&SecurityToken=tok"));
}

#[test]
fn what_a_call_returns_is_small() {
    use std::future::IntoFuture;
    fn size<T: IntoFuture>(_: impl Fn() -> T) -> usize {
        size_of::<T::IntoFuture>().max(size_of::<T>())
    }
    let service = Scripted::new(|_, _| Play::Hang);
    let client = service.client();
    assert!(size(|| client.call(request())) <= 64);
    assert!(size(|| client.action("ListThings").unwrap()) <= 64);
}

#[tokio::test]
async fn secrets_inside_structures_are_nowhere_to_be_seen() {
    let service = Scripted::new(|_, request| {
        let echo = format!("{} {}", request.body.as_ref().unwrap(), request.string_to_sign());
        answer(400, &json!({"Code": "SignatureDoesNotMatch", "Message": format!("inner-secret {echo}")}))
    });
    let task = Task { name: Some("n".into()), token: Some("inner-secret".into()), weight: None };
    let typed = service.client().call(ListThingsRequest { tasks: Some(vec![task]), ..request() });
    let untyped = service.client().action("ListThings").unwrap();
    let untyped =
        untyped.set("PageNumber", 1).set("ProjectId", 1).set("Tasks", json!([{"Name": "n", "Token": "inner-secret"}]));
    let shown = format!("{typed:?} {untyped:?}");
    let prepared = service.client().call(ListThingsRequest {
        tasks: Some(vec![Task { token: Some("inner-secret".into()), ..Task::default() }]),
        ..request()
    });
    let prepared = prepared.skip_validation().prepare().await.unwrap();
    assert!(prepared.body().unwrap().contains("inner-secret") && !prepared.url().contains("inner-secret"));
    let (first, second) = (typed.await.unwrap_err(), untyped.await.unwrap_err());
    let all = format!("{shown} {first} {first:?} {second} {second:?}");
    assert!(!all.contains("inner-secret") && all.contains("***"), "{all}");
}

#[tokio::test]
async fn an_untyped_answer_is_not_shown() {
    let service = Scripted::new(|_, _| answer(200, &json!({"Password": "hidden"})));
    let answer = service.client().action("UpdateThing").unwrap().await.unwrap();
    assert_eq!(answer["Password"], "hidden");
    assert!(!format!("{answer:?}").contains("hidden"));
}

#[tokio::test]
async fn what_the_table_does_not_know_travels_when_the_checks_are_skipped() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let call = || service.client().action("UpdateThing").unwrap().set("New", json!({"a": 1})).set("Other", "x y");
    assert_eq!(call().await.unwrap_err().findings().len(), 2);
    call().skip_validation().await.unwrap();
    assert_eq!(service.requests()[0].body.as_deref(), Some("New=%7B%22a%22%3A1%7D&Other=x+y"));
}

#[tokio::test]
async fn an_empty_client_token_is_none() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    service.client().action("CreateThing").unwrap().set("ClientToken", "").await.unwrap();
    let body = service.requests()[0].body.clone().unwrap();
    assert!(body.starts_with("ClientToken=") && body.len() > "ClientToken=".len() + 30, "{body}");
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    use std::future::IntoFuture;
    use std::task::{Context, Poll, Waker};
    let service = Scripted::new(|_, _| Play::Hang);
    let mut call = service.client().call(request()).into_future();
    let polled = std::pin::Pin::new(&mut call).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = polled else { panic!("it waits for nothing") };
    assert!(error.kind() == ErrorKind::Config && error.to_string().contains("tokio"), "{error}");
}
