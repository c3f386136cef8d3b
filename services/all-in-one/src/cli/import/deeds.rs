//! What is asked of this server for one connection, whatever it comes from.

use crate::cli::door::Door;
use anyhow::bail;
use latchkey_secret::{AccessToken, Handout};
use serde_json::{Value, json};

/// The connection here that has this external id.
pub async fn here(door: &Door, integration: &str, external_id: &str) -> anyhow::Result<Option<Value>> {
    let query = [("integration", integration), ("external_id", external_id)];
    let answer = door.get(&["v1", "connections"], &query).await?;
    if !answer.is_ok() {
        bail!("this server does not say which connection {external_id} is: {}", answer.why());
    }
    Ok(answer.body.pointer("/connections/0").cloned())
}

/// What came of taking one over that is switched on.
pub enum Refreshed {
    /// Refreshed here, with what there is to say about it.
    Active(String),
    NeedsReauth(String),
    NotYet(String),
}

/// From here on what had it before must not refresh it any more.
pub async fn refreshed(door: &Door, id: &str) -> anyhow::Result<Refreshed> {
    Ok(match deed(door, id, "refresh").await? {
        Ok(_) => Refreshed::Active(match deed(door, id, "verify").await? {
            Ok(tried) if tried["verdict"] == "VERDICT_REFUSED" => {
                "refreshed, and yet refused by the provider's API".to_owned()
            }
            Ok(_) => String::new(),
            Err(reason) => format!("not tried out: {reason}"),
        }),
        Err(reason) if reason.contains("REAUTH_REQUIRED") => Refreshed::NeedsReauth(reason),
        Err(reason) => Refreshed::NotYet(reason),
    })
}

pub async fn deed(door: &Door, id: &str, verb: &str) -> anyhow::Result<Result<Value, String>> {
    let answer = door.post(&["v1", "connections", &format!("{id}:{verb}")], &json!({})).await?;
    Ok(if answer.is_ok() { Ok(answer.body) } else { Err(answer.why()) })
}

/// What tells two access tokens apart and says nothing about either, as this server shows it of a connection.
pub fn fingerprint(token: &str) -> String {
    let access_token = Some(AccessToken::new(token.to_owned()));
    Handout { access_token, ..Handout::default() }.fingerprint()
}

pub fn text<'a>(connection: &'a Value, pointer: &str) -> &'a str {
    connection.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
