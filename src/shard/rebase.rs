//! Paths of a check of a folder, seen from further up.

use crate::model::{Foreign as _, Located, Problem, RepoPath, Run, Untrusted, Witnessed};

/// Where a bundle's folder is, seen from the folder that is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It is the same.
    Here,
    /// It is below.
    Below(RepoPath),
    /// It is neither: some of its paths have no name from here.
    Outside,
}

impl Place {
    /// Where `folder` is, seen from `home`; both as the root of the Git repository sees them.
    pub fn of(folder: Option<&RepoPath>, home: Option<&RepoPath>) -> Self {
        match (folder, home) {
            (folder, home) if folder == home => Self::Here,
            (Some(folder), None) => Self::Below(folder.clone()),
            (Some(folder), Some(home)) => match folder.inside(home) {
                Some(rest) => Self::Below(rest),
                None => Self::Outside,
            },
            (None, _) => Self::Outside,
        }
    }
}

/// Gives a run and what it saw their names from `folder`'s parent.
pub fn rebase(witnessed: Witnessed, folder: &RepoPath) -> Witnessed {
    let Witnessed { run, observations } = witnessed;
    Witnessed {
        run: moved(run, folder),
        observations: observations
            .into_iter()
            .map(|located| seen(located, folder))
            .collect(),
    }
}

fn seen(mut located: Located, folder: &RepoPath) -> Located {
    located.location.path = located.location.path.below(Some(folder)).into_owned();
    if let Some(sighted) = &mut located.observation.sighted {
        for place in &mut sighted.further {
            place.path = place.path.below(Some(folder)).into_owned();
        }
    }
    located
}

fn moved(mut run: Run, folder: &RepoPath) -> Run {
    run.report = run.report.map(|report| match run.coverage.exit {
        // A command line, which is run in the folder.
        Some(_) => format!("{} (in {})", report.raw(), folder.raw()).into(),
        None => named(&report, folder),
    });
    for problem in run.health.problems_mut().iter_mut().chain(&mut run.notes) {
        items(problem, folder);
    }
    let inputs = std::mem::take(&mut run.coverage.inputs);
    let inputs: Vec<Untrusted> = inputs.iter().map(|input| named(input, folder)).collect();
    run.coverage = run.coverage.inputs(inputs);
    run.coverage.folder = Some(match &run.coverage.folder {
        Some(below) => below.below(Some(folder)).into_owned(),
        None => folder.clone(),
    });
    run
}

fn items(problem: &mut Problem, folder: &RepoPath) {
    if problem.files {
        for item in &mut problem.items {
            *item = named(item, folder);
        }
        problem.items.sort();
    }
}

/// A name that may be a path from the folder. What is none, such as an absolute path, stays.
fn named(name: &Untrusted, folder: &RepoPath) -> Untrusted {
    match RepoPath::new(&name.raw().replace('\\', "/")) {
        Ok(path) => path.below(Some(folder)).raw().into(),
        Err(_) => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_seen_from_the_judged_one() {
        let path = |text: &str| RepoPath::new(text).unwrap();
        let (api, services) = (path("services/api"), path("services"));
        let at = |folder: Option<&RepoPath>, home: Option<&RepoPath>| Place::of(folder, home);
        assert_eq!(at(None, None), Place::Here);
        assert_eq!(at(Some(&api), Some(&api)), Place::Here);
        assert_eq!(at(Some(&api), None), Place::Below(api.clone()));
        assert_eq!(at(Some(&api), Some(&services)), Place::Below(path("api")));
        assert_eq!(at(Some(&services), Some(&api)), Place::Outside);
        assert_eq!(at(None, Some(&api)), Place::Outside);
        assert_eq!(
            at(Some(&path("services-2")), Some(&services)),
            Place::Outside
        );
    }

    #[test]
    fn only_relative_names_get_the_folder() {
        let folder = RepoPath::new("web").unwrap();
        let name = |text: &str| named(&text.into(), &folder).raw().to_owned();
        assert_eq!(name("src\\a.js"), "web/src/a.js");
        assert_eq!(name("./package-lock.json"), "web/package-lock.json");
        for text in ["/home/runner/a.js", "C:\\a.js", "../b", ""] {
            assert_eq!(name(text), text);
        }
    }
}
