//! Which branch runs in production.

use super::eval::Eval;
use super::source::{dotted, last};
use super::value::What;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{BoolOp, CmpOp, Expr, UnaryOp};

/// Words in a name or a text that tell where a program runs.
const ELSEWHERE: &[&str] = &[
    "debug",
    "dev",
    "devel",
    "development",
    "local",
    "localhost",
    "test",
    "tests",
    "testing",
    "pytest",
    "ci",
];
const THERE: &[&str] = &["prod", "production", "live"];

/// Whether a test holds in production; `None` when nothing tells.
pub(super) fn in_production(eval: Eval<'_>, test: &Expr) -> Option<bool> {
    match test {
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
            in_production(eval, &unary.operand).map(|truth| !truth)
        }
        Expr::BoolOp(op) => {
            let mut all = op.values.iter().map(|one| in_production(eval, one));
            match op.op {
                BoolOp::And if all.clone().any(|one| one == Some(false)) => Some(false),
                BoolOp::Or if all.clone().any(|one| one == Some(true)) => Some(true),
                BoolOp::And => all.try_fold(true, |_, one| one),
                BoolOp::Or => all.try_fold(false, |_, one| one),
            }
        }
        Expr::Compare(compare) => {
            let [op] = &*compare.ops else { return None };
            let same = match op {
                CmpOp::Eq | CmpOp::Is | CmpOp::In => true,
                CmpOp::NotEq | CmpOp::IsNot | CmpOp::NotIn => false,
                _ => return None,
            };
            let mut words = Texts(Vec::new());
            words.visit_expr(test);
            let said = words.0.iter().find_map(|text| said(text));
            said.map(|there| there == same)
        }
        Expr::Name(_) | Expr::Attribute(_) => {
            said(last(test)).or_else(|| match &eval.value(test).what {
                What::Bool(bool) => Some(*bool),
                _ => None,
            })
        }
        Expr::Call(call) => {
            let mut words = Texts(Vec::new());
            words.visit_expr(test);
            let said_by = words.0.iter().find_map(|text| said(text));
            said_by.or_else(|| said(&dotted(&call.func)))
        }
        Expr::BooleanLiteral(bool) => Some(bool.value),
        _ => None,
    }
}

/// Whether a text says that this is production, or that it is not.
pub(super) fn said(text: &str) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let has = |words: &[&str]| {
        let mut parts = lower.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| words.contains(&part))
    };
    if lower == "type_checking" || has(ELSEWHERE) {
        return Some(false);
    }
    has(THERE).then_some(true)
}

struct Texts<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Texts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Some(text) = super::source::literal(expr) {
            self.0.push(text);
        }
        walk_expr(self, expr);
    }
}
