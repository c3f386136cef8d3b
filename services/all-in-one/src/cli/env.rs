//! `latchkey env`: environments, beyond the key's own.

use super::server::{Server, Way, answer};
use crate::output;
use clap::Subcommand;
use latchkey_domain::api_key::Scope;
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::environment_service_client::EnvironmentServiceClient;
use serde_json::{Value, json};

#[derive(clap::Args)]
#[command(after_help = "\
Every command needs a key with the scope environments:admin.

Examples:
  latchkey env create acme --key-name backend --scopes sessions:write,tokens:read,keys:admin
  latchkey env clone staging acme --key-name backend --scopes sessions:write,tokens:read
  latchkey env delete acme")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List environments
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// See what there is in an environment
    Get {
        name: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Make an environment and print its first key, this once
    Create {
        /// 1 to 32 of a-z 0-9 -; a name is given once
        name: String,
        #[command(flatten)]
        key: FirstKey,
    },
    /// Make an environment with another's integrations, and print its first key, this once. No connections, keys or webhook
    /// endpoints come along
    Clone {
        /// Whose integrations it is given
        source: String,
        /// What it is called
        name: String,
        #[command(flatten)]
        key: FirstKey,
    },
    /// End an environment that has no connections: its integrations, webhook endpoints and keys. Its history stays, and its name is
    /// not given again
    Delete { name: String },
}

#[derive(clap::Args)]
struct FirstKey {
    /// Who will use the key
    #[arg(long, default_value = "first")]
    key_name: String,
    /// What it may do, separated by commas, as in `latchkey key --help`
    #[arg(long, value_delimiter = ',', required = true, value_parser = super::key::scope)]
    scopes: Vec<Scope>,
}

impl FirstKey {
    fn words(&self) -> Vec<String> {
        self.scopes.iter().map(|scope| scope.as_str().to_owned()).collect()
    }
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut environments = EnvironmentServiceClient::new(self.server.connect().await?);
        match self.command {
            Command::List { json } => list(&mut environments, json).await,
            Command::Get { name, json } => get(&mut environments, name, json).await,
            Command::Create { name, key } => {
                let (scopes, key_name) = (key.words(), key.key_name);
                let request = pb::CreateEnvironmentRequest { name, key_name, scopes };
                let made = answer(environments.create_environment(request)).await?;
                say(made.environment, made.api_key, &made.secret);
                Ok(())
            }
            Command::Clone { source, name, key } => {
                let (scopes, key_name) = (key.words(), key.key_name);
                let request = pb::CloneEnvironmentRequest { source, name, key_name, scopes };
                let made = answer(environments.clone_environment(request)).await?;
                say(made.environment, made.api_key, &made.secret);
                Ok(())
            }
            Command::Delete { name } => {
                let request = pb::DeleteEnvironmentRequest { name: name.clone() };
                answer(environments.delete_environment(request)).await?;
                output::note(&format!("Ended {name}. Its keys are refused everywhere within five seconds."));
                Ok(())
            }
        }
    }
}

async fn list(environments: &mut EnvironmentServiceClient<Way>, json: bool) -> anyhow::Result<()> {
    let found = answer(environments.list_environments(pb::ListEnvironmentsRequest {})).await?.environments;
    if json {
        let object = |it: &pb::Environment| json!({ "name": it.name, "api_keys": it.api_keys });
        output::line(&found.iter().map(object).collect::<Value>().to_string());
        return Ok(());
    }
    let row = |it: &pb::Environment| [it.name.clone(), it.api_keys.to_string()];
    output::line(&output::table(["NAME", "KEYS"], &found.iter().map(row).collect::<Vec<_>>()));
    Ok(())
}

async fn get(
    environments: &mut EnvironmentServiceClient<Way>,
    name: String,
    json: bool,
) -> anyhow::Result<()> {
    let found = answer(environments.get_environment(pb::GetEnvironmentRequest { name })).await?;
    let pb::GetEnvironmentResponse { environment, integrations, connections } = found;
    let pb::Environment { name, api_keys } = environment.unwrap_or_default();
    output::line(&if json {
        json!({
            "name": name,
            "api_keys": api_keys,
            "integrations": integrations,
            "connections": connections,
        })
        .to_string()
    } else {
        let row = [name, api_keys.to_string(), integrations.to_string(), connections.to_string()];
        output::table(["NAME", "KEYS", "INTEGRATIONS", "CONNECTIONS"], &[row])
    });
    Ok(())
}

fn say(environment: Option<pb::Environment>, key: Option<pb::ApiKey>, secret: &str) {
    let (name, id) = (environment.unwrap_or_default().name, key.unwrap_or_default().id);
    output::note(&format!(
        "Made {name} and its first key, {id}. Keep what follows where secrets are kept: it is not shown again."
    ));
    output::line(secret);
}
