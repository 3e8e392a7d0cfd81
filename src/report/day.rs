//! As of when the verdict holds.

use crate::model::Assessment;

/// The day of the verdict, and the days of the snapshots that it goes by.
pub fn day(assessment: &Assessment) -> String {
    let sources = assessment.policy.data.iter();
    let sources = sources.map(|source| {
        let stale = if source.stale { " (stale)" } else { "" };
        format!(", {} of {}{stale}", source.key.to_uppercase(), source.date)
    });
    assessment.today.to_string() + &sources.collect::<String>()
}
