use super::*;
use crate::model::Foreign as _;

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

/// What a change of one file adds, as `deed key what @line`.
fn added(name: &str, base: Option<&str>, head: Option<&str>) -> Vec<String> {
    let path = path(name);
    let content = |text: Option<&'static str>| text.map_or(Content::Absent, Content::Text);
    let leak = |text: Option<&str>| -> Option<&'static str> {
        text.map(|text| &*Box::leak(text.to_owned().into_boxed_str()))
    };
    let file = File {
        path: &path,
        old: &path,
        base: content(leak(base)),
        head: content(leak(head)),
    };
    said(&find(&[file]))
}

fn said(found: &[Suppression]) -> Vec<String> {
    found
        .iter()
        .map(|s| {
            let what: Vec<&str> = s.what.iter().map(|w| w.raw()).collect();
            let line = s.line.map_or(String::new(), |line| format!("@{line}"));
            format!("{:?} {} {}{line}", s.deed, s.key, what.join("+"))
        })
        .collect()
}

#[test]
fn the_table_is_whole() {
    let mut seen = std::collections::BTreeSet::new();
    for surface in SURFACES {
        assert!(seen.insert(surface.id), "{}", surface.id);
        assert!(surface.about.ends_with('.'), "{}", surface.id);
        let scanner = |name: &&str| crate::model::ScannerId::new(name).is_some();
        assert!(surface.scanners.iter().all(scanner), "{}", surface.id);
    }
}

#[test]
fn only_entries_that_are_new_count() {
    let base = "# why\nCVE-2024-1\nCVE-2024-2 exp:2027-01-31\n";
    let of = |head: &str| added(".trivyignore", Some(base), Some(head));
    assert!(of("CVE-2024-2 exp:2027-01-31\r\n\r\nCVE-2024-1\r\n# other\n").is_empty());
    assert!(of("CVE-2024-2 exp:2026-12-31\n").is_empty());
    assert_eq!(of(&format!("{base}CVE-2024-3")), ["Adds  CVE-2024-3@4"]);
    let prolonged = of("CVE-2024-2 exp:2028-01-31\n");
    assert_eq!(prolonged, ["Prolongs  CVE-2024-2@1"]);
    assert_eq!(of("CVE-2024-2\n"), ["Prolongs  CVE-2024-2@1"]);
    assert!(added(".trivyignore", Some(base), None).is_empty());
}

#[test]
fn what_is_selected_and_what_guards_must_not_shrink() {
    let trivy = |base: &str, head: &str| added("trivy.yaml", Some(base), Some(head));
    let all = "severity: [LOW, HIGH]\n";
    assert_eq!(trivy("", all), ["Narrows severity only LOW, HIGH@1"]);
    assert_eq!(trivy(all, "severity: [HIGH]\n"), ["Removes severity LOW@1"]);
    assert!(trivy("severity: [HIGH]\n", all).is_empty());
    assert!(trivy(all, "").is_empty());
    let gitleaks = "[extend]\nuseDefault = true\n";
    assert_eq!(
        added("a/.gitleaks.toml", Some(gitleaks), Some("[extend]\n")),
        ["Removes extend.useDefault true"]
    );
    assert_eq!(
        added(
            ".gitleaks.toml",
            None,
            Some("[[rules]]\nid = \"x\"\nregex = 'y'\n")
        ),
        ["Narrows rules.id only x@2"]
    );
}

#[test]
fn what_cannot_be_read_counts() {
    for (name, head) in [
        ("trivy.yaml", "severity: [\n"),
        ("trivy.yaml", "a: &x [b]\nscan: *x\n"),
        ("osv-scanner.toml", "[[IgnoredVulns\n"),
        ("package.json", "{"),
        ("dependency-check-suppressions.xml", "<a>"),
    ] {
        let found = added(name, Some(""), Some(head));
        assert!(found.iter().all(|f| f.starts_with("Unreadable")), "{name}");
        assert!(!found.is_empty(), "{name}");
    }
    let name = path(".trivyignore");
    let file = File {
        path: &name,
        old: &name,
        base: Content::Absent,
        head: Content::Unreadable,
    };
    assert_eq!(said(&find(&[file])), ["Unreadable  "]);
}

#[test]
fn a_file_under_another_name_is_nothing_to_the_scanner() {
    let (readme, code) = (path("README.md"), path("a.py"));
    let text = Content::Text("run(x)  # nosec\n");
    let file = |old, path| File {
        path,
        old,
        base: text,
        head: text,
    };
    assert_eq!(said(&find(&[file(&readme, &code)])), ["Adds  @1"]);
    assert!(find(&[file(&code, &readme)]).is_empty());
    let other = path("src/b.py");
    assert!(find(&[file(&code, &other)]).is_empty());
}

#[test]
fn plain_upgrades_are_no_suppression() {
    let of = |head: &str| added("package.json", Some("{}"), Some(head));
    assert!(
        of(r#"{"overrides": {"lodash": "4.17.21", "a": {".": "1.2.3", "b": "^2"}}}"#).is_empty()
    );
    assert_eq!(
        of(r#"{"overrides": {"a": {"lodash": "npm:other@1"}}}"#),
        ["Adds overrides lodash → npm:other@1@1"]
    );
    assert_eq!(
        of(r#"{"pnpm": {"auditConfig": {"ignoreGhsas": ["GHSA-jf85-cpcp-j695"]}}}"#),
        ["Adds pnpm.auditConfig.ignoreGhsas GHSA-jf85-cpcp-j695@1"]
    );
}

const WORKFLOW: &str = "on: [push, pull_request]
jobs:
  scan:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - name: scan
        uses: aquasecurity/trivy-action@0.28
      - run: |
          bandit -r src
";

#[test]
fn workflows_are_compared_by_what_they_run() {
    let of = |from: &str, to: &str| {
        let head = WORKFLOW.replace(from, to);
        assert_ne!(head, WORKFLOW);
        added(".github/workflows/ci.yml", Some(WORKFLOW), Some(&head))
    };
    for (from, to) in [
        ("name: scan", "name: other"),
        ("@0.28", "@0.30"),
        ("bandit -r src", "bandit -r src tests"),
        ("push, pull", "push, workflow_dispatch, pull"),
        ("runs-on: x", "runs-on: y\n    if: always()"),
    ] {
        assert!(of(from, to).is_empty(), "{to}");
    }
    for (from, to, says) in [
        ("bandit -r src", "make test", "Removes"),
        (
            "bandit -r src",
            "bandit -r src || true",
            "Narrows  its failure",
        ),
        ("bandit -r src", "bandit -r src --skip B101", "--skip B101"),
        ("bandit -r src", "bandit -r src --exit-zero", "--exit-zero"),
        ("name: scan", "if: ${{ false }}", "if: false"),
        ("name: scan", "continue-on-error: true", "continue-on-error"),
        (
            "@0.28",
            "@0.28\n        with: {severity: CRITICAL}",
            "severity without HIGH",
        ),
        ("runs-on: x", "if: github.actor == 'a'", "if: github.actor"),
        (
            "[push, pull_request]",
            "{push: {}, pull_request: {paths-ignore: [src]}}",
            "paths-ignore src",
        ),
        ("push, pull_request", "push", "without on pull_request"),
    ] {
        let found = of(from, to);
        assert!(found.iter().any(|f| f.contains(says)), "{to}: {found:?}");
    }
    let gone = added(".github/workflows/ci.yml", Some(WORKFLOW), None);
    assert_eq!(gone.len(), 2, "{gone:?}");
}

#[test]
fn a_step_that_moves_to_another_workflow_is_not_gone() {
    let (ci, scan) = (
        path(".github/workflows/ci.yml"),
        path(".github/workflows/scan.yml"),
    );
    let file = |path, base, head| File {
        path,
        old: path,
        base,
        head,
    };
    let text = Content::Text(WORKFLOW);
    let files = [
        file(&ci, text, Content::Absent),
        file(&scan, Content::Absent, text),
    ];
    assert!(find(&files).is_empty());
}
