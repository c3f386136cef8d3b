use crate::world::{World, dev, service_of};
use latchkey_chassis::Lifecycle;
use latchkey_domain::api_key::Scope;
use latchkey_domain::{ApiKeyId, ConnectionId, Generation, Reader};
use latchkey_vault::VaultService;
use latchkey_vault::config::{Accounting, Reads, Settings};
use latchkey_wire::contract::{IssueKey, LendCredential, Named};
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::pb::admin as pb_admin;
use latchkey_wire::pb::admin::audit_service_client::AuditServiceClient;
use latchkey_wire::pb::vault as pb;
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;
use latchkey_wire::{Fault, Reason, Route, VaultClient};
use std::time::Duration;
use tonic::Request;

/// A vault on a world's parts that accounts for reads so, at work.
fn accounting(world: &World, accounting: Accounting) -> (VaultService, Lifecycle) {
    let reads = Reads { accounting, ..Reads::default() };
    let lifecycle = Lifecycle::new(Duration::from_secs(5));
    let service =
        VaultService::new(world.parts.clone(), &Settings { reads, ..Settings::default() }, &lifecycle);
    service.run();
    (service, lifecycle)
}

async fn key(world: &World, name: &str, scopes: &[Scope]) -> (ApiKeyId, String) {
    let issue =
        IssueKey { environment: dev(), name: name.to_owned(), scopes: scopes.to_vec(), expires_at: None };
    let issued = world.vault.issue_key(issue).await.unwrap();
    (issued.key.id, format!("Bearer {}", secret_to_pb(&issued.secret)))
}

fn with<T>(message: T, bearer: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", bearer.parse().unwrap());
    request
}

async fn take(service: &VaultService, connection: ConnectionId, bearer: &str) -> Result<u64, Fault> {
    let mut credentials = CredentialServiceClient::new(Route::local(service.public()));
    let request = pb::GetAccessTokenRequest { connection_id: connection.to_string(), ..Default::default() };
    Ok(credentials.get_access_token(with(request, bearer)).await?.into_inner().generation)
}

async fn holders(
    service: &VaultService,
    connection: ConnectionId,
    generation: u64,
    bearer: &str,
) -> pb_admin::WhoHoldsResponse {
    let mut audit = AuditServiceClient::new(Route::local(service.public()));
    let request = pb_admin::WhoHoldsRequest { connection_id: connection.to_string(), generation };
    audit.who_holds(with(request, bearer)).await.unwrap().into_inner()
}

#[tokio::test]
async fn who_took_which_generation_is_told_once_the_batch_is_written() {
    let world = World::new().await;
    let (service, lifecycle) = accounting(&world, Accounting::Full);
    let connection = world.connected().await;
    let (backend, bearer) = key(&world, "backend", &[Scope::TokensRead, Scope::AuditRead]).await;
    for _ in 0..3 {
        take(&service, connection, &bearer).await.unwrap();
    }
    let peers = VaultClient::new(Route::local(service.peers()));
    let (caller, _) = key(&world, "caller", &[Scope::ProxyCall]).await;
    let wish = |integrations: &[&str]| LendCredential {
        environment: dev(),
        connection: Named::Id(connection),
        newer_than: None,
        reader: Reader::Key(caller),
        integrations: integrations.iter().map(|key| key.parse().unwrap()).collect(),
    };
    // Who may not use the integration is told what a stranger is told, and nothing is noted.
    let refused = peers.lend(wish(&["another"])).await.unwrap_err();
    assert_eq!(refused.reason, latchkey_wire::Reason::ConnectionUnknown);
    peers.lend(wish(&[])).await.unwrap();
    // What is noted is written at the latest when the process ends.
    lifecycle.stop();
    lifecycle.finish().await.unwrap();

    let found = holders(&service, connection, 1, &bearer).await;
    assert_eq!((found.present_generation, found.accounting()), (1, pb_admin::ReadAccounting::Full));
    let mut told: Vec<_> = found
        .holders
        .iter()
        .map(|holder| {
            (holder.reader.as_str(), holder.reader_name.as_str(), holder.way.as_str(), holder.count)
        })
        .collect();
    told.sort_unstable();
    let (backend, caller) = (backend.to_string(), caller.to_string());
    let mut expected =
        vec![(backend.as_str(), "backend", "TOKEN", 3), (caller.as_str(), "caller", "PROXY", 1)];
    expected.sort_unstable();
    assert_eq!(told, expected);
    assert!(holders(&service, connection, 2, &bearer).await.holders.is_empty(), "nobody has what is not yet");
}

#[tokio::test]
async fn a_strict_read_is_written_before_anything_is_given_and_refused_where_it_cannot_be() {
    let world = World::new().await;
    let (service, lifecycle) = accounting(&world, Accounting::Strict);
    let connection = world.connected().await;
    let (_, bearer) = key(&world, "backend", &[Scope::TokensRead, Scope::AuditRead]).await;
    assert_eq!(take(&service, connection, &bearer).await.unwrap(), 1);
    assert_eq!(holders(&service, connection, 1, &bearer).await.holders[0].count, 1, "it is there at once");
    let many = (0..20).map(|_| take(&service, connection, &bearer));
    for taken in futures::future::join_all(many).await {
        taken.unwrap();
    }
    assert_eq!(holders(&service, connection, 1, &bearer).await.holders[0].count, 21);

    lifecycle.stop();
    lifecycle.finish().await.unwrap();
    let refused = take(&service, connection, &bearer).await.unwrap_err();
    assert_eq!(refused.reason, Reason::StorageUnavailable, "nobody writes any more, so nothing is given");
    assert_eq!(holders(&service, connection, 1, &bearer).await.holders[0].count, 21);
}

#[tokio::test]
async fn who_holds_is_for_those_who_may_audit_their_own_environment() {
    let world = World::new().await;
    let service = service_of(&world.parts);
    let connection = world.connected().await;
    let (_, bearer) = key(&world, "reader", &[Scope::ConnectionsRead, Scope::TokensRead]).await;
    let mut audit = AuditServiceClient::new(Route::local(service.public()));
    let request = || pb_admin::WhoHoldsRequest { connection_id: connection.to_string(), generation: 0 };
    let refused = Fault::from(audit.who_holds(with(request(), &bearer)).await.unwrap_err());
    assert_eq!(refused.reason, Reason::ScopeNotGranted);
    let issue = IssueKey {
        environment: "prod".parse().unwrap(),
        name: "other".to_owned(),
        scopes: vec![Scope::AuditRead],
        expires_at: None,
    };
    let other = format!("Bearer {}", secret_to_pb(&world.vault.issue_key(issue).await.unwrap().secret));
    let refused = Fault::from(audit.who_holds(with(request(), &other)).await.unwrap_err());
    assert_eq!(refused.reason, Reason::ConnectionUnknown);
}

#[tokio::test]
async fn a_warm_read_writes_nothing_while_reads_are_accounted_for_in_full() {
    let world = World::new().await;
    let reads = Reads { accounting: Accounting::Full, ..Reads::default() };
    let settings = Settings { reads, ..Settings::default() };
    // Not run, so nothing writes beside the reads: what is there is what the reads themselves did.
    let service = VaultService::new(world.parts.clone(), &settings, &Lifecycle::new(Duration::from_secs(1)));
    let connection = world.connected().await;
    let (_, bearer) = key(&world, "backend", &[Scope::TokensRead]).await;
    for _ in 0..100 {
        take(&service, connection, &bearer).await.unwrap();
    }
    let found = world.vault.who_holds(&dev(), connection, Some(Generation(1))).await.unwrap();
    assert!(found.holders.is_empty());
}
