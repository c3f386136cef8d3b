//! `latchkey connection revoke`.

use super::super::server::{Way, answer};
use super::show_one;
use crate::output;
use latchkey_wire::pb::vault as pb;
use latchkey_wire::pb::vault::credential_service_client::CredentialServiceClient;

#[derive(clap::Args)]
pub struct Revoke {
    /// The connection, con_…
    connection: String,
    /// Leave the grant at the provider as it is
    #[arg(long)]
    keep_at_provider: bool,
    /// Where the provider cannot end one grant alone, let it end everything the account has granted the app: other
    /// connections to the same account stop working
    #[arg(long, conflicts_with = "keep_at_provider")]
    revoke_account: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

pub async fn run(way: Way, revoke: Revoke) -> anyhow::Result<()> {
    let Revoke { connection, keep_at_provider, revoke_account, json } = revoke;
    let request = pb::RevokeCredentialRequest {
        connection_id: connection.clone(),
        revoke_at_provider: Some(!keep_at_provider),
        revoke_account,
    };
    let revoked = answer(CredentialServiceClient::new(way).revoke_credential(request)).await?;
    if !json {
        output::note(&format!(
            "Its credential is destroyed. To go on: `latchkey connect link --reconnect {connection} --end-user …`, by whoever the account belongs to."
        ));
        if !keep_at_provider {
            output::note(&format!(
                "The provider is asked to end the grant, too. `latchkey connection get {connection}` says what comes of it."
            ));
        }
    }
    show_one(&revoked.connection.unwrap_or_default(), json);
    Ok(())
}
