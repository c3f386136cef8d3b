//! The engine, driven with what a transcript gives: every request it makes, by the transcript's names for them.

use crate::{
    carrier::Recorder,
    transcript::{Given, Kept, Pem, Transcript, Typed},
};
use latchkey_oauth::{
    App, Client, ClientMetadata, Fault, Inputs, Operation, check_inputs, given, registration, visited_fields,
};
use latchkey_providers::{AuthMode, Body, Extent, HttpRequest, InputError, Provider, Values};
use latchkey_secret::{AuthorizationCode, Grant, RefreshToken, Renewal, SecretText};
use latchkey_signing::{Seed, request as signing};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};
use url::Url;

const REDIRECT_URI: &str = "https://latchkey.example/callback";
const STATE: &str = "the-state";
const RSA: &str = include_str!("../../../signing/tests/keys/rsa.pem");

/// What went over the wire. A request that was not made has its reason instead.
#[derive(Default)]
pub struct Sent {
    pub requests: BTreeMap<&'static str, Result<HttpRequest, String>>,
    /// All that were needed to obtain the credential.
    pub obtained: Vec<HttpRequest>,
    /// What was read in the answers.
    pub kept: Kept,
    /// Why there is no credential.
    pub failed: Option<String>,
}

pub async fn drive(provider: &Provider, transcript: &Transcript) -> Result<Sent, String> {
    let app = app(provider, &transcript.given)?;
    let inputs = inputs(provider, &transcript.given)?;
    let recorder = Arc::new(Recorder::answering(&transcript.given, REDIRECT_URI));
    let client = Client::over(recorder.clone());
    let mut engine =
        Engine { provider, app, inputs, given: &transcript.given, client, recorder, sent: Sent::default() };
    match engine.obtain().await {
        Ok(grant) => engine.use_of(grant, transcript).await,
        Err(why) => engine.sent.failed = Some(why),
    }
    Ok(engine.sent)
}

struct Engine<'a> {
    provider: &'a Provider,
    app: App,
    inputs: Inputs,
    given: &'a Given,
    client: Client,
    recorder: Arc<Recorder>,
    sent: Sent,
}

impl Engine<'_> {
    async fn obtain(&mut self) -> Result<Grant, String> {
        let grant = match self.provider.auth_mode() {
            AuthMode::OAuth2Code => self.by_code().await,
            AuthMode::OAuth2ClientCredentials => {
                self.client.client_credentials(self.provider, &self.app, &self.inputs).await.map_err(said)
            }
            AuthMode::Exchange => {
                self.client.exchange_steps(self.provider, &self.app, &self.inputs).await.map_err(said)
            }
            AuthMode::Installation => self.by_installation().await,
            AuthMode::OAuth1 => self.by_oauth1().await,
            _ => given(self.provider, &self.app, &self.inputs).map_err(said),
        };
        let made = self.recorder.take().into_iter();
        // Asking when a token ends (RFC 7662) is not obtaining one.
        let obtaining = made.filter(|(operation, _)| *operation != Operation::Introspect);
        self.sent.obtained = obtaining.map(|(_, request)| request).collect();
        let first = self.sent.obtained.first().cloned();
        self.sent.requests.insert("token", first.ok_or_else(|| failure(&grant)));
        let grant = grant?;
        if self.provider.lookups().next().is_none() {
            return Ok(grant);
        }
        let learnt = self.client.look_up(self.provider, &self.app, grant, &self.inputs).await;
        self.recorder.take();
        learnt.map_err(|fault| format!("given.lookups: {}", said(fault)))
    }

    async fn by_code(&mut self) -> Result<Grant, String> {
        self.register().await?;
        let begun =
            self.client.begin(self.provider, &self.app, &self.inputs, REDIRECT_URI, STATE, &BTreeMap::new());
        let (url, verifier) = match begun {
            Ok(begun) => (Ok(get(begun.url)), begun.verifier),
            Err(fault) => (Err(said(fault)), None),
        };
        self.sent.requests.insert("authorize", url);
        let code = AuthorizationCode::new(self.given.code.clone().unwrap_or_else(|| "canary_code".into()));
        let pairs: Vec<_> = self.given.callback.clone().into_iter().collect();
        self.inputs.extend(latchkey_oauth::callback_fields(self.provider, &pairs));
        let traded = self.client.exchange(
            self.provider,
            &self.app,
            &self.inputs,
            REDIRECT_URI,
            &code,
            verifier.as_ref(),
        );
        traded.await.map_err(said)
    }

    /// RFC 7591, where the entry's clients register themselves.
    async fn register(&mut self) -> Result<(), String> {
        let metadata = ClientMetadata { name: "Latchkey", redirect_uri: REDIRECT_URI };
        let Some(registration) = registration(self.provider, &self.inputs, metadata).map_err(said)? else {
            return Ok(());
        };
        let registered = self.client.register(self.provider, &registration).await;
        let request = self.recorder.take().into_iter().map(|(_, request)| request).next();
        self.sent.requests.insert("register", request.ok_or_else(|| "no request was made".into()));
        self.inputs.extend(registered.map_err(said)?.fields);
        Ok(())
    }

    async fn by_installation(&mut self) -> Result<Grant, String> {
        let begun = self.client.visit(self.provider, &self.app, &self.inputs, REDIRECT_URI, STATE);
        self.sent.requests.insert("authorize", begun.map(|begun| get(begun.url)).map_err(said));
        let pairs: Vec<_> = self.given.callback.clone().into_iter().collect();
        let visited = visited_fields(self.provider, &pairs);
        self.inputs
            .extend(visited.ok_or("given.callback: the entry does not take it for the end of a visit")?);
        self.client.exchange_steps(self.provider, &self.app, &self.inputs).await.map_err(said)
    }

    async fn by_oauth1(&mut self) -> Result<Grant, String> {
        let typed = copy(&self.inputs);
        let begun = self.client.begin_oauth1(self.provider, &self.app, typed, REDIRECT_URI).await;
        let asked = self.recorder.take().into_iter().map(|(_, request)| request).next();
        self.sent.requests.insert("temporary", asked.ok_or_else(|| "no request was made".into()));
        let begun = begun.map_err(said)?;
        self.sent.requests.insert("authorize", Ok(get(begun.url)));
        let verifier = self.given.verifier.as_deref().unwrap_or("canary_verifier");
        let traded =
            self.client.exchange_oauth1(self.provider, &self.app, begun.inputs, &begun.token, verifier);
        traded.await.map_err(said)
    }

    /// What is done with a credential: used, tried out, renewed, ended.
    async fn use_of(&mut self, grant: Grant, transcript: &Transcript) {
        let asked = &transcript.requests;
        self.sent.requests.insert("api", self.api_request(&grant));
        self.sent.kept = kept(&grant);
        if asked.verify.is_some() {
            let done = self.client.verify(self.provider, &self.app, &grant, &self.inputs).await;
            self.record("verify", done);
        }
        let fields = grant.renewal.as_ref().map_or_else(|| copy(&self.inputs), |it| copy(&it.fields));
        let kept = grant.renewal.as_ref().and_then(|it| it.refresh_token.as_ref());
        let kept = self.given.refresh_token.clone().or_else(|| kept.map(|it| it.expose().to_owned()));
        let renewal = Renewal { refresh_token: kept.map(RefreshToken::new), fields };
        if asked.refresh.is_some() {
            let done = self.client.refresh(self.provider, &self.app, &renewal).await;
            self.record("refresh", done);
        }
        if asked.revoke.is_some() {
            let done = self
                .client
                .revoke(self.provider, &self.app, Some(&renewal), Some(&grant.handout), Extent::Account)
                .await;
            self.record("revoke", done);
        }
    }

    fn record<T>(&mut self, name: &'static str, done: Result<T, Fault>) {
        let first = self.recorder.take().into_iter().map(|(_, request)| request).next();
        let why = || done.err().map_or_else(|| "the entry knows no such request".into(), said);
        self.sent.requests.insert(name, first.ok_or_else(why));
    }

    /// A request to the provider's API, as a backend makes it of what it is handed.
    fn api_request(&self, grant: &Grant) -> Result<HttpRequest, String> {
        let handout = &grant.handout;
        let expose = |pairs: &BTreeMap<String, SecretText>| -> Vec<(String, String)> {
            pairs.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect()
        };
        let mut values = Values::default();
        values.app.extend(expose(&self.app.fields));
        values.conn.extend(expose(&self.inputs));
        values.conn.extend(expose(&handout.fields));
        values.token.extend(expose(&handout.fields));
        let base = self.provider.base_url(&values).map_err(|error| error.to_string())?;
        let mut url = base.unwrap_or_else(|| Url::parse("https://any.example").unwrap());
        if !handout.query.is_empty() {
            url.query_pairs_mut().extend_pairs(expose(&handout.query));
        }
        let body = expose(&handout.body);
        // Whoever calls the API writes the body; vendors that take a key there take JSON.
        let read = |text: String| match serde_json::from_str(&text) {
            Ok(document @ (Value::Object(_) | Value::Array(_))) => document,
            _ => Value::String(text),
        };
        let body = body.into_iter().map(|(name, value)| (name, read(value))).collect::<Map<_, _>>();
        let body = if body.is_empty() { Body::None } else { Body::Json(Value::Object(body)) };
        let mut request = HttpRequest { method: "GET".into(), url, headers: expose(&handout.headers), body };
        if let Some(signer) = &handout.signer {
            let scheme = signing::Scheme::parse(&signer.scheme).ok_or("the handout names no known scheme")?;
            let to_sign = signing::Request {
                method: &request.method,
                url: &request.url,
                headers: &[],
                body: signing::Body::Bytes(b""),
            };
            let parameter = |name: &str| signer.parameters.get(name).map(SecretText::expose);
            let occasion =
                signing::Occasion { at: SystemTime::now(), nonce: "the-nonce", seed: Seed([7; 32]) };
            let added = signing::headers(scheme, parameter, to_sign, occasion);
            request.headers.extend(added.map_err(|error| error.reason().to_owned())?);
        }
        Ok(request)
    }
}

fn kept(grant: &Grant) -> Kept {
    let refresh_token = grant.renewal.as_ref().and_then(|renewal| renewal.refresh_token.as_ref());
    let fields = grant.handout.fields.iter();
    Kept {
        // To the nearest minute: a moment is a little nearer, or a second crossed, by the time it is read.
        expires_in: grant.expires_in.map(|it| ((it.as_secs() + 30) / 60 * 60).into()),
        refresh_token: refresh_token.map(|token| token.expose().to_owned()),
        scopes: grant.scopes.clone(),
        fields: fields.map(|(name, value)| (name.clone(), value.expose().to_owned())).collect(),
    }
}

fn app(provider: &Provider, given: &Given) -> Result<App, String> {
    let mut typed = texts(&given.app);
    let registered = |typed: &mut BTreeMap<String, String>, name: &str| typed.remove(name);
    let asked = |name: &str| provider.integration_inputs().any(|input| input.name == name);
    let take = |typed: &mut _, name: &str| if asked(name) { None } else { registered(typed, name) };
    let client_id = take(&mut typed, "client_id").unwrap_or_default();
    let client_secret = take(&mut typed, "client_secret").map(Into::into);
    if let Some(name) = typed.keys().find(|name| !asked(name)) {
        return Err(format!("given.app.{name}: the entry asks a developer for no such thing"));
    }
    let checked = provider.check_integration_inputs(&typed).map_err(|error| at("given.app", &error))?;
    let fields = checked.into_iter().map(|(name, value)| (name, SecretText::new(value))).collect();
    Ok(App { client_id, client_secret, scopes: given.scopes.clone(), fields })
}

fn inputs(provider: &Provider, given: &Given) -> Result<Inputs, String> {
    let typed = texts(&given.inputs);
    let asked = |name: &String| provider.connection_inputs().any(|input| &input.name == name);
    if let Some(name) = typed.keys().find(|name| !asked(name)) {
        let names: Vec<_> = provider.connection_inputs().map(|input| input.name.as_str()).collect();
        return Err(format!("given.inputs.{name}: the entry asks for {}", names.join(", ")));
    }
    let typed: Inputs = typed.into_iter().map(|(name, value)| (name, SecretText::new(value))).collect();
    check_inputs(provider, &typed).map_err(|fault| format!("given.inputs: {}", said(fault)))
}

fn texts(typed: &BTreeMap<String, Typed>) -> BTreeMap<String, String> {
    let text = |value: &Typed| match value {
        Typed::Text(text) => text.clone(),
        Typed::Number(number) => number.to_string(),
        Typed::Pem { pem: Pem::Rsa } => RSA.to_owned(),
        Typed::Pem { pem: Pem::P256 } => rcgen::KeyPair::generate().unwrap().serialize_pem(),
    };
    typed.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn get(url: Url) -> HttpRequest {
    HttpRequest { method: "GET".into(), url, headers: vec![], body: Body::None }
}

fn copy(fields: &Inputs) -> Inputs {
    fields.iter().map(|(name, value)| (name.clone(), SecretText::new(value.expose().to_owned()))).collect()
}

fn at(place: &str, error: &InputError) -> String {
    format!("{place}.{}: {}", error.field, error.message)
}

fn said(fault: Fault) -> String {
    format!("{:?}{}", fault.kind, fault.description.map(|text| format!(": {text}")).unwrap_or_default())
}

fn failure<T>(outcome: &Result<T, String>) -> String {
    outcome.as_ref().err().cloned().unwrap_or_else(|| "the credential is made without a request".into())
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
