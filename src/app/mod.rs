//! The one place that knows the order: gather, assess, deliver.

mod authority;
mod base;
mod baseline;
mod bundles;
mod canary;
mod case;
mod check;
mod committed;
mod configuration;
mod doctor;
mod explain;
mod gather;
mod github;
mod import;
mod kept;
mod memory;
mod merge;
mod news;
mod notes;
mod own;
mod plan;
mod policy;
mod publish;
mod quote;
mod request;
mod rules;
mod running;
mod sarif;
mod scan;
mod secrets;
mod share;
mod shelf;
mod simulate;
mod suppressions;
mod tools;
mod trial;
mod upload;
mod waive;
mod workflows;

use crate::cli::{Cli, Command, PolicyCommand};
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, ErrorKind};
use crate::model::Untrusted;
use crate::{escape, ingest, manifest};
use clap::Parser as _;

/// Runs the program on the process's arguments; returns its exit code.
pub fn run() -> u8 {
    tell_of_panics();
    crate::edge::github::no_core_dump();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return usage(&e),
    };
    dispatch(cli).unwrap_or_else(|error| fail(&error))
}

/// Makes a panic of any thread end the process with the exit code of an internal error, because a gate
/// that dies must say that it gives no verdict.
pub fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let error = Error::new(
            ErrorKind::Internal,
            "internal error, no verdict was reached",
        )
        .detail(panic.payload_as_str().unwrap_or("no further words"))
        .hint("this is a fault of lockgate: please report it with the command that you ran");
        terminal::exit(fail(&error))
    }));
}

fn dispatch(cli: Cli) -> Result<u8, Error> {
    match cli.command {
        Command::Check(args) => check::check(args),
        Command::Plan(args) => plan::run(&args),
        Command::Publish(args) => publish::run(*args),
        Command::Merge(args) => merge::run(*args),
        Command::Baseline(command) => baseline::run(&command),
        Command::Policy(PolicyCommand::Check { policy, root }) => policy::check(&policy, &root),
        Command::Policy(PolicyCommand::Import(args)) => import::run(&args),
        Command::Policy(PolicyCommand::Schema) => {
            terminal::out(crate::policy::SCHEMA.as_bytes());
            Ok(0)
        }
        Command::Policy(PolicyCommand::Show { name }) => policy::show(name.as_deref()),
        Command::Policy(PolicyCommand::Test(args)) => trial::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Waive(args) => waive::run(&args),
        Command::Doctor(args) => doctor::doctor(&args),
        Command::Canary(args) => canary::run(&args),
        Command::Sarif(command) => sarif::run(&command),
        Command::Scan(command) => scan::run(command),
        Command::Rules(args) => rules::run(&args),
        Command::Formats => {
            formats();
            Ok(0)
        }
    }
}

/// Help and version are no errors; the rest is exit code 2, also clap's own.
fn usage(e: &clap::Error) -> u8 {
    let text = e.render();
    if e.use_stderr() {
        // It repeats the argument or variable that is wrong, which a change may have chosen.
        terminal::err(&escape::lines(Untrusted::from(text.to_string())));
        return ErrorKind::Usage.exit_code();
    }
    let colour = terminal::wants_colour(Stream::Out);
    let text = if colour {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    terminal::out(text.as_bytes());
    0
}

fn fail(error: &Error) -> u8 {
    let mut text = error.drawing.clone().unwrap_or_default();
    text.push_str("error: ");
    text.push_str(&error.message);
    if let Some(detail) = &error.detail {
        text.push_str(": ");
        text.push_str(&escape::terminal(detail));
    }
    text.push('\n');
    for hint in &error.hints {
        text.push_str(&format!("  help: {hint}\n"));
    }
    terminal::err(&text);
    error.kind.exit_code()
}

fn formats() {
    let width = ingest::TOOLS
        .iter()
        .map(|tool| tool.info().id.len())
        .max()
        .unwrap_or_default();
    let mut text = String::from("Reports that are read, recognised by their content:\n\n");
    for tool in ingest::TOOLS {
        let info = tool.info();
        text.push_str(&format!(
            "  {:<width$}  {}\n  {:<width$}  {}\n\n",
            info.id, info.command, "", info.url
        ));
    }
    text.push_str(&format!(
        "  {:<width$}  SARIF 2.1.0, one run for each tool in the file\n\n",
        "any tool"
    ));
    text.push_str("Lockfiles and manifests in which findings get their line:\n\n");
    for format in manifest::formats() {
        text.push_str(&format!(
            "  {:<width$}  {}\n",
            format.name,
            format.files.join(", ")
        ));
    }
    terminal::out(text.as_bytes());
}
