//! Reading a file for its remarks: one result at a time, so that memory does not grow with them.

use super::address;
use super::text::{is_given, message, severity};
use super::{About, Remark, Remarks, loses, rejects};
use crate::upload::{MAX_RESULTS, MAX_RUNS, SHOWN};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Read;

/// More limits of the same table as [`MAX_RUNS`].
const MAX_RULES: usize = 25_000;
const MAX_EXTENSIONS: usize = 100;
const MAX_LOCATIONS: usize = 1_000;
const MAX_STEPS: usize = 10_000;
const MAX_TAGS: usize = 20;
const KEPT_TAGS: usize = 10;
/// Characters that are kept of a rule's name and of its descriptions.
const KEPT_NAME: usize = 255;
const KEPT_TEXT: usize = 1_024;

const NOT_SARIF: About = rejects("not-sarif", "the file is no SARIF");
const VERSION: About = rejects("version", "the version is not 2.1.0");
const NO_RUNS: About = rejects("no-runs", "there is no list of runs");
const RUNS: About = rejects("too-many-runs", "there are more than 20 runs");
const NO_RESULTS: About = rejects("no-results", "a run has no list of results");
const NO_NAME: About = rejects("no-tool-name", "a run's tool has no name");
const CATEGORY: About = rejects("same-category", "two runs have the same category");
const RESULTS: About = rejects("too-many-results", "a run has more than 25000 results");
const RULES: About = rejects("too-many-rules", "a run has more than 25000 rules");
const EXTENSIONS: About = rejects(
    "too-many-extensions",
    "a run's tool has more than 100 extensions",
);
const NO_ID: About = rejects("no-rule-id", "a rule has no id");
const RULE_TEXT: About = rejects(
    "no-rule-text",
    "a rule lacks shortDescription.text, fullDescription.text or help.text",
);
const TAGS: About = rejects("too-many-tags", "a rule has more than 20 tags");
const NO_MESSAGE: About = rejects("no-message", "a result has no message.text");
const NO_LOCATION: About = rejects("no-location", "a result has no location");
const NO_FILE: About = rejects(
    "no-file",
    "a result's first location names no file (artifactLocation.uri)",
);
const NO_LINE: About = rejects(
    "no-line",
    "a result's first location has no region.startLine of 1 or more",
);
const LOCATIONS: About = rejects(
    "too-many-locations",
    "a result has more than 1000 locations",
);
const STEPS: About = rejects(
    "too-many-steps",
    "a result has more than 10000 thread flow locations",
);

const NOT_SHOWN: About = loses(
    "not-shown",
    "results of a run beyond the 5000 most severe are not shown",
);
const FAILED: About = loses(
    "failed-run",
    "a run says that it failed; nothing of its file is taken, and no alert is closed",
);
const CUT_TAGS: About = loses(
    "tags-cut",
    "a rule has more than 10 tags, of which 10 are kept",
);
const CUT_NAME: About = loses("name-cut", "a rule's name has more than 255 characters");
const CUT_TEXT: About = loses(
    "text-cut",
    "a rule's description has more than 1024 characters",
);
const NOT_SECURITY: About = loses(
    "no-security-tag",
    "a rule has a security-severity, which does not count without the tag security",
);
const TWICE: About = loses("same-rule-id", "two rules of a run have the same id");
const NO_RULE: About = loses(
    "unknown-rule",
    "a result's ruleId is no rule's id, so that it has no severity",
);
const SUPPRESSED: About = loses("suppressed", "a suppressed result becomes an open alert");
const NO_FINGERPRINT: About = loses(
    "no-fingerprint",
    "a result has no primaryLocationLineHash, so that its alert may come twice",
);

/// Reads a file and says what code scanning would say.
pub fn read(source: impl Read) -> Vec<Remark> {
    let mut remarks = Remarks::default();
    let log: Log = match serde_json::from_reader(source) {
        Ok(log) => log,
        Err(e) => {
            remarks.note(NOT_SARIF, 1, String::new, &e.to_string());
            return remarks.into_list();
        }
    };
    if log.version.as_str() != Some("2.1.0") {
        remarks.note(VERSION, 1, || "version".to_owned(), "");
    }
    let Some(runs) = &log.runs else {
        remarks.note(NO_RUNS, 1, || "runs".to_owned(), "");
        return remarks.into_list();
    };
    let more = runs.len() > MAX_RUNS;
    remarks.note(RUNS, usize::from(more), || format!("runs[{MAX_RUNS}]"), "");
    let mut categories = BTreeSet::new();
    for (index, run) in runs.iter().enumerate() {
        let place = format!("runs[{index}]");
        let id = run
            .automation_details
            .as_ref()
            .and_then(|a| a.id.as_deref());
        let category = id.and_then(|id| id.rsplit_once('/')).map_or("", |(c, _)| c);
        let again = !categories.insert(category);
        remarks.note(CATEGORY, usize::from(again), || place.clone(), category);
        run.examine(&place, &mut remarks);
    }
    remarks.into_list()
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    version: Value,
    runs: Option<Vec<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Option<Tool>,
    automation_details: Option<Automation>,
    #[serde(default)]
    invocations: Option<Vec<Invocation>>,
    results: Option<Results>,
}

#[derive(Deserialize)]
struct Automation {
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
    working_directory: Option<Artifact>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Option<Component>,
    extensions: Option<Vec<Component>>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Rule {
    id: Value,
    name: Value,
    short_description: Value,
    full_description: Value,
    help: Value,
    properties: Properties,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Properties {
    tags: Vec<Value>,
    #[serde(rename = "security-severity", deserialize_with = "present")]
    severity: Option<Value>,
}

/// Tells `null`, which is refused, from a value that is not there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: Option<String>,
    #[serde(default)]
    message: Value,
    locations: Option<Vec<Location>>,
    #[serde(default)]
    code_flows: Option<Vec<CodeFlow>>,
    #[serde(default)]
    suppressions: Option<Vec<IgnoredAny>>,
    partial_fingerprints: Option<BTreeMap<String, IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: Option<Vec<ThreadFlow>>,
}

#[derive(Deserialize)]
struct ThreadFlow {
    locations: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<Artifact>,
    region: Option<Region>,
}

#[derive(Deserialize)]
struct Artifact {
    uri: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    #[serde(default)]
    start_line: Value,
}

/// What the results of a run have in common with what is refused.
#[derive(Default)]
struct Results {
    count: usize,
    /// Number and first position of each kind of remark, with the words there.
    noted: Vec<(About, usize, usize, String)>,
    /// Number and first position of each rule that results name.
    rules: BTreeMap<String, (usize, usize)>,
    /// Number and first position of addresses with the scheme `file`.
    absolute: Option<(usize, usize, String)>,
}

impl<'de> Deserialize<'de> for Results {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Results;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of results")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Results, A::Error> {
                let mut results = Results::default();
                while let Some(result) = list.next_element::<SarifResult>()? {
                    results.add(result);
                }
                Ok(results)
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

impl Results {
    fn add(&mut self, result: SarifResult) {
        let text = message(&result.message).unwrap_or_default();
        self.note(NO_MESSAGE, text.trim().is_empty(), "");
        let locations = result.locations.unwrap_or_default();
        self.note(LOCATIONS, locations.len() > MAX_LOCATIONS, "");
        match locations.into_iter().next() {
            None => self.note(NO_LOCATION, true, text),
            Some(location) => self.place(location),
        }
        let flows = result.code_flows.into_iter().flatten();
        let threads = flows.flat_map(|flow| flow.thread_flows.unwrap_or_default());
        let steps: usize = threads
            .map(|thread| thread.locations.map_or(0, |list| list.len()))
            .sum();
        self.note(STEPS, steps > MAX_STEPS, "");
        let suppressed = result.suppressions.is_some_and(|list| !list.is_empty());
        self.note(SUPPRESSED, suppressed, text);
        let prints = result.partial_fingerprints.unwrap_or_default();
        let known = prints.contains_key("primaryLocationLineHash");
        self.note(NO_FINGERPRINT, !known, "");
        if let Some(rule) = result.rule_id {
            let seen = self.rules.entry(rule).or_insert((0, self.count));
            seen.0 += 1;
        }
        self.count += 1;
    }

    fn place(&mut self, location: Location) {
        let Some(physical) = location.physical_location else {
            return self.note(NO_FILE, true, "");
        };
        let line = physical.region.and_then(|r| r.start_line.as_u64());
        self.note(NO_LINE, line.unwrap_or_default() == 0, "");
        let artifact = physical.artifact_location;
        let Some(uri) = artifact.as_ref().and_then(|a| a.uri.as_deref()) else {
            let indexed = artifact.and_then(|a| a.index).is_some();
            return self.note(NO_FILE, !indexed, "");
        };
        self.note(NO_FILE, uri.is_empty(), "");
        // Whether the file says where the sources were may stand behind its results.
        if let Some(about) = address::examine(uri, true) {
            self.note(about, true, uri);
        } else if address::examine(uri, false).is_some() {
            let (count, ..) = self.absolute.get_or_insert((0, self.count, uri.to_owned()));
            *count += 1;
        }
    }

    fn note(&mut self, about: About, holds: bool, words: &str) {
        if !holds {
            return;
        }
        match self
            .noted
            .iter_mut()
            .find(|(known, ..)| known.code == about.code)
        {
            Some((_, count, ..)) => *count += 1,
            None => self.noted.push((about, 1, self.count, words.to_owned())),
        }
    }

    fn examine(&self, place: &str, known: &BTreeSet<&str>, rooted: bool, remarks: &mut Remarks) {
        let at = |index: usize| move || format!("{place}.results[{index}]");
        for (about, count, index, words) in &self.noted {
            remarks.note(*about, *count, at(*index), words);
        }
        let first = self.absolute.as_ref().filter(|_| !rooted);
        if let Some((count, index, uri)) = first
            && let Some(about) = address::examine(uri, false)
        {
            remarks.note(about, *count, at(*index), uri);
        }
        for (rule, (count, index)) in &self.rules {
            let lost = !known.contains(rule.as_str());
            remarks.note(NO_RULE, if lost { *count } else { 0 }, at(*index), rule);
        }
        let too_many = usize::from(self.count > MAX_RESULTS);
        remarks.note(RESULTS, too_many, at(MAX_RESULTS), "");
        let hidden = self.count.saturating_sub(SHOWN);
        remarks.note(NOT_SHOWN, hidden, at(SHOWN), "");
    }
}

impl Run {
    fn examine(&self, place: &str, remarks: &mut Remarks) {
        let here = || place.to_owned();
        let driver = self.tool.as_ref().and_then(|tool| tool.driver.as_ref());
        let named = driver.is_some_and(|driver| is_given(&driver.name));
        remarks.note(NO_NAME, usize::from(!named), here, "");
        let extensions = self
            .tool
            .as_ref()
            .and_then(|tool| tool.extensions.as_deref());
        let extensions = extensions.unwrap_or_default();
        let too_many = usize::from(extensions.len() > MAX_EXTENSIONS);
        remarks.note(EXTENSIONS, too_many, here, "");
        let components = driver.into_iter().chain(extensions);
        let rules: Vec<&Rule> = components.flat_map(|c| c.rules.iter().flatten()).collect();
        let too_many = usize::from(rules.len() > MAX_RULES);
        remarks.note(RULES, too_many, here, "");
        let mut known = BTreeSet::new();
        for (index, rule) in rules.iter().enumerate() {
            let at = || format!("{place}.tool, rule {index}");
            let id = rule.id.as_str().unwrap_or_default();
            let again = usize::from(!id.is_empty() && !known.insert(id));
            remarks.note(TWICE, again, at, id);
            rule.examine(&at, id, remarks);
        }
        let invocation = self.invocations.as_ref().and_then(|list| list.first());
        let failed = invocation.is_some_and(|i| i.execution_successful == Some(false));
        remarks.note(FAILED, usize::from(failed), here, "");
        let folder = invocation.and_then(|i| i.working_directory.as_ref());
        let rooted = folder.is_some_and(|folder| folder.uri.is_some());
        match &self.results {
            None => remarks.note(NO_RESULTS, 1, here, ""),
            Some(results) => results.examine(place, &known, rooted, remarks),
        }
    }
}

impl Rule {
    fn examine(&self, at: &impl Fn() -> String, id: &str, remarks: &mut Remarks) {
        let mut note = |about, holds| remarks.note(about, usize::from(holds), at, id);
        note(NO_ID, !is_given(&self.id));
        let texts = [&self.short_description, &self.full_description, &self.help];
        let texts = texts.map(|value| message(value).unwrap_or_default());
        note(RULE_TEXT, texts.iter().any(|text| text.trim().is_empty()));
        let longer = |text: &str, most| text.chars().count() > most;
        note(
            CUT_NAME,
            self.name.as_str().is_some_and(|n| longer(n, KEPT_NAME)),
        );
        let [short, full, _] = texts;
        note(
            CUT_TEXT,
            longer(short, KEPT_TEXT) || longer(full, KEPT_TEXT),
        );
        let tags = &self.properties.tags;
        note(TAGS, tags.len() > MAX_TAGS);
        note(CUT_TAGS, (KEPT_TAGS + 1..=MAX_TAGS).contains(&tags.len()));
        if let Some(value) = &self.properties.severity {
            if let Some(about) = severity(value) {
                note(about, true);
            }
            note(NOT_SECURITY, !tags.iter().any(|tag| tag == "security"));
        }
    }
}
