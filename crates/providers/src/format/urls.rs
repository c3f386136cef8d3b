//! Where an entry's requests go: every URL template with the field it stands in.

use super::entry::Provider;
use super::request::Step;
use super::url_template::UrlTemplate;

/// Every URL of an entry with its field.
#[must_use]
pub fn urls(provider: &Provider) -> Vec<(String, &UrlTemplate)> {
    let obtain = &provider.obtain;
    let endpoints = [
        ("obtain.authorization_endpoint", obtain.authorization_endpoint.as_ref()),
        ("obtain.token_endpoint", obtain.token_endpoint.as_ref()),
        ("obtain.refresh.endpoint", obtain.refresh.endpoint.as_ref()),
        ("obtain.revoke.url", obtain.revoke.as_ref().map(|revoke| &revoke.url)),
        ("obtain.registration_endpoint", obtain.registration_endpoint.as_ref()),
        ("obtain.introspection_endpoint", obtain.introspection_endpoint.as_ref()),
        ("obtain.temporary_credential_endpoint", obtain.temporary_credential_endpoint.as_ref()),
        ("obtain.interaction.url", obtain.interaction.as_ref().map(|interaction| &interaction.url)),
        ("api.base_url", provider.api.base_url.as_ref()),
    ];
    let mut found: Vec<_> =
        endpoints.into_iter().filter_map(|(field, url)| url.map(|url| (field.to_owned(), url))).collect();
    found.extend(steps("obtain.steps", &obtain.steps));
    found.extend(steps("obtain.then", &obtain.then));
    for (name, companion) in &obtain.companions {
        found.extend(steps(&format!("obtain.companions.{name}.steps"), &companion.steps));
        found.extend(
            companion
                .token_endpoint
                .iter()
                .map(|url| (format!("obtain.companions.{name}.token_endpoint"), url)),
        );
    }
    let probes = &provider.probes;
    let one = [("verify", &probes.verify), ("identity", &probes.identity)];
    let listed = one.into_iter().filter_map(|(name, probe)| probe.as_ref().map(|probe| (name, probe)));
    for (name, probe) in listed.chain(probes.discover.iter().map(|probe| ("discover", probe))) {
        found.extend(probe.base_url.iter().map(|url| (format!("probes.{name}.base_url"), url)));
        found
            .extend(probe.url.iter().flat_map(|urls| &urls.0).map(|url| (format!("probes.{name}.url"), url)));
    }
    found
}

fn steps<'a>(field: &str, steps: &'a [Step]) -> Vec<(String, &'a UrlTemplate)> {
    steps.iter().enumerate().map(|(index, step)| (format!("{field}[{index}].url"), &step.url)).collect()
}
