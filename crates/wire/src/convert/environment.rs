use super::{none_if_empty, parse, required, required_text, secret, within};
use crate::{
    Fault,
    contract::{CreateEnvironment, EnvironmentView, IssuedKey},
    pb::vault as pb,
};

impl From<CreateEnvironment> for pb::CreateEnvironmentRequest {
    fn from(create: CreateEnvironment) -> Self {
        Self {
            first_key: Some(create.first_key.into()),
            cloned_from: create.cloned_from.map(|source| source.to_string()).unwrap_or_default(),
        }
    }
}

impl TryFrom<pb::CreateEnvironmentRequest> for CreateEnvironment {
    type Error = Fault;

    fn try_from(request: pb::CreateEnvironmentRequest) -> Result<Self, Fault> {
        let source = none_if_empty(request.cloned_from);
        Ok(Self {
            first_key: within("first_key", required("first_key", request.first_key)?)?,
            cloned_from: source.map(|source| parse("cloned_from", &source)).transpose()?,
        })
    }
}

impl From<IssuedKey> for pb::CreateEnvironmentResponse {
    fn from(issued: IssuedKey) -> Self {
        Self { key: Some(issued.key.into()), secret: issued.secret.expose().to_owned() }
    }
}

impl TryFrom<pb::CreateEnvironmentResponse> for IssuedKey {
    type Error = Fault;

    fn try_from(response: pb::CreateEnvironmentResponse) -> Result<Self, Fault> {
        Ok(Self {
            key: within("key", required("key", response.key)?)?,
            secret: secret(required_text("secret", response.secret)?),
        })
    }
}

impl From<EnvironmentView> for pb::GetEnvironmentResponse {
    fn from(view: EnvironmentView) -> Self {
        Self {
            environment: Some(pb::EnvironmentKeys { name: view.name.to_string(), keys: view.keys }),
            integrations: view.integrations,
            connections: view.connections,
        }
    }
}

impl TryFrom<pb::GetEnvironmentResponse> for EnvironmentView {
    type Error = Fault;

    fn try_from(response: pb::GetEnvironmentResponse) -> Result<Self, Fault> {
        let environment = required("environment", response.environment)?;
        Ok(Self {
            name: parse("environment.name", &environment.name)?,
            keys: environment.keys,
            integrations: response.integrations,
            connections: response.connections,
        })
    }
}
