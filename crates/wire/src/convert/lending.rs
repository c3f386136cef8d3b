use super::{exposed, none_if_empty, parse, parse_list, required_text, secret, secrets, timestamp_from_pb};
use crate::{
    Fault,
    contract::{LendCredential, LentCredential, Named, Source, TakeToken, TakenToken},
    pb::vault as pb,
};
use latchkey_domain::Generation;
use latchkey_secret::{Handout, SecretText};

impl From<LendCredential> for pb::LendCredentialRequest {
    fn from(wish: LendCredential) -> Self {
        let (connection, integration, external_id) = match wish.connection {
            Named::Id(id) => (id.to_string(), String::new(), String::new()),
            Named::External { integration, external_id } => {
                (String::new(), integration.to_string(), external_id.to_string())
            }
        };
        Self {
            environment: wish.environment.to_string(),
            connection,
            newer_than: wish.newer_than.map_or(0, |generation| generation.0),
            integration,
            external_id,
            reader: wish.reader.to_string(),
            integrations: wish.integrations.iter().map(ToString::to_string).collect(),
        }
    }
}

impl TryFrom<pb::LendCredentialRequest> for LendCredential {
    type Error = Fault;

    fn try_from(read: pb::LendCredentialRequest) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &read.environment)?,
            connection: if read.external_id.is_empty() {
                Named::Id(parse("connection", &read.connection)?)
            } else {
                Named::External {
                    integration: parse("integration", &read.integration)?,
                    external_id: parse("external_id", &read.external_id)?,
                }
            },
            newer_than: (read.newer_than != 0).then_some(Generation(read.newer_than)),
            reader: parse("reader", &read.reader)?,
            integrations: parse_list("integrations", &read.integrations)?,
        })
    }
}

impl From<LentCredential> for pb::LendCredentialResponse {
    fn from(lent: LentCredential) -> Self {
        Self {
            integration: lent.integration.to_string(),
            provider: lent.provider,
            generation: lent.generation.0,
            source: pb::CredentialSource::from(lent.source).into(),
            base_url: lent.base_url.map_or_else(String::new, |url| url.expose().to_owned()),
            origins: lent.origins,
            headers: exposed(&lent.headers),
            query: exposed(&lent.query),
            signer: lent.signer.as_ref().map(Into::into),
            in_body: lent.in_body,
        }
    }
}

impl TryFrom<pb::LendCredentialResponse> for LentCredential {
    type Error = Fault;

    fn try_from(read: pb::LendCredentialResponse) -> Result<Self, Fault> {
        let source = read.source().into();
        Ok(Self {
            source,
            integration: parse("integration", &read.integration)?,
            provider: required_text("provider", read.provider)?,
            generation: Generation(read.generation),
            base_url: none_if_empty(read.base_url).map(SecretText::new),
            origins: read.origins,
            headers: secrets(read.headers),
            query: secrets(read.query),
            signer: read.signer.map(Into::into),
            in_body: read.in_body,
        })
    }
}

impl From<Source> for pb::CredentialSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Cached => Self::Cached,
            Source::Refreshed => Self::Refreshed,
        }
    }
}

impl From<pb::CredentialSource> for Source {
    fn from(read: pb::CredentialSource) -> Self {
        match read {
            pb::CredentialSource::Refreshed => Self::Refreshed,
            pb::CredentialSource::Cached | pb::CredentialSource::Unspecified => Self::Cached,
        }
    }
}

impl From<TakeToken> for pb::TakeTokenRequest {
    fn from(wish: TakeToken) -> Self {
        Self {
            environment: wish.environment.to_string(),
            integration: wish.integration.to_string(),
            connection: wish.connection.to_string(),
            reader: wish.reader.to_string(),
        }
    }
}

impl TryFrom<pb::TakeTokenRequest> for TakeToken {
    type Error = Fault;

    fn try_from(read: pb::TakeTokenRequest) -> Result<Self, Fault> {
        Ok(Self {
            environment: parse("environment", &read.environment)?,
            integration: parse("integration", &read.integration)?,
            connection: parse("connection", &read.connection)?,
            reader: parse("reader", &read.reader)?,
        })
    }
}

impl TryFrom<pb::TakeTokenResponse> for TakenToken {
    type Error = Fault;

    fn try_from(taken: pb::TakeTokenResponse) -> Result<Self, Fault> {
        Ok(Self {
            access_token: secret(required_text("access_token", taken.access_token)?),
            bearer: taken.bearer,
            expires_at: timestamp_from_pb("expire_time", taken.expire_time)?,
            scopes: taken.scopes,
        })
    }
}

/// Whether a credential goes on a request as RFC 6750 §2.1 has it.
#[must_use]
pub fn is_bearer(handout: &Handout) -> bool {
    const SCHEME: &str = "bearer ";
    let authorization = handout.headers.get("authorization").map(SecretText::expose);
    authorization.is_some_and(|value| {
        value.get(..SCHEME.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(SCHEME))
    })
}
