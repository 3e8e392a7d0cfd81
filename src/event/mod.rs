//! Why an Actions run was started, and what its event says about the commits to compare. Pure: the
//! runner's words in, checked ids and names out. Whoever opens a pull request chooses much of what
//! an event holds, so that nothing of it is used before its form is checked.

mod names;
mod occasion;
mod payload;
mod privileged;
mod subject;

pub use names::{Branch, Id};
pub use occasion::{Delivery, Due, Occasion};
pub use privileged::Privileged;
pub use subject::{Finished, Subject};

use crate::model::Event;
use payload::Payload;

/// What the runner says about the run (docs.github.com, "Variables reference").
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `GITHUB_EVENT_NAME`.
    pub name: String,
    /// `GITHUB_SHA`.
    pub commit: String,
    /// `GITHUB_REF`.
    pub reference: String,
    /// `GITHUB_BASE_REF`.
    pub base_reference: String,
    /// `GITHUB_ACTOR`.
    pub actor: String,
    /// The file that `GITHUB_EVENT_PATH` names; `None` when it cannot be read or is too large.
    pub payload: Option<Vec<u8>>,
}

/// What is known about why the check runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// What is to be compared.
    pub compare: Compare,
    /// The commit that the run is about, when the runner says.
    pub commit: Option<Id>,
    /// False when the event should have said more, and its file cannot be understood.
    pub understood: bool,
    /// What the runner says of a run with the repository's secrets, whatever the user says it is.
    pub privileged: Option<Privileged>,
}

impl Told {
    /// The last commit of the pull request that the event is about, in hex.
    pub fn head(&self) -> Option<&str> {
        match &self.compare {
            Compare::Pull(pull) => pull.head.as_ref().map(Id::as_str),
            _ => None,
        }
    }
}

/// What an event asks to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compare {
    /// A pull request with its target.
    Pull(Pull),
    /// What the merge queue has built with what the queue starts from.
    Queue {
        /// The commit that the queue has built.
        head: Option<Id>,
        /// The commit that the queue starts from.
        base: Option<Id>,
        /// The target branch.
        into: Option<Branch>,
    },
    /// A branch with what it was before.
    Push(Push),
    /// A tag, which is no change.
    Tag,
    /// Nothing: a clock or a person wants to know how things are.
    Whole,
    /// Nothing that an event names: it runs outside of Actions.
    Local,
    /// Nothing: the event has no base that lockgate knows of.
    Other,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pull {
    /// Its last commit.
    pub head: Option<Id>,
    /// The target branch's commit when the event was written.
    pub base: Option<Id>,
    /// The target branch.
    pub into: Option<Branch>,
    /// The runner checks out the test merge unless it is told otherwise.
    pub merged: bool,
    /// It is `pull_request_target`, which by itself checks out the target and not the change.
    pub privileged: bool,
}

/// A push to a branch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Push {
    /// The branch's commit before; `None` when nobody says.
    pub before: Option<Id>,
    /// The commit that was pushed; `None` when nobody says.
    pub after: Option<Id>,
    /// The branch is new.
    pub created: bool,
    /// History was rewritten.
    pub forced: bool,
    /// The branch.
    pub branch: Option<Branch>,
    /// The repository's default branch.
    pub default: Option<Branch>,
}

/// Understands an event. `chosen` is what the user says it is; it wins, and what the runner says of
/// another event is then not used.
pub fn read(surroundings: Option<&Surroundings>, chosen: Option<Event>) -> Told {
    let named = surroundings.map(|s| event(&s.name));
    let event = chosen.or(named.flatten()).unwrap_or(match surroundings {
        Some(_) => Event::Manual,
        None => Event::Local,
    });
    let ours = surroundings.filter(|_| chosen.is_none() || named == Some(chosen));
    let payload = ours.and_then(|s| s.payload.as_deref());
    let payload: Option<Payload> = payload.and_then(|text| serde_json::from_slice(text).ok());
    let understood = payload.is_some();
    let payload = payload.unwrap_or_default();
    let empty = Surroundings::default();
    let words = ours.unwrap_or(&empty);
    let compare = match event {
        Event::PullRequest => Compare::Pull(pull(words, payload)),
        Event::MergeGroup => queue(payload),
        Event::Push => push(words, payload),
        Event::Schedule => Compare::Whole,
        Event::Manual => Compare::Other,
        Event::Local => Compare::Local,
    };
    Told {
        event,
        compare,
        commit: Id::parse(&words.commit),
        understood,
        privileged: surroundings
            .and_then(|s| privileged::read(&s.name, &s.commit, s.payload.as_deref())),
    }
}

/// The event of a name. Reviews come with the pull request and its test merge, too.
fn event(name: &str) -> Option<Event> {
    match name {
        "pull_request_target" | "pull_request_review" | "pull_request_review_comment" => {
            Some(Event::PullRequest)
        }
        name => Event::parse(name).filter(|event| *event != Event::Local),
    }
}

fn pull(words: &Surroundings, payload: Payload) -> Pull {
    let pull = payload.pull_request.unwrap_or_default();
    let (head, base) = (pull.head.unwrap_or_default(), pull.base.unwrap_or_default());
    let into = base.name.as_deref().and_then(Branch::parse);
    let number = words.reference.strip_prefix("refs/pull/");
    Pull {
        head: head.sha.as_deref().and_then(Id::parse),
        base: base.sha.as_deref().and_then(Id::parse),
        into: into.or_else(|| Branch::parse(&words.base_reference)),
        merged: number.is_some_and(|rest| rest.ends_with("/merge")),
        privileged: words.name == "pull_request_target",
    }
}

fn queue(payload: Payload) -> Compare {
    let group = payload.merge_group.unwrap_or_default();
    Compare::Queue {
        head: group.head_sha.as_deref().and_then(Id::parse),
        base: group.base_sha.as_deref().and_then(Id::parse),
        into: group.base_ref.as_deref().and_then(Branch::of_reference),
    }
}

fn push(words: &Surroundings, payload: Payload) -> Compare {
    let reference = payload.reference.unwrap_or_else(|| words.reference.clone());
    if reference.starts_with("refs/tags/") {
        return Compare::Tag;
    }
    let before = payload.before.as_deref();
    let repository = payload.repository.unwrap_or_default();
    let default = repository.default_branch;
    Compare::Push(Push {
        before: before.and_then(Id::parse),
        after: payload.after.as_deref().and_then(Id::parse),
        created: before.is_some_and(Id::is_zero),
        forced: payload.forced.unwrap_or(false),
        branch: Branch::of_reference(&reference),
        default: default.as_deref().and_then(Branch::parse),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn told(name: &str, payload: &str) -> Told {
        let surroundings = Surroundings {
            name: name.to_owned(),
            commit: ONE.to_owned(),
            reference: "refs/pull/7/merge".to_owned(),
            base_reference: "main".to_owned(),
            actor: String::new(),
            payload: Some(payload.as_bytes().to_vec()),
        };
        read(Some(&surroundings), None)
    }

    fn pulled(name: &str, payload: &str) -> Pull {
        match told(name, payload).compare {
            Compare::Pull(pull) => pull,
            other => panic!("{other:?}"),
        }
    }

    fn pushed(payload: &str) -> Push {
        match told("push", payload).compare {
            Compare::Push(push) => push,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pull_request_names_its_head_and_its_target() {
        let payload = format!(
            r#"{{"number": 7, "pull_request": {{"title": "x", "head": {{"ref": "topic", "sha": "{ONE}"}},
                "base": {{"ref": "release/2", "sha": "{TWO}", "repo": null}}}}}}"#
        );
        let pull = pulled("pull_request", &payload);
        assert_eq!(pull.head, Id::parse(ONE));
        assert_eq!(pull.base, Id::parse(TWO));
        assert_eq!(pull.into, Branch::parse("release/2"));
        assert!(pull.merged && !pull.privileged);
        assert!(pulled("pull_request_target", &payload).privileged);
        assert_eq!(pulled("pull_request_review", &payload), pull);
    }

    #[test]
    fn a_merge_group_names_its_base_and_older_servers_only_the_branch() {
        let into = Branch::parse("release/2");
        let payload = format!(
            r#"{{"merge_group": {{"base_sha": "{TWO}", "base_ref": "refs/heads/release/2"}}}}"#
        );
        let expected = |base| Compare::Queue {
            head: None,
            base,
            into: into.clone(),
        };
        assert_eq!(
            told("merge_group", &payload).compare,
            expected(Id::parse(TWO))
        );
        let payload = r#"{"merge_group": {"base_ref": "refs/heads/release/2"}}"#;
        assert_eq!(told("merge_group", payload).compare, expected(None));
    }

    #[test]
    fn a_push_says_what_was_there_before() {
        let payload = |before: &str, reference: &str| {
            format!(
                r#"{{"before": "{before}", "ref": "{reference}", "forced": true,
                    "repository": {{"default_branch": "main"}}}}"#
            )
        };
        let push = pushed(&payload(TWO, "refs/heads/topic"));
        assert_eq!(push.before, Id::parse(TWO));
        assert!(push.forced && !push.created);
        assert_eq!(push.branch, Branch::parse("topic"));
        let push = pushed(&payload(&"0".repeat(40), "refs/heads/topic"));
        assert_eq!((push.before, push.created), (None, true));
        let tag = payload(TWO, "refs/tags/v1");
        assert_eq!(told("push", &tag).compare, Compare::Tag);
    }

    #[test]
    fn what_has_no_base_says_so() {
        assert_eq!(told("schedule", "{}").compare, Compare::Whole);
        // These may well be about somebody's change, so that nothing passes as "existing".
        for name in [
            "workflow_dispatch",
            "workflow_run",
            "issue_comment",
            "release",
            "",
            "local",
        ] {
            assert_eq!(told(name, "{}").compare, Compare::Other, "{name}");
            assert_eq!(told(name, "{}").event, Event::Manual, "{name}");
        }
        assert_eq!(read(None, None).compare, Compare::Local);
    }

    #[test]
    fn the_users_word_wins_over_the_runners() {
        let payload = format!(r#"{{"before": "{TWO}", "ref": "refs/heads/main"}}"#);
        let surroundings = Surroundings {
            name: "push".to_owned(),
            payload: Some(payload.into_bytes()),
            ..Surroundings::default()
        };
        let told = |chosen| read(Some(&surroundings), Some(chosen));
        assert_eq!(told(Event::Schedule).compare, Compare::Whole);
        let pull = told(Event::PullRequest);
        assert_eq!(pull.compare, Compare::Pull(Pull::default()));
        assert!(!pull.understood);
        assert!(told(Event::Push).understood);
    }

    #[test]
    fn hostile_events_say_nothing() {
        let deep = "[".repeat(100_000);
        for payload in [
            "",
            "null",
            "[]",
            "{",
            "\u{0}",
            deep.as_str(),
            r#"{"pull_request": []}"#,
            r#"{"pull_request": {"head": {"sha": 7}}}"#,
            r#"{"pull_request": {"head": {"sha": "x"}}, "pull_request": {}}"#,
        ] {
            let told = told("pull_request", payload);
            assert!(!told.understood, "{payload:.40}");
            let Compare::Pull(pull) = told.compare else {
                panic!("{payload:.40}");
            };
            assert_eq!((pull.head, pull.base), (None, None));
        }
        for sha in [
            "--upload-pack=x",
            "-x",
            "HEAD",
            "main",
            ":/x",
            "é",
            "111111111",
        ] {
            let sha = serde_json::json!({"sha": sha, "ref": "--x"});
            let payload = serde_json::json!({"pull_request": {"head": sha, "base": sha}});
            let pull = pulled("pull_request", &payload.to_string());
            assert_eq!((pull.head, pull.base), (None, None));
            assert_eq!(pull.into, Branch::parse("main"), "the runner's own word");
        }
    }
}
