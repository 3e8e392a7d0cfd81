//! The other side: what the base holds of the same secrets.

use crate::app::base::Known;
use crate::model::{Foreign as _, RepoPath};
use crate::scan::secrets::{BaseSecrets, Sight, window};
use lockgate_secrets::Scanner;
use std::collections::BTreeMap;

/// The secrets of the base: those of files that the change leaves alone, and those of the others as the
/// base has them.
pub fn secrets(known: &Known<'_>, found: &[Sight], scanner: &Scanner<'_>) -> BaseSecrets {
    let mut base = BaseSecrets::default();
    for sight in found {
        let path = &sight.location.path;
        if sight.location.target.is_none() && !known.touched.files.contains(path) {
            base.untouched(sight);
        }
    }
    // Old name → new name.
    let renamed: BTreeMap<&RepoPath, &RepoPath> = known
        .touched
        .renamed
        .iter()
        .map(|(new, old)| (old, new))
        .collect();
    for old in &known.touched.files {
        let Some(bytes) = known.start.read(old) else {
            continue;
        };
        let now = renamed.get(old).copied().unwrap_or(old);
        base.add(window(scanner, old, old.raw(), &bytes).list, now.raw());
    }
    base
}
