//! `latchkey doctor`: everything an installation leans on, looked at once, each finding with what to do about it.

use crate::output;
use crate::serve::reach;
use anyhow::bail;
use latchkey_bus::NatsOptions;
use latchkey_chassis::config::{self, Tls};
use latchkey_chassis::ops::Verdict;
use latchkey_chassis::{Clock as _, SystemClock, tls};
use latchkey_connect::config::PublicUrl;
use latchkey_vault::config::{Database, Keys, VaultTls};
use latchkey_vault::doctor::{Finding, examine};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

const DAY: i64 = 24 * 60 * 60;

/// A certificate that ends sooner than this was not renewed when it should have been.
const RENEWED_BEFORE: i64 = 14 * DAY;

#[derive(clap::Args)]
#[command(after_help = "\
Looks at the database (reachable, rights, durable, schema), the clocks, the key services (a key goes there and back), NATS
(rights on subjects and stream), certificates, and public_url; changes nothing. Ends with 1 where something does not work.

Examples:
  latchkey doctor --config latchkey.toml
  latchkey doctor --config vault.toml --egress https://api.example.com --json")]
pub struct Arguments {
    /// The settings of `latchkey serve` or of the vault
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// Also see whether this address outside can be reached from here; may be given more than once
    #[arg(long, value_name = "URL")]
    egress: Vec<Url>,
    /// For programs
    #[arg(long)]
    json: bool,
}

/// Of any of our settings files, what can be looked at. Other sections belong to the services, which check them.
#[derive(Deserialize)]
struct Installation {
    public_url: Option<PublicUrl>,
    database: Database,
    keys: Keys,
    nats: Option<NatsOptions>,
    tls: Option<Sides>,
}

/// Of `latchkey serve`, and of the vault.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sides {
    One(Tls),
    Two(VaultTls),
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let findings = findings(&self.config, &self.egress).await?;
        say(&findings, self.json);
        match findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Failing(_))).count() {
            0 => Ok(()),
            failing => bail!("{failing} of {} checks fail", findings.len()),
        }
    }
}

/// Whatever can be looked at from here.
///
/// # Errors
/// Where the settings cannot be read.
pub async fn findings(file: &Path, egress: &[Url]) -> anyhow::Result<Vec<Finding>> {
    let installation: Installation = config::load(Some(file))?;
    let mut findings =
        examine(&installation.database, &installation.keys, reach(installation.public_url.as_ref())).await;
    findings.push(of_nats(installation.nats.as_ref()).await);
    findings.extend(installation.tls.into_iter().flat_map(Sides::all).map(|tls| of_certificate(&tls)));
    if let Some(url) = installation.public_url {
        let remedy = "Check the DNS name, the ingress or load balancer in front, and its certificate. Browsers must reach it.";
        findings.push(of_address("public_url", &url.into_url(), remedy).await);
    }
    for url in egress {
        let remedy = "Check the firewall, a NetworkPolicy (networkPolicy.internet), and the resolver.";
        findings.push(of_address("egress", url, remedy).await);
    }
    Ok(findings)
}

impl Sides {
    fn all(self) -> Vec<Tls> {
        match self {
            Self::One(tls) => vec![tls],
            Self::Two(sides) => sides.public.into_iter().chain(sides.peers).collect(),
        }
    }
}

async fn of_nats(nats: Option<&NatsOptions>) -> Finding {
    const ABOUT: &str = "nats";
    let Some(nats) = nats else {
        return Finding::well(
            ABOUT,
            "none is named: facts are read with WatchEvents, hints stay in each process",
        );
    };
    match latchkey_bus::examine_nats(nats).await {
        Ok(true) => Finding::well(ABOUT, format!("hints are heard, and the stream {} is there", nats.stream)),
        Ok(false) => Finding::warning(
            ABOUT,
            format!("there is no stream {} yet", nats.stream),
            "The vault makes it when it first announces something, if its user may; or make it as your operator of NATS does.",
        ),
        Err(error) => Finding::failing(
            ABOUT,
            format!("{:#}", anyhow::Error::from(error)),
            "Check nats.url and nats.credentials, and that the user may publish and subscribe under the prefix, and use JetStream.",
        ),
    }
}

fn of_certificate(tls: &Tls) -> Finding {
    const ABOUT: &str = "certificate";
    let path = tls.certificate.display();
    let usable = tls::check(tls).and_then(|()| tls::facts(&tls.certificate));
    let facts = match usable {
        Ok(facts) => facts,
        Err(error) => {
            let remedy = "Put a certificate and its own key there, in PEM.";
            return Finding::failing(ABOUT, format!("{:#}", anyhow::Error::from(error)), remedy);
        }
    };
    let now = SystemClock.now() / 1000;
    let left = facts.not_after.saturating_sub(now);
    let remedy = "Renew it; a process notices the new file by itself.";
    match (now < facts.not_before, left) {
        (true, _) => {
            Finding::failing(ABOUT, format!("{path} is not valid yet"), "Check this machine's clock.")
        }
        (false, ..=0) => Finding::failing(ABOUT, format!("{path} ended {} days ago", -left / DAY), remedy),
        (false, ..RENEWED_BEFORE) => {
            Finding::warning(ABOUT, format!("{path} ends in {} days", left / DAY), remedy)
        }
        (false, _) => Finding::well(ABOUT, format!("{path} is good for {} days", left / DAY)),
    }
}

/// Whether anybody answers there, with a certificate that is good for the name.
async fn of_address(about: &'static str, url: &Url, remedy: &str) -> Finding {
    let client =
        reqwest::Client::builder().timeout(ANSWER_WITHIN).redirect(reqwest::redirect::Policy::none());
    let answered = match client.build() {
        Ok(client) => client.get(url.clone()).send().await,
        Err(error) => Err(error),
    };
    match answered {
        Ok(answer) if answer.status().is_server_error() => {
            Finding::warning(about, format!("{url} answers {}", answer.status()), remedy)
        }
        Ok(answer) => Finding::well(about, format!("{url} answers ({})", answer.status().as_u16())),
        Err(error) => {
            let what =
                format!("{url} cannot be reached from here: {:#}", anyhow::Error::from(error.without_url()));
            Finding::warning(about, what, remedy)
        }
    }
}

fn say(findings: &[Finding], json: bool) {
    if json {
        output::line(&findings.iter().map(object).collect::<Value>().to_string());
        return;
    }
    for Finding { about, found, verdict } in findings {
        match verdict {
            Verdict::Ready => output::line(&format!("ok       {about}: {found}")),
            Verdict::Warning(trouble) => {
                output::line(&format!("warning  {about}: {}\n         {}", trouble.what, trouble.remedy));
            }
            Verdict::Failing(trouble) => {
                output::line(&format!("FAILING  {about}: {}\n         {}", trouble.what, trouble.remedy));
            }
        }
    }
}

pub fn object(Finding { about, found, verdict }: &Finding) -> Value {
    match verdict {
        Verdict::Ready => json!({"check": about, "status": "ok", "found": found}),
        Verdict::Warning(trouble) => {
            json!({"check": about, "status": "warning", "what": trouble.what, "remedy": trouble.remedy})
        }
        Verdict::Failing(trouble) => {
            json!({"check": about, "status": "failing", "what": trouble.what, "remedy": trouble.remedy})
        }
    }
}
