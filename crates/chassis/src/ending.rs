//! How a process ends: with a code, and where something went wrong with one line that says what and why.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

/// What `main` gives back. An error is told in one line on standard error: it is the last that is read of a process that did
/// not start.
pub fn ended<E: AsRef<dyn Error>>(done: Result<(), E>) -> ExitCode {
    let Err(error) = done else { return ExitCode::SUCCESS };
    let _ = writeln!(std::io::stderr().lock(), "error: {}", in_a_line(error.as_ref()));
    ExitCode::FAILURE
}

/// An error and its causes. A cause that was said with what it caused is not said again.
#[must_use]
pub fn in_a_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !line.ends_with(&said) {
            line.push_str(": ");
            line.push_str(&said);
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[derive(Debug, thiserror::Error)]
    #[error("{said}")]
    struct Caused {
        said: &'static str,
        source: io::Error,
    }

    #[test]
    fn an_error_is_told_with_its_causes_each_once() {
        let refused = || io::Error::other("refused");
        let told = |said| in_a_line(&Caused { said, source: refused() });
        assert_eq!(told("cannot connect"), "cannot connect: refused");
        assert_eq!(told("cannot connect: refused"), "cannot connect: refused");
        assert_eq!(in_a_line(&refused()), "refused");
    }
}
