//! The finding that somebody means.

use crate::model::{
    AdvisoryId, Assessment, BaselineEntry, Context, Decided, Foreign as _, HealthLevel, Run,
};

/// What was found.
pub enum Search<'a> {
    /// This one.
    One(&'a Decided),
    /// Several; the word does not tell them apart.
    Several(Vec<&'a Decided>),
    /// None, with what is known instead.
    None(Missing<'a>),
}

/// What is known of a finding that is not there.
#[derive(Default)]
pub struct Missing<'a> {
    /// Findings with a fingerprint like it.
    pub near: Vec<&'a Decided>,
    /// What the baseline has under that name, with whether it is resolved: its scanner has worked
    /// and does not see it any more.
    pub known: Vec<(&'a BaselineEntry, bool)>,
    /// Runs that may have left it out.
    pub doubtful: Vec<&'a Run>,
    /// Number of findings that are there.
    pub findings: usize,
}

/// Fewest digits of a fingerprint that mean one.
const FEWEST: usize = 4;

/// Digits at the start that a fingerprint has to have in common to be called near.
const NEAR: usize = 3;

/// Fingerprints that are offered.
const MAX_NEAR: usize = 5;

/// Finds by fingerprint or its beginning, by advisory, or by `PATH[:LINE]`.
pub fn search<'a>(word: &str, assessment: &'a Assessment, context: &'a Context) -> Search<'a> {
    let word = word.trim();
    let all = || assessment.findings.iter();
    let matching: Vec<&Decided> = match Wanted::new(word) {
        Wanted::Fingerprint(start) => all()
            .filter(|d| d.finding.fingerprint.starts_with(&start))
            .collect(),
        Wanted::Advisory(id) => all()
            .filter(|d| d.finding.observation.advisories.contains(&id))
            .collect(),
        Wanted::Place => Vec::new(),
    };
    let matching = match matching.is_empty() {
        true => at(word, assessment),
        false => matching,
    };
    match matching.as_slice() {
        [] => Search::None(missing(word, assessment, context)),
        [one] => Search::One(one),
        _ => Search::Several(matching),
    }
}

/// What a word may mean, besides a place.
enum Wanted {
    Fingerprint(String),
    Advisory(AdvisoryId),
    Place,
}

impl Wanted {
    fn new(word: &str) -> Self {
        let hex = word.len() >= FEWEST && word.chars().all(|c| c.is_ascii_hexdigit());
        match AdvisoryId::new(word) {
            _ if hex => Self::Fingerprint(word.to_ascii_lowercase()),
            Some(id) => Self::Advisory(id),
            None => Self::Place,
        }
    }
}

/// Findings in a file, or around a line of it. The path may begin at the checked folder or at the
/// root of its repository.
fn at<'a>(word: &str, assessment: &'a Assessment) -> Vec<&'a Decided> {
    let numbered = word
        .rsplit_once(':')
        .and_then(|(path, line)| Some((path, Some(line.parse::<u32>().ok()?))));
    let (path, line) = numbered.unwrap_or((word, None));
    let path = path.strip_prefix("./").unwrap_or(path);
    let here = |d: &&Decided| {
        let location = &d.finding.location;
        let prefix = assessment.prefix.as_ref();
        let named = location.path.raw() == path || location.path.below(prefix).raw() == path;
        let covers = |line: u32| {
            location.region.is_some_and(|region| {
                (region.line..=region.end_line.unwrap_or(region.line)).contains(&line)
            })
        };
        named && line.is_none_or(covers)
    };
    assessment.findings.iter().filter(here).collect()
}

fn missing<'a>(word: &str, assessment: &'a Assessment, context: &'a Context) -> Missing<'a> {
    let wanted = Wanted::new(word);
    let near = match &wanted {
        Wanted::Fingerprint(start) => near(start, assessment),
        Wanted::Advisory(_) | Wanted::Place => Vec::new(),
    };
    let same = |entry: &&BaselineEntry| match &wanted {
        Wanted::Fingerprint(start) => entry.fingerprint.starts_with(start),
        Wanted::Advisory(id) => entry.advisories.contains(id),
        Wanted::Place => entry.path.raw() == word.split(':').next().unwrap_or(word),
    };
    let entries = context.baseline.iter().flat_map(|b| &b.entries);
    let doubtful = assessment
        .runs
        .iter()
        .filter(|run| run.health.level() != HealthLevel::Complete && !run.health.is_excused());
    Missing {
        near,
        known: entries
            .filter(same)
            .map(|entry| (entry, assessment.resolved.contains(entry)))
            .collect(),
        doubtful: doubtful.collect(),
        findings: assessment.findings.len(),
    }
}

/// Those with the longest beginning in common.
fn near<'a>(start: &str, assessment: &'a Assessment) -> Vec<&'a Decided> {
    let common = |fingerprint: &str| {
        let pairs = fingerprint.chars().zip(start.chars());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let mut near: Vec<(usize, &Decided)> = assessment
        .findings
        .iter()
        .map(|d| (common(&d.finding.fingerprint), d))
        .filter(|(common, _)| *common >= NEAR)
        .collect();
    near.sort_by_key(|(common, _)| std::cmp::Reverse(*common));
    near.into_iter().take(MAX_NEAR).map(|(_, d)| d).collect()
}
