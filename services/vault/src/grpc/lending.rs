use super::{Peers, status};
use latchkey_wire::contract::{LendCredential, TakeToken};
use latchkey_wire::convert::{handout_to_pb, is_bearer, timestamp_to_pb};
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

    async fn take_token(
        &self,
        request: Request<pb::TakeTokenRequest>,
    ) -> Result<Response<pb::TakeTokenResponse>, Status> {
        let wish = TakeToken::try_from(request.into_inner())?;
        let taken = self.vault.take_token(wish).await.map_err(status)?;
        let bearer = is_bearer(&taken.handout);
        Ok(Response::new(pb::TakeTokenResponse {
            access_token: handout_to_pb(taken.handout).access_token,
            bearer,
            expire_time: taken.facts.expires_at.map(timestamp_to_pb),
            scopes: taken.facts.scopes,
        }))
    }
}
