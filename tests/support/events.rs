//! The event files of `tests/fixtures/events`, with a test's own commits in them.

use serde_json::Value;

/// What stands in the files for the change's last commit, for its target, and for the commit that
/// the run is about.
const HEAD: &str = "1111111111111111111111111111111111111111";
const BASE: &str = "2222222222222222222222222222222222222222";
const COMMIT: &str = "3333333333333333333333333333333333333333";

/// Every event file, by name.
pub fn names() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/events");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// The event of the Actions runner that a file stands for: what `GITHUB_EVENT_NAME` is.
pub fn kind(name: &str) -> &'static str {
    [
        "pull_request_target",
        "pull_request",
        "merge_group",
        "push",
        "schedule",
        "workflow_dispatch",
        "workflow_run",
    ]
    .into_iter()
    .find(|kind| name.starts_with(kind))
    .unwrap_or_else(|| panic!("{name} is no event"))
}

/// An event, as GitHub sends it.
pub fn raw(name: &str) -> Value {
    with(name, HEAD, BASE, COMMIT)
}

/// An event with these commits: the change's last, its target's, and the one that the run is about.
pub fn with(name: &str, head: &str, base: &str, commit: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/events")
        .join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
    let text = text
        .replace(HEAD, head)
        .replace(BASE, base)
        .replace(COMMIT, commit);
    serde_json::from_str(&text).unwrap()
}
