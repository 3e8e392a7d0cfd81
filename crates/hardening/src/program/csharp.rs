//! C#: builders of policies (NetEscapades.AspNetCore.SecurityHeaders, NWebsec), and HSTS of ASP.NET Core.
//!
//! After the documentation of these packages.

use super::blocks;
use super::eval::Eval;
use super::policy::{self, Policy};
use super::responses::{Set, header};
use super::value::{What, unknown};
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

const CSP: &str = "content-security-policy";
const REPORT_ONLY: &str = "content-security-policy-report-only";

/// Adds what these packages set.
pub(super) fn look(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    for at in 0..tokens.all.len() {
        let calls = tokens.is(at + 1, "(") && eval.is_live(at);
        let Some(name) = tokens.name(at).filter(|_| calls) else {
            continue;
        };
        let place = tokens.place(&(at..at + 1));
        let mut says = |name: &'static str, value: &str, state: State| {
            let mut text = Text::default();
            text.push(value, place.clone());
            out.push(Set {
                group: blocks::function(tokens, at),
                scope: blocks::scope(tokens, at).to_owned(),
                header: header(name, text, place.clone(), state),
            });
        };
        match name {
            "AddContentSecurityPolicy" | "AddCspHeader" | "UseCsp" => built(eval, at, CSP, out),
            "AddContentSecurityPolicyReportOnly" | "UseCspReportOnly" => {
                built(eval, at, REPORT_ONLY, out)
            }
            "AddFrameOptionsDeny" => says("x-frame-options", "DENY", State::Sent),
            "AddFrameOptionsSameOrigin" => says("x-frame-options", "SAMEORIGIN", State::Sent),
            "AddContentTypeOptionsNoSniff" | "UseXContentTypeOptions" => {
                says("x-content-type-options", "nosniff", State::Sent);
            }
            "AddXssProtectionBlock" | "AddXssProtectionEnabled" => {
                says("x-xss-protection", "1; mode=block", State::Sent);
            }
            "UseXfo" => {
                let inside = tokens.inside(at + 1);
                let value = match inside.clone().any(|at| tokens.is(at, "Deny")) {
                    true => "DENY",
                    false => "SAMEORIGIN",
                };
                says("x-frame-options", value, State::Sent);
            }
            // How long it holds is said where the services are set up.
            "UseHsts" => says("strict-transport-security", "", State::Undecidable),
            _ => {}
        }
    }
}

fn built(eval: &Eval<'_>, at: usize, name: &'static str, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let place = tokens.place(&(at..at + 1));
    let called = at
        .checked_sub(1)
        .is_some_and(|before| tokens.is(before, "."));
    if !called {
        return;
    }
    let inside = tokens.inside(at + 1);
    let mut policy = Policy::default();
    let ranges = match inside.len() {
        1 => eval.body(tokens.word(inside.start)).into_iter().collect(),
        _ => vec![inside.clone()],
    };
    for range in ranges {
        read(eval, &range, &mut policy);
    }
    let (text, state) = match policy.is_empty() {
        // Without an argument it is a method of somebody's own.
        true if inside.is_empty() || tokens.is(at, "UseCsp") => return,
        true => {
            let mut text = Text::default();
            unknown(&mut text, place.clone());
            (text, State::Undecidable)
        }
        false => {
            // What fills them is told elsewhere.
            policy.fill_empty();
            (policy.text(), State::Sent)
        }
    };
    let begins = place.start;
    out.push(Set {
        group: blocks::function(tokens, at),
        scope: blocks::scope(tokens, at).to_owned(),
        header: header(name, text.begins_at(begins), place, state),
    });
}

/// The directives that a builder's methods name, with the sources that are called on each.
fn read(eval: &Eval<'_>, range: &Range<usize>, policy: &mut Policy) {
    let tokens = &eval.tokens;
    // The directive that is being filled, and up to where: its brackets, or the end of the statement.
    let mut current: Option<(String, usize)> = None;
    // What is said of one policy is no longer.
    for at in range.clone().take(8000) {
        let over = current.as_ref().is_some_and(|(_, end)| match *end {
            0 => tokens.is(at, ";"),
            end => at >= end,
        });
        if over {
            current = None;
        }
        let held = at
            .checked_sub(1)
            .is_some_and(|before| tokens.is(before, "."));
        let Some(word) = tokens.name(at).filter(|_| held && eval.is_live(at)) else {
            continue;
        };
        let calls = tokens.is(at + 1, "(");
        let place = tokens.place(&(at..at + 1));
        if word == "AddCustomDirective" && calls {
            custom(eval, at, policy);
        } else if let Some(name) = directive(word) {
            policy.directive(&name, place);
            let filled = calls && !tokens.inside(at + 1).is_empty();
            current = Some((name, if filled { tokens.after(at + 1) } else { 0 }));
        } else if let Some((name, _)) = current.clone() {
            if calls {
                source(eval, at, word, &name, policy);
            } else if tokens.is(at + 1, "=") {
                property(eval, at, word, &name, policy);
            }
        }
    }
}

/// `options.SelfSrc = true`, `options.CustomSources = …`
fn property(eval: &Eval<'_>, at: usize, word: &str, name: &str, policy: &mut Policy) {
    let tokens = &eval.tokens;
    if word == "CustomSources" {
        return policy.value(name, &eval.value(&tokens.expression(at + 2)), &|_| None);
    }
    let on = tokens.is(at + 2, "true");
    let keyword = word.strip_suffix("Src").and_then(policy::word);
    if let Some(keyword) = keyword.filter(|_| on) {
        policy.word(name, &keyword, tokens.place(&(at..at + 1)));
    }
}

/// `AddCustomDirective("name", "value")`
fn custom(eval: &Eval<'_>, at: usize, policy: &mut Policy) {
    let arguments = eval.tokens.arguments(at + 1);
    let name = arguments.first().map(|range| eval.value(range));
    let name = name
        .as_ref()
        .and_then(|name| name.str())
        .and_then(policy::directive);
    let Some(name) = name else {
        return;
    };
    policy.directive(&name, eval.tokens.place(&(at..at + 1)));
    if let Some(value) = arguments.get(1) {
        policy.value(&name, &eval.value(value), &policy::word);
    }
}

/// The directive of `AddScriptSrc`, `ScriptSources`, `AllowScripts`.
fn directive(word: &str) -> Option<String> {
    const NAMES: &[(&str, &str)] = &[
        ("DefaultSources", "default-src"),
        ("ScriptSources", "script-src"),
        ("StyleSources", "style-src"),
        ("ObjectSources", "object-src"),
        ("ImageSources", "img-src"),
        ("MediaSources", "media-src"),
        ("FrameSources", "frame-src"),
        ("FontSources", "font-src"),
        ("ConnectSources", "connect-src"),
        ("BaseUris", "base-uri"),
        ("ChildSources", "child-src"),
        ("FormActions", "form-action"),
        ("WorkerSources", "worker-src"),
        ("ManifestSources", "manifest-src"),
        ("ReportUris", "report-uri"),
        ("FrameAncestors", "frame-ancestors"),
        ("AddFrameSource", "frame-src"),
        ("AllowScripts", "script-src"),
        ("AllowStyles", "style-src"),
        ("AllowImages", "img-src"),
        ("AllowFonts", "font-src"),
        ("AllowConnections", "connect-src"),
        ("AllowFrames", "frame-src"),
        ("AllowFraming", "frame-ancestors"),
        ("AllowAudioAndVideo", "media-src"),
        ("AllowPlugins", "object-src"),
        ("AllowFormActions", "form-action"),
        ("ByDefaultAllow", "default-src"),
        ("AllowBaseUri", "base-uri"),
        ("AllowManifest", "manifest-src"),
        ("AllowWorkers", "worker-src"),
    ];
    let known = NAMES.iter().find(|(known, _)| *known == word);
    if let Some((_, name)) = known {
        return Some((*name).to_owned());
    }
    let plain = word.strip_prefix("Add").unwrap_or(word);
    let shouts = plain.starts_with(|c: char| c.is_ascii_uppercase());
    policy::directive(plain).filter(|_| shouts)
}

fn source(eval: &Eval<'_>, at: usize, word: &str, name: &str, policy: &mut Policy) {
    let tokens = &eval.tokens;
    let place = tokens.place(&(at..at + 1));
    let arguments = tokens.arguments(at + 1);
    let refused = arguments
        .first()
        .is_some_and(|first| tokens.is(first.start, "false"));
    if refused {
        return;
    }
    match word {
        "WithNonce" | "AddNonce" | "Nonce" => policy.nonce(name, place),
        "WithHash256" | "WithHash384" | "WithHash512" | "WithHash" => {
            let kind = match word {
                "WithHash384" => "sha384",
                "WithHash512" => "sha512",
                _ => "sha256",
            };
            let value = arguments.last().map(|range| eval.value(range));
            match value.as_ref().and_then(|value| value.str()) {
                Some(hash) => policy.word(name, &format!("'{kind}-{hash}'"), place),
                None => policy.nonce(name, place),
            }
        }
        "FromSelf" => policy.word(name, "'self'", place),
        "FromNowhere" | "FromNoone" => policy.word(name, "'none'", place),
        "FromAnywhere" | "All" => policy.word(name, "*", place),
        "AllowUnsafeInline" => policy.word(name, "'unsafe-inline'", place),
        "AllowUnsafeEval" => policy.word(name, "'unsafe-eval'", place),
        "OverHttps" | "OnlyOverHttps" => policy.word(name, "https:", place),
        "OverHttp" => policy.word(name, "http:", place),
        "From" | "CustomSources" | "To" | "Uris" | "Sources" | "Add" => {
            for range in &arguments {
                let value = eval.value(range);
                // A name that nothing explains is no keyword here.
                match value.what {
                    What::Named(_) => policy.value(
                        name,
                        &super::value::Value::unknown(value.place),
                        &policy::word,
                    ),
                    _ => policy.value(name, &value, &policy::word),
                }
            }
        }
        _ => {
            if let Some(word) = policy::word(word) {
                policy.word(name, &word, place);
            }
        }
    }
}
