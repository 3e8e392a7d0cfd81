//! Stored evidence: what is read back leads to the same verdict and the same bytes, and nothing
//! hostile in it gets further.

use crate::corpus::{folder, rows};
use crate::program::Lockgate;
use lockgate::assess::assess;
use lockgate::bundle::{self, Bad, Bundle};
use lockgate::ingest;
use lockgate::model::{Assessment, ScannerId};
use lockgate::policy::{self, Nothing};
use lockgate::report::sarif::{self, Purpose};
use lockgate::report::{html, json, junit, markdown};

const KINDS: [&str; 6] = ["json", "sarif", "upload-sarif", "markdown", "html", "junit"];

pub fn home(scanner: &ScannerId) -> Option<&'static str> {
    ingest::tool_named(scanner.as_str()).map(|tool| tool.url)
}

pub fn read(bytes: &[u8]) -> Result<Bundle, Bad> {
    bundle::read(bytes, &home)
}

fn judge(bundle: &Bundle) -> Assessment {
    let source = policy::shipped(policy::DEFAULT).unwrap();
    let policy = policy::load(&source, &Nothing).unwrap();
    assess(bundle.evidence.clone(), &policy, &bundle.context)
}

fn render(kind: &str, assessment: &Assessment) -> Vec<u8> {
    let mut out = Vec::new();
    match kind {
        "json" => json::write(assessment, &mut out).unwrap(),
        "sarif" => sarif::write(assessment, Purpose::Full, &mut out).unwrap(),
        "upload-sarif" => sarif::write(assessment, Purpose::Upload, &mut out).unwrap(),
        "markdown" => out = markdown::render(assessment).into_bytes(),
        "html" => out = html::render(assessment).into_bytes(),
        _ => out = junit::render(assessment).into_bytes(),
    }
    out
}

/// Checks with every kind of output and a bundle; gives the outputs and the bundle.
fn checked(reports: &[String], more: &[&str]) -> (Vec<Vec<u8>>, Vec<u8>) {
    let mut lockgate = Lockgate::check()
        .file("requirements.txt", "Werkzeug==0.11\nflask==0.5\n")
        .args(&[
            "--quiet",
            "--as-of",
            "2026-11-20",
            "--output",
            "bundle=out/bundle",
        ])
        .args(more);
    for report in reports {
        lockgate = lockgate.args(&["--report", report]);
    }
    for kind in KINDS {
        lockgate = lockgate.args(&["--output", &format!("{kind}=out/{kind}")]);
    }
    let outcome = lockgate.run();
    assert!(outcome.code == 1 || outcome.code == 3, "{}", outcome.stderr);
    let out = |name: &str| std::fs::read(lockgate.folder.path().join("out").join(name)).unwrap();
    (KINDS.map(out).into(), out("bundle"))
}

#[test]
fn every_fixture_leads_to_the_same_bytes_again() {
    let reports: Vec<String> = rows()
        .iter()
        .filter(|row| row.verdict != "reject:empty")
        .map(|row| folder().join(&row.path).to_str().unwrap().to_owned())
        .collect();
    assert!(reports.len() > 50);
    let (outputs, bytes) = checked(&reports, &[]);
    let mut bundle = read(&bytes).unwrap();
    for turn in ["as read", "reversed", "turned"] {
        let again = judge(&bundle);
        for (kind, output) in KINDS.iter().zip(&outputs) {
            assert!(render(kind, &again) == *output, "{kind}, {turn}");
        }
        assert_eq!(again.verdict, bundle.judged.verdict);
        assert_eq!(again.findings.len(), bundle.judged.findings.len());
        bundle.evidence.runs.reverse();
        if turn == "reversed" {
            bundle.evidence.runs.rotate_left(reports.len() / 3);
        }
    }
}
