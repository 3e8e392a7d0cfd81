//! What the look at configuration means for a repository: its findings in the gate's words.

use crate::model::{
    self, Certainty, Fix, Kind, Located, Location, Observation, Region, RepoPath, RuleId, RuleInfo,
    ScannerId, SourceDigests, Standing,
};
use lockgate_hardening::{Finding, Role, Rule, Rules, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Rules about headers of responses and the policies in them begin with one of these.
const HEADERS: [&str; 5] = [
    "LG-CSP-",
    "LG-HDR-",
    "LG-NGX-101",
    "LG-NGX-102",
    "LG-NGX-103",
];

/// Which of our scanners has a rule.
pub fn scanner(rule: &str) -> &'static str {
    match HEADERS.iter().any(|start| rule.starts_with(start)) {
        true => ScannerId::CSP,
        false => ScannerId::HARDENING,
    }
}

/// What one of the two scanners has to say.
#[derive(Debug, Default)]
pub struct Collected {
    /// By path and place.
    pub observations: Vec<Located>,
    /// The rules that found them.
    pub rules: BTreeMap<RuleId, RuleInfo>,
    /// What the policy accepts, and why: the files of each rule.
    pub accepted: BTreeMap<(&'static str, &'static str), BTreeSet<String>>,
}

/// Of all findings those of one scanner, [`ScannerId::CSP`] or [`ScannerId::HARDENING`].
/// `honoured` tells of a file whether comments in it accept what is beside them.
pub fn collect(
    findings: &[Finding],
    wanted: &str,
    honoured: &dyn Fn(&RepoPath) -> bool,
) -> Collected {
    let mut collected = Collected::default();
    for finding in findings {
        let Some(rule) = Rules::shipped().get(finding.rule.0) else {
            continue;
        };
        if scanner(&rule.id) != wanted {
            continue;
        }
        if let Some(why) = finding.accepted {
            let files = collected.accepted.entry((why, finding.rule.0));
            files.or_default().insert(finding.path.clone());
            continue;
        }
        let Some(located) = located(finding, rule, honoured) else {
            continue;
        };
        collected.rules.insert(RuleId::new(&rule.id), info(rule));
        collected.observations.push(located);
    }
    collected
}

/// What a report says of a rule.
fn info(rule: &Rule) -> RuleInfo {
    let text = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    RuleInfo {
        description: Some(format!("{} {}", text(&rule.why), text(&rule.mend)).into()),
        help_url: rule.references.first().map(|url| url.as_str().into()),
        cwe: rule.cwe.clone(),
        severity: Some(severity(rule.severity)),
        ..RuleInfo::titled(rule.title.as_str())
    }
}

fn located(
    finding: &Finding,
    rule: &Rule,
    honoured: &dyn Fn(&RepoPath) -> bool,
) -> Option<Located> {
    let path = RepoPath::new(&finding.path).ok()?;
    let whole = finding.place.is_empty();
    let region = Region::line(finding.start.line.into())?
        .to_line(finding.end.line.into())
        .columns(
            Some(finding.start.column.into()),
            Some(finding.end.column.into()),
        );
    // What is wrong here; what the rule is about is known of the rule.
    let mut observation = Observation::new(
        RuleId::new(&rule.id),
        Kind::Config,
        finding.message.as_str(),
    );
    let mut message = finding.message.clone();
    for other in &finding.related {
        message.push_str(&format!(
            " See {} line {}: {}.",
            other.path, other.start.line, other.text
        ));
    }
    if finding.role != Role::Production {
        message.push_str(&format!(" The file counts as {}.", finding.role.word()));
    }
    if let Some(words) = &finding.asked {
        match honoured(&path) {
            true => {
                let why = format!("the comment `{words}` beside it");
                observation.standing = Standing::Suppressed(Some(why.into()));
            }
            false => message.push_str(
                " A comment beside it asks to accept it; the policy does not honour that, or the change touches the file.",
            ),
        }
    }
    observation.message = message.into();
    observation.severity = Some(severity(finding.severity));
    observation.reported.severity = Some(severity(finding.severity).word().into());
    observation.cwe = rule.cwe.iter().copied().collect();
    let mend = rule.mend.split_whitespace().collect::<Vec<_>>().join(" ");
    observation.fix = Some(Fix::Advice(match &finding.better {
        Some(better) => format!("{mend}{}{better}", Fix::HERE).into(),
        None => mend.into(),
    }));
    Some(Located {
        observation: Box::new(observation),
        location: Location {
            path,
            region: (!whole).then_some(region),
            certainty: if whole {
                Certainty::File
            } else {
                Certainty::Exact
            },
            target: None,
        },
        line_hash: None,
        line_text: None,
        digests: SourceDigests::default(),
    })
}

/// In the model's words.
pub fn severity(severity: Severity) -> model::Severity {
    match severity {
        Severity::Info => model::Severity::Info,
        Severity::Low => model::Severity::Low,
        Severity::Medium => model::Severity::Medium,
        Severity::High => model::Severity::High,
        Severity::Critical => model::Severity::Critical,
    }
}
