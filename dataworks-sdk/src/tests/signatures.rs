use percent_encoding::percent_decode_str;
use serde_json::json;

use super::model::{API, ListThingsRequest};
use super::scripted::{Scripted, answer};
use crate::client::Client;
use crate::operation::Method;
use crate::prepare::PreparedRequest;
use crate::signature::rpc;
use crate::{Credentials, Error, SignatureAlgorithm};

fn request() -> ListThingsRequest {
    ListThingsRequest { project_id: Some(1.into()), page_number: Some(1), ..ListThingsRequest::default() }
}

/// The string to sign of what arrived, as a service makes it, after something on the way has changed it.
fn arrived(request: &PreparedRequest, change: impl Fn(&mut Vec<(String, String)>)) -> String {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    let query = request.url().split_once('?').unwrap().1;
    let pairs = query.split('&').chain(request.body().unwrap_or_default().split('&'));
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    let mut pairs: Vec<_> = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
    pairs.retain(|(name, _)| name != "Signature");
    change(&mut pairs);
    rpc::string_to_sign(Method::Post, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

async fn refused(change: impl Fn(&mut Vec<(String, String)>) + Send + Sync + 'static) -> Error {
    let service = Scripted::new(move |_, request| {
        let text = arrived(request, &change);
        let message =
            format!("Specified signature is not matched with our calculation. server string to sign is:{text}");
        answer(400, &json!({"Code": "SignatureDoesNotMatch", "Message": message, "RequestId": "R"}))
    });
    let request = ListThingsRequest { password: Some("planted-secret".into()), ..request() };
    let credentials = Credentials::new("testid", "testsecret").with_security_token("planted-token");
    let config = service.builder().credentials(credentials).build().unwrap();
    let error = Client::new(&API, &config).call(request).await.unwrap_err();
    let all = format!("{error} {error:?} {:?}", error.signature_mismatch());
    assert!(!all.contains("planted") && !all.contains("%25"), "{all}");
    error
}

#[tokio::test]
async fn the_same_text_means_a_wrong_secret() {
    let error = refused(|_| ()).await;
    let mismatch = error.signature_mismatch().unwrap();
    assert_eq!(mismatch.difference(), None);
    assert!(mismatch.ours().eq(mismatch.theirs().unwrap()));
    assert!(mismatch.ours().any(|pair| pair == ("ProjectId", "1")));
    assert!(mismatch.ours().any(|pair| pair == ("SecurityToken", "***")));
    let text = error.to_string();
    assert!(
        text.contains("both are the same: the access key secret is wrong") && text.contains("ProjectId=1"),
        "{text}"
    );
    assert_eq!(error.message(), "Specified signature is not matched with our calculation.");
}

#[tokio::test]
async fn the_first_difference_is_named() {
    let set = |name: &'static str, value: &'static str| {
        move |pairs: &mut Vec<(String, String)>| {
            pairs.retain(|(known, _)| known != name);
            if !value.is_empty() {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
    };
    for (name, value, shown) in [
        ("ProjectId", "2", r#"ProjectId: "1" here, "2" there"#),
        ("PageNumber", "", "PageNumber: the service did not get it"),
        ("Added", "x", "Added: it was added on the way"),
        ("Password", "another", "Password: a secret, which is masked here"),
    ] {
        let error = refused(set(name, value)).await;
        assert_eq!(error.signature_mismatch().unwrap().difference().unwrap().name, name);
        assert!(error.to_string().contains(&format!("they differ first in {shown}")), "{error}");
    }
}

#[tokio::test]
async fn a_service_that_shows_nothing() {
    let service = Scripted::new(|_, _| answer(400, &json!({"Code": "SignatureDoesNotMatch", "Message": "No."})));
    let config = service.builder().signature_algorithm(SignatureAlgorithm::Acs3HmacSha256).build().unwrap();
    let error = Client::new(&API, &config).call(request()).await.unwrap_err();
    let mismatch = error.signature_mismatch().unwrap();
    assert!(mismatch.theirs().is_none());
    assert!(mismatch.ours().any(|pair| pair == ("header x-acs-action", "ListThings")), "{mismatch}");
    assert!(error.to_string().contains("does not show what it signed"), "{error}");
}
