//! `lockgate check`.

use super::case::{Case, colour};
use super::github::{self, Told};
use super::memory;
use super::request::{Delivery, Kind, OutputArg, Request, delivery, request, shard};
use super::share;
use super::upload::Uploads;
use crate::bundle::Draft;
use crate::cli::{Check, When};
use crate::edge::actions::Runner;
use crate::edge::output::Destination;
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, ErrorKind, verdict_code};
use crate::model::{Assessment, Verdict};
use crate::report::{annotations, console, html, json, junit, markdown, outputs, sarif};
use rayon::prelude::*;
use std::io::Write as _;

/// Runs a check; returns the exit code.
pub fn check(args: Check) -> Result<u8, Error> {
    let mut request = request(&args.input, "check", args.color)?;
    request.shard = shard(args.shard.as_ref())?;
    let delivery = delivery(args)?;
    if let Some(number) = request.shard {
        return share::check(&request, number, &delivery);
    }
    prepare(&delivery)?;
    let case = Case::gather(&request)?;
    conclude(case, &request, &delivery)
}

/// Makes ready to write the outputs.
pub fn prepare(delivery: &Delivery) -> Result<(), Error> {
    for output in &delivery.outputs {
        output.destination.prepare()?;
    }
    Ok(())
}

/// Judges a case and tells everybody; returns the exit code.
pub fn conclude(case: Case, request: &Request, delivery: &Delivery) -> Result<u8, Error> {
    let stored = delivery.outputs.iter().any(|o| o.kind == Kind::Bundle);
    let draft = stored.then(|| Draft::new(&case.part, &case.evidence, &case.context));
    let assessment = case.assess();

    let uploads = Uploads::of(&assessment, delivery);
    let mut failures = write_all(&assessment, draft.as_ref(), uploads.as_ref(), delivery);
    let told = github::bring(&assessment, delivery);
    failures.extend(tell_runner(&assessment, &told, delivery));
    let kept = memory::keep(&assessment, request.state.as_deref(), delivery.update_state);
    failures.extend(kept.err());
    failures.extend(told.failed.iter().map(|why| {
        let text = "what was required could not be brought to GitHub";
        Error::new(ErrorKind::Delivery, text).detail(why.as_str())
    }));
    if !delivery.quiet {
        summarise(&assessment, uploads.as_ref(), &told, delivery);
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

/// The first part of a bundle, or why there is none.
type Stored = std::io::Result<Draft>;

/// Writes every file that was asked for; one failure does not stop the others.
pub fn write_all(
    assessment: &Assessment,
    draft: Option<&Stored>,
    uploads: Option<&Uploads<'_>>,
    delivery: &Delivery,
) -> Vec<Error> {
    let written = delivery.outputs.par_iter().map(|output| {
        match uploads.filter(|_| output.kind == Kind::UploadSarif) {
            Some(uploads) => uploads.write(&output.destination),
            None => write(assessment, draft, output),
        }
    });
    written.filter_map(Result::err).collect()
}

/// Job summary and step outputs.
fn tell_runner(assessment: &Assessment, told: &Told, delivery: &Delivery) -> Vec<Error> {
    let Some(runner) = runner(delivery) else {
        return Vec::new();
    };
    let path = |kinds: &[Kind]| {
        let of = |kind: &Kind| {
            delivery
                .outputs
                .iter()
                .find(|o| o.kind == *kind && o.destination != Destination::StandardOutput)
        };
        kinds.iter().find_map(of).map(|o| o.destination.absolute())
    };
    let sarif = path(&[Kind::UploadSarif, Kind::Sarif]);
    let report = path(&[Kind::Json, Kind::Markdown]);
    let outputs = outputs::outputs(assessment, sarif.as_deref(), report.as_deref());
    let summary = runner.summary(markdown::MAX_SUMMARY, |room| {
        markdown::within(assessment, &told.notes, room)
    });
    let results = [summary, runner.outputs(&outputs)];
    results.into_iter().filter_map(Result::err).collect()
}

fn write(assessment: &Assessment, draft: Option<&Stored>, output: &OutputArg) -> Result<(), Error> {
    output.destination.write(&|out| match output.kind {
        Kind::Json => json::write(assessment, out),
        Kind::Markdown => out.write_all(markdown::render(assessment).as_bytes()),
        Kind::Sarif => sarif::write(assessment, out),
        // Written by `Uploads`.
        Kind::UploadSarif => Ok(()),
        Kind::Html => out.write_all(html::render(assessment).as_bytes()),
        Kind::Junit => out.write_all(junit::render(assessment).as_bytes()),
        Kind::Bundle => match draft {
            Some(Ok(draft)) => draft.finish(assessment, out),
            Some(Err(e)) => Err(std::io::Error::other(e.to_string())),
            None => Err(std::io::ErrorKind::InvalidInput.into()),
        },
    })
}

/// The runner that is to be told.
pub fn runner(delivery: &Delivery) -> Option<Runner> {
    match delivery.github {
        When::Auto => Runner::detect(),
        When::Always => Some(Runner::attach()),
        When::Never => None,
    }
}

fn summarise(
    assessment: &Assessment,
    uploads: Option<&Uploads<'_>>,
    told: &Told,
    delivery: &Delivery,
) {
    show(delivery, &|colour| {
        let mut text = console::render(assessment, colour);
        for note in uploads.map(Uploads::notes).unwrap_or_default() {
            text.push_str(&format!("\nnote: upload-sarif: {note}\n"));
        }
        for note in &told.notes {
            text.push_str(&format!("\nnote: {note}\n"));
        }
        if runner(delivery).is_some() {
            text.push_str(&annotations::render(assessment));
        }
        text
    });
}

/// Shows a text, in colour or not, where no output goes.
pub fn show(delivery: &Delivery, text: &dyn Fn(bool) -> String) {
    let taken = delivery
        .outputs
        .iter()
        .any(|o| o.destination == Destination::StandardOutput);
    let stream = if taken { Stream::Err } else { Stream::Out };
    let text = text(colour(delivery.color, stream));
    match stream {
        Stream::Out => terminal::out(text.as_bytes()),
        Stream::Err => terminal::err(&text),
    }
}
