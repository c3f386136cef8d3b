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
use latchkey_providers::{Lookup, Provider, Source};
use latchkey_secret::{Grant, SecretText};
use std::collections::BTreeMap;

/// Longer than any id, name or address that an API wants to be told.
const VALUE_MAX: usize = 2048;

impl Client {
    /// Asks what the entry says is to be learnt after connecting, in its order: later questions may need earlier answers.
    /// What is learnt goes with the grant, and into the headers and origins that need it.
    ///
    /// # Errors
    /// Why a question was not answered, where the API cannot be called without the answer.
    pub async fn look_up(
        &self,
        provider: &Provider,
        app: &App,
        mut grant: Grant,
        inputs: &Inputs,
    ) -> Result<Grant, Fault> {
        let mut learnt = BTreeMap::new();
        let mut missed = None;
        for lookup in provider.lookups() {
            let material = material(provider, app, &grant, inputs);
            let told = match self.ask(provider, &material, &lookup).await {
                Ok(told) => told,
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
            return Ok(grant);
        }
        let material = material(provider, app, &grant, inputs);
        if let Err(error) = provider.origins(&material.values) {
            let unknown = Fault { kind: FaultKind::ResponseInvalid, ..unrendered(&error) };
            return Err(missed.unwrap_or(unknown));
        }
        let handout = std::mem::take(&mut grant.handout);
        let Grant { handout, origins, .. } = assemble::of_handout(provider, &material, handout)?;
        let account = grant.account.take().or_else(|| account_of(&learnt));
        Ok(Grant { handout, origins, account, ..grant })
    }

    async fn ask(
        &self,
        provider: &Provider,
        material: &Material<'_>,
        lookup: &Lookup<'_>,
    ) -> Result<BTreeMap<String, String>, Fault> {
        let values = &material.values;
        match lookup.source(provider, values).map_err(|error| unrendered(&error))? {
            Source::Nowhere => Ok(BTreeMap::new()),
            Source::Known(known) => Ok(lookup.read(&known, values)),
            Source::Ask(probe) => {
                let answer = self.answer_to(Operation::Lookup, provider, material, *probe).await?;
                let nothing = serde_json::Value::Null;
                Ok(lookup.read(answer.as_ref().map_or(&nothing, Document::value), values))
            }
        }
    }
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
