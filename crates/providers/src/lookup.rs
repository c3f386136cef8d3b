//! What must still be learnt of a connection once there is a credential: a workspace, a site, an account's number.
//!
//! Which answer is meant is said by the entry; what a person typed always wins, and is left to whoever keeps it.

use crate::answer::Answer;
use crate::error::RenderError;
use crate::evaluate::{Scope, plain};
use crate::format::entry::{Choose, Pick, ProbeSource, ProbeTemplate, Provider};
use crate::format::response::{Capture, Condition};
use crate::format::template::Template;
use crate::probe::Probe;
use crate::values::Values;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// One thing to be learnt, in the order of the entry.
#[derive(Debug)]
pub struct Lookup<'a> {
    template: &'a ProbeTemplate,
}

/// One of several things that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub label: String,
    pub detail: Option<String>,
    /// What is learnt of the connection where it is this one.
    pub values: BTreeMap<String, String>,
}

/// More than this nobody looks through; the rest is left out.
pub const CANDIDATES_MAX: usize = 100;

/// Where the answer is.
#[derive(Debug)]
pub enum Source {
    /// At the provider.
    Ask(Box<Probe>),
    /// In what is there already.
    Known(Value),
    /// Nowhere: it is known by now, or there is nothing to read.
    Nowhere,
}

impl Provider {
    /// What is to be learnt after connecting.
    pub fn lookups(&self) -> impl Iterator<Item = Lookup<'_>> {
        self.probes.discover.iter().map(|template| Lookup { template })
    }

    /// The names of the values that are learnt after connecting.
    #[must_use]
    pub fn learnt(&self) -> BTreeSet<&str> {
        let templates = self.probes.discover.iter();
        templates.flat_map(|it| it.set.keys().chain(it.set_on_outcome.keys())).map(String::as_str).collect()
    }
}

impl Lookup<'_> {
    /// The entry's word for it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.template.id.as_deref().unwrap_or("discover")
    }

    /// Whether it is nobody's loss if there is no answer.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.template.optional
    }

    /// # Errors
    /// [`RenderError`] where the request needs a value that is missing.
    pub fn source(&self, provider: &Provider, values: &Values) -> Result<Source, RenderError> {
        let known = |name: &String| values.conn.get(name).is_some_and(|value| !value.is_empty());
        if let Some(pick) = &self.template.pick {
            let chosen = pick.ask.is_some() && self.template.set.keys().all(known);
            if chosen || pick.unless_set.as_ref().is_some_and(known) {
                return Ok(Source::Nowhere);
            }
        }
        Ok(match self.template.from {
            Some(ProbeSource::AccessTokenClaims) => claims(values).map_or(Source::Nowhere, Source::Known),
            Some(ProbeSource::Inputs) => {
                let inputs = values.conn.iter().map(|(name, value)| (name.clone(), value.clone().into()));
                Source::Known(Value::Object(inputs.collect()))
            }
            // What the token response holds is captured when it is read.
            Some(ProbeSource::TokenResponse) => Source::Nowhere,
            None => provider
                .probes_of("the discover probe", self.template, values)?
                .into_iter()
                .next()
                .map_or(Source::Nowhere, |probe| Source::Ask(Box::new(probe))),
        })
    }

    /// What an answer tells, by the connection's field name.
    #[must_use]
    pub fn read(&self, answer: &Value, values: &Values) -> BTreeMap<String, String> {
        let seen = Answer { status: 200, body: "", json: Some(answer) };
        if !self.template.when.as_ref().is_none_or(|when| when.content_holds(seen)) {
            return BTreeMap::new();
        }
        let meant = match &self.template.pick {
            Some(pick) => pick.choose(answer, values),
            None => Some(answer),
        };
        let Some(meant) = meant else { return BTreeMap::new() };
        let mut found = captured(&self.template.set, meant, values);
        found.extend(self.outcome(true));
        found
    }

    /// Those that may be meant, where the entry lets the end user say which and there is more than one.
    #[must_use]
    pub fn candidates(&self, answer: &Value, values: &Values) -> Vec<Candidate> {
        let Some((pick, shown)) = self.template.pick.as_ref().and_then(|it| Some((it, it.ask.as_ref()?)))
        else {
            return vec![];
        };
        let candidate = |item: &&Value| {
            let values = captured(&self.template.set, item, values);
            let whole = values.len() == self.template.set.len();
            let label = shown.label.text(item).or_else(|| values.values().next().cloned())?;
            let detail = shown.detail.as_ref().and_then(|detail| detail.text(item));
            whole.then_some(Candidate { label, detail, values })
        };
        let several: Vec<_> =
            pick.fitting(answer, values).iter().filter_map(candidate).take(CANDIDATES_MAX).collect();
        if several.len() > 1 { several } else { vec![] }
    }

    /// What it tells that the provider refused to answer.
    #[must_use]
    pub fn refused(&self) -> BTreeMap<String, String> {
        self.outcome(false).collect()
    }

    fn outcome(&self, answered: bool) -> impl Iterator<Item = (String, String)> {
        self.template.set_on_outcome.iter().filter_map(move |(name, value)| {
            let value = match value {
                Value::Bool(told) => Value::Bool(*told == answered),
                other if answered => other.clone(),
                _ => return None,
            };
            Some((name.clone(), plain(&value)?))
        })
    }
}

impl Pick {
    /// The one that is meant.
    fn choose<'a>(&self, answer: &'a Value, values: &Values) -> Option<&'a Value> {
        let from = self.list(answer)?;
        if !from.is_array() {
            return (self.choose == Some(Choose::FirstOrSelf)).then_some(from);
        }
        let fitting = self.fitting(answer, values);
        match self.choose {
            Some(Choose::Only) if fitting.len() != 1 => None,
            _ => fitting.first().copied(),
        }
    }

    /// All that may be meant: the preferred one alone, where there is one.
    fn fitting<'a>(&self, answer: &'a Value, values: &Values) -> Vec<&'a Value> {
        let Some(items) = self.list(answer).and_then(Value::as_array) else { return vec![] };
        let preferred = self.prefer.as_ref().and_then(|prefer| {
            let wanted = Scope::of(values).template(&prefer.host_label_equals).ok()?;
            items.iter().find(|item| {
                first_label(&prefer.pointer.text(item).unwrap_or_default()) == Some(wanted.clone())
            })
        });
        match (preferred, &items[..]) {
            (Some(preferred), _) => vec![preferred],
            (None, [only]) if self.choose == Some(Choose::OnlyElseWhere) => vec![only],
            (None, items) => {
                let fits = |item: &&Value| {
                    self.only_where.as_ref().is_none_or(|condition| holds(condition, item, values))
                };
                items.iter().filter(fits).collect()
            }
        }
    }

    fn list<'a>(&self, answer: &'a Value) -> Option<&'a Value> {
        if self.from.path.is_empty() { Some(answer) } else { self.from.find(answer) }
    }
}

/// A condition of an item; what it is compared with may be a template.
fn holds(condition: &Condition, item: &Value, values: &Values) -> bool {
    let seen = Answer { status: 200, body: "", json: Some(item) };
    let template = condition.equals.as_ref().and_then(Value::as_str).filter(|text| text.contains("${"));
    let Some(template) = template else { return condition.content_holds(seen) };
    let wanted =
        Template::parse(template).ok().and_then(|template| Scope::of(values).template(&template).ok());
    let Some(wanted) = wanted else { return false };
    Condition { equals: Some(Value::String(wanted)), ..condition.clone() }.content_holds(seen)
}

fn first_label(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str()?.split('.').next().map(str::to_owned)
}

pub(crate) fn captured(
    set: &BTreeMap<String, Capture>,
    answer: &Value,
    values: &Values,
) -> BTreeMap<String, String> {
    set.iter().filter_map(|(name, capture)| Some((name.clone(), capture.read(answer, values)?))).collect()
}

/// The claims of the access token (RFC 7519 §4), read and not verified: it came from its issuer just now.
fn claims(values: &Values) -> Option<Value> {
    let payload = values.token.get("access_token")?.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;
    use serde_json::json;

    fn read(id: &str, number: usize, answer: &Value, values: &Values) -> BTreeMap<String, String> {
        let provider = Catalogue::embedded().get(id).unwrap();
        provider.lookups().nth(number).unwrap().read(answer, values)
    }

    fn values(conn: &[(&str, &str)]) -> Values {
        let mut values = Values::at(0);
        values.conn.extend(conn.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        values
    }

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_site_whose_host_was_typed_is_preferred_to_the_first() {
        let sites = json!([
            {"id": "1", "url": "https://other.example.net"}, {"id": "2", "url": "https://acme.example.net"},
        ]);
        let found = |typed| read("confluence", 0, &sites, &values(typed))["cloud_id"].clone();
        assert_eq!((found(&[]), found(&[("subdomain", "acme")])), ("1".into(), "2".into()));
        assert_eq!(found(&[("subdomain", "unknown")]), "1");
    }

    #[test]
    fn the_only_one_is_meant_and_of_several_none() {
        let one = json!({"accounts": [{"id": 7}]});
        let two = json!({"accounts": [{"id": 7}, {"id": 8}]});
        assert_eq!(read("basecamp", 0, &one, &values(&[])), pairs(&[("account_id", "7")]));
        assert!(read("basecamp", 0, &two, &values(&[])).is_empty());
        let provider = Catalogue::embedded().get("basecamp").unwrap();
        let typed = values(&[("account_id", "9")]);
        let source = provider.lookups().next().unwrap().source(&provider, &typed).unwrap();
        assert!(matches!(source, Source::Nowhere), "what was typed needs no look-up");
    }

    #[test]
    fn where_several_may_be_meant_the_end_user_is_asked_once() {
        let provider = Catalogue::embedded().get("confluence").unwrap();
        let lookup = provider.lookups().next().unwrap();
        let sites = json!([
            {"id": "1", "name": "acme", "url": "https://acme.example.net"},
            {"id": "2", "name": "acme", "url": "https://acme-test.example.net"},
            {"name": "no id"},
        ]);
        let several = lookup.candidates(&sites, &values(&[]));
        let shown: Vec<_> = several.iter().map(|it| (it.label.as_str(), it.detail.as_deref())).collect();
        let urls = [Some("https://acme.example.net"), Some("https://acme-test.example.net")];
        assert_eq!(shown, [("acme", urls[0]), ("acme", urls[1])]);
        assert_eq!(several[1].values["cloud_id"], "2");
        assert!(lookup.candidates(&sites, &values(&[("subdomain", "acme")])).is_empty(), "it was typed");
        assert!(lookup.candidates(&json!([sites[0]]), &values(&[])).is_empty(), "there is one");
        let mut chosen = values(&[]);
        chosen.conn.extend(several[1].values.clone());
        assert!(matches!(lookup.source(&provider, &chosen).unwrap(), Source::Nowhere));
    }

    #[test]
    fn nobody_is_asked_where_the_entry_says_which_is_meant() {
        let provider = Catalogue::embedded().get("docusign").unwrap();
        let lookup = provider.lookups().next().unwrap();
        let accounts = json!({"accounts": [
            {"is_default": true, "account_id": "1", "base_uri": "https://eu.docusign.net"},
            {"is_default": false, "account_id": "2", "base_uri": "https://eu.docusign.net"},
        ]});
        assert!(lookup.candidates(&accounts, &values(&[])).is_empty());
    }

    #[test]
    fn the_one_that_the_token_names_is_meant_where_there_are_several() {
        let mut values = values(&[]);
        let claims = URL_SAFE_NO_PAD.encode(r#"{"authentication_event_id":"e2"}"#);
        values.token.insert("access_token".into(), format!("x.{claims}.x"));
        let several =
            json!([{"authEventId": "e1", "tenantId": "t1"}, {"authEventId": "e2", "tenantId": "t2"}]);
        assert_eq!(read("xero", 0, &several, &values), pairs(&[("tenant_id", "t2")]));
        let one = json!([{"authEventId": "old", "tenantId": "t1"}]);
        assert_eq!(read("xero", 0, &one, &values), pairs(&[("tenant_id", "t1")]));
    }

    #[test]
    fn an_item_of_a_list_and_an_answer_that_is_no_list_are_both_read() {
        let one = json!({"company_id": "c", "site_id": "s"});
        let expected = pairs(&[("company_id", "c"), ("site_id", "s")]);
        assert_eq!(read("sage-200", 0, &one, &values(&[])), expected);
        assert_eq!(read("sage-200", 0, &json!([one, {}]), &values(&[])), expected);
        assert!(read("sage-200", 0, &json!([]), &values(&[])).is_empty());
    }

    #[test]
    fn an_answer_about_something_else_tells_nothing() {
        let about = |kind: &str| json!({"resource": {"type": kind, "uuid": "u"}});
        assert_eq!(read("gusto", 0, &about("Company"), &values(&[])), pairs(&[("company_uuid", "u")]));
        assert!(read("gusto", 0, &about("Person"), &values(&[])).is_empty());
    }

    #[test]
    fn a_refusal_may_tell_something_too() {
        let provider = Catalogue::embedded().get("checkr-partner").unwrap();
        let lookup = provider.lookups().next().unwrap();
        assert_eq!(lookup.refused(), pairs(&[("account_hierarchy_enabled", "false")]));
        assert_eq!(lookup.read(&json!({}), &values(&[])), pairs(&[("account_hierarchy_enabled", "true")]));
    }

    #[test]
    fn claims_of_the_token_need_no_request() {
        let provider = Catalogue::embedded().get("one-drive").unwrap();
        let mut values = values(&[]);
        values
            .token
            .insert("access_token".into(), format!("x.{}.x", URL_SAFE_NO_PAD.encode(r#"{"tid":"t"}"#)));
        let lookup = provider.lookups().next().unwrap();
        let Source::Known(claims) = lookup.source(&provider, &values).unwrap() else { panic!() };
        assert_eq!(lookup.read(&claims, &values), pairs(&[("tenant_id", "t")]));
        values.token.insert("access_token".into(), "opaque".into());
        assert!(matches!(lookup.source(&provider, &values).unwrap(), Source::Nowhere));
    }
}
