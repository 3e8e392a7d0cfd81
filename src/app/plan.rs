//! `lockgate plan`.

use super::authority::{self, Circumstances};
use super::base::{self, Found};
use super::case::colour;
use super::request::request;
use super::share;
use crate::cli::{Plan, When};
use crate::edge::actions::Runner;
use crate::edge::events;
use crate::edge::git::Repository;
use crate::edge::terminal::{self, Stream};
use crate::error::Error;
use crate::event;
use crate::shard::plan;

/// Prints the matrix; returns the exit code.
pub fn run(args: &Plan) -> Result<u8, Error> {
    let request = request(&args.input, "plan", When::Auto)?;
    let told = event::read(events::surroundings().as_ref(), request.event);
    let repository = Repository::open(&request.root);
    let given = request.base.as_deref();
    // The policy is the one that the jobs will use, of the base where a change is judged.
    let Found {
        compared, asked, ..
    } = base::find(&told, given, repository.as_ref(), &request.root)?;
    let circumstances = Circumstances {
        named: request.policy.as_deref(),
        root: &request.root,
        event: told.event,
        asked,
        repository: repository.as_ref(),
        colour: colour(request.color, Stream::Err),
    };
    let chosen = authority::choose(&circumstances, &compared)?;
    let tasks = share::tasks(&request, &chosen.policy, repository.as_ref());
    let matrix = plan(tasks, args.shards).matrix();
    if args.github {
        let runner = Runner::detect().ok_or_else(|| {
            Error::usage("--github is for steps of GitHub Actions, and this is none")
        })?;
        runner.outputs(&[("matrix", matrix.clone())])?;
    }
    terminal::out(format!("{matrix}\n").as_bytes());
    Ok(0)
}
