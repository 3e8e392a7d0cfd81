//! Why this process runs, from the environment of the Actions runner.

use crate::model::Event;

/// The event that the runner names; one that lockgate does not know counts as started by a person.
pub fn current() -> Event {
    let text = |name: &str| std::env::var(name).unwrap_or_default();
    if text("GITHUB_ACTIONS") != "true" {
        return Event::Local;
    }
    let name = text("GITHUB_EVENT_NAME");
    match name.as_str() {
        "pull_request_target" => Event::PullRequest,
        name => Event::parse(name).unwrap_or(Event::Manual),
    }
}
