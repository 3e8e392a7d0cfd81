//! Repositories made by git itself, and what the three searches see in them. The rows of what other
//! scanners miss have a test each.

use super::*;
use crate::edge::files::Root;
use crate::model::Foreign as _;
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
        let when = "2026-01-01T00:00:00Z";
        Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(["-c", "gc.auto=0", "-c", "protocol.file.allow=always"])
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_AUTHOR_DATE", when)
            .env("GIT_COMMITTER_DATE", when)
            .stderr(Stdio::null())
            .output()
            .unwrap()
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
        self.with(|repository, search| staged(repository, search))
            .unwrap()
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

use crate::model::Problem;

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

#[test]
fn added_then_removed_in_the_change() {
    let repo = Repo::new();
    repo.write("src/app.env", format!("A=1\nKEY={}\n", token(1)));
    let brought = repo.commit("adds");
    repo.write("src/app.env", "A=1\n").commit("removes");
    let found = repo.both(&["file src/app.env:2 gone"]);
    assert_eq!(commit_of(&found), Some(brought.clone()));
    assert_eq!(commit_of(&repo.history()), Some(brought));
    assert!(found.sightings[0].sight.secret.bytes() == token(1).as_bytes());
    assert_eq!(found.commits, 2);
}

#[test]
fn attributes_that_switch_off_differences() {
    for attribute in ["-diff", "binary"] {
        let repo = Repo::new();
        repo.write(".gitattributes", format!("*.env {attribute}\n"));
        repo.write("a.env", format!("KEY={}\n", token(2)));
        repo.commit("both at once");
        repo.both(&["file a.env:1 there"]);
    }
}

#[test]
fn a_secret_that_only_a_merge_brings() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("side", "x\n").commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("main", "y\n").commit("main");
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repo.write("evil.txt", token(3));
    let merge = repo.commit("merge");
    let found = repo.both(&["file evil.txt:1 there"]);
    assert_eq!(commit_of(&found), Some(merge));
}

#[test]
fn what_a_merge_takes_over_is_not_its_own() {
    let repo = Repo::new();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("a.env", token(4));
    let side = repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("main", "y\n").commit("main");
    repo.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    let found = repo.both(&["file a.env:1 there"]);
    assert_eq!(commit_of(&found), Some(side));
}

#[test]
fn binary_and_utf_16_files() {
    let repo = Repo::new();
    let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], token(5).as_bytes()].concat();
    repo.write("logo.png", png);
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            format!("first\nkey={}\n", token(6))
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    repo.write("wide.txt", wide).commit("both");
    repo.both(&["file logo.png:3 there", "file wide.txt:2 there"]);
}

#[test]
fn a_commit_message() {
    let repo = Repo::new();
    let commit = repo.commit(&format!("try it\n\nwith {}", token(7)));
    let found = repo.both(&["commit message .git/COMMIT_EDITMSG:3 there"]);
    assert_eq!(commit_of(&found), Some(commit));
}

#[test]
fn a_file_name() {
    let repo = Repo::new();
    let name = format!("keys/{}.txt", token(8));
    repo.write(&name, "nothing\n");
    let commit = repo.commit("name");
    std::fs::remove_file(repo.path().join(&name)).unwrap();
    repo.commit("away");
    let found = repo.both(&[&format!("file name {name}:0 gone")]);
    assert_eq!(commit_of(&found), Some(commit));
}

#[test]
fn an_annotated_tag_message() {
    let repo = Repo::new();
    let commit = repo.commit("tagged");
    repo.git(&["tag", "-a", "v1", "-m", &format!("use {}", token(9))]);
    let found = repo.both(&["tag message .git/TAG_EDITMSG:1 there"]);
    assert_eq!(commit_of(&found), Some(commit));
    // One that names nothing of the change is no part of it.
    repo.git(&[
        "tag",
        "-a",
        "v0",
        "base",
        "-m",
        &format!("use {}", token(10)),
    ]);
    assert_eq!(told(&repo.range().unwrap()).len(), 1);
    assert_eq!(told(&repo.history()).len(), 2);
}

#[test]
fn a_line_of_three_megabytes() {
    let repo = Repo::new();
    let half = "var a=1;".repeat(200_000);
    repo.write("app.min.js", format!("{half}\"{}\";{half}", token(11)));
    repo.commit("minified");
    repo.both(&["file app.min.js:1 there"]);
}

#[test]
fn an_unreachable_commit() {
    let repo = Repo::new();
    repo.write("a.env", token(12));
    let replaced = repo.commit("oops");
    repo.git(&["reset", "-q", "--hard", "base"]);
    repo.commit("clean");
    assert!(told(&repo.range().unwrap()).is_empty());
    let found = repo.history();
    assert_eq!(told(&found), ["file a.env:1 gone unreachable"]);
    assert_eq!(commit_of(&found), Some(replaced));
}

#[test]
fn what_the_base_has_is_not_brought() {
    let repo = Repo::new();
    let long: String = (0..200).map(|n| format!("line {n}\n")).collect();
    repo.write("old.txt", format!("{long}{}\n", token(13)));
    repo.write("moved.txt", format!("{long}{}\n{long}", token(14)));
    repo.write("copied.txt", format!("{}\n", token(15)));
    repo.commit("before");
    repo.git(&["tag", "-f", "base"]);
    repo.write("old.txt", format!("{long}{}\nmore\n", token(13)));
    repo.write("copy/copied.txt", format!("{}\n", token(15)));
    std::fs::rename(
        repo.path().join("moved.txt"),
        repo.path().join("elsewhere.txt"),
    )
    .unwrap();
    repo.write("elsewhere.txt", format!("{long}{}\n", token(14)));
    repo.commit("edits");
    let found = repo.range().unwrap();
    assert_eq!(
        told(&found),
        [
            "file elsewhere.txt:201 there old",
            "file old.txt:201 there old"
        ]
    );
}

#[test]
fn the_first_commit_is_named_however_git_packs() {
    let repo = Repo::new();
    let filler: String = (0..400)
        .map(|n| format!("{n} {}\n", token(1000 + n).replace("lgt_", "")))
        .collect();
    repo.write("a.txt", format!("{filler}{}\n", token(16)));
    let first = repo.commit("first with it");
    for n in 0..20 {
        repo.write("a.txt", format!("{n}\n{filler}{n}\n{}\n{n}\n", token(16)));
        repo.commit("more");
    }
    repo.write("a.txt", &filler).commit("without");
    let found = repo.both(&["file a.txt:401 gone"]);
    assert_eq!(commit_of(&found), Some(first.clone()));
    assert_eq!(commit_of(&repo.history()), Some(first));
}

#[test]
fn no_name_hides_a_file() {
    let repo = Repo::new();
    let id = {
        repo.write("x", token(17));
        repo.git(&["hash-object", "-w", "x"])
    };
    std::fs::remove_file(repo.path().join("x")).unwrap();
    let entry = format!("100644,{id},dir/back\\slash.env");
    repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
    assert_eq!(told(&repo.staged()), ["file dir/back%5Cslash.env:1 there"]);
    repo.git(&["commit", "-q", "-m", "name"]);
    repo.both(&["file dir/back%5Cslash.env:1 there"]);
}

#[test]
fn a_base_that_is_not_there_is_an_error() {
    let repo = Repo::new();
    let unknown = "0123456789abcdef0123456789abcdef01234567";
    let run = |base: &str, head: &str| {
        let found = repo.with(|repository, search| commits(repository, base, head, search));
        found.err().map(|problem| problem.code)
    };
    assert_eq!(run(unknown, "HEAD"), Some("missing-base"));
    assert_eq!(run("base", unknown), Some("missing-head"));
    assert_eq!(run("base", "HEAD"), None);
}

#[test]
fn a_shallow_clone_is_told() {
    let repo = Repo::new();
    repo.write("a", token(18)).commit("one");
    repo.write("b", "b").commit("two");
    repo.write("c", token(19)).commit("three");
    let clone = TempDir::new().unwrap();
    let from = format!("file://{}", repo.path().display());
    let to = clone.path().to_str().unwrap();
    repo.git(&["clone", "-q", "--depth", "2", &from, to]);
    let found = look(clone.path(), |repository, search| {
        commits(repository, "HEAD~1", "HEAD", search)
    });
    assert_eq!(told(&found.unwrap()), ["file c:1 there"]);
    let found = look(clone.path(), |repository, search| {
        history(repository, search, None).unwrap()
    });
    assert_eq!(codes(&found), ["shallow-history"]);
    assert_eq!(found.sightings.len(), 2);
    assert_eq!(found.state.unwrap().gaps["shallow-history"], 1);
}

#[test]
fn a_content_that_is_not_there_is_told() {
    let repo = Repo::new();
    repo.write("a", token(20)).commit("one");
    repo.write("b", token(21)).commit("two");
    let id = repo.git(&["rev-parse", "HEAD:b"]);
    let (folder, file) = id.split_at(2);
    let object = repo.path().join(".git/objects").join(folder).join(file);
    std::fs::remove_file(object).unwrap();
    let change = repo.range().unwrap();
    assert_eq!(codes(&change), ["missing-objects"]);
    assert_eq!(change.gaps[0].items[0].raw(), "b");
    assert_eq!(change.sightings.len(), 1);
    let all = repo.history();
    assert_eq!(codes(&all), ["missing-objects"]);
    assert_eq!(all.gaps[0].items[0].raw(), id);
    assert_eq!(all.sightings.len(), 1);
}

#[test]
fn a_damaged_pack_is_told() {
    let repo = Repo::new();
    for n in 0..20 {
        repo.write("a", token(100 + n)).commit("more");
    }
    repo.git(&["repack", "-q", "-a", "-d"]);
    let packs = repo.path().join(".git/objects/pack");
    let pack = std::fs::read_dir(packs)
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "pack"))
        .unwrap();
    let whole = std::fs::read(&pack).unwrap();
    let mut permissions = std::fs::metadata(&pack).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "it is removed soon")]
    permissions.set_readonly(false);
    std::fs::set_permissions(&pack, permissions).unwrap();
    for at in (20..whole.len()).step_by(97) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        std::fs::write(&pack, &damaged).unwrap();
        let found = repo.with(|repository, search| history(repository, search, None));
        // Padding aside, nothing is damaged without a word.
        let told = found.map_or(true, |found| {
            !found.gaps.is_empty() || found.sightings.len() == 20
        });
        assert!(told, "byte {at}");
    }
}

#[test]
fn large_files_are_told() {
    let repo = Repo::new();
    repo.write("big", "x".repeat(5000))
        .write("small", token(22));
    repo.commit("both");
    let run = |run: fn(&Repository, &Search<'_>) -> Result<Found, Problem>| {
        look_with(repo.path(), "1", 4096, run).unwrap()
    };
    let change = run(|repository, search| commits(repository, "base", "HEAD", search));
    assert_eq!(codes(&change), ["too-large"]);
    let all = run(|repository, search| history(repository, search, None));
    assert_eq!(codes(&all), ["too-large"]);
    assert_eq!(all.sightings.len(), 1);
}

#[test]
fn only_what_is_new_since_the_last_search() {
    let repo = Repo::new();
    repo.write("a", token(23)).commit("old");
    let state = repo.history().state.unwrap();
    let same = repo.history_since(Some(&state));
    assert_eq!((same.commits, same.blobs), (0, 0));
    assert_eq!(same.state.as_ref(), Some(&state));
    repo.write("b", token(24)).commit("new");
    repo.git(&["tag", "-a", "v1", "base", "-m", &token(25)]);
    let new = repo.history_since(Some(&state));
    assert_eq!(
        told(&new),
        ["file b:1 there", "tag message .git/TAG_EDITMSG:1 there"]
    );
    assert_eq!(new.commits, 1);
    // The tag is known from now on.
    let after = repo.history_since(new.state.as_ref());
    assert!(told(&after).is_empty());
    // Other rules may find what these did not.
    let other = look_with(repo.path(), "2", 1 << 20, |repository, search| {
        history(repository, search, new.state.as_ref()).unwrap()
    });
    assert_eq!(told(&other).len(), 3);
    assert_eq!(other.state.unwrap().rules, "2");
}

#[test]
fn what_an_earlier_search_could_not_see_is_not_forgotten() {
    let repo = Repo::new();
    let mut state = repo.history().state.unwrap();
    state.gaps.insert("missing-objects".to_owned(), 7);
    let found = repo.history_since(Some(&state));
    assert_eq!(codes(&found), ["missing-objects"]);
    assert_eq!(found.state.unwrap().gaps["missing-objects"], 7);
}

#[test]
fn a_state_of_another_repository_counts_for_nothing() {
    let repo = Repo::new();
    repo.write("a", token(26)).commit("one");
    let tips = ["0123456789abcdef0123456789abcdef01234567".to_owned()];
    let state = State::new("1", tips.into(), Default::default());
    assert_eq!(told(&repo.history_since(Some(&state))), ["file a:1 there"]);
}

#[test]
fn what_is_staged() {
    let repo = Repo::new();
    repo.write("old", token(27)).commit("old");
    repo.write("old", format!("{}\nmore", token(27)));
    repo.write("new", token(28)).write("not-staged", token(29));
    repo.git(&["add", "old", "new"]);
    repo.write("new", "away again");
    assert_eq!(
        told(&repo.staged()),
        ["file new:1 there", "file old:1 there old"]
    );
}

#[test]
fn before_the_first_commit() {
    let folder = TempDir::new().unwrap();
    let repo = Repo { folder };
    repo.git(&["init", "-q", "-b", "main"]);
    repo.write("a", token(30));
    repo.git(&["add", "a"]);
    assert_eq!(told(&repo.staged()), ["file a:1 there"]);
    let none = repo.with(|repository, search| history(repository, search, None));
    assert_eq!(none.err().unwrap().code, "no-commits");
}

#[test]
fn several_packs_and_borrowed_objects() {
    let repo = Repo::new();
    repo.write("a", token(31)).commit("one");
    repo.git(&["repack", "-q", "-a", "-d"]);
    repo.write("b", token(32)).commit("two");
    repo.git(&["repack", "-q", "-a"]);
    repo.write("c", token(33)).commit("three");
    let expected = ["file a:1 there", "file b:1 there", "file c:1 there"];
    let found = repo.history();
    assert_eq!(told(&found), expected);
    assert_eq!(found.blobs, 4);
    let clone = TempDir::new().unwrap();
    let (from, to) = (
        repo.path().to_str().unwrap(),
        clone.path().to_str().unwrap(),
    );
    repo.git(&["clone", "-q", "--shared", from, to]);
    let found = look(clone.path(), |repository, search| {
        history(repository, search, None).unwrap()
    });
    assert_eq!(told(&found), expected);
}

#[test]
fn only_the_checked_folder() {
    let repo = Repo::new();
    repo.write("web/a", token(34)).write("api/b", token(35));
    repo.commit("both");
    let web = repo.path().join("web");
    let change = look(&web, |repository, search| {
        commits(repository, "base", "HEAD", search).unwrap()
    });
    assert_eq!(told(&change), ["file a:1 there"]);
    let all = look(&web, |repository, search| {
        history(repository, search, None).unwrap()
    });
    assert_eq!(told(&all), ["file a:1 there"]);
}

/// Deltas, whole objects, and commits one by one see the same.
#[test]
fn a_random_history_is_seen_the_same_way_by_all() {
    for seed in 0..6 {
        let repo = Repo::new();
        let mut state = seed;
        let mut random = |most: u64| {
            state = state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407;
            (state >> 33) % most
        };
        let mut files: Vec<Vec<String>> = vec![Vec::new(); 4];
        for step in 0..40 {
            let at = random(4) as usize;
            let file = &mut files[at];
            for _ in 0..random(6) + 1 {
                let line = match random(4) {
                    0 => token(seed * 1000 + random(12)),
                    n => format!("{n} {}", token(random(900) + 5000).replace("lgt_", "")),
                };
                let place = random(file.len() as u64 + 1) as usize;
                file.insert(place, line);
                if random(3) == 0 {
                    let place = random(file.len() as u64) as usize;
                    file.remove(place);
                }
            }
            repo.write(&format!("d{}/f{at}", at % 2), files[at].join("\n"));
            repo.commit(&format!("step {step}"));
        }
        let list = |found: &Found| -> Vec<String> {
            let line = |s: &Sighting| {
                let id = &s.commit.as_ref().unwrap().id;
                let secret = String::from_utf8_lossy(s.sight.secret.bytes()).into_owned();
                format!("{} {id} {secret}", tell(s))
            };
            let mut lines: Vec<String> = found.sightings.iter().map(line).collect();
            lines.sort();
            lines
        };
        let change = list(&repo.range().unwrap());
        assert!(!change.is_empty());
        assert_eq!(list(&repo.history()), change, "seed {seed}, as it is");
        repo.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
        assert_eq!(list(&repo.history()), change, "seed {seed}, packed");
    }
}
