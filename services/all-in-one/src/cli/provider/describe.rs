//! One provider, for a person and for a program.

use latchkey_wire::pb::catalog as pb;
use serde_json::{Value, json};

/// Sections with a blank line between them; what is not known is left out.
pub fn text(provider: &pb::Provider) -> String {
    let details = provider.details.clone().unwrap_or_default();
    let behaviour = details.behaviour.clone().unwrap_or_default();
    let guidance = details.guidance.clone().unwrap_or_default();
    let sections = [
        head(provider, &details),
        addresses(&details),
        inputs(provider),
        tokens(&behaviour),
        steps("To register your app:", &guidance.app_setup),
        steps("Where an end user finds it:", &guidance.connect),
        steps("Mind:", &guidance.notes),
    ];
    let told = sections.iter().filter(|lines| !lines.is_empty()).map(|lines| lines.join("\n"));
    told.collect::<Vec<_>>().join("\n\n")
}

fn row(title: &str, value: &str) -> Option<String> {
    (!value.is_empty()).then(|| format!("{title:<14}{value}"))
}

fn head(provider: &pb::Provider, details: &pb::ProviderDetails) -> Vec<String> {
    let rows = [
        row("type", &provider.auth_mode),
        row("categories", &provider.categories.join(", ")),
        row("docs", &provider.docs_url),
        row("app setup", &details.app_setup_url),
        row("scopes", &details.scopes_url),
        row("always asked", &details.default_scopes.join(" ")),
        row("probes", &details.probes.join(", ")),
        row("revocation", revocation(details)),
        row("webhooks", if provider.webhooks.is_some() { "known" } else { "" }),
    ];
    let title = format!("{} ({})", provider.name, provider.id);
    std::iter::once(title).chain(rows.into_iter().flatten()).collect()
}

fn revocation(details: &pb::ProviderDetails) -> &'static str {
    match (details.revocable, details.revokes_account) {
        (true, true) => "all of the account's grants at once (--revoke-account)",
        (true, false) => "yes",
        (false, _) => "",
    }
}

fn addresses(details: &pb::ProviderDetails) -> Vec<String> {
    let rows = [
        row("authorize", &details.authorization_endpoint),
        row("token", &details.token_endpoint),
        row("api", &details.base_url),
        row("hosts", &details.hosts.join(", ")),
    ];
    rows.into_iter().flatten().collect()
}

fn inputs(provider: &pb::Provider) -> Vec<String> {
    let mut lines = Vec::new();
    for input in &provider.inputs {
        let who = if input.ask == "integration" { "you" } else { "the end user" };
        let secret = if input.secret { ", secret" } else { "" };
        let optional = if input.required { "" } else { ", optional" };
        lines.extend(row("asks", &format!("{who} for {} ({}{secret}{optional})", input.label, input.name)));
        lines.extend(row("", &input.help).filter(|_| !input.help.is_empty()));
    }
    lines
}

fn tokens(behaviour: &pb::Behaviour) -> Vec<String> {
    let rotation = match behaviour.rotation.as_str() {
        "none" => "none: using it does not end it".to_owned(),
        "grace" => format!("grace: the old one is taken for another {}", span(behaviour.grace_seconds)),
        "strict" => "strict: each is good once".to_owned(),
        _ => String::new(),
    };
    let max_live = if behaviour.max_live > 0 { behaviour.max_live.to_string() } else { String::new() };
    let mut rows = vec![
        row("access token", &span(behaviour.access_token_seconds)),
        row("rotation", &rotation),
        row("idle end", &span(behaviour.idle_seconds)),
        row("latest end", &span(behaviour.absolute_seconds)),
        row("most alive", &max_live),
    ];
    rows.extend(behaviour.sources.iter().map(|source| row("source", source)));
    rows.into_iter().flatten().collect()
}

fn steps(title: &str, steps: &[String]) -> Vec<String> {
    if steps.is_empty() {
        return Vec::new();
    }
    let numbered = steps.iter().enumerate().map(|(at, step)| format!("  {}. {step}", at + 1));
    std::iter::once(title.to_owned()).chain(numbered).collect()
}

/// Seconds in the largest unit that holds them exactly; nothing for none.
fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let unit = UNITS.iter().find(|(size, _)| seconds > 0 && seconds % size == 0);
    unit.map(|(size, name)| format!("{} {name}", seconds / size)).unwrap_or_default()
}

/// Everything, by the names of the gRPC interface.
pub fn object(provider: &pb::Provider) -> Value {
    let details = provider.details.clone().unwrap_or_default();
    let behaviour = details.behaviour.unwrap_or_default();
    let guidance = details.guidance.unwrap_or_default();
    json!({
        "id": provider.id,
        "name": provider.name,
        "auth_mode": provider.auth_mode,
        "type": provider.auth_mode,
        "categories": provider.categories,
        "docs_url": provider.docs_url,
        "app_setup_url": details.app_setup_url,
        "scopes_url": details.scopes_url,
        "authorization_endpoint": details.authorization_endpoint,
        "token_endpoint": details.token_endpoint,
        "base_url": details.base_url,
        "hosts": details.hosts,
        "default_scopes": details.default_scopes,
        "probes": details.probes,
        "webhooks": provider.webhooks.is_some(),
        "revocable": details.revocable,
        "revokes_account": details.revokes_account,
        "behaviour": {
            "rotation": behaviour.rotation,
            "grace_seconds": behaviour.grace_seconds,
            "idle_seconds": behaviour.idle_seconds,
            "absolute_seconds": behaviour.absolute_seconds,
            "max_live": behaviour.max_live,
            "access_token_seconds": behaviour.access_token_seconds,
            "sources": behaviour.sources,
        },
        "guidance": {
            "app_setup": guidance.app_setup,
            "connect": guidance.connect,
            "notes": guidance.notes,
        },
        "inputs": provider.inputs.iter().map(|input| json!({
            "name": input.name,
            "label": input.label,
            "ask": input.ask,
            "secret": input.secret,
            "required": input.required,
            "help": input.help,
        })).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_told_with_its_rotation_its_source_and_its_steps() {
        let behaviour = pb::Behaviour {
            rotation: "grace".into(),
            grace_seconds: 1800,
            idle_seconds: 5_184_000,
            sources: vec!["https://docs.example.com/tokens".into()],
            ..Default::default()
        };
        let guidance =
            pb::Guidance { app_setup: vec!["Open the page.".into(), "Save.".into()], ..Default::default() };
        let provider = pb::Provider {
            id: "acme".into(),
            name: "Acme".into(),
            auth_mode: "OAUTH2".into(),
            details: Some(pb::ProviderDetails {
                behaviour: Some(behaviour),
                guidance: Some(guidance),
                ..Default::default()
            }),
            ..Default::default()
        };
        let expected = "\
Acme (acme)
type          OAUTH2

rotation      grace: the old one is taken for another 30 min
idle end      60 d
source        https://docs.example.com/tokens

To register your app:
  1. Open the page.
  2. Save.";
        assert_eq!(text(&provider), expected);
    }
}
