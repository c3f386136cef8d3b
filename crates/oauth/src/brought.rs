//! Credentials of a consent that was given elsewhere: a backend brings them, and nobody is asked for them.

use crate::{
    App, Fault, FaultKind, Inputs,
    app::Material,
    assemble::{self, Renews, renews, unrendered},
    check_inputs,
    steps::Progress,
    tokens::{Tokens, is_token},
};
use latchkey_providers::{AuthMode, Provider, TOKEN_SECRET, server};
use latchkey_secret::{AccessToken, Grant, Handout, RefreshToken, SecretText};
use std::{collections::BTreeSet, time::Duration};

/// Tokens as whoever brings them has them. A credential that is no token is among the fields.
#[derive(Debug, Default)]
pub struct Brought {
    pub access_token: Option<SecretText>,
    pub refresh_token: Option<SecretText>,
    /// RFC 5849: the shared secret that goes with the access token.
    pub token_secret: Option<SecretText>,
    pub expires_in: Option<Duration>,
    pub scopes: Option<Vec<String>>,
}

impl Brought {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.access_token.is_none() && self.refresh_token.is_none() && self.token_secret.is_none()
    }
}

/// The fields of a connection that is brought: what an end user would have typed is checked as when typed, and what is
/// otherwise learnt while connecting is taken as it is.
///
/// # Errors
/// [`FaultKind::InputInvalid`] with the field.
pub fn check_brought(provider: &Provider, fields: Inputs) -> Result<Inputs, Fault> {
    let learnt = otherwise_learnt(provider);
    let is_input = |name: &str| provider.connection_inputs().any(|input| input.name == name);
    let (typed, known): (Inputs, Inputs) =
        fields.into_iter().partition(|(name, _)| is_input(name) || !learnt.contains(name.as_str()));
    let mut checked = check_inputs(provider, &typed)?;
    for (name, value) in known {
        if value.expose().len() > FIELD_MAX || value.expose().chars().any(char::is_control) {
            return Err(wrong(&name, "is too long, or holds control characters"));
        }
        checked.insert(name, value);
    }
    Ok(checked)
}

/// Longer than any id, name or address that an API wants to be told, and than any token an answer holds beside the first.
const FIELD_MAX: usize = 16 * 1024;

/// The names of what no end user types: captured from answers and callbacks, or asked for after connecting.
#[must_use]
pub fn otherwise_learnt(provider: &Provider) -> BTreeSet<&str> {
    let answers = [provider.token_response(), provider.refresh_response()];
    let captured = answers.into_iter().flat_map(|rules| rules.set.keys().chain(rules.set_secret.keys()));
    let visited = provider.obtain.interaction.iter().flat_map(|visit| visit.set.keys());
    let called_back = provider.obtain.callback.set.keys();
    captured.chain(visited).chain(called_back).map(String::as_str).chain(provider.learnt()).collect()
}

/// The grant of tokens that are brought. Nothing is sent. `fields` have been through [`check_brought`].
///
/// Without an access token the grant is one that has run out already: the first token comes of a refresh.
///
/// # Errors
/// [`FaultKind::InputInvalid`] where something is missing, malformed, or not what this provider has.
pub fn brought(provider: &Provider, app: &App, fields: &Inputs, tokens: Brought) -> Result<Grant, Fault> {
    let read = |name: &'static str, text: &Option<SecretText>| match text {
        Some(text) if !is_token(text.expose()) => {
            Err(wrong(name, "is longer than 16 KiB or holds characters that no token has"))
        }
        text => Ok(text.as_ref().map(|text| text.expose().to_owned())),
    };
    let access_token = read("access_token", &tokens.access_token)?;
    let refresh_token = read("refresh_token", &tokens.refresh_token)?;
    if let (Some(_), false) = (&refresh_token, renews(provider) == Renews::ByRefreshToken) {
        return Err(wrong("refresh_token", "is nothing that this provider's tokens are refreshed with"));
    }
    let secret = read("token_secret", &tokens.token_secret)?;
    let material = Material::of_app(provider, app);
    if provider.auth_mode() == AuthMode::OAuth1 {
        let missing = |name| move || wrong(name, "is missing");
        let token = access_token.ok_or_else(missing("access_token"))?;
        return of_oauth1(provider, material, fields, token, secret.ok_or_else(missing("token_secret"))?);
    }
    if secret.is_some() {
        return Err(wrong(
            "token_secret",
            "goes with tokens of OAuth 1.0a, which this provider does not speak",
        ));
    }
    let expires_in = tokens.expires_in;
    let refresh_token = refresh_token.map(RefreshToken::new);
    let tokens = Tokens {
        expires_in,
        scopes: tokens.scopes,
        captured: Inputs::new(),
        refresh_token,
        access_token: access_token.map(AccessToken::new),
    };
    if tokens.access_token.is_none() {
        return run_out(provider, material, fields, tokens);
    }
    let grant = assemble::of_tokens(provider, material, fields, None, tokens, &Progress::default());
    // No answer came that could be at fault: a value is missing, or does not fit where it goes.
    grant.map_err(|fault| Fault { kind: FaultKind::InputInvalid { field: "fields".into() }, ..fault })
}

fn of_oauth1(
    provider: &Provider,
    material: Material<'_>,
    fields: &Inputs,
    token: String,
    secret: String,
) -> Result<Grant, Fault> {
    let mut fields = assemble::retained(provider, fields);
    fields.insert(TOKEN_SECRET.into(), SecretText::new(secret));
    let material = material.with_fields(&fields).with_token("access_token", &token);
    let access_token = Some(AccessToken::new(token));
    assemble::of_handout(provider, &material, Handout { access_token, fields, ..Handout::default() })
}

fn run_out(
    provider: &Provider,
    material: Material<'_>,
    fields: &Inputs,
    tokens: Tokens,
) -> Result<Grant, Fault> {
    let fields = assemble::retained(provider, fields);
    let material = material.with_fields(&fields);
    let origins = provider.origins(&material.values).or_else(|error| match unrendered(&error) {
        // Where the API is may be in the answer to the first refresh.
        fault if matches!(fault.kind, FaultKind::InputInvalid { .. }) => Ok(vec![]),
        fault => Err(fault),
    })?;
    let renewal = assemble::renewal(provider, &fields, None, tokens.refresh_token, None);
    let mut handout = Handout { fields, ..Handout::default() };
    handout.fields.retain(|name, _| !name.starts_with(server::PREFIX));
    Ok(Grant {
        expires_in: renewal.is_some().then_some(Duration::ZERO),
        handout,
        renewal,
        scopes: tokens.scopes,
        origins,
        account: None,
    })
}

fn wrong(field: &str, what: &str) -> Fault {
    Fault::described(FaultKind::InputInvalid { field: field.to_owned() }, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_providers::{Catalogue, Trust};
    use std::sync::Arc;

    const ENTRY: &str = r#"{"id": "brought", "name": "Brought",
        "inputs": [{"name": "subdomain", "label": "Subdomain", "ask": "connection", "required": true, "pattern": "^[a-z]+$"}],
        "obtain": {"type": "oauth2", "authorization_endpoint": "https://as.example.com/authorize",
            "token_endpoint": "https://as.example.com/token", "token_endpoint_auth_method": "client_secret_post",
            "code_challenge_methods": ["S256"], "token_response": {"set": {"instance": "/instance"}}},
        "apply": {"scheme": "bearer"}, "api": {"base_url": "https://${conn.subdomain}.example.com", "hosts": ["*.example.com"]}}"#;

    fn provider() -> Arc<Provider> {
        Catalogue::embedded().with_entry(ENTRY, Trust::Public).unwrap().get("brought").unwrap()
    }

    fn app() -> App {
        App { client_id: "client".into(), client_secret: None, scopes: vec![], fields: Inputs::new() }
    }

    fn fields(pairs: &[(&str, &str)]) -> Inputs {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into())).collect()
    }

    fn tokens(access: Option<&str>, refresh: Option<&str>) -> Brought {
        let secret = |text: Option<&str>| text.map(|text| SecretText::new(text.to_owned()));
        Brought { access_token: secret(access), refresh_token: secret(refresh), ..Brought::default() }
    }

    fn refused(fault: &Fault) -> &str {
        let FaultKind::InputInvalid { field } = &fault.kind else { panic!("{fault:?}") };
        field
    }

    #[test]
    fn tokens_are_put_together_as_an_answer_would_have_been() {
        let provider = provider();
        let known = check_brought(&provider, fields(&[("subdomain", "acme"), ("instance", "eu1")])).unwrap();
        let grant = brought(&provider, &app(), &known, tokens(Some("canary_access"), Some("canary_refresh")))
            .unwrap();
        assert_eq!(grant.handout.headers["authorization"].expose(), "Bearer canary_access");
        assert_eq!(grant.handout.fields["instance"].expose(), "eu1");
        assert_eq!(grant.origins, ["https://acme.example.com"]);
        let renewal = grant.renewal.unwrap();
        assert_eq!(renewal.refresh_token.unwrap().expose(), "canary_refresh");
        assert_eq!(renewal.fields["subdomain"].expose(), "acme");
    }

    #[test]
    fn a_refresh_token_alone_is_a_credential_that_has_run_out() {
        let provider = provider();
        let grant =
            brought(&provider, &app(), &fields(&[("subdomain", "acme")]), tokens(None, Some("canary")))
                .unwrap();
        assert!(grant.handout.access_token.is_none() && grant.handout.headers.is_empty());
        assert_eq!((grant.expires_in, grant.renewal.is_some()), (Some(Duration::ZERO), true));
    }

    #[test]
    fn what_cannot_be_is_refused_by_the_name_of_its_field() {
        let provider = provider();
        for (given, field) in [
            (vec![("subdomain", "acme"), ("nonsense", "x")], "nonsense"),
            (vec![], "subdomain"),
            (vec![("subdomain", "AC ME")], "subdomain"),
            (vec![("subdomain", "acme"), ("instance", "a\nb")], "instance"),
        ] {
            assert_eq!(refused(&check_brought(&provider, fields(&given)).unwrap_err()), field);
        }
        let acme = fields(&[("subdomain", "acme")]);
        let long = "x".repeat(16 * 1024 + 1);
        let secret = Brought { token_secret: Some("s".to_owned().into()), ..tokens(Some("t"), None) };
        for (given, field) in [
            (tokens(Some("with space"), None), "access_token"),
            (tokens(Some(&long), None), "access_token"),
            (tokens(Some("t"), Some("line\nbreak")), "refresh_token"),
            (secret, "token_secret"),
        ] {
            assert_eq!(refused(&brought(&provider, &app(), &acme, given).unwrap_err()), field);
        }
    }
}
