//! `latchkey connection refresh|verify`.

use super::super::server::{Way, answer};
use super::super::show;
use super::{Connections, One, lines, show_one};
use crate::output;
use anyhow::bail;
use latchkey_wire::pb::connect as setup;
use latchkey_wire::pb::connect::connection_setup_service_client::ConnectionSetupServiceClient;
use latchkey_wire::pb::connection as pb;
use serde_json::json;

pub async fn refresh(connections: &mut Connections, one: One) -> anyhow::Result<()> {
    let request = pb::RefreshConnectionRequest { connection_id: one.connection };
    let answered = answer(connections.refresh_connection(request)).await?;
    if !one.json {
        output::note(if answered.refreshed {
            "Refreshed."
        } else {
            "Nothing renews this credential; it stays as it is."
        });
    }
    show_one(&answered.connection.unwrap_or_default(), one.json);
    Ok(())
}

/// Ends with an error where the provider refuses the credential.
pub async fn verify(way: Way, one: One) -> anyhow::Result<()> {
    let request = setup::VerifyConnectionRequest { connection_id: one.connection };
    let tried = answer(ConnectionSetupServiceClient::new(way).verify_connection(request)).await?;
    let word = match tried.verdict() {
        setup::Verdict::Works => "works",
        setup::Verdict::Refused => "refused",
        setup::Verdict::NotChecked | setup::Verdict::Unspecified => "not checked",
    };
    if one.json {
        let failure = tried.failure.as_ref().map(show::failure_json);
        output::line(
            &json!({
                "verdict": word.to_uppercase().replace(' ', "_"),
                "generation": tried.generation,
                "account": tried.account,
                "failure": failure,
                "auth_log_id": tried.auth_log_id,
            })
            .to_string(),
        );
    } else {
        let told = [
            ("verdict", word.to_owned()),
            ("generation", tried.generation.to_string()),
            ("account", tried.account.clone()),
            ("step by step", format!("latchkey logs get {}", tried.auth_log_id)),
        ];
        let told = told.into_iter().filter(|(name, value)| match *name {
            "step by step" => !tried.auth_log_id.is_empty(),
            _ => !value.is_empty(),
        });
        output::line(&lines(&told.map(|(name, value)| [name.to_owned(), value]).collect::<Vec<_>>()));
    }
    if tried.verdict() == setup::Verdict::Refused {
        bail!("the provider refuses the credential");
    }
    Ok(())
}
