use super::*;

const CHECKOUT: &str = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1";
const LOCKGATE: &str = "o/lockgate@3d3c42e5aac5ba805825da76410c181273ba90b1";

/// A workflow about which there is nothing to say.
fn good() -> String {
    format!(
        "on:
  pull_request:
  merge_group:
permissions: {{}}
jobs:
  gate:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: write
      security-events: write
    steps:
      - uses: {CHECKOUT}
        with:
          fetch-depth: 0
      - id: gate
        uses: {LOCKGATE}
        with:
          reports: a.json
"
    )
}

#[track_caller]
fn remarks(text: &str) -> Vec<Remark> {
    match advice(text) {
        Advice::Remarks(remarks) => remarks,
        other => panic!("{other:?}: {text}"),
    }
}

/// Asserts that the changed workflow gets this one remark: its weight, its line, words of it.
#[track_caller]
fn says(from: &str, to: &str, weight: Weight, line: u32, words: &str) {
    let text = good();
    assert!(text.contains(from), "{from}");
    let text = text.replace(from, to);
    let found = remarks(&text);
    let [one] = &*found else {
        panic!("{found:#?}\n{text}");
    };
    assert_eq!((one.weight, one.line), (weight, line), "{one:?}\n{text}");
    assert!(one.text.contains(words), "{one:?}");
}

#[test]
fn nothing_is_said_of_a_good_workflow_and_of_one_without_lockgate() {
    assert_eq!(remarks(&good()), []);
    assert_eq!(
        advice("on: push\njobs: {a: {steps: [{run: make}]}}\n"),
        Advice::Foreign
    );
    assert_eq!(advice("nothing\n"), Advice::Foreign);
    assert_eq!(advice("lockgate: [\n"), Advice::Unreadable);
}

#[test]
fn a_gate_that_can_be_skipped_is_a_trap() {
    let job = "    runs-on: ubuntu-latest\n";
    let with = |more: &str| format!("{job}{more}");
    let skips = "counts as successful";
    says(
        job,
        &with("    if: github.actor != 'x'\n"),
        Weight::Trap,
        8,
        skips,
    );
    says(job, &with("    needs: other\n"), Weight::Trap, 6, skips);
    says(
        job,
        &with("    needs: other\n    if: success()\n"),
        Weight::Trap,
        6,
        skips,
    );
    says(
        job,
        &with("    continue-on-error: true\n"),
        Weight::Trap,
        8,
        "continue-on-error",
    );
    for fine in [
        "    needs: other\n    if: ${{ always() }}\n",
        "    needs: other\n    if: always()\n",
    ] {
        assert_eq!(remarks(&good().replace(job, &with(fine))), []);
    }
    let step = "      - id: gate\n";
    let with = |more: &str| format!("{step}{more}");
    says(
        step,
        &with("        if: github.ref == 'x'\n"),
        Weight::Trap,
        17,
        "without a verdict",
    );
    says(
        step,
        &with("        continue-on-error: true\n"),
        Weight::Trap,
        17,
        "continue-on-error",
    );
    // Somebody else hears the verdict.
    let heard = good().replace(step, &with("        continue-on-error: true\n"))
        + "      - run: test \"$X\" = success\n        env:\n          X: ${{ steps.gate.outcome }}\n";
    assert_eq!(remarks(&heard), []);
}

#[test]
fn a_verdict_that_a_script_passes_over_is_a_trap() {
    let action = good().split("      - id: gate").next().unwrap().to_owned();
    let script = |line: &str| format!("{action}      - run: {line}\n");
    assert_eq!(remarks(&script("lockgate check")), []);
    for line in [
        "lockgate check || true",
        "lockgate check ; true",
        "./bin/lockgate merge x || echo no",
    ] {
        let found = remarks(&script(line));
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert_eq!((found[0].weight, found[0].line), (Weight::Trap, 16));
    }
    assert_eq!(advice(&script("echo lockgate || true")), Advice::Foreign);
}

#[test]
fn code_of_the_change_with_secrets_is_a_trap() {
    let checkout = format!("      - uses: {CHECKOUT}\n        with:\n");
    for input in [
        "ref: ${{ github.event.pull_request.head.sha }}",
        "ref: ${{ github.head_ref }}",
        "ref: refs/pull/${{ github.event.number }}/merge",
        "repository: ${{ github.event.pull_request.head.repo.full_name }}",
        "allow-unsafe-pr-checkout: true",
    ] {
        let unsafe_checkout = format!("{checkout}          {input}\n");
        let text = good().replace("  pull_request:\n", "  pull_request_target:\n");
        assert_eq!(remarks(&text), []);
        let found = remarks(&text.replace(&checkout, &unsafe_checkout));
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert_eq!((found[0].weight, found[0].line), (Weight::Trap, 13));
        // What a pull_request job checks out has nothing to steal.
        assert_eq!(remarks(&good().replace(&checkout, &unsafe_checkout)), []);
    }
}

#[test]
fn what_will_not_work_is_advice() {
    let filter = "  pull_request:\n    paths: ['src/**']\n";
    says(
        "  pull_request:\n",
        filter,
        Weight::Advice,
        2,
        "stays pending",
    );
    says("  merge_group:\n", "", Weight::Advice, 2, "no merge_group");
    says(
        "on:\n  pull_request:\n  merge_group:\n",
        "on: pull_request\n",
        Weight::Advice,
        1,
        "no merge_group",
    );
    says(
        "          fetch-depth: 0\n",
        "          fetch-depth: 1\n",
        Weight::Advice,
        13,
        "too shallow",
    );
    says(
        "          fetch-depth: 0\n",
        "          fetch-depth: 2\n",
        Weight::Advice,
        13,
        "too shallow",
    );
    let permission = |line: &str| format!("      {line}: write\n");
    says(
        &permission("pull-requests"),
        "",
        Weight::Advice,
        16,
        "no comment",
    );
    says(
        &permission("security-events"),
        "",
        Weight::Advice,
        16,
        "code scanning",
    );
    says(
        "  merge_group:\n",
        "  merge_group:\n  schedule:\n    - cron: x\n",
        Weight::Advice,
        19,
        "no tracking issue",
    );
    let reports = "          reports: a.json\n";
    says(
        reports,
        "          status: check-run\n",
        Weight::Advice,
        17,
        "checks: write",
    );
    says(
        reports,
        "          status: commit-status\n",
        Weight::Advice,
        17,
        "statuses: write",
    );
    let asked = good()
        .replace(&permission("pull-requests"), "")
        .replace(&permission("security-events"), "")
        .replace(
            reports,
            "          comment: 'off'\n          upload: 'off'\n",
        );
    assert_eq!(remarks(&asked), []);
    let unsaid = good().replace("permissions: {}\n", "");
    let job = unsaid
        .split("    permissions:\n")
        .next()
        .unwrap()
        .to_owned();
    let steps = unsaid.split("write\n    steps:").nth(1).unwrap();
    let found = remarks(&format!("{job}    steps:{steps}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].text.contains("nothing says"), "{found:?}");
}

#[test]
fn a_tag_is_no_pin() {
    for reference in ["v1", "main", "3d3c42e", &"g".repeat(40)] {
        let text = format!("o/lockgate@{reference}");
        says(LOCKGATE, &text, Weight::Advice, 17, "not pinned");
    }
    let zeros = format!("o/lockgate@{}", "0".repeat(40));
    says(LOCKGATE, &zeros, Weight::Advice, 17, "placeholder");
    assert_eq!(remarks(&good().replace(LOCKGATE, "./")), []);
}

/// Nobody waits for the check of a job that is started by hand.
#[test]
fn what_cannot_be_required_may_be_skipped() {
    let by_hand = good()
        .replace(
            "  pull_request:\n  merge_group:\n",
            "  workflow_dispatch:\n",
        )
        .replace("    runs-on: ubuntu-latest\n", "    needs: other\n");
    assert_eq!(remarks(&by_hand), []);
}

/// A share may be skipped: the job that merges misses it.
#[test]
fn where_one_job_decides_the_others_are_no_gates() {
    let text = format!(
        "{}  merge:
    needs: gate
    if: always()
    steps:
      - uses: {LOCKGATE}
        with: {{command: merge, bundles: x, comment: 'off', upload: 'off'}}
",
        good().replace(
            "    runs-on: ubuntu-latest\n",
            "    if: github.actor != 'x'\n"
        )
    );
    assert_eq!(remarks(&text), []);
    let found = remarks(&text.replace("    if: always()\n", ""));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].weight, Weight::Trap);
}

/// What we offer to copy has no trap, and nothing to say of but the commit to fill in.
#[test]
fn the_workflows_to_copy_are_good() {
    for (name, text) in [
        (
            "fork-gate",
            include_str!("../../.github/workflows/examples/fork-gate.yml"),
        ),
        (
            "fork-publish",
            include_str!("../../.github/workflows/examples/fork-publish.yml"),
        ),
        (
            "merge-queue",
            include_str!("../../.github/workflows/examples/merge-queue.yml"),
        ),
        (
            "monorepo",
            include_str!("../../.github/workflows/examples/monorepo.yml"),
        ),
        (
            "pull-request",
            include_str!("../../.github/workflows/examples/pull-request.yml"),
        ),
        (
            "reusable",
            include_str!("../../.github/workflows/examples/reusable.yml"),
        ),
        (
            "scheduled",
            include_str!("../../.github/workflows/examples/scheduled.yml"),
        ),
        (
            "sharded",
            include_str!("../../.github/workflows/examples/sharded.yml"),
        ),
    ] {
        let mut found = remarks(text);
        let all = found.len();
        found.retain(|remark| !remark.text.contains("placeholder"));
        assert_eq!(found, [], "{name}");
        assert!(all > 0, "{name}");
    }
}

#[test]
fn a_workflow_of_any_shape_is_survived() {
    for text in [
        "on: lockgate\njobs: []\n",
        "on: [[lockgate]]\njobs: {a: {steps: {uses: o/lockgate@x}}}\n",
        "on: {a: b}\njobs: {a: {steps: [uses, {uses: [o/lockgate]}, {run: lockgate}]}}\n",
        "on: {}\njobs: {lockgate: 1}\n",
    ] {
        assert_eq!(advice(text), Advice::Foreign, "{text}");
    }
}
