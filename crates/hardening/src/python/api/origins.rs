//! Which other sites may ask in the name of a user.

use super::Api;
use crate::python::eval::Eval;
use crate::python::source::{last, place};
use crate::python::value::{Value, Valued, What};
use ruff_python_ast::{Expr, ExprCall};

/// Patterns that fit every origin.
const EVERY: &[&str] = &[
    ".*",
    "^.*$",
    "^.*",
    ".+",
    "^.+$",
    "https?://.*",
    "^https?://.*$",
    "https?://.+",
    "^https?://.*",
    "https://.*",
];

impl Api<'_> {
    /// `CORSMiddleware` of Starlette and FastAPI, `CORS` of Flask-CORS.
    pub(super) fn origins(&mut self, eval: Eval<'_>, call: &ExprCall) {
        let middleware = last(&call.func) == "CORSMiddleware"
            || call
                .arguments
                .args
                .first()
                .is_some_and(|one| last(one) == "CORSMiddleware");
        let flask = self.flask_cors && last(&call.func) == "CORS";
        if !middleware && !flask {
            return;
        }
        let argument = |name: &str| {
            call.arguments
                .find_keyword(name)
                .map(|keyword| &keyword.value)
        };
        let credentials = argument(match flask {
            true => "supports_credentials",
            false => "allow_credentials",
        });
        let credentials = credentials.map(|expr| eval.value(expr));
        let with = credentials
            .as_ref()
            .and_then(|value| value.otherwise())
            .and_then(Valued::bool);
        if with != Some(true) {
            return;
        }
        let place = match flask {
            true => self.flask(eval, call),
            false => {
                let listed = argument("allow_origins").and_then(|expr| every(&eval.value(expr)));
                let fits = |value: &Value| value.str().is_some_and(|text| EVERY.contains(&text));
                let pattern = argument("allow_origin_regex").map(|expr| eval.value(expr));
                listed.or_else(|| pattern.filter(fits).map(|value| value.place.clone()))
            }
        };
        if let Some(place) = place {
            self.raise(
                "LG-API-105",
                place,
                "Every site may ask in the name of a user who is signed in: with credentials, the middleware answers \"*\" with the name of whoever asks.",
                match flask {
                    true => "CORS(app, origins=[\"https://www.example.org\"], supports_credentials=True)",
                    false => "allow_origins=[\"https://www.example.org\"],",
                },
            );
        }
    }

    fn flask(&self, eval: Eval<'_>, call: &ExprCall) -> Option<std::ops::Range<usize>> {
        let argument = |name: &str| {
            call.arguments
                .find_keyword(name)
                .map(|keyword| &keyword.value)
        };
        if let Some(origins) = argument("origins") {
            return every(&eval.value(origins));
        }
        if let Some(resources) = argument("resources") {
            let value = eval.value(resources);
            for (_, options) in value.dict().unwrap_or_default() {
                match options.get("origins") {
                    Some((_, origins)) => {
                        if let Some(place) = every(origins) {
                            return Some(place);
                        }
                    }
                    None if options.dict().is_some() => return Some(options.place.clone()),
                    None => {}
                }
            }
            return None;
        }
        // Without a word, it is every origin.
        matches!(&*call.func, Expr::Name(_) | Expr::Attribute(_)).then(|| place(&*call.func))
    }
}

/// The place of a `*`.
fn every(value: &Valued) -> Option<std::ops::Range<usize>> {
    let known = value.otherwise()?;
    let star = |one: &Valued| {
        one.str()
            .is_some_and(|text| text.trim() == "*" || EVERY.contains(&text))
    };
    match &known.what {
        What::List(all) => all
            .iter()
            .find(|one| star(one))
            .map(|one| one.place.clone()),
        What::Text(_) => star(known).then(|| known.place.clone()),
        _ => None,
    }
}
