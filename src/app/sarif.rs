//! `lockgate sarif`.

use crate::cli::{SarifCheck, SarifCommand};
use crate::edge::files::read_up_to;
use crate::edge::terminal;
use crate::error::{Error, verdict_code};
use crate::escape;
use crate::model::{Untrusted, Verdict};
use crate::upload::preflight::{self, Remark};
use std::fmt::Write as _;
use std::path::Path;

/// Largest file that is looked at, in bytes: what no server takes by far.
const MOST: u64 = 512 * 1024 * 1024;

/// Longest foreign word that is shown beside a remark, in characters.
const LONGEST: usize = 100;

/// Runs a subcommand; returns the exit code.
pub fn run(command: &SarifCommand) -> Result<u8, Error> {
    let SarifCommand::Check(args) = command;
    check(args)
}

fn check(args: &SarifCheck) -> Result<u8, Error> {
    let mut text = String::new();
    let mut accepted = true;
    for path in &args.files {
        let shown = path.display().to_string();
        let bytes = read_up_to(path, MOST).ok_or_else(|| {
            Error::usage("there is no such file, it cannot be opened, or it is larger than 512 MiB")
                .detail(shown.as_str())
        })?;
        let remarks = preflight::file(&bytes);
        accepted &= preflight::accepts(&remarks);
        describe(path, &remarks, &mut text);
    }
    terminal::out(text.as_bytes());
    Ok(verdict_code(match accepted {
        true => Verdict::Pass,
        // A report that is damaged, as a gate sees it.
        false => Verdict::Incomplete,
    }))
}

fn describe(path: &Path, remarks: &[Remark], text: &mut String) {
    let name = Untrusted::from(path.display().to_string());
    let would = match preflight::accepts(remarks) {
        true => "take",
        false => "reject",
    };
    let _ = writeln!(text, "{}: GitHub would {would} it", escape::terminal(name));
    for remark in remarks {
        let _ = write!(
            text,
            "  {:<8}  {} ×  {}",
            remark.effect.word(),
            remark.count,
            remark.text
        );
        if !remark.first.is_empty() {
            let _ = write!(text, "; first at {}", remark.first);
        }
        if let Some(detail) = &remark.detail {
            let _ = write!(text, ": {}", escape::terminal_up_to(detail, LONGEST));
        }
        text.push('\n');
    }
}
