use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use latchkey_web_ui::url;
use tracing::warn;

/// The one page, wherever in the dashboard somebody is: the program in it looks at the address.
#[derive(Template)]
#[template(path = "dashboard.html")]
struct Shell {
    stylesheet: String,
    first: String,
    program: String,
}

pub async fn page() -> Response {
    let shell = Shell {
        stylesheet: url("dashboard/dashboard.css"),
        first: url("dashboard/first.js"),
        program: url("dashboard/dashboard.js"),
    };
    match shell.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            warn!(error = %error, "The dashboard's page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
