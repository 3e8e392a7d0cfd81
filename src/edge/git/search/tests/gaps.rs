//! What cannot be looked at is told.

use super::*;

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
