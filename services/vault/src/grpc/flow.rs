use super::{Peers, status};
use latchkey_wire::contract::{CreateSession, ListSessions, Obtained, StartAuthorization};
use latchkey_wire::convert::{parse, required, secret_to_pb, timestamp_to_pb};
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

    async fn list_sessions(
        &self,
        request: Request<pb::ListSessionsRequest>,
    ) -> Result<Response<pb::ListSessionsResponse>, Status> {
        let list = ListSessions::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.sessions(list).await.map_err(status)?.into()))
    }

    async fn cancel_session(
        &self,
        request: Request<pb::CancelSessionRequest>,
    ) -> Result<Response<pb::CancelSessionResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        self.vault.cancel_session(&environment, parse("session", &asked.session)?).await.map_err(status)?;
        Ok(Response::new(pb::CancelSessionResponse {}))
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

    async fn invite_approver(
        &self,
        request: Request<pb::InviteApproverRequest>,
    ) -> Result<Response<pb::InviteApproverResponse>, Status> {
        let asked = request.into_inner();
        let (session, browser) = (parse("session", &asked.session)?, parse("browser", &asked.browser)?);
        let approval = parse("approval", &asked.approval)?;
        let until = self.vault.invite_approver(session, browser, approval).await.map_err(status)?;
        Ok(Response::new(pb::InviteApproverResponse { expire_time: Some(timestamp_to_pb(until)) }))
    }

    async fn bind_approver(
        &self,
        request: Request<pb::BindApproverRequest>,
    ) -> Result<Response<pb::BindApproverResponse>, Status> {
        let asked = request.into_inner();
        let browser = parse("browser", &asked.browser)?;
        let session = self.vault.bind_approver(&asked.approval.clone().into(), browser).await;
        Ok(Response::new(session.map_err(status)?.into()))
    }

    async fn issue_result(
        &self,
        request: Request<pb::IssueResultRequest>,
    ) -> Result<Response<pb::IssueResultResponse>, Status> {
        let asked = request.into_inner();
        let (session, browser) = (parse("session", &asked.session)?, parse("browser", &asked.browser)?);
        let token = self.vault.issue_result(session, browser).await.map_err(status)?;
        Ok(Response::new(pb::IssueResultResponse { token: secret_to_pb(&token) }))
    }

    async fn exchange_result(
        &self,
        request: Request<pb::ExchangeResultRequest>,
    ) -> Result<Response<pb::ExchangeResultResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let session = self.vault.exchange_result(&environment, &asked.token.clone().into()).await;
        Ok(Response::new(session.map_err(status)?.into()))
    }

    async fn confirm_authorization(
        &self,
        request: Request<pb::ConfirmAuthorizationRequest>,
    ) -> Result<Response<pb::ConfirmAuthorizationResponse>, Status> {
        let (id, browser) = request.into_inner().try_into()?;
        let established = self.vault.confirm_authorization(id, browser).await.map_err(status)?;
        Ok(Response::new(established.into()))
    }

    async fn hold_authorization(
        &self,
        request: Request<pb::HoldAuthorizationRequest>,
    ) -> Result<Response<pb::HoldAuthorizationResponse>, Status> {
        let (id, obtained, choices) = request.into_inner().try_into()?;
        self.vault.hold_authorization(id, obtained, choices).await.map_err(status)?;
        Ok(Response::new(pb::HoldAuthorizationResponse {}))
    }

    async fn resume_authorization(
        &self,
        request: Request<pb::ResumeAuthorizationRequest>,
    ) -> Result<Response<pb::ResumeAuthorizationResponse>, Status> {
        let (id, browser) = request.into_inner().try_into()?;
        let undecided = self.vault.resume_authorization(id, browser).await.map_err(status)?;
        Ok(Response::new(undecided.into()))
    }

    async fn list_own_connections(
        &self,
        request: Request<pb::ListOwnConnectionsRequest>,
    ) -> Result<Response<pb::ListOwnConnectionsResponse>, Status> {
        let (session, browser) = request.into_inner().try_into()?;
        let own = self.vault.own_connections(session, browser).await.map_err(status)?;
        Ok(Response::new(own.into()))
    }

    async fn disconnect(
        &self,
        request: Request<pb::DisconnectRequest>,
    ) -> Result<Response<pb::DisconnectResponse>, Status> {
        let (session, browser, connection) = request.into_inner().try_into()?;
        self.vault.disconnect(session, browser, connection).await.map_err(status)?;
        Ok(Response::new(pb::DisconnectResponse {}))
    }
}
