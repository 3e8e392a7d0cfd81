//! The part of `lockgate doctor` that is about the repository's workflows.

use crate::edge::files::Root;
use crate::escape;
use crate::model::{Foreign as _, RepoPath};
use crate::workflows::{Advice, Weight, advice};
use std::fmt::Write as _;

/// The only folder in which GitHub looks for workflows.
const FOLDER: &str = ".github/workflows/";

/// Workflows that are looked at; no repository has nearly as many.
const MOST: usize = 1000;

/// Says what is wrong with the workflows that call lockgate. True when one of them lets a change through
/// without a verdict.
pub fn doctor(root: &Root, out: &mut String) -> bool {
    // The root may be one service of a monorepo; workflows are the repository's.
    let Ok(repository) = Root::open(root.repository()) else {
        return false;
    };
    let (mut calling, mut traps) = (0, 0);
    let files = repository.list();
    let files = files.iter().filter(|path| is_workflow(path)).take(MOST);
    for path in files {
        let shown = escape::terminal(path.clone());
        let text = repository.text(path);
        let remarks = match text.map(|text| advice(&text)) {
            Ok(Advice::Foreign) => continue,
            Ok(Advice::Remarks(remarks)) => remarks,
            Ok(Advice::Unreadable) | Err(_) => {
                let _ = writeln!(
                    out,
                    "ADVICE: {shown}: cannot be read, and was not looked at"
                );
                continue;
            }
        };
        calling += 1;
        for remark in remarks {
            let word = match remark.weight {
                Weight::Trap => "TRAP",
                Weight::Advice => "ADVICE",
            };
            traps += usize::from(remark.weight == Weight::Trap);
            let job = match remark.job.is_empty() {
                true => String::new(),
                false => format!("job {}: ", escape::terminal(remark.job)),
            };
            let _ = writeln!(out, "{word}: {shown}:{}: {job}{}", remark.line, remark.text);
        }
    }
    if calling > 0 && traps == 0 {
        let _ = writeln!(
            out,
            "No workflow that calls lockgate lets a change through without a verdict ({calling} looked at)."
        );
    }
    traps > 0
}

fn is_workflow(path: &RepoPath) -> bool {
    let name = path.raw().strip_prefix(FOLDER);
    name.is_some_and(|name| {
        !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml"))
    })
}
