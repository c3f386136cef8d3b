//! The requests of an exchange, one after another: each may read the answers to those before it.

use crate::error::RenderError;
use crate::evaluate::Scope;
use crate::format::entry::{Ask, Provider, Retain};
use crate::format::expression::{Reference, Space};
use crate::format::obtain::{Assertion, ObtainType};
use crate::format::request::{Format, Method, Step, StepWhen};
use crate::http_request::HttpRequest;
use crate::token_request::{rendered, write};
use crate::values::Values;

const PLACE: &str = "a step of the exchange";

impl Provider {
    /// The requests that make a credential, where the standards' one token request does not.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        if self.obtain.kind == ObtainType::Exchange { &self.obtain.steps } else { &[] }
    }

    /// The requests that follow the token request, before its answer is read.
    pub fn steps_after(&self, when: StepWhen) -> impl Iterator<Item = &Step> {
        self.obtain.then.iter().filter(move |step| step.happens(when))
    }

    /// The request of one step, unsigned; `None` where this connection leaves the step out.
    ///
    /// # Errors
    /// [`RenderError`] where a value is missing or does not fit its place, or an answer names a host that the entry does
    /// not allow.
    pub fn step_request(&self, step: &Step, values: &Values) -> Result<Option<HttpRequest>, RenderError> {
        if !step.is_wanted(values) {
            return Ok(None);
        }
        let scope = Scope::of(values);
        let mut url = self.url(PLACE, &step.url, scope)?;
        let params = rendered(&step.params, scope);
        let format = step.format.unwrap_or(match step.method {
            _ if params.is_empty() => Format::None,
            Method::Get | Method::Delete => Format::Query,
            Method::Post | Method::Put => Format::Form,
        });
        let body = write(&mut url, format, params)?;
        let request = HttpRequest { method: step.method.name().into(), url, headers: Vec::new(), body };
        self.with_headers(PLACE, request, &step.headers, values).map(Some)
    }

    /// Assertions made of what is gone once the connection stands: they are kept in place of what they were made of.
    #[must_use]
    pub fn outliving_assertions(&self) -> Vec<&str> {
        let made = |assertion: &Assertion| self.reads_what_passes(&assertion.references());
        self.obtain
            .assertions
            .iter()
            .filter(|(_, made_of)| made(made_of))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Whether the same steps can be taken again, when what was to be used once is gone.
    #[must_use]
    pub fn can_repeat(&self) -> bool {
        let references = self.steps().iter().flat_map(Step::references);
        !references.into_iter().any(|reference| self.is_passing(reference))
    }

    /// Whether the steps, or the visit before them, are made in the name of an app registered at the provider.
    pub(crate) fn steps_name_the_client(&self) -> bool {
        let named = |reference: &&Reference| {
            reference.space == Space::App && reference.path.first().is_some_and(|name| name == "client_id")
        };
        let visit = self.obtain.interaction.as_ref();
        visit.is_some_and(|visit| visit.client_id_param.is_some())
            || self.steps().iter().any(|step| step.references().iter().any(named))
    }

    fn reads_what_passes(&self, references: &[&Reference]) -> bool {
        references.iter().any(|reference| self.is_passing(reference))
    }

    fn is_passing(&self, reference: &Reference) -> bool {
        reference.space == Space::Conn && reference.path.first().is_some_and(|name| self.passes(name))
    }

    /// Whether an input is used for connecting and never afterwards.
    #[must_use]
    pub fn passes(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| {
            input.name == name
                && (input.ask == Ask::Once
                    || matches!(input.retain, Some(Retain::Never | Retain::UntilConnected)))
        })
    }
}

impl Step {
    fn happens(&self, when: StepWhen) -> bool {
        // Unless it says otherwise, it belongs to the making of a credential and not to its renewal.
        if self.when.is_empty() { when == StepWhen::Obtain } else { self.when.contains(&when) }
    }

    fn is_wanted(&self, values: &Values) -> bool {
        self.when_input.as_ref().is_none_or(|asked| values.conn.get(&asked.input) == Some(&asked.is))
    }

    fn references(&self) -> Vec<&Reference> {
        let mut found = self.url.references();
        found.extend(self.headers.values().flat_map(|template| template.references()));
        self.params.values().for_each(|document| document.references(&mut found));
        found
    }
}

impl Assertion {
    fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        found.extend(self.key.iter().flat_map(|key| key.0.references()));
        let texts =
            [&self.issuer, &self.subject, &self.recipient, &self.session_index, &self.username, &self.secret];
        found.extend(texts.into_iter().flatten().flat_map(|template| template.references()));
        let maps = [&self.header, &self.claims, &self.attributes];
        for document in maps.into_iter().flat_map(|map| map.values()).chain(&self.audience) {
            document.references(&mut found);
        }
        found
    }
}

/// The hosts of templates that an answer chooses must be bounded by the entry: see [`crate::place`].
pub(crate) fn comes_from_an_answer(provider: &Provider, reference: &Reference) -> bool {
    match reference.space {
        Space::Step | Space::Companion | Space::Token => true,
        Space::Conn => !provider.inputs.iter().any(|input| Some(&input.name) == reference.path.first()),
        Space::App | Space::Flow | Space::Assertion | Space::Req => false,
    }
}
