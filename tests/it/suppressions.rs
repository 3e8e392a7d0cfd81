//! What the judged change tells scanners to be silent about.

use crate::program::{Lockgate, fixture, git};
use lockgate::model::RepoPath;
use lockgate::suppress::{self, Content, File};
use serde_json::Value;

const CLEAN: &str = "reports/bandit/wild__svange_tagmania__bandit-report.json";

/// A repository with a base on `main` and a change on `topic`, and a clean report beside it.
pub struct Pull {
    lockgate: Lockgate,
}

impl Pull {
    /// A base with these files.
    pub fn on(files: &[(&str, &[u8])]) -> Self {
        let report = format!("bandit={}", fixture(CLEAN).display());
        let lockgate = Lockgate::check().args(&["--base", "main", "--report", &report]);
        git(lockgate.folder.path(), &["init"]);
        let mut pull = Self { lockgate }.with("README.md", b"x\n");
        for (path, content) in files {
            pull = pull.with(path, content);
        }
        pull.commit();
        git(pull.lockgate.folder.path(), &["checkout", "-b", "topic"]);
        pull
    }

    pub fn with(mut self, path: &str, content: &[u8]) -> Self {
        self.lockgate = self.lockgate.file(path, content);
        self
    }

    pub fn git(self, args: &[&str]) -> Self {
        git(self.lockgate.folder.path(), args);
        self
    }

    fn commit(&self) {
        git(self.lockgate.folder.path(), &["add", "-A"]);
        git(
            self.lockgate.folder.path(),
            &["commit", "--allow-empty", "-m", "c"],
        );
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.lockgate = self.lockgate.args(args);
        self
    }

    /// Commits the change and judges it.
    pub fn judge(self) -> (Value, i32) {
        self.commit();
        self.lockgate.json()
    }

    /// The suppressions that are found, as `rule path:line disposition`.
    pub fn found(self) -> Vec<String> {
        said(&self.judge().0)
    }
}

fn of(json: &Value) -> Vec<&Value> {
    let findings = json["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["scanner"] == "suppressions")
        .collect()
}

fn said(json: &Value) -> Vec<String> {
    let say = |finding: &&Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!(
            "{} {}:{} {}",
            text(&finding["rule"]),
            text(&finding["location"]["path"]),
            finding["location"]["line"],
            text(&finding["disposition"]),
        )
    };
    of(json).iter().map(say).collect()
}

/// One change of one file.
fn change(path: &str, base: Option<&str>, head: &str) -> Vec<String> {
    let base: Vec<(&str, &[u8])> = base
        .map(|base| (path, base.as_bytes()))
        .into_iter()
        .collect();
    Pull::on(&base).with(path, head.as_bytes()).found()
}

#[test]
fn every_kind_of_file_counts_and_says_where() {
    for (rule, path, base, head, line) in [
        (
            "trivyignore",
            ".trivyignore",
            "CVE-2023-1\n",
            "CVE-2023-1\n# why\nCVE-2024-1\n",
            3,
        ),
        (
            "trivyignore-yaml",
            "ci/.trivyignore.yaml",
            "",
            "vulnerabilities:\n  - id: CVE-2024-1\n    expired_at: 2027-01-31\n",
            2,
        ),
        (
            "trivy-settings",
            "trivy.yaml",
            "",
            "scan:\n  skip-dirs:\n    - src\n",
            3,
        ),
        (
            "trivy-secret-settings",
            "trivy-secret.yaml",
            "",
            "disable-rules:\n  - aws-access-key-id\n",
            2,
        ),
        (
            "bandit-settings",
            ".bandit",
            "[bandit]\nskips: B101\n",
            "[bandit]\nskips: B101,B602\n",
            2,
        ),
        (
            "bandit-settings",
            "pyproject.toml",
            "",
            "[tool.bandit]\nskips = [\"B602\"]\n",
            2,
        ),
        (
            "bandit-settings",
            "setup.cfg",
            "",
            "[bandit]\nexclude = src\n",
            2,
        ),
        (
            "bandit-settings",
            "conf/bandit.yaml",
            "",
            "exclude_dirs:\n  - src\n",
            2,
        ),
        (
            "safety-policy",
            ".safety-policy.yml",
            "",
            "security:\n  ignore-vulnerabilities:\n    12345:\n      reason: x\n",
            3,
        ),
        (
            "npmrc",
            ".npmrc",
            "fund=false\n",
            "fund=false\naudit=false\n",
            2,
        ),
        (
            "npm-registry",
            ".npmrc",
            "",
            "registry=https://mirror.example.org/\n",
            1,
        ),
        (
            "package-override",
            "package.json",
            "{}",
            "{\n \"overrides\": {\n  \"lodash\": \"npm:not-lodash@1\"\n }\n}",
            3,
        ),
        (
            "yarnrc",
            ".yarnrc.yml",
            "",
            "npmAuditIgnoreAdvisories:\n  - \"1089\"\n",
            2,
        ),
        (
            "pnpm-workspace",
            "pnpm-workspace.yaml",
            "packages: []\n",
            "packages: []\nauditConfig:\n  ignoreGhsas:\n    - GHSA-jf85-cpcp-j695\n",
            4,
        ),
        (
            "nsprc",
            ".nsprc",
            "{}",
            "{\n\"GHSA-jf85-cpcp-j695\": {\"active\": true}\n}",
            2,
        ),
        (
            "audit-ci",
            "audit-ci.jsonc",
            "{}",
            "{ // c\n\"allowlist\": [\n\"GHSA-jf85-cpcp-j695\"]}",
            3,
        ),
        (
            "osv-scanner-settings",
            "osv-scanner.toml",
            "",
            "[[IgnoredVulns]]\nid = \"GO-2024-1\"\nignoreUntil = 2027-01-31\n",
            1,
        ),
        (
            "gitleaks-settings",
            ".gitleaks.toml",
            "[extend]\nuseDefault = true\n",
            "[extend]\nuseDefault = true\n[allowlist]\npaths = ['''tests''']\n",
            4,
        ),
        (
            "gitleaksignore",
            ".gitleaksignore",
            "",
            "a:b:generic:1\n",
            1,
        ),
        (
            "semgrepignore",
            ".semgrepignore",
            "vendor\n",
            "vendor\nsrc\n",
            2,
        ),
        (
            "checkov-settings",
            ".checkov.yaml",
            "",
            "skip-check:\n  - CKV_AWS_20\n",
            2,
        ),
        (
            "hadolint-settings",
            ".hadolint.yaml",
            "",
            "ignored:\n  - DL3008\n",
            2,
        ),
        (
            "grype-settings",
            ".grype.yaml",
            "",
            "ignore:\n  - vulnerability: CVE-2024-1\n",
            2,
        ),
        (
            "cargo-deny-settings",
            "deny.toml",
            "",
            "[advisories]\nignore = [\"RUSTSEC-2024-1\"]\n",
            2,
        ),
        (
            "cargo-audit-settings",
            ".cargo/audit.toml",
            "",
            "[advisories]\nignore = [\"RUSTSEC-2024-1\"]\n",
            2,
        ),
        (
            "dependency-check-suppression",
            "dependency-suppression.xml",
            "",
            "<suppressions>\n <suppress until=\"2027-01-31Z\">\n  <notes>x</notes>\n  <cve>CVE-2024-1</cve>\n </suppress>\n</suppressions>",
            2,
        ),
        (
            "snyk-policy",
            ".snyk",
            "",
            "ignore:\n  SNYK-JS-1:\n    - '*':\n        reason: x\n",
            2,
        ),
        ("zap-rules", ".zap/rules.tsv", "", "10015\tIGNORE\t(x)\n", 1),
    ] {
        let found = change(path, Some(base), head);
        assert_eq!(found, [format!("{rule} {path}:{line} blocked")], "{path}");
        // The same without the change.
        assert_eq!(
            change(path, Some(head), &format!("{head}\n")),
            [""; 0],
            "{path}"
        );
    }
}

#[test]
fn comments_count_where_their_scanner_reads_them() {
    for (rule, path, head, line) in [
        ("nosec", "src/a.py", "x = 1\ny = run(x)  # nosec B602\n", 2),
        ("nosec", "vendor/a.py", "y = run(x)  #NOSEC\r\n", 1),
        ("nosec", "a.py", "s = 'run(x)  # nosec'\n", 1),
        ("nosemgrep", "web/a.ts", "// nosemgrep: a.b\nrun(x)\n", 1),
        ("gitleaks-comment", "notes.md", "key # gitleaks:allow\n", 1),
        (
            "checkov-comment",
            "main.tf",
            "resource {\n # checkov:skip=CKV_AWS_20:x\n}\n",
            2,
        ),
        (
            "hadolint-comment",
            "Dockerfile",
            "# hadolint ignore=DL3008\nRUN x\n",
            1,
        ),
        (
            "trivy-comment",
            "main.tf",
            "#trivy:ignore:AVD-AWS-0086\nresource {}\n",
            1,
        ),
        ("codeql-comment", "a.js", "run(x) // codeql[js/xss]\n", 1),
        (
            "zizmor-comment",
            ".github/workflows/x.yml",
            "on: push # zizmor: ignore[x-y]\n",
            1,
        ),
        ("lockgate-comment", "a.html", "<!-- lockgate:allow -->\n", 1),
    ] {
        assert_eq!(
            change(path, None, head),
            [format!("{rule} {path}:{line} blocked")]
        );
    }
    // Documents that speak of it, data, and what is no text.
    assert_eq!(
        change("README.md", None, "Write `# nosec` or `nosemgrep`.\n"),
        [""; 0]
    );
    assert_eq!(change("a.txt", None, "x # nosec\n"), [""; 0]);
    let binary = Pull::on(&[]).with("a.py", b"\0\x01# nosec\n");
    assert_eq!(binary.found(), [""; 0]);
}

#[test]
fn only_what_is_new_counts() {
    let code = "import os\n\n\ndef f(x):\n    os.system(x)  # nosec\n    return x\n\n\ndef g():\n    pass\n";
    let base: &[(&str, &[u8])] = &[("a.py", code.as_bytes())];
    let quiet = |pull: Pull| assert_eq!(pull.found(), [""; 0]);
    quiet(Pull::on(base).git(&["mv", "a.py", "b.py"]));
    quiet(Pull::on(base).git(&["rm", "a.py"]));
    quiet(Pull::on(base).with("a.py", code.replace('\n', "\r\n").as_bytes()));
    quiet(Pull::on(base).with("a.py", code.replace("    ", "\t").as_bytes()));
    quiet(Pull::on(base).with("a.py", b"def g():\n    os.system(x)  # nosec\n"));
    // Taken out by one commit, put in again by the next.
    let without = code.replace("  # nosec", "");
    let again = Pull::on(base).with("a.py", without.as_bytes());
    again.commit();
    quiet(again.with("a.py", code.as_bytes()));
    // The line itself is another one now.
    let other = Pull::on(base).with("a.py", code.replace("(x)  #", "(x + y)  #").as_bytes());
    assert_eq!(other.found(), ["nosec a.py:5 blocked"]);
    let second = code.replace("    pass", "    os.system(x)  # nosec");
    let twice = Pull::on(base).with("a.py", second.as_bytes());
    assert_eq!(twice.found(), ["nosec a.py:10 blocked"]);
}

#[test]
fn other_encodings_and_sizes_are_read_or_said() {
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("CVE-2024-1\r\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(
        Pull::on(&[]).with(".trivyignore", &wide).found(),
        ["trivyignore .trivyignore:1 blocked"]
    );
    assert_eq!(
        Pull::on(&[]).with(".trivyignore", b"\x80\0\x01").found(),
        ["trivyignore .trivyignore:null blocked"]
    );
    let large = "x = 1\n".repeat(6_000_000);
    let pull = Pull::on(&[]).with("a.py", large.as_bytes());
    let (json, code) = pull.with("b.py", b"y = 1\n").judge();
    assert_eq!(code, 3, "{:#}", json["reasons"]);
    let run = suppressions_run(&json);
    assert_eq!(run["health"], "partial");
    assert_eq!(run["reasons"][0]["items"][0], "a.py");
}

fn suppressions_run(json: &Value) -> &Value {
    let mut runs = json["runs"].as_array().unwrap().iter();
    runs.find(|run| run["scanner"] == "suppressions").unwrap()
}

#[test]
fn a_change_without_its_base_is_not_known_to_silence_nothing() {
    let pull = Pull::on(&[]).args(&["--event", "pull_request"]);
    pull.commit();
    let report = format!("bandit={}", fixture(CLEAN).display());
    let shallow = Lockgate::check().args(&["--event", "pull_request", "--report", &report]);
    let source = format!("file://{}", pull.lockgate.folder.path().display());
    let clone = ["clone", "--depth", "1", &source, "."];
    git(shallow.folder.path(), &clone);
    let (json, code) = shallow.args(&["--base", &"1".repeat(40)]).json();
    assert_eq!(code, 3);
    let run = suppressions_run(&json);
    assert_eq!(run["health"], "failed");
    assert_eq!(run["reasons"][0]["code"], "no-base");
}

/// A report that lies in the tree quotes what its scanner found.
#[test]
fn a_report_that_the_job_wrote_is_no_suppression() {
    let pull = Pull::on(&[]);
    pull.commit();
    let pull = pull.with("out/semgrep.json", b"{\"lines\": \"x // nosemgrep\"}");
    let (json, _) = pull.lockgate.json();
    assert_eq!(said(&json), [""; 0]);
}

/// Comments on one long line, many keys, many steps: bounded work.
#[test]
fn hostile_files_end_in_time() {
    let start = std::time::Instant::now();
    let comments = "#nosec nosemgrep gitleaks:allow ".repeat(100_000);
    let key = "k".repeat(500_000);
    let values = "1,".repeat(200_000);
    let grype = format!("db:\n  {key}: [{values}1]\n");
    let paths: String = (0..20_000).map(|i| format!("      - p{i}\n")).collect();
    let steps = "      - run: bandit -r .\n".repeat(20_000);
    let workflow =
        format!("on:\n  push:\n    paths-ignore:\n{paths}jobs:\n  a:\n    steps:\n{steps}");
    let pull = Pull::on(&[])
        .with("a.py", comments.as_bytes())
        .with(".grype.yaml", grype.as_bytes())
        .with(".github/workflows/a.yml", workflow.as_bytes())
        .with(".trivyignore", "CVE-2024-1\n".repeat(100_000).as_bytes());
    let (json, code) = pull.judge();
    assert_eq!(code, 1);
    assert!(of(&json).len() >= 4);
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(60), "{took:?}");
}

#[test]
fn workflows_that_run_less_are_found() {
    let path = ".github/workflows/ci.yml";
    let workflow = "on: pull_request\njobs:\n  a:\n    steps:\n      - name: x\n        run: bandit -r .\n      - uses: aquasecurity/trivy-action@1\n";
    let of = |head: &str| change(path, Some(workflow), head);
    assert_eq!(of(&workflow.replace("name: x", "name: y")), [""; 0]);
    assert_eq!(
        of(&workflow.replace("-r .", "-r . || true")),
        [format!("workflow {path}:6 blocked")]
    );
    assert_eq!(
        of(&workflow.replace("aquasecurity/trivy-action", "other/action")),
        [format!("workflow {path}:null blocked")]
    );
}

#[test]
fn the_policy_says_what_a_suppression_does() {
    let policy = |text: &str| {
        let base: &[(&str, &[u8])] = &[("lockgate.toml", text.as_bytes())];
        Pull::on(base).with(".trivyignore", b"CVE-2024-1\n").judge()
    };
    let (json, code) = policy("extends = \"lockgate:balanced\"\n");
    assert_eq!((code, &json["verdict"]), (1, &"block".into()));
    let finding = of(&json)[0];
    assert_eq!(finding["origin"], "introduced");
    assert_eq!(finding["severity"], "high");
    assert_eq!(finding["gate"], "suppressions added by the change");
    let title = finding["title"].as_str().unwrap();
    assert_eq!(title, "adds a suppression: CVE-2024-1 in .trivyignore");
    let (json, code) = policy("on-suppression = \"warn\"\n");
    assert_eq!((code, &json["verdict"]), (0, &"warn".into()));
    let allow = "[[gate]]\nname = \"all\"\naction = \"allow\"\n";
    assert_eq!(policy(&format!("on-suppression = \"gates\"\n{allow}")).1, 0);
    assert_eq!(
        policy(allow).1,
        1,
        "a gate that allows does not speak of it"
    );
    assert_eq!(policy("extends = \"lockgate:audit-only\"\n").1, 0);
    let waiver = "[[waiver]]\nrule = \"trivyignore\"\npath = \".trivyignore\"\nreason = \"agreed\"\nowner = \"@a/b\"\nexpires = 2027-01-31\n";
    let (json, code) = policy(waiver);
    assert_eq!(
        (code, said(&json)),
        (0, vec!["trivyignore .trivyignore:1 waived".to_owned()])
    );
}

#[test]
fn no_change_no_suppressions_and_no_evidence_either() {
    let report = format!("bandit={}", fixture(CLEAN).display());
    let (json, code) = Lockgate::check()
        .args(&["--report", &report])
        .file(".trivyignore", "CVE-2024-1\n")
        .json();
    assert_eq!((code, json["runs"].as_array().unwrap().len()), (0, 1));
    // To look at the change is not to look at the project.
    let lockgate = Lockgate::check();
    let policy = ["--policy", "lockgate:balanced"];
    let lockgate = lockgate.args(&["--base", "main"]).args(&policy);
    git(lockgate.folder.path(), &["init"]);
    let lockgate = lockgate.file("a.py", "x = 1\n");
    git(lockgate.folder.path(), &["add", "-A"]);
    git(lockgate.folder.path(), &["commit", "-m", "c"]);
    git(lockgate.folder.path(), &["checkout", "-b", "topic"]);
    let (json, code) = lockgate.file("a.py", "x = 2\n").json();
    assert_eq!(code, 3);
    assert_eq!(json["reasons"][0]["code"], "no-evidence", "{json:#}");
}

/// A report that says what was suppressed is believed, but not about what the change suppresses.
#[test]
fn honoured_are_only_the_suppressions_of_the_base() {
    let sarif = r#"{"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "Semgrep", "version": "1"}},
        "results": [{"ruleId": "r1", "level": "error", "message": {"text": "m"},
            "suppressions": [{"kind": "inSource"}],
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.js"},
                "region": {"startLine": 1}}}]}]}]}"#;
    let policy = "[scanners.semgrep]\nsuppressions = \"honour\"\n";
    let judge = |base: &str, head: &str| {
        let reports = tempfile::TempDir::new().unwrap();
        let report = reports.path().join("s.sarif");
        std::fs::write(&report, sarif).unwrap();
        let files: &[(&str, &[u8])] = &[
            ("lockgate.toml", policy.as_bytes()),
            ("a.js", base.as_bytes()),
        ];
        let (json, _) = Pull::on(files)
            .with("a.js", head.as_bytes())
            .args(&["--report", &format!("semgrep={}", report.display())])
            .judge();
        let findings = json["findings"].as_array().unwrap();
        let semgrep = findings.iter().find(|f| f["scanner"] == "semgrep").unwrap();
        semgrep["disposition"].as_str().unwrap().to_owned()
    };
    let line = "run(x) // nosemgrep\n";
    assert_eq!(judge(line, &format!("{line}other()\n")), "suppressed");
    assert_eq!(judge("run(y)\n", line), "blocked");
    // The line is as it was, and so not introduced; but the comment is new, so that it counts.
    let entry = "r(x)\n";
    assert_eq!(
        judge(entry, &format!("{entry}// nosemgrep\nb()\n")),
        "warned"
    );
}

/// Pieces of every format, in any order.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"a\": ",
    "a: ",
    "- ",
    "\n",
    "  ",
    "id = ",
    "\"CVE-2024-1\"",
    ",",
    "# nosec",
    "nosemgrep:",
    "[[",
    "]]",
    "<suppress>",
    "</suppress>",
    "<suppressions>",
    "&x ",
    "*x",
    "jobs:",
    "steps:",
    "run: bandit |",
    "uses: a/b@c",
    "on: ",
    "é",
    "\u{feff}",
    "\r",
    "\0",
    "!",
    "%",
    "'''",
];

const NAMES: &[&str] = &[
    ".trivyignore",
    ".trivyignore.yaml",
    "trivy.yaml",
    ".bandit",
    "pyproject.toml",
    "bandit.yaml",
    ".npmrc",
    "package.json",
    "pnpm-workspace.yaml",
    ".nsprc",
    "osv-scanner.toml",
    ".gitleaks.toml",
    ".snyk",
    "suppressions.xml",
    ".zap/rules.tsv",
    ".github/workflows/a.yml",
    "a.py",
    "Dockerfile",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_texts_are_compared_and_none_differs_from_itself(
        base in proptest::collection::vec(proptest::sample::select(PIECES), 0..40),
        head in proptest::collection::vec(proptest::sample::select(PIECES), 0..40),
        name in proptest::sample::select(NAMES),
    ) {
        let (base, head) = (base.concat(), head.concat());
        let path = RepoPath::new(name).unwrap();
        let change = |base, head| {
            let (base, head) = (Content::Text(base), Content::Text(head));
            suppress::find(&[File { path: &path, old: &path, base, head }])
        };
        change(&base, &head);
        proptest::prop_assert!(change(&head, &head).is_empty());
    }
}
