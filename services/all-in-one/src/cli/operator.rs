//! `latchkey operator`: the people who use the dashboard. The first link is made on the database itself.

use super::server::answer;
use super::{Server, duration, offline};
use crate::output;
use anyhow::Context as _;
use clap::Subcommand;
use latchkey_connect::config::PublicUrl;
use latchkey_connect::login_link;
use latchkey_domain::Role;
use latchkey_wire::contract::CreateLogin;
use latchkey_wire::convert::{duration_to_pb, secret_to_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::operator_service_client::OperatorServiceClient;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "\
Roles:
  viewer     sees connections, integrations and webhooks; no secret, and changes nothing
  developer  creates integrations, links and webhooks, and deletes connections; sees no credential
  admin      everything, credentials and API keys too

Examples:
  latchkey operator login-link --name ana --role developer
  latchkey operator login-link --name ana --config latchkey.toml --environment prod")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print a link that opens the dashboard, once; the login lasts 12 hours
    LoginLink(LoginLink),
}

#[derive(clap::Args)]
struct LoginLink {
    /// Who it is for: what they do is recorded under this name
    #[arg(long)]
    name: String,
    /// viewer, developer or admin
    #[arg(long, default_value = "admin", value_parser = role)]
    role: Role,
    /// How long the link is good for
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration::parse)]
    lifetime: Duration,
    /// Make it on the database of these settings, without an API key: those of `latchkey serve` or of the vault
    #[arg(long, value_name = "FILE", requires = "environment")]
    config: Option<PathBuf>,
    /// The environment whose dashboard it opens, with --config
    #[arg(long, requires = "config")]
    environment: Option<String>,
    /// Where browsers reach Latchkey, with settings that have no public_url
    #[arg(long, value_name = "URL", requires = "config", value_parser = public_url)]
    url: Option<PublicUrl>,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| "expected one of viewer, developer, admin".to_owned())
}

fn public_url(text: &str) -> Result<PublicUrl, String> {
    PublicUrl::try_from(text.to_owned())
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let Command::LoginLink(wish) = self.command;
        let link = match (&wish.config, &wish.environment) {
            (Some(file), Some(environment)) => wish.on_database(file, environment).await?,
            _ => wish.on_server(&self.server).await?,
        };
        output::note(&format!("Opens the dashboard once, for {}. Send it to nobody else.", wish.name));
        output::line(&link);
        Ok(())
    }
}

impl LoginLink {
    async fn on_server(&self, server: &Server) -> anyhow::Result<String> {
        let mut operators = OperatorServiceClient::new(server.connect().await?);
        let request = pb::CreateLoginLinkRequest {
            operator: self.name.clone(),
            role: self.role.as_str().to_owned(),
            lifetime: Some(duration_to_pb(self.lifetime)),
        };
        Ok(answer(operators.create_login_link(request)).await?.login_link.clone())
    }

    async fn on_database(&self, file: &Path, environment: &str) -> anyhow::Result<String> {
        let settings = offline::Settings::read(file)?;
        let public_url = self.url.clone().or_else(|| settings.public_url.clone());
        let public_url = public_url.context("`public_url` is not in these settings: say it with --url")?;
        let create = CreateLogin {
            environment: offline::environment(environment)?,
            operator: self.name.clone(),
            role: self.role,
            lifetime: self.lifetime,
        };
        let created = settings.vault().await?.create_login(create).await?;
        Ok(login_link(&public_url.into_url(), &secret_to_pb(&created.token)))
    }
}
