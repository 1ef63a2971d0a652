//! Data Service APIs: made by actions, called through the gateway.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dataworks_emulator::{Emulator, Fault, ManualClock};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::client::{Answer, Client, OLD, parse};

const PROJECT: (&str, &str) = ("ProjectId", "530486");
const GRANTED: (&str, &str) = ("AuthorizedProjectId", "530486");
const FAR: (&str, &str) = ("EndTime", "4102444800");

fn details(connection: &str) -> String {
    let connection: i64 = connection.parse().unwrap();
    json!({
        "isPagedResponse": true,
        "wizardConnection": {"connectionId": connection, "tableName": "orders"},
        "wizardRequestParameters": [
            {"columnName": "dt", "parameterName": "day", "isRequiredParameter": true, "parameterDataType": 0,
             "parameterOperator": 0, "parameterPosition": 1},
            {"columnName": "city", "parameterName": "city", "parameterDataType": 0, "parameterOperator": 1},
            {"columnName": "shop", "parameterName": "shop", "parameterDataType": 2, "parameterPosition": 2},
        ],
        "wizardResponseParameters": [
            {"columnName": "id", "parameterName": "id", "parameterDataType": 2},
            {"columnName": "dt", "parameterName": "day", "parameterDataType": 0},
            {"columnName": "amount", "parameterName": "amount", "parameterDataType": 4},
            {"columnName": "paid", "parameterName": "paid", "parameterDataType": 5},
        ],
    })
    .to_string()
}

/// The parameters of `CreateDataServiceApi`, some of them otherwise.
fn parameters<'a>(details: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        PROJECT,
        ("ApiName", "orders"),
        ("ApiDescription", "The orders of a day"),
        ("ApiPath", "/orders"),
        ("ApiMode", "0"),
        ("GroupId", "ds_1"),
        ("Protocols", "0,1"),
        ("RequestMethod", "0"),
        ("ResponseContentType", "0"),
        ("Timeout", "10000"),
        ("VisibleRange", "0"),
        ("WizardDetails", details),
    ];
    for (name, value) in other {
        all.retain(|(key, _)| key != name);
        if !value.is_empty() {
            all.push((name, value));
        }
    }
    all
}

async fn source(client: &Client) -> String {
    client.ok(OLD, "ListDataSources", &[PROJECT]).await.id("/Data/DataSources/0/Id")
}

async fn create(client: &Client, other: &[(&str, &str)]) -> String {
    let details = details(&source(client).await);
    client.ok(OLD, "CreateDataServiceApi", &parameters(&details, other)).await.id("/Data")
}

/// An API that may be called.
pub(crate) async fn open(client: &Client, other: &[(&str, &str)]) -> String {
    let id = create(client, other).await;
    let this = [PROJECT, ("ApiId", id.as_str())];
    client.ok(OLD, "SubmitDataServiceApi", &this).await;
    client.ok(OLD, "PublishDataServiceApi", &this).await;
    client.ok(OLD, "CreateDataServiceApiAuthority", &[this[0], this[1], GRANTED, FAR]).await;
    id
}

/// A call of an API with some headers.
async fn call(client: &Client, request: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let (method, path) = request.split_once(' ').unwrap();
    let mut text = format!("{method} /api-gateway/{path} HTTP/1.1\r\nhost: gateway.test\r\nconnection: close\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("content-length: {}\r\n\r\n{body}", body.len());
    parse(&client.exchange(text.as_bytes()).await).unwrap()
}

const CODE: (&str, &str) = ("authorization", "APPCODE testappcode");

async fn get(client: &Client, path: &str) -> Answer {
    call(client, &format!("GET {path}"), &[CODE], "").await
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: &str) {
    let said = answer.header("x-ca-error-message");
    assert_eq!((answer.status, answer.header("x-ca-error-code")), (status, Some(code)), "{said:?}");
    assert!(said.is_some_and(|said| !said.is_empty()) && answer.header("x-ca-request-id").is_some());
}

#[tokio::test]
async fn an_api_answers_rows_of_its_fields() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    open(&client, &[]).await;
    let first = get(&client, "ds_1/orders?day=2026-01-07").await;
    assert_eq!(first.status, 200);
    assert_eq!((first.at("/errCode"), first.at("/data/totalNum")), (&json!(0), &json!(25)));
    assert_eq!((first.at("/data/pageNum"), first.at("/data/pageSize")), (&json!(1), &json!(10)));
    let row = json!({"id": 1, "day": "2026-01-07", "amount": 1.5, "paid": true});
    assert_eq!(first.at("/data/rows/0"), &row, "a column that was asked for has what was asked for");
    assert_eq!(first.header("x-ca-request-id"), first.at("/requestId").as_str());
    let last = get(&client, "ds_1/orders?day=2026-01-07&pageNum=4&pageSize=8").await;
    assert_eq!(last.at("/data/rows"), &json!([{"id": 25, "day": "2026-01-07", "amount": 37.5, "paid": true}]));
    let none = get(&client, "ds_1/orders?day=2026-01-07&pageNum=9").await;
    assert_eq!(none.at("/data/rows"), &json!([]));
    assert_eq!(get(&client, "ds_1/orders?day=2026-01-07").await.at("/data"), first.at("/data"), "every time");
    assert_eq!(call(&client, "GET ds_1/orders?day=1", &[("appCode", "testappcode")], "").await.status, 200);
    assert_eq!(emulator.count("/orders"), 5);
    assert!(emulator.gateway_url("ds_1").ends_with("/api-gateway/ds_1"));
}

#[tokio::test]
async fn parameters_are_checked() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    open(&client, &[]).await;
    for (query, names) in [
        ("", "`day` is required"),
        ("day=", "`day` is required"),
        ("day=1&pageNum=0", "`pageNum`"),
        ("day=1&pageSize=x", "`pageSize`"),
        ("day=1&pageSize=100000", "`pageSize`"),
    ] {
        let answer = get(&client, &format!("ds_1/orders?{query}")).await;
        is_refused(&answer, 400, "I400PR");
        assert!(answer.header("x-ca-error-message").unwrap().contains(names), "{query}");
    }
    let answer = call(&client, "GET ds_1/orders?day=1", &[CODE, ("shop", "first")], "").await;
    is_refused(&answer, 400, "I400PR");
}

#[tokio::test]
async fn parameters_in_bodies_and_paths() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    open(&client, &[("RequestMethod", "1")]).await;
    let form = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    let answer = call(&client, "POST ds_1/orders", &[CODE, form], "day=2026-01-07&pageSize=2").await;
    assert_eq!(answer.at("/data/rows/1/day"), "2026-01-07");
    let json = ("content-type", "application/json; charset=UTF-8");
    let body = r#"{"day": "2026-01-07", "pageNum": 13, "pageSize": 2, "city": null}"#;
    assert_eq!(call(&client, "POST ds_1/orders", &[CODE, json], body).await.at("/data/rows/0/id"), 25);
    is_refused(&call(&client, "POST ds_1/orders", &[CODE, json], "{").await, 400, "I400BD");
    is_refused(&call(&client, "GET ds_1/orders?day=1", &[CODE], "").await, 405, "I405UM");

    let by_path = details(&source(&client).await).replace(r#""parameterPosition":1"#, r#""parameterPosition":0"#);
    open(&client, &[("ApiPath", "/orders/[day]/all"), ("WizardDetails", &by_path)]).await;
    assert_eq!(get(&client, "ds_1/orders/2026%2D01/all").await.at("/data/rows/0/day"), "2026-01");
    is_refused(&get(&client, "ds_1/orders/2026-01").await, 404, "I404NF");
}

#[tokio::test]
async fn an_api_is_callable_once_it_is_published_and_authorized() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let id = create(&client, &[]).await;
    let this = [PROJECT, ("ApiId", id.as_str())];
    let path = "ds_1/orders?day=1";
    is_refused(&get(&client, path).await, 404, "I404NF");
    client.refused(OLD, "PublishDataServiceApi", &this, 400, "DataServiceApi.InvalidStatus").await;
    client.refused(OLD, "GetDataServicePublishedApi", &this, 400, "DataServiceApi.InvalidStatus").await;
    let grant = [this[0], this[1], GRANTED, FAR];
    client.refused(OLD, "CreateDataServiceApiAuthority", &grant, 400, "DataServiceApi.InvalidStatus").await;
    client.ok(OLD, "SubmitDataServiceApi", &this).await;
    client.ok(OLD, "PublishDataServiceApi", &this).await;
    is_refused(&get(&client, path).await, 403, "A403AP");
    client.ok(OLD, "CreateDataServiceApiAuthority", &grant).await;
    assert_eq!(get(&client, path).await.status, 200);
    is_refused(&get(&client, "ds_2/orders?day=1").await, 404, "I404NF");
    is_refused(&call(&client, &format!("GET {path}"), &[CODE, ("x-ca-stage", "TEST")], "").await, 404, "I404NF");

    client.ok(OLD, "DeleteDataServiceApiAuthority", &grant[..3]).await;
    is_refused(&get(&client, path).await, 403, "A403AP");
    let code = "DataServiceApiAuthority.NotFound";
    client.refused(OLD, "DeleteDataServiceApiAuthority", &grant[..3], 404, code).await;
    client.refused(OLD, "DeleteDataServiceApi", &this, 400, "DataServiceApi.InvalidStatus").await;
    client.ok(OLD, "AbolishDataServiceApi", &this).await;
    is_refused(&get(&client, path).await, 404, "I404NF");
    client.refused(OLD, "AbolishDataServiceApi", &this, 400, "DataServiceApi.InvalidStatus").await;
    client.ok(OLD, "DeleteDataServiceApi", &this).await;
    client.refused(OLD, "GetDataServiceApi", &this, 404, "DataServiceApi.NotFound").await;
}

#[tokio::test]
async fn a_permission_ends() {
    let clock = ManualClock::new(SystemTime::now());
    let emulator = Emulator::builder().clock(&clock).start().await.unwrap();
    let client = Client::new(&emulator);
    let id = open(&client, &[]).await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let end = |seconds: u64| seconds.to_string();
    let (past, soon) = (end(now - 100), end(now + 100));
    let grant = |end| [PROJECT, ("ApiId", id.as_str()), GRANTED, ("EndTime", end)];
    client.refused(OLD, "CreateDataServiceApiAuthority", &grant(&past), 400, "InvalidParameter").await;
    client.ok(OLD, "CreateDataServiceApiAuthority", &grant(&soon)).await;
    assert_eq!(get(&client, "ds_1/orders?day=1").await.status, 200);
    clock.advance(Duration::from_secs(200));
    is_refused(&get(&client, "ds_1/orders?day=1").await, 403, "A403AP");
}

#[tokio::test]
async fn a_change_is_published_anew() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let id = open(&client, &[]).await;
    let this = [PROJECT, ("ApiId", id.as_str())];
    let update = |path| {
        let mut all = parameters("", &[("ApiPath", path), ("ApiDescription", "changed"), ("WizardDetails", "")]);
        all.retain(|(name, _)| !["ApiName", "ApiMode", "GroupId"].contains(name));
        all.push(this[1]);
        all
    };
    client.ok(OLD, "UpdateDataServiceApi", &update("/moved")).await;
    assert_eq!(client.ok(OLD, "GetDataServiceApi", &this).await.at("/Data/ApiPath"), "/moved");
    let published = client.ok(OLD, "GetDataServicePublishedApi", &this).await;
    assert_eq!((published.at("/Data/ApiPath"), published.at("/Data/Status")), (&json!("/orders"), &json!(1)));
    assert_eq!(get(&client, "ds_1/orders?day=1").await.status, 200);
    client.ok(OLD, "SubmitDataServiceApi", &this).await;
    client.ok(OLD, "PublishDataServiceApi", &this).await;
    assert_eq!(get(&client, "ds_1/moved?day=1").await.status, 200, "with the fields that it had");
    is_refused(&get(&client, "ds_1/orders?day=1").await, 404, "I404NF");
    client.refused(OLD, "UpdateDataServiceApi", &update("moved"), 400, "InvalidParameter").await;
}

#[tokio::test]
async fn what_cannot_be_an_api_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let good = details(&source(&client).await);
    let foreign = good.replacen("20", "99", 1);
    let none = r#"{"wizardConnection":{"connectionId":1,"tableName":"t"},"wizardResponseParameters":[]}"#;
    for (name, value, code) in [
        ("ApiPath", "orders", "InvalidParameter"),
        ("ApiPath", "/or ders", "InvalidParameter"),
        ("GroupId", "a/b", "InvalidParameter"),
        ("ApiMode", "3", "InvalidParameter"),
        ("RequestMethod", "2", "InvalidParameter"),
        ("Protocols", "2", "InvalidParameter"),
        ("Timeout", "30001", "InvalidParameter"),
        ("WizardDetails", "[]", "InvalidParameter"),
        ("WizardDetails", "{}", "InvalidParameter"),
        ("WizardDetails", none, "InvalidParameter"),
        ("WizardDetails", &foreign, "Invalid.Tenant.ConnectionNotExists"),
        ("WizardDetails", "", "MissingParameter"),
    ] {
        client.refused(OLD, "CreateDataServiceApi", &parameters(&good, &[(name, value)]), 400, code).await;
    }
    create(&client, &[]).await;
    let again = parameters(&good, &[]);
    client.refused(OLD, "CreateDataServiceApi", &again, 400, "DataServiceApi.PathAlreadyExist").await;
    create(&client, &[("RequestMethod", "1")]).await;
}

#[tokio::test]
async fn lists_of_apis_authorities_and_applications() {
    let emulator = Emulator::builder().application(530_487, "another", "key", "secret").start().await.unwrap();
    let client = Client::new(&emulator);
    let id = open(&client, &[]).await;
    create(&client, &[("ApiPath", "/other"), ("ApiName", "others")]).await;
    let total = async |action: &str, more: &[(&str, &str)]| {
        let all: Vec<_> = [PROJECT].into_iter().chain(more.iter().copied()).collect();
        client.ok(OLD, action, &all).await.at("/Data/TotalCount").clone()
    };
    assert_eq!(total("ListDataServiceApis", &[]).await, 2);
    assert_eq!(total("ListDataServiceApis", &[("ApiPathKeyword", "/oth")]).await, 1);
    assert_eq!(total("ListDataServiceApis", &[("ApiNameKeyword", "orders")]).await, 1);
    assert_eq!(total("ListDataServicePublishedApis", &[]).await, 1);
    assert_eq!(total("ListDataServiceAuthorizedApis", &[]).await, 1);
    let authorities = client.ok(OLD, "ListDataServiceApiAuthorities", &[PROJECT]).await;
    let record = authorities.at("/Data/ApiAuthorizationList/0/AuthorizationRecords/0");
    assert_eq!((&record["ProjectId"], &record["EndTime"]), (&json!(530_486), &json!("2100-01-01T08:00:00+0800")));
    assert_eq!(authorities.id("/Data/ApiAuthorizationList/0/ApiId"), id);

    let listed = client.ok(OLD, "ListDataServiceApplications", &[("ProjectIdList", "530486,530487,1")]).await;
    assert_eq!(listed.at("/Data/TotalCount"), 2);
    let mut codes = Vec::new();
    for application in listed.at("/Data/Applications").as_array().unwrap() {
        let (id, project) = (application["ApplicationId"].to_string(), application["ProjectId"].to_string());
        let got = client.ok(OLD, "GetDataServiceApplication", &[("ApplicationId", &id), ("ProjectId", &project)]).await;
        codes.push(got.id("/Data/ApplicationCode"));
    }
    assert_eq!(codes, ["testappcode", "another"]);
    let wrong = [PROJECT, ("ApplicationId", "1")];
    client.refused(OLD, "GetDataServiceApplication", &wrong, 404, "DataServiceApplication.NotFound").await;
    is_refused(&call(&client, "GET ds_1/orders?day=1", &[("appcode", "another")], "").await, 403, "A403AP");
}

/// The headers of a signed GET, some of them otherwise after they were signed.
fn signed(query: &str, secret: &str, now: SystemTime, nonce: &str, other: (&str, &str)) -> Vec<(String, String)> {
    let ms = now.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis().to_string();
    let names = "x-ca-key,x-ca-nonce,x-ca-timestamp";
    let text = format!(
        "GET\napplication/json\n\n\n\nx-ca-key:testappkey\nx-ca-nonce:{nonce}\nx-ca-timestamp:{ms}\n/api-gateway/ds_1/orders{query}"
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let all = [
        ("accept", "application/json"),
        ("x-ca-key", "testappkey"),
        ("x-ca-nonce", nonce),
        ("x-ca-timestamp", &ms),
        ("x-ca-signature-headers", names),
        ("x-ca-signature", &signature),
    ];
    let mut all: Vec<_> = all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    all.retain(|(name, _)| name != other.0);
    if !other.1.is_empty() {
        all.push((other.0.to_owned(), other.1.to_owned()));
    }
    all
}

#[tokio::test]
async fn who_calls_is_checked() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    open(&client, &[]).await;
    let path = "GET ds_1/orders?day=2026-01-07&city=";
    is_refused(&call(&client, path, &[], "").await, 400, "A400MA");
    is_refused(&call(&client, path, &[("authorization", "APPCODE wrong")], "").await, 400, "A400AC");
    let query = "?city&day=2026-01-07";
    let now = SystemTime::now();
    let send = async |headers: &[(String, String)]| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        call(&client, path, &headers, "").await
    };
    let right = signed(query, "testappsecret", now, "n1", ("", ""));
    assert_eq!(send(&right).await.status, 200);
    is_refused(&send(&right).await, 400, "A400NU");
    let wrong = send(&signed(query, "another", now, "n2", ("", ""))).await;
    is_refused(&wrong, 400, "A400IS");
    let said = wrong.header("x-ca-error-message").unwrap();
    assert!(said.contains("#/api-gateway/ds_1/orders?city&day=2026-01-07`") && !said.contains("secret"), "{said}");
    let hour = Duration::from_secs(3600);
    for (headers, code) in [
        (signed(query, "testappsecret", now, "n3", ("x-ca-key", "unknown")), "A400IK"),
        (signed(query, "testappsecret", now, "n4", ("x-ca-nonce", "n5")), "A400IS"),
        (signed(query, "testappsecret", now, "n6", ("x-ca-stage", "RELEASE")), "I400HD"),
        (signed(query, "testappsecret", now, "n7", ("x-ca-signature-headers", "x-ca-key,x-ca-nonce")), "I400HD"),
        (signed(query, "testappsecret", now - hour, "n8", ("", "")), "A400TE"),
        (signed("?day=2026-01-07", "testappsecret", now, "n9", ("", "")), "A400IS"),
    ] {
        is_refused(&send(&headers).await, 400, code);
    }
}

#[tokio::test]
async fn an_api_misbehaves_on_demand() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    open(&client, &[]).await;
    let path = "ds_1/orders?day=1";
    emulator.throttle("/orders", 1);
    is_refused(&get(&client, path).await, 429, "T429ID");
    emulator.inject("/orders", Fault::status(503, "D503BB", "Backend busy"));
    is_refused(&get(&client, path).await, 503, "D503BB");
    emulator.inject("/orders", Fault::unsuccessful("7", "no"));
    let answer = get(&client, path).await;
    assert_eq!((answer.status, answer.at("/errCode"), answer.at("/errMsg")), (200, &json!("7"), &json!("no")));
    emulator.inject("/orders", Fault::raw(502, "text/html", "<html>"));
    assert_eq!(get(&client, path).await.text, "<html>");
    for fault in [Fault::CloseOnArrival, Fault::CloseBeforeAnswer] {
        emulator.inject("/orders", fault);
        let text = format!("GET /api-gateway/{path} HTTP/1.1\r\nhost: h\r\n{}: {}\r\n\r\n", CODE.0, CODE.1);
        assert_eq!(client.exchange(text.as_bytes()).await, b"");
    }
    assert_eq!(get(&client, path).await.status, 200);
    let noted: Vec<_> = emulator.requests().into_iter().filter(|it| it.action == "/orders").collect();
    let statuses: Vec<_> = noted.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Some(429), Some(503), Some(200), Some(502), None, Some(200), Some(200)]);
    assert_eq!(noted[0].code.as_deref(), Some("T429ID"));
}

#[tokio::test]
async fn scripts_and_registered_services() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let script = json!({"script": "select id from orders", "scriptResponseParameters": [{"parameterName": "id"}]});
    let script = script.to_string();
    let other = [("ApiMode", "1"), ("WizardDetails", ""), ("ScriptDetails", &script)];
    let id = open(&client, &other).await;
    let rows = get(&client, "ds_1/orders").await.at("/data").as_array().unwrap().clone();
    assert_eq!((rows.len(), &rows[0]), (25, &json!({"id": "id_1"})));
    let got = client.ok(OLD, "GetDataServiceApi", &[PROJECT, ("ApiId", &id)]).await;
    assert_eq!(got.at("/Data/ScriptDetails/Script"), "select id from orders");

    let service = json!({"serviceHost": "http://h", "servicePath": "/p", "successfulResultSample": "{\"mine\": 1}"});
    let service = service.to_string();
    let other = [
        ("ApiMode", "2"),
        ("ApiPath", "/mine"),
        ("RequestMethod", "3"),
        ("WizardDetails", ""),
        ("RegistrationDetails", &*service),
    ];
    open(&client, &other).await;
    let answer = call(&client, "DELETE ds_1/mine", &[CODE], "").await;
    assert_eq!(answer.body, json!({"mine": 1}));
}

/// Nothing may make the emulator panic, whatever the path.
#[tokio::test]
async fn strange_paths() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    for path in ["", "ds_1", "ds_1/", "/", "%FF/%FF", "a/b?%FF", "a/[x]/[y]"] {
        let answer = get(&client, path).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        assert_eq!(answer.body, Value::Null);
    }
    let stateless = Emulator::builder().stateless().start().await.unwrap();
    is_refused(&get(&Client::new(&stateless), "ds_1/orders").await, 404, "I404NF");
}
