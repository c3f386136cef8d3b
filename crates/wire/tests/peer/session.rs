//! A session in which everything is said.

use super::{environment, integration_key, integration_view};
use latchkey_domain::authorization::Choice;
use latchkey_domain::session::{Preset, Presets};
use latchkey_domain::{AuthorizationId, Failure, Phase, SessionId, Timestamp};
use latchkey_wire::contract::{AttemptState, AttemptView, ConnectionSummary, SessionView};
use std::collections::BTreeMap;

pub fn session_view(id: SessionId) -> SessionView {
    SessionView {
        id,
        environment: environment(),
        end_user: "ada".parse().unwrap(),
        integrations: vec![integration_view(environment(), integration_key())],
        reconnect: None,
        expires_at: Timestamp(900_000),
        connection: None,
        last_failure: Some(Failure::new(latchkey_domain::Reason::UserDeclined, Phase::Authorize)),
        latest_attempt: Some(AttemptView {
            id: AuthorizationId::from_parts(9, 9),
            integration: integration_key(),
            state: AttemptState::Failed,
            account: Some("bob@example.com".into()),
            choices: choices(),
        }),
        summary: Some(ConnectionSummary {
            integration: integration_key(),
            account: Some("ada@example.com".into()),
            scopes: vec!["read".into()],
            ended: Some((
                Failure::new(latchkey_domain::Reason::ReauthRequired, Phase::Refresh),
                Timestamp(5),
            )),
        }),
        approving: true,
        manages: true,
        presets: presets(),
        cancelled: true,
        failing: vec![integration_key()],
        tags: BTreeMap::from([("team".to_owned(), "crm".to_owned())]),
        opened: true,
    }
}

fn presets() -> Presets {
    let preset = Preset { scopes: vec!["read".into()], docs_url: "https://a/".into(), ..Preset::default() };
    Presets::from([(integration_key(), preset)])
}

pub fn choices() -> Vec<Choice> {
    let of = |label: &str, detail: Option<&str>| Choice {
        label: label.to_owned(),
        detail: detail.map(str::to_owned),
        values: BTreeMap::from([("site_id".to_owned(), label.to_owned())]),
    };
    vec![of("Acme", Some("acme.example")), of("Globex", None)]
}
