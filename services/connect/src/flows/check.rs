//! Asks a provider whether it accepts an integration's app, before an end user finds out.

use super::noted::About;
use super::{Flows, app};
use crate::failures::Problem;
use latchkey_domain::{AuthLogId, AuthorizationId, Environment, Failure, IntegrationKey, Phase};
use latchkey_oauth::Checked;
use latchkey_secret::ClientSecret;
use latchkey_wire::contract::{PrepareConnection, Target};

/// What asking has shown.
pub struct CheckedApp {
    pub verdict: AppVerdict,
    /// What was asked; `None` where nothing was.
    pub log: Option<AuthLogId>,
}

pub enum AppVerdict {
    Accepted,
    Refused(Failure),
    /// There is nothing to ask with before an end user connects.
    NotAsked,
    /// The answer is the same whoever asks.
    Unclear(Failure),
}

impl Flows {
    /// Asks whether an integration's client id and secret are accepted, or its client id and another secret. No connection comes
    /// of it.
    ///
    /// # Errors
    /// [`Problem`] where there is no such integration, or the provider does not answer.
    pub async fn check_app(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        instead: Option<ClientSecret>,
    ) -> Result<CheckedApp, Problem> {
        let request = AuthorizationId::from_parts(self.clock.now().unsigned_abs(), rand::random());
        // The app as a connection would be made with it; nothing is reserved for one.
        let prepare = PrepareConnection {
            environment: environment.clone(),
            target: Target::New(integration.clone()),
            request,
            named: false,
            reveals_app: false,
        };
        let prepared = self.vault.prepare_connection(prepare).await?;
        let provider = self.provider(&prepared.provider)?;
        let about = About {
            environment: environment.clone(),
            integration: integration.clone(),
            provider: provider.id.clone(),
            session: None,
            connection: None,
        };
        let (flows, noted) = self.noting(about, request);
        let mut app = app(prepared.app);
        app.client_secret = instead.or(app.client_secret);
        let checked = flows.oauth.check_app(&provider, &app, &self.redirect_uri).await;
        let checked = checked.map_err(|fault| Problem::provider(fault, Phase::Verify));
        let said = |fault| latchkey_oauth::failure(&fault, Phase::Verify);
        let verdict = checked.map(|checked| match checked {
            Checked::Accepted => AppVerdict::Accepted,
            Checked::Refused(fault) => AppVerdict::Refused(said(fault)),
            Checked::NotAsked => AppVerdict::NotAsked,
            Checked::Unclear(fault) => AppVerdict::Unclear(said(fault)),
        });
        let log = noted.verified(0, &outcome(&verdict));
        Ok(CheckedApp { verdict: verdict?, log })
    }
}

/// What the log says came of it.
fn outcome(verdict: &Result<AppVerdict, Problem>) -> Result<(), Problem> {
    match verdict {
        Ok(AppVerdict::Accepted | AppVerdict::NotAsked | AppVerdict::Unclear(_)) => Ok(()),
        Ok(AppVerdict::Refused(failure)) => Err(Problem::Failed(failure.clone())),
        Err(problem) => problem.failure().map_or(Ok(()), |failure| Err(Problem::Failed(failure))),
    }
}
