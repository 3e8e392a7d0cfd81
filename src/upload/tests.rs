use super::*;
use crate::model::{
    Authority, Base, Certainty, Event, Finding, Health, Kind, Location, Observation, PolicySummary,
    Problem, Provenance, Region, RepoPath, RuleId, Run, Severity, SourceDigests, Verdict, Work,
};
use std::collections::BTreeSet;

fn scanner(name: &'static str) -> ScannerId {
    ScannerId::literal(name)
}

fn run(name: &'static str, health: Health) -> Run {
    Run {
        scanner: scanner(name),
        tool: name.to_uppercase().into(),
        home: None,
        version: None,
        report: None,
        ordinal: 0,
        format: Some("SARIF 2.1.0"),
        health,
        coverage: crate::model::Coverage::default(),
        notes: Vec::new(),
        findings: 0,
        rules: std::collections::BTreeMap::new(),
    }
}

fn sound(name: &'static str) -> Run {
    run(name, Health::Complete(Work::new(1, "files").unwrap()))
}

fn failed(name: &'static str) -> Run {
    run(name, Health::Failed(Problem::new("crashed", "it crashed")))
}

fn skipped(name: &'static str) -> Run {
    let problem = Problem::new(Health::NOTHING_TO_LOOK_AT, "nothing");
    run(name, Health::Skipped(problem))
}

/// A finding whose fingerprint spreads over the groups as a real one does.
fn decided(name: &'static str, number: usize, severity: Severity) -> Decided {
    let print = (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let mut observation = Observation::new(RuleId::new("R1"), Kind::Code, "A title");
    observation.severity = Some(severity);
    Decided {
        finding: Finding {
            fingerprint: format!("{print:032x}"),
            namesake: String::new(),
            scanner: scanner(name),
            observation: Box::new(observation),
            location: Location {
                path: RepoPath::new("src/a.py").unwrap(),
                region: Region::line(number as u64 + 1),
                certainty: Certainty::Exact,
                target: None,
            },
            line_hash: Some("abc:1".to_owned()),
            digests: SourceDigests::default(),
            witnesses: Vec::new(),
            provenance: Provenance::UNSEEN,
            since: None,
        },
        effective: severity,
        disposition: Disposition::Unmatched,
    }
}

fn assessment(runs: Vec<Run>, findings: Vec<Decided>) -> Assessment {
    Assessment {
        verdict: Verdict::Pass,
        reasons: Vec::new(),
        runs,
        findings,
        notes: Vec::new(),
        policy: PolicySummary::default(),
        prefix: None,
        event: Event::Push,
        base: Base::Whole,
        policy_changes: Vec::new(),
        baseline: None,
        authority: Authority::default(),
        after_merge: None,
        resolved: Vec::new(),
        schedule: None,
        carried: None,
        today: "2026-11-20".parse().unwrap(),
    }
}

/// So many findings, of which every tenth is critical and the rest is low.
fn many(number: usize) -> Assessment {
    let severity = |n: usize| match n % 10 {
        0 => Severity::Critical,
        _ => Severity::Low,
    };
    let findings = (0..number).map(|n| decided("a", n, severity(n)));
    assessment(vec![sound("a")], findings.collect())
}

fn ids<'p>(plan: &'p Plan<'_>) -> Vec<&'p str> {
    plan.parts.iter().map(Part::id).collect()
}

fn prints<'a>(part: &Part<'a>) -> BTreeSet<&'a str> {
    let findings = part.slice.findings.iter();
    findings.map(|d| d.finding.fingerprint.as_str()).collect()
}

#[test]
fn each_scanner_has_a_piece_of_its_own() {
    let findings = vec![
        decided("a", 1, Severity::Low),
        decided("b", 2, Severity::High),
    ];
    let runs = vec![sound("a"), sound("b"), skipped("c")];
    let assessment = assessment(runs, findings);
    let plan = plan(&assessment, "");
    assert_eq!(ids(&plan), ["lockgate/a/", "lockgate/b/"]);
    assert_eq!(plan.parts.iter().map(Part::len).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(plan.tell(Way::Api), Vec::<String>::new());
}

#[test]
fn gates_and_folders_of_one_repository_do_not_replace_each_other() {
    let mut assessment = assessment(vec![sound("a")], Vec::new());
    assessment.prefix = RepoPath::new("services/a b").ok();
    let plan = plan(&assessment, "eu/west");
    assert_eq!(ids(&plan), ["lockgate/a@eu/west/services/a%20b/"]);
    assert_eq!(
        plan.parts[0].category(),
        "lockgate/a@eu/west/services/a%20b"
    );
}

/// One folder's failure closes no alerts of it, and holds up no other folder.
#[test]
fn folders_that_were_merged_are_sent_as_if_each_were_alone() {
    let at = |mut run: Run, folder: &str| {
        run.coverage.folder = RepoPath::new(folder).ok();
        run
    };
    let found = |path: &str, number| {
        let mut decided = decided("a", number, Severity::High);
        decided.finding.location.path = RepoPath::new(path).unwrap();
        decided
    };
    let runs = vec![
        at(sound("a"), "s/api"),
        at(failed("a"), "s/web"),
        at(sound("a"), "s/web/admin"),
    ];
    let findings = vec![
        found("s/web/admin/x.py", 1),
        found("s/web/x.py", 2),
        found("s/api/x.py", 3),
        found("s/api/y.py", 4),
    ];
    let assessment = assessment(runs, findings);
    let plan = plan(&assessment, "");
    let sent = plan.parts.iter().map(|p| (p.id(), p.len(), p.failed));
    assert_eq!(
        sent.collect::<Vec<_>>(),
        [
            ("lockgate/a/s/api/", 2, false),
            ("lockgate/a/s/web/", 1, true),
            ("lockgate/a/s/web/admin/", 1, false),
        ]
    );
}

/// An empty run would close all its alerts.
#[test]
fn what_failed_is_sent_as_failed_and_is_in_no_file() {
    let findings = vec![decided("a", 1, Severity::Low)];
    let assessment = assessment(vec![sound("a"), failed("a"), sound("b")], findings);
    let plan = plan(&assessment, "");
    let failed: Vec<bool> = plan.parts.iter().map(|part| part.failed).collect();
    assert_eq!(failed, [true, false]);
    let text = unpacked(&plan, 0);
    assert_eq!(
        text["runs"][0]["invocations"][0]["executionSuccessful"],
        false
    );
    assert_eq!(text["runs"][0]["results"].as_array().unwrap().len(), 1);
    let mut file = Vec::new();
    plan.write(&plan.files()[0], &mut file).unwrap();
    let file: serde_json::Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(file["runs"].as_array().unwrap().len(), 1);
    assert!(plan.tell(Way::File)[0].starts_with("a: it failed and is left out"));
}

/// A name that is slightly off would be another tool there, whose failure stays for ever.
#[test]
fn a_tool_of_which_only_the_users_word_is_known_is_not_sent_as_failed() {
    let mut run = failed("a");
    run.format = None;
    let assessment = assessment(vec![run], Vec::new());
    let plan = plan(&assessment, "");
    assert_eq!(plan.parts.len(), 0);
    assert_eq!(plan.tell(Way::Api).len(), 1);
}

fn unpacked(plan: &Plan<'_>, part: usize) -> serde_json::Value {
    let packed = plan.ready(&plan.parts[part]).unwrap();
    assert_eq!(packed, plan.packed(&plan.parts[part]).unwrap());
    // No time (RFC 1952, section 2.3.1).
    assert_eq!(packed[4..8], [0; 4]);
    serde_json::from_reader(GzDecoder::new(packed.as_slice())).unwrap()
}

#[test]
fn too_many_findings_are_cut_after_the_most_severe() {
    let assessment = many(MAX_RESULTS + 1);
    let plan = plan(&assessment, "");
    assert_eq!(ids(&plan), ["lockgate/a/", "lockgate/a.2/"]);
    assert!(plan.parts.iter().all(|part| part.len() <= MAX_RESULTS));
    assert_eq!(
        plan.parts.iter().map(Part::len).sum::<usize>(),
        MAX_RESULTS + 1
    );
    let severity = |part: &Part<'_>| {
        let all = part.slice.findings.iter().map(|d| d.effective);
        (all.clone().min().unwrap(), all.max().unwrap())
    };
    let first = severity(&plan.parts[0]);
    assert_eq!(first, (Severity::Low, Severity::Critical));
    assert_eq!(severity(&plan.parts[1]).1, Severity::Low);
    // One too many moves one group, not half of everything.
    assert!(plan.parts[1].len() < 200, "{}", plan.parts[1].len());
    let account = &plan.accounts[0];
    assert_eq!((account.sent, account.dropped()), (MAX_RESULTS + 1, 0));
    assert!(account.hidden > 0);
}

/// An alert that changes its category is closed there and opened here.
#[test]
fn some_findings_more_or_less_move_no_other() {
    let before = many(30_000);
    let mut after = many(30_000);
    after.findings.remove(17);
    after.findings.remove(20_000);
    for n in 30_000..30_005 {
        after.findings.push(decided("a", n, Severity::Critical));
    }
    let (before, after) = (plan(&before, ""), plan(&after, ""));
    let both = |a: &Part<'_>, b: &Part<'_>| prints(a).intersection(&prints(b)).count();
    assert_eq!(both(&before.parts[0], &after.parts[1]), 0);
    assert_eq!(both(&before.parts[1], &after.parts[0]), 0);
}

#[test]
fn nothing_is_sent_twice_or_lost_and_the_order_of_findings_does_not_matter() {
    let mut assessment = many(60_000);
    let all: BTreeSet<String> = {
        let plan = plan(&assessment, "");
        let prints = plan.parts.iter().flat_map(prints);
        prints.map(str::to_owned).collect()
    };
    assert_eq!(all.len(), 60_000);
    let sizes = |assessment: &Assessment| -> Vec<(String, usize)> {
        let plan = plan(assessment, "");
        plan.parts
            .iter()
            .map(|p| (p.id().to_owned(), p.len()))
            .collect()
    };
    let before = sizes(&assessment);
    assessment.findings.reverse();
    assert_eq!(sizes(&assessment), before);
}

#[test]
fn pieces_are_cut_by_their_bytes_too() {
    let assessment = many(1_000);
    let findings: Vec<&Decided> = assessment.findings.iter().collect();
    // Each finding takes 15 kB: 666 of them fit.
    let pieces = split::split(findings.clone(), &|piece| piece.len() as u64 * 15_000);
    let lengths: Vec<usize> = pieces.iter().map(|piece| piece.findings.len()).collect();
    assert_eq!(lengths.iter().sum::<usize>(), 1_000);
    assert!(lengths[0] > 600 && lengths[0] <= 666, "{lengths:?}");
    assert!(pieces.iter().all(|piece| piece.size <= MAX_BYTES));
    // What is too large by itself takes nobody with it.
    let giant = findings[3].finding.fingerprint.as_str();
    let pieces = split::split(findings.clone(), &|piece| {
        let giants = piece.iter().filter(|d| d.finding.fingerprint == giant);
        giants.count() as u64 * (MAX_BYTES + 1) + 1
    });
    let kept: usize = pieces.iter().map(|piece| piece.findings.len()).sum();
    assert_eq!(kept, 999);
}

#[test]
fn a_piece_that_is_no_longer_needed_is_emptied() {
    let assessment = assessment(vec![sound("a"), failed("b")], Vec::new());
    let plan = plan(&assessment, "");
    let has = [
        "lockgate/a",
        "lockgate/a.2",
        "lockgate/b.2",
        "CodeQL",
        "lockgate/c.2",
    ];
    let vacated = plan.vacated(&has);
    let ids: Vec<&str> = vacated.iter().map(Part::id).collect();
    assert_eq!(ids, ["lockgate/a.2/"]);
    assert!(vacated[0].is_empty() && !vacated[0].failed);
    assert!(plan.ready(&vacated[0]).is_ok());
}

/// The scanner of the change itself is worth a request only where its alerts are to be closed.
#[test]
fn an_empty_list_of_suppressions_is_sent_only_to_close_alerts() {
    let assessment = assessment(vec![sound("a"), sound("suppressions")], Vec::new());
    let plan = plan(&assessment, "");
    assert_eq!(ids(&plan), ["lockgate/a/"]);
    assert_eq!(plan.vacated(&["lockgate/a"]).len(), 0);
    let vacated = plan.vacated(&["lockgate/suppressions"]);
    assert_eq!(vacated[0].id(), "lockgate/suppressions/");
    assert_eq!(plan.files()[0].runs(), 2);
}

/// Without a base it fails, which says nothing about the project.
#[test]
fn suppressions_that_nobody_could_look_for_are_not_told() {
    let assessment = assessment(vec![failed("suppressions")], Vec::new());
    let plan = plan(&assessment, "");
    assert_eq!(plan.parts.len() + plan.tell(Way::Api).len(), 0);
}

#[test]
fn more_runs_than_a_file_takes_go_into_a_second_one() {
    const NAMES: [&str; 21] = [
        "s01", "s02", "s03", "s04", "s05", "s06", "s07", "s08", "s09", "s10", "s11", "s12", "s13",
        "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21",
    ];
    let assessment = assessment(NAMES.map(sound).into(), Vec::new());
    let plan = plan(&assessment, "");
    let files = plan.files();
    assert_eq!(files.iter().map(File::runs).collect::<Vec<_>>(), [20, 1]);
    for file in &files {
        let mut text = Vec::new();
        plan.write(file, &mut text).unwrap();
        assert_eq!(preflight::read(text.as_slice()), []);
    }
}

#[test]
fn a_file_that_holds_nothing_is_still_a_file() {
    let assessment = assessment(Vec::new(), Vec::new());
    let plan = plan(&assessment, "");
    assert_eq!(plan.files().len(), 1);
}

#[test]
fn rules_with_odd_names_stay_apart() {
    let mut findings: Vec<Decided> = (0..4).map(|n| decided("a", n, Severity::Low)).collect();
    let long = "x".repeat(300);
    let names = [
        "a\u{0}b",
        "a\u{1}b",
        &format!("{long}1"),
        &format!("{long}2"),
    ];
    for (finding, name) in findings.iter_mut().zip(names) {
        finding.finding.observation.rule = RuleId::new(name);
    }
    let assessment = assessment(vec![sound("a")], findings);
    let plan = plan(&assessment, "");
    let log = unpacked(&plan, 0);
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| id.chars().count() <= 255));
    assert_eq!(plan.accounts[0].names, 4);
    assert_eq!(plan.tell(Way::Api), ["a: mended: 4 rule names changed"]);
}
