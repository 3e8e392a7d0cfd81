//! What was found out about the shipped rules when the program was built.
//!
//! Goes by the text of the regular expression or of the name, so that a rule of the same text, wherever it
//! comes from, needs no analysis.

/// A needle; see [`super::literals::Needle`].
pub(crate) struct Kept {
    /// Indices into [`SETS`].
    pub(crate) places: &'static [u16],
    pub(crate) gram: usize,
    /// For a regular expression: from the beginning of the match, at most. For a name: its length.
    pub(crate) back: usize,
    pub(crate) suffix: Option<&'static str>,
}

/// How a regular expression is searched; see [`super::literals::Plan`].
pub(crate) struct KeptPlan {
    pub(crate) longest: Option<usize>,
    pub(crate) needles: &'static [Kept],
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

fn look_up<T>(table: &'static [(&str, T)], key: &str) -> Option<&'static T> {
    let at = table
        .binary_search_by(|(known, _)| (*known).cmp(key))
        .ok()?;
    table.get(at).map(|(_, value)| value)
}

/// The plan for a regular expression.
pub(crate) fn plan(pattern: &str) -> Option<&'static KeptPlan> {
    look_up(PLANS, pattern)
}

/// The spellings of a name.
pub(crate) fn name(name: &str) -> Option<&'static [Kept]> {
    look_up(NAMES, name).copied()
}
