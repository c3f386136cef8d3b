//! What must hold of a connection's recorded history, whatever went wrong.

use crate::provider::Family;
use latchkey_domain::connection::Event;
use latchkey_store::Recorded;

/// What the history breaks; empty where it is as it should be.
pub fn broken_promises(history: &[Recorded], family: &Family) -> Vec<String> {
    let mut promises = vec![];
    let (mut generation, mut failing, mut broken) = (0, false, false);
    for recorded in history {
        let event: Event = serde_json::from_value(recorded.event.payload.clone()).unwrap();
        match event {
            Event::Established { credential, .. } | Event::CredentialsRefreshed { credential, .. } => {
                if credential.generation.0 != generation + 1 {
                    promises.push(format!("generation {} follows {generation}", credential.generation.0));
                }
                generation = credential.generation.0;
                (failing, broken) = (false, false);
            }
            Event::RefreshFailed { attempts, .. } => {
                if failing == (attempts == 1) {
                    promises.push(format!("failure {attempts} of an episode, which goes on: {failing}"));
                }
                failing = true;
            }
            Event::Broken { .. } => {
                if broken {
                    promises.push("it breaks twice in one episode".to_owned());
                }
                if family.refusals == 0 {
                    promises.push("it breaks, and the provider never refused".to_owned());
                }
                broken = true;
            }
            Event::RefusalWithdrawn { .. } => (failing, broken) = (true, false),
            _ => {}
        }
    }
    if family.waited_for_max > 1 {
        promises.push(format!("{} requests at once with one refresh token", family.waited_for_max));
    }
    promises
}
