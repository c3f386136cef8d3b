//! With which OAuth client an end user connects, where no developer registered one.
//!
//! Invariant: a connection takes its client along, sealed with what renews it. What is kept with the integration serves
//! new connections alone, so it may be replaced at any time.

use super::{Flows, public_app};
use crate::failures::Problem;
use latchkey_domain::integration::RegisteredClient as Kept;
use latchkey_domain::{Digest, Environment, Failure, IntegrationKey, Phase, Reason, Timestamp};
use latchkey_oauth::{
    App, ClientMetadata, Fault, FaultKind, Inputs, RegisteredClient, Registration, Server, document_client,
    is_shared, metadata_document, registered_client_id, registration,
};
use latchkey_providers::{ClientRegistration, Provider, Trust};
use latchkey_wire::contract::{IntegrationView, KeptClient};
use std::time::{Duration, UNIX_EPOCH};
use tracing::{info, warn};
use url::Url;

/// Servers clean up, and none says when: a client they have dropped shows on their own page, which nobody here sees.
const CLIENT_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long a client's secret must last for a new connection to be made with it, unless it never lasts that long.
const SECRET_LEFT_MIN: Duration = Duration::from_secs(24 * 3600);

/// Where the document is that stands for us as a client (OAuth Client ID Metadata Document).
pub(crate) const DOCUMENT_PATH: &str = "/oauth/client-metadata.json";

impl Flows {
    /// The document that stands for us as a client.
    pub(crate) fn client_document(&self) -> serde_json::Value {
        metadata_document(&self.document_url(), &self.client_name(), &self.redirect_uri)
    }

    /// The app to ask with, and what is known of the connection to be made: what was typed, and where the entry leaves them
    /// to be found, the server and the client; a client of the end user's `own` counts before any other.
    pub(super) async fn with_client(
        &self,
        provider: &Provider,
        integration: &IntegrationView,
        mut inputs: Inputs,
        own: Option<Inputs>,
    ) -> Result<(App, Inputs), Problem> {
        let mut app = public_app(integration);
        let has_own = own.is_some();
        inputs.extend(own.into_iter().flatten());
        if provider.discovery().is_empty() && provider.client_registration().is_none() {
            return Ok((app, inputs));
        }
        let found = self.oauth.discover(provider, &app, &inputs).await.map_err(unfound)?;
        inputs.extend(found.fields());
        if app.scopes.is_empty() {
            app.scopes.clone_from(&found.scopes);
        }
        if app.client_id.is_empty() && !has_own {
            let client = self.client(provider, integration, &app, &inputs, &found).await?;
            inputs.extend(client);
        }
        Ok((app, inputs))
    }

    /// After a refusal of the client itself: the next end user is not sent away with it.
    pub(super) async fn forget_refused_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        inputs: &Inputs,
        fault: &Fault,
    ) {
        let refused =
            fault.kind == FaultKind::ClientRejected && fault.code.as_deref() == Some("invalid_client");
        let Some(id) = registered_client_id(inputs).filter(|_| refused) else { return };
        if let Err(fault) = self.vault.forget_registered_client(environment, integration, id).await {
            warn!(integration = %integration, reason = fault.reason.word(), "A refused client could not be forgotten");
        }
    }

    async fn client(
        &self,
        provider: &Provider,
        integration: &IntegrationView,
        app: &App,
        inputs: &Inputs,
        found: &Server,
    ) -> Result<Inputs, Problem> {
        let Some(kind) = provider.client_registration() else { return Ok(Inputs::new()) };
        // The server fetches the document from us, which it can only where we are on the internet.
        let fetchable = self.redirect_uri.starts_with("https://") || provider.trust == Trust::Loopback;
        let takes = kind == ClientRegistration::MetadataDocument || found.takes_metadata_documents;
        if kind != ClientRegistration::Dynamic && takes && fetchable {
            return Ok(document_client(&self.document_url()));
        }
        let name = self.client_name();
        let client = ClientMetadata { name: &name, redirect_uri: &self.redirect_uri };
        let asked = registration(provider, inputs, client).map_err(refused)?;
        let Some(asked) = asked.filter(|_| kind != ClientRegistration::MetadataDocument) else {
            warn!(provider = %provider.id, "The server takes neither a client metadata document from here nor registrations; set the integration's client_id");
            return Err(Problem::Failed(Failure::new(Reason::IntegrationIncomplete, Phase::Authorize)));
        };
        if is_shared(provider, app) {
            return self.shared_client(provider, integration, &asked).await;
        }
        let registered = self.oauth.register(provider, &asked).await.map_err(refused)?;
        info!(integration = %integration.key, "A client was registered for one connection");
        Ok(registered.fields)
    }

    /// The integration's own client, registered when it is first needed: by one of us at a time, and kept by the first.
    async fn shared_client(
        &self,
        provider: &Provider,
        integration: &IntegrationView,
        asked: &Registration,
    ) -> Result<Inputs, Problem> {
        let (environment, key) = (&integration.environment, &integration.key);
        let _turn = self.turns.take(format!("{environment}/{key}")).await;
        let digest = Digest::of(&asked.fingerprint());
        let now = Timestamp(self.clock.now());
        let kept = self.vault.registered_client(environment, key).await?;
        let replaces = match kept {
            Some(kept) if fits(&kept.client, &digest, now) => return Ok(kept.fields),
            Some(kept) => Some(kept.client.client_id),
            None => None,
        };
        let registered = self.oauth.register(provider, asked).await.map_err(refused)?;
        info!(integration = %key, "The integration registered a client");
        let told = keepable(&registered, digest, now);
        let kept = self.vault.keep_registered_client(environment, key, told, replaces).await?;
        if kept.client.client_id == registered.client_id || kept.client.registration != digest {
            return Ok(registered.fields);
        }
        // Another process was faster; its client serves everybody.
        if let Err(fault) = self.oauth.unregister(provider, asked, &registered).await {
            info!(integration = %key, fault = %fault, "A client nobody uses stays registered");
        }
        Ok(kept.fields)
    }

    fn document_url(&self) -> String {
        let base = self.redirect_uri.trim_end_matches("/oauth/callback");
        format!("{base}{DOCUMENT_PATH}")
    }

    /// What end users are shown when they consent: where they are sent back to.
    fn client_name(&self) -> String {
        let url = Url::parse(&self.redirect_uri).ok();
        url.and_then(|url| url.host_str().map(ToOwned::to_owned)).unwrap_or_default()
    }
}

fn fits(kept: &Kept, asked: &Digest, now: Timestamp) -> bool {
    let lasts = kept.secret_expires_at.is_none_or(|until| {
        let life = Duration::from_millis(until.0.saturating_sub(kept.registered_at.0).max(0).unsigned_abs());
        now.plus(SECRET_LEFT_MIN.min(life / 2)) < until
    });
    kept.registration == *asked && lasts && now < kept.registered_at.plus(CLIENT_AGE_MAX)
}

fn keepable(registered: &RegisteredClient, registration: Digest, now: Timestamp) -> KeptClient {
    let since_1970 = registered.secret_expires_at.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let millis = |since: Duration| i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    KeptClient {
        client: Kept {
            client_id: registered.client_id.clone(),
            registration,
            registered_at: now,
            secret_expires_at: since_1970.map(|since| Timestamp(millis(since))),
        },
        fields: registered.copied_fields(),
    }
}

fn unfound(fault: Fault) -> Problem {
    warn!(fault = %fault, why = fault.description.as_deref(), host = fault.host.as_deref(), "No authorization server was found");
    Problem::provider(fault, Phase::Authorize)
}

fn refused(fault: Fault) -> Problem {
    warn!(fault = %fault, code = fault.code.as_deref(), why = fault.description.as_deref(), "No client could be registered");
    Problem::provider(fault, Phase::Authorize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600 * 1000;

    fn kept(secret_expires_at: Option<i64>) -> Kept {
        Kept {
            client_id: "c".into(),
            registration: Digest::of(b"asked"),
            registered_at: Timestamp(0),
            secret_expires_at: secret_expires_at.map(Timestamp),
        }
    }

    fn serves(kept: &Kept, at: i64) -> bool {
        fits(kept, &Digest::of(b"asked"), Timestamp(at))
    }

    #[test]
    fn a_client_serves_what_it_was_registered_for() {
        assert!(serves(&kept(None), DAY));
        assert!(!fits(&kept(None), &Digest::of(b"something else"), Timestamp(DAY)));
        assert!(!serves(&kept(None), 30 * DAY), "an old one may be gone at the server");
    }

    #[test]
    fn a_client_whose_secret_is_about_to_end_serves_nobody_new() {
        assert!(serves(&kept(Some(10 * DAY)), 9 * DAY - 1));
        assert!(!serves(&kept(Some(10 * DAY)), 9 * DAY));
        let hour = kept(Some(3_600_000));
        assert!(serves(&hour, 1_799_999) && !serves(&hour, 1_800_000), "a short life is used by half");
    }
}
