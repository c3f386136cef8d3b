//! What the process says about itself: a log on standard error, traces over OTLP, metrics for Prometheus.
//!
//! Redaction is a principle, not a filter: nothing here records a header or a body, and libraries that would do so at
//! their chattiest levels are kept at `info`, whatever the operator asks for.

mod exemplars;
pub mod metrics;
pub(crate) mod openmetrics;
mod panic;

use std::io::IsTerminal as _;
use std::time::Duration;

use opentelemetry::global;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{LogFormat, Telemetry};

/// How long the last spans may take to leave the process.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);
/// Libraries that write headers, statements or bodies below `info`.
const KEPT_AT_INFO: [&str; 13] = [
    "async_nats",
    "aws_",
    "h2",
    "hyper",
    "opentelemetry",
    "reqwest",
    "rustls",
    "sqlx",
    "tokio_rustls",
    "tonic",
    "tower",
    "oauth2",
    "axum",
];

#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("telemetry.log `{directives}` is neither a level nor a list of target=level")]
    Directives { directives: String, source: tracing_subscriber::filter::ParseError },
    #[error("telemetry.otlp_endpoint cannot be used")]
    Exporter(#[source] opentelemetry_otlp::ExporterBuildError),
    #[error("telemetry is already installed in this process")]
    Installed,
}

/// Sends what is left when the process ends. Keep it until the end of `main`.
#[must_use = "dropping it stops the export of traces"]
pub struct TelemetryGuard {
    traces: SdkTracerProvider,
}

impl Drop for TelemetryGuard {
    fn drop(&mut self) {
        // Too late to tell anyone that a collector did not answer.
        let _ = self.traces.shutdown_with_timeout(FLUSH_WITHIN);
    }
}

/// Installs log, traces, metrics and the panic hook for the whole process. Call it once, inside the runtime.
///
/// # Errors
/// Where the settings cannot be used, or a subscriber is installed already.
pub fn install(service: &'static str, settings: &Telemetry) -> Result<TelemetryGuard, TelemetryError> {
    let directives = EnvFilter::try_new(&settings.log)
        .map_err(|source| TelemetryError::Directives { directives: settings.log.clone(), source })?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    let traces = traces(service, settings.otlp_endpoint.as_deref())?;
    // Colours are for eyes: a file, or a collector behind a pipe, gets plain text.
    let output = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let output = match settings.format {
        LogFormat::Text => output.with_target(false).boxed(),
        LogFormat::Json => {
            output.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
    };
    // The current span is `tracing`'s, which nobody here asks OpenTelemetry for; what thread it ran on and how often it was
    // entered says nothing of asynchronous work. Each would cost every call, sampled or not.
    let spans = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer(service))
        .with_context_activation(false)
        .with_tracked_inactivity(false)
        .with_threads(false)
        .with_location(false);
    tracing_subscriber::registry()
        .with(directives)
        .with(filter_fn(is_discreet))
        .with(output)
        .with(spans)
        .try_init()
        .map_err(|_| TelemetryError::Installed)?;
    panic::install_hook();
    metrics::install();
    if settings.otlp_endpoint.is_some() {
        metrics::note_traces();
    }
    metrics::describe_build(service);
    Ok(TelemetryGuard { traces })
}

/// Without an endpoint nothing is sampled, but a caller's trace is still passed on.
fn traces(service: &'static str, endpoint: Option<&str>) -> Result<SdkTracerProvider, TelemetryError> {
    let builder =
        SdkTracerProvider::builder().with_resource(Resource::builder().with_service_name(service).build());
    let Some(endpoint) = endpoint else {
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(FLUSH_WITHIN)
        .build()
        .map_err(TelemetryError::Exporter)?;
    Ok(builder
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
        .with_batch_exporter(exporter)
        .build())
}

fn is_discreet(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO
        || !KEPT_AT_INFO.iter().any(|library| metadata.target().starts_with(library))
}

#[cfg(test)]
mod tests;
