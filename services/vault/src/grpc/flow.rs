use super::{Peers, status};
use latchkey_wire::contract::{CreateSession, Obtained, StartAuthorization};
use latchkey_wire::convert::{parse, required};
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::flow_service_server::FlowService for Peers {
    async fn create_session(
        &self,
        request: Request<pb::CreateSessionRequest>,
    ) -> Result<Response<pb::CreateSessionResponse>, Status> {
        let create = CreateSession::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.create_session(create).await.map_err(status)?.into()))
    }

    async fn bind_session(
        &self,
        request: Request<pb::BindSessionRequest>,
    ) -> Result<Response<pb::BindSessionResponse>, Status> {
        let asked = request.into_inner();
        let session =
            self.vault.bind_session(&asked.token.clone().into(), parse("browser", &asked.browser)?).await;
        Ok(Response::new(pb::BindSessionResponse { session: Some(session.map_err(status)?.into()) }))
    }

    async fn get_session(
        &self,
        request: Request<pb::GetSessionRequest>,
    ) -> Result<Response<pb::GetSessionResponse>, Status> {
        let asked = request.into_inner();
        let session =
            self.vault.session(parse("session", &asked.session)?, parse("browser", &asked.browser)?).await;
        Ok(Response::new(pb::GetSessionResponse { session: Some(session.map_err(status)?.into()) }))
    }

    async fn describe_session(
        &self,
        request: Request<pb::DescribeSessionRequest>,
    ) -> Result<Response<pb::DescribeSessionResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let session = self.vault.describe_session(&environment, parse("session", &asked.session)?).await;
        Ok(Response::new(pb::DescribeSessionResponse { session: Some(session.map_err(status)?.into()) }))
    }

    async fn start_authorization(
        &self,
        request: Request<pb::StartAuthorizationRequest>,
    ) -> Result<Response<pb::StartAuthorizationResponse>, Status> {
        let start = StartAuthorization::try_from(request.into_inner())?;
        self.vault.start_authorization(start).await.map_err(status)?;
        Ok(Response::new(pb::StartAuthorizationResponse {}))
    }

    async fn claim_authorization(
        &self,
        request: Request<pb::ClaimAuthorizationRequest>,
    ) -> Result<Response<pb::ClaimAuthorizationResponse>, Status> {
        let asked = request.into_inner();
        let id = parse("authorization", &asked.authorization)?;
        let (state, browser) = (parse("state", &asked.state)?, parse("browser", &asked.browser)?);
        let claimed = self.vault.claim_authorization(id, state, browser).await.map_err(status)?;
        Ok(Response::new(claimed.into()))
    }

    async fn fail_authorization(
        &self,
        request: Request<pb::FailAuthorizationRequest>,
    ) -> Result<Response<pb::FailAuthorizationResponse>, Status> {
        let asked = request.into_inner();
        let id = parse("authorization", &asked.authorization)?;
        let failure = required("failure", asked.failure)?.try_into()?;
        self.vault.fail_authorization(id, failure).await.map_err(status)?;
        Ok(Response::new(pb::FailAuthorizationResponse {}))
    }

    async fn establish_connection(
        &self,
        request: Request<pb::EstablishConnectionRequest>,
    ) -> Result<Response<pb::EstablishConnectionResponse>, Status> {
        let asked = request.into_inner();
        let id = parse("authorization", &asked.authorization)?;
        let obtained = Obtained::try_from(required::<pb::Grant>("grant", asked.grant)?)?;
        let established = self.vault.establish(id, obtained).await.map_err(status)?;
        Ok(Response::new(established.into()))
    }

    async fn confirm_authorization(
        &self,
        request: Request<pb::ConfirmAuthorizationRequest>,
    ) -> Result<Response<pb::ConfirmAuthorizationResponse>, Status> {
        let (id, browser) = request.into_inner().try_into()?;
        let established = self.vault.confirm_authorization(id, browser).await.map_err(status)?;
        Ok(Response::new(established.into()))
    }
}
