//! Stands before another carrier and notes what was asked, of whom, and how it ended: for the log of an attempt. What is in
//! a request or an answer is never looked at.

use crate::Fault;
use crate::carrier::{Answer, Call, Carrier, Client};
use async_trait::async_trait;
use latchkey_domain::Timestamp;
use latchkey_domain::auth_log::Step;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What time it is, by the clock the log goes by.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What was seen. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<Step>>>);

impl Seen {
    pub fn note(&self, step: Step) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }

    /// Everything so far, in the order it ended.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub struct Observed {
    carrier: Arc<dyn Carrier>,
    now: Now,
    seen: Seen,
}

impl Observed {
    #[must_use]
    pub fn over(carrier: Arc<dyn Carrier>, now: Now) -> (Self, Seen) {
        let seen = Seen::default();
        (Self { carrier, now, seen: seen.clone() }, seen)
    }
}

impl Client {
    /// The same client, whose requests are noted from here on.
    #[must_use]
    pub fn observed(&self, now: Now) -> (Self, Seen) {
        let (observed, seen) = Observed::over(self.carrier(), now);
        (Self::over(Arc::new(observed)), seen)
    }
}

#[async_trait]
impl Carrier for Observed {
    async fn carry(&self, call: Call) -> Result<Answer, Fault> {
        let host = call.request.url.host_str().map(ToOwned::to_owned);
        let (name, at, begun) = (call.operation.as_str().to_owned(), (self.now)(), Instant::now());
        let came = self.carrier.carry(call).await;
        let http_status = came.as_ref().map_or_else(|fault| fault.http_status, |answer| Some(answer.status));
        self.seen.note(Step {
            name,
            at,
            took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            succeeded: came.is_ok() && http_status.is_some_and(|status| status < 400),
            host,
            http_status,
            fault: came.as_ref().err().map(|fault| fault.kind.as_str().to_owned()),
        });
        came
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").field("carrier", &self.carrier).finish_non_exhaustive()
    }
}
