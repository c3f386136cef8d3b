use super::{
    none_if_empty, parse, parse_list, parse_optional,
    preset::{presets_from_pb, presets_to_pb},
    required, required_text, secret, text_or_empty, texts,
    time::{duration_from_pb, duration_to_pb, instant, timestamp_to_pb},
    within, within_list,
};
use crate::{
    Fault,
    contract::{
        AttemptState, AttemptView, ConnectionSummary, CreateSession, CreatedSession, OwnConnection,
        SessionView,
    },
    pb::vault as pb,
};
use latchkey_domain::authorization::Choice;
use latchkey_domain::session::Outline;
use latchkey_domain::{ConnectionId, Digest, Environment, SessionId, Timestamp};
use latchkey_secret::SecretText;

impl From<CreateSession> for pb::CreateSessionRequest {
    fn from(wish: CreateSession) -> Self {
        Self {
            environment: wish.environment.to_string(),
            end_user: wish.end_user.to_string(),
            integrations: texts(&wish.integrations),
            reconnect: text_or_empty(wish.reconnect),
            lifetime: Some(duration_to_pb(wish.lifetime)),
            about: Some(wish.outline.about.into()),
            manages: wish.manages,
            presets: presets_to_pb(wish.outline.presets),
        }
    }
}

impl TryFrom<pb::CreateSessionRequest> for CreateSession {
    type Error = Fault;

    fn try_from(request: pb::CreateSessionRequest) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &request.environment)?,
            end_user: parse("end_user", &request.end_user)?,
            integrations: parse_list("integrations", &request.integrations)?,
            reconnect: parse_optional("reconnect", &request.reconnect)?,
            lifetime: required("lifetime", duration_from_pb("lifetime", request.lifetime)?)?,
            outline: Outline {
                about: within("about", request.about.unwrap_or_default())?,
                presets: presets_from_pb(request.presets)?,
            },
            manages: request.manages,
        })
    }
}

impl From<CreatedSession> for pb::CreateSessionResponse {
    fn from(created: CreatedSession) -> Self {
        Self {
            session: created.session.to_string(),
            token: created.token.expose().to_owned(),
            expire_time: Some(timestamp_to_pb(created.expires_at)),
        }
    }
}

impl TryFrom<pb::CreateSessionResponse> for CreatedSession {
    type Error = Fault;

    fn try_from(response: pb::CreateSessionResponse) -> Result<Self, Fault> {
        Ok(Self {
            session: parse("session", &response.session)?,
            token: secret(required_text("token", response.token)?),
            expires_at: instant("expire_time", response.expire_time)?,
        })
    }
}

impl From<SessionView> for pb::Session {
    fn from(view: SessionView) -> Self {
        Self {
            id: view.id.to_string(),
            environment: view.environment.to_string(),
            end_user: view.end_user.to_string(),
            integrations: view.integrations.into_iter().map(Into::into).collect(),
            reconnect: text_or_empty(view.reconnect),
            expire_time: Some(timestamp_to_pb(view.expires_at)),
            connection: text_or_empty(view.connection),
            last_failure: view.last_failure.map(Into::into),
            latest_attempt: view.latest_attempt.map(Into::into),
            summary: view.summary.map(Into::into),
            approving: view.approving,
            manages: view.manages,
            presets: presets_to_pb(view.presets),
            cancelled: view.cancelled,
            failing: view.failing.iter().map(ToString::to_string).collect(),
            tags: view.tags.into_iter().collect(),
            opened: view.opened,
        }
    }
}

impl TryFrom<pb::Session> for SessionView {
    type Error = Fault;

    fn try_from(session: pb::Session) -> Result<Self, Fault> {
        Ok(Self {
            id: parse("id", &session.id)?,
            environment: parse("environment", &session.environment)?,
            end_user: parse("end_user", &session.end_user)?,
            integrations: within_list("integrations", session.integrations)?,
            reconnect: parse_optional("reconnect", &session.reconnect)?,
            expires_at: instant("expire_time", session.expire_time)?,
            connection: parse_optional("connection", &session.connection)?,
            last_failure: session.last_failure.map(|failure| within("last_failure", failure)).transpose()?,
            latest_attempt: session
                .latest_attempt
                .map(|attempt| within("latest_attempt", attempt))
                .transpose()?,
            summary: session.summary.map(|summary| within("summary", summary)).transpose()?,
            approving: session.approving,
            manages: session.manages,
            presets: presets_from_pb(session.presets)?,
            cancelled: session.cancelled,
            failing: session.failing.iter().map(|key| parse("failing", key)).collect::<Result<_, _>>()?,
            tags: session.tags.into_iter().collect(),
            opened: session.opened,
        })
    }
}

impl AttemptState {
    const WORDS: [(Self, &str); 5] = [
        (Self::Started, "STARTED"),
        (Self::Claimed, "CLAIMED"),
        (Self::Held, "HELD"),
        (Self::Completed, "COMPLETED"),
        (Self::Failed, "FAILED"),
    ];

    /// The word it is sent as.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

impl From<AttemptView> for pb::Attempt {
    fn from(attempt: AttemptView) -> Self {
        Self {
            id: attempt.id.to_string(),
            integration: attempt.integration.to_string(),
            state: attempt.state.as_str().to_owned(),
            account: attempt.account.unwrap_or_default(),
            choices: attempt.choices.into_iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<pb::Attempt> for AttemptView {
    type Error = Fault;

    fn try_from(attempt: pb::Attempt) -> Result<Self, Fault> {
        let known = AttemptState::WORDS.iter().find(|(_, word)| *word == attempt.state);
        Ok(Self {
            id: parse("id", &attempt.id)?,
            integration: parse("integration", &attempt.integration)?,
            state: required("state", known.map(|(state, _)| *state))?,
            account: none_if_empty(attempt.account),
            choices: attempt.choices.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<Choice> for pb::AccountChoice {
    fn from(choice: Choice) -> Self {
        Self {
            label: choice.label,
            detail: choice.detail.unwrap_or_default(),
            values: choice.values.into_iter().collect(),
        }
    }
}

impl From<pb::AccountChoice> for Choice {
    fn from(choice: pb::AccountChoice) -> Self {
        Self {
            label: choice.label,
            detail: none_if_empty(choice.detail),
            values: choice.values.into_iter().collect(),
        }
    }
}

impl From<ConnectionSummary> for pb::ConnectionSummary {
    fn from(summary: ConnectionSummary) -> Self {
        let (failure, since) = summary.ended.unzip();
        Self {
            account: summary.account.unwrap_or_default(),
            integration: summary.integration.to_string(),
            scopes: summary.scopes,
            failure: failure.map(Into::into),
            fail_time: since.map(timestamp_to_pb),
        }
    }
}

impl TryFrom<pb::ConnectionSummary> for ConnectionSummary {
    type Error = Fault;

    fn try_from(summary: pb::ConnectionSummary) -> Result<Self, Fault> {
        let ended = match summary.failure {
            None => None,
            Some(failure) => Some((within("failure", failure)?, instant("fail_time", summary.fail_time)?)),
        };
        let account = Some(summary.account).filter(|account| !account.is_empty());
        let integration = parse("integration", &summary.integration)?;
        Ok(Self { integration, account, scopes: summary.scopes, ended })
    }
}

impl From<OwnConnection> for pb::OwnConnection {
    fn from(own: OwnConnection) -> Self {
        Self {
            id: own.id.to_string(),
            summary: Some(own.summary.into()),
            name: own.name,
            provider: own.provider,
            asked: own.asked,
            mendable: own.mendable,
            failing: own.failing,
            create_time: Some(timestamp_to_pb(own.created_at)),
        }
    }
}

impl TryFrom<pb::OwnConnection> for OwnConnection {
    type Error = Fault;

    fn try_from(own: pb::OwnConnection) -> Result<Self, Fault> {
        Ok(Self {
            id: parse("id", &own.id)?,
            summary: within("summary", required("summary", own.summary)?)?,
            name: own.name,
            provider: own.provider,
            asked: own.asked,
            mendable: own.mendable,
            failing: own.failing,
            created_at: instant("create_time", own.create_time)?,
        })
    }
}

impl From<Vec<OwnConnection>> for pb::ListOwnConnectionsResponse {
    fn from(own: Vec<OwnConnection>) -> Self {
        Self { connections: own.into_iter().map(Into::into).collect() }
    }
}

impl TryFrom<pb::ListOwnConnectionsResponse> for Vec<OwnConnection> {
    type Error = Fault;

    fn try_from(response: pb::ListOwnConnectionsResponse) -> Result<Self, Fault> {
        within_list("connections", response.connections)
    }
}

impl TryFrom<pb::ListOwnConnectionsRequest> for (SessionId, Digest) {
    type Error = Fault;

    fn try_from(request: pb::ListOwnConnectionsRequest) -> Result<Self, Fault> {
        Ok((parse("session", &request.session)?, parse("browser", &request.browser)?))
    }
}

impl TryFrom<pb::DisconnectRequest> for (SessionId, Digest, ConnectionId) {
    type Error = Fault;

    fn try_from(request: pb::DisconnectRequest) -> Result<Self, Fault> {
        let browser = parse("browser", &request.browser)?;
        Ok((parse("session", &request.session)?, browser, parse("connection", &request.connection)?))
    }
}

/// The token and the browser that shows it.
impl TryFrom<pb::BindSessionRequest> for (SecretText, Digest) {
    type Error = Fault;

    fn try_from(request: pb::BindSessionRequest) -> Result<Self, Fault> {
        let browser = parse("browser", &request.browser)?;
        Ok((secret(required_text("token", request.token)?), browser))
    }
}

/// The session and the browser that holds it.
impl TryFrom<pb::GetSessionRequest> for (SessionId, Digest) {
    type Error = Fault;

    fn try_from(request: pb::GetSessionRequest) -> Result<Self, Fault> {
        Ok((parse("session", &request.session)?, parse("browser", &request.browser)?))
    }
}

impl TryFrom<pb::DescribeSessionRequest> for (Environment, SessionId) {
    type Error = Fault;

    fn try_from(request: pb::DescribeSessionRequest) -> Result<Self, Fault> {
        Ok((parse("environment", &request.environment)?, parse("session", &request.session)?))
    }
}

/// Until when the session lasts.
impl TryFrom<pb::InviteApproverResponse> for Timestamp {
    type Error = Fault;

    fn try_from(response: pb::InviteApproverResponse) -> Result<Self, Fault> {
        instant("expire_time", response.expire_time)
    }
}

/// These answer with a session.
macro_rules! answers_with_a_session {
    ($($response:ident),+) => {$(
        impl From<SessionView> for pb::$response {
            fn from(view: SessionView) -> Self {
                Self { session: Some(view.into()) }
            }
        }

        impl TryFrom<pb::$response> for SessionView {
            type Error = Fault;

            fn try_from(response: pb::$response) -> Result<Self, Fault> {
                within("session", required("session", response.session)?)
            }
        }
    )+};
}

answers_with_a_session!(
    BindSessionResponse,
    GetSessionResponse,
    DescribeSessionResponse,
    BindApproverResponse,
    ExchangeResultResponse
);
