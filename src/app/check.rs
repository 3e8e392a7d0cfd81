//! `lockgate check`.

use super::gather;
use super::policy;
use super::request::{Kind, OutputArg, Request, request};
use crate::assess::assess;
use crate::cli::{Check, When};
use crate::edge::actions::Runner;
use crate::edge::output::Destination;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, git};
use crate::error::{Error, ErrorKind, verdict_code};
use crate::model::{Assessment, Context, RepoPath, Verdict};
use crate::report::sarif::{self, Purpose};
use crate::report::{annotations, console, html, json, junit, markdown, outputs};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Write as _;

/// Runs a check; returns the exit code.
pub fn check(args: &Check) -> Result<u8, Error> {
    if let Some(jobs) = args.jobs {
        if jobs == 0 {
            return Err(Error::usage("--jobs needs at least one thread"));
        }
        // Fails only when the pool exists already, which then has the wrong size but works.
        let _ = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs)
            .build_global();
    }
    let request = request(args)?;
    for output in &request.outputs {
        output.destination.prepare()?;
    }
    let colour = |stream| match request.color {
        When::Always => true,
        When::Never => false,
        When::Auto => terminal::wants_colour(stream),
    };
    let policy = policy::load(
        request.policy.as_deref(),
        &request.root,
        colour(Stream::Err),
    )?;
    let evidence = gather::evidence(&request, &policy);
    let context = Context {
        prefix: request.root.prefix(),
        now: request.as_of.unwrap_or_else(clock::now),
        change: change(&request),
    };
    let assessment = assess(evidence, &policy, &context);

    let failures = deliver(&assessment, &request);
    if !request.quiet {
        summarise(&assessment, &request, &colour);
    }
    let code = verdict_code(assessment.verdict);
    let stops = matches!(assessment.verdict, Verdict::Block | Verdict::Incomplete);
    // The process ends here; taking a large assessment apart would only cost time.
    std::mem::forget(assessment);
    if failures.is_empty() {
        return Ok(code);
    }
    let failed = ErrorKind::Delivery.exit_code();
    for failure in &failures {
        super::fail(failure);
    }
    // A verdict that stops the merge is worth more than the news that a file is missing.
    Ok(if stops { code } else { failed })
}

/// The files of the judged change. Where git cannot say, partial evidence is judged as without a
/// base, which is never milder; so it is a note and no error.
fn change(request: &Request) -> Option<BTreeSet<RepoPath>> {
    let base = request.base.as_deref()?;
    match git::changed(&request.root, base) {
        Ok(files) => Some(files),
        Err(why) => {
            terminal::err(&format!("note: the change is not known: {why}\n"));
            None
        }
    }
}

/// Writes everything that was asked for; one failure does not stop the others.
fn deliver(assessment: &Assessment, request: &Request) -> Vec<Error> {
    let mut failures: Vec<Error> = request
        .outputs
        .par_iter()
        .filter_map(|output| write(assessment, output).err())
        .collect();
    if let Some(runner) = runner(request) {
        let short = format!(
            "lockgate: {}, {} findings, {} blocking. The summary is too long for this page; see the reports.\n",
            assessment.verdict,
            assessment.findings.len(),
            assessment.blocking().count()
        );
        failures.extend(runner.summary(&markdown::render(assessment), &short).err());
        let path = |kinds: &[Kind]| {
            let of = |kind: &Kind| {
                request
                    .outputs
                    .iter()
                    .find(|o| o.kind == *kind && o.destination != Destination::StandardOutput)
            };
            kinds.iter().find_map(of).map(|o| o.destination.absolute())
        };
        let sarif = path(&[Kind::UploadSarif, Kind::Sarif]);
        let report = path(&[Kind::Json, Kind::Markdown]);
        failures.extend(
            runner
                .outputs(&outputs::outputs(
                    assessment,
                    sarif.as_deref(),
                    report.as_deref(),
                ))
                .err(),
        );
    }
    failures
}

fn write(assessment: &Assessment, output: &OutputArg) -> Result<(), Error> {
    output.destination.write(&|out| match output.kind {
        Kind::Json => json::write(assessment, out),
        Kind::Markdown => out.write_all(markdown::render(assessment).as_bytes()),
        Kind::Sarif => sarif::write(assessment, Purpose::Full, out),
        Kind::UploadSarif => sarif::write(assessment, Purpose::Upload, out),
        Kind::Html => out.write_all(html::render(assessment).as_bytes()),
        Kind::Junit => out.write_all(junit::render(assessment).as_bytes()),
    })
}

fn runner(request: &Request) -> Option<Runner> {
    match request.github {
        When::Auto => Runner::detect(),
        When::Always => Some(Runner::attach()),
        When::Never => None,
    }
}

fn summarise(assessment: &Assessment, request: &Request, colour: &dyn Fn(Stream) -> bool) {
    let taken = request
        .outputs
        .iter()
        .any(|o| o.destination == Destination::StandardOutput);
    let stream = if taken { Stream::Err } else { Stream::Out };
    let mut text = console::render(assessment, colour(stream));
    let upload = request.outputs.iter().any(|o| o.kind == Kind::UploadSarif);
    if let Some(note) = upload.then(|| sarif::left_out(assessment)).flatten() {
        text.push_str(&format!("\nnote: {note}\n"));
    }
    if runner(request).is_some() {
        text.push_str(&annotations::render(assessment));
    }
    match stream {
        Stream::Out => terminal::out(text.as_bytes()),
        Stream::Err => terminal::err(&text),
    }
}
