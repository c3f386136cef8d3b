//! `latchkey connect`: a link for an end user, as a backend would make it, and a rehearsal of the whole way.

mod presets;
mod rehearse;

use super::server::{Way, answer};
use super::{
    Server,
    following::{AGAIN_AFTER, is_away},
};
use crate::output;
use anyhow::bail;
use clap::Subcommand;
use latchkey_wire::Fault;
use latchkey_wire::pb::connect as pb;
use latchkey_wire::pb::connect::connect_session_service_client::ConnectSessionServiceClient;
use std::collections::BTreeMap;
use std::process::{Command as Process, Stdio};
use std::time::Instant;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey connect link --integration github --end-user 42
  latchkey connect link --integration demo-oauth --end-user me --open --wait
  latchkey connect link --reconnect con_01J… --end-user me        # mend a connection: same id
  latchkey connect link --integration zendesk --end-user 42 --input subdomain=acme --scope read --param prompt=login
  latchkey connect rehearse                                      # does it all work? leaves nothing behind")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a link that lets one end user connect once, within 15 minutes
    Link(Link),
    /// Connect an account that is made up, read its credential, delete it again, and say whether all of that worked
    Rehearse(rehearse::Rehearse),
}

#[derive(clap::Args)]
struct Link {
    /// What may be connected; give it several times to let the end user choose
    #[arg(long, value_name = "INTEGRATION", required_unless_present = "reconnect")]
    integration: Vec<String>,
    /// Whom the connection will belong to, in your own words
    #[arg(long, value_name = "ID")]
    end_user: String,
    /// Mend this connection instead of making a new one
    #[arg(long, value_name = "CONNECTION")]
    reconnect: Option<String>,
    #[command(flatten)]
    presets: presets::Preset,
    /// Open the link in a browser here
    #[arg(long)]
    open: bool,
    /// Wait until the end user is done, and print the connection
    #[arg(long)]
    wait: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Link(link) => link.run(&self.server).await,
            Command::Rehearse(rehearse) => rehearse.run(&self.server).await,
        }
    }
}

impl Link {
    async fn run(self, server: &Server) -> anyhow::Result<()> {
        let link = self;
        let way = server.connect().await?;
        let wish = Wish {
            end_user: link.end_user,
            integrations: link.integration.clone(),
            reconnect: link.reconnect.unwrap_or_default(),
            presets: link.presets.of_each(&link.integration)?,
        };
        let started = Instant::now();
        let session = create(&way, wish).await?;
        output::line(&session.connect_link);
        if link.open && !open(&session.connect_link) {
            output::note("No browser could be opened here: open the link yourself.");
        }
        if !link.wait {
            return Ok(());
        }
        output::note("Waiting for the end user …");
        let connection = done(&way, &session.session_id).await?;
        let what = link.integration.join(", ");
        let what = if what.is_empty() { "reconnected".to_owned() } else { what };
        output::line(&format!("connected {connection} ({what}) in {:.1}s", started.elapsed().as_secs_f32()));
        Ok(())
    }
}

/// What a session is for.
#[derive(Default)]
pub struct Wish {
    pub end_user: String,
    pub integrations: Vec<String>,
    /// Empty for a new connection.
    pub reconnect: String,
    pub presets: BTreeMap<String, pb::IntegrationPreset>,
}

/// # Errors
/// The service's refusal.
pub async fn create(way: &Way, wish: Wish) -> anyhow::Result<pb::CreateConnectSessionResponse> {
    let request = pb::CreateConnectSessionRequest {
        end_user: wish.end_user,
        integrations: wish.integrations,
        reconnect_connection_id: wish.reconnect,
        presets: wish.presets.into_iter().collect(),
        lifetime: None,
        ..Default::default()
    };
    answer(ConnectSessionServiceClient::new(way.clone()).create_connect_session(request)).await
}

/// # Errors
/// The service's refusal.
pub async fn look(way: &Way, session: &str) -> anyhow::Result<pb::GetConnectSessionResponse> {
    let request = pb::GetConnectSessionRequest { session_id: session.to_owned() };
    answer(ConnectSessionServiceClient::new(way.clone()).get_connect_session(request)).await
}

/// The connection, once there is one. A server that goes away meanwhile is waited for: it tells how the session is by then.
async fn done(way: &Way, session: &str) -> anyhow::Result<String> {
    let mut told = pb::SessionProgress::default();
    loop {
        if let Err(error) = watched(way, session, &mut told).await
            && !is_away(&error)
        {
            return Err(error);
        }
        match (told.state(), told.under_way) {
            (pb::SessionState::Completed, _) => return Ok(told.connection_id),
            (pb::SessionState::Cancelled, _) => bail!("the link was taken back before the end user was done"),
            (pb::SessionState::Expired, false) => {
                bail!("the link expired before the end user was done: make another")
            }
            (pb::SessionState::Expired | pb::SessionState::Open | pb::SessionState::Unspecified, _) => {}
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Until the server says no more.
async fn watched(way: &Way, session: &str, told: &mut pb::SessionProgress) -> anyhow::Result<()> {
    let request = pb::WatchConnectSessionRequest { session_id: session.to_owned() };
    let mut sessions = ConnectSessionServiceClient::new(way.clone());
    let mut watch = answer(sessions.watch_connect_session(request)).await?;
    while let Some(message) = watch.message().await.map_err(Fault::from)? {
        let Some(seen) = message.session else { continue };
        if seen.opened && !told.opened {
            output::note("The link was opened.");
        }
        if seen.last_failure != told.last_failure && !seen.last_failure.is_empty() {
            output::note(&format!(
                "An attempt did not succeed: {}. The link still works.",
                seen.last_failure
            ));
        }
        *told = seen;
    }
    Ok(())
}

/// Whether something here said it would open it.
fn open(link: &str) -> bool {
    let (program, arguments): (_, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let process = Process::new(program)
        .args(arguments)
        .arg(link)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    process.is_ok()
}
