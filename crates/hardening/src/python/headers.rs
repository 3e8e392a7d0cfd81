//! Headers that an application sets: by a call, by a key, by a dictionary, by Flask-Talisman, by secure.py.

use super::csp::{Builder, dictionary, header};
use super::eval::Eval;
use super::run::{Around, Watch};
use super::source::{dotted, head, inside, last, literal, place};
use super::value::{Valued, What, append, push_unknown};
use crate::file::File;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use ruff_python_ast::{Expr, ExprCall, ExprList, ExprTuple, Stmt};
use std::collections::BTreeMap;
use std::ops::Range;

/// Headers that protect, in lower case.
const NAMES: &[&str] = &[
    "content-security-policy",
    "content-security-policy-report-only",
    "strict-transport-security",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "x-xss-protection",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
    "access-control-allow-origin",
    "access-control-allow-credentials",
];

/// Methods that set a header of that name to that value.
const SETTERS: &[&str] = &[
    "setdefault",
    "append",
    "add",
    "set",
    "set_header",
    "add_header",
    "send_header",
    "header",
];

/// Collects the headers of one file.
pub(super) struct Headers<'t> {
    file: &'t File,
    talisman: bool,
    secure: bool,
    found: BTreeMap<String, (Range<usize>, Vec<Header>)>,
}

impl<'t> Headers<'t> {
    pub(super) fn new(file: &'t File) -> Self {
        let text = file.text();
        Self {
            file,
            talisman: text.contains("alisman"),
            secure: text.contains("import secure") || text.contains("from secure"),
            found: BTreeMap::new(),
        }
    }

    /// What each function says, as responses.
    pub(super) fn responses(self) -> Vec<Response> {
        let response = |(scope, (place, mut headers)): (String, (Range<usize>, Vec<Header>))| {
            headers.sort_by_key(|header| header.place.start);
            Response {
                carrier: "python",
                path: self.file.path.clone(),
                scope,
                place,
                serves: Serves::Unknown,
                tls: None,
                closed: false,
                headers,
            }
        };
        self.found.into_iter().map(response).collect()
    }

    fn add(&mut self, around: &Around, header: Header) {
        let scope = around.names.join(".");
        let at = header.place.clone();
        let (place, headers) = self.found.entry(scope).or_insert((at, Vec::new()));
        place.start = place.start.min(header.place.start);
        if !headers.contains(&header) {
            headers.push(header);
        }
    }

    /// A header with a value as it was folded.
    fn set(&mut self, around: &Around, name: &str, at: Range<usize>, value: &Valued) {
        let known = value.otherwise();
        let value_at = value.place.clone();
        let mut text = Text::default();
        let state = match known.map(|value| &value.what) {
            Some(What::Nothing) => return,
            Some(What::Text(known)) => {
                append(&mut text, known);
                match known.segments().iter().any(|part| !part.dynamic) {
                    true => State::Sent,
                    false => State::Undecidable,
                }
            }
            Some(What::Bool(bool)) => {
                text.push(&bool.to_string(), value_at);
                State::Sent
            }
            _ => {
                push_unknown(&mut text, value_at);
                State::Undecidable
            }
        };
        self.add(around, header(name, text, at, state));
    }

    fn expression(&mut self, eval: Eval<'_>, expr: &Expr, around: &Around) {
        match expr {
            Expr::Dict(dict) => {
                let pairs: Vec<(&Expr, &Expr)> = dict
                    .items
                    .iter()
                    .filter_map(|item| Some((item.key.as_ref()?, &item.value)))
                    .collect();
                self.pairs(eval, &pairs, around);
            }
            Expr::List(ExprList { elts, .. }) | Expr::Tuple(ExprTuple { elts, .. }) => {
                let pairs: Vec<(&Expr, &Expr)> = elts.iter().filter_map(pair_of).collect();
                self.pairs(eval, &pairs, around);
            }
            Expr::Call(call) => self.call(eval, call, around),
            _ => {}
        }
    }

    /// Names and values together: taken when one of them looks like what is sent, not like what is told
    /// of it.
    fn pairs(&mut self, eval: Eval<'_>, pairs: &[(&Expr, &Expr)], around: &Around) {
        let named: Vec<(&str, &Expr, &Expr)> = pairs
            .iter()
            .filter_map(|(key, value)| Some((known(eval, key)?, *key, *value)))
            .collect();
        let values: Vec<_> = named
            .iter()
            .map(|(_, _, value)| eval.value(value))
            .collect();
        let real = |name: &str, value: &Valued| {
            let text = value.otherwise().and_then(Valued::text).map(Text::value);
            text.is_some_and(|text| is_plausible(name, text))
        };
        if !named
            .iter()
            .zip(&values)
            .any(|((name, ..), value)| real(name, value))
        {
            return;
        }
        for ((name, key, _), value) in named.iter().zip(&values) {
            let told = value.otherwise().and_then(Valued::str);
            if told.is_none_or(|text| is_plausible(name, text)) {
                self.set(around, name, place(*key), value);
            }
        }
    }

    fn call(&mut self, eval: Eval<'_>, call: &ExprCall, around: &Around) {
        let method = last(&call.func);
        if SETTERS.contains(&method)
            && let [key, value] = &*call.arguments.args
            && let Some(name) = known(eval, key)
        {
            self.set(around, name, place(key), &eval.value(value));
        }
        // ASGI: `headers.append((b"…", b"…"))`.
        if matches!(method, "append" | "insert")
            && let Some((key, value)) = call.arguments.args.last().and_then(pair_of)
            && let Some(name) = known(eval, key)
        {
            self.set(around, name, place(key), &eval.value(value));
        }
        if matches!(method, "pop" | "remove")
            && dotted(&call.func).contains("headers")
            && let Some(key) = call.arguments.args.first()
            && let Some(name) = known(eval, key)
        {
            self.add(
                around,
                header(name, Text::default(), place(key), State::Removed),
            );
        }
        let cors = |expr: &Expr| last(expr) == "CORSMiddleware";
        if cors(&call.func) || call.arguments.args.first().is_some_and(cors) {
            self.origins(eval, call, around);
        }
        // `Talisman()` alone does nothing until `init_app`.
        let started = match method {
            "Talisman" => !call.arguments.is_empty(),
            "init_app" => {
                dotted(&call.func).ends_with("alisman.init_app")
                    || call
                        .arguments
                        .find_keyword("content_security_policy")
                        .is_some()
            }
            _ => false,
        };
        if self.talisman && started {
            self.talisman(eval, call, around);
        }
    }

    /// `CORSMiddleware` that answers every origin, without credentials; with them it is a weakness of its
    /// own.
    fn origins(&mut self, eval: Eval<'_>, call: &ExprCall, around: &Around) {
        let argument = |name: &str| call.arguments.find_keyword(name).map(|one| &one.value);
        let credentials = argument("allow_credentials").map(|expr| eval.value(expr));
        let with = credentials.is_some_and(|value| value.bool() != Some(false));
        let Some(origins) = argument("allow_origins").map(|expr| eval.value(expr)) else {
            return;
        };
        let list = origins
            .otherwise()
            .and_then(Valued::list)
            .unwrap_or_default();
        if let Some(every) = list.iter().find(|one| one.str() == Some("*"))
            && !with
        {
            self.set(
                around,
                "access-control-allow-origin",
                every.place.clone(),
                every,
            );
        }
    }

    /// Flask-Talisman, whose defaults are a policy of their own.
    fn talisman(&mut self, eval: Eval<'_>, call: &ExprCall, around: &Around) {
        let at = place(&*call.func);
        let argument = |name: &str| call.arguments.find_keyword(name);
        let on = |name: &str| argument(name).and_then(|one| eval.value(&one.value).bool());
        let name = match on("content_security_policy_report_only") {
            Some(true) => "content-security-policy-report-only",
            _ => "content-security-policy",
        };
        let nonces = argument("content_security_policy_nonce_in").map(|one| eval.value(&one.value));
        let nonces: Vec<String> = nonces
            .as_ref()
            .and_then(|value| value.list())
            .unwrap_or_default()
            .iter()
            .filter_map(|one| one.str().map(str::to_owned))
            .collect();
        let given = argument("content_security_policy");
        let Some(keyword) = given else {
            let mut text = Text::default();
            text.push("default-src 'self'; object-src 'none'", at.clone());
            self.add(around, header(name, text, at, State::Sent));
            return;
        };
        let place = place(keyword);
        let value = eval.value(&keyword.value);
        match value.otherwise().map(|value| &value.what) {
            Some(What::Nothing | What::Bool(false)) => {
                let mut text = Text::default();
                text.push("", value.place.clone());
                self.add(around, header(name, text, place, State::Disabled));
            }
            Some(What::Dict(entries)) if entries.is_empty() => {
                self.add(
                    around,
                    header(name, Text::default(), place, State::Disabled),
                );
            }
            Some(What::Dict(entries)) => {
                let mut builder = Builder::new(eval.file);
                dictionary(entries, eval.file, &mut builder, &nonces);
                self.add(around, builder.header(name, place));
            }
            _ => self.set(around, name, place, &value),
        }
    }

    /// secure.py: `ContentSecurityPolicy().default_src("'self'").script_src(…)`, from the end of the chain.
    fn chain(&mut self, eval: Eval<'_>, expr: &Expr, around: &Around) -> bool {
        let mut calls = Vec::new();
        let mut at = expr;
        let root = loop {
            match at {
                Expr::Call(call) => match &*call.func {
                    Expr::Attribute(method) if matches!(&*method.value, Expr::Call(_)) => {
                        calls.push((method, call));
                        at = &method.value;
                    }
                    function => break function,
                },
                _ => return false,
            }
        };
        if last(root) != "ContentSecurityPolicy" || calls.is_empty() {
            return false;
        }
        let mut builder = Builder::new(eval.file);
        for (method, call) in calls.into_iter().rev() {
            let name = method.attr.as_str().replace('_', "-");
            let values = call
                .arguments
                .args
                .iter()
                .map(|one| eval.value(one))
                .collect();
            let value = match call.arguments.args.is_empty() {
                true => What::Bool(true),
                false => What::List(values),
            };
            let at = place(&method.attr);
            builder.directive(&name, at.clone(), &Valued::new(value, at, eval.file));
        }
        let header = builder.header("content-security-policy", place(root));
        self.add(around, header);
        true
    }
}

impl Watch for Headers<'_> {
    fn statement(&mut self, eval: Eval<'_>, statement: &Stmt, around: &Around) {
        let targets: &[Expr] = match statement {
            Stmt::Assign(assign) => &assign.targets,
            Stmt::Delete(delete) => &delete.targets,
            _ => &[],
        };
        for target in targets {
            if let Expr::Subscript(subscript) = target
                && let Some(name) = known(eval, &subscript.slice)
                && !dotted(&subscript.value).contains("request")
            {
                let at = place(&*subscript.slice);
                match statement {
                    Stmt::Assign(assign) => {
                        self.set(around, name, at, &eval.value(&assign.value));
                    }
                    _ => self.add(around, header(name, Text::default(), at, State::Removed)),
                }
            }
        }
        for expr in head(statement) {
            let mut chains = Vec::new();
            for one in inside(expr) {
                let at = place(one);
                let seen = |range: &Range<usize>| range.start <= at.start && at.end <= range.end;
                if self.secure && !chains.iter().any(seen) && self.chain(eval, one, around) {
                    chains.push(at);
                }
                self.expression(eval, one, around);
            }
        }
    }
}

/// A tuple or list of two.
fn pair_of(expr: &Expr) -> Option<(&Expr, &Expr)> {
    match expr {
        Expr::Tuple(ExprTuple { elts, .. }) | Expr::List(ExprList { elts, .. }) => {
            match elts.as_slice() {
                [name, value] => Some((name, value)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The name of a header that protects, if a key is one.
fn known(eval: Eval<'_>, key: &Expr) -> Option<&'static str> {
    let find = |text: &str| {
        NAMES
            .iter()
            .find(|name| name.eq_ignore_ascii_case(text))
            .copied()
    };
    match key {
        Expr::StringLiteral(_) => find(literal(key)?),
        Expr::BytesLiteral(_) | Expr::Name(_) => find(eval.value(key).str()?),
        _ => None,
    }
}

/// Whether a text can be the value of a header, and is not a sentence about it.
fn is_plausible(name: &str, text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    match name {
        "content-security-policy" | "content-security-policy-report-only" => {
            let first = lower
                .split(|c: char| c.is_ascii_whitespace() || c == ';')
                .next();
            let first = first.unwrap_or_default();
            first.contains("-src")
                || matches!(
                    first,
                    "base-uri"
                        | "form-action"
                        | "frame-ancestors"
                        | "sandbox"
                        | "upgrade-insecure-requests"
                        | "report-uri"
                        | "report-to"
                        | "require-trusted-types-for"
                        | "trusted-types"
                        | "block-all-mixed-content"
                        | "dynamic.invalid"
                )
        }
        "strict-transport-security" => lower.contains("max-age"),
        "x-content-type-options" => lower == "nosniff",
        "x-frame-options" => !lower.contains(' ') || lower.starts_with("allow-from "),
        "x-xss-protection" => lower.starts_with(['0', '1']),
        "permissions-policy" => lower.contains('='),
        _ => !lower.contains(' ') || lower.contains(','),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::run::Run;
    use crate::python::source::read;

    fn headers(text: &str) -> Vec<(String, String, State)> {
        let file = File::new("app/main.py", text.as_bytes());
        let mut headers = Headers::new(&file);
        let mut run = Run::new(&file.path, None);
        run.block(&read(&file).body, false, &mut headers);
        let all = headers.responses().into_iter().flat_map(|one| one.headers);
        all.map(|one| (one.name, one.value.value().to_owned(), one.state))
            .collect()
    }

    fn policy(text: &str) -> String {
        let all = headers(text);
        let one = all
            .iter()
            .find(|(name, ..)| name.starts_with("content-security-policy"));
        one.map(|(_, value, state)| format!("{state:?} {value}"))
            .unwrap_or_default()
    }

    #[test]
    fn policies_of_all_shapes() {
        for (text, expected) in [
            (
                "def f(r):\n  r.headers['Content-Security-Policy'] = \"default-src 'self'; \" \"img-src *\"\n",
                "Sent default-src 'self'; img-src *",
            ),
            (
                "P = [\"default-src 'self'\", 'img-src *']\ndef f(r):\n  r.headers['content-security-policy'] = '; '.join(P)\n",
                "Sent default-src 'self'; img-src *",
            ),
            (
                "def f(r, nonce):\n  csp = f\"script-src 'nonce-{nonce}'\"\n  csp += '; img-src *'\n  r['Content-Security-Policy'] = csp\n",
                "Sent script-src 'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'; img-src *",
            ),
            (
                "H = [(b'content-security-policy', b\"default-src 'none'\"), (b'x-frame-options', b'DENY')]\n",
                "Sent default-src 'none'",
            ),
            (
                "C = \"default-src 'none'\"\ndef f(h):\n  h.append((b'content-security-policy', C.encode()))\n",
                "Sent default-src 'none'",
            ),
            (
                "H = ((b'x-frame-options', b'DENY'), (b'content-security-policy', b\"img-src *; \" b'base-uri *'))\n",
                "Sent img-src *; base-uri *",
            ),
            (
                "def f(r):\n  r.headers.setdefault('Content-Security-Policy', 'default-src %s' % host)\n",
                "Sent default-src dynamic.invalid",
            ),
            (
                "def f(r):\n  r.headers['Content-Security-Policy'] = settings.csp\n",
                "Undecidable dynamic.invalid",
            ),
            (
                "H = {'Content-Security-Policy': 'Stops injected scripts', 'X-Frame-Options': 'Stops framing of pages'}\n",
                "",
            ),
            (
                "from flask_talisman import Talisman\nTalisman(app)\n",
                "Sent default-src 'self'; object-src 'none'",
            ),
            (
                "from flask_talisman import Talisman\nTalisman(app, content_security_policy=None)\n",
                "Disabled ",
            ),
            (
                "from flask_talisman import Talisman\nt = Talisman()\ntalisman.init_app(app, content_security_policy={'default-src': \"'self'\", 'script-src': ['a.example']}, content_security_policy_nonce_in=['script-src'])\n",
                "Sent default-src 'self'; script-src a.example 'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'",
            ),
            (
                "import secure\ncsp = secure.ContentSecurityPolicy().default_src(\"'none'\").img_src(\"'self'\", 'a.example')\n",
                "Sent default-src 'none'; img-src 'self' a.example",
            ),
        ] {
            assert_eq!(policy(text), expected, "{text}");
        }
    }

    #[test]
    fn places_lead_to_the_tokens() {
        let text = "def f(r):\n  csp = (\"default-src 'self'; \"\n    \"script-src 'unsafe-inline'\")\n  r.headers['Content-Security-Policy'] = csp\n";
        let file = File::new("a.py", text.as_bytes());
        let mut headers = Headers::new(&file);
        Run::new("a.py", None).block(&read(&file).body, false, &mut headers);
        let responses = headers.responses();
        let header = &responses[0].headers[0];
        let at = header.value.value().find("'unsafe-inline'").unwrap();
        let place = header.value.place(at..at + 15);
        assert_eq!(text.get(place), Some("'unsafe-inline'"));
        let name = text.get(header.place.clone());
        assert_eq!(name, Some("'Content-Security-Policy'"));
        assert_eq!(responses[0].scope, "f");
    }
}
