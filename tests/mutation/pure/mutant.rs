//! Which mutant holds in this run: the number in `MUTANT`; none without it.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ACTIVE: LazyLock<usize> =
    LazyLock::new(|| std::env::var("MUTANT").map_or(0, |n| n.parse().expect("a number")));

/// Mutants whose place a run came by, when `MUTANTS_SEEN` names a folder for them.
static SEEN: LazyLock<Option<(std::path::PathBuf, Vec<AtomicBool>)>> = LazyLock::new(|| {
    let folder = std::env::var_os("MUTANTS_SEEN")?;
    let flags = (0..100_000).map(|_| AtomicBool::new(false)).collect();
    Some((folder.into(), flags))
});

/// Whether this mutant holds.
pub fn on(id: usize) -> bool {
    if let Some((folder, flags)) = &*SEEN
        && !flags[id].swap(true, Ordering::Relaxed)
    {
        std::fs::write(folder.join(id.to_string()), "").expect("a file");
    }
    *ACTIVE == id
}
