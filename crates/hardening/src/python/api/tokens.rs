//! Tokens: how they are checked, and how long they live.

use super::Api;
use crate::python::eval::Eval;
use crate::python::source::{last, literal, place};
use crate::python::value::{Valued, What};
use ruff_python_ast::{Expr, ExprCall, ExprDict, Stmt};

/// Minutes for which a token that opens everything may live.
const LONGEST: f64 = 60.0;

impl Api<'_> {
    /// Which algorithms a check of tokens takes.
    pub(super) fn tokens(&mut self, eval: Eval<'_>, call: &ExprCall) {
        if let Some(keyword) = call.arguments.find_keyword("algorithms") {
            self.algorithms(&eval.value(&keyword.value));
        }
        if last(&call.func) == "decode"
            && let Some(keyword) = call.arguments.find_keyword("verify")
            && eval.value(&keyword.value).bool() == Some(false)
        {
            self.unchecked(place(keyword));
        }
    }

    fn algorithms(&mut self, value: &Valued) {
        let Some(list) = value.otherwise().and_then(Valued::list) else {
            return;
        };
        let begins = |begin: &[&str]| {
            list.iter().any(|one| {
                one.str()
                    .is_some_and(|name| begin.iter().any(|b| name.starts_with(b)))
            })
        };
        if begins(&["HS"]) && begins(&["RS", "ES", "PS", "EdDSA"]) {
            self.raise(
                "LG-API-101",
                value.place.clone(),
                "Tokens are taken with a shared secret and with a key pair: whoever knows the public key signs tokens with it as the secret.",
                "algorithms=[\"RS256\"]",
            );
        } else if list.iter().any(|one| {
            one.str()
                .is_some_and(|name| name.eq_ignore_ascii_case("none"))
        }) {
            self.raise(
                "LG-API-101",
                value.place.clone(),
                "Tokens are taken that nobody has signed.",
                "algorithms=[\"RS256\"]",
            );
        }
    }

    /// `{"verify_signature": False}`.
    pub(super) fn unverified(&mut self, eval: Eval<'_>, dict: &ExprDict) {
        for item in &dict.items {
            let Some(key) = item.key.as_ref() else {
                continue;
            };
            match literal(key) {
                Some("verify_signature") if eval.value(&item.value).bool() == Some(false) => {
                    self.unchecked(place(key).start..place(&item.value).end);
                }
                Some(name) if name.len() < 60 => self.lifetime(name, &eval.value(&item.value)),
                _ => {}
            }
        }
    }

    fn unchecked(&mut self, place: std::ops::Range<usize>) {
        self.raise(
            "LG-API-103",
            place,
            "The signature of a token is not checked: everybody can write one for anybody.",
            "jwt.decode(token, key, algorithms=[\"RS256\"])",
        );
    }

    /// How long tokens live, in constants and settings.
    pub(super) fn lifetimes(&mut self, eval: Eval<'_>, statement: &Stmt) {
        let (target, value) = match statement {
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
        if is_lifetime(name) {
            self.lifetime(name, &field(eval, value));
        }
        // A list of all that a library can do is named in other words.
        if matches!(name, "ALGORITHMS" | "JWT_ALGORITHMS" | "TOKEN_ALGORITHMS") {
            self.algorithms(&eval.value(value));
        }
    }

    fn lifetime(&mut self, name: &str, value: &Valued) {
        if !is_lifetime(name) {
            return;
        }
        let upper = name.to_ascii_uppercase();
        let Some(known) = value.otherwise() else {
            return;
        };
        let minutes = match &known.what {
            What::Duration(seconds) => seconds / 60.0,
            What::Number(number) if upper.contains("MINUTE") => *number,
            What::Number(number) if upper.contains("HOUR") => number * 60.0,
            What::Number(number) if upper.contains("DAY") => number * 1_440.0,
            What::Number(number) if upper.contains("SECOND") => number / 60.0,
            // Flask-JWT-Extended counts seconds, and False is for ever.
            What::Number(number) if upper == "JWT_ACCESS_TOKEN_EXPIRES" => number / 60.0,
            What::Bool(false) if upper == "JWT_ACCESS_TOKEN_EXPIRES" => f64::INFINITY,
            _ => return,
        };
        if minutes > LONGEST {
            let told = match minutes {
                minutes if minutes.is_infinite() => "for ever".to_owned(),
                minutes if minutes >= 2_880.0 => format!("{:.0} days", minutes / 1_440.0),
                minutes => format!("{minutes:.0} minutes"),
            };
            self.raise(
                "LG-API-102",
                value.place.clone(),
                format!(
                    "A token that opens everything lives {told}: a stolen one is good for as long."
                ),
                "ACCESS_TOKEN_EXPIRE_MINUTES = 15",
            );
        }
    }
}

/// The default of a field: `Field(1440)`, `Field(default=1440)`, or the value itself.
pub(super) fn field(eval: Eval<'_>, value: &Expr) -> crate::python::value::Value {
    if let Expr::Call(call) = value
        && matches!(last(&call.func), "Field" | "SecretStr" | "SecretBytes")
    {
        let default = call
            .arguments
            .find_keyword("default")
            .map(|keyword| &keyword.value);
        if let Some(default) = default.or_else(|| call.arguments.args.first()) {
            return field(eval, default);
        }
    }
    eval.value(value)
}

/// Whether a name is the lifetime of a token that opens an interface.
fn is_lifetime(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    has(&["EXPIR", "LIFETIME", "TTL"])
        && (has(&["ACCESS"]) || has(&["JWT"]) || upper.starts_with("TOKEN_EXPIR"))
        && !has(&[
            "REFRESH",
            "RESET",
            "VERIF",
            "INVIT",
            "EMAIL",
            "CONFIRM",
            "ACTIVAT",
            "REMEMBER",
            "CSRF",
            "SLIDING",
            "PASSWORD",
            "CACHE",
            "COOKIE_NAME",
        ])
}
