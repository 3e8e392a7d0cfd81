//! Where policy files are read from: the working tree, or a commit.

use super::policy::{NAMES, bounded};
use crate::edge::files::Root;
use crate::edge::git::{Commit, From, Look};
use crate::edge::named::Named;
use crate::escape;
use crate::ingest::{self, tool::ToolInfo};
use crate::invoke::{self, Recipe};
use crate::model::diagnostic::Diagnostic;
use crate::model::{PolicyError, RepoPath, ScannerId, Untrusted};
use crate::policy::{self, Policy, Source, World};

/// A state of the repository's files.
#[derive(Clone, Copy)]
pub enum Shelf<'a> {
    /// As they are on disk.
    Tree(&'a Root),
    /// As a commit has them. Links are not followed.
    Commit(Commit<'a>),
}

impl Shelf<'_> {
    fn entry(&self, path: &RepoPath, from: From) -> Look {
        match self {
            Self::Commit(commit) => commit.at(path, from),
            Self::Tree(root) => match top(root, from).is_some_and(|root| root.has(path)) {
                true => Look::File,
                false => Look::Absent,
            },
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub fn text(&self, path: &RepoPath, from: From) -> Result<String, String> {
        match self {
            Self::Commit(commit) => commit.file(path, from),
            Self::Tree(root) => {
                let root = top(root, from).ok_or("the repository cannot be opened")?;
                root.text(path)
            }
        }
    }
}

/// The folder that paths start from.
fn top(root: &Root, from: From) -> Option<Root> {
    match from {
        From::Root => Some(root.clone()),
        From::Top => Root::open(root.repository()).ok(),
    }
}

impl World for Shelf<'_> {
    fn read(&self, path: &RepoPath) -> Result<String, String> {
        self.text(path, From::Root).and_then(bounded)
    }

    fn data(&self, path: &RepoPath) -> Result<String, String> {
        self.text(path, From::Root)
    }

    fn scanner_meant_by(&self, alias: &str) -> Option<ScannerId> {
        ingest::tool_named(alias)
            .map(ToolInfo::scanner)
            .or_else(|| invoke::named(alias).map(Recipe::id))
    }

    fn can_run(&self, scanner: &ScannerId) -> bool {
        scanner.is_own() || invoke::recipe(scanner.as_str()).is_some()
    }
}

/// Where a policy may be.
pub struct Places {
    /// As the user named it, and where that may be.
    places: Vec<(String, Named)>,
    /// True when nobody named one: then a folder of that name is no policy, and two are an error.
    discover: bool,
}

impl Places {
    /// Of a policy that somebody named, or of one that is looked for.
    pub fn of(named: Option<&str>, root: &Root) -> Self {
        let places = match named {
            Some(name) => {
                let places = root.named(name).into_iter();
                places.map(|place| (name.to_owned(), place)).collect()
            }
            None => NAMES
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), RepoPath::new(name).ok()?)))
                .map(|(name, path)| (name, Named::Inside(path)))
                .collect(),
        };
        Self {
            places,
            discover: named.is_none(),
        }
    }

    /// Of a file that a policy names, by its path from the checked folder.
    pub fn inside(path: RepoPath) -> Self {
        Self {
            places: vec![(escape::json(&path).to_owned(), Named::Inside(path))],
            discover: false,
        }
    }

    /// How people call the first of them.
    pub fn name(&self) -> &str {
        self.places.first().map_or("", |(name, _)| name)
    }

    /// The places alone.
    pub fn each(&self) -> impl Iterator<Item = &Named> {
        self.places.iter().map(|(_, place)| place)
    }

    /// What a shelf has at a place.
    pub fn entry(shelf: &Shelf<'_>, place: &Named) -> Look {
        match place {
            Named::Inside(path) => shelf.entry(path, From::Root),
            Named::Beside(path) => shelf.entry(path, From::Top),
            Named::Outside => Look::Absent,
        }
    }
}

/// Why there is no policy.
pub enum Failure {
    /// Objects of the commit are not in this checkout.
    Unreadable,
    /// It is not in a state to be used; as a sentence, with the files that it is about.
    Unusable(String, Untrusted),
    /// There are errors in it.
    Wrong(Vec<Diagnostic>),
}

impl Failure {
    /// As errors to be listed.
    pub fn errors(self) -> Vec<PolicyError> {
        match self {
            Self::Unreadable => Vec::new(),
            Self::Unusable(why, source) => vec![PolicyError {
                source,
                place: None,
                message: why.into(),
            }],
            Self::Wrong(errors) => errors
                .into_iter()
                .map(|error| PolicyError {
                    place: Some(error.position()),
                    source: error.source,
                    message: error.message,
                })
                .collect(),
        }
    }
}

/// The policy that is at one of the places; `None` when nothing is there.
pub fn load(shelf: &Shelf<'_>, places: &Places) -> Result<Option<Policy>, Failure> {
    let Some(source) = open(shelf, places)? else {
        return Ok(None);
    };
    policy::load(&source, shelf)
        .map(Some)
        .map_err(Failure::Wrong)
}

fn open(shelf: &Shelf<'_>, places: &Places) -> Result<Option<Source>, Failure> {
    let Some(found) = find(shelf, places)? else {
        return Ok(None);
    };
    let text = bounded(found.text).map_err(|why| unread(&why, &found.name))?;
    Ok(Some(Source {
        name: found.name,
        path: found.path,
        text,
    }))
}

/// A file that was found.
pub struct Text {
    /// As it is shown: by its path, not by what somebody typed to reach it.
    pub name: String,
    /// From the checked folder, when it is in there.
    pub path: Option<RepoPath>,
    /// What it says.
    pub text: String,
}

fn unread(why: &str, name: &str) -> Failure {
    Failure::Unusable(format!("it cannot be read: {why}"), name.into())
}

/// The file that is at one of the places; `None` when nothing is there.
pub fn find(shelf: &Shelf<'_>, places: &Places) -> Result<Option<Text>, Failure> {
    let mut found = Vec::new();
    for (name, place) in &places.places {
        match Places::entry(shelf, place) {
            Look::Absent => {}
            Look::Submodule | Look::Folder if places.discover => {}
            Look::Unreadable => return Err(Failure::Unreadable),
            Look::File | Look::Link | Look::Submodule | Look::Folder => found.push((name, place)),
        }
        if !places.discover && !found.is_empty() {
            break;
        }
    }
    let (name, place) = match found.as_slice() {
        [] => return Ok(None),
        [one] => *one,
        _ => {
            let why = "there are two policy files, and only one may be there".to_owned();
            return Err(Failure::Unusable(why, NAMES.join(" and ").into()));
        }
    };
    let (path, text) = match place {
        Named::Inside(path) => (Some(path.clone()), shelf.text(path, From::Root)),
        Named::Beside(path) => (None, shelf.text(path, From::Top)),
        Named::Outside => return Ok(None),
    };
    let shown = path.as_ref().map_or(name.as_str(), escape::json).to_owned();
    Ok(Some(Text {
        text: text.map_err(|why| unread(&why, &shown))?,
        name: shown,
        path,
    }))
}
