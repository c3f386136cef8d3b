//! The browser's door: pages, forms and the provider's way back.

mod account;
mod api;
mod approval;
mod back;
mod embed;
mod headers;
mod manage;
mod refusal;
mod view;
mod watch;

pub use embed::opener_kept;
pub use headers::{from_here, guard, guard_dashboard};
pub use refusal::refuse;
use refusal::{refuse_in, status};

use crate::browser::{Browser, Cookies, Place};
use crate::failures::{Problem, said};
use crate::flows::{Answered, DOCUMENT_PATH, Flows, Next, Otherwise, Wish, attempt_of, held};
use crate::look::{Look, Looks};
use crate::pages::{Boot, Choose, Done, Field, Form, Offer, Open, connected_name};
use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form as FormBody, Json, Router, middleware};
use latchkey_domain::{Failure, Reason, SessionId};
use latchkey_providers::AuthMode;
use latchkey_web_ui::Policy;
use latchkey_wire::contract::{IntegrationView, SessionView};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::warn;
use url::Url;

#[derive(Clone)]
struct Site {
    flows: Flows,
    cookies: Cookies,
    looks: Arc<Looks>,
}

/// What each input of the provider's is called in a form, so that none can be mistaken for a field of ours.
const INPUT_PREFIX: &str = "in.";

/// Room for every field a provider asks for, a private key among them.
const FORM_BYTES_MAX: usize = 64 * 1024;

pub fn router(flows: Flows, looks: Arc<Looks>, public_url: &Url) -> Router {
    let site = Site { flows, cookies: Cookies::new(public_url), looks };
    Router::new()
        .route("/connect", get(open_page))
        .route("/connect/open", post(open))
        .route("/connect/{session}", get(choose))
        .route("/connect/{session}/form", get(form))
        .route("/connect/{session}/start", post(start))
        // A look at the address must not spend the answer, so HEAD is not GET here.
        .route("/oauth/callback", get(callback).head(only_get))
        // Where apps that were registered with another product send who has installed them.
        .route("/app-auth/connect", get(callback).head(only_get))
        .route(DOCUMENT_PATH, get(client_document))
        .merge(account::routes())
        .merge(api::routes())
        .merge(approval::routes())
        .merge(back::routes())
        .merge(embed::routes())
        .merge(manage::routes())
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::map_response(headers::guard(public_url)))
        .with_state(site)
}

/// Asked for by authorization servers, which are told what every end user may see.
async fn client_document(State(site): State<Site>) -> Json<serde_json::Value> {
    Json(site.flows.client_document())
}

async fn open_page() -> Response {
    page(StatusCode::OK, &Open { boot: Boot::of(&Look::default(), "open") })
}

/// A link's token; or the session of a frame that goes on in a tab, with the frame's secret.
#[derive(Deserialize)]
#[serde(untagged)]
enum Opening {
    Link { token: String },
    Frame { session: SessionId, binding: String },
}

async fn open(
    State(site): State<Site>,
    headers: HeaderMap,
    FormBody(opening): FormBody<Opening>,
) -> Response {
    if !headers::from_here(&headers) {
        return refuse(&Problem::FormStale);
    }
    let vault = &site.flows.vault;
    let (opened, cookie) = match opening {
        Opening::Link { token } => {
            let browser = site.cookies.read(&headers).unwrap_or_default();
            (vault.bind_session(&token.into(), browser.digest()).await, site.cookies.set(&browser))
        }
        Opening::Frame { session, binding } => {
            let Some(browser) = Browser::parse(&binding) else { return refuse(&Problem::NoBrowser) };
            (vault.get_session(session, browser.digest()).await, site.cookies.set_for(&browser, session))
        }
    };
    match opened {
        Err(fault) => refuse(&fault.into()),
        Ok(session) => {
            site.flows.news.tell(session.id);
            let there = Redirect::to(&format!("/connect/{}", session.id));
            (cookie.into_iter().collect::<HeaderMap>(), there).into_response()
        }
    }
}

async fn choose(State(site): State<Site>, headers: HeaderMap, Path(session): Path<String>) -> Response {
    match present(&site, &headers, &session).await {
        Err(problem) => refuse(&problem),
        Ok((browser, session)) if session.manages => manage::shown(&site, &browser, &session).await,
        Ok((browser, session)) if session.connection.is_some() => {
            let boot = hosted(&site, &browser, &session);
            let returns = site.looks.of(&session.environment).return_url(None).is_some();
            let (id, form_token) = (session.id.to_string(), browser.form_token());
            page(
                StatusCode::OK,
                &Done { boot, name: connected_name(&session), session: id, form_token, returns },
            )
        }
        Ok((browser, session)) => match held(&session) {
            Some(attempt) if attempt.choices.is_empty() => {
                page(StatusCode::OK, &account::page(&site, &browser, &session))
            }
            Some(_) => page(StatusCode::OK, &account::several(&site, &browser, &session)),
            None => {
                let problem = session.last_failure.as_ref().map(|failure| said(failure).to_owned());
                page(StatusCode::OK, &choices(&site, &browser, &session, problem))
            }
        },
    }
}

#[derive(Deserialize)]
struct Chosen {
    integration: String,
}

async fn form(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Response {
    let shown = async {
        let (browser, session) = present(&site, &headers, &session).await?;
        fields_page(&site, &browser, &session, &chosen.integration, &BTreeMap::new(), None)
    };
    match shown.await {
        Ok(form) => page(StatusCode::OK, &form),
        Err(problem) => refuse_in(&site, &headers, &session, &problem).await,
    }
}

async fn start(
    State(site): State<Site>,
    headers: HeaderMap,
    Path(session): Path<String>,
    FormBody(mut sent): FormBody<BTreeMap<String, String>>,
) -> Response {
    let (browser, view) = match present(&site, &headers, &session).await {
        Ok(held) => held,
        Err(problem) => return refuse(&problem),
    };
    let ours = sent.remove("form_token").is_some_and(|token| browser.made(&token));
    if !headers::from_here(&headers) || !ours {
        return refuse_in(&site, &headers, &session, &Problem::FormStale).await;
    }
    let chosen = sent.remove("integration").unwrap_or_default();
    let typed = inputs_of(sent);
    let Ok(integration) = chosen.parse() else {
        return refuse_in(&site, &headers, &session, &Problem::NotOffered(chosen)).await;
    };
    let wish = Wish {
        session: view.id,
        browser: browser.digest(),
        integration,
        typed: typed.clone(),
        otherwise: Otherwise::default(),
    };
    match site.flows.start(wish).await {
        Ok(Next::Away { url, attempt }) => {
            let cookie = site.cookies.set_attempt(&browser, attempt, Place::Tab);
            (cookie.into_iter().collect::<HeaderMap>(), Redirect::to(url.as_str())).into_response()
        }
        Ok(Next::Connected | Next::Undecided) => {
            Redirect::to(&format!("/connect/{}", view.id)).into_response()
        }
        // Recorded with the attempt: the session's page asks, or tells.
        Err(Problem::Failed(Failure { reason: Reason::OtherAccount, .. })) => {
            Redirect::to(&format!("/connect/{}", view.id)).into_response()
        }
        Err(problem @ Problem::Vault(_)) => refuse_in(&site, &headers, &session, &problem).await,
        Err(problem) => again(&site, &browser, &view, &chosen, &typed, &problem),
    }
}

async fn only_get() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")])
}

async fn callback(
    State(site): State<Site>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    let attempt = attempt_of(&pairs);
    let found = match attempt {
        Some(attempt) => site.cookies.read_attempt(&headers, attempt),
        None => site.cookies.read(&headers).map(|browser| (browser, Place::Tab)),
    };
    let Some((browser, place)) = found else { return refuse(&Problem::NoBrowser) };
    let mut answer = match site.flows.callback(browser.digest(), pairs).await {
        Ok(Answered { session, outcome: Err(problem @ Problem::Vault(_)) }) => {
            // The vault has not recorded it, so the session's page could not tell.
            warn!(session.id = %session, problem = %problem, "What a provider gave could not be kept");
            refuse_in(&site, &headers, &session.to_string(), &problem).await
        }
        // Either way to a page without the code in its address; it tells what came of it.
        Ok(answered) => {
            if let Err(problem) = &answered.outcome {
                warn!(session.id = %answered.session, problem = %problem, "An attempt to connect did not succeed");
            }
            match place {
                Place::Window => Redirect::to("/connect/window/done").into_response(),
                Place::Tab => Redirect::to(&format!("/connect/{}", answered.session)).into_response(),
            }
        }
        Err(problem) => refuse(&problem),
    };
    let spent = attempt.and_then(|attempt| site.cookies.forget_attempt(attempt));
    answer.headers_mut().extend(spent);
    if place == Place::Window {
        // A window that is cut off from its opener may not close itself.
        answer.headers_mut().insert(headers::OPENER_POLICY, HeaderValue::from_static("unsafe-none"));
    }
    answer
}

async fn present(site: &Site, headers: &HeaderMap, session: &str) -> Result<(Browser, SessionView), Problem> {
    let id: SessionId = session.parse().map_err(|_| Problem::NoBrowser)?;
    let browser = site.cookies.read_for(headers, id).ok_or(Problem::NoBrowser)?;
    let view = site.flows.vault.get_session(id, browser.digest()).await?;
    Ok((browser, view))
}

fn inputs_of(sent: BTreeMap<String, String>) -> BTreeMap<String, String> {
    sent.into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(INPUT_PREFIX)?.to_owned(), value)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn choices(site: &Site, browser: &Browser, session: &SessionView, problem: Option<String>) -> Choose {
    Choose {
        boot: hosted(site, browser, session),
        session: session.id.to_string(),
        form_token: browser.form_token(),
        end_user: session.end_user.to_string(),
        reconnect: session.reconnect.is_some(),
        awaits_admin: approval::is_awaited(session),
        offers: session.integrations.iter().filter_map(|it| offer(site, session, it)).collect(),
        problem,
    }
}

fn offer(site: &Site, session: &SessionView, integration: &IntegrationView) -> Option<Offer> {
    let provider = site.flows.catalogue.get(&integration.settings.provider).ok()?;
    let asks = view::asked(&provider, session.presets.get(&integration.key)).next().is_some();
    Some(Offer {
        key: integration.key.to_string(),
        name: integration.settings.display_name.clone(),
        host: if matches!(provider.auth_mode(), AuthMode::OAuth2Code | AuthMode::Installation) {
            provider.name.clone()
        } else {
            String::new()
        },
        scopes: integration.settings.scopes.clone(),
        asks,
    })
}

/// What the program of a session's page begins with.
fn hosted(site: &Site, browser: &Browser, session: &SessionView) -> Boot {
    let look = site.looks.of(&session.environment);
    embed::boot(site, &session.environment, look, "hosted")
        .with_session(session.id.to_string(), browser.form_token())
}

fn fields_page(
    site: &Site,
    browser: &Browser,
    session: &SessionView,
    key: &str,
    typed: &BTreeMap<String, String>,
    problem: Option<&Problem>,
) -> Result<Form, Problem> {
    let found = session.integrations.iter().find(|integration| integration.key.as_str() == key);
    let integration = found.ok_or_else(|| Problem::NotOffered(key.to_owned()))?;
    let provider = site.flows.provider(&integration.settings.provider)?;
    let preset = session.presets.get(&integration.key);
    let fields = view::asked(&provider, preset).map(|input| {
        let wrong = match problem {
            Some(Problem::Input { field, message }) if *field == input.name => Some(message.clone()),
            _ => None,
        };
        let value = typed.get(&input.name).or(input.default.as_ref()).cloned().unwrap_or_default();
        Field::of(input, value, wrong)
    });
    Ok(Form {
        boot: hosted(site, browser, session),
        session: session.id.to_string(),
        form_token: browser.form_token(),
        key: key.to_owned(),
        name: integration.settings.display_name.clone(),
        fields: fields.collect(),
        problem: problem.filter(|problem| !matches!(problem, Problem::Input { .. })).map(ToString::to_string),
        docs_url: preset.map(|preset| preset.docs_url.clone()).unwrap_or_default(),
        alone: session.integrations.len() == 1,
    })
}

/// The page the person came from, with what was wrong and without losing what was typed.
fn again(
    site: &Site,
    browser: &Browser,
    session: &SessionView,
    key: &str,
    typed: &BTreeMap<String, String>,
    problem: &Problem,
) -> Response {
    match fields_page(site, browser, session, key, typed, Some(problem)) {
        Ok(form) if !form.fields.is_empty() => page(StatusCode::UNPROCESSABLE_ENTITY, &form),
        _ => {
            let choices = choices(site, browser, session, Some(problem.to_string()));
            page(StatusCode::UNPROCESSABLE_ENTITY, &choices)
        }
    }
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            warn!(error = %error, "A page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page that may be shown, or may load, what others may not.
fn page_with(status: StatusCode, template: &impl Template, policy: &Policy) -> Response {
    let mut response = page(status, template);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy.header());
    response
}
