//! Workflows of GitHub Actions: steps that cannot work, and scans that cannot stop anything.

mod scans;
mod scripts;

use super::{Found, Kind, Look};
use crate::File;
use crate::file::Tree;
use crate::finding::Gap;
use crate::role::Role;
use crate::rule::Severity;
use crate::yaml::{self, Node};
use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

/// Workflows and actions.
pub(crate) const KIND: Kind = Kind {
    name: "workflow",
    fits,
    look,
};

/// Manifests of packages, whose scripts workflows run.
pub(crate) const PACKAGES: Kind = Kind {
    name: "package manifest",
    fits: |path| path == "package.json" || path.ends_with("/package.json"),
    look: |_, _| {},
};

fn fits(path: &str) -> bool {
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    yaml && (path.starts_with(".github/workflows/") || path.contains("/.github/workflows/"))
}

/// The severity that makes a workflow's finding a medium one whatever its name is: `ci.yml` is no file of tests.
fn severity(role: Role) -> Severity {
    match role {
        Role::Development | Role::Test | Role::Template => Severity::High,
        _ => Severity::Medium,
    }
}

/// Steps of a job, at most.
const MOST: usize = 2_000;

/// A step of a job.
struct Step {
    node: Rc<Node>,
    /// Its job goes on when it fails.
    lenient: bool,
}

impl Step {
    /// The lines that it runs, each with its place.
    fn lines<'f>(&self, file: &'f File) -> Vec<(&'f str, Range<usize>)> {
        let Some(run) = self.node.get("run") else {
            return Vec::new();
        };
        let text = file.text();
        // The bytes as they are written: a block's lines stand in the file as they are.
        let mut at = run.place.start;
        let mut lines = Vec::new();
        for line in text
            .get(run.place.clone())
            .unwrap_or_default()
            .split_inclusive('\n')
        {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            let trimmed = line.trim();
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                lines.push((trimmed, start..start + trimmed.len()));
            }
        }
        lines
    }
}

fn steps(document: &Rc<Node>) -> Vec<Step> {
    let jobs = document.get("jobs").map_or(&[][..], |node| node.entries());
    let truth =
        |node: &Rc<Node>| node.get("continue-on-error").and_then(|node| node.truth()) == Some(true);
    let mut all = Vec::new();
    for (_, job) in jobs {
        let lenient = truth(job);
        let steps = job.get("steps").map_or(&[][..], |node| node.items());
        for step in steps {
            if all.len() < MOST {
                all.push(Step {
                    node: step.clone(),
                    lenient: lenient || truth(step),
                });
            }
        }
    }
    all
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    match yaml::parse(text) {
        Ok(documents) => {
            for document in &documents {
                let steps = steps(document);
                if steps.len() >= MOST {
                    found.gaps.push(Gap {
                        path: look.file.path.clone(),
                        reason: "has too many steps".to_owned(),
                        template: false,
                    });
                }
                scans::look(look.file, severity(look.role), &steps, found);
            }
        }
        Err(reason) => found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: reason.0.to_owned(),
            template: text.contains("{%"),
        }),
    }
}

/// Scripts that no package has.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut any = false;
    for file in tree.files().filter(|file| (PACKAGES.fits)(&file.path)) {
        // A manifest that cannot be read may have any script.
        let Some(scripts) = scripts::of_package(file.text()) else {
            return;
        };
        any = true;
        known.extend(scripts);
    }
    // Some other manifest was not read.
    let unread = tree.names().any(|path| {
        (PACKAGES.fits)(path) && tree.file(path).is_none() && roles(path) != Role::Vendored
    });
    if !any || unread {
        return;
    }
    for file in tree
        .files()
        .filter(|file| fits(&file.path) && roles(&file.path).counts())
    {
        for document in yaml::parse(file.text()).unwrap_or_default() {
            let severity = severity(roles(&file.path));
            scripts::look(file, severity, &steps(&document), &known, found);
        }
    }
}
