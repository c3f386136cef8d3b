use super::{
    parse, parse_word, required, required_text, secret,
    time::{duration_from_pb, duration_to_pb, instant, timestamp_to_pb},
    within,
};
use crate::{
    Fault,
    contract::{CreateLogin, CreatedLogin, IssuedKey},
    pb::vault as pb,
};
use latchkey_domain::Role;
use latchkey_secret::SecretText;

impl From<CreateLogin> for pb::CreateLoginRequest {
    fn from(create: CreateLogin) -> Self {
        Self {
            environment: create.environment.to_string(),
            operator: create.operator,
            role: create.role.as_str().to_owned(),
            lifetime: Some(duration_to_pb(create.lifetime)),
        }
    }
}

impl TryFrom<pb::CreateLoginRequest> for CreateLogin {
    type Error = Fault;

    fn try_from(request: pb::CreateLoginRequest) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &request.environment)?,
            operator: request.operator,
            role: parse_word("role", &request.role, Role::from_word)?,
            lifetime: required("lifetime", duration_from_pb("lifetime", request.lifetime)?)?,
        })
    }
}

impl From<CreatedLogin> for pb::CreateLoginResponse {
    fn from(created: CreatedLogin) -> Self {
        Self {
            login: created.login.to_string(),
            token: created.token.expose().to_owned(),
            expire_time: Some(timestamp_to_pb(created.expires_at)),
        }
    }
}

impl TryFrom<pb::CreateLoginResponse> for CreatedLogin {
    type Error = Fault;

    fn try_from(response: pb::CreateLoginResponse) -> Result<Self, Fault> {
        Ok(Self {
            login: parse("login", &response.login)?,
            token: secret(required_text("token", response.token)?),
            expires_at: instant("expire_time", response.expire_time)?,
        })
    }
}

impl TryFrom<pb::RedeemLoginRequest> for SecretText {
    type Error = Fault;

    fn try_from(request: pb::RedeemLoginRequest) -> Result<Self, Fault> {
        required_text("token", request.token).map(secret)
    }
}

impl From<IssuedKey> for pb::RedeemLoginResponse {
    fn from(issued: IssuedKey) -> Self {
        Self { key: Some(issued.key.into()), secret: issued.secret.expose().to_owned() }
    }
}

impl TryFrom<pb::RedeemLoginResponse> for IssuedKey {
    type Error = Fault;

    fn try_from(response: pb::RedeemLoginResponse) -> Result<Self, Fault> {
        Ok(Self {
            key: within("key", required("key", response.key)?)?,
            secret: secret(required_text("secret", response.secret)?),
        })
    }
}
