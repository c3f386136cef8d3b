use super::Door;
use latchkey_providers::{
    Ask, Behaviour, Catalogue, Extent, Guidance, Provider, REDIRECT_URL, Verification, Webhooks,
};
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
            // As much of it as is shown: the whole may be longer than what a client takes for headers.
            let message = unknown.to_string();
            Fault::new(Kind::NotFound, Reason::ProviderUnknown, message).with("provider", unknown.id)
        })?;
        Ok(Response::new(pb::GetProviderResponse {
            provider: Some(described(&self.flows.catalogue, &provider, &self.redirect_uri())),
        }))
    }

    async fn list_providers(
        &self,
        request: Request<pb::ListProvidersRequest>,
    ) -> Result<Response<pb::ListProvidersResponse>, Status> {
        self.authenticator.identify(request.metadata()).await?;
        let asked = request.into_inner();
        for (field, text, max) in [
            ("search", &asked.search, SEARCH_CHARS_MAX),
            ("category", &asked.category, CATEGORY_CHARS_MAX),
            ("page_token", &asked.page_token, SEARCH_CHARS_MAX),
        ] {
            if text.chars().count() > max {
                return Err(
                    Fault::field_invalid(field, format!("`{field}` has at most {max} characters.")).into()
                );
            }
        }
        let search = asked.search.to_lowercase();
        let max = match asked.page_size {
            0 => usize::MAX,
            size => size.min(PAGE_MAX) as usize,
        };
        let mut fitting = self.flows.catalogue.list().filter(|provider| {
            provider.id > asked.page_token
                && (provider.id.contains(&search) || provider.name.to_lowercase().contains(&search))
                && (asked.category.is_empty() || provider.categories.contains(&asked.category))
        });
        let providers: Vec<_> = fitting.by_ref().take(max).map(|provider| listed(&provider)).collect();
        let last = providers.last().filter(|_| fitting.next().is_some());
        let next_page_token = last.map(|provider| provider.id.clone()).unwrap_or_default();
        Ok(Response::new(pb::ListProvidersResponse { providers, next_page_token }))
    }
}

const SEARCH_CHARS_MAX: usize = 255;
const CATEGORY_CHARS_MAX: usize = 64;
const PAGE_MAX: u32 = 500;

/// All that a catalogue knows of a provider. The redirect URL stands in the guidance where a developer is to enter it.
#[must_use]
pub fn described(catalogue: &Catalogue, provider: &Provider, redirect_uri: &str) -> pb::Provider {
    pb::Provider { details: Some(details(catalogue, provider, redirect_uri)), ..listed(provider) }
}

/// What is too long for a list.
fn details(catalogue: &Catalogue, provider: &Provider, redirect_uri: &str) -> pb::ProviderDetails {
    // Addresses are shown as they are written: only the document still has them so.
    let document = catalogue.document(&provider.id).unwrap_or_default();
    let written = |pointer: &str| {
        document.pointer(pointer).and_then(|text| text.as_str()).unwrap_or_default().to_owned()
    };
    let probes = &provider.probes;
    let known = [
        ("verify", probes.verify.is_some()),
        ("identity", probes.identity.is_some()),
        ("discover", !probes.discover.is_empty()),
    ];
    pb::ProviderDetails {
        authorization_endpoint: written("/obtain/authorization_endpoint"),
        token_endpoint: written("/obtain/token_endpoint"),
        base_url: written("/api/base_url"),
        hosts: provider.api.hosts.iter().map(|pattern| pattern.text.clone()).collect(),
        default_scopes: provider.obtain.scopes.default.clone(),
        scopes_url: provider.links.scopes.clone().unwrap_or_default(),
        probes: known.iter().filter(|(_, there)| *there).map(|(name, _)| (*name).to_owned()).collect(),
        behaviour: Some(behaviour(provider.behaviour())),
        guidance: Some(guidance(&provider.guidance, redirect_uri)),
        app_setup_url: provider.links.app_setup.clone().unwrap_or_default(),
        revocable: provider.revocation().is_some(),
        revokes_account: provider.revocation() == Some(Extent::Account),
    }
}

fn behaviour(known: &Behaviour) -> pb::Behaviour {
    let token = &known.refresh_token;
    let seconds = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok()).unwrap_or_default();
    pb::Behaviour {
        rotation: token.rotation.map(|class| class.word().to_owned()).unwrap_or_default(),
        grace_seconds: seconds(token.grace_seconds),
        idle_seconds: seconds(token.idle_seconds),
        absolute_seconds: seconds(token.absolute_seconds),
        max_live: token.max_live.and_then(|value| i32::try_from(value).ok()).unwrap_or_default(),
        access_token_seconds: seconds(known.access_token_seconds),
        sources: known.sources.clone(),
    }
}

fn guidance(told: &Guidance, redirect_uri: &str) -> pb::Guidance {
    let exact =
        |steps: &[String]| steps.iter().map(|step| step.replace(REDIRECT_URL, redirect_uri)).collect();
    pb::Guidance {
        app_setup: exact(&told.app_setup),
        connect: exact(&told.connect),
        notes: exact(&told.notes),
    }
}

/// A provider as lists show it.
#[must_use]
pub fn listed(provider: &Provider) -> pb::Provider {
    let inputs = provider.inputs.iter().map(|input| pb::Input {
        name: input.name.clone(),
        label: input.label.clone(),
        ask: match input.ask {
            Ask::Connection | Ask::Once => "connection".into(),
            Ask::Integration => "integration".into(),
        },
        secret: input.secret,
        required: input.required,
        help: input.help.clone().unwrap_or_default(),
    });
    pb::Provider {
        id: provider.id.clone(),
        name: provider.name.clone(),
        categories: provider.categories.clone(),
        auth_mode: provider.auth_mode().as_str().to_owned(),
        inputs: inputs.collect(),
        docs_url: provider.links.api_docs.clone().unwrap_or_default(),
        details: None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_developer_is_told_the_exact_redirect_url_of_this_server() {
        let told =
            Guidance { app_setup: vec![format!("Enter {REDIRECT_URL} there.")], ..Guidance::default() };
        let exact = guidance(&told, "https://connect.example.com/oauth/callback");
        assert_eq!(exact.app_setup, ["Enter https://connect.example.com/oauth/callback there."]);
    }
}
