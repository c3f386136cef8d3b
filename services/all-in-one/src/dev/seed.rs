//! What a development server has from its first start: an API key, the demo provider and its integrations.
//! Starting again changes nothing that is there.

use super::folder::{Demo as DemoSecrets, Folder, Secrets};
use super::{DEMO_PATH, ENVIRONMENT};
use anyhow::Context as _;
use latchkey_demo_provider::{Client, DemoProvider, EntryKind, Options, catalogue_entry};
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::Settings;
use latchkey_domain::{Environment, Role};
use latchkey_providers::{Catalogue, Trust};
use latchkey_secret::SecretText;
use latchkey_wire::contract::{AppSecrets, CreateLogin, IssueKey, PutIntegration};
use latchkey_wire::convert::secret_to_pb;
use latchkey_wire::{Kind, VaultClient};
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// The demo's apps at the demo provider.
const CLIENT: &str = "latchkey-demo";
const MACHINE: &str = "latchkey-demo-machine";

/// Where connect receives answers, below the public address.
const CALLBACK_PATH: &str = "/oauth/callback";

/// The key to the environment, the one from last time where it still opens.
///
/// # Errors
/// Where the vault can neither say whether it does nor make another.
pub async fn api_key(vault: &VaultClient, kept: Option<String>) -> anyhow::Result<String> {
    let environment: Environment = ENVIRONMENT.parse()?;
    if let Some(kept) = kept {
        match vault.authenticate(&SecretText::from(kept.clone())).await {
            Ok(key)
                if key.environment == environment && Scope::ALL.iter().all(|s| key.scopes.contains(s)) =>
            {
                return Ok(kept);
            }
            Err(fault) if fault.kind != Kind::Unauthenticated => {
                return Err(fault).context("the kept API key cannot be checked");
            }
            Ok(_) | Err(_) => {}
        }
    }
    let issue = IssueKey { environment, name: "dev".into(), scopes: Scope::ALL.to_vec(), expires_at: None };
    let issued = vault.issue_key(issue).await.context("no API key could be made")?;
    Ok(secret_to_pb(&issued.secret))
}

/// Whom a development server's first login is recorded as.
const DEVELOPER: &str = "developer";

/// Somebody may look at the terminal late in the day they started the server.
const LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Opens the dashboard, once.
///
/// # Errors
/// Where the vault cannot make one.
pub async fn login_link(vault: &VaultClient, public_url: &Url) -> anyhow::Result<String> {
    let create = CreateLogin {
        environment: ENVIRONMENT.parse()?,
        operator: DEVELOPER.into(),
        role: Role::Admin,
        lifetime: LINK_LIFETIME,
    };
    let created = vault.create_login(create).await.context("no login link could be made")?;
    Ok(latchkey_connect::login_link(public_url, &secret_to_pb(&created.token)))
}

/// The demo provider as part of this process.
pub struct Demo {
    provider: DemoProvider,
    issuer: String,
    secrets: DemoSecrets,
    /// Whether its secrets were made just now, so that no integration knows them.
    fresh: bool,
}

/// # Errors
/// Where its state cannot be read or written.
pub fn demo_provider(folder: &Folder, public_url: &Url, secrets: &mut Secrets) -> anyhow::Result<Demo> {
    let base = public_url.as_str().trim_end_matches('/');
    let issuer = format!("{base}{DEMO_PATH}");
    let fresh = secrets.demo.is_none();
    let mut demo = secrets.demo.take().unwrap_or_else(new_secrets);
    demo.issuer.clone_from(&issuer);

    let callback = format!("{base}{CALLBACK_PATH}");
    let mut options = Options::new(&issuer);
    options.clients = vec![
        Client::new(CLIENT, &demo.client_secret, [&callback]),
        Client::new(MACHINE, &demo.machine_secret, []),
    ];
    options.state_file = Some(folder.demo_state());
    options.control_token = Some(demo.control_token.clone());
    options.api_keys = vec![demo.api_key.clone()];
    options.basic_username.clone_from(&demo.username);
    options.basic_password = Some(demo.password.clone());
    let provider = DemoProvider::new(options).context("the demo provider cannot start")?;
    secrets.demo = Some(demo.clone());
    Ok(Demo { provider, issuer, secrets: demo, fresh })
}

fn new_secrets() -> DemoSecrets {
    let secret = |kind: &str| format!("demo_{kind}_{}", random_text());
    DemoSecrets {
        issuer: String::new(),
        control_token: secret("control"),
        client_secret: secret("client"),
        machine_secret: secret("machine"),
        api_key: secret("key"),
        username: "ana".into(),
        password: secret("password"),
    }
}

/// 128 random bits in hexadecimal digits.
fn random_text() -> String {
    format!("{:032x}", rand::random::<u128>())
}

impl Demo {
    pub fn provider(&self) -> &DemoProvider {
        &self.provider
    }

    /// What somebody types to connect the demos that ask for something.
    pub fn secrets(&self) -> &DemoSecrets {
        &self.secrets
    }

    /// The catalogue with the demo provider in it.
    ///
    /// # Errors
    /// Where its own entries are wrong, which a test rules out.
    pub fn catalogue(&self, catalogue: &Catalogue) -> anyhow::Result<Catalogue> {
        EntryKind::ALL.into_iter().try_fold(catalogue.clone(), |catalogue, kind| {
            let added = catalogue.with_entry(&catalogue_entry(&self.issuer, kind), Trust::Loopback);
            added.with_context(|| format!("the demo provider's entry `{}` cannot be used", kind.id()))
        })
    }

    /// Registers what is missing or has changed.
    ///
    /// # Errors
    /// Where the vault refuses.
    pub async fn register(&self, vault: &VaultClient) -> anyhow::Result<()> {
        let environment: Environment = ENVIRONMENT.parse()?;
        for kind in EntryKind::ALL {
            let key = kind.id().parse()?;
            let settings = settings_of(kind);
            match vault.get_integration(&environment, &key).await {
                Ok(present) if present.settings == settings && !self.fresh => continue,
                Err(fault) if fault.kind != Kind::NotFound => return Err(fault.into()),
                Ok(_) | Err(_) => {}
            }
            let secrets = self.client_secret(kind);
            let put = PutIntegration { environment: environment.clone(), key, settings, secrets };
            vault
                .put_integration(put)
                .await
                .with_context(|| format!("`{}` cannot be registered", kind.id()))?;
        }
        Ok(())
    }

    fn client_secret(&self, kind: EntryKind) -> Option<AppSecrets> {
        let text = match kind {
            EntryKind::OAuth | EntryKind::OAuth1 | EntryKind::Workspaces => &self.secrets.client_secret,
            EntryKind::Machine => &self.secrets.machine_secret,
            EntryKind::ApiKey | EntryKind::Basic => return None,
        };
        Some(AppSecrets { client_secret: Some(text.clone().into()), fields: BTreeMap::new() })
    }
}

fn settings_of(kind: EntryKind) -> Settings {
    let (name, client, scopes): (_, _, &[&str]) = match kind {
        EntryKind::OAuth => ("Demo", CLIENT, &["profile:read", "notes:read"]),
        EntryKind::Machine => ("Demo robot", MACHINE, &["profile:read"]),
        EntryKind::ApiKey => ("Demo with an API key", "", &[]),
        EntryKind::Basic => ("Demo with a password", "", &[]),
        EntryKind::OAuth1 => ("Demo with signed requests", CLIENT, &[]),
        EntryKind::Workspaces => ("Demo with workspaces", CLIENT, &["profile:read"]),
    };
    Settings {
        provider: kind.id().to_owned(),
        display_name: name.to_owned(),
        client_id: client.to_owned(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        ..Settings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_provider_is_in_the_catalogue_and_known_again() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = Folder::create(scratch.path()).unwrap();
        let public_url = "http://127.0.0.1:1".parse().unwrap();
        let mut secrets = Secrets::default();
        let demo = demo_provider(&folder, &public_url, &mut secrets).unwrap();
        let catalogue = demo.catalogue(&Catalogue::embedded()).unwrap();
        for kind in EntryKind::ALL {
            assert!(catalogue.get(kind.id()).is_ok(), "{kind:?}");
        }
        assert!(demo.fresh);
        let again = demo_provider(&folder, &public_url, &mut secrets).unwrap();
        assert!(!again.fresh && again.secrets.client_secret == demo.secrets.client_secret);
    }
}
