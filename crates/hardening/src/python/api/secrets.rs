//! Secrets that stand in the code, for the case that nobody sets them.

use super::{Api, is_elsewhere};
use crate::python::eval::Eval;
use crate::python::run::Around;
use crate::python::source::{last, literal};
use crate::python::value::{Valued, What};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};

impl Api<'_> {
    /// Defaults of settings classes, and of constants that the environment may replace.
    pub(super) fn secrets(&mut self, eval: Eval<'_>, statement: &Stmt, around: &Around) {
        if self.django || around.names.iter().any(|name| is_elsewhere(name)) {
            return;
        }
        let (target, value) = match statement {
            Stmt::ClassDef(class) => return self.settings(eval, class),
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [target] => (target, &*assign.value),
                _ => return,
            },
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => (&*assign.target, &**value),
                None => return,
            },
            _ => return,
        };
        let name = match target {
            Expr::Subscript(subscript) => literal(&subscript.slice).unwrap_or_default(),
            target => last(target),
        };
        if !is_signing(&name.to_ascii_uppercase()) {
            return;
        }
        let value = eval.value(value);
        match &value.what {
            What::Environment {
                default: Some(default),
                ..
            } if is_written(default) => {
                self.known(name, default);
            }
            What::Text(_) if is_written(&value) && self.serves() => self.known(name, &value),
            _ => {}
        }
    }

    /// Whether the file belongs to an application that signs with such a name.
    fn serves(&self) -> bool {
        let text = self.file.text();
        ["fastapi", "flask", "starlette", "jwt", "jose"]
            .iter()
            .any(|word| text.contains(word))
    }

    /// A class of settings that pydantic fills from the environment.
    fn settings(&mut self, eval: Eval<'_>, class: &StmtClassDef) {
        let bases = class
            .arguments
            .as_ref()
            .map(|one| &*one.args)
            .unwrap_or_default();
        if !bases
            .iter()
            .any(|base| last(base).ends_with("BaseSettings"))
            || is_elsewhere(&class.name)
        {
            return;
        }
        for statement in &class.body {
            let (target, value) = match statement {
                Stmt::AnnAssign(assign) => match &assign.value {
                    Some(value) => (&*assign.target, &**value),
                    None => continue,
                },
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [target] => (target, &*assign.value),
                    _ => continue,
                },
                _ => continue,
            };
            let name = last(target);
            let upper = name.to_ascii_uppercase();
            let value = super::tokens::field(eval, value);
            let default = value.otherwise().filter(|value| is_written(value));
            if is_secret(&upper)
                && let Some(default) = default
            {
                self.known(name, default);
            }
        }
    }

    fn known(&mut self, name: &str, value: &Valued) {
        let told: String = name.chars().take(60).collect();
        let duplicate = self
            .raised
            .iter()
            .any(|one| one.rule.0 == "LG-API-108" && one.place == value.place);
        if duplicate {
            return;
        }
        self.raise(
            "LG-API-108",
            value.place.clone(),
            format!("When nothing sets {told}, the application runs with this value, which everybody can read."),
            &format!("{told}: str  # without a default, so that it must be set"),
        );
    }
}

/// Whether a text could be used as a secret; an address of a file or nothing is none.
fn is_written(value: &Valued) -> bool {
    value.str().is_some_and(|text| {
        let text = text.trim();
        text.len() > 2
            && !text.starts_with(['/', '.'])
            && !text.contains("://")
            && !text.bytes().all(|byte| byte.is_ascii_digit())
            && !matches!(
                text.to_ascii_lowercase().as_str(),
                "true" | "false" | "none" | "null"
            )
    })
}

/// Names of keys that sign.
fn is_signing(upper: &str) -> bool {
    matches!(
        upper,
        "SECRET_KEY"
            | "JWT_SECRET"
            | "JWT_KEY"
            | "SIGNING_KEY"
            | "FERNET_KEY"
            | "ENCRYPTION_KEY"
            | "AUTH_SECRET"
            | "SESSION_SECRET"
            | "TOKEN_SECRET"
    ) || [
        "_SECRET_KEY",
        "JWT_SECRET_KEY",
        "_JWT_SECRET",
        "_SIGNING_KEY",
        "_ENCRYPTION_KEY",
        "_SESSION_SECRET",
    ]
    .iter()
    .any(|end| upper.ends_with(end))
}

/// Names of secrets of any kind.
fn is_secret(upper: &str) -> bool {
    const PARTS: &[&str] = &[
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "API_KEY",
        "APIKEY",
        "PRIVATE_KEY",
        "FERNET",
    ];
    const NONE: &[&str] = &[
        "_FILE",
        "_PATH",
        "_URL",
        "_URI",
        "EXPIR",
        "TTL",
        "ALGORITHM",
        "_NAME",
        "HEADER",
        "LENGTH",
        "PUBLIC",
        "FIELD",
        "TYPE",
        "PREFIX",
        "COOKIE",
        "MINUTES",
        "DAYS",
        "POLICY",
        "REGEX",
        "PATTERN",
        "HASH_",
        "RESET",
        "MIN_",
        "MAX_",
        "_ID",
        "ROUNDS",
        "SCHEME",
    ];
    is_signing(upper)
        || PARTS.iter().any(|part| upper.contains(part))
            && !NONE.iter().any(|part| upper.contains(part))
}
