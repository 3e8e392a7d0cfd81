//! A condition in words: its key, what it wants, and what a finding has instead.

use super::answer::Subject;
use super::{Condition, age, facts};
use crate::model::{Finding, Foreign as _, Untrusted};

/// What a finding has of that which a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Has {
    /// The values, in the words of outputs or of the scanner; none where there is nothing.
    pub values: Vec<Untrusted>,
    /// A clause of ours that says more: why an origin is what it is, that nobody gave a score.
    pub note: Option<&'static str>,
}

impl Has {
    fn of<T: Into<Untrusted>>(values: impl IntoIterator<Item = T>) -> Self {
        Self {
            values: values.into_iter().map(Into::into).collect(),
            note: None,
        }
    }

    /// A value, or what to say where there is none.
    fn or<T: Into<Untrusted>>(value: Option<T>, none: &'static str) -> Self {
        let note = value.is_none().then_some(none);
        Self {
            values: value.into_iter().map(Into::into).collect(),
            note,
        }
    }
}

/// The words of a list whose items are shown as they are.
macro_rules! shown {
    ($list:expr) => {
        $list.iter().map(|item| item.to_string().into()).collect()
    };
}

impl Condition {
    /// Its key in a policy file.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Severity(_) => "severity",
            Self::Kind(_) => "kind",
            Self::Scanner(_) => "scanner",
            Self::Rule(_) => "rule",
            Self::Path(_) => "path",
            Self::Cwe(_) => "cwe",
            Self::Advisory(_) => "advisory",
            Self::Package(_) => "package",
            Self::Ecosystem(_) => "ecosystem",
            Self::Scope(_) => "scope",
            Self::Relation(_) => "relation",
            Self::Via(_) => "via",
            Self::Fix(_) => "fix",
            Self::Origin(_) => "origin",
            Self::Event(_) => "event",
            Self::Age(_) => "age",
            Self::Confidence(_) => "confidence",
            Self::Witnesses(_) => "witnesses",
            Self::Cvss(_) => "cvss",
            Self::Epss(_) => "epss",
            Self::Kev(_) => "kev",
            Self::Fingerprint(_) => "fingerprint",
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::Not(_) => "not",
        }
    }

    /// What it wants, in the policy's words; nothing for one that is made of others.
    pub fn wanted(&self) -> Vec<Untrusted> {
        fn all<T>(list: &[T], word: impl Fn(&T) -> String) -> Vec<Untrusted> {
            list.iter().map(|item| word(item).into()).collect()
        }
        match self {
            Self::Severity(list) => shown!(list),
            Self::Kind(list) => all(list, |kind| kind.word().to_owned()),
            Self::Scanner(list) | Self::Rule(list) | Self::Path(list) | Self::Package(list) => {
                all(list, |pattern| pattern.text().to_owned())
            }
            Self::Cwe(list) => all(list, |number| format!("CWE-{number}")),
            Self::Advisory(list) => shown!(list),
            Self::Ecosystem(list) => all(list, |ecosystem| ecosystem.as_str().to_owned()),
            Self::Scope(list) => all(list, |scope| scope.word().to_owned()),
            Self::Relation(list) => all(list, |relation| relation.word().to_owned()),
            Self::Via(list) => shown!(list),
            Self::Fix(list) => all(list, |test| test.word().to_owned()),
            Self::Origin(list) => all(list, |origin| origin.word().to_owned()),
            Self::Event(list) => all(list, |event| event.word().to_owned()),
            Self::Age(list) => shown!(list),
            Self::Confidence(list) => shown!(list),
            Self::Witnesses(list) => shown!(list),
            Self::Cvss(list) | Self::Epss(list) => shown!(list),
            Self::Kev(wanted) => vec![wanted.to_string().into()],
            Self::Fingerprint(list) => shown!(list),
            Self::All(_) | Self::Any(_) | Self::Not(_) => Vec::new(),
        }
    }

    /// What the finding has; nothing for a condition that is made of others.
    pub fn found(&self, subject: &Subject<'_>) -> Has {
        let finding = subject.finding;
        let observation = &finding.observation;
        let package = observation.package.as_ref();
        let of_package = |value: Option<&str>, none| match package {
            Some(_) => Has::or(value, none),
            None => Has::or(None::<&str>, "it is about no package"),
        };
        match self {
            Self::Severity(_) => Has {
                note: (observation.severity.is_none())
                    .then_some("no scanner gave one, so that it counts as the policy's unrated"),
                ..Has::of([subject.effective.word()])
            },
            Self::Kind(_) => Has::of([observation.kind.word()]),
            Self::Scanner(_) => Has::of(distinct(finding, |w| w.scanner.as_str())),
            Self::Rule(_) => Has::of(distinct(finding, |w| w.rule.raw())),
            Self::Path(_) => Has::of([finding.location.path.raw()]),
            Self::Cwe(_) => {
                let numbers = observation.cwe.iter().map(|n| format!("CWE-{n}"));
                some(Has::of(numbers), "no scanner gave a CWE number")
            }
            Self::Advisory(_) => {
                let ids = observation.advisories.iter().map(|id| id.as_str());
                some(Has::of(ids), "it has no advisory")
            }
            Self::Package(_) => of_package(package.map(|p| p.name.raw()), ""),
            Self::Ecosystem(_) => of_package(package.map(|p| p.ecosystem.as_str()), ""),
            Self::Scope(_) => {
                let scope = package.and_then(|p| p.scope).map(|scope| scope.word());
                of_package(scope, "whether the package is shipped is not known")
            }
            Self::Relation(_) => {
                let word = package.and_then(|p| p.relation).map(|r| r.word());
                of_package(word, "whether the project asks for it itself is not known")
            }
            Self::Via(_) => ways(finding),
            Self::Fix(_) => {
                let fix = observation.fix.as_ref();
                of_package(fix.map(fix_word), "no scanner said whether there is a fix")
            }
            Self::Origin(_) => Has {
                note: Some(finding.provenance.why),
                ..Has::of([finding.provenance.origin.word()])
            },
            Self::Event(_) => Has::of([subject.context.event.word()]),
            Self::Age(_) => {
                let days = age::days(subject).map(|days| format!("{days}d"));
                Has::or(days, "nobody wrote down when it was first seen")
            }
            Self::Confidence(_) => {
                let witnesses = finding.witnesses.iter();
                let words = witnesses.filter_map(|w| Some(w.reported.confidence?.word()));
                some(Has::of(words), "no scanner said how sure it is")
            }
            Self::Witnesses(_) => Has::of([facts::scanners(finding).to_string()]),
            Self::Cvss(_) => {
                let score = facts::score(finding).map(|score| score.to_string());
                Has::or(score, "no scanner gave a score")
            }
            Self::Epss(_) => {
                let value = observation.epss.map(|value| value.to_string());
                Has::or(value, "no report and no snapshot has a probability for it")
            }
            Self::Kev(_) => {
                let value = observation.kev.map(|listed| listed.to_string());
                Has::or(value, "nobody looked whether it is exploited")
            }
            Self::Fingerprint(_) => Has::of([finding.fingerprint.as_str()]),
            Self::All(_) | Self::Any(_) | Self::Not(_) => Has::of(None::<&str>),
        }
    }
}

fn some(has: Has, none: &'static str) -> Has {
    let note = has.values.is_empty().then_some(none);
    Has { note, ..has }
}

fn distinct<'f>(
    finding: &'f Finding,
    word: impl Fn(&'f crate::model::Witness) -> &'f str,
) -> Vec<&'f str> {
    let mut words: Vec<&str> = finding.witnesses.iter().map(word).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn fix_word(fix: &crate::model::Fix) -> &'static str {
    use crate::model::Fix;
    match fix {
        Fix::Upgrade { distance, .. } => distance.map_or("upgrade", |d| d.word()),
        Fix::UpgradeExists => "upgrade",
        Fix::NoneYet => "none",
        Fix::Advice(_) => "advice",
    }
}

fn ways(finding: &Finding) -> Has {
    let Some(package) = &finding.observation.package else {
        return Has::or(None::<&str>, "it is about no package");
    };
    let ways = package.paths.iter().map(|way| {
        let names: Vec<&str> = way.iter().map(|name| name.raw()).collect();
        names.join(" > ")
    });
    let has = some(Has::of(ways), "no way to the package is known");
    match package.more_paths {
        true => Has {
            note: Some("there are more ways than are listed"),
            ..has
        },
        false => has,
    }
}
