//! A provider, as far as its token endpoint is concerned, and the wire to it.
//!
//! Invariant: what it does does not depend on whether anybody still waits for the answer.

use crate::faults::{Fault, Place, Trap};
use latchkey_chassis::Clock;
use latchkey_oauth::{Answer, AnswerBody, Call, Carrier, FaultKind};
use latchkey_providers::Body;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

/// What becomes of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    None,
    Grace(Duration),
    /// Used twice, it ends the whole family (RFC 9700 §4.14.2).
    Strict,
}

impl Class {
    pub const ALL: [Self; 3] = [Self::None, Self::Grace(Duration::from_secs(30)), Self::Strict];

    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Grace(_) => "grace",
            Self::Strict => "strict",
        }
    }
}

/// How the token endpoint fails, instead of refreshing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    Unavailable,
    RateLimited,
    InvalidClient,
    /// It refuses grants that are good.
    InvalidGrant,
}

pub struct Family {
    class: Class,
    current: u64,
    previous: Option<(u64, Instant)>,
    pub revoked: bool,
    pub failing: Option<Failing>,
    pub slow: Duration,
    /// The access token that goes with the latest refresh; older ones stay good until they expire.
    access: BTreeSet<String>,
    pub requests: u64,
    /// How often it said that a grant is no good.
    pub refusals: u64,
    pub reuses: u64,
    /// Requests it has not answered yet.
    pub in_flight: u64,
    /// Those whose answer somebody waits for.
    waited_for: u64,
    pub waited_for_max: u64,
}

impl Family {
    pub fn new(class: Class) -> Self {
        Self {
            class,
            current: 1,
            previous: None,
            revoked: false,
            failing: None,
            slow: Duration::ZERO,
            access: BTreeSet::from(["access-1".to_owned()]),
            requests: 0,
            refusals: 0,
            reuses: 0,
            in_flight: 0,
            waited_for: 0,
            waited_for_max: 0,
        }
    }

    pub fn accepts(&self, access: &str) -> bool {
        !self.revoked && self.access.contains(access)
    }

    /// One request with a refresh token: status and body.
    fn act(&mut self, presented: u64) -> (u16, String) {
        self.requests += 1;
        let acted = self.decide(presented);
        self.refusals += u64::from(acted.0 == 400);
        acted
    }

    fn decide(&mut self, presented: u64) -> (u16, String) {
        match self.failing {
            Some(Failing::Unavailable) => return (503, String::new()),
            Some(Failing::RateLimited) => return (429, r#"{"error":"slow_down"}"#.to_owned()),
            Some(Failing::InvalidClient) => return (401, r#"{"error":"invalid_client"}"#.to_owned()),
            Some(Failing::InvalidGrant) => return refusal(),
            None => {}
        }
        let again = presented != self.current;
        self.reuses += u64::from(again);
        let late =
            self.previous.is_none_or(|(previous, until)| previous != presented || Instant::now() > until);
        if self.revoked || (again && late) {
            self.revoked = true;
            return refusal();
        }
        if self.class == Class::None {
            return self.grant(None);
        }
        if !again {
            let until = match self.class {
                Class::Grace(grace) => Instant::now() + grace,
                // Not even at the same instant.
                Class::None | Class::Strict => Instant::now() - Duration::from_nanos(1),
            };
            self.previous = Some((self.current, until));
        }
        self.current += 1;
        self.grant(Some(self.current))
    }

    fn grant(&mut self, refresh: Option<u64>) -> (u16, String) {
        let access = format!("access-{}", self.requests + 1);
        self.access.insert(access.clone());
        let mut body =
            serde_json::json!({"access_token": access, "token_type": "Bearer", "expires_in": 3600});
        if let Some(refresh) = refresh {
            body["refresh_token"] = format!("refresh-{refresh}").into();
        }
        (200, body.to_string())
    }
}

fn refusal() -> (u16, String) {
    (400, r#"{"error":"invalid_grant"}"#.to_owned())
}

/// One worker's wire to the provider.
pub struct Wire {
    pub worker: usize,
    pub family: Arc<Mutex<Family>>,
    pub trap: Arc<Trap>,
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("worker", &self.worker).finish_non_exhaustive()
    }
}

/// Counts a request while its answer is waited for.
struct Waited(Arc<Mutex<Family>>);

impl Waited {
    fn begin(family: &Arc<Mutex<Family>>) -> Self {
        let mut counted = family.lock().unwrap();
        counted.waited_for += 1;
        counted.waited_for_max = counted.waited_for_max.max(counted.waited_for);
        Self(family.clone())
    }
}

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.lock().unwrap().waited_for -= 1;
    }
}

/// How long anybody would wait who was not told.
const PATIENCE: Duration = Duration::from_secs(30);

/// One way over the network.
const WAY: Duration = Duration::from_millis(20);

#[async_trait::async_trait]
impl Carrier for Wire {
    async fn carry(&self, call: Call) -> Result<Answer, latchkey_oauth::Fault> {
        self.trap.pass(Place::Sending, self.worker).await;
        let presented = refresh_token(&call.request.body);
        let lost = self.trap.spring_wire();
        let deadline = call.deadline.unwrap_or(PATIENCE);
        let _waited = Waited::begin(&self.family);
        if lost == Some(Fault::RequestLost) {
            sleep(deadline).await;
            return Err(latchkey_oauth::Fault::new(FaultKind::Ambiguous));
        }
        let (answer, answered) = oneshot::channel();
        let (family, trap, worker) = (self.family.clone(), self.trap.clone(), self.worker);
        tokio::spawn(async move {
            sleep(WAY).await;
            let slow = {
                let mut family = family.lock().unwrap();
                family.in_flight += 1;
                family.slow
            };
            let acted = family.lock().unwrap().act(presented);
            sleep(slow).await;
            family.lock().unwrap().in_flight -= 1;
            trap.pass(Place::Rotated, worker).await;
            sleep(WAY).await;
            drop(answer.send(acted));
        });
        let Ok(Ok((status, body))) = timeout(deadline, answered).await else {
            return Err(latchkey_oauth::Fault::new(FaultKind::Ambiguous));
        };
        if lost == Some(Fault::AnswerLost) {
            return Err(latchkey_oauth::Fault::new(FaultKind::Ambiguous));
        }
        self.trap.pass(Place::Received, self.worker).await;
        Ok(Answer {
            www_authenticate: None,
            set_cookie: Vec::new(),
            host: "provider.example".to_owned(),
            status,
            received_at: now(&*self.clock),
            content_type: Some("application/json".to_owned()),
            retry_after: (status == 429).then_some(Duration::from_secs(30)),
            body: AnswerBody::Whole(body.into_bytes().into()),
        })
    }
}

fn now(clock: &dyn Clock) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(clock.now()).unwrap())
}

fn refresh_token(body: &Body) -> u64 {
    let Body::Form(pairs) = body else { panic!("a token request is a form") };
    let (_, token) =
        pairs.iter().find(|(name, _)| name == "refresh_token").expect("it presents a refresh token");
    token.strip_prefix("refresh-").and_then(|number| number.parse().ok()).expect("it is one of ours")
}
