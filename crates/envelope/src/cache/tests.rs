//! The cache over a real local key service, behind a switch that breaks it as a remote one breaks.

use super::calls::{CALL_TIMEOUT, CONCURRENT_MAX};
use super::*;
use crate::local::LocalKeyService;
use crate::message::KeyBytes;
use crate::{DataKey, Denial, random};
use async_trait::async_trait;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::time::{advance, sleep};
use zeroize::Zeroizing;

const MADE_AT: u64 = 1_800_000_000_000;
const MINUTE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Well,
    Down,
    Silent,
    Refusing,
}

struct Switched {
    local: LocalKeyService,
    mood: Mutex<Mood>,
    delay: Duration,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Switched {
    fn new(delay: Duration) -> Arc<Self> {
        Arc::new(Self {
            local: LocalKeyService::new(&Zeroizing::new(random::bytes())),
            mood: Mutex::new(Mood::Well),
            delay,
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        })
    }

    fn becomes(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    async fn answer(&self) -> Result<(), KeyServiceError> {
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        sleep(self.delay).await;
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::Silent {
            sleep(HARD_TTL).await;
        }
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        match mood {
            Mood::Well => Ok(()),
            Mood::Down | Mood::Silent => Err(KeyServiceError::Unavailable { detail: "down".into() }),
            Mood::Refusing => Err(KeyServiceError::Denied { denial: Denial::Disabled, detail: "off".into() }),
        }
    }
}

#[async_trait]
impl KeyService for Switched {
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        self.answer().await?;
        self.local.wrap(key, context).await
    }
    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<KeyBytes, KeyServiceError> {
        self.answer().await?;
        self.local.unwrap(wrapped, context).await
    }
    async fn health(&self) -> Result<(), KeyServiceError> {
        self.answer().await
    }
    fn uri(&self) -> &str {
        self.local.uri()
    }
}

/// Keys of environment `dev`, whose wrapped key is stored.
struct World {
    service: Arc<Switched>,
    keys: EnvironmentKeys,
    stored: Vec<u8>,
}

impl World {
    async fn new() -> Self {
        Self::with_delay(Duration::from_millis(20)).await
    }

    async fn with_delay(delay: Duration) -> Self {
        let service = Switched::new(delay);
        let stored = EnvironmentKeys::new(vec![service.clone()])
            .create("main", "dev", MADE_AT, None)
            .await
            .unwrap()
            .wrapped;
        Self { keys: EnvironmentKeys::new(vec![service.clone()]), service, stored }
    }

    async fn get(&self) -> Result<Arc<EnvironmentKey>, KeyServiceError> {
        self.keys.get("main", "dev", name_of(&self.stored), || async { Ok(self.stored.clone()) }).await
    }

    /// A key in use: read once a minute, which must always work.
    async fn use_for(&self, minutes: u32) {
        for _ in 0..minutes {
            self.get().await.unwrap();
            pass(MINUTE).await;
        }
    }
}

fn name_of(stored: &[u8]) -> KeyName {
    Wraps::of(stored).unwrap().key
}

/// Lets time pass, and what was started in the background finish.
async fn pass(time: Duration) {
    advance(time).await;
    sleep(Duration::from_millis(50)).await;
}

fn is_unavailable(outcome: &Result<Arc<EnvironmentKey>, KeyServiceError>) -> bool {
    matches!(outcome, Err(KeyServiceError::Unavailable { .. }))
}

fn is_denied(outcome: &Result<Arc<EnvironmentKey>, KeyServiceError>) -> bool {
    matches!(outcome, Err(KeyServiceError::Denied { denial: Denial::Disabled, .. }))
}

#[tokio::test(start_paused = true)]
async fn a_warm_read_calls_no_key_service_and_loads_nothing() {
    let world = World::new().await;
    world.get().await.unwrap();
    assert_eq!(world.keys.calls(), 1);
    for _ in 0..1_000 {
        let nothing = || async { Err(KeyServiceError::Unavailable { detail: "loaded".into() }) };
        world.keys.get("main", "dev", name_of(&world.stored), nothing).await.unwrap();
    }
    assert_eq!(world.keys.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_one_process_created_another_opens() {
    let world = World::new().await;
    let key = world.get().await.unwrap();
    let wrapped = key.wrap(&DataKey::generate(), "main", "dev", "connection/con_1").unwrap();
    let elsewhere = World {
        keys: EnvironmentKeys::new(vec![world.service.clone()]),
        service: world.service.clone(),
        stored: world.stored.clone(),
    };
    let again = elsewhere.get().await.unwrap();
    assert_eq!(again.name(), key.name());
    assert!(again.unwrap(&wrapped, "main", "dev", "connection/con_1").is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_who_wait_for_one_key_make_one_call_and_one_load() {
    let world = World::new().await;
    let loads = AtomicUsize::new(0);
    let one = || {
        world.keys.get("main", "dev", name_of(&world.stored), || async {
            loads.fetch_add(1, Ordering::SeqCst);
            Ok::<_, KeyServiceError>(world.stored.clone())
        })
    };
    let all = futures::future::join_all((0..100).map(|_| one())).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!((world.keys.calls(), loads.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_who_wait_for_an_outage_make_one_call() {
    let world = World::new().await;
    world.service.becomes(Mood::Silent);
    let before = Instant::now();
    let all = futures::future::join_all((0..100).map(|_| world.get())).await;
    assert!(all.iter().all(is_unavailable));
    assert_eq!(world.keys.calls(), 1);
    assert_eq!(before.elapsed(), CALL_TIMEOUT);
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_waiting_leaves_the_flight_to_the_next() {
    let world = World::new().await;
    let given_up = tokio::time::timeout(Duration::from_millis(5), world.get()).await;
    assert!(given_up.is_err());
    assert!(world.get().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn no_more_than_twenty_calls_are_under_way_at_once() {
    let service = Switched::new(Duration::from_millis(20));
    let keys = EnvironmentKeys::new(vec![service.clone()]);
    let environments: Vec<String> = (0..100).map(|number| format!("env-{number}")).collect();
    let all =
        futures::future::join_all(environments.iter().map(|name| keys.create("main", name, MADE_AT, None)))
            .await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(service.most_at_once.load(Ordering::SeqCst), CONCURRENT_MAX);
}

#[tokio::test(start_paused = true)]
async fn a_key_in_use_is_renewed_ahead_without_anybody_waiting() {
    let world = World::new().await;
    world.get().await.unwrap();
    for _ in 0..59 {
        let before = Instant::now();
        world.get().await.unwrap();
        assert_eq!(before.elapsed(), Duration::ZERO);
        pass(MINUTE).await;
    }
    assert_eq!(world.keys.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_day_of_use_costs_about_one_call_an_hour() {
    let world = World::new().await;
    world.use_for(24 * 60).await;
    let calls = world.keys.calls();
    assert!((26..=41).contains(&calls), "{calls}");
}

#[tokio::test(start_paused = true)]
async fn an_idle_key_is_renewed_before_it_is_used_again() {
    let world = World::new().await;
    world.get().await.unwrap();
    pass(61 * MINUTE).await;
    world.service.becomes(Mood::Refusing);
    assert!(is_denied(&world.get().await));
}

#[tokio::test(start_paused = true)]
async fn an_outage_runs_to_the_hard_limit_and_not_beyond() {
    for mood in [Mood::Down, Mood::Silent] {
        let world = World::new().await;
        world.get().await.unwrap();
        world.service.becomes(mood);
        world.use_for(24 * 60 - 5).await;
        pass(5 * MINUTE).await;
        assert!(is_unavailable(&world.get().await));
        let calls = world.keys.calls();
        // A retry every minute of use, at most.
        assert!(calls < 24 * 60, "{calls}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_costs_those_who_read_no_time() {
    let world = World::new().await;
    world.use_for(39).await;
    world.service.becomes(Mood::Silent);
    for _ in 0..300 {
        let before = Instant::now();
        world.get().await.unwrap();
        assert_eq!(before.elapsed(), Duration::ZERO);
        pass(MINUTE).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_service_that_comes_back_renews_the_key() {
    let world = World::new().await;
    world.use_for(30).await;
    world.service.becomes(Mood::Down);
    world.use_for(20 * 60).await;
    world.service.becomes(Mood::Well);
    world.use_for(20 * 60).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_drops_the_key_at_once() {
    let world = World::new().await;
    world.use_for(30).await;
    world.service.becomes(Mood::Refusing);
    let refused_after = {
        let mut minutes = 30;
        while world.get().await.is_ok() {
            minutes += 1;
            pass(MINUTE).await;
        }
        minutes
    };
    assert!(refused_after <= 56, "{refused_after}");
    assert!(is_denied(&world.get().await));
}

#[tokio::test(start_paused = true)]
async fn refusals_bound_the_calls_and_end_when_access_is_given_back() {
    let world = World::new().await;
    world.service.becomes(Mood::Refusing);
    for _ in 0..1_000 {
        assert!(is_denied(&world.get().await));
    }
    assert_eq!(world.keys.calls(), 1);
    world.service.becomes(Mood::Well);
    pass(Duration::from_secs(30)).await;
    assert!(world.get().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn another_environment_is_not_touched_by_one_that_is_refused() {
    let world = World::new().await;
    world.get().await.unwrap();
    let elsewhere =
        world.keys.get("main", "prod", name_of(&world.stored), || async { Ok(world.stored.clone()) }).await;
    assert!(matches!(elsewhere, Err(KeyServiceError::Denied { denial: Denial::NotOurs, .. })));
    assert!(world.get().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_a_load_fails_with_is_given_back_and_not_remembered() {
    #[derive(Debug, PartialEq)]
    enum Trouble {
        Store,
        Keys,
    }
    impl From<KeyServiceError> for Trouble {
        fn from(_: KeyServiceError) -> Self {
            Self::Keys
        }
    }
    let world = World::new().await;
    let outcome =
        world.keys.get("main", "dev", name_of(&world.stored), || async { Err(Trouble::Store) }).await;
    assert_eq!(outcome.err(), Some(Trouble::Store));
    assert!(world.get().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_wrap_by_another_key_service_is_told_by_its_name() {
    let (world, other) = (World::new().await, World::new().await);
    let outcome =
        world.keys.get("main", "dev", name_of(&other.stored), || async { Ok(other.stored.clone()) }).await;
    let Err(error @ KeyServiceError::Denied { denial: Denial::NotOurs, .. }) = outcome else {
        panic!("it was opened");
    };
    let told = error.to_string();
    assert!(told.contains(other.service.uri()) && told.contains(world.service.uri()), "{told}");
    assert_eq!(world.keys.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_operator_says_for_how_long_an_outage_is_lived_through() {
    const HOUR: Duration = Duration::from_secs(3600);
    for hours in [1, 3, 30] {
        let world = World::new().await;
        let world =
            World { keys: EnvironmentKeys::serving_for(HOUR * hours, vec![world.service.clone()]), ..world };
        world.get().await.unwrap();
        world.service.becomes(Mood::Down);
        world.use_for(59 * hours).await;
        pass(MINUTE * 2 * hours).await;
        assert!(is_unavailable(&world.get().await), "{hours} hours");
        world.service.becomes(Mood::Well);
        pass(MINUTE).await;
        world.get().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn keys_past_their_time_are_wiped_although_nobody_asks_for_them() {
    let world = World::new().await;
    let held = Arc::downgrade(&world.get().await.unwrap());
    pass(HARD_TTL).await;
    assert!(held.upgrade().is_some());
    // Any call at all sweeps.
    let _ = world
        .keys
        .get("main", "prod", name_of(&world.stored), || async { Ok::<_, KeyServiceError>(vec![]) })
        .await;
    assert!(held.upgrade().is_none());
}

/// Two key services that both wrap one key, with a cache that has nothing at hand.
async fn two() -> (Arc<Switched>, Arc<Switched>, World) {
    let (first, second) =
        (Switched::new(Duration::from_millis(20)), Switched::new(Duration::from_millis(20)));
    let both = || vec![first.clone() as Arc<dyn KeyService>, second.clone() as Arc<dyn KeyService>];
    let stored = EnvironmentKeys::new(both()).create("main", "dev", MADE_AT, None).await.unwrap().wrapped;
    let world = World { keys: EnvironmentKeys::new(both()), service: first.clone(), stored };
    (first, second, world)
}

#[tokio::test(start_paused = true)]
async fn whichever_key_service_is_left_opens_the_key() {
    for mood in [Mood::Down, Mood::Silent, Mood::Refusing] {
        let (first, _, world) = two().await;
        first.becomes(mood);
        world.get().await.unwrap();
    }
    let (_, second, world) = two().await;
    second.becomes(Mood::Down);
    world.get().await.unwrap();
    assert_eq!(world.keys.calls(), 1, "the second is not asked where the first answers");
}

#[tokio::test(start_paused = true)]
async fn a_silent_key_service_is_waited_for_once_while_another_answers() {
    let (first, _, world) = two().await;
    first.becomes(Mood::Silent);
    world.get().await.unwrap();
    let before = Instant::now();
    let elsewhere = world.keys.create("main", "prod", MADE_AT, None).await.unwrap().wrapped;
    assert!(before.elapsed() <= CALL_TIMEOUT);
    assert_eq!(Wraps::of(&elsewhere).unwrap().by.len(), 1, "a wrap is lacking, and the key is there");
    let before = Instant::now();
    world
        .keys
        .get("main", "prod", name_of(&elsewhere), || async { Ok::<_, KeyServiceError>(elsewhere) })
        .await
        .unwrap();
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn one_that_refuses_drops_no_key_while_the_other_is_silent() {
    let (first, second, world) = two().await;
    world.get().await.unwrap();
    first.becomes(Mood::Refusing);
    second.becomes(Mood::Down);
    world.use_for(10 * 60).await;
    second.becomes(Mood::Refusing);
    pass(61 * MINUTE).await;
    assert!(is_denied(&world.get().await), "both refuse");
}

#[tokio::test(start_paused = true)]
async fn a_key_wrapped_anew_serves_on_when_the_old_key_service_goes() {
    let (old, new) = (Switched::new(Duration::ZERO), Switched::new(Duration::ZERO));
    let both: Vec<Arc<dyn KeyService>> = vec![new.clone(), old.clone()];
    let stored =
        EnvironmentKeys::new(vec![old.clone()]).create("main", "dev", MADE_AT, None).await.unwrap().wrapped;
    let mut world = World { keys: EnvironmentKeys::new(both), service: old.clone(), stored };
    world.get().await.unwrap();
    let wanted = world.keys.wanted().await.unwrap();
    world.stored = world.keys.rewrap("main", "dev", &world.stored, &wanted).await.unwrap();
    // The process has the form of before in mind; that one is refused, and nobody who reads notices.
    old.becomes(Mood::Refusing);
    world.use_for(3 * 60).await;
}
