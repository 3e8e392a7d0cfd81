//! The cases of `tests/fixtures/csp-cases.jsonl`, read for all suites.

use lockgate_csp::{Delivery, Flaw, Given, Response, judge};
use serde_json::Value;

pub struct Case {
    pub id: String,
    pub check: String,
    pub policies: Vec<(String, Delivery)>,
    pub expected: Vec<Expected>,
    pub row: Value,
}

#[derive(Debug, Clone)]
pub struct Expected {
    pub check: String,
    pub severity: Option<String>,
    pub directive: Option<String>,
    pub value: Option<String>,
    pub directive_index: Option<usize>,
}

pub fn suite(name: &str) -> Vec<Case> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/csp-cases.jsonl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row["suite"] == name).map(case).collect()
}

fn case(row: Value) -> Case {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let delivery = match row["delivery"].as_str().unwrap_or("header") {
        "header" | "both" => Delivery::Header,
        "meta" => Delivery::Meta { late: false },
        "report-only" => Delivery::ReportOnly,
        other => panic!("{other}"),
    };
    let policies = row["policies"].as_array().unwrap().iter();
    let expected = row["expected"].as_array().unwrap().iter();
    Case {
        id: text(&row["id"]).unwrap(),
        check: text(&row["check"]).unwrap(),
        policies: policies
            .map(|policy| (text(policy).unwrap(), delivery))
            .collect(),
        expected: expected
            .map(|row| Expected {
                check: text(&row["check"]).unwrap(),
                severity: text(&row["severity"]),
                directive: text(&row["directive"]),
                value: text(&row["value"]),
                directive_index: row["directive_index"].as_u64().map(|index| index as usize),
            })
            .collect(),
        row,
    }
}

impl Case {
    pub fn flaws(&self) -> Vec<Flaw> {
        let given: Vec<Given<'_>> = self
            .policies
            .iter()
            .map(|(text, delivery)| Given {
                text,
                delivery: *delivery,
                dynamic: Vec::new(),
                versioned: false,
            })
            .collect();
        judge(&given, &Response::default())
    }

    /// What a failed assertion shows.
    pub fn shown(&self, flaws: &[Flaw]) -> String {
        let mut out = format!("{} {:?}\n", self.id, self.policies);
        for flaw in flaws {
            let place = &self.policies[flaw.policy].0[flaw.place.clone()];
            out += &format!(
                "  {} {:?} {place:?} {}\n",
                flaw.rule, flaw.severity, flaw.message
            );
        }
        out
    }

    /// The name of the directive in which a place lies, and its index.
    pub fn directive(&self, flaw: &Flaw) -> (String, usize) {
        let text = &self.policies[flaw.policy].0;
        let before = &text[..flaw.place.start];
        let from = before.rfind([';', ',']).map_or(0, |at| at + 1);
        let meta = matches!(self.policies[flaw.policy].1, Delivery::Meta { .. });
        let from = if meta {
            before.rfind(';').map_or(0, |at| at + 1)
        } else {
            from
        };
        let index = before.matches(';').count();
        let name = text[from..]
            .split([';', ' ', '\n', '\t', '\r', '\u{c}'])
            .find(|word| !word.is_empty());
        (name.unwrap_or_default().to_ascii_lowercase(), index)
    }

    /// True where some flaw of one of these rules is on the expected token, or in the directive; for
    /// a directive that is missing, names it.
    pub fn agrees(&self, flaws: &[Flaw], rules: &[&str], expected: &Expected) -> bool {
        flaws
            .iter()
            .filter(|flaw| rules.contains(&flaw.rule.0))
            .any(|flaw| {
                let text = &self.policies[flaw.policy].0;
                let place = &text[flaw.place.clone()];
                let (name, index) = self.directive(flaw);
                match (&expected.directive, &expected.value) {
                    (Some(directive), Some(value)) => {
                        name == *directive
                            && place == value
                            && expected
                                .directive_index
                                .is_none_or(|expected| expected == index)
                    }
                    (Some(directive), None) => {
                        let there = name == *directive
                            && expected
                                .directive_index
                                .is_none_or(|expected| expected == index);
                        let missing = !text.to_ascii_lowercase().contains(directive.as_str());
                        there || (missing && flaw.message.contains(directive.as_str()))
                    }
                    (None, _) => true,
                }
            })
    }
}

/// Fails with all that is wrong, and tells how much was held against one another.
pub struct Tally {
    pub asserted: usize,
    pub wrong: Vec<String>,
}

impl Tally {
    pub fn new() -> Self {
        Self {
            asserted: 0,
            wrong: Vec::new(),
        }
    }

    pub fn close(self, asserted: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert_eq!(self.asserted, asserted, "cases asserted");
    }
}
