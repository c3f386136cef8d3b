use super::{Door, status};
use crate::vault::{ChangeEndpoint, CreateEndpoint, ListDeliveries};
use latchkey_domain::Environment;
use latchkey_domain::api_key::Scope;
use latchkey_domain::webhook_delivery::{Attempt, AttemptFailure, WebhookDelivery};
use latchkey_domain::webhook_endpoint::{Format, Live, Settings, Standing};
use latchkey_wire::convert::{
    duration_from_pb, duration_to_pb, parse, parse_list, parse_optional, secret_to_pb, timestamp_to_pb,
};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::{Fault, Kind, Reason};
use std::time::Duration;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

/// How many events one call may name.
const EVENTS_NAMED_MAX: usize = 1000;

#[tonic::async_trait]
impl pb::webhook_service_server::WebhookService for Door {
    async fn create_webhook_endpoint(
        &self,
        request: Request<pb::CreateWebhookEndpointRequest>,
    ) -> Result<Response<pb::CreateWebhookEndpointResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        let create = CreateEndpoint {
            environment,
            settings: Settings {
                url: asked.url,
                event_types: asked.event_types,
                description: asked.description,
                format: format_of(asked.format)?.unwrap_or_default(),
            },
            enabled: !asked.paused,
            ed25519: asked.ed25519,
        };
        let (live, secret) = self.vault.create_webhook_endpoint(create).await.map_err(status)?;
        let (endpoint, secret) = (Some(self.render(&live)), secret_to_pb(&secret));
        Ok(Response::new(pb::CreateWebhookEndpointResponse { endpoint, secret }))
    }

    async fn get_webhook_endpoint(
        &self,
        request: Request<pb::GetWebhookEndpointRequest>,
    ) -> Result<Response<pb::GetWebhookEndpointResponse>, Status> {
        let environment = self.shown_webhooks_of(request.metadata()).await?;
        let id = parse("endpoint_id", &request.into_inner().endpoint_id)?;
        let live = self.vault.webhook_endpoint(&environment, id).await.map_err(status)?;
        Ok(Response::new(pb::GetWebhookEndpointResponse { endpoint: Some(self.render(&live)) }))
    }

    async fn list_webhook_endpoints(
        &self,
        request: Request<pb::ListWebhookEndpointsRequest>,
    ) -> Result<Response<pb::ListWebhookEndpointsResponse>, Status> {
        let environment = self.shown_webhooks_of(request.metadata()).await?;
        let endpoints = self.vault.webhook_endpoints(&environment).await.map_err(status)?;
        let endpoints = endpoints.iter().map(|live| self.render(live)).collect();
        Ok(Response::new(pb::ListWebhookEndpointsResponse { endpoints }))
    }

    async fn update_webhook_endpoint(
        &self,
        request: Request<pb::UpdateWebhookEndpointRequest>,
    ) -> Result<Response<pb::UpdateWebhookEndpointResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        let id = parse("endpoint_id", &asked.endpoint_id)?;
        let change = ChangeEndpoint {
            url: asked.url,
            event_types: asked.event_types.map(|types| types.event_types),
            description: asked.description,
            format: format_of(asked.format)?,
            enabled: asked.enabled,
        };
        let live = self.vault.change_webhook_endpoint(&environment, id, change).await.map_err(status)?;
        Ok(Response::new(pb::UpdateWebhookEndpointResponse { endpoint: Some(self.render(&live)) }))
    }

    async fn delete_webhook_endpoint(
        &self,
        request: Request<pb::DeleteWebhookEndpointRequest>,
    ) -> Result<Response<pb::DeleteWebhookEndpointResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let id = parse("endpoint_id", &request.into_inner().endpoint_id)?;
        self.vault.delete_webhook_endpoint(&environment, id).await.map_err(status)?;
        Ok(Response::new(pb::DeleteWebhookEndpointResponse {}))
    }

    async fn rotate_webhook_secret(
        &self,
        request: Request<pb::RotateWebhookSecretRequest>,
    ) -> Result<Response<pb::RotateWebhookSecretResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        let id = parse("endpoint_id", &asked.endpoint_id)?;
        let keep = duration_from_pb("keep_previous", asked.keep_previous)?;
        let (live, secret) =
            self.vault.rotate_webhook_secret(&environment, id, keep).await.map_err(status)?;
        let (endpoint, secret) = (Some(self.render(&live)), secret_to_pb(&secret));
        Ok(Response::new(pb::RotateWebhookSecretResponse { endpoint, secret }))
    }

    async fn send_test_webhook(
        &self,
        request: Request<pb::SendTestWebhookRequest>,
    ) -> Result<Response<pb::SendTestWebhookResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let id = parse("endpoint_id", &request.into_inner().endpoint_id)?;
        let delivery = self.vault.send_test_webhook(&environment, id).await.map_err(status)?;
        Ok(Response::new(pb::SendTestWebhookResponse { delivery: render_delivery(&delivery) }))
    }

    async fn list_deliveries(
        &self,
        request: Request<pb::ListDeliveriesRequest>,
    ) -> Result<Response<pb::ListDeliveriesResponse>, Status> {
        let environment = self.shown_webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        let state = pb::DeliveryState::try_from(asked.state)
            .map_err(|_| Fault::field_invalid("state", "There is no such state."))?;
        let list = ListDeliveries {
            environment,
            endpoint: parse("endpoint_id", &asked.endpoint_id)?,
            status: status_word(state),
            after: parse_optional("page_token", &asked.page_token).map_err(page_token_invalid)?,
            max: asked.page_size,
        };
        let listed = self.vault.webhook_deliveries(list).await.map_err(status)?;
        Ok(Response::new(pb::ListDeliveriesResponse {
            deliveries: listed.deliveries.iter().filter_map(render_delivery).collect(),
            next_page_token: listed.next.unwrap_or_default(),
        }))
    }

    async fn get_delivery(
        &self,
        request: Request<pb::GetDeliveryRequest>,
    ) -> Result<Response<pb::GetDeliveryResponse>, Status> {
        let environment = self.shown_webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        let (endpoint, event) =
            (parse("endpoint_id", &asked.endpoint_id)?, parse("event_id", &asked.event_id)?);
        let delivery = self.vault.webhook_delivery(&environment, endpoint, &event).await.map_err(status)?;
        Ok(Response::new(pb::GetDeliveryResponse { delivery: render_delivery(&delivery) }))
    }

    async fn redeliver_webhooks(
        &self,
        request: Request<pb::RedeliverWebhooksRequest>,
    ) -> Result<Response<pb::RedeliverWebhooksResponse>, Status> {
        let environment = self.webhooks_of(request.metadata()).await?;
        let asked = request.into_inner();
        if asked.event_ids.len() > EVENTS_NAMED_MAX {
            let message = format!("Name at most {EVENTS_NAMED_MAX} events at a time.");
            return Err(Fault::field_invalid("event_ids", message).into());
        }
        let (endpoint, events) =
            (parse("endpoint_id", &asked.endpoint_id)?, parse_list("event_ids", &asked.event_ids)?);
        let (count, more) =
            self.vault.redeliver_webhooks(&environment, endpoint, events).await.map_err(status)?;
        Ok(Response::new(pb::RedeliverWebhooksResponse { count, more }))
    }
}

impl Door {
    /// The environment whose webhooks a caller may see to.
    pub(super) async fn webhooks_of(&self, metadata: &MetadataMap) -> Result<Environment, Fault> {
        Ok(self.authenticator.require(metadata, Scope::WebhooksAdmin).await?.environment)
    }

    /// The environment whose webhooks a caller may see.
    async fn shown_webhooks_of(&self, metadata: &MetadataMap) -> Result<Environment, Fault> {
        Ok(self.authenticator.require(metadata, Scope::WebhooksRead).await?.environment)
    }

    fn render(&self, live: &Live) -> pb::WebhookEndpoint {
        let previous = live.previous_at(self.vault.now());
        let (cause, disabled_at) = match live.standing {
            Standing::Disabled { cause, at } => (cause.as_str(), Some(at)),
            Standing::Enabled | Standing::Paused => ("", None),
        };
        let state = match live.standing {
            Standing::Enabled => pb::WebhookEndpointState::Enabled,
            Standing::Paused => pb::WebhookEndpointState::Paused,
            Standing::Disabled { .. } => pb::WebhookEndpointState::Disabled,
        };
        let format = match live.settings.format {
            Format::Standard => pb::WebhookFormat::Standard,
            Format::Compat => pb::WebhookFormat::Compat,
        };
        pb::WebhookEndpoint {
            id: live.id.to_string(),
            url: live.settings.url.clone(),
            event_types: live.settings.event_types.clone(),
            description: live.settings.description.clone(),
            format: format.into(),
            state: state.into(),
            disabled_cause: cause.to_owned(),
            disable_time: disabled_at.map(timestamp_to_pb),
            failing_since: live.failing_since.map(timestamp_to_pb),
            public_key: live.key.public_key.clone().unwrap_or_default(),
            secret_generation: live.key.generation,
            previous_secret_expire_time: previous.map(|previous| timestamp_to_pb(previous.until)),
            previous_public_key: previous
                .and_then(|previous| previous.key.public_key.clone())
                .unwrap_or_default(),
            create_time: Some(timestamp_to_pb(live.created_at)),
        }
    }
}

fn format_of(format: i32) -> Result<Option<Format>, Fault> {
    match pb::WebhookFormat::try_from(format) {
        Ok(pb::WebhookFormat::Unspecified) => Ok(None),
        Ok(pb::WebhookFormat::Standard) => Ok(Some(Format::Standard)),
        Ok(pb::WebhookFormat::Compat) => Ok(Some(Format::Compat)),
        Err(_) => Err(Fault::field_invalid("format", "There is no such format.")),
    }
}

fn status_word(state: pb::DeliveryState) -> Option<&'static str> {
    match state {
        pb::DeliveryState::Unspecified => None,
        pb::DeliveryState::Pending => Some("pending"),
        pb::DeliveryState::Delivered => Some("delivered"),
        pb::DeliveryState::Failed => Some("failed"),
    }
}

pub(super) fn page_token_invalid(_: Fault) -> Fault {
    let message = "The page token is not one that was given out. Begin without one.";
    Fault::new(Kind::Invalid, Reason::PageTokenInvalid, message).with("field", "page_token")
}

fn render_delivery(delivery: &WebhookDelivery) -> Option<pb::Delivery> {
    use latchkey_domain::webhook_delivery::Ending;
    let it = delivery.delivery()?;
    let (state, ending, next) = match delivery {
        WebhookDelivery::Absent => return None,
        WebhookDelivery::Pending { due_at, .. } => (pb::DeliveryState::Pending, "", Some(*due_at)),
        WebhookDelivery::Ended { ending: Ending::Delivered, .. } => {
            (pb::DeliveryState::Delivered, Ending::Delivered.as_str(), None)
        }
        WebhookDelivery::Ended { ending, .. } => (pb::DeliveryState::Failed, ending.as_str(), None),
    };
    Some(pb::Delivery {
        endpoint_id: it.message.endpoint.to_string(),
        event_id: it.message.event.to_string(),
        event_type: it.message.event_type.clone(),
        state: state.into(),
        ending: ending.to_owned(),
        event_time: Some(timestamp_to_pb(it.message.at)),
        next_attempt_time: next.map(timestamp_to_pb),
        attempts: it.attempts.iter().map(render_attempt).collect(),
        own_address: it.message.own_address,
    })
}

fn render_attempt(attempt: &Attempt) -> pb::DeliveryAttempt {
    pb::DeliveryAttempt {
        number: attempt.number,
        time: Some(timestamp_to_pb(attempt.at)),
        status: attempt.status.map_or(0, u32::from),
        latency: Some(duration_to_pb(Duration::from_millis(attempt.took_ms))),
        failure: attempt.failure.map(AttemptFailure::as_str).unwrap_or_default().to_owned(),
    }
}
