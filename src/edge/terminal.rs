//! Standard output and error.

use std::io::{IsTerminal as _, Write as _};

/// Writes to standard output. A reader that has gone away (`| head`) is no error.
pub fn out(text: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text).and_then(|()| stdout.flush());
}

/// Writes to standard error.
pub fn err(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

/// Ends the process from wherever it is.
#[expect(clippy::exit, reason = "the edge of the process")]
pub fn exit(code: u8) -> ! {
    std::process::exit(i32::from(code))
}

/// Where a summary goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Whether to colour what goes to a stream, by <https://no-color.org> and
/// <https://bixense.com/clicolors>.
pub fn wants_colour(stream: Stream) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return false;
    }
    if std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0" && !value.is_empty()) {
        return true;
    }
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let terminal = match stream {
        Stream::Out => std::io::stdout().is_terminal(),
        Stream::Err => std::io::stderr().is_terminal(),
    };
    terminal && !dumb
}
