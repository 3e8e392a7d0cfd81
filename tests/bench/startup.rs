//! What it costs to start: `lockgate --version` beside `true`, an empty process.
//!
//! `cargo bench --bench startup`. The limit that the project sets itself is 5 ms above the empty
//! process; the benchmark prints both, so that the machine's own speed is in the figure.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark starts programs and prints"
)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 200;

fn main() {
    let lockgate = env!("CARGO_BIN_EXE_lockgate");
    let mut own = Vec::new();
    let mut empty = Vec::new();
    // In turn, so that a slow moment of the machine hits both.
    for _ in 0..RUNS {
        own.push(time(Command::new(lockgate).arg("--version")));
        empty.push(time(&mut Command::new("true")));
    }
    let (own, empty) = (median(own), median(empty));
    println!(
        "median of {RUNS} runs: lockgate --version {own:?}, true {empty:?}, above it {:?}",
        own.saturating_sub(empty)
    );
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
