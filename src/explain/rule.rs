//! A rule of lockgate's own scanners, for people and for programs.

use crate::model::ScannerId;
use serde::Serialize;
use std::fmt::Write as _;

/// What is told of a rule. All of it is ours.
#[derive(Debug, Serialize)]
pub struct RulePage {
    /// `LG-AREA-nnn`, or the name of a rule for secrets.
    pub id: String,
    /// Which of our scanners has it.
    pub scanner: &'static str,
    /// In one line.
    pub title: String,
    /// In production; a policy may set another one.
    pub severity: &'static str,
    /// Why it is wrong.
    pub why: String,
    /// How to mend it.
    pub mend: String,
    /// How it should read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub example: String,
    /// Weaknesses (CWE).
    pub cwe: Vec<u32>,
    /// Requirements of OWASP ASVS 5.0.0.
    pub asvs: Vec<String>,
    /// Categories of the OWASP Top 10:2025.
    pub owasp: Vec<String>,
    /// Pages to read.
    pub references: Vec<String>,
    /// Part of one note for each file, which never blocks.
    pub hygiene: bool,
    /// Only on request.
    pub off: bool,
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The rules about configuration, by id.
pub fn configuration() -> Vec<RulePage> {
    let rules = lockgate_hardening::Rules::shipped();
    let page = |rule: &lockgate_hardening::Rule| RulePage {
        id: rule.id.clone(),
        scanner: crate::scan::hardening::scanner(&rule.id),
        title: rule.title.clone(),
        severity: crate::scan::hardening::severity(rule.severity).word(),
        why: words(&rule.why),
        mend: words(&rule.mend),
        example: rule.example.trim_end().to_owned(),
        cwe: rule.cwe.clone(),
        asvs: rule.asvs.clone(),
        owasp: rule.owasp.clone(),
        references: rule.references.clone(),
        hygiene: rule.hygiene,
        off: rule.off,
    };
    rules.all().map(page).collect()
}

/// The rules for secrets, by id.
pub fn secrets() -> Vec<RulePage> {
    let page = |rule: &lockgate_secrets::Rule| {
        RulePage {
        id: rule.id.clone(),
        scanner: ScannerId::SECRETS,
        title: rule.description.clone(),
        severity: crate::scan::secrets::severity(rule.severity).word(),
        why: "Whoever can read the repository can use the credential, and what was committed once stays in its history.".to_owned(),
        mend: match rule.revoke.as_str() {
            "" => "Revoke the credential where it was issued, then remove it.".to_owned(),
            revoke => format!("Revoke it, then remove it: {revoke}"),
        },
        example: String::new(),
        cwe: vec![798],
        asvs: vec!["13.3.1".to_owned()],
        owasp: vec!["A07:2025".to_owned()],
        references: Vec::new(),
        hygiene: false,
        off: false,
    }
    };
    let rules = lockgate_secrets::Rules::shipped();
    rules.all().iter().map(page).collect()
}

/// The rule of that id, in any case.
pub fn find(id: &str) -> Option<RulePage> {
    let mut all = configuration().into_iter().chain(secrets());
    all.find(|page| page.id.eq_ignore_ascii_case(id))
}

/// One rule, for a terminal.
pub fn text(page: &RulePage) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", page.id, page.title);
    let _ = writeln!(
        out,
        "scanner {}, severity {}{}",
        page.scanner,
        page.severity,
        remarks(page)
    );
    let _ = writeln!(out, "\n{}", folded(&page.why));
    let _ = writeln!(out, "\n{}", folded(&page.mend));
    if !page.example.is_empty() {
        out.push('\n');
        for line in page.example.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    let standards = standards(page);
    if !standards.is_empty() {
        let _ = writeln!(out, "\n{standards}");
    }
    for reference in &page.references {
        let _ = writeln!(out, "{reference}");
    }
    out
}

/// The same in Markdown.
pub fn markdown(page: &RulePage) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}: {}\n", page.id, page.title);
    let _ = writeln!(
        out,
        "Scanner `{}`, severity **{}**{}\n",
        page.scanner,
        page.severity,
        remarks(page)
    );
    let _ = writeln!(out, "{}\n\n{}", page.why, page.mend);
    if !page.example.is_empty() {
        let _ = writeln!(out, "\n```\n{}\n```", page.example);
    }
    let standards = standards(page);
    if !standards.is_empty() {
        let _ = writeln!(out, "\n{standards}");
    }
    for reference in &page.references {
        let _ = writeln!(out, "\n<{reference}>");
    }
    out
}

fn remarks(page: &RulePage) -> &'static str {
    match (page.hygiene, page.off) {
        (_, true) => ", off unless a policy asks for it",
        (true, false) => ", part of one note for each file",
        (false, false) => "",
    }
}

fn standards(page: &RulePage) -> String {
    let cwe = page.cwe.iter().map(|number| format!("CWE-{number}"));
    let asvs = page
        .asvs
        .iter()
        .map(|number| format!("ASVS 5.0.0 {number}"));
    let owasp = page.owasp.iter().map(|name| format!("OWASP Top 10 {name}"));
    cwe.chain(asvs).chain(owasp).collect::<Vec<_>>().join(", ")
}

/// Lines of at most 80 characters.
fn folded(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > 80 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out
}

/// All rules as a table.
pub fn table(pages: &[RulePage]) -> String {
    let width = |of: fn(&RulePage) -> usize| pages.iter().map(of).max().unwrap_or_default();
    let id = width(|page| page.id.len());
    let severity = width(|page| page.severity.len());
    let scanner = width(|page| page.scanner.len());
    let mut out = String::new();
    for page in pages {
        let off = if page.off { " (off)" } else { "" };
        let _ = writeln!(
            out,
            "{:<id$}  {:<severity$}  {:<scanner$}  {}{off}",
            page.id, page.severity, page.scanner, page.title
        );
    }
    let _ = writeln!(out, "\n{} rules", pages.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_found_by_its_id() {
        let page = find("lg-ngx-101").unwrap();
        let text = text(&page);
        assert!(text.starts_with("LG-NGX-101  "), "{text}");
        assert!(text.contains("CWE-693") && text.contains("include snippets/"));
        assert!(
            text.lines().all(|line| line.chars().count() <= 120),
            "{text}"
        );
        assert!(find("LG-XXX-1").is_none());
    }
}
