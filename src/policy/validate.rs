//! One policy file → one layer of a policy. Every error is collected; nothing is guessed.

use super::added::{self, OnSuppression};
use super::condition::Condition;
use super::dark::{DarkAfter, dark_after};
use super::data::{DataLayer, data};
pub use super::file::diagnostic;
use super::file::{self, Reader, Word, unknown};
use super::lines::Lines;
use super::own::{self, ConfigurationScanLayer, SecretScanLayer};
use super::places::{Places, places};
use super::term::{self, RulesLayer};
use super::timeout::{self, timeout};
use super::waiver::waiver;
use super::when::conditions;
use super::{Action, Gate, OnGap, Running, Scanner, Source, Waiver, World};
use crate::model::diagnostic::Diagnostic;
use crate::model::{RepoPath, ScannerId, Severity, Untrusted, digest};
use jiff::{SignedDuration, Span, SpanRelativeTo};
use semver::VersionReq;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// What one file says.
pub struct Layer {
    pub source: Untrusted,
    pub digest: String,
    pub extends: Vec<Word>,
    pub unrated: Option<Severity>,
    pub on_incomplete: Option<OnGap>,
    pub on_partial: Option<OnGap>,
    pub on_suppression: Option<OnSuppression>,
    pub run: Option<Running>,
    pub dark_after: Option<DarkAfter>,
    pub baseline: Option<RepoPath>,
    pub scanners: BTreeMap<ScannerId, ScannerLayer>,
    pub gates: Vec<Gate>,
    pub waivers: Vec<Waiver>,
    pub places: Places,
    pub data: DataLayer,
    pub waiver_rules: RulesLayer,
}

/// What one file says of a scanner.
#[derive(Default)]
pub struct ScannerLayer {
    required: Option<bool>,
    reports: Option<Vec<String>>,
    on_incomplete: Option<OnGap>,
    on_partial: Option<OnGap>,
    max_age: Option<SignedDuration>,
    version: Option<VersionReq>,
    honour_suppressions: Option<bool>,
    dark_after: Option<DarkAfter>,
    run: Option<Running>,
    timeout: Option<Duration>,
    secrets: SecretScanLayer,
    configuration: ConfigurationScanLayer,
}

impl ScannerLayer {
    /// Takes from a less specific layer what this one does not say.
    pub fn underlay(&mut self, below: Self) {
        self.required = self.required.or(below.required);
        self.reports = self.reports.take().or(below.reports);
        self.on_incomplete = self.on_incomplete.or(below.on_incomplete);
        self.on_partial = self.on_partial.or(below.on_partial);
        self.max_age = self.max_age.or(below.max_age);
        self.version = self.version.take().or(below.version);
        self.honour_suppressions = self.honour_suppressions.or(below.honour_suppressions);
        self.dark_after = self.dark_after.or(below.dark_after);
        self.run = self.run.or(below.run);
        self.timeout = self.timeout.or(below.timeout);
        self.secrets.underlay(below.secrets);
        self.configuration.underlay(below.configuration);
    }

    pub fn finish(self) -> Scanner {
        let secrets = self.secrets.finish();
        let configuration = self.configuration.finish();
        // Whoever permits comments or lists wants them to be left alone.
        let honoured =
            secrets.allow_comments || secrets.config.is_some() || configuration.allow_comments;
        Scanner {
            required: self.required.unwrap_or(false),
            reports: self.reports.unwrap_or_default(),
            on_incomplete: self.on_incomplete,
            on_partial: self.on_partial,
            max_age: self.max_age,
            version: self.version,
            honour_suppressions: self.honour_suppressions.unwrap_or(honoured),
            dark_after: self.dark_after,
            run: self.run,
            timeout: self.timeout.unwrap_or(timeout::DEFAULT),
            secrets,
            configuration,
        }
    }
}

const ON_GAP: &[(&str, OnGap)] = &[("block", OnGap::Block), ("warn", OnGap::Warn)];

const RUN: &[(&str, Running)] = &[("auto", Running::Auto), ("never", Running::Never)];

/// Reads a file. The layer holds what could be read, also when there are errors.
pub fn layer(source: &Source, world: &dyn World) -> (Layer, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let table = file::parse(source, &mut errors);
    let broken = errors.len();
    let lines = Lines::of(&source.text);
    let layer = {
        let mut reader = Reader::new(source, table.get_ref(), table.span(), "policy", &mut errors);
        let unrated = reader
            .text("unrated")
            .and_then(|word| severity(&mut reader, &word));
        let layer = Layer {
            source: source.name.as_str().into(),
            digest: digest([&source.text]),
            extends: reader.words("extends").unwrap_or_default(),
            unrated,
            on_incomplete: reader.choice("on-incomplete", ON_GAP),
            on_partial: reader.choice("on-partial", ON_GAP),
            on_suppression: reader.choice("on-suppression", added::WORDS),
            run: reader.choice("run", RUN),
            dark_after: dark_after(&mut reader),
            baseline: baseline(&mut reader),
            scanners: BTreeMap::new(),
            gates: Vec::new(),
            waivers: Vec::new(),
            places: places(source, table.get_ref(), &lines),
            waiver_rules: RulesLayer::default(),
            data: DataLayer::default(),
        };
        let scanners = reader.table("scanners");
        let gates = reader.tables("gate");
        let waivers = reader.tables("waiver");
        let waiver_rules = reader.table("waivers");
        let snapshots = reader.table("data");
        reader.finish();
        Layer {
            scanners: scanners
                .map(|(table, _)| read_scanners(source, table, world, &mut errors))
                .unwrap_or_default(),
            gates: gates
                .into_iter()
                .filter_map(|(table, span)| gate(source, table, span, &lines, &mut errors))
                .collect(),
            waivers: waivers
                .into_iter()
                .filter_map(|(table, span)| waiver(source, table, span, &lines, &mut errors))
                .collect(),
            waiver_rules: waiver_rules
                .map(|(table, span)| Reader::new(source, table, span, "waivers", &mut errors))
                .map(term::rules)
                .unwrap_or_default(),
            data: snapshots
                .map(|(table, span)| Reader::new(source, table, span, "data", &mut errors))
                .map(|reader| data(reader, world))
                .unwrap_or_default(),
            ..layer
        }
    };
    duplicate_names(source, &layer.gates, table.get_ref(), &mut errors);
    if broken > 0 {
        // What could be recovered from broken TOML is a guess, and so are its errors.
        errors.truncate(broken);
        errors.dedup();
    }
    (layer, errors)
}

fn severity(reader: &mut Reader<'_, '_>, word: &Word) -> Option<Severity> {
    let found = Severity::parse(&word.name);
    if found.is_none() {
        let words = Severity::ALL.map(Severity::word);
        let (message, help) = unknown("severity ", &word.name, &words);
        reader.error(
            word.span.clone(),
            &message,
            "no severity of lockgate",
            Some(help),
        );
    }
    found
}

/// A file of the repository, from its root.
fn baseline(reader: &mut Reader<'_, '_>) -> Option<RepoPath> {
    let word = reader.text("baseline")?;
    let found = RepoPath::new(&word.name);
    if let Err(why) = found {
        let message = format!("`baseline` names no file of this repository: {why}");
        let help = "write it from the root: `baseline = \"lockgate-baseline.json\"`".to_owned();
        reader.error(word.span, &message, "not a path in here", Some(help));
    }
    found.ok()
}

fn read_scanners(
    source: &Source,
    table: &DeTable<'_>,
    world: &dyn World,
    errors: &mut Vec<Diagnostic>,
) -> BTreeMap<ScannerId, ScannerLayer> {
    let mut scanners = BTreeMap::new();
    for (key, value) in table.iter() {
        let name = key.get_ref().as_ref();
        let Some(id) = ScannerId::new(name) else {
            let help = ScannerId::slug(name).map(|id| format!("write `[scanners.{id}]`"));
            errors.push(diagnostic(
                source,
                key.span(),
                &format!("`{name}` is no scanner name"),
                "lower-case letters, digits and single hyphens only",
                help,
            ));
            continue;
        };
        if let Some(meant) = world.scanner_meant_by(name).filter(|meant| *meant != id) {
            errors.push(diagnostic(
                source,
                key.span(),
                &format!("`{name}` is called `{meant}` here"),
                "nothing would ever match this",
                Some(format!("write `[scanners.{meant}]`")),
            ));
            continue;
        }
        let DeValue::Table(table) = value.get_ref() else {
            errors.push(diagnostic(
                source,
                value.span(),
                &format!("`scanners.{name}` must be a table"),
                "not a table",
                Some(format!("write `[scanners.{name}]` and its keys below")),
            ));
            continue;
        };
        let mut reader = Reader::new(
            source,
            table,
            value.span(),
            format!("scanners.{name}"),
            errors,
        );
        let layer = ScannerLayer {
            required: reader.boolean("required"),
            reports: report_patterns(&mut reader),
            on_incomplete: reader.choice("on-incomplete", ON_GAP),
            on_partial: reader.choice("on-partial", ON_GAP),
            max_age: max_age(&mut reader),
            version: version(&mut reader),
            honour_suppressions: reader
                .choice("suppressions", &[("count", false), ("honour", true)]),
            dark_after: dark_after(&mut reader),
            run: running(&mut reader, &id, world),
            timeout: timeout(&mut reader),
            secrets: own::secrets(&mut reader, &id),
            configuration: own::configuration(&mut reader, &id),
        };
        reader.finish();
        scanners.insert(id, layer);
    }
    scanners
}

/// The key `max-age`: the oldest that is accepted.
pub fn max_age(reader: &mut Reader<'_, '_>) -> Option<SignedDuration> {
    let word = reader.text("max-age")?;
    let age = duration(&word.name).filter(|age| age.is_positive());
    if age.is_none() {
        reader.error(
            word.span,
            &format!("`{}` is no age", word.name),
            "not a length of time",
            Some("write hours, days or weeks: \"24h\", \"7d\", \"2w\"".to_owned()),
        );
    }
    age
}

/// `90m`, `24h`, `7d`, `2w`, `1d 12h`: weeks have 7 days, days 24 hours.
pub fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

fn version(reader: &mut Reader<'_, '_>) -> Option<VersionReq> {
    let word = reader.text("version")?;
    let range = VersionReq::parse(&word.name).ok();
    if range.is_none() {
        reader.error(
            word.span,
            &format!("`{}` is no range of versions", word.name),
            "not understood",
            Some("write it like \">=0.70\", \">=1.7, <2\" or \"=0.69.3\"".to_owned()),
        );
    }
    range
}

/// To wish that a tool be run that lockgate cannot run would be to wait for evidence in vain.
fn running(reader: &mut Reader<'_, '_>, id: &ScannerId, world: &dyn World) -> Option<Running> {
    let run = reader.choice("run", RUN)?;
    if run == Running::Auto && !world.can_run(id) {
        let span = reader.value("run").map_or(0..0, toml::Spanned::span);
        reader.error(
            span,
            &format!("lockgate does not know how to run `{id}`"),
            "it can only read its reports",
            Some(
                "name its reports: `reports = \"…\"`; `lockgate doctor` lists what can be run"
                    .to_owned(),
            ),
        );
    }
    Some(run)
}

/// Paths of reports stay inside the repository: the file that names them may come from anybody who
/// could change it.
fn report_patterns(reader: &mut Reader<'_, '_>) -> Option<Vec<String>> {
    let words = reader.words("reports")?;
    let mut patterns = Vec::new();
    for word in words {
        match RepoPath::new(&word.name) {
            Ok(_) if glob::Pattern::new(&word.name).is_ok() => patterns.push(word.name),
            Ok(_) => reader.error(
                word.span,
                &format!("`{}` is no valid pattern", word.name),
                "unbalanced brackets or a stray `**`",
                Some("`*` stands for anything but `/`, `**/` for any folders".to_owned()),
            ),
            Err(why) => reader.error(
                word.span,
                &format!("`{}` is not inside the repository: {why}", word.name),
                "must be relative to the root",
                Some("name a report outside on the command line: --report TOOL=PATH".to_owned()),
            ),
        }
    }
    Some(patterns)
}

fn gate(
    source: &Source,
    table: &DeTable<'_>,
    span: Range<usize>,
    lines: &Lines,
    errors: &mut Vec<Diagnostic>,
) -> Option<Gate> {
    let line = lines.at(span.start);
    let mut reader = Reader::new(source, table, span, "gate", errors);
    let name = reader.required_text("name", "the name is what explanations call the gate");
    let action = match reader.value("action") {
        Some(_) => reader.choice(
            "action",
            &[
                ("block", Action::Block),
                ("warn", Action::Warn),
                ("allow", Action::Allow),
            ],
        ),
        None => {
            reader.missing("action", "write action = \"block\", \"warn\" or \"allow\"");
            None
        }
    };
    let when = reader.table("when");
    reader.finish();
    let conditions = match when {
        Some((table, span)) => {
            let mut reader = Reader::new(source, table, span, "when", errors);
            let conditions = conditions(&mut reader);
            reader.finish();
            conditions
        }
        None => Vec::new(),
    };
    Some(Gate {
        name: name?.name.into(),
        when: Condition::all(conditions),
        action: action?,
        source: source.name.as_str().into(),
        line,
    })
}

/// Two gates of one name would make every explanation ambiguous.
fn duplicate_names(
    source: &Source,
    gates: &[Gate],
    table: &DeTable<'_>,
    errors: &mut Vec<Diagnostic>,
) {
    use crate::model::Foreign as _;
    let spans: Vec<_> = table
        .iter()
        .filter(|(key, _)| key.get_ref() == "gate")
        .filter_map(|(_, value)| value.get_ref().as_array())
        .flat_map(|list| list.iter())
        .filter_map(|gate| gate.get_ref().as_table())
        .filter_map(|gate| gate.iter().find(|(key, _)| key.get_ref() == "name"))
        .filter_map(|(_, value)| Some((value.get_ref().as_str()?.to_owned(), value.span())))
        .collect();
    let known: BTreeSet<&str> = gates.iter().map(|gate| gate.name.raw()).collect();
    let mut seen = BTreeSet::new();
    for (name, span) in &spans {
        if !seen.insert(name) && known.contains(name.as_str()) {
            errors.push(diagnostic(
                source,
                span.clone(),
                &format!("there are two gates named `{name}`"),
                "the second one",
                Some("give each gate a name of its own".to_owned()),
            ));
        }
    }
}
