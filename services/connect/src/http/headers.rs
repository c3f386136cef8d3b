//! What every answer to a browser carries, and what a form must come with.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use futures::future::{Ready, ready};
use latchkey_web_ui::Policy;
use url::Url;

/// The headers of every page that says nothing else. Framing is refused: a page that can be framed can be clicked through by
/// another.
///
/// `form-action` also rules where a form's answer may send the browser, so it must let providers through.
pub fn guard(public_url: &Url) -> impl Fn(Response) -> Ready<Response> + Clone + Send + Sync + use<> {
    let providers: &[&str] = match public_url.scheme() {
        "https" => &["https:"],
        _ => &["https:", "http://127.0.0.1:*", "http://localhost:*"],
    };
    guarded(public_url, Policy::new().forms_to(providers.iter().map(ToString::to_string)).header())
}

/// The headers of the dashboard: it sends no form, and asks nobody but us.
pub fn guard_dashboard(
    public_url: &Url,
) -> impl Fn(Response) -> Ready<Response> + Clone + Send + Sync + use<> {
    guarded(public_url, Policy::new().header())
}

fn guarded(
    public_url: &Url,
    policy: HeaderValue,
) -> impl Fn(Response) -> Ready<Response> + Clone + Send + Sync + use<> {
    let https = public_url.scheme() == "https";
    move |mut response| {
        let headers = response.headers_mut();
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy.clone());
        headers.entry(OPENER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
        for (name, value) in FIXED {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        if https {
            headers.insert(
                header::STRICT_TRANSPORT_SECURITY,
                HeaderValue::from_static("max-age=31536000; includeSubDomains"),
            );
        }
        ready(response)
    }
}

pub const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

const FIXED: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("permissions-policy", "clipboard-write=(self)"),
];

/// Whether a form was sent from a page of ours, as far as the browser tells (Fetch Metadata). Browsers that tell nothing
/// are judged by the form token alone.
pub fn from_here(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
}
