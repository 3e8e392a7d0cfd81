//! OWASP ZAP's traditional reports, JSON and XML, also the `plus` variants.
//!
//! Source of the format: the templates `traditional-json` and `traditional-xml` of ZAP's reports
//! add-on. Numbers are written as text. The places are URLs; their query and what was sent or
//! answered are not kept, because tokens stand there.

mod format;
mod plain;

use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::xml;
use crate::model::{
    Confidence, Coverage, Fix, Health, Kind, Observation, Problem, Reported, RuleId, RuleInfo,
    Severity, Standing, Untrusted, Work,
};
use format::{Alert, Site};
use plain::plain;
use std::collections::BTreeMap;

/// The adapter.
pub struct Zap;

static INFO: ToolInfo = ToolInfo {
    id: "zap",
    name: "ZAP",
    aliases: &["OWASP ZAP", "owasp-zap", "zaproxy"],
    url: "https://www.zaproxy.org",
    command: "zap-baseline.py -t https://your.site -J zap.json",
};

impl Tool for Zap {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        if shape.is_xml("OWASPZAPReport") {
            return Some("ZAP XML");
        }
        let own = shape.has("site") && shape.has_any(&["@programName", "@version"]);
        own.then_some("ZAP JSON")
    }

    fn parse(&self, text: &str, shape: &Shape) -> Result<Parsed, Problem> {
        let report = if matches!(shape, Shape::Xml { .. }) {
            format::from_xml(&xml::read(text)?)?
        } else {
            serde_json::from_str(text).map_err(|e| wrong_shape("ZAP", &e))?
        };
        let mut rules = BTreeMap::new();
        let mut observations = Vec::new();
        for site in &report.sites.0 {
            for alert in &site.alerts {
                observations.push(observe(site, alert, &mut rules));
            }
        }
        let sites = || report.sites.0.iter().filter_map(|site| site.name.text());
        let health = Health::judge(
            Work::new(report.sites.0.len() as u64, "sites"),
            Vec::new(),
            Problem::new(
                "nothing-scanned",
                "ZAP names no site: the address could not be reached",
            ),
        );
        Ok(Parsed {
            version: report.version.text().map(Untrusted::from),
            observations,
            rules,
            coverage: Coverage {
                written: report.written(),
                ..Coverage::default().inputs(sites().map(Untrusted::from))
            },
            ..Parsed::of(&INFO, health)
        })
    }
}

/// ZAP's numbers for risks (`org.parosproxy.paros.core.scanner.Alert`), else the word before the
/// bracket in `riskdesc`.
fn severity(alert: &Alert) -> Option<Severity> {
    match alert.riskcode.text().map(str::trim) {
        Some("3") => Some(Severity::High),
        Some("2") => Some(Severity::Medium),
        Some("1") => Some(Severity::Low),
        Some("0") => Some(Severity::Info),
        _ => alert.risk_word().and_then(super::words::severity),
    }
}

/// 0 false positive, 1 low, 2 medium, 3 high, 4 confirmed by a user.
fn confidence(alert: &Alert) -> Option<Confidence> {
    match alert.confidence.text().map(str::trim) {
        Some("1") => Some(Confidence::Low),
        Some("2") => Some(Confidence::Medium),
        Some("3" | "4") => Some(Confidence::High),
        _ => None,
    }
}

fn observe(site: &Site, alert: &Alert, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    // One plugin raises several alerts, which only the reference tells apart: `10038-1`.
    let id = alert.alert_ref.text().or(alert.pluginid.text());
    let rule = RuleId::new(id.unwrap_or_default());
    let name = alert.name.text().or(alert.alert.text());
    let title = name.unwrap_or("unnamed alert");
    let severity = severity(alert);
    let cwe = alert.cweid.text().and_then(|n| n.trim().parse().ok());
    let cwe = cwe.filter(|n: &u32| *n > 0);
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: alert.desc.text().map(|d| plain(d).into()),
        help_url: alert
            .reference
            .text()
            .and_then(first_url)
            .map(Untrusted::from),
        cwe: cwe.into_iter().collect(),
        severity,
        ..RuleInfo::titled(title)
    });
    let mut observation = Observation::new(rule, Kind::Config, title);
    if let Some(description) = alert.desc.text().map(plain).filter(|d| !d.is_empty()) {
        observation.message = description.into();
    }
    observation.severity = severity;
    observation.reported = Reported {
        severity: alert.reported.as_deref().map(Untrusted::from),
        confidence: confidence(alert),
        ..Reported::default()
    };
    observation.cwe = cwe.into_iter().collect();
    let solution = alert.solution.text().map(plain).filter(|s| !s.is_empty());
    observation.fix = solution.map(|s| Fix::Advice(s.into()));
    if alert.confidence.text().map(str::trim) == Some("0") {
        observation.standing = Standing::NotAProblem("false-positive");
    }
    observation.place.target = Some(target(site, alert).into());
    observation
}

/// The first address where it was seen, without query and fragment.
fn target(site: &Site, alert: &Alert) -> String {
    let name = super::words::short(site.name.text().unwrap_or_default(), 512);
    let uri = alert.instances.iter().find_map(|i| i.uri.text());
    let uri = uri.unwrap_or(name);
    let address = uri.split(['?', '#']).next().unwrap_or_default();
    if address.contains("://") || name.is_empty() {
        address.to_owned()
    } else {
        format!(
            "{}/{}",
            name.trim_end_matches('/'),
            address.trim_start_matches('/')
        )
    }
}

fn first_url(html: &str) -> Option<String> {
    let text = plain(html);
    let mut words = text.split_whitespace();
    let url = words.find(|word| word.starts_with("https://") || word.starts_with("http://"));
    url.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Foreign as _, HealthLevel};

    fn read(text: &str) -> Parsed {
        let shape = crate::ingest::decode::document(text.as_bytes())
            .unwrap()
            .shape;
        assert!(Zap.sniff(&shape).is_some());
        Zap.parse(text, &shape).unwrap()
    }

    const ALERT: &str = r#"{"pluginid":"10038","alertRef":"10038-1","name":"CSP","riskcode":"2",
        "confidence":"0","desc":"<p>No &amp; none.</p><p>x</p>","cweid":"693","reference":
        "<p>https://a.example/b</p>","instances":[{"uri":"https://s.example/p?token=t#f"}]}"#;

    #[test]
    fn alerts_become_findings_without_markup_and_queries() {
        let run = read(&format!(
            r#"{{"@version":"2","site":[{{"@name":"https://s.example","alerts":[{ALERT}]}}]}}"#
        ));
        let [observation] = &run.observations[..] else {
            panic!()
        };
        assert_eq!(observation.message.raw(), "No & none.\nx");
        let target = observation.place.target.as_ref().unwrap();
        assert_eq!(target.raw(), "https://s.example/p");
        assert_eq!(
            observation.standing,
            Standing::NotAProblem("false-positive")
        );
        assert_eq!(observation.severity, Some(Severity::Medium));
    }

    #[test]
    fn a_report_without_sites_proves_no_work() {
        for text in [
            r#"{"@version":"2","site":[]}"#,
            "<OWASPZAPReport version='2'></OWASPZAPReport>",
        ] {
            assert_eq!(read(text).health.level(), HealthLevel::Failed, "{text}");
        }
    }
}
