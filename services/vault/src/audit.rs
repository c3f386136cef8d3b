//! What can be shown to somebody who does not take our word for it: receipts of deletions, and chains of all that was recorded,
//! signed with a key of the environment's own.

mod keep;
mod keys;
mod receipt;
mod record;
mod root;
mod verify;

pub use keep::{Step, step};
pub use root::Root;
pub use verify::{Problem, Verdict, Verifier};

pub(crate) use keep::{end_of, keep_chains};
pub(crate) use keys::{SigningKey, unreadable_signing_key};
pub(crate) use receipt::{Deletion, receipt};
pub(crate) use record::{Entry, Source, event_record, hex, link, read_record, unreadable_record};
pub(crate) use root::Statement;
