//! What somebody sees first: where everything is, and what to do next. Every line is true at this moment.

use crate::output;
use std::path::{Path, PathBuf};

/// Where a development server is. It holds a key, hence no `Debug`.
#[derive(Clone)]
pub struct Greeting {
    pub folder: PathBuf,
    pub url: String,
    pub grpc: String,
    pub ops: String,
    /// Whether events also go to NATS.
    pub published: bool,
    pub demo: bool,
    pub api_key: String,
    /// Opens the dashboard, once.
    pub login: String,
}

impl Greeting {
    pub fn say(&self) {
        output::line(&self.text());
    }

    fn text(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let Self { url, ops, api_key, login, .. } = self;
        let folder = shown(&self.folder);
        let grpc = self.grpc.trim_start_matches("http://");
        let events = match self.published {
            true => "published to NATS; latchkey events tail shows them too",
            false => "in-process (set LATCHKEY_NATS_URL to publish to NATS)",
        };
        let mut lines = vec![
            format!(
                "latchkey {version} · development mode (data in {folder}, keys generated, not for production)"
            ),
            String::new(),
            format!("Start here   {url}"),
            format!("Dashboard    {login}"),
        ];
        if self.demo {
            lines.push(format!("Demo         {url}/demo   connect an account with a click"));
        }
        lines.extend([
            format!("gRPC         {:<width$}  reflection on", grpc, width = url.len() + "/demo".len() + 1),
            format!("Metrics      {ops}/metrics"),
            format!("Events       {events}"),
            String::new(),
            format!("Key for dev  {api_key}"),
            format!("             also in {folder}/dev.env, where the commands below find it"),
        ]);
        let next = match self.demo {
            true => "connect link --integration demo-oauth --end-user me --open --wait",
            false => "provider list",
        };
        lines.push(format!("Next         {}{next}{}", program(), data(&self.folder)));
        let lines: Vec<String> =
            lines.into_iter().map(|line| if line.is_empty() { line } else { format!("  {line}") }).collect();
        format!("{}\n", lines.join("\n"))
    }
}

/// How this program is started here.
pub fn program() -> &'static str {
    // Cargo says so of itself to what it runs.
    if std::env::var_os("CARGO").is_some() { "cargo run -- " } else { "latchkey " }
}

/// The option that names the folder, where it is not the default.
fn data(folder: &Path) -> String {
    match shown(folder) {
        default if default == super::folder::DEFAULT => String::new(),
        other => format!(" --data {other}"),
    }
}

/// Short where it can be.
fn shown(folder: &Path) -> String {
    let here = std::env::current_dir().and_then(std::fs::canonicalize).ok();
    match here.and_then(|here| Some(folder.strip_prefix(here).ok()?.to_owned())) {
        Some(inside) => format!("./{}", inside.display()),
        None => folder.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(demo: bool) -> String {
        let greeting = Greeting {
            folder: "/data/here".into(),
            url: "http://127.0.0.1:1".into(),
            grpc: "http://127.0.0.1:2".into(),
            ops: "http://127.0.0.1:3".into(),
            published: false,
            demo,
            api_key: "canary_key".into(),
            login: "http://127.0.0.1:1/dashboard/login#t=canary_login".into(),
        };
        greeting.text()
    }

    #[test]
    fn it_says_where_everything_is() {
        let text = greeting(true);
        for said in [
            "http://127.0.0.1:1/demo",
            "127.0.0.1:2 ",
            "http://127.0.0.1:3/metrics",
            "canary_key",
            "/dashboard/login#t=canary_login",
            "/data/here",
        ] {
            assert!(text.contains(said), "{said} is not in\n{text}");
        }
    }

    #[test]
    fn without_the_demo_it_promises_none() {
        assert!(!greeting(false).contains("demo"));
    }
}
