//! How operators come into the dashboard, and what its pages may ask for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod asking;
mod entering;
mod moving;
mod world;
