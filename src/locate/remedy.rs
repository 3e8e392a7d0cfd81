//! Fixes, once the manifest has said what is installed.

use super::package::Indexed;
use crate::model::{Fix, Foreign as _, Observation, Untrusted};
use crate::version::{distance, upgrade};

/// Chooses the fix for the version that is installed, and says how far it is. `learnt`: the version
/// is the manifest's, and the scanner chose without it.
pub fn refine(observation: &mut Observation, manifest: &Indexed, learnt: bool) {
    let Some(package) = observation.package.as_ref() else {
        return;
    };
    let chosen =
        matches!(&observation.fix, Some(Fix::Upgrade { package: p, .. }) if *p == package.name);
    if learnt && chosen && !package.fixed.is_empty() {
        observation.fix = Some(upgrade(package));
    }
    if let Some(Fix::Upgrade {
        package: moved,
        version,
        distance: far @ None,
    }) = observation.fix.as_mut()
    {
        // npm names the direct dependency to move; the lockfile knows its version.
        let installed = if *moved == package.name {
            package.version.as_ref().map(Untrusted::raw)
        } else {
            let entry = manifest.direct(moved.raw());
            entry.and_then(|entry| entry.version.as_deref())
        };
        *far = installed.and_then(|from| distance(&package.ecosystem, from, version.raw()));
    }
}
