//! Reports → evidence: read, parse, give every observation its place.

use super::base::Compared;
use super::committed::{Committed, Doubt};
use super::request::Request;
use super::running;
use super::share::{Share, unit};
use super::suppressions::{self, Undone};
use super::tools::{self, Wanted};
use crate::edge::files::Root;
use crate::edge::programs::Programs;
use crate::edge::reports::{self, ReportFile};
use crate::ingest::{self, Expected, tool::Parsed};
use crate::invoke::{self, RECIPES};
use crate::locate::{self, Locator, Tree};
use crate::manifest;
use crate::model::{
    Evidence, Health, Located, Observation, Problem, RepoPath, ScannerId, SourceDigests, Untrusted,
    Witnessed,
};
use crate::policy::Policy;
use crate::shard::Unit;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A report that is expected: one that is there, or the name of one that is not.
struct Expectation {
    expected: Option<Expected>,
    /// What it belongs to when the check is divided.
    unit: Unit,
    file: Result<ReportFile, Untrusted>,
    /// Why it is no evidence of this run, when git has it.
    doubt: Option<Doubt>,
}

/// Everything that the reports say, and those of the tools that are run, with its places.
/// Second, which suppressions had no effect on the tools that were run.
pub fn evidence(
    request: &Request,
    policy: &Policy,
    committed: &Committed<'_>,
    compared: &Compared<'_>,
    share: &Share,
) -> (Evidence, Undone) {
    let (expectations, mut replaced) = expectations(request, policy);
    replaced.retain(|expectation| share.holds(&expectation.unit));
    let (mut expectations, others): (Vec<_>, Vec<_>) = expectations
        .into_iter()
        .partition(|expectation| share.holds(&expectation.unit));
    for expectation in &mut expectations {
        let file = expectation.file.as_ref().ok();
        expectation.doubt = file.and_then(|file| committed.doubt(file));
    }
    let touched = match compared {
        Compared::With(known) => Some(&known.touched.files),
        Compared::Without(_) => None,
    };
    let (mut runs, tree) = rayon::join(
        || {
            expectations
                .par_iter()
                .flat_map_iter(read)
                .collect::<Vec<_>>()
        },
        || tree(&request.root, touched),
    );
    let asked = Asked {
        request,
        policy,
        share,
    };
    let undone = run_tools(&mut runs, replaced, &others, &asked, compared);
    runs.par_iter_mut().for_each(|(witnessed, inside)| {
        let locator = Locator::new(inside.as_ref(), &tree);
        witnessed.observations = std::mem::take(&mut witnessed.observations)
            .into_par_iter()
            .flat_map_iter(|located| locator.locate(*located.observation))
            .map(|(observation, location)| Located {
                location,
                ..unplaced(observation)
            })
            .collect();
    });
    let mut runs: Vec<Witnessed> = runs.into_iter().map(|(witnessed, _)| witnessed).collect();
    suppressions::settle(&mut runs, &undone, compared, &request.root);
    (
        Evidence {
            runs,
            ..Evidence::default()
        },
        undone,
    )
}

/// Who asks for evidence.
struct Asked<'a> {
    request: &'a Request,
    policy: &'a Policy,
    share: &'a Share,
}

/// Runs the tools of which no report is given. `replaced` are the reports that the policy names, are
/// not there, and are made up for by running the tool; `others` the reports that other jobs read.
fn run_tools(
    runs: &mut Vec<Placed>,
    replaced: Vec<Expectation>,
    others: &[Expectation],
    asked: &Asked<'_>,
    compared: &Compared<'_>,
) -> Undone {
    let Asked {
        request,
        policy,
        share,
    } = asked;
    let ours = |scanner: &ScannerId| {
        tools::wanted(scanner, policy, &request.run) != Wanted::No && share.has(scanner)
    };
    if !RECIPES.iter().any(|recipe| ours(&recipe.id())) {
        return Undone::new();
    }
    let elsewhere: Vec<Placed> = others.par_iter().flat_map_iter(read).collect();
    let all = runs.iter().chain(&elsewhere);
    let given: BTreeSet<ScannerId> = all.map(|(w, _)| w.run.scanner.clone()).collect();
    let programs = Programs::new(&request.root);
    let mut plans = tools::plans(&request.root, policy, &request.run, &given, &programs);
    plans.retain(|plan| share.has(&plan.recipe.id()));
    let undone = tools::deafen(&mut plans, compared);
    let of_given = |e: &&Expectation| {
        e.expected
            .as_ref()
            .is_some_and(|e| given.contains(&e.scanner))
    };
    let missing: Vec<Placed> = replaced.iter().filter(of_given).flat_map(read).collect();
    for plan in plans
        .iter()
        .filter(|plan| plan.given && plan.wanted == Wanted::Expected)
    {
        let its = |(w, _): &&mut Placed| w.run.scanner == plan.recipe.id();
        if let Some((witnessed, _)) = runs.iter_mut().find(its) {
            let text = "the tool was not run, because a report of it is given";
            witnessed.run.notes.push(Problem::new("not-run", text));
        }
    }
    runs.extend(missing);
    for left in running::run(&plans, &request.root, &programs, request.quiet) {
        let name = left.command.clone().unwrap_or_default();
        let mut witnessed = witnessed(left.parsed, &name, left.ordinal);
        witnessed.run.report = left.command;
        runs.push((witnessed, left.inside));
    }
    undone
}

/// The reports on the command line, then those of the policy; each file once for each scanner.
/// Second, those of the policy that are not there, of scanners without any report whose tool is to
/// be run.
fn expectations(request: &Request, policy: &Policy) -> (Vec<Expectation>, Vec<Expectation>) {
    let root = &request.root;
    let mut list = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |expected: Option<Expected>, name: &str, files: Vec<ReportFile>| {
        let unit = unit(expected.as_ref(), name);
        if files.is_empty() {
            list.push(Expectation {
                expected,
                unit,
                file: Err(name.into()),
                doubt: None,
            });
            return;
        }
        for file in files {
            let scanner = expected.as_ref().map(|e| e.scanner.clone());
            if seen.insert((file.identity(), scanner)) {
                list.push(Expectation {
                    expected: expected.clone(),
                    unit: unit.clone(),
                    file: Ok(file),
                    doubt: None,
                });
            }
        }
    };
    for report in &request.reports {
        let files = reports::on_command_line(&report.name, root);
        add(report.expected.clone(), &report.name, files);
    }
    let mut replaced = Vec::new();
    for (scanner, rule) in &policy.scanners {
        let expected = Expected {
            scanner: scanner.clone(),
        };
        let named: Vec<(&String, Vec<ReportFile>)> = rule
            .reports
            .iter()
            .map(|pattern| (pattern, reports::in_policy(pattern, root)))
            .collect();
        let none = named.iter().all(|(_, files)| files.is_empty());
        let run = tools::wanted(scanner, policy, &request.run) != Wanted::No
            && invoke::recipe(scanner.as_str()).is_some();
        for (pattern, files) in named {
            if none && run {
                replaced.push(Expectation {
                    expected: Some(expected.clone()),
                    unit: Unit::Scanner(scanner.clone()),
                    file: Err(pattern.as_str().into()),
                    doubt: None,
                });
            } else {
                add(Some(expected.clone()), pattern, files);
            }
        }
    }
    (list, replaced)
}

type Placed = (Witnessed, Option<RepoPath>);

fn read(expectation: &Expectation) -> Vec<Placed> {
    let expected = expectation.expected.as_ref();
    let (name, inside, parsed) = match &expectation.file {
        Ok(file) => {
            let mut parsed = match file.read() {
                Ok(bytes) => ingest::read(&bytes, expected),
                Err(problem) => vec![ingest::unread(expected, problem)],
            };
            for run in &mut parsed {
                run.coverage.modified = file.modified();
                match expectation.doubt.clone() {
                    Some(Doubt::Refused(problem)) => run.health = Health::Failed(problem),
                    Some(Doubt::Old(problem)) => run.notes.push(problem),
                    None => {}
                }
            }
            (&file.name, file.inside.clone(), parsed)
        }
        Err(name) => (
            name,
            None,
            vec![ingest::unread(expected, reports::missing())],
        ),
    };
    parsed
        .into_iter()
        .enumerate()
        .map(|(ordinal, parsed)| (witnessed(parsed, name, ordinal), inside.clone()))
        .collect()
}

fn witnessed(parsed: Parsed, report: &Untrusted, ordinal: usize) -> Witnessed {
    let (run, observations) = parsed.run(Some(report.clone()), ordinal);
    Witnessed {
        run,
        observations: observations.into_iter().map(unplaced).collect(),
    }
}

fn unplaced(observation: Observation) -> Located {
    Located {
        observation: Box::new(observation),
        location: locate::nowhere(),
        line_hash: None,
        line_text: None,
        digests: SourceDigests::default(),
    }
}

/// The repository's files and manifests.
fn tree(root: &Root, touched: Option<&BTreeSet<RepoPath>>) -> Tree {
    let mut files = root.list();
    // A change may name its own files in `.gitignore`, and they are there all the same.
    let touched = touched.into_iter().flatten();
    files.extend(touched.filter(|path| root.has(path)).cloned());
    let manifests = files
        .par_iter()
        .filter(|path| manifest::is_manifest(path))
        .filter_map(|path| {
            let beside = |name: &str| {
                let path = match path.parent() {
                    Some(folder) => folder.join(name)?,
                    None => RepoPath::new(name).ok()?,
                };
                files.contains(&path).then(|| manifest_text(root, &path))?
            };
            manifest::parse(path, &manifest_text(root, path)?, &beside)
        })
        .collect();
    Tree::new(files, root.spellings(), root.prefix(), manifests)
}

/// A manifest's text: UTF-8, or UTF-16 with a byte order mark, which PowerShell writes.
fn manifest_text(root: &Root, path: &RepoPath) -> Option<String> {
    let bytes = root.read(path)?;
    ingest::text(&bytes)
}
