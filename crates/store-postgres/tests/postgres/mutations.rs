//! The rules are worth something: each fails for an adapter with the fault it is there to find.

use crate::faulty::{Fault, Faulty};
use crate::scratch::{self, Scratch};
use latchkey_store::Store;
use latchkey_store::conformance::{Database, claiming, following, queueing};
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
    a_hasten_of_only_what_is_due_later_leaves_who_waits_in_the_queue:
        HastenOnlyWhatIsLater by queueing::what_is_due_already_can_become_wanted,
        saying "left == right";
    claims_of_the_oldest_of_all_starve_small_lanes:
        OldestOfAll by queueing::a_lane_with_nearly_all_that_is_due_does_not_starve_the_others,
        saying "a small lane is starved";
    turns_that_begin_with_the_same_lane_never_come_to_the_last:
        TurnsFromTheStart by queueing::every_lane_gets_its_turn_however_many_there_are,
        saying "a lane never had its turn";
    claims_of_any_of_a_lane_leave_the_oldest_behind:
        AnyOfALane by queueing::within_a_lane_the_oldest_due_is_claimed_first,
        saying "left == right";
    claims_that_ignore_who_waits_are_noticed:
        WantedWaits by queueing::what_is_wanted_is_claimed_before_what_is_merely_due,
        saying "somebody waits for it";
    claims_that_pass_over_nothing_are_noticed:
        PassesOverNothing by queueing::lanes_that_are_passed_over_keep_what_is_due,
        saying "a lane that was to be passed over is claimed";
    a_renewal_without_fence_takes_over_a_later_claim:
        RenewWithoutFence by claiming::a_renewed_claim_lapses_at_its_new_time,
        saying "a claim that lapsed is another's now";
    a_renewal_that_revives_holds_what_was_given_back:
        RenewRevives by claiming::a_claim_that_was_given_back_or_fulfilled_is_not_renewed,
        saying "it was given back";
    a_stream_forgotten_without_fence_is_noticed:
        ForgetWithoutFence by claiming::what_is_forgotten_is_gone_and_its_events_stay,
        saying "another's claim gives no right to it";
    a_forgotten_streams_key_that_stays_is_noticed:
        ForgetKeepsKey by claiming::what_is_forgotten_is_gone_and_its_events_stay,
        saying "its key is gone with it";
    an_advance_that_compares_nothing_jumps_over_a_rewind:
        AdvanceWithoutComparing by following::a_reader_that_was_set_back_is_not_carried_past_what_was_lost,
        saying "it jumps over the rewind";
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
