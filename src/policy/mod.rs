//! The policy: what is required, what blocks, what is accepted. Pure: text in, policy out.
//!
//! A file is read in two steps, so that every error in it is reported at once: [`mod@file`] turns TOML
//! into values with their places, [`validate`] turns those into a [`Policy`].

mod added;
mod ages;
mod choose;
mod condition;
mod dark;
mod data;
mod diff;
mod duplicate;
mod evaluate;
pub(crate) mod file;
mod fragments;
mod index;
mod lines;
mod notes;
mod own;
mod places;
mod shipped;
mod tally;
mod term;
mod terms;
mod timeout;
mod trace;
mod validate;
mod waiver;
mod when;

pub use added::{AddedGates, OnSuppression};
pub use condition::{Answer, Condition, Has, Pattern, Polarity, Subject};
pub use dark::DarkAfter;
pub use data::{Data, Snapshot};
pub use diff::{baseline_changes, changes};
pub use evaluate::Judge;
pub use notes::{Seen, waiver_notes};
pub use own::{ConfigurationScan, SecretScan};
pub use shipped::{DEFAULT, SCHEMA, SHIPPED, shipped};
pub use tally::{Tally, Use};
pub use term::Term;
pub use terms::Terms;
pub use trace::{Clause, GateStep, Trace, WaiverStep, WayOut, trace};

use crate::model::diagnostic::Diagnostic;
use crate::model::{RepoPath, ScannerId, Severity, Untrusted, digest};
use jiff::SignedDuration;
use places::Places;
use semver::VersionReq;
use std::collections::BTreeMap;
use std::time::Duration;
use validate::Layer;

/// Longest chain of `extends`.
const MAX_DEPTH: usize = 8;

/// A policy that can be evaluated.
#[derive(Debug)]
pub struct Policy {
    /// The files and shipped policies that it is made of, the most specific first.
    pub sources: Vec<Untrusted>,
    /// SHA-256 of their texts, in hex: two jobs that were given the same policy agree on it.
    pub digest: String,
    /// What a finding without severity counts as.
    pub unrated: Severity,
    /// What a scanner without evidence does, unless the scanner has a word of its own.
    pub on_incomplete: OnGap,
    /// What a scanner with partial evidence does, likewise. Without a word of the policy, a required
    /// scanner blocks and another one warns.
    pub on_partial: Option<OnGap>,
    /// What a suppression does that the judged change adds.
    pub on_suppression: OnSuppression,
    /// The gates that stand for that word.
    pub added: AddedGates,
    /// Whether lockgate runs tools of which no report is given, unless the scanner has a word of its
    /// own.
    pub run: Option<Running>,
    /// How long a scanner may give no evidence to scheduled scans, unless it has a word of its own.
    pub dark_after: DarkAfter,
    /// The file of known findings, from the root of the checked folder.
    pub baseline: Option<RepoPath>,
    /// Scanners that the policy speaks of.
    pub scanners: BTreeMap<ScannerId, Scanner>,
    /// Tried in order; the first that matches decides.
    pub gates: Vec<Gate>,
    /// Accepted findings.
    pub waivers: Vec<Waiver>,
    /// Where its keys stand.
    pub places: Places,
    /// How long waivers may hold.
    pub waiver_rules: WaiverRules,
    /// What is known of vulnerabilities beyond their advisories.
    pub data: Data,
}

impl Policy {
    /// What the policy says of a scanner; the defaults for one that it does not name.
    pub fn scanner(&self, id: &ScannerId) -> Scanner {
        self.scanners.get(id).cloned().unwrap_or_default()
    }
}

/// What missing evidence does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnGap {
    /// The verdict is incomplete.
    Block,
    /// The verdict is at least warn.
    Warn,
}

/// Whether lockgate runs a tool itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Running {
    /// Where the tree has something for it and no report of it is given.
    Auto,
    /// Never.
    Never,
}

/// What the policy says of one scanner.
#[derive(Debug, Clone)]
pub struct Scanner {
    /// At least one complete run of it must be there.
    pub required: bool,
    /// Where its reports are: paths and globs, relative to the repository's root.
    pub reports: Vec<String>,
    /// Overrides [`Policy::on_incomplete`].
    pub on_incomplete: Option<OnGap>,
    /// Overrides [`Policy::on_partial`].
    pub on_partial: Option<OnGap>,
    /// Oldest evidence that is accepted: of the report, and of the advisory data behind it.
    pub max_age: Option<SignedDuration>,
    /// Versions of the tool that are accepted.
    pub version: Option<VersionReq>,
    /// Whether findings that the report marks as suppressed are left alone.
    pub honour_suppressions: bool,
    /// Overrides [`Policy::dark_after`].
    pub dark_after: Option<DarkAfter>,
    /// Overrides [`Policy::run`].
    pub run: Option<Running>,
    /// How long one invocation of the tool may take.
    pub timeout: Duration,
    /// Settings of lockgate's own secret scan; only `[scanners.secrets]` has any.
    pub secrets: SecretScan,
    /// Settings of lockgate's own look at configuration; only `[scanners.csp]` and
    /// `[scanners.hardening]` have any.
    pub configuration: ConfigurationScan,
}

impl Default for Scanner {
    fn default() -> Self {
        validate::ScannerLayer::default().finish()
    }
}

/// What a gate does with what it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The verdict is block.
    Block,
    /// The verdict is at least warn.
    Warn,
    /// The finding passes.
    Allow,
}

/// A rule of the policy.
#[derive(Debug)]
pub struct Gate {
    /// Its name, for explanations.
    pub name: Untrusted,
    /// What it is about.
    pub when: Condition,
    /// What it does.
    pub action: Action,
    /// The file that it stands in.
    pub source: Untrusted,
    /// The line in that file, 1-based.
    pub line: usize,
}

/// An accepted finding.
#[derive(Debug)]
pub struct Waiver {
    /// What it accepts.
    pub when: Condition,
    /// The same in the policy's words, for notes.
    pub subject: Untrusted,
    /// The same, to compare waivers with each other.
    pub terms: Terms,
    /// Why.
    pub reason: Untrusted,
    /// Who answers for it.
    pub owner: Untrusted,
    /// The last day on which it holds, in UTC.
    pub expires: jiff::civil::Date,
    /// The file that it stands in.
    pub source: Untrusted,
    /// Where that file is, when it is in the repository.
    pub path: Option<RepoPath>,
    /// The line in that file, 1-based.
    pub line: usize,
}

/// What holds for all waivers: `[waivers]` of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaiverRules {
    /// How many days from today the last day of a waiver may be away, 1 to 3660. A waiver that goes
    /// further does not hold. `None`: as far as it likes.
    pub max_days: Option<u32>,
    /// How many days before its last day a waiver is announced, 1 to 3660.
    pub notice_days: u32,
}

/// A policy file as text.
#[derive(Debug, Clone)]
pub struct Source {
    /// How the user named it.
    pub name: String,
    /// Where it is, when it is in the repository; `extends` are relative to it.
    pub path: Option<RepoPath>,
    /// Its text.
    pub text: String,
}

/// What a policy needs to know of the world.
pub trait World {
    /// The text of a file that `extends` names.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    fn read(&self, path: &RepoPath) -> Result<String, String>;

    /// The text of a file that `[data]` names, which may be far larger than a policy.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    fn data(&self, path: &RepoPath) -> Result<String, String> {
        self.read(path)
    }

    /// The scanner name that a tool's other name stands for: `npm` → `npm-audit`.
    fn scanner_meant_by(&self, alias: &str) -> Option<ScannerId>;

    /// Whether lockgate knows how to run this scanner's tool.
    fn can_run(&self, scanner: &ScannerId) -> bool;
}

/// A world without files and tools, for texts that stand alone.
pub struct Nothing;

impl World for Nothing {
    fn read(&self, _: &RepoPath) -> Result<String, String> {
        Err("there are no other files here".to_owned())
    }

    fn scanner_meant_by(&self, _: &str) -> Option<ScannerId> {
        None
    }

    fn can_run(&self, _: &ScannerId) -> bool {
        true
    }
}

/// Loads a policy with everything that it extends. One that has no gate at all gets those of
/// [`DEFAULT`].
///
/// # Errors
/// Every error in every file, each with its place.
pub fn load(source: &Source, world: &dyn World) -> Result<Policy, Vec<Diagnostic>> {
    let mut layers = Vec::new();
    let mut errors = Vec::new();
    collect(source, world, &mut Vec::new(), &mut layers, &mut errors);
    // A file that says nothing about findings must not let all of them pass.
    if layers.iter().all(|layer| layer.gates.is_empty())
        && let Some(default) = shipped(DEFAULT)
    {
        collect(&default, world, &mut Vec::new(), &mut layers, &mut errors);
    }
    // File by file, from top to bottom.
    errors.sort_by_key(|error| {
        let file = layers.iter().position(|layer| layer.source == error.source);
        (file, error.span.start, error.span.end)
    });
    if errors.is_empty() {
        Ok(stack(layers))
    } else {
        Err(errors)
    }
}

/// Depth first, so that what a file says comes before what it extends.
fn collect(
    source: &Source,
    world: &dyn World,
    chain: &mut Vec<String>,
    layers: &mut Vec<Layer>,
    errors: &mut Vec<Diagnostic>,
) {
    let (layer, found) = validate::layer(source, world);
    errors.extend(found);
    let extends = layer.extends.clone();
    layers.push(layer);
    chain.push(source.name.clone());
    for extend in extends {
        match open(&extend.name, source, world, chain) {
            Ok(next) => collect(&next, world, chain, layers, errors),
            Err((message, help)) => {
                errors.push(validate::diagnostic(
                    source,
                    extend.span,
                    &message,
                    "",
                    Some(help),
                ));
            }
        }
    }
    chain.pop();
}

fn open(
    name: &str,
    from: &Source,
    world: &dyn World,
    chain: &[String],
) -> Result<Source, (String, String)> {
    if chain.len() >= MAX_DEPTH || chain.iter().any(|earlier| earlier == name) {
        return Err((
            format!("`{name}` extends itself, through {} files", chain.len()),
            "remove one of the `extends`".to_owned(),
        ));
    }
    if name.starts_with("lockgate:") {
        return shipped(name).ok_or_else(|| {
            let names: Vec<_> = SHIPPED.iter().map(|s| format!("`{}`", s.name)).collect();
            (
                format!("there is no shipped policy `{name}`"),
                format!("shipped are {}", names.join(", ")),
            )
        });
    }
    let outside = |_| {
        (
            format!("`{name}` is not a file of this repository"),
            "name a shipped policy, or a file by its path relative to this one".to_owned(),
        )
    };
    let folder = from.path.as_ref().and_then(RepoPath::parent);
    let path = match folder {
        Some(folder) => folder.join(name).ok_or(()).map_err(outside)?,
        None => RepoPath::new(name).map_err(|_| ()).map_err(outside)?,
    };
    let text = world.read(&path).map_err(|why| {
        (
            format!("`{name}` cannot be read: {why}"),
            "check the path, relative to this file".to_owned(),
        )
    })?;
    Ok(Source {
        name: name.to_owned(),
        path: Some(path),
        text,
    })
}

/// Puts layers together: single values from the most specific layer that has them, gates and
/// waivers one after the other.
fn stack(layers: Vec<Layer>) -> Policy {
    let mut policy = Policy {
        sources: Vec::new(),
        digest: String::new(),
        unrated: Severity::High,
        on_incomplete: OnGap::Block,
        on_partial: None,
        on_suppression: OnSuppression::default(),
        added: AddedGates::new(OnSuppression::default()),
        run: None,
        dark_after: DarkAfter::default(),
        baseline: None,
        scanners: BTreeMap::new(),
        gates: Vec::new(),
        waivers: Vec::new(),
        places: Places::new(),
        waiver_rules: term::RulesLayer::default().finish(),
        data: Data::default(),
    };
    let mut data = data::DataLayer::default();
    let mut waiver_rules = term::RulesLayer::default();
    let mut unrated = None;
    let mut on_incomplete = None;
    let mut on_partial = None;
    let mut dark_after = None;
    let mut on_suppression = None;
    let mut scanners: BTreeMap<ScannerId, validate::ScannerLayer> = BTreeMap::new();
    let mut digests = Vec::new();
    for layer in layers {
        // A policy that two others extend is read once: its gates would only be tried twice.
        if policy.sources.contains(&layer.source) {
            continue;
        }
        policy.sources.push(layer.source);
        digests.push(layer.digest);
        unrated = unrated.or(layer.unrated);
        on_incomplete = on_incomplete.or(layer.on_incomplete);
        on_partial = on_partial.or(layer.on_partial);
        on_suppression = on_suppression.or(layer.on_suppression);
        policy.run = policy.run.or(layer.run);
        dark_after = dark_after.or(layer.dark_after);
        policy.baseline = policy.baseline.or(layer.baseline);
        for (id, below) in layer.scanners {
            scanners.entry(id).or_default().underlay(below);
        }
        policy.gates.extend(layer.gates);
        policy.waivers.extend(layer.waivers);
        for (key, place) in layer.places {
            policy.places.entry(key).or_insert(place);
        }
        waiver_rules.underlay(layer.waiver_rules);
        data.underlay(layer.data);
    }
    policy.digest = digest(digests);
    policy.data = data.finish();
    policy.waiver_rules = waiver_rules.finish();
    policy.unrated = unrated.unwrap_or(policy.unrated);
    policy.on_incomplete = on_incomplete.unwrap_or(policy.on_incomplete);
    policy.on_partial = on_partial;
    policy.dark_after = dark_after.unwrap_or_default();
    policy.on_suppression = on_suppression.unwrap_or_default();
    policy.added = AddedGates::new(policy.on_suppression);
    policy.scanners = scanners
        .into_iter()
        .map(|(id, layer)| (id, layer.finish()))
        .collect();
    policy
}
