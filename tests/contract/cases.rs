//! Checks that together make lockgate write everything that it can write.

use crate::programs::{check, repository};
use crate::{fixtures, hostile};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// GitHub takes this many runs in one upload; what more reports bring would go into a second file.
const RUNS: usize = 20;

/// One check.
pub struct Case {
    /// What it is about; a file name.
    pub name: String,
    /// The verdict's exit code, where it matters.
    pub code: Option<i32>,
    root: TempDir,
    args: Vec<OsString>,
}

impl Case {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            code: None,
            root: TempDir::with_prefix("lockgate-case-").unwrap(),
            args: vec![".".into()],
        }
    }

    /// A check whose root is another folder.
    fn of(name: &str, root: &Path) -> Self {
        let mut case = Self::new(name);
        case.args = vec![root.into()];
        case
    }

    fn code(mut self, code: i32) -> Self {
        self.code = Some(code);
        self
    }

    fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.root.path().join(name), content).unwrap();
        self
    }

    fn report(mut self, report: impl Into<OsString>) -> Self {
        self.args.extend(["--report".into(), report.into()]);
        self
    }

    fn fixture(self, path: &str) -> Self {
        self.report(fixtures::path(path))
    }

    /// Runs it; returns the output of that kind.
    pub fn write(&self, kind: &str) -> PathBuf {
        let path = self.root.path().join(format!("{}.{kind}", self.name));
        let mut output = OsString::from(format!("{kind}="));
        output.push(&path);
        let args = self.args.iter().cloned().chain(["--output".into(), output]);
        let code = check(self.root.path(), args);
        if let Some(expected) = self.code {
            assert_eq!(code, expected, "{}", self.name);
        }
        path
    }
}

/// All of them.
pub fn all() -> Vec<Case> {
    let mut cases = recorded();
    cases.push(Case::of("shop", &repository().join("examples/shop")).code(1));
    cases.push(accepted());
    cases.push(failed());
    cases.push(hostile());
    cases.push(baselined());
    // With a policy that names no scanner: without one, lockgate looks for secrets by itself.
    cases.push(Case::new("nothing").file("lockgate.toml", "").code(3));
    cases
}

/// The recorded reports: those of one tool together, as if its runs were many. One report that is no
/// evidence would keep its tool out of the upload file, so those come together too.
fn recorded() -> Vec<Case> {
    let reports = fixtures::reports();
    let mut cases = Vec::new();
    let (damaged, whole): (Vec<_>, Vec<_>) = reports.iter().partition(|r| r.is_malformed());
    let (works, fails): (Vec<_>, Vec<_>) = whole.into_iter().partition(|r| r.works);
    let (sarif, native): (Vec<_>, Vec<_>) = works.into_iter().partition(|r| r.sarif);
    for tool in ["bandit", "trivy", "npm", "pip-audit"] {
        let own = native.iter().filter(|r| r.tool == tool);
        cases.push(of_reports(tool, own.copied()));
    }
    for (number, some) in sarif.chunks(RUNS).enumerate() {
        cases.push(of_reports(&format!("sarif-{number}"), some.iter().copied()));
    }
    cases.push(of_reports("useless", fails.into_iter()));
    cases.push(of_reports("malformed", damaged.into_iter()));
    cases
}

fn of_reports<'a>(name: &str, reports: impl Iterator<Item = &'a fixtures::Report>) -> Case {
    let mut case = Case::new(name);
    for report in reports {
        case = case.fixture(&report.path);
    }
    assert!(case.args.len() > 2, "no reports for {name}");
    case
}

/// Waivers, one of them expired, and suppressions that a report itself holds.
fn accepted() -> Case {
    let policy = r#"
extends = "lockgate:balanced"

[scanners.suppressing]
suppressions = "honour"

[[waiver]]
rule = "B*"
path = "**"
reason = "see [the ticket](https://example.org/1) {0} and\nthe second line"
owner = "@example/platform"
expires = 2099-12-31

[[waiver]]
advisory = "GHSA-48ww-j4fc-435p"
reason = "no input of a user gets there"
owner = "@example/web"
expires = 2020-01-01
"#;
    let mut suppressing = OsString::from("suppressing=");
    suppressing.push(fixtures::path("sarif/dd_sarif__suppression_test.sarif"));
    Case::new("accepted")
        .file("lockgate.toml", policy)
        .fixture("bandit/gen__pygoat.json")
        .fixture("npm/gen__jimahub-npm11.json")
        .report(suppressing)
        .code(1)
}

/// Reports and a policy whose authors mean harm.
fn hostile() -> Case {
    let mut case = Case::new("hostile").file("lockgate.toml", hostile::policy());
    for (number, report) in hostile::reports().into_iter().enumerate() {
        let name = format!("bandit-{number}.json");
        case = case.file(&name, report).report(format!("bandit={name}"));
    }
    case.code(1)
}

/// A baseline that knows what is gone: in a file, in a package, in an image.
fn baselined() -> Case {
    let mut case = Case::new("baselined")
        .file("lockgate-baseline.json", BASELINE)
        .fixture("bandit/gen__pygoat.json");
    case.args
        .extend(["--baseline".into(), "lockgate-baseline.json".into()]);
    case
}

/// A baseline by hand, with everything that a line can have.
pub const BASELINE: &str = r#"{
"version": 1,
"fingerprints": "lockgate/v1",
"written": "2026-11-20",
"scanners": {"bandit": "2026-11-20"},
"findings": [
{"path":"gone.py","line":3,"scanner":"bandit","rule":"B602","kind":"code","severity":"high","title":"shell","text":"00112233445566ff","before":"0000","after":"ffff","fingerprint":"00112233445566778899aabbccddeeff","since":"2026-01-31"},
{"path":"requirements.txt","scanner":"bandit","rule":"X","kind":"dependency","severity":"low","title":"x","package":{"ecosystem":"pypi","name":"django","version":"2.0"},"advisories":["CVE-2024-1"],"fingerprint":"00112233445566778899aabbccddeefe"},
{"path":"Dockerfile","target":"alpine:3","scanner":"bandit","rule":"X","kind":"config","severity":"info","title":"x","fingerprint":"00112233445566778899aabbccddeefd"}
]
}
"#;

/// Scanners that failed, one of them with a second report that is good.
fn failed() -> Case {
    Case::new("failed")
        .fixture("bandit/gen__pygoat.json")
        .fixture("bandit/gen__missing-target.json")
        .fixture("npm/gen__err-405-npm10.json")
        .fixture("pip-audit/gen__pygoat.json")
        .report("trivy=never-written.json")
        .code(3)
}
