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
