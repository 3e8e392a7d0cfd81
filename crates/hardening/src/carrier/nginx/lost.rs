//! Headers that a block loses, and those that do not reach every answer.

use super::level::{Level, Set};
use super::walk::Walk;
use crate::check::Raised;
use crate::message::quoted;
use crate::response::Serves;
use crate::rule::Severity;
use std::collections::BTreeSet;

/// Headers without which a page is open to attacks of its own.
const PAGE: [&str; 2] = ["content-security-policy", "x-frame-options"];

/// Judges one block.
pub(super) fn of_block(walk: &mut Walk<'_>, scope: &str, level: &Level<'_>, serves: Serves) {
    inheritance(walk, scope, level, serves);
    for set in level.own.iter().filter(|set| set.protects()) {
        if !set.always {
            walk.found.raised.push(without_always(set, scope, serves));
        }
    }
    for set in &level.own {
        if set.value.text.contains('\n') {
            let message = format!(
                "The value of {} goes over a line break.",
                quoted(&set.title)
            );
            let raised = Raised::new("LG-NGX-103", set.path, set.value.place.clone(), message);
            walk.found.raised.push(raised);
        }
    }
}

fn inheritance(walk: &mut Walk<'_>, scope: &str, level: &Level<'_>, serves: Serves) {
    let lost: Vec<&Set<'_>> = level.lost.iter().filter(|set| set.protects()).collect();
    let (Some(first), Some(gone)) = (level.own.first(), lost.first()) else {
        return;
    };
    // What is included may bring them back.
    if level.open_here {
        return;
    }
    let names: BTreeSet<&str> = lost.iter().map(|set| set.title.as_str()).collect();
    let of_page = lost.iter().any(|set| PAGE.contains(&set.name.as_str()));
    let severity = match (of_page, serves) {
        (true, Serves::Html) => Severity::High,
        (true, Serves::Unknown) => Severity::Medium,
        _ => Severity::Low,
    };
    let names: Vec<&str> = names.into_iter().collect();
    let message = format!(
        "{} from above {} not sent in {}, which sets headers of its own.",
        names.join(", "),
        if names.len() == 1 { "is" } else { "are" },
        quoted(scope),
    );
    let mut seen = BTreeSet::new();
    let lines = lost.iter().filter(|set| seen.insert(set.name.as_str()));
    let lines = lines.map(|set| line(set));
    let better: Vec<String> = lines.chain([line(first)]).collect();
    let raised = Raised::new("LG-NGX-101", first.path, first.place.clone(), message)
        .at(severity)
        .better(better.join("\n"))
        .related(gone.path, gone.place.clone(), "set here, and lost below");
    walk.found.raised.push(raised);
}

fn without_always(set: &Set<'_>, scope: &str, serves: Serves) -> Raised {
    let page = PAGE.contains(&set.name.as_str()) && serves == Serves::Html;
    let message = format!(
        "{} in {} is left out of answers with an error.",
        quoted(&set.title),
        quoted(scope),
    );
    let raised = Raised::new("LG-NGX-102", set.path, set.place.clone(), message);
    let raised = raised.better(line(set));
    match page {
        true => raised.at(Severity::Medium),
        false => raised,
    }
}

/// The directive as it should read.
fn line(set: &Set<'_>) -> String {
    let always = match set.protects() {
        true => " always",
        false if set.always => " always",
        false => "",
    };
    let quote = if set.value.text.contains('"') {
        '\''
    } else {
        '"'
    };
    format!(
        "add_header {} {quote}{}{quote}{always};",
        set.title, set.value.text
    )
}
