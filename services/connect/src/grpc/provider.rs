use super::Door;
use latchkey_providers::{Ask, Provider, Verification, Webhooks};
use latchkey_wire::pb::catalog as pb;
use latchkey_wire::{Fault, Kind, Reason};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::provider_service_server::ProviderService for Door {
    async fn get_provider(
        &self,
        request: Request<pb::GetProviderRequest>,
    ) -> Result<Response<pb::GetProviderResponse>, Status> {
        self.authenticator.identify(request.metadata()).await?;
        let id = request.into_inner().provider;
        let provider = self.flows.catalogue.get(&id).map_err(|unknown| {
            Fault::new(Kind::NotFound, Reason::ProviderUnknown, unknown.to_string()).with("provider", id)
        })?;
        Ok(Response::new(pb::GetProviderResponse { provider: Some(render(&provider)) }))
    }

    async fn list_providers(
        &self,
        request: Request<pb::ListProvidersRequest>,
    ) -> Result<Response<pb::ListProvidersResponse>, Status> {
        self.authenticator.identify(request.metadata()).await?;
        let providers = self.flows.catalogue.list().map(|provider| render(&provider));
        Ok(Response::new(pb::ListProvidersResponse { providers: providers.collect() }))
    }
}

fn render(provider: &Provider) -> pb::Provider {
    let inputs = provider.inputs.iter().map(|input| pb::Input {
        name: input.name.clone(),
        label: input.label.clone(),
        ask: match input.ask {
            Ask::Connection | Ask::Once => "connection".into(),
            Ask::Integration => "integration".into(),
        },
        secret: input.secret,
        required: input.required,
    });
    pb::Provider {
        id: provider.id.clone(),
        name: provider.name.clone(),
        categories: provider.categories.clone(),
        auth_mode: provider.auth_mode().as_str().to_owned(),
        inputs: inputs.collect(),
        docs_url: provider.links.api_docs.clone().unwrap_or_default(),
        webhooks: provider.webhooks.as_ref().map(webhooks),
    }
}

fn webhooks(known: &Webhooks) -> pb::Webhooks {
    let route = known.route.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    pb::Webhooks {
        verification: known.verify.as_ref().map(verification),
        route_by: text(route.and_then(|route| route.by.as_ref())),
        route_to: text(route.and_then(|route| route.to.as_ref())),
        event_type: text(route.and_then(|route| route.r#type.as_ref())),
        user_sets_secret: known.user_sets_secret,
    }
}

fn verification(verify: &Verification) -> pb::WebhookVerification {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    pb::WebhookVerification {
        algorithm: verify.alg.to_string(),
        header: text(&verify.header),
        prefix: text(&verify.prefix),
        encoding: verify.encoding.map(|encoding| encoding.to_string()).unwrap_or_default(),
        signed: text(&verify.signed),
        key: verify.key.map(|key| key.to_string()).unwrap_or_default(),
        tolerance_seconds: verify.tolerance_seconds.unwrap_or_default(),
    }
}
