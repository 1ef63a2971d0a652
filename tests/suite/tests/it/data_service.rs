//! Published Data Service APIs: made with the typed client, called through the emulator's gateway, over real HTTP.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use dataworks_emulator::{Emulator, Fault, PROJECT_ID};
use dataworks_sdk::data_service::{AppCredentials, Client as Api, Stage};
use dataworks_sdk::v2020_05_18::{
    AbolishDataServiceApiRequest, Client, CreateDataServiceApiAuthorityRequest, CreateDataServiceApiRequest,
    GetDataServiceApplicationRequest, ListDataSourcesRequest, PublishDataServiceApiRequest,
    SubmitDataServiceApiRequest,
};
use dataworks_sdk::{Config, Error, ErrorKind, Id, RetryPolicy};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::support::{builder, config};

const GROUP: &str = "ds_suite";
const CODE: &str = "testappcode";
const KEY: &str = "testappkey";
const SECRET: &str = "testappsecret";
/// The end of the year 2099.
const FAR: i64 = 4_102_444_799;

type Row = BTreeMap<String, Value>;

/// An API that may be called: `GET /orders?day=…` or, with `method` 1, the same as a POST.
async fn make(client: &Client, path: &str, method: i64) -> Id {
    let request = ListDataSourcesRequest::new().project_id(PROJECT_ID);
    let source = client.list_data_sources(request).items().try_next().await.unwrap().unwrap().id.unwrap();
    let details = json!({
        "isPagedResponse": true,
        "wizardConnection": {"connectionId": source.as_i64(), "tableName": "orders"},
        "wizardRequestParameters": [
            {"columnName": "day", "parameterName": "day", "parameterDataType": 0, "parameterOperator": 0,
             "parameterPosition": 1, "isRequiredParameter": true},
        ],
        "wizardResponseParameters": [
            {"columnName": "id", "parameterName": "id", "parameterDataType": 2},
            {"columnName": "day", "parameterName": "day", "parameterDataType": 0},
        ],
    });
    let request = CreateDataServiceApiRequest::new()
        .project_id(PROJECT_ID)
        .group_id(GROUP)
        .api_name(format!("api{method}"))
        .api_path(path)
        .api_description("of the suite")
        .api_mode(0)
        .request_method(method)
        .response_content_type(0)
        .protocols("0,1")
        .timeout(10_000)
        .visible_range(0)
        .wizard_details(details);
    let id = client.create_data_service_api(request).await.unwrap().into_body().data.unwrap();
    let submit = SubmitDataServiceApiRequest::new().project_id(PROJECT_ID).api_id(&id);
    client.submit_data_service_api(submit).await.unwrap();
    let publish = PublishDataServiceApiRequest::new().project_id(PROJECT_ID).api_id(&id);
    client.publish_data_service_api(publish).await.unwrap();
    id
}

async fn authorize(client: &Client, api: &Id) {
    let request = CreateDataServiceApiAuthorityRequest::new().project_id(PROJECT_ID).api_id(api);
    let request = request.authorized_project_id(PROJECT_ID).end_time(FAR);
    client.create_data_service_api_authority(request).await.unwrap();
}

/// An emulator with `GET /orders` and `POST /search`, and the configuration that all clients share.
async fn stage() -> (Emulator, Config) {
    let emulator = Emulator::start().await.unwrap();
    let config = config(&emulator);
    let client = Client::new(&config);
    for (path, method) in [("/orders", 0), ("/search", 1)] {
        authorize(&client, &make(&client, path, method).await).await;
    }
    (emulator, config)
}

fn api(emulator: &Emulator, config: &Config, credentials: AppCredentials) -> Api {
    Api::new(config, emulator.gateway_url(GROUP), credentials).unwrap()
}

#[tokio::test]
async fn an_application_calls_with_code_or_signature() {
    let (emulator, config) = stage().await;
    let client = Client::new(&config);
    let request =
        GetDataServiceApplicationRequest::new().project_id(PROJECT_ID).application_id(20_000_000 + PROJECT_ID);
    let application = client.get_data_service_application(request).await.unwrap().into_body().data;
    let (code, key) = (application.application_code.unwrap(), application.application_key.unwrap());
    let secret = application.application_secret.unwrap();
    for credentials in [
        AppCredentials::code(code.clone()),
        AppCredentials::code(code).in_own_header(),
        AppCredentials::key(key, secret),
    ] {
        let api = api(&emulator, &config, credentials);
        let day = "7. 1. 2026 & 中文+*~";
        let answer = api.get("/orders").query("day", day).query("city", "").send::<Row>().await.unwrap();
        assert_eq!((answer.rows().len(), answer.total_num()), (10, Some(25)));
        assert_eq!(answer.rows()[0]["day"], day, "{api:?}");
        assert!(answer.request_id().is_some());
        let form = api.post("/search").form("day", day).query("pageSize", 3).send::<Row>().await.unwrap();
        assert_eq!((form.rows().len(), &form.rows()[2]["day"]), (3, &json!(day)));
        let body = json!({"day": day, "pageNum": 5, "pageSize": 6});
        let last = api.post("/search").json(&body).send::<Row>().await.unwrap();
        assert_eq!((last.rows().len(), &last.rows()[0]["id"]), (1, &json!(25)));
        api.post("/search").query("day", 1).send::<Row>().await.unwrap();
    }
    let sent: Vec<_> = emulator.requests().into_iter().filter(|it| it.path.ends_with("/orders")).collect();
    let headers = |name: &str| sent.iter().map(|it| it.header(name).is_some()).collect::<Vec<_>>();
    assert_eq!(headers("authorization"), [true, false, false]);
    assert_eq!(headers("appcode"), [false, true, false]);
    assert_eq!(headers("x-ca-signature"), [false, false, true]);
}

#[tokio::test]
async fn it_needs_neither_region_nor_access_key() {
    let (emulator, _) = stage().await;
    let api = Api::builder(emulator.gateway_url(GROUP)).app_code(CODE).build().unwrap();
    assert_eq!(api.get("/orders").query("day", 1).send::<Row>().await.unwrap().rows().len(), 10);
}

#[tokio::test]
async fn all_pages() {
    let (emulator, config) = stage().await;
    let api = api(&emulator, &config, AppCredentials::key(KEY, SECRET));
    let calls = [
        api.get("/orders").query("day", "d"),
        api.get("/orders").query("day", "d").query("pageSize", 8),
        api.post("/search").form("day", "d").form("pageSize", 8),
        api.post("/search").json(&json!({"day": "d", "pageSize": 8})),
    ];
    for (call, pages) in calls.into_iter().zip([3, 4, 4, 4]) {
        emulator.clear_requests();
        let rows: Vec<Row> = call.rows().try_collect().await.unwrap();
        let ids: Vec<i64> = rows.iter().map(|row| row["id"].as_i64().unwrap()).collect();
        assert_eq!(ids, (1..=25).collect::<Vec<_>>());
        assert_eq!(emulator.requests().len(), pages);
    }
}

async fn refused(api: &Api) -> Error {
    api.get("/orders").query("day", 1).send::<Row>().await.unwrap_err()
}

#[tokio::test]
async fn refusals_say_what_is_wrong() {
    let (emulator, config) = stage().await;
    let good = || AppCredentials::code(CODE);
    let error = refused(&api(&emulator, &config, AppCredentials::code("another"))).await;
    assert!(error.is_access_denied() && error.request_id().is_some(), "{error}");
    let error = refused(&api(&emulator, &config, AppCredentials::key(KEY, "another"))).await;
    assert!(error.is_access_denied() && error.message().contains("StringToSign"), "{error}");
    assert!(error.hint().unwrap().contains("app secret"), "{error}");
    let error = refused(&api(&emulator, &config, AppCredentials::anonymous())).await;
    assert!(error.is_access_denied(), "{error}");

    let unauthorized = Client::new(&config);
    let id = make(&unauthorized, "/closed", 0).await;
    let open = api(&emulator, &config, good());
    let error = open.get("/closed").query("day", 1).send::<Row>().await.unwrap_err();
    assert!(error.http_status() == Some(403) && error.is_access_denied(), "{error}");
    let request = AbolishDataServiceApiRequest::new().project_id(PROJECT_ID).api_id(&id);
    unauthorized.abolish_data_service_api(request).await.unwrap();
    for error in [
        open.get("/closed").query("day", 1).send::<Row>().await.unwrap_err(),
        open.get("/orders").query("day", 1).stage(Stage::Test).send::<Row>().await.unwrap_err(),
    ] {
        assert!(error.is_not_found() && !error.is_access_denied(), "{error}");
    }
    let error = open.post("/orders").query("day", 1).send::<Row>().await.unwrap_err();
    assert!(error.http_status() == Some(405) && error.to_string().contains("method"), "{error}");
    let error = open.get("/orders").send::<Row>().await.unwrap_err();
    assert_eq!((error.kind(), error.action()), (ErrorKind::Service, Some("GET /orders")));
    assert!(error.to_string().contains("`day` is required"), "{error}");
}

#[tokio::test]
async fn faults_are_repeated_as_for_actions() {
    let (emulator, config) = stage().await;
    let api = api(&emulator, &config, AppCredentials::key(KEY, SECRET));
    let get = || api.get("/orders").query("day", 1);
    let post = || api.post("/search").form("day", 1);
    for (fault, safe) in [
        (Fault::throttle(1), true),
        (Fault::status(503, "D503BB", "Backend busy"), false),
        (Fault::raw(502, "text/html", "<html>bad gateway</html>"), false),
        (Fault::CloseOnArrival, false),
        (Fault::CloseBeforeAnswer, false),
        (Fault::Truncate, false),
    ] {
        emulator.inject("/orders", fault.clone());
        assert_eq!(get().send::<Row>().await.unwrap().attempts(), 2, "{fault:?}");
        emulator.inject("/search", fault.clone());
        match post().send::<Row>().await {
            Ok(answer) => assert!(safe && answer.attempts() == 2, "{fault:?}"),
            Err(error) => assert!(!safe && error.may_have_been_sent(), "{fault:?}: {error}"),
        }
        emulator.inject("/search", fault.clone());
        assert_eq!(post().idempotent().send::<Row>().await.unwrap().attempts(), 2, "{fault:?}");
    }
    emulator.inject("/orders", Fault::unsuccessful("1108110519", "no such column"));
    let error = get().send::<Row>().await.unwrap_err();
    assert_eq!((error.code(), error.http_status()), (Some("1108110519"), Some(200)));
    emulator.throttle("/orders", 2);
    let error = get().retry(RetryPolicy::never()).send::<Row>().await.unwrap_err();
    assert!(error.is_throttling() && error.hint() == Some("too many requests: slow down"), "{error}");
    emulator.clear_faults();
    emulator.inject("/orders", Fault::Delay(Duration::from_secs(30)));
    // The head of an answer may take as long as connecting may, too.
    let hasty = builder(&emulator.url()).connect_timeout(Duration::from_millis(200)).build().unwrap();
    let hasty = self::api(&emulator, &hasty, AppCredentials::code(CODE)).get("/orders").query("day", 1);
    let error = hasty.read_timeout(Duration::from_millis(20)).no_retry().send::<Row>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn secrets_turn_up_nowhere() {
    let (emulator, config) = stage().await;
    let mut shown = String::new();
    let planted = ["planted-code", "planted-secret", "planted-token"];
    let echo = planted.join(" ");
    for credentials in [AppCredentials::code(planted[0]), AppCredentials::key(KEY, planted[1])] {
        let api = api(&emulator, &config, credentials.clone());
        write!(shown, "{credentials:?} {api:?}").unwrap();
        let error = refused(&api).await;
        write!(shown, "{error} {error:?} {:?}", error.body()).unwrap();
    }
    // What is accepted and repeated by the server: each application knows its own secret only.
    let known = Emulator::builder().application(PROJECT_ID, planted[0], KEY, planted[1]).start().await.unwrap();
    let config = crate::support::config(&known);
    let client = Client::new(&config);
    authorize(&client, &make(&client, "/orders", 0).await).await;
    for (credentials, own) in
        [(AppCredentials::code(planted[0]), planted[0]), (AppCredentials::key(KEY, planted[1]), planted[1])]
    {
        let api = api(&known, &config, credentials);
        for fault in [
            Fault::status(400, "I400HD", echo.clone()),
            Fault::unsuccessful("7", echo.clone()),
            Fault::raw(500, "text/html", echo.clone()),
            Fault::raw(200, "application/json", format!("[{echo:?}]")),
        ] {
            known.inject("/orders", fault);
            let call = api.get("/orders").query("day", 1).header("x-session-token", planted[2]).no_retry();
            let before = format!("{call:?}");
            let error = call.send::<Row>().await.unwrap_err();
            let text = format!("{before} {error} {error:?} {:?} {}", error.body(), error.message());
            for secret in [own, planted[2]] {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
        }
    }
    for request in known.requests().iter().chain(&emulator.requests()) {
        write!(shown, "{} {:?} {:?}", request.path, request.query, request.form).unwrap();
    }
    for secret in planted {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

#[test]
fn blocking_calls_and_rows() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (emulator, config) = runtime.block_on(stage());
    let api = api(&emulator, &config, AppCredentials::code(CODE));
    let orders = || api.get("/orders").query("day", "2026-01-07").query("pageSize", 10);
    let sent = || emulator.count("/orders");
    let page = orders().send_blocking::<Row>().unwrap();
    assert_eq!((page.rows().len(), page.total_num()), (10, Some(25)));
    let error = api.get("/orders").send_blocking::<Row>().unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Service, Some(400)), "{error}");

    let before = sent();
    let mut rows = orders().rows_blocking::<Row>();
    assert_eq!(sent(), before, "lazy");
    assert_eq!((rows.by_ref().take(10).map(Result::unwrap).count(), sent()), (10, before + 1));
    assert_eq!((rows.map(Result::unwrap).count(), sent()), (15, before + 3));
    assert_eq!(orders().rows::<Row>().max_rows(11).blocking().map(Result::unwrap).count(), 11);
    let pages: Result<Vec<_>, _> = orders().pages_blocking::<Row>().collect();
    assert_eq!(pages.unwrap().iter().map(|page| page.rows().len()).collect::<Vec<_>>(), [10, 10, 5]);

    let before = sent();
    runtime.block_on(async {
        let one = orders().send_blocking::<Row>().unwrap_err();
        let mut rows = orders().rows_blocking::<Row>();
        for error in [one, rows.next().unwrap().unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("GET /orders") && error.to_string().contains("`.await`"), "{error}");
        }
        assert!(rows.next().is_none());
    });
    assert_eq!(sent(), before);
}
