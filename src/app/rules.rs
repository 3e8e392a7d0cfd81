//! `lockgate rules`, and `lockgate explain` for a rule.

use crate::cli::{RulesArgs, Show};
use crate::edge::terminal;
use crate::error::{Error, ErrorKind};
use crate::explain::rule::{self, RulePage};
use crate::model::ScannerId;

/// Lists the rules of lockgate's own scanners.
pub fn run(args: &RulesArgs) -> Result<u8, Error> {
    let scanner = args.scanner.as_deref();
    if let Some(word) = scanner.filter(|word| !ScannerId::OWN.contains(word)) {
        return Err(Error::usage("lockgate has no scanner of that name itself")
            .detail(word)
            .hint(format!("write one of {}", ScannerId::OWN.join(", "))));
    }
    let mut pages: Vec<RulePage> = Vec::new();
    if scanner != Some(ScannerId::SECRETS) {
        pages.extend(rule::configuration());
    }
    // Those of secrets are thousands, and are listed when somebody asks for them.
    if scanner == Some(ScannerId::SECRETS) {
        pages.extend(rule::secrets());
    }
    pages.retain(|page| scanner.is_none_or(|scanner| page.scanner == scanner));
    let text = match args.format {
        Show::Json => json(&pages)?,
        Show::Text => rule::table(&pages),
        Show::Markdown => {
            let pages: Vec<String> = pages.iter().map(rule::markdown).collect();
            pages.join("\n")
        }
    };
    terminal::out(text.as_bytes());
    Ok(0)
}

/// Shows one rule; `None` when there is none of that id.
pub fn one(id: &str, format: Show) -> Option<Result<u8, Error>> {
    let page = rule::find(id)?;
    let text = match format {
        Show::Json => json(&page),
        Show::Text => Ok(rule::text(&page)),
        Show::Markdown => Ok(rule::markdown(&page)),
    };
    Some(text.map(|text| {
        terminal::out(text.as_bytes());
        0
    }))
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    Ok(text + "\n")
}
