use super::Flows;
use super::choose::Gathered;
use super::noted::Noted;
use crate::counts;
use crate::failures::Problem;
use latchkey_domain::{AuthorizationId, ConnectionId, Environment, IntegrationKey};
use latchkey_secret::{Grant, Handout, InvalidSecret, Renewal};
use latchkey_wire::contract::{ClaimedAuthorization, Established, Obtained};
use latchkey_wire::{Fault, Kind};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tracing::{info, warn};

/// How long the vault is told of a grant it does not answer for. Longer than a restart of it takes, and shorter than this
/// process may take to end.
const HEARD_WITHIN: Duration = Duration::from_secs(20);
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// What an attempt came to.
#[derive(Clone, Copy)]
pub enum Came {
    Connected(ConnectionId),
    /// What it brought is kept until the end user says which of several accounts is meant.
    Undecided,
}

/// An attempt whose answer has come.
pub struct Claimed {
    pub authorization: AuthorizationId,
    pub environment: Environment,
    pub integration: IntegrationKey,
}

impl Claimed {
    pub(super) fn of(authorization: AuthorizationId, claimed: &ClaimedAuthorization) -> Self {
        let (environment, integration) = (claimed.environment.clone(), claimed.integration.clone());
        Self { authorization, environment, integration }
    }
}

impl Flows {
    /// Makes the connection, or has the end user asked, or records why there is none.
    pub(super) async fn concluded(
        &self,
        claimed: Claimed,
        gathered: Result<Gathered, Problem>,
        noted: &Noted,
    ) -> Result<Came, Problem> {
        let obtained = match gathered {
            Ok(Gathered::Whole(obtained)) => obtained,
            Ok(Gathered::Several(obtained, choices)) => {
                let hold = |elapsed| {
                    let (again, choices) = (copied(&obtained, elapsed), choices.clone());
                    async move { self.vault.hold_authorization(claimed.authorization, again?, choices).await }
                };
                until_heard(hold).await?;
                return Ok(Came::Undecided);
            }
            Err(problem) => {
                self.record_failure(claimed.authorization, &problem).await;
                return Err(problem);
            }
        };
        let (begun, at) = (Instant::now(), noted.begin());
        let tell = |elapsed| {
            let again = copied(&obtained, elapsed);
            async move { self.vault.establish(claimed.authorization, again?).await }
        };
        let established = until_heard(tell).await.map_err(Problem::from);
        noted.step("establish", at, &established);
        counts::step(&claimed.integration, "establish", begun, &established);
        let Established { connection, generation } = established?;
        let intent = if generation.0 > 1 { "reconnect" } else { "connect" };
        counts::session(&claimed.environment, intent, "completed");
        info!(connection.id = %connection, generation = generation.0, "Connected");
        Ok(Came::Connected(connection))
    }

    async fn record_failure(&self, authorization: AuthorizationId, problem: &Problem) {
        let Some(failure) = problem.failure() else { return };
        if let Err(fault) = self.vault.fail_authorization(authorization, failure).await {
            warn!(authorization.id = %authorization, reason = fault.reason.word(), "A failed attempt could not be recorded");
        }
    }
}

/// What a spent code, or a refresh token, brought is here alone: the vault is told until it has heard. It takes one
/// attempt's grant once, so an answer that was lost does no harm. `tell` is given how long it has been tried.
pub(super) async fn until_heard<T, H>(tell: impl Fn(Duration) -> T) -> Result<H, Fault>
where
    T: Future<Output = Result<H, Fault>>,
{
    let begun = Instant::now();
    let mut backoff = BACKOFF_FIRST;
    loop {
        let fault = match tell(begun.elapsed()).await {
            Ok(heard) => return Ok(heard),
            Err(fault) => fault,
        };
        let passing = matches!(fault.kind, Kind::Unavailable | Kind::Exhausted);
        if !passing || begun.elapsed() + backoff > HEARD_WITHIN {
            return Err(fault);
        }
        warn!(reason = fault.reason.word(), "The vault has not heard of a grant yet; telling it again");
        sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
    }
}

/// A grant is given away when it is told, so each telling needs one of its own, which has less time to live.
pub(super) fn copied(obtained: &Obtained, elapsed: Duration) -> Result<Obtained, Fault> {
    copy(obtained, elapsed).map_err(|_| Fault::internal())
}

fn copy(obtained: &Obtained, elapsed: Duration) -> Result<Obtained, InvalidSecret> {
    let Obtained { auth_mode, grant, documented } = obtained;
    let renewal = grant.renewal.as_ref().map(|renewal| Renewal::from_document(&renewal.to_document()));
    let grant = Grant {
        handout: Handout::from_document(&grant.handout.to_document())?,
        renewal: renewal.transpose()?,
        expires_in: grant.expires_in.map(|life| life.saturating_sub(elapsed)),
        scopes: grant.scopes.clone(),
        origins: grant.origins.clone(),
        account: grant.account.clone(),
    };
    Ok(Obtained { auth_mode: auth_mode.clone(), grant, documented: *documented })
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::rotation::Behaviour;
    use latchkey_secret::{AccessToken, Account, RefreshToken, SecretText};
    use latchkey_wire::convert::refresh_token_to_pb;
    use std::collections::BTreeMap;

    #[test]
    fn a_copy_is_the_same_grant_with_less_time_to_live() {
        let fields = || BTreeMap::from([("subdomain".to_owned(), SecretText::new("acme".to_owned()))]);
        let grant = Grant {
            handout: Handout {
                base_url: None,
                access_token: Some(AccessToken::new("canary_access".to_owned())),
                headers: fields(),
                fields: fields(),
                ..Handout::default()
            },
            renewal: Some(Renewal {
                refresh_token: Some(RefreshToken::new("canary_refresh".to_owned())),
                fields: fields(),
            }),
            expires_in: Some(Duration::from_secs(60)),
            scopes: Some(vec!["read".into()]),
            origins: vec!["https://api.example.com".into()],
            account: Some(Account { id: Some("1".into()), label: None }),
        };
        let documented = Behaviour { idle_seconds: Some(9), ..Behaviour::default() };
        let obtained = Obtained { auth_mode: "OAUTH2".into(), grant, documented };
        let copy = copied(&obtained, Duration::from_secs(10)).unwrap();
        let names = |obtained: &Obtained| {
            let Grant { handout, renewal, .. } = &obtained.grant;
            let renewal = renewal.as_ref().unwrap();
            let fields: Vec<_> = handout.headers.keys().chain(handout.fields.keys()).cloned().collect();
            (handout.fingerprint(), fields, refresh_token_to_pb(renewal), renewal.fields.len())
        };
        assert_eq!(names(&copy), names(&obtained));
        assert_eq!(refresh_token_to_pb(copy.grant.renewal.as_ref().unwrap()), "canary_refresh");
        assert_eq!(copy.grant.expires_in, Some(Duration::from_secs(50)));
        let facts = |obtained: &Obtained| {
            let Obtained { auth_mode, grant, documented } = obtained;
            let grant = (grant.scopes.clone(), grant.origins.clone(), grant.account.clone());
            (auth_mode.clone(), grant, *documented)
        };
        assert_eq!(facts(&copy), facts(&obtained));
    }
}
