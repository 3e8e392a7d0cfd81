//! What became of the findings, in sentences.

use super::{Account, MAX_PARTS, Plan, SHOWN, Standing};

/// How they get to code scanning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By requests of ours.
    Api,
    /// By a file that another action uploads.
    File,
}

impl Plan<'_> {
    /// One sentence for each scanner of which something was left out, mended or cut, without its
    /// full stop. Our own words and the scanners' names alone.
    pub fn tell(&self, way: Way) -> Vec<String> {
        let accounts = self.accounts.iter();
        accounts
            .filter_map(|account| {
                let clauses = clauses(account, way);
                let scanner = account.scanner;
                (!clauses.is_empty()).then(|| format!("{scanner}: {}", clauses.join("; ")))
            })
            .collect()
    }
}

fn clauses(account: &Account<'_>, way: Way) -> Vec<String> {
    match (account.standing, way) {
        (Standing::Idle, _) => return Vec::new(),
        (Standing::Unsent(why), _) => return vec![why.to_owned()],
        (Standing::Failed, Way::File) => {
            return vec![
                "it failed and is left out, so that its alerts stay as they are".to_owned(),
            ];
        }
        (Standing::Failed | Standing::Sound, _) => {}
    }
    let mut clauses = Vec::new();
    if account.standing == Standing::Failed {
        clauses.push(
            "it failed and is sent as failed, so that its alerts stay as they are".to_owned(),
        );
    }
    if account.parts > 1 {
        clauses.push(format!(
            "{} findings are sent in {} parts, the most severe first",
            account.sent, account.parts
        ));
    }
    if let dropped @ 1.. = account.dropped() {
        clauses.push(format!(
            "{dropped} of the least severe findings are left out, because they do not fit into {MAX_PARTS} parts"
        ));
    }
    if account.hidden > 0 {
        clauses.push(format!(
            "of each part GitHub shows {SHOWN} findings; {} of the less severe are not shown there",
            account.hidden
        ));
    }
    let left_out = counted(&[
        (account.waived, "waived"),
        (account.suppressed, "suppressed"),
        (account.informational, "informational"),
    ]);
    if !left_out.is_empty() {
        clauses.push(format!("left out: {left_out}"));
    }
    let mended = counted(&[
        (
            account.placed,
            "without a file of the repository, placed at the best one",
        ),
        (account.names, "rule names changed"),
        (account.texts, "rules with texts cut"),
        (account.tags, "rules with tags cut"),
    ]);
    if !mended.is_empty() {
        clauses.push(format!("mended: {mended}"));
    }
    clauses
}

/// `3 waived, 1 suppressed`, without what there is none of.
fn counted(counts: &[(usize, &str)]) -> String {
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    words.join(", ")
}
