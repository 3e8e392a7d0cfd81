//! The programs that these tests start. What is missing makes a test fail, never skip.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Longer than any of them needs; what hangs is ended with everything that it started.
const TIME_LIMIT: &str = "300";

/// The repository's own folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The binary under test.
pub fn lockgate() -> PathBuf {
    let binary = std::env::var_os("LOCKGATE_TEST_BIN")
        .unwrap_or_else(|| env!("CARGO_BIN_EXE_lockgate").into());
    std::path::absolute(binary).unwrap()
}

/// One of the programs that `tests/tools/install.sh` installs.
pub fn tool(name: &str) -> PathBuf {
    let folder = match std::env::var_os("LOCKGATE_TEST_TOOLS") {
        Some(folder) => std::path::absolute(folder).unwrap(),
        None => repository().join("target/test-tools"),
    };
    let path = folder.join("bin").join(name);
    assert!(
        path.exists(),
        "the test tool {} is not installed: run tests/tools/install.sh",
        path.display()
    );
    path
}

/// The folders in which the system's programs are.
pub fn path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// A command in an environment that holds nothing by accident, and that ends in time.
pub fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new("timeout");
    command
        .args(["--kill-after=10", TIME_LIMIT])
        .arg(program)
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::join_paths(path()).unwrap())
        .stdin(Stdio::null());
    command
}

/// Runs to the end.
pub fn output(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|e| panic!("{command:?} cannot be started: {e}"));
    assert_ne!(
        output.status.code(),
        Some(124),
        "{command:?} took more than {TIME_LIMIT} s"
    );
    output
}

/// Runs `lockgate check` in a folder, away from any runner; returns the exit code.
pub fn check(folder: &Path, args: impl IntoIterator<Item = OsString>) -> i32 {
    let output = output(
        command(&lockgate(), folder)
            .current_dir(folder)
            .args(["check", "--quiet"])
            .args(args),
    );
    let code = output.status.code();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(code, Some(0 | 1 | 3)), "{code:?}: {said}");
    code.unwrap()
}
