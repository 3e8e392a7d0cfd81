//! What the JSON for machines says of the policy.

use super::phrase::Sink;
use super::review;
use crate::escape::json as text;
use crate::model::{AfterMerge, Assessment, DataSource, PolicyChange, PolicyError};
use serde::Serialize;

/// The policy in short.
#[derive(Serialize)]
pub struct Policy<'a> {
    sources: Vec<&'a str>,
    unrated: Option<&'static str>,
    data: Vec<Data<'a>>,
    origin: &'static str,
    commit: Option<CommitOut<'a>>,
    changes: Vec<ChangeOut<'a>>,
    errors: Vec<ErrorOut<'a>>,
    after_merge: Option<AfterOut<'a>>,
}

impl<'a> Policy<'a> {
    /// Takes it from the assessment.
    pub fn of(assessment: &'a Assessment) -> Self {
        let policy = &assessment.policy;
        let authority = &assessment.authority;
        Self {
            sources: policy.sources.iter().map(text).collect(),
            unrated: policy.unrated.map(|s| s.word()),
            data: policy.data.iter().map(Data::of).collect(),
            origin: authority.origin.word(),
            commit: authority.origin.commit().map(|commit| CommitOut {
                name: text(&commit.name),
                id: &commit.id,
            }),
            changes: assessment
                .policy_changes
                .iter()
                .map(ChangeOut::of)
                .collect(),
            errors: authority.errors.iter().map(ErrorOut::of).collect(),
            after_merge: assessment
                .after_merge
                .as_ref()
                .map(|after| AfterOut::of(after, assessment)),
        }
    }
}

/// A snapshot that the policy names.
#[derive(Serialize)]
struct Data<'a> {
    key: &'static str,
    path: &'a str,
    date: String,
    entries: usize,
    stale: bool,
}

impl<'a> Data<'a> {
    fn of(source: &'a DataSource) -> Self {
        Self {
            key: source.key,
            path: text(&source.path),
            date: source.date.to_string(),
            entries: source.entries,
            stale: source.stale,
        }
    }
}

/// Foreign words as they are: JSON's own encoding is the escape.
pub static PLAIN: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| text(name).to_owned(),
    title: |title| text(title).to_owned(),
    line: |line| text(line).to_owned(),
    words: |words| text(words).to_owned(),
};

/// The commit that the policy was looked for in.
#[derive(Serialize)]
struct CommitOut<'a> {
    name: &'a str,
    id: &'a str,
}

/// Something that the judged change alters in the policy.
#[derive(Serialize)]
struct ChangeOut<'a> {
    direction: &'static str,
    text: String,
    words: Vec<&'a str>,
    source: &'a str,
    line: Option<usize>,
}

impl<'a> ChangeOut<'a> {
    fn of(change: &'a PolicyChange) -> Self {
        Self {
            direction: change.direction.word(),
            text: review::change(change).show(&PLAIN),
            words: change.words.iter().map(text).collect(),
            source: text(&change.source),
            line: change.line,
        }
    }
}

/// An error that the judged change brings into the policy.
#[derive(Serialize)]
struct ErrorOut<'a> {
    text: &'a str,
    source: &'a str,
    line: Option<usize>,
    column: Option<usize>,
}

impl<'a> ErrorOut<'a> {
    fn of(error: &'a PolicyError) -> Self {
        Self {
            text: text(&error.message),
            source: text(&error.source),
            line: error.place.map(|(line, _)| line),
            column: error.place.map(|(_, column)| column),
        }
    }
}

/// What the policy of the change would make of this run.
#[derive(Serialize)]
struct AfterOut<'a> {
    verdict: &'static str,
    passing: Vec<&'a str>,
    blocking: usize,
}

impl<'a> AfterOut<'a> {
    fn of(after: &AfterMerge, assessment: &'a Assessment) -> Self {
        let passing = after.passing.iter();
        let passing = passing.filter_map(|index| assessment.findings.get(*index));
        Self {
            verdict: after.verdict.word(),
            passing: passing.map(|d| d.finding.fingerprint.as_str()).collect(),
            blocking: after.blocking,
        }
    }
}
