//! What the JSON for machines says of the policy.

use crate::escape::json as text;
use crate::model::{DataSource, PolicySummary};
use serde::Serialize;

/// The policy in short.
#[derive(Serialize)]
pub struct Policy<'a> {
    sources: Vec<&'a str>,
    unrated: Option<&'static str>,
    data: Vec<Data<'a>>,
}

impl<'a> Policy<'a> {
    /// Takes it from the assessment.
    pub fn of(policy: &'a PolicySummary) -> Self {
        Self {
            sources: policy.sources.iter().map(text).collect(),
            unrated: policy.unrated.map(|s| s.word()),
            data: policy.data.iter().map(Data::of).collect(),
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
