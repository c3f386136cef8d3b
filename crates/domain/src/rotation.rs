//! What using a refresh token does to it, and what follows for how it may be used. Pure: instants come in.
//!
//! Invariant: only a provider that is known to take an old refresh token again is ever sent one again early. What nobody
//! documents is [`RotationClass::Unknown`] and handled like [`RotationClass::Strict`], until it is learnt by [`Learnt`].

mod learn;

pub use learn::{Course, Learnt};

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What becomes of a refresh token that was used (RFC 6749 §6, RFC 9700 §4.14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationClass {
    /// Nobody told, and nothing was learnt yet.
    #[default]
    Unknown,
    /// It stays good, even where the answer brings another.
    None,
    /// A new one takes its place, and the old one is still taken for so many seconds.
    Grace { seconds: u64 },
    /// It is good once; using it again may end every token of the grant.
    Strict,
}

/// What a provider's refresh tokens are known to do. Absent is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Behaviour {
    #[serde(default, skip_serializing_if = "RotationClass::is_unknown")]
    pub rotation: RotationClass,
    /// Seconds after which one that is not used ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u64>,
    /// Seconds after consent at which it ends, however it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absolute_seconds: Option<u64>,
}

/// What to do about a request whose answer never came whole: the provider may have acted on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// Send the same request again at this instant.
    At(Timestamp),
    /// Ask every peer whether it holds the answer; only if none does, send once more at this instant: by then there is
    /// nothing left to lose.
    AfterPeers(Timestamp),
    /// Sending again is of no use.
    Never,
}

/// What is known of the refresher whose claim ran out with nobody having ended it, where no journal holds an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predecessor {
    /// A refresher says that it is still at it.
    InFlight,
    /// Every refresher would know, and none has sent anything.
    Denied,
    /// Some refresher does not answer.
    Silent,
    /// All answer, and one of them lost what it knew, or is new.
    Forgotten,
}

/// What to do about a refresh token that a predecessor may have sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takeover {
    /// Send it.
    Send,
    /// Keep away, and ask everybody again after this.
    AskAgain(Duration),
    /// Its answer is lost. Send once more at this instant: by then there is nothing left to lose.
    Lost(Timestamp),
}

/// Below this a grace is too short to notice a lost answer and still be in time.
const GRACE_MIN: Duration = Duration::from_secs(20);

const LEASE_MIN: Duration = Duration::from_secs(8);
const LEASE_MAX: Duration = Duration::from_secs(90);

/// How long a request may take after which another can be sent, and one after which none can.
const DEADLINE: Duration = Duration::from_secs(60);
const DEADLINE_LAST: Duration = Duration::from_secs(75);

/// How often others are asked about an attempt whose end is awaited.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// How long before the access token runs out a strict refresh token is sent for the second time.
const LAST_CHANCE: Duration = Duration::from_secs(60);

/// How long after the first request another one is still in time.
fn resent_within(grace: Duration) -> Duration {
    grace.mul_f64(0.7)
}

impl RotationClass {
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// What is documented, or else what was learnt.
    #[must_use]
    pub fn or(self, learnt: Self) -> Self {
        if self.is_unknown() { learnt } else { self }
    }

    /// The window in which the old token is taken again and that is long enough to be made use of.
    fn grace(self) -> Option<Duration> {
        match self {
            Self::Grace { seconds } => Some(Duration::from_secs(seconds)).filter(|grace| *grace >= GRACE_MIN),
            Self::Unknown | Self::None | Self::Strict => None,
        }
    }

    /// How long a refresher has a connection to itself before the claim must be renewed. Within a grace it is so short that
    /// another can still send in time when the first one dies.
    #[must_use]
    pub fn lease(self) -> Duration {
        self.grace().map_or(LEASE_MAX, |grace| grace.mul_f64(0.4).clamp(LEASE_MIN, LEASE_MAX))
    }

    /// How often the claim is renewed while a request is under way.
    #[must_use]
    pub fn renewal(self) -> Duration {
        self.lease() / 3
    }

    /// How long a request may take that is sent so long after the first one with the same refresh token. Long, since giving up
    /// is what makes an answer ambiguous; within a grace so short that another one still falls into it, but for the last of
    /// them.
    #[must_use]
    pub fn deadline(self, since_first: Duration) -> Duration {
        match (self, self.grace()) {
            (_, Some(grace)) => {
                let short = DEADLINE.min(grace.mul_f64(0.6));
                if since_first + short <= resent_within(grace) { short } else { DEADLINE_LAST }
            }
            (Self::None, None) => DEADLINE,
            _ => DEADLINE_LAST,
        }
    }

    /// What to do at `now` after a request whose answer was lost. `resends` counts those made after the first, which was sent
    /// at `first_sent`; `expires_at` is the end of the present access token, where it is known.
    #[must_use]
    pub fn after_ambiguous(
        self,
        resends: u32,
        first_sent: Timestamp,
        now: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Resend {
        if let Some(grace) = self.grace() {
            // At once, then after 1 s, 3 s, 9 s …
            let pause = resends.checked_sub(1).map_or(0, |exponent| 3_u64.saturating_pow(exponent));
            let at = now.plus(Duration::from_secs(pause));
            let end = first_sent.plus(resent_within(grace));
            return if at <= end { Resend::At(at) } else { Resend::Never };
        }
        match self {
            Self::None => {
                let pause = Duration::from_secs(1_u64 << resends.min(8)).min(Duration::from_secs(300));
                Resend::At(now.plus(pause))
            }
            _ if resends > 0 => Resend::Never,
            _ => Resend::AfterPeers(expires_at.map_or(now, |end| end.minus(LAST_CHANCE)).max(now)),
        }
    }

    /// What to do at `now` about a refresh token that a predecessor may have sent under a claim that ran out at `lapsed_at`.
    /// Everybody was asked, and no journal holds an answer. A strict token's lease is longer than a refresher takes to come
    /// back with its journal, so that one which is silent then stays away for long.
    #[must_use]
    pub fn takeover(
        self,
        predecessor: Predecessor,
        lapsed_at: Timestamp,
        now: Timestamp,
        expires_at: Option<Timestamp>,
    ) -> Takeover {
        // A lease is two fifths of the grace, and the provider was asked within it.
        let in_grace = self.grace().is_some_and(|grace| now <= lapsed_at.plus(grace.mul_f64(0.25)));
        let last_chance = expires_at.map_or(now, |end| end.minus(LAST_CHANCE)).max(now);
        match predecessor {
            Predecessor::InFlight => Takeover::AskAgain(ASK_EVERY),
            Predecessor::Denied => Takeover::Send,
            _ if self == Self::None || in_grace || last_chance == now => Takeover::Send,
            Predecessor::Silent => {
                Takeover::AskAgain(ASK_EVERY.max(self.lease() / 2).min(now.until(last_chance)))
            }
            Predecessor::Forgotten => Takeover::Lost(last_chance),
        }
    }

    /// For how long to keep away, and then ask everybody again, where the claim is sound and the database has just taken
    /// another's place: it may have lost what a refresher told that one. Everybody was asked, and no journal holds an answer.
    #[must_use]
    pub fn keeps_away_after_failover(self, predecessor: Predecessor) -> Option<Duration> {
        match predecessor {
            Predecessor::InFlight => Some(ASK_EVERY),
            Predecessor::Silent if self != Self::None => Some(ASK_EVERY),
            _ => None,
        }
    }

    /// Whether asking a second time can tell a true refusal from a mistaken one. A strict token that was refused is spent
    /// or withdrawn; sending it again is an offence at worst and nothing at best.
    #[must_use]
    pub fn refusal_can_be_confirmed(self) -> bool {
        self != Self::Strict
    }

    /// How it is told to people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Grace { .. } => "grace",
            Self::Strict => "strict",
        }
    }

    /// From the catalogue's word and number; `None` for a word that is none, or a grace without a length.
    #[must_use]
    pub fn from_word(word: &str, grace_seconds: Option<u64>) -> Option<Self> {
        match word {
            "" | "unknown" => Some(Self::Unknown),
            "none" => Some(Self::None),
            "grace" => grace_seconds.map(|seconds| Self::Grace { seconds }),
            "strict" => Some(Self::Strict),
            _ => None,
        }
    }
}

impl Behaviour {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// When the refresh token ends if it is not used again: the earlier of its idle limit since it was `used_at` and its
    /// absolute limit since the consent.
    #[must_use]
    pub fn ends_at(&self, consented_at: Timestamp, used_at: Timestamp) -> Option<Timestamp> {
        self.idle_end(used_at).into_iter().chain(self.absolute_end(consented_at)).min()
    }

    #[must_use]
    pub fn idle_end(&self, used_at: Timestamp) -> Option<Timestamp> {
        self.idle_seconds.map(|seconds| used_at.plus(Duration::from_secs(seconds)))
    }

    /// The end that no refresh puts off.
    #[must_use]
    pub fn absolute_end(&self, consented_at: Timestamp) -> Option<Timestamp> {
        self.absolute_seconds.map(|seconds| consented_at.plus(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests;
