//! The catalogue's names, and how the contract spells them: `account_id` is `accountId` there, as often as not.

use latchkey_providers::Provider;
use std::collections::BTreeMap;

/// Fields by the names that the catalogue has for them; what it does not know is refused with the rest.
pub fn named(provider: &Provider, sent: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let known = |name: &str| provider.inputs.iter().any(|input| input.name == name);
    let told = sent.into_iter().filter(|(name, _)| name != "type");
    told.map(|(name, value)| (ours(name, known), value)).collect()
}

/// A name as it is known; unchanged where it is known by neither spelling.
pub fn ours(name: String, known: impl Fn(&str) -> bool) -> String {
    let snake = snake(&name);
    if !known(&name) && known(&snake) { snake } else { name }
}

/// `apiKey` as `api_key`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for sign in name.chars() {
        if sign.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(sign.to_ascii_lowercase());
    }
    snake
}

/// `api_key` as `apiKey`.
pub fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut camel, part| {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_by_either_spelling() {
        assert_eq!((camel("api_key"), camel("username")), ("apiKey".into(), "username".into()));
        let known = |name: &str| ["api_key", "realmId"].contains(&name);
        let of = |name: &str| ours(name.to_owned(), known);
        assert_eq!(of("apiKey"), "api_key");
        assert_eq!(of("api_key"), "api_key");
        assert_eq!(of("realmId"), "realmId");
        assert_eq!(of("clientId"), "clientId");
    }
}
