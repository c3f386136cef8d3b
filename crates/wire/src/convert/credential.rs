use super::{
    exposed, none_if_empty,
    refresh::{behaviour_from_pb, behaviour_to_pb},
    required_text, secrets,
    time::{duration_from_pb, duration_to_pb},
};
use crate::{Fault, contract::Obtained, pb::vault as pb};
use latchkey_secret::{AccessToken, Account, Grant, Handout, RefreshToken, Renewal, SecretText, Signer};

impl From<Obtained> for pb::Grant {
    fn from(obtained: Obtained) -> Self {
        let Grant { handout, renewal, expires_in, scopes, origins, account } = obtained.grant;
        Self {
            auth_mode: obtained.auth_mode,
            access_token: handout.access_token.map_or_else(String::new, |token| token.expose().to_owned()),
            headers: exposed(&handout.headers),
            query: exposed(&handout.query),
            body: exposed(&handout.body),
            signer: handout.signer.as_ref().map(Into::into),
            fields: exposed(&handout.fields),
            renewal: renewal.map(Into::into),
            expires_in: expires_in.map(duration_to_pb),
            scopes: scopes.map(|names| pb::GrantedScopes { names }),
            origins,
            account: account.map(Into::into),
            base_url: handout.base_url.map_or_else(String::new, |url| url.expose().to_owned()),
            documented: behaviour_to_pb(obtained.documented),
        }
    }
}

impl TryFrom<pb::Grant> for Obtained {
    type Error = Fault;

    fn try_from(read: pb::Grant) -> Result<Self, Fault> {
        let handout = Handout {
            access_token: none_if_empty(read.access_token).map(AccessToken::new),
            headers: secrets(read.headers),
            base_url: none_if_empty(read.base_url).map(SecretText::new),
            query: secrets(read.query),
            body: secrets(read.body),
            signer: read.signer.map(Into::into),
            fields: secrets(read.fields),
        };
        Ok(Self {
            auth_mode: required_text("auth_mode", read.auth_mode)?,
            grant: Grant {
                handout,
                renewal: read.renewal.map(Into::into),
                expires_in: duration_from_pb("expires_in", read.expires_in)?,
                scopes: read.scopes.map(|scopes| scopes.names),
                origins: read.origins,
                account: read.account.map(Into::into),
            },
            documented: behaviour_from_pb(read.documented)?,
        })
    }
}

impl From<&Signer> for pb::Signer {
    fn from(signer: &Signer) -> Self {
        Self { scheme: signer.scheme.clone(), parameters: exposed(&signer.parameters) }
    }
}

impl From<pb::Signer> for Signer {
    fn from(read: pb::Signer) -> Self {
        Self { scheme: read.scheme, parameters: secrets(read.parameters) }
    }
}

impl From<Renewal> for pb::Renewal {
    fn from(renewal: Renewal) -> Self {
        Self {
            refresh_token: renewal.refresh_token.map_or_else(String::new, |token| token.expose().to_owned()),
            fields: exposed(&renewal.fields),
        }
    }
}

impl From<pb::Renewal> for Renewal {
    fn from(read: pb::Renewal) -> Self {
        Self {
            refresh_token: none_if_empty(read.refresh_token).map(RefreshToken::new),
            fields: secrets(read.fields),
        }
    }
}

impl From<Account> for pb::Account {
    fn from(account: Account) -> Self {
        Self { id: account.id.unwrap_or_default(), label: account.label.unwrap_or_default() }
    }
}

impl From<pb::Account> for Account {
    fn from(read: pb::Account) -> Self {
        Self { id: none_if_empty(read.id), label: none_if_empty(read.label) }
    }
}
