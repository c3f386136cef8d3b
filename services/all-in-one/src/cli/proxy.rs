//! `latchkey proxy`: a call of a provider's API with a connection's credential, which is never here.

use super::door::Here;
use crate::output;
use anyhow::{Context as _, bail};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::io::{Read as _, Write as _};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey proxy GET /user --connection con_01J…
  latchkey proxy POST '/v1/items?draft=true' --connection con_01J… --header content-type:application/json --body @item.json
  latchkey proxy GET /user --connection con_01J… --dry-run        # what would be sent, and nothing is")]
pub struct Arguments {
    #[command(flatten)]
    here: Here,
    /// The method, such as GET
    #[arg(value_parser = method)]
    method: Method,
    /// The provider's own path, below the API's base URL, with its query
    path: String,
    /// Whose credential goes on the call, con_…
    #[arg(long)]
    connection: String,
    /// Show what would be sent, without what is secret in it, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// A header of the request; several times for several
    #[arg(long, value_name = "NAME:VALUE", value_parser = header)]
    header: Vec<(HeaderName, HeaderValue)>,
    /// The body: text, @FILE, or @- for standard input
    #[arg(long, value_name = "TEXT|@FILE")]
    body: Option<String>,
}

fn method(text: &str) -> Result<Method, String> {
    text.to_ascii_uppercase().parse().map_err(|_| "expected a method such as GET".to_owned())
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed = text
        .split_once(':')
        .and_then(|(name, value)| Some((name.trim().parse().ok()?, value.trim().parse().ok()?)));
    parsed.ok_or_else(|| "expected a header such as content-type:application/json".to_owned())
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let door = self.here.door()?;
        let mut headers: HeaderMap = self.header.into_iter().collect();
        headers.insert("latchkey-connection", self.connection.parse().context("that is no connection")?);
        if self.dry_run {
            headers.insert("latchkey-dry-run", HeaderValue::from_static("true"));
        }
        let body = self.body.as_deref().map(body).transpose()?;
        let mut answer = door.pass(self.method, &self.path, headers, body).await?;
        let source = answer.headers().get("latchkey-source").and_then(|source| source.to_str().ok());
        let who = if source == Some("provider") { "the provider" } else { "the proxy" };
        let status = answer.status();
        output::note(&format!("{} from {who}", status.as_u16()));
        let mut out = std::io::stdout();
        while let Some(piece) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            // A reader that has gone, as `head` does, is not an error.
            if out.write_all(&piece).is_err() {
                return Ok(());
            }
        }
        let _ = out.flush();
        if status.is_client_error() || status.is_server_error() {
            bail!("{who} answered {}", status.as_u16());
        }
        Ok(())
    }
}

fn body(text: &str) -> anyhow::Result<Vec<u8>> {
    match text.strip_prefix('@') {
        None => Ok(text.as_bytes().to_vec()),
        Some("-") => {
            let mut read = vec![];
            std::io::stdin().read_to_end(&mut read).context("standard input cannot be read")?;
            Ok(read)
        }
        Some(path) => std::fs::read(path).with_context(|| format!("{path} cannot be read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_name_and_a_value() {
        let (name, value) = header("X-Note: a:b").unwrap();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("x-note", "a:b"));
        for wrong in ["", "x-note", "a b:c", ":c", "a:b\nc"] {
            assert!(header(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_body_is_text_or_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("item");
        std::fs::write(&path, b"\xff").unwrap();
        assert_eq!(body("text").unwrap(), b"text");
        assert_eq!(body(&format!("@{}", path.display())).unwrap(), b"\xff");
        assert!(body("@/nowhere").unwrap_err().to_string().contains("/nowhere"));
    }
}
