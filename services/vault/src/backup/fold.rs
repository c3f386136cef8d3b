//! Folding a stream of whatever category from what a backup holds.

use crate::ledger::Document;
use latchkey_domain::Aggregate;
use latchkey_domain::api_key::ApiKey;
use latchkey_domain::authorization::Authorization;
use latchkey_domain::connection::Connection;
use latchkey_domain::creation::Creation;
use latchkey_domain::environment::Life;
use latchkey_domain::incident::Incident;
use latchkey_domain::integration::Integration;
use latchkey_domain::login_link::LoginLink;
use latchkey_domain::revocation::Revocation;
use latchkey_domain::safe_mode::SafeMode;
use latchkey_domain::session::Session;
use latchkey_domain::signing_key::SigningKeys;
use latchkey_domain::webhook_delivery::WebhookDelivery;
use latchkey_domain::webhook_endpoint::WebhookEndpoint;
use serde_json::Value;

/// A state that events are folded into.
pub struct Fold(Option<Box<dyn Folding>>);

trait Folding {
    fn take(&mut self, payload: Value) -> bool;
    fn comes_to(&self, format: u32, snapshot: &str) -> bool;
}

#[derive(Default)]
struct Folded<A>(A);

impl<A: Aggregate> Folding for Folded<A> {
    fn take(&mut self, payload: Value) -> bool {
        let Ok(event) = serde_json::from_value(payload) else { return false };
        self.0 = std::mem::take(&mut self.0).evolve(event);
        true
    }

    fn comes_to(&self, format: u32, snapshot: &str) -> bool {
        if format != A::FORMAT {
            // It is folded anew when it is loaded; what is in no event must be there.
            return serde_json::from_str::<Document<A::Secrets, Value>>(snapshot).is_ok();
        }
        let Ok(document) = serde_json::from_str::<Document<A::Secrets, A>>(snapshot) else { return false };
        let (mut stored, mut folded) = (document.state, self.0.clone());
        stored.restore_secrets(document.secrets.clone());
        folded.restore_secrets(document.secrets);
        matches!(
            (serde_json::to_value(&stored), serde_json::to_value(&folded)),
            (Ok(stored), Ok(folded)) if stored == folded
        )
    }
}

impl Fold {
    /// `None` stands for a category this program does not know.
    pub fn of(category: &str) -> Self {
        fn boxed<A: Aggregate>() -> (&'static str, fn() -> Box<dyn Folding>) {
            (A::CATEGORY, || Box::new(Folded::<A>::default()))
        }
        let known = [
            boxed::<ApiKey>(),
            boxed::<Authorization>(),
            boxed::<Connection>(),
            boxed::<Creation>(),
            boxed::<Incident>(),
            boxed::<Integration>(),
            boxed::<Life>(),
            boxed::<LoginLink>(),
            boxed::<Revocation>(),
            boxed::<SafeMode>(),
            boxed::<Session>(),
            boxed::<SigningKeys>(),
            boxed::<WebhookDelivery>(),
            boxed::<WebhookEndpoint>(),
        ];
        Self(known.into_iter().find(|(known, _)| *known == category).map(|(_, make)| make()))
    }

    /// Whether the event is one of its category's.
    pub fn take(&mut self, payload: Value) -> bool {
        self.0.as_mut().is_some_and(|fold| fold.take(payload))
    }

    /// Whether the events so far lead to what a snapshot says.
    pub fn comes_to(&self, format: u32, snapshot: &str) -> bool {
        self.0.as_ref().is_some_and(|fold| fold.comes_to(format, snapshot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_that_was_ever_written_is_known() {
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/domain/src/golden");
        let mut seen = 0;
        for file in std::fs::read_dir(golden).unwrap() {
            let path = file.unwrap().path();
            let category = path.file_stem().unwrap().to_str().unwrap();
            let mut fold = Fold::of(category);
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                assert!(fold.take(serde_json::from_str(line).unwrap()), "{category}: {line}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen}");
    }
}
