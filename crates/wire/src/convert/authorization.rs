use super::{exposed, none_if_empty, parse, required, required_text, secrets, within};
use crate::{
    Fault,
    contract::{ClaimedAuthorization, Established, Obtained, StartAuthorization, Undecided},
    pb::vault as pb,
};
use latchkey_domain::authorization::Choice;
use latchkey_domain::{AuthorizationId, Digest, Failure, Generation};
use latchkey_secret::CodeVerifier;

impl From<StartAuthorization> for pb::StartAuthorizationRequest {
    fn from(start: StartAuthorization) -> Self {
        Self {
            authorization: start.authorization.to_string(),
            session: start.session.to_string(),
            browser: start.browser.to_string(),
            integration: start.integration.to_string(),
            state: start.state.to_string(),
            redirect_uri: start.redirect_uri,
            scopes: start.scopes,
            code_verifier: verifier_text(start.code_verifier.as_ref()),
            inputs: exposed(&start.inputs),
        }
    }
}

impl TryFrom<pb::StartAuthorizationRequest> for StartAuthorization {
    type Error = Fault;

    fn try_from(request: pb::StartAuthorizationRequest) -> Result<Self, Fault> {
        Ok(Self {
            authorization: parse("authorization", &request.authorization)?,
            session: parse("session", &request.session)?,
            browser: parse("browser", &request.browser)?,
            integration: parse("integration", &request.integration)?,
            state: parse("state", &request.state)?,
            // Empty where nobody is sent away, because the credential is typed in.
            redirect_uri: request.redirect_uri,
            scopes: request.scopes,
            code_verifier: none_if_empty(request.code_verifier).map(CodeVerifier::new),
            inputs: secrets(request.inputs),
        })
    }
}

impl From<ClaimedAuthorization> for pb::ClaimAuthorizationResponse {
    fn from(claimed: ClaimedAuthorization) -> Self {
        Self {
            session: claimed.session.to_string(),
            environment: claimed.environment.to_string(),
            integration: claimed.integration.to_string(),
            redirect_uri: claimed.redirect_uri,
            provider: claimed.provider,
            app: Some(claimed.app.into()),
            code_verifier: verifier_text(claimed.code_verifier.as_ref()),
            inputs: exposed(&claimed.inputs),
        }
    }
}

impl TryFrom<pb::ClaimAuthorizationResponse> for ClaimedAuthorization {
    type Error = Fault;

    fn try_from(response: pb::ClaimAuthorizationResponse) -> Result<Self, Fault> {
        Ok(Self {
            session: parse("session", &response.session)?,
            environment: parse("environment", &response.environment)?,
            integration: parse("integration", &response.integration)?,
            redirect_uri: response.redirect_uri,
            provider: required_text("provider", response.provider)?,
            app: required("app", response.app)?.into(),
            code_verifier: none_if_empty(response.code_verifier).map(CodeVerifier::new),
            inputs: secrets(response.inputs),
        })
    }
}

/// The attempt, and the digests of the `state` parameter's secret half and of the browser.
impl TryFrom<pb::ClaimAuthorizationRequest> for (AuthorizationId, Digest, Digest) {
    type Error = Fault;

    fn try_from(request: pb::ClaimAuthorizationRequest) -> Result<Self, Fault> {
        Ok((
            parse("authorization", &request.authorization)?,
            parse("state", &request.state)?,
            parse("browser", &request.browser)?,
        ))
    }
}

impl TryFrom<pb::FailAuthorizationRequest> for (AuthorizationId, Failure) {
    type Error = Fault;

    fn try_from(request: pb::FailAuthorizationRequest) -> Result<Self, Fault> {
        let failure = within("failure", required("failure", request.failure)?)?;
        Ok((parse("authorization", &request.authorization)?, failure))
    }
}

impl TryFrom<pb::EstablishConnectionRequest> for (AuthorizationId, Obtained) {
    type Error = Fault;

    fn try_from(request: pb::EstablishConnectionRequest) -> Result<Self, Fault> {
        let obtained = within("grant", required("grant", request.grant)?)?;
        Ok((parse("authorization", &request.authorization)?, obtained))
    }
}

impl From<Established> for pb::EstablishConnectionResponse {
    fn from(established: Established) -> Self {
        Self { connection: established.connection.to_string(), generation: established.generation.0 }
    }
}

impl TryFrom<pb::EstablishConnectionResponse> for Established {
    type Error = Fault;

    fn try_from(response: pb::EstablishConnectionResponse) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &response.connection)?,
            generation: Generation(response.generation),
        })
    }
}

impl TryFrom<pb::ConfirmAuthorizationRequest> for (AuthorizationId, Digest) {
    type Error = Fault;

    fn try_from(request: pb::ConfirmAuthorizationRequest) -> Result<Self, Fault> {
        Ok((parse("authorization", &request.authorization)?, parse("browser", &request.browser)?))
    }
}

impl TryFrom<pb::HoldAuthorizationRequest> for (AuthorizationId, Obtained, Vec<Choice>) {
    type Error = Fault;

    fn try_from(request: pb::HoldAuthorizationRequest) -> Result<Self, Fault> {
        let obtained = within("grant", required("grant", request.grant)?)?;
        let choices = request.choices.into_iter().map(Into::into).collect();
        Ok((parse("authorization", &request.authorization)?, obtained, choices))
    }
}

impl TryFrom<pb::ResumeAuthorizationRequest> for (AuthorizationId, Digest) {
    type Error = Fault;

    fn try_from(request: pb::ResumeAuthorizationRequest) -> Result<Self, Fault> {
        Ok((parse("authorization", &request.authorization)?, parse("browser", &request.browser)?))
    }
}

impl From<Undecided> for pb::ResumeAuthorizationResponse {
    fn from(undecided: Undecided) -> Self {
        Self { attempt: Some(undecided.attempt.into()), grant: Some(undecided.obtained.into()) }
    }
}

impl TryFrom<pb::ResumeAuthorizationResponse> for Undecided {
    type Error = Fault;

    fn try_from(response: pb::ResumeAuthorizationResponse) -> Result<Self, Fault> {
        Ok(Self {
            attempt: within("attempt", required("attempt", response.attempt)?)?,
            obtained: within("grant", required("grant", response.grant)?)?,
        })
    }
}

impl From<Established> for pb::ConfirmAuthorizationResponse {
    fn from(established: Established) -> Self {
        Self { connection: established.connection.to_string(), generation: established.generation.0 }
    }
}

impl TryFrom<pb::ConfirmAuthorizationResponse> for Established {
    type Error = Fault;

    fn try_from(response: pb::ConfirmAuthorizationResponse) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &response.connection)?,
            generation: Generation(response.generation),
        })
    }
}

fn verifier_text(verifier: Option<&CodeVerifier>) -> String {
    verifier.map_or_else(String::new, |verifier| verifier.expose().to_owned())
}
