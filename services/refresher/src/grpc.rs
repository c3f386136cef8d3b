//! The refresher's one door, for other refreshers: parse, call, render. Everything that passes is sealed.

use crate::journal::Journal;
use crate::peers::{consulted, from_wire};
use latchkey_chassis::Clock;
use latchkey_domain::{ConnectionId, Generation};
use latchkey_wire::Fault;
use latchkey_wire::contract::KeptAnswer;
use latchkey_wire::pb::refresher as pb;
use pb::journal_peer_service_server::{JournalPeerService, JournalPeerServiceServer};
use std::sync::Arc;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tracing::warn;

struct Door {
    journal: Journal,
    clock: Arc<dyn Clock>,
}

pub fn door(journal: &Journal, clock: &Arc<dyn Clock>) -> Routes {
    Routes::new(JournalPeerServiceServer::new(Door { journal: journal.clone(), clock: clock.clone() }))
}

#[tonic::async_trait]
impl JournalPeerService for Door {
    async fn hold_answer(
        &self,
        request: Request<pb::HoldAnswerRequest>,
    ) -> Result<Response<pb::HoldAnswerResponse>, Status> {
        let (answer, worker): (KeptAnswer, String) = request.into_inner().try_into()?;
        if worker == self.journal.worker() {
            return Err(Fault::field_invalid("worker", "A refresher keeps no copies for itself.").into());
        }
        if let Err(error) = self.journal.hold(from_wire(answer), self.clock.now()).await {
            warn!(%error, "A copy of another refresher's answer could not be written down");
            return Err(Status::unavailable("the journal cannot be written"));
        }
        metrics::counter!("latchkey_journal_held_total").increment(1);
        Ok(Response::new(pb::HoldAnswerResponse {}))
    }

    async fn consult(
        &self,
        request: Request<pb::ConsultRequest>,
    ) -> Result<Response<pb::ConsultResponse>, Status> {
        let (connection, generation): (ConnectionId, Generation) = request.into_inner().try_into()?;
        match self.journal.consult(connection, generation).await {
            Ok(known) => Ok(Response::new(consulted(known, self.journal.since()).into())),
            Err(error) => {
                warn!(%error, "The journal could not be read for another refresher");
                Err(Status::unavailable("the journal cannot be read"))
            }
        }
    }
}
