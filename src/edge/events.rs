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
        actor: text("GITHUB_ACTOR"),
        payload: path.and_then(|path| files::read_up_to(path.as_ref(), MAX_EVENT)),
    })
}

/// Where GitHub is and which run of which repository this is (docs.github.com, "Variables
/// reference"); `None` for what the runner does not say.
#[derive(Debug, Default)]
pub struct Place {
    /// `GITHUB_API_URL`.
    pub api: Option<String>,
    /// `GITHUB_SERVER_URL`.
    pub web: Option<String>,
    /// `GITHUB_REPOSITORY`: the event file of a scheduled run names none.
    pub repository: Option<String>,
    /// `GITHUB_RUN_ID`.
    pub run: Option<u64>,
    /// `GITHUB_RUN_ATTEMPT`.
    pub attempt: Option<u64>,
}

impl Place {
    /// What the environment says.
    pub fn of_environment() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let number = |name: &str| text(name)?.parse().ok();
        Self {
            api: text("GITHUB_API_URL"),
            web: text("GITHUB_SERVER_URL"),
            repository: text("GITHUB_REPOSITORY"),
            run: number("GITHUB_RUN_ID"),
            attempt: number("GITHUB_RUN_ATTEMPT"),
        }
    }
}

/// Largest event file that is read, in bytes: GitHub sends no larger one (docs.github.com, "Webhook
/// events and payloads", payload cap).
const MAX_EVENT: u64 = 25 * 1024 * 1024;
