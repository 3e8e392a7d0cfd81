//! What `lockgate doctor` says of the workflows of a repository.

use crate::program::{Lockgate, Outcome, git, repository};

const TRAPPED: &str = "on: [pull_request]
permissions:
  contents: read
  pull-requests: write
  security-events: write
jobs:
  'gate ##[error]x':
    runs-on: ubuntu-latest
    if: github.actor != 'dependabot[bot]'
    steps:
      - uses: actions/checkout@v5
        with: {fetch-depth: 2}
      - uses: o/lockgate@v1
";

fn doctor(file: &str, content: impl AsRef<[u8]>) -> Outcome {
    let doctor = Lockgate::new(&["doctor"]).file(file, content);
    git(doctor.folder.path(), &["init"]);
    doctor.run()
}

#[test]
fn a_trap_in_a_workflow_is_told_with_its_place_and_ends_with_3() {
    let told = doctor(".github/workflows/security.yml", TRAPPED);
    assert_eq!(told.code, 3, "{}", told.stdout);
    let lines: Vec<&str> = told.stdout.lines().collect();
    let starts = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(
        starts("TRAP: .github/workflows/security.yml:9: job gate "),
        1,
        "{}",
        told.stdout
    );
    assert_eq!(
        starts("ADVICE: .github/workflows/security.yml:1: there is no merge_group"),
        1
    );
    assert_eq!(
        starts("ADVICE: .github/workflows/security.yml:13: job gate "),
        1
    );
    assert_eq!(starts("TRAP") + starts("ADVICE"), 3, "{}", told.stdout);
    assert!(!told.stdout.contains("##["), "{}", told.stdout);
}

#[test]
fn workflows_of_others_and_folders_that_github_does_not_read_are_left_alone() {
    for file in [
        ".github/workflows/examples/a.yml",
        "workflows/a.yml",
        ".github/workflows/a.txt",
    ] {
        let told = doctor(file, TRAPPED);
        assert_eq!(told.code, 0, "{file}: {}", told.stdout);
        assert!(!told.stdout.contains(file), "{}", told.stdout);
    }
    let told = doctor(".github/workflows/a.yml", "on: push\njobs: {}\n");
    assert!(!told.stdout.contains("a.yml"), "{}", told.stdout);
    for unreadable in [&b"lockgate: [\n"[..], b"\xff\xfe"] {
        let told = doctor(".github/workflows/a.yml", unreadable);
        assert!(
            told.stdout.contains("a.yml: cannot be read"),
            "{}",
            told.stdout
        );
        assert_eq!(
            told.code, 0,
            "a file that GitHub cannot read either runs nothing"
        );
    }
}

/// We take our own advice.
#[test]
fn our_own_workflows_have_no_trap() {
    let told = Lockgate::new(&["doctor"]).inside(repository()).run();
    let ours = told
        .stdout
        .lines()
        .filter(|line| line.contains(".github/workflows/"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(
        told.stdout.contains("No workflow that calls lockgate"),
        "{}",
        told.stdout
    );
}
