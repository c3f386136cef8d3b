//! One at a time, by name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

/// Lets those who want the same thing do it one after another. Cheap to clone.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<String, Arc<Gate<()>>>>>);

impl Turns {
    /// Waits for the turn, which lasts as long as what is given.
    pub async fn take(&self, name: String) -> OwnedMutexGuard<()> {
        let gate = {
            let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody has or awaits a turn at a gate that stands here alone.
            gates.retain(|_, gate| Arc::strong_count(gate) > 1);
            Arc::clone(gates.entry(name).or_default())
        };
        gate.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn two_of_one_name_never_have_their_turn_at_once_and_nothing_is_left_behind() {
        let (turns, inside) = (Turns::default(), Arc::new(AtomicU32::new(0)));
        let work = |name: &'static str| {
            let (turns, inside) = (turns.clone(), Arc::clone(&inside));
            tokio::spawn(async move {
                let _turn = turns.take(name.into()).await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
            })
        };
        for task in [work("a"), work("a"), work("a")] {
            task.await.unwrap();
        }
        let _turn = turns.take("b".into()).await;
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn another_name_is_not_waited_for() {
        let turns = Turns::default();
        let _a = turns.take("a".into()).await;
        let _b = turns.take("b".into()).await;
    }
}
