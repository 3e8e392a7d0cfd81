//! Programs in JavaScript and TypeScript: headers that they send, and settings that do not belong in
//! production.

mod browser;
mod calls;
mod cors;
mod directives;
mod environment;
mod errors;
mod eval;
mod frameworks;
mod headers;
mod helmet;
mod limits;
mod names;
mod needles;
mod nodes;
mod parse;
mod passwords;
mod ready;
mod secrets;
mod sites;
#[cfg(test)]
mod tests;
mod texts;
mod tokens;
mod value;
mod whole;

use crate::check::{Found, Kind, Look, Raised};
use crate::file::Tree;
use crate::finding::Gap;
use crate::message::quoted;
use crate::response::{Response, Serves};
use crate::text::Text;
use eval::Eval;
use nodes::{In, Nodes, place, range};
use oxc_ast::ast::{Expression, ObjectExpression};
use oxc_span::GetSpan;
use std::ops::Range;
use value::Value;

pub(crate) use whole::look as whole;

/// Programs.
pub(crate) const KIND: Kind = Kind {
    name: "JavaScript",
    fits,
    look,
};

const ENDS: &[&str] = &[
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "astro",
];

/// Whether a file is a program, by its path.
pub(crate) fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let packager = path.starts_with(".yarn/") || path.contains("/.yarn/");
    let made = name.ends_with(".d.ts") || name.ends_with(".min.js");
    ENDS.contains(&end) && !packager && !made && !is_test(path)
}

/// Tests call what they test with all that is wrong.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    [".test.", ".spec.", ".stories.", ".cy."]
        .iter()
        .any(|mark| name.contains(mark))
}

/// A program that is being looked at.
pub(crate) struct Program<'n, 'a> {
    pub(crate) path: &'n str,
    pub(crate) text: &'n str,
    pub(crate) nodes: &'n Nodes<'a>,
    pub(crate) eval: Eval<'n, 'a>,
    /// What does not run in production.
    dead: Vec<Range<usize>>,
    pub(crate) serves: Serves,
    /// The major version of helmet, when a package.json says it.
    pub(crate) helmet: Option<u32>,
}

impl<'n, 'a> Program<'n, 'a> {
    /// Those that run in production.
    pub(crate) fn live<'i, T: GetSpan>(
        &'i self,
        all: &'i [In<&'a T>],
    ) -> impl Iterator<Item = &'i In<&'a T>> {
        all.iter()
            .filter(|one| self.is_live(&range(one.node.span())))
    }

    /// Whether a part runs in production.
    pub(crate) fn is_live(&self, place: &Range<usize>) -> bool {
        // Sorted by their beginnings, none inside another one.
        let at = self.dead.partition_point(|dead| dead.start <= place.start);
        let before = at.checked_sub(1).and_then(|at| self.dead.get(at));
        before.is_none_or(|dead| dead.end < place.end)
    }

    /// What an object stands for.
    pub(crate) fn value_of_object(&self, object: &'a ObjectExpression<'a>) -> Value {
        self.eval.object(object)
    }

    /// The configuration of a development server only.
    pub(crate) fn only_in_development(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let servers = [
            "vite.config.",
            "webpack.",
            "vue.config.",
            "craco.config.",
            "vitest.config.",
            "setupProxy.",
        ];
        servers.iter().any(|server| name.starts_with(server))
    }

    /// The text of an expression in JSX.
    pub(crate) fn meta_value(&self, expression: &Expression<'a>) -> Option<Text> {
        self.eval.value(expression).text().cloned()
    }

    /// The text of a place in quotes, short enough for a message.
    pub(crate) fn said(&self, place: &Range<usize>) -> String {
        let text = self.text.get(place.clone()).unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().take(40).collect();
        quoted(&words.join(" "))
    }

    pub(crate) fn raise(
        &self,
        rule: &'static str,
        place: Range<usize>,
        message: impl Into<String>,
    ) -> Raised {
        Raised::new(rule, self.path, place, message)
    }
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    if !needles::may_say_something(text) || parse::is_bundle(text) {
        return;
    }
    let path = look.file.path.as_str();
    let helmet = helmet_version(look.tree, look.file.folder());
    let read = parse::with(path, text, |parsed| {
        let nodes = nodes::gather(parsed);
        let mut program = Program {
            path,
            text,
            nodes: &nodes,
            eval: Eval::new(&nodes),
            dead: Vec::new(),
            serves: serves(text),
            helmet,
        };
        program.dead = dead(&program);
        let mut responses: Vec<Response> = Vec::new();
        let mut raised = Vec::new();
        helmet::look(&program, &mut responses);
        frameworks::look(&program, &mut responses);
        headers::look(&program, &mut responses);
        frameworks::held(&program, &mut responses);
        browser::look(&program, &mut raised);
        cors::look(&program, &mut raised);
        errors::look(&program, &mut raised);
        let mut limits = Vec::new();
        limits::look(&program, &mut limits, &mut raised);
        ready::look(&program, &mut raised);
        passwords::look(&program, &mut raised);
        secrets::look(&program, &mut raised);
        tokens::look(&program, &mut raised);
        (responses, limits, raised)
    });
    match read {
        Ok((responses, limits, raised)) => {
            found.limits.extend(limits);
            found.responses.extend(responses);
            found.raised.extend(raised);
        }
        Err(reason) => found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: reason.to_owned(),
            template: ["{{", "{%", "<%", "[%"]
                .iter()
                .any(|mark| text.contains(mark)),
        }),
    }
}

/// What a program serves, by the calls that it makes.
fn serves(text: &str) -> Serves {
    let pages = [
        "res.render(",
        "express.static(",
        "serveStatic(",
        "reply.view(",
        "ctx.render(",
        "next/",
    ];
    match pages.iter().any(|call| text.contains(call)) {
        true => Serves::Html,
        false => Serves::Unknown,
    }
}

/// What does not run in production: branches that its conditions rule out.
fn dead(program: &Program<'_, '_>) -> Vec<Range<usize>> {
    let mut dead = Vec::new();
    let mut rule =
        |truth: Option<bool>, then: Range<usize>, otherwise: Option<Range<usize>>| match truth {
            Some(true) => dead.extend(otherwise),
            Some(false) => dead.push(then),
            None => {}
        };
    for branch in &program.nodes.branches {
        let otherwise = branch.alternate.as_ref().map(|one| range(one.span()));
        rule(
            program.eval.holds(&branch.test),
            range(branch.consequent.span()),
            otherwise,
        );
    }
    for choice in &program.nodes.conditional {
        rule(
            program.eval.holds(&choice.test),
            place(&choice.consequent),
            Some(place(&choice.alternate)),
        );
    }
    for both in &program.nodes.logical {
        if both.operator == oxc_ast::ast::LogicalOperator::And {
            rule(program.eval.holds(&both.left), place(&both.right), None);
        }
    }
    dead.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    // What lies inside of another one says nothing more.
    let mut outer: Vec<Range<usize>> = Vec::new();
    for place in dead {
        if outer.last().is_none_or(|last| last.end < place.end) {
            outer.push(place);
        }
    }
    outer
}

/// The major version of helmet that the nearest package.json asks for.
fn helmet_version(tree: &Tree, folder: &str) -> Option<u32> {
    let mut folder = folder;
    loop {
        let path = match folder {
            "" => "package.json".to_owned(),
            folder => format!("{folder}/package.json"),
        };
        if let Some(file) = tree.file(&path) {
            let text = file.text();
            let at = text.find("\"helmet\"")?;
            let digits = text
                .get(at + 8..)?
                .trim_start_matches(|c: char| !c.is_ascii_digit() && c != '\n');
            let end = digits
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(digits.len());
            return digits.get(..end)?.parse().ok();
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
}
