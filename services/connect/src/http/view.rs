//! What the program in the browser is told: everything it shows, and nothing else. Neither a secret nor the end user's
//! typed values are ever in it.

use super::Site;
use crate::failures::Problem;
use latchkey_domain::session::Preset;
use latchkey_domain::{Digest, Failure};
use latchkey_providers::{Ask, AuthMode, Input, InputFormat, Provider};
use latchkey_wire::contract::{ConnectionSummary, IntegrationView, SessionView};
use serde::Serialize;

#[derive(Serialize)]
pub struct SessionDocument {
    id: String,
    /// Of all the rest: another one means that something has changed.
    revision: String,
    end_user: String,
    /// When it ends, in milliseconds since 1970.
    expires_at: i64,
    intent: &'static str,
    /// Whether this is the browser of an admin, who was asked to allow what another may not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    approving: bool,
    integrations: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<AttemptDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionDocument>,
    /// The connection that is to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    mends: Option<ConnectionDocument>,
}

/// One integration to choose.
#[derive(Serialize)]
struct Choice {
    key: String,
    name: String,
    provider: String,
    categories: Vec<String>,
    /// Whether the browser goes to the provider.
    away: bool,
    /// Whether something must be typed first.
    asks: bool,
    scopes: Vec<String>,
    /// Whether the provider does not answer at present.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    failing: bool,
}

#[derive(Serialize)]
struct AttemptDocument {
    id: String,
    integration: String,
    state: String,
    /// The other account it came back with, where it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// What there is to choose from, where that is why it is held: one is named by its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceOfAccount>,
}

/// One of several accounts.
#[derive(Serialize)]
struct ChoiceOfAccount {
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

#[derive(Serialize)]
struct FailureDocument {
    reason: &'static str,
    owner: &'static str,
    phase: &'static str,
    /// What to name to whoever can look it up.
    reference: String,
}

#[derive(Serialize)]
struct ConnectionDocument {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// Asked for and not granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_left_out: Vec<String>,
    /// Why and when it ended, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<(&'static str, i64)>,
}

/// What is asked for one integration.
#[derive(Serialize)]
pub struct FormDocument {
    key: String,
    name: String,
    provider: String,
    away: bool,
    scopes: Vec<String>,
    fields: Vec<FieldDocument>,
    /// Where to find what is asked for, step by step.
    steps: Vec<String>,
    notes: Vec<String>,
    /// The customer's own page of help.
    #[serde(skip_serializing_if = "String::is_empty")]
    docs_url: String,
}

#[derive(Serialize)]
struct FieldDocument {
    name: String,
    label: String,
    secret: bool,
    required: bool,
    multiline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// What the value looks like. A secret's is a hint: vendors change it when they like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    discouraged: Vec<String>,
    /// Only where another field has this value.
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<(String, String)>,
}

pub fn session_document(site: &Site, session: &SessionView) -> SessionDocument {
    let reference = session.latest_attempt.as_ref().map(|attempt| attempt.id.to_string());
    let summary = session.summary.as_ref();
    let connection =
        session.connection.map(|id| connection_document(id.to_string(), summary, asked_scopes(session)));
    let mends = session.reconnect.filter(|_| session.connection.is_none());
    let mut document = SessionDocument {
        id: session.id.to_string(),
        revision: String::new(),
        end_user: session.end_user.to_string(),
        expires_at: session.expires_at.0,
        intent: match session.reconnect {
            _ if session.manages => "manage",
            Some(_) => "reconnect",
            None => "connect",
        },
        approving: session.approving,
        integrations: session.integrations.iter().filter_map(|it| choice(site, session, it)).collect(),
        attempt: session.latest_attempt.as_ref().map(|attempt| AttemptDocument {
            id: attempt.id.to_string(),
            integration: attempt.integration.to_string(),
            state: attempt.state.as_str().to_ascii_lowercase(),
            account: attempt.account.clone(),
            choices: attempt
                .choices
                .iter()
                .map(|it| ChoiceOfAccount { label: it.label.clone(), detail: it.detail.clone() })
                .collect(),
        }),
        failure: session
            .last_failure
            .as_ref()
            .map(|failure| failure_document(failure, reference.unwrap_or_default())),
        connection,
        mends: mends.map(|id| connection_document(id.to_string(), summary, &[])),
    };
    let text = serde_json::to_vec(&document).unwrap_or_default();
    document.revision = Digest::of(&text).to_string();
    document
}

impl SessionDocument {
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.connection.is_some()
    }

    /// Whether an answer is awaited.
    pub fn is_waiting(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| matches!(&*attempt.state, "started" | "claimed"))
    }
}

fn choice(site: &Site, session: &SessionView, integration: &IntegrationView) -> Option<Choice> {
    let provider = site.flows.catalogue.get(&integration.settings.provider).ok()?;
    Some(Choice {
        key: integration.key.to_string(),
        name: integration.settings.display_name.clone(),
        provider: provider.name.clone(),
        categories: provider.categories.clone(),
        away: goes_away(&provider),
        asks: asked(&provider, session.presets.get(&integration.key)).next().is_some(),
        scopes: integration.settings.scopes.clone(),
        failing: session.failing.contains(&integration.key),
    })
}

fn failure_document(failure: &Failure, reference: String) -> FailureDocument {
    FailureDocument {
        reason: failure.reason.as_str(),
        owner: failure.owner().as_str(),
        phase: failure.phase.as_str(),
        reference,
    }
}

fn connection_document(
    id: String,
    summary: Option<&ConnectionSummary>,
    asked: &[String],
) -> ConnectionDocument {
    let granted = summary.map(|summary| &summary.scopes[..]).unwrap_or_default();
    ConnectionDocument {
        id,
        account: summary.and_then(|summary| summary.account.clone()),
        scopes_left_out: left_out(asked, granted),
        ended: summary.and_then(|summary| {
            summary.ended.as_ref().map(|(failure, since)| (failure.reason.as_str(), since.0))
        }),
    }
}

/// What was asked for and not granted. A provider that does not say what it granted is taken to have granted what was asked for
/// (RFC 6749 §5.1).
pub fn left_out(asked: &[String], granted: &[String]) -> Vec<String> {
    asked.iter().filter(|scope| !granted.is_empty() && !granted.contains(scope)).cloned().collect()
}

/// What the latest attempt's integration asks the provider for.
fn asked_scopes(session: &SessionView) -> &[String] {
    let attempt = session.latest_attempt.as_ref();
    let chosen = session
        .integrations
        .iter()
        .find(|integration| attempt.is_some_and(|attempt| attempt.integration == integration.key));
    chosen.map(|integration| &integration.settings.scopes[..]).unwrap_or_default()
}

pub fn form_document(site: &Site, session: &SessionView, key: &str) -> Result<FormDocument, Problem> {
    let found = session.integrations.iter().find(|integration| integration.key.as_str() == key);
    let integration = found.ok_or_else(|| Problem::NotOffered(key.to_owned()))?;
    let provider = site.flows.provider(&integration.settings.provider)?;
    let preset = session.presets.get(&integration.key);
    Ok(FormDocument {
        key: key.to_owned(),
        name: integration.settings.display_name.clone(),
        provider: provider.name.clone(),
        away: goes_away(&provider),
        scopes: integration.settings.scopes.clone(),
        fields: asked(&provider, preset).map(field_document).collect(),
        steps: provider.guidance.connect.clone(),
        notes: provider.guidance.notes.clone(),
        docs_url: preset.map(|preset| preset.docs_url.clone()).unwrap_or_default(),
    })
}

fn field_document(input: &Input) -> FieldDocument {
    FieldDocument {
        name: input.name.clone(),
        label: input.label.clone(),
        secret: input.secret,
        required: input.required,
        multiline: input.format == Some(InputFormat::Pem),
        help: input.help.clone(),
        before: input.before.clone(),
        after: input.after.clone(),
        value: input.default.clone(),
        pattern: input.pattern.clone(),
        options: input.one_of.clone(),
        discouraged: input.discouraged.clone(),
        when: input.when.as_ref().map(|when| (when.input.clone(), when.is.clone())),
    }
}

pub fn goes_away(provider: &Provider) -> bool {
    matches!(provider.auth_mode(), AuthMode::OAuth2Code | AuthMode::OAuth1 | AuthMode::Installation)
}

/// What the end user is asked for; the rest is the developer's, or was settled by the backend.
pub fn asked<'a>(provider: &'a Provider, preset: Option<&'a Preset>) -> impl Iterator<Item = &'a Input> {
    let is_settled = move |name: &str| preset.is_some_and(|preset| preset.inputs.contains_key(name));
    let theirs = provider.inputs.iter().filter(|input| matches!(input.ask, Ask::Connection | Ask::Once));
    theirs.filter(move |input| !is_settled(&input.name))
}
