//! What is to be ended at providers arrives as it was sent, and so does what came of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use latchkey_domain::revocation::{Extent, Outcome};
use latchkey_domain::{ConnectionId, Failure, Generation, Phase, ProviderError, Reason};
use latchkey_secret::{AccessToken, RefreshToken, Renewal, SecretText};
use latchkey_wire::contract::{App, DueRevocation, ReportRevocation};
use latchkey_wire::pb::vault as pb;
use latchkey_wire::pb::vault::revocation_service_server::{RevocationService, RevocationServiceServer};
use latchkey_wire::{Route, VaultClient};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

#[derive(Clone, Default)]
struct Peer(Arc<Mutex<Vec<ReportRevocation>>>);

fn connection() -> ConnectionId {
    ConnectionId::from_parts(8, 8)
}

fn text(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn due(renewal: Option<Renewal>) -> DueRevocation {
    DueRevocation {
        connection: connection(),
        environment: "dev".parse().unwrap(),
        integration: "github".parse().unwrap(),
        provider: "github-app".into(),
        generation: Generation(3),
        fence: 4,
        app: App { client_id: "client".into(), client_secret: None, scopes: vec![], fields: BTreeMap::new() },
        access_token: renewal.is_some().then(|| AccessToken::new("canary_access".into())),
        fields: BTreeMap::from([("subdomain".to_owned(), text("acme"))]),
        extent: if renewal.is_some() { Extent::Account } else { Extent::Grant },
        renewal,
    }
}

#[tonic::async_trait]
impl RevocationService for Peer {
    async fn claim_revocations(
        &self,
        request: Request<pb::ClaimRevocationsRequest>,
    ) -> Result<Response<pb::ClaimRevocationsResponse>, Status> {
        assert_eq!(request.into_inner().max, 7);
        let refresh_token = Some(RefreshToken::new("canary_refresh".into()));
        let renewal = Renewal { refresh_token, fields: BTreeMap::from([("in".to_owned(), text("put"))]) };
        Ok(Response::new(vec![due(Some(renewal)), due(None)].into()))
    }

    async fn report_revocation(
        &self,
        request: Request<pb::ReportRevocationRequest>,
    ) -> Result<Response<pb::ReportRevocationResponse>, Status> {
        let report = ReportRevocation::try_from(request.into_inner())?;
        self.0.lock().unwrap().push(report);
        Ok(Response::new(pb::ReportRevocationResponse {}))
    }
}

fn vault(peer: &Peer) -> VaultClient {
    VaultClient::new(Route::local(Routes::new(RevocationServiceServer::new(peer.clone()))))
}

#[tokio::test]
async fn a_grant_arrives_with_all_that_is_needed_for_asking() {
    let [with, without] = &vault(&Peer::default()).claim_revocations(7).await.unwrap()[..] else {
        panic!("two are due")
    };
    assert_eq!((with.connection, with.generation, with.fence), (connection(), Generation(3), 4));
    assert_eq!((with.extent, without.extent), (Extent::Account, Extent::Grant));
    assert_eq!((with.integration.as_str(), with.provider.as_str()), ("github", "github-app"));
    assert_eq!((with.environment.as_str(), with.app.client_id.as_str()), ("dev", "client"));
    assert_eq!(with.access_token.as_ref().unwrap().expose(), "canary_access");
    assert_eq!(with.fields["subdomain"].expose(), "acme");
    let renewal = with.renewal.as_ref().unwrap();
    assert_eq!(renewal.refresh_token.as_ref().unwrap().expose(), "canary_refresh");
    assert_eq!(renewal.fields["in"].expose(), "put");
    assert!(without.renewal.is_none() && without.access_token.is_none());
}

#[tokio::test]
async fn what_came_of_it_arrives_as_it_was_told() {
    let (peer, failure) = (
        Peer::default(),
        Failure {
            provider_error: Some(ProviderError { http_status: Some(503), ..ProviderError::default() }),
            ..Failure::new(Reason::ProviderUnavailable, Phase::Revoke)
        },
    );
    let outcomes = [
        Outcome::Revoked,
        Outcome::Unsupported,
        Outcome::Refused(failure.clone()),
        Outcome::Failed { failure: failure.clone(), retry_after: Some(Duration::from_secs(7)) },
        Outcome::Failed { failure, retry_after: None },
    ];
    for outcome in outcomes.clone() {
        let report =
            ReportRevocation { connection: connection(), generation: Generation(3), fence: 4, outcome };
        vault(&peer).report_revocation(report).await.unwrap();
    }
    for (told, outcome) in peer.0.lock().unwrap().iter().zip(outcomes) {
        assert_eq!((told.connection, told.generation, told.fence), (connection(), Generation(3), 4));
        assert_eq!(told.outcome, outcome);
    }
    let nothing = pb::ReportRevocationRequest { connection: connection().to_string(), ..Default::default() };
    assert_eq!(ReportRevocation::try_from(nothing).unwrap_err().metadata["field"], "outcome");
}
