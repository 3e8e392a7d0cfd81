//! The same report in XML.

use super::format::{
    DataSource, Dependency, Identifier, ProjectInfo, Reference, Report, ScanInfo, Score, Software,
    Vulnerability, VulnerableSoftware,
};
use crate::ingest::lenient::{Scalar, Texts};
use crate::ingest::xml::{Element, texts};
use crate::model::Problem;
use serde::de::IgnoredAny;

/// Reads the root element.
///
/// # Errors
/// When there is no list of dependencies: it is written also when it is empty.
pub fn report<'t>(root: &'t Element<'_>) -> Result<Report<'t>, Problem> {
    let Some(dependencies) = root.child("dependencies") else {
        return Err(Problem::new(
            "wrong-shape",
            "the document looks like Dependency-Check's, but it has no list of dependencies",
        ));
    };
    let source = |source: &Element<'_>| DataSource {
        name: source.scalar_of("name"),
        timestamp: source.scalar_of("timestamp"),
    };
    let scan = root.child("scanInfo").map(|info| ScanInfo {
        engine_version: info.scalar_of("engineVersion"),
        data_sources: info.children("dataSource").map(source).collect(),
        exceptions: info
            .children("analysisExceptions")
            .flat_map(Element::elements)
            .map(|_| IgnoredAny)
            .collect(),
    });
    let project = root.child("projectInfo").map(|info| ProjectInfo {
        report_date: info.scalar_of("reportDate"),
    });
    Ok(Report {
        scan: scan.unwrap_or_default(),
        project: project.unwrap_or_default(),
        dependencies: dependencies
            .children("dependency")
            .map(dependency)
            .collect(),
    })
}

fn dependency<'t>(element: &'t Element<'_>) -> Dependency<'t> {
    let identifier = |package: &Element<'_>| Identifier {
        id: package.scalar_of("id"),
    };
    let identifiers = element.children("identifiers");
    Dependency {
        file_name: element.scalar_of("fileName"),
        file_path: element.scalar_of("filePath"),
        packages: identifiers
            .flat_map(|list| list.descendants("package"))
            .map(identifier)
            .collect(),
        vulnerabilities: element
            .list("vulnerabilities", "vulnerability")
            .map(vulnerability)
            .collect(),
        suppressed: element
            .list("vulnerabilities", "suppressedVulnerability")
            .map(vulnerability)
            .collect(),
    }
}

fn vulnerability<'t>(element: &'t Element<'_>) -> Vulnerability<'t> {
    let score = |cvss: &str, base: &str| Score {
        base: element
            .child(cvss)
            .map(|c| c.scalar_of(base))
            .unwrap_or_default(),
    };
    let attribute = |e: &Element<'_>, name: &str| Scalar(e.attribute(name).map(str::to_owned));
    let software = |software: &Element<'_>| VulnerableSoftware {
        software: Software {
            matched: attribute(software, "vulnerabilityIdMatched"),
            end_excluding: attribute(software, "versionEndExcluding"),
        },
    };
    let cwes = element.list("cwes", "cwe").chain(element.children("cwe"));
    let mut cvssv2 = score("cvssV2", "score");
    // Before schema 2.0.
    if cvssv2.base.text().is_none() {
        cvssv2.base = element.scalar_of("cvssScore");
    }
    Vulnerability {
        source: attribute(element, "source"),
        name: element.text_of("name").unwrap_or_default(),
        severity: element.scalar_of("severity"),
        cvssv2,
        cvssv3: score("cvssV3", "baseScore"),
        cvssv4: score("cvssV4", "baseScore"),
        cwes: texts(cwes),
        cwe: Texts::default(),
        description: element.text_of("description"),
        notes: element.scalar_of("notes"),
        exploited: element
            .child("knownExploitedVulnerability")
            .map(|_| IgnoredAny),
        references: element
            .list("references", "reference")
            .map(|r| Reference {
                url: r.scalar_of("url"),
            })
            .collect(),
        software: element
            .list("vulnerableSoftware", "software")
            .map(software)
            .collect(),
    }
}
