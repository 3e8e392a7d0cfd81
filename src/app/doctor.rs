//! `lockgate doctor`: which tools would run here, what is missing, and what is wrong with the workflows.

use super::own;
use super::policy;
use super::request::{open, wish};
use super::running;
use super::tools::{self, Fate, Plan, Wanted};
use super::workflows;
use crate::cli::Doctor;
use crate::edge::programs::{Found, Programs};
use crate::edge::reports;
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, verdict_code};
use crate::escape;
use crate::model::{ScannerId, Untrusted, Verdict};
use crate::policy::Policy;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// Shows every tool. The exit code is that of an incomplete verdict when a required scanner can
/// give no evidence, or a workflow lets a change through without a verdict.
pub fn doctor(args: &Doctor) -> Result<u8, Error> {
    let root = open(&args.path, "doctor")?;
    let wish = wish(&args.run)?;
    let colour = terminal::wants_colour(Stream::Err);
    let policy = policy::load(args.policy.as_deref(), &root, colour)?;
    let given: BTreeSet<ScannerId> = policy
        .scanners
        .iter()
        .filter(|(_, rule)| {
            let there = |pattern: &String| !reports::in_policy(pattern, &root).is_empty();
            rule.reports.iter().any(there)
        })
        .map(|(id, _)| id.clone())
        .collect();
    let programs = Programs::new(&root);
    let plans = tools::plans(&root, &policy, &wish, &given, &programs);
    let there: Vec<&Plan> = plans
        .iter()
        .filter(|plan| matches!(plan.found, Found::At(_)))
        .collect();
    let versions = running::ask(&there, &programs);

    let mut text = String::new();
    for plan in &plans {
        let place = there.iter().position(|t| std::ptr::eq(*t, plan));
        let version = place.and_then(|at| versions.get(at)).cloned().flatten();
        describe(plan, version, &mut text);
    }
    let own = policy.scanners.iter();
    for (id, _) in own.filter(|(id, rule)| own::runs_itself(id, rule)) {
        let _ = writeln!(
            text,
            "{:<12} would run: lockgate has it itself",
            id.as_str()
        );
    }
    let missing = missing(&policy, &plans, &given);
    if missing.is_empty() {
        text.push_str("Every required scanner can give evidence.\n");
    }
    for line in &missing {
        let _ = writeln!(text, "MISSING: {line}");
    }
    let open = workflows::doctor(&root, &mut text);
    terminal::out(text.as_bytes());
    Ok(verdict_code(match missing.is_empty() && !open {
        true => Verdict::Pass,
        false => Verdict::Incomplete,
    }))
}

fn shown(path: &Path) -> String {
    escape::terminal(Untrusted::from(path.to_string_lossy().into_owned()))
}

fn describe(plan: &Plan, version: Option<Untrusted>, out: &mut String) {
    let recipe = plan.recipe;
    let required = if plan.required { "required; " } else { "" };
    let _ = writeln!(out, "{:<12} {required}{}", recipe.scanner, says(plan));
    let able = plan.able();
    if matches!(able, Fate::Nothing) {
        return;
    }
    let _ = match &plan.found {
        Found::At(path) => {
            let version = match version {
                Some(version) => format!("version {}", escape::terminal(version)),
                None => "its version is not known".to_owned(),
            };
            writeln!(out, "  program  {}, {version}", shown(path))
        }
        Found::Refused(path) => writeln!(out, "  program  refused: {}", shown(path)),
        Found::Nowhere => writeln!(out, "  install  {}", recipe.install),
    };
    let commands = plan.invocations.as_deref().unwrap_or_default();
    for invocation in commands.iter().take(10) {
        let command = escape::terminal(recipe.command(invocation));
        let _ = writeln!(out, "  command  {command}");
    }
    if let Some(more) = commands.len().checked_sub(10).filter(|n| *n > 0) {
        let _ = writeln!(out, "           and {more} more");
    }
    if matches!(able, Fate::Run(..)) {
        for exit in recipe.exits {
            let (first, last) = (exit.codes.start(), exit.codes.end());
            let codes = match first == last {
                true => first.to_string(),
                false => format!("{first}-{last}"),
            };
            let _ = writeln!(out, "  exit     {codes}: {}", exit.means);
        }
    }
}

fn says(plan: &Plan) -> String {
    let recipe = plan.recipe;
    match plan.fate() {
        Fate::NotAsked => match plan.able() {
            Fate::Nothing => format!("would not run: {}", recipe.nothing),
            _ => format!(
                "would not run: nobody asks for it (`run = \"auto\"` below [scanners.{0}], or --run {0})",
                recipe.scanner
            ),
        },
        Fate::Given => "would not run: a report of it is given".to_owned(),
        Fate::Unlisted => "cannot run: the tree has too many files".to_owned(),
        Fate::Nothing => format!("would be skipped: {}", recipe.nothing),
        Fate::TooMany(count) => format!("cannot run: it would have to be run {count} times"),
        Fate::NotInstalled => "cannot run: it is not installed".to_owned(),
        Fate::Refused(_) => "cannot run: its program is inside the repository".to_owned(),
        Fate::Run(_, commands) if commands.len() == 1 => "would run".to_owned(),
        Fate::Run(_, commands) => format!("would run {} times", commands.len()),
    }
}

/// One line for each scanner whose evidence is expected and cannot be had.
fn missing(policy: &Policy, plans: &[Plan], given: &BTreeSet<ScannerId>) -> Vec<String> {
    let planned = |id: &ScannerId| plans.iter().find(|plan| plan.recipe.id() == *id);
    let mut missing: Vec<String> = policy
        .scanners
        .iter()
        .filter(|(id, rule)| rule.required && !given.contains(id))
        .filter(|(id, rule)| !own::runs_itself(id, rule))
        .filter(|(id, _)| planned(id).is_none_or(|plan| plan.wanted == Wanted::No))
        .map(|(id, _)| format!("{id} is required; it is not run, and no report of it is there"))
        .collect();
    for plan in plans {
        let works = matches!(plan.fate(), Fate::Run(..) | Fate::Nothing | Fate::Given);
        if plan.wanted == Wanted::Expected && !works {
            missing.push(format!("{} {}", plan.recipe.scanner, says(plan)));
        }
    }
    missing
}
