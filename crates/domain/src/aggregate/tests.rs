//! What a program meets beside a newer one: what is recorded and stored with more in it than it knows.

use super::Aggregate;
use crate::{
    api_key, authorization, connection, creation, environment, incident, integration, login_link, revocation,
    safe_mode, session, signing_key, webhook_delivery, webhook_endpoint,
};
use serde_json::{Value, from_str, from_value, to_value};

/// Parts of events and states that are not a map of somebody's own names.
const PARTS: [&str; 5] = ["profile", "credential", "failure", "terms", "subject"];

fn with_more(mut value: Value) -> Value {
    let Value::Object(fields) = &mut value else { return value };
    // A state that is written as its name, and within it what belongs to it.
    if fields.len() == 1 {
        fields.values_mut().for_each(|inner| *inner = with_more(inner.take()));
        return value;
    }
    for part in PARTS {
        if let Some(part) = fields.get_mut(part) {
            *part = with_more(part.take());
        }
    }
    fields.insert("of_a_later_version".to_owned(), true.into());
    value
}

fn are_read<A: Aggregate>(golden: &str) {
    let mut state = A::default();
    for line in golden.lines() {
        let event: A::Event = from_str(line).unwrap();
        let known = to_value(&event).unwrap();
        let later: A::Event =
            from_value(with_more(known.clone())).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(to_value(&later).unwrap(), known);

        state = state.evolve(event);
        let known = to_value(&state).unwrap();
        let later: A =
            from_value(with_more(known.clone())).unwrap_or_else(|error| panic!("after {line}: {error}"));
        assert_eq!(to_value(&later).unwrap(), known);
    }
}

#[test]
fn fields_of_a_later_version_are_passed_over_in_every_event_and_state() {
    are_read::<api_key::ApiKey>(include_str!("../golden/api_key.jsonl"));
    are_read::<authorization::Authorization>(include_str!("../golden/authorization.jsonl"));
    are_read::<connection::Connection>(include_str!("../golden/connection.jsonl"));
    are_read::<creation::Creation>(include_str!("../golden/creation.jsonl"));
    are_read::<environment::Life>(include_str!("../golden/environment.jsonl"));
    are_read::<incident::Incident>(include_str!("../golden/incident.jsonl"));
    are_read::<integration::Integration>(include_str!("../golden/integration.jsonl"));
    are_read::<login_link::LoginLink>(include_str!("../golden/login_link.jsonl"));
    are_read::<revocation::Revocation>(include_str!("../golden/revocation.jsonl"));
    are_read::<safe_mode::SafeMode>(include_str!("../golden/safe_mode.jsonl"));
    are_read::<session::Session>(include_str!("../golden/session.jsonl"));
    are_read::<signing_key::SigningKeys>(include_str!("../golden/signing_key.jsonl"));
    are_read::<webhook_delivery::WebhookDelivery>(include_str!("../golden/webhook_delivery.jsonl"));
    are_read::<webhook_endpoint::WebhookEndpoint>(include_str!("../golden/webhook_endpoint.jsonl"));
}
