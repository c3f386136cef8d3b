//! Connect as a browser sees it: with a vault behind it, and a provider to go to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod api;
mod approvals;
mod callback;
mod pages;
mod typed;
mod watching;
mod world;
