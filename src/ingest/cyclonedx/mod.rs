//! CycloneDX with vulnerabilities: JSON 1.4 and later, XML 1.4 and later, and the vulnerability
//! extension that XML had before.
//!
//! Source of the format: the CycloneDX specification (ECMA-424), objects `vulnerability`,
//! `rating`, `analysis`; for the extension, `ext/vulnerability/1.0`.
//!
//! Most bills of materials are inventories: they say what there is, and nothing about whether
//! anybody looked for vulnerabilities. Those prove no scan.

mod format;
mod from_xml;
mod observe;

use super::lenient::{Scalar, Text};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::moment;
use super::{tool_named, xml};
use crate::model::{Coverage, Health, Problem, ScannerId, Untrusted, Work};
use format::Bom;

/// The adapter.
pub struct CycloneDx;

static INFO: ToolInfo = ToolInfo {
    id: "cyclonedx",
    name: "CycloneDX",
    aliases: &[],
    url: "https://cyclonedx.org",
    command: "grype . -o cyclonedx-json > grype.cdx.json",
};

/// Tools that write a bill of materials only after they looked for vulnerabilities, and may leave
/// the list out when they found none (Go's and Python's XML writers leave out empty lists).
const ALWAYS_SEARCH: &[&str] = &["grype", "osv-scanner", "pip-audit"];

/// Tools that write an empty list of vulnerabilities also when they did not look for any.
/// Trivy does: `pkg/sbom/cyclonedx/marshal.go` always sets the list, and `--format cyclonedx`
/// searches only with `--scanners vuln`.
const EMPTY_LIST_WITHOUT_SEARCH: &[&str] = &["trivy"];

impl Tool for CycloneDx {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        match shape {
            Shape::Xml { root, namespace } => {
                let own =
                    root == "bom" && namespace.starts_with("http://cyclonedx.org/schema/bom/");
                own.then_some("CycloneDX XML")
            }
            _ => shape.has("bomFormat").then_some("CycloneDX JSON"),
        }
    }

    fn of_any_tool(&self) -> bool {
        true
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let root;
        let bom = if matches!(shape, Shape::Xml { .. }) {
            root = xml::read(text)?;
            from_xml::bom(&root)
        } else {
            let bom: Bom<'_> =
                serde_json::from_str(text).map_err(|e| wrong_shape("CycloneDX", &e))?;
            if bom.format.as_str() != "CycloneDX" {
                return Err(
                    Problem::new("unknown-format", "the document is no CycloneDX")
                        .detail(bom.format.as_str()),
                );
            }
            bom
        };
        Ok(read(&bom))
    }
}

fn read(bom: &Bom<'_>) -> Parsed {
    let (scanner, tool, version) = writer(bom);
    let components = observe::Components::of(bom);
    let (observations, rules) = observe::all(bom, &components);
    let subject = bom.metadata.component.as_ref();
    let subject = subject.and_then(|c| c.name.as_ref()).map(Text::as_str);
    Parsed {
        version,
        observations,
        rules,
        coverage: Coverage {
            written: bom.metadata.timestamp.text().and_then(moment),
            ..Coverage::default().inputs(subject.map(Untrusted::from))
        },
        ..Parsed::new(
            scanner.clone(),
            tool,
            health(bom, &scanner, components.count()),
        )
    }
}

/// Who wrote it: the first of its tools that lockgate knows, else the first, else nobody.
fn writer(bom: &Bom<'_>) -> (ScannerId, Untrusted, Option<Untrusted>) {
    let tools = || bom.metadata.tools.iter();
    let version = |version: &Scalar| version.text().map(Untrusted::from);
    let known = tools().find_map(|tool| {
        let name = tool.name.text()?;
        // Tools write their names in lower case here.
        let info = tool_named(name).or_else(|| tool_named(&name.to_ascii_lowercase()))?;
        Some((info, tool))
    });
    if let Some((info, tool)) = known {
        return (info.scanner(), info.name.into(), version(&tool.version));
    }
    let named = tools().find_map(|tool| {
        // `cyclonedx-python-lib` and its like are the pens that tools write with.
        let name = tool.name.text()?;
        let name = Some(name).filter(|name| !name.starts_with("cyclonedx-"))?;
        Some((ScannerId::slug(name)?, name.into(), version(&tool.version)))
    });
    named.unwrap_or_else(|| (INFO.scanner(), INFO.name.into(), None))
}

fn health(bom: &Bom<'_>, scanner: &ScannerId, components: usize) -> Health {
    let among = |tools: &[&str]| tools.contains(&scanner.as_str());
    let inventory = |text: &str| {
        Health::Failed(Problem::new(
            "inventory",
            format!(
                "the document lists components, and {text}; give the scanner's own JSON or SARIF"
            ),
        ))
    };
    match bom.vulnerabilities.as_deref() {
        None if !among(ALWAYS_SEARCH) => {
            return inventory("nothing says that anybody looked for vulnerabilities");
        }
        Some([]) if among(EMPTY_LIST_WITHOUT_SEARCH) => {
            return inventory(
                "its tool writes an empty list of vulnerabilities also when it did not look for any",
            );
        }
        _ => {}
    }
    let found = bom.vulnerabilities.as_ref().map_or(0, Vec::len);
    let work = if components > 0 {
        Work::new(components as u64, "components")
    } else {
        Work::new(found as u64, "findings")
    };
    Health::judge(
        work,
        Vec::new(),
        Problem::new("nothing-scanned", "the document lists no component"),
    )
}

#[cfg(test)]
mod tests;
