//! No secret is printed, whatever the service does; and each mask is missed when it is taken away.

use serde_json::{Value, json};

use super::model::{API, GUARDED, ListThingsRequest, ListThingsResponseBody, PUT, Task};
use super::printed::{KEY, Play as Behaviour, Printed, SECRET, TOKEN};
use super::scripted::{Play, Scripted, raw};
use crate::client::Client;
use crate::model::{Datum, Model, Slot};
use crate::operation::{Api, Operation, Shape};
use crate::params::Params;
use crate::prepare::PreparedRequest;
use crate::request::Request;
use crate::secret::{Mask, without};
use crate::signature::percent;
use crate::transport::{Cause, Delivery, FileForm, Opening, Timeouts, Transport, Undelivered};
use crate::{Config, Credentials, SignatureAlgorithm};

/// A secret that only the service knows.
const ANSWERED: &str = "Zq7 of the answer";

/// The model's read as one whose answer holds secrets.
struct Guarded(ListThingsRequest);

impl Model for Guarded {
    fn shape(&self) -> &'static Shape {
        GUARDED.shape()
    }

    fn slot(&self, index: usize) -> Option<&dyn Slot> {
        self.0.slot(index)
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn Slot> {
        self.0.slot_mut(index)
    }
}

impl Request for Guarded {
    type Answer = ListThingsResponseBody;
    const API: &'static Api = &API;
    const OPERATION: &'static Operation = &GUARDED;
}

/// An HTTP library that says the URL when it fails.
struct Talking;

impl Transport for Talking {
    fn send(&self, request: PreparedRequest, _: Timeouts) -> Delivery<'_> {
        let source = format!("cannot send {}", request.url()).replace("Signature=", "");
        Box::pin(async { Err(Undelivered { cause: Cause::Broken, sent: true, source: source.into() }) })
    }

    fn open(&self, request: PreparedRequest, timeouts: Timeouts) -> Opening<'_> {
        Box::pin(async move { self.send(request, timeouts).await.map(|_| unreachable!("it always fails")) })
    }

    fn upload(&self, form: FileForm, _: Timeouts) -> Delivery<'_> {
        let source = format!("cannot send {:?}", form.fields);
        Box::pin(async { Err(Undelivered { cause: Cause::Broken, sent: true, source: source.into() }) })
    }
}

/// A secret in every place that the model has for one.
fn request() -> ListThingsRequest {
    let task = Task { token: Some(SECRET.to_owned()), ..Task::default() };
    ListThingsRequest {
        page_number: Some(1),
        project_id: Some(7.into()),
        password: Some(json!({"ak": SECRET, "inner": json!({"pin": SECRET}).to_string()}).to_string()),
        tasks: Some(vec![Task { name: Some("t".to_owned()), ..task }]),
        ..ListThingsRequest::default()
    }
}

/// The answer of the model's read, with a secret in every place for one.
fn body() -> Value {
    let thing = json!({"Name": "n", "Password": ANSWERED, "PinCode": ANSWERED, "Child": {"Password": ANSWERED}});
    json!({"Data": {"Things": [thing], "TotalCount": 1}, "RequestId": "R"})
}

/// What a service can know of a request: everything in it.
fn parameters(request: &PreparedRequest) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://h/?{}", request.body().unwrap_or_default())).unwrap();
    let query = reqwest::Url::parse(request.url()).unwrap();
    query.query_pairs().chain(url.query_pairs()).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn credentials() -> Credentials {
    Credentials::new("testid", KEY).with_security_token(TOKEN)
}

/// Prints everything, under everything that a service does.
fn print_all() -> Printed {
    let mut out = Printed::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for algorithm in [SignatureAlgorithm::HmacSha1, SignatureAlgorithm::Acs3HmacSha256] {
            for behaviour in Behaviour::ALL {
                let service = Scripted::new(move |_, request| {
                    let parameters = parameters(request);
                    let guarded = parameters.iter().any(|(name, _)| name == "PageNumber");
                    let body = if guarded { body() } else { json!({"RequestId": "R"}) };
                    let (status, text) = behaviour.answer(&parameters, &body);
                    Play::Answer(raw(status, text, &[]))
                });
                let builder = service.builder().credentials(credentials()).signature_algorithm(algorithm);
                out.debug("builder", &builder);
                calls(&mut out, &format!("{behaviour:?}"), &Client::new(&API, &builder.build().unwrap())).await;
            }
        }
        connection(&mut out).await;
    });
    before_a_call(&mut out);
    out
}

async fn calls(out: &mut Printed, behaviour: &str, client: &Client) {
    out.debug("config", client.config());
    out.debug("client", client);
    out.debug("call", &client.call(Guarded(request())));
    let prepared = client.call(Guarded(request())).prepare().await.unwrap();
    out.debug("prepared", &prepared);
    match client.call(Guarded(request())).no_retry().await {
        Ok(answer) => {
            out.debug(&format!("{behaviour}: answer"), &answer);
            out.debug(&format!("{behaviour}: mismatches"), &answer.mismatches());
        }
        Err(error) => out.error(behaviour, &error),
    }
    let guarded = client.action("ListGuarded").unwrap().set("PageNumber", 1).set("ProjectId", 7).no_retry();
    match guarded.await {
        Ok(answer) => out.debug(&format!("{behaviour}: answer by name"), &answer),
        Err(error) => out.error(&format!("{behaviour} guarded"), &error),
    }
    let call =
        || client.action("RunThings").unwrap().skip_validation().set("Token", SECRET).set("Tokn", SECRET).no_retry();
    out.debug("call by name", &call());
    match call().await {
        Ok(answer) => out.debug(&format!("{behaviour}: answer by name"), &answer),
        Err(error) => out.error(&format!("{behaviour} by name"), &error),
    }
}

/// A connection that cannot be made, over the real client: its own words must hold no URL. And another library's words.
async fn connection(out: &mut Printed) {
    let config: Config =
        Config::builder().endpoint("http://127.0.0.1:1").credentials(credentials()).max_attempts(1).build().unwrap();
    let error = Client::new(&API, &config).call(request()).await.unwrap_err();
    out.error("connection", &error);
    let builder = Scripted::new(|_, _| Play::Hang).builder().credentials(credentials());
    let config: Config = builder.transport(Talking).build().unwrap();
    let error = Client::new(&API, &config).call(request()).no_retry().await.unwrap_err();
    out.error("talking", &error);
}

/// What is printed of a request that is never sent.
fn before_a_call(out: &mut Printed) {
    out.debug("request", &request());
    let values = json!({"Password": SECRET, "Secret": SECRET});
    let params = Params::new(&PUT, Datum::Any(&values)).unwrap();
    out.debug("parameters", &params);
    let in_query: Vec<_> = params.of(crate::operation::Place::Query).collect();
    out.debug("query", &in_query);
    let service = Scripted::new(|_, _| unreachable!("it is not sent"));
    let call = service.client().action("ListThings").unwrap().set("PageNumber", 1).set("ProjectId", 7);
    let call = call.set("Tasks", json!([{"Name": "t", "Token": [SECRET]}, {"Name": "t", "Token": {"x": SECRET}}]));
    out.debug("call by name", &call);
    let error = service.client().action("PutThing").unwrap().set("Pin", SECRET);
    let error = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(error.send());
    out.error("findings", &error.unwrap_err());
}

#[test]
fn nothing_that_is_printed_holds_a_secret() {
    let printed = print_all();
    let found = printed.found();
    assert!(printed.len() > 300, "only {} texts", printed.len());
    assert!(found.is_empty(), "{} secrets:\n{}", found.len(), found.join("\n"));
}

/// What is found when a mask is taken away, by the beginning of what printed it.
const MISSED: [(Mask, &[&str]); 14] = [
    (Mask::Field, &["request", "call", "call by name", "Success: answer"]),
    (Mask::Parameter, &["parameters"]),
    (Mask::Finding, &["findings"]),
    (Mask::Mismatch, &["Success: mismatches"]),
    (Mask::Container, &["WrongTypes: mismatches", "WrongTypesBelow: mismatches"]),
    (Mask::Message, &["Refused: message", "Denied: message", "Throttled: message", "Xml: message"]),
    (Mask::Body, &["Html by name: body", "Strange by name: body", "HalfJson by name: body"]),
    (Mask::SecretAnswer, &["HalfJson: body"]),
    (Mask::Source, &["talking: cause"]),
    (Mask::Signature, &["SignatureDoesNotMatch: signature"]),
    (Mask::Url, &["prepared", "connection"]),
    (Mask::Place, &["query"]),
    (Mask::Credentials, &["builder", "config", "client"]),
    (Mask::Untyped, &["Success: answer by name"]),
];

#[test]
fn each_mask_is_missed() {
    for (mask, places) in MISSED {
        let found = without(mask, print_all).found();
        for place in places {
            let seen = found.iter().any(|found| found.starts_with(&format!("{place}:")));
            assert!(seen, "without {mask:?} nothing is found in {place}, but in:\n{}", found.join("\n"));
        }
    }
}

#[test]
fn every_way_to_write_a_secret_is_masked() {
    let secrets = crate::secret::Secrets::of([SECRET]);
    let encoded = percent::encode(SECRET);
    let json = Value::from(SECRET).to_string();
    let ways = [
        SECRET.to_owned(),
        json.clone(),
        json.replace('/', "\\/"),
        json.replace('ü', "\\u00fc"),
        json.replace('/', "\\/").replace('ü', "\\u00fc"),
        encoded.clone(),
        percent::encode(&encoded),
        percent::form([("a", SECRET)]),
        "Zq7&quot;&amp;&lt;+ /ü&#39;".to_owned(),
        "Zq7\"&amp;&lt;+ /ü'".to_owned(),
    ];
    for way in ways {
        let masked = secrets.mask(way.clone());
        assert!(!masked.contains("Zq7") && masked.contains("***"), "{way} became {masked}");
    }
    assert_eq!(secrets.mask_cut("it was Zq7\"&<".to_owned()), "it was ***");
    assert_eq!(secrets.mask_cut("it was Zq7".to_owned()), "it was Zq7", "too short to be one");
}
