//! Code scanning's alerts, for the ages of findings.

use super::{Hub, connect};
use crate::alerts;
use crate::escape;
use crate::github::code_scanning;
use crate::model::{Alert, Event};
use std::time::Duration;

/// Longest time for reading them.
const TIME: Duration = Duration::from_secs(60);

/// The alerts of the default branch that are not fixed.
///
/// # Errors
/// With a clause, when not all of them could be read: findings would look younger than they are.
pub fn read(event: Event) -> Result<Vec<Alert>, String> {
    let hub = connect(TIME, event, String::new())?;
    let mut alerts = of_state(&hub, "open")?;
    alerts.extend(of_state(&hub, "dismissed")?);
    Ok(alerts)
}

fn of_state(hub: &Hub, state: &'static str) -> Result<Vec<Alert>, String> {
    let request = code_scanning::alerts(&hub.repository, state);
    let pages = match hub.client.pages(&request) {
        Err(trouble) if code_scanning::is_empty(&trouble) => Ok(Vec::new()),
        answered => answered,
    };
    let pages = pages.map_err(|trouble| {
        let words = trouble.said.as_ref().map(escape::terminal);
        let words = words.map_or_else(String::new, |words| format!(" ({words})"));
        format!("{}{words}", trouble.why())
    })?;
    let mut all = Vec::new();
    for page in pages {
        let text = String::from_utf8_lossy(&page.body);
        let page = alerts::read(&text).map_err(|unreadable| unreadable.text.to_owned())?;
        all.extend(page);
    }
    Ok(all)
}
