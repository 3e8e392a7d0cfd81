//! `lockgate simulate`.

use super::case::colour;
use super::{bundles, policy, request};
use crate::cli::{Format, Simulate, When};
use crate::edge::reports::ReportFile;
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, ErrorKind, verdict_code};
use crate::model::Verdict;
use crate::simulate::{self, Replay, Simulation, Unread};
use rayon::prelude::*;

/// From this many bundles on, progress is told.
const MANY: usize = 20;

/// Bundles that are judged at a time; so many are in memory.
const BATCH: usize = 4;

/// Judges stored runs by another policy; returns the exit code.
pub fn run(args: &Simulate) -> Result<u8, Error> {
    let root = request::open(&args.root, "simulate --root")?;
    let paint = colour(When::Auto, Stream::Err);
    let tried = policy::load(Some(&args.policy), &root, paint)?;
    let against = args.against.as_deref();
    let against = against.map(|name| policy::load(Some(name), &root, paint));
    let against = against.transpose()?;

    let (mut files, mut unread) = (Vec::new(), Vec::new());
    for name in &args.bundles {
        match bundles::find(name, &root) {
            Ok(found) => files.extend(found),
            Err(missing) => unread.push(missing),
        }
    }
    let judge = |file: &ReportFile| -> Result<Replay, Unread> {
        let bundle = bundles::open_whole(file)?;
        let name = file.name.clone();
        Ok(simulate::replay(name, bundle, &tried, against.as_ref()))
    };
    let mut runs = Vec::new();
    for (index, batch) in files.chunks(BATCH).enumerate() {
        let told = index * BATCH;
        if files.len() >= MANY && told > 0 && told.is_multiple_of(MANY) && !args.quiet {
            terminal::err(&format!("note: {told} of {} runs judged\n", files.len()));
        }
        let judged: Vec<Result<Replay, Unread>> = batch.par_iter().map(judge).collect();
        for result in judged {
            match result {
                Ok(replay) => runs.push(replay),
                Err(why) => unread.push(why),
            }
        }
    }
    let simulation = Simulation {
        policy: tried.sources.clone(),
        against: against.map(|policy| policy.sources),
        runs,
        unread,
    };
    let text = match args.format {
        Format::Json => {
            let mut bytes = Vec::new();
            simulate::write(&simulation, &mut bytes)
                .map_err(|e| Error::new(ErrorKind::Delivery, e.to_string()))?;
            bytes
        }
        Format::Text => simulate::render(&simulation).into_bytes(),
    };
    terminal::out(&text);
    Ok(match () {
        () if !simulation.unread.is_empty() => verdict_code(Verdict::Incomplete),
        () if simulation.runs.iter().any(Replay::differs) => 1,
        () => 0,
    })
}
