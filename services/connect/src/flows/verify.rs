//! Tries a connection's credential out, when somebody wants to know.

use super::noted::About;
use super::{Flows, app};
use crate::counts;
use crate::failures::Problem;
use latchkey_domain::{
    AuthLogId, AuthorizationId, ConnectionId, Environment, Failure, Generation, Phase, Reason,
};
use latchkey_oauth::Verified;
use latchkey_wire::contract::OpenedCredential;

/// What trying it out has shown.
pub struct Tried {
    pub verdict: Verdict,
    pub generation: Generation,
    /// What was asked; `None` where nothing was.
    pub log: Option<AuthLogId>,
}

pub enum Verdict {
    Works {
        account: Option<String>,
    },
    /// By the provider.
    Refused(Failure),
    NotChecked,
}

impl Flows {
    /// Tries the present credential of a connection out. One that the provider refuses as such is refreshed at once.
    ///
    /// # Errors
    /// [`Problem`] where there is no credential to try, or the provider's answer says nothing of it.
    pub async fn try_out(
        &self,
        environment: &Environment,
        connection: ConnectionId,
    ) -> Result<Tried, Problem> {
        let opened = self.vault.open_credential(environment, connection).await?;
        let OpenedCredential { integration, provider, app: settings, obtained, generation } = opened;
        let provider = self.provider(&provider)?;
        let (app, grant) = (app(settings), obtained.grant);
        let about = About {
            environment: environment.clone(),
            integration: integration.clone(),
            provider: provider.id.clone(),
            session: None,
            connection: Some(connection),
        };
        let log = AuthorizationId::from_parts(self.clock.now().unsigned_abs(), rand::random());
        let (flows, noted) = self.noting(about, log);
        // What renews it holds all that was typed and learnt.
        let inputs = grant.renewal.as_ref().map_or(&grant.handout.fields, |renewal| &renewal.fields);
        let verified = flows.oauth.verify(&provider, &app, &grant, inputs).await;
        let verified = verified.map_err(|fault| Problem::provider(fault, Phase::Verify));
        counts::verification(&integration, &verified);
        let log = noted.of_generation(generation).verified(0, &verified);
        let verdict = match verified {
            Ok(Verified::Works { account }) => {
                Verdict::Works { account: account.and_then(|account| account.label.or(account.id)) }
            }
            Ok(Verified::NotChecked) => Verdict::NotChecked,
            Err(Problem::Failed(failure)) if failure.reason == Reason::CredentialsRejected => {
                if is_about_the_credential(&failure) {
                    self.vault.report_rejection(environment, connection, generation).await?;
                }
                Verdict::Refused(failure)
            }
            Err(problem) => return Err(problem),
        };
        Ok(Tried { verdict, generation, log })
    }
}

/// 401 means the credential itself; anything less may be about what it may do (RFC 9110 §15.5.2, §15.5.4).
fn is_about_the_credential(failure: &Failure) -> bool {
    failure.provider_error.as_ref().and_then(|said| said.http_status) == Some(401)
}
