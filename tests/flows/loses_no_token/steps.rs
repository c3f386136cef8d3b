//! How far a refresh has come, brought about from outside: by holding what the programs say to each other.

use latchkey_testkit::World;
use latchkey_testkit::demo::{Extent, Target};
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
        let (provider, vault) = (world.provider_relay(), world.vault_relay());
        match self {
            Self::Claimed => provider.requests.hold(),
            Self::Asked => world.provider().slow(Target::Token, Extent::Requests(1), Duration::from_secs(5)),
            Self::Answered | Self::WrittenDown | Self::Committed => provider.answers.hold(),
        }
        let asked = world.token_requests("refresh_token");
        // Whoever asks is not told before the end, if at all.
        drop(ask(world, connection));
        match self {
            Self::Claimed => within(provider.requests.holds_something()).await,
            Self::Asked => until(async || world.token_requests("refresh_token") > asked).await,
            Self::Answered | Self::WrittenDown | Self::Committed => {
                within(provider.answers.holds_something()).await;
            }
        }
        match self {
            Self::Claimed | Self::Asked | Self::Answered => {}
            Self::WrittenDown => {
                let before = world.journal();
                vault.requests.hold();
                provider.answers.let_go();
                until(async || world.journal() != before).await;
            }
            Self::Committed => {
                vault.answers.hold();
                provider.answers.let_go();
                until(async || generation(world, connection).await == 2).await;
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
