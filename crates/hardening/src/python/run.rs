//! Goes through the statements of a file in order and keeps what names are bound to.

use super::eval::{Eval, FUEL};
use super::scope::{Binding, Scope};
use super::source::{dotted, last, place, span};
use super::value::{Value, Valued};
use crate::file::Tree;
use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef, StmtIf, StmtTry};
use std::cell::Cell;
use std::ops::Range;

/// Modules that one file may bring in, at most.
const MODULES: usize = 40;

/// Sees each statement before it takes effect.
pub(super) trait Watch {
    /// A statement; of one with a block only what stands before the block matters.
    fn statement(&mut self, eval: Eval<'_>, statement: &Stmt, around: &Around);
}

/// Sees nothing: only the names are wanted.
pub(super) struct Nobody;

impl Watch for Nobody {
    fn statement(&mut self, _: Eval<'_>, _: &Stmt, _: &Around) {}
}

/// What a statement stands in.
#[derive(Default)]
pub(super) struct Around {
    /// Classes and functions, from the outside in.
    pub(super) names: Vec<String>,
    /// Handlers of errors: the name of the error, and whether it is any error.
    pub(super) handlers: Vec<(String, bool)>,
    /// For each function whether a decorator makes it answer requests.
    pub(super) routes: Vec<bool>,
    /// How many of the blocks around do not run in production.
    pub(super) elsewhere: usize,
}

/// One pass.
pub(super) struct Run<'t> {
    /// With a tree, imports are followed and only what runs in production is gone through; without, all.
    tree: Option<&'t Tree>,
    /// The files, by number.
    pub(super) files: Vec<String>,
    file: usize,
    pub(super) scope: Scope,
    fuel: Cell<u32>,
    /// False when something that cannot be read may change the names.
    pub(super) complete: bool,
    around: Around,
    importing: Vec<String>,
    /// The files whose names were all taken over.
    pub(super) bases: Vec<String>,
}

impl<'t> Run<'t> {
    pub(super) fn new(path: &str, tree: Option<&'t Tree>) -> Self {
        Self {
            tree,
            files: vec![path.to_owned()],
            file: 0,
            scope: Scope::default(),
            fuel: Cell::new(FUEL),
            complete: true,
            around: Around::default(),
            importing: vec![path.to_owned()],
            bases: Vec::new(),
        }
    }

    pub(super) fn eval(&self) -> Eval<'_> {
        Eval {
            names: &self.scope,
            file: self.file,
            fuel: &self.fuel,
        }
    }

    /// Goes through a block.
    pub(super) fn block(&mut self, body: &[Stmt], maybe: bool, watch: &mut dyn Watch) {
        for statement in body {
            watch.statement(self.eval(), statement, &self.around);
            self.statement(statement, maybe, watch);
        }
    }

    fn everything(&self) -> bool {
        self.tree.is_none()
    }

    fn statement(&mut self, statement: &Stmt, maybe: bool, watch: &mut dyn Watch) {
        match statement {
            Stmt::Assign(assign) => {
                let value = self.eval().value(&assign.value);
                for target in &assign.targets {
                    self.bind(target, &value, maybe);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.eval().value(value);
                    self.bind(&assign.target, &value, maybe);
                }
            }
            Stmt::AugAssign(assign) => {
                let eval = self.eval();
                let (old, more) = (eval.value(&assign.target), eval.value(&assign.value));
                let sum = eval.binary(assign.op, &old, &more, &assign.value);
                let sum = sum.unwrap_or_else(|| eval.unknown(&assign.value));
                self.scope.change(&dotted(&assign.target), sum);
            }
            Stmt::Expr(expr) => {
                if let Expr::Call(call) = &*expr.value {
                    self.call(call);
                }
            }
            Stmt::If(branch) => self.branch(branch, maybe, watch),
            Stmt::Try(attempt) => self.attempt(attempt, maybe, watch),
            Stmt::With(with) => self.block(&with.body, maybe, watch),
            Stmt::For(each) => {
                self.block(&each.body, true, watch);
                self.block(&each.orelse, true, watch);
            }
            Stmt::While(each) => self.block(&each.body, true, watch),
            Stmt::Match(choice) => {
                for case in &choice.cases {
                    self.block(&case.body, true, watch);
                }
            }
            Stmt::FunctionDef(function) if self.everything() => self.function(function, watch),
            Stmt::ClassDef(class) if self.everything() => {
                self.around.names.push(class.name.to_string());
                self.scope.enter();
                self.block(&class.body, false, watch);
                self.around.names.pop();
                // `self.NAME` and `Class.NAME`, as methods of it and functions behind it say it.
                for (name, binding) in self.scope.leave() {
                    self.scope.bind(&format!("{}.{name}", class.name), binding);
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |name| name.as_str());
                let star = import.names.iter().any(|name| name.name.as_str() == "*");
                let names: Vec<(String, String, Range<usize>)> = import
                    .names
                    .iter()
                    .map(|alias| {
                        let local = alias.asname.as_ref().unwrap_or(&alias.name);
                        let place = span(alias.range);
                        (alias.name.to_string(), local.to_string(), place)
                    })
                    .collect();
                self.import(module, import.level, star, &names, maybe);
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &StmtFunctionDef, watch: &mut dyn Watch) {
        const VERBS: &[&str] = &[
            "route",
            "get",
            "post",
            "put",
            "patch",
            "delete",
            "api_view",
            "api_route",
            "head",
        ];
        let mut decorators = function.decorator_list.iter();
        let route = decorators.any(|decorator| {
            let name = match &decorator.expression {
                Expr::Call(call) => last(&call.func),
                expr => last(expr),
            };
            VERBS.contains(&name)
        });
        self.around.names.push(function.name.to_string());
        self.around.routes.push(route);
        let handlers = std::mem::take(&mut self.around.handlers);
        self.scope.enter();
        let parameters = function.parameters.iter_non_variadic_params();
        let names: Vec<String> = parameters
            .map(|one| one.parameter.name.to_string())
            .collect();
        for name in names {
            // Whatever the module calls so, here it is an argument.
            let at = place(&function.name);
            let value = Valued::unknown(at.clone(), self.file);
            let file = self.file;
            self.scope.bind(
                &name,
                Binding {
                    value,
                    name: at,
                    file,
                    maybe: false,
                },
            );
        }
        self.block(&function.body, false, watch);
        self.scope.leave();
        self.around.handlers = handlers;
        self.around.routes.pop();
        self.around.names.pop();
    }

    fn branch(&mut self, branch: &StmtIf, maybe: bool, watch: &mut dyn Watch) {
        let everything = self.everything();
        let mut truth = super::truth::in_production(self.eval(), &branch.test);
        let mut unsure = maybe;
        // The walrus binds before the block.
        if let Expr::Named(named) = &*branch.test {
            let value = self.eval().value(&named.value);
            self.bind(&named.target, &value, maybe);
        }
        if truth != Some(false) || everything {
            unsure |= truth != Some(true);
            let elsewhere = usize::from(truth == Some(false));
            self.around.elsewhere += elsewhere;
            self.block(&branch.body, unsure, watch);
            self.around.elsewhere -= elsewhere;
        }
        for clause in &branch.elif_else_clauses {
            if truth == Some(true) && !everything {
                return;
            }
            let here = match &clause.test {
                Some(test) => super::truth::in_production(self.eval(), test),
                None => Some(true),
            };
            if here != Some(false) || everything {
                let sure = truth == Some(false) && here == Some(true) && !everything;
                self.block(&clause.body, maybe || !sure, watch);
            }
            if here == Some(true) {
                truth = Some(true);
            } else if here.is_none() {
                truth = None;
            }
        }
    }

    fn attempt(&mut self, attempt: &StmtTry, maybe: bool, watch: &mut dyn Watch) {
        let complete = self.complete;
        self.block(&attempt.body, maybe, watch);
        // A module that need not be there is one for a single machine.
        let optional = attempt
            .handlers
            .iter()
            .any(|ExceptHandler::ExceptHandler(handler)| {
                let error = handler.type_.as_deref();
                error.is_none_or(|error| is_any_error(error) || last(error).ends_with("Error"))
            });
        self.complete |= complete && optional;
        if self.everything() {
            for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                let any = match handler.type_.as_deref() {
                    None => true,
                    Some(Expr::Tuple(all)) => all.elts.iter().any(is_any_error),
                    Some(one) => is_any_error(one),
                };
                let name = handler.name.as_ref().map_or("", |name| name.as_str());
                self.around.handlers.push((name.to_owned(), any));
                self.block(&handler.body, true, watch);
                self.around.handlers.pop();
            }
        }
        self.block(&attempt.orelse, maybe, watch);
        self.block(&attempt.finalbody, maybe, watch);
    }

    fn bind(&mut self, target: &Expr, value: &Value, maybe: bool) {
        let file = self.file;
        let binding = |target: &Expr| Binding {
            value: value.clone(),
            name: place(target),
            file,
            maybe,
        };
        match target {
            Expr::Name(name) => self.scope.bind(&name.id, binding(target)),
            Expr::Attribute(_) => self.scope.bind(&dotted(target), binding(target)),
            Expr::Tuple(all) => {
                let parts = value.list().unwrap_or_default();
                for (n, one) in all.elts.iter().enumerate() {
                    let unknown = Valued::unknown(place(one), file);
                    let part = match parts.len() == all.elts.len() {
                        true => parts.get(n).cloned().unwrap_or(unknown),
                        false => unknown,
                    };
                    self.bind(one, &part, maybe);
                }
            }
            Expr::Subscript(_) => {
                let mut keys = Vec::new();
                let mut at = target;
                while let Expr::Subscript(subscript) = at {
                    keys.push(self.eval().value(&subscript.slice));
                    at = &subscript.value;
                }
                let name = dotted(at);
                if let Some(old) = self.scope.get(&name).map(|binding| binding.value.clone()) {
                    let eval = self.eval();
                    if let Some(new) = super::change::set(eval, &old, &mut keys, value) {
                        self.scope.change(&name, new);
                    }
                }
            }
            _ => {}
        }
    }

    fn import(
        &mut self,
        module: &str,
        level: u32,
        star: bool,
        names: &[(String, String, Range<usize>)],
        maybe: bool,
    ) {
        if module == "csp.constants" {
            super::csp::constants(&mut self.scope, names, self.file);
            return;
        }
        let Some(tree) = self.tree else { return };
        let from = self.files.get(self.file).cloned().unwrap_or_default();
        let path = super::imports::resolve(tree, &from, module, level);
        let file = path.as_deref().and_then(|path| tree.file(path));
        let known =
            file.filter(|file| !self.importing.contains(&file.path) && self.files.len() < MODULES);
        let Some(file) = known else {
            // What another package defines is no setting that this one wants to have, but for a star.
            let elsewhere = path
                .as_deref()
                .is_some_and(|path| self.importing.iter().any(|one| one == path));
            self.complete &= !star || elsewhere;
            return;
        };
        let source = super::source::read(file);
        self.complete &= !star || source.broken.is_none();
        let outer = self.file;
        self.file = self.files.len();
        self.files.push(file.path.clone());
        self.importing.push(file.path.clone());
        match star {
            true => {
                self.bases.push(file.path.clone());
                self.block(&source.body, maybe, &mut Nobody);
            }
            false => {
                let complete = self.complete;
                self.scope.enter();
                self.block(&source.body, false, &mut Nobody);
                let mut inner = self.scope.leave();
                self.complete = complete;
                for (name, local, _) in names {
                    if let Some(binding) = inner.remove(name) {
                        self.scope.bind(local, binding);
                    }
                }
            }
        }
        self.importing.pop();
        self.file = outer;
    }
}

/// `Exception`, or everything.
fn is_any_error(expr: &Expr) -> bool {
    matches!(last(expr), "Exception" | "BaseException")
}
