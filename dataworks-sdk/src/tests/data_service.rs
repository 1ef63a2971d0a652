//! Published Data Service APIs, on a transport that plays the gateway on paused time.

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::scripted::{Play, Scripted, answer, raw};
use crate::data_service::{Answer, AppCredentials, Call, Client, Stage, signature};
use crate::operation::Method;
use crate::prepare::PreparedRequest;
use crate::transport::Cause;
use crate::{Error, ErrorKind, RetryPolicy};

const CODE: &str = "planted-app-code";
const SECRET: &str = "planted-app-secret";

#[derive(Debug, Deserialize, PartialEq)]
struct Order {
    id: i64,
}

fn client(service: &Scripted) -> Client {
    with(service, AppCredentials::code(CODE))
}

fn with(service: &Scripted, credentials: AppCredentials) -> Client {
    Client::new(&service.builder().build().unwrap(), "http://127.0.0.1:1", credentials).unwrap()
}

fn answers(body: &Value) -> Scripted {
    let body = body.clone();
    Scripted::new(move |_, _| answer(200, &body))
}

/// The envelope around data.
fn enveloped(data: &Value) -> Value {
    json!({"errCode": 0, "errMsg": "success", "requestId": "R1", "data": data})
}

fn header<'a>(request: &'a PreparedRequest, name: &str) -> Option<&'a str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

async fn sent(call: impl FnOnce(&Client) -> Call) -> std::sync::Arc<PreparedRequest> {
    let service = answers(&enveloped(&json!([])));
    call(&client(&service)).send::<Value>().await.unwrap();
    service.requests().remove(0)
}

async fn read<T: serde::de::DeserializeOwned>(body: &Value) -> Result<Answer<T>, Error> {
    client(&answers(body)).get("/orders").send().await
}

#[tokio::test]
async fn an_app_code_travels_in_either_header() {
    let service = answers(&enveloped(&json!([])));
    client(&service).get("orders").send::<Value>().await.unwrap();
    with(&service, AppCredentials::code(CODE).in_own_header()).get("/orders").send::<Value>().await.unwrap();
    with(&service, AppCredentials::anonymous()).get("/orders").send::<Value>().await.unwrap();
    let names = ["authorization", "appcode", "x-ca-stage", "accept", "x-ca-signature"];
    let sent: Vec<_> =
        service.requests().iter().map(|it| names.map(|name| header(it, name).map(str::to_owned))).collect();
    let (stage, json) = (Some("RELEASE".to_owned()), Some("application/json".to_owned()));
    let expected = [
        [Some(format!("APPCODE {CODE}")), None, stage.clone(), json.clone(), None],
        [None, Some(CODE.to_owned()), stage.clone(), json.clone(), None],
        [None, None, stage, json, None],
    ];
    assert_eq!(sent, expected);
    assert!(service.requests().iter().all(|request| request.url == "http://127.0.0.1:1/orders"));
}

#[tokio::test]
async fn a_request_is_signed_as_it_travels() {
    let service = answers(&enveloped(&json!([])));
    let api = with(&service, AppCredentials::key("203000001", SECRET));
    api.get("/orders").query("city", "杭州").query("empty", "").send::<Value>().await.unwrap();
    api.post("/orders").query("v", 2).form("city", "杭 州").send::<Value>().await.unwrap();
    api.post("/orders").json(&json!({"城市": "杭州"})).stage(Stage::Pre).send::<Value>().await.unwrap();
    let [get, form, json] = service.requests().try_into().unwrap();
    assert_eq!(get.url, "http://127.0.0.1:1/orders?city=%E6%9D%AD%E5%B7%9E&empty=");
    assert_eq!(form.body(), Some("city=%E6%9D%AD+%E5%B7%9E"));
    assert_eq!(header(&form, "content-type"), Some("application/x-www-form-urlencoded; charset=UTF-8"));
    assert_eq!(header(&form, "content-md5"), None);
    assert_eq!(json.body(), Some(r#"{"城市":"杭州"}"#));
    assert_eq!(header(&json, "content-md5"), Some("IUjx9mPXrhR04lWsGjLv+g=="));
    assert_eq!(header(&json, "x-ca-stage"), Some("PRE"));
    let parameters: [&[(&str, &str)]; 3] = [&[("city", "杭州"), ("empty", "")], &[("v", "2"), ("city", "杭 州")], &[]];
    for (request, parameters) in [get, form, json].iter().zip(parameters) {
        let text = signature::string_to_sign(request.method(), &request.headers, "/orders", parameters.iter().copied());
        assert!(text.contains("\nx-ca-key:203000001\nx-ca-nonce:"), "{text}");
        assert_eq!(header(request, "x-ca-signature"), Some(&*signature::signature(SECRET, &text)));
        assert_eq!(header(request, "x-ca-signature-headers"), Some("x-ca-key,x-ca-nonce,x-ca-stage,x-ca-timestamp"));
        assert_eq!(header(request, "x-ca-timestamp").unwrap().len(), 13, "milliseconds");
    }
}

#[tokio::test]
async fn paths_are_texts_and_come_after_the_prefix() {
    let service = answers(&enveloped(&json!([])));
    let config = service.builder().build().unwrap();
    let api = Client::new(&config, "http://127.0.0.1:1/gateway/g1/", AppCredentials::anonymous()).unwrap();
    api.call(Method::Delete, "/user/张 三%2e/x").send::<Value>().await.unwrap();
    let request = service.requests().remove(0);
    assert_eq!(request.url, "http://127.0.0.1:1/gateway/g1/user/%E5%BC%A0%20%E4%B8%89%252e/x");
    assert_eq!(request.method(), "DELETE");
    // The HTTP library sends the same path.
    let path = request.url.strip_prefix("http://127.0.0.1:1").unwrap();
    assert_eq!(request.base.with(path, Some("a=1")).as_str(), format!("{}?a=1", request.url));
}

#[tokio::test]
async fn headers_go_along() {
    let request = sent(|api| api.get("/orders").header("x-trace", "t1").header("accept", "application/xml")).await;
    assert_eq!((header(&request, "x-trace"), header(&request, "accept")), (Some("t1"), Some("application/xml")));
}

#[tokio::test]
async fn what_makes_no_sense_is_not_sent() {
    let service = answers(&enveloped(&json!([])));
    let api = client(&service);
    let wrong = [
        (api.get("/orders?secret=planted"), "parameters belong to `query`"),
        (api.get("/a/../b"), ".. as a part"),
        (api.get("/orders").form("a", 1), "a GET has no body"),
        (api.get("/orders").json(&json!({})), "a GET has no body"),
        (api.post("/orders").json(&json!({})).form("a", 1), "one of them"),
        (api.post("/orders").form("a", 1).json(&json!({})), "one of them"),
        (api.get("/orders").query("", 1), "no name"),
        (api.get("/orders").header("a b", "c"), "HTTP forbids"),
        (api.get("/orders").header("Authorization", "planted"), "takes the credentials"),
        (api.get("/orders").header("X-Ca-Stage", "TEST"), "`stage`"),
        (api.get("/orders").read_timeout(Duration::ZERO), "read_timeout is 0"),
        (api.post("/orders").json(&std::collections::BTreeMap::from([((1, 2), 3)])), "written as JSON"),
    ];
    for (call, says) in wrong {
        let error = call.send::<Value>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        let text = format!("{error}");
        assert!(text.contains(says) && !text.contains("planted"), "{text}");
        assert!(!error.may_have_been_sent());
    }
    assert_eq!(service.count(), 0);
}

#[tokio::test]
async fn rows_in_every_form() {
    let rows = json!([{"id": 1}, {"id": 2}]);
    let page = json!({"pageNum": 2, "pageSize": "2", "totalNum": 5, "rows": rows});
    let answer = read::<Order>(&enveloped(&page)).await.unwrap();
    assert_eq!(answer.rows(), [Order { id: 1 }, Order { id: 2 }]);
    assert_eq!((answer.page_num(), answer.page_size(), answer.total_num()), (Some(2), Some(2), Some(5)));
    assert_eq!((answer.request_id(), answer.status(), answer.attempts()), (Some("R1"), 200, 1));
    let two = [Order { id: 1 }, Order { id: 2 }];
    assert_eq!(read::<Order>(&enveloped(&rows)).await.unwrap().rows(), two, "a plain list");
    assert_eq!(read::<Order>(&enveloped(&json!({"rows": rows}))).await.unwrap().rows(), two, "a list without pages");
    assert_eq!(read::<Order>(&enveloped(&rows[0])).await.unwrap().rows(), &two[..1], "a plain object");
    assert_eq!(read::<i64>(&enveloped(&json!(7))).await.unwrap().rows(), [7]);
    assert_eq!(read::<Order>(&enveloped(&Value::Null)).await.unwrap().rows(), []);
    assert_eq!(read::<Order>(&enveloped(&json!({"pageNum": 1, "rows": null}))).await.unwrap().rows(), []);
    assert_eq!(read::<Order>(&json!({"errCode": "0", "data": rows})).await.unwrap().rows(), two, "0 as a text");
    assert_eq!(read::<Order>(&json!({"data": rows})).await.unwrap().rows(), two, "no code at all");
    // Registered APIs answer what they like.
    assert_eq!(read::<Order>(&rows).await.unwrap().rows(), two);
    assert_eq!(read::<Order>(&rows[0]).await.unwrap().rows(), &two[..1]);
    let nothing = Scripted::new(|_, _| Play::Answer(raw(204, "", &[("x-ca-request-id", "R2")])));
    let answer = client(&nothing).get("/orders").send::<Order>().await.unwrap();
    assert_eq!((answer.rows().len(), answer.request_id()), (0, Some("R2")));
    // Ids of 19 digits stay exact.
    let long = read::<Order>(&enveloped(&json!([{"id": 9_007_199_254_740_993_i64}]))).await.unwrap();
    assert_eq!(long.rows()[0].id, 9_007_199_254_740_993);
}

#[tokio::test]
async fn a_row_of_another_kind_is_named() {
    let service = answers(&enveloped(&json!({"pageNum": 1, "rows": [{"id": 1}, {"id": "x"}]})));
    let error = client(&service).get("/orders").send::<Order>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let text = error.to_string();
    assert!(text.starts_with("GET /orders: data.rows[1] of the answer") && text.contains("R1"), "{text}");
    assert!(error.body().unwrap().contains("\"x\""));
    assert_eq!(service.count(), 1, "asking again would not help");
}

#[tokio::test]
async fn an_error_code_inside_a_success() {
    for code in [json!(1_108_110_519), json!("1108110519")] {
        let error =
            read::<Order>(&json!({"errCode": code, "errMsg": "no such column", "requestId": "R1", "data": null}))
                .await
                .unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some("1108110519")));
        assert_eq!((error.message(), error.request_id()), ("no such column", Some("R1")));
        assert_eq!((error.http_status(), error.action()), (Some(200), Some("GET /orders")));
        assert!(!error.is_retryable() && !error.is_access_denied());
    }
    let error = read::<Order>(&json!({"errCode": 5})).await.unwrap_err();
    assert!(error.message().contains("not why"), "{error}");
}

/// The error of an answer of the gateway.
async fn refused(status: u16, code: &'static str, message: &'static str) -> Error {
    let headers = [
        ("x-ca-error-code", code),
        ("x-ca-error-message", message),
        ("x-ca-request-id", "G1"),
        ("content-type", "text/html"),
    ];
    let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let service = Scripted::new(move |_, _| Play::Answer(raw(status, "", &headers)));
    client(&service).get("/orders").no_retry().send::<Order>().await.unwrap_err()
}

#[tokio::test]
async fn refusals_of_the_gateway() {
    let error = refused(403, "A403AC", "Unauthorized").await;
    assert_eq!((error.code(), error.message()), (Some("A403AC"), "Unauthorized"));
    assert_eq!((error.http_status(), error.request_id()), (Some(403), Some("G1")));
    assert!(error.is_access_denied() && !error.is_throttling() && !error.is_not_found());
    assert!(error.to_string().contains("app code"), "{error}");
    assert!(refused(400, "A400AC", "Invalid AppCode").await.is_access_denied());
    assert!(refused(401, "", "").await.is_access_denied());
    assert!(!refused(403, "I403PT", "Invalid protocol http unsupported").await.is_access_denied());
    let unsigned = refused(400, "A400IS", "Invalid Signature, Server StringToSign:`GET#`").await;
    assert!(unsigned.to_string().contains("app secret"), "{unsigned}");
    assert!(refused(404, "I404NF", "API not found").await.is_not_found());
    for (status, code) in [(429, "T429ID"), (503, "T429GR"), (429, "")] {
        let error = refused(status, code, "Throttled").await;
        assert!(error.is_throttling() && error.is_retryable() && !error.may_have_been_sent(), "{error}");
    }
    let broken = refused(502, "D502BA", "Bad gateway").await;
    assert!(broken.is_retryable() && !broken.is_throttling() && broken.may_have_been_sent());
    assert!(refused(500, "", "").await.message().contains("without a word"));
}

#[tokio::test]
async fn an_error_status_with_the_apis_own_body() {
    let body = json!({"errCode": 77, "errMsg": "mine", "requestId": "R7"});
    let service = Scripted::new(move |_, _| answer(400, &body));
    let error = client(&service).get("/orders").send::<Order>().await.unwrap_err();
    assert_eq!((error.code(), error.message(), error.request_id()), (Some("77"), "mine", Some("R7")));
}

fn fails_once(play: impl Fn() -> Play + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |attempt, _| if attempt == 0 { play() } else { answer(200, &enveloped(&json!([]))) })
}

/// How often a GET, a POST and an idempotent POST are delivered when the first delivery ends like this.
async fn deliveries(play: impl Fn() -> Play + Send + Sync + Clone + 'static) -> [usize; 3] {
    let mut counts = [0; 3];
    let calls: [fn(&Client) -> Call; 3] =
        [|api| api.get("/a"), |api| api.post("/a").form("x", 1), |api| api.post("/a").form("x", 1).idempotent()];
    for (call, count) in calls.into_iter().zip(&mut counts) {
        let service = fails_once(play.clone());
        let result = call(&client(&service)).send::<Value>().await;
        assert_eq!(result.is_ok(), service.count() == 2);
        if let Ok(answer) = result {
            assert_eq!(answer.attempts(), 2);
        }
        *count = service.count();
    }
    counts
}

#[tokio::test(start_paused = true)]
async fn what_is_repeated() {
    const ALL: [usize; 3] = [2, 2, 2];
    const SAFE: [usize; 3] = [2, 1, 2];
    const NONE: [usize; 3] = [1, 1, 1];
    let gateway = |status, code: &'static str| move || Play::Answer(raw(status, "", &[("x-ca-error-code", code)]));
    assert_eq!(deliveries(|| Play::Undelivered(Cause::Connect, false)).await, ALL);
    assert_eq!(deliveries(|| Play::Undelivered(Cause::ReadTimeout(Duration::from_secs(1)), true)).await, SAFE);
    assert_eq!(deliveries(|| Play::Undelivered(Cause::Broken, true)).await, SAFE);
    assert_eq!(deliveries(gateway(429, "T429ID")).await, ALL);
    assert_eq!(deliveries(|| Play::Answer(raw(429, "", &[]))).await, ALL);
    assert_eq!(deliveries(gateway(504, "D504RE")).await, SAFE);
    assert_eq!(deliveries(gateway(403, "A403AC")).await, NONE);
    assert_eq!(deliveries(gateway(404, "I404NF")).await, NONE);
    assert_eq!(deliveries(|| answer(200, &json!({"errCode": 7}))).await, NONE);
    assert_eq!(deliveries(|| Play::Answer(raw(200, "{\"errCode\": 0, \"data\": [", &[]))).await, SAFE);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_stamped_and_signed_anew() {
    let service = fails_once(|| Play::Undelivered(Cause::Connect, false));
    with(&service, AppCredentials::key("k", SECRET)).get("/a").send::<Value>().await.unwrap();
    let requests = service.requests();
    for name in ["x-ca-nonce", "x-ca-signature"] {
        assert_ne!(header(&requests[0], name), header(&requests[1], name), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_waits_as_long_as_it_is_told() {
    let service = fails_once(|| Play::Answer(raw(429, "", &[("x-ca-error-code", "T429ID"), ("retry-after", "8")])));
    client(&service).post("/a").send::<Value>().await.unwrap();
    let pause = service.pauses()[0];
    assert!(pause >= Duration::from_secs(8) && pause <= Duration::from_secs(10), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn timeouts_and_attempts_are_set_on_client_or_call() {
    let hangs = Scripted::new(|_, _| Play::Hang);
    let config = hangs.builder().build().unwrap();
    let builder = || Client::builder("http://127.0.0.1:1").config(&config).app_code(CODE);
    let api = builder().timeout(Duration::from_secs(5)).build().unwrap();
    let error = api.get("/a").send::<Value>().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Timeout && error.to_string().contains("5s"), "{error}");
    let error = api.get("/a").timeout(Duration::from_secs(2)).send::<Value>().await.unwrap_err();
    assert!(error.to_string().contains("2s") && error.may_have_been_sent(), "{error}");
    assert!(builder().read_timeout(Duration::ZERO).build().is_err());

    let fails = Scripted::new(|_, _| answer(503, &json!({})));
    let config = fails.builder().build().unwrap();
    let api = Client::builder("http://127.0.0.1:1").config(&config).app_code(CODE);
    let api = api.retry(RetryPolicy::default().max_attempts(5)).build().unwrap();
    api.get("/a").send::<Value>().await.unwrap_err();
    assert_eq!(fails.count(), 5);
    api.get("/a").no_retry().send::<Value>().await.unwrap_err();
    assert_eq!(fails.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn the_budget_is_the_configurations() {
    let service = Scripted::new(|_, _| answer(503, &json!({"Code": "ServiceUnavailable"})));
    let config = service.builder().build().unwrap();
    let api = Client::new(&config, "http://127.0.0.1:1", AppCredentials::code(CODE)).unwrap();
    for _ in 0..50 {
        api.get("/a").send::<Value>().await.unwrap_err();
    }
    assert_eq!(service.count(), 150);
    // A full budget pays for 100 repetitions: the actions of DataWorks find it empty.
    let dataworks = crate::client::Client::new(&super::model::API, &config);
    dataworks.action("ListThings").unwrap().set("ProjectId", 1).set("PageNumber", 1).await.unwrap_err();
    assert_eq!(service.count(), 151);
}

/// Answers `total` rows page by page, `size` to a page, and says so as far as `says` lets it.
fn paging(total: i64, size: i64, says: &'static [&'static str]) -> Scripted {
    Scripted::new(move |_, request| {
        let asked = [request.url.as_str(), request.body().unwrap_or_default()].join("&").replace("\":", "=");
        let number: i64 =
            asked.split("pageNum=").nth(1).unwrap().split(['&', ',', '}']).next().unwrap().parse().unwrap();
        let rows: Vec<_> = ((number - 1) * size..(number * size).min(total)).map(|id| json!({"id": id})).collect();
        let mut data = json!({"pageNum": number, "pageSize": size, "totalNum": total});
        data.as_object_mut().unwrap().retain(|name, _| says.contains(&name.as_str()));
        data["rows"] = rows.into();
        answer(200, &enveloped(&data))
    })
}

async fn ids(call: Call) -> Result<Vec<i64>, Error> {
    call.rows::<Order>().map_ok(|order| order.id).try_collect().await
}

#[tokio::test]
async fn all_pages_row_by_row() {
    for (says, pages) in [
        (&["pageNum", "pageSize", "totalNum"][..], 3),
        (&["totalNum"], 3),
        (&["pageNum", "pageSize"], 3),
        // Nothing tells the last page but an empty one.
        (&["pageNum"], 4),
    ] {
        let service = paging(7, 3, says);
        assert_eq!(ids(client(&service).get("/orders")).await.unwrap(), [0, 1, 2, 3, 4, 5, 6], "{says:?}");
        assert_eq!(service.count(), pages, "{says:?}");
    }
    let service = paging(6, 3, &["pageNum", "pageSize", "totalNum"]);
    assert_eq!(ids(client(&service).get("/orders").query("pageNum", 2)).await.unwrap(), [3, 4, 5]);
    assert_eq!(service.count(), 1, "from the page that is asked for, and no further");
    let some: Vec<Order> = client(&service).get("/orders").rows().max_rows(2).try_collect().await.unwrap();
    assert_eq!((some.len(), service.count()), (2, 2));
    let pages: Vec<Answer<Order>> = client(&service).get("/orders").pages().try_collect().await.unwrap();
    assert_eq!(pages.iter().map(Answer::page_num).collect::<Vec<_>>(), [Some(1), Some(2)]);
}

#[tokio::test]
async fn the_page_is_set_where_the_other_parameters_are() {
    let says = &["pageNum", "pageSize", "totalNum"];
    let body = |call: fn(&Client) -> Call| async move {
        let service = paging(4, 3, says);
        ids(call(&client(&service))).await.unwrap();
        let last = service.requests().pop().unwrap();
        let query = last.url.split_once('?').map(|(_, query)| query.to_owned());
        (query.unwrap_or_default(), last.body().unwrap_or_default().to_owned())
    };
    let expect = |query: &str, body: &str| (query.to_owned(), body.to_owned());
    assert_eq!(body(|api| api.get("/a").query("x", 1)).await, expect("x=1&pageNum=2", ""));
    assert_eq!(body(|api| api.post("/a")).await, expect("pageNum=2", ""));
    assert_eq!(body(|api| api.post("/a").form("x", 1)).await, expect("", "x=1&pageNum=2"));
    assert_eq!(body(|api| api.post("/a").json(&json!({"x": 1}))).await, expect("", r#"{"pageNum":2,"x":1}"#));
    let in_query = |api: &Client| api.post("/a").query("pageSize", 3).form("x", 1);
    assert_eq!(body(in_query).await, expect("pageSize=3&pageNum=2", "x=1"));
}

#[tokio::test]
async fn pages_that_never_end() {
    let same = answers(&enveloped(&json!({"pageNum": 1, "pageSize": 1, "totalNum": 9, "rows": [{"id": 1}]})));
    let error = ids(client(&same).get("/orders")).await.unwrap_err();
    assert_eq!((error.kind(), same.count()), (ErrorKind::Pagination, 2));
    assert!(error.to_string().starts_with("GET /orders: page 2 holds the same rows"), "{error}");

    let endless = paging(1_000_000, 1, &["pageNum"]);
    let mut rows = client(&endless).get("/orders").rows::<Order>().max_pages(5);
    let mut read = 0;
    let error = loop {
        match rows.try_next().await {
            Ok(row) => read += usize::from(row.is_some()),
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), read, endless.count()), (ErrorKind::Pagination, 5, 5));
    assert!(rows.try_next().await.unwrap().is_none(), "after an error it ends");

    let error = ids(client(&same).get("/orders").query("pageNum", "first")).await.unwrap_err();
    assert_eq!((error.kind(), same.count()), (ErrorKind::InvalidRequest, 2));
    // An API that does not page has one answer.
    let plain = answers(&enveloped(&json!([{"id": 1}])));
    assert_eq!((ids(client(&plain).get("/orders")).await.unwrap(), plain.count()), (vec![1], 1));
}

#[tokio::test(start_paused = true)]
async fn secrets_are_shown_nowhere() {
    let mut shown = String::new();
    for status in [200, 403, 429, 500] {
        for credentials in [AppCredentials::code(CODE), AppCredentials::key("k", SECRET)] {
            let message = format!("{CODE} {SECRET} planted-token");
            let service = Scripted::new(move |_, _| {
                let body = format!("<html>{message}</html>");
                Play::Answer(raw(status, body, &[("x-ca-error-message", &message), ("x-ca-error-code", CODE)]))
            });
            let own = if format!("{credentials:?}").contains("app_key") { SECRET } else { CODE };
            let api = with(&service, credentials);
            let call = api.get("/a").header("x-my-token", "planted-token").query("who", "planted-value");
            write!(shown, "{api:?} {call:?}").unwrap();
            let error = call.send::<Value>().await.unwrap_err();
            let text = format!("{error}\n{error:?}\n{:?}\n{:?}\n{}", error.body(), error.code(), error.message());
            for secret in [own, "planted-token"] {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
        }
    }
    for secret in ["planted-app", "planted-token", "planted-value"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    // Neither does a row that is no row show what it holds of them, and no URL has them.
    let service = answers(&enveloped(&json!([format!("you sent {CODE}")])));
    let error = client(&service).get("/a").send::<Order>().await.unwrap_err();
    assert!(!format!("{error}{error:?}{:?}", error.body()).contains(CODE), "{error:?}");
    assert!(service.requests().iter().all(|request| !format!("{request:?} {}", request.url).contains(CODE)));
    assert!(service.requests().iter().all(|request| !format!("{:?}", request.headers).contains(CODE)));
}
