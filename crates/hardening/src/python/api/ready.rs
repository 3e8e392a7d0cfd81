//! A check of readiness that says yes whatever happens.

use super::Api;
use crate::message::quoted;
use crate::python::source::{inside, literal, place};
use ruff_python_ast::{Expr, Stmt};

/// Last parts of the paths under which platforms ask whether a program may get requests.
const ROUTES: &[&str] = &["/ready", "/readyz", "/readiness"];

impl Api<'_> {
    /// LG-OPS-103.
    pub(super) fn ready(&mut self, statement: &Stmt) {
        let Stmt::FunctionDef(function) = statement else {
            return;
        };
        let Some(path) = super::surface::route(function, &["get", "route"], ROUTES) else {
            return;
        };
        // What comes in as a parameter may have been asked: `Depends(database)`.
        let alone = function.parameters.is_empty() && function.decorator_list.len() == 1;
        if alone && function.body.iter().all(says_the_same) {
            let told = quoted(literal(path).unwrap_or_default());
            let message = format!(
                "{told} says yes as long as the process lives; nothing that it needs is asked."
            );
            let raised =
                crate::check::Raised::new("LG-OPS-103", &self.file.path, place(path), message);
            self.raised.push(raised);
        }
    }
}

/// Whether a statement is words about the function, or an answer without a call in it.
fn says_the_same(statement: &Stmt) -> bool {
    let fixed = |expr: &Expr| {
        let mut parts = inside(expr).into_iter();
        !parts.any(|one| matches!(one, Expr::Call(_) | Expr::Await(_) | Expr::Name(_)))
    };
    match statement {
        Stmt::Expr(one) => literal(&one.value).is_some(),
        Stmt::Return(one) => one.value.as_deref().is_some_and(fixed),
        _ => false,
    }
}
