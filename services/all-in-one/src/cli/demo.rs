//! `latchkey demo`: plays the end user, and breaks the demo provider on purpose.

mod controls;
mod walk;

use super::server::answer;
use super::{Server, connect, duration, show};
use crate::output;
use clap::Subcommand;
use controls::Controls;
use latchkey_demo_provider::Account;
use latchkey_wire::Fault;
use latchkey_wire::pb::connection as pb_connection;
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use latchkey_wire::pb::vault as pb_vault;
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;
use serde_json::json;
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "\
These work with a server started by `latchkey dev`, and break its demo provider only.

Examples:
  CONNECTION=$(latchkey demo connect)
  latchkey demo revoke $CONNECTION             # the end user withdraws access
  latchkey demo outage --for 30s               # the provider is down
  latchkey demo outage --off")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Connect as an end user would, page by page, and print the connection
    Connect {
        /// What to connect
        #[arg(long, default_value = "demo-oauth")]
        integration: String,
        /// Whom the connection belongs to
        #[arg(long, default_value = "me")]
        end_user: String,
        /// Mend this connection instead of making a new one
        #[arg(long, value_name = "CONNECTION")]
        reconnect: Option<String>,
    },
    /// Withdraw access at the provider, as its user would, and let Latchkey find out
    Revoke {
        /// The connection, con_…
        connection: String,
        /// Leave it to the next refresh to find out
        #[arg(long)]
        quietly: bool,
    },
    /// Let the provider refuse the present access token from now on; it can be refreshed
    Expire {
        /// The connection, con_…
        connection: String,
    },
    /// Sign somebody else in at the provider, for whoever goes there next
    SignIn {
        /// Whom, such as bob@example.com; whoever is signed in from the beginning where nobody is named
        login: Option<String>,
    },
    /// Let the provider answer nothing but errors
    Outage(Trouble),
    /// Let the provider answer that it is asked too often
    RateLimit(Trouble),
}

#[derive(clap::Args)]
struct Trouble {
    /// How long, such as 30s
    #[arg(long = "for", value_name = "DURATION", default_value = "30s", value_parser = duration::parse)]
    lasting: Duration,
    /// End every outage and limit now
    #[arg(long)]
    off: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let Self { server, command } = self;
        match command {
            Command::Connect { integration, end_user, reconnect } => {
                let integrations = if reconnect.is_some() { vec![] } else { vec![integration] };
                let reconnect = reconnect.unwrap_or_default();
                walk(&server, connect::Wish { end_user, integrations, reconnect, ..Default::default() }).await
            }
            Command::Revoke { connection, quietly } => revoke(&server, &connection, quietly).await,
            Command::Expire { connection } => expire(&server, &connection).await,
            Command::SignIn { login } => sign_in(&server, login).await,
            Command::Outage(trouble) => break_down(&server, "outage", "is down", &trouble).await,
            Command::RateLimit(trouble) => {
                break_down(&server, "rate-limit", "limits its callers", &trouble).await
            }
        }
    }
}

async fn walk(server: &Server, wish: connect::Wish) -> anyhow::Result<()> {
    let way = server.connect().await?;
    let typed = controls::demo(&server.folder())?;
    let session = connect::create(&way, wish).await?;
    let walk = walk::Walk::new(way, session.session_id, typed)?;
    output::line(&walk.connect(&session.connect_link).await?);
    Ok(())
}

async fn revoke(server: &Server, connection: &str, quietly: bool) -> anyhow::Result<()> {
    let controls = Controls::find(&server.folder())?;
    let token = token(server, connection).await?;
    let answer = controls.turn("revoke", &json!({"token": token})).await?;
    anyhow::ensure!(
        answer["revoked"] == 1,
        "the demo provider knows of no access to withdraw for {connection}"
    );
    output::note("The end user has withdrawn access at the demo provider.");
    if quietly {
        return Ok(());
    }
    match refresh(server, connection).await {
        Ok(_) => output::note("A refresh still worked, which should not be."),
        Err(error) => match error.downcast_ref::<Fault>() {
            Some(fault) => output::note(&format!(
                "Latchkey asked for a new token, and was refused: {}",
                fault.reason.word()
            )),
            None => return Err(error),
        },
    }
    say_state(server, connection).await
}

async fn sign_in(server: &Server, login: Option<String>) -> anyhow::Result<()> {
    let account = login.map_or_else(Account::ana, |login| {
        let name = login.split('@').next().unwrap_or_default().to_owned();
        Account { id: login.clone(), login, name }
    });
    Controls::find(&server.folder())?.turn("sign-in", &json!(account)).await?;
    output::note(&format!("At the demo provider, {} is signed in from now on.", account.login));
    Ok(())
}

async fn expire(server: &Server, connection: &str) -> anyhow::Result<()> {
    let controls = Controls::find(&server.folder())?;
    let token = token(server, connection).await?;
    controls.turn("expire", &json!({"token": token})).await?;
    output::note(&format!(
        "The demo provider refuses the present access token. `latchkey token get {connection} --force-refresh` gets another."
    ));
    Ok(())
}

async fn break_down(server: &Server, control: &str, what: &str, trouble: &Trouble) -> anyhow::Result<()> {
    let controls = Controls::find(&server.folder())?;
    if trouble.off {
        controls.turn("clear", &json!({})).await?;
        output::note("The demo provider is well again.");
        return Ok(());
    }
    let seconds = trouble.lasting.as_secs();
    for target in ["token", "api"] {
        controls.turn(control, &json!({"target": target, "seconds": seconds})).await?;
    }
    output::note(&format!("The demo provider {what} for {}.", duration::words(seconds)));
    Ok(())
}

/// The token at hand, by which the provider knows which access is meant: as it is, however little is left of it.
async fn token(server: &Server, connection: &str) -> anyhow::Result<String> {
    let asked =
        pb_vault::GetAccessTokenRequest { min_remaining: Some(Default::default()), ..asking(connection) };
    let got = get_access_token(server, asked).await?;
    anyhow::ensure!(
        !got.access_token.is_empty(),
        "{connection} has no access token: only connections of demo-oauth and demo-machine do"
    );
    Ok(got.access_token)
}

async fn refresh(server: &Server, connection: &str) -> anyhow::Result<pb_vault::GetAccessTokenResponse> {
    get_access_token(server, pb_vault::GetAccessTokenRequest { force_refresh: true, ..asking(connection) })
        .await
}

fn asking(connection: &str) -> pb_vault::GetAccessTokenRequest {
    pb_vault::GetAccessTokenRequest { connection_id: connection.to_owned(), ..Default::default() }
}

async fn get_access_token(
    server: &Server,
    request: pb_vault::GetAccessTokenRequest,
) -> anyhow::Result<pb_vault::GetAccessTokenResponse> {
    answer(CredentialServiceClient::new(server.connect().await?).get_access_token(request)).await
}

async fn say_state(server: &Server, connection: &str) -> anyhow::Result<()> {
    let mut connections = ConnectionServiceClient::new(server.connect().await?);
    let request = pb_connection::GetConnectionRequest { connection_id: connection.to_owned(), as_of: None };
    let found = answer(connections.get_connection(request)).await?.connection.unwrap_or_default();
    output::note(&format!(
        "{connection} is {}. `latchkey connection explain` says what to do.",
        show::state(&found)
    ));
    Ok(())
}
