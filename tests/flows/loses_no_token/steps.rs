//! How far a refresh has come, brought about from outside: by holding what the programs say to each other.

use latchkey_testkit::demo::{Extent, Target};
use latchkey_testkit::{Relay, World};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// A step of a refresh that can be told from outside, in the order they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The claim is taken, and the request has left the refresher but not reached the provider.
    Claimed,
    /// The provider has the request and is at work.
    Asked,
    /// The provider has acted, and its answer is on its way.
    Answered,
    /// The answer is written down, and the report is on its way to the vault.
    WrittenDown,
    /// The vault has committed, and the refresher does not know yet.
    Committed,
}

const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl Step {
    pub const ALL: [Self; 5] =
        [Self::Claimed, Self::Asked, Self::Answered, Self::WrittenDown, Self::Committed];

    pub fn is_written_down(self) -> bool {
        matches!(self, Self::WrittenDown | Self::Committed)
    }

    /// Has a connection refreshed and leaves the refresh at this step. What is held then is the test's to let go.
    pub async fn reached(self, world: &World, connection: &str) {
        if self != Self::Asked {
            return self.reached_by(world, world.provider_relay(), connection).await;
        }
        world.provider().slow(Target::Token, Extent::Requests(1), Duration::from_secs(5));
        let asked = world.token_requests("refresh_token");
        drop(ask(world, connection));
        until(async || world.token_requests("refresh_token") > asked).await;
    }

    /// As [`Self::reached`], for a provider whose token endpoint is asked through this relay.
    ///
    /// # Panics
    /// At [`Self::Asked`]: that the provider is at work can be told by the provider alone.
    pub async fn reached_by(self, world: &World, provider: &Relay, connection: &str) {
        let vault = world.vault_relay();
        let generations = generation(world, connection).await;
        let held = if self == Self::Claimed { &provider.requests } else { &provider.answers };
        held.hold();
        // Whoever asks is not told before the end, if at all.
        drop(ask(world, connection));
        within(held.holds_something()).await;
        match self {
            Self::Claimed | Self::Answered => {}
            Self::Asked => panic!("nothing is held while the provider is at work"),
            Self::WrittenDown => {
                let before = world.journal();
                vault.requests.hold();
                provider.answers.let_go();
                until(async || world.journal() != before).await;
            }
            Self::Committed => {
                vault.answers.hold();
                provider.answers.let_go();
                until(async || generation(world, connection).await > generations).await;
            }
        }
    }
}

/// Insists on a new token, in a task of its own.
pub fn ask(world: &World, connection: &str) -> JoinHandle<()> {
    let (backend, connection) = (world.backend().clone(), connection.to_owned());
    tokio::spawn(async move { drop(backend.new_token(&connection).await) })
}

async fn generation(world: &World, connection: &str) -> u64 {
    let now = world.backend().connection(connection).await.unwrap();
    now.credential.map(|credential| credential.generation).unwrap_or_default()
}

async fn within(step: impl Future<Output = ()>) {
    tokio::time::timeout(PATIENCE, step).await.expect("the refresh comes so far");
}

async fn until(reached: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !reached().await {
        assert!(begun.elapsed() < PATIENCE, "the refresh does not come so far");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
