//! The key `dark-after`: how long a scanner may stay silent.

use super::file::Reader;
use super::validate::duration;
use jiff::SignedDuration;

/// How long a scanner may give no evidence to scheduled scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DarkAfter {
    /// This long, counted in whole days.
    Days(i64),
    /// For ever: it has been given up.
    Never,
}

/// A week: a broken job is mended within that, or nobody looks.
impl Default for DarkAfter {
    fn default() -> Self {
        Self::Days(7)
    }
}

impl DarkAfter {
    /// The days; `None` for ever.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Days(days) => Some(days),
            Self::Never => None,
        }
    }
}

/// Reads the key from a policy or one of its scanners.
pub fn dark_after(reader: &mut Reader<'_, '_>) -> Option<DarkAfter> {
    let word = reader.text("dark-after")?;
    if word.name == "never" {
        return Some(DarkAfter::Never);
    }
    let day = SignedDuration::from_hours(24);
    let time = duration(&word.name).filter(|time| *time >= day);
    if time.is_none() {
        reader.error(
            word.span,
            &format!("`{}` is no time to stay dark", word.name),
            "not a number of days",
            Some(
                "write days or weeks, \"7d\", \"2w\", or \"never\" for a scanner that was given up"
                    .to_owned(),
            ),
        );
    }
    time.map(|time| DarkAfter::Days(time.as_hours() / 24))
}
