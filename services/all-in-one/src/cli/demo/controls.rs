//! The demo provider's switches, over HTTP.

use crate::dev::folder::{Demo, Folder};
use anyhow::Context as _;
use serde_json::Value;

pub struct Controls {
    http: reqwest::Client,
    demo: Demo,
}

/// What the development server knows of its demo provider.
///
/// # Errors
/// Where there is none.
pub fn demo(folder: &Folder) -> anyhow::Result<Demo> {
    folder.read_secrets()?.demo.with_context(|| {
        format!(
            "{} knows of no demo provider: start `latchkey dev`, or name its folder with --data",
            folder.path().display()
        )
    })
}

impl Controls {
    /// # Errors
    /// Where there is no demo provider to control.
    pub fn find(folder: &Folder) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build().context("no HTTP client could be made")?;
        Ok(Self { http, demo: demo(folder)? })
    }

    /// # Errors
    /// Where the demo provider does not do it.
    pub async fn turn(&self, control: &str, wish: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/_control/{control}", self.demo.issuer);
        let answer = self.http.post(url).bearer_auth(&self.demo.control_token).json(wish).send().await;
        let answer = answer
            .map_err(|error| error.without_url())
            .context("the demo provider does not answer: is `latchkey dev` running?")?;
        anyhow::ensure!(answer.status().is_success(), "the demo provider answered {}", answer.status());
        Ok(answer.json().await?)
    }
}
