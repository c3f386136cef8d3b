use crate::batch::Outcomes;
use crate::pb::connection::BatchResult;

/// What came of each, for whoever asked for all of them.
#[must_use]
pub fn batch_results_to_pb<T>(outcomes: Outcomes<T>) -> Vec<BatchResult> {
    let result = |(connection_id, outcome): (String, Result<T, crate::Fault>)| match outcome {
        Ok(_) => BatchResult { connection_id, ..BatchResult::default() },
        Err(fault) => {
            BatchResult { connection_id, reason: fault.reason.word().to_owned(), message: fault.message }
        }
    };
    outcomes.into_iter().map(result).collect()
}
