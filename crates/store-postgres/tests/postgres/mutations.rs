//! The rules are worth something: each fails for an adapter with the fault it is there to find.

use crate::faulty::{Fault, Faulty};
use crate::scratch::{self, Scratch};
use latchkey_store::Store;
use latchkey_store::conformance::{Database, claiming, following};
use sqlx::PgPool;
use std::sync::Arc;
use tokio::task::JoinError;

macro_rules! caught {
    ($($test:ident: $fault:ident by $topic:ident :: $rule:ident, saying $words:literal;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                // Other tests' transactions may hold the faulty reader or claimer back; not every time.
                for _ in 0..5 {
                    let database = with(Fault::$fault).await;
                    let kept = tokio::spawn(async move { $topic::$rule(&database).await });
                    if let Err(broken) = kept.await {
                        let words = complaint(broken);
                        assert!(words.contains($words), "the rule is broken in another way: {words}");
                        return;
                    }
                }
                panic!("the rule is kept by an adapter that breaks it");
            }
        )*
    };
}

caught! {
    a_feed_by_number_loses_what_a_slow_writer_commits:
        FeedByNumber by following::the_feed_waits_for_a_writer_that_is_slow_to_commit,
        saying "the feed lost or repeated an event";
    a_feed_by_number_of_what_is_settled_loses_what_was_numbered_early:
        FeedByNumberOfWhatIsSettled by following::the_feed_finds_an_event_that_was_numbered_early_and_written_late,
        saying "the feed lost or repeated an event";
    a_claim_without_guard_is_shared:
        ClaimWithoutGuard by claiming::two_claimers_never_share_a_stream,
        saying "two claimers share";
    an_append_that_ends_any_claim_frees_one_that_is_held:
        AppendFreesClaim by claiming::an_append_by_somebody_else_never_frees_a_held_claim,
        saying "frees a claim it does not hold";
    a_release_without_fence_frees_a_later_claim:
        ReleaseWithoutFence by claiming::a_lapsed_claim_is_given_out_again_under_a_higher_fence,
        saying "a lapsed claim's release frees nothing";
    a_hasten_that_hands_out_frees_a_claim_that_is_held:
        HastenFreesClaim by claiming::hasten_never_frees_a_held_claim,
        saying "is freed from its claimer";
}

async fn with(fault: Fault) -> Database {
    let scratch = Scratch::create().await;
    let database = scratch::on(scratch.clone());
    let open = move || {
        let scratch = scratch.clone();
        Box::pin(async move {
            let raw = PgPool::connect_lazy_with(scratch.options());
            Arc::new(Faulty { store: scratch.open().await, raw, fault }) as Arc<dyn Store>
        }) as latchkey_store::conformance::Promise<_>
    };
    Database { open: Box::new(open), ..database }
}

fn complaint(broken: JoinError) -> String {
    let panic = broken.into_panic();
    let text =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
