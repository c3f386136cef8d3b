//! Whom a connection belongs to, in the contract's words. Natively that is an id, and tags say the rest.

use super::Refusal;
use super::body::Fields;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An end user's own tags stand among the connection's under this.
const OWN: &str = "end_user.";

/// How an id begins that was made up, for whoever is known by tags alone: nobody else's.
const UNNAMED: &str = "unnamed-";

/// What a caller says of an end user, and of the connection beside.
pub struct Said {
    /// As it was given: `end_user.id`, or the tag `end_user_id`.
    pub id: Option<String>,
    /// Those that were given, and the end user's and organization's names among them.
    pub tags: Map<String, Value>,
}

impl Said {
    pub fn read(body: &mut Fields) -> Result<Self, Refusal> {
        let given = body.text_map("tags").into_iter();
        let mut tags: BTreeMap<String, String> =
            given.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let mut mirror = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                tags.entry(name.to_owned()).or_insert(value);
            }
        };
        if let Some(organization) = body.object("organization") {
            let mut organization = Fields::new("invalid_body", organization);
            mirror("organization_id", Some(organization.text("id")));
            mirror("organization_display_name", organization.optional_text("display_name"));
            organization.done_within("organization")?;
        }
        let mut id = None;
        if let Some(described) = body.object("end_user") {
            let mut described = Fields::new("invalid_body", described);
            id = Some(described.text("id"));
            mirror("end_user_id", id.clone());
            mirror("end_user_email", described.optional_text("email"));
            mirror("end_user_display_name", described.optional_text("display_name"));
            for (name, value) in described.text_map("tags") {
                mirror(&format!("{OWN}{}", name.to_ascii_lowercase()), Some(value));
            }
            described.done_within("end_user")?;
        }
        let id = id.or_else(|| tags.get("end_user_id").cloned());
        Ok(Self { id, tags: tags.into_iter().map(|(name, value)| (name, value.into())).collect() })
    }

    /// Whose a new connection is, as far as it is said.
    pub fn named(&self) -> Option<String> {
        let email = self.tags.get("end_user_email").and_then(Value::as_str);
        self.id.clone().or_else(|| email.map(str::to_owned))
    }

    /// The same; the contract lets tags say nothing of who it is. `None` where nothing was said at all.
    pub fn owner(&self) -> Option<String> {
        self.named().or_else(|| (!self.tags.is_empty()).then(unnamed))
    }
}

/// An id for somebody whom nothing names. Everyone has one of their own, so that nobody is shown what is another's.
pub fn unnamed() -> String {
    format!("{UNNAMED}{:032x}", rand::random::<u128>())
}

/// An end user, of their id and the connection's tags; null where nothing names them.
pub fn described(id: &str, tags: &Map<String, Value>) -> Value {
    if id.starts_with(UNNAMED) {
        return Value::Null;
    }
    let named = |name: &str| tags.get(name).cloned().unwrap_or_default();
    let organization = tags.contains_key("organization_id").then(
        || json!({ "id": named("organization_id"), "display_name": named("organization_display_name") }),
    );
    let own: Map<String, Value> = tags
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(OWN)?.to_owned(), value.clone())))
        .collect();
    json!({
        "id": id,
        "display_name": named("end_user_display_name"),
        "email": named("end_user_email"),
        "tags": if own.is_empty() { Value::Null } else { Value::Object(own) },
        "organization": organization,
    })
}

/// A connection's tags as they are shown: the end user's id is one of them, where clients look for it, and their own are not.
pub fn shown_tags(id: &str, mut tags: Map<String, Value>) -> Map<String, Value> {
    tags.retain(|name, _| !name.starts_with(OWN));
    if !id.starts_with(UNNAMED) {
        tags.entry("end_user_id").or_insert_with(|| id.into());
    }
    tags
}

/// The end user's own of a connection's tags.
pub fn own_tags(mut tags: Map<String, Value>) -> Map<String, Value> {
    tags.retain(|name, _| name.starts_with(OWN));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: Value) -> Said {
        let Value::Object(body) = body else { unreachable!() };
        Said::read(&mut Fields::new("invalid_body", body)).unwrap()
    }

    #[test]
    fn what_is_said_of_an_end_user_comes_back_as_it_was_said() {
        let organization = json!({ "id": "acme", "display_name": "Acme" });
        let end_user =
            json!({ "id": "ana", "email": "a@example.com", "display_name": "Ana", "tags": { "seat": "7" } });
        let said =
            said(json!({ "end_user": end_user, "organization": organization, "tags": { "Plan": "pro" } }));
        let mut expected = end_user;
        expected["organization"] = organization;
        assert_eq!(described("ana", &said.tags), expected);
        let shown = shown_tags("ana", said.tags.clone());
        assert_eq!((shown["plan"].as_str(), shown.contains_key("end_user.seat")), (Some("pro"), false));
        assert_eq!(own_tags(said.tags).keys().collect::<Vec<_>>(), ["end_user.seat"]);
    }

    #[test]
    fn whoever_has_a_name_is_called_by_it_and_everybody_else_is_somebody_of_their_own() {
        let owner = |body| said(body).owner();
        assert_eq!(
            owner(json!({ "tags": { "end_user_id": "ana", "end_user_email": "a@b.c" } })).unwrap(),
            "ana"
        );
        assert_eq!(owner(json!({ "tags": { "end_user_email": "a@b.c" } })).unwrap(), "a@b.c");
        assert_eq!(owner(json!({})), None);
        let (one, other) =
            (owner(json!({ "tags": { "plan": "x" } })), owner(json!({ "tags": { "plan": "x" } })));
        assert_ne!(one, other);
        let one = one.unwrap();
        assert_eq!(described(&one, &Map::new()), Value::Null);
        assert!(!shown_tags(&one, Map::new()).contains_key("end_user_id"));
    }
}
