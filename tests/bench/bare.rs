//! The service to compare with: no key to check, nothing to decide, nothing to open. It reads the same row by the same
//! primary key and answers with a message of the same shape and size.

use crate::database::Pool;
use crate::filling::TOKEN_LEN;
use latchkey_wire::pb::vault as pb;
use latchkey_wire::pb::vault::credential_service_server::CredentialService;
use std::collections::BTreeMap;
use tonic::{Request, Response, Status};

pub struct BareService {
    pool: Pool,
    token: String,
}

impl BareService {
    pub fn new(pool: Pool) -> Self {
        Self { pool, token: "x".repeat(TOKEN_LEN) }
    }

    async fn read(&self, id: &str) -> Result<String, sqlx::Error> {
        match &self.pool {
            Pool::Sqlite(pool) => {
                sqlx::query_scalar("SELECT snapshot FROM streams WHERE category = 'connection' AND id = ?1")
                    .bind(id)
                    .fetch_one(pool)
                    .await
            }
            Pool::Postgres(pool) => {
                sqlx::query_scalar("SELECT snapshot FROM streams WHERE category = 'connection' AND id = $1")
                    .bind(id)
                    .fetch_one(pool)
                    .await
            }
        }
    }
}

#[tonic::async_trait]
impl CredentialService for BareService {
    async fn get_access_token(
        &self,
        request: Request<pb::GetAccessTokenRequest>,
    ) -> Result<Response<pb::GetAccessTokenResponse>, Status> {
        let snapshot = self
            .read(&request.get_ref().connection_id)
            .await
            .map_err(|error| Status::internal(error.to_string()))?;
        if snapshot.is_empty() {
            return Err(Status::internal("an empty row"));
        }
        let headers = BTreeMap::from([("authorization".to_owned(), format!("Bearer {}", self.token))]);
        Ok(Response::new(pb::GetAccessTokenResponse {
            query: Default::default(),
            body: Default::default(),
            access_token: self.token.clone(),
            expire_time: Some(prost_types::Timestamp { seconds: 1_900_000_000, nanos: 0 }),
            generation: 1,
            source: pb::CredentialSource::Cached.into(),
            headers,
        }))
    }

    async fn get_credential(
        &self,
        _: Request<pb::GetCredentialRequest>,
    ) -> Result<Response<pb::GetCredentialResponse>, Status> {
        Err(Status::unimplemented("only what is compared"))
    }
    async fn export_credential(
        &self,
        _: Request<pb::ExportCredentialRequest>,
    ) -> Result<Response<pb::ExportCredentialResponse>, Status> {
        Err(Status::unimplemented("only what is compared"))
    }
    async fn revoke_credential(
        &self,
        _: Request<pb::RevokeCredentialRequest>,
    ) -> Result<Response<pb::RevokeCredentialResponse>, Status> {
        Err(Status::unimplemented("only what is compared"))
    }
}
