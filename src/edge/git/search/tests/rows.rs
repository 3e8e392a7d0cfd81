//! What other scanners miss.

use super::*;

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
