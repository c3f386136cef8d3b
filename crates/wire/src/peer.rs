//! What refreshers do for each other, as calls in domain words.

use crate::{
    Fault, Route,
    contract::{Consulted, KeptAnswer},
    pb::refresher::{self as pb, journal_peer_service_client::JournalPeerServiceClient},
};
use latchkey_domain::{ConnectionId, Generation};

/// Another refresher. Clones share the route, whose deadline holds for each call.
#[derive(Debug, Clone)]
pub struct PeerClient {
    journal: JournalPeerServiceClient<Route>,
}

impl PeerClient {
    #[must_use]
    pub fn new(route: Route) -> Self {
        Self { journal: JournalPeerServiceClient::new(route) }
    }

    /// Has it keep an answer for this worker. It is on its disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be reached or cannot write, or is this worker itself.
    pub async fn hold(&self, worker: &str, answer: KeptAnswer) -> Result<(), Fault> {
        let request = pb::HoldAnswerRequest { answer: Some(answer.into()), worker: worker.to_owned() };
        self.journal.clone().hold_answer(request).await?;
        Ok(())
    }

    /// What it knows of the refreshes made from one generation of a connection.
    ///
    /// # Errors
    /// Where it cannot be reached, or cannot read its journal.
    pub async fn consult(
        &self,
        connection: ConnectionId,
        generation: Generation,
    ) -> Result<Consulted, Fault> {
        let request = pb::ConsultRequest { connection: connection.to_string(), generation: generation.0 };
        self.journal.clone().consult(request).await?.into_inner().try_into()
    }
}
