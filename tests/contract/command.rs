//! What the action asks the binary to do: each input arrives as one argument or in the environment, as it
//! is.

use crate::programs::repository;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use tempfile::TempDir;

/// Inputs by the names of their variables.
type Inputs<'a> = &'a [(&'a str, &'a str)];

/// Runs the script with a binary that writes down its arguments; the exit code and the arguments.
fn arguments(env: Inputs<'_>) -> (i32, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let binary = folder.path().join("lockgate");
    let script = "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\0' \"$a\"; done > \"$SEEN\"\nexit 1\n";
    std::fs::write(&binary, script).unwrap();
    std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
    let done = Command::new("bash")
        .args(["--noprofile", "--norc", "-p"])
        .arg(repository().join("action/run.sh"))
        .env("LOCKGATE_BINARY", &binary)
        .env("SEEN", folder.path().join("seen"))
        .envs(env.iter().copied())
        .output()
        .unwrap();
    let seen = std::fs::read_to_string(folder.path().join("seen")).unwrap_or_default();
    let words = seen.split_terminator('\0').map(str::to_owned).collect();
    (done.status.code().unwrap(), words)
}

#[test]
fn each_line_of_an_input_is_one_argument() {
    let cases: [(Inputs<'_>, &[&str]); 6] = [
        (&[], &["check"]),
        (&[("LOCKGATE_COMMAND", "")], &["check"]),
        (
            &[("LOCKGATE_COMMAND", "plan"), ("LOCKGATE_SHARDS", "3")],
            &["plan", "--github", "--shards=3"],
        ),
        (
            &[
                ("LOCKGATE_COMMAND", "merge"),
                (
                    "LOCKGATE_BUNDLES",
                    "b/*.bundle\r\n\n --help\n$(touch x) `y`\n",
                ),
                ("LOCKGATE_EXPECT", "services/api\n-x y\n"),
            ],
            &[
                "merge",
                "--expect=services/api",
                "--expect=-x y",
                "--",
                "b/*.bundle",
                " --help",
                "$(touch x) `y`",
            ],
        ),
        (
            &[("LOCKGATE_COMMAND", "merge"), ("LOCKGATE_BUNDLES", "a")],
            &["merge", "--", "a"],
        ),
        (
            &[
                ("LOCKGATE_COMMAND", "publish"),
                ("LOCKGATE_BUNDLES", "a b"),
                ("LOCKGATE_EXPECT", "c"),
            ],
            &["publish", "--", "a b"],
        ),
    ];
    for (env, wanted) in cases {
        let (code, words) = arguments(env);
        assert_eq!(
            (code, words),
            (1, wanted.iter().map(|w| (*w).to_owned()).collect())
        );
    }
}

#[test]
fn what_makes_no_sense_runs_nothing() {
    for (command, bundles) in [
        ("merge", ""),
        ("publish", " \n"),
        ("waive", "a"),
        ("check ", "a"),
    ] {
        let env = [("LOCKGATE_COMMAND", command), ("LOCKGATE_BUNDLES", bundles)];
        assert_eq!(arguments(&env), (2, Vec::new()), "{command}");
    }
}
