//! `latchkey dev`: everything in one process, with nothing installed, in one folder, for trying things out.

pub mod env_file;
pub mod folder;
mod greeting;
mod pages;
mod seed;

use crate::compose::{Doors, Pieces, compose};
use crate::listen::listen;
use crate::{output, serve};
use anyhow::Context as _;
use env_file::EnvFile;
use folder::Folder;
use greeting::Greeting;
use latchkey_bus::NatsOptions;
use latchkey_chassis::config::Telemetry;
use latchkey_chassis::{Lifecycle, config, telemetry};
use latchkey_connect::config::WebhookSettings;
use latchkey_refresher::journal::Journal;
use latchkey_vault::Parts;
use latchkey_vault::config::{Database, Keys};
use serde::Deserialize;
use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use url::Url;

/// The environment of a development server.
pub const ENVIRONMENT: &str = "dev";

/// Where the demo provider is, below the public address.
const DEMO_PATH: &str = "/demo-provider";

/// Long enough for a refresh with the demo provider; somebody waits at the keyboard.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where browsers find Latchkey; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Where backends find Latchkey
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8081")]
    grpc: SocketAddr,
    /// Health and metrics
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8082")]
    ops: SocketAddr,
    /// Without the demo provider and its integrations
    #[arg(long)]
    no_demo: bool,
}

impl Options {
    fn reach_beyond_this_machine(&self) -> bool {
        [self.http, self.grpc, self.ops].iter().any(|address| !address.ip().is_loopback())
    }
}

/// What may be set besides the options, by variables such as `LATCHKEY__TELEMETRY__LOG`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    nats: Option<NatsOptions>,
    #[serde(default)]
    providers: latchkey_providers::Settings,
    #[serde(default)]
    connect: latchkey_connect::config::Settings,
    #[serde(default = "quiet")]
    telemetry: Telemetry,
}

/// Somebody reads the terminal for what the program says to them; the log speaks up when something is wrong.
fn quiet() -> Telemetry {
    Telemetry { log: "warn".to_owned(), ..Telemetry::default() }
}

/// # Errors
/// Where it cannot start, with what to do about it, or something did not end well.
pub async fn dev(data: &Path, options: Options) -> anyhow::Result<()> {
    let settings = settings()?;
    let _telemetry = telemetry::install("latchkey", &settings.telemetry)?;
    let doors = Listeners::open(&options).await?;
    let folder = Folder::create(data)?;
    // It says that a server is ready, and this one is not yet.
    remove(&folder.env_file())?;
    let public_url = doors.public_url()?;
    let lifecycle = Lifecycle::new(GRACE);
    let mut secrets = folder.read_secrets()?;
    let demo =
        if options.no_demo { None } else { Some(seed::demo_provider(&folder, &public_url, &mut secrets)?) };

    let catalogue = serve::catalogue(&settings.providers)?;
    let published = settings.nats.is_some();
    let pieces = Pieces {
        parts: parts(&folder, settings.nats).await?,
        vault: latchkey_vault::config::Settings { reflection: true, ..Default::default() },
        refresh: latchkey_refresher::config::Settings::default(),
        connect: settings.connect,
        proxy: latchkey_proxy::config::Settings::default(),
        // The backend that is being written runs beside it.
        webhooks: WebhookSettings { allow_private: true, ..WebhookSettings::default() },
        journal: Journal::open(&folder.journal()).context("the journal cannot be used")?,
        catalogue: match &demo {
            Some(demo) => demo.catalogue(&catalogue)?,
            None => catalogue,
        },
        oauth: serve::client()?,
        public_url: public_url.clone(),
    };
    let system = compose(pieces, &lifecycle)?;
    let api_key = seed::api_key(&system.to_vault, secrets.api_key.take()).await?;
    if let Some(demo) = &demo {
        demo.register(&system.to_vault).await?;
    }
    secrets.api_key = Some(api_key.clone());
    folder.write_secrets(&secrets)?;

    let login = seed::login_link(&system.to_vault, &public_url).await?;
    let greeting = doors.greeting(&folder, &public_url, published, demo.is_some(), api_key, login)?;
    let pages = pages::router(&system.to_vault, &greeting, demo.as_ref());
    system.run(doors.with(pages), &lifecycle)?;
    env_of(&greeting).write(&folder.env_file()).context("dev.env cannot be written")?;
    greeting.say();
    if options.reach_beyond_this_machine() {
        output::note(
            "  Others on your network can reach this server, and it is not made for that: use loopback addresses.\n",
        );
    }
    let ended = lifecycle.run_until_signal().await.context("Latchkey did not end well");
    remove(&folder.env_file())?;
    ended
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        _ => Ok(()),
    }
}

fn settings() -> anyhow::Result<Settings> {
    let mut settings: Settings = config::load(None)?;
    if settings.nats.is_none() {
        settings.nats = std::env::var("LATCHKEY_NATS_URL").ok().map(NatsOptions::at);
    }
    Ok(settings)
}

async fn parts(folder: &Folder, nats: Option<NatsOptions>) -> anyhow::Result<Parts> {
    let database = Database::at(format!("sqlite:{}", folder.database().display()));
    let key_file = Url::from_file_path(folder.key_file())
        .map_err(|()| anyhow::anyhow!("{} is no absolute path", folder.key_file().display()))?;
    Parts::embedded(&database, &Keys::by(key_file), serve::bus(nats).await?).await
}

struct Listeners {
    http: TcpListener,
    grpc: TcpListener,
    ops: TcpListener,
}

impl Listeners {
    async fn open(options: &Options) -> anyhow::Result<Self> {
        Ok(Self {
            http: listen(options.http, "--http").await?,
            grpc: listen(options.grpc, "--grpc").await?,
            ops: listen(options.ops, "--ops").await?,
        })
    }

    fn public_url(&self) -> anyhow::Result<Url> {
        Ok(Url::parse(&at(&self.http)?)?)
    }

    fn greeting(
        &self,
        folder: &Folder,
        public_url: &Url,
        published: bool,
        demo: bool,
        api_key: String,
        login: String,
    ) -> anyhow::Result<Greeting> {
        Ok(Greeting {
            folder: folder.path().to_owned(),
            url: public_url.as_str().trim_end_matches('/').to_owned(),
            grpc: at(&self.grpc)?,
            ops: at(&self.ops)?,
            published,
            demo,
            api_key,
            login,
        })
    }

    fn with(self, pages: axum::Router) -> Doors {
        Doors { http: self.http, grpc: self.grpc, ops: self.ops, pages, tls: None }
    }
}

/// The address as bound. A listener on every address is reached over loopback.
fn at(listener: &TcpListener) -> anyhow::Result<String> {
    let mut address = listener.local_addr()?;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    Ok(format!("http://{address}"))
}

fn env_of(greeting: &Greeting) -> EnvFile {
    let mut file = EnvFile::default();
    file.set(env_file::URL, &greeting.url);
    file.set(env_file::GRPC, &greeting.grpc);
    file.set(env_file::OPS, &greeting.ops);
    file.set(env_file::API_KEY, &greeting.api_key);
    file.set(env_file::ENVIRONMENT, ENVIRONMENT);
    file.set(env_file::DASHBOARD_LOGIN, &greeting.login);
    file
}
