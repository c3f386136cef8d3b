//! Where a grant opens several accounts, and the end user says which of them is meant: workspaces, sites, companies.

use super::conclude::{Came, Claimed};
use super::noted::{About, Noted};
use super::{Flows, app, held};
use crate::failures::Problem;
use latchkey_domain::authorization::Choice;
use latchkey_domain::{AuthorizationId, Digest, Owner, Phase, Reason, SessionId};
use latchkey_oauth::{App, Inputs, Learnt, known_of};
use latchkey_providers::{Candidate, Provider};
use latchkey_secret::Account;
use latchkey_wire::contract::{Obtained, SessionView, Undecided};
use std::collections::BTreeMap;

/// What an attempt has brought.
pub(super) enum Gathered {
    Whole(Obtained),
    /// The end user has to choose.
    Several(Obtained, Vec<Choice>),
}

impl Flows {
    /// Learns what the provider's API must be told of the connection, and tries the credential; stops where the end user has
    /// to choose first.
    pub(super) async fn gathered(
        &self,
        provider: &Provider,
        app: &App,
        inputs: &Inputs,
        obtained: Obtained,
        noted: &Noted,
    ) -> Result<Gathered, Problem> {
        let Obtained { auth_mode, grant, documented } = obtained;
        let learnt = self.oauth.look_up_asking(provider, app, grant, inputs).await;
        let obtained = |grant| Obtained { auth_mode, grant, documented };
        match learnt.map_err(|fault| Problem::provider(fault, Phase::Verify))? {
            Learnt::Whole(grant) => {
                self.tried(provider, app, inputs, obtained(grant), noted).await.map(Gathered::Whole)
            }
            Learnt::Several { grant, candidates } => Ok(several(obtained(grant), candidates)),
        }
    }

    /// The end user has said which account is meant, by its place in the list; `None` leaves it to the provider's entry.
    ///
    /// # Errors
    /// [`Problem::StateUnknown`] where there is no such choice; else as for any attempt. Where the provider is only not to be
    /// had just now, the end user may choose again.
    pub async fn choose(
        &self,
        session: &SessionView,
        attempt: AuthorizationId,
        browser: Digest,
        place: Option<usize>,
    ) -> Result<(), Problem> {
        let waiting = held(session).filter(|latest| latest.id == attempt && !latest.choices.is_empty());
        let choices = &waiting.ok_or(Problem::StateUnknown)?.choices;
        let chosen = match place {
            Some(place) => Some(choices.get(place).ok_or(Problem::StateUnknown)?.clone()),
            None => None,
        };
        let flows = self.clone();
        let resumed = async move { flows.resumed(attempt, browser, chosen).await };
        let came = self.tasks.finish("choose", resumed).await;
        self.news.tell(session.id);
        came.map(drop)
    }

    /// For clients that know of no such questions: of several accounts the entry's is meant, and another account is meant, too.
    ///
    /// # Errors
    /// As [`Self::choose`] and [`Self::confirm`].
    pub async fn unasked(&self, session: SessionId, browser: Digest) -> Result<(), Problem> {
        let view = self.vault.get_session(session, browser).await?;
        let Some(latest) = held(&view) else { return Ok(()) };
        if latest.choices.is_empty() {
            return self.confirm(&view, latest.id, browser).await;
        }
        match self.choose(&view, latest.id, browser, None).await {
            Err(Problem::Failed(failure)) if failure.reason == Reason::OtherAccount => {
                let view = self.vault.get_session(session, browser).await?;
                let Some(latest) = held(&view) else { return Err(Problem::Failed(failure)) };
                self.confirm(&view, latest.id, browser).await
            }
            settled => settled,
        }
    }

    async fn resumed(
        &self,
        attempt: AuthorizationId,
        browser: Digest,
        chosen: Option<Choice>,
    ) -> Result<Came, Problem> {
        let Undecided { attempt: resumed, obtained } =
            self.vault.resume_authorization(attempt, browser).await?;
        let claimed = Claimed::of(attempt, &resumed);
        let (flows, noted) = self.noting(About::of(&resumed), attempt);
        let provider = self.provider(&resumed.provider)?;
        let gathered = flows.with_choice(&provider, &app(resumed.app), obtained, chosen, &noted).await;
        let came = match gathered {
            // Nothing is wrong with what is held.
            Err(problem) if problem.owner() == Owner::Provider => Err(problem),
            gathered => flows.concluded(claimed, gathered, &noted).await,
        };
        noted.came(came.as_ref().copied());
        came
    }

    async fn with_choice(
        &self,
        provider: &Provider,
        app: &App,
        obtained: Obtained,
        chosen: Option<Choice>,
        noted: &Noted,
    ) -> Result<Gathered, Problem> {
        let Obtained { auth_mode, grant, documented } = obtained;
        let nothing = BTreeMap::new();
        let values = chosen.as_ref().map_or(&nothing, |choice| &choice.values);
        let learnt = self.oauth.look_up_chosen(provider, app, grant, values).await;
        let obtained = |grant| Obtained { auth_mode, grant, documented };
        let obtained = match learnt.map_err(|fault| Problem::provider(fault, Phase::Verify))? {
            Learnt::Whole(grant) => obtained(grant),
            Learnt::Several { grant, candidates } => return Ok(several(obtained(grant), candidates)),
        };
        let inputs = known_of(&obtained.grant);
        let mut obtained = self.tried(provider, app, &inputs, obtained, noted).await?;
        if let Some(choice) = chosen {
            obtained.grant.account = Some(named(obtained.grant.account, choice.label));
        }
        Ok(Gathered::Whole(obtained))
    }
}

fn several(obtained: Obtained, candidates: Vec<Candidate>) -> Gathered {
    let choice = |it: Candidate| Choice { label: it.label, detail: it.detail, values: it.values };
    Gathered::Several(obtained, candidates.into_iter().map(choice).collect())
}

/// Who signed in, and to which of their accounts. It is the same somebody whichever they choose.
fn named(account: Option<Account>, choice: String) -> Account {
    let Account { id, label } = account.unwrap_or(Account { id: None, label: None });
    let label = match label.or_else(|| id.clone()) {
        Some(label) if label != choice => format!("{label} ({choice})"),
        _ => choice,
    };
    Account { id, label: Some(label) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_by_who_signed_in_and_what_they_chose() {
        let label = |account| named(account, "Acme".to_owned()).label.unwrap();
        let of = |id: &str, label: Option<&str>| {
            Some(Account { id: Some(id.to_owned()), label: label.map(ToOwned::to_owned) })
        };
        assert_eq!(label(of("7", Some("ana"))), "ana (Acme)");
        assert_eq!(label(of("7", None)), "7 (Acme)");
        assert_eq!(label(of("7", Some("Acme"))), "Acme");
        assert_eq!(label(None), "Acme");
        assert_eq!(named(of("7", None), "Acme".to_owned()).id.as_deref(), Some("7"));
    }
}
