use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::scripted::{Play, Scripted, answer, raw, with_header};
use crate::error::ErrorKind;
use crate::prepare::PreparedRequest;
use crate::transport::Cause;
use crate::{Error, RateLimit, Response, RetryPolicy};

const READ: &str = "ListThings";
const WRITE: &str = "UpdateThing";
const TOKEN: &str = "CreateThing";

async fn call(service: &Scripted, action: &str) -> Result<Response<Value>, Error> {
    let call = service.client().action(action)?.set("ProjectId", 1);
    if action == READ { call.set("PageNumber", 1).await } else { call.await }
}

fn fails_once(play: impl Fn() -> Play + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |attempt, _| if attempt == 0 { play() } else { answer(200, &json!({"RequestId": "R"})) })
}

fn failure(code: &str) -> Value {
    json!({"Code": code, "Message": "m", "RequestId": "R1"})
}

/// How often each action is delivered when the first delivery ends like this.
async fn deliveries(play: impl Fn() -> Play + Send + Sync + Clone + 'static) -> [usize; 3] {
    let mut counts = [0; 3];
    for (action, count) in [READ, WRITE, TOKEN].into_iter().zip(&mut counts) {
        let service = fails_once(play.clone());
        let result = call(&service, action).await;
        assert_eq!(result.is_ok(), service.count() == 2, "{action}");
        *count = service.count();
    }
    counts
}

const ALL: [usize; 3] = [2, 2, 2];
const SAFE: [usize; 3] = [2, 1, 2];
const NONE: [usize; 3] = [1, 1, 1];

#[tokio::test(start_paused = true)]
async fn what_is_repeated() {
    let status = |status, code: &'static str| move || answer(status, &failure(code));
    assert_eq!(deliveries(|| Play::Undelivered(Cause::Connect, false)).await, ALL);
    assert_eq!(deliveries(|| Play::Undelivered(Cause::ConnectTimeout(Duration::from_secs(1)), false)).await, ALL);
    assert_eq!(deliveries(|| Play::Undelivered(Cause::ReadTimeout(Duration::from_secs(1)), true)).await, SAFE);
    assert_eq!(deliveries(|| Play::Undelivered(Cause::Broken, true)).await, SAFE);
    assert_eq!(deliveries(status(429, "Throttling.User")).await, ALL);
    assert_eq!(deliveries(status(400, "Throttling")).await, ALL);
    assert_eq!(deliveries(|| answer(200, &json!({"Success": false, "ErrorCode": "Throttling.Api"}))).await, ALL);
    assert_eq!(deliveries(status(429, "Throttling.Api.Risk")).await, NONE);
    assert_eq!(deliveries(status(429, "Throttling.Resource")).await, NONE);
    assert_eq!(deliveries(status(500, "InternalError.System")).await, SAFE);
    assert_eq!(deliveries(status(503, "ServiceUnavailable")).await, SAFE);
    assert_eq!(deliveries(status(500, "Forbidden.Not.Server")).await, NONE);
    assert_eq!(deliveries(status(400, "InvalidParameter")).await, NONE);
    assert_eq!(deliveries(status(403, "Forbidden.Access")).await, NONE);
    assert_eq!(deliveries(status(400, "SignatureNonceUsed")).await, SAFE);
    assert_eq!(deliveries(|| Play::Answer(raw(502, "<html>bad gateway</html>", &[]))).await, SAFE);
    assert_eq!(deliveries(|| Play::Answer(raw(200, "{\"Data\": {", &[]))).await, SAFE);
}

#[tokio::test(start_paused = true)]
async fn three_attempts_with_growing_pauses() {
    let service = Scripted::new(|_, _| answer(503, &failure("ServiceUnavailable")));
    let error = call(&service, READ).await.unwrap_err();
    assert_eq!(error.code(), Some("ServiceUnavailable"));
    let pauses = service.pauses();
    assert_eq!(pauses.len(), 2);
    assert!(pauses[0] <= Duration::from_millis(501) && pauses[1] <= Duration::from_millis(1001), "{pauses:?}");
    let headers = |request: &Arc<PreparedRequest>| {
        request.headers.iter().filter(|(name, _)| name.as_str().contains("retry")).count()
    };
    assert_eq!(service.requests().iter().map(headers).collect::<Vec<_>>(), [0, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn max_attempts_and_no_retry() {
    let service = Scripted::new(|_, _| answer(503, &failure("ServiceUnavailable")));
    let client = service.client();
    let call = || client.action(READ).unwrap().set("ProjectId", 1).set("PageNumber", 1);
    call().no_retry().await.unwrap_err();
    assert_eq!(service.count(), 1);
    call().retry(RetryPolicy::default().max_attempts(5)).await.unwrap_err();
    assert_eq!(service.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn throttling_waits_as_long_as_the_service_says() {
    let service = fails_once(|| with_header(429, &failure("Throttling.User"), "x-acs-retry-after", "8000"));
    call(&service, WRITE).await.unwrap();
    let pause = service.pauses()[0];
    assert!(pause >= Duration::from_secs(8) && pause <= Duration::from_secs(10), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_hours_is_not_slept_out() {
    let service = fails_once(|| with_header(429, &failure("Throttling.User"), "retry-after", "3600"));
    let error = call(&service, READ).await.unwrap_err();
    assert_eq!(service.count(), 1);
    assert!(error.is_throttling() && !error.is_quota_exceeded());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_stamped_and_signed_anew() {
    let service = fails_once(|| answer(500, &failure("InternalError")));
    call(&service, TOKEN).await.unwrap();
    let value = |url: &str, name: &str| {
        let start = url.find(&format!("{name}=")).unwrap() + name.len() + 1;
        url[start..].split('&').next().unwrap().to_owned()
    };
    let requests = service.requests();
    for name in ["SignatureNonce", "Signature"] {
        assert_ne!(value(&requests[0].url, name), value(&requests[1].url, name), "{name}");
    }
    // The token is the same: that is what the service knows the repetition by.
    assert!(requests[0].body.as_ref().unwrap().contains("ClientToken="));
    assert_eq!(requests[0].body, requests[1].body);
}

#[tokio::test(start_paused = true)]
async fn a_reserved_token_makes_nothing_repeatable() {
    let service = fails_once(|| answer(500, &failure("InternalError")));
    let call = || service.client().action("GrantThing").unwrap().set("ProjectId", 1);
    assert_eq!(call().await.unwrap_err().code(), Some("InternalError"));
    assert!(!service.requests()[0].body.as_ref().unwrap().contains("ClientToken"), "nothing would heed it");
    let service = fails_once(|| answer(500, &failure("InternalError")));
    let call = service.client().action("GrantThing").unwrap().set("ProjectId", 1).set("ClientToken", "mine");
    assert_eq!(call.await.unwrap_err().code(), Some("InternalError"));
    assert_eq!(service.count(), 1);
    assert!(service.requests()[0].body.as_ref().unwrap().contains("ClientToken=mine"));
    let service = fails_once(|| answer(429, &failure("Throttling")));
    service.client().action("GrantThing").unwrap().set("ProjectId", 1).await.unwrap();
    assert_eq!(service.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_is_corrected_once() {
    let server = SystemTime::now() + Duration::from_secs(3600);
    let date = httpdate::fmt_http_date(server);
    let service = Scripted::new(move |_, request| {
        let hour = humantime::format_rfc3339_seconds(server).to_string()[..13].replace(':', "%3A");
        if request.url.contains(&format!("Timestamp={hour}")) {
            answer(200, &json!({}))
        } else {
            with_header(400, &failure("InvalidTimeStamp.Expired"), "date", &date)
        }
    });
    let client = service.client();
    let call = || client.action(WRITE).unwrap().set("ProjectId", 1);
    call().await.unwrap();
    assert_eq!(service.count(), 2);
    // The next call knows already.
    call().await.unwrap();
    assert_eq!(service.count(), 3);

    let hopeless = Scripted::new(|_, _| with_header(400, &failure("InvalidTimeStamp.Expired"), "date", "no date"));
    let error = super::retries::call(&hopeless, READ).await.unwrap_err();
    assert_eq!((hopeless.count(), error.code()), (2, Some("InvalidTimeStamp.Expired")));
}

#[tokio::test(start_paused = true)]
async fn the_budget_ends_repeating() {
    let service = Scripted::new(|_, _| answer(503, &failure("ServiceUnavailable")));
    let client = service.client();
    for _ in 0..100 {
        client.action(READ).unwrap().set("ProjectId", 1).set("PageNumber", 1).await.unwrap_err();
    }
    // A full budget pays for 100 repetitions, and there are two to a call.
    assert_eq!(service.count(), 100 + 100);
}

#[tokio::test(start_paused = true)]
async fn the_total_timeout_covers_the_pauses() {
    let service = Scripted::new(|_, _| with_header(429, &failure("Throttling"), "x-acs-retry-after", "20000"));
    let call = service.client().action(WRITE).unwrap().set("ProjectId", 1).timeout(Duration::from_secs(30));
    let error = call.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let text = error.to_string();
    assert!(text.contains("30s") && text.contains("`timeout`") && text.contains(WRITE), "{text}");
    assert_eq!(service.count(), 2);

    let hangs = Scripted::new(|_, _| Play::Hang);
    let config = hangs.builder().timeout(Duration::from_secs(5)).build().unwrap();
    let client = crate::client::Client::new(&super::model::API, &config);
    let error = client.action(WRITE).unwrap().set("ProjectId", 1).await.unwrap_err();
    assert!(error.may_have_been_sent() && error.to_string().contains("5s"));
}

#[tokio::test(start_paused = true)]
async fn whether_a_write_may_have_been_sent() {
    let sent = |play: fn() -> Play| async move {
        let service = Scripted::new(move |_, _| play());
        call(&service, WRITE).await.unwrap_err().may_have_been_sent()
    };
    assert!(!sent(|| Play::Undelivered(Cause::Connect, false)).await);
    assert!(sent(|| Play::Undelivered(Cause::Broken, true)).await);
    assert!(!sent(|| answer(400, &failure("InvalidParameter"))).await);
    assert!(!sent(|| answer(429, &failure("Throttling"))).await);
    assert!(sent(|| answer(400, &failure("SignatureNonceUsed"))).await);
    assert!(sent(|| answer(500, &failure("InternalError"))).await);
    assert!(sent(|| Play::Answer(raw(200, "<html>", &[]))).await);
}

#[tokio::test(start_paused = true)]
async fn an_earlier_attempt_counts() {
    let service = Scripted::new(|attempt, _| match attempt {
        0 => Play::Undelivered(Cause::Broken, true),
        _ => Play::Undelivered(Cause::Connect, false),
    });
    let error = call(&service, TOKEN).await.unwrap_err();
    assert_eq!((service.count(), error.kind()), (3, ErrorKind::Connect));
    assert!(error.may_have_been_sent() && !error.to_string().contains("nothing was sent"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_total_timeout_knows_what_was_refused() {
    let service = Scripted::new(|_, _| with_header(429, &failure("Throttling"), "x-acs-retry-after", "20000"));
    let call = service.client().action(WRITE).unwrap().set("ProjectId", 1).timeout(Duration::from_secs(10));
    let error = call.await.unwrap_err();
    assert!(error.kind() == ErrorKind::Timeout && !error.may_have_been_sent());
    let last = std::error::Error::source(&error).unwrap().to_string();
    assert!(last.contains("Throttling"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_spaces_every_attempt_of_an_action() {
    let service = Scripted::new(|attempt, _| match attempt {
        2 => with_header(429, &failure("Throttling.Api"), "x-acs-retry-after", "3000"),
        _ => answer(200, &json!({"RequestId": "R"})),
    });
    let limit = RateLimit::per_second(10.0);
    let never = RetryPolicy::default().max_attempts(2).base_delay(Duration::ZERO);
    let config = service.builder().retry(never).rate_limit(READ, limit).build().unwrap();
    let client = crate::client::Client::new(&super::model::API, &config);
    let call = |action: &'static str| {
        let call = client.action(action).unwrap().set("ProjectId", 1);
        if action == READ { call.set("PageNumber", 1) } else { call }
    };
    for _ in 0..4 {
        call(READ).await.unwrap();
    }
    call(WRITE).await.unwrap();
    call(READ).await.unwrap();
    let pauses: Vec<_> = service.pauses().iter().map(Duration::as_millis).collect();
    // The third is throttled: it comes again after the service's delay, at half the rate, which success mends.
    assert_eq!(pauses, [100, 100, 3000, 200, 0, 190], "the other action has no limit");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_slot_counts_towards_the_total_timeout() {
    let service = Scripted::new(|_, _| answer(200, &json!({"RequestId": "R"})));
    let config = service.builder().rate_limit_each(RateLimit::per_second(0.1)).build().unwrap();
    let client = crate::client::Client::new(&super::model::API, &config);
    let call = || client.action(WRITE).unwrap().set("ProjectId", 1).timeout(Duration::from_secs(5));
    call().await.unwrap();
    let error = call().await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_sent(), service.count()), (ErrorKind::Timeout, false, 1));
}
