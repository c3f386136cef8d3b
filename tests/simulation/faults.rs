//! What goes wrong, and where: one fault in a trial, sprung when a worker passes a place.

use crate::chance::Chance;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    ProviderSlow,
    ProviderStalls,
    Kill,
    NodeLost,
    StoreDown,
    StoreStopped,
    Partition,
    ClockJump,
    AnswerLost,
    RequestLost,
    ProviderDown,
    RateLimited,
    InvalidClient,
    GoodRefused,
    HintsLost,
    KeysDown,
}

impl Fault {
    pub const ALL: [Self; 17] = [
        Self::None,
        Self::ProviderSlow,
        Self::ProviderStalls,
        Self::Kill,
        Self::NodeLost,
        Self::StoreDown,
        Self::StoreStopped,
        Self::Partition,
        Self::ClockJump,
        Self::AnswerLost,
        Self::RequestLost,
        Self::ProviderDown,
        Self::RateLimited,
        Self::InvalidClient,
        Self::GoodRefused,
        Self::HintsLost,
        Self::KeysDown,
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::ProviderSlow => "provider 15 s slow",
            Self::ProviderStalls => "provider 55 s slow",
            Self::Kill => "refresher killed",
            Self::NodeLost => "refresher and its disk lost",
            Self::StoreDown => "database down",
            Self::StoreStopped => "database hangs",
            Self::Partition => "refresher cut off from the vault",
            Self::ClockJump => "clock jumps",
            Self::AnswerLost => "answer lost on the wire",
            Self::RequestLost => "request lost on the wire",
            Self::ProviderDown => "provider answers 503",
            Self::RateLimited => "provider answers 429",
            Self::InvalidClient => "provider refuses the app",
            Self::GoodRefused => "provider refuses a good grant",
            Self::HintsLost => "hints lost",
            Self::KeysDown => "key service down",
        })
    }
}

/// A boundary between two steps of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Claimed,
    Sending,
    Rotated,
    Received,
    Reporting,
    Committed,
}

impl Place {
    pub const ALL: [Self; 6] =
        [Self::Claimed, Self::Sending, Self::Rotated, Self::Received, Self::Reporting, Self::Committed];
}

/// Springs once, when the first worker passes the place it is set at.
pub struct Trap {
    pub fault: Fault,
    pub place: Place,
    /// How many turns of the scheduler a killed worker still gets.
    turns: u64,
    sprung: Mutex<Option<Instant>>,
    tell: UnboundedSender<usize>,
}

impl Trap {
    pub fn set(fault: Fault, chance: &mut Chance, tell: UnboundedSender<usize>) -> Self {
        let place = chance.one(&Place::ALL);
        Self { fault, place, turns: chance.below(12), sprung: Mutex::new(None), tell }
    }

    /// Whether what it did is still going on.
    pub fn just_sprung(&self) -> bool {
        self.sprung.lock().unwrap().is_some_and(|at| at.elapsed() < Duration::from_secs(2))
    }

    /// A killed worker does not get beyond this; where it has just heard an answer, only so far as chance lets it.
    pub async fn pass(self: &Arc<Self>, place: Place, worker: usize) {
        let on_the_wire = matches!(self.fault, Fault::AnswerLost | Fault::RequestLost);
        if on_the_wire || place != self.place || !self.spring() {
            return;
        }
        let kills = matches!(self.fault, Fault::Kill | Fault::NodeLost);
        if kills && place == Place::Received {
            let trap = self.clone();
            tokio::spawn(async move {
                for _ in 0..trap.turns {
                    tokio::task::yield_now().await;
                }
                trap.tell(worker);
            });
            return;
        }
        self.tell(worker);
        if kills {
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
    }

    fn tell(&self, worker: usize) {
        // Nobody listens any more where the trial is over.
        let _ = self.tell.send(worker);
    }

    /// Whether what goes over the wire now is lost, and how.
    pub fn spring_wire(&self) -> Option<Fault> {
        let on_the_wire = matches!(self.fault, Fault::AnswerLost | Fault::RequestLost);
        (on_the_wire && self.spring()).then_some(self.fault)
    }

    fn spring(&self) -> bool {
        let mut sprung = self.sprung.lock().unwrap();
        let first = sprung.is_none();
        if first {
            *sprung = Some(Instant::now());
        }
        first
    }
}

/// How long a fault lasts.
pub fn lasting(chance: &mut Chance) -> Duration {
    Duration::from_secs(chance.one(&[1, 5, 20, 150]))
}
