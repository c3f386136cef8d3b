//! A panic is logged by its place alone: its message may hold what a failed `expect` held.

use std::panic;

pub(super) fn install_hook() {
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        tracing::error!(place, thread = thread.name(), "Panicked");
    }));
}
