use super::{Peers, status};
use latchkey_wire::contract::CreateLogin;
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::login_service_server::LoginService for Peers {
    async fn create_login(
        &self,
        request: Request<pb::CreateLoginRequest>,
    ) -> Result<Response<pb::CreateLoginResponse>, Status> {
        let create = CreateLogin::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.create_login(create).await.map_err(status)?.into()))
    }

    async fn redeem_login(
        &self,
        request: Request<pb::RedeemLoginRequest>,
    ) -> Result<Response<pb::RedeemLoginResponse>, Status> {
        let token = request.into_inner().try_into()?;
        Ok(Response::new(self.vault.redeem_login(&token).await.map_err(status)?.into()))
    }
}
