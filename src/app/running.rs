//! Runs the tools that are wanted, and makes runs of what they leave behind.

use super::tools::{Fate, Plan, Wanted};
use crate::edge::files::Root;
use crate::edge::process::{self, End, Ended, Job, MAX_OUTPUT};
use crate::edge::programs::Programs;
use crate::edge::terminal;
use crate::escape;
use crate::ingest::{self, Expected, tool::Parsed};
use crate::invoke::{Argument, Invocation, Output, Recipe};
use crate::model::{Foreign as _, Health, Problem, RepoPath, Untrusted};
use std::path::Path;
use std::time::Duration;

/// How long a program may take to say its version.
const VERSION_TIME: Duration = Duration::from_secs(20);

/// Most bytes that a program may write about its version.
const VERSION_BYTES: u64 = 1024 * 1024;

/// A run of a tool, before its findings have their places.
pub struct Left {
    /// What the report says.
    pub parsed: Parsed,
    /// The command line, when there was one.
    pub command: Option<Untrusted>,
    /// Position in the report.
    pub ordinal: usize,
    /// A name in the folder that the report's paths are relative to.
    pub inside: Option<RepoPath>,
}

/// Runs everything that the plans say. Tools that are not run although somebody wants them give a
/// run that tells why.
pub fn run(plans: &[Plan], root: &Root, programs: &Programs, quiet: bool) -> Vec<Left> {
    let mut left = Vec::new();
    let mut tasks = Vec::new();
    for plan in plans {
        match plan.fate() {
            Fate::Run(program, invocations) => {
                for (index, invocation) in invocations.iter().enumerate() {
                    tasks.push(Task {
                        plan,
                        invocation,
                        label: label(plan.recipe, index, invocations.len()),
                        job: job(plan, invocation, program, root, programs),
                    });
                }
            }
            fate => left.extend(health(plan, &fate).map(|health| Left {
                parsed: Parsed {
                    health,
                    ..unread(plan.recipe, Problem::new(Health::NOTHING_TO_LOOK_AT, ""))
                },
                command: None,
                ordinal: 0,
                inside: None,
            })),
        }
    }
    let jobs: Vec<Job> = tasks.iter().map(|task| task.job.clone()).collect();
    let say = |text: String| {
        if !quiet {
            terminal::err(&text);
        }
    };
    let begin = |index: usize| {
        if let Some(task) = tasks.get(index) {
            say(format!("running {}…\n", task.label));
        }
    };
    let finish = |index: usize, ended: Ended| match tasks.get(index) {
        Some(task) => {
            say(outcome(task, &ended));
            results(task, &ended)
        }
        None => Vec::new(),
    };
    let mut runs: Vec<Left> = process::run_all(&jobs, &begin, &finish)
        .into_iter()
        .flatten()
        .collect();
    versions(&mut runs, plans, programs);
    left.extend(runs);
    left
}

struct Task<'a> {
    plan: &'a Plan,
    invocation: &'a Invocation,
    label: String,
    job: Job,
}

/// `bandit`, or `npm-audit 2/3`.
fn label(recipe: &Recipe, index: usize, count: usize) -> String {
    match count {
        1 => recipe.scanner.to_owned(),
        _ => format!("{} {}/{count}", recipe.scanner, index + 1),
    }
}

fn job(
    plan: &Plan,
    invocation: &Invocation,
    program: &Path,
    root: &Root,
    programs: &Programs,
) -> Job {
    let folder = match &invocation.folder {
        Some(folder) => root.path().join(folder.raw()),
        None => root.path().to_owned(),
    };
    Job {
        program: program.to_owned(),
        arguments: invocation.arguments.clone(),
        folder: Some(folder),
        environment: programs.environment(),
        output: invocation.output,
        time: plan.time,
        bytes: MAX_OUTPUT,
    }
}

fn unread(recipe: &Recipe, problem: Problem) -> Parsed {
    ingest::unread(
        Some(&Expected {
            scanner: recipe.id(),
        }),
        problem,
    )
}

/// The health of a tool that is not run; `None` where that needs no word.
fn health(plan: &Plan, fate: &Fate<'_>) -> Option<Health> {
    let expected = plan.wanted == Wanted::Expected;
    let problem = match fate {
        Fate::NotAsked | Fate::Given | Fate::Run(..) => return None,
        Fate::Nothing if !expected => return None,
        Fate::Nothing => {
            let problem = Problem::new(Health::NOTHING_TO_LOOK_AT, plan.recipe.nothing);
            return Some(Health::Skipped(problem));
        }
        Fate::NotInstalled if !expected => {
            let text = format!(
                "{} is not installed; there is something for it here",
                plan.recipe.program
            );
            return Some(Health::Skipped(Problem::new(Health::NOT_AT_HAND, text)));
        }
        Fate::NotInstalled => not_installed(plan.recipe),
        Fate::Unlisted => Problem::new(
            "too-many-files",
            "the tree has too many files to tell what there is for the tool",
        ),
        Fate::TooMany(count) => Problem::new(
            "too-many-inputs",
            format!("it would have to be run {count} times; that is too often"),
        ),
        Fate::Refused(path) => Problem::new(
            "program-refused",
            format!(
                "{} is only found inside the repository, which must not supply the tools that judge it",
                plan.recipe.program
            ),
        )
        .detail(path.to_string_lossy().into_owned()),
    };
    Some(Health::Failed(problem))
}

fn not_installed(recipe: &Recipe) -> Problem {
    let text = format!(
        "{} is not installed: {}; or give its report",
        recipe.program, recipe.install
    );
    Problem::new("not-installed", text)
}

/// How it went, for people who wait.
fn outcome(task: &Task<'_>, ended: &Ended) -> String {
    let label = &task.label;
    let took = format!("{:.1} s", ended.took.as_secs_f64());
    match &ended.end {
        End::Exit(code) if task.plan.recipe.exit(*code).is_some_and(|e| e.worked) => {
            format!("{label}: done in {took}\n")
        }
        End::Exit(code) => format!("{label}: failed after {took}, exit code {code}\n"),
        End::Signal(signal) => format!("{label}: crashed after {took}, signal {signal}\n"),
        End::TimedOut => format!("{label}: ended after {took}, the time limit\n"),
        End::TooLarge => format!("{label}: ended after {took}, it wrote too much\n"),
        End::NotStarted(why) => {
            let why = escape::terminal(Untrusted::from(why.as_str()));
            format!("{label}: could not be run: {why}\n")
        }
    }
}

fn results(task: &Task<'_>, ended: &Ended) -> Vec<Left> {
    let recipe = task.plan.recipe;
    let inside = task.invocation.folder.as_ref();
    parsed(recipe, ended, task.plan.time)
        .into_iter()
        .enumerate()
        .map(|(ordinal, parsed)| Left {
            parsed,
            command: Some(recipe.command(task.invocation)),
            ordinal,
            inside: inside.and_then(|folder| folder.join("report")),
        })
        .collect()
}

fn parsed(recipe: &Recipe, ended: &Ended, time: Duration) -> Vec<Parsed> {
    let failed = |code, text: String| {
        let mut problem = Problem::new(code, text);
        problem.detail.clone_from(&ended.said);
        problem
    };
    let problem = match &ended.end {
        End::Exit(code) => return exited(recipe, ended, *code, &failed),
        End::TimedOut => failed(
            "timed-out",
            format!("it took longer than {} s and was ended", time.as_secs()),
        ),
        End::TooLarge => failed(
            "too-large",
            format!(
                "it wrote more than {} MiB and was ended",
                MAX_OUTPUT / 1024 / 1024
            ),
        ),
        End::Signal(signal) => failed("crashed", format!("it was ended by signal {signal}")),
        End::NotStarted(why) => {
            Problem::new("not-started", "it could not be run").detail(why.as_str())
        }
    };
    vec![unread(recipe, problem)]
}

/// The exit code decides first, then the report. What a failed tool has found stays: it is there,
/// only nobody knows what else is.
fn exited(
    recipe: &Recipe,
    ended: &Ended,
    code: i32,
    failed: &dyn Fn(&'static str, String) -> Problem,
) -> Vec<Parsed> {
    let exit = recipe.exit(code);
    let worked = exit.is_some_and(|exit| exit.worked);
    let problem = match exit.filter(|exit| !exit.worked) {
        Some(exit) => failed(
            "tool-failed",
            format!("it ended with exit code {code}: {}", exit.means),
        ),
        None if worked => failed(
            "tool-failed",
            format!("it ended with exit code {code} and wrote no report"),
        ),
        None => failed(
            "tool-failed",
            format!("it ended with exit code {code}, which means nothing known"),
        ),
    };
    let mut runs = match ended.report.iter().all(u8::is_ascii_whitespace) {
        true => vec![unread(recipe, problem.clone())],
        false => {
            let expected = Expected {
                scanner: recipe.id(),
            };
            ingest::read(&ended.report, Some(&expected))
        }
    };
    for run in &mut runs {
        run.coverage.exit = Some(code);
        match &mut run.health {
            health if !worked => *health = Health::Failed(problem.clone()),
            // A document that is no report: the tool's last words may say why.
            Health::Failed(problem) if problem.detail.is_none() => {
                problem.detail.clone_from(&ended.said);
            }
            _ => {}
        }
    }
    runs
}

/// Asks the programs whose reports do not name a version, each once.
fn versions(runs: &mut [Left], plans: &[Plan], programs: &Programs) {
    let asked: Vec<&Plan> = plans
        .iter()
        .filter(|plan| {
            runs.iter().any(|run| {
                // One that was ended is not started again.
                run.parsed.coverage.exit.is_some()
                    && run.parsed.version.is_none()
                    && run.parsed.scanner == plan.recipe.id()
            })
        })
        .collect();
    for (plan, version) in asked.iter().zip(ask(&asked, programs)) {
        for run in runs.iter_mut() {
            let its = run.parsed.scanner == plan.recipe.id();
            if its && run.command.is_some() && run.parsed.version.is_none() {
                run.parsed.version.clone_from(&version);
            }
        }
    }
}

/// The versions that the programs of these plans print, in their order.
pub fn ask(plans: &[&Plan], programs: &Programs) -> Vec<Option<Untrusted>> {
    let jobs: Vec<Job> = plans
        .iter()
        .map(|plan| {
            let program = match &plan.found {
                crate::edge::programs::Found::At(path) => path.clone(),
                _ => "".into(),
            };
            let words = plan.recipe.version.iter();
            Job {
                program,
                arguments: words.map(|word| Argument::Word(word)).collect(),
                folder: None,
                environment: programs.environment(),
                output: Output::Stdout,
                time: VERSION_TIME,
                bytes: VERSION_BYTES,
            }
        })
        .collect();
    process::run_all(&jobs, &|_| {}, &|_, ended| {
        process::version_in(&ended.report)
    })
}
