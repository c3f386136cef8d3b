//! No secret is left lying about. Every flow shows it by ending with `finish`; this one shows that `finish` would notice.

use latchkey_testkit::{Topology, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_does_get_out_is_found() {
    let world = World::start().await;
    // An end user's name is no secret, and is stored and told in the clear: a canary there must be seen.
    world.connect("demo-oauth", "canary_in_the_open").await;
    let places: &[&str] = match world.topology() {
        Topology::One => &["latchkey.db"],
        Topology::Many => {
            while world.stream().await.is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            &["the database", "a message at"]
        }
    };
    let finds = world.leaks().await;
    for place in places {
        assert!(finds.iter().any(|find| find.starts_with(place)), "nothing was found in {place}: {finds:?}");
    }
}
