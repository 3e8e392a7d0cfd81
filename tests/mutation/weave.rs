//! All mutants in one program: each place of the source is written so that an environment variable
//! says which mutant holds there. What took a compilation each now takes a run of the tests each.
//!
//! Few kinds of mutants cannot be woven in (a constant, a chain with `let`, a function that returns
//! `impl Trait`, a field of a struct); those are left to be compiled one by one.

use crate::{Mutant, offset};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use syn::visit::{self, Visit};

/// What asks for a mutant in the woven source.
pub const CALL: &str = "crate::mutant::on(";

/// Number of a mutant; 0 is none.
pub type Id = usize;

enum Kind {
    /// Before the statements of a function.
    Body,
    /// Left, operator as written, right.
    Binary(Range<usize>, String, Range<usize>),
    /// Operator, and what it stands before.
    Unary(String, Range<usize>),
    /// The condition of an arm of a match.
    Guard,
    /// After the pattern of an arm without condition.
    Arm,
}

struct Site {
    range: Range<usize>,
    kind: Kind,
    mutants: Vec<(Id, String)>,
}

/// A file with its mutants woven in, and those that cannot be.
pub fn weave(text: &str, mutants: &[(Id, &Mutant)]) -> (String, BTreeSet<Id>) {
    let mut finder = Finder::default();
    finder.visit_file(&syn::parse_file(text).expect("Rust"));
    let (mut sites, mut left): (BTreeMap<_, Site>, BTreeSet<Id>) = Default::default();
    for (id, mutant) in mutants {
        let span = offset(text, &mutant.span.start)..offset(text, &mutant.span.end);
        match finder.site(&mutant.genre, span, text) {
            Some((range, kind)) => {
                // Of two that start together the outer one comes first, of equal ones the condition.
                let rank = usize::from(!matches!(kind, Kind::Guard));
                let key = match kind {
                    Kind::Body | Kind::Arm => (range.start, 0, 0),
                    _ => (range.start, 1 + text.len() - range.end, rank),
                };
                let site = sites.entry(key).or_insert(Site {
                    range,
                    kind,
                    mutants: Vec::new(),
                });
                let word = match mutant.genre.as_str() {
                    "MatchArm" => "arm",
                    _ => &mutant.replacement,
                };
                site.mutants.push((*id, word.to_owned()));
            }
            None => {
                left.insert(*id);
            }
        }
    }
    let sites: Vec<Site> = sites.into_values().collect();
    (render(text, 0..text.len(), &sites), left)
}

fn render(text: &str, range: Range<usize>, mut sites: &[Site]) -> String {
    let (mut out, mut at) = (String::new(), range.start);
    while let Some((site, rest)) = sites.split_first() {
        let inside = rest.partition_point(|s| s.range.start < site.range.end);
        let (children, after) = rest.split_at(inside);
        out.push_str(&text[at..site.range.start]);
        out.push_str(&one(text, site, children));
        at = site.range.end;
        sites = after;
    }
    out.push_str(&text[at..range.end]);
    out
}

fn one(text: &str, site: &Site, children: &[Site]) -> String {
    let on = |id: &Id| format!("{CALL}{id})");
    let choose = |plain: String, written: &dyn Fn(&str) -> String| {
        let mut all = String::from("(");
        for (id, word) in &site.mutants {
            all.push_str(&format!("if {} {{ {} }} else ", on(id), written(word)));
        }
        format!("{all}{{ {plain} }})")
    };
    match &site.kind {
        Kind::Body => site
            .mutants
            .iter()
            .map(|(id, value)| format!("if {} {{ return {value}; }} ", on(id)))
            .collect(),
        Kind::Arm => site
            .mutants
            .iter()
            .map(|(id, _)| format!(" if !{}", on(id)))
            .collect(),
        Kind::Guard => {
            let guard = render(text, site.range.clone(), children);
            site.mutants
                .iter()
                .fold(format!("({guard})"), |guard, (id, word)| {
                    match word.as_str() {
                        "true" => format!("({} || {guard})", on(id)),
                        _ => format!("(!{} && {guard})", on(id)),
                    }
                })
        }
        Kind::Unary(operator, operand) => {
            let operand = render(text, operand.clone(), children);
            match (operator.as_str(), site.mutants.as_slice()) {
                ("!", [(id, _)]) => format!("({} ^ !({operand}))", on(id)),
                _ => choose(format!("{operator}({operand})"), &|_| {
                    format!("({operand})")
                }),
            }
        }
        Kind::Binary(left, operator, right) => {
            let split = children.partition_point(|s| s.range.end <= left.end);
            let (before, after) = children.split_at(split);
            let (l, r) = (
                render(text, left.clone(), before),
                render(text, right.clone(), after),
            );
            match (operator.as_str(), site.mutants.as_slice()) {
                ("==" | "!=", [(id, _)]) => format!("((({l}) {operator} ({r})) ^ {})", on(id)),
                ("&&" | "||", [(id, _)]) => {
                    let on = on(id);
                    format!("({on} ^ (({on} ^ ({l})) {operator} ({on} ^ ({r}))))")
                }
                _ if operator.ends_with('=') && !["<=", ">="].contains(&operator.as_str()) => {
                    choose(format!("{l} {operator} {r}"), &|word| {
                        format!("{l} {word} {r}")
                    })
                }
                _ => choose(format!("({l}) {operator} ({r})"), &|word| {
                    format!("({l}) {word} ({r})")
                }),
            }
        }
    }
}

/// Where the expressions are that mutants speak of.
#[derive(Default)]
struct Finder {
    /// Operator → left and right.
    binary: BTreeMap<usize, (Range<usize>, Range<usize>, Range<usize>)>,
    unary: BTreeMap<usize, (Range<usize>, Range<usize>)>,
    /// Start of an arm → end of its pattern, and its condition.
    arms: BTreeMap<usize, (usize, Option<Range<usize>>)>,
    guards: BTreeSet<(usize, usize)>,
    /// Bodies that return what has no name.
    nameless: Vec<Range<usize>>,
}

impl Finder {
    fn site(&self, genre: &str, span: Range<usize>, text: &str) -> Option<(Range<usize>, Kind)> {
        Some(match genre {
            "FnValue" => {
                let nameless = |body: &Range<usize>| {
                    body.start < span.start && span.start - body.start <= 1 + blank(text, body)
                };
                if self.nameless.iter().any(nameless) {
                    return None;
                }
                (span.start..span.start, Kind::Body)
            }
            "BinaryOperator" => {
                let (left, operator, right) = self.binary.get(&span.start)?.clone();
                let word = text[operator].to_owned();
                (left.start..right.end, Kind::Binary(left, word, right))
            }
            "UnaryOperator" => {
                let (operator, operand) = self.unary.get(&span.start)?.clone();
                let word = text[operator].to_owned();
                (span.start..operand.end, Kind::Unary(word, operand))
            }
            "MatchArmGuard" => {
                self.guards.get(&(span.start, span.end))?;
                (span, Kind::Guard)
            }
            "MatchArm" => match self.arms.get(&span.start)?.clone() {
                (_, Some(guard)) => {
                    self.guards.get(&(guard.start, guard.end))?;
                    (guard, Kind::Guard)
                }
                (end, None) => (end..end, Kind::Arm),
            },
            _ => return None,
        })
    }
}

/// Length of the white space after a body's brace.
fn blank(text: &str, body: &Range<usize>) -> usize {
    let inner = &text[body.start + 1..body.end];
    inner.len() - inner.trim_start().len()
}

/// Whether a condition holds a `let`, so that it is no value.
fn binds(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

fn range(node: &impl syn::spanned::Spanned) -> Range<usize> {
    node.span().byte_range()
}

impl Finder {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        if let syn::ReturnType::Type(_, kind) = &signature.output {
            let mut nameless = Nameless(false);
            nameless.visit_type(kind);
            if nameless.0 || signature.constness.is_some() {
                self.nameless.push(range(body));
            }
        }
    }
}

struct Nameless(bool);

impl Visit<'_> for Nameless {
    fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
        self.0 = true;
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_expr_binary(&mut self, node: &'a syn::ExprBinary) {
        if !binds(&node.left) && !binds(&node.right) {
            let operator = range(&node.op);
            let sides = (range(&*node.left), operator.clone(), range(&*node.right));
            self.binary.insert(operator.start, sides);
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'a syn::ExprUnary) {
        let operator = range(&node.op);
        self.unary
            .insert(operator.start, (operator, range(&*node.expr)));
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'a syn::Arm) {
        let guard = node.guard.as_ref().map(|(_, guard)| range(&**guard));
        if let Some((_, guard)) = &node.guard
            && !binds(guard)
        {
            let guard = range(&**guard);
            self.guards.insert((guard.start, guard.end));
        }
        self.arms
            .insert(range(node).start, (range(&node.pat).end, guard));
        visit::visit_arm(self, node);
    }

    fn visit_item_fn(&mut self, node: &'a syn::ItemFn) {
        self.function(&node.sig, &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'a syn::ImplItemFn) {
        self.function(&node.sig, &node.block);
        visit::visit_impl_item_fn(self, node);
    }

    // Items that are evaluated when compiled.
    fn visit_item_const(&mut self, _: &'a syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'a syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'a syn::ImplItemConst) {}
}
