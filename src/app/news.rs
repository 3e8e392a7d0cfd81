//! What a job says of a verdict that it only passes on.

use super::check::{runner, show, write_all};
use super::github::{Remarks, Told};
use super::request::Delivery;
use super::upload::Uploads;
use crate::edge::terminal;
use crate::error::ErrorKind;
use crate::model::Assessment;
use crate::report::{console, markdown};

/// Writes the outputs, the job summary and the log; returns the exit code. No step outputs and no
/// annotations: a later step must not take somebody's word for a verdict, and the lines are not those
/// of this checkout.
pub fn tell(assessment: &Assessment, remarks: &Remarks, told: &Told, delivery: &Delivery) -> u8 {
    let uploads = Uploads::of(assessment, delivery);
    let mut failures = write_all(assessment, None, uploads.as_ref(), delivery);
    let mut lines = remarks.lines.clone();
    lines.extend(told.notes.iter().cloned());
    if let Some(runner) = runner(delivery) {
        let summary = runner.summary(markdown::MAX_SUMMARY, |room| {
            markdown::within(assessment, &lines, room)
        });
        failures.extend(summary.err());
    }
    if !delivery.quiet {
        show(delivery, &|colour| {
            let mut text = console::render(assessment, colour);
            for line in &lines {
                text.push_str(&format!("\nnote: {line}\n"));
            }
            text
        });
    }
    for failure in &failures {
        super::fail(failure);
    }
    match failures.is_empty() {
        true => brought(told),
        false => ErrorKind::Delivery.exit_code(),
    }
}

/// The exit code of what was brought, whatever the verdict is.
pub fn brought(told: &Told) -> u8 {
    match told.failed.is_empty() {
        true => 0,
        false => ErrorKind::Delivery.exit_code(),
    }
}

/// Says one sentence in the log and in the job summary.
pub fn say(delivery: &Delivery, text: &str) {
    let text = format!("lockgate: {text}.\n");
    if let Some(runner) = runner(delivery)
        && let Err(error) = runner.summary(markdown::MAX_SUMMARY, |_| text.clone())
    {
        super::fail(&error);
    }
    terminal::err(&text);
}
