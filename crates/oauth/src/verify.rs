//! Tries a credential out before it is believed, and asks whose it is.

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::unrendered,
    assertions::identity_on_api,
    carrier::{Answer, Operation},
    document::Document,
    scrub::Secrets,
};
use latchkey_providers::{Capture, Probe, Provider};
use latchkey_secret::{Account, Grant};
use std::collections::BTreeMap;

/// What trying a credential out has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The provider accepted it.
    Works { account: Option<Account> },
    /// The entry knows no request that would show it.
    NotChecked,
}

impl Verified {
    #[must_use]
    pub fn account(self) -> Option<Account> {
        match self {
            Self::Works { account } => account,
            Self::NotChecked => None,
        }
    }
}

impl Client {
    /// Tries the credential out with the entry's probes.
    ///
    /// An account that cannot be learnt is no reason to refuse a credential that works.
    ///
    /// # Errors
    /// [`FaultKind::CredentialsRejected`] where the provider refuses the credential itself.
    pub async fn verify(
        &self,
        provider: &Provider,
        app: &App,
        grant: &Grant,
        inputs: &Inputs,
    ) -> Result<Verified, Fault> {
        let material = Material::of_app(provider, app).with_fields(inputs).with_handout(&grant.handout);
        let verify = provider.verify_probes(&material.values).map_err(|error| unrendered(&error))?;
        let identity = provider.identity_probe(&material.values);
        let works = self.try_out(provider, &material, verify).await?;
        let account = match identity {
            Ok(Some(probe)) => self.whose(provider, &material, probe).await,
            Ok(None) => {
                return Ok(if works { Verified::Works { account: None } } else { Verified::NotChecked });
            }
            Err(error) => Err(unrendered(&error)),
        };
        match account {
            Ok(found) => Ok(Verified::Works { account: account_of(&found) }),
            // 401 means the credential itself; anything less may be about this one request.
            Err(fault) if fault.http_status == Some(401) && !works => Err(fault),
            Err(fault) => {
                tracing::info!(provider = %provider.id, fault = %fault, "Could not learn whose account this is");
                Ok(if works { Verified::Works { account: None } } else { Verified::NotChecked })
            }
        }
    }

    /// Whether it works; `false` where the entry knows no request that would show it. An entry for several kinds of
    /// credential has a request for each, and one that works is enough.
    async fn try_out(
        &self,
        provider: &Provider,
        material: &Material<'_>,
        probes: Vec<Probe>,
    ) -> Result<bool, Fault> {
        let mut refused = None;
        for probe in probes {
            match self.answer_to(Operation::Verify, provider, material, probe).await {
                Ok(_) => return Ok(true),
                Err(fault) if fault.is_transient() => return Err(fault),
                Err(fault) => refused = Some(fault),
            }
        }
        refused.map_or(Ok(false), Err)
    }

    async fn whose(
        &self,
        provider: &Provider,
        material: &Material<'_>,
        probe: Probe,
    ) -> Result<BTreeMap<String, String>, Fault> {
        let set = probe.set.clone();
        let answer = self.answer_to(Operation::Identity, provider, material, probe).await?;
        let Some(answer) = answer else { return Ok(BTreeMap::new()) };
        let read = |capture: &Capture| capture.read(answer.value(), &material.values);
        Ok(set.iter().filter_map(|(name, capture)| Some((name.clone(), read(capture)?))).collect())
    }

    /// An answer that is what the entry expects; `None` where it has no document.
    pub(crate) async fn answer_to(
        &self,
        operation: Operation,
        provider: &Provider,
        material: &Material<'_>,
        probe: Probe,
    ) -> Result<Option<Document>, Fault> {
        let identity = identity_on_api(provider, material)?;
        let answer = self.send_as(operation, provider, probe.request, identity).await?;
        let read = Document::parse(answer.content_type.as_deref(), answer.text().as_bytes()).ok();
        let json = read.as_ref().map(Document::value);
        let seen = latchkey_providers::Answer { status: answer.status, body: answer.text(), json };
        if !probe.expect.holds(seen) {
            return Err(refusal(&answer, read.as_ref(), &material.secrets));
        }
        Ok(read)
    }
}

fn refusal(answer: &Answer, read: Option<&Document>, secrets: &Secrets) -> Fault {
    let text =
        |pointers: &[&str]| pointers.iter().find_map(|pointer| read?.text(pointer)).map(ToOwned::to_owned);
    Fault {
        kind: rejected(answer.status, answer.retry_after.is_some()),
        http_status: Some(answer.status),
        code: text(&["/error", "/error/code", "/code"]).and_then(|code| secrets.code(&code)),
        description: text(&["/error_description", "/error/message", "/message"])
            .and_then(|description| secrets.description(&description)),
        retry_after: answer.retry_after,
        host: Some(answer.host.clone()),
    }
}

/// What a refused probe says about the credential it was made with.
fn rejected(status: u16, asks_to_wait: bool) -> FaultKind {
    match status {
        429 => FaultKind::RateLimited,
        503 if asks_to_wait => FaultKind::RateLimited,
        408 | 500.. => FaultKind::Unavailable,
        401 | 403 => FaultKind::CredentialsRejected,
        // A success that is not what the entry expects of one: servers that say "no" with 200.
        200..300 => FaultKind::CredentialsRejected,
        _ => FaultKind::RequestRejected,
    }
}

/// Entries name what they read off an answer as they like; these are the names for the two things an account has.
pub(crate) fn account_of(found: &BTreeMap<String, String>) -> Option<Account> {
    const IDS: [&str; 4] = ["user_id", "account_id", "id", "sub"];
    const LABELS: [&str; 6] = ["email", "login", "user_principal_name", "username", "display_name", "name"];
    let first = |names: &[&str]| names.iter().find_map(|name| found.get(*name)).cloned();
    let is_id = |name: &str| name == "id" || name == "sub" || name.ends_with("_id");
    let id = first(&IDS).or_else(|| found.iter().find(|(name, _)| is_id(name)).map(|(_, id)| id.clone()));
    let label =
        first(&LABELS).or_else(|| found.iter().find(|(name, _)| !is_id(name)).map(|(_, text)| text.clone()));
    let clean = |text: String| Some(text.chars().filter(|c| !c.is_control()).take(200).collect::<String>());
    let account = Account { id: id.and_then(clean), label: label.and_then(clean) };
    (account.id.is_some() || account.label.is_some()).then_some(account)
}
