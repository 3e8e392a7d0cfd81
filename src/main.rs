//! Parses the arguments, runs, prints the error, gives the exit code. Nothing else.

use std::process::ExitCode;

/// Reports are millions of small strings, allocated by several threads at once. With the allocator
/// of a static C library the same run takes nearly twice as long (`cargo bench --bench merge`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(lockgate::run())
}
