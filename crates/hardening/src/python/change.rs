//! Calls and assignments that change a list or dictionary in place.

use super::eval::Eval;
use super::run::Run;
use super::source::{dotted, last};
use super::value::{Value, Valued, What};
use ruff_python_ast::{Expr, ExprCall, Operator};

impl Run<'_> {
    /// A call that changes what a name is bound to.
    pub(super) fn call(&mut self, call: &ExprCall) {
        let hands_over = call.arguments.args.iter().any(|one| match one {
            Expr::Call(inner) => matches!(last(&inner.func), "locals" | "globals" | "vars"),
            _ => false,
        });
        let on_all = match &*call.func {
            Expr::Attribute(method) => match &*method.value {
                Expr::Call(inner) => matches!(last(&inner.func), "locals" | "globals" | "vars"),
                _ => false,
            },
            function => matches!(last(function), "exec" | "include" | "execfile"),
        };
        // What this one sets is none of what is asked for when it is missing.
        let heroku = dotted(&call.func) == "django_heroku.settings";
        if (hands_over || on_all) && !heroku {
            self.complete = false;
            return;
        }
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        let name = dotted(&method.value);
        let Some(old) = self.scope.get(&name).map(|binding| binding.value.clone()) else {
            return;
        };
        let eval = self.eval();
        let args: Vec<Value> = call
            .arguments
            .args
            .iter()
            .map(|one| eval.value(one))
            .collect();
        let with = |more: &Value, front: bool| -> Option<Value> {
            let list = old.list()?;
            eval.step(list.len());
            let all: Vec<Value> = match front {
                true => [more].into_iter().chain(list).cloned().collect(),
                false => list.iter().chain([more]).cloned().collect(),
            };
            Some(Valued::new(What::List(all), old.place.clone(), old.file))
        };
        let new = match (method.attr.as_str(), args.as_slice()) {
            ("append" | "add", [more]) => with(more, false),
            ("insert", [_, more]) => with(more, true),
            ("extend", [more]) => eval.binary(Operator::Add, &old, more, &method.value),
            ("update", [more]) => eval.binary(Operator::BitOr, &old, more, &method.value),
            ("remove", [one]) => old.list().map(|list| {
                eval.step(list.len());
                let kept = list
                    .iter()
                    .filter(|other| other.str() != one.str() || one.str().is_none());
                Valued::new(
                    What::List(kept.cloned().collect()),
                    old.place.clone(),
                    old.file,
                )
            }),
            _ => None,
        };
        if let Some(new) = new {
            self.scope.change(&name, new);
        }
    }
}

/// A dictionary with one entry set, however deep; the keys stand from the inside out.
pub(super) fn set(
    eval: Eval<'_>,
    old: &Value,
    keys: &mut Vec<Value>,
    value: &Value,
) -> Option<Value> {
    let key = keys.pop()?;
    let entries = old.dict()?;
    eval.step(entries.len());
    let name = key.str()?.to_owned();
    let inner = old.get(&name).map(|(_, inner)| inner.clone());
    let inner = match keys.is_empty() {
        true => value.clone(),
        false => set(eval, &inner?, keys, value)?,
    };
    let kept = entries
        .iter()
        .filter(|(other, _)| other.str() != Some(&name));
    let all = kept.cloned().chain([(key, inner)]).collect();
    Some(Valued::new(What::Dict(all), old.place.clone(), old.file))
}
