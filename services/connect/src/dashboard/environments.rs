//! An operator's environments. One of them is looked at; the logins to others wait in cookies of their own, so that going there
//! asks for no link.
//!
//! Invariant: whoever is logged in to several environments in one browser goes by one name in all of them. Another's login ends.
//! What a page was told of one environment is good for nothing in another: the token its requests carry is the login's.

use super::cookie::Login;
use super::login::{Here, who};
use super::{Door, foreign};
use crate::http::from_here;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use latchkey_domain::Environment;
use latchkey_rest::problem;
use latchkey_wire::contract::KeyView;
use latchkey_wire::{Fault, Kind, Reason};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::info;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    environment: String,
}

/// Looks at another environment, in which the same person is logged in.
pub async fn switch(State(door): State<Door>, headers: HeaderMap, Json(wish): Json<Wish>) -> Response {
    let switched = async {
        let (login, key) = door.operator(&headers).await?;
        if !from_here(&headers) || !login.sent(&headers) {
            return Err(foreign());
        }
        let (mut elsewhere, mut cookies) = door.elsewhere(&headers, &key).await?;
        let wanted = elsewhere.iter().position(|(_, there)| there.environment.as_str() == wish.environment);
        let (there, entered) = elsewhere.remove(wanted.ok_or_else(|| not_there(&wish.environment))?);
        cookies.extend(door.cookies.park(&key.environment, &login));
        cookies.extend(door.cookies.unpark(&entered.environment));
        cookies.extend(door.cookies.set(&there));
        info!(operator = entered.name, environment = %entered.environment, "An operator looks at another environment");
        elsewhere.push((login, key));
        let elsewhere: Vec<KeyView> = elsewhere.into_iter().map(|(_, key)| key).collect();
        let here = Here { login: &there, key: &entered, elsewhere: &elsewhere };
        Ok((cookies, Json(who(&door, &here))))
    };
    match switched.await {
        Ok(entered) => entered.into_response(),
        Err(fault) => problem(&fault),
    }
}

impl Door {
    /// The live logins of this browser: the one that is looked at first.
    pub(super) async fn logins(&self, headers: &HeaderMap) -> Vec<(Login, KeyView)> {
        let mut logins: Vec<(Login, KeyView)> = self.operator(headers).await.ok().into_iter().collect();
        for login in self.cookies.parked(headers) {
            let Ok(metadata) = login.metadata() else { continue };
            let Ok(key) = self.authenticator.identify(&metadata).await else { continue };
            if key.role.is_some() && logins.iter().all(|(_, known)| known.environment != key.environment) {
                logins.push((login, key));
            }
        }
        logins
    }

    /// The logins of whoever is logged in here to other environments. Those of somebody else end, as they would have when this
    /// person came in, had the browser sent them then: it sends none with the answer of an OpenID provider.
    pub(super) async fn elsewhere(
        &self,
        headers: &HeaderMap,
        here: &KeyView,
    ) -> Result<(Vec<(Login, KeyView)>, HeaderMap), Fault> {
        let (mut elsewhere, mut cookies) = (vec![], HeaderMap::new());
        for (login, key) in self.logins(headers).await.into_iter().skip(1) {
            if key.name == here.name {
                elsewhere.push((login, key));
                continue;
            }
            self.vault.revoke_key(&key.environment, key.id).await?;
            cookies.extend(self.cookies.unpark(&key.environment));
        }
        Ok((elsewhere, cookies))
    }

    /// The environments there is a way to: the one here, those with a login, and those one can log in to with a provider.
    pub(super) fn environments(&self, here: &Here<'_>) -> Vec<Value> {
        let known = |key: &KeyView, is_here: bool| {
            let role = key.role.map(latchkey_domain::Role::as_str);
            json!({ "name": key.environment.to_string(), "role": role, "here": is_here })
        };
        let is_known = |environment: &Environment| {
            here.key.environment == *environment
                || here.elsewhere.iter().any(|key| key.environment == *environment)
        };
        let one = |(number, provider): (usize, &super::Provider)| {
            let (name, environment) = (provider.name(), provider.environment());
            (!is_known(environment))
                .then(|| json!({ "name": environment.to_string(), "provider": name, "login": number }))
        };
        let here_and_elsewhere =
            std::iter::once(known(here.key, true)).chain(here.elsewhere.iter().map(|key| known(key, false)));
        here_and_elsewhere.chain(self.providers.iter().enumerate().filter_map(one)).collect()
    }
}

fn not_there(environment: &str) -> Fault {
    let message = format!(
        "You are not logged in to `{environment}` in this browser, or no longer, or under another name. Open a login link from there."
    );
    Fault::new(Kind::Forbidden, Reason::LoginMissing, message)
}
