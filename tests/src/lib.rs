//! The tests that belong to no single crate; each is a `[[test]]` of its own, see `Cargo.toml`.
