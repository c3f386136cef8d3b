//! What a panic leaves in the log. The test runs itself again as the process that panics.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use latchkey_chassis::config::{LogFormat, Telemetry};
use latchkey_chassis::telemetry;

const ROLE: &str = "CHASSIS_TEST_PANICS";

#[test]
fn a_panic_is_logged_by_its_place_and_not_its_message() {
    if std::env::var_os(ROLE).is_some() {
        return panic_in_a_thread();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["a_panic_is_logged_by_its_place_and_not_its_message", "--exact", "--nocapture"])
        .env(ROLE, "yes")
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{log}");
    assert!(log.contains(r#""message":"Panicked""#) && log.contains("logs_a_panic.rs:"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}

fn panic_in_a_thread() {
    let settings = Telemetry { format: LogFormat::Json, ..Telemetry::default() };
    let _guard = telemetry::install("panicking-service", &settings).unwrap();
    let panicked = std::thread::spawn(|| panic!("canary_in_a_panic")).join();
    assert!(panicked.is_err());
}
