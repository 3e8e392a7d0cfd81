//! What was found out about the shipped rules when the program was built.
//!
//! Goes by the text of the regular expression or of the name, so that a rule of the same text, wherever it
//! comes from, needs no analysis. There are few pointers in it: each would have to be set when the
//! program starts.

/// Stands for no suffix.
const NONE: u16 = u16::MAX;

/// A needle; see [`super::literals::Needle`].
pub(crate) struct Kept {
    from: u32,
    length: u16,
    gram: u16,
    back: u32,
    exact: bool,
    suffix: u16,
}

impl Kept {
    /// Indices into [`SETS`].
    pub(crate) fn places(&self) -> &'static [u16] {
        let from = self.from as usize;
        let to = from + usize::from(self.length);
        PLACES.get(from..to).unwrap_or_default()
    }

    /// From its beginning to its gram.
    pub(crate) fn gram(&self) -> usize {
        usize::from(self.gram)
    }

    /// For a regular expression: from the beginning of the match, at most. For a name: its length.
    pub(crate) fn back(&self) -> usize {
        match self.back {
            u32::MAX => usize::MAX,
            back => back as usize,
        }
    }

    /// The distance is always this.
    pub(crate) fn exact(&self) -> bool {
        self.exact
    }

    /// What must follow.
    pub(crate) fn suffix(&self) -> Option<&'static str> {
        let suffix = SUFFIXES.get(usize::from(self.suffix)).copied();
        suffix.filter(|_| self.suffix != NONE)
    }
}

/// How a regular expression is searched; see [`super::literals::Plan`].
pub(crate) struct KeptPlan {
    pub(crate) longest: Option<usize>,
    from: u32,
    to: u32,
}

impl KeptPlan {
    /// One of these is in every match.
    pub(crate) fn needles(&self) -> &'static [Kept] {
        needles(self.from, self.to)
    }
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

fn needles(from: u32, to: u32) -> &'static [Kept] {
    NEEDLES.get(from as usize..to as usize).unwrap_or_default()
}

/// The plan for a regular expression.
pub(crate) fn plan(pattern: &str) -> Option<&'static KeptPlan> {
    let at = PLANS
        .binary_search_by(|(known, _)| (*known).cmp(pattern))
        .ok()?;
    PLANS.get(at).map(|(_, plan)| plan)
}

/// The spellings of a name.
pub(crate) fn name(name: &str) -> Option<&'static [Kept]> {
    let text = |[start, end, ..]: &[u32; 4]| {
        let text = NAME_TEXT.get(*start as usize..*end as usize);
        text.unwrap_or_default()
    };
    let at = NAMES.binary_search_by(|known| text(known).cmp(name)).ok()?;
    NAMES.get(at).map(|[_, _, from, to]| needles(*from, *to))
}
