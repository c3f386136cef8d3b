//! What this server's integrations take, so that a line that cannot be is told before anything is sent.

use super::line::{Line, Wrong};
use crate::cli::door::Door;
use crate::cli::import::deeds::text;
use crate::output;
use serde_json::Value;

/// What is known of an integration.
pub enum Integration {
    Takes(Takes),
    /// The key may not ask; the server says what is wrong when it is asked to import.
    NotAsked,
    /// Why nothing can be imported for it, and what to do.
    Cannot(String),
}

pub struct Takes {
    mode: String,
    /// What an end user would have to type.
    needed: Vec<String>,
}

/// # Errors
/// Where the server does not answer.
pub async fn ask(door: &Door, key: &str) -> anyhow::Result<Integration> {
    let found = door.get(&["v1", "integrations", key], &[]).await?;
    match found.status {
        200 => {}
        403 => {
            output::note(&format!("{key}: not looked at, since the API key has no scope integrations:read."));
            return Ok(Integration::NotAsked);
        }
        404 => {
            let fix = format!("is not here: create it first, `latchkey integration create --key {key} …`");
            return Ok(Integration::Cannot(fix));
        }
        _ => anyhow::bail!("this server does not say what `{key}` is: {}", found.why()),
    }
    let provider = text(&found.body, "/integration/provider");
    let shown = door.get(&["v1", "providers", provider], &[]).await?;
    if !shown.is_ok() {
        let why =
            format!("is of the provider `{provider}`, which is not in this server's catalogue any more");
        return Ok(Integration::Cannot(why));
    }
    let mode = text(&shown.body, "/provider/auth_mode").to_owned();
    if mode == "UNSUPPORTED" {
        let why = format!("is of the provider `{provider}`, of which this server keeps no credentials yet");
        return Ok(Integration::Cannot(why));
    }
    let inputs = shown.body.pointer("/provider/inputs").and_then(Value::as_array).into_iter().flatten();
    let needed = inputs.filter(|input| input["ask"] == "connection" && input["required"] == true);
    let needed = needed.map(|input| text(input, "/name").to_owned()).collect();
    Ok(Integration::Takes(Takes { mode, needed }))
}

impl Integration {
    /// # Errors
    /// Why the line cannot be imported.
    pub fn takes(&self, line: &Line) -> Result<(), Wrong> {
        match self {
            Self::Cannot(why) => Err(Wrong::new("integration", why.clone())),
            Self::Takes(takes) if !line.needs_reauth => takes.fits(line),
            Self::Takes(_) | Self::NotAsked => Ok(()),
        }
    }
}

impl Takes {
    fn fits(&self, line: &Line) -> Result<(), Wrong> {
        let has = |name: &str| line.credential(name).is_some_and(|value| value.as_str() != Some(""));
        let missing = |name: &str| Wrong::new(format!("credential.{name}"), "is missing");
        match self.mode.as_str() {
            "OAUTH2" if !has("access_token") && !has("refresh_token") => {
                let problem = "is missing, and there is no refresh_token either: give one of them";
                Err(Wrong::new("credential.access_token", problem))
            }
            "OAUTH1" => match ["access_token", "token_secret"].into_iter().find(|name| !has(name)) {
                Some(name) => Err(missing(name)),
                None => Ok(()),
            },
            "NONE" | "API_KEY" | "BASIC" | "AWS_SIGV4" | "JWT" | "TBA" => self.typed(line),
            _ => Ok(()),
        }
    }

    /// A credential that is no token, but what somebody types.
    fn typed(&self, line: &Line) -> Result<(), Wrong> {
        let tokens = ["access_token", "refresh_token", "token_secret"];
        if let Some(name) = tokens.into_iter().find(|name| line.credential(name).is_some()) {
            let problem = "is nothing this provider has: what it asks for goes into `credential.fields`";
            return Err(Wrong::new(format!("credential.{name}"), problem));
        }
        let given = |name: &String| line.credential("fields").and_then(|fields| fields.get(name)).is_some();
        match self.needed.iter().find(|name| !given(name)) {
            Some(name) => Err(Wrong::new(format!("credential.fields.{name}"), "is missing")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::Read;
    use super::*;
    use serde_json::json;

    fn refused(mode: &str, credential: Value) -> Option<String> {
        let line = json!({"integration": "i", "external_id": "e", "end_user": "u", "credential": credential});
        let Ok(Read::Connection(line)) = Read::parse(&line.to_string()) else { panic!("{line}") };
        let takes = Takes { mode: mode.to_owned(), needed: vec!["api_key".to_owned()] };
        Integration::Takes(takes).takes(&line).err().map(|wrong| wrong.field)
    }

    #[test]
    fn a_credential_of_another_kind_is_told_before_it_is_sent() {
        let field = |name: &str| Some(format!("credential.{name}"));
        assert_eq!(refused("OAUTH2", json!({"refresh_token": "r"})), None);
        assert_eq!(refused("OAUTH2", json!({"fields": {"api_key": "k"}})), field("access_token"));
        assert_eq!(refused("OAUTH1", json!({"access_token": "t"})), field("token_secret"));
        assert_eq!(refused("API_KEY", json!({"fields": {"api_key": "k"}})), None);
        assert_eq!(refused("API_KEY", json!({"fields": {}})), field("fields.api_key"));
        assert_eq!(refused("BASIC", json!({"access_token": "t"})), field("access_token"));
    }
}
