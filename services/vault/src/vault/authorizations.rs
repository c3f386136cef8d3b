use super::other_account::Holding;
use super::sessions::asked_by;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::{ATTEMPTS_MAX, Loaded, Terms, event_of};
use latchkey_domain::authorization::{Attempt, Authorization, Command, Refusal, Secrets};
use latchkey_domain::connection::{self, About, Arrival, Connection, NewCredential, Profile};
use latchkey_domain::session::{self, Session};
use latchkey_domain::{
    Aggregate as _, AuthorizationId, ConnectionId, Digest, Failure, Generation, SessionId, Timestamp,
};
use latchkey_envelope::RecordType;
use latchkey_secret::{CodeVerifier, JsonSecret, Renewal, Sealed, SecretText};
use latchkey_store::{KeyChange, Stream, Version, WrappedKey};
use latchkey_wire::contract::{ClaimedAuthorization, Established, Obtained, StartAuthorization};
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::warn;

/// How long the provider's login may take. Longer than any login should, shorter than the providers' codes are worth.
const LIFETIME: Duration = Duration::from_secs(600);

/// How far back a connection's history is searched for what a repeated call had done before. Repetitions come within
/// seconds, so this is plenty.
const RECENT: u32 = 20;

/// The code verifier's name in its sealed document.
const CODE_VERIFIER: &str = "code_verifier";

/// A grant that is to become a connection's next generation.
pub(super) struct Consented<'a> {
    /// Names what led to it: what is recorded under one name is recorded once.
    pub authorization: AuthorizationId,
    /// The scopes that were asked for, in case the provider does not tell what it granted.
    pub requested: &'a [String],
    pub profile: Profile,
    pub obtained: &'a Obtained,
    /// When the provider gave it, where that was earlier.
    pub issued_at: Option<Timestamp>,
    pub arrival: Arrival,
}

impl Vault {
    /// Records that an end user is about to be sent to a provider.
    ///
    /// # Errors
    /// The session's refusals; [`Error::IntegrationUnknown`] where the session does not offer the integration; the key
    /// service's, now rather than when the user comes back.
    pub async fn start_authorization(&self, start: StartAuthorization) -> Result<(), Error> {
        let now = self.ledger.now();
        let terms = self.held_session(start.session, &start.browser).await?;
        // What such a session is for is done in sessions of their own.
        if terms.manages || !terms.integrations.contains(&start.integration) {
            return Err(Error::IntegrationUnknown(start.integration.to_string()));
        }
        // What will be needed when the end user comes back opens now.
        self.app(&terms.environment, &start.integration).await?;
        let owner = stream_of::<Authorization>(start.authorization);
        let (key, wrapped) = self.keyring.create(&terms.environment, &owner).await?;
        let secrets = Secrets {
            code_verifier: seal_verifier(&key, &owner, start.code_verifier)?,
            inputs: seal_inputs(&key, &owner, start.inputs)?,
            ..Secrets::default()
        };
        let connection = terms
            .reconnect
            .unwrap_or_else(|| ConnectionId::from_parts(now.0.unsigned_abs(), self.ids.next_bits()));
        let attempt = Attempt {
            id: start.authorization,
            session: start.session,
            environment: terms.environment,
            integration: start.integration,
            connection,
            state: start.state,
            browser: start.browser,
            redirect_uri: start.redirect_uri,
            scopes: start.scopes,
            started_at: now,
            expires_at: now.plus(LIFETIME),
        };
        let command = Command::Start { attempt, secrets };
        let terms = Terms { key: KeyChange::Put(wrapped), ..Terms::default() };
        self.ledger.execute::<Authorization>(&start.authorization.to_string(), command, terms).await?;
        Ok(())
    }

    /// Hands out what the provider's answer is redeemed with: once, to the browser that was sent there.
    ///
    /// # Errors
    /// [`Refusal`] where the state is unknown or used, or the browser another; the session's, where another of its attempts
    /// led to a connection.
    pub async fn claim_authorization(
        &self,
        id: AuthorizationId,
        state: Digest,
        browser: Digest,
    ) -> Result<ClaimedAuthorization, Error> {
        let now = self.ledger.now();
        let Loaded { state: before, key: wrapped, .. } =
            self.ledger.load::<Authorization>(&id.to_string()).await?;
        // Everything that may fail is done before the answer is spent.
        before.decide(Command::Claim { state, browser, at: now })?;
        let attempt = before.attempt().ok_or(Refusal::UnknownState)?.clone();
        let session = self.ledger.load::<Session>(&attempt.session.to_string()).await?.state;
        led_elsewhere(&session, &attempt)?;
        let (registered, mut app) = self.app(&attempt.environment, &attempt.integration).await?;
        asked_by(&session, &attempt.integration, &mut app.scopes);
        let key = self.attempt_key(&attempt, wrapped.as_ref()).await?;
        let owner = stream_of::<Authorization>(id);
        let (code_verifier, inputs) = open_secrets(&key, &owner, &before)?;
        let claim = Command::Claim { state, browser, at: now };
        self.ledger.execute::<Authorization>(&id.to_string(), claim, Terms::default()).await?;
        Ok(ClaimedAuthorization {
            session: attempt.session,
            environment: attempt.environment,
            integration: attempt.integration,
            redirect_uri: attempt.redirect_uri,
            provider: registered.settings.provider,
            app,
            code_verifier,
            inputs,
        })
    }

    /// # Errors
    /// [`Refusal::UnknownState`] where there is no such attempt.
    pub async fn fail_authorization(&self, id: AuthorizationId, failure: Failure) -> Result<(), Error> {
        let fail = Command::Fail { failure, at: self.ledger.now() };
        self.ledger.execute::<Authorization>(&id.to_string(), fail, ending()).await?;
        Ok(())
    }

    /// The data key of an attempt, which goes with it. What an older version began is sealed with its integration's.
    pub(super) async fn attempt_key(
        &self,
        attempt: &Attempt,
        wrapped: Option<&WrappedKey>,
    ) -> Result<Key, Error> {
        if wrapped.is_none() {
            return Ok(self.unsealed(&attempt.environment, &attempt.integration).await?.key);
        }
        self.keyring.open(&attempt.environment, &stream_of::<Authorization>(attempt.id), wrapped).await
    }

    /// Turns what a provider gave into a connection, or into a new generation of the one that is being mended.
    /// Safe to repeat: a second call for the same attempt finds it done.
    ///
    /// # Errors
    /// [`Refusal`] where the attempt was not claimed, or brought another account than the connection to mend has; the
    /// session's, where it led to a connection already.
    pub async fn establish(&self, id: AuthorizationId, obtained: Obtained) -> Result<Established, Error> {
        let Loaded { state: authorization, key, .. } =
            self.ledger.load::<Authorization>(&id.to_string()).await?;
        if let Authorization::Completed { connection, .. } = &authorization {
            let done = self.ledger.load::<Connection>(&connection.to_string()).await?;
            return Ok(Established { connection: *connection, generation: done.state.generation() });
        }
        let attempt = authorization.claimed()?.clone();
        let session = self.ledger.load::<Session>(&attempt.session.to_string()).await?.state;
        led_elsewhere(&session, &attempt)?;
        let settings = self.integration(&attempt.environment, &attempt.integration).await?.settings;
        let held = Holding { attempt: &attempt, key: key.as_ref(), policy: settings.other_account };
        self.unless_other_account(held, &session, &obtained).await?;
        self.settle(&attempt, &session, settings.provider, &obtained).await
    }

    /// Makes the connection, or its next generation, and ends attempt and session with it.
    pub(super) async fn settle(
        &self,
        attempt: &Attempt,
        session: &Session,
        provider: String,
        obtained: &Obtained,
    ) -> Result<Established, Error> {
        let terms = session.terms().ok_or(session::Refusal::Unknown)?;
        let profile = Profile {
            id: attempt.connection,
            environment: attempt.environment.clone(),
            integration: attempt.integration.clone(),
            provider,
            end_user: terms.end_user.clone(),
            created_at: self.ledger.now(),
        };
        let consented = Consented {
            authorization: attempt.id,
            requested: &attempt.scopes,
            profile,
            obtained,
            issued_at: None,
            arrival: Arrival::Consented,
        };
        let generation = self.record_grant(consented, session.about(&attempt.integration)).await?;
        let now = self.ledger.now();
        let complete = Command::Complete { at: now };
        self.ledger.execute::<Authorization>(&attempt.id.to_string(), complete, ending()).await?;
        let complete = session::Command::Complete { connection: attempt.connection, at: now };
        self.ledger.execute::<Session>(&attempt.session.to_string(), complete, Terms::default()).await?;
        Ok(Established { connection: attempt.connection, generation })
    }

    pub(super) async fn record_grant(
        &self,
        consented: Consented<'_>,
        mut about: About,
    ) -> Result<Generation, Error> {
        let mut external_id_taken = false;
        let connection = consented.profile.id;
        for _ in 0..ATTEMPTS_MAX {
            let said = (about.clone(), external_id_taken);
            match self.try_to_record_grant(&consented, said).await {
                // Whoever asked for it chose an id that another was given meanwhile. The end user is not made to pay for that.
                Err(Error::ExternalIdTaken) if consented.arrival == Arrival::Consented => {
                    warn!(connection.id = %connection, "A connection is made without its external id, which another has by now");
                    (about.external_id, external_id_taken) = (None, true);
                }
                // A refresh came first. The consent is newer than what that was made from, and is sealed anew to follow it.
                // Or its data key was replaced, and what was sealed with the one before is sealed anew too.
                Err(Error::Connection(connection::Refusal::Superseded) | Error::Contended(_)) => {}
                settled => return settled,
            }
        }
        Err(Error::Contended(stream_of::<Connection>(connection)))
    }

    async fn try_to_record_grant(
        &self,
        consented: &Consented<'_>,
        (about, external_id_taken): (About, bool),
    ) -> Result<Generation, Error> {
        let &Consented { authorization, requested, ref profile, obtained, issued_at, ref arrival } =
            consented;
        self.may_begin_in(&profile.environment).await?;
        let owner = stream_of::<Connection>(profile.id);
        let Loaded { state, key: wrapped, version } =
            self.ledger.load::<Connection>(&profile.id.to_string()).await?;
        if let Some(recorded) = self.recorded_grant(authorization, &owner, version).await? {
            return Ok(recorded);
        }
        let replaces = state.generation();
        let (key, change) = match &wrapped {
            Some(_) => {
                (self.keyring.open(&profile.environment, &owner, wrapped.as_ref()).await?, KeyChange::Keep)
            }
            None => {
                let (key, wrapped) = self.keyring.create(&profile.environment, &owner).await?;
                (key, KeyChange::Put(wrapped))
            }
        };
        let now = self.ledger.now();
        let credential = NewCredential {
            // What is to come was not given yet: our clock is the one that counts.
            issued_at: issued_at.filter(|at| *at < now),
            ..self.seal_credential(&key, &owner, replaces.next(), requested, obtained, now)?
        };
        let command = connection::Command::Establish {
            profile: profile.clone(),
            authorization,
            replaces,
            credential,
            about,
            external_id_taken,
            arrival: arrival.clone(),
        };
        let sealed_with = matches!(change, KeyChange::Keep).then(|| key.id());
        let terms = Terms { key: change, sealed_with, ..Terms::default() };
        self.command(profile.id, command, terms).await?;
        Ok(replaces.next())
    }

    /// The generation this led to already, where an earlier call was cut short after it was recorded.
    pub(super) async fn recorded_grant(
        &self,
        wanted: AuthorizationId,
        owner: &Stream,
        version: Version,
    ) -> Result<Option<Generation>, Error> {
        let after = Version(version.0.saturating_sub(u64::from(RECENT)));
        if version.0 == 0 {
            return Ok(None);
        }
        for recorded in self.ledger.store().history(owner, after, RECENT).await? {
            if let connection::Event::Established { authorization, credential, .. } =
                event_of::<Connection>(recorded)?
                && authorization == wanted
            {
                return Ok(Some(credential.generation));
            }
        }
        Ok(None)
    }

    /// Seals both halves of what was obtained, for the generation it is to become.
    pub(super) fn seal_credential(
        &self,
        key: &Key,
        owner: &Stream,
        generation: Generation,
        requested: &[String],
        obtained: &Obtained,
        at: Timestamp,
    ) -> Result<NewCredential, Error> {
        let Obtained { auth_mode, grant, documented } = obtained;
        let place = |record| Place { owner, record, generation: generation.0, origins: &grant.origins };
        let handout = key.seal(&grant.handout.to_document(), &place(RecordType::Handout))?;
        let renewal = grant
            .renewal
            .as_ref()
            .map(|renewal| key.seal(&renewal.to_document(), &place(RecordType::Renewal)))
            .transpose()?;
        Ok(NewCredential {
            auth_mode: auth_mode.clone(),
            obtained_at: at,
            issued_at: None,
            expires_at: grant.expires_in.map(|life| at.plus(life)),
            // RFC 6749 §5.1: where the answer does not say, the scopes are those that were asked for.
            scopes: grant.scopes.clone().unwrap_or_else(|| requested.to_vec()),
            fingerprint: grant.handout.fingerprint(),
            account: grant.account.clone().and_then(|account| account.label.or(account.id)),
            account_id: grant.account.clone().and_then(|account| account.id),
            behaviour: *documented,
            secrets: connection::Secrets { handout: Some(handout), renewal, set_aside: None },
            origins: grant.origins.clone(),
        })
    }

    async fn held_session(&self, id: SessionId, browser: &Digest) -> Result<session::Terms, Error> {
        let session = self.ledger.load::<Session>(&id.to_string()).await?.state;
        Ok(session.held_by(browser, self.ledger.now())?.clone())
    }
}

/// What an attempt ends with: nothing that was sealed for it opens any more.
pub(super) fn ending() -> Terms {
    Terms { key: KeyChange::Destroy, ..Terms::default() }
}

/// A session leads to one connection, and one that was taken back to none.
pub(super) fn led_elsewhere(session: &Session, attempt: &Attempt) -> Result<(), session::Refusal> {
    match session.connection() {
        None if session.terms().is_some_and(|terms| terms.cancelled) => Err(session::Refusal::Expired),
        Some(connection) if connection != attempt.connection => Err(session::Refusal::Consumed),
        Some(_) | None => Ok(()),
    }
}

fn place(owner: &Stream, record: RecordType) -> Place<'_> {
    Place { owner, record, generation: 0, origins: &[] }
}

fn seal_verifier(
    key: &Key,
    owner: &Stream,
    verifier: Option<CodeVerifier>,
) -> Result<Option<Sealed<JsonSecret>>, Error> {
    let Some(verifier) = verifier else { return Ok(None) };
    let fields = BTreeMap::from([(CODE_VERIFIER.to_owned(), verifier.into_text())]);
    let document = Renewal { refresh_token: None, fields }.to_document();
    Ok(Some(key.seal(&document, &place(owner, RecordType::CodeVerifier))?))
}

fn seal_inputs(
    key: &Key,
    owner: &Stream,
    inputs: BTreeMap<String, SecretText>,
) -> Result<Option<Sealed<JsonSecret>>, Error> {
    if inputs.is_empty() {
        return Ok(None);
    }
    let document = Renewal { refresh_token: None, fields: inputs }.to_document();
    Ok(Some(key.seal(&document, &place(owner, RecordType::Inputs))?))
}

type Opened = (Option<CodeVerifier>, BTreeMap<String, SecretText>);

fn open_secrets(key: &Key, owner: &Stream, authorization: &Authorization) -> Result<Opened, Error> {
    let secrets = authorization.secrets();
    let fields = |sealed: Option<Sealed<JsonSecret>>,
                  record|
     -> Result<BTreeMap<String, SecretText>, Error> {
        let Some(sealed) = sealed else { return Ok(BTreeMap::new()) };
        let document = key.open(&sealed, &place(owner, record))?;
        let unreadable = |_| Error::Unreadable { what: "attempt", owner: owner.to_string(), source: None };
        Ok(Renewal::from_document(&document).map_err(unreadable)?.fields)
    };
    let verifier = fields(secrets.code_verifier, RecordType::CodeVerifier)?.remove(CODE_VERIFIER);
    Ok((verifier.map(CodeVerifier::from_text), fields(secrets.inputs, RecordType::Inputs)?))
}
