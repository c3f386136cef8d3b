use super::{
    none_if_empty, parse, parse_word, required, required_text, secret,
    time::{instant, timestamp_from_pb, timestamp_to_pb},
    within, within_list,
};
use crate::{
    Fault,
    contract::{IssueKey, IssuedKey, KeyState, KeyView, RotatedKey},
    pb::vault as pb,
};
use latchkey_domain::{ApiKeyId, Environment, Role, api_key::Scope};
use latchkey_secret::SecretText;

impl From<KeyView> for pb::Key {
    fn from(key: KeyView) -> Self {
        Self {
            id: key.id.to_string(),
            environment: key.environment.to_string(),
            name: key.name,
            scopes: scopes_to_words(&key.scopes),
            create_time: Some(timestamp_to_pb(key.created_at)),
            expire_time: key.expires_at.map(timestamp_to_pb),
            role: key.role.map_or_else(String::new, |role| role.as_str().to_owned()),
            revoked: key.state != KeyState::Active,
            locked: key.state == KeyState::Locked,
            successor: key.successor.map(|successor| successor.to_string()).unwrap_or_default(),
        }
    }
}

impl TryFrom<pb::Key> for KeyView {
    type Error = Fault;

    fn try_from(key: pb::Key) -> Result<Self, Fault> {
        Ok(Self {
            id: parse("id", &key.id)?,
            environment: parse("environment", &key.environment)?,
            name: key.name,
            scopes: scopes_from_words("scopes", &key.scopes)?,
            created_at: instant("create_time", key.create_time)?,
            expires_at: timestamp_from_pb("expire_time", key.expire_time)?,
            role: none_if_empty(key.role)
                .map(|word| parse_word("role", &word, Role::from_word))
                .transpose()?,
            state: match (key.locked, key.revoked) {
                (true, _) => KeyState::Locked,
                (false, true) => KeyState::Revoked,
                (false, false) => KeyState::Active,
            },
            successor: none_if_empty(key.successor).map(|id| parse("successor", &id)).transpose()?,
        })
    }
}

impl From<IssueKey> for pb::IssueKeyRequest {
    fn from(issue: IssueKey) -> Self {
        Self {
            environment: issue.environment.to_string(),
            name: issue.name,
            scopes: scopes_to_words(&issue.scopes),
            expire_time: issue.expires_at.map(timestamp_to_pb),
        }
    }
}

impl TryFrom<pb::IssueKeyRequest> for IssueKey {
    type Error = Fault;

    fn try_from(request: pb::IssueKeyRequest) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &request.environment)?,
            name: request.name,
            scopes: scopes_from_words("scopes", &request.scopes)?,
            expires_at: timestamp_from_pb("expire_time", request.expire_time)?,
        })
    }
}

impl From<IssuedKey> for pb::IssueKeyResponse {
    fn from(issued: IssuedKey) -> Self {
        Self { key: Some(issued.key.into()), secret: issued.secret.expose().to_owned() }
    }
}

impl TryFrom<pb::IssueKeyResponse> for IssuedKey {
    type Error = Fault;

    fn try_from(response: pb::IssueKeyResponse) -> Result<Self, Fault> {
        Ok(Self {
            key: within("key", required("key", response.key)?)?,
            secret: secret(required_text("secret", response.secret)?),
        })
    }
}

impl From<RotatedKey> for pb::RotateKeyResponse {
    fn from(rotated: RotatedKey) -> Self {
        let RotatedKey { successor, previous } = rotated;
        Self {
            key: Some(successor.key.into()),
            secret: successor.secret.expose().to_owned(),
            previous: Some(previous.into()),
        }
    }
}

impl TryFrom<pb::RotateKeyResponse> for RotatedKey {
    type Error = Fault;

    fn try_from(response: pb::RotateKeyResponse) -> Result<Self, Fault> {
        let successor = IssuedKey {
            key: within("key", required("key", response.key)?)?,
            secret: secret(required_text("secret", response.secret)?),
        };
        Ok(Self { successor, previous: within("previous", required("previous", response.previous)?)? })
    }
}

impl From<KeyView> for pb::GetKeyResponse {
    fn from(key: KeyView) -> Self {
        Self { key: Some(key.into()) }
    }
}

impl TryFrom<pb::GetKeyResponse> for KeyView {
    type Error = Fault;

    fn try_from(response: pb::GetKeyResponse) -> Result<Self, Fault> {
        within("key", required("key", response.key)?)
    }
}

impl TryFrom<pb::AuthenticateKeyRequest> for SecretText {
    type Error = Fault;

    fn try_from(request: pb::AuthenticateKeyRequest) -> Result<Self, Fault> {
        required_text("key", request.key).map(secret)
    }
}

impl From<KeyView> for pb::AuthenticateKeyResponse {
    fn from(key: KeyView) -> Self {
        Self { key: Some(key.into()) }
    }
}

impl TryFrom<pb::AuthenticateKeyResponse> for KeyView {
    type Error = Fault;

    fn try_from(response: pb::AuthenticateKeyResponse) -> Result<Self, Fault> {
        within("key", required("key", response.key)?)
    }
}

impl TryFrom<pb::ListKeysRequest> for Environment {
    type Error = Fault;

    fn try_from(request: pb::ListKeysRequest) -> Result<Self, Fault> {
        parse("environment", &request.environment)
    }
}

impl From<Vec<KeyView>> for pb::ListKeysResponse {
    fn from(keys: Vec<KeyView>) -> Self {
        Self { keys: keys.into_iter().map(Into::into).collect() }
    }
}

impl TryFrom<pb::ListKeysResponse> for Vec<KeyView> {
    type Error = Fault;

    fn try_from(response: pb::ListKeysResponse) -> Result<Self, Fault> {
        within_list("keys", response.keys)
    }
}

impl TryFrom<pb::RevokeKeyRequest> for (Environment, ApiKeyId) {
    type Error = Fault;

    fn try_from(request: pb::RevokeKeyRequest) -> Result<Self, Fault> {
        Ok((parse("environment", &request.environment)?, parse("id", &request.id)?))
    }
}

#[must_use]
pub fn scopes_to_words(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(|scope| scope.as_str().to_owned()).collect()
}

/// # Errors
/// [`Fault::field_invalid`] where a word is no scope; the element is named.
pub fn scopes_from_words(field: &str, words: &[String]) -> Result<Vec<Scope>, Fault> {
    words
        .iter()
        .enumerate()
        .map(|(index, word)| parse_word(&format!("{field}[{index}]"), word, Scope::from_word))
        .collect()
}
