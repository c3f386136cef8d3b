//! `latchkey connection`: what is connected, and what is wrong with it.

mod bring;
mod change;
mod revoke;
mod several;
mod trying;
mod watch;

use super::server::{Way, answer};
use super::{Server, duration, show};
use crate::output;
use clap::{Subcommand, ValueEnum};
use latchkey_wire::pb::connection as pb;
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use prost_types::Timestamp;
use serde_json::{Value, json};

/// As many as one answer holds.
const PAGE: u32 = 500;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey connection list --state needs-reauth
  latchkey connection list --tag team=crm --newest
  latchkey connection explain con_01J…
  latchkey connection watch --integration github --json | jq .connection.state
  latchkey connection create --integration github --end-user 42 --external-id user-42 --credential tokens.json
  latchkey connection verify con_01J… && latchkey connection refresh con_01J…
  latchkey connection list --state degraded --json | jq -r '.[].id' | xargs latchkey connection refresh
  latchkey connection update con_01J… --external-id user-42 --tag team=crm --metadata '{\"plan\":\"pro\"}'
  latchkey connection revoke con_01J…          # it leaked: end it everywhere; `connect link --reconnect con_01J…` mends it
  latchkey connection delete con_01J… && latchkey connection get con_01J…
  latchkey connection list --json | jq -r '.[].id'")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List connections
    List(List),
    /// Show one connection
    Get(Get),
    /// Say what happened to a connection, whose turn it is and what to do
    Explain(One),
    /// List all that happened to a connection, and what it led to
    History(One),
    /// Make a connection of a credential you have already
    Create(Box<bring::Create>),
    /// Put another credential in the place of a connection's present one
    PutCredential(bring::Put),
    /// Refresh connections' credentials now; they are not shown
    Refresh(Several),
    /// Try connections' credentials out with their provider
    Verify(Several),
    /// Change what is said of a connection: your own id for it, its name, tags, metadata and config
    Update(change::Update),
    /// Switch a connection off: nothing is handed out or refreshed until it is enabled again
    Disable(One),
    /// Switch a connection on again
    Enable(One),
    /// Show the connections there are, and then each again whenever it changes, until you press Ctrl-C
    Watch(watch::Watch),
    /// Delete connections, destroy their credentials and have the provider end the grants; this cannot be undone
    Delete {
        #[command(flatten)]
        several: Several,
        /// Leave the grant at the provider as it is, for instance because another system uses it
        #[arg(long)]
        keep_at_provider: bool,
        /// Where the provider cannot end one grant alone, let it end everything the account has granted the app: other
        /// connections to the same account stop working
        #[arg(long, conflicts_with = "keep_at_provider")]
        revoke_account: bool,
    },
    /// Destroy a connection's credential, as one that leaked, and have the provider end the grant; the connection stays, and its
    /// end user connects again
    Revoke(revoke::Revoke),
}

#[derive(clap::Args)]
struct List {
    /// Only those of this integration
    #[arg(long)]
    integration: Option<String>,
    /// Only those of this end user
    #[arg(long)]
    end_user: Option<String>,
    /// Only those in this state
    #[arg(long)]
    state: Option<State>,
    /// Only those at this provider
    #[arg(long)]
    provider: Option<String>,
    /// Only the one with this id of yours, of each integration
    #[arg(long)]
    external_id: Option<String>,
    /// Only those with this tag; all of them, where it is given more than once
    #[arg(long, value_name = "NAME=VALUE")]
    tag: Vec<String>,
    /// Only those whose id begins with this, or whose names contain it
    #[arg(long)]
    search: Option<String>,
    /// The newest first
    #[arg(long)]
    newest: bool,
    /// As they were then, such as 2026-01-31T12:00:00Z; without what was said of them
    #[arg(long, value_name = "TIME", value_parser = duration::instant, conflicts_with_all = ["external_id", "tag", "search"])]
    as_of: Option<Timestamp>,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct One {
    /// The connection, con_…
    connection: String,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Several {
    /// The connections, con_…
    #[arg(required = true, value_name = "CONNECTION")]
    connections: Vec<String>,
    /// For programs
    #[arg(long)]
    json: bool,
}

impl Several {
    /// The one that is named, where it is one.
    fn one(self) -> Result<One, Self> {
        let json = self.json;
        <[String; 1]>::try_from(self.connections)
            .map(|[connection]| One { connection, json })
            .map_err(|connections| Self { connections, json })
    }
}

#[derive(clap::Args)]
struct Get {
    #[command(flatten)]
    one: One,
    /// As it was then, such as 2026-01-31T12:00:00Z; without what was said of it
    #[arg(long, value_name = "TIME", value_parser = duration::instant)]
    as_of: Option<Timestamp>,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    Active,
    Degraded,
    NeedsReauth,
    Disabled,
    Deleted,
}

impl From<State> for pb::ConnectionState {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Degraded => Self::Degraded,
            State::NeedsReauth => Self::NeedsReauth,
            State::Disabled => Self::Disabled,
            State::Deleted => Self::Deleted,
        }
    }
}

type Connections = ConnectionServiceClient<Way>;

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let way = self.server.connect().await?;
        let mut connections = Connections::new(way.clone());
        match self.command {
            Command::List(list) => self::list(&mut connections, list).await,
            Command::Get(one) => get(&mut connections, one).await,
            Command::Explain(one) => explain(&mut connections, one).await,
            Command::History(one) => history(&mut connections, one).await,
            Command::Create(create) => bring::create(way, *create).await,
            Command::PutCredential(put) => bring::put(way, put).await,
            Command::Refresh(several) => match several.one() {
                Ok(one) => trying::refresh(&mut connections, one).await,
                Err(several) => several::refresh(&connections, several).await,
            },
            Command::Verify(several) => match several.one() {
                Ok(one) => trying::verify(way, one).await,
                Err(several) => several::verify(way, several).await,
            },
            Command::Update(update) => change::update(&mut connections, update).await,
            Command::Watch(watch) => watch.run(&way).await,
            Command::Disable(one) => change::switch(&mut connections, one, change::Switch::Off).await,
            Command::Revoke(revoke) => revoke::run(way, revoke).await,
            Command::Enable(one) => change::switch(&mut connections, one, change::Switch::On).await,
            Command::Delete { several, keep_at_provider, revoke_account } => {
                let revoke_at_provider = Some(!keep_at_provider);
                match several.one() {
                    Ok(One { connection: connection_id, json: false }) => {
                        let asked =
                            pb::DeleteConnectionRequest { connection_id, revoke_at_provider, revoke_account };
                        delete(&mut connections, asked).await
                    }
                    Ok(One { connection, json }) => {
                        let one = Several { connections: vec![connection], json };
                        several::delete(&connections, one, revoke_at_provider, revoke_account).await
                    }
                    Err(several) => {
                        several::delete(&connections, several, revoke_at_provider, revoke_account).await
                    }
                }
            }
        }
    }
}

async fn delete(connections: &mut Connections, asked: pb::DeleteConnectionRequest) -> anyhow::Result<()> {
    let (connection, keep_at_provider) =
        (asked.connection_id.clone(), asked.revoke_at_provider == Some(false));
    answer(connections.delete_connection(asked)).await?;
    output::note(&format!("Deleted {connection}. Its credential cannot be had back."));
    output::note(&if keep_at_provider {
        "The provider is not told: what was granted there stays.".to_owned()
    } else {
        format!(
            "The provider is asked to end the grant, too. `latchkey connection get {connection}` says what comes of it."
        )
    });
    Ok(())
}

async fn list(connections: &mut Connections, list: List) -> anyhow::Result<()> {
    let mut request = pb::ListConnectionsRequest {
        page_size: PAGE,
        page_token: String::new(),
        as_of: list.as_of,
        integration: list.integration.unwrap_or_default(),
        end_user: list.end_user.unwrap_or_default(),
        state: list.state.map(pb::ConnectionState::from).unwrap_or_default().into(),
        provider: list.provider.unwrap_or_default(),
        external_id: list.external_id.unwrap_or_default(),
        tags: list.tag,
        search: list.search.unwrap_or_default(),
        order_by: if list.newest { "create_time desc".to_owned() } else { String::new() },
        ..pb::ListConnectionsRequest::default()
    };
    let mut found = Vec::new();
    loop {
        let page = answer(connections.list_connections(request.clone())).await?;
        found.extend(page.connections);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if list.json {
        output::line(&found.iter().map(show::connection_json).collect::<Value>().to_string());
    } else if found.is_empty() {
        output::note("There are no such connections. Make one with `latchkey connect link`.");
    } else {
        output::line(&rows(&found));
    }
    Ok(())
}

fn rows(found: &[pb::Connection]) -> String {
    let rows: Vec<_> = found.iter().map(row).collect();
    output::table(["ID", "INTEGRATION", "END USER", "STATE", "GENERATION", "EXPIRES"], &rows)
}

fn row(connection: &pb::Connection) -> [String; 6] {
    let credential = connection.credential.as_ref();
    [
        connection.id.clone(),
        connection.integration.clone(),
        connection.end_user.clone(),
        show::state(connection).to_owned(),
        credential.map_or_else(|| "-".to_owned(), |credential| credential.generation.to_string()),
        show::from_now(credential.and_then(|credential| credential.expire_time.as_ref())),
    ]
}

async fn get(connections: &mut Connections, Get { one, as_of }: Get) -> anyhow::Result<()> {
    let request = pb::GetConnectionRequest { connection_id: one.connection, as_of };
    let connection = answer(connections.get_connection(request)).await?.connection.unwrap_or_default();
    show_one(&connection, one.json);
    Ok(())
}

fn show_one(connection: &pb::Connection, json: bool) {
    if json {
        output::line(&show::connection_json(connection).to_string());
    } else {
        output::line(&lines(&show::connection_lines(connection)));
    }
}

async fn explain(connections: &mut Connections, one: One) -> anyhow::Result<()> {
    let request = pb::ExplainConnectionRequest { connection_id: one.connection };
    let told = answer(connections.explain_connection(request)).await?;
    if one.json {
        output::line(&explanation_json(&told).to_string());
        return Ok(());
    }
    let connection = told.connection.unwrap_or_default();
    output::line(&lines(&[
        ["connection".into(), format!("{} ({})", connection.id, show::state(&connection))],
        ["what happened".into(), told.what_happened],
        ["whose turn".into(), told.whose_turn],
        ["what to do".into(), told.what_to_do],
    ]));
    output::line("\nLatest first:");
    for entry in &told.history {
        output::line(&format!("  {:>12}  {}", show::from_now(entry.time.as_ref()), entry.summary));
    }
    if !told.auth_log_id.is_empty() {
        output::line(&format!("\nStep by step: latchkey logs get {}", told.auth_log_id));
    }
    Ok(())
}

async fn history(connections: &mut Connections, one: One) -> anyhow::Result<()> {
    let mut request = pb::ListConnectionEventsRequest {
        connection_id: one.connection,
        page_size: PAGE,
        page_token: String::new(),
    };
    let mut events = vec![];
    loop {
        let page = answer(connections.list_connection_events(request.clone())).await?;
        events.extend(page.events);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    if one.json {
        output::line(&events.iter().map(show::event_json).collect::<Value>().to_string());
        return Ok(());
    }
    let row = |event: &pb::ConnectionEvent| {
        [
            show::from_now(event.time.as_ref()),
            show::state_word(event.state()).to_owned(),
            event.generation.to_string(),
            event.summary.clone(),
        ]
    };
    let rows: Vec<_> = events.iter().map(row).collect();
    output::line(&output::table(["WHEN", "STATE", "GENERATION", "WHAT"], &rows));
    Ok(())
}

fn explanation_json(told: &pb::ExplainConnectionResponse) -> Value {
    json!({
        "connection": told.connection.as_ref().map(show::connection_json),
        "what_happened": told.what_happened,
        "whose_turn": told.whose_turn,
        "what_to_do": told.what_to_do,
        "history": told.history.iter().map(|entry| json!({
            "time": show::rfc3339(entry.time.as_ref()),
            "event": entry.event,
            "summary": entry.summary,
        })).collect::<Vec<_>>(),
        "auth_log_id": told.auth_log_id,
    })
}

fn lines(pairs: &[[String; 2]]) -> String {
    let width = pairs.iter().map(|[name, _]| name.len()).max().unwrap_or_default();
    pairs.iter().map(|[name, value]| format!("{name:<width$}  {value}")).collect::<Vec<_>>().join("\n")
}
