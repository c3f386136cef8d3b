use super::*;

#[test]
fn a_log_directive_that_means_nothing_is_an_error_that_shows_it() {
    let settings = Telemetry { log: "info,=,=loud".to_owned(), ..Telemetry::default() };
    let refusal = install("test", &settings).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refusal.contains("info,=,=loud"), "{refusal}");
}

#[test]
fn durations_are_counted_in_buckets_of_seconds() {
    metrics::install();
    metrics::describe_build("test");
    ::metrics::histogram!("chassis_test_duration_seconds").record(0.003);
    let page = metrics::render();
    assert!(page.contains("chassis_test_duration_seconds_bucket{le=\"0.0025\"} 0"), "{page}");
    assert!(page.contains("chassis_test_duration_seconds_bucket{le=\"0.005\"} 1"), "{page}");
    assert!(page.contains("latchkey_build_info{") && page.contains("service=\"test\""), "{page}");
}

#[test]
fn libraries_that_print_what_they_carry_cannot_be_made_talkative() {
    use std::sync::{Arc, Mutex};

    struct Seen(Arc<Mutex<Vec<&'static str>>>);
    impl<S: tracing::Subscriber> Layer<S> for Seen {
        fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
            self.0.lock().unwrap().push(event.metadata().target());
        }
    }

    let seen = Arc::new(Mutex::new(Vec::new()));
    let subscriber = tracing_subscriber::registry()
        .with(EnvFilter::new("trace"))
        .with(filter_fn(is_discreet))
        .with(Seen(seen.clone()));
    tracing::subscriber::with_default(subscriber, || {
        tracing::trace!(target: "h2::codec", "a frame with its headers");
        tracing::debug!(target: "sqlx::query", "a statement");
        tracing::info!(target: "sqlx", "connected");
        tracing::trace!(target: "latchkey_vault", "ours");
    });
    assert_eq!(*seen.lock().unwrap(), ["sqlx", "latchkey_vault"]);
}
