//! What belongs to a search, and what is new in it.

use super::*;
use std::collections::BTreeSet;

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
fn what_is_new_since_the_last_search_and_what_that_had_found() {
    let repo = Repo::new();
    repo.write("a", token(23)).commit("old");
    let state = repo.history().state.unwrap();
    let same = repo.history_since(Some(&state));
    assert_eq!(told(&same), ["file a:1 there"]);
    assert_eq!((same.commits, same.blobs), (0, 1));
    assert_eq!(same.state.as_ref(), Some(&state));
    repo.write("b", token(24)).commit("new");
    repo.git(&["tag", "-a", "v1", "base", "-m", &token(25)]);
    let new = repo.history_since(Some(&state));
    let sorted = |found: &Found| BTreeSet::from_iter(told(found));
    let all = repo.history();
    assert_eq!(sorted(&new), sorted(&all), "what a search of all finds");
    assert_eq!(told(&new).len(), 3);
    assert_eq!(new.commits, 1);
    let after = repo.history_since(new.state.as_ref());
    assert_eq!(sorted(&after), sorted(&all));
    assert_eq!(after.state, new.state);
    // Other rules may find what these did not.
    let other = look_with(repo.path(), "2", 1 << 20, |repository, search| {
        history(repository, search, new.state.as_ref()).unwrap()
    });
    assert_eq!(told(&other).len(), 3);
    assert_eq!(other.state.unwrap().rules, "2");
}

#[test]
fn what_was_found_in_commits_that_are_gone_is_not_told_again() {
    let repo = Repo::new();
    repo.write("a", token(31)).commit("stays");
    repo.write("b", token(32)).commit("is taken back");
    let state = repo.history().state.unwrap();
    assert_eq!(state.brought.len(), 2);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.write("c", "no secret").commit("instead");
    let found = repo.history_since(Some(&state));
    assert_eq!(told(&found), ["file a:1 there"]);
    assert_eq!(found.state.unwrap().brought.len(), 1);
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
        let mut state: u64 = seed;
        let mut random = |most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
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

/// Random merges, and clocks that lie.
#[test]
fn the_commits_of_a_change_are_those_that_git_says() {
    for seed in 0..4 {
        let repo = Repo::new();
        let mut state: u64 = seed;
        let mut random = |most: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % most
        };
        let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
        let mut commits = vec![repo.git(&["rev-parse", "HEAD"])];
        for step in 0..40 {
            let mut args = vec!["commit-tree".to_owned(), tree.clone()];
            for _ in 0..random(2) + 1 {
                let parent = commits[commits.len() - 1 - random(commits.len().min(6))].clone();
                if !args.contains(&parent) {
                    args.extend(["-p".to_owned(), parent]);
                }
            }
            args.extend(["-m".to_owned(), format!("{step}")]);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let time = format!("{} +0000", 1_700_000_000 + random(1000));
            let output = repo.command(&args).env("GIT_COMMITTER_DATE", time).output();
            let id = String::from_utf8(output.unwrap().stdout).unwrap();
            commits.push(id.trim().to_owned());
        }
        for _ in 0..12 {
            let base = commits[random(commits.len())].clone();
            let head = commits[random(commits.len())].clone();
            // Not `base..head`: git itself is misled by such clocks.
            let reached = |from: &str| -> BTreeSet<String> {
                let list = repo.git(&["rev-list", from]);
                list.lines().map(str::to_owned).collect()
            };
            let expected = reached(&head).difference(&reached(&base)).count();
            let found = repo
                .with(|repository, search| super::super::commits(repository, &base, &head, search));
            assert_eq!(found.unwrap().commits, expected as u64, "seed {seed}");
        }
    }
}

#[test]
fn a_replaced_object_is_seen_as_it_was_committed() {
    let repo = Repo::new();
    repo.write("a", token(36)).commit("one");
    let id = repo.git(&["rev-parse", "HEAD:a"]);
    let other = repo.git(&["rev-parse", "base:README"]);
    repo.git(&["replace", &id, &other]);
    assert_eq!(told(&repo.range().unwrap()), ["file a:1 there"]);
    assert_eq!(told(&repo.history()), ["file a:1 there"]);
}
