//! When a request may be sent again. Pure.
//!
//! Only before anything of an answer was passed on, and only what has no other effect when it comes twice (RFC 9110
//! §9.2.2). A 401 is different: the provider says that it did nothing, so one new credential may be tried with any method.

use http::{Method, StatusCode};
use std::time::Duration;

const WAIT_FIRST: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_secs(30);

/// What has been tried of one request.
#[derive(Debug)]
pub struct Tries {
    method: Method,
    left: u32,
    made: u32,
    renewed: bool,
    /// Whether the body can be sent again.
    repeatable: bool,
    /// Statuses that the caller, too, takes for "later".
    also: Vec<StatusCode>,
}

/// What a try came to.
#[derive(Debug, Clone, Copy)]
pub enum Came {
    Status {
        status: StatusCode,
        retry_after: Option<Duration>,
    },
    /// Not one byte of the request was written.
    NotSent,
    /// The request was written, and no answer came.
    Lost,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// What came is the answer.
    Answer,
    /// With a newer credential, at once.
    Renew,
    /// The same again, after this long.
    Wait(Duration),
}

impl Tries {
    pub fn new(method: Method, retries: u32, repeatable: bool) -> Self {
        Self { method, left: retries, made: 0, renewed: false, repeatable, also: vec![] }
    }

    /// With statuses beside those that say "later" by themselves.
    pub fn also_after(mut self, statuses: &[StatusCode]) -> Self {
        self.also = statuses.to_vec();
        self
    }

    pub fn after(&mut self, came: Came) -> Next {
        if !self.repeatable {
            return Next::Answer;
        }
        if let Came::Status { status: StatusCode::UNAUTHORIZED, .. } = came {
            return if std::mem::replace(&mut self.renewed, true) { Next::Answer } else { Next::Renew };
        }
        let asked_to_wait = match came {
            Came::Status { status, retry_after } if passes(status) || self.also.contains(&status) => {
                retry_after
            }
            Came::Status { .. } => return Next::Answer,
            Came::NotSent | Came::Lost => None,
        };
        let harmless = self.method.is_idempotent() || matches!(came, Came::NotSent);
        if !harmless || self.left == 0 {
            return Next::Answer;
        }
        let wait = asked_to_wait.unwrap_or(WAIT_FIRST * 2_u32.saturating_pow(self.made));
        if wait > WAIT_MAX {
            // The caller is told, and decides whether to wait that long.
            return Next::Answer;
        }
        self.left -= 1;
        self.made += 1;
        Next::Wait(wait)
    }
}

/// Statuses that say "later".
fn passes(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> Came {
        Came::Status { status: StatusCode::from_u16(code).unwrap(), retry_after: None }
    }

    #[test]
    fn a_refused_credential_is_renewed_once_whatever_the_method() {
        let mut tries = Tries::new(Method::POST, 0, true);
        assert_eq!(tries.after(status(401)), Next::Renew);
        assert_eq!(tries.after(status(401)), Next::Answer);
    }

    #[test]
    fn what_cannot_be_sent_again_is_not() {
        let mut tries = Tries::new(Method::GET, 5, false);
        for came in [status(401), status(503), Came::NotSent, Came::Lost] {
            assert_eq!(tries.after(came), Next::Answer);
        }
    }

    #[test]
    fn only_what_has_no_second_effect_is_repeated() {
        for (method, repeated) in [
            (Method::GET, true),
            (Method::PUT, true),
            (Method::DELETE, true),
            (Method::POST, false),
            (Method::PATCH, false),
        ] {
            let tried = Tries::new(method.clone(), 1, true).after(status(503));
            assert_eq!(tried != Next::Answer, repeated, "{method}");
            let lost = Tries::new(method.clone(), 1, true).after(Came::Lost);
            assert_eq!(lost != Next::Answer, repeated, "{method}");
            assert_eq!(Tries::new(method, 1, true).after(Came::NotSent), Next::Wait(WAIT_FIRST));
        }
    }

    #[test]
    fn waits_grow_and_end_with_the_tries() {
        let mut tries = Tries::new(Method::GET, 3, true);
        let waits: Vec<_> = (0..4).map(|_| tries.after(status(502))).collect();
        let wait = |factor| Next::Wait(WAIT_FIRST * factor);
        assert_eq!(waits, [wait(1), wait(2), wait(4), Next::Answer]);
    }

    #[test]
    fn the_provider_says_how_long() {
        let asks = |seconds| Came::Status {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        let mut tries = Tries::new(Method::GET, 3, true);
        assert_eq!(tries.after(asks(7)), Next::Wait(Duration::from_secs(7)));
        assert_eq!(tries.after(asks(31)), Next::Answer, "longer than a call may take");
    }

    #[test]
    fn a_caller_may_name_more_statuses_that_say_later() {
        let mut tries = Tries::new(Method::GET, 1, true).also_after(&[StatusCode::CONFLICT]);
        assert_eq!(tries.after(status(409)), Next::Wait(WAIT_FIRST));
        assert_eq!(tries.after(status(500)), Next::Answer);
    }

    #[test]
    fn an_ordinary_answer_is_the_answer() {
        let mut tries = Tries::new(Method::GET, 3, true);
        for code in [200, 204, 302, 400, 403, 404, 500] {
            assert_eq!(tries.after(status(code)), Next::Answer, "{code}");
        }
    }
}
