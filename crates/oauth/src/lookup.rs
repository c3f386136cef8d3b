//! Learns what the provider's API must be told of a connection, with the credential that was just obtained.
//!
//! Invariant: what a person typed is never replaced, and a question that stays unanswered fails a connection only where
//! nothing could be called without the answer.

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::{self, unrendered},
    carrier::Operation,
    document::Document,
    verify::account_of,
};
use latchkey_providers::{Candidate, Lookup, Provider, Source};
use latchkey_secret::{Grant, SecretText};
use std::collections::BTreeMap;

/// Longer than any id, name or address that an API wants to be told.
const VALUE_MAX: usize = 2048;

/// Longer than the name of any account that people could still tell from another. In characters.
const LABEL_MAX: usize = 200;

/// What asking has led to.
#[derive(Debug)]
pub enum Learnt {
    /// All that is to be known.
    Whole(Grant),
    /// One of several accounts is meant, and which is the end user's to say: [`Client::look_up_chosen`] goes on.
    Several { grant: Grant, candidates: Vec<Candidate> },
}

enum Told {
    Values(BTreeMap<String, String>),
    Several(Vec<Candidate>),
}

impl Client {
    /// Asks what the entry says is to be learnt after connecting, in its order: later questions may need earlier answers.
    /// What is learnt goes with the grant, and into the headers and origins that need it. Where several things may be meant
    /// and nobody can be asked, it is the one that the entry says.
    ///
    /// # Errors
    /// Why a question was not answered, where the API cannot be called without the answer.
    pub async fn look_up(
        &self,
        provider: &Provider,
        app: &App,
        grant: Grant,
        inputs: &Inputs,
    ) -> Result<Grant, Fault> {
        match self.learn(provider, app, grant, inputs, Undecided::Settle).await? {
            Learnt::Whole(grant) | Learnt::Several { grant, .. } => Ok(grant),
        }
    }

    /// The same for an end user who can be asked: stops where the entry lets them say which of several is meant.
    ///
    /// # Errors
    /// As there.
    pub async fn look_up_asking(
        &self,
        provider: &Provider,
        app: &App,
        grant: Grant,
        inputs: &Inputs,
    ) -> Result<Learnt, Fault> {
        self.learn(provider, app, grant, inputs, Undecided::Ask).await
    }

    /// Goes on where the end user has said which of several is meant, with the values of that one. Without any, it is the one
    /// that the entry says.
    ///
    /// # Errors
    /// As [`Self::look_up`].
    pub async fn look_up_chosen(
        &self,
        provider: &Provider,
        app: &App,
        mut grant: Grant,
        chosen: &BTreeMap<String, String>,
    ) -> Result<Learnt, Fault> {
        for (name, value) in chosen {
            keep(&mut grant, name, value);
        }
        let inputs = known_of(&grant);
        let undecided = if chosen.is_empty() { Undecided::Settle } else { Undecided::Ask };
        self.learn(provider, app, grant, &inputs, undecided).await
    }

    async fn learn(
        &self,
        provider: &Provider,
        app: &App,
        mut grant: Grant,
        inputs: &Inputs,
        undecided: Undecided,
    ) -> Result<Learnt, Fault> {
        let mut learnt = BTreeMap::new();
        let mut missed = None;
        for lookup in provider.lookups() {
            let material = material(provider, app, &grant, inputs);
            let told = match self.ask(provider, &material, &lookup, undecided).await {
                Ok(Told::Several(candidates)) => return Ok(Learnt::Several { grant, candidates }),
                Ok(Told::Values(told)) => told,
                Err(fault) => {
                    tracing::info!(provider = %provider.id, lookup = lookup.id(), fault = %fault, "A question about the connection stays unanswered");
                    if !lookup.is_optional() {
                        missed.get_or_insert(fault);
                    }
                    lookup.refused()
                }
            };
            let fits =
                |(name, value): &(String, String)| value.len() <= VALUE_MAX && !inputs.contains_key(name);
            for (name, value) in told.into_iter().filter(fits) {
                keep(&mut grant, &name, &value);
                learnt.insert(name, value);
            }
        }
        if provider.learnt().is_empty() {
            return Ok(Learnt::Whole(grant));
        }
        let material = material(provider, app, &grant, inputs);
        if let Err(error) = provider.origins(&material.values) {
            let unknown = Fault { kind: FaultKind::ResponseInvalid, ..unrendered(&error) };
            return Err(missed.unwrap_or(unknown));
        }
        let handout = std::mem::take(&mut grant.handout);
        let Grant { handout, origins, .. } = assemble::of_handout(provider, &material, handout)?;
        let account = grant.account.take().or_else(|| account_of(&learnt));
        Ok(Learnt::Whole(Grant { handout, origins, account, ..grant }))
    }

    async fn ask(
        &self,
        provider: &Provider,
        material: &Material<'_>,
        lookup: &Lookup<'_>,
        undecided: Undecided,
    ) -> Result<Told, Fault> {
        let values = &material.values;
        match lookup.source(provider, values).map_err(|error| unrendered(&error))? {
            Source::Nowhere => Ok(Told::Values(BTreeMap::new())),
            Source::Known(known) => Ok(Told::Values(lookup.read(&known, values))),
            Source::Ask(probe) => {
                let answer = self.answer_to(Operation::Lookup, provider, material, *probe).await?;
                let nothing = serde_json::Value::Null;
                let answer = answer.as_ref().map_or(&nothing, Document::value);
                let several = match undecided {
                    Undecided::Ask => offered(lookup.candidates(answer, values)),
                    Undecided::Settle => vec![],
                };
                if several.is_empty() {
                    Ok(Told::Values(lookup.read(answer, values)))
                } else {
                    Ok(Told::Several(several))
                }
            }
        }
    }
}

/// All that was typed and learnt for a grant. What renews it holds it, where something does.
#[must_use]
pub fn known_of(grant: &Grant) -> Inputs {
    let known = grant.renewal.as_ref().map_or(&grant.handout.fields, |renewal| &renewal.fields);
    known.iter().map(|(name, value)| (name.clone(), SecretText::new(value.expose().to_owned()))).collect()
}

/// What is done where one of several things is meant.
#[derive(Clone, Copy)]
enum Undecided {
    Ask,
    Settle,
}

/// As it is shown. What an API could not be told is nothing to choose.
fn offered(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let short = |text: String| text.chars().take(LABEL_MAX).collect::<String>();
    let shown = candidates.into_iter().filter(|it| it.values.values().all(|value| value.len() <= VALUE_MAX));
    shown
        .map(|it| Candidate { label: short(it.label), detail: it.detail.map(short), values: it.values })
        .collect()
}

fn material<'a>(provider: &'a Provider, app: &App, grant: &Grant, inputs: &Inputs) -> Material<'a> {
    Material::of_app(provider, app).with_fields(inputs).with_handout(&grant.handout)
}

/// Beside the credential, for whoever uses it, and beside what renews it, for the next one's headers.
fn keep(grant: &mut Grant, name: &str, value: &str) {
    let halves = [Some(&mut grant.handout.fields), grant.renewal.as_mut().map(|renewal| &mut renewal.fields)];
    for fields in halves.into_iter().flatten() {
        fields.insert(name.to_owned(), SecretText::new(value.to_owned()));
    }
}
