//! What a KMS answers when it does not do what it is asked: a responder that gives AWS's documented errors.

use super::*;
use crate::KeyName;
use aws_credential_types::Credentials;
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use uuid::Uuid;

/// A service at a port that answers everything with this.
async fn answering(status: u16, body: &'static str) -> AwsKeyService {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let status = StatusCode::from_u16(status).unwrap();
    let answer = move || async move {
        (status, [("content-type", "application/x-amz-json-1.1")], body).into_response()
    };
    // Ends with the test's runtime.
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    at(&format!("http://127.0.0.1:{port}")).await
}

async fn at(endpoint: &str) -> AwsKeyService {
    let uri = format!("aws-kms://alias/latchkey?region=eu-west-1&endpoint={endpoint}");
    let credentials = Credentials::for_tests();
    let loader = aws_config::defaults(BehaviorVersion::latest()).credentials_provider(credentials);
    connect(Address::parse(&uri).unwrap(), loader).await
}

async fn unwrapped_by(service: &AwsKeyService) -> Result<KeyBytes, KeyServiceError> {
    let key = KeyName { id: Uuid::nil(), version: 1 };
    service.unwrap(b"wrapped", &WrapContext { deployment: "d".into(), environment: "e".into(), key }).await
}

#[tokio::test]
async fn what_speaks_of_the_key_is_a_refusal() {
    for (body, expected) in [
        (r#"{"__type":"AccessDeniedException","Message":"not you"}"#, Denial::AccessDenied),
        (r#"{"__type":"DisabledException","message":"arn is disabled."}"#, Denial::Disabled),
        (
            r#"{"__type":"KMSInvalidStateException","message":"arn is pending deletion."}"#,
            Denial::InvalidState,
        ),
        (r#"{"__type":"NotFoundException","message":"no alias"}"#, Denial::KeyNotFound),
        (r#"{"__type":"InvalidCiphertextException"}"#, Denial::NotOurs),
        (r#"{"__type":"com.amazonaws.kms#IncorrectKeyException","message":"x"}"#, Denial::NotOurs),
    ] {
        let service = answering(400, body).await;
        let found = unwrapped_by(&service).await.err();
        assert!(
            matches!(found, Some(KeyServiceError::Denied { denial, .. }) if denial == expected),
            "{body}: {found:?}"
        );
    }
}

#[tokio::test]
async fn what_says_nothing_about_the_key_is_an_outage() {
    for (status, body) in [
        (400, r#"{"__type":"ThrottlingException","message":"slow down"}"#),
        (400, r#"{"__type":"ExpiredTokenException","message":"expired"}"#),
        (400, r#"{"__type":"SomethingNewException"}"#),
        (500, r#"{"__type":"KeyUnavailableException"}"#),
        (500, r#"{"__type":"KMSInternalException"}"#),
        (503, "<html>busy</html>"),
        (403, ""),
        (200, "{}"),
        (200, "not JSON"),
    ] {
        let service = answering(status, body).await;
        let found = unwrapped_by(&service).await.err();
        assert!(matches!(found, Some(KeyServiceError::Unavailable { .. })), "{status} {body}: {found:?}");
    }
}

#[tokio::test]
async fn a_port_that_nothing_listens_on_is_an_outage_with_its_cause() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let found = unwrapped_by(&at(&format!("http://127.0.0.1:{port}")).await).await.err();
    let Some(KeyServiceError::Unavailable { detail }) = found else { panic!("{found:?}") };
    assert!(detail.to_lowercase().contains("refused"), "{detail}");
}

#[tokio::test]
async fn a_service_that_never_answers_is_an_outage_within_the_callers_patience() {
    // Takes connections into its backlog, and never reads them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = at(&format!("http://{}", silent.local_addr().unwrap())).await;
    let found = tokio::time::timeout(Duration::from_secs(5), unwrapped_by(&service)).await;
    assert!(matches!(found, Ok(Err(KeyServiceError::Unavailable { .. }))), "{found:?}");
}

#[tokio::test]
async fn health_tells_a_disabled_key_from_an_enabled_one() {
    let enabled = r#"{"KeyMetadata":{"KeyId":"k","KeyState":"Enabled"}}"#;
    assert_eq!(answering(200, enabled).await.health().await, Ok(()));
    for (body, expected) in [
        (r#"{"KeyMetadata":{"KeyId":"k","KeyState":"Disabled"}}"#, Denial::Disabled),
        (r#"{"KeyMetadata":{"KeyId":"k","KeyState":"PendingDeletion"}}"#, Denial::InvalidState),
    ] {
        let found = answering(200, body).await.health().await;
        assert!(matches!(found, Err(KeyServiceError::Denied { denial, .. }) if denial == expected));
    }
}

#[tokio::test]
async fn what_is_unwrapped_but_no_key_is_refused() {
    let service = answering(200, r#"{"KeyId":"k","Plaintext":"dG9vIHNob3J0"}"#).await;
    let found = unwrapped_by(&service).await.err();
    assert!(matches!(found, Some(KeyServiceError::Denied { denial: Denial::NotOurs, .. })), "{found:?}");
}
