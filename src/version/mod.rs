//! Versions: their order, their common form, and the way from an installed one to a fixed one.
//!
//! Scanners write the same version in several ways, and each ecosystem orders versions by rules of
//! its own. Nothing here says whether a version is vulnerable: that is the scanners' word.

mod fix;
mod generic;
mod number;

pub use fix::{distance, least_fix, upgrade};
pub use number::{canonical, compare};
