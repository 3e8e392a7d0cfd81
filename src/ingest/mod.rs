//! Foreign reports → runs with health and observations. Pure: bytes in, model out.
//!
//! To add a tool's own format: one file that implements [`tool::Tool`], one line in [`TOOLS`],
//! fixtures. SARIF from any tool needs nothing.

mod advisory;
mod bandit;
mod bandit_rules;
mod cargo;
mod checkov;
mod compromised;
mod cvss;
mod cyclonedx;
mod decode;
mod dependency_check;
pub mod family;
mod gitleaks;
mod grype;
mod hadolint;
mod lenient;
mod npm_audit;
mod npm_v1;
mod osv_scanner;
mod pip_audit;
mod pnpm_audit;
mod purl;
mod recognise;
mod safety;
mod sarif;
mod semgrep;
mod shape;
mod summary;
pub mod tool;
mod trivy;
mod words;
mod xml;
mod yarn_audit;
mod zap;

use crate::model::{Foreign as _, Health, Problem, ScannerId, Untrusted};
use decode::Document;
use shape::Shape;
use tool::{Parsed, Tool, ToolInfo};

/// Every tool whose own format is read. The place to register a new one.
pub static TOOLS: &[&dyn Tool] = &[
    &bandit::Bandit,
    &cargo::CargoAudit,
    &cargo::CargoDeny,
    &checkov::Checkov,
    &cyclonedx::CycloneDx,
    &dependency_check::DependencyCheck,
    &gitleaks::Gitleaks,
    &grype::Grype,
    &hadolint::Hadolint,
    &npm_audit::NpmAudit,
    &osv_scanner::OsvScanner,
    &pip_audit::PipAudit,
    &pnpm_audit::PnpmAudit,
    &safety::Safety,
    &semgrep::Semgrep,
    &trivy::Trivy,
    &yarn_audit::YarnAudit,
    &zap::Zap,
];

/// Finds a tool by its scanner name, one of its aliases, or its own name (SARIF driver name).
pub fn tool_named(name: &str) -> Option<&'static ToolInfo> {
    TOOLS.iter().map(|tool| tool.info()).find(|info| {
        info.id == name || info.name.eq_ignore_ascii_case(name) || info.aliases.contains(&name)
    })
}

/// The text of a file in UTF-8 or UTF-16, without its byte order mark; `None` for other encodings.
pub fn text(bytes: &[u8]) -> Option<String> {
    decode::decode(bytes, &mut Vec::new())
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The scanner name of a report of which nothing could be told.
pub const UNKNOWN: &str = "unknown";

/// Which scanner a report is said to come from.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The scanner that the user named.
    pub scanner: ScannerId,
}

impl Expected {
    /// Resolves what the user wrote before `=` in `--report`: a tool, an alias, or the name of any
    /// other scanner whose SARIF is given. `None` when no name can be made of it.
    pub fn named(name: &str) -> Option<Self> {
        let scanner = tool_named(name)
            .map(ToolInfo::scanner)
            .or_else(|| ScannerId::slug(name))?;
        Some(Self { scanner })
    }

    fn tool_name(&self) -> Untrusted {
        match tool_named(self.scanner.as_str()) {
            Some(info) => info.name.into(),
            None => self.scanner.as_str().into(),
        }
    }
}

/// A run that has no report to read: missing file, unreadable file, no file at all.
pub fn unread(expected: Option<&Expected>, problem: Problem) -> Parsed {
    let (scanner, tool) = match expected {
        Some(expected) => (expected.scanner.clone(), expected.tool_name()),
        None => (ScannerId::literal(UNKNOWN), UNKNOWN.into()),
    };
    Parsed::failed(scanner, tool, problem)
}

/// Reads one report. Always at least one run: whatever is wrong becomes a run that failed.
pub fn read(bytes: &[u8], expected: Option<&Expected>) -> Vec<Parsed> {
    let document = match decode::document(bytes) {
        Ok(document) => document,
        Err(problem) => return vec![unread(expected, problem)],
    };
    let mut runs = match parse(&document, expected) {
        Ok(runs) => runs,
        Err((tool, problem)) => {
            let run = match (expected, tool) {
                (None, Some(tool)) => Parsed::failed(tool.scanner(), tool.name.into(), problem),
                _ => unread(expected, problem),
            };
            vec![run]
        }
    };
    for run in &mut runs {
        run.notes.extend(document.notes.iter().cloned());
        compromised::refuse(run);
        family::mark(run);
    }
    runs
}

type Refusal = (Option<&'static ToolInfo>, Problem);

fn parse(document: &Document<'_>, expected: Option<&Expected>) -> Result<Vec<Parsed>, Refusal> {
    if let Some((tool, format)) = sniff(document, expected) {
        let info = tool.info();
        let other = expected.filter(|e| e.scanner.as_str() != info.id);
        if let Some(expected) = other.filter(|_| !tool.of_any_tool()) {
            return Err((None, mismatch(expected, format)));
        }
        let mut run = tool
            .parse(&document.text, &document.shape)
            .map_err(|p| (Some(info), p))?;
        run.format = run.format.or(Some(format));
        if let Some(expected) = other {
            // A document that names no tool is taken for what the user says that it is.
            if run.scanner.as_str() == info.id {
                run.scanner = expected.scanner.clone();
                run.tool = expected.tool_name();
            }
        }
        if let Some(expected) = expected {
            adopt(&mut run, expected);
        }
        return Ok(vec![run]);
    }
    if sarif::sniff(&document.shape) {
        let mut runs = sarif::parse(&document.text, tool_named).map_err(|p| (None, p))?;
        if let Some(expected) = expected {
            for run in &mut runs {
                adopt(run, expected);
            }
        }
        return Ok(runs);
    }
    if matches!(document.shape, Shape::Sequence(_))
        && let Some(runs) = concatenated(document, expected)
    {
        return Ok(runs);
    }
    Err(recognise::explain(
        &document.shape,
        &document.text,
        expected,
    ))
}

/// Most reports that one file may hold.
const MAX_REPORTS: usize = 32;

/// Reports of different tools in one file (`cat a.json b.json`). Two of one tool are refused: the
/// older one may be left over from another run.
fn concatenated(document: &Document<'_>, expected: Option<&Expected>) -> Option<Vec<Parsed>> {
    if document.parts.len() > MAX_REPORTS || expected.is_some() {
        return None;
    }
    let mut runs = Vec::new();
    for part in &document.parts {
        let text = document.text.get(part.clone())?;
        let single = Document {
            text: text.into(),
            shape: serde_json::from_str(text).ok()?,
            parts: Vec::new(),
            notes: Vec::new(),
        };
        let found = parse(&single, None).ok()?;
        let known = |run: &Parsed| runs.iter().any(|r: &Parsed| r.scanner == run.scanner);
        if found.iter().any(known) {
            return None;
        }
        runs.extend(found);
    }
    for run in &mut runs {
        run.notes.push(Problem::new(
            "concatenated",
            "the file holds reports of several tools; each was read",
        ));
    }
    Some(runs)
}

/// The first tool that recognises the document. Some formats are shared, so the tool that the user
/// named is asked first.
fn sniff(
    document: &Document<'_>,
    expected: Option<&Expected>,
) -> Option<(&'static dyn Tool, &'static str)> {
    let is_named = |tool: &&&dyn Tool| {
        expected.is_some_and(|expected| expected.scanner.as_str() == tool.info().id)
    };
    let named = TOOLS.iter().find(is_named);
    named
        .into_iter()
        .chain(TOOLS)
        .find_map(|tool| tool.sniff(&document.shape).map(|format| (*tool, format)))
}

fn mismatch(expected: &Expected, format: &str) -> Problem {
    Problem::new(
        "wrong-tool",
        format!(
            "the report was named {}, but it is {format}",
            expected.scanner
        ),
    )
}

/// A SARIF run under the name that the user gave. A run of one of the tools that lockgate knows
/// must not pass for another: that would satisfy a requirement with the wrong evidence.
fn adopt(run: &mut Parsed, expected: &Expected) {
    if run.scanner == expected.scanner {
        return;
    }
    let known = tool_named(expected.scanner.as_str()).is_some()
        || tool_named(run.scanner.as_str()).is_some();
    if known {
        let problem = Problem::new(
            "wrong-tool",
            format!(
                "the report was named {}, but another tool wrote it",
                expected.scanner
            ),
        )
        .detail(run.tool.raw());
        run.observations.clear();
        run.health = Health::Failed(problem);
    }
    run.scanner = expected.scanner.clone();
}
