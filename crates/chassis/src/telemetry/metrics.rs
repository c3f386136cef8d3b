//! Metrics, as Prometheus reads them.

use std::sync::{Arc, OnceLock};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::exemplars::{Exemplars, Noting};
use super::openmetrics;

/// From half a millisecond, a read from memory, to half a minute, the longest a caller waits.
const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// For spans of a credential's life: a minute to a month.
const LONG_SECONDS: [f64; 10] =
    [1.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0, 604_800.0, 2_592_000.0];

/// What the names of those end in that are counted in [`LONG_SECONDS`].
const LONG: [&str; 2] = ["lateness_seconds", "remaining_life_seconds"];

static RECORDED: OnceLock<Recorded> = OnceLock::new();

struct Recorded {
    handle: PrometheusHandle,
    exemplars: Arc<Exemplars>,
}

/// Makes the process record metrics. Repeating it changes nothing.
pub fn install() {
    RECORDED.get_or_init(|| {
        let (inner, exemplars) = (builder().build_recorder(), Arc::<Exemplars>::default());
        let handle = inner.handle();
        if metrics::set_global_recorder(Noting { inner, exemplars: exemplars.clone() }).is_err() {
            tracing::warn!("Another metrics recorder is installed; /metrics will be empty");
        }
        Recorded { handle, exemplars }
    });
}

/// Has histograms note which traces their values are of, from here on: traces leave the process.
pub(super) fn note_traces() {
    if let Some(recorded) = RECORDED.get() {
        recorded.exemplars.want();
    }
}

/// The page for `/metrics`. Empty before [`install`].
pub fn render() -> String {
    RECORDED.get().map(|recorded| recorded.handle.render()).unwrap_or_default()
}

/// The same as OpenMetrics has it, with exemplars.
pub fn render_open() -> String {
    let exemplars = RECORDED.get().map(|recorded| recorded.exemplars.all()).unwrap_or_default();
    openmetrics::page(&render(), &exemplars)
}

/// Sorts recorded durations into their buckets; without it they pile up between two scrapes.
pub(crate) fn upkeep() {
    if let Some(recorded) = RECORDED.get() {
        recorded.handle.run_upkeep();
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
    let builder = LONG.iter().fold(PrometheusBuilder::new(), |builder, suffix| {
        buckets(builder, Matcher::Suffix((*suffix).to_owned()), &LONG_SECONDS)
    });
    buckets(builder, Matcher::Suffix("_duration_seconds".to_owned()), &SECONDS)
}

/// The bounds of a histogram's buckets, by its name.
pub(super) fn bounds(histogram: &str) -> &'static [f64] {
    if LONG.iter().any(|suffix| histogram.ends_with(suffix)) { &LONG_SECONDS } else { &SECONDS }
}

#[expect(clippy::expect_used, reason = "only an empty list of buckets is refused")]
fn buckets(builder: PrometheusBuilder, matcher: Matcher, bounds: &[f64]) -> PrometheusBuilder {
    builder.set_buckets_for_metric(matcher, bounds).expect("the list has bounds")
}
