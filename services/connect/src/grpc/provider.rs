use super::Door;
use latchkey_providers::{Ask, Provider};
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
    }
}
