use super::connection::asking::at_provider;
use super::connection::{render, with_revocation};
use super::{Door, status};
use crate::accounting::{Reading, Way};
use crate::error::Error;
use crate::signing::{self, ToSign};
use crate::vault::{Credential, Full, Query, Source, Vault};
use latchkey_chassis::grpc::grpc_timeout;
use latchkey_domain::Reader;
use latchkey_domain::api_key::Scope;
use latchkey_wire::Fault;
use latchkey_wire::contract::KeyView;
use latchkey_wire::convert::parse;
use latchkey_wire::convert::{
    HandoutReply, duration_from_pb, handout_to_pb, refresh_token_to_pb, renewal_fields_to_pb, timestamp_to_pb,
};
use latchkey_wire::pb::vault as pb;
use std::time::{Duration, Instant};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::credential_service_server::CredentialService for Door {
    async fn get_access_token(
        &self,
        request: Request<pb::GetAccessTokenRequest>,
    ) -> Result<Response<pb::GetAccessTokenResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::TokensRead).await?;
        let deadline = deadline(request.metadata());
        let asked = request.into_inner();
        self.record_reveal(&key, &asked.connection_id).await?;
        let to_sign = asked.request.map(to_sign).transpose()?;
        let query = query(&key, &asked.connection_id, asked.min_remaining, asked.force_refresh, deadline)?;
        let mut credential =
            measured(&self.vault, self.vault.credential(&query), |credential| credential).await?;
        self.account(&credential, &key, Way::Token).await?;
        let origins = &credential.facts.origins;
        signing::sign(&mut credential.handout, origins, to_sign.as_ref(), self.vault.ledger.now())
            .map_err(status)?;
        let source = credential.source;
        let HandoutReply { access_token, headers, query, body, .. } = handout_to_pb(credential.handout);
        let response = pb::GetAccessTokenResponse {
            access_token,
            expire_time: credential.facts.expires_at.map(timestamp_to_pb),
            generation: credential.facts.generation.0,
            source: pb::CredentialSource::from(source).into(),
            headers,
            query,
            body,
        };
        Ok(told(response, source))
    }

    async fn get_credential(
        &self,
        request: Request<pb::GetCredentialRequest>,
    ) -> Result<Response<pb::GetCredentialResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::CredentialsRead).await?;
        let deadline = deadline(request.metadata());
        let asked = request.into_inner();
        self.record_reveal(&key, &asked.connection_id).await?;
        let query = query(&key, &asked.connection_id, asked.min_remaining, asked.force_refresh, deadline)?;
        let full = measured(&self.vault, self.vault.full_credential(&query), |full| &full.credential).await?;
        let credential = full.credential;
        self.account(&credential, &key, Way::Credential).await?;
        let source = credential.source;
        let HandoutReply { access_token, headers, query, body, signer, fields } =
            handout_to_pb(credential.handout);
        let response = pb::GetCredentialResponse {
            auth_mode: credential.facts.auth_mode,
            access_token,
            refresh_token: full.renewal.as_ref().map(refresh_token_to_pb).unwrap_or_default(),
            expire_time: credential.facts.expires_at.map(timestamp_to_pb),
            generation: credential.facts.generation.0,
            granted_scopes: credential.facts.scopes,
            headers,
            fields,
            query,
            body,
            signer,
        };
        Ok(told(response, source))
    }

    async fn export_credential(
        &self,
        request: Request<pb::ExportCredentialRequest>,
    ) -> Result<Response<pb::ExportCredentialResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::CredentialsRead).await?;
        let id = parse("connection_id", &request.into_inner().connection_id)?;
        let Full { credential, renewal } =
            self.vault.exported_credential(&key.environment, id).await.map_err(status)?;
        self.account(&credential, &key, Way::Credential).await?;
        let facts = credential.facts;
        let since = facts.since();
        let HandoutReply { access_token, fields, .. } = handout_to_pb(credential.handout);
        let kept = renewal.as_ref().map(renewal_fields_to_pb).unwrap_or_default();
        Ok(Response::new(pb::ExportCredentialResponse {
            auth_mode: facts.auth_mode,
            generation: facts.generation.0,
            access_token,
            refresh_token: renewal.as_ref().map(refresh_token_to_pb).unwrap_or_default(),
            expire_time: facts.expires_at.map(timestamp_to_pb),
            obtain_time: Some(timestamp_to_pb(since)),
            granted_scopes: facts.scopes,
            fields: kept.into_iter().chain(fields).collect(),
        }))
    }

    async fn revoke_credential(
        &self,
        request: Request<pb::RevokeCredentialRequest>,
    ) -> Result<Response<pb::RevokeCredentialResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsDelete).await?;
        let asked = request.into_inner();
        let id = parse("connection_id", &asked.connection_id)?;
        let at_provider = at_provider(asked.revoke_at_provider, asked.revoke_account)?;
        let revoked = self.vault.revoke_credential(&key.environment, id, at_provider).await;
        let connection = revoked.map_err(status)?;
        let revocation = self.vault.revocation_of(&connection).await.map_err(status)?;
        let connection = render(&connection).map(|connection| with_revocation(connection, &revocation));
        Ok(Response::new(pb::RevokeCredentialResponse { connection }))
    }
}

impl Door {
    /// A person's look at a credential is recorded before they have it. Backends are given credentials all day, which is
    /// counted and not recorded.
    async fn record_reveal(&self, key: &KeyView, connection: &str) -> Result<(), Status> {
        if key.role.is_none() {
            return Ok(());
        }
        let id = parse("connection_id", connection)?;
        Box::pin(self.vault.reveal(&key.environment, id, false)).await.map_err(status)
    }

    async fn account(&self, credential: &Credential, key: &KeyView, way: Way) -> Result<(), Status> {
        let reading = || Reading::of(credential, Reader::Key(key.id), way, self.vault.now());
        self.vault.readings.note(reading).await.map_err(status)
    }
}

fn query(
    key: &KeyView,
    connection_id: &str,
    min_remaining: Option<prost_types::Duration>,
    force_refresh: bool,
    deadline: Option<Duration>,
) -> Result<Query, Fault> {
    Ok(Query {
        environment: key.environment.clone(),
        connection: parse("connection_id", connection_id)?,
        min_remaining: duration_from_pb("min_remaining", min_remaining)?,
        force_refresh,
        newer_than: None,
        deadline,
    })
}

fn to_sign(read: pb::RequestToSign) -> Result<ToSign, Fault> {
    let form = read.form.into_iter().map(|parameter| (parameter.name, parameter.value)).collect();
    Ok(ToSign::parse(read.method, &read.url, form, read.body_sha256, read.headers)?)
}

/// The caller's own deadline, less what the answer needs to get back.
pub(super) fn deadline(metadata: &MetadataMap) -> Option<Duration> {
    const WAY_BACK: Duration = Duration::from_millis(50);
    Some(grpc_timeout(metadata.as_ref())?.saturating_sub(WAY_BACK))
}

fn told<T>(response: T, source: Source) -> Response<T> {
    let mut response = Response::new(response);
    let word = MetadataValue::from_static(source.word());
    response.metadata_mut().insert(Source::HEADER, word);
    response
}

/// Counts a reading, whichever of the two calls it was made by.
async fn measured<T>(
    vault: &Vault,
    reading: impl Future<Output = Result<T, Error>>,
    credential: impl Fn(&T) -> &Credential,
) -> Result<T, Status> {
    let begun = Instant::now();
    let read = reading.await;
    let (source, integration) = match &read {
        Ok(found) => (credential(found).source.word(), credential(found).profile.integration.to_string()),
        Err(_) => ("failed", String::new()),
    };
    metrics::counter!("latchkey_token_requests_total", "source" => source, "integration" => integration.clone()).increment(1);
    metrics::histogram!("latchkey_token_request_duration_seconds", "source" => source)
        .record(begun.elapsed());
    if let Some(expires_at) = read.as_ref().ok().and_then(|found| credential(found).facts.expires_at) {
        metrics::histogram!("latchkey_token_remaining_life_seconds", "integration" => integration)
            .record(vault.ledger.now().until(expires_at));
    }
    read.map_err(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_answered_before_its_own_deadline() {
        let mut metadata = MetadataMap::new();
        assert_eq!(deadline(&metadata), None);
        metadata.insert("grpc-timeout", MetadataValue::from_static("2S"));
        assert_eq!(deadline(&metadata), Some(Duration::from_millis(1950)));
        metadata.insert("grpc-timeout", MetadataValue::from_static("10m"));
        assert_eq!(deadline(&metadata), Some(Duration::ZERO));
    }
}
