use super::Vault;
use super::webhook_endpoints::kept;
use crate::error::Error;
use crate::ledger::Terms;
use crate::limits;
use crate::token::{new_api_key, parse_key};
use latchkey_domain::api_key::{ApiKey, Command, Issued, LOCKED, Refusal};
use latchkey_domain::{Aggregate, ApiKeyId, Environment, Role, Timestamp, environment};
use latchkey_secret::SecretText;
use latchkey_store::CardQuery;
use latchkey_wire::contract::{IssueKey, IssuedKey, KeyState, KeyView, RotatedKey};
use latchkey_wire::{Fault, Kind, Reason};
use std::collections::BTreeSet;
use std::time::Duration;

/// Keys are few; a list of them is given whole.
const LISTED_MAX: u32 = 1000;

impl Vault {
    /// Whose key this is.
    ///
    /// # Errors
    /// [`Refusal`] where it is nobody's, or no longer.
    pub async fn authenticate(&self, key: &SecretText) -> Result<KeyView, Error> {
        let (environment, id, secret) = parse_key(key).ok_or(Refusal::Invalid)?;
        let loaded = self.ledger.load::<ApiKey>(&id.to_string()).await?;
        let issued = loaded.state.authenticate(&secret, self.ledger.now())?;
        if issued.environment != environment {
            return Err(Refusal::Invalid.into());
        }
        Ok(view(issued, KeyState::Active))
    }

    /// # Errors
    /// [`Error::Field`] for a name, scopes or an end that cannot be.
    pub async fn issue_key(&self, issue: IssueKey) -> Result<IssuedKey, Error> {
        checked(&issue, self.ledger.now())?;
        let id = self.new_key_id();
        self.issue(id, issue, None).await
    }

    pub(super) fn new_key_id(&self) -> ApiKeyId {
        ApiKeyId::from_parts(self.ledger.now().0.unsigned_abs(), self.ids.next_bits())
    }

    /// A backend's key, or an operator's login where there is a role.
    ///
    /// # Errors
    /// [`Error::EnvironmentEnded`]; [`environment::Refusal::Taken`] where the id is somebody else's by now.
    pub(super) async fn issue(
        &self,
        id: ApiKeyId,
        issue: IssueKey,
        role: Option<Role>,
    ) -> Result<IssuedKey, Error> {
        self.may_begin_in(&issue.environment).await?;
        let (secret, digest) = new_api_key(&issue.environment, id);
        let issued = Issued {
            id,
            environment: issue.environment,
            name: issue.name,
            scopes: issue.scopes,
            secret: digest,
            created_at: self.ledger.now(),
            expires_at: issue.expires_at,
            role,
            replaced: None,
        };
        let key = view(&issued, KeyState::Active);
        let issue = Command::Issue(issued);
        let settled = self.ledger.execute::<ApiKey>(&id.to_string(), issue, Terms::default()).await?;
        // Only an environment's first key has an id that others know: whoever comes second has no key, and is told so.
        if settled.events.is_empty() {
            return Err(environment::Refusal::Taken.into());
        }
        Ok(IssuedKey { key, secret })
    }

    /// What whoever has the key is called; its id where there is no such key.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn key_name(&self, id: ApiKeyId) -> Result<String, Error> {
        match self.ledger.load::<ApiKey>(&id.to_string()).await?.state {
            ApiKey::Active(issued) | ApiKey::Locked(issued) | ApiKey::Revoked(issued) => Ok(issued.name),
            ApiKey::Absent => Ok(id.to_string()),
        }
    }

    /// # Errors
    /// The store's.
    pub async fn keys(&self, environment: &Environment) -> Result<Vec<KeyView>, Error> {
        let query = CardQuery {
            category: ApiKey::CATEGORY.into(),
            environment: environment.to_string(),
            max: LISTED_MAX,
            ..CardQuery::default()
        };
        let mut views = vec![];
        for item in self.ledger.store().list(&query).await?.items {
            match self.ledger.state_of::<ApiKey>(&item.stream, &item.snapshot).await? {
                ApiKey::Absent => {}
                ApiKey::Active(issued) => views.push(view(&issued, KeyState::Active)),
                ApiKey::Locked(issued) => views.push(view(&issued, KeyState::Locked)),
                ApiKey::Revoked(issued) => views.push(view(&issued, KeyState::Revoked)),
            }
        }
        Ok(views)
    }

    /// The keys of all environments that came out of a backup and wait for somebody to confirm them; those that end by
    /// themselves in time are among them.
    ///
    /// # Errors
    /// The store's.
    pub async fn locked_keys(&self) -> Result<Vec<KeyView>, Error> {
        let store = self.ledger.store();
        let tallies = store.tally(ApiKey::CATEGORY, None).await?;
        let environments: BTreeSet<String> = tallies.into_iter().map(|tally| tally.environment).collect();
        let mut views = vec![];
        for environment in environments {
            let query = CardQuery {
                category: ApiKey::CATEGORY.into(),
                environment,
                status: Some(LOCKED.to_owned()),
                max: LISTED_MAX,
                ..CardQuery::default()
            };
            for item in store.list(&query).await?.items {
                if let ApiKey::Locked(issued) =
                    self.ledger.state_of::<ApiKey>(&item.stream, &item.snapshot).await?
                {
                    views.push(view(&issued, KeyState::Locked));
                }
            }
        }
        Ok(views)
    }

    /// Has a key that came out of a backup open again what it opened.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] where there is no such key, or it was revoked.
    pub async fn confirm_key(&self, id: ApiKeyId) -> Result<(), Error> {
        let confirm = Command::Confirm { at: self.ledger.now() };
        self.ledger.execute::<ApiKey>(&id.to_string(), confirm, Terms::default()).await?;
        Ok(())
    }

    /// Locks every key there is, before the first start on a database that was restored by other means. Says how many.
    ///
    /// # Errors
    /// The store's.
    pub async fn lock_keys(&self) -> Result<usize, Error> {
        let mut locked = 0;
        let tallies = self.ledger.store().tally(ApiKey::CATEGORY, None).await?;
        let environments: BTreeSet<String> = tallies.into_iter().map(|tally| tally.environment).collect();
        for environment in environments {
            let Ok(environment) = environment.parse() else { continue };
            for key in self.keys(&environment).await?.into_iter().filter(|key| key.state == KeyState::Active)
            {
                let lock = Command::Lock { at: self.ledger.now() };
                self.ledger.execute::<ApiKey>(&key.id.to_string(), lock, Terms::default()).await?;
                locked += 1;
            }
        }
        Ok(locked)
    }

    /// # Errors
    /// Not found where the environment has no such key.
    pub async fn key(&self, environment: &Environment, id: ApiKeyId) -> Result<KeyView, Error> {
        let (issued, state) = self.key_in(environment, id).await?;
        Ok(view(&issued, state))
    }

    /// Makes a key's successor: the same name, scopes and span of life. The key goes on beside it for a while.
    ///
    /// # Errors
    /// Not found where the environment has no such key; [`Error::KeyNotReplaceable`]; [`Error::Field`] where it is to be kept
    /// for too long.
    pub async fn rotate_key(
        &self,
        environment: &Environment,
        id: ApiKeyId,
        keep: Option<Duration>,
    ) -> Result<RotatedKey, Error> {
        let keep = kept(keep, "The old key goes on for 7 days at most.")?;
        let (issued, state) = self.key_in(environment, id).await?;
        let now = self.ledger.now();
        replaceable(&issued, state, now)?;
        let span = issued.expires_at.map(|end| end.0.saturating_sub(issued.created_at.0));
        let issue = IssueKey {
            environment: environment.clone(),
            name: issued.name.clone(),
            scopes: issued.scopes.clone(),
            expires_at: span.map(|span| Timestamp(now.0.saturating_add(span))),
        };
        // The successor first: whoever is cut short between the two still has a key that opens what it opened.
        let successor = self.issue(self.new_key_id(), issue, None).await?;
        let replace = Command::Replace { by: successor.key.id, until: now.plus(keep), at: now };
        self.ledger.execute::<ApiKey>(&id.to_string(), replace, Terms::default()).await?;
        Ok(RotatedKey { successor, previous: self.key(environment, id).await? })
    }

    /// # Errors
    /// Not found where the environment has no such key.
    pub async fn revoke_key(&self, environment: &Environment, id: ApiKeyId) -> Result<(), Error> {
        self.key_in(environment, id).await?;
        let revoke = Command::Revoke { at: self.ledger.now() };
        self.ledger.execute::<ApiKey>(&id.to_string(), revoke, Terms::default()).await?;
        Ok(())
    }

    async fn key_in(&self, environment: &Environment, id: ApiKeyId) -> Result<(Issued, KeyState), Error> {
        let (issued, state) = match self.ledger.load::<ApiKey>(&id.to_string()).await?.state {
            ApiKey::Active(issued) => (issued, KeyState::Active),
            ApiKey::Locked(issued) => (issued, KeyState::Locked),
            ApiKey::Revoked(issued) => (issued, KeyState::Revoked),
            ApiKey::Absent => return Err(key_unknown().into()),
        };
        if issued.environment != *environment {
            return Err(key_unknown().into());
        }
        Ok((issued, state))
    }
}

fn key_unknown() -> Fault {
    let message = "There is no API key with this id in this environment.";
    Fault::new(Kind::NotFound, Reason::ApiKeyUnknown, message)
}

/// Whoever replaces a key that opens nothing would believe that it did.
fn replaceable(issued: &Issued, state: KeyState, now: Timestamp) -> Result<(), Error> {
    let over = issued.ends_at().is_some_and(|ends_at| ends_at <= now);
    match state {
        _ if issued.role.is_some() => Err(Error::KeyNotReplaceable("login")),
        KeyState::Revoked => Err(Error::KeyNotReplaceable("revoked")),
        KeyState::Locked => Err(Error::KeyNotReplaceable("locked")),
        KeyState::Active if over => Err(Error::KeyNotReplaceable("expired")),
        KeyState::Active => Ok(()),
    }
}

/// # Errors
/// [`Error::Field`] for a name, scopes or an end that cannot be.
pub(super) fn checked(issue: &IssueKey, now: Timestamp) -> Result<(), Error> {
    limits::key_name(&issue.name)?;
    if issue.scopes.is_empty() {
        return Err(Error::Field {
            field: "scopes",
            message: "Name at least one scope the key is to have.".into(),
        });
    }
    if issue.expires_at.is_some_and(|expires_at| expires_at <= now) {
        let message = "A key that has expired opens nothing. Name a time to come, or none.".to_owned();
        return Err(Error::Field { field: "expire_time", message });
    }
    Ok(())
}

fn view(issued: &Issued, state: KeyState) -> KeyView {
    KeyView {
        id: issued.id,
        environment: issued.environment.clone(),
        name: issued.name.clone(),
        scopes: issued.scopes.clone(),
        created_at: issued.created_at,
        expires_at: issued.ends_at(),
        role: issued.role,
        state,
        successor: issued.replaced.as_ref().map(|replaced| replaced.by),
    }
}
