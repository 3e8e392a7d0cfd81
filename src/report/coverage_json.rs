//! What a run covered, for machines.

use crate::escape::json as text;
use crate::model::Coverage;
use serde::Serialize;

/// The field `coverage` of a run.
#[derive(Serialize)]
pub struct CoverageOut<'a> {
    written: Option<String>,
    data: Option<String>,
    looked_at: Vec<&'a str>,
    exit: Option<i32>,
}

impl<'a> CoverageOut<'a> {
    /// Of a run's coverage.
    pub fn of(coverage: &'a Coverage) -> Self {
        Self {
            written: coverage.written.map(|moment| moment.to_string()),
            data: coverage.data.map(|moment| moment.to_string()),
            looked_at: coverage.inputs.iter().map(text).collect(),
            exit: coverage.exit,
        }
    }
}
