//! The rules of the house, read from `cargo metadata` and from the sources.
//!
//! A rule is a function from what it looks at to the list of its violations. Each is used twice: on the repository,
//! where the list must be empty, and, beside the rule, on a small bad sample, where it must not be.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says what is wrong by stopping"
)]

mod code;
mod dependencies;
mod graph;
mod migrations;
mod naming;
mod repository;
mod sizes;
mod source;
mod words;

/// Fails with the rule and every place that breaks it.
#[track_caller]
fn none(rule: &str, violations: Vec<String>) {
    assert!(violations.is_empty(), "{rule}:\n  {}\n", violations.join("\n  "));
}
