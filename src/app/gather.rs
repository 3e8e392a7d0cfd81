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
use crate::merge::surroundings::{Surroundings, text_digest};
use crate::merge::{condense, line_hash::line_hashes};
use crate::model::{
    Certainty, Evidence, Foreign as _, Health, Located, Location, Observation, Problem, Region,
    RepoPath, ScannerId, SourceDigests, Untrusted, Witnessed,
};
use crate::policy::Policy;
use crate::shard::Unit;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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
    quote_sources(&mut runs, &request.root);
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

/// Takes the lines again, for evidence that several jobs have gathered: what they knew of secrets is
/// now known together. Lines of files that are not here stay as they were taken.
pub fn quote_again(runs: &mut [Witnessed], root: &Root) {
    for located in runs.iter_mut().flat_map(|w| &mut w.observations) {
        if wanted_line(located).is_some() {
            located.observation.line_hash = located.line_hash.take();
        }
    }
    quote_sources(runs, root);
}

/// Reads each file that observations point into once, and takes from it the lines' hashes and
/// texts.
fn quote_sources(runs: &mut [Witnessed], root: &Root) {
    let mut wanted: BTreeMap<&RepoPath, BTreeSet<(bool, Region)>> = BTreeMap::new();
    let mut secrets: BTreeSet<RepoPath> = BTreeSet::new();
    for located in runs.iter().flat_map(|w| &w.observations) {
        if let Some((path, key)) = wanted_line(located) {
            wanted.entry(path).or_default().insert(key);
        }
        if located.observation.holds_secret() {
            secrets.insert(located.location.path.clone());
        }
    }
    let quoted: BTreeMap<RepoPath, Quotes> = wanted
        .into_par_iter()
        .filter_map(|(path, lines)| {
            let bytes = root.read(path)?;
            Some((path.clone(), quotes(&bytes, &lines)))
        })
        .collect();
    runs.par_iter_mut()
        .flat_map(|w| w.observations.par_iter_mut())
        .for_each(|located| {
            if !secrets.contains(&located.location.path)
                && let Some(line) = &located.observation.quoted_line
            {
                located.digests.text = Some(text_digest(&condense(line.raw())));
            }
            let Some((path, key)) = wanted_line(located) else {
                return;
            };
            let quote = quoted
                .get(path)
                .and_then(|quotes| quotes.get(&key))
                .cloned();
            let given = located.observation.line_hash.take();
            match quote {
                Some(quote) => {
                    located.line_hash = Some(quote.hash);
                    located.line_text = quote.text;
                    located.digests = quote.digests;
                }
                None => located.line_hash = given,
            }
        });
}

/// What a file says about the lines that were asked for.
type Quotes = BTreeMap<(bool, Region), Quote>;

#[derive(Clone)]
struct Quote {
    hash: String,
    /// The text, unless it holds a secret.
    text: Option<Untrusted>,
    digests: SourceDigests,
}

fn wanted_line(located: &Located) -> Option<(&RepoPath, (bool, Region))> {
    let Location {
        path,
        region,
        certainty,
        ..
    } = &located.location;
    let secret = located.observation.holds_secret();
    region
        .filter(|_| *certainty == Certainty::Exact)
        .map(|region| (path, (secret, region)))
}

fn quotes(bytes: &[u8], lines: &BTreeSet<(bool, Region)>) -> Quotes {
    let text = String::from_utf8_lossy(bytes);
    let secrets: Vec<Region> = lines
        .iter()
        .filter(|(s, _)| *s)
        .map(|(_, region)| *region)
        .collect();
    // The hash of a line with a secret would confirm a guess of it, so such lines are hashed without
    // their text.
    let hidden = covered(&text, &secrets);
    let masked = match secrets.as_slice() {
        [] => Vec::new(),
        _ => line_hashes(without(&text, &hidden).as_bytes()),
    };
    let plain = line_hashes(bytes);
    let texts: Vec<&str> = text.lines().collect();
    let mut surroundings = Surroundings::new(&texts, &hidden);
    let mut quotes = BTreeMap::new();
    for key @ (secret, region) in lines {
        let index = region.line as usize - 1;
        let hashes = if *secret { &masked } else { &plain };
        let Some(hash) = hashes.get(index) else {
            continue;
        };
        let line = texts
            .get(index)
            .filter(|_| !*secret)
            .map(|line| condense(line));
        let digests = line.as_ref().map(|line| surroundings.of(index, line));
        let quote = Quote {
            hash: hash.clone(),
            text: line,
            digests: digests.unwrap_or_default(),
        };
        quotes.insert(*key, quote);
    }
    quotes
}

/// Which lines of a text are inside of one of the regions.
fn covered(text: &str, regions: &[Region]) -> Vec<bool> {
    let lines = text.split_inclusive('\n').count();
    // Regions that begin at a line, less those that ended before it.
    let mut steps = vec![0_i64; lines + 1];
    for region in regions {
        let first = (region.line as usize - 1).min(lines);
        let end = region
            .end_line
            .map_or(region.line, |end| end.max(region.line)) as usize;
        for (at, step) in [(first, 1), (end.min(lines), -1)] {
            if let Some(slot) = steps.get_mut(at) {
                *slot += step;
            }
        }
    }
    steps
        .iter()
        .scan(0, |inside, step| {
            *inside += step;
            Some(*inside > 0)
        })
        .collect()
}

/// The text with the hidden lines replaced by a fixed word.
fn without(text: &str, hidden: &[bool]) -> String {
    let mut out = String::with_capacity(text.len());
    for (line, hidden) in text.split_inclusive('\n').zip(hidden) {
        out.push_str(match (hidden, line.ends_with('\n')) {
            (false, _) => line,
            (true, true) => "[secret]\n",
            (true, false) => "[secret]",
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_secret_is_masked() {
        let region = |line: u64, end: u64| Region::line(line).unwrap().to_line(end);
        let text = "a\nb\nc\nd\ne";
        let secrets = [region(2, 3), region(3, 3), region(5, 4_000_000)];
        let masked = without(text, &covered(text, &secrets));
        assert_eq!(masked, "a\n[secret]\n[secret]\nd\n[secret]");
    }
}
