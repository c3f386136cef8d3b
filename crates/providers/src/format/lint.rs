//! What is wrong with an entry that decodes. Each finding names a field and what would mend it.

use super::entry::{Ask, Input, InputFormat, Links, Provider, Scheme};
use super::expression::{Reference, Space};
use super::guidance;
use super::host;
use super::host::Trust;
use super::obtain::{Algorithm, CodeChallengeMethod, ObtainType};
use super::references::{Declared, templates};
use super::request::RefreshMode;
use super::url_template::{Start, UrlTemplate};
use super::urls::urls;
use super::vendor;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub field: String,
    pub fix: String,
}

/// Parameters of the authorization request that decide where the answer goes and what protects it.
const PROTECTED_PARAMS: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "client_secret",
];

const LABEL_MAX: usize = 40;
const NAME_MAX: usize = 80;

/// All findings, in the order somebody would mend them.
#[must_use]
pub fn findings(raw: &Value, provider: &Provider) -> Vec<Finding> {
    let mut lint = Lint { provider, declared: Declared::by(raw, provider), found: Vec::new() };
    lint.head();
    provider.inputs.iter().for_each(|input| lint.input(input));
    lint.obtain();
    lint.apply();
    for (field, template) in templates(raw) {
        for objection in template.references().into_iter().filter_map(|each| lint.declared.objection(each)) {
            lint.found.push(Finding { field: field.clone(), fix: objection });
        }
    }
    for (field, url) in urls(provider) {
        lint.url(&field, url);
    }
    lint.headers();
    lint.probes();
    lint.documented();
    let webhooks = provider.webhooks.iter().flat_map(|webhooks| webhooks.objections());
    lint.found.extend(webhooks.map(|(field, fix)| Finding { field, fix }));
    lint.found
}

struct Lint<'a> {
    provider: &'a Provider,
    declared: Declared,
    found: Vec<Finding>,
}

impl Lint<'_> {
    fn find(&mut self, field: impl Into<String>, fix: impl Into<String>) {
        self.found.push(Finding { field: field.into(), fix: fix.into() });
    }

    fn head(&mut self) {
        let provider = self.provider;
        if provider.catalog != 1 {
            self.find("catalog", "must be 1: this version reads catalogue format 1 only");
        }
        if !is_id(&provider.id) {
            self.find("id", "must be lower-case words joined by single hyphens");
        }
        if provider.name.is_empty() || provider.name.chars().count() > NAME_MAX {
            self.find("name", format!("must have 1 to {NAME_MAX} characters"));
        }
        if !provider.categories.iter().all(|category| is_id(category)) {
            self.find("categories", "must be lower-case words joined by single hyphens");
        }
        let Links { api_docs, app_setup, scopes, server_metadata } = &provider.links;
        for link in [api_docs, app_setup, scopes, server_metadata].into_iter().flatten() {
            let scheme = link.starts_with("https://")
                || (provider.trust == Trust::Loopback && link.starts_with("http://"));
            if !scheme || url::Url::parse(link).is_err() {
                self.find("links", format!("`{link}` is not an https address"));
            }
        }
        let names: BTreeSet<_> = provider.inputs.iter().map(|input| &input.name).collect();
        if names.len() != provider.inputs.len() {
            self.find("inputs", "two inputs have the same name");
        }
    }

    /// What the vendor documents, and what people are told.
    fn documented(&mut self) {
        let provider = self.provider;
        let domains = vendor::domains(provider);
        let about_tokens = provider.behaviour.objections(&domains);
        for (field, fix) in about_tokens.into_iter().chain(provider.guidance.objections(&domains)) {
            self.find(field, fix);
        }
        for input in &provider.inputs {
            let objection = input.help.as_deref().and_then(|help| guidance::objection(help, &domains));
            if let Some(fix) = objection {
                self.find(format!("inputs.{}.help", input.name), fix);
            }
        }
    }

    fn input(&mut self, input: &Input) {
        let field = format!("inputs.{}", input.name);
        let named = input.name.starts_with(|c: char| c.is_ascii_lowercase())
            && input.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !named {
            self.find(&field, "the name must be in snake_case");
        }
        if input.label.is_empty() || input.label.chars().count() > LABEL_MAX {
            self.find(&field, format!("the label must have 1 to {LABEL_MAX} characters"));
        }
        if let Some(pattern) = &input.pattern {
            if let Err(error) = Regex::new(pattern) {
                self.find(&field, format!("the pattern is not a regular expression: {error}"));
            } else if self.is_in_a_url(input) && !is_anchored(pattern) {
                self.find(&field, "the value reaches a URL, so the pattern must begin with ^ and end with $");
            }
        }
        let is_input = |name: &str| self.provider.inputs.iter().any(|other| other.name == name);
        if let Some(when) = input.when.as_ref().filter(|when| !is_input(&when.input)) {
            self.find(&field, format!("`when` asks about `{}`, which is no input", when.input));
        }
        if !input.one_of.is_empty()
            && input.default.as_ref().is_some_and(|default| !input.one_of.contains(default))
        {
            self.find(&field, "the default is not in one_of");
        }
    }

    fn is_in_a_url(&self, input: &Input) -> bool {
        let refers =
            |reference: &&Reference| reference.path[0] == input.name && is_input_space(reference, input);
        urls(self.provider).iter().any(|(_, url)| url.references().iter().any(refers))
    }

    fn obtain(&mut self) {
        self.keys();
        let obtain = &self.provider.obtain;
        match obtain.kind {
            ObtainType::OAuth2 => self.oauth2(),
            ObtainType::Exchange if obtain.steps.is_empty() => {
                self.find("obtain.steps", "an exchange has at least one step");
            }
            ObtainType::Exchange => self.interaction(),
            ObtainType::Minted if obtain.assertions.is_empty() => {
                self.find("obtain.assertions", "a minted credential has at least one assertion");
            }
            _ => {}
        }
    }

    /// A private key is handed out as PEM, and only an input of that format takes its line breaks.
    fn keys(&mut self) {
        let provider = self.provider;
        let signs_with_a_pair = |alg| alg != Algorithm::HS256;
        let assertions = provider.obtain.assertions.values();
        let pairs = assertions.filter(|assertion| assertion.alg.is_some_and(signs_with_a_pair));
        for key in pairs.filter_map(|assertion| assertion.key.as_ref()) {
            for reference in key.0.references() {
                let typed =
                    |input: &&Input| input.name == reference.path[0] && is_input_space(reference, input);
                let input = provider.inputs.iter().find(typed);
                if let Some(input) = input.filter(|input| input.format != Some(InputFormat::Pem)) {
                    self.find(format!("inputs.{}", input.name), "a private key must have `format: pem`");
                }
            }
        }
    }

    /// What comes back is found by its state, before anybody knows whose entry it is for.
    fn interaction(&mut self) {
        let visit = self.provider.obtain.interaction.as_ref();
        if visit.is_some_and(|visit| visit.state_param.as_deref().is_some_and(|name| name != "state")) {
            self.find(
                "obtain.interaction.state_param",
                "must be `state`: nothing else is looked at when a visit ends",
            );
        }
    }

    fn oauth2(&mut self) {
        let obtain = &self.provider.obtain;
        let discovered = !obtain.discovery.is_empty();
        let grant = obtain.grant_type.as_deref().unwrap_or("authorization_code");
        match grant {
            "implicit" | "token" | "password" => {
                self.find("obtain.grant_type", format!("`{grant}` must not be used (RFC 9700 §2.1.2, §2.4)"));
            }
            "authorization_code" if !discovered => {
                if obtain.authorization_endpoint.is_none() {
                    self.find("obtain.authorization_endpoint", "is missing");
                }
                match obtain.code_challenge_methods.as_deref() {
                    None => self.find(
                        "obtain.code_challenge_methods",
                        "must be stated: [S256], or [] if the provider refuses it (RFC 7636)",
                    ),
                    Some([]) => {}
                    Some(methods) if methods.contains(&CodeChallengeMethod::S256) => {}
                    Some(_) => {
                        self.find("obtain.code_challenge_methods", "`plain` protects nothing: use S256")
                    }
                }
            }
            _ => {}
        }
        if obtain.token_endpoint.is_none() && !discovered {
            self.find("obtain.token_endpoint", "is missing");
        }
        if obtain.token_endpoint_auth_method.is_none() && !discovered {
            self.find("obtain.token_endpoint_auth_method", "must be stated (RFC 7591 §2)");
        }
        if let Some(name) =
            obtain.authorization.params.keys().find(|name| PROTECTED_PARAMS.contains(&name.as_str()))
        {
            let fix = "is set by the flow and must not be replaced";
            self.find(format!("obtain.authorization.params.{name}"), fix);
        }
        for protected in ["state", "redirect_uri", "code_challenge"] {
            if obtain.authorization.omit.iter().any(|name| name == protected) {
                self.find(
                    "obtain.authorization.omit",
                    format!("`{protected}` protects the flow and must be sent"),
                );
            }
        }
        // A vendor's own way to renew has a grant type of its own; the refresh grant has that of RFC 6749 §6.
        let renews_its_own_way =
            matches!(obtain.refresh.mode, Some(RefreshMode::AccessToken | RefreshMode::AppSigned));
        if obtain.token_request.params.contains_key("grant_type")
            || (obtain.refresh.params.contains_key("grant_type") && !renews_its_own_way)
        {
            self.find(
                "obtain",
                "grant_type is set by the grant: state `grant_type` of `obtain` instead of a parameter",
            );
        }
    }

    fn apply(&mut self) {
        let apply = &self.provider.apply;
        if apply.scheme == Scheme::Basic && apply.username.is_none() {
            self.find("apply.username", "the basic scheme needs it (RFC 7617)");
        }
        if apply.scheme != Scheme::Basic && (apply.username.is_some() || apply.password.is_some()) {
            self.find("apply.username", "only the basic scheme has a user name and password");
        }
        if apply.scheme == Scheme::Bearer && self.provider.obtain.kind == ObtainType::Given {
            self.find(
                "apply.scheme",
                "a given credential has no access token: use none and headers.authorization: Bearer ${conn.name}",
            );
        }
    }

    fn url(&mut self, field: &str, template: &UrlTemplate) {
        let loopback = self.provider.trust == Trust::Loopback;
        let literal =
            template.literal_host().map(|authority| authority.split(':').next().unwrap_or_default());
        match template.start {
            Start::Http if !loopback => return self.find(field, "must begin with https://"),
            Start::Http
                if literal != Some("127.0.0.1")
                    && literal != Some("localhost")
                    && !ipv6_loopback(template) =>
            {
                return self.find(field, "http is only for 127.0.0.1, localhost and [::1]");
            }
            Start::Relative if !field.starts_with("probes") && field != "obtain.revoke.url" => {
                return self.find(field, "must be a whole URL");
            }
            Start::Relative if self.provider.api.base_url.is_none() => {
                return self.find(field, "continues api.base_url, which is missing");
            }
            _ => {}
        }
        let allowed = |name: &str| host::is_public_host_name(name) || (loopback && host::is_loopback(name));
        if literal.is_some_and(|name| !allowed(name)) && !(loopback && ipv6_loopback(template)) {
            self.find(field, "is not on a public host name in lower case");
        }
        let mut references = Vec::new();
        template.open_host().for_each(|expression| expression.references(&mut references));
        for reference in references {
            if let Some(fix) = self.open_host_objection(reference) {
                self.find(field, fix);
            }
        }
    }

    /// Whoever chooses the host receives the secret, so the choice has to be bounded by something.
    fn open_host_objection(&self, reference: &Reference) -> Option<String> {
        if reference.space == Space::Step || self.declared.is_captured(reference, self.provider) {
            return self.provider.api.hosts.is_empty().then(|| {
                format!("`{reference}` comes from an answer and chooses the host: state api.hosts")
            });
        }
        let input = self
            .provider
            .inputs
            .iter()
            .find(|input| input.name == reference.path[0] && is_input_space(reference, input))?;
        let bounded = matches!(input.format, Some(InputFormat::Hostname | InputFormat::Uri))
            || !input.one_of.is_empty()
            || input.pattern.as_deref().is_some_and(is_anchored);
        (!bounded).then(|| {
            format!("`{reference}` chooses the host: give the input `format: hostname` (or uri), one_of, or a whole pattern")
        })
    }

    fn headers(&mut self) {
        let obtain = &self.provider.obtain;
        let maps = [
            ("apply.headers", &self.provider.apply.headers),
            ("api.headers", &self.provider.api.headers),
            ("obtain.token_request.headers", &obtain.token_request.headers),
            ("obtain.refresh.headers", &obtain.refresh.headers),
        ];
        let token = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
        for (field, headers) in maps {
            if let Some(name) = headers.keys().find(|name| name.is_empty() || !name.bytes().all(token)) {
                self.find(format!("{field}.{name}"), "is not a header name in lower case (RFC 9110 §5.1)");
            }
        }
    }

    /// A probe carries the credential, so its host is one the credential may be sent to.
    fn probes(&mut self) {
        let api = &self.provider.api;
        let base = api.base_url.as_ref().and_then(UrlTemplate::literal_host);
        let probes = &self.provider.probes;
        let one = [("verify", &probes.verify), ("identity", &probes.identity)];
        let listed = one.into_iter().filter_map(|(name, probe)| probe.as_ref().map(|probe| (name, probe)));
        let mut outside = Vec::new();
        for (name, probe) in listed.chain(probes.discover.iter().map(|probe| ("discover", probe))) {
            let hosts = probe.url.iter().flat_map(|urls| &urls.0).filter_map(UrlTemplate::literal_host);
            // On loopback whoever is told apart is told apart by the port, which no pattern has.
            let loopback = self.provider.trust == Trust::Loopback;
            let listed = |host: &str| {
                let name = host.rsplit_once(':').filter(|_| loopback).map_or(host, |(name, _)| name);
                api.hosts.iter().any(|pattern| pattern.matches(name))
            };
            let stranger = |host: &&str| Some(*host) != base && !listed(host);
            outside
                .extend(hosts.filter(stranger).map(|host| (format!("probes.{name}.url"), host.to_owned())));
        }
        for (field, host) in outside {
            self.find(field, format!("`{host}` would receive the credential: add it to api.hosts"));
        }
    }
}

fn ipv6_loopback(template: &UrlTemplate) -> bool {
    template.literal_host().is_some_and(|authority| authority.starts_with("[::1]"))
}

fn is_input_space(reference: &Reference, input: &Input) -> bool {
    match input.ask {
        Ask::Integration => reference.space == Space::App,
        Ask::Connection | Ask::Once => reference.space == Space::Conn,
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// `^…$`, with no alternative outside a group that would escape an anchor.
fn is_anchored(pattern: &str) -> bool {
    let mut depth = 0_i32;
    let mut escaped = false;
    let mut in_class = false;
    for c in pattern.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            '|' if !in_class && depth == 0 => return false,
            _ => {}
        }
    }
    pattern.starts_with('^') && pattern.ends_with('$') && !pattern.ends_with("\\$")
}
