//! Which pages are a vendor's own: those under a domain that the entry's links or endpoints are under.

use super::entry::Provider;
use super::urls::urls;

/// Where RFCs are published.
const STANDARDS: [&str; 3] = ["www.rfc-editor.org", "datatracker.ietf.org", "openid.net"];
/// Second labels under which names are sold in many countries, as in `co.uk`.
const SHARED: [&str; 6] = ["co", "com", "net", "org", "gov", "ac"];

/// The registrable domains of an entry's links and literal hosts, each once.
#[must_use]
pub fn domains(provider: &Provider) -> Vec<String> {
    let links = &provider.links;
    let pages = [&links.api_docs, &links.app_setup, &links.scopes, &links.server_metadata];
    let mut hosts: Vec<String> = pages.into_iter().flatten().filter_map(|page| host_of(page)).collect();
    hosts.extend(urls(provider).iter().filter_map(|(_, url)| url.literal_host()).map(str::to_owned));
    hosts.extend(provider.api.hosts.iter().map(|pattern| pattern.text.trim_start_matches("*.").to_owned()));
    let mut found: Vec<String> = hosts.iter().map(|host| registrable(host)).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether an address is an https page under one of the domains, or an RFC.
#[must_use]
pub fn is_page_of(address: &str, domains: &[String]) -> bool {
    let Some(host) = host_of(address) else { return false };
    STANDARDS.contains(&host.as_str()) || domains.contains(&registrable(&host))
}

fn host_of(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok().filter(|url| url.scheme() == "https")?;
    url.host_str().map(str::to_owned)
}

/// The last two labels, or three under a shared second label. Close enough to the Public Suffix List for a lint.
fn registrable(host: &str) -> String {
    let labels: Vec<&str> = host.split(':').next().unwrap_or_default().split('.').collect();
    let shared = |labels: &[&str]| {
        labels.len() >= 3 && labels[labels.len() - 1].len() == 2 && SHARED.contains(&labels[labels.len() - 2])
    };
    let kept = if shared(&labels) { 3 } else { 2 };
    labels[labels.len().saturating_sub(kept)..].join(".")
}
