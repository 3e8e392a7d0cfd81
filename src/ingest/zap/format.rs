//! The parts of a ZAP report that are read, the same from JSON and XML.

use crate::ingest::lenient::Scalar;
use crate::ingest::words::moment;
use crate::ingest::xml::Element;
use crate::model::Problem;
use jiff::Timestamp;
use serde::Deserialize;

/// A report.
#[derive(Deserialize)]
pub struct Report {
    /// ZAP's version.
    #[serde(default, rename = "@version")]
    pub version: Scalar,
    #[serde(default, rename = "@generated")]
    generated: Scalar,
    #[serde(default)]
    created: Scalar,
    /// What was looked at.
    #[serde(rename = "site")]
    pub sites: Sites,
}

impl Report {
    /// When it was written. `@generated` is in the language of the machine.
    pub fn written(&self) -> Option<Timestamp> {
        let created = self.created.text().and_then(moment);
        created.or_else(|| moment(self.generated.text()?))
    }
}

/// Old versions write a single site without the list.
#[derive(Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Sites(pub Vec<Site>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Site>),
    One(Site),
}

impl From<OneOrMany> for Sites {
    fn from(sites: OneOrMany) -> Self {
        match sites {
            OneOrMany::Many(sites) => Self(sites),
            OneOrMany::One(site) => Self(vec![site]),
        }
    }
}

/// One site.
#[derive(Deserialize)]
pub struct Site {
    /// Its address.
    #[serde(default, rename = "@name")]
    pub name: Scalar,
    /// What was found there.
    pub alerts: Vec<Alert>,
}

/// One weakness of a site, with all places where it was seen.
#[derive(Deserialize)]
#[serde(from = "AlertFields")]
pub struct Alert {
    /// Number of the rule.
    pub pluginid: Scalar,
    /// Number of the alert, where a rule has several.
    pub alert_ref: Scalar,
    /// Title; older reports have it only under this name.
    pub alert: Scalar,
    /// Title.
    pub name: Scalar,
    /// Risk, 0–3.
    pub riskcode: Scalar,
    riskdesc: Scalar,
    /// Confidence, 0–4.
    pub confidence: Scalar,
    /// What is wrong, in HTML.
    pub desc: Scalar,
    /// What to do, in HTML.
    pub solution: Scalar,
    /// Where to read more, in HTML.
    pub reference: Scalar,
    /// Weakness by CWE number.
    pub cweid: Scalar,
    /// Where it was seen.
    pub instances: Vec<Instance>,
    /// The risk in the report's own words: the code in JSON, the word in XML.
    pub reported: Option<String>,
}

impl Alert {
    /// `High (Medium)` → `High`.
    pub fn risk_word(&self) -> Option<&str> {
        self.riskdesc.text()?.split(' ').next()
    }
}

#[derive(Deserialize)]
struct AlertFields {
    pluginid: Scalar,
    #[serde(default, rename = "alertRef")]
    alert_ref: Scalar,
    #[serde(default)]
    alert: Scalar,
    #[serde(default)]
    name: Scalar,
    riskcode: Scalar,
    #[serde(default)]
    riskdesc: Scalar,
    #[serde(default)]
    confidence: Scalar,
    #[serde(default)]
    desc: Scalar,
    #[serde(default)]
    solution: Scalar,
    #[serde(default)]
    reference: Scalar,
    #[serde(default)]
    cweid: Scalar,
    #[serde(default)]
    instances: Vec<Instance>,
}

impl From<AlertFields> for Alert {
    fn from(fields: AlertFields) -> Self {
        Self {
            reported: fields.riskcode.text().map(str::to_owned),
            pluginid: fields.pluginid,
            alert_ref: fields.alert_ref,
            alert: fields.alert,
            name: fields.name,
            riskcode: fields.riskcode,
            riskdesc: fields.riskdesc,
            confidence: fields.confidence,
            desc: fields.desc,
            solution: fields.solution,
            reference: fields.reference,
            cweid: fields.cweid,
            instances: fields.instances,
        }
    }
}

/// One place where it was seen.
#[derive(Deserialize)]
pub struct Instance {
    /// The address.
    #[serde(default)]
    pub uri: Scalar,
}

/// The same from XML.
///
/// # Errors
/// When a site has no list of alerts: the list is written also when it is empty.
pub fn from_xml(root: &Element<'_>) -> Result<Report, Problem> {
    let attribute = |e: &Element<'_>, name: &str| Scalar(e.attribute(name).map(str::to_owned));
    let mut sites = Vec::new();
    for site in root.children("site") {
        if site.child("alerts").is_none() {
            return Err(Problem::new(
                "wrong-shape",
                "the document looks like ZAP's, but a site has no list of alerts",
            ));
        }
        sites.push(Site {
            name: attribute(site, "name"),
            alerts: site.list("alerts", "alertitem").map(alert).collect(),
        });
    }
    Ok(Report {
        version: attribute(root, "version"),
        generated: attribute(root, "generated"),
        created: attribute(root, "created"),
        sites: Sites(sites),
    })
}

fn alert(item: &Element<'_>) -> Alert {
    let instance = |e: &Element<'_>| Instance {
        uri: e.scalar_of("uri"),
    };
    let mut alert = Alert::from(AlertFields {
        pluginid: item.scalar_of("pluginid"),
        alert_ref: item.scalar_of("alertRef"),
        alert: item.scalar_of("alert"),
        name: item.scalar_of("name"),
        riskcode: item.scalar_of("riskcode"),
        riskdesc: item.scalar_of("riskdesc"),
        confidence: item.scalar_of("confidence"),
        desc: item.scalar_of("desc"),
        solution: item.scalar_of("solution"),
        reference: item.scalar_of("reference"),
        cweid: item.scalar_of("cweid"),
        instances: item.list("instances", "instance").map(instance).collect(),
    });
    // Before 2.5 an alert has one place, without a list.
    if alert.instances.is_empty() {
        alert.instances.push(instance(item));
    }
    if let Some(word) = alert.risk_word().map(str::to_owned) {
        alert.reported = Some(word);
    }
    alert
}
