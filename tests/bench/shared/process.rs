//! Starting a program and measuring it as a whole.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// Wall-clock time, peak memory in bytes, and exit code of one run without output.
pub fn once(mut command: Command) -> (Duration, u64, Option<i32>) {
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    (start.elapsed(), used.rusage.maxrss, used.status.code())
}

/// Runs that are counted, after one that is not.
pub const RUNS: usize = 7;

/// The line above those of [`measure`].
#[allow(dead_code, reason = "each benchmark uses what it needs")]
pub fn header() {
    println!(
        "{:<28} {:>8} {:>8} {:>8} {:>10}",
        "", "min", "median", "max", "peak MB"
    );
}

/// Prints how long a program takes, and how much memory. It has to end with 0 or 1.
#[allow(dead_code, reason = "each benchmark uses what it needs")]
pub fn measure(name: &str, command: impl Fn() -> Command) {
    let mut times = Vec::new();
    let mut peak = 0;
    for run in 0..=RUNS {
        let (time, memory, code) = once(command());
        assert!(matches!(code, Some(0 | 1)), "{name} ended with {code:?}");
        if run > 0 {
            times.push(time);
            peak = peak.max(memory);
        }
    }
    times.sort();
    let ms = |time: &Duration| format!("{:.3} s", time.as_secs_f64());
    println!(
        "{name:<28} {:>8} {:>8} {:>8} {:>10}",
        ms(&times[0]),
        ms(&times[RUNS / 2]),
        ms(&times[RUNS - 1]),
        peak / 1_000_000
    );
}
