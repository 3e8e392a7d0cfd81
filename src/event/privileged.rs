//! Runs that hold the repository's token and secrets whoever wrote the change. Nobody's code may be
//! checked out there but the repository's own: a scanner reads settings of the tree, package
//! managers run scripts of it (docs.github.com, "Secure use reference", `pull_request_target`).

use super::Id;
use super::payload::Payload;

/// Such a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privileged {
    /// The event's name.
    pub name: &'static str,
    /// Commits of the repository's own branches: the default branch's last one, the target's.
    pub own: Vec<Id>,
    /// Commits of the change that started it: its last one, its test merge. None when the change is
    /// part of the repository's own branches already. Never one that is in `own`, too.
    pub change: Vec<Id>,
    /// It was started by a pull request that is open: what is in neither list may be its code, too,
    /// pushed since the event was written.
    pub of_pull: bool,
}

/// Understands a run of this event; `None` for those without such rights. `commit` is `GITHUB_SHA`.
pub fn read(name: &str, commit: &str, payload: Option<&[u8]>) -> Option<Privileged> {
    let name = ["pull_request_target", "workflow_run"]
        .into_iter()
        .find(|known| *known == name)?;
    let payload = payload.and_then(|text| serde_json::from_slice(text).ok());
    let payload: Payload = payload.unwrap_or_default();
    let id = |text: &Option<String>| text.as_deref().and_then(Id::parse);
    let mut own: Vec<Id> = Id::parse(commit).into_iter().collect();
    let mut change = Vec::new();
    let of_pull;
    if name == "workflow_run" {
        let run = payload.workflow_run.unwrap_or_default();
        of_pull = run
            .event
            .is_some_and(|event| event.starts_with("pull_request"));
        let full = |of: &Option<super::payload::Repository>| of.as_ref()?.full_name.clone();
        let here = full(&payload.repository);
        let default = payload.repository.and_then(|r| r.default_branch);
        // A fork's branch may well be called main, too.
        let ours = here.is_some()
            && here == full(&run.head_repository)
            && default.is_some()
            && default == run.head_branch;
        if !ours {
            // A branch that has nothing of its own yet stands where the default branch does.
            change.extend(id(&run.head_sha).filter(|head| !own.contains(head)));
        }
    } else {
        let pull = payload.pull_request.unwrap_or_default();
        of_pull = pull.merged != Some(true);
        own.extend(pull.base.as_ref().and_then(|base| id(&base.sha)));
        if of_pull {
            change.extend(pull.head.as_ref().and_then(|head| id(&head.sha)));
            change.extend(id(&pull.merge_commit_sha));
            own.retain(|commit| !change.contains(commit));
        }
    }
    Some(Privileged {
        name,
        own,
        change,
        of_pull,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    fn ids(digits: &str) -> Vec<Id> {
        digits.chars().filter_map(|d| Id::parse(&id(d))).collect()
    }

    fn told(name: &str, payload: &serde_json::Value) -> Option<Privileged> {
        read(name, &id('1'), Some(payload.to_string().as_bytes()))
    }

    #[test]
    fn a_pull_request_target_names_the_change_and_the_repositorys_own() {
        let mut payload = json!({"pull_request": {"merged": false, "merge_commit_sha": id('4'),
            "head": {"sha": id('2')}, "base": {"sha": id('3')}}});
        let run = told("pull_request_target", &payload).unwrap();
        assert_eq!((run.own, run.change), (ids("13"), ids("24")));
        payload["pull_request"]["merged"] = json!(true);
        let run = told("pull_request_target", &payload).unwrap();
        assert_eq!(run.change, ids(""), "it is the repository's own by now");
        assert_eq!(told("pull_request", &payload), None);
    }

    #[test]
    fn the_default_branchs_own_runs_are_nobodys_change() {
        let payload = |repository: &str, branch: &str| {
            json!({"repository": {"full_name": "o/r", "default_branch": "main"},
                "workflow_run": {"head_sha": id('2'), "head_branch": branch,
                    "head_repository": {"full_name": repository}}})
        };
        let change = |repository: &str, branch: &str| {
            let run = told("workflow_run", &payload(repository, branch));
            run.unwrap().change
        };
        assert_eq!(change("o/r", "main"), ids(""));
        assert_eq!(change("o/r", "topic"), ids("2"));
        assert_eq!(change("fork/r", "main"), ids("2"));
        let bare = json!({"workflow_run": {"head_sha": id('2'), "head_repository": null}});
        assert_eq!(told("workflow_run", &bare).unwrap().change, ids("2"));
    }

    #[test]
    fn a_broken_event_still_holds_secrets() {
        let run = read("pull_request_target", &id('1'), Some(b"[")).unwrap();
        assert_eq!((run.own, run.change), (ids("1"), ids("")));
        assert!(read("workflow_run", "", None).is_some());
    }
}
