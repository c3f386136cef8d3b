use super::{Peers, status};
use latchkey_wire::contract::LendCredential;
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::lending_service_server::LendingService for Peers {
    async fn lend_credential(
        &self,
        request: Request<pb::LendCredentialRequest>,
    ) -> Result<Response<pb::LendCredentialResponse>, Status> {
        let wish = LendCredential::try_from(request.into_inner())?;
        let lent = self.vault.lend(wish).await.map_err(status)?;
        Ok(Response::new(lent.into()))
    }
}
