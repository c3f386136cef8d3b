//! Webhooks: what happens, told customers over HTTP. The vault decides who is told what and signs it; whoever has a way out
//! makes the requests.
//!
//! Invariant: the cursor passes an event when its deliveries are stored, so that nothing is lost between the event and its
//! deliveries, whatever stops in between; and a delivery's id is made of endpoint and event, so that nothing is queued twice.

mod fan_out;
mod keys;
mod message;
mod replay;
mod rules;

pub use fan_out::{TOLD_OF, fan_out};
pub use keys::Keys;
pub use message::{TEST, body, event_type};
pub use replay::ReplayEvents;
pub use rules::{address, check, event_types};
