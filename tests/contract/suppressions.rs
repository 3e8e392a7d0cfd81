//! A pull request that silences Bandit, with the real Bandit.

use crate::programs::{command, lockgate, output, path, tool};
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const WEAK: &str = "import subprocess\n\n\ndef run(x):\n    subprocess.call(x, shell=True)\n";

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        std::fs::write(folder.join(path), content).unwrap();
    }
}

fn git(folder: &Path, home: &Path, args: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    let output = output(
        command(Path::new("git"), home)
            .current_dir(folder)
            .args(identity)
            .args(args),
    );
    assert!(output.status.success(), "git {args:?}");
}

/// What lockgate says of the change from one set of files to another, when it runs Bandit itself.
fn judge(base: &[(&str, &str)], head: &[(&str, &str)]) -> (Value, i32) {
    let (folder, home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let run = |args: &[&str]| git(folder.path(), home.path(), args);
    run(&["init", "-b", "main"]);
    write(folder.path(), base);
    run(&["add", "-A"]);
    run(&["commit", "-m", "base"]);
    run(&["checkout", "-b", "topic"]);
    write(folder.path(), head);
    run(&["add", "-A"]);
    run(&["commit", "--allow-empty", "-m", "change"]);
    let tools = tool("bandit").parent().unwrap().to_owned();
    let output = output(
        command(&lockgate(), home.path())
            .env(
                "PATH",
                std::env::join_paths([vec![tools], path()].concat()).unwrap(),
            )
            .arg("check")
            .arg(folder.path())
            .args([
                "--base", "main", "--run", "bandit", "--output", "json=-", "--quiet",
            ]),
    );
    let json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    (json, output.status.code().unwrap())
}

/// `scanner rule line disposition` of what weighs something.
fn said(json: &Value) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap().iter();
    let mut said: Vec<String> = findings
        .filter(|f| f["severity"] == "high")
        .map(|f| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            format!(
                "{} {} {} {}",
                text(&f["scanner"]),
                text(&f["rule"]),
                f["location"]["line"],
                text(&f["disposition"])
            )
        })
        .collect();
    said.sort();
    said
}

#[test]
fn a_new_nosec_hides_nothing() {
    let nosec = WEAK.replace("shell=True)", "shell=True)  # nosec");
    let (json, code) = judge(&[("a.py", "x = 1\n")], &[("a.py", &nosec)]);
    assert_eq!(
        said(&json),
        ["bandit B602 5 blocked", "suppressions nosec 5 warned"],
        "{json:#}"
    );
    assert_eq!(code, 1);
    let command = json["runs"][0]["report"].as_str().unwrap();
    assert!(
        command.contains("--ignore-nosec --ini BASE/.bandit"),
        "{command}"
    );
    let suppression = json["findings"].as_array().unwrap().iter();
    let suppression = suppression.clone().find(|f| f["rule"] == "nosec").unwrap();
    let message = suppression["message"].as_str().unwrap();
    assert!(message.contains("has no effect on this check"), "{message}");
}

#[test]
fn a_nosec_of_the_base_stays_settled() {
    let nosec = WEAK.replace("shell=True)", "shell=True)  # nosec B602");
    let more = format!("import sys\n{nosec}");
    for head in [nosec.as_str(), &more] {
        let (json, code) = judge(&[("a.py", &nosec)], &[("a.py", head), ("b.py", "y = 1\n")]);
        let said = said(&json);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].ends_with("suppressed"), "{said:?}");
        assert_eq!(code, 0);
    }
    // Another command on the line is another risk.
    let other = nosec.replace("call(x", "call(x + y");
    let (json, code) = judge(&[("a.py", &nosec)], &[("a.py", &other)]);
    assert_eq!(
        said(&json),
        ["bandit B602 5 blocked", "suppressions nosec 5 warned"]
    );
    assert_eq!(code, 1);
}

#[test]
fn settings_of_the_change_are_not_heard() {
    let ini = "[bandit]\nskips: B602\n";
    let (json, code) = judge(&[("x.py", "")], &[("a.py", WEAK), (".bandit", ini)]);
    assert_eq!(
        said(&json),
        [
            "bandit B602 5 blocked",
            "suppressions bandit-settings 2 warned"
        ]
    );
    assert_eq!(code, 1);
    // Those of the base are.
    let (json, code) = judge(&[("x.py", ""), (".bandit", ini)], &[("a.py", WEAK)]);
    assert_eq!((said(&json).len(), code), (0, 0));
}
