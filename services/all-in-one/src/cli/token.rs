//! `latchkey token get`: the token to standard output, so that it can go into a command; what is known of it beside.

use super::server::answer;
use super::{Server, duration, show};
use crate::output;
use clap::Subcommand;
use latchkey_wire::pb::vault as pb;
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey token get con_01J…
  curl -H \"$(latchkey token get con_01J… --header)\" https://api.example.com/me
  latchkey token get con_01J… --header --url https://api.example.com/me")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print an access token that works, refreshed first where that is needed
    Get(Get),
}

#[derive(clap::Args)]
struct Get {
    /// The connection, con_…
    connection: String,
    /// Print the headers to send instead, one a line, and after them what goes into the query and the body: also for
    /// connections without a token, such as a password's
    #[arg(long)]
    header: bool,
    /// The address the headers are for, of a provider that has each request signed
    #[arg(long, requires = "header")]
    url: Option<String>,
    /// The method that goes with it
    #[arg(long, requires = "url", default_value = "GET")]
    method: String,
    /// Refresh first, whatever is left of the present token
    #[arg(long)]
    force_refresh: bool,
    /// How long the token must still work, such as 60s
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    min_remaining: Option<Duration>,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let Command::Get(get) = self.command;
        let mut credentials = CredentialServiceClient::new(self.server.connect().await?);
        let request = pb::GetAccessTokenRequest {
            connection_id: get.connection,
            min_remaining: get.min_remaining.map(latchkey_wire::convert::duration_to_pb),
            force_refresh: get.force_refresh,
            request: get.url.map(|url| pb::RequestToSign { method: get.method, url, ..Default::default() }),
        };
        let token = answer(credentials.get_access_token(request)).await?;
        if get.header {
            token.headers.iter().for_each(|(name, value)| output::line(&format!("{}: {value}", title(name))));
            token.query.iter().for_each(|(name, value)| output::line(&format!("query {name}={value}")));
            token.body.iter().for_each(|(name, value)| output::line(&format!("body {name}={value}")));
        } else if token.access_token.is_empty() {
            anyhow::bail!("this connection has no token: print what to send with --header");
        } else {
            output::line(&token.access_token);
        }
        output::note(&format!(
            "source: {}, generation {}, {}",
            source(&token),
            token.generation,
            expiry(&token)
        ));
        Ok(())
    }
}

fn source(token: &pb::GetAccessTokenResponse) -> &'static str {
    match token.source() {
        pb::CredentialSource::Refreshed => "refreshed",
        pb::CredentialSource::Cached | pb::CredentialSource::Unspecified => "cached",
    }
}

fn expiry(token: &pb::GetAccessTokenResponse) -> String {
    match &token.expire_time {
        Some(_) => format!("expires {}", show::from_now(token.expire_time.as_ref())),
        None => "does not expire, as far as is known".to_owned(),
    }
}

/// `authorization` as it is usually written, `Authorization`.
fn title(name: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_written_as_usual() {
        assert_eq!(title("authorization"), "Authorization");
        assert_eq!(title("x-demo-key"), "X-Demo-Key");
    }
}
