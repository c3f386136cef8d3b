//! The migrations are part of the library: building again when one is added.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/sqlite");
}
