//! One call for many connections: each is done as a call of its own would do it, a few at a time, and what one fails at stops no
//! other.

use crate::Fault;
use crate::fault::deadline_exceeded;
use futures::{StreamExt as _, stream};
use latchkey_chassis::grpc::grpc_timeout;
use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tonic::metadata::MetadataMap;

/// As many as one call may name.
pub const BATCH_MAX: usize = 100;

/// How many are done at a time: no batch takes all the places there are for callers who wait.
const AT_A_TIME: usize = 8;

/// A batch answers within this, and within its caller's deadline. Less than any call may take.
const ANSWERED_WITHIN: Duration = Duration::from_secs(55);

/// What the answer needs to get back.
const WAY_BACK: Duration = Duration::from_millis(200);

/// What came of each connection a batch named, in its order.
pub type Outcomes<T> = Vec<(String, Result<T, Fault>)>;

/// The connections of one call.
pub struct Batch {
    ids: Vec<String>,
    until: Instant,
}

impl Batch {
    /// # Errors
    /// Names the field where it holds none, more than [`BATCH_MAX`], or one twice.
    pub fn of(connection_ids: Vec<String>, metadata: &MetadataMap) -> Result<Self, Fault> {
        let invalid = |message: String| Err(Fault::field_invalid("connection_ids", message));
        if !(1..=BATCH_MAX).contains(&connection_ids.len()) {
            return invalid(format!("Name 1 to {BATCH_MAX} connections."));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = connection_ids.iter().find(|id| !seen.insert(id.as_str())) {
            return invalid(format!("`{twice}` is named twice."));
        }
        let within =
            grpc_timeout(metadata.as_ref()).map_or(ANSWERED_WITHIN, |named| named.min(ANSWERED_WITHIN));
        let until = Instant::now() + within.saturating_sub(WAY_BACK);
        Ok(Self { ids: connection_ids, until })
    }

    /// Does one thing to each. What is not done in time has failed at that, and the rest is told.
    pub async fn each<T, E, F>(self, one: impl Fn(String, Duration) -> F) -> Outcomes<T>
    where
        Fault: From<E>,
        F: Future<Output = Result<T, E>>,
    {
        let (one, until) = (&one, self.until);
        let each = self.ids.into_iter().map(|id| async move {
            let left = until.saturating_duration_since(Instant::now());
            // A timeout would begin what is over at once.
            if left.is_zero() {
                return (id, Err(deadline_exceeded()));
            }
            let done = timeout_at(until, one(id.clone(), left)).await;
            (id, done.map_or_else(|_| Err(deadline_exceeded()), |done| done.map_err(Fault::from)))
        });
        stream::iter(each).buffered(AT_A_TIME).collect().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("con_{number}")).collect()
    }

    fn batch(count: usize) -> Batch {
        Batch::of(ids(count), &MetadataMap::new()).unwrap()
    }

    #[test]
    fn a_batch_names_one_to_a_hundred_connections_each_once() {
        let refused = |ids: Vec<String>| {
            let fault = Batch::of(ids, &MetadataMap::new()).err()?;
            Some(fault.metadata["field"].clone())
        };
        let field = Some("connection_ids".to_owned());
        assert_eq!((refused(ids(1)), refused(ids(BATCH_MAX))), (None, None));
        assert_eq!((refused(vec![]), refused(ids(BATCH_MAX + 1))), (field.clone(), field.clone()));
        assert_eq!(refused(vec!["con_1".into(), "con_2".into(), "con_1".into()]), field);
    }

    #[tokio::test(start_paused = true)]
    async fn each_has_its_own_result_in_order_and_a_few_are_done_at_a_time() {
        let (under_way, most) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
        let outcomes = batch(20)
            .each(|id: String, _| async move {
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let number: u64 = id.trim_start_matches("con_").parse().unwrap();
                tokio::time::sleep(Duration::from_secs(1 + (20 - number) % 3)).await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                if number == 3 { Err(Fault::field_invalid("connection_id", "no")) } else { Ok(number) }
            })
            .await;
        assert_eq!(most.load(Ordering::SeqCst), AT_A_TIME);
        let order: Vec<_> = outcomes.iter().map(|(id, _)| id.clone()).collect();
        assert_eq!(order, ids(20));
        for (number, (_, outcome)) in outcomes.into_iter().enumerate() {
            assert_eq!(outcome.ok(), (number != 3).then_some(number as u64));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_into_the_time_is_not_begun_and_the_rest_is_told() {
        let begun = &AtomicUsize::new(0);
        let started = Instant::now();
        let outcomes = batch(100)
            .each(|_, _| async move {
                begun.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_secs(20)).await;
                Ok::<_, Fault>(())
            })
            .await;
        assert!(started.elapsed() < Duration::from_secs(60));
        let done = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count();
        assert_eq!((done, begun.load(Ordering::SeqCst)), (16, 24));
        let (_, last) = outcomes.last().unwrap();
        assert_eq!(last.as_ref().unwrap_err().reason, Reason::DeadlineExceeded);
    }
}
