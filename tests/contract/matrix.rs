//! A check that is divided among the jobs of a matrix, in the real runner: plan, three shards, merge.

use crate::act::Scratch;
use serde_json::Value;

const WORKFLOW: &str = r#"
on: [pull_request]
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs:
      matrix: ${{ steps.plan.outputs.matrix }}
    steps:
      - uses: actions/checkout@v4
      - id: plan
        shell: bash
        run: '"$LOCKGATE_BIN" plan --shards 3 --github'
  check:
    needs: plan
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix: ${{ fromJSON(needs.plan.outputs.matrix) }}
    steps:
      - uses: actions/checkout@v4
      - if: matrix.shard != 'LOST'
        shell: bash
        env:
          LOCKGATE_SHARD: ${{ matrix.shard }}
          SCANNERS: ${{ join(matrix.scanners, ' ') }}
        run: |
          name=${LOCKGATE_SHARD%/*}
          printf %s "$SCANNERS" > "$PROBE_DIR/scanners-$name"
          "$LOCKGATE_BIN" check --output "bundle=$PROBE_DIR/bundles/$name.bundle"
  gate:
    needs: [plan, check]
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: merge
        shell: bash
        run: |
          "$LOCKGATE_BIN" check --quiet --github never --output "json=$PROBE_DIR/one" || true
          code=0
          "$LOCKGATE_BIN" merge "$PROBE_DIR/bundles/*.bundle" --output "json=$PROBE_DIR/merged" || code=$?
          printf %s "$code" > "$PROBE_DIR/code"
      - if: always()
        shell: bash
        env:
          VERDICT: ${{ steps.merge.outputs.verdict }}
        run: printf %s "$VERDICT" > "$PROBE_DIR/verdict"
"#;

const POLICY: &str = r#"
extends = ["lockgate:balanced"]
[scanners.bandit]
required = true
reports = ["reports/bandit.json"]
[scanners.pip-audit]
required = true
reports = ["reports/pip.json"]
[scanners.gitleaks]
reports = ["reports/gitleaks.json"]
"#;

const BANDIT: &str = r#"{"errors":[],"generated_at":"2026-11-20T00:00:00Z",
  "metrics":{"_totals":{"loc":1,"nosec":0,"skipped_tests":0},"./app.py":{"loc":1,"nosec":0,"skipped_tests":0}},
  "results":[{"code":"","col_offset":0,"end_col_offset":1,"filename":"./app.py","issue_confidence":"HIGH",
  "issue_severity":"HIGH","issue_text":"shell","issue_cwe":{"id":78,"link":"https://example.org"},"line_number":1,
  "line_range":[1],"more_info":"https://example.org","test_id":"B602","test_name":"a_test"}]}"#;

const PIP: &str = r#"{"dependencies":[{"name":"flask","version":"0.5","vulns":[]}],"fixes":[]}"#;

const GITLEAKS: &str = r#"[{"RuleID":"key","Description":"a key","File":"app.py","StartLine":1,
  "EndLine":1,"Secret":"x","Match":"x","Fingerprint":"f"}]"#;

/// What the gate's job left behind.
struct Gate {
    scratch: Scratch,
}

impl Gate {
    /// Runs the workflow; the shard `lost` writes nothing.
    fn run(lost: &str) -> Self {
        let scratch = Scratch::new()
            .file("lockgate.toml", POLICY)
            .file("app.py", "run(x, shell=True)\n")
            .file("requirements.txt", "flask==0.5\n")
            .file("reports/bandit.json", BANDIT)
            .file("reports/pip.json", PIP)
            .file("reports/gitleaks.json", GITLEAKS)
            .file(".github/workflows/gate.yml", WORKFLOW.replace("LOST", lost));
        let event = scratch.pull_request();
        let (_, log, said) = scratch.act("pull_request", &event);
        let gate = Self { scratch };
        assert!(
            gate.scratch.beside("probe/verdict").exists(),
            "act did not come to the last step: {said}\n{log}"
        );
        gate
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.scratch.beside("probe").join(name)).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }
}

#[test]
fn three_shards_decide_as_one_job_does() {
    let gate = Gate::run("");
    let mut scanners: Vec<String> = (1..=3)
        .map(|n| gate.text(&format!("scanners-{n}")))
        .collect();
    scanners.sort();
    assert_eq!(scanners, ["bandit", "gitleaks", "pip-audit"]);
    assert_eq!(gate.json("merged"), gate.json("one"));
    assert_eq!(
        (gate.text("verdict"), gate.text("code")),
        ("block".to_owned(), "1".to_owned())
    );
}

#[test]
fn a_job_that_wrote_nothing_makes_the_gate_incomplete() {
    let gate = Gate::run("2/3");
    assert_eq!(
        (gate.text("verdict"), gate.text("code")),
        ("incomplete".to_owned(), "3".to_owned())
    );
    let reasons = gate.json("merged")["reasons"].to_string();
    assert!(reasons.contains("shard 2 of 3 is missing"), "{reasons}");
}
