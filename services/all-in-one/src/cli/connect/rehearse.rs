//! `latchkey connect rehearse`: an account is connected as an end user does it, its credential is read as a backend does it,
//! and both are gone afterwards.
//!
//! The provider is one that takes a key without asking anybody whether it is good, so it is never called: what fails is
//! Latchkey, or the way to it.

use super::super::Server;
use super::super::door::Door;
use super::super::server::{Way, answer};
use super::{Wish, create};
use crate::output;
use anyhow::{Context as _, bail, ensure};
use latchkey_providers::{Ask, AuthMode, Catalogue, Input, Provider};
use latchkey_wire::pb::admin::integration_service_client::IntegrationServiceClient;
use latchkey_wire::pb::admin::{DeleteIntegrationRequest, Integration, PutIntegrationRequest};
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use latchkey_wire::pb::connection::{DeleteConnectionRequest, ListConnectionsRequest};
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;
use latchkey_wire::pb::vault::{GetAccessTokenRequest, GetAccessTokenResponse};
use latchkey_wire::{Fault, Reason};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;
use url::Url;

/// Whom the connection belongs to while there is one.
const END_USER: &str = "rehearsal";

#[derive(clap::Args)]
#[command(after_help = "\
The API key needs the scopes integrations:admin, sessions:write, connections:read, connections:delete and tokens:read. Make it
for an environment of its own: what happens there is told as everywhere, by events and webhooks.")]
pub struct Rehearse {
    /// Where credentials are read, if not at the same server, such as http://vault:8081
    #[arg(long, value_name = "URL")]
    vault: Option<String>,
    /// Where browsers reach the pages, if not where links lead, such as http://connect:8080
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A provider that takes a key as it is; without it, the first such one of the catalogue
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
}

impl Rehearse {
    pub async fn run(self, server: &Server) -> anyhow::Result<()> {
        let began = Instant::now();
        let provider = match self.provider {
            Some(provider) => provider,
            None => undemanding()
                .context("no provider of the catalogue takes a key as it is: name one with --provider")?,
        };
        let connect = server.connect().await?;
        let vault = match self.vault {
            Some(url) => server.at(url).connect().await?,
            None => connect.clone(),
        };
        let stage = Stage {
            integration: format!("rehearsal-{:08x}", rand::random::<u32>()),
            pages: self.url,
            insecure: server.insecure(),
            connect,
            vault,
        };
        let played = stage.play(&provider).await;
        // What is left of one that failed, too; why it failed is told first.
        let cleared = stage.clear().await;
        played?;
        cleared.context("the rehearsal went well, and what it made could not all be taken away")?;
        output::line(&format!(
            "connected, read, deleted, gone ({provider}, {:.1}s)",
            began.elapsed().as_secs_f32()
        ));
        Ok(())
    }
}

/// The first provider that asks for one secret, looks at none of it and asks nobody about it.
fn undemanding() -> Option<String> {
    Catalogue::embedded().list().find(|provider| takes_anything(provider)).map(|provider| provider.id.clone())
}

fn takes_anything(provider: &Provider) -> bool {
    let plain = |input: &Input| {
        let looked_at = input.pattern.is_some() || input.format.is_some() || !input.one_of.is_empty();
        input.ask == Ask::Connection && input.secret && input.required && !looked_at
    };
    let probes = &provider.probes;
    let asks_nobody = probes.verify.is_none() && probes.identity.is_none() && probes.discover.is_empty();
    provider.auth_mode() == AuthMode::ApiKey
        && asks_nobody
        && matches!(provider.inputs.as_slice(), [input] if plain(input))
}

struct Stage {
    /// For this rehearsal alone.
    integration: String,
    pages: Option<String>,
    insecure: bool,
    connect: Way,
    vault: Way,
}

impl Stage {
    async fn play(&self, provider: &str) -> anyhow::Result<()> {
        output::note(&format!("Registering {} at {provider} …", self.integration));
        self.register(provider).await.context("no integration could be registered")?;
        output::note("Connecting an account, as an end user …");
        let typed = format!("rehearsal{:032x}", rand::random::<u128>());
        let connection = self.sign_in(&typed).await.context("no account could be connected")?;
        output::note(&format!("Reading the credential of {connection}, as a backend …"));
        let read = self.read(&connection).await.context("the credential could not be read")?;
        let told = read.headers.values().chain(read.query.values()).chain(read.body.values());
        ensure!(told.into_iter().any(|value| value.contains(&typed)), "what was read is not what was typed");
        output::note("Deleting it …");
        self.delete(connection.clone()).await.context("the connection could not be deleted")?;
        match self.read(&connection).await {
            Ok(_) => bail!("{connection} was deleted, and its credential can still be read"),
            Err(error) => match error.downcast_ref::<Fault>() {
                Some(fault) if fault.reason == Reason::ConnectionDeleted => Ok(()),
                _ => Err(error.context("it is not told that the connection is gone")),
            },
        }
    }

    async fn register(&self, provider: &str) -> anyhow::Result<()> {
        let integration = Integration {
            key: self.integration.clone(),
            provider: provider.to_owned(),
            ..Integration::default()
        };
        let request = PutIntegrationRequest { integration: Some(integration), ..Default::default() };
        answer(IntegrationServiceClient::new(self.connect.clone()).put_integration(request)).await?;
        Ok(())
    }

    /// As the pages' own program does it; returns the connection's id.
    async fn sign_in(&self, typed: &str) -> anyhow::Result<String> {
        let wish = Wish {
            end_user: END_USER.to_owned(),
            integrations: vec![self.integration.clone()],
            ..Wish::default()
        };
        let session = create(&self.connect, wish).await?;
        let (pages, token) = taken_apart(&session.connect_link)?;
        let pages = self.pages.as_deref().unwrap_or(&pages);
        let sessions = ["connect", "api", "sessions"];
        let opening = json!({"token": token});
        let opened = Door::new("connect", pages, "", self.insecure)?.post(&sessions, &opening).await?;
        ensure!(opened.is_ok(), "the link does not open: {}", opened.why());
        let binding = opened.body["binding"].as_str().context("the link opens, and to nobody")?;
        let browser = Door::new("connect", pages, binding, self.insecure)?;

        let session = [&sessions[..], &[session.session_id.as_str()]].concat();
        let form = [&session[..], &["integrations", &self.integration]].concat();
        let form = browser.get(&form, &[]).await?;
        ensure!(form.is_ok(), "what is to be typed is not told: {}", form.why());
        let attempt = json!({"integration": self.integration, "fields": filled(&form.body, typed)});
        let done = browser.post(&[&session[..], &["attempts"]].concat(), &attempt).await?;
        ensure!(done.is_ok(), "what was typed is not taken: {}", done.why());
        ensure!(
            done.body["next"] == "connected",
            "the provider wants more than a key: name another with --provider"
        );
        self.made().await?.pop().context("it is said to be connected, and there is no connection")
    }

    /// The connections of this rehearsal.
    async fn made(&self) -> anyhow::Result<Vec<String>> {
        let request = ListConnectionsRequest {
            integration: self.integration.clone(),
            page_size: 10,
            ..Default::default()
        };
        let mut connections = ConnectionServiceClient::new(self.vault.clone());
        let found = answer(connections.list_connections(request)).await?.connections;
        Ok(found.into_iter().map(|connection| connection.id).collect())
    }

    async fn read(&self, connection: &str) -> anyhow::Result<GetAccessTokenResponse> {
        let request = GetAccessTokenRequest { connection_id: connection.to_owned(), ..Default::default() };
        answer(CredentialServiceClient::new(self.vault.clone()).get_access_token(request)).await
    }

    async fn delete(&self, connection_id: String) -> anyhow::Result<()> {
        let request =
            DeleteConnectionRequest { connection_id, revoke_at_provider: Some(false), ..Default::default() };
        answer(ConnectionServiceClient::new(self.vault.clone()).delete_connection(request)).await?;
        Ok(())
    }

    async fn clear(&self) -> anyhow::Result<()> {
        for connection in self.made().await? {
            self.delete(connection).await?;
        }
        let request = DeleteIntegrationRequest { key: self.integration.clone() };
        match answer(IntegrationServiceClient::new(self.connect.clone()).delete_integration(request)).await {
            Err(error) if !is_unknown(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Where it could not even be registered.
fn is_unknown(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Fault>().is_some_and(|fault| fault.reason == Reason::IntegrationUnknown)
}

/// Where a link's pages are, and the token in its fragment, which no server sees.
fn taken_apart(link: &str) -> anyhow::Result<(String, String)> {
    let mut url = Url::parse(link).context("the connect link is no address")?;
    let token = url.fragment().and_then(|fragment| fragment.strip_prefix("s=")).map(str::to_owned);
    let token = token.context("the connect link holds no token")?;
    url.set_fragment(None);
    let prefix = url.path().trim_end_matches('/').trim_end_matches("/connect").to_owned();
    url.set_path(&prefix);
    Ok((url.into(), token))
}

/// The same in every field.
fn filled(form: &Value, typed: &str) -> BTreeMap<String, String> {
    let fields = form["fields"].as_array().into_iter().flatten();
    fields.filter_map(|field| Some((field["name"].as_str()?.to_owned(), typed.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_provider_that_takes_a_key_as_it_is() {
        let id = undemanding().unwrap();
        let catalogue = Catalogue::embedded();
        let provider = catalogue.list().find(|provider| provider.id == id).unwrap();
        assert!(takes_anything(&provider));
        let asked = catalogue.list().filter(|provider| provider.probes.verify.is_some());
        let taken: Vec<_> = asked.filter(|provider| takes_anything(provider)).collect();
        assert!(taken.is_empty(), "somebody is asked whether a key is good");
    }

    #[test]
    fn a_link_is_taken_apart_below_whatever_path_it_is_served_at() {
        for (link, pages) in [
            ("https://connect.example.com/connect#s=abc", "https://connect.example.com/"),
            ("https://example.com/keys/connect#s=abc", "https://example.com/keys"),
        ] {
            assert_eq!(taken_apart(link).unwrap(), (pages.to_owned(), "abc".to_owned()));
        }
        assert!(taken_apart("https://example.com/connect").is_err());
    }
}
