//! Which trace a measured value is of: for each bucket of a histogram, one of late that is traced.
//!
//! The exporter for Prometheus knows no exemplars. So they are kept beside it, and put on its page where a reader takes them
//! (`openmetrics.rs`).

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use metrics_exporter_prometheus::PrometheusRecorder;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::metrics::bounds;
use super::openmetrics::buckets_of;

/// How long a bucket keeps the one it has, so that a busy histogram does not look for a trace at each value.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// Records as the exporter does, and notes exemplars of histograms where traces leave the process.
pub struct Noting {
    pub inner: PrometheusRecorder,
    pub exemplars: Arc<Exemplars>,
}

impl Recorder for Noting {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.inner.describe_counter(name, unit, description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.inner.describe_gauge(name, unit, description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.inner.describe_histogram(name, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.inner.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.inner.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        let counted = self.inner.register_histogram(key, metadata);
        if !self.exemplars.wanted.load(Ordering::Relaxed) {
            return counted;
        }
        Histogram::from_arc(Arc::new(Noted { counted, buckets: self.exemplars.buckets(key) }))
    }
}

struct Noted {
    counted: Histogram,
    buckets: Arc<Buckets>,
}

impl HistogramFn for Noted {
    fn record(&self, value: f64) {
        self.counted.record(value);
        self.buckets.note(value);
    }
}

#[derive(Default)]
pub struct Exemplars {
    /// Without traces there is nothing to look for.
    wanted: AtomicBool,
    known: RwLock<HashMap<Key, Arc<Buckets>>>,
}

impl Exemplars {
    pub fn want(&self) {
        self.wanted.store(true, Ordering::Relaxed);
    }

    /// What is kept of each histogram, by how the lines of its buckets begin.
    pub fn all(&self) -> HashMap<String, Arc<Buckets>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(key, buckets)| (buckets_of(key), buckets.clone())).collect()
    }

    fn buckets(&self, key: &Key) -> Arc<Buckets> {
        if let Some(buckets) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(key) {
            return buckets.clone();
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(key.clone()).or_insert_with(|| Arc::new(Buckets::of(key.name()))).clone()
    }
}

/// One place for each bucket of a histogram, the last for what is beyond all bounds.
pub struct Buckets {
    bounds: &'static [f64],
    places: Vec<Mutex<Option<Exemplar>>>,
}

impl Buckets {
    fn of(histogram: &str) -> Self {
        let bounds = bounds(histogram);
        Self { bounds, places: (0..=bounds.len()).map(|_| Mutex::default()).collect() }
    }

    /// Of the bucket with this upper bound.
    pub fn exemplar(&self, bound: f64) -> Option<Exemplar> {
        self.place(bound)?.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn place(&self, value: f64) -> Option<&Mutex<Option<Exemplar>>> {
        self.places.get(self.bounds.partition_point(|bound| *bound < value))
    }

    fn note(&self, value: f64) {
        // Where somebody is at it already, theirs is as good.
        let Some(Ok(mut kept)) = self.place(value).map(Mutex::try_lock) else { return };
        let now = SystemTime::now();
        let is_recent = |kept: &Exemplar| now.duration_since(kept.at).is_ok_and(|age| age < KEPT_FOR);
        if kept.as_ref().is_some_and(is_recent) {
            return;
        }
        let context = Span::current().context().span().span_context().clone();
        // What is not sampled is nowhere to be looked up.
        if context.is_valid() && context.is_sampled() {
            *kept = Some(Exemplar { value, at: now, context });
        }
    }
}

/// A value, and the span it was measured in. Shows itself as OpenMetrics has it.
#[derive(Debug, Clone)]
pub struct Exemplar {
    value: f64,
    at: SystemTime,
    context: SpanContext,
}

impl fmt::Display for Exemplar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trace, span) = (self.context.trace_id(), self.context.span_id());
        let at = self.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        write!(f, r#"{{trace_id="{trace}",span_id="{span}"}} {} {at:.3}"#, self.value)
    }
}
