//! What Latchkey promises, tried as a customer would: the built programs, a real browser's steps, a provider that can be
//! broken. One file a promise. Each runs in both topologies: `TOPOLOGY=one` (or none) and `TOPOLOGY=many`, the latter
//! within `tests/with-servers`. Every world ends with `finish`, which searches what was left behind for secrets.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod believes_no_mass_refusal;
mod believes_old_signatures;
mod brings_credentials;
mod bundles_for_support;
mod calls_through_the_proxy;
mod closes_the_inner_door;
mod connects_an_account;
mod connects_by_other_ways;
mod deletes_a_connection;
mod ends_the_grant_at_the_provider;
mod exchanges_tokens;
mod fails_and_is_mended;
mod fails_over;
mod finds_tampering;
mod gets_credentials;
mod imports_connections;
mod imports_from_elsewhere;
mod keeps_secrets;
mod learns_how_tokens_rotate;
mod looks_after_what_it_began;
mod loses_no_token;
mod meets_a_real_provider;
mod moves_as_lines;
mod passes_a_real_envoy;
mod publishes_events;
mod refreshes_before_expiry;
mod refuses_bad_settings;
mod replaces_keys_when_killed;
mod restores_a_backup;
mod rotates_keys;
mod sees_ends_coming;
mod settles_beforehand;
mod shows_what_it_deleted;
mod speaks_rest;
mod survives_a_lost_key_service;
mod survives_nonsense;
mod takes_one_answer;
mod tells_an_operator_what_is_wrong;
mod tells_by_webhook;
mod tells_strangers_nothing;
mod tells_what_was_tried;
mod tolerates_a_bad_provider;
mod tries_credentials;
