//! OAuth 1.0a with the end user's consent (RFC 5849 §2): temporary credentials, the visit, the token.

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::{self, unrendered},
    carrier::Operation,
    document::Document,
    verdict,
};
use latchkey_providers::{HttpRequest, Provider, TOKEN_SECRET, TemporaryCredentials, TokenResponse};
use latchkey_secret::{AccessToken, Grant, Handout, SecretText};
use url::Url;
use zeroize::Zeroizing;

/// Where the shared secret of temporary credentials is kept while the end user is away: no input has such a name.
const TEMPORARY_SECRET: &str = "flow.token_secret";

/// A visit to the provider, ready to go.
pub struct OAuth1Begun {
    pub url: Url,
    /// The temporary credentials' identifier. It comes back with the browser.
    pub token: String,
    /// What was typed, and what the token is traded with: to be kept, sealed, until the browser is back.
    pub inputs: Inputs,
}

impl std::fmt::Debug for OAuth1Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OAuth1Begun").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// Asks for temporary credentials (RFC 5849 §2.1), and says where the end user is to be sent with them (§2.2).
    ///
    /// # Errors
    /// [`FaultKind::ResponseInvalid`] where the provider does not confirm the callback: without that anybody could finish
    /// somebody else's visit.
    pub async fn begin_oauth1(
        &self,
        provider: &Provider,
        app: &App,
        mut inputs: Inputs,
        callback: &str,
    ) -> Result<OAuth1Begun, Fault> {
        let material = Material::of_app(provider, app).with_fields(&inputs);
        let request = provider.temporary_credentials_request(&material.values, callback);
        let request = request.map_err(|error| unrendered(&error))?;
        let answered = self.credentials(Operation::Authorize, provider, &material, request).await?;
        if answered.document.text("/oauth_callback_confirmed") != Some("true") {
            return Err(answered.unusable("the answer does not confirm the callback (RFC 5849 §2.1)"));
        }
        let url = provider.resource_owner_authorization_url(&material.values, &answered.token, &app.scopes);
        let url = url.map_err(|error| unrendered(&error))?;
        inputs.insert(TEMPORARY_SECRET.into(), SecretText::new(answered.secret.to_string()));
        Ok(OAuth1Begun { url, token: answered.token.to_string(), inputs })
    }

    /// Trades temporary credentials for a token (RFC 5849 §2.3). `inputs` are those of the [`OAuth1Begun`].
    ///
    /// Not cancel-safe, and not to be repeated: a verifier is good for one exchange.
    ///
    /// # Errors
    /// [`FaultKind::GrantRefused`] where the provider refuses the verifier.
    pub async fn exchange_oauth1(
        &self,
        provider: &Provider,
        app: &App,
        mut inputs: Inputs,
        token: &str,
        verifier: &str,
    ) -> Result<Grant, Fault> {
        let missing = || Fault::described(FaultKind::Unsupported, "the temporary credentials are gone");
        let secret = inputs.remove(TEMPORARY_SECRET).ok_or_else(missing)?;
        let mut material = Material::of_app(provider, app).with_fields(&inputs);
        [token, verifier, secret.expose()].iter().for_each(|text| material.secrets.add(text));
        let temporary = TemporaryCredentials { token, secret: secret.expose() };
        let request = provider.token_credentials_request(&material.values, temporary, verifier);
        let request = request.map_err(|error| unrendered(&error))?;
        let answered = self.credentials(Operation::Exchange, provider, &material, request).await?;
        let mut fields = assemble::retained(provider, &inputs);
        for (name, capture) in &provider.token_response().set {
            let value = capture.read(answered.document.value(), &material.values);
            fields.extend(value.map(|value| (name.clone(), SecretText::new(value))));
        }
        fields.insert(TOKEN_SECRET.into(), SecretText::new(answered.secret.to_string()));
        let material = material.with_fields(&fields).with_token("access_token", &answered.token);
        let access_token = Some(AccessToken::new(answered.token.to_string()));
        assemble::of_handout(provider, &material, Handout { access_token, fields, ..Handout::default() })
    }

    /// One signed request, and the credentials in its answer.
    async fn credentials(
        &self,
        operation: Operation,
        provider: &Provider,
        material: &Material<'_>,
        request: HttpRequest,
    ) -> Result<Answered, Fault> {
        let answer = self.send(operation, provider, request).await?;
        let document = verdict::token_document(&answer, &TokenResponse::default(), &material.secrets);
        let document = document.map_err(|fault| refused(operation, answer.text(), fault))?;
        let read = |pointer| document.text(pointer).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        let (token, secret) = (read("/oauth_token"), read("/oauth_token_secret"));
        let at = (answer.status, answer.host.clone());
        match (token, secret) {
            (Some(token), Some(secret)) => {
                Ok(Answered { token: Zeroizing::new(token), secret: Zeroizing::new(secret), document, at })
            }
            _ => Err(Fault::described(FaultKind::ResponseInvalid, "the answer holds no token and secret")
                .with_status(at.0)
                .at(&at.1)),
        }
    }
}

struct Answered {
    token: Zeroizing<String>,
    secret: Zeroizing<String>,
    document: Document,
    at: (u16, String),
}

impl Answered {
    fn unusable(&self, why: &'static str) -> Fault {
        Fault::described(FaultKind::ResponseInvalid, why).with_status(self.at.0).at(&self.at.1)
    }
}

/// Whose fault a refusal is: the words of the Problem Reporting extension, where the provider speaks it; else the verifier's at
/// the token endpoint, which is refused with the same bare 401 as a wrong client (RFC 5849 §3.2).
fn refused(operation: Operation, body: &str, fault: Fault) -> Fault {
    let problem = body.split(['&', ',', '\n']).find_map(|pair| pair.trim().strip_prefix("oauth_problem="));
    let kind = match problem.map(|word| word.trim_matches('"')) {
        Some(
            "token_rejected" | "token_expired" | "token_used" | "token_revoked" | "permission_denied"
            | "verifier_invalid",
        ) => FaultKind::GrantRefused,
        Some(
            "consumer_key_unknown" | "consumer_key_rejected" | "consumer_key_refused" | "signature_invalid",
        ) => FaultKind::ClientRejected,
        _ if operation == Operation::Exchange && fault.http_status == Some(401) => FaultKind::GrantRefused,
        _ => return fault,
    };
    Fault { kind, ..fault }
}
