//! Who says what providers there are: the server, whose operator may have added some, or else what ships with this program.

use crate::cli::Server;
use crate::cli::server::{Way, answer};
use crate::output;
use latchkey_connect::{described, listed};
use latchkey_providers::Catalogue;
use latchkey_wire::pb::catalog as pb;
use latchkey_wire::pb::catalog::provider_service_client::ProviderServiceClient;

/// In the place of a server's own address.
const REDIRECT_URI: &str = "<public_url>/oauth/callback";

pub enum Known {
    There(Box<ProviderServiceClient<Way>>),
    Here(Catalogue),
}

impl Known {
    pub async fn by(server: &Server) -> anyhow::Result<Self> {
        if server.is_known()? {
            return Ok(Self::There(Box::new(ProviderServiceClient::new(server.connect().await?))));
        }
        output::note("No server is known, so this is what ships with Latchkey.");
        Ok(Self::Here(Catalogue::embedded()))
    }

    pub async fn list(&mut self) -> anyhow::Result<Vec<pb::Provider>> {
        Ok(match self {
            Self::There(server) => {
                answer(server.list_providers(pb::ListProvidersRequest::default())).await?.providers
            }
            Self::Here(catalogue) => catalogue.list().map(|provider| listed(&provider)).collect(),
        })
    }

    pub async fn provider(&mut self, provider: String) -> anyhow::Result<pb::Provider> {
        Ok(match self {
            Self::There(server) => {
                let request = pb::GetProviderRequest { provider };
                answer(server.get_provider(request)).await?.provider.unwrap_or_default()
            }
            Self::Here(catalogue) => described(catalogue, &*catalogue.get(&provider)?, REDIRECT_URI),
        })
    }
}
