use super::Vault;
use crate::error::Error;
use crate::ledger::{Loaded, Terms};
use crate::limits;
use crate::token::{new_session_token, parse_session};
use latchkey_domain::authorization::Authorization;
use latchkey_domain::connection::{About, Connection, CredentialFacts};
use latchkey_domain::incident::Kind;
use latchkey_domain::session::{Command, Outline, Refusal, Session, Terms as SessionTerms};
use latchkey_domain::{
    Aggregate, AuthorizationId, Digest, Environment, Failure, IntegrationKey, SessionId, Timestamp,
};
use latchkey_secret::SecretText;
use latchkey_store::CardQuery;
use latchkey_wire::contract::{
    AttemptState, AttemptView, ConnectionSummary, CreateSession, CreatedSession, SessionView,
};
use std::time::Duration;

/// How long a session may last. Long enough to find a password, short enough that a forgotten link is dead.
const LIFETIME_MAX: Duration = Duration::from_secs(3600);

/// How far the clock of whoever names attempts may be behind ours.
const CLOCKS_APART: Duration = Duration::from_secs(300);

/// How many attempts of one session are looked at for the latest one.
const ATTEMPTS_LOOKED_AT: u32 = 100;

impl Vault {
    /// # Errors
    /// [`Error::IntegrationUnknown`], or a connection to mend that is not this end user's.
    pub async fn create_session(&self, create: CreateSession) -> Result<CreatedSession, Error> {
        if create.lifetime.is_zero() || create.lifetime > LIFETIME_MAX {
            let message = "A session lasts more than nothing and at most one hour.".to_owned();
            return Err(Error::Field { field: "lifetime", message });
        }
        limits::offered(&create.integrations)?;
        let Outline { about, presets } = &create.outline;
        limits::about(about, self.webhooks.allow_http)?;
        if create.manages && (create.reconnect.is_some() || create.outline != Outline::default()) {
            let message = "A session for managing is about no one connection.".to_owned();
            return Err(Error::Field { field: "manage", message });
        }
        let readdressed = About { webhook_url: about.webhook_url.clone(), ..About::default() };
        let says_more = *about != readdressed || presets.values().any(|preset| !preset.config.is_empty());
        if create.reconnect.is_some() && says_more {
            let message = "A connection that is mended takes another webhook_url, and keeps what else is said of it: change that with \
                           UpdateConnection.";
            return Err(Error::Field { field: "reconnect_connection_id", message: message.to_owned() });
        }
        let integrations = self.offered(&create).await?;
        limits::presets(presets, &integrations, self.webhooks.allow_http)?;
        let external_id = about.external_id.as_ref();
        self.unless_taken(&create.environment, &integrations, external_id).await?;
        // A session nobody can finish must not be made: the key is looked for now, not when the user is halfway.
        self.keyring.pin(&create.environment).await?;
        let now = self.ledger.now();
        let id = SessionId::from_parts(now.0.unsigned_abs(), self.ids.next_bits());
        let (token, digest) = new_session_token(id);
        let terms = SessionTerms {
            id,
            environment: create.environment,
            end_user: create.end_user,
            integrations,
            reconnect: create.reconnect,
            manages: create.manages,
            token: digest,
            created_at: now,
            expires_at: now.plus(create.lifetime),
            cancelled: false,
        };
        let expires_at = terms.expires_at;
        self.ledger
            .execute::<Session>(
                &id.to_string(),
                Command::Create { terms, outline: Box::new(create.outline) },
                Terms::default(),
            )
            .await?;
        Ok(CreatedSession { session: id, token, expires_at })
    }

    /// Opens the session for one browser, for good.
    ///
    /// # Errors
    /// [`Refusal`] where the token is not valid, expired, used, or opened elsewhere.
    pub async fn bind_session(&self, token: &SecretText, browser: Digest) -> Result<SessionView, Error> {
        let (id, token) = parse_session(token).ok_or(Refusal::Unknown)?;
        let bind = Command::Bind { token, browser, at: self.ledger.now() };
        let settled = self.ledger.execute::<Session>(&id.to_string(), bind, Terms::default()).await?;
        self.session_view_for(&settled.state, &browser).await
    }

    /// The session, for the browser that holds it. Also after success, so that the page can say so.
    ///
    /// # Errors
    /// [`Refusal`] for any other browser, and once it has expired.
    pub async fn session(&self, id: SessionId, browser: Digest) -> Result<SessionView, Error> {
        let Loaded { state, .. } = self.ledger.load::<Session>(&id.to_string()).await?;
        match state.held_by(&browser, self.ledger.now()) {
            Ok(_) | Err(Refusal::Consumed) => self.session_view_for(&state, &browser).await,
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// The session, for the backend that made it.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] where the environment has none with this id.
    pub async fn describe_session(
        &self,
        environment: &Environment,
        id: SessionId,
    ) -> Result<SessionView, Error> {
        let Loaded { state, .. } = self.ledger.load::<Session>(&id.to_string()).await?;
        match state.terms() {
            Some(terms) if terms.environment == *environment => self.session_view(&state).await,
            Some(_) | None => Err(Refusal::Unknown.into()),
        }
    }

    async fn offered(&self, create: &CreateSession) -> Result<Vec<IntegrationKey>, Error> {
        let Some(reconnect) = create.reconnect else {
            if create.integrations.is_empty() && !create.manages {
                let message = "Name at least one integration the end user may choose.".to_owned();
                return Err(Error::Field { field: "integrations", message });
            }
            let mut offered: Vec<IntegrationKey> = Vec::with_capacity(create.integrations.len());
            for key in &create.integrations {
                if !offered.contains(key) {
                    self.integration(&create.environment, key).await?;
                    offered.push(key.clone());
                }
            }
            return Ok(offered);
        };
        let connection = self.connection_in(&create.environment, reconnect).await?;
        let profile = match &connection {
            Connection::Live(live) => &live.profile,
            Connection::Broken(broken) => &broken.profile,
            Connection::Absent => return Err(latchkey_domain::connection::Refusal::Absent.into()),
            Connection::Revoked(_) => return Err(latchkey_domain::connection::Refusal::Revoked.into()),
        };
        if profile.end_user != create.end_user {
            let message = "The connection to mend belongs to another end user.".to_owned();
            return Err(Error::Field { field: "end_user", message });
        }
        if create.integrations.iter().any(|key| *key != profile.integration) {
            return Err(latchkey_domain::connection::Refusal::OtherIntegration.into());
        }
        self.integration(&create.environment, &profile.integration).await?;
        Ok(vec![profile.integration.clone()])
    }

    pub(super) async fn session_view_for(
        &self,
        session: &Session,
        browser: &Digest,
    ) -> Result<SessionView, Error> {
        let approving = session.is_approver(browser);
        let view = self.session_view(session).await?;
        let failing = if view.connection.is_some() { vec![] } else { self.failing(&view).await? };
        Ok(SessionView { approving, failing, ..view })
    }

    /// Those of what is offered whose provider does not answer at present, for whoever is about to type a password.
    async fn failing(&self, view: &SessionView) -> Result<Vec<IntegrationKey>, Error> {
        let open = self.open_incidents(&view.environment, None).await?;
        let failing = open.into_iter().filter(|incident| incident.kind == Kind::ProviderFailing);
        let offered = |key: &IntegrationKey| view.integrations.iter().any(|one| one.key == *key);
        Ok(failing.filter_map(|incident| incident.subject.integration).filter(offered).collect())
    }

    pub(super) async fn session_view(&self, session: &Session) -> Result<SessionView, Error> {
        let terms = session.terms().ok_or(Refusal::Unknown)?;
        let mut offered = Vec::with_capacity(terms.integrations.len());
        for key in &terms.integrations {
            // An integration that was retired since is no longer offered.
            match self.integration(&terms.environment, key).await {
                Ok(mut view) => {
                    asked_by(session, key, &mut view.settings.scopes);
                    offered.push(view);
                }
                Err(Error::IntegrationUnknown(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let latest = self.latest_attempt(terms).await?;
        let (latest_attempt, last_failure) = latest.as_ref().map(attempt_view).unzip();
        let connection = match session.connection().or(terms.reconnect) {
            Some(id) => self.ledger.load::<Connection>(&id.to_string()).await?.state,
            None => Connection::Absent,
        };
        Ok(SessionView {
            id: terms.id,
            environment: terms.environment.clone(),
            end_user: terms.end_user.clone(),
            integrations: offered,
            reconnect: terms.reconnect,
            expires_at: terms.expires_at,
            connection: session.connection(),
            last_failure: last_failure.flatten(),
            latest_attempt: latest_attempt.flatten(),
            tags: connection
                .about()
                .or_else(|| session.outlined())
                .map(|about| about.tags.clone())
                .unwrap_or_default(),
            summary: summary_of(connection),
            approving: false,
            manages: terms.manages,
            presets: session.presets().clone(),
            cancelled: terms.cancelled,
            failing: vec![],
            opened: session.was_opened(),
        })
    }

    async fn latest_attempt(&self, terms: &SessionTerms) -> Result<Option<Authorization>, Error> {
        // No attempt is older than its session, so the older ones need not be searched.
        let begun = terms.created_at.minus(CLOCKS_APART);
        let query = CardQuery {
            category: Authorization::CATEGORY.into(),
            environment: terms.environment.to_string(),
            subject: Some(terms.id.to_string()),
            after: Some(AuthorizationId::from_parts(begun.0.max(0).unsigned_abs(), 0).to_string()),
            max: ATTEMPTS_LOOKED_AT,
            ..CardQuery::default()
        };
        let mut latest: Option<(Timestamp, Authorization)> = None;
        // Not all ids begin with the time they were made at: those of OAuth 1.0a follow from what the provider gave.
        for item in self.ledger.store().list(&query).await?.items {
            let attempt = self.ledger.state_of::<Authorization>(&item.stream, &item.snapshot).await?;
            let Some(started_at) = attempt.attempt().map(|attempt| attempt.started_at) else { continue };
            if latest.as_ref().is_none_or(|(before, _)| *before <= started_at) {
                latest = Some((started_at, attempt));
            }
        }
        Ok(latest.map(|(_, attempt)| attempt))
    }
}

/// The scopes a session asks an integration's provider for, where those are others.
pub(super) fn asked_by(session: &Session, integration: &IntegrationKey, scopes: &mut Vec<String>) {
    if let Some(preset) = session.presets().get(integration).filter(|preset| !preset.scopes.is_empty()) {
        scopes.clone_from(&preset.scopes);
    }
}

/// What its end user may know of a connection that is there.
pub(super) fn summary_of(connection: Connection) -> Option<ConnectionSummary> {
    let (profile, credential, ended) = match connection {
        Connection::Live(live) => (live.profile, live.credential, None),
        Connection::Broken(broken) => {
            (broken.profile, broken.credential, Some((broken.failure, broken.since)))
        }
        Connection::Absent | Connection::Revoked(_) => return None,
    };
    let CredentialFacts { account, scopes, .. } = credential;
    Some(ConnectionSummary { integration: profile.integration, account, scopes, ended })
}

fn attempt_view(authorization: &Authorization) -> (Option<AttemptView>, Option<Failure>) {
    let (mut account, mut choices) = (None, vec![]);
    let (state, failure) = match authorization {
        Authorization::Absent => return (None, None),
        Authorization::Started { .. } => (AttemptState::Started, None),
        Authorization::Claimed { .. } => (AttemptState::Claimed, None),
        Authorization::Held { credential, choices: held, .. } => {
            account.clone_from(&credential.account);
            choices.clone_from(held);
            (AttemptState::Held, None)
        }
        Authorization::Completed { .. } => (AttemptState::Completed, None),
        Authorization::Failed { failure, .. } => (AttemptState::Failed, Some(failure.clone())),
    };
    let view = authorization.attempt().map(|attempt| AttemptView {
        id: attempt.id,
        integration: attempt.integration.clone(),
        state,
        account,
        choices,
    });
    (view, failure)
}
