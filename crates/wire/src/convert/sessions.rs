use super::{
    parse, parse_list, parse_optional, parse_word, text_or_empty, texts,
    time::{instant, timestamp_to_pb},
    within_list,
};
use crate::{
    Fault,
    contract::{ListSessions, ListedSessions, SessionEntry, SessionState},
    pb::vault as pb,
};

impl From<ListSessions> for pb::ListSessionsRequest {
    fn from(list: ListSessions) -> Self {
        Self {
            environment: list.environment.to_string(),
            end_user: text_or_empty(list.end_user),
            state: list.state.map_or_else(String::new, |state| state.as_str().to_owned()),
            after: text_or_empty(list.after),
            max: list.max,
        }
    }
}

impl TryFrom<pb::ListSessionsRequest> for ListSessions {
    type Error = Fault;

    fn try_from(request: pb::ListSessionsRequest) -> Result<Self, Fault> {
        let state = match request.state.as_str() {
            "" => None,
            word => Some(parse_word("state", word, SessionState::from_word)?),
        };
        Ok(Self {
            environment: parse("environment", &request.environment)?,
            end_user: parse_optional("end_user", &request.end_user)?,
            state,
            after: parse_optional("after", &request.after)?,
            max: request.max,
        })
    }
}

impl From<SessionEntry> for pb::SessionEntry {
    fn from(entry: SessionEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            end_user: entry.end_user.to_string(),
            integrations: texts(&entry.integrations),
            reconnect: text_or_empty(entry.reconnect),
            manages: entry.manages,
            connection: text_or_empty(entry.connection),
            create_time: Some(timestamp_to_pb(entry.created_at)),
            expire_time: Some(timestamp_to_pb(entry.expires_at)),
            state: entry.state.as_str().to_owned(),
        }
    }
}

impl TryFrom<pb::SessionEntry> for SessionEntry {
    type Error = Fault;

    fn try_from(entry: pb::SessionEntry) -> Result<Self, Fault> {
        Ok(Self {
            id: parse("id", &entry.id)?,
            end_user: parse("end_user", &entry.end_user)?,
            integrations: parse_list("integrations", &entry.integrations)?,
            reconnect: parse_optional("reconnect", &entry.reconnect)?,
            manages: entry.manages,
            connection: parse_optional("connection", &entry.connection)?,
            created_at: instant("create_time", entry.create_time)?,
            expires_at: instant("expire_time", entry.expire_time)?,
            state: parse_word("state", &entry.state, SessionState::from_word)?,
        })
    }
}

impl From<ListedSessions> for pb::ListSessionsResponse {
    fn from(listed: ListedSessions) -> Self {
        Self {
            sessions: listed.sessions.into_iter().map(Into::into).collect(),
            next: text_or_empty(listed.next),
        }
    }
}

impl TryFrom<pb::ListSessionsResponse> for ListedSessions {
    type Error = Fault;

    fn try_from(response: pb::ListSessionsResponse) -> Result<Self, Fault> {
        Ok(Self {
            sessions: within_list("sessions", response.sessions)?,
            next: parse_optional("next", &response.next)?,
        })
    }
}
