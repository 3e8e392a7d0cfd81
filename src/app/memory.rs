//! What earlier scans and code scanning remember: the state file, the list of alerts.

use super::baseline::look_for_files;
use super::github;
use super::request::{AlertsFrom, Request};
use crate::alerts;
use crate::baseline;
use crate::cli::When;
use crate::edge::files::{is_there, read_up_to};
use crate::edge::output::Destination;
use crate::edge::terminal;
use crate::error::{Error, ErrorKind};
use crate::ingest;
use crate::model::{Alert, Assessment, Baseline, Event, Problem};
use std::path::Path;

/// Largest state, in bytes: what a baseline may hold.
const MOST_STATE: u64 = 32 * 1024 * 1024;

/// Largest list of alerts, in bytes: a hundred thousand of them.
const MOST_ALERTS: u64 = 512 * 1024 * 1024;

fn text(path: &Path, most: u64) -> Result<String, String> {
    let bytes = read_up_to(path, most).ok_or_else(|| {
        format!(
            "it is no file that can be opened, or larger than {} MiB",
            most / 1024 / 1024
        )
    })?;
    ingest::text(&bytes).ok_or_else(|| "it is not valid UTF-8".to_owned())
}

/// The state as the last scan left it; an empty one when there was none.
///
/// # Errors
/// When it is there and cannot be read: to start it anew would set every clock to zero.
pub fn state(request: &Request) -> Result<Option<Baseline>, Error> {
    let Some(path) = request.state.as_deref() else {
        return Ok(None);
    };
    if !is_there(path) {
        return Ok(Some(Baseline::default()));
    }
    let refused = |why: String| {
        Error::usage(format!("the state cannot be read: {why}"))
            .detail(path.display().to_string())
            .hint("restore it from an earlier scan")
            .hint("or remove it, which starts every clock anew; --alerts keeps the ages that code scanning knows")
    };
    let text = text(path, MOST_STATE).map_err(refused)?;
    let mut state = baseline::read(&text).map_err(|problem| refused(problem.text))?;
    look_for_files(&mut state, &request.root);
    Ok(Some(state))
}

/// The alerts of code scanning. When GitHub cannot be asked, the reason is noted, and ages are then
/// unknown: findings would look younger than they are. Where a change is judged it is not asked,
/// because its alerts are those of the default branch.
///
/// # Errors
/// When a file cannot be read.
pub fn alerts(request: &Request, event: Event) -> Result<(Vec<Alert>, Option<String>), Error> {
    let path = match &request.alerts {
        Some(AlertsFrom::File(path)) => path.as_path(),
        Some(AlertsFrom::Api) if !event.judges_a_change() => {
            return Ok(match github::alerts::read(event) {
                Ok(alerts) => (alerts, None),
                Err(why) => {
                    terminal::err(&format!(
                        "note: the alerts of code scanning could not be read, so that ages are unknown: {why}\n"
                    ));
                    (Vec::new(), Some(why))
                }
            });
        }
        Some(AlertsFrom::Api) | None => return Ok((Vec::new(), None)),
    };
    let alerts = alerts_in(path)?;
    Ok((alerts, None))
}

fn alerts_in(path: &Path) -> Result<Vec<Alert>, Error> {
    let shown = path.display().to_string();
    let text = text(path, MOST_ALERTS).map_err(|why| {
        Error::usage(format!("the alerts cannot be read: {why}")).detail(shown.as_str())
    })?;
    alerts::read(&text).map_err(|refusal| {
        let error = Error::usage(refusal.text).hint(
            "write the file with gh api --paginate 'repos/OWNER/NAME/code-scanning/alerts?per_page=100'",
        );
        match refusal.detail.is_empty() {
            true => error.detail(shown),
            false => error.detail(refusal.detail),
        }
    })
}

/// Writes the state back.
///
/// # Errors
/// When it is not there afterwards.
pub fn keep(assessment: &Assessment, path: Option<&Path>, when: When) -> Result<(), Error> {
    let (Some(path), Some(carried)) = (path, &assessment.carried) else {
        return Ok(());
    };
    let wanted = match when {
        When::Always => true,
        When::Never => false,
        When::Auto => !assessment.event.judges_a_change(),
    };
    if !wanted {
        return Ok(());
    }
    let failed = |problem: Problem| {
        Error::new(
            ErrorKind::Delivery,
            format!("the state could not be written: {}", problem.text),
        )
    };
    let text = baseline::write(&next(assessment, carried)).map_err(failed)?;
    Destination::File(path.to_owned()).write(&|out| {
        use std::io::Write as _;
        out.write_all(text.as_bytes())
    })
}

/// The findings of this scan with what is carried over from the one before.
fn next(assessment: &Assessment, carried: &Baseline) -> Baseline {
    let mut state = baseline::of(assessment);
    state.entries.extend(carried.entries.iter().cloned());
    for (scanner, day) in &carried.scanners {
        let last = state.scanners.entry(scanner.clone()).or_insert(*day);
        *last = (*last).max(*day);
    }
    state.written = state.written.max(carried.written);
    state.history.clone_from(&carried.history);
    state
}
