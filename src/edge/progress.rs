//! How far a long search is, for people who wait.

use super::terminal;
use std::io::IsTerminal as _;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Nobody wants to know earlier, or more often.
const FIRST: Duration = Duration::from_millis(700);
const THEN: Duration = Duration::from_millis(200);

/// How many things were looked at, what they are (in the plural), and how many bytes they had.
pub type Now<'a> = &'a (dyn Fn() -> (u64, &'static str, u64) + Sync);

/// Does the work, and tells meanwhile how far it is when standard error is a terminal.
pub fn watched<T>(now: Now<'_>, quiet: bool, work: impl FnOnce() -> T) -> T {
    if quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, waits) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || tell(now, &waits));
        let result = work();
        drop(done);
        result
    })
}

fn tell(now: Now<'_>, waits: &mpsc::Receiver<()>) {
    let start = Instant::now();
    let mut pause = FIRST;
    while let Err(mpsc::RecvTimeoutError::Timeout) = waits.recv_timeout(pause) {
        pause = THEN;
        terminal::err(&format!("\r\x1b[K{}", line(now(), start.elapsed())));
    }
    if pause == THEN {
        terminal::err("\r\x1b[K");
    }
}

fn line((count, what, bytes): (u64, &str, u64), took: Duration) -> String {
    let megabytes = bytes as f64 / 1e6;
    let rate = megabytes / took.as_secs_f64().max(0.001);
    format!("secrets: {count} {what}, {megabytes:.0} MB, {rate:.0} MB/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_in_megabytes_for_each_second() {
        let line = line((12, "files", 300_000_000), Duration::from_secs(2));
        assert_eq!(line, "secrets: 12 files, 300 MB, 150 MB/s");
    }

    #[test]
    fn the_result_comes_through() {
        assert_eq!(watched(&|| (0, "files", 0), false, || 7), 7);
    }
}
