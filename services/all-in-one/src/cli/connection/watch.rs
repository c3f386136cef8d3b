//! Connections as they are, and then as they change.

use crate::cli::following::follow;
use crate::cli::server::{Way, answer};
use crate::cli::show;
use crate::output;
use latchkey_wire::Fault;
use latchkey_wire::pb::connection as pb;
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use serde_json::json;

#[derive(clap::Args)]
pub struct Watch {
    /// Only those of this integration
    #[arg(long)]
    integration: Option<String>,
    /// Continue after this token, as it was given when an earlier one ended
    #[arg(long, value_name = "TOKEN")]
    from: Option<String>,
    /// For programs: one JSON object a line, with the token to continue from
    #[arg(long)]
    json: bool,
}

impl Watch {
    pub async fn run(self, way: &Way) -> anyhow::Result<()> {
        follow(self.from.clone().unwrap_or_default(), async |place| self.watch(way, place).await).await
    }

    async fn watch(&self, way: &Way, place: &mut String) -> anyhow::Result<()> {
        let request = pb::WatchConnectionsRequest {
            integration: self.integration.clone().unwrap_or_default(),
            resume_token: place.clone(),
        };
        let mut told = answer(ConnectionServiceClient::new(way.clone()).watch_connections(request)).await?;
        while let Some(message) = told.message().await.map_err(Fault::from)? {
            if let Some(connection) = &message.connection {
                output::line(&if self.json {
                    object(connection, &message.resume_token)
                } else {
                    line(connection)
                });
            }
            if message.snapshot_done {
                output::note("These are the connections there are. What changes is shown as it does.");
            }
            *place = message.resume_token;
        }
        Ok(())
    }
}

/// `con_… NEEDS_REAUTH github 42 REAUTH_REQUIRED/GRANT_REVOKED`
fn line(connection: &pb::Connection) -> String {
    let mut words = vec![
        connection.id.clone(),
        show::state(connection).to_owned(),
        connection.integration.clone(),
        connection.end_user.clone(),
    ];
    words.extend(
        connection.failure.as_ref().map(|failure| show::reason_and_cause(&failure.reason, &failure.cause)),
    );
    words.join(" ")
}

fn object(connection: &pb::Connection, resume_token: &str) -> String {
    json!({"connection": show::connection_json(connection), "resume_token": resume_token}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_one_line_with_what_is_wrong_with_it() {
        let failure = pb::Failure {
            reason: "REAUTH_REQUIRED".into(),
            cause: "GRANT_REVOKED".into(),
            ..pb::Failure::default()
        };
        let mut connection = pb::Connection {
            id: "con_1".into(),
            integration: "github".into(),
            end_user: "42".into(),
            state: pb::ConnectionState::NeedsReauth.into(),
            failure: Some(failure),
            ..pb::Connection::default()
        };
        assert_eq!(line(&connection), "con_1 NEEDS_REAUTH github 42 REAUTH_REQUIRED/GRANT_REVOKED");
        connection.failure = None;
        connection.set_state(pb::ConnectionState::Active);
        assert_eq!(line(&connection), "con_1 ACTIVE github 42");
    }
}
