//! The same of many connections. Each is done as the call for it alone does it.

use super::super::fault;
use super::{Door, asking};
use latchkey_wire::Fault;
use latchkey_wire::batch::Batch;
use latchkey_wire::contract::KeyView;
use latchkey_wire::convert::{batch_results_to_pb, parse, required};
use latchkey_wire::pb::connection as pb;
use std::time::Duration;
use tonic::Request;

type Results = Result<Vec<pb::BatchResult>, Fault>;

impl Door {
    pub(super) async fn update_batch(
        &self,
        key: &KeyView,
        request: Request<pb::BatchUpdateConnectionsRequest>,
    ) -> Results {
        let (metadata, _, asked) = request.into_parts();
        let change = of_any(required("change", asked.change)?)?;
        let each = |connection_id: String, _: Duration| {
            let change = pb::UpdateConnectionRequest { connection_id, ..change.clone() };
            let describe = asking::describe(key.environment.clone(), key.id, change);
            async move { self.vault.describe_connection(describe?).await.map_err(fault) }
        };
        Ok(batch_results_to_pb(Batch::of(asked.connection_ids, &metadata)?.each(each).await))
    }

    pub(super) async fn refresh_batch(
        &self,
        key: &KeyView,
        request: Request<pb::BatchRefreshConnectionsRequest>,
    ) -> Results {
        let (metadata, _, asked) = request.into_parts();
        let each = |id: String, left: Duration| async move {
            let id = parse("connection_id", &id)?;
            self.vault.refresh_now(&key.environment, id, Some(left)).await.map_err(fault)
        };
        Ok(batch_results_to_pb(Batch::of(asked.connection_ids, &metadata)?.each(each).await))
    }

    pub(super) async fn delete_batch(
        &self,
        key: &KeyView,
        request: Request<pb::BatchDeleteConnectionsRequest>,
    ) -> Results {
        let (metadata, _, asked) = request.into_parts();
        let at_provider = asking::at_provider(asked.revoke_at_provider, asked.revoke_account)?;
        let each = |id: String, _: Duration| async move {
            let id = parse("connection_id", &id)?;
            self.vault.delete_connection(&key.environment, id, at_provider).await.map_err(fault)
        };
        Ok(batch_results_to_pb(Batch::of(asked.connection_ids, &metadata)?.each(each).await))
    }
}

/// A change that says nothing of which connection it is.
fn of_any(change: pb::UpdateConnectionRequest) -> Result<pb::UpdateConnectionRequest, Fault> {
    let said = [
        ("change.connection_id", &change.connection_id),
        ("change.etag", &change.etag),
        ("change.external_id", &change.external_id),
    ];
    let of_one = said.into_iter().find(|(_, text)| !text.is_empty()).map(|(field, _)| field);
    match of_one {
        Some(field) => {
            Err(Fault::field_invalid(field, "That is of one connection alone: use UpdateConnection."))
        }
        None => Ok(change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_many_says_nothing_of_one() {
        let fine = pb::UpdateConnectionRequest { display_name: "Acme".into(), ..Default::default() };
        assert_eq!(of_any(fine.clone()).unwrap(), fine);
        for (field, change) in [
            (
                "change.connection_id",
                pb::UpdateConnectionRequest { connection_id: "x".into(), ..fine.clone() },
            ),
            ("change.etag", pb::UpdateConnectionRequest { etag: "x".into(), ..fine.clone() }),
            ("change.external_id", pb::UpdateConnectionRequest { external_id: "x".into(), ..fine.clone() }),
        ] {
            assert_eq!(of_any(change).unwrap_err().metadata["field"], field);
        }
    }
}
