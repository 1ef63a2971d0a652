//! Waits on paused time: when they ask, what ends them, and what an end says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::model::{ListThingsRequest, ListThingsResponseBody};
use super::scripted::{Play, Scripted, answer, raw, with_header};
use crate::error::ErrorKind;
use crate::transport::Cause;
use crate::{Error, Response, RetryPolicy, Wait};

fn state(count: i64) -> Play {
    answer(200, &json!({"Data": {"TotalCount": count, "Why": "no thing is left."}, "RequestId": "R9"}))
}

fn refused(code: &str, message: &str) -> Play {
    answer(200, &json!({"Success": false, "ErrorCode": code, "ErrorMessage": message, "RequestId": "R2"}))
}

/// Plays these one after the other, and the last one ever after.
fn plays(script: impl Fn(usize) -> Play + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |at, _| script(at))
}

fn wait(service: &Scripted) -> Wait<ListThingsResponseBody> {
    let request =
        ListThingsRequest { page_number: Some(1), project_id: Some(7.into()), ..ListThingsRequest::default() };
    service.client().call(request).wait_until_finished()
}

async fn accepted(service: &Scripted) -> Result<Response<Value>, Error> {
    service.client().action("UpdateThing")?.set("ProjectId", 7).wait_until("accepted")?.await
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test(start_paused = true)]
async fn it_asks_until_the_goal_is_reached() {
    let service = plays(|at| state(if at < 12 { 1 } else { 3 }));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let begun = Instant::now();
    let answer = wait(&service)
        .on_progress(move |progress| {
            log.lock().unwrap().push((progress.state.map(str::to_owned), progress.asked, progress.next));
        })
        .await
        .unwrap();
    assert_eq!((answer.data.total_count, answer.request_id()), (Some(3), Some("R9")));
    assert!(begun.elapsed() > seconds(120), "{:?}", begun.elapsed());

    let pauses = service.pauses();
    assert_eq!(pauses.len(), 12);
    assert!(pauses[0] >= seconds(8) && pauses[0] <= seconds(13), "{pauses:?}");
    for (at, pause) in pauses.iter().enumerate() {
        let grown = 10.0 * 1.1_f64.powi(i32::try_from(at).unwrap()).min(3.0);
        let pause = pause.as_secs_f64();
        assert!(pause >= grown * 0.8 - 0.01 && pause <= grown * 1.2 + 0.01, "pause {at}: {pause}");
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 13);
    assert_eq!(seen[0].0.as_deref(), Some("1"));
    assert!(seen[..12].iter().all(|(_, _, next)| next.is_some()));
    assert_eq!(seen[12], (Some("3".to_owned()), 13, None));
}

#[tokio::test(start_paused = true)]
async fn the_interval_grows_up_to_a_bound() {
    let service = plays(|at| state(if at < 40 { 1 } else { 3 }));
    wait(&service).interval(seconds(1)).await.unwrap();
    let pauses = service.pauses();
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_millis(3_610)), "{pauses:?}");
    assert!(pauses[20..].iter().all(|pause| *pause >= Duration::from_millis(2_390)), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn a_state_of_failure_ends_it_and_says_where_to_look() {
    let service = plays(|at| state(if at == 0 { 1 } else { -1 }));
    let error = wait(&service).interval(seconds(60)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.last_state(), error.action()),
        (ErrorKind::WaitFailed, Some("-1"), Some("ListThings"))
    );
    assert_eq!(error.last_answer().unwrap()["Data"]["TotalCount"], -1);
    assert!(!error.is_retryable() && !error.may_have_been_sent());
    // The model of a typed answer need not have the field that says why.
    let call = service.client().action("ListThings").unwrap().set("ProjectId", 7).set("PageNumber", 1);
    let text = call.wait_until("finished").unwrap().await.unwrap_err().to_string();
    assert!(text.starts_with("ListThings: came to the state -1 after "), "{text}");
    assert!(text.contains(" of waiting until it is finished: no thing is left (request id R9); its log: "), "{text}");
    assert!(text.ends_with("`GetThingLog` with Id 7 on page 1, size as in the request"), "{text}");
    assert!(!format!("{error:?}").contains("TotalCount"), "the answer may hold secrets: {error:?}");
}

#[tokio::test(start_paused = true)]
async fn unknown_states_and_missing_ones_are_on_the_way() {
    let service = plays(|at| match at {
        0 => state(17),
        1 => answer(200, &json!({})),
        2 => answer(200, &json!({"Data": {"TotalCount": null}})),
        3 => answer(200, &json!({"Data": {"TotalCount": "x".repeat(1000)}})),
        _ => state(3),
    });
    wait(&service).await.unwrap();
    assert_eq!(service.count(), 5);
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_up_the_error_says_how_far_it_came() {
    let service = plays(|_| state(2));
    let begun = Instant::now();
    let error = wait(&service).timeout(seconds(95)).await.unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitTimeout, Some("2")));
    assert!(error.is_retryable() && error.last_answer().is_some());
    // The last question is asked shortly before the end.
    assert!(begun.elapsed() > seconds(80) && begun.elapsed() <= seconds(95), "{:?}", begun.elapsed());
    let text = error.to_string();
    assert!(text.contains("not finished after 1m "), "{text}");
    assert!(text.contains("the last state was 2 (asked ") && text.contains("`timeout` on the wait"), "{text}");

    let service = plays(|_| answer(200, &json!({})));
    let error = wait(&service).timeout(Duration::ZERO).await.unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitTimeout, None), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_does_not_outlive_the_wait() {
    let service = plays(|at| if at == 0 { state(1) } else { Play::Hang });
    let begun = Instant::now();
    let error = wait(&service).timeout(seconds(60)).await.unwrap_err();
    assert_eq!((error.kind(), error.last_state()), (ErrorKind::WaitTimeout, Some("1")), "{error}");
    assert!(begun.elapsed() <= seconds(61), "{:?}", begun.elapsed());
    assert!(std::error::Error::source(&error).is_some());
    assert!(error.to_string().contains("the last state was 1, then ListThings: the call was not finished"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_does_not_end_it() {
    let service = plays(|at| match at % 8 {
        0 => state(1),
        1 => answer(503, &json!({"Code": "ServiceUnavailable", "Message": "m"})),
        2 => Play::Undelivered(Cause::Broken, true),
        3 => Play::Undelivered(Cause::Connect, false),
        4 => Play::Answer(raw(200, "{\"Data\": {", &[])),
        5 => answer(429, &json!({"Code": "Throttling.User", "Message": "m"})),
        6 => Play::Undelivered(Cause::ReadTimeout(seconds(30)), true),
        _ => state(3),
    });
    let errors = Arc::new(Mutex::new(0));
    let count = errors.clone();
    let request =
        ListThingsRequest { page_number: Some(1), project_id: Some(7.into()), ..ListThingsRequest::default() };
    let call = service.client().call(request).no_retry().wait_until_finished();
    call.on_progress(move |progress| *count.lock().unwrap() += u32::from(progress.error.is_some())).await.unwrap();
    assert_eq!((service.count(), *errors.lock().unwrap()), (8, 6));
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_as_the_service_asks() {
    let service = plays(|at| match at {
        0 => with_header(429, &json!({"Code": "Throttling.User"}), "x-acs-retry-after", "90000"),
        _ => state(3),
    });
    wait(&service).await.unwrap();
    assert!(service.pauses()[0] >= seconds(90), "{:?}", service.pauses());
    // A wait that is longer than the time that is left is not begun.
    let service = plays(|_| with_header(429, &json!({"Code": "Throttling.User"}), "retry-after", "7200"));
    let begun = Instant::now();
    let error = wait(&service).await.unwrap_err();
    assert_eq!((error.kind(), service.count()), (ErrorKind::WaitTimeout, 1), "{error}");
    assert!(begun.elapsed() < seconds(1));
}

#[tokio::test(start_paused = true)]
async fn every_other_error_ends_it() {
    for (status, code) in [(404, "NotFound"), (403, "Forbidden.Access"), (429, "Throttling.Api.Risk"), (400, "Busy")] {
        let service = plays(move |_| answer(status, &json!({"Code": code, "Message": "m"})));
        let error = wait(&service).await.unwrap_err();
        assert_eq!((error.kind(), error.code(), service.count()), (ErrorKind::Service, Some(code), 1));
    }
    let service = plays(|_| state(3));
    let error = service.client().call(ListThingsRequest::default()).wait_until_finished().await.unwrap_err();
    assert_eq!((error.kind(), service.count()), (ErrorKind::InvalidRequest, 0));
}

#[tokio::test(start_paused = true)]
async fn not_yet_is_waited_out_by_code_or_message() {
    let service = plays(|at| match at {
        0 => refused("9990020002", "The pipeline is NOT ready."),
        1 => refused("Busy", "m"),
        _ => answer(200, &json!({"Data": 5})),
    });
    let answer = accepted(&service).await.unwrap();
    assert_eq!((answer["Data"].as_i64(), service.count()), (Some(5), 3));

    let service = plays(|_| refused("9990020002", "not ready"));
    let error = accepted(&service).await.unwrap_err();
    assert_eq!((error.kind(), error.last_state(), error.request_id()), (ErrorKind::WaitTimeout, None, Some("R2")));
    let text = error.to_string();
    assert!(text.contains("not accepted after ") && text.contains("UpdateThing: 9990020002: not ready"), "{text}");
    assert!(!error.may_have_been_sent());
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_been_carried_out_is_not_repeated() {
    let plays_once: [fn() -> Play; 4] = [
        || answer(500, &json!({"Code": "InternalError"})),
        || Play::Undelivered(Cause::Broken, true),
        || Play::Answer(raw(200, "{", &[])),
        || refused("File.NotSubmitted", "submit it first"),
    ];
    for play in plays_once {
        let service = plays(move |_| play());
        let error = accepted(&service).await.unwrap_err();
        assert_eq!(service.count(), 1, "{error}");
        assert_ne!(error.kind(), ErrorKind::WaitTimeout);
    }
    // What never left, and what was refused for now, is.
    for play in [|| Play::Undelivered(Cause::Connect, false), || answer(429, &json!({"Code": "Throttling"}))] {
        let service = plays(move |at| if at == 0 { play() } else { answer(200, &json!({})) });
        let call = service.client().action("UpdateThing").unwrap().set("ProjectId", 7);
        call.retry(RetryPolicy::never()).wait_until("accepted").unwrap().await.unwrap();
        assert_eq!(service.count(), 2);
    }
    let service = plays(|_| Play::Hang);
    let error = accepted(&service).await.unwrap_err();
    assert_eq!((error.kind(), service.count()), (ErrorKind::WaitTimeout, 1));
    assert!(error.may_have_been_sent() && error.to_string().contains("look before you repeat it"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn by_name_there_are_the_same_waiters() {
    let service = plays(|at| state(if at == 0 { 1 } else { 3 }));
    let call = |name: &str| service.client().action(name).unwrap().set("ProjectId", 7).set("PageNumber", 1);
    let answer = call("ListThings").wait_until("finished").unwrap().await.unwrap();
    assert_eq!(answer["Data"]["TotalCount"], 3);
    let said = |action: &str, goal: &str| call(action).wait_until(goal).unwrap_err().to_string();
    assert!(said("ListThings", "finish").ends_with("did you mean `finished`?"), "{}", said("ListThings", "finish"));
    assert!(said("ListThings", "gone").ends_with("it has the waiters finished"), "{}", said("ListThings", "gone"));
    assert!(said("CreateThing", "created").ends_with("the action has no waiters; `send()` it"));
}

#[tokio::test(start_paused = true)]
async fn it_is_small_can_be_sent_and_ends_with_its_future() {
    fn sends<T: Send>(_: &T) {}
    let service = plays(|_| state(1));
    let wait = wait(&service).on_progress(|_| {});
    assert!(format!("{wait:?}").contains("until: \"finished\""), "{wait:?}");
    let future = IntoFuture::into_future(wait);
    sends(&future);
    assert_eq!(size_of_val(&future), 2 * size_of::<usize>());
    tokio::time::timeout(seconds(30), future).await.unwrap_err();
    let asked = service.count();
    tokio::time::sleep(seconds(600)).await;
    assert_eq!(service.count(), asked);
}
