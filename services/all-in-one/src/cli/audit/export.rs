//! An environment's chain as JSON Lines, to be kept and checked elsewhere.

use crate::cli::Server;
use crate::cli::server::{Way, answer};
use crate::output;
use anyhow::{Context as _, bail};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::audit_service_client::AuditServiceClient;
use serde_json::Value;

type Audit = AuditServiceClient<Way>;

#[derive(clap::Args)]
pub struct Of {
    /// Refuse where the API key is another environment's
    #[arg(long)]
    environment: Option<String>,
}

impl Of {
    /// Prints the whole chain, oldest first, and a root that was signed just now.
    pub async fn export(self, server: &Server) -> anyhow::Result<()> {
        let mut audit = Audit::new(server.connect().await?);
        self.checked_root(&mut audit).await?;
        let mut page_token = String::new();
        loop {
            let request = pb::ExportAuditRecordsRequest { page_token };
            let page = answer(audit.export_audit_records(request)).await?;
            page.lines.iter().for_each(|line| output::line(line));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(());
            }
        }
    }

    /// Prints a root that was signed just now.
    pub async fn root(self, server: &Server) -> anyhow::Result<()> {
        let mut audit = Audit::new(server.connect().await?);
        output::line(&self.checked_root(&mut audit).await?);
        Ok(())
    }

    async fn checked_root(&self, audit: &mut Audit) -> anyhow::Result<String> {
        let root = answer(audit.get_audit_root(pb::GetAuditRootRequest {})).await?.root;
        let said: Value = serde_json::from_str(&root).context("the server's root is not JSON")?;
        if let Some(wanted) = self.environment.as_ref().filter(|wanted| said["environment"] != **wanted) {
            bail!(
                "the API key is for the environment {}, not `{wanted}`: use a key of that one",
                said["environment"]
            );
        }
        Ok(root)
    }
}
