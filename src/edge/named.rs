//! What a file name on the command line means, as seen from the repository.

use super::files::Root;
use crate::model::{Foreign as _, RepoPath};
use std::path::{Component, Path, PathBuf};

/// A place that a file name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// In the checked folder, by its path from there.
    Inside(RepoPath),
    /// Outside of it, but in the same repository, by its path from the repository's root.
    Beside(RepoPath),
    /// Outside of the repository.
    Outside,
}

impl Root {
    /// The places that a name may mean: relative to the working folder, then to the root. Those
    /// inside the repository need not hold a file: another state of it may. The name as it is written decides, before any link is followed: links of the tree may be part
    /// of what is judged.
    pub fn named(&self, name: &str) -> Vec<Named> {
        let mut places: Vec<Named> = [Path::new(name).to_owned(), self.path().join(name)]
            .iter()
            .filter_map(|path| match self.place(path) {
                Named::Outside => path.is_file().then_some(Named::Outside),
                place => Some(place),
            })
            .collect();
        places.dedup();
        places
    }

    fn place(&self, path: &Path) -> Named {
        let written = std::path::absolute(path).ok().map(|path| straight(&path));
        // The same, when the way to the working folder leads through a link.
        let parent = written.as_deref().and_then(|path| {
            let folder = path.parent()?.canonicalize().ok()?;
            Some(folder.join(path.file_name()?))
        });
        let real = path.canonicalize().ok();
        let spellings = [written, parent, real];
        let inside = |top: &Path| {
            spellings.iter().flatten().find_map(|path| {
                let text = path.strip_prefix(top).ok()?.to_str()?;
                RepoPath::new(&text.replace('\\', "/")).ok()
            })
        };
        inside(self.path())
            .map(Named::Inside)
            .or_else(|| inside(self.repository()).map(Named::Beside))
            .unwrap_or(Named::Outside)
    }

    /// True for a file that is there and is reached from the repository's root without any link.
    pub fn is_plain(&self, place: &Named) -> bool {
        let path = match place {
            Named::Inside(path) => self.path().join(path.raw()),
            Named::Beside(path) => self.repository().join(path.raw()),
            Named::Outside => return false,
        };
        path.is_file() && path.canonicalize().is_ok_and(|real| real == path)
    }
}

/// Without `.` and `..`, by the text alone.
fn straight(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}
