//! What looks like a secret or like a person goes, wherever it stands.
//!
//! None of it should be there: our logs, metrics and errors hold neither. This is for whatever is between them and us, and
//! for what others write into the same file.

use anyhow::Context as _;
use regex::Regex;
use serde_json::Value;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::LazyLock;

const HIDDEN: &str = "•••";

/// Of a log, so much of its end.
const LOG_MAX: u64 = 4 * 1024 * 1024;

/// Each with what is kept of it. None reaches over the end of a JSON string.
#[expect(clippy::expect_used, reason = "they are constants, and a test uses each")]
static PATTERNS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        // Our own keys, and tokens of sessions and links.
        (r"\blk_[A-Za-z0-9_-]{8,}", "lk_•••"),
        (r#"(?i)\b(bearer|basic|digest)\s+[^\s"\\,]{6,}"#, "$1 •••"),
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]*", HIDDEN),
        (r#"://[^/@\s"\\]+@"#, "://•••@"),
        (
            r#"(?i)\b([a-z_-]*(?:password|passwd|secret|token|api_?key|code|state|signature))=[^&\s"\\]+"#,
            "$1=•••",
        ),
        // The tokens of key services.
        (r"\b(?:hv[sbr]|s)\.[A-Za-z0-9_-]{16,}", HIDDEN),
        (r#"[^\s"\\<>:=/]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"#, "•••@•••"),
    ]
    .map(|(pattern, instead)| (Regex::new(pattern).expect("a pattern"), instead))
    .into()
});

pub fn scrubbed(text: &str) -> String {
    let scrub =
        |text: String, (pattern, instead): &(Regex, &str)| pattern.replace_all(&text, *instead).into_owned();
    PATTERNS.iter().fold(text.to_owned(), scrub)
}

/// The end of a log, of which only the lines are ours that are objects with our fields: what a crash, a shell or another
/// program wrote is counted and left out.
///
/// # Errors
/// Where it cannot be read.
pub fn log_lines(path: &Path) -> anyhow::Result<String> {
    let read = || {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_MAX)))?;
        let mut bytes = vec![];
        file.take(LOG_MAX).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let bytes = read().with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(ours(&String::from_utf8_lossy(&bytes)))
}

fn ours(log: &str) -> String {
    let (ours, others): (Vec<&str>, Vec<&str>) = log.lines().partition(|line| is_ours(line));
    let mut text = ours.join("\n");
    if !others.is_empty() {
        text.push_str(&format!("\n{{\"left_out\":{}}}", others.len()));
    }
    text + "\n"
}

fn is_ours(line: &str) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_str(line) else { return false };
    let target = fields.get("target").and_then(Value::as_str).unwrap_or_default();
    fields.contains_key("timestamp") && fields.contains_key("level") && target.starts_with("latchkey")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_or_a_person_is_left_out() {
        for (text, expected) in [
            ("key lk_dev_01J_canary-secret_0a failed", "key lk_••• failed"),
            (r#"{"authorization":"Bearer canary_token"}"#, r#"{"authorization":"Bearer •••"}"#),
            ("Basic Y2FuYXJ5OnB3ZA==, x", "Basic •••, x"),
            ("jwt eyJhbGciOiJub25l.eyJzdWIiOiJh.c2ln.", "jwt •••"),
            ("postgres://latchkey:canary@db/latchkey", "postgres://•••@db/latchkey"),
            ("/cb?code=canary&state=canary2#x", "/cb?code=•••&state=•••"),
            (r#""client_secret=canary""#, r#""client_secret=•••""#),
            ("token hvs.CAESIJcanary0canary", "token •••"),
            ("user ana.b@example.com left", "user •••@••• left"),
            ("https://api.example.com/v1?page=2", "https://api.example.com/v1?page=2"),
            ("latchkey_connections{state=\"live\"} 3", "latchkey_connections{state=\"live\"} 3"),
        ] {
            assert_eq!(scrubbed(text), expected);
        }
    }

    #[test]
    fn of_a_log_only_our_own_lines_are_taken() {
        let own = r#"{"timestamp":"2026-11-27T00:00:00Z","level":"INFO","target":"latchkey_vault::service"}"#;
        let other = r#"{"timestamp":"2026-11-27T00:00:00Z","level":"INFO","target":"hyper::proto"}"#;
        let log = format!(
            "{own}\nthread 'main' panicked at canary\n{other}\n{{\"level\":\"INFO\"}}\n{own}\n{{\"cut"
        );
        assert_eq!(ours(&log), format!("{own}\n{own}\n{{\"left_out\":4}}\n"));
    }
}
