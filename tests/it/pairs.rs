//! Several tools on one project: what is one problem must become one finding, and nothing else.
//!
//! The truth is read from the reports by this file alone, in the plainest way: package, version and
//! every identifier that a report lists for an advisory. Two observations are a true pair when they
//! are of one package and version in one lockfile and their identifiers are connected.

#![allow(clippy::print_stdout, reason = "the figures are what the test is for")]

use crate::program::{Lockgate, fixture};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A report of a project, the lockfile that it is about, and how to read it.
struct Report {
    path: &'static str,
    lockfile: &'static str,
    read: fn(&str) -> Vec<Item>,
}

/// What one report says of one package and advisory.
struct Item {
    package: String,
    version: Option<String>,
    ids: BTreeSet<String>,
}

impl Item {
    fn new(package: &str, version: Option<&str>, ids: impl IntoIterator<Item = String>) -> Self {
        Self {
            package: package.to_lowercase(),
            version: version.map(str::to_owned),
            ids: ids.into_iter().filter(|id| !id.is_empty()).collect(),
        }
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The texts of a list.
fn words(value: &Value) -> Vec<String> {
    list(value).iter().map(word).collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// The GHSA at the end of an advisory's address.
fn ghsa(url: &Value) -> String {
    let url = word(url);
    match url.rsplit_once("GHSA-") {
        Some((_, rest)) => format!("GHSA-{rest}"),
        None => String::new(),
    }
}

fn npm2(text: &str) -> Vec<Item> {
    let report = json(text);
    let packages = report["vulnerabilities"].as_object().unwrap();
    let vias = packages.values().flat_map(|p| list(&p["via"]));
    vias.filter(Value::is_object)
        .map(|via| Item::new(&word(&via["name"]), None, [ghsa(&via["url"])]))
        .collect()
}

fn npm1(text: &str) -> Vec<Item> {
    let report = json(text);
    let advisories = report["advisories"].as_object().unwrap();
    advisories
        .values()
        .map(|a| Item::new(&word(&a["module_name"]), None, [ghsa(&a["url"])]))
        .collect()
}

fn berry(text: &str) -> Vec<Item> {
    let lines = text.lines().map(json);
    lines
        .filter(|line| line["children"]["ID"].is_number())
        .map(|line| {
            Item::new(
                &word(&line["value"]),
                None,
                [ghsa(&line["children"]["URL"])],
            )
        })
        .collect()
}

fn trivy(text: &str) -> Vec<Item> {
    let report = json(text);
    let found = list(&report["Results"]);
    let found = found.iter().flat_map(|r| list(&r["Vulnerabilities"]));
    found
        .map(|v| {
            let mined = list(&v["References"]);
            let mined = mined
                .iter()
                .filter(|r| word(r).contains("github.com/advisories/"));
            let ids = [word(&v["VulnerabilityID"])];
            let ids = ids.into_iter().chain(mined.map(ghsa));
            let ids = ids.chain(words(&v["VendorIDs"]));
            Item::new(&word(&v["PkgName"]), v["InstalledVersion"].as_str(), ids)
        })
        .collect()
}

fn pip_audit(text: &str) -> Vec<Item> {
    let report = json(text);
    let mut items = Vec::new();
    for dependency in list(&report["dependencies"]) {
        for v in list(&dependency["vulns"]) {
            let ids = [word(&v["id"])].into_iter().chain(words(&v["aliases"]));
            let version = dependency["version"].as_str();
            items.push(Item::new(&word(&dependency["name"]), version, ids));
        }
    }
    items
}

fn cargo(text: &str) -> Vec<Item> {
    let report = json(text);
    let found = match &report["vulnerabilities"] {
        Value::Array(found) => found.clone(),
        object => list(&object["list"]),
    };
    found
        .iter()
        .map(|v| {
            let package = &v["package"];
            let ids = [word(&v["advisory"]["id"])].into_iter();
            let ids = ids.chain(words(&v["advisory"]["aliases"]));
            Item::new(&word(&package["name"]), package["version"].as_str(), ids)
        })
        .collect()
}

fn deny_lines(text: &str) -> Vec<Item> {
    let lines = text.lines().map(json);
    lines
        .filter(|line| line["fields"]["advisory"].is_object())
        .map(|line| {
            let fields = &line["fields"];
            let advisory = &fields["advisory"];
            let krate = &fields["graphs"][0]["Krate"];
            let ids = [word(&advisory["id"])].into_iter();
            let ids = ids.chain(words(&advisory["aliases"]));
            Item::new(&word(&advisory["package"]), krate["version"].as_str(), ids)
        })
        .collect()
}

/// cargo-audit and cargo-deny name package and advisory among the fingerprints.
fn cargo_sarif(text: &str) -> Vec<Item> {
    let report = json(text);
    let results = list(&report["runs"][0]["results"]);
    results
        .iter()
        .map(|result| {
            let prints = &result["partialFingerprints"];
            match prints["cargo-audit/advisory-fingerprint"].as_str() {
                Some(print) => {
                    let parts: Vec<&str> = print.split(':').collect();
                    let id = parts[0].strip_prefix("yanked").map_or(parts[0], |_| "");
                    Item::new(parts[1], Some(parts[2]), [id.to_owned()])
                }
                None => {
                    let krate = word(&prints["cargo-deny/krate"]);
                    let (name, version) = krate.rsplit_once('@').unwrap();
                    Item::new(
                        name,
                        Some(version),
                        [word(&prints["cargo-deny/advisory-id"])],
                    )
                }
            }
        })
        .filter(|item| !item.ids.is_empty())
        .collect()
}

/// The corpus with the licensed part of it as the default.
fn corpus(path: &str) -> Option<PathBuf> {
    let given = std::env::var_os("LOCKGATE_CORPUS").map(|folder| PathBuf::from(folder).join(path));
    let path = given.unwrap_or_else(|| match path.strip_prefix("pairs/") {
        Some(rest) => fixture("pairs").join(rest),
        None => fixture("reports").join(path),
    });
    path.is_file().then_some(path)
}

#[derive(Debug, PartialEq, Eq)]
struct Score {
    findings: usize,
    predicted: usize,
    truth: usize,
    right: usize,
}

/// Identifiers that any report of a project lists together, per package.
fn names(items: &[(usize, &Item)]) -> BTreeMap<(String, String), usize> {
    let mut group: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (number, (_, item)) in items.iter().enumerate() {
        let keys = item.ids.iter().map(|id| (item.package.clone(), id.clone()));
        let keys: Vec<_> = keys.collect();
        let known: BTreeSet<usize> = keys
            .iter()
            .filter_map(|key| group.get(key).copied())
            .collect();
        for value in group.values_mut() {
            if known.contains(value) {
                *value = number;
            }
        }
        group.extend(keys.into_iter().map(|key| (key, number)));
    }
    group
}

fn score(folder: &str, lockfiles: &[(&str, &str)], reports: &[Report]) -> Option<Score> {
    let mut lockgate = Lockgate::check();
    for (from, to) in lockfiles {
        let path = corpus(&format!("pairs/{folder}/{from}"))?;
        lockgate = lockgate.file(to, std::fs::read(path).unwrap());
    }
    let texts: Vec<String> = reports
        .iter()
        .map(|report| std::fs::read_to_string(corpus(report.path).unwrap()).unwrap())
        .collect();
    for (index, text) in texts.iter().enumerate() {
        lockgate = lockgate.report("", &format!("reports/{index}.json"), text);
    }
    let (json, _) = lockgate.json();
    let runs = list(&json["runs"]);
    assert!(
        runs.iter().all(|run| run["health"] == "complete"),
        "{runs:#?}"
    );
    let report_of = |run: &Value| {
        let name = word(&runs[usize::try_from(run.as_u64().unwrap()).unwrap()]["report"]);
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<usize>().unwrap()
    };

    let read: Vec<Vec<Item>> = reports
        .iter()
        .zip(&texts)
        .map(|(r, t)| (r.read)(t))
        .collect();
    let items: Vec<(usize, &Item)> = read
        .iter()
        .enumerate()
        .flat_map(|(report, items)| items.iter().map(move |item| (report, item)))
        .collect();
    let names = names(&items);
    let group = |item: &Item| {
        let id = item.ids.first().unwrap().clone();
        names[&(item.package.clone(), id)]
    };

    let findings = list(&json["findings"]);
    let dependencies = findings.iter().filter(|f| f["kind"] == "dependency");
    let facts: Vec<(String, String, BTreeSet<usize>, BTreeSet<String>)> = dependencies
        .map(|f| {
            let witnesses = list(&f["witnesses"]);
            (
                word(&f["package"]["name"]).to_lowercase(),
                word(&f["package"]["version"]),
                witnesses.iter().map(|w| report_of(&w["run"])).collect(),
                words(&f["advisories"]).into_iter().collect(),
            )
        })
        .collect();
    let homes: Vec<BTreeSet<usize>> = items
        .iter()
        .map(|(report, item)| {
            let fits = |(package, version, seen, ids): &(
                String,
                String,
                BTreeSet<usize>,
                BTreeSet<String>,
            )| {
                *package == item.package
                    && seen.contains(report)
                    && item.version.as_ref().is_none_or(|v| v == version)
                    && !item.ids.is_disjoint(ids)
            };
            let homes: BTreeSet<usize> = facts
                .iter()
                .enumerate()
                .filter(|(_, f)| fits(f))
                .map(|(i, _)| i)
                .collect();
            assert!(
                !homes.is_empty(),
                "{} {:?} is in no finding",
                item.package,
                item.ids
            );
            homes
        })
        .collect();

    let (mut predicted, mut truth, mut right) = (0, 0, 0);
    for (a, (report_a, item_a)) in items.iter().enumerate() {
        for (b, (report_b, item_b)) in items.iter().enumerate().skip(a + 1) {
            if report_a == report_b {
                continue;
            }
            let version = match (&item_a.version, &item_b.version) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            };
            let same = item_a.package == item_b.package
                && version
                && reports[*report_a].lockfile == reports[*report_b].lockfile
                && group(item_a) == group(item_b);
            let merged = !homes[a].is_disjoint(&homes[b]);
            predicted += usize::from(merged);
            truth += usize::from(same);
            right += usize::from(merged && same);
            if merged != same {
                println!(
                    "{folder}: {} {:?} / {:?}: merged {merged}, same {same}",
                    item_a.package, item_a.ids, item_b.ids
                );
            }
        }
    }
    let score = Score {
        findings: facts.len(),
        predicted,
        truth,
        right,
    };
    println!(
        "{folder}: {} findings; {} of {} merged pairs are right (precision), {} of {} true pairs are merged (recall)",
        score.findings, score.right, score.predicted, score.right, score.truth
    );
    Some(score)
}

/// Precision 1, recall 1, and the number of findings that PAIRS.tsv of the corpus gives.
fn perfect(
    folder: &str,
    lockfiles: &[(&str, &str)],
    reports: &[Report],
    findings: usize,
    pairs: usize,
) {
    let score = score(folder, lockfiles, reports).expect("the fixtures are there");
    assert_eq!(
        score,
        Score {
            findings,
            predicted: pairs,
            truth: pairs,
            right: pairs
        },
        "{folder}"
    );
}

#[test]
fn trivy_and_pip_audit_on_one_requirements_file() {
    let lockfile = "requirements.txt";
    let reports = [
        Report {
            path: "trivy/golden__pip.json",
            lockfile,
            read: trivy,
        },
        Report {
            path: "pip-audit/gen__trivy-pip.json",
            lockfile,
            read: pip_audit,
        },
    ];
    perfect("trivy-pip", &[(lockfile, lockfile)], &reports, 8, 2);
}

#[test]
fn trivy_and_pip_audit_on_one_uv_lock() {
    let lockfile = "uv.lock";
    let reports = [
        Report {
            path: "trivy/golden__uv.json",
            lockfile,
            read: trivy,
        },
        Report {
            path: "pip-audit/gen__trivy-uv.json",
            lockfile,
            read: pip_audit,
        },
    ];
    perfect("trivy-uv", &[(lockfile, lockfile)], &reports, 7, 2);
}

/// npm knows the GHSA only, Trivy the CVE, and the GHSA among its references.
#[test]
fn trivy_and_npm_audit_on_one_package_lock() {
    let lockfile = "package-lock.json";
    let reports = [
        Report {
            path: "trivy/golden__npm.json",
            lockfile,
            read: trivy,
        },
        Report {
            path: "npm/gen__trivy-npm-npm11.json",
            lockfile,
            read: npm2,
        },
    ];
    perfect("trivy-npm", &[(lockfile, lockfile)], &reports, 3, 1);
}

/// 12 vulnerabilities of cargo-audit, four warnings that only SARIF and cargo-deny list as results
/// (anyhow, memmap2, paste and rand), and one yanked package without an advisory.
///
/// Pairs by the number of reports that see an advisory: 8 are in all five (10 pairs each), anyhow
/// and paste in three (3 each), the four of rustls-webpki in cargo-audit's two (1 each); memmap2 and
/// rand are in one.
#[test]
fn two_tools_in_five_formats_on_one_cargo_lock() {
    let lockfile = "Cargo.lock";
    let reports = [
        Report {
            path: "cargo-audit/gen__noseyparker.json",
            lockfile,
            read: cargo,
        },
        Report {
            path: "cargo-audit/gen__noseyparker.sarif",
            lockfile,
            read: cargo_sarif,
        },
        Report {
            path: "cargo-deny/gen__noseyparker-advisories.jsonl",
            lockfile,
            read: deny_lines,
        },
        Report {
            path: "cargo-deny/gen__noseyparker-auditcompat.json",
            lockfile,
            read: cargo,
        },
        Report {
            path: "cargo-deny/gen__noseyparker.sarif",
            lockfile,
            read: cargo_sarif,
        },
    ];
    perfect("noseyparker", &[(lockfile, lockfile)], &reports, 17, 90);
}

/// One project under three package managers: the same advisory in another lockfile is another
/// finding. The lockfiles have no stated licence, so they are not copied here.
#[test]
fn three_package_managers_keep_to_their_lockfiles() {
    let reports = [
        Report {
            path: "npm/gen__jimahub-npm11.json",
            lockfile: "package-lock.json",
            read: npm2,
        },
        Report {
            path: "pnpm/gen__pnpm12-bulk.json",
            lockfile: "pnpm-lock.yaml",
            read: npm1,
        },
        Report {
            path: "yarn/gen__berry4-all-recursive.jsonl",
            lockfile: "yarn.lock",
            read: berry,
        },
        Report {
            path: "yarn/gen__berry4-default-direct-only.jsonl",
            lockfile: "yarn.lock",
            read: berry,
        },
    ];
    let lockfiles = [
        ("package-lock.json", "package-lock.json"),
        ("package.json", "package.json"),
        ("pnpm-lock.yaml", "pnpm-lock.yaml"),
        ("yarn-berry.lock", "yarn.lock"),
    ];
    if let Some(score) = score("jimahub-project-c-large", &lockfiles, &reports) {
        assert_eq!((score.predicted, score.right, score.truth), (39, 39, 39));
    }
}

#[test]
fn one_tool_in_two_formats_gives_the_same_findings() {
    let read = |name: &str| std::fs::read(corpus(name).unwrap()).unwrap();
    let (json, _) = Lockgate::check()
        .report("", "b.json", read("bandit/gen__pygoat.json"))
        .report("", "b.sarif", read("bandit/gen__pygoat.sarif"))
        .json();
    let findings = list(&json["findings"]);
    assert_eq!(findings.len(), 65);
    assert!(findings.iter().all(|f| list(&f["witnesses"]).len() == 2));
}
