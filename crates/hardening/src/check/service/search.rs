//! `opensearch.yml` and `elasticsearch.yml`.

use super::split;
use crate::check::{Found, Kind, Look, Raised};
use crate::finding::Gap;
use crate::yaml;

/// Files of OpenSearch and Elasticsearch.
pub(crate) const KIND: Kind = Kind {
    name: "search engine configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains("search") {
        return false;
    }
    let (_, name) = split(&lower);
    let stem = name
        .strip_suffix(".yml")
        .or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| matches!(stem, "opensearch" | "elasticsearch"))
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let documents = match yaml::parse(text) {
        Ok(documents) => documents,
        Err(reason) => {
            found.gaps.push(Gap {
                path: look.file.path.clone(),
                reason: reason.0.to_owned(),
                template: yaml::is_template(text),
            });
            return;
        }
    };
    let switches = [
        (["xpack", "security", "enabled"], false),
        (["plugins", "security", "disabled"], true),
    ];
    for document in &documents {
        for (path, off) in &switches {
            let dotted = path.join(".");
            let node = document
                .get(&dotted)
                .map(|node| &**node)
                .or_else(|| document.at(path));
            if let Some(node) = node.filter(|node| node.truth() == Some(*off)) {
                let message = format!("`{dotted}: {off}` switches users, roles and TLS off.");
                let place = node.place.clone();
                let raised = Raised::new("LG-CMP-123", &look.file.path, place, message);
                found
                    .raised
                    .push(raised.better(format!("{dotted}: {}", !off)));
            }
        }
    }
}
