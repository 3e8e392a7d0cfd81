//! Repositories made by git itself, and what the three searches see in them. The rows of what other
//! scanners miss have a test each.

mod gaps;
mod rows;
mod scopes;

use super::*;
use crate::edge::files::Root;
use crate::model::Problem;
use crate::scan::secrets::{Sighting, State};
use lockgate_secrets::Rules;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// One rule for tokens that nobody issues.
const RULE: &str = r#"
[[rule]]
id = "test-token"
provider = "Test"
regex = '(?P<secret>lgt_[0-9a-f]{32})'
keywords = ["lgt_"]
match = [["lgt_", "0123456789abcdef0123456789abcdef"]]
"#;

/// The token of a number.
fn token(number: u64) -> String {
    // SplitMix64, so that tokens look random.
    let mut state = number;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    format!("{}{:016x}{:016x}", "lgt_", next(), next())
}

struct Repo {
    folder: TempDir,
}

impl Repo {
    /// With a first commit that a change can be compared with, tagged `base`.
    fn new() -> Self {
        let repo = Self {
            folder: TempDir::new().unwrap(),
        };
        repo.git(&["init", "-q", "-b", "main"]);
        repo.write("README", "a project\n").commit("first");
        repo.git(&["tag", "base"]);
        repo
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        assert!(output.status.success(), "git {args:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn try_git(&self, args: &[&str]) -> std::process::Output {
        self.command(args).output().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let when = "2026-01-01T00:00:00Z";
        let mut command = Command::new("git");
        command
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(["-c", "gc.auto=0", "-c", "protocol.file.allow=always"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_AUTHOR_DATE", when)
            .env("GIT_COMMITTER_DATE", when)
            .stderr(Stdio::null());
        command
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Commits everything; gives the id.
    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn range(&self) -> Result<Found, Problem> {
        self.with(|repository, search| commits(repository, "base", "HEAD", search))
    }

    fn history(&self) -> Found {
        self.history_since(None)
    }

    fn history_since(&self, state: Option<&State>) -> Found {
        self.with(|repository, search| history(repository, search, state))
            .unwrap()
    }

    fn staged(&self) -> Found {
        self.with(staged).unwrap()
    }

    fn with<R>(&self, run: impl FnOnce(&Repository, &Search<'_>) -> R) -> R {
        look(self.path(), run)
    }

    /// The change and the history, as git first leaves the objects and then in one pack; each must
    /// find just this. Gives what the change's search found.
    fn both(&self, expected: &[&str]) -> Found {
        let change = self.range().unwrap();
        assert_eq!(told(&change), expected, "a change, as it is");
        assert_eq!(told(&self.history()), expected, "the history, as it is");
        self.git(&[
            "repack",
            "-q",
            "-a",
            "-d",
            "-f",
            "--depth=50",
            "--window=50",
        ]);
        assert_eq!(told(&self.range().unwrap()), expected, "a change, packed");
        assert_eq!(told(&self.history()), expected, "the history, packed");
        change
    }
}

fn look<R>(folder: &Path, run: impl FnOnce(&Repository, &Search<'_>) -> R) -> R {
    look_with(folder, "1", 32 << 20, run)
}

fn look_with<R>(
    folder: &Path,
    digest: &str,
    limit: u64,
    run: impl FnOnce(&Repository, &Search<'_>) -> R,
) -> R {
    let rules = Rules::new(lockgate_secrets::rule::parse(RULE).unwrap()).unwrap();
    let scanner = Scanner::new(&rules).unwrap();
    let search = Search {
        scanner: &scanner,
        rules: digest,
        limit,
        progress: &Progress::default(),
    };
    let root = Root::open(folder).unwrap();
    run(&Repository::open(&root).unwrap(), &search)
}

/// Where, what, since when, whether it is still there.
fn tell(sighting: &Sighting) -> String {
    let location = &sighting.sight.location;
    let line = location.region.map_or(0, |region| region.line);
    format!(
        "{} {}:{line} {}{}{}",
        sighting.source.word(),
        location.path.raw(),
        if sighting.still_there {
            "there"
        } else {
            "gone"
        },
        if sighting.had_before { " old" } else { "" },
        if sighting.reachable {
            ""
        } else {
            " unreachable"
        },
    )
}

fn told(found: &Found) -> Vec<String> {
    let gaps: Vec<_> = found.gaps.iter().map(|gap| &gap.text).collect();
    assert!(gaps.is_empty(), "{gaps:?}");
    found.sightings.iter().map(tell).collect()
}

fn commit_of(found: &Found) -> Option<String> {
    Some(found.sightings.first()?.commit.as_ref()?.id.clone())
}

fn codes(found: &Found) -> Vec<&'static str> {
    found.gaps.iter().map(|gap| gap.code).collect()
}
