use super::{
    exposed, none_if_empty, parse, required, required_text, secrets,
    time::{instant, timestamp_from_pb, timestamp_to_pb},
    within,
};
use crate::{Fault, contract::KeptClient, pb::vault as pb};
use latchkey_domain::{Environment, IntegrationKey, integration::RegisteredClient};

impl From<KeptClient> for pb::RegisteredClient {
    fn from(kept: KeptClient) -> Self {
        Self {
            client_id: kept.client.client_id,
            registration: kept.client.registration.to_string(),
            register_time: Some(timestamp_to_pb(kept.client.registered_at)),
            secret_expire_time: kept.client.secret_expires_at.map(timestamp_to_pb),
            fields: exposed(&kept.fields),
        }
    }
}

impl TryFrom<pb::RegisteredClient> for KeptClient {
    type Error = Fault;

    fn try_from(client: pb::RegisteredClient) -> Result<Self, Fault> {
        Ok(Self {
            client: RegisteredClient {
                client_id: required_text("client_id", client.client_id)?,
                registration: parse("registration", &client.registration)?,
                registered_at: instant("register_time", client.register_time)?,
                secret_expires_at: timestamp_from_pb("secret_expire_time", client.secret_expire_time)?,
            },
            fields: secrets(client.fields),
        })
    }
}

impl TryFrom<pb::GetRegisteredClientRequest> for (Environment, IntegrationKey) {
    type Error = Fault;

    fn try_from(request: pb::GetRegisteredClientRequest) -> Result<Self, Fault> {
        Ok((parse("environment", &request.environment)?, parse("integration", &request.integration)?))
    }
}

impl TryFrom<pb::GetRegisteredClientResponse> for Option<KeptClient> {
    type Error = Fault;

    fn try_from(response: pb::GetRegisteredClientResponse) -> Result<Self, Fault> {
        response.client.map(|client| within("client", client)).transpose()
    }
}

/// The client, and the id of the one that was there before.
impl TryFrom<pb::KeepRegisteredClientRequest> for (Environment, IntegrationKey, KeptClient, Option<String>) {
    type Error = Fault;

    fn try_from(request: pb::KeepRegisteredClientRequest) -> Result<Self, Fault> {
        Ok((
            parse("environment", &request.environment)?,
            parse("integration", &request.integration)?,
            within("client", required("client", request.client)?)?,
            none_if_empty(request.replaces),
        ))
    }
}

impl TryFrom<pb::KeepRegisteredClientResponse> for KeptClient {
    type Error = Fault;

    fn try_from(response: pb::KeepRegisteredClientResponse) -> Result<Self, Fault> {
        within("client", required("client", response.client)?)
    }
}
