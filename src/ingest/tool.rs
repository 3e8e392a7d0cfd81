//! What a tool's adapter must offer.

use super::shape::Shape;
use crate::model::{
    Coverage, Health, Observation, Problem, RuleId, RuleInfo, Run, ScannerId, Untrusted,
};
use std::collections::BTreeMap;

/// Facts about a tool that do not depend on any report.
#[derive(Debug)]
pub struct ToolInfo {
    /// Scanner name in policies and outputs.
    pub id: &'static str,
    /// The tool's own name, used as SARIF driver name. It is part of the interface: rulesets on
    /// GitHub refer to it.
    pub name: &'static str,
    /// Other names that people use for it on the command line.
    pub aliases: &'static [&'static str],
    /// Home page.
    pub url: &'static str,
    /// The command that writes a report which this adapter reads.
    pub command: &'static str,
}

impl ToolInfo {
    /// The scanner name as the model's type.
    pub fn scanner(&self) -> ScannerId {
        ScannerId::literal(self.id)
    }
}

/// A document of the right outline with wrong types inside.
pub fn wrong_shape(tool: &str, e: &serde_json::Error) -> Problem {
    Problem::new(
        "wrong-shape",
        format!(
            "the document looks like {tool}'s, but its content has other types than {tool} writes"
        ),
    )
    .detail(e.to_string())
}

/// An adapter for one tool's own report formats. SARIF is not one of them: it is read for all
/// tools alike by [`super::sarif`].
pub trait Tool: Sync {
    /// The facts.
    fn info(&self) -> &'static ToolInfo;

    /// The name of the format, when a document of this shape is one of this tool's.
    fn sniff(&self, shape: &Shape) -> Option<&'static str>;

    /// True for a format that many tools write: its runs carry the name of the tool that the
    /// document names.
    fn of_any_tool(&self) -> bool {
        false
    }

    /// Reads a whole document, of this outline, that [`Tool::sniff`] recognised.
    ///
    /// # Errors
    /// When the document does not have the types that the format prescribes, or is the tool's way
    /// to say that it failed.
    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem>;
}

/// One run, read from a report.
#[derive(Debug)]
pub struct Parsed {
    /// Whose run.
    pub scanner: ScannerId,
    /// The tool's own name.
    pub tool: Untrusted,
    /// Its version, if the format says.
    pub version: Option<Untrusted>,
    /// Format of the report.
    pub format: Option<&'static str>,
    /// Whether it can be believed.
    pub health: Health,
    /// What it covered.
    pub coverage: Coverage,
    /// Worth knowing.
    pub notes: Vec<Problem>,
    /// What it saw.
    pub observations: Vec<Observation>,
    /// The rules it used.
    pub rules: BTreeMap<RuleId, RuleInfo>,
}

impl Parsed {
    /// A run of a known tool, to be filled.
    pub fn of(tool: &ToolInfo, health: Health) -> Self {
        Self::new(tool.scanner(), tool.name.into(), health)
    }

    /// A run that says nothing about the project.
    pub fn failed(scanner: ScannerId, tool: Untrusted, problem: Problem) -> Self {
        Self::new(scanner, tool, Health::Failed(problem))
    }

    /// A run without observations.
    pub fn new(scanner: ScannerId, tool: Untrusted, health: Health) -> Self {
        Self {
            scanner,
            tool,
            version: None,
            format: None,
            health,
            coverage: Coverage::default(),
            notes: Vec::new(),
            observations: Vec::new(),
            rules: BTreeMap::new(),
        }
    }

    /// The run with what it saw, as that of a report of this name.
    pub fn run(self, report: Option<Untrusted>, ordinal: usize) -> (Run, Vec<Observation>) {
        let known = super::tool_named(self.scanner.as_str());
        let run = Run {
            scanner: self.scanner,
            home: known.map(|tool| tool.url),
            tool: self.tool,
            version: self.version,
            report,
            ordinal,
            format: self.format,
            health: self.health,
            coverage: self.coverage,
            notes: self.notes,
            findings: self.observations.len(),
            rules: self.rules,
        };
        (run, self.observations)
    }
}
