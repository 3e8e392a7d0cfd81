//! Bundles → one body of evidence.
//!
//! Taken from the bundles are runs and what they saw. Everything that the verdict further depends on
//! (the policy, the base, the baseline, what the change tells scanners to be silent about) is the
//! merging job's own. A bundle that does not fit is named, and the verdict is then incomplete.

use super::MOST;
use super::rebase::{Place, rebase};
use crate::bundle::{Bundle, Part, Shard};
use crate::model::{
    Evidence, Foreign as _, HealthLevel, Problem, RepoPath, ScannerId, Untrusted, Verdict,
    Witnessed,
};
use std::collections::{BTreeMap, BTreeSet};

/// A bundle under the name of its file, or why there is none.
pub struct Given {
    /// The file's name, as the user gave it or as it was found.
    pub name: Untrusted,
    /// What it holds.
    pub bundle: Result<Bundle, Problem>,
}

/// What the merging job knows by itself.
pub struct Home<'a> {
    /// The commit that is checked out, in hex.
    pub commit: Option<&'a str>,
    /// The commit that the change started from, in hex.
    pub base: Option<&'a str>,
    /// Digest of the policy that decides.
    pub policy: &'a str,
    /// The judged folder, seen from the root of the Git repository.
    pub prefix: Option<&'a RepoPath>,
    /// Folders, seen from the judged one, of which there must be a bundle.
    pub expected: &'a [RepoPath],
}

/// What the bundles hold together.
#[derive(Debug, Default)]
pub struct Merged {
    /// Runs, observations, and what is missing.
    pub evidence: Evidence,
    /// Which suppressions have no effect on any run of a scanner: see [`Part::undone`].
    pub undone: BTreeSet<(ScannerId, &'static str)>,
}

/// Puts bundles together. The result does not depend on their order.
pub fn merge(mut given: Vec<Given>, home: &Home<'_>) -> Merged {
    given.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut merging = Merging::default();
    for one in given {
        merging.add(one, home);
    }
    merging.finish(home)
}

fn order(given: &Given) -> impl Ord + '_ {
    let bundle = given.bundle.as_ref().ok();
    let shard = bundle.and_then(|bundle| bundle.part.as_ref()?.shard.as_ref());
    let folder = bundle.and_then(|bundle| bundle.context.prefix.as_ref());
    (folder, shard.map(|shard| shard.number), &given.name)
}

/// A shard that is there.
struct Present {
    name: Untrusted,
    shard: Shard,
    policy: String,
}

#[derive(Default)]
struct Merging {
    runs: Vec<Witnessed>,
    missing: Vec<Problem>,
    /// The shards of each folder, seen from the judged one; `None` for that itself.
    shards: BTreeMap<Option<RepoPath>, Vec<Present>>,
    /// Folders of which there is a bundle.
    folders: BTreeSet<RepoPath>,
    /// What each scanner's runs did not hear.
    undone: BTreeMap<ScannerId, BTreeSet<&'static str>>,
}

impl Merging {
    fn add(&mut self, Given { name, bundle }: Given, home: &Home<'_>) {
        let bundle = match bundle {
            Ok(bundle) => bundle,
            Err(problem) => return self.missing.push(problem),
        };
        let place = Place::of(bundle.context.prefix.as_ref(), home.prefix);
        let folder = match place {
            Place::Here => None,
            Place::Below(folder) => Some(folder),
            Place::Outside => {
                let text = "a bundle is about a folder outside of the one that is judged here";
                return self.miss("bundle-outside", text, [name]);
            }
        };
        let Some(part) = bundle.part else {
            let text = "a bundle does not say which commit it is about; an older lockgate wrote it";
            return self.miss("bundle-unmarked", text, [name]);
        };
        if part.commit.as_deref() != home.commit {
            let text = "a bundle is about another commit than the one that is checked out here";
            return self.miss("other-commit", text, [name]);
        }
        // What the base has settled already is marked in the bundle.
        let base = bundle
            .context
            .base
            .change()
            .map(|change| change.base.id.as_str());
        if base.is_some() && base != home.base {
            let text = "a bundle compares with another base than this check does";
            self.miss("other-base", text, [name.clone()]);
        }
        self.folders.extend(folder.clone());
        self.count(&part, &bundle.evidence.runs);
        match part.shard {
            Some(shard) if fits(&shard) => {
                let policy = part.policy;
                let shards = self.shards.entry(folder.clone()).or_default();
                shards.push(Present {
                    name,
                    shard,
                    policy,
                });
            }
            Some(_) => self.miss(
                "bundle-damaged",
                "a bundle is of a shard that cannot be",
                [name],
            ),
            None if bundle.judged.verdict == Verdict::Incomplete => {
                let text = "a bundle is of a check whose own evidence was incomplete";
                self.miss("part-incomplete", text, [name]);
            }
            None => {}
        }
        self.missing.extend(bundle.evidence.missing);
        // What the change tells scanners to be silent about is looked for once, for all of them.
        let runs = bundle.evidence.runs.into_iter();
        let runs = runs.filter(|w| w.run.scanner.as_str() != ScannerId::SUPPRESSIONS);
        self.runs.extend(runs.map(|witnessed| match &folder {
            Some(folder) => rebase(witnessed, folder),
            None => witnessed,
        }));
    }

    fn miss(
        &mut self,
        code: &'static str,
        text: impl Into<String>,
        names: impl IntoIterator<Item = Untrusted>,
    ) {
        self.missing.push(Problem::new(code, text).items(names));
    }

    /// A suppression has no effect on a scanner when none of its runs hears it.
    fn count(&mut self, part: &Part, runs: &[Witnessed]) {
        let ran = runs
            .iter()
            .filter(|w| w.run.health.level() != HealthLevel::Skipped);
        let ran: BTreeSet<&ScannerId> = ran.map(|w| &w.run.scanner).collect();
        for scanner in ran {
            let of_it = part.undone.iter().filter(|(id, _)| id == scanner);
            let deaf: BTreeSet<&'static str> = of_it.map(|(_, surface)| *surface).collect();
            match self.undone.get_mut(scanner) {
                Some(all) => all.retain(|surface| deaf.contains(surface)),
                None => {
                    self.undone.insert(scanner.clone(), deaf);
                }
            }
        }
    }

    fn finish(mut self, home: &Home<'_>) -> Merged {
        for (folder, shards) in std::mem::take(&mut self.shards) {
            self.whole(folder.as_ref(), &shards, home);
        }
        for folder in home.expected {
            if !self.folders.contains(folder) {
                let text = "there is no bundle of a folder that is expected";
                self.miss("folder-missing", text, [folder.raw().into()]);
            }
        }
        let undone = self.undone.into_iter();
        Merged {
            evidence: Evidence {
                runs: self.runs,
                missing: self.missing,
            },
            undone: undone
                .flat_map(|(id, surfaces)| surfaces.into_iter().map(move |s| (id.clone(), s)))
                .collect(),
        }
    }

    /// Whether the shards of a folder are all there, once, and of one plan.
    fn whole(&mut self, folder: Option<&RepoPath>, shards: &[Present], home: &Home<'_>) {
        let names = |of: &dyn Fn(&&Present) -> bool| -> Vec<Untrusted> {
            shards
                .iter()
                .filter(of)
                .map(|present| present.name.clone())
                .collect()
        };
        let Some(first) = shards.first() else { return };
        let policy = match folder {
            None => home.policy,
            Some(_) => &first.policy,
        };
        let others = names(&|present| present.policy != policy);
        if !others.is_empty() {
            let text = match folder {
                None => {
                    "a shard gathered its evidence for another policy than the one that decides"
                }
                Some(_) => "shards gathered their evidence for different policies",
            };
            self.miss("other-policy", text, others);
        }
        let plan = |present: &Present| (present.shard.of, present.shard.plan.clone());
        if shards.iter().any(|present| plan(present) != plan(first)) {
            let text = "shards of different plans are mixed: the jobs had other options or reports";
            return self.miss("other-plan", text, names(&|_| true));
        }
        let of = first.shard.of;
        let count = |number: u32| shards.iter().filter(|p| p.shard.number == number).count();
        let missing: Vec<String> = (1..=of)
            .filter(|n| count(*n) == 0)
            .map(|n| n.to_string())
            .collect();
        if !missing.is_empty() {
            let (noun, verb) = match missing.len() {
                1 => ("shard", "is"),
                _ => ("shards", "are"),
            };
            let text = format!("{noun} {} of {of} {verb} missing", missing.join(", "));
            self.miss(
                "shard-missing",
                text,
                folder.map(|folder| folder.raw().into()),
            );
        }
        for number in (1..=of).filter(|n| count(*n) > 1) {
            let text = format!("shard {number} of {of} is there more than once");
            self.miss("shard-twice", text, names(&|p| p.shard.number == number));
        }
    }
}

fn fits(shard: &Shard) -> bool {
    let Shard { number, of, .. } = shard;
    *number >= 1 && number <= of && *of <= MOST
}
