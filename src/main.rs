//! Parses the arguments, runs, prints the error, gives the exit code. Nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(lockgate::run())
}
