//! The documents of a file, sorted by what they are.

use crate::ingest::lenient::{Scalar, Text, Texts};
use crate::ingest::npm_v1::{Advisory, Metadata, Report};
use crate::ingest::tool::wrong_shape;
use crate::model::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Most messages that are kept.
const MAX_MESSAGES: usize = 8;

/// Everything that yarn printed.
#[derive(Default)]
pub struct Stream<'a> {
    /// Yarn 1: an advisory and one way to the package.
    pub resolutions: Vec<Resolution<'a>>,
    /// Yarn 1: the counts at the end.
    pub summaries: Vec<Metadata>,
    /// Yarn 2 and 3: the registry's answer.
    pub reports: Vec<Report<'a>>,
    /// Yarn 4: an advisory, or a deprecated package.
    pub rows: Vec<Row<'a>>,
    /// Yarn 2 and later: nothing was found.
    pub nothing_to_suggest: bool,
    /// What went wrong.
    pub errors: Vec<String>,
    /// The first of the other messages.
    pub messages: Vec<String>,
}

/// The data of yarn 1's `auditAdvisory`.
#[derive(Deserialize)]
pub struct Resolution<'a> {
    pub resolution: Way,
    #[serde(borrow)]
    pub advisory: Advisory<'a>,
}

/// How a package gets into the project.
#[derive(Deserialize)]
pub struct Way {
    #[serde(default)]
    pub path: Scalar,
    #[serde(default)]
    pub dev: Option<bool>,
}

/// A line of yarn 4.
#[derive(Deserialize)]
pub struct Row<'a> {
    #[serde(borrow, rename = "value")]
    pub package: Text<'a>,
    #[serde(borrow, rename = "children")]
    pub advice: Advice<'a>,
}

/// What such a line says.
#[derive(Deserialize)]
pub struct Advice<'a> {
    #[serde(default, rename = "ID")]
    pub id: Option<Id>,
    #[serde(borrow, rename = "Issue")]
    pub issue: Text<'a>,
    #[serde(default, borrow, rename = "URL")]
    pub url: Option<Text<'a>>,
    #[serde(default, borrow, rename = "Severity")]
    pub severity: Option<Text<'a>>,
    #[serde(default, rename = "Vulnerable Versions")]
    pub vulnerable: Scalar,
    #[serde(default, rename = "Tree Versions")]
    pub installed: Texts,
    #[serde(default, rename = "Dependents")]
    pub dependents: Texts,
}

/// A number for an advisory; yarn makes up a text for a deprecated package.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Id {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Enough of a document to tell what it is.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(default, borrow)]
    advisories: Option<&'a RawValue>,
    #[serde(default, borrow)]
    children: Option<&'a RawValue>,
}

impl<'a> Stream<'a> {
    /// Sorts the documents.
    ///
    /// # Errors
    /// When one of them has other types than yarn writes.
    pub fn read(text: &'a str) -> Result<Self, Problem> {
        let wrong = |e| wrong_shape("yarn audit", &e);
        let mut stream = Self::default();
        for document in serde_json::Deserializer::from_str(text).into_iter::<&'a RawValue>() {
            let document = document.map_err(wrong)?.get();
            stream.add(document).map_err(wrong)?;
        }
        Ok(stream)
    }

    fn add(&mut self, document: &'a str) -> Result<(), serde_json::Error> {
        let outline: Outline<'_> = serde_json::from_str(document)?;
        if outline.advisories.is_some() {
            self.reports.push(serde_json::from_str(document)?);
        } else if outline.children.is_some() {
            self.rows.push(serde_json::from_str(document)?);
        } else {
            self.message(serde_json::from_str(document)?)?;
        }
        Ok(())
    }

    fn message(&mut self, message: Message<'a>) -> Result<(), serde_json::Error> {
        let data = message.data.get();
        match message.r#type.as_str() {
            "auditAdvisory" => self.resolutions.push(serde_json::from_str(data)?),
            "auditSummary" => self.summaries.push(serde_json::from_str(data)?),
            kind => {
                let words: Scalar = serde_json::from_str(data)?;
                let words = words.text().unwrap_or_default();
                self.nothing_to_suggest |= kind == "info" && words == "No audit suggestions";
                let list = match kind {
                    "error" => &mut self.errors,
                    _ => &mut self.messages,
                };
                if list.len() < MAX_MESSAGES {
                    list.push(words.to_owned());
                }
            }
        }
        Ok(())
    }
}
