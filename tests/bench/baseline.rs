//! A check of 25 000 findings against a baseline of 25 000, beside the same check without one. As a
//! whole process.
//!
//! `cargo bench --bench baseline`. The limit: under 0.5 s with the baseline, also where all findings
//! look alike. Where there are as many files as findings, reading them takes longer than that by
//! itself; what the baseline adds must stay small.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark starts programs and prints"
)]

#[path = "shared/process.rs"]
mod process;

use process::{RUNS, header, measure};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

const RESULTS: usize = 25_000;

/// A project: how many files, and the text of a line.
struct Case {
    name: &'static str,
    files: usize,
    line: fn(usize) -> String,
}

const CASES: [Case; 3] = [
    Case {
        name: "2 000 files, all shifted",
        files: 2_000,
        line: |number| format!("x{number} = eval(y{number})\n"),
    },
    Case {
        name: "1 file, all lines alike",
        files: 1,
        line: |_| "x = eval(y)\n".to_owned(),
    },
    Case {
        name: "25 000 renamed files, alike",
        files: RESULTS,
        line: |_| "x = eval(y)\n".to_owned(),
    },
];

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-baseline");
    println!("{RESULTS} findings, {RUNS} runs each");
    header();
    for (number, case) in CASES.iter().enumerate() {
        let root = folder.join(number.to_string());
        let _ = std::fs::remove_dir_all(&root);
        let alike = number == 2;
        put(&root, case, if alike { "old" } else { "src" }, "");
        let mut write = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        write.args(["baseline", "write", "--quiet"]).arg(&root);
        write.arg("--report").arg(root.join("r.sarif"));
        assert!(write.status().unwrap().success());
        let _ = std::fs::remove_dir_all(root.join("old"));
        put(&root, case, "src", "import a\n\nimport b\n");
        println!("{}", case.name);
        let check = |baseline: bool| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
            command.arg("check").arg(&root).arg("--quiet");
            command.arg("--report").arg(root.join("r.sarif"));
            if baseline {
                let file = root.join("lockgate-baseline.json");
                command.arg("--baseline").arg(file);
            }
            command
        };
        measure("  without a baseline", || check(false));
        measure("  against the baseline", || check(true));
    }
}

/// Writes the sources and the report.
fn put(root: &Path, case: &Case, folder: &str, head: &str) {
    let shift = head.lines().count();
    let mut texts = vec![head.to_owned(); case.files];
    let mut results = Vec::new();
    for number in 0..RESULTS {
        let file = number % case.files;
        texts[file].push_str(&(case.line)(number));
        let line = shift + number / case.files + 1;
        results.push(json!({
            "ruleId": "R1",
            "level": "error",
            "message": {"text": format!("Result {number}")},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": format!("{folder}/{file}.py")},
                "region": {"startLine": line},
            }}],
        }));
    }
    std::fs::create_dir_all(root.join(folder)).unwrap();
    for (file, text) in texts.iter().enumerate() {
        std::fs::write(root.join(folder).join(format!("{file}.py")), text).unwrap();
    }
    let report = json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "alpha", "version": "1"}},
        "results": results,
    }]});
    std::fs::write(root.join("r.sarif"), serde_json::to_vec(&report).unwrap()).unwrap();
}
