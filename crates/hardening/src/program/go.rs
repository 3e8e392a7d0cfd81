//! Go: options of packages that set security headers (unrolled/secure, gin-contrib/secure, the middleware of Echo
//! and Fiber).
//!
//! After the documentation of these packages.

use super::blocks;
use super::eval::Eval;
use super::responses::{Set, header, told};
use super::value::{NONCE, Value, What, replace};
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

const HSTS: &str = "strict-transport-security";
/// Fields that hold a header's value.
const FIELDS: &[(&str, &str)] = &[
    ("ContentSecurityPolicy", "content-security-policy"),
    (
        "ContentSecurityPolicyReportOnly",
        "content-security-policy-report-only",
    ),
    ("CustomFrameOptionsValue", "x-frame-options"),
    ("XFrameOptions", "x-frame-options"),
    ("ReferrerPolicy", "referrer-policy"),
    ("PermissionsPolicy", "permissions-policy"),
    ("PermissionPolicy", "permissions-policy"),
    ("XSSProtection", "x-xss-protection"),
    ("CustomBrowserXssValue", "x-xss-protection"),
    ("ContentTypeNosniff", "x-content-type-options"),
    ("CrossOriginOpenerPolicy", "cross-origin-opener-policy"),
];

/// Adds what such options set.
pub(super) fn look(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    for at in 2..tokens.all.len() {
        let options = tokens.is_any(at, &["Options", "Config", "SecureConfig", "SecureOptions"]);
        let held = tokens.is(at - 1, ".")
            && tokens.is_any(at - 2, &["secure", "helmet", "middleware", "secureheaders"]);
        if options && held && tokens.is(at + 1, "{") && eval.is_live(at) {
            fields(eval, at + 1, out);
        }
    }
}

fn fields(eval: &Eval<'_>, open: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let fields: Vec<(&str, usize, Range<usize>)> = tokens
        .arguments(open)
        .into_iter()
        .filter(|field| tokens.is(field.start + 1, ":"))
        .filter_map(|field| {
            Some((
                tokens.name(field.start)?,
                field.start,
                field.start + 2..field.end,
            ))
        })
        .collect();
    let on = |name: &str| {
        let field = fields.iter().find(|(known, ..)| *known == name);
        field.is_some_and(|(.., value)| tokens.is(value.start, "true"))
    };
    let mut add = |at: usize, name: &str, value: Text, state: State| {
        out.push(Set {
            group: Some(open),
            scope: blocks::scope(tokens, open).to_owned(),
            header: header(name, value, tokens.place(&(at..at + 1)), state),
        });
    };
    for (field, at, range) in &fields {
        let place = tokens.place(range);
        let mut said = Text::default();
        match *field {
            "FrameDeny" if on(field) => said.push("DENY", place),
            "ContentTypeNosniff" if on(field) => said.push("nosniff", place),
            "BrowserXssFilter" if on(field) => said.push("1; mode=block", place),
            "STSSeconds" | "HSTSMaxAge" => {
                let seconds = tokens.word(range.start).replace('_', "");
                if range.len() != 1 || !seconds.parse::<u64>().is_ok_and(|seconds| seconds > 0) {
                    continue;
                }
                let below = on("STSIncludeSubdomains")
                    || *field == "HSTSMaxAge" && !on("HSTSExcludeSubdomains");
                let mut value = format!("max-age={seconds}");
                value.push_str(if below { "; includeSubDomains" } else { "" });
                value.push_str(if on("STSPreload") || on("HSTSPreloadEnabled") {
                    "; preload"
                } else {
                    ""
                });
                said.push(&value, place);
                add(*at, HSTS, said, State::Sent);
                continue;
            }
            _ => {}
        }
        let name = match *field {
            "FrameDeny" => "x-frame-options",
            "BrowserXssFilter" => "x-xss-protection",
            field => match FIELDS.iter().find(|(known, _)| *known == field) {
                Some((_, name)) => name,
                None => continue,
            },
        };
        let only_reports = *field == "ContentSecurityPolicy" && on("CSPReportOnly");
        let name = if only_reports {
            "content-security-policy-report-only"
        } else {
            name
        };
        if !said.value().is_empty() {
            add(*at, name, said, State::Sent);
            continue;
        }
        for one in eval.value(range).alternatives() {
            if matches!(one.what, What::Bool(_) | What::Nothing) || one.str() == Some("") {
                continue;
            }
            let (text, state) = told(one);
            add(*at, name, nonces(&text), state);
        }
    }
}

/// `$NONCE` of unrolled/secure.
fn nonces(text: &Text) -> Text {
    let mut nonce = Text::default();
    nonce.push_dynamic(NONCE, text.file());
    let begins = text.begins();
    let filled = replace(text, "$NONCE", &Value::new(What::Text(nonce), text.file()));
    match begins {
        Some(at) => filled.begins_at(at),
        None => filled,
    }
}
