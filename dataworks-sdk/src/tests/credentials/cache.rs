//! The rules of refreshing, on paused time.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use crate::credentials::{Context, Held};
use crate::tests::scripted::{Scripted, answer};
use crate::{Credentials, Environment, Error, ErrorKind, ProvideCredentials, ProvideFuture, RetryPolicy};

/// What happens when the provider is asked.
#[derive(Clone, Copy)]
enum Step {
    /// It gives credentials of this lifetime, named after the count.
    Give(Duration),
    Fail(&'static str),
    Hang,
    Panic,
}

const HOUR: Duration = Duration::from_secs(3600);
const SECOND: Duration = Duration::from_secs(1);

/// Takes a second for each answer.
#[derive(Clone)]
struct Provider {
    script: Arc<dyn Fn(usize) -> Step + Send + Sync>,
    asked: Arc<Mutex<Vec<Instant>>>,
}

impl Provider {
    fn new(script: impl Fn(usize) -> Step + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default() }
    }

    fn held(&self) -> Arc<Held> {
        Arc::new(Held::cached(Arc::new(self.clone()), Context::default()))
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Provider")
    }
}

impl ProvideCredentials for Provider {
    fn provide_credentials(&self) -> ProvideFuture<'_> {
        let count = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(Instant::now());
            asked.len()
        };
        Box::pin(async move {
            sleep(SECOND).await;
            match (self.script)(count - 1) {
                Step::Give(lifetime) => {
                    let credentials = Credentials::new(format!("id{count}"), "secret-of-the-test");
                    Ok(credentials.with_security_token("token-of-the-test").with_expiry(SystemTime::now() + lifetime))
                }
                Step::Fail(why) => Err(Error::credentials(why)),
                Step::Hang => std::future::pending().await,
                Step::Panic => panic!("the provider of this test panics"),
            }
        })
    }
}

async fn id(held: &Held) -> String {
    let credentials = match held.ready() {
        Some(credentials) => credentials,
        None => held.get().await.unwrap(),
    };
    credentials.access_key_id().unwrap().to_owned()
}

/// The ids, or errors, that so many callers get at the same time.
async fn all(held: &Arc<Held>, callers: usize) -> Vec<Result<String, String>> {
    let ask = |held: Arc<Held>| async move {
        let credentials = held.get().await.map_err(|error| error.to_string())?;
        Ok(credentials.access_key_id().unwrap().to_owned())
    };
    let callers: Vec<_> = (0..callers).map(|_| tokio::spawn(ask(held.clone()))).collect();
    let mut results = Vec::new();
    for caller in callers {
        results.push(caller.await.unwrap());
    }
    results
}

#[tokio::test(start_paused = true)]
async fn a_hundred_callers_ask_once() {
    let provider = Provider::new(|_| Step::Give(HOUR));
    let held = provider.held();
    assert!(held.ready().is_none());
    let results = all(&held, 100).await;
    assert!(results.iter().all(|result| result.as_deref() == Ok("id1")), "{results:?}");
    assert_eq!(provider.count(), 1);
    assert!(held.ready().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_first_failure_is_one_error_for_all_who_wait_and_the_next_asks_again() {
    let provider = Provider::new(|count| if count == 0 { Step::Fail("sealed") } else { Step::Give(HOUR) });
    let held = provider.held();
    let results = all(&held, 100).await;
    assert!(results.iter().all(|result| matches!(result, Err(error) if error == "sealed")), "{results:?}");
    assert_eq!(provider.count(), 1);
    assert_eq!(id(&held).await, "id2");
}

#[tokio::test(start_paused = true)]
async fn it_is_refreshed_ahead_of_expiry_and_in_the_background() {
    let provider = Provider::new(|_| Step::Give(HOUR));
    let held = provider.held();
    let start = Instant::now();
    assert_eq!(id(&held).await, "id1");
    let mut first_other = None;
    while first_other.is_none() {
        sleep(SECOND).await;
        // Nobody waits.
        let now = Instant::now();
        let id = held.ready().unwrap().access_key_id().unwrap().to_owned();
        assert_eq!(now, Instant::now());
        first_other = (id == "id2").then_some(now - start);
    }
    let ahead = HOUR - first_other.unwrap();
    assert!(ahead >= Duration::from_secs(180) && ahead <= Duration::from_secs(900), "{ahead:?}");
    assert_eq!(provider.count(), 2);
    sleep(HOUR / 2).await;
    assert_eq!((id(&held).await.as_str(), provider.count()), ("id2", 2));
}

#[tokio::test(start_paused = true)]
async fn the_time_of_refreshing_is_drawn() {
    let mut leads = Vec::new();
    for _ in 0..20 {
        let provider = Provider::new(|_| Step::Give(HOUR));
        let held = provider.held();
        id(&held).await;
        while provider.count() < 2 {
            sleep(SECOND).await;
            held.ready().unwrap();
            tokio::task::yield_now().await;
        }
        let asked = provider.asked.lock().unwrap().clone();
        leads.push((asked[1] - asked[0]).as_secs());
    }
    leads.sort_unstable();
    leads.dedup();
    assert!(leads.len() > 5, "{leads:?}");
}

#[tokio::test(start_paused = true)]
async fn while_refreshing_fails_the_last_one_serves_and_failures_are_spaced() {
    let provider = Provider::new(|count| if count == 0 { Step::Give(HOUR) } else { Step::Fail("out of order") });
    let held = provider.held();
    let start = Instant::now();
    id(&held).await;
    while Instant::now() - start < HOUR - SECOND {
        assert_eq!(held.ready().unwrap().access_key_id(), Some("id1"));
        sleep(SECOND / 4).await;
    }
    let asked = provider.asked.lock().unwrap().clone();
    let pauses: Vec<Duration> = asked.windows(2).skip(1).map(|pair| pair[1] - pair[0]).collect();
    // The answer takes a second, and then comes the pause: 5 s, 10 s … 60 s, the upper half of it drawn.
    assert!(pauses[0] >= Duration::from_millis(3500) && pauses[0] < Duration::from_secs(7), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause < Duration::from_secs(62)), "{pauses:?}");
    assert!(pauses[5..].iter().all(|pause| *pause > Duration::from_secs(30)), "{pauses:?}");
    // Then it has expired, and the failure shows.
    sleep(2 * SECOND).await;
    assert!(held.ready().is_none());
    assert_eq!(held.get().await.unwrap_err().to_string(), "out of order");
}

#[tokio::test(start_paused = true)]
async fn after_the_expiry_callers_wait_for_the_next_one() {
    let provider = Provider::new(|_| Step::Give(HOUR));
    let held = provider.held();
    id(&held).await;
    sleep(2 * HOUR).await;
    assert!(held.ready().is_none());
    let results = all(&held, 100).await;
    assert!(results.iter().all(|result| result.as_deref() == Ok("id2")), "{results:?}");
    assert_eq!(provider.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_short_lifetime_does_not_make_it_ask_at_every_call() {
    let provider = Provider::new(|_| Step::Give(Duration::from_secs(20)));
    let held = provider.held();
    for _ in 0..600 {
        id(&held).await;
        sleep(SECOND / 10).await;
    }
    // A minute: every ten seconds or so.
    assert!((4..=9).contains(&provider.count()), "{}", provider.count());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_leaves_nothing_stuck() {
    let provider = Provider::new(|_| Step::Give(HOUR));
    let held = provider.held();
    for _ in 0..10 {
        assert!(timeout(SECOND / 100, held.get()).await.is_err());
    }
    assert_eq!(id(&held).await, "id1");
    assert_eq!(provider.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_hangs_is_given_up_and_asked_again() {
    let provider = Provider::new(|count| if count == 0 { Step::Hang } else { Step::Give(HOUR) });
    let held = provider.held();
    let error = held.get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(error.to_string(), "the credential provider gave no answer within 2m");
    assert_eq!(id(&held).await, "id2");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_panics_is_an_error() {
    let provider = Provider::new(|count| if count < 2 { Step::Panic } else { Step::Give(HOUR) });
    let held = provider.held();
    let error = held.get().await.unwrap_err();
    assert!(error.to_string().contains("panicked"), "{error}");
    assert_eq!(provider.count(), 2);
    assert_eq!(id(&held).await, "id3");
}

#[test]
fn a_runtime_that_ends_leaves_nothing_stuck() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let provider = Provider::new(|_| Step::Give(HOUR));
    let held = provider.held();
    runtime().block_on(async { assert!(timeout(SECOND / 2, held.get()).await.is_err()) });
    runtime().block_on(async { assert_eq!(id(&held).await, "id2") });
    // One that stands still, but was not dropped.
    let held = provider.held();
    let still = runtime();
    still.block_on(async { assert!(timeout(SECOND / 2, held.get()).await.is_err()) });
    runtime().block_on(async { assert_eq!(id(&held).await, "id4") });
    drop(still);
}

#[test]
fn a_runtime_that_was_shut_down_begins_nothing_and_leaves_nothing_locked() {
    let provider = Provider::new(|_| Step::Give(HOUR));
    let held = provider.held();
    let gone = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let handle = gone.handle().clone();
    drop(gone);
    let mut waiting = Box::pin(held.get());
    {
        let _inside = handle.enter();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // What happens to a timer there is tokio's affair: it must not hang, that is all.
        let poll = std::panic::AssertUnwindSafe(|| waiting.as_mut().poll(&mut context).is_ready());
        let _ = std::panic::catch_unwind(poll);
    }
    assert_eq!(provider.count(), 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    assert_eq!(runtime.block_on(id(&held)), "id1");
}

#[tokio::test(start_paused = true)]
async fn what_never_expires_is_kept() {
    let variables = [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-of-the-test")];
    let context = Context { environment: Environment::from_iter(variables), ..Context::default() };
    let held = Held::cached(Arc::new(crate::credentials::EnvironmentVariables::new()), context);
    assert_eq!(id(&held).await, "id");
    sleep(HOUR * 24 * 365).await;
    assert!(held.ready().is_some());
    // And there is nothing to renew.
    let refused = held.ready().unwrap();
    assert!(held.renewed(&refused).await.unwrap().is_none());
    assert!(held.ready().is_some());
}

fn expired() -> serde_json::Value {
    json!({"Code": "InvalidSecurityToken.Expired", "Message": "expired", "RequestId": "R"})
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_renewed_once_in_a_call() {
    for (refusals, attempts) in [(1, 2), (2, 2)] {
        let service = Scripted::new(move |delivery, _| {
            if delivery < refusals { answer(400, &expired()) } else { answer(200, &json!({"RequestId": "R"})) }
        });
        let provider = Provider::new(|_| Step::Give(HOUR));
        let builder = service.builder().credentials_provider(provider.clone()).retry(RetryPolicy::never());
        let client = crate::client::Client::new(&crate::tests::model::API, &builder.build().unwrap());
        // A write as well: it was refused, so nothing was done.
        let result = client.action("UpdateThing").unwrap().set("ProjectId", 1).await;
        assert_eq!(result.is_ok(), refusals == 1);
        assert_eq!((service.count(), provider.count()), (attempts, 2));
        let ids: Vec<bool> = service.requests().iter().map(|request| request.url.contains("AccessKeyId=id2")).collect();
        assert_eq!(ids, [false, true]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_renewed_keeps_the_error_of_the_service() {
    let service = Scripted::new(|_, _| answer(400, &expired()));
    let error = service.client().action("UpdateThing").unwrap().set("ProjectId", 1).await.unwrap_err();
    assert_eq!((error.code(), service.count()), (Some("InvalidSecurityToken.Expired"), 1));

    let service = Scripted::new(|_, _| answer(400, &expired()));
    let provider = Provider::new(|count| if count == 0 { Step::Give(HOUR) } else { Step::Fail("sealed") });
    let builder = service.builder().credentials_provider(provider.clone());
    let client = crate::client::Client::new(&crate::tests::model::API, &builder.build().unwrap());
    let error = client.action("UpdateThing").unwrap().set("ProjectId", 1).await.unwrap_err();
    assert_eq!((error.code(), service.count()), (Some("InvalidSecurityToken.Expired"), 1));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "sealed");
}
