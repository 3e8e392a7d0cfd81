//! Which tools are run, and why the others are not.

use super::base::Compared;
use super::request::Wish;
use super::suppressions::Undone;
use crate::edge::files::Root;
use crate::edge::programs::{Found, Programs};
use crate::ingest;
use crate::invoke::base::Settings;
use crate::invoke::{Files, Invocation, MOST, RECIPES, Recipe};
use crate::model::{RepoPath, ScannerId};
use crate::policy::{Policy, Running};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// How much somebody wants a tool to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Not at all.
    No,
    /// Only because every tool is.
    WhereAtHand,
    /// In particular, so that it is missed when it cannot run: by name, because it is required, or
    /// because the policy names reports of it.
    Expected,
}

/// What is known of one tool before it runs.
#[derive(Debug)]
pub struct Plan {
    /// The tool.
    pub recipe: &'static Recipe,
    /// Whether it is to be run.
    pub wanted: Wanted,
    /// Whether the policy requires its evidence.
    pub required: bool,
    /// Whether reports of it are given.
    pub given: bool,
    /// Its command lines; none when the tree has nothing for it, `None` when nobody can tell.
    pub invocations: Option<Vec<Invocation>>,
    /// Its program.
    pub found: Found,
    /// How long each command may take.
    pub time: Duration,
}

/// What becomes of a plan.
#[derive(Debug)]
pub enum Fate<'a> {
    /// Nobody wants it.
    NotAsked,
    /// Its reports are there already.
    Given,
    /// The tree cannot be listed.
    Unlisted,
    /// The tree has nothing for it.
    Nothing,
    /// There are more command lines than [`MOST`].
    TooMany(usize),
    /// Its program is not there.
    NotInstalled,
    /// Its program is only in the repository.
    Refused(&'a PathBuf),
    /// It is run.
    Run(&'a PathBuf, &'a [Invocation]),
}

impl Plan {
    /// What becomes of it.
    pub fn fate(&self) -> Fate<'_> {
        match self.wanted {
            _ if self.given => Fate::Given,
            Wanted::No => Fate::NotAsked,
            _ => self.able(),
        }
    }

    /// What would become of it if it were wanted.
    pub fn able(&self) -> Fate<'_> {
        let Some(invocations) = &self.invocations else {
            return Fate::Unlisted;
        };
        match &self.found {
            _ if invocations.is_empty() => Fate::Nothing,
            _ if invocations.len() > MOST => Fate::TooMany(invocations.len()),
            Found::Nowhere => Fate::NotInstalled,
            Found::Refused(path) => Fate::Refused(path),
            Found::At(path) => Fate::Run(path, invocations),
        }
    }
}

/// Whether a scanner's tool is to be run. A wish on the command line beats the policy's `never`.
pub fn wanted(scanner: &ScannerId, policy: &Policy, wish: &Wish) -> Wanted {
    let rule = policy.scanner(scanner);
    let all = wish.all || policy.run == Some(Running::Auto);
    match rule.run {
        _ if wish.named.contains(scanner) => Wanted::Expected,
        Some(Running::Never) => Wanted::No,
        Some(Running::Auto) => Wanted::Expected,
        None if !all => Wanted::No,
        None if rule.required || !rule.reports.is_empty() => Wanted::Expected,
        None => Wanted::WhereAtHand,
    }
}

/// The plans of all tools, in the order of their names. `given` are the scanners of which there are
/// reports.
pub fn plans(
    root: &Root,
    policy: &Policy,
    wish: &Wish,
    given: &BTreeSet<ScannerId>,
    programs: &Programs,
) -> Vec<Plan> {
    let paths = root.list_all();
    let read = |path: &RepoPath| ingest::text(&root.read(path)?);
    let files = paths.as_ref().map(|paths| Files::new(paths, &read));
    RECIPES
        .iter()
        .copied()
        .map(|recipe| {
            let id = recipe.id();
            let rule = policy.scanner(&id);
            Plan {
                recipe,
                wanted: wanted(&id, policy, wish),
                required: rule.required,
                given: given.contains(&id),
                invocations: files.as_ref().map(|files| (recipe.plan)(files)),
                found: programs.find(recipe.program),
                time: rule.timeout,
            }
        })
        .collect()
}

/// Makes the tools that are run deaf for what the judged change tells them, as far as their flags do
/// that; returns which surfaces have no effect on whom. One that some invocation hears has an
/// effect.
pub fn deafen(plans: &mut [Plan], compared: &Compared<'_>) -> Undone {
    let mut undone = Undone::new();
    let Compared::With(known) = compared else {
        return undone;
    };
    let read = |path: &RepoPath| known.start.read(path);
    let list = || known.start.list();
    let settings = Settings::new(&read, &list);
    for plan in plans {
        if !matches!(plan.fate(), Fate::Run(..)) {
            continue;
        }
        let mut all: Option<BTreeSet<&'static str>> = None;
        for invocation in plan.invocations.iter_mut().flatten() {
            let (deaf, surfaces) = (plan.recipe.deaf)(&settings, invocation.clone());
            *invocation = deaf;
            let surfaces: BTreeSet<&str> = surfaces.iter().copied().collect();
            all = Some(match all {
                Some(all) => all.intersection(&surfaces).copied().collect(),
                None => surfaces,
            });
        }
        let id = plan.recipe.id();
        undone.extend(
            all.into_iter()
                .flatten()
                .map(|surface| (id.clone(), surface)),
        );
    }
    undone
}
