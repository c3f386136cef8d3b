//! Writes the current span into an outgoing request (W3C Trace Context), so that a trace that crosses a provider which
//! keeps it can be joined.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{global, propagation::Injector};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

pub(crate) fn inject(span: &Span, headers: &mut HeaderMap) {
    let context = span.context();
    global::get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut Writer(headers)));
}

struct Writer<'a>(&'a mut HeaderMap);

impl Injector for Writer<'_> {
    fn set(&mut self, key: &str, value: String) {
        // Only the trace's own header: baggage is ours and no business of a provider.
        if key.eq_ignore_ascii_case("traceparent")
            && let Ok(value) = HeaderValue::try_from(value)
        {
            self.0.insert(HeaderName::from_static("traceparent"), value);
        }
    }
}
