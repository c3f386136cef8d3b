use super::{Door, status};
use crate::explain::{explain_incident, explain_ours, explain_safe_mode};
use crate::vault::{ListIncidents, Safety};
use latchkey_domain::api_key::Scope;
use latchkey_domain::incident::{Closed, Incident, Open};
use latchkey_domain::safe_mode::Integration;
use latchkey_domain::{IntegrationKey, Timestamp};
use latchkey_wire::convert::{failure_to_pb, parse_optional, timestamp_to_pb};
use latchkey_wire::pb::connection as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::incident_service_server::IncidentService for Door {
    async fn list_incidents(
        &self,
        request: Request<pb::ListIncidentsRequest>,
    ) -> Result<Response<pb::ListIncidentsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::ConnectionsRead).await?;
        let asked = request.into_inner();
        let integration: Option<IntegrationKey> = parse_optional("integration", &asked.integration)?;
        let everything = integration.is_none() && asked.provider.is_empty();
        let list = ListIncidents {
            environment: key.environment,
            integration: integration.map(|key| key.to_string()),
            provider: Some(asked.provider).filter(|provider| !provider.is_empty()),
            include_closed: asked.include_closed,
        };
        let mut incidents = if everything { self.ours() } else { vec![] };
        incidents.extend(self.safe_mode(&list).await?);
        let listed = self.vault.incidents(list).await.map_err(status)?;
        incidents.extend(listed.iter().filter_map(render));
        Ok(Response::new(pb::ListIncidentsResponse { incidents }))
    }
}

impl Door {
    /// While it is on: of an integration, where that was not released, and else of all.
    async fn safe_mode(&self, list: &ListIncidents) -> Result<Option<pb::Incident>, Status> {
        let safety = self.vault.safety().await.map_err(|error| status(error.into()))?;
        let (Safety::On { terms, .. }, Some(told)) = (&safety, explain_safe_mode(&safety)) else {
            return Ok(None);
        };
        let integration = list.integration.as_deref().and_then(|key| key.parse().ok());
        let holds = integration.is_none_or(|integration| {
            safety.holds(&Integration { environment: list.environment.clone(), integration })
        });
        Ok((list.provider.is_none() && holds).then(|| pb::Incident {
            kind: "SAFE_MODE".to_owned(),
            state: "OPEN".to_owned(),
            begin_time: Some(timestamp_to_pb(terms.since)),
            whose_turn: told.whose_turn.to_owned(),
            what_happened: told.what_happened,
            what_to_do: told.what_to_do,
            ..pb::Incident::default()
        }))
    }

    fn ours(&self) -> Vec<pb::Incident> {
        let troubles = self.vault.troubles_of_ours();
        let render = |trouble| {
            let (kind, told) = explain_ours(trouble);
            pb::Incident {
                kind: kind.to_owned(),
                state: "OPEN".to_owned(),
                begin_time: Some(timestamp_to_pb(trouble.since)),
                whose_turn: told.whose_turn.to_owned(),
                what_happened: told.what_happened,
                what_to_do: told.what_to_do,
                ..pb::Incident::default()
            }
        };
        troubles.into_iter().map(render).collect()
    }
}

fn render(incident: &Incident) -> Option<pb::Incident> {
    let told = explain_incident(incident)?;
    let (subject, kind, state) = match incident {
        Incident::Absent => return None,
        Incident::Open(Open { subject, kind, half_open, .. }) => {
            (subject, kind, if *half_open { "HALF_OPEN" } else { "OPEN" })
        }
        Incident::Closed(Closed { subject, kind, .. }) => (subject, kind, "CLOSED"),
    };
    let at = |at: Timestamp| Some(timestamp_to_pb(at));
    let (begin_time, end_time, next_attempt_time, failure) = match incident {
        Incident::Open(open) => {
            (at(open.since), None, open.next_probe_at().and_then(at), open.failure.as_ref())
        }
        Incident::Closed(closed) => (at(closed.since), at(closed.at), None, None),
        Incident::Absent => (None, None, None, None),
    };
    Some(pb::Incident {
        kind: kind.as_str().to_owned(),
        state: state.to_owned(),
        integration: subject.integration.as_ref().map(ToString::to_string).unwrap_or_default(),
        provider: subject.provider.clone(),
        begin_time,
        end_time,
        next_attempt_time,
        failure: failure.map(failure_to_pb),
        whose_turn: told.whose_turn.to_owned(),
        what_happened: told.what_happened,
        what_to_do: told.what_to_do,
    })
}
