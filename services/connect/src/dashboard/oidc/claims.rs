//! What an issuer says of somebody, and what it means here.

use crate::config::LoginProvider;
use latchkey_domain::Role;
use serde_json::{Map, Value};

/// As long as the vault lets an operator's name be.
const NAME_CHARS_MAX: usize = 100;

/// The highest of the roles that the claim's texts stand for; `None` where it has none.
pub fn role(settings: &LoginProvider, claims: &Map<String, Value>) -> Option<Role> {
    let has = |role: &&Role| {
        let mut texts = settings.roles.iter().filter(|(_, given)| given == role).map(|(text, _)| text);
        texts.any(|text| holds(claim(claims, &settings.role_claim), text))
    };
    Role::ALL.iter().rev().find(has).copied()
}

/// Whether the claim is there at all, whatever it says.
pub fn has(claims: &Map<String, Value>, name: &str) -> bool {
    claim(claims, name).is_some()
}

/// What somebody's doings are recorded under.
pub fn name(claims: &Map<String, Value>, subject: &str) -> String {
    let named = ["email", "preferred_username", "name"].iter().find_map(|name| claims.get(*name)?.as_str());
    let name = named.filter(|name| !name.trim().is_empty()).unwrap_or(subject);
    name.chars().filter(|sign| !sign.is_control()).take(NAME_CHARS_MAX).collect()
}

/// By its name, or else by a path of names with dots.
fn claim<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c Value> {
    claims.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |within, name| within.get(name))
    })
}

fn holds(claim: Option<&Value>, text: &str) -> bool {
    match claim {
        Some(Value::String(one)) => one == text,
        Some(Value::Array(many)) => many.iter().any(|one| one == text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(role_claim: &str) -> LoginProvider {
        serde_json::from_value(json!({
            "name": "Acme", "environment": "dev", "issuer": "https://id.example", "client_id": "latchkey",
            "role_claim": role_claim, "roles": { "ops": "admin", "eng": "developer", "all": "viewer" },
        }))
        .unwrap()
    }

    fn role_of(role_claim: &str, claims: Value) -> Option<Role> {
        role(&settings(role_claim), claims.as_object().unwrap())
    }

    #[test]
    fn of_several_roles_the_highest_counts_and_without_one_nobody_comes_in() {
        assert_eq!(role_of("groups", json!({ "groups": ["all", "ops", "eng"] })), Some(Role::Admin));
        assert_eq!(role_of("groups", json!({ "groups": "eng" })), Some(Role::Developer));
        assert_eq!(role_of("groups", json!({ "groups": ["sales"] })), None);
        assert_eq!(role_of("groups", json!({ "groups": ["OPS", "op", "opsy"] })), None);
        assert_eq!(role_of("groups", json!({ "groups": { "ops": true } })), None);
        assert_eq!(role_of("groups", json!({})), None);
    }

    #[test]
    fn a_claim_may_stand_in_another_or_have_dots_in_its_name() {
        assert_eq!(role_of("realm.roles", json!({ "realm": { "roles": ["all"] } })), Some(Role::Viewer));
        let url = "https://acme.example/roles";
        assert_eq!(role_of(url, json!({ url: ["eng"] })), Some(Role::Developer));
    }

    #[test]
    fn somebody_is_known_by_their_address_before_anything_else() {
        let named = |claims: Value| name(claims.as_object().unwrap(), "42");
        assert_eq!(named(json!({ "name": "Ana", "email": "ana@acme.example" })), "ana@acme.example");
        assert_eq!(named(json!({ "name": "A\nna" })), "Ana");
        assert_eq!(named(json!({ "email": " " })), "42");
        assert_eq!(named(json!({ "name": "x".repeat(500) })).len(), NAME_CHARS_MAX);
    }
}
