//! Interfaces of FastAPI, Flask and others: tokens, origins, errors that tell too much, secrets.

mod errors;
mod origins;
mod ready;
mod secrets;
mod surface;
mod tokens;

use super::eval::Eval;
use super::run::{Around, Watch};
use super::source::{head, inside};
use crate::check::Raised;
use crate::file::File;
use ruff_python_ast::{Expr, Stmt};

pub(super) use surface::whole;

/// Looks at one file.
pub(super) struct Api<'t> {
    file: &'t File,
    /// Settings of Django have rules of their own.
    django: bool,
    flask_cors: bool,
    /// In a test, what is set up on purpose is no weakness.
    test: bool,
    pub(super) raised: Vec<Raised>,
}

impl<'t> Api<'t> {
    pub(super) fn new(file: &'t File, test: bool) -> Self {
        let text = file.text();
        let settings = file.path.to_ascii_lowercase().contains("settings");
        Self {
            file,
            django: text.contains("INSTALLED_APPS")
                || text.contains("ROOT_URLCONF")
                || settings && text.contains("import *"),
            flask_cors: text.contains("flask_cors"),
            test,
            raised: Vec::new(),
        }
    }

    fn raise(
        &mut self,
        rule: &'static str,
        place: std::ops::Range<usize>,
        message: impl Into<String>,
        better: &str,
    ) {
        let one = Raised::new(rule, &self.file.path, place, message);
        self.raised.push(one.better(better));
    }
}

impl Watch for Api<'_> {
    fn statement(&mut self, eval: Eval<'_>, statement: &Stmt, around: &Around) {
        if self.test || around.elsewhere > 0 {
            return;
        }
        self.lifetimes(eval, statement);
        self.secrets(eval, statement, around);
        self.errors(eval, statement, around);
        self.surface(statement);
        self.ready(statement);
        for expr in head(statement) {
            for one in inside(expr) {
                match one {
                    Expr::Call(call) => {
                        self.tokens(eval, call);
                        self.origins(eval, call);
                        self.documentation(call);
                    }
                    Expr::Dict(dict) => self.unverified(eval, dict),
                    _ => {}
                }
            }
        }
    }
}

/// Whether a name says that it is for development or tests: `DevelopmentConfig`.
fn is_elsewhere(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["dev", "test", "local", "debug"]
        .iter()
        .any(|word| lower.starts_with(word))
        || super::truth::said(name) == Some(false)
}
