//! How to mend a finding, for machines.

use super::phrase;
use super::policy_json::PLAIN;
use crate::escape::json as text;
use crate::model::{Distance, Finding, Fix};
use serde::Serialize;

/// The fix.
#[derive(Serialize)]
pub struct FixOut<'a> {
    text: String,
    package: Option<&'a str>,
    version: Option<&'a str>,
    major: Option<bool>,
    distance: Option<&'static str>,
    via: Option<String>,
    command: Option<String>,
}

impl<'a> FixOut<'a> {
    /// Of a finding; `None` when nobody says how to mend it.
    pub fn of(finding: &'a Finding) -> Option<Self> {
        let sentence = phrase::fix(finding)?.show(&PLAIN);
        let (package, version) = match finding.observation.fix.as_ref()? {
            Fix::Upgrade {
                package, version, ..
            } => (Some(text(package)), Some(text(version))),
            _ => (None, None),
        };
        let remedy = finding.remedy();
        let remedy = remedy.as_ref();
        let distance = remedy.and_then(|remedy| remedy.distance);
        Some(Self {
            text: sentence,
            package,
            version,
            major: distance.map(|distance| distance == Distance::Major),
            distance: distance.map(Distance::word),
            via: remedy
                .and_then(|remedy| remedy.via.as_ref())
                .map(|via| text(via).to_owned()),
            command: remedy
                .and_then(|remedy| remedy.command.as_ref())
                .map(ToString::to_string),
        })
    }
}
