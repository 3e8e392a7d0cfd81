//! A Trivy report of 100 MB, and two SARIF files of 25 000 results each: read, merged, decided, written. As a whole process, so
//! that the figure is what a user waits for.
//!
//! `cargo bench --bench merge`. Beside lockgate it times the lower bound (reading the same bytes
//! and writing as many) and, when `SARIF_MULTITOOL` names the program or `make contract` has
//! installed it, the peer `Sarif.Multitool merge`. Unfair to whom: the peer only merges; it neither
//! decides nor writes a second file, a summary and a JSON report. It has one run that is not
//! counted, like lockgate.
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
const RULES: usize = 200;
const FILES: usize = 2_000;

const TOOLS: [&str; 2] = ["alpha", "beta"];

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-merge");
    let inputs = TOOLS.map(|tool| folder.join(format!("{tool}.sarif")));
    let large = folder.join("trivy.json");
    if std::env::var_os("LOCKGATE_BENCH_WRITE").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        for (tool, path) in TOOLS.iter().zip(&inputs) {
            std::fs::write(path, report(tool)).unwrap();
        }
        std::fs::write(&large, large_report()).unwrap();
        return;
    }
    // In a process of its own: a child's peak memory starts at its parent's, so that this one must
    // stay small.
    let writer = Command::new(std::env::current_exe().unwrap())
        .env("LOCKGATE_BENCH_WRITE", "1")
        .status();
    assert!(writer.unwrap().success());
    trivy(&folder, &large);
    let bytes: u64 = inputs
        .iter()
        .map(|path| path.metadata().unwrap().len())
        .sum();
    let processors = std::thread::available_parallelism().unwrap();
    println!(
        "2 x {RESULTS} results, {} MB in all, {processors} processors, {RUNS} runs each",
        bytes / 1_000_000
    );
    header();

    measure("lockgate, all outputs", || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        command.arg("check").arg(&folder).arg("--quiet");
        for input in &inputs {
            command.arg("--report").arg(input);
        }
        for (kind, file) in [
            ("sarif", "full.sarif"),
            ("upload-sarif", "upload.sarif"),
            ("json", "report.json"),
            ("markdown", "summary.md"),
        ] {
            command.arg("--output").arg(format!(
                "{kind}={}",
                folder.join("out").join(file).display()
            ));
        }
        command
    });
    measure("lockgate, one SARIF file", || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        command.arg("check").arg(&folder).arg("--quiet");
        for input in &inputs {
            command.arg("--report").arg(input);
        }
        command
            .arg("--output")
            .arg(format!("sarif={}", folder.join("out/one.sarif").display()));
        command
    });
    measure("lower bound: cat to a file", || {
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg("cat \"$1\" \"$2\" > \"$3\"")
            .arg("sh")
            .args(&inputs);
        command.arg(folder.join("cat.out"));
        command
    });
    match peer() {
        Some(multitool) => measure("Sarif.Multitool merge", || {
            let mut command = Command::new(&multitool);
            command.arg("merge").args(&inputs);
            command.args([
                "--output-directory".as_ref(),
                folder.join("peer").as_os_str(),
            ]);
            command.args(["--output-file", "merged.sarif", "--log", "ForceOverwrite"]);
            command
        }),
        None => println!(
            "Sarif.Multitool merge        not installed: `make contract`, or SARIF_MULTITOOL"
        ),
    }
}

/// The limit: under 2 s, and under 4 times the report's size in memory.
fn trivy(folder: &Path, report: &Path) {
    let megabytes = report.metadata().unwrap().len() / 1_000_000;
    println!("Trivy JSON of {megabytes} MB");
    let check = |output: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        command.arg("check").arg(folder).arg("--quiet");
        command.arg("--report").arg(report);
        if let Some(output) = output {
            let path = folder.join("out/trivy").display().to_string();
            command
                .arg("--output")
                .arg(format!("{output}={path}.{output}"));
        }
        command
    };
    measure("lockgate, verdict only", || check(None));
    measure("lockgate, JSON", || check(Some("json")));
    measure("lockgate, one SARIF file", || check(Some("sarif")));
    measure("lower bound: copying the file", || {
        let mut command = Command::new("cp");
        command.arg(report).arg(folder.join("cat.out"));
        command
    });
}

/// 100 MB in the proportions of real Trivy reports: descriptions, references, scores.
fn large_report() -> Vec<u8> {
    let sample = include_str!("../fixtures/reports/trivy/golden__pip.json");
    let sample: serde_json::Value = serde_json::from_str(sample).unwrap();
    let vulnerabilities = sample["Results"][0]["Vulnerabilities"].as_array().unwrap();
    let (mut targets, mut size, mut number) = (Vec::new(), 0, 0);
    while size < 100_000_000 {
        let list: Vec<_> = (0..500)
            .map(|_| {
                number += 1;
                let mut v = vulnerabilities[number % vulnerabilities.len()].clone();
                v["VulnerabilityID"] = json!(format!("CVE-2019-{number}"));
                v["PkgName"] = json!(format!("package-{}", number % 5_000));
                v
            })
            .collect();
        size += serde_json::to_vec_pretty(&list).unwrap().len();
        targets.push(json!({
            "Target": format!("app{}/requirements.txt", targets.len()),
            "Class": "lang-pkgs",
            "Type": "pip",
            "Vulnerabilities": list,
        }));
    }
    serde_json::to_vec_pretty(&json!({
        "SchemaVersion": 2,
        "ArtifactName": ".",
        "ArtifactType": "filesystem",
        "Results": targets,
    }))
    .unwrap()
}

fn peer() -> Option<PathBuf> {
    let installed =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools/bin/sarif-multitool");
    std::env::var_os("SARIF_MULTITOOL")
        .map(PathBuf::from)
        .or_else(|| installed.exists().then_some(installed))
}

/// A report like those of real linters: rules with descriptions, results with messages, regions
/// and fingerprints.
fn report(tool: &str) -> Vec<u8> {
    let levels = ["error", "warning", "note"];
    let rules: Vec<_> = (0..RULES)
        .map(|rule| {
            json!({
                "id": format!("{tool}/rule-{rule}"),
                "name": format!("Rule{rule}"),
                "shortDescription": {"text": format!("Weakness number {rule}")},
                "fullDescription": {"text": format!("A longer text about weakness number {rule}, which says why it matters.")},
                "help": {"text": "How to mend it."},
                "defaultConfiguration": {"level": levels[rule % 3]},
                "properties": {"tags": ["security", format!("external/cwe/cwe-{:03}", 20 + rule)]},
            })
        })
        .collect();
    let results: Vec<_> = (0..RESULTS)
        .map(|result| {
            let rule = result * 7 % RULES;
            json!({
                "ruleId": format!("{tool}/rule-{rule}"),
                "ruleIndex": rule,
                "level": levels[rule % 3],
                "message": {"text": format!("Value number {result} flows into a dangerous call; check it before use.")},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": format!("src/module{}/file{}.py", result % 40, result % FILES), "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": result / 10 + 1, "startColumn": 5, "endLine": result / 10 + 1, "endColumn": 40},
                }}],
                "partialFingerprints": {"primaryLocationLineHash": format!("{:x}:1", result * 2_654_435_761)},
            })
        })
        .collect();
    serde_json::to_vec(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": tool, "version": "1.0.0", "rules": rules}},
            "results": results,
        }],
    }))
    .unwrap()
}
