//! The same document in XML.

use super::format::{
    Advisory, Affected, AffectedVersion, Analysis, Bom, Component, Evidence, Metadata, Occurrence,
    Property, Rating, Reference, Source, Vulnerability, Writer,
};
use crate::ingest::lenient::{Scalar, Text};
use crate::ingest::xml::{Element, texts};
use std::borrow::Cow;

/// Reads the root element. The vulnerability extension may put its lists inside components.
pub fn bom<'t>(root: &'t Element<'_>) -> Bom<'t> {
    let mut reader = Reader::default();
    let components = root.list("components", "component");
    let components = components.map(|c| reader.component(c)).collect();
    if root.child("vulnerabilities").is_some() {
        reader.searched = true;
    }
    let own = root.list("vulnerabilities", "vulnerability");
    reader.vulnerabilities.extend(own.map(vulnerability));
    Bom {
        format: Text(Cow::Borrowed("CycloneDX")),
        metadata: root
            .child("metadata")
            .map(|m| metadata(m, &mut reader))
            .unwrap_or_default(),
        components,
        vulnerabilities: reader.searched.then_some(reader.vulnerabilities),
    }
}

fn metadata<'t>(element: &'t Element<'_>, reader: &mut Reader<'t>) -> Metadata<'t> {
    let writer = |tool: &Element<'_>| Writer {
        name: tool.scalar_of("name"),
        version: tool.scalar_of("version"),
    };
    let tools = element.children("tools").flat_map(|tools| {
        let old = tools.children("tool");
        old.chain(tools.list("components", "component"))
            .chain(tools.list("services", "service"))
    });
    Metadata {
        timestamp: element.scalar_of("timestamp"),
        tools: tools.map(writer).collect(),
        component: element.child("component").map(|c| reader.component(c)),
    }
}

#[derive(Default)]
struct Reader<'t> {
    vulnerabilities: Vec<Vulnerability<'t>>,
    searched: bool,
    nameless: usize,
}

impl<'t> Reader<'t> {
    fn component(&mut self, element: &'t Element<'_>) -> Component<'t> {
        let mut bom_ref = attribute(element, "bom-ref");
        if element.child("vulnerabilities").is_some() {
            self.searched = true;
            let inside = bom_ref.get_or_insert_with(|| {
                self.nameless += 1;
                // A name that no document can hold.
                Text(Cow::Owned(format!("\0{}", self.nameless)))
            });
            for found in element.list("vulnerabilities", "vulnerability") {
                let mut found = vulnerability(found);
                found.affects = vec![Affected {
                    target: inside.clone(),
                    versions: Vec::new(),
                }];
                self.vulnerabilities.push(found);
            }
        }
        let property = |p: &Element<'_>| Property {
            name: Scalar(p.attribute("name").map(str::to_owned)),
            value: Scalar(Some(p.text().to_owned())),
        };
        let evidence = element.children("evidence");
        let occurrences = evidence.flat_map(|e| e.list("occurrences", "occurrence"));
        Component {
            bom_ref,
            kind: attribute(element, "type"),
            group: element.text_of("group"),
            name: element.text_of("name"),
            version: element.text_of("version"),
            purl: element.text_of("purl"),
            properties: element
                .list("properties", "property")
                .map(property)
                .collect(),
            evidence: Evidence {
                occurrences: occurrences
                    .map(|o| Occurrence {
                        location: o.scalar_of("location"),
                    })
                    .collect(),
            },
            components: element
                .list("components", "component")
                .map(|c| self.component(c))
                .collect(),
        }
    }
}

fn attribute<'t>(element: &'t Element<'_>, name: &str) -> Option<Text<'t>> {
    element
        .attribute(name)
        .map(|text| Text(Cow::Borrowed(text)))
}

/// A child element `source`: its name is an element since 1.4, an attribute in the extension.
fn source(element: &Element<'_>) -> Source {
    let Some(source) = element.child("source") else {
        return Source::default();
    };
    let name = source.attribute("name").map(str::to_owned);
    Source {
        name: name.map_or_else(|| source.scalar_of("name"), |name| Scalar(Some(name))),
        url: source.scalar_of("url"),
    }
}

fn rating(element: &Element<'_>) -> Rating {
    let base = element.child("score").map(|score| score.scalar_of("base"));
    Rating {
        source: source(element),
        score: match base {
            Some(Scalar(Some(base))) => Scalar(Some(base)),
            _ => element.scalar_of("score"),
        },
        severity: element.scalar_of("severity"),
        method: element.scalar_of("method"),
        vector: element.scalar_of("vector"),
    }
}

fn vulnerability<'t>(element: &'t Element<'_>) -> Vulnerability<'t> {
    let recommendations = element.child("recommendations");
    let recommendation = recommendations.and_then(|list| list.text_of("recommendation"));
    let analysis = element.child("analysis").map(|a| Analysis {
        state: a.scalar_of("state"),
        justification: a.scalar_of("justification"),
        detail: a.scalar_of("detail"),
    });
    let mut affects: Vec<Affected<'_>> = element.list("affects", "target").map(affected).collect();
    // The extension names its component by an attribute.
    affects.extend(attribute(element, "ref").map(|target| Affected {
        target,
        versions: Vec::new(),
    }));
    Vulnerability {
        id: element.text_of("id"),
        source: source(element),
        references: element
            .list("references", "reference")
            .map(|r| Reference {
                id: r.text_of("id"),
            })
            .collect(),
        ratings: element.list("ratings", "rating").map(rating).collect(),
        cwes: texts(element.list("cwes", "cwe")),
        description: element.text_of("description"),
        detail: element.text_of("detail"),
        recommendation: recommendation.or_else(|| element.text_of("recommendation")),
        advisories: element
            .list("advisories", "advisory")
            .map(|a| Advisory {
                url: match a.scalar_of("url") {
                    Scalar(None) => Scalar(Some(a.text().to_owned())),
                    url => url,
                },
            })
            .collect(),
        analysis: analysis.unwrap_or_default(),
        affects,
    }
}

fn affected<'t>(target: &'t Element<'_>) -> Affected<'t> {
    let version = |v: &Element<'_>| AffectedVersion {
        version: v.scalar_of("version"),
        status: v.scalar_of("status"),
    };
    Affected {
        target: target.text_of("ref").unwrap_or_default(),
        versions: target.list("versions", "version").map(version).collect(),
    }
}
