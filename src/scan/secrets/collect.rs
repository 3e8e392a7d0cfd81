//! One finding for each secret, however often it stands.

use super::mark::mark;
use super::sight::Sight;
use crate::model::{
    self, Certainty, Fix, Foreign as _, Kind, Located, Observation, RuleId, RuleInfo, Sighted,
    SourceDigests, Standing, Untrusted,
};
use lockgate_secrets::{Confidence, Encoding, Proof, Rule, Rules, Secret, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// What to do where a rule does not say.
const REVOKE: &str =
    "Revoke the credential where it was issued, then remove it: it stays in the history.";

/// The weakness: hard-coded credentials (CWE-798).
const CWE: u32 = 798;

/// What the base holds.
#[derive(Default)]
pub struct BaseSecrets {
    all: BTreeSet<(usize, Secret)>,
    /// Those that a comment in the base asks to be silent about, with the file.
    asked: BTreeSet<(usize, Secret, Box<str>)>,
}

impl BaseSecrets {
    /// Adds what was found in the base's version of a file, which is called `now` today.
    pub fn add(&mut self, sights: Vec<Sight>, now: &str) {
        for sight in sights {
            if sight.comment.is_some() {
                let asked = (sight.rule, sight.secret.clone(), now.into());
                self.asked.insert(asked);
            }
            self.all.insert((sight.rule, sight.secret));
        }
    }

    /// Adds what is in a file that the change does not touch.
    pub fn untouched(&mut self, sight: &Sight) {
        let path = sight.location.path.raw();
        if sight.comment.is_some() {
            let asked = (sight.rule, sight.secret.clone(), path.into());
            self.asked.insert(asked);
        }
        self.all.insert((sight.rule, sight.secret.clone()));
    }

    fn has(&self, sight: &Sight) -> bool {
        self.all.contains(&(sight.rule, sight.secret.clone()))
    }

    fn has_comment(&self, sight: &Sight) -> bool {
        let path = sight.location.path.raw();
        self.asked
            .contains(&(sight.rule, sight.secret.clone(), path.into()))
    }
}

/// What a comment beside a secret does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honour {
    /// Nothing: the policy does not permit it.
    No,
    /// It accepts the secret, when the base has it, too.
    OfTheBase,
    /// It accepts the secret; no change is judged.
    Any,
}

/// What a search makes of the repository.
pub struct Collected {
    /// One for each secret.
    pub observations: Vec<Located>,
    /// The rules that found them.
    pub rules: BTreeMap<RuleId, RuleInfo>,
}

/// Puts sights of the same secret together.
pub fn collect(
    sights: Vec<Sight>,
    rules: &Rules,
    base: Option<&BaseSecrets>,
    honour: Honour,
) -> Collected {
    let mut groups: BTreeMap<(usize, Secret), Vec<Sight>> = BTreeMap::new();
    for sight in sights {
        let key = (sight.rule, sight.secret.clone());
        groups.entry(key).or_default().push(sight);
    }
    let mut observations = Vec::new();
    let mut infos = BTreeMap::new();
    for ((index, _), mut group) in groups {
        let Some(rule) = rules.all().get(index) else {
            continue;
        };
        // What stands in the tree comes before what only a commit has.
        group.sort_by(|a, b| {
            let key = |s: &Sight| (s.location.target.is_some(), s.location.clone());
            key(a).cmp(&key(b))
        });
        group.dedup_by(|b, a| a.location == b.location);
        infos.insert(RuleId::new(&rule.id), info(rule));
        observations.extend(finding(group, rule, base, honour));
    }
    observations.sort_by(|a, b| {
        let key = |l: &Located| (l.location.clone(), l.observation.rule.clone());
        key(a).cmp(&key(b))
    });
    Collected {
        observations,
        rules: infos,
    }
}

/// What a report says of a rule.
fn info(rule: &Rule) -> RuleInfo {
    let revoke = match rule.revoke.as_str() {
        "" => String::new(),
        revoke => format!(" To revoke it: {revoke}"),
    };
    let url = rule
        .revoke
        .split_whitespace()
        .find(|word| word.starts_with("https://"));
    RuleInfo {
        description: Some(format!("{}.{revoke}", rule.description.trim_end_matches('.')).into()),
        help_url: url.map(Into::into),
        cwe: vec![CWE],
        severity: Some(severity(rule.severity)),
        confidence: Some(confidence(rule.confidence)),
        ..RuleInfo::titled(rule.description.as_str())
    }
}

fn finding(
    group: Vec<Sight>,
    rule: &Rule,
    base: Option<&BaseSecrets>,
    honour: Honour,
) -> Option<Located> {
    let known = |sight: &Sight| match base {
        Some(base) if base.has(sight) => Some(true),
        base => sight.in_base.or(base.map(|_| false)),
    };
    // Of the same secret in several places, one that the base has is enough.
    let in_base = group.iter().filter_map(known).max();
    let standing = standing(&group, base, honour);
    let asks = group.iter().find_map(|sight| sight.comment);
    let worst = group.iter().map(|sight| sight.severity).max()?;
    let surest = group.iter().map(|sight| sight.confidence).max()?;
    let mut group = group.into_iter();
    let first = group.next()?;
    let further: Vec<_> = group.map(|sight| sight.location).collect();
    let more = further.len().saturating_sub(Sighted::MOST);
    let mut observation = Observation::new(
        RuleId::new(&rule.id),
        Kind::Secret,
        rule.description.as_str(),
    );
    observation.message = message(&first, rule, asks.filter(|_| standing == Standing::Open));
    observation.severity = Some(severity(worst));
    observation.reported.severity = Some(severity(worst).word().into());
    observation.reported.confidence = Some(confidence(surest));
    observation.cwe.insert(CWE);
    let text = String::from_utf8_lossy(first.secret.bytes());
    observation.evidence = Some(model::Secret::new(&*text).redact(rule.description.as_str()));
    observation.fix = Some(Fix::Advice(match rule.revoke.as_str() {
        "" => REVOKE.into(),
        revoke => format!("{REVOKE} {revoke}").into(),
    }));
    observation.standing = standing;
    let path = first.location.path.raw();
    observation.sighted = Some(Box::new(Sighted {
        mark: mark(rule, path, &first.outline, first.secret.bytes()),
        further: further.into_iter().take(Sighted::MOST).collect(),
        more,
        in_base,
    }));
    let mut location = first.location;
    if location.target.is_some() && location.certainty == Certainty::Exact {
        // Its line is one of that commit, not of the file that is here.
        location.certainty = Certainty::File;
    }
    Some(Located {
        observation: Box::new(observation),
        location,
        line_hash: None,
        line_text: None,
        digests: SourceDigests::default(),
    })
}

/// Accepted only when every place is, by a configuration, by a list that is older than the secret, or by
/// a comment as far as it is honoured.
fn standing(group: &[Sight], base: Option<&BaseSecrets>, honour: Honour) -> Standing {
    let mut by_change = false;
    let mut reason = None;
    for sight in group {
        let Some((why, old)) = excuse(sight, base, honour) else {
            return Standing::Open;
        };
        by_change |= !old;
        reason = reason.or(Some(why));
    }
    match by_change {
        true => Standing::SuppressedByChange(reason),
        false => Standing::Suppressed(reason),
    }
}

/// What excuses a secret in one place, and whether that was so before the judged change.
fn excuse(sight: &Sight, base: Option<&BaseSecrets>, honour: Honour) -> Option<(Untrusted, bool)> {
    if let Some(why) = &sight.passes {
        return Some((why.clone(), true));
    }
    if sight.listed && base.is_none_or(|base| base.has(sight)) {
        return Some(("the list .gitleaksignore names its place".into(), true));
    }
    let comment = sight.comment?;
    let why = format!("the comment {comment} beside it").into();
    match honour {
        Honour::No => None,
        Honour::Any => Some((why, true)),
        Honour::OfTheBase => Some((why, base.is_some_and(|base| base.has_comment(sight)))),
    }
}

fn message(sight: &Sight, rule: &Rule, asks: Option<&'static str>) -> Untrusted {
    let mut text = format!("{}.", rule.description.trim_end_matches('.'));
    if !sight.encodings.is_empty() {
        let names: Vec<&str> = sight.encodings.iter().map(|e| encoding(*e)).collect();
        text.push_str(&format!(" It is written as {}.", names.join(" inside of ")));
    }
    match &sight.proof {
        Proof::None => {}
        Proof::Shaped(known) if known.is_empty() => {}
        Proof::Shaped(known) => {
            text.push_str(&format!(" It says of itself: {known}."));
        }
        Proof::Passed(known) if known.is_empty() => {
            text.push_str(" Its checksum is right.");
        }
        Proof::Passed(known) => {
            text.push_str(&format!(" Its checksum is right: {known}."));
        }
        Proof::Limited { reason, .. } => {
            text.push_str(&format!(" It can do little: {reason}."));
        }
        Proof::Failed(why) => {
            text.push_str(&format!(" It is most likely invented: {why}."));
        }
    }
    if let Some(asks) = asks {
        text.push_str(&format!(
            " The comment {asks} asks to accept it; the policy does not honour that."
        ));
    }
    text.into()
}

fn encoding(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Base64 => "base64",
        Encoding::Hex => "hexadecimal digits",
        Encoding::Percent => "percent-encoding",
        Encoding::Escape => "escapes of characters",
        Encoding::Utf16 => "UTF-16",
    }
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

/// In the model's words.
pub fn confidence(confidence: Confidence) -> model::Confidence {
    match confidence {
        Confidence::Low => model::Confidence::Low,
        Confidence::Medium => model::Confidence::Medium,
        Confidence::High => model::Confidence::High,
    }
}
