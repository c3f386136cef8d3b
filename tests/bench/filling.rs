//! Connections in bulk: what the vault stores when an account is connected, without the steps that lead there. Each has a
//! key of its own and is sealed for itself, so every one of them can be handed out; the warm-up reads some and fails if
//! they are not what the vault expects.

use crate::database::Database;
use anyhow::Context as _;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use latchkey_domain::connection::{About, Arrival, Command, Connection, NewCredential, Profile, Secrets};
use latchkey_domain::{
    Aggregate as _, AuthorizationId, ConnectionId, Environment, EventName as _, Generation, Timestamp,
};
use latchkey_envelope::{
    Context, DataKey, EnvironmentKey, EnvironmentKeys, RecordType, Wraps, origins_digest,
};
use latchkey_secret::{AccessToken, Handout, RefreshToken, Renewal, SecretText};
use latchkey_store::{Append, Card, KeyChange, NewEvent, Snapshot, Store, Stream, Version, WrappedKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Of an access token: a common one.
pub const TOKEN_LEN: usize = 200;

const DEPLOYMENT: &str = "latchkey";
/// Longer than any run.
const TOKEN_LIFE: Duration = Duration::from_secs(24 * 3600);
const ORIGIN: &str = "https://api.example.com";
/// The number of the sealed documents' shape.
const DOCUMENT_SCHEMA: u16 = 1;
const WRITERS: usize = 8;

pub fn environment() -> Environment {
    "bench".parse().unwrap_or_else(|_| unreachable!("`bench` is an environment's name"))
}

pub struct Filler {
    store: Arc<dyn Store>,
    environment_key: Arc<EnvironmentKey>,
    ids: Arc<Vec<String>>,
    now: Timestamp,
}

impl Filler {
    /// # Errors
    /// Where the environment's key cannot be made.
    pub async fn begin(database: &Database) -> anyhow::Result<Self> {
        let store = database.store().await?;
        let keys = EnvironmentKeys::new(vec![database.key_service.clone()]);
        let environment = environment();
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let fresh = keys.create(DEPLOYMENT, environment.as_str(), now.unsigned_abs(), None).await?;
        let wrapped = WrappedKey { id: fresh.id, wrapped: fresh.wrapped };
        let stored = store.put_key_if_absent(&format!("environment/{environment}"), &wrapped).await?;
        let named = Wraps::of(&stored.wrapped)?.key;
        let load = || async { Ok::<_, anyhow::Error>(stored.wrapped) };
        let environment_key = keys.get(DEPLOYMENT, environment.as_str(), named, load).await?;
        Ok(Self { store, environment_key, ids: Arc::default(), now: Timestamp(now) })
    }

    pub fn ids(&self) -> &Arc<Vec<String>> {
        &self.ids
    }

    /// # Errors
    /// The store's.
    pub async fn fill_up_to(&mut self, count: usize) -> anyhow::Result<()> {
        let more: Vec<usize> = (self.ids.len()..count).collect();
        let this = &*self;
        let ids: Vec<String> = stream::iter(more)
            .map(|number| this.add(number))
            .buffered(WRITERS)
            .try_collect()
            .await
            .context("connections cannot be stored")?;
        Arc::make_mut(&mut self.ids).extend(ids);
        Ok(())
    }

    async fn add(&self, number: usize) -> anyhow::Result<String> {
        let id = ConnectionId::from_parts(self.now.0.unsigned_abs(), number as u128);
        let stream = Stream::new(Connection::CATEGORY, id.to_string());
        let data = DataKey::generate();
        let owner = stream.to_string();
        let wrapped = self.environment_key.wrap(&data, DEPLOYMENT, environment().as_str(), &owner)?;
        let key = WrappedKey { id: data.id(), wrapped };
        self.store.append(self.established(id, stream, &data, key, number)?).await?;
        Ok(id.to_string())
    }

    fn established(
        &self,
        id: ConnectionId,
        stream: Stream,
        data: &DataKey,
        key: WrappedKey,
        number: usize,
    ) -> anyhow::Result<Append> {
        let profile = Profile {
            id,
            environment: environment(),
            integration: "bench".parse()?,
            provider: "bench".to_owned(),
            end_user: format!("user-{number}").parse()?,
            created_at: self.now,
        };
        let command = Command::Establish {
            profile,
            authorization: AuthorizationId::from_parts(self.now.0.unsigned_abs(), number as u128),
            replaces: Generation(0),
            credential: self.credential(&stream, data, number)?,
            about: About::default(),
            external_id_taken: false,
            arrival: Arrival::Consented,
        };
        let events = Connection::default().decide(command)?;
        let state = events.iter().cloned().fold(Connection::default(), Connection::evolve);
        let snapshot = serde_json::json!({"secrets": state.secrets(), "state": state});
        let facts = state.card();
        let recorded = events.iter().map(|event| {
            Ok(NewEvent {
                id: uuid::Uuid::now_v7(),
                kind: format!("{}.{}", Connection::CATEGORY, event.name()),
                schema: 1,
                at: self.now.0,
                payload: serde_json::to_value(event)?,
                trace: None,
            })
        });
        Ok(Append {
            stream,
            expected: Version(0),
            events: recorded.collect::<anyhow::Result<_>>()?,
            snapshot: Snapshot { format: Connection::FORMAT, state: snapshot.to_string() },
            card: Card {
                environment: facts.environment,
                parent: facts.parent,
                subject: facts.subject,
                status: facts.status.to_owned(),
                label: facts.label,
                due_at: facts.due_at.map(|due_at| due_at.0),
                ..Card::default()
            },
            key: KeyChange::Put(key),
            tags: None,
            releases: None,
            status_was: None,
        })
    }

    fn credential(&self, stream: &Stream, data: &DataKey, number: usize) -> anyhow::Result<NewCredential> {
        let origins = vec![ORIGIN.to_owned()];
        let context = |record| Context {
            deployment: DEPLOYMENT.to_owned(),
            environment: environment().to_string(),
            owner: stream.to_string(),
            record,
            schema: DOCUMENT_SCHEMA,
            origins_digest: origins_digest(&origins),
        };
        let token = format!("canary_{number:0>width$}", width = TOKEN_LEN - "canary_".len());
        let bearer = SecretText::new(format!("Bearer {token}"));
        let handout = Handout {
            base_url: None,
            headers: BTreeMap::from([("authorization".to_owned(), bearer)]),
            access_token: Some(AccessToken::new(token)),
            ..Handout::default()
        };
        let renewal = Renewal {
            refresh_token: Some(RefreshToken::new(format!("canary_refresh_{number}"))),
            fields: BTreeMap::new(),
        };
        let secrets = Secrets {
            set_aside: None,
            handout: Some(data.seal(&handout.to_document(), &context(RecordType::Handout), 1)?),
            renewal: Some(data.seal(&renewal.to_document(), &context(RecordType::Renewal), 1)?),
        };
        Ok(NewCredential {
            behaviour: Default::default(),
            auth_mode: "OAUTH2".to_owned(),
            obtained_at: self.now,
            issued_at: None,
            expires_at: Some(self.now.plus(TOKEN_LIFE)),
            scopes: vec!["read".to_owned(), "write".to_owned()],
            fingerprint: handout.fingerprint(),
            account_id: None,
            account: Some(format!("user-{number}@example.com")),
            secrets,
            origins,
        })
    }
}
