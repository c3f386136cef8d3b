use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::*;

const GRACE: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn running_work_is_waited_for() {
    let lifecycle = Lifecycle::new(GRACE);
    let attempt = lifecycle.spawn("attempt", async {
        sleep(GRACE / 2).await;
        "stored"
    });
    assert_eq!(lifecycle.finish().await, Ok(()));
    assert!(attempt.is_finished());
    assert_eq!(attempt.await.unwrap(), Some("stored"));
}

#[tokio::test(start_paused = true)]
async fn work_that_outlasts_the_grace_period_is_cut_off_and_named() {
    let lifecycle = Lifecycle::new(GRACE);
    let started = Instant::now();
    let attempt = lifecycle.spawn("attempt", sleep(GRACE * 100));
    drop(lifecycle.spawn("quick", sleep(GRACE / 2)));
    assert_eq!(lifecycle.finish().await, Err(Unfinished { failed: vec![], cut: vec!["attempt"] }));
    assert_eq!(attempt.await.unwrap(), None);
    assert_eq!(started.elapsed().as_secs(), GRACE.as_secs());
}

#[tokio::test(start_paused = true)]
async fn loops_see_that_they_should_stop() {
    let lifecycle = Lifecycle::new(GRACE);
    let stopping = lifecycle.stopping();
    let worker = lifecycle.spawn("worker", stopping);
    assert!(!lifecycle.is_stopping());
    lifecycle.stop();
    assert!(lifecycle.is_stopping());
    assert_eq!(worker.await.unwrap(), Some(()));
}

#[tokio::test]
async fn an_essential_task_that_fails_stops_the_process() {
    let lifecycle = Lifecycle::new(GRACE);
    lifecycle.essential("server", async { Err(io::Error::other("the port is gone")) });
    assert_eq!(lifecycle.run_until_signal().await, Err(Unfinished { failed: vec!["server"], cut: vec![] }));
}

#[tokio::test]
async fn an_essential_task_that_panics_stops_the_process() {
    let lifecycle = Lifecycle::new(GRACE);
    lifecycle.essential("server", async {
        if !std::thread::panicking() {
            panic!("on purpose");
        }
        Ok::<(), io::Error>(())
    });
    assert_eq!(lifecycle.run_until_signal().await, Err(Unfinished { failed: vec!["server"], cut: vec![] }));
}

#[tokio::test]
async fn an_essential_task_that_ends_when_told_has_done_well() {
    let lifecycle = Lifecycle::new(GRACE);
    let stopping = lifecycle.stopping();
    lifecycle.essential("server", async {
        stopping.await;
        Ok::<(), io::Error>(())
    });
    lifecycle.stop();
    assert_eq!(lifecycle.run_until_signal().await, Ok(()));
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_stops_the_process() {
    let lifecycle = Lifecycle::new(GRACE);
    let stopping = lifecycle.stopping();
    let loop_ended = lifecycle.spawn("loop", stopping);
    // `join!` polls in this order, so the signal is sent when it is already listened for.
    let (finished, sent) = tokio::join!(lifecycle.run_until_signal(), async {
        tokio::process::Command::new("kill").arg("-TERM").arg(std::process::id().to_string()).status().await
    });
    assert!(sent.unwrap().success());
    assert_eq!(finished, Ok(()));
    assert_eq!(loop_ended.await.unwrap(), Some(()));
}
