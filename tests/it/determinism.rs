//! The same reports give the same bytes, in any order and on any number of threads.

use crate::corpus::{folder, rows};
use crate::program::Lockgate;

const KINDS: [&str; 6] = ["json", "sarif", "upload-sarif", "markdown", "html", "junit"];

fn outputs(reports: &[String], jobs: &str) -> Vec<Vec<u8>> {
    let mut lockgate = Lockgate::check()
        .file("requirements.txt", "Werkzeug==0.11\nflask==0.5\n")
        .args(&["--quiet", "--as-of", "2026-11-20", "--jobs", jobs]);
    for report in reports {
        lockgate = lockgate.args(&["--report", report]);
    }
    for kind in KINDS {
        lockgate = lockgate.args(&["--output", &format!("{kind}=out/{kind}")]);
    }
    lockgate.run();
    KINDS
        .map(|kind| std::fs::read(lockgate.folder.path().join("out").join(kind)).unwrap())
        .into()
}

#[test]
fn order_and_threads_do_not_matter() {
    let mut reports: Vec<String> = rows()
        .iter()
        .filter(|row| row.verdict != "reject:empty")
        .map(|row| folder().join(&row.path).to_str().unwrap().to_owned())
        .collect();
    let first = outputs(&reports, "1");
    assert!(first.iter().all(|output| output.len() > 10_000));
    reports.reverse();
    assert!(outputs(&reports, "4") == first, "reversed, four threads");
    let (left, right) = reports.split_at(reports.len() / 3);
    let turned = [right, left].concat();
    assert!(outputs(&turned, "2") == first, "turned, two threads");
}
