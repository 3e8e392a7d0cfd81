//! What an interface shows to everybody: its documentation, its figures, its sign-in without a limit.

use super::Api;
use crate::check::{Found, Raised};
use crate::file::Tree;
use crate::message::quoted;
use crate::python::source::{inside, last, literal, place, read};
use crate::role::Role;
use aho_corasick::AhoCorasick;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use std::sync::LazyLock;

impl Api<'_> {
    /// The documentation of the interface.
    pub(super) fn documentation(&mut self, call: &ExprCall) {
        if last(&call.func) != "FastAPI" {
            return;
        }
        let switched = ["docs_url", "openapi_url"]
            .iter()
            .any(|name| call.arguments.find_keyword(name).is_some())
            || call
                .arguments
                .keywords
                .iter()
                .any(|keyword| keyword.arg.is_none());
        if !switched {
            self.raise(
                "LG-API-110",
                place(&*call.func),
                "/docs, /redoc and /openapi.json answer everybody.",
                "FastAPI(docs_url=None, redoc_url=None, openapi_url=None)",
            );
        }
    }

    /// Figures of the running program.
    pub(super) fn surface(&mut self, statement: &Stmt) {
        let Stmt::FunctionDef(function) = statement else {
            return;
        };
        if let Some(path) = route(function, &["get", "route"], FIGURES)
            && !is_guarded(function)
        {
            let told = literal(path).unwrap_or_default();
            self.raise(
                "LG-API-110",
                place(path),
                format!(
                    "The figures of the running program answer everybody at {}.",
                    quoted(told)
                ),
                &format!("@app.get(\"{told}\", dependencies=[Depends(internal_only)])"),
            );
        }
    }
}

/// Ends of paths under which a program tells of itself. What only says that it lives tells nothing.
const FIGURES: &[&str] = &[
    "/metrics",
    "/health/detailed",
    "/health/details",
    "/health/metrics",
    "/health/full",
];

/// Takes back what a server in front decides: it has a location for just that path.
fn in_front(tree: &Tree, found: &mut Found) {
    let any = |one: &Raised| one.rule.0 == "LG-API-110";
    if !found.raised.iter().any(any) {
        return;
    }
    let servers = || {
        tree.files()
            .filter(|file| (crate::carrier::nginx::KIND.fits)(&file.path))
    };
    let locations: Vec<&str> = servers()
        .flat_map(|file| file.text().lines())
        .filter_map(|line| line.trim().strip_prefix("location "))
        .filter_map(|rest| {
            rest.trim_start_matches(['=', '^', '~', ' '])
                .split(['{', ' '])
                .next()
        })
        .collect();
    found.raised.retain(|one| {
        let text = tree.file(&one.path).map_or("", |file| file.text());
        let path = text.get(one.place.clone()).unwrap_or_default();
        let path = path.trim_matches(['"', '\'']).trim_end_matches('/');
        let decided = path.starts_with('/')
            && locations
                .iter()
                .any(|location| location.trim_end_matches('/') == path);
        !(any(one) && decided)
    });
}

/// The path of a route that ends as one of these.
pub(super) fn route<'f>(
    function: &'f StmtFunctionDef,
    verbs: &[&str],
    ends: &[&str],
) -> Option<&'f Expr> {
    function.decorator_list.iter().find_map(|decorator| {
        let Expr::Call(call) = &decorator.expression else {
            return None;
        };
        let path = call.arguments.args.first()?;
        let text = literal(path)?.trim_end_matches('/');
        let fits = verbs.contains(&last(&call.func)) && ends.iter().any(|end| text.ends_with(end));
        fits.then_some(path)
    })
}

/// Whether something is asked before the function runs.
fn is_guarded(function: &StmtFunctionDef) -> bool {
    let asks = |expr: &Expr| {
        inside(expr).into_iter().any(|one| {
            matches!(one, Expr::Call(call) if matches!(last(&call.func), "Depends" | "Security"))
        })
    };
    let parameters = || function.parameters.iter_non_variadic_params();
    let annotated = parameters().filter_map(|one| one.parameter.annotation.as_deref());
    let defaults = parameters().filter_map(|one| one.default.as_deref());
    let decorated = function
        .decorator_list
        .iter()
        .any(|one| match &one.expression {
            Expr::Call(call) => call.arguments.find_keyword("dependencies").is_some(),
            other => matches!(last(other), "login_required" | "requires_auth"),
        });
    decorated || annotated.chain(defaults).any(asks) || function.decorator_list.len() > 1
}

/// Words of whatever counts how often somebody tries.
const LIMITERS: &[&str] = &[
    "slowapi",
    "fastapi_limiter",
    "fastapi-limiter",
    "flask_limiter",
    "flask-limiter",
    "ratelimit",
    "rate_limit",
    "ratelimiter",
    "throttle",
    "axes",
    "limits.",
    "brute",
    "lockout",
    "failed_login",
    "failed_attempts",
    "login_attempts",
];

static LIMITER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).build(LIMITERS).ok()
});

/// Sign-in that can be tried without a limit: nothing in the repository counts.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    in_front(tree, found);
    let runs = |path: &str| {
        let role = roles(path);
        role.counts() && role != Role::Test
    };
    let python = || {
        tree.files()
            .filter(|file| file.path.ends_with(".py") && runs(&file.path))
    };
    let words = ["/login", "/token", "/signin", "/sign-in"];
    let signs_in = |text: &str| {
        ["@", ".post("].iter().all(|word| text.contains(word))
            && words.iter().any(|word| text.contains(word))
    };
    let doors: Vec<_> = python().filter(|file| signs_in(file.text())).collect();
    if doors.is_empty() {
        return;
    }
    let counts = |text: &str| {
        LIMITER
            .as_ref()
            .is_none_or(|limiter| limiter.is_match(text))
    };
    let elsewhere = |path: &str| {
        let name = path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        crate::python::is_requirements(path)
            || name.contains("nginx")
            || name.contains("traefik")
            || name.contains("compose")
    };
    let told =
        |text: &str| text.contains("limit_req") || text.contains("ratelimit") || counts(text);
    if python().any(|file| counts(file.text()))
        || tree
            .files()
            .any(|file| elsewhere(&file.path) && told(file.text()))
    {
        return;
    }
    for file in doors {
        let source = read(file);
        let mut doors = Doors(Vec::new());
        doors.visit_body(&source.body);
        found.raised.extend(doors.0.into_iter().map(|path| {
            Raised::new(
                "LG-API-109",
                &file.path,
                place(path),
                "Passwords can be tried here as fast as the server answers; nothing in the repository counts.",
            )
            .better("@limiter.limit(\"5/minute\")")
        }));
    }
}

/// Routes at which people sign in.
struct Doors<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Doors<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(function) = statement {
            self.0.extend(route(
                function,
                &["post"],
                &["/login", "/token", "/signin", "/sign-in"],
            ));
        }
        walk_stmt(self, statement);
    }
}
