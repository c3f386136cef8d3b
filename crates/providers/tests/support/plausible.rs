//! What an honest user could type into any entry's form, made from what the form itself says.

use super::{connected, every_url, honest};
use latchkey_providers::{Ask, Input, InputFormat, Provider, Values, server};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----";
const PLAIN: [&str; 12] = [
    "acme",
    "1234",
    "acme1",
    "us",
    "us-east-1",
    "v1",
    "1.0",
    "ada@example.com",
    "123e4567-e89b-12d3-a456-426614174000",
    "https://acme.example.com",
    "acme.example.com",
    "12345678",
];
const SAMPLES: usize = 40;

/// Values of a connection whose every input and capture an honest user and an honest provider filled in.
pub fn honest_values(provider: &Provider) -> Result<Values, String> {
    let mut values = connected(typed(provider, &[Ask::Connection, Ask::Once])?);
    values.app.extend(typed(provider, &[Ask::Integration])?);
    values.app.extend(provider.scopes().second_list.iter().map(|list| (list.param.clone(), "acme".into())));
    values.randomness = Some([7; 32]);
    if !provider.discovery().is_empty() {
        let found = [server::AUTHORIZATION_ENDPOINT, server::TOKEN_ENDPOINT, server::REGISTRATION_ENDPOINT];
        let allowed = provider.api.hosts.first().map_or("as.example.com", |pattern| &pattern.text);
        let host = allowed.replace('*', "as");
        values.server.extend(found.map(|name| (name.to_owned(), format!("https://{host}/{name}"))));
    }
    let missing: Vec<String> =
        captured(provider).into_iter().filter(|name| !values.conn.contains_key(name)).collect();
    for name in &missing {
        values.conn.insert(name.clone(), "acme".into());
    }
    for name in missing {
        let sound = |value: &String| {
            let mut tried = values.clone();
            tried.conn.insert(name.clone(), value.clone());
            every_url(provider, &tried).iter().filter(|url| url.is_ok()).count()
        };
        let mut candidates = hosts(provider);
        candidates.extend(hosts(provider).iter().map(|host| format!("https://{host}")));
        candidates.push("acme".into());
        // `max_by_key` takes the last of equals, which is the plain word.
        let best = candidates.into_iter().max_by_key(sound).unwrap();
        values.conn.insert(name, best);
    }
    Ok(values)
}

/// What an honest person types where `asked` are asked, as the form's check leaves it.
pub fn typed(provider: &Provider, asked: &[Ask]) -> Result<BTreeMap<String, String>, String> {
    let inputs: Vec<&Input> = provider.inputs.iter().filter(|input| asked.contains(&input.ask)).collect();
    let check = |given: &BTreeMap<String, String>| match asked {
        [Ask::Integration] => provider.check_integration_inputs(given),
        _ => provider.check_inputs(given),
    };
    let by_hand = honest(&provider.id);
    let mut left: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut given = BTreeMap::new();
    for input in &inputs {
        let mut candidates = candidates(provider, input);
        candidates.reverse();
        let first = by_hand.get(&input.name).cloned().or_else(|| candidates.pop()).unwrap();
        given.insert(input.name.clone(), first);
        left.insert(&input.name, candidates);
    }
    loop {
        match check(&given) {
            Ok(checked) => return Ok(checked),
            Err(refused) => {
                let next = left.get_mut(refused.field.as_str()).and_then(Vec::pop);
                let next =
                    next.ok_or(format!("{}: nothing plausible is accepted: {refused}", provider.id))?;
                given.insert(refused.field, next);
            }
        }
    }
}

fn candidates(provider: &Provider, input: &Input) -> Vec<String> {
    if !input.one_of.is_empty() {
        return input.one_of.clone();
    }
    let hosts = hosts(provider);
    let mut found: Vec<String> = match input.format {
        Some(InputFormat::Hostname) => hosts,
        Some(InputFormat::Uri) => hosts.iter().map(|host| format!("https://{host}")).collect(),
        Some(InputFormat::Pem) => vec![PEM.into()],
        Some(InputFormat::Uuid | InputFormat::Email) | None => vec![],
    };
    found.extend(input.default.clone());
    found.extend(PLAIN.map(str::to_owned));
    if let Some(pattern) = &input.pattern {
        // Digits and letters of all scripts belong to the pattern and to no honest value.
        let plain = pattern.replace("\\d", "[0-9]").replace("\\w", "[A-Za-z0-9_]");
        let inner = plain.trim_start_matches('^').trim_end_matches('$');
        if let Ok(shaped) = proptest::string::string_regex(inner) {
            let mut runner = TestRunner::deterministic();
            found.extend(
                (0..SAMPLES).filter_map(|_| shaped.new_tree(&mut runner).ok().map(|it| it.current())),
            );
        }
    }
    found
}

/// Hosts that the entry allows, or any host where it allows any.
fn hosts(provider: &Provider) -> Vec<String> {
    let named =
        |text: &str| text.strip_prefix("*.").map_or_else(|| text.to_owned(), |rest| format!("acme.{rest}"));
    let mut found: Vec<String> = provider.api.hosts.iter().map(|host| named(&host.text)).collect();
    if found.is_empty() {
        found.push("acme.example.com".into());
    }
    found
}

/// Names of values that answers bring.
fn captured(provider: &Provider) -> BTreeSet<String> {
    let obtain = &provider.obtain;
    let mut names: BTreeSet<String> = obtain.token_response.set.keys().cloned().collect();
    names.extend(obtain.callback.set.keys().cloned());
    names.extend(obtain.interaction.iter().flat_map(|it| it.set.keys().cloned()));
    names.extend(provider.probes.discover.iter().flat_map(|probe| probe.set.keys().cloned()));
    names.extend(provider.probes.identity.iter().flat_map(|probe| probe.set.keys().cloned()));
    names
}
