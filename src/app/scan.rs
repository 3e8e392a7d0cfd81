//! `lockgate scan`.

use super::case::Case;
use super::check;
use super::request::{self, Delivery, Kind, OutputArg, Request, Scan, Scope, Wish};
use super::secrets::{self as rules, test_rules};
use crate::cli::{Github, ScanCommand, ScanConfiguration, ScanFormat, ScanSecrets, When};
use crate::edge::output::Destination;
use crate::edge::terminal;
use crate::error::Error;
use crate::escape;
use crate::model::{ScannerId as ScanId, Untrusted};
use crate::report::phrase;
use lockgate_secrets::Rules;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Runs a scan; returns the exit code.
pub fn run(command: ScanCommand) -> Result<u8, Error> {
    match command {
        ScanCommand::Secrets(args) if args.test_rules => test(&args),
        ScanCommand::Secrets(args) if args.rules => list(&args),
        ScanCommand::Secrets(args) => secrets(*args),
        ScanCommand::Csp(args) => configuration(*args, ScanId::CSP),
        ScanCommand::Hardening(args) => configuration(*args, ScanId::HARDENING),
    }
}

fn secrets(args: ScanSecrets) -> Result<u8, Error> {
    let scope = match (args.history, args.staged) {
        (_, true) => Scope::Staged,
        (true, false) => Scope::History,
        (false, false) => Scope::Tree,
    };
    let scan = Scan {
        scanner: ScanId::literal(ScanId::SECRETS),
        scope,
        rules: args.rule_files,
        config: args.config,
    };
    search(
        scan,
        Options {
            path: args.path,
            since: args.since,
            format: args.format,
            outputs: args.outputs,
            policy: args.policy,
            jobs: args.jobs,
            quiet: args.quiet,
            color: args.color,
        },
    )
}

fn configuration(args: ScanConfiguration, scanner: &'static str) -> Result<u8, Error> {
    let scan = Scan {
        scanner: ScanId::literal(scanner),
        scope: Scope::Tree,
        rules: Vec::new(),
        config: None,
    };
    search(
        scan,
        Options {
            path: args.path,
            since: args.since,
            format: args.format,
            outputs: args.outputs,
            policy: args.policy,
            jobs: args.jobs,
            quiet: args.quiet,
            color: args.color,
        },
    )
}

/// What all scans can be told.
struct Options {
    path: PathBuf,
    since: Option<String>,
    format: ScanFormat,
    outputs: Vec<String>,
    policy: Option<String>,
    jobs: Option<usize>,
    quiet: bool,
    color: When,
}

fn search(scan: Scan, args: Options) -> Result<u8, Error> {
    if let Some(jobs) = args.jobs {
        request::threads(jobs)?;
    }
    let root = request::open(&args.path, &format!("scan {}", scan.scanner))?;
    let mut outputs = request::outputs(&args.outputs)?;
    let shown = match args.format {
        ScanFormat::Text => None,
        ScanFormat::Json => Some(Kind::Json),
        ScanFormat::Sarif => Some(Kind::Sarif),
    };
    outputs.extend(shown.map(|kind| OutputArg {
        kind,
        destination: Destination::StandardOutput,
    }));
    let request = Request {
        root,
        reports: Vec::new(),
        run: Wish::default(),
        policy: args.policy,
        as_of: None,
        event: None,
        shard: None,
        handed: BTreeSet::new(),
        base: args.since,
        state: None,
        alerts: None,
        baseline: None,
        writes_baseline: false,
        color: args.color,
        quiet: args.quiet,
        scan: Some(scan),
    };
    let delivery = Delivery {
        outputs,
        update_state: When::Never,
        github: When::Never,
        hub: Github::off(),
        color: args.color,
        quiet: args.quiet,
    };
    check::prepare(&delivery)?;
    let case = Case::gather(&request)?;
    check::conclude(case, &request, &delivery)
}

/// The rules as a table.
fn list(args: &ScanSecrets) -> Result<u8, Error> {
    let rules = rules::together(rules::own(&args.rule_files)?, &[])?;
    terminal::out(table(&rules).as_bytes());
    Ok(0)
}

fn table(rules: &Rules) -> String {
    let show = |text: &str| escape::terminal(Untrusted::from(text));
    let rows: Vec<[String; 4]> = rules
        .all()
        .iter()
        .map(|rule| {
            let provider = match rule.provider.as_str() {
                "" => "any",
                provider => provider,
            };
            let severity = rules::word(rule.severity);
            [
                show(&rule.id),
                severity.to_owned(),
                show(provider),
                show(&rule.revoke),
            ]
        })
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let (id, severity, provider) = (width(0), width(1), width(2));
    let mut out = String::new();
    for [name, how, who, revoke] in &rows {
        let line = format!("{name:<id$}  {how:<severity$}  {who:<provider$}  {revoke}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out, "\n{} rules", rows.len());
    out
}

/// Holds rules to their examples.
fn test(args: &ScanSecrets) -> Result<u8, Error> {
    let mut rules = rules::own(&args.rule_files)?;
    let root = request::open(&args.path, "scan secrets")?;
    if let Some(config) = &args.config {
        rules.extend(rules::configured(config, &root)?);
    }
    if rules.is_empty() {
        return Err(Error::usage("there is no rule to test")
            .hint("name a file: lockgate scan secrets --rule-file FILE --test-rules"));
    }
    let tested = test_rules(rules)?;
    let mut out = String::new();
    for wrong in &tested.wrong {
        let _ = writeln!(out, "WRONG  {wrong}");
    }
    let _ = writeln!(
        out,
        "{}, {}, {} wrong",
        phrase::count(tested.rules, "rule"),
        phrase::count(tested.examples, "example"),
        tested.wrong.len()
    );
    terminal::out(out.as_bytes());
    match tested.wrong.is_empty() {
        true => Ok(0),
        false => Ok(crate::error::ErrorKind::Usage.exit_code()),
    }
}
