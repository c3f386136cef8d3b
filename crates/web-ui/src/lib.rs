//! The browser's programs: the connect pages, the dashboard, and the script that products embed. They are written in
//! TypeScript under `web`, built into `dist`, and served from here, out of the program itself.
//!
//! Nothing here knows what the programs do. Whoever serves a page asks for [`url`]s and sends a [`Policy`] with it.

mod assets;
mod policy;

pub use assets::{has_text, router, url};
pub use policy::Policy;

/// One file of `dist`.
struct File {
    name: &'static str,
    content_type: &'static str,
    etag: &'static str,
    bytes: &'static [u8],
    brotli: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));
