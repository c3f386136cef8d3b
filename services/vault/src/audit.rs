//! What can be shown to somebody who does not take our word for it: receipts of deletions, signed with a key of the
//! environment's own.

mod keys;
mod receipt;

pub use keys::{SigningKey, unreadable_signing_key};
pub use receipt::{Deletion, receipt};
