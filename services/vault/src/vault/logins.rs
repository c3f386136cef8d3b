use super::Vault;
use crate::error::Error;
use crate::ledger::Terms as Rides;
use crate::limits;
use crate::token::{new_login_token, parse_login};
use latchkey_domain::LoginLinkId;
use latchkey_domain::login_link::{Command, LoginLink, Refusal, Terms};
use latchkey_secret::SecretText;
use latchkey_wire::contract::{CreateLogin, CreatedLogin, IssueKey, IssuedKey};
use std::time::Duration;

/// How long a link may be good for. Whoever has it gets in.
const LINK_LIFETIME_MAX: Duration = Duration::from_secs(24 * 3600);

/// A long working day; after it an operator asks for another link.
const LOGIN_LIFETIME: Duration = Duration::from_secs(12 * 3600);

impl Vault {
    /// A link that lets an operator in, once.
    ///
    /// # Errors
    /// [`Error::Field`] for a name or a lifetime that cannot be.
    pub async fn create_login(&self, create: CreateLogin) -> Result<CreatedLogin, Error> {
        limits::operator(&create.operator)?;
        if create.lifetime.is_zero() || create.lifetime > LINK_LIFETIME_MAX {
            let message = "A login link lasts more than nothing and at most 24 hours.".to_owned();
            return Err(Error::Field { field: "lifetime", message });
        }
        let now = self.ledger.now();
        let id = LoginLinkId::from_parts(now.0.unsigned_abs(), self.ids.next_bits());
        let (token, digest) = new_login_token(id);
        let expires_at = now.plus(create.lifetime);
        let terms = Terms {
            id,
            environment: create.environment,
            operator: create.operator,
            role: create.role,
            token: digest,
            created_at: now,
            expires_at,
        };
        self.ledger.execute::<LoginLink>(&id.to_string(), Command::Create(terms), Rides::default()).await?;
        Ok(CreatedLogin { login: id, token, expires_at })
    }

    /// Spends a link. The key is the operator's login: it has the scopes of the link's role, and ends by itself.
    ///
    /// # Errors
    /// [`Refusal`] where the token is no link's, or the link was used or has expired.
    pub async fn redeem_login(&self, token: &SecretText) -> Result<IssuedKey, Error> {
        let (link, token) = parse_login(token).ok_or(Refusal::Unknown)?;
        let (key, now) = (self.new_key_id(), self.ledger.now());
        let redeem = Command::Redeem { token, key, at: now };
        // The link is spent first: what fails after this costs a link, and never makes two logins of one.
        let settled = self.ledger.execute::<LoginLink>(&link.to_string(), redeem, Rides::default()).await?;
        let terms = settled.state.terms().ok_or(Refusal::Unknown)?;
        let issue = IssueKey {
            environment: terms.environment.clone(),
            name: terms.operator.clone(),
            scopes: terms.role.scopes(),
            expires_at: Some(now.plus(LOGIN_LIFETIME)),
        };
        self.issue(key, issue, Some(terms.role)).await
    }
}
