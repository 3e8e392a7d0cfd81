//! The other places of a secret.

use super::phrase;
use crate::escape;
use crate::model::{Finding, Untrusted};

/// Each as [`phrase::place`] shows it, and how many there are beyond them.
fn further(finding: &Finding) -> (Vec<Untrusted>, usize) {
    /// More is a list that nobody reads.
    const MOST: usize = 5;
    let Some(sighted) = &finding.observation.sighted else {
        return (Vec::new(), 0);
    };
    let shown = sighted.further.iter().take(MOST).map(|location| {
        let target = location.target.as_ref().map(escape::json);
        match target {
            Some(target) => {
                format!("{} in {target}", escape::json(&phrase::place(location))).into()
            }
            None => phrase::place(location),
        }
    });
    let more = sighted.further.len().saturating_sub(MOST) + sighted.more;
    (shown.collect(), more)
}

/// `a:1, b:2 and 3 more`; nothing when there is one place only.
pub fn places(finding: &Finding, sink: &dyn Fn(&Untrusted) -> String) -> Option<String> {
    let (places, more) = further(finding);
    if places.is_empty() {
        return None;
    }
    let names: Vec<String> = places.iter().map(sink).collect();
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("{}{more}", names.join(", ")))
}
