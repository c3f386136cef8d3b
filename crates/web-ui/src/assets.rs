use crate::{BUILD, FILES, File};
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::borrow::Cow;

/// A year: the address changes with the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for again each time, and answered with 304 while it is the same.
const CHECKED: &str = "no-cache";

/// Where a file of `dist` is served, for instance `url("connect/connect.js")`. The address holds a digest of all files, so
/// that browsers keep what they have until there is something else.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/assets/{BUILD}/{name}")
}

/// Whether the connect pages have a text of this key, in a language and so in all.
#[must_use]
pub fn has_text(key: &str) -> bool {
    let named = format!("\"{key}\":");
    let spoken = ["locales/connect/en.json", "locales/connect/rare/en.json"];
    let files = FILES.iter().filter(|file| spoken.contains(&file.name));
    // In JSON a quotation mark within a text is escaped, so only a key looks like that.
    files.filter_map(|file| std::str::from_utf8(file.bytes).ok()).any(|texts| texts.contains(&named))
}

/// Serves `dist` under `/assets/`, and the script that products embed under `/sdk/`, where its address never changes.
pub fn router() -> Router {
    Router::new().route("/assets/{build}/{*name}", get(asset)).route("/sdk/{name}", get(script))
}

async fn script(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("sdk/{name}");
    match FILES.iter().find(|file| file.name == name) {
        Some(file) => served(file, &headers, CHECKED),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn asset(Path((build, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    // A page of the version before may still ask for its files while servers are being replaced.
    let cache = if build == BUILD && !cfg!(debug_assertions) { FOR_EVER } else { CHECKED };
    match FILES.iter().find(|file| file.name == name) {
        Some(file) => served(file, &headers, cache),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn served(file: &File, headers: &HeaderMap, cache: &'static str) -> Response {
    let fresh = fresh(file);
    let (etag, edited) = match &fresh {
        Cow::Borrowed(_) => (HeaderValue::from_static(file.etag), false),
        // A file that differs from what was built in is being worked on.
        Cow::Owned(_) => (HeaderValue::from_static("\"edited\""), true),
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let unchanged = !edited && known.is_some_and(|tags| tags.split(',').any(|tag| same(tag, file.etag)));
    let packed = !edited && accepts_brotli(headers);
    let mut answer = match (unchanged, packed) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, true) => Body::from(file.brotli).into_response(),
        (false, false) => Body::from(fresh.into_owned()).into_response(),
    };
    let fields = answer.headers_mut();
    fields.insert(header::ETAG, etag);
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    fields.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Products embed the script, and import it as a module, from their own origins. There is nothing private in it.
    fields.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    fields.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    if !unchanged {
        fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        if packed {
            fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    answer
}

/// In a debug build the file as it is on disk, so that `npm run watch` shows at once, where the sources are still there.
fn fresh(file: &File) -> Cow<'static, [u8]> {
    if cfg!(debug_assertions) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dist").join(file.name);
        match std::fs::read(path) {
            Ok(bytes) if bytes != file.bytes => return Cow::Owned(bytes),
            _ => {}
        }
    }
    Cow::Borrowed(file.bytes)
}

/// A tag compares weakly here (RFC 9110 §13.1.2).
fn same(tag: &str, etag: &str) -> bool {
    let tag = tag.trim();
    tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';');
        let is_brotli = parts.next().is_some_and(|name| name.trim().eq_ignore_ascii_case("br"));
        is_brotli
            && !parts.any(|parameter| matches!(parameter.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    const NAME: &str = "connect/connect.js";

    async fn ask(path: &str, fields: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn body(answer: Response) -> Vec<u8> {
        answer.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    #[tokio::test]
    async fn a_file_comes_as_it_is_in_dist_with_its_type_and_tag() {
        let answer = ask(&url(NAME), &[]).await;
        assert_eq!(answer.headers()["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert!(answer.headers().contains_key("etag"));
        let on_disk = std::fs::read(format!("{}/dist/{NAME}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_eq!(body(answer).await, on_disk);
    }

    #[tokio::test]
    async fn browsers_that_can_get_it_compressed() {
        let plain = body(ask(&url(NAME), &[("accept-encoding", "gzip, br;q=0")]).await).await;
        let packed = ask(&url(NAME), &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(packed.headers()["content-encoding"], "br");
        assert!(body(packed).await.len() * 2 < plain.len());
    }

    #[tokio::test]
    async fn what_a_browser_has_is_not_sent_again() {
        let tag = ask(&url(NAME), &[]).await.headers()["etag"].clone();
        let weak = format!("\"other\", W/{}", tag.to_str().unwrap());
        let answer = ask(&url(NAME), &[("if-none-match", &weak)]).await;
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert!(body(answer).await.is_empty());
    }

    #[tokio::test]
    async fn a_product_embeds_the_script_from_an_address_that_stays() {
        let answer = ask("/sdk/latchkey.js", &[]).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["cache-control"], "no-cache");
        assert_eq!(answer.headers()["cross-origin-resource-policy"], "cross-origin");
    }

    #[tokio::test]
    async fn there_is_no_way_out_of_dist() {
        for path in ["/assets/x/../Cargo.toml", "/assets/x/manifest.json", "/assets/x/nothing.js"] {
            assert_eq!(ask(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
