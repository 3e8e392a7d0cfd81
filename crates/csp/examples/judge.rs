//! Judges policies and shows what is wrong with them, and where:
//!
//! ```text
//! cargo run -p lockgate-csp --example judge -- "script-src 'self' 'unsafe-inline'"
//! ```
//!
//! Each argument is one policy of the same response. `--report-only` and `--meta` say how those after
//! it arrive, `--all` shows rules that are off too.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::string_slice,
    reason = "an example shows what it finds"
)]

use lockgate_csp::{Behaviour, Delivery, Flaw, Given, Response, behaviour, judge, rules};

fn main() {
    let mut delivery = Delivery::Header;
    let mut all = false;
    let mut policies = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--report-only" => delivery = Delivery::ReportOnly,
            "--meta" => delivery = Delivery::Meta { late: false },
            "--all" => all = true,
            _ => policies.push((argument, delivery)),
        }
    }
    let given: Vec<Given<'_>> = policies
        .iter()
        .map(|(text, delivery)| Given {
            text,
            delivery: *delivery,
            dynamic: Vec::new(),
            versioned: true,
        })
        .collect();
    let told = |flaw: &Flaw| all || rules::rule(flaw.rule).is_some_and(|rule| rule.on);
    for flaw in judge(&given, &Response::default())
        .iter()
        .filter(|flaw| told(flaw))
    {
        let Some(policy) = given.get(flaw.policy) else {
            continue;
        };
        show(policy.text, flaw);
    }
    let Behaviour {
        inline_script,
        eval,
        inline_style,
        ..
    } = behaviour(&given);
    println!("inline script: {inline_script:?}, eval: {eval:?}, inline style: {inline_style:?}");
}

/// The policy's line, the token under which the flaw is, and what is wrong.
fn show(text: &str, flaw: &Flaw) {
    let start = text[..flaw.place.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[flaw.place.start..]
        .find('\n')
        .map_or(text.len(), |at| flaw.place.start + at);
    let before = text[start..flaw.place.start].chars().count();
    let marked = text[flaw.place.start..flaw.place.end.min(end)]
        .chars()
        .count();
    let title = rules::rule(flaw.rule).map_or("", |rule| rule.title);
    println!("{} {:?}: {title}", flaw.rule, flaw.severity);
    println!("    {}", text[start..end].replace(char::is_control, " "));
    println!("    {}{}", " ".repeat(before), "^".repeat(marked.max(1)));
    println!("    {}", flaw.message);
    if let Some(better) = &flaw.better {
        println!("    better: {better}");
    }
    println!();
}
