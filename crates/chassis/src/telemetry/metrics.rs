//! Metrics, as Prometheus reads them.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// From half a millisecond, a read from memory, to half a minute, the longest a caller waits.
const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// For spans of a credential's life: a minute to a month.
const LONG_SECONDS: [f64; 10] =
    [1.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0, 604_800.0, 2_592_000.0];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Makes the process record metrics. Repeating it changes nothing.
pub fn install() {
    HANDLE.get_or_init(|| {
        let recorder = builder().build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("Another metrics recorder is installed; /metrics will be empty");
        }
        handle
    });
}

/// The page for `/metrics`. Empty before [`install`].
pub fn render() -> String {
    HANDLE.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Sorts recorded durations into their buckets; without it they pile up between two scrapes.
pub(crate) fn upkeep() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// Says which build runs, as `latchkey_build_info{version,revision,service} 1`.
pub(super) fn describe_build(service: &'static str) {
    let revision = option_env!("LATCHKEY_REVISION").unwrap_or("unknown");
    metrics::gauge!(
        "latchkey_build_info",
        "version" => env!("CARGO_PKG_VERSION"), "revision" => revision, "service" => service
    )
    .set(1.0);
}

fn builder() -> PrometheusBuilder {
    let long = ["lateness_seconds", "remaining_life_seconds"];
    let builder = long.iter().fold(PrometheusBuilder::new(), |builder, suffix| {
        buckets(builder, Matcher::Suffix((*suffix).to_owned()), &LONG_SECONDS)
    });
    buckets(builder, Matcher::Suffix("_duration_seconds".to_owned()), &SECONDS)
}

#[expect(clippy::expect_used, reason = "only an empty list of buckets is refused")]
fn buckets(builder: PrometheusBuilder, matcher: Matcher, bounds: &[f64]) -> PrometheusBuilder {
    builder.set_buckets_for_metric(matcher, bounds).expect("the list has bounds")
}
