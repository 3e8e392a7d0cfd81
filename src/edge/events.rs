//! Why this process runs, from the environment of the Actions runner.

use super::files;
use crate::event::Surroundings;

/// What the runner says; `None` outside of Actions.
pub fn surroundings() -> Option<Surroundings> {
    let text = |name: &str| std::env::var(name).unwrap_or_default();
    if text("GITHUB_ACTIONS") != "true" {
        return None;
    }
    let path = std::env::var_os("GITHUB_EVENT_PATH");
    Some(Surroundings {
        name: text("GITHUB_EVENT_NAME"),
        commit: text("GITHUB_SHA"),
        reference: text("GITHUB_REF"),
        base_reference: text("GITHUB_BASE_REF"),
        payload: path.and_then(|path| files::read_up_to(path.as_ref(), MAX_EVENT)),
    })
}

/// Largest event file that is read, in bytes: GitHub sends no larger one (docs.github.com, "Webhook
/// events and payloads", payload cap).
const MAX_EVENT: u64 = 25 * 1024 * 1024;
