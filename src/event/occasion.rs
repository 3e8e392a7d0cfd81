//! On which occasions something is told on GitHub beyond the run's own page.
//!
//! Exit code, step outputs, annotations and job summary are there on every occasion; they need no
//! token. What is below needs one.

use super::payload::Payload;
use super::{Branch, Surroundings};
use crate::model::Event;

/// Why the check runs, as far as it matters for who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A pull request.
    Change,
    /// A merge queue: there is no pull request in its event, and its branch is gone in an hour.
    Queue,
    /// The default branch, after a push or because a person asks.
    Default,
    /// Another branch, in the same way.
    Branch,
    /// A tag.
    Tag,
    /// The clock.
    Schedule,
    /// Anything else. What is checked out may be somebody's change, whatever branch the runner names.
    Other,
}

/// Something that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The comment on the pull request.
    Comment,
    /// The findings in code scanning.
    Upload,
    /// The check run or commit status.
    Status,
    /// The tracking issue.
    Tracking,
}

/// Whether it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Unless it is switched off.
    Always,
    /// When it is required, and not by itself.
    Asked,
    /// Not even when it is required: there is nobody to tell, or it would be wrong there.
    Never,
}

impl Occasion {
    /// All occasions, in the order in which the README lists them.
    pub const ALL: [Self; 7] = [
        Self::Change,
        Self::Queue,
        Self::Default,
        Self::Branch,
        Self::Tag,
        Self::Schedule,
        Self::Other,
    ];

    /// Understands it. `event` is what the check goes by, which the user may have chosen; the runner's
    /// own words can only make less of it.
    pub fn of(event: Event, words: &Surroundings) -> Self {
        match event {
            Event::PullRequest => Self::Change,
            Event::MergeGroup => Self::Queue,
            Event::Schedule if words.name == "schedule" => Self::Schedule,
            // Somebody calls it a schedule; what is checked out stays what it is.
            Event::Schedule => match branch(words) {
                Self::Default => Self::Schedule,
                other => other,
            },
            Event::Push | Event::Manual if matches!(&*words.name, "push" | "workflow_dispatch") => {
                branch(words)
            }
            Event::Push | Event::Manual | Event::Local => Self::Other,
        }
    }

    /// The table of all that: occasions against deliveries.
    pub fn due(self, delivery: Delivery) -> Due {
        use Delivery::{Comment, Status, Tracking, Upload};
        use Due::{Always, Asked, Never};
        match (self, delivery) {
            // Off unless somebody asks for it; and where it is required, a merge queue waits for it.
            (_, Status) => Always,
            (Self::Change, Comment | Upload) => Always,
            (_, Comment) => Never,
            (Self::Queue, Upload) => Never,
            (Self::Default | Self::Branch | Self::Schedule, Upload) => Always,
            (Self::Tag | Self::Other, Upload) => Asked,
            (Self::Schedule, Tracking) => Always,
            (Self::Default, Tracking) => Asked,
            (_, Tracking) => Never,
        }
    }
}

/// The start of the branches on which GitHub's merge queue builds: a workflow that runs on every push
/// sees them, too.
const QUEUE: &str = "refs/heads/gh-readonly-queue/";

fn branch(words: &Surroundings) -> Occasion {
    if words.reference.starts_with("refs/tags/") {
        return Occasion::Tag;
    }
    if words.reference.starts_with(QUEUE) {
        return Occasion::Queue;
    }
    let payload = words.payload.as_deref();
    let payload: Option<Payload> = payload.and_then(|text| serde_json::from_slice(text).ok());
    let default = payload.and_then(|p| p.repository?.default_branch);
    let default = default.as_deref().and_then(Branch::parse);
    match Branch::of_reference(&words.reference) {
        None => Occasion::Other,
        some if some == default => Occasion::Default,
        Some(_) => Occasion::Branch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(event: Event, name: &str, reference: &str) -> Occasion {
        let payload = br#"{"repository": {"default_branch": "main"}}"#;
        let words = Surroundings {
            name: name.to_owned(),
            reference: reference.to_owned(),
            payload: Some(payload.to_vec()),
            ..Surroundings::default()
        };
        Occasion::of(event, &words)
    }

    #[test]
    fn each_event_is_its_occasion() {
        use Event::{Manual, MergeGroup, PullRequest, Push, Schedule};
        for (event, name, reference, occasion) in [
            (
                PullRequest,
                "pull_request",
                "refs/pull/7/merge",
                Occasion::Change,
            ),
            (
                PullRequest,
                "pull_request",
                "refs/heads/main",
                Occasion::Change,
            ),
            (
                MergeGroup,
                "merge_group",
                "refs/heads/gh-readonly-queue/main/pr-7-abc",
                Occasion::Queue,
            ),
            (
                Push,
                "push",
                "refs/heads/gh-readonly-queue/main/pr-7-abc",
                Occasion::Queue,
            ),
            (Push, "push", "refs/heads/main", Occasion::Default),
            (Push, "push", "refs/heads/topic", Occasion::Branch),
            (Push, "push", "refs/tags/v1", Occasion::Tag),
            (Push, "push", "main", Occasion::Other),
            (Schedule, "schedule", "refs/heads/main", Occasion::Schedule),
            (
                Manual,
                "workflow_dispatch",
                "refs/heads/main",
                Occasion::Default,
            ),
            (
                Manual,
                "workflow_dispatch",
                "refs/heads/topic",
                Occasion::Branch,
            ),
            (Manual, "release", "refs/tags/v1", Occasion::Other),
            (Manual, "issue_comment", "refs/heads/main", Occasion::Other),
            (Manual, "workflow_run", "refs/heads/main", Occasion::Other),
            // What the user says is not what the runner says.
            (
                Schedule,
                "pull_request",
                "refs/pull/7/merge",
                Occasion::Other,
            ),
            (
                Manual,
                "pull_request_target",
                "refs/heads/main",
                Occasion::Other,
            ),
            (Push, "pull_request", "refs/pull/7/merge", Occasion::Other),
            (
                Schedule,
                "workflow_dispatch",
                "refs/heads/main",
                Occasion::Schedule,
            ),
        ] {
            assert_eq!(of(event, name, reference), occasion, "{name} {reference}");
        }
    }

    #[test]
    fn only_the_default_branch_has_a_tracking_issue_and_only_changes_a_comment() {
        for occasion in Occasion::ALL {
            let due = |delivery| occasion.due(delivery);
            let comments = due(Delivery::Comment) != Due::Never;
            assert_eq!(comments, occasion == Occasion::Change, "{occasion:?}");
            let tracks = due(Delivery::Tracking) != Due::Never;
            let whole = matches!(occasion, Occasion::Schedule | Occasion::Default);
            assert_eq!(tracks, whole, "{occasion:?}");
        }
        let by_itself = |o: &Occasion| o.due(Delivery::Tracking) == Due::Always;
        let all: Vec<Occasion> = Occasion::ALL.into_iter().filter(by_itself).collect();
        assert_eq!(all, [Occasion::Schedule]);
    }

    #[test]
    fn a_queue_leaves_no_alerts_but_reports_its_status() {
        assert_eq!(Occasion::Queue.due(Delivery::Upload), Due::Never);
        assert_eq!(Occasion::Queue.due(Delivery::Status), Due::Always);
    }
}
