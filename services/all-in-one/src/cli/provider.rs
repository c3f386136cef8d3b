//! `latchkey provider`: what there is to connect to.

use super::Server;
use super::server::answer;
use crate::output;
use clap::Subcommand;
use latchkey_wire::pb::catalog as pb;
use latchkey_wire::pb::catalog::provider_service_client::ProviderServiceClient;
use serde_json::{Value, json};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey provider list
  latchkey provider show github")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the providers this server knows
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Show one provider, and what it asks for
    Show {
        /// The provider's id, such as github
        provider: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut catalogue = ProviderServiceClient::new(self.server.connect().await?);
        match self.command {
            Command::List { json } => {
                let found = answer(catalogue.list_providers(pb::ListProvidersRequest {})).await?.providers;
                output::line(&if json {
                    found.iter().map(object).collect::<Value>().to_string()
                } else {
                    let row = |provider: &pb::Provider| {
                        let categories = provider.categories.join(", ");
                        [provider.id.clone(), provider.name.clone(), provider.auth_mode.clone(), categories]
                    };
                    output::table(
                        ["ID", "NAME", "KIND", "CATEGORIES"],
                        &found.iter().map(row).collect::<Vec<_>>(),
                    )
                });
            }
            Command::Show { provider, json } => {
                let request = pb::GetProviderRequest { provider };
                let found = answer(catalogue.get_provider(request)).await?.provider.unwrap_or_default();
                output::line(&if json { object(&found).to_string() } else { text(&found) });
            }
        }
        Ok(())
    }
}

fn text(provider: &pb::Provider) -> String {
    let mut lines = vec![
        format!("{} ({})", provider.name, provider.id),
        format!("kind        {}", provider.auth_mode),
        format!("categories  {}", provider.categories.join(", ")),
    ];
    if !provider.docs_url.is_empty() {
        lines.push(format!("docs        {}", provider.docs_url));
    }
    for input in &provider.inputs {
        let who = if input.ask == "integration" { "you" } else { "the end user" };
        let secret = if input.secret { ", secret" } else { "" };
        let optional = if input.required { "" } else { ", optional" };
        lines.push(format!("asks        {who} for {} ({}{secret}{optional})", input.label, input.name));
    }
    lines.join("\n")
}

fn object(provider: &pb::Provider) -> Value {
    json!({
        "id": provider.id,
        "name": provider.name,
        "auth_mode": provider.auth_mode,
        "categories": provider.categories,
        "docs_url": provider.docs_url,
        "inputs": provider.inputs.iter().map(|input| json!({
            "name": input.name,
            "label": input.label,
            "ask": input.ask,
            "secret": input.secret,
            "required": input.required,
        })).collect::<Vec<_>>(),
    })
}
