use super::{parse, parse_optional, required, required_text, timestamp_from_pb, timestamp_to_pb, within};
use crate::{
    Fault,
    contract::{
        BringCredential, Established, NewConnection, OpenedCredential, PrepareConnection, PreparedConnection,
        Target,
    },
    pb::vault as pb,
};
use latchkey_domain::Generation;

impl From<PrepareConnection> for pb::PrepareConnectionRequest {
    fn from(prepare: PrepareConnection) -> Self {
        let (integration, connection) = match prepare.target {
            Target::New(integration) => (integration.to_string(), String::new()),
            Target::Present(connection) => (String::new(), connection.to_string()),
        };
        let (environment, request) = (prepare.environment.to_string(), prepare.request.to_string());
        let PrepareConnection { named, reveals_app, .. } = prepare;
        Self { environment, integration, connection, request, named, reveals_app }
    }
}

impl TryFrom<pb::PrepareConnectionRequest> for PrepareConnection {
    type Error = Fault;

    fn try_from(read: pb::PrepareConnectionRequest) -> Result<Self, Fault> {
        let connection = parse_optional("connection", &read.connection)?;
        Ok(Self {
            environment: parse("environment", &read.environment)?,
            target: match connection {
                Some(connection) => Target::Present(connection),
                None => Target::New(parse("integration", &read.integration)?),
            },
            request: parse("request", &read.request)?,
            named: read.named,
            reveals_app: read.reveals_app,
        })
    }
}

impl From<PreparedConnection> for pb::PrepareConnectionResponse {
    fn from(prepared: PreparedConnection) -> Self {
        Self {
            integration: prepared.integration.to_string(),
            provider: prepared.provider,
            app: Some(prepared.app.into()),
            connection: prepared.connection.to_string(),
            generation: prepared.done.map_or(0, |generation| generation.0),
        }
    }
}

impl TryFrom<pb::PrepareConnectionResponse> for PreparedConnection {
    type Error = Fault;

    fn try_from(read: pb::PrepareConnectionResponse) -> Result<Self, Fault> {
        Ok(Self {
            integration: parse("integration", &read.integration)?,
            provider: required_text("provider", read.provider)?,
            app: required("app", read.app)?.into(),
            connection: parse("connection", &read.connection)?,
            done: (read.generation != 0).then_some(Generation(read.generation)),
        })
    }
}

impl From<BringCredential> for pb::BringCredentialRequest {
    fn from(bring: BringCredential) -> Self {
        Self {
            environment: bring.environment.to_string(),
            integration: bring.integration.to_string(),
            connection: bring.connection.to_string(),
            request: bring.request.to_string(),
            grant: Some(bring.obtained.into()),
            created: bring.created.map(Into::into),
            obtain_time: bring.issued_at.map(timestamp_to_pb),
        }
    }
}

impl TryFrom<pb::BringCredentialRequest> for BringCredential {
    type Error = Fault;

    fn try_from(read: pb::BringCredentialRequest) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &read.environment)?,
            integration: parse("integration", &read.integration)?,
            connection: parse("connection", &read.connection)?,
            request: parse("request", &read.request)?,
            obtained: within("grant", required("grant", read.grant)?)?,
            issued_at: timestamp_from_pb("obtain_time", read.obtain_time)?,
            created: read.created.map(|created| within("created", created)).transpose()?,
        })
    }
}

impl From<NewConnection> for pb::NewConnection {
    fn from(created: NewConnection) -> Self {
        Self {
            end_user: created.end_user.to_string(),
            about: Some(created.about.into()),
            disabled: created.disabled,
            needs_reauth: created.needs_reauth,
        }
    }
}

impl TryFrom<pb::NewConnection> for NewConnection {
    type Error = Fault;

    fn try_from(read: pb::NewConnection) -> Result<Self, Fault> {
        Ok(Self {
            end_user: parse("end_user", &read.end_user)?,
            about: read.about.unwrap_or_default().try_into()?,
            disabled: read.disabled,
            needs_reauth: read.needs_reauth,
        })
    }
}

impl From<Established> for pb::BringCredentialResponse {
    fn from(established: Established) -> Self {
        Self { connection: established.connection.to_string(), generation: established.generation.0 }
    }
}

impl TryFrom<pb::BringCredentialResponse> for Established {
    type Error = Fault;

    fn try_from(read: pb::BringCredentialResponse) -> Result<Self, Fault> {
        Ok(Self {
            connection: parse("connection", &read.connection)?,
            generation: Generation(read.generation),
        })
    }
}

impl From<OpenedCredential> for pb::OpenCredentialResponse {
    fn from(opened: OpenedCredential) -> Self {
        Self {
            integration: opened.integration.to_string(),
            provider: opened.provider,
            app: Some(opened.app.into()),
            grant: Some(opened.obtained.into()),
            generation: opened.generation.0,
        }
    }
}

impl TryFrom<pb::OpenCredentialResponse> for OpenedCredential {
    type Error = Fault;

    fn try_from(read: pb::OpenCredentialResponse) -> Result<Self, Fault> {
        Ok(Self {
            integration: parse("integration", &read.integration)?,
            provider: required_text("provider", read.provider)?,
            app: required("app", read.app)?.into(),
            obtained: within("grant", required("grant", read.grant)?)?,
            generation: Generation(read.generation),
        })
    }
}
