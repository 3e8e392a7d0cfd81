//! Finding the rule of a result, which SARIF allows to name in four ways.

use super::format::{Component, Message, Rule, Run, SarifResult};
use crate::ingest::lenient::{Text, cwe_numbers};
use crate::model::{Confidence, RuleInfo, Severity, Untrusted};
use std::collections::BTreeMap;

/// All rules of a run.
pub struct Rules<'a> {
    driver: &'a Component<'a>,
    extensions: &'a [Component<'a>],
    by_id: BTreeMap<&'a str, &'a Rule<'a>>,
}

impl<'a> Rules<'a> {
    pub fn of(run: &'a Run<'a>) -> Self {
        let extensions = run.tool.extensions.as_deref().unwrap_or_default();
        let mut by_id = BTreeMap::new();
        for component in std::iter::once(&run.tool.driver).chain(extensions) {
            for rule in component.rules.as_deref().unwrap_or_default() {
                if let Some(id) = &rule.id {
                    by_id.entry(id.as_str()).or_insert(rule);
                }
            }
        }
        Self {
            driver: &run.tool.driver,
            extensions,
            by_id,
        }
    }

    /// The rule of a result: by reference into a component (§3.52), by index (§3.27.6), by id, by
    /// the id's parent (`CA1000/1` is a sub-rule of `CA1000`, §3.27.5).
    pub fn find(&self, result: &SarifResult<'_>) -> Option<&'a Rule<'a>> {
        let reference = result.rule.as_ref();
        let component = match reference.and_then(|r| r.tool_component.as_ref()?.index.0) {
            Some(index) => usize::try_from(index)
                .ok()
                .and_then(|i| self.extensions.get(i)),
            None => Some(self.driver),
        };
        let index = reference.and_then(|r| r.index.0).or(result.rule_index.0);
        let by_index = index
            .and_then(|i| usize::try_from(i).ok())
            .and_then(|i| component?.rules.as_deref()?.get(i));
        let id = id_of(result);
        let agrees = |rule: &&Rule<'_>| match (id, &rule.id) {
            (Some(id), Some(of)) => id == of.as_str() || is_sub_rule(id, of.as_str()),
            _ => true,
        };
        let by_id = || {
            let mut id = id?;
            loop {
                if let Some(rule) = self.by_id.get(id) {
                    return Some(*rule);
                }
                id = id.rsplit_once('/')?.0;
            }
        };
        // An id that no rule has does not make the index void: the metadata is where it points.
        by_index.filter(agrees).or_else(by_id).or(by_index)
    }

    /// A message's text, with `id` looked up in the rule and the driver and the arguments put in
    /// (§3.11.7, §3.11.11).
    pub fn message(&self, message: &Message<'_>, rule: Option<&Rule<'_>>) -> Option<String> {
        let text = match &message.text {
            Some(text) => text.as_str(),
            None => {
                let id = message.id.as_ref()?.as_str();
                let strings = rule.and_then(|r| r.message_strings.as_ref()?.get(id));
                let global = || self.driver.global_message_strings.as_ref()?.get(id);
                strings.or_else(global)?.text.as_ref()?.as_str()
            }
        };
        match message.arguments.as_deref() {
            None | Some([]) => Some(text.to_owned()),
            Some(arguments) => Some(fill(text, arguments)),
        }
    }
}

/// The id that a result gives for its rule. An empty one is none.
pub fn id_of<'a>(result: &'a SarifResult<'_>) -> Option<&'a str> {
    let given = |id: Option<&'a Text<'_>>| id.map(Text::as_str).filter(|id| !id.is_empty());
    given(result.rule_id.as_ref()).or_else(|| given(result.rule.as_ref()?.id.as_ref()))
}

fn is_sub_rule(id: &str, parent: &str) -> bool {
    id.strip_prefix(parent)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// Longest message, in bytes, into which arguments are still put: a short report must not become a
/// long message by naming one argument many times.
const MAX_FILLED: usize = 64 * 1024;

/// Puts arguments into `{0}`, `{1}` …; `{{` and `}}` are braces (§3.11.5).
fn fill(text: &str, arguments: &[Text<'_>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}'])
        && out.len() < MAX_FILLED
    {
        let (before, brace) = rest.split_at(at);
        out.push_str(before);
        if brace.starts_with("{{") || brace.starts_with("}}") {
            out.push_str(brace.get(..1).unwrap_or_default());
            rest = brace.get(2..).unwrap_or_default();
            continue;
        }
        let number = brace.split_once('}').and_then(|(number, after)| {
            let index: usize = number.strip_prefix('{')?.parse().ok()?;
            Some((arguments.get(index)?, after))
        });
        match number {
            Some((argument, after)) => {
                out.push_str(argument.as_str());
                rest = after;
            }
            None => {
                out.push_str(brace.get(..1).unwrap_or_default());
                rest = brace.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The severity that a level stands for (GitHub maps the other way round).
pub fn level_severity(level: &str) -> Option<Severity> {
    match level {
        "error" => Some(Severity::High),
        "warning" => Some(Severity::Medium),
        "note" => Some(Severity::Low),
        "none" => Some(Severity::Info),
        _ => None,
    }
}

/// The score of a rule, when it is a number on the scale.
pub fn score(rule: Option<&Rule<'_>>) -> Option<f64> {
    let number = rule?.properties.as_ref()?.security_severity.number()?;
    Severity::from_score(number).map(|_| number)
}

/// What is kept of a rule. `title` is for rules that do not describe themselves.
pub fn info(rule: Option<&Rule<'_>>, title: &str) -> RuleInfo {
    let Some(rule) = rule else {
        return RuleInfo::titled(title);
    };
    let text = |message: &Option<Message<'_>>| {
        let text = message.as_ref()?.text.as_ref()?.as_str().trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let short = text(&rule.short_description);
    let full = text(&rule.full_description);
    let name = rule
        .name
        .as_ref()
        .map(|name| name.as_str().to_owned())
        .filter(|n| !n.is_empty());
    let level = rule
        .default_configuration
        .as_ref()
        .and_then(|c| c.level.as_ref());
    let severity = score(Some(rule))
        .and_then(Severity::from_score)
        .or_else(|| level.and_then(|level| level_severity(level.as_str())));
    RuleInfo {
        title: short
            .or_else(|| name.clone())
            .or_else(|| full.clone())
            .map_or_else(|| title.into(), Untrusted::from),
        description: full.or_else(|| text(&rule.help)).map(Untrusted::from),
        help_url: rule.help_uri.as_ref().map(|url| url.as_str().into()),
        cwe: cwe(rule),
        severity,
        confidence: confidence(Some(rule)),
    }
}

/// GitHub's `precision` of a rule.
pub fn confidence(rule: Option<&Rule<'_>>) -> Option<Confidence> {
    match rule?.properties.as_ref()?.precision.text()? {
        "very-high" | "high" => Some(Confidence::High),
        "medium" => Some(Confidence::Medium),
        "low" => Some(Confidence::Low),
        _ => None,
    }
}

/// CWE numbers among the tags: `external/cwe/cwe-079` (CodeQL), `CWE-79: …` (Semgrep, Bandit).
fn cwe(rule: &Rule<'_>) -> Vec<u32> {
    let Some(properties) = &rule.properties else {
        return Vec::new();
    };
    let mut numbers: Vec<u32> = properties
        .tags
        .items
        .iter()
        .filter_map(|tag| {
            let lower = tag.to_ascii_lowercase();
            let rest = lower.split_once("cwe-")?.1;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok().filter(|n| *n > 0)
        })
        .chain(cwe_numbers(&properties.cwe.items))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_finds_its_rule_by_what_it_gives() {
        let text = r#"{"tool":{"driver":{"name":"t","rules":[{"id":"A"},{"id":"B"},{"id":"B"}]}}}"#;
        let run: Run<'_> = serde_json::from_str(text).unwrap();
        let rules = Rules::of(&run);
        let at = |result: &str| {
            let result: SarifResult<'_> = serde_json::from_str(result).unwrap();
            let found = rules.find(&result)?;
            let list = run.tool.driver.rules.as_deref().unwrap();
            list.iter().position(|rule| std::ptr::eq(rule, found))
        };
        assert_eq!(at(r#"{"ruleId":"B"}"#), Some(1));
        assert_eq!(at(r#"{"ruleId":"B","ruleIndex":2}"#), Some(2));
        assert_eq!(at(r#"{"ruleId":"B/1","ruleIndex":0}"#), Some(1));
        // The SARIF SDK writes an empty id; the SARIF tutorials' sample misspells it.
        assert_eq!(at(r#"{"ruleId":"","ruleIndex":1}"#), Some(1));
        assert_eq!(at(r#"{"ruleId":"C","ruleIndex":1}"#), Some(1));
        assert_eq!(at(r#"{"ruleId":"C","ruleIndex":-1}"#), None);
    }

    #[test]
    fn arguments_are_put_in() {
        let arguments = [Text("a".into()), Text("b".into())];
        assert_eq!(fill("x {0} {1} {2} {{0}} }", &arguments), "x a b {2} {0} }");
    }
}
