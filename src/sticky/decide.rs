//! What to do with the comments that are there.
//!
//! Two runs may write at the same time, and none sees what the other is about to do. So every run
//! decides by the same order: the oldest comment stays, the newest run has the say, and what is left
//! over from a race goes. Whatever the order of their requests, the last of them leaves one comment.

use super::marker::{Marker, digest};
use crate::model::{Foreign as _, Untrusted};

/// Who wrote a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The account's name.
    pub login: Untrusted,
    /// The account is a GitHub App's: no person can have such a name.
    pub bot: bool,
}

/// A comment that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id; the smaller, the older.
    pub id: u64,
    /// Who wrote it.
    pub author: Author,
    /// Its text.
    pub body: Untrusted,
}

/// Under which name this run writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    login: String,
    bot: bool,
}

impl Identity {
    /// The name under which the token of a workflow writes (docs.github.com, "Use GITHUB_TOKEN"). Its
    /// id differs from server to server, its name does not, and brackets are in no person's name.
    pub fn of_workflows() -> Self {
        Self::named("github-actions[bot]")
    }

    /// A name that somebody gave: `my-app[bot]` for an App, else a person's.
    pub fn named(login: &str) -> Self {
        Self {
            bot: login.ends_with("[bot]"),
            login: login.to_owned(),
        }
    }

    /// The author of a comment that this run has written.
    pub fn of(author: &Author) -> Self {
        Self {
            login: author.login.raw().to_owned(),
            bot: author.bot,
        }
    }

    /// Whether it wrote this. Names of accounts differ in more than case.
    pub fn wrote(&self, author: &Author) -> bool {
        self.bot == author.bot && self.login.eq_ignore_ascii_case(author.login.raw())
    }
}

/// What this run has to say.
#[derive(Debug, Clone)]
pub struct Ours<'a> {
    /// The marker of its comment.
    pub marker: &'a Marker,
    /// What addresses of runs begin with; see [`digest`].
    pub runs: &'a str,
    /// Whether a comment is written where none is.
    pub speak: bool,
}

/// Why nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It says the same already.
    Same,
    /// A newer run has written it.
    Newer,
    /// Another job of this very run has written it, with a worse verdict.
    Worse,
    /// There is no comment, and nothing that needs one.
    Silent,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The comment to change, or none to make a new one; or why neither.
    pub write: Result<Option<u64>, Why>,
    /// Comments to remove.
    pub remove: Vec<u64>,
    /// Another job of this very run writes the same comment.
    pub shared: bool,
}

/// Decides. Of all comments only those count that `identity` wrote and that begin with a marker of
/// the same key.
pub fn decide(comments: &[Comment], identity: &Identity, ours: &Ours<'_>) -> Plan {
    let mut own: Vec<(u64, Marker, &str)> = marked(comments, &ours.marker.key)
        .filter(|(comment, ..)| identity.wrote(&comment.author))
        .map(|(comment, marker, text)| (comment.id, marker, text))
        .collect();
    own.sort_by_key(|(id, ..)| *id);
    let stamp = ours.marker.stamp;
    let newer = own.iter().any(|(_, marker, _)| marker.stamp > stamp);
    let others = own.iter().skip(1);
    // A newer run keeps the oldest as well and moves its own words there.
    let remove = others
        .filter(|(_, marker, _)| marker.stamp <= stamp)
        .map(|(id, ..)| *id)
        .collect();
    let Some((id, marker, text)) = own.first() else {
        let write = if ours.speak {
            Ok(None)
        } else {
            Err(Why::Silent)
        };
        return Plan {
            write,
            remove,
            shared: false,
        };
    };
    let unchanged = marker.digest == ours.marker.digest
        && marker.verdict == ours.marker.verdict
        && marker.head == ours.marker.head
        && digest(text, ours.runs) == marker.digest;
    let same_run = own.iter().map(|(_, marker, _)| marker);
    let mut same_run = same_run.filter(|marker| marker.stamp == stamp).peekable();
    let shared = same_run.peek().is_some() && !unchanged;
    let write = match () {
        () if newer => Err(Why::Newer),
        () if unchanged => Err(Why::Same),
        // Nobody may read "passed" because the job that passed was the last.
        () if same_run.any(|marker| marker.verdict > ours.marker.verdict) => Err(Why::Worse),
        () => Ok(Some(*id)),
    };
    Plan {
        remove: match write {
            Err(Why::Worse) => Vec::new(),
            _ => remove,
        },
        write,
        shared,
    }
}

/// Whether others wrote comments with our marker: then it matters who we are.
pub fn is_claimed(comments: &[Comment], identity: &Identity, key: &str) -> bool {
    marked(comments, key).any(|(comment, ..)| !identity.wrote(&comment.author))
}

fn marked<'a>(
    comments: &'a [Comment],
    key: &'a str,
) -> impl Iterator<Item = (&'a Comment, Marker, &'a str)> {
    comments.iter().filter_map(move |comment| {
        let (marker, text) = Marker::split(comment.body.raw())?;
        (marker.key == key).then_some((comment, marker, text))
    })
}

#[cfg(test)]
mod tests {
    use super::super::marker::{Stamp, body};
    use super::*;
    use crate::model::Verdict;
    use proptest::prelude::*;

    const RUNS: &str = "https://x/actions/runs/";

    fn marker(run: u64, text: &str) -> Marker {
        Marker {
            key: String::new(),
            verdict: Verdict::Warn,
            head: String::new(),
            stamp: Stamp { run, attempt: 1 },
            digest: digest(text, RUNS),
        }
    }

    fn comment(id: u64, login: &str, body: &str) -> Comment {
        Comment {
            id,
            author: Author {
                login: login.into(),
                bot: login.ends_with("[bot]"),
            },
            body: body.into(),
        }
    }

    fn by_run(id: u64, run: u64, text: &str) -> Comment {
        comment(id, "github-actions[bot]", &body(&marker(run, text), text))
    }

    fn decided(comments: &[Comment], marker: &Marker) -> Plan {
        let ours = Ours {
            marker,
            runs: RUNS,
            speak: true,
        };
        decide(comments, &Identity::of_workflows(), &ours)
    }

    #[test]
    fn somebody_elses_marker_is_not_ours() {
        let marked = body(&marker(1, "x"), "x");
        for (login, text) in [
            ("mallory", marked.clone()),
            ("other-app[bot]", marked.clone()),
            ("github-actions", marked.clone()),
            ("github-actions[bot]", format!("Quoting:\n{marked}")),
            ("github-actions[bot]", marked.replace("key=", "key=other")),
        ] {
            let comments = [comment(1, login, &text)];
            let plan = decided(&comments, &marker(2, "y"));
            assert_eq!(
                (plan.write, plan.remove),
                (Ok(None), vec![]),
                "{login} {text}"
            );
        }
        let mallory = [comment(1, "mallory", &marked)];
        assert!(is_claimed(&mallory, &Identity::of_workflows(), ""));
        assert!(!is_claimed(&mallory, &Identity::named("Mallory"), ""));
        assert!(!is_claimed(&mallory, &Identity::of_workflows(), "web"));
    }

    #[test]
    fn the_oldest_is_changed_and_the_others_go() {
        let comments = [by_run(9, 3, "b"), by_run(5, 2, "a"), by_run(7, 1, "c")];
        let plan = decided(&comments, &marker(4, "d"));
        assert_eq!((plan.write, plan.remove), (Ok(Some(5)), vec![7, 9]));
        let plan = decided(&comments, &marker(2, "d"));
        assert_eq!((plan.write, plan.remove), (Err(Why::Newer), vec![7]));
    }

    #[test]
    fn the_same_is_not_written_again_unless_somebody_edited_it() {
        let same = [by_run(5, 2, "a")];
        assert_eq!(decided(&same, &marker(3, "a")).write, Err(Why::Same));
        let edited = body(&marker(2, "a"), "nothing to see");
        let edited = [comment(5, "github-actions[bot]", &edited)];
        assert_eq!(decided(&edited, &marker(3, "a")).write, Ok(Some(5)));
        let mut head = marker(3, "a");
        head.head = "a".repeat(40);
        assert_eq!(decided(&same, &head).write, Ok(Some(5)));
    }

    #[test]
    fn a_second_job_of_the_run_hides_nothing_worse() {
        let mut blocked = marker(3, "blocked");
        blocked.verdict = Verdict::Block;
        let there = [comment(
            5,
            "github-actions[bot]",
            &body(&blocked, "blocked"),
        )];
        let plan = decided(&there, &marker(3, "passed"));
        assert_eq!((plan.write, plan.shared), (Err(Why::Worse), true));
        let plan = decided(&[by_run(5, 3, "passed")], &blocked);
        assert_eq!((plan.write, plan.shared), (Ok(Some(5)), true));
        let mut again = marker(3, "passed");
        again.stamp.attempt = 2;
        assert_eq!(decided(&there, &again).write, Ok(Some(5)));
    }

    #[test]
    fn where_nothing_is_there_and_nothing_is_to_say_nothing_is_written() {
        let quiet = |comments: &[Comment]| {
            let marker = marker(3, "clear");
            let ours = Ours {
                marker: &marker,
                runs: RUNS,
                speak: false,
            };
            decide(comments, &Identity::of_workflows(), &ours).write
        };
        assert_eq!(quiet(&[]), Err(Why::Silent));
        assert_eq!(quiet(&[by_run(5, 2, "a")]), Ok(Some(5)));
    }

    /// What a run has still to do.
    #[derive(Clone)]
    enum Next {
        Look,
        Create,
        Clean,
        Done,
    }

    fn carry_out(comments: &mut Vec<Comment>, run: u64, plan: &Plan) {
        let text = run.to_string();
        if let Ok(Some(id)) = plan.write {
            let place = comments.iter_mut().find(|c| c.id == id).unwrap();
            *place = by_run(id, run, &text);
        }
        comments.retain(|c| !plan.remove.contains(&c.id));
    }

    proptest! {
        /// Runs look, write and look again in any order: one comment is left, and it is the newest's.
        #[test]
        fn races_leave_one_comment(order in prop::collection::vec(0..4usize, 60)) {
            let mut comments = vec![comment(1, "mallory", &body(&marker(99, "x"), "x"))];
            let mut todo = vec![Next::Look; 4];
            let mut id = 10;
            for turn in order.into_iter().chain((0..12).map(|n| n % 4)) {
                let run = turn as u64 + 1;
                let ours = marker(run, &run.to_string());
                let next = todo[turn].clone();
                todo[turn] = match next {
                    Next::Look => match decided(&comments, &ours) {
                        Plan { write: Ok(None), .. } => Next::Create,
                        plan => { carry_out(&mut comments, run, &plan); Next::Done }
                    },
                    Next::Create => {
                        id += 1;
                        comments.push(by_run(id, run, &run.to_string()));
                        Next::Clean
                    }
                    Next::Clean => {
                        let plan = decided(&comments, &ours);
                        prop_assert!(plan.write != Ok(None));
                        carry_out(&mut comments, run, &plan);
                        Next::Done
                    }
                    Next::Done => Next::Done,
                };
            }
            let own: Vec<_> = comments.iter().filter(|c| c.id > 1).collect();
            prop_assert_eq!(own.len(), 1);
            prop_assert_eq!(&own[0].body, &by_run(0, 4, "4").body);
            prop_assert_eq!(comments.len(), 2);
        }
    }
}
