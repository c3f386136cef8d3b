use super::{Door, status};
use crate::limits;
use crate::vault::Pausing;
use latchkey_domain::api_key::Scope;
use latchkey_wire::Fault;
use latchkey_wire::convert::parse;
use latchkey_wire::pb::refresher as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::refresh_service_server::RefreshService for Door {
    async fn pause_refreshing(
        &self,
        request: Request<pb::PauseRefreshingRequest>,
    ) -> Result<Response<pb::PauseRefreshingResponse>, Status> {
        let scope = scope(&request.get_ref().connection_id);
        let key = self.authenticator.require(request.metadata(), scope).await?;
        let pb::PauseRefreshingRequest { integration, provider, connection_id, everything } =
            request.into_inner();
        let what = what(&integration, provider, &connection_id, everything)?;
        self.vault.pause_refreshing(&key.environment, &what, key.id).await.map_err(status)?;
        Ok(Response::new(pb::PauseRefreshingResponse {}))
    }

    async fn resume_refreshing(
        &self,
        request: Request<pb::ResumeRefreshingRequest>,
    ) -> Result<Response<pb::ResumeRefreshingResponse>, Status> {
        let scope = scope(&request.get_ref().connection_id);
        let key = self.authenticator.require(request.metadata(), scope).await?;
        let pb::ResumeRefreshingRequest { integration, provider, connection_id, everything } =
            request.into_inner();
        let what = what(&integration, provider, &connection_id, everything)?;
        self.vault.resume_refreshing(&key.environment, &what, key.id).await.map_err(status)?;
        Ok(Response::new(pb::ResumeRefreshingResponse {}))
    }
}

/// Whoever may switch a connection off may have it wait, too.
fn scope(connection_id: &str) -> Scope {
    if connection_id.is_empty() { Scope::IntegrationsAdmin } else { Scope::ConnectionsWrite }
}

fn what(
    integration: &str,
    provider: String,
    connection_id: &str,
    everything: bool,
) -> Result<Pausing, Fault> {
    match (integration, provider.as_str(), connection_id, everything) {
        (integration, "", "", false) if !integration.is_empty() => {
            Ok(Pausing::Integration(parse("integration", integration)?))
        }
        ("", _, "", false) if !provider.is_empty() => {
            limits::provider(&provider)?;
            Ok(Pausing::Provider(provider))
        }
        ("", "", id, false) if !id.is_empty() => Ok(Pausing::Connection(parse("connection_id", id)?)),
        ("", "", "", true) => Ok(Pausing::Everything),
        _ => Err(Fault::field_invalid(
            "integration",
            "Set exactly one of `integration`, `provider`, `connection_id` and `everything`.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(integration: &str, provider: &str, connection_id: &str, everything: bool) -> Option<String> {
        let refused = what(integration, provider.to_owned(), connection_id, everything).err()?;
        refused.metadata.get("field").cloned()
    }

    #[test]
    fn one_thing_is_paused_at_a_time_and_it_is_named_rightly() {
        let connection = "con_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert_eq!(refused("crm", "", "", false), None);
        assert_eq!(refused("", &"p".repeat(64), "", false), None);
        assert_eq!(refused("", "", connection, false), None);
        assert_eq!(refused("", "", "", true), None);
        let none_or_two = [
            ("", "", "", false),
            ("crm", "", "", true),
            ("crm", "github", "", false),
            ("", "github", connection, false),
            ("", "", connection, true),
        ];
        for (integration, provider, id, everything) in none_or_two {
            assert_eq!(refused(integration, provider, id, everything).as_deref(), Some("integration"));
        }
        for provider in [&"p".repeat(65), "a b", "a/b", "caf\u{e9}"] {
            assert_eq!(refused("", provider, "", false).as_deref(), Some("provider"), "{provider}");
        }
        assert_eq!(refused(&"i".repeat(65), "", "", false).as_deref(), Some("integration"));
        assert_eq!(refused("", "", "con_1", false).as_deref(), Some("connection_id"));
    }
}
