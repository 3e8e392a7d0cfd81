//! What silences scanners of images, infrastructure, workflows and running sites.
//!
//! Sources: Checkov's documentation ("Suppressing and skipping policies", CLI reference); hadolint's
//! `README.md`; zizmor's documentation; ZAP's of the baseline scan's configuration file.

use super::comments::Marker;
use super::entry::Entry;
use super::settings::{Language, OFF, ON, guards, hides, selects, unless};
use super::trivy::{is_dockerfile, is_infrastructure};
use super::{Reader, Surface, is, is_like, lists};
use crate::model::Foreign as _;

/// `.checkov.yaml`.
pub static CHECKOV: Surface = Surface {
    id: "checkov-settings",
    name: ".checkov.yaml",
    about: "Makes Checkov skip checks or files.",
    scanners: &["checkov"],
    concerns: |path| is_like(path, "checkov", &[".yaml", ".yml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("skip-check"),
            selects("check"),
            hides("skip-path"),
            hides("skip-framework"),
            hides("skip-cve-package"),
            hides("skip-resources-without-violations"),
            selects("framework"),
            selects("directory"),
            selects("file"),
            unless("soft-fail", OFF),
            hides("soft-fail-on"),
            hides("baseline"),
            guards("hard-fail-on", &[]),
        ],
    ),
};

/// `.checkov.baseline`.
pub static CHECKOV_BASELINE: Surface = Surface {
    id: "checkov-baseline",
    name: ".checkov.baseline",
    about: "Makes Checkov accept what fails now.",
    scanners: &["checkov"],
    concerns: |path| is_like(path, "checkov", &[".baseline"]),
    reader: Reader::Settings(Language::Json, &[hides("failed_checks")]),
};

/// `checkov:skip=…`.
pub static CHECKOV_COMMENT: Surface = Surface {
    id: "checkov-comment",
    name: "checkov:skip",
    about: "Makes Checkov skip a check for a resource.",
    scanners: &["checkov"],
    concerns: is_infrastructure,
    reader: Reader::Comment(Marker::Checkov),
};

/// `.hadolint.yaml`.
pub static HADOLINT: Surface = Surface {
    id: "hadolint-settings",
    name: ".hadolint.yaml",
    about: "Makes hadolint leave out rules, or report them as lesser ones.",
    scanners: &["hadolint"],
    concerns: |path| is_like(path, "hadolint", &[".yaml", ".yml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("ignored"),
            hides("override.warning"),
            hides("override.info"),
            hides("override.style"),
            hides("failure-threshold"),
            unless("no-fail", OFF),
            hides("trustedRegistries"),
            guards("disable-ignore-pragma", ON),
            guards("override.error", &[]),
        ],
    ),
};

/// `hadolint ignore=…`.
pub static HADOLINT_COMMENT: Surface = Surface {
    id: "hadolint-comment",
    name: "hadolint ignore",
    about: "Makes hadolint silent about an instruction, or about a whole file.",
    scanners: &["hadolint"],
    concerns: is_dockerfile,
    reader: Reader::Comment(Marker::Hadolint),
};

/// `zizmor: ignore[…]`.
pub static ZIZMOR_COMMENT: Surface = Surface {
    id: "zizmor-comment",
    name: "zizmor: ignore",
    about: "Makes zizmor silent about a place in a workflow.",
    scanners: &["zizmor"],
    concerns: |path| is_like(path, "", &[".yaml", ".yml"]),
    reader: Reader::Comment(Marker::Zizmor),
};

/// ZAP's rules.
pub static ZAP: Surface = Surface {
    id: "zap-rules",
    name: "ZAP's rules",
    about: "Makes ZAP pass over rules.",
    scanners: &["zap"],
    concerns: |path| {
        let zap = path.raw().to_ascii_lowercase().contains("zap");
        zap && is_like(path, "", &[".tsv", ".conf"]) || is(path, &[".zap-rules"])
    },
    reader: Reader::Lines(zap),
};

/// `10015<tab>IGNORE<tab>(name)`.
fn zap(body: &str) -> Option<Entry> {
    let entry = lists::line(body)?;
    let mut words = body.split_whitespace();
    let (id, action) = (words.next()?, words.next()?);
    let silent = ["IGNORE", "OUTOFSCOPE", "INFO", "WARN"].contains(&action);
    silent.then(|| Entry {
        what: id.to_owned(),
        sense: format!("{id} {action}"),
        ..entry
    })
}
