//! Both signatures, and callers that sign nothing, judged by the emulator's own reading of the protocols.

use dataworks_emulator::{Emulator, PROJECT_ID};
use dataworks_sdk::v2020_05_18::{Client, CreateBusinessRequest, ListBusinessRequest};
use dataworks_sdk::v2024_05_18::{self, DeleteDataSourceRequest, ListDataSourcesRequest};
use dataworks_sdk::{Credentials, SignatureAlgorithm};

use crate::support::builder;

const ALGORITHMS: [SignatureAlgorithm; 2] = [SignatureAlgorithm::HmacSha1, SignatureAlgorithm::Acs3HmacSha256];
/// Whatever an encoder could trip over.
const AWKWARD: &str = "中文 name a*b a~b a+b !'()@:/?#[]&=% 😀";

fn credentials() -> [(&'static str, Credentials); 4] {
    [
        ("access key", Credentials::new("testid", "testsecret")),
        ("temporary access key", Credentials::new("temporary", "another").with_security_token("tok+/=en")),
        ("bearer token", Credentials::bearer("a bearer")),
        ("nobody", Credentials::anonymous()),
    ]
}

fn listing() -> ListBusinessRequest {
    ListBusinessRequest::new().project_id(PROJECT_ID).page_number(1).page_size(10)
}

async fn emulator() -> Emulator {
    let emulator = Emulator::builder()
        .access_key("testid", "testsecret")
        .session_key("temporary", "another", "tok+/=en")
        .bearer_token("a bearer")
        .anonymous();
    emulator.start().await.unwrap()
}

#[tokio::test]
async fn every_caller_passes_with_either_signature() {
    let emulator = emulator().await;
    for algorithm in ALGORITHMS {
        for (who, credentials) in credentials() {
            let config =
                builder(&emulator.url()).credentials(credentials).signature_algorithm(algorithm).build().unwrap();
            // A form, and parameters in the query of a GET.
            let client = Client::new(&config);
            let name = format!("{who} {algorithm:?} {AWKWARD}");
            client
                .create_business(CreateBusinessRequest::new().project_id(PROJECT_ID).business_name(&name))
                .await
                .unwrap_or_else(|error| panic!("{who}, {algorithm:?}: {error}"));
            let found = client.list_business(listing().keyword(&name));
            found.await.unwrap_or_else(|error| panic!("{who}, {algorithm:?}: {error}"));
            let client = v2024_05_18::Client::new(&config);
            let listed = client.list_data_sources(ListDataSourcesRequest::new().project_id(PROJECT_ID).name(AWKWARD));
            listed.await.unwrap_or_else(|error| panic!("{who}, {algorithm:?}: {error}"));
            let absent = client.delete_data_source(DeleteDataSourceRequest::new().id(987_654_321)).await.unwrap_err();
            assert!(absent.is_not_found(), "{who}, {algorithm:?}: {absent}");
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_or_token_is_found() {
    let emulator = emulator().await;
    for algorithm in ALGORITHMS {
        for (credentials, code) in [
            (Credentials::new("testid", "wrong"), "SignatureDoesNotMatch"),
            (Credentials::new("nobody", "testsecret"), "InvalidAccessKeyId.NotFound"),
            (Credentials::new("temporary", "another"), "MissingParameter"),
            (Credentials::bearer("wrong"), "InvalidBearerToken"),
        ] {
            let config =
                builder(&emulator.url()).credentials(credentials).signature_algorithm(algorithm).build().unwrap();
            let request = listing();
            let error = Client::new(&config).list_business(request).await.unwrap_err();
            assert_eq!(error.code(), Some(code), "{algorithm:?}: {error}");
            if code == "SignatureDoesNotMatch" {
                let mismatch = error.signature_mismatch().unwrap();
                assert_eq!(mismatch.difference(), None, "{algorithm:?}: {error}");
                assert!(mismatch.theirs().is_some(), "{algorithm:?}: {error}");
                assert!(error.to_string().contains("the access key secret is wrong"), "{algorithm:?}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_repetition_is_signed_as_it_is_sent() {
    let emulator = emulator().await;
    for algorithm in ALGORITHMS {
        emulator.clear_requests();
        emulator.throttle("ListBusiness", 1);
        let config = builder(&emulator.url()).signature_algorithm(algorithm).build().unwrap();
        let request = listing();
        let listed = Client::new(&config).list_business(request).await.unwrap();
        assert_eq!(listed.attempts(), 2, "{algorithm:?}");
        let sent = emulator.requests();
        let attempts = sent.last().unwrap().headers.iter().find(|(name, _)| name == "x-acs-retry-attempts");
        assert_eq!(attempts.map(|(_, value)| value.as_str()), Some("1"), "{algorithm:?}");
    }
}

#[tokio::test]
async fn a_security_token_stays_out_of_the_url_with_acs3() {
    let emulator = emulator().await;
    let credentials = Credentials::new("temporary", "another").with_security_token("tok+/=en");
    let config =
        builder(&emulator.url()).credentials(credentials).signature_algorithm(SignatureAlgorithm::Acs3HmacSha256);
    let client = Client::new(&config.build().unwrap());
    let prepared = client.list_business(listing()).prepare().await.unwrap();
    assert!(!prepared.url().contains("tok"), "{}", prepared.url());
    assert!(prepared.canonical_request().unwrap().contains("x-acs-security-token:tok+/=en"));
}
