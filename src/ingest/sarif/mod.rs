//! SARIF 2.1.0 of any tool.

mod dependency;
mod format;
mod kind;
mod place;
mod rules;

pub use dependency::of_syft;

use super::bandit_rules;
use super::lenient::Text;
use super::shape::Shape;
use super::summary::first_sentence;
use super::tool::{Parsed, ToolInfo, wrong_shape};
use super::words::moment;
use crate::model::{
    Coverage, Foreign as _, Health, Kind, Observation, Problem, Redacted, Reported, RuleId,
    RuleInfo, ScannerId, Secret, Severity, Standing, Untrusted, Work,
};
use crate::version::upgrade;
use dependency::{Named, named};
use format::{Log, Notification, Run, SarifResult};
use rules::Rules;
use std::collections::BTreeMap;

const FORMAT: &str = "SARIF 2.1.0";

/// True for an object with a `runs` list; `version` alone is not enough.
pub fn sniff(shape: &Shape) -> bool {
    shape.has("runs") && (shape.has("version") || shape.has("$schema"))
}

/// Reads all runs. `tool_named` finds the tool that a driver name belongs to.
pub fn parse(
    text: &str,
    tool_named: fn(&str) -> Option<&'static ToolInfo>,
) -> Result<Vec<Parsed>, Problem> {
    let log: Log<'_> = serde_json::from_str(text).map_err(|e| wrong_shape("SARIF", &e))?;
    if log.runs.is_empty() {
        return Err(Problem::new(
            "nothing-scanned",
            "the SARIF file holds no run: no tool did any work",
        ));
    }
    Ok(log
        .runs
        .iter()
        .map(|run| read_run(run, tool_named))
        .collect())
}

fn read_run(run: &Run<'_>, tool_named: fn(&str) -> Option<&'static ToolInfo>) -> Parsed {
    let driver = &run.tool.driver;
    let name = driver
        .name
        .as_ref()
        .map(Text::as_str)
        .unwrap_or_default()
        .trim();
    let known = tool_named(name);
    let scanner = match known {
        Some(tool) => tool.scanner(),
        None => ScannerId::slug(name).unwrap_or_else(|| ScannerId::literal(super::UNKNOWN)),
    };
    let tool = known.map_or(
        if name.is_empty() {
            super::UNKNOWN
        } else {
            name
        },
        |tool| tool.name,
    );
    let rules = Rules::of(run);
    let mut reader = Reader {
        scanner: scanner.as_str(),
        run,
        rules: &rules,
        infos: BTreeMap::new(),
        known: BTreeMap::new(),
        suppressed: 0,
    };
    let results = run.results.as_deref().unwrap_or_default();
    let observations: Vec<_> = results
        .iter()
        .map(|result| reader.observe(result))
        .collect();
    let mut notes = Vec::new();
    if reader.suppressed > 0 {
        notes.push(Problem::new(
            "native-suppressions",
            format!(
                "{} results are marked as suppressed in the report",
                reader.suppressed
            ),
        ));
    }
    let version = driver.semantic_version.text().or(driver.version.text());
    Parsed {
        version: version.map(Untrusted::from),
        format: Some(FORMAT),
        coverage: coverage(run),
        notes,
        observations,
        rules: reader.infos,
        ..Parsed::new(scanner, tool.into(), health(run, &rules, name))
    }
}

/// When the last invocation ended (§3.20.8), and the artifacts that were looked at (§3.14.15).
fn coverage(run: &Run<'_>) -> Coverage {
    let invocations = run.invocations.as_deref().unwrap_or_default();
    let ended = invocations.iter().filter_map(|i| {
        let time = i.end_time_utc.text().or(i.start_time_utc.text());
        moment(time?)
    });
    let artifacts = run.artifacts.as_deref().unwrap_or_default();
    let names = artifacts
        .iter()
        .filter_map(|a| place::resolve(a.location.as_ref()?, run))
        .take(Coverage::MOST)
        .map(Untrusted::from);
    Coverage {
        written: ended.max(),
        ..Coverage::default()
    }
    .inputs(names)
}

/// §3.14.23: `results` is absent when the tool did not scan, empty when it found nothing.
/// Bandit says `executionSuccessful: true` even for files that it could not read; those stand among
/// the configuration notifications.
fn health(run: &Run<'_>, rules: &Rules<'_>, name: &str) -> Health {
    let Some(results) = &run.results else {
        return Health::Failed(Problem::new(
            "no-results",
            "the run has no `results`: by SARIF 2.1.0 the tool did not scan",
        ));
    };
    if name.is_empty() && results.is_empty() {
        return Health::Failed(Problem::new(
            "no-tool",
            "the run does not say which tool it is of",
        ));
    }
    let mut problems = Vec::new();
    let mut unsuccessful = false;
    for invocation in run.invocations.as_deref().unwrap_or_default() {
        if invocation.execution_successful == Some(false) {
            unsuccessful = true;
            let words = invocation.exit_code_description.as_ref().map(Text::as_str);
            problems.push(
                Problem::new(
                    "execution-unsuccessful",
                    "the tool says that its run did not succeed",
                )
                .detail(words.unwrap_or_default()),
            );
        }
        for (code, text, list) in [
            (
                "tool-error",
                "the tool reports errors",
                &invocation.tool_execution_notifications,
            ),
            (
                "files-not-read",
                "the tool could not read everything",
                &invocation.tool_configuration_notifications,
            ),
        ] {
            problems.extend(errors(
                code,
                text,
                list.as_deref().unwrap_or_default(),
                run,
                rules,
            ));
        }
    }
    // Without a list of artifacts, the run itself is what can be counted.
    let artifacts = run.artifacts.as_ref().map_or(0, Vec::len) as u64;
    let work = if unsuccessful && results.is_empty() {
        None
    } else {
        Work::new(artifacts.max(1), "files")
    };
    Health::judge(
        work,
        problems,
        Problem::new("nothing-scanned", "the run proves no work"),
    )
}

fn errors(
    code: &'static str,
    text: &str,
    notifications: &[Notification<'_>],
    run: &Run<'_>,
    rules: &Rules<'_>,
) -> Option<Problem> {
    let errors: Vec<_> = notifications
        .iter()
        .filter(|n| {
            n.level
                .as_ref()
                .is_some_and(|level| level.as_str() == "error")
        })
        .collect();
    let first = errors.first()?;
    let words = first
        .message
        .as_ref()
        .and_then(|m| rules.message(m, None))
        .unwrap_or_default();
    let located = |n: &Notification<'_>| n.locations.as_ref().is_some_and(|l| !l.is_empty());
    let all_located = errors.iter().all(|n| located(n));
    let files = errors
        .iter()
        .flat_map(|n| n.locations.as_deref().unwrap_or_default())
        .filter_map(|l| l.physical_location.as_ref()?.artifact_location.as_ref())
        .filter_map(|location| place::resolve(location, run))
        .map(Untrusted::from);
    let problem = Problem::new(code, format!("{text}: {} in all", errors.len()))
        .detail(words.chars().take(300).collect::<String>());
    Some(if all_located {
        problem.files(files)
    } else {
        problem.items(files)
    })
}

struct Reader<'a> {
    scanner: &'a str,
    run: &'a Run<'a>,
    rules: &'a Rules<'a>,
    infos: BTreeMap<RuleId, RuleInfo>,
    /// Results share their rule's name.
    known: BTreeMap<String, RuleId>,
    suppressed: usize,
}

impl Reader<'_> {
    /// Messages about secrets may quote them. Of such a message nothing is kept; the rule's title
    /// says what it is.
    fn withhold(&self, kind: Kind, id: &str, message: String) -> (String, Option<Redacted>) {
        if kind == Kind::Secret {
            return (String::new(), Some(Secret::new(message).redact(id)));
        }
        match bandit_rules::quoted_password(id, &message).filter(|_| self.scanner == "bandit") {
            Some(password) => {
                let kept = bandit_rules::without_password(id, &message).to_owned();
                (kept, Some(password.redact("password")))
            }
            None => (message, None),
        }
    }

    fn observe(&mut self, result: &SarifResult<'_>) -> Observation {
        let rule = self.rules.find(result);
        let id = rules::id_of(result)
            .or_else(|| rule?.id.as_ref().map(Text::as_str))
            .unwrap_or_default();
        let rule_id = match self.known.get(id) {
            Some(known) => known.clone(),
            None => {
                let new = RuleId::new(id);
                self.known.insert(id.to_owned(), new.clone());
                new
            }
        };
        let message = result
            .message
            .as_ref()
            .and_then(|message| self.rules.message(message, rule))
            .unwrap_or_default();
        let kind = kind::kind(self.scanner, rule, id);
        let (message, evidence) = self.withhold(kind, id, message);
        let info = self
            .infos
            .entry(rule_id.clone())
            .or_insert_with(|| rules::info(rule, id));
        let Named {
            package,
            advisories,
            lockfiles,
            family,
        } = match kind {
            Kind::Dependency => named(self.scanner, id, &message, result),
            _ => Named {
                advisories: kind::advisory(id).into_iter().collect(),
                ..Named::default()
            },
        };
        let title = match &package {
            // Trivy's message is a list of fields; its rule's title says more.
            Some(_) if self.scanner == "trivy" => info.title.raw().to_owned(),
            _ => first_sentence(&message).unwrap_or_else(|| info.title.raw().to_owned()),
        };

        let mut observation = Observation::new(rule_id, kind, title);
        if !message.is_empty() {
            observation.message = message.into();
        }
        rate(&mut observation, result, rule);
        if kind::LEVEL_IS_CONSTANT.contains(&self.scanner) && observation.reported.score.is_none() {
            observation.severity = None;
        }
        observation.evidence = evidence;
        observation.cwe = info.cwe.iter().copied().collect();
        observation.advisories = advisories;
        observation.fix = package.as_ref().map(upgrade);
        observation.package = package;
        // Bandit's end lines are wrong for most multi-line results, and its columns are bytes.
        let columns = self.scanner != "bandit";
        let locations = result.locations.as_deref().unwrap_or_default();
        observation.place = place::place(locations, self.run, columns);
        observation.place.lockfiles = lockfiles;
        observation.family = family;
        observation.standing = standing(result);
        if matches!(observation.standing, Standing::Suppressed(_)) {
            self.suppressed += 1;
        }
        if !observation.holds_secret() {
            observation.line_hash = line_hash(result);
            observation.quoted_line = place::quoted(locations).map(Untrusted::from);
        }
        observation
    }
}

/// §3.27.10: the level of a result is its own, or `none` for a kind other than `fail`, or the
/// rule's, or `warning`.
fn rate(observation: &mut Observation, result: &SarifResult<'_>, rule: Option<&format::Rule<'_>>) {
    let fails = result
        .kind
        .as_ref()
        .is_none_or(|kind| kind.as_str() == "fail");
    let default = rule.and_then(|r| r.default_configuration.as_ref()?.level.as_ref());
    let level = match &result.level {
        Some(level) => level.as_str(),
        None if !fails => "none",
        None => default.map_or("warning", Text::as_str),
    };
    let own = result
        .properties
        .as_ref()
        .and_then(|p| p.security_severity.number());
    let score = own
        .filter(|score| Severity::from_score(*score).is_some())
        .or_else(|| rules::score(rule));
    observation.severity = score
        .and_then(Severity::from_score)
        .or_else(|| rules::level_severity(level));
    observation.reported = Reported {
        severity: Some(level.into()),
        score,
        confidence: rules::confidence(rule),
        source: None,
    };
}

/// §3.27.23: suppressed when there are suppressions and none is under review or rejected.
fn standing(result: &SarifResult<'_>) -> Standing {
    let suppressions = result.suppressions.as_deref().unwrap_or_default();
    let in_force = |s: &format::Suppression<'_>| {
        s.status
            .as_ref()
            .is_none_or(|status| status.as_str() == "accepted")
    };
    if !suppressions.is_empty() && suppressions.iter().all(in_force) {
        let words = suppressions.iter().find_map(|s| s.justification.as_ref());
        return Standing::Suppressed(words.map(|words| words.as_str().into()));
    }
    if result
        .baseline_state
        .as_ref()
        .is_some_and(|state| state.as_str() == "absent")
    {
        return Standing::NotAProblem("absent");
    }
    match result.kind.as_ref().map(Text::as_str) {
        Some("pass") => Standing::NotAProblem("pass"),
        Some("notApplicable") => Standing::NotAProblem("notApplicable"),
        Some("informational") => Standing::NotAProblem("informational"),
        _ => Standing::Open,
    }
}

/// A hash that has the form of code scanning's own; anything else is somebody's own scheme.
fn line_hash(result: &SarifResult<'_>) -> Option<String> {
    let given = result
        .partial_fingerprints
        .as_ref()?
        .get("primaryLocationLineHash")?
        .text()?;
    let (hash, count) = given.split_once(':')?;
    let hex =
        (1..=16).contains(&hash.len()) && hash.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    (hex && count.parse::<u32>().is_ok()).then(|| given.to_owned())
}
