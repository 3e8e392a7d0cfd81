//! Workflows, the action and the scripts: linted by programs of others, and held against what the action
//! and the command line really have.

use crate::programs::{command, output, repository, tool};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The files of a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = repository().join(folder);
    let entries = std::fs::read_dir(&folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "{}", folder.display());
    found
}

fn workflows() -> Vec<PathBuf> {
    let own = files(".github/workflows", "yml");
    own.into_iter().chain(examples()).collect()
}

fn examples() -> Vec<PathBuf> {
    files(".github/workflows/examples", "yml")
}

/// Whether a linter is content, and what it said.
fn lint(program: &str, args: &[&str], files: &[PathBuf]) -> (bool, String) {
    let home = TempDir::new().unwrap();
    // actionlint looks for shellcheck there.
    let tools = tool(program).parent().unwrap().to_owned();
    let path = [vec![tools], crate::programs::path()].concat();
    let done = output(
        command(&tool(program), home.path())
            .env("PATH", std::env::join_paths(path).unwrap())
            .args(args)
            .args(files),
    );
    let said = [done.stdout, done.stderr].concat();
    (
        done.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

const ZIZMOR: &[&str] = &[
    "--offline",
    "--quiet",
    "--no-config",
    "--persona",
    "auditor",
];
const ACTIONLINT: &[&str] = &["-no-color", "-config-file", "/dev/null"];

/// By the strictest of its personas.
#[test]
fn zizmor_has_nothing_to_say() {
    let mut all = workflows();
    all.push(repository().join("action.yml"));
    all.push(repository().join(".github/dependabot.yml"));
    let (fine, said) = lint("zizmor", ZIZMOR, &all);
    assert!(fine, "{said}");
}

#[test]
fn actionlint_has_nothing_to_say() {
    let (fine, said) = lint("actionlint", &["-no-color"], &workflows());
    assert!(fine, "{said}");
}

#[test]
fn shellcheck_has_nothing_to_say() {
    let mut scripts = files("action", "sh");
    scripts.extend(files(".ci/release", "sh"));
    scripts.extend(files("tests/tools", "sh"));
    scripts.push(repository().join(".ci/run"));
    let (fine, said) = lint("shellcheck", &["--norc"], &scripts);
    assert!(fine, "{said}");
}

/// A linter that says nothing of this would say nothing of ours.
#[test]
fn the_linters_see_what_is_wrong() {
    let folder = TempDir::new().unwrap();
    let bad = folder.path().join(".github/workflows/bad.yml");
    std::fs::create_dir_all(bad.parent().unwrap()).unwrap();
    let text = "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      \
                - uses: actions/checkout@v4\n      - run: echo ${{ github.event.pull_request.title }} $x\n";
    std::fs::write(&bad, text).unwrap();
    let script = folder.path().join("bad.sh");
    std::fs::write(&script, "#!/bin/sh\nrm -rf $1/*\n").unwrap();
    for (program, args, file, word) in [
        ("zizmor", ZIZMOR, &bad, "template-injection"),
        ("actionlint", ACTIONLINT, &bad, "potentially untrusted"),
        ("actionlint", ACTIONLINT, &bad, "SC2086"),
        ("shellcheck", &["--norc"], &script, "SC2086"),
    ] {
        let (fine, said) = lint(program, args, std::slice::from_ref(file));
        assert!(!fine && said.contains(word), "{program}: {said}");
    }
}

/// Indentation of a line, when it has words.
fn indent(line: &str) -> Option<usize> {
    let bare = line.trim_start();
    (!bare.is_empty()).then(|| line.len() - bare.len())
}

/// The keys right below a line, such as `with:`.
fn keys_below(lines: &[&str], at: usize) -> BTreeSet<String> {
    let own = indent(lines[at]).unwrap();
    let below = lines[at + 1..].iter();
    let block = below.take_while(|line| indent(line).is_none_or(|i| i > own));
    let block: Vec<&&str> = block.collect();
    let Some(first) = block.iter().find_map(|line| indent(line)) else {
        return BTreeSet::new();
    };
    let keys = block.iter().filter(|line| indent(line) == Some(first));
    keys.filter_map(|line| line.trim().split_once(':'))
        .map(|(key, _)| key.to_owned())
        .filter(|key| !key.starts_with('#'))
        .collect()
}

/// The inputs and outputs that the action has.
fn action(part: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(repository().join("action.yml")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = lines
        .iter()
        .position(|line| *line == format!("{part}:"))
        .unwrap();
    keys_below(&lines, at)
}

#[test]
fn workflows_give_the_action_inputs_that_it_has() {
    let (inputs, outputs) = (action("inputs"), action("outputs"));
    assert!(inputs.contains("reports") && outputs.contains("verdict"));
    for path in workflows() {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut calls = 0;
        for (at, line) in lines.iter().enumerate() {
            if !line.contains("uses: OWNER/lockgate@") && !line.contains("uses: ./ ") {
                continue;
            }
            calls += 1;
            let with = (at + 1..lines.len()).take_while(|i| {
                indent(lines[*i]).is_some() && !lines[*i].trim_start().starts_with("- ")
            });
            for i in with.filter(|i| lines[*i].trim() == "with:") {
                let given = keys_below(&lines, i);
                assert!(given.is_subset(&inputs), "{}: {given:?}", path.display());
            }
        }
        let example = path.to_str().unwrap().contains("/examples/");
        assert!(calls > 0 || !example, "{}", path.display());
        for word in text.split("steps.lockgate.outputs.").skip(1) {
            let name: String = word.chars().take_while(|c| c.is_alphanumeric()).collect();
            assert!(outputs.contains(&name), "{}: {name}", path.display());
        }
    }
}

/// README shows each of them, and each says for which branch protection it is.
#[test]
fn the_workflows_to_copy_are_told_of() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    for path in examples() {
        let name = path.strip_prefix(repository()).unwrap().to_str().unwrap();
        assert!(
            readme.contains(&format!("]({name})")),
            "{name} is not in README"
        );
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# "), "{name} does not say what it is for");
    }
}

/// Every action of others is named by a commit, with the version beside it.
#[test]
fn actions_are_pinned_by_commit() {
    let mut all = workflows();
    all.push(repository().join("README.md"));
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| line.contains("uses: actions/")) {
            let (_, pin) = line.split_once('@').unwrap();
            let (commit, comment) = pin.split_at(40);
            assert!(commit.bytes().all(|b| b.is_ascii_hexdigit()), "{line}");
            assert!(comment.starts_with(" # v"), "{}: {line}", path.display());
        }
    }
}

/// A `gh` that keeps what it is told in a folder, and a release that it has.
fn fake_gh(folder: &Path, damage: &str) {
    let script = format!(
        r#"#!/bin/sh
echo "$*" >> "$GH_LOG"
case "$1 $2" in
  'api repos/o/r/git/commits/c0ffee') echo tree1 ;;
  'api repos/o/r/git/trees') echo tree2 ;;
  'api repos/o/r/git/commits') echo decade ;;
  'api repos/o/r/commits/v1.2.3') echo decade ;;
  'release view') exit 1 ;;
  'release create') for f in "$@"; do if [ -f "$f" ]; then cp "$f" "$GH_FILES/"; fi; done; {damage} ;;
  'release download') cp "$GH_FILES"/* "$5/" ;;
esac
"#
    );
    let path = folder.join("gh");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_release_is_public_only_when_its_files_are_what_was_packed() {
    for (damage, published) in [
        (":", true),
        ("echo x >> \"$GH_FILES/a.tar.gz\"", false),
        ("rm \"$GH_FILES/a.tar.gz\"", false),
    ] {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["bin", "files", "release"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        fake_gh(&at("bin"), damage);
        for name in ["a.tar.gz", "checksums.txt", "SHA256SUMS"] {
            std::fs::write(at("release").join(name), name).unwrap();
        }
        let path = [vec![at("bin")], crate::programs::path()].concat();
        let done = Command::new("bash")
            .arg(repository().join(".ci/release/publish.sh"))
            .arg("v1.2.3")
            .arg(at("release"))
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("GH_LOG", at("log"))
            .env("GH_FILES", at("files"))
            .env("GITHUB_REPOSITORY", "o/r")
            .env("GITHUB_SHA", "c0ffee")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        let log = std::fs::read_to_string(at("log")).unwrap();
        assert_eq!(done.status.success(), published, "{damage}: {said}\n{log}");
        assert_eq!(log.contains("--draft=false"), published, "{log}");
        let draft = log
            .lines()
            .find(|line| line.starts_with("release create"))
            .unwrap();
        assert!(draft.contains("--draft --target decade"), "{draft}");
        assert!(!draft.contains("checksums.txt"), "{draft}");
        assert!(log.contains("tree[][content]=checksums.txt"), "{log}");
        assert!(log.contains("parents[]=c0ffee"), "{log}");
    }
}
