//! Waivers that live: what a check says about those that somebody should look at.

use crate::program::{Lockgate, fixture};
use serde_json::Value;

const DAY: [&str; 2] = ["--as-of", "2026-11-20"];

fn report(name: &str) -> Vec<u8> {
    std::fs::read(fixture("reports").join(name)).unwrap()
}

/// A waiver on its own four lines.
fn waiver(subject: &str, expires: &str) -> String {
    format!("[[waiver]]\n{subject}\nreason = \"r\"\nowner = \"@o\"\nexpires = {expires}\n\n")
}

/// A check of the Bandit report of pygoat and Trivy's of one requirements file.
fn check(policy: &str) -> Lockgate {
    Lockgate::check()
        .args(&DAY)
        .file(
            "lockgate.toml",
            format!("extends = \"lockgate:balanced\"\n{policy}"),
        )
        .report("bandit", "b.json", report("bandit/gen__pygoat.json"))
        .report("trivy", "t.json", report("trivy/golden__pip.json"))
}

/// What is said: code and text.
fn notes(json: &Value) -> Vec<(String, String)> {
    let notes = json["waivers"].as_array().unwrap().iter();
    notes
        .map(|note| {
            let text = |key: &str| note[key].as_str().unwrap().to_owned();
            (text("code"), text("text"))
        })
        .collect()
}

fn said(policy: &str) -> Vec<(String, String)> {
    notes(&check(policy).json().0)
}

fn codes(policy: &str) -> Vec<String> {
    said(policy).into_iter().map(|(code, _)| code).collect()
}

const WERKZEUG: &str = "advisory = \"CVE-2019-14806\"";

#[test]
fn a_waiver_holds_through_its_last_day() {
    for (expires, code, waived) in [
        ("2026-11-19", Some("waiver-expired"), 0),
        ("2026-11-20", Some("waiver-expiring"), 1),
        ("2026-12-04", Some("waiver-expiring"), 1),
        ("2026-12-05", None, 1),
    ] {
        let (json, _) = check(&waiver(WERKZEUG, expires)).json();
        let found: Vec<String> = notes(&json).into_iter().map(|(code, _)| code).collect();
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{expires}");
        assert_eq!(json["counts"]["waived"], waived, "{expires}");
    }
    let told = |expires: &str| said(&waiver(WERKZEUG, expires))[0].1.clone();
    assert_eq!(
        told("2026-11-19"),
        "expired on 2026-11-19; 1 finding counts again"
    );
    assert_eq!(told("2026-11-20"), "expires on 2026-11-20, today");
    assert_eq!(told("2026-11-21"), "expires on 2026-11-21, in 1 day");
}

#[test]
fn the_policy_limits_how_long_waivers_hold() {
    let limited = |days: u32, expires: &str| {
        let policy = format!(
            "[waivers]\nmax-days = {days}\n{}",
            waiver(WERKZEUG, expires)
        );
        let (json, _) = check(&policy).json();
        (notes(&json), json["counts"]["waived"].as_u64().unwrap())
    };
    assert_eq!(limited(180, "2027-05-19"), (Vec::new(), 1));
    let (said, waived) = limited(180, "2027-05-20");
    assert_eq!(waived, 0);
    let text = "does not hold: it ends on 2027-05-20, and the policy allows at most 180 days from today; 1 finding counts again";
    assert_eq!(said, [("waiver-too-long".to_owned(), text.to_owned())]);
    // What is extended counts, too, and notice is given as early as the policy says.
    let notice = format!(
        "[waivers]\nnotice = \"4w\"\n{}",
        waiver(WERKZEUG, "2026-12-18")
    );
    assert_eq!(codes(&notice), ["waiver-expiring"]);
    for wrong in [
        "max-days = 0",
        "max-days = \"9\"",
        "max-days = 99999",
        "notice = \"1h\"",
        "notice = 3",
        "max = 1",
    ] {
        let outcome = check(&format!("[waivers]\n{wrong}\n")).run();
        assert_eq!(outcome.code, 2, "{wrong}");
        assert!(
            outcome.stderr.contains("lockgate.toml:3"),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn unused_is_only_said_when_everybody_has_looked() {
    let unused = waiver("advisory = \"CVE-1999-0001\"", "2099-01-01");
    assert_eq!(codes(&unused), ["waiver-unused"]);
    // A report that is missing, and a scanner of the policy that this job does not run.
    let (json, _) = check(&unused)
        .args(&["--report", "npm-audit=none.json"])
        .json();
    assert_eq!(notes(&json), []);
    assert_eq!(
        codes(&format!("[scanners.npm-audit]\nmax-age = \"7d\"\n{unused}")),
        Vec::<String>::new()
    );
    // Only its own scanner counts when it names one.
    let of_bandit = waiver(
        "rule = \"B999\"\npath = \"a.py\"\nscanner = \"bandit\"",
        "2099-01-01",
    );
    let (json, _) = check(&of_bandit)
        .args(&["--report", "npm-audit=none.json"])
        .json();
    assert_eq!(notes(&json)[0].0, "waiver-unused");
    let of_absent = waiver(
        "rule = \"B999\"\npath = \"a.py\"\nscanner = \"semgrep\"",
        "2099-01-01",
    );
    assert_eq!(codes(&of_absent), Vec::<String>::new());
    let expired = waiver("advisory = \"CVE-1999-0001\"", "2026-01-01");
    assert_eq!(
        said(&expired)[0].1,
        "expired on 2026-01-01; it matches no finding any more, so remove it"
    );
}

#[test]
fn two_waivers_for_the_same_are_told() {
    let day = "2099-01-01";
    for (first, second, line) in [
        // The same, in another spelling; the later one goes.
        (WERKZEUG, "advisory = \"cve-2019-14806\"", Some((8, 2))),
        // The narrower one goes, wherever it stands.
        (
            WERKZEUG,
            "advisory = \"CVE-2019-14806\"\npackage = \"werkzeug\"",
            Some((8, 2)),
        ),
        (
            "advisory = \"CVE-2019-14806\"\npackage = \"werkzeug\"",
            WERKZEUG,
            Some((2, 9)),
        ),
        (
            "rule = \"B324\"\npath = \"dockerized_labs\"",
            "rule = \"B324\"\npath = \"dockerized_labs/**\"",
            Some((9, 2)),
        ),
        // Another name of the same advisory is only seen by what it matches.
        (WERKZEUG, "advisory = \"CVE-2020-28724\"", None),
    ] {
        let policy = format!("{}{}", waiver(first, day), waiver(second, day));
        let (json, _) = check(&policy).json();
        let found: Vec<&Value> = json["waivers"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|note| note["code"] == "waiver-duplicate")
            .collect();
        match line {
            None => assert!(found.is_empty(), "{second}: {found:?}"),
            Some((here, there)) => {
                assert_eq!(found.len(), 1, "{first} {second}");
                assert_eq!(found[0]["line"], here, "{first} {second}");
                let text = format!("the waiver in line {there} accepts the same already");
                assert_eq!(found[0]["text"], text);
            }
        }
    }
    // The wider one ends before: then the narrower one is needed.
    let policy = format!(
        "{}{}",
        waiver(WERKZEUG, "2027-06-01"),
        waiver("advisory = \"CVE-2019-14806\"\npackage = \"werkzeug\"", day)
    );
    assert_eq!(codes(&policy), Vec::<String>::new());
    // Nothing in the texts shows it, but every finding of the second is accepted by the first.
    let policy = format!(
        "{}{}",
        waiver(WERKZEUG, day),
        waiver(
            "rule = \"CVE-2019-14806\"\npath = \"requirements.txt\"",
            day
        )
    );
    assert_eq!(codes(&policy), ["waiver-duplicate"]);
}

#[test]
fn a_waiver_that_accepts_too_much_is_told() {
    let day = "2099-01-01";
    let text = |subject: &str| said(&waiver(subject, day));
    let one = |subject: &str| {
        let said = text(subject);
        assert_eq!(said.len(), 1, "{subject}: {said:?}");
        assert_eq!(said[0].0, "waiver-broad", "{subject}: {said:?}");
        said[0].1.clone()
    };
    assert!(one("rule = \"B324\"\npath = \"**\"").contains("every file"));
    assert!(one("rule = \"*\"\npath = \"dockerized_labs\"").contains("every rule"));
    assert!(one("rule = \"B*\"\npath = \"dockerized_labs\"").contains("rules; name each"));
    assert_eq!(text("rule = \"B324\"\npath = \"dockerized_labs\""), []);
}

#[test]
fn a_waiver_that_no_gate_asks_for_is_told() {
    let policy = format!(
        "[[gate]]\nname = \"labs\"\nwhen = {{ path = \"dockerized_labs\" }}\naction = \"allow\"\n{}",
        waiver("rule = \"B324\"\npath = \"dockerized_labs\"", "2099-01-01")
    );
    assert_eq!(codes(&policy), ["waiver-ineffective"]);
}

#[test]
fn every_output_shows_them_and_annotations_stand_at_their_line() {
    let policy = format!(
        "{}{}",
        waiver(WERKZEUG, "2026-11-30"),
        waiver("advisory = \"CVE-2020-28724\"", "2026-11-01")
    );
    let lockgate = check(&policy).args(&[
        "--github",
        "always",
        "--output",
        "markdown=s.md",
        "--output",
        "html=r.html",
    ]);
    let outcome = lockgate.run();
    for line in [
        "::notice file=lockgate.toml,line=2,title=waiver for advisory CVE-2019-14806::expires on 2026-11-30, in 10 days, owner @o",
        "::warning file=lockgate.toml,line=8,title=waiver for advisory CVE-2020-28724::expired on 2026-11-01; 1 finding counts again, owner @o",
    ] {
        assert!(
            outcome.stdout.lines().any(|l| l == line),
            "{}",
            outcome.stdout
        );
    }
    assert!(
        outcome
            .stdout
            .contains("lockgate.toml:2  advisory CVE-2019-14806: expires on 2026-11-30")
    );
    for file in ["s.md", "r.html"] {
        let text = std::fs::read_to_string(lockgate.folder.path().join(file)).unwrap();
        assert!(
            text.contains("expires on 2026-11-30") && text.contains("expired on 2026-11-01"),
            "{text}"
        );
    }
}

#[test]
fn many_notes_are_cut_where_people_read() {
    let policy: String = (0..100)
        .map(|n| waiver(&format!("advisory = \"CVE-1999-{n}\""), "2099-01-01"))
        .collect();
    let outcome = check(&policy).run();
    assert!(
        outcome.stdout.contains("  and 70 more, in the JSON\n"),
        "{}",
        outcome.stdout
    );
    assert_eq!(said(&policy).len(), 100);
}

#[test]
fn policy_check_tells_what_the_file_alone_shows() {
    let check = |days: u32| {
        let policy = format!(
            "[waivers]\nmax-days = {days}\n{}{}",
            waiver("rule = \"B324\"\npath = \"**\"", "2001-01-01"),
            waiver(WERKZEUG, "2120-01-01")
        );
        Lockgate::new(&["policy", "check", "lockgate.toml"])
            .file("lockgate.toml", policy)
            .run()
    };
    let outcome = check(3);
    assert_eq!(outcome.code, 2);
    for line in [
        "note: lockgate.toml:3: rule B324, path **: expired on 2001-01-01 (owner @o)\n",
        "lockgate.toml:10: advisory CVE-2019-14806: does not hold: it ends on 2120-01-01",
        "error: a waiver is longer than `max-days`",
    ] {
        assert!(outcome.stderr.contains(line), "{}", outcome.stderr);
    }
}
