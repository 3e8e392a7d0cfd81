//! Running the program as a user does, in an environment that holds nothing by accident.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The repository's own folder.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fixture by its path below `tests/fixtures`.
pub fn fixture(path: &str) -> PathBuf {
    repository().join("tests/fixtures").join(path)
}

/// What a run left behind.
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A folder to run the program in, and its arguments.
pub struct Lockgate {
    pub folder: TempDir,
    /// Another folder to run it in.
    inside: Option<PathBuf>,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

impl Lockgate {
    /// `lockgate check` in an empty folder.
    pub fn check() -> Self {
        Self::new(&["check"])
    }

    pub fn new(args: &[&str]) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            inside: None,
            args: args.iter().map(|a| (*a).to_owned()).collect(),
            env: Vec::new(),
        }
    }

    /// Runs in this folder instead of an empty one.
    pub fn inside(mut self, folder: &Path) -> Self {
        self.inside = Some(folder.to_owned());
        self
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(|a| (*a).to_owned()));
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// A report with this content, named on the command line.
    pub fn report(self, tool: &str, file: &str, content: impl AsRef<[u8]>) -> Self {
        let named = if tool.is_empty() {
            file.to_owned()
        } else {
            format!("{tool}={file}")
        };
        self.file(file, content).args(&["--report", &named])
    }

    pub fn run(&self) -> Outcome {
        let binary = std::env::var_os("LOCKGATE_TEST_BIN")
            .unwrap_or_else(|| env!("CARGO_BIN_EXE_lockgate").into());
        let mut command = Command::new(binary);
        command
            .args(&self.args)
            .current_dir(self.inside.as_deref().unwrap_or(self.folder.path()))
            .env_clear()
            .envs(self.env.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        Outcome {
            code: output.status.code().expect("no signal ended it"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs with the JSON on standard output; returns it with the exit code.
    pub fn json(self) -> (Value, i32) {
        let outcome = self.args(&["--output", "json=-", "--quiet"]).run();
        let json = serde_json::from_str(&outcome.stdout)
            .unwrap_or_else(|e| panic!("{e}: {} {}", outcome.stdout, outcome.stderr));
        (json, outcome.code)
    }
}

/// The verdict with the exit code, for short assertions.
pub fn verdict(lockgate: Lockgate) -> (String, i32) {
    let (json, code) = lockgate.json();
    (json["verdict"].as_str().unwrap().to_owned(), code)
}

/// Runs git in a folder, with no configuration but this.
pub fn git(folder: &Path, args: &[&str]) {
    let identity = [
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "init.defaultBranch=main",
    ];
    let status = Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "git {args:?}");
}
