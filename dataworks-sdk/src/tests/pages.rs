use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::model::{ListThingsRequest, Thing};
use super::scripted::{Play, Scripted, answer};
use crate::Error;
use crate::error::ErrorKind;
use crate::prepare::PreparedRequest;

fn request() -> ListThingsRequest {
    ListThingsRequest { project_id: Some(7.into()), page_size: Some(10), ..ListThingsRequest::default() }
}

fn number(request: &PreparedRequest, name: &str) -> Option<i64> {
    let form = request.body.clone().unwrap_or_else(|| request.url.clone());
    form.split(['&', '?']).find_map(|pair| pair.strip_prefix(&format!("{name}="))?.parse().ok())
}

/// `count` things in pages, as the service gives them out.
fn things(count: i64, total: impl Fn(i64) -> Value + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |_, request| {
        let (page, size) = (number(request, "PageNumber").unwrap(), number(request, "PageSize").unwrap_or(10));
        let ids = ((page - 1) * size..count.min(page * size)).map(|id| json!({"Id": id}));
        answer(200, &json!({"Data": {"Things": ids.collect::<Vec<_>>(), "TotalCount": total(count)}}))
    })
}

async fn ids(service: &Scripted) -> Vec<i64> {
    let things: Vec<Thing> = service.client().call(request()).items().try_collect().await.unwrap();
    things.into_iter().map(|thing| thing.id.unwrap().as_i64().unwrap()).collect()
}

#[tokio::test]
async fn all_items_in_order_and_not_one_call_too_many() {
    for (count, calls) in [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (25, 3)] {
        let service = things(count, i64::into);
        assert_eq!(ids(&service).await, (0..count).collect::<Vec<_>>());
        assert_eq!(service.count(), calls, "{count} items");
    }
}

#[tokio::test]
async fn without_a_total_a_short_page_is_the_last() {
    for (count, calls) in [(0, 1), (9, 1), (10, 2), (25, 3)] {
        for total in [Value::Null, json!(0)] {
            let service = things(count, move |_| total.clone());
            assert_eq!(ids(&service).await.len(), usize::try_from(count).unwrap());
            assert_eq!(service.count(), calls, "{count} items");
        }
    }
}

#[tokio::test]
async fn a_server_that_repeats_a_page_is_stopped() {
    let service = Scripted::new(|_, _| answer(200, &json!({"Data": {"Things": [{"Id": 1}], "TotalCount": 100}})));
    let items: Vec<Result<Thing, Error>> = service.client().call(request()).items().collect().await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!((items.len(), error.kind(), service.count()), (2, ErrorKind::Pagination, 2));
    assert!(error.to_string().contains("ListThings"), "{error}");
}

#[tokio::test]
async fn a_server_that_never_ends_is_stopped() {
    let service = Scripted::new(|attempt, _| {
        answer(200, &json!({"Data": {"Things": [{"Id": attempt}], "TotalCount": 1_000_000}}))
    });
    let pages = service.client().call(request()).pages().max_pages(5);
    let pages: Vec<_> = pages.collect().await;
    assert_eq!(pages.len(), 6);
    assert_eq!(pages[5].as_ref().unwrap_err().kind(), ErrorKind::Pagination);
    assert_eq!(service.count(), 5);
}

#[tokio::test]
async fn it_begins_where_the_request_says() {
    let service = things(30, i64::into);
    let from = ListThingsRequest { page_number: Some(3), ..request() };
    let pages: Vec<_> = service.client().call(from).pages().try_collect().await.unwrap();
    assert_eq!((pages.len(), pages[0].data.things.len()), (1, 10));
}

#[tokio::test]
async fn no_more_items_than_wanted() {
    let service = things(100, i64::into);
    let some: Vec<Thing> = service.client().call(request()).items().max_items(12).try_collect().await.unwrap();
    assert_eq!((some.len(), service.count()), (12, 2));
    let none: Vec<Thing> = service.client().call(request()).items().max_items(0).try_collect().await.unwrap();
    assert_eq!((none.len(), service.count()), (0, 2));
}

#[tokio::test]
async fn an_error_ends_the_stream() {
    let service = Scripted::new(|attempt, _| match attempt {
        0 => answer(200, &json!({"Data": {"Things": [{"Id": 1}], "TotalCount": 100}})),
        _ => answer(400, &json!({"Code": "InvalidParameter"})),
    });
    let items: Vec<_> = service.client().call(request()).items().collect().await;
    assert_eq!(items.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false]);
    // So does a request that is wrong, before anything is sent.
    let wrong: Vec<_> = service.client().call(ListThingsRequest::default()).items().collect().await;
    assert_eq!((wrong.len(), service.count()), (1, 2));
}

#[tokio::test]
async fn pages_are_fetched_ahead() {
    let service = things(50, i64::into);
    let mut pages = service.client().call(request()).pages().prefetch(2);
    pages.try_next().await.unwrap().unwrap();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    // The one that was read, two in the queue, and one that waits for a place in it.
    assert_eq!(service.count(), 4);
    assert_eq!(pages.try_collect::<Vec<_>>().await.unwrap().len(), 4);
    assert_eq!(service.count(), 5);

    let hangs = Scripted::new(|_, _| Play::Hang);
    let mut pages = hangs.client().call(request()).pages().prefetch(1);
    assert!(futures_util::FutureExt::now_or_never(pages.next()).is_none());
    drop(pages);
}

fn tokens(script: impl Fn(Option<&str>) -> Value + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |_, request| {
        let token = request.url.split(['&', '?']).find_map(|pair| pair.strip_prefix("NextToken="));
        answer(200, &script(token))
    })
}

async fn search(service: &Scripted) -> Vec<Result<Value, Error>> {
    service.client().action("SearchThings").unwrap().items().unwrap().collect().await
}

#[tokio::test]
async fn by_token_through_nested_lists() {
    let service = tokens(|token| match token {
        None => json!({"NextToken": "a", "Groups": [{"Things": [1, 2]}, {"Things": []}, {}, {"Things": [3]}]}),
        Some("a") => json!({"NextToken": "b", "Groups": []}),
        _ => json!({"NextToken": "", "Groups": [{"Things": [{"Id": 1_234_567_890_123_456_789_i64}]}]}),
    });
    let items: Vec<Value> = search(&service).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(items, [json!(1), json!(2), json!(3), json!({"Id": 1_234_567_890_123_456_789_i64})]);
    assert_eq!(service.count(), 3);
}

#[tokio::test]
async fn a_circle_of_tokens_is_stopped() {
    let service =
        tokens(|token| json!({"NextToken": if token == Some("a") { "b" } else { "a" }, "Groups": [{"Things": [1]}]}));
    let items = search(&service).await;
    assert_eq!(items.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Pagination);
    // What the last page held is given out before the error.
    assert_eq!((items.len(), service.count()), (4, 3));
}

#[tokio::test]
async fn an_action_that_does_not_page_says_so() {
    let service = Scripted::new(|_, _| answer(200, &json!({})));
    let error = service.client().action("UpdateThing").unwrap().pages().unwrap_err();
    assert!(error.to_string().contains("UpdateThing"), "{error}");
}

#[tokio::test]
async fn pages_smaller_than_asked_for_lose_nothing() {
    let service = Scripted::new(|_, request| {
        let page = number(request, "PageNumber").unwrap();
        let ids = ((page - 1) * 5..15.min(page * 5)).map(|id| json!({"Id": id}));
        answer(200, &json!({"Data": {"Things": ids.collect::<Vec<_>>(), "TotalCount": 15}}))
    });
    assert_eq!(ids(&service).await, (0..15).collect::<Vec<_>>());
    assert_eq!(service.count(), 3);
}
