//! The rules every adapter must keep, each an async function whose name is the promise.
//!
//! An adapter's tests name a function that makes a [`Database`] of its own for every rule, and
//! [`conformance_tests!`](crate::conformance_tests) turns the list below into one test per rule. A rule panics where
//! the promise is broken. Times are small numbers: no rule, like no adapter, asks what time it is.
#![expect(clippy::expect_used, reason = "a rule is a test: it says what went wrong by panicking")]

pub mod appending;
pub mod archiving;
pub mod chaining;
pub mod claiming;
mod contents;
pub mod following;
pub mod keeping;
pub mod listing;
pub mod logging;
pub mod queueing;
pub mod reading;
pub mod remembering;
pub mod watching;

use crate::{NewEvent, Store, Stream};
use async_trait::async_trait;
use std::{any::Any, future::Future, pin::Pin, sync::Arc};

pub type Promise<T> = Pin<Box<dyn Future<Output = T> + Send>>;
pub type Opener = Box<dyn Fn() -> Promise<Arc<dyn Store>> + Send + Sync>;
pub type Staller = Box<dyn Fn(Stall, Stream, NewEvent) -> Promise<Box<dyn Stalled>> + Send + Sync>;

/// An empty database, and the ways to reach it.
pub struct Database {
    /// Opens one more client of the database, with connections of its own.
    pub open: Opener,
    /// Begins, behind the port's back, a stream's first append, and stops half-way.
    pub stall: Staller,
    /// Dropped last: whatever removes the database.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl Database {
    pub async fn client(&self) -> Arc<dyn Store> {
        (self.open)().await
    }
}

/// Where a slow writer stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stall {
    /// Its event has a number, and nothing has been written.
    BeforeWriting,
    /// Everything has been written, and nothing committed.
    BeforeCommitting,
}

/// An append that stopped half-way.
#[async_trait]
pub trait Stalled: Send {
    async fn commit(self: Box<Self>);
    async fn roll_back(self: Box<Self>);
}

/// One test for each rule, on a database made by an `async fn() -> Database`.
#[macro_export]
macro_rules! conformance_tests {
    ($database:path) => {
        $crate::conformance_tests! { $database;
            appending::what_was_appended_is_read_back,
            appending::a_conflict_writes_nothing,
            appending::an_append_without_events_replaces_snapshot_and_card,
            appending::a_stream_begins_with_an_event,
            appending::of_many_creators_one_wins,
            appending::sixty_four_appenders_leave_no_gap_in_the_versions,
            appending::a_restart_keeps_everything,
            claiming::what_fell_due_first_is_claimed_first,
            claiming::two_claimers_never_share_a_stream,
            claiming::a_lapsed_claim_is_given_out_again_under_a_higher_fence,
            claiming::a_claim_tells_whether_the_one_before_ran_out,
            claiming::a_release_gives_the_stream_back_still_due,
            claiming::the_append_that_fulfils_a_claim_ends_it,
            claiming::an_append_by_somebody_else_never_frees_a_held_claim,
            claiming::hasten_never_frees_a_held_claim,
            claiming::hasten_makes_due_earlier_and_never_later,
            claiming::hasten_of_what_has_changed_meanwhile_does_nothing,
            claiming::a_renewed_claim_lapses_at_its_new_time,
            claiming::a_claim_that_was_given_back_or_fulfilled_is_not_renewed,
            claiming::what_is_forgotten_is_gone_and_its_events_stay,
            claiming::only_what_is_due_and_unheld_is_counted,
            queueing::what_is_wanted_is_claimed_before_what_is_merely_due,
            queueing::what_is_due_already_can_become_wanted,
            queueing::it_is_wanted_until_something_is_appended,
            queueing::a_lane_with_nearly_all_that_is_due_does_not_starve_the_others,
            queueing::every_lane_gets_its_turn_however_many_there_are,
            queueing::within_a_lane_the_oldest_due_is_claimed_first,
            queueing::lanes_that_are_passed_over_keep_what_is_due,
            queueing::nothing_due_is_left_behind_whatever_the_turns,
            following::the_feed_is_read_in_pages_without_gap_or_repetition,
            following::the_feed_waits_for_a_writer_that_is_slow_to_commit,
            following::the_feed_finds_an_event_that_was_numbered_early_and_written_late,
            following::the_feed_shows_each_committed_event_once_whatever_the_writers_do,
            following::a_reader_from_the_end_sees_only_news,
            following::a_cursor_moves_forward_only,
            following::a_cursor_is_set_back_only_by_a_rewind,
            following::a_reader_that_was_set_back_is_not_carried_past_what_was_lost,
            keeping::a_destroyed_key_is_gone_and_history_still_reads,
            keeping::a_key_that_is_put_replaces_the_older_one,
            keeping::of_many_keys_put_at_once_one_wins,
            keeping::keys_are_found_by_what_wrapped_them,
            keeping::a_key_is_replaced_and_removed_only_where_it_is_what_it_was,
            keeping::a_key_is_exchanged_only_where_no_claim_is_or_ran_out,
            listing::pages_hold_every_stream_once_in_the_order_of_ids,
            listing::filters_narrow_a_list,
            listing::a_tally_counts_by_environment_parent_and_status,
            logging::a_log_grows_part_by_part_and_its_latest_outcome_stands,
            logging::pages_of_logs_hold_each_once_the_newest_first,
            logging::filters_narrow_a_list_of_logs,
            logging::another_environments_log_is_as_if_it_never_was,
            logging::what_is_written_is_told_in_order_and_again_when_it_grows,
            logging::a_tail_misses_nothing_while_many_write,
            logging::the_oldest_logs_are_swept_in_steps,
            listing::the_newest_can_come_first_whatever_the_filter,
            listing::tags_are_found_until_others_take_their_place,
            listing::an_external_id_belongs_to_one_stream_of_a_parent,
            listing::of_many_who_want_one_external_id_one_gets_it,
            listing::what_ends_is_listed_and_counted_by_when,
            listing::what_runs_out_is_counted_by_when,
            listing::what_is_due_is_listed_in_its_order_and_counted,
            reading::a_readers_reads_are_counted_together,
            reading::reads_are_told_in_the_order_they_were_added,
            reading::old_reads_are_swept_in_steps,
            remembering::what_changed_its_status_is_counted_by_slot,
            remembering::what_began_before_changes_were_kept_is_known_from_its_first_change,
            remembering::a_conflict_changes_no_count,
            watching::what_ends_is_counted_by_parent_and_how_soon,
            watching::what_comes_after_a_position_is_counted_and_no_further_than_asked,
            watching::a_schema_that_was_just_made_is_complete,
            chaining::a_chain_is_read_as_it_was_written_each_environments_by_itself,
            chaining::a_chain_is_lengthened_with_the_cursor_or_not_at_all,
            chaining::of_many_who_lengthen_a_chain_at_once_one_does,
            chaining::records_are_found_by_their_places,
        }
    };
    ($database:path; $($topic:ident :: $rule:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let database = $database().await;
                $crate::conformance::$topic::$rule(&database).await;
            }
        )*
    };
}
