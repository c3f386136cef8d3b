use super::connection::page_token;
use super::{Door, status};
use crate::config::Accounting;
use crate::vault::Holder;
use latchkey_domain::Generation;
use latchkey_domain::api_key::Scope;
use latchkey_wire::convert::{parse, timestamp_to_pb};
use latchkey_wire::pb::admin as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::audit_service_server::AuditService for Door {
    async fn who_holds(
        &self,
        request: Request<pb::WhoHoldsRequest>,
    ) -> Result<Response<pb::WhoHoldsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::AuditRead).await?;
        let asked = request.into_inner();
        let connection = parse("connection_id", &asked.connection_id)?;
        let generation = Some(Generation(asked.generation)).filter(|generation| generation.0 > 0);
        let found = self.vault.who_holds(&key.environment, connection, generation).await.map_err(status)?;
        Ok(Response::new(pb::WhoHoldsResponse {
            holders: found.holders.into_iter().map(render).collect(),
            present_generation: found.present.0,
            accounting: accounting_to_pb(found.accounting).into(),
        }))
    }

    async fn export_audit_records(
        &self,
        request: Request<pb::ExportAuditRecordsRequest>,
    ) -> Result<Response<pb::ExportAuditRecordsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::AuditRead).await?;
        let after = match request.into_inner().page_token.as_str() {
            "" => 0,
            token => token.parse().map_err(|_| page_token::invalid())?,
        };
        let exported = self.vault.export_audit(&key.environment, after).await.map_err(status)?;
        Ok(Response::new(pb::ExportAuditRecordsResponse {
            lines: exported.lines,
            next_page_token: exported.next.map_or_else(String::new, |next| next.to_string()),
        }))
    }

    async fn get_audit_root(
        &self,
        request: Request<pb::GetAuditRootRequest>,
    ) -> Result<Response<pb::GetAuditRootResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::AuditRead).await?;
        let root = self.vault.audit_root(&key.environment).await.map_err(status)?;
        Ok(Response::new(pb::GetAuditRootResponse { root: root.to_string() }))
    }

    async fn list_signing_keys(
        &self,
        request: Request<pb::ListSigningKeysRequest>,
    ) -> Result<Response<pb::ListSigningKeysResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::AuditRead).await?;
        let keys = self.vault.public_keys(&key.environment).await.map_err(status)?;
        let signing_keys = keys.into_iter().map(|key| pb::SigningKey {
            id: key.id,
            public_key: key.key,
            create_time: Some(timestamp_to_pb(key.made_at)),
        });
        Ok(Response::new(pb::ListSigningKeysResponse { signing_keys: signing_keys.collect() }))
    }
}

fn render(holder: Holder) -> pb::Holder {
    pb::Holder {
        reader: holder.reader,
        reader_name: holder.name.unwrap_or_default(),
        generation: holder.generation.0,
        way: holder.way,
        count: holder.count,
        first_time: Some(timestamp_to_pb(holder.first_at)),
        last_time: Some(timestamp_to_pb(holder.last_at)),
    }
}

fn accounting_to_pb(accounting: Accounting) -> pb::ReadAccounting {
    match accounting {
        Accounting::Off => pb::ReadAccounting::Off,
        Accounting::Sampled => pb::ReadAccounting::Sampled,
        Accounting::Full => pb::ReadAccounting::Full,
        Accounting::Strict => pb::ReadAccounting::Strict,
    }
}
