//! lockgate's own search for secrets, as a user runs it.

use crate::origin::{commit, id};
use crate::program::{Lockgate, Outcome, git};
use serde_json::{Value, json};
use std::path::Path;

const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Letters that look random, always the same for a seed.
pub fn random(seed: u64, letters: &[u8], length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03;
    let mut out = String::new();
    for _ in 0..length {
        // splitmix64, by Sebastiano Vigna, public domain.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        out.push(letters[(z % letters.len() as u64) as usize] as char);
    }
    out
}

/// CRC-32 as in zlib.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// A token as GitHub makes them, with the right checksum.
pub fn github(seed: u64) -> String {
    let body = random(seed, LETTERS, 30);
    let mut sum = crc(body.as_bytes());
    let mut tail = Vec::new();
    for _ in 0..6 {
        tail.push(LETTERS[(sum % 62) as usize]);
        sum /= 62;
    }
    tail.reverse();
    format!(
        "{}{body}{}",
        ["gh", "p_"].concat(),
        String::from_utf8(tail).unwrap()
    )
}

fn scan(folder: &Path, args: &[&str]) -> Outcome {
    Lockgate::new(&["scan", "secrets"])
        .args(args)
        .inside(folder)
        .run()
}

fn found(folder: &Path, args: &[&str]) -> (Vec<Value>, i32) {
    let all = [args, &["--format", "json", "--quiet"]].concat();
    let outcome = scan(folder, &all);
    let json: Value = serde_json::from_str(&outcome.stdout)
        .unwrap_or_else(|e| panic!("{e}: {} {}", outcome.stdout, outcome.stderr));
    (json["findings"].as_array().unwrap().clone(), outcome.code)
}

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().unwrap();
    git(folder.path(), &["init"]);
    commit(folder.path(), files);
    folder
}

fn place(finding: &Value) -> String {
    let location = &finding["location"];
    format!(
        "{}:{}",
        location["path"].as_str().unwrap(),
        location["line"]
    )
}

#[test]
fn one_secret_is_one_finding_with_all_its_places() {
    let (one, two) = (github(1), github(2));
    let folder = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    git(folder.path(), &["init"]);
    write("a.env", &format!("X=1\nTOKEN={one}\n"));
    write(
        "b.py",
        &format!("import os\nT = \"{one}\"\nU = \"{two}\"\n"),
    );
    git(folder.path(), &["add", "-A"]);
    write(".gitignore", "*.env\nlocal\n");
    write("local", &github(3));
    write("new.txt", &format!("k={one}\n"));
    let (findings, code) = found(folder.path(), &[]);
    assert_eq!(code, 1);
    let places: Vec<String> = findings.iter().map(place).collect();
    assert_eq!(places, ["a.env:2", "b.py:3"]);
    let further: Vec<(&Value, &Value)> = findings[0]["further"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| (&place["path"], &place["line"]))
        .collect();
    assert_eq!(
        further,
        [(&json!("b.py"), &json!(2)), (&json!("new.txt"), &json!(1))]
    );
    assert_eq!(findings[0]["reported"]["confidence"], "high");
    assert_eq!(findings[0]["secret"]["length"], 40);
    let sarif = scan(folder.path(), &["--format", "sarif", "--quiet"]);
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "lockgate");
    assert_eq!(run["automationDetails"]["id"], "lockgate/secrets/");
    let related = run["results"][0]["relatedLocations"].as_array().unwrap();
    assert_eq!(related.len(), 2);
    let text = scan(folder.path(), &[]);
    assert!(
        text.stdout.contains("also   b.py:2, new.txt:1"),
        "{}",
        text.stdout
    );
}

/// Anchor case 26, on the command line.
#[test]
fn what_one_commit_adds_and_the_next_removes_is_found_with_its_commit() {
    let folder = repository(&[("a.txt", "a\n")]);
    let path = folder.path();
    let base = id(path, "HEAD");
    let added = commit(path, &[("k.txt", &format!("k = {}\n", github(4)))]);
    std::fs::remove_file(path.join("k.txt")).unwrap();
    commit(path, &[("b.txt", "b\n")]);
    assert_eq!(found(path, &[]).0.len(), 0);
    let (findings, code) = found(path, &["--since", &base]);
    assert_eq!((findings.len(), code), (1, 1));
    let target = findings[0]["location"]["target"].as_str().unwrap();
    assert_eq!(target, format!("commit {}", &added[..12]));
    assert_eq!(findings[0]["origin"], "introduced");
    let (history, code) = found(path, &["--history"]);
    assert_eq!((history.len(), code), (1, 1));
    let check = Lockgate::check()
        .args(&["--base", &base])
        .inside(path)
        .json();
    assert_eq!(check.1, 1, "{}", check.0);
    assert_eq!(check.0["findings"][0]["scanner"], "secrets");
}

#[test]
fn a_scheduled_check_looks_at_what_is_new_in_the_history_and_forgets_nothing() {
    let repo = repository(&[("a.txt", &format!("token = \"{}\"\n", github(71)))]);
    let path = repo.path();
    commit(path, &[("a.txt", "nothing\n")]);
    let folder = tempfile::TempDir::new().unwrap();
    let state = folder.path().join("state.json");
    let scheduled = || {
        let state = state.to_str().unwrap();
        let args = ["--event", "schedule", "--state", state, "--run", "secrets"];
        let outcome = Lockgate::check().args(&args).inside(path).run();
        let notes = outcome
            .stdout
            .contains("only what is new since the last search");
        (outcome.code, notes, outcome.stdout)
    };
    let (code, incremental, text) = scheduled();
    assert_eq!((code, incremental), (0, false), "{text}");
    let kept = std::fs::read_to_string(&state).unwrap();
    assert!(kept.contains("\"history\": {"), "{kept}");
    assert!(!kept.contains(&github(71)), "a state holds no secret");
    commit(path, &[("b.txt", &format!("token = \"{}\"\n", github(72)))]);
    let (code, incremental, text) = scheduled();
    assert_eq!((code, incremental), (0, true), "{text}");
    assert!(
        text.contains("a.txt:1 in commit "),
        "what was known: {text}"
    );
    assert!(text.contains("b.txt:1"), "what is new: {text}");
}

#[test]
fn what_the_base_has_too_is_not_introduced_wherever_it_stands_now() {
    let token = github(5);
    let folder = repository(&[("old.txt", &format!("k = {token}\n"))]);
    let path = folder.path();
    let base = id(path, "HEAD");
    commit(path, &[("a-copy.txt", &format!("k = {token}\n"))]);
    let (findings, code) = found(path, &["--since", &base]);
    assert_eq!(findings[0]["origin"], "existing");
    assert_eq!((findings.len(), code), (1, 0));
}

#[test]
fn comments_count_when_the_policy_permits_them_and_the_base_has_them() {
    let line = |token: &str| format!("k = \"{token}\"  # gitleaks:allow\n");
    let (old, new) = (github(6), github(7));
    let policy = "extends = \"lockgate:balanced\"\n[scanners.secrets]\nallow-comments = true\n";
    let folder = repository(&[("a.py", &line(&old)), ("lockgate.toml", policy)]);
    let path = folder.path();
    let base = id(path, "HEAD");
    assert_eq!(found(path, &[]).1, 0);
    let (strict, code) = found(path, &["--policy", "lockgate:balanced"]);
    assert_eq!(code, 1);
    assert!(
        strict[0]["message"]
            .as_str()
            .unwrap()
            .contains("gitleaks:allow")
    );
    commit(path, &[("b.py", &line(&new))]);
    let (findings, code) = found(path, &["--since", &base]);
    let dispositions: Vec<(String, &Value)> = findings
        .iter()
        .map(|f| (place(f), &f["disposition"]))
        .collect();
    assert_eq!(code, 1, "{dispositions:?}");
    assert!(dispositions.contains(&("a.py:1".to_owned(), &json!("suppressed"))));
    assert!(dispositions.contains(&("b.py:1".to_owned(), &json!("blocked"))));
}

#[test]
fn a_gitleaks_configuration_holds_as_the_base_has_it() {
    let config = "[extend]\nuseDefault = true\n[[rules]]\nid = \"acme\"\ndescription = \"ACME\"\n\
        regex = '''acme-([0-9]{12})'''\n[[allowlists]]\npaths = ['''^old/''']\n";
    let policy =
        "extends = \"lockgate:balanced\"\n[scanners.secrets]\nconfig = \".gitleaks.toml\"\n";
    let folder = repository(&[
        ("lockgate.toml", policy),
        (".gitleaks.toml", config),
        ("old/a.txt", &github(8)),
    ]);
    let path = folder.path();
    let base = id(path, "HEAD");
    assert_eq!(found(path, &[]).1, 0);
    let wider = config.replace("^old/", "^(old|new)/");
    let number = random(8, b"0123456789", 12);
    commit(
        path,
        &[
            (".gitleaks.toml", &wider),
            ("new/a.txt", &format!("k {}\n", github(9))),
            ("new/b.txt", &format!("acme-{number}\n")),
        ],
    );
    let (findings, code) = found(path, &["--since", &base]);
    let blocked = findings.iter().filter(|f| f["disposition"] == "blocked");
    let mut places: Vec<String> = blocked.map(place).collect();
    places.sort();
    assert_eq!(places, ["new/a.txt:1", "new/b.txt:1"]);
    assert_eq!(code, 1);
}

#[test]
fn what_a_configuration_cannot_say_is_an_error_with_its_line() {
    let config = "[[rules]]\nid = \"a\"\nregex = '''\\p{Greek}'''\n";
    let outcome = Lockgate::new(&["scan", "secrets", "--config", "g.toml"])
        .file("g.toml", config)
        .run();
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("line 3: a: "), "{}", outcome.stderr);
}

#[test]
fn a_hook_looks_at_what_is_staged_and_at_nothing_else() {
    let folder = repository(&[("a.txt", &github(10))]);
    let path = folder.path();
    assert_eq!(found(path, &["--staged"]), (Vec::new(), 0));
    std::fs::write(path.join("b.txt"), format!("k = {}\n", github(11))).unwrap();
    assert_eq!(found(path, &["--staged"]).0.len(), 0);
    git(path, &["add", "b.txt"]);
    std::fs::write(path.join("b.txt"), "clean\n").unwrap();
    let (findings, code) = found(path, &["--staged"]);
    assert_eq!((findings.len(), code), (1, 1));
    assert_eq!(findings[0]["location"]["path"], "b.txt");
}

#[test]
fn rules_are_listed_and_held_to_their_examples() {
    let folder = tempfile::TempDir::new().unwrap();
    let list = scan(folder.path(), &["--rules"]);
    assert_eq!(list.code, 0);
    assert!(list.stdout.lines().count() > 50);
    let rule = |example: &str| {
        format!(
            "[[rule]]\nid = \"acme\"\nprovider = \"ACME\"\ndescription = \"ACME key\"\n\
             regex = \"acme-[0-9]{{12}}\"\nkeywords = [\"acme-\"]\nseverity = \"high\"\n\
             revoke = \"ask ACME\"\nmatch = [[\"acme-\", \"{example}\"]]\nreject = [[\"acme-1\"]]\n"
        )
    };
    let file = folder.path().join("my.toml");
    std::fs::write(&file, rule("483920175463")).unwrap();
    let args = ["--rule-file", "my.toml", "--test-rules"];
    let good = scan(folder.path(), &args);
    assert_eq!(
        (good.code, good.stdout.as_str()),
        (0, "1 rule, 2 examples, 0 wrong\n")
    );
    std::fs::write(&file, rule("12")).unwrap();
    let bad = scan(folder.path(), &args);
    assert_eq!(bad.code, 2);
    assert!(
        bad.stdout
            .contains("acme: example 1 of `match` is not found"),
        "{}",
        bad.stdout
    );
}

#[test]
fn a_file_of_rules_cannot_switch_a_shipped_rule_off() {
    let repo = repository(&[("a.txt", &format!("token = {}\n", github(81)))]);
    let rule = "[[rule]]\nid = \"github-pat\"\nprovider = \"x\"\ndescription = \"x\"\nregex = \"nothing-like-it\"\n";
    std::fs::write(repo.path().join("my.toml"), rule).unwrap();
    let outcome = scan(repo.path(), &["--rule-file", "my.toml"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stdout);
    assert!(outcome.stderr.contains("two rules have the same id"));
    std::fs::write(repo.path().join("my.toml"), "\n\n[[rule]\n").unwrap();
    let outcome = scan(repo.path(), &["--rule-file", "my.toml"]);
    assert!(outcome.stderr.contains("line 3"), "{}", outcome.stderr);
}

#[test]
fn a_tracked_file_that_is_not_in_the_checkout_is_told() {
    let repo = repository(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    std::fs::remove_file(repo.path().join("b.txt")).unwrap();
    let outcome = scan(repo.path(), &[]);
    assert!(
        outcome.stdout.contains("not in the checkout"),
        "{}",
        outcome.stdout
    );
    assert!(outcome.stdout.contains("b.txt"), "{}", outcome.stdout);
}

#[test]
fn without_policy_and_report_a_check_looks_for_secrets() {
    let text = format!("k = {}\n", github(12));
    let (json, code) = Lockgate::check().file("a.txt", &text).json();
    assert_eq!((code, &json["verdict"]), (1, &json!("block")));
    let runs = json["runs"].as_array().unwrap();
    assert!(runs.iter().any(|run| run["scanner"] == "secrets"));
    let policy = "extends = \"lockgate:balanced\"\n";
    let other = Lockgate::check()
        .file("a.txt", &text)
        .file("lockgate.toml", policy);
    assert_eq!(
        other.json().1,
        3,
        "a policy that does not name it is obeyed"
    );
    let named = Lockgate::check()
        .file("a.txt", &text)
        .file("lockgate.toml", policy);
    assert_eq!(named.args(&["--run", "secrets"]).json().1, 1);
}
