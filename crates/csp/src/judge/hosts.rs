//! Hosts and schemes that let an attacker's script in.

use super::Judge;
use super::plain::is_local;
use crate::bypass::{self, Bypass};
use crate::directive::Act;
use crate::flaw::{RuleId, Severity, quoted};
use crate::given::Answer;
use crate::parse::{Policy, Token};
use crate::rules;
use crate::source::{Host, Keyword, Source};
use crate::url::Url;
use std::collections::BTreeSet;

/// Names under which anybody may have one of their own, besides those of a single label.
const SHARED: &[&str] = &[
    "appspot.com",
    "azureedge.net",
    "azurewebsites.net",
    "blob.core.windows.net",
    "blogspot.com",
    "cloudfront.net",
    "firebaseapp.com",
    "fly.dev",
    "gitlab.io",
    "github.io",
    "glitch.me",
    "herokuapp.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "s3.amazonaws.com",
    "amazonaws.com",
    "surge.sh",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// Second labels under which countries register names: `co.uk`, `com.au`.
const SECOND: &[&str] = &[
    "ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "ne", "or", "org",
];

/// Different sources of one list that are asked about: each is held against every other policy.
const MOST_JUDGED: usize = 1024;

pub(super) fn judge(judge: &mut Judge<'_, '_>) {
    for policy in judge.enforced() {
        for act in [Act::Script, Act::OldScript] {
            let Some(directive) = policy.governing(act) else {
                continue;
            };
            let same = act == Act::OldScript && policy.get("script-src-elem").is_none();
            let own = act == Act::Script || directive.lower == "script-src";
            if same || !own || directive.has(Keyword::StrictDynamic) {
                continue;
            }
            let list = List {
                policy,
                act,
                nonces: directive.has_nonce_or_hash(),
                eval: judge.all_let(|policy| policy.eval(&[Keyword::UnsafeEval])),
            };
            let mut seen = BTreeSet::new();
            for (token, source) in directive.values.iter().zip(&directive.sources) {
                if seen.len() < MOST_JUDGED && seen.insert(token.text) {
                    script(judge, &list, token, source);
                }
            }
        }
        flash(judge, policy);
    }
}

/// Any host, or a part of the world that anybody may join.
pub(super) fn is_wide(source: &Source<'_>) -> bool {
    matches!(source, Source::Host(host) if host.host == "*")
}

/// What is known of the list that governs scripts.
struct List<'p, 't> {
    policy: &'p Policy<'t>,
    act: Act,
    /// It has a nonce or a hash.
    nonces: bool,
    /// Every policy lets text become code.
    eval: bool,
}

impl List<'_, '_> {
    /// Adds a flaw; a lesser one where only old browsers heed the list.
    fn add(
        &self,
        judge: &mut Judge<'_, '_>,
        rule: RuleId,
        severity: Severity,
        token: &Token<'_>,
        message: &str,
    ) {
        let (severity, message) = match self.act {
            Act::OldScript => {
                let message = message.trim_end_matches('.');
                let message = format!("{message}, in browsers that do not know `script-src-elem`.");
                (severity.min(Severity::Low), message)
            }
            _ => (severity, message.to_owned()),
        };
        judge.add_as(
            rule,
            severity,
            self.policy,
            token.place.clone(),
            message,
            None,
        );
    }
}

fn script(judge: &mut Judge<'_, '_>, list: &List<'_, '_>, token: &Token<'_>, source: &Source<'_>) {
    match source {
        Source::Scheme(name) => {
            let lower = name.to_ascii_lowercase();
            let (urls, severity): (&[Url<'_>], _) = match lower.as_str() {
                "https" => (&[Url::HTTPS], Severity::High),
                "http" => (&[Url::HTTPS, Url::HTTP], Severity::High),
                // Not all browsers follow the specification here.
                "ws" | "wss" => (&[Url::HTTPS], Severity::Medium),
                "data" => (&[Url::DATA], Severity::High),
                "blob" => (&[Url::BLOB], Severity::Low),
                "filesystem" => (&[Url::at("filesystem", "")], Severity::Low),
                _ => return,
            };
            if !urls.iter().any(|url| judge.all_fetch(list.act, *url)) {
                return;
            }
            let message = match lower.as_str() {
                "data" => {
                    "`data:` lets inserted script run: it stands in the address itself.".to_owned()
                }
                "blob" | "filesystem" => {
                    "Script that other script of the page has put together runs.".to_owned()
                }
                _ => format!(
                    "Script of every host runs: {} names none.",
                    quoted(token.text)
                ),
            };
            list.add(judge, rules::SCRIPT_SCHEME, severity, token, &message);
        }
        Source::Host(host) => {
            let wide = wildcard(list.act, judge, token, host);
            if let Some((severity @ Severity::High, message)) = &wide {
                list.add(judge, rules::SCRIPT_WILDCARD, *severity, token, message);
                return;
            }
            if known_bypass(judge, list, token, host) {
                return;
            }
            if let Some((severity, message)) = wide {
                list.add(judge, rules::SCRIPT_WILDCARD, severity, token, &message);
                return;
            }
            if !list.nonces && !is_local(host) {
                let message = format!("Whatever {} serves runs as script.", quoted(token.text));
                list.add(judge, rules::ALLOWED_HOST, Severity::Info, token, &message);
            }
        }
        Source::Keyword(Keyword::Own) => {
            let message = "Whatever the page's own host serves runs as script, uploads too.";
            list.add(judge, rules::ALLOWED_HOST, Severity::Info, token, message);
        }
        _ => {}
    }
}

/// How bad a wildcard is, and why; `None` where it names the hosts of one owner.
fn wildcard(
    act: Act,
    judge: &Judge<'_, '_>,
    token: &Token<'_>,
    host: &Host<'_>,
) -> Option<(Severity, String)> {
    let lower = host.host.to_ascii_lowercase();
    let (stranger, severity) = if lower == "*" {
        ("stranger.invalid".to_owned(), Severity::High)
    } else if let Some(under) = lower.strip_prefix("*.") {
        (format!("stranger.{under}"), shared(under)?)
    } else {
        return None;
    };
    let port = host.port.and_then(|port| port.parse().ok());
    let scheme = host.scheme.unwrap_or("https").to_ascii_lowercase();
    let path = if host.path.is_empty() { "/" } else { host.path };
    let url = Url {
        port,
        path,
        ..Url::at(&scheme, &stranger)
    };
    let message = match lower.as_str() {
        "*" => format!(
            "Script of every host runs: {} names none.",
            quoted(token.text)
        ),
        _ => format!(
            "Anybody may have a name under {}, and script of it runs.",
            quoted(token.text)
        ),
    };
    judge.all_fetch(act, url).then_some((severity, message))
}

/// How bad a wildcard under this name is, where anybody may have a name under it.
fn shared(under: &str) -> Option<Severity> {
    let mut labels = under.trim_end_matches('.').split('.');
    let registry = match (labels.next(), labels.next(), labels.next()) {
        (Some(_), None, None) => true,
        (Some(second), Some(country), None) => country.len() == 2 && SECOND.contains(&second),
        _ => false,
    };
    match registry {
        true => Some(Severity::High),
        false => SHARED.contains(&under).then_some(Severity::Medium),
    }
}

fn known_bypass(
    judge: &mut Judge<'_, '_>,
    list: &List<'_, '_>,
    token: &Token<'_>,
    host: &Host<'_>,
) -> bool {
    let works = |entry: &&&bypass::Entry| {
        entry.kind != Bypass::Flash
            && (list.eval || !entry.needs_eval)
            && judge.all_fetch(list.act, entry.url())
    };
    let entries = bypass::behind(host);
    let Some(entry) = entries.iter().find(works) else {
        return false;
    };
    let what = match entry.kind {
        Bypass::Angular => "AngularJS, which runs code from attributes",
        _ => "an answer that the asker writes (JSONP)",
    };
    let message = format!(
        "{} serves {what}, at {}.",
        quoted(token.text),
        quoted(&entry.address())
    );
    list.add(judge, rules::KNOWN_BYPASS, Severity::High, token, &message);
    true
}

/// Films of a plugin that browsers no longer have.
fn flash(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    let Some(directive) = policy.governing(Act::Object) else {
        return;
    };
    // Browsers old enough to have the plugin heed this.
    let films = |text: &str| text.eq_ignore_ascii_case("application/x-shockwave-flash");
    let types = policy.get("plugin-types");
    let refused = types.is_some_and(|types| !types.values.iter().any(|value| films(value.text)));
    if directive.lower != "object-src" || refused {
        return;
    }
    for (token, source) in directive.values.iter().zip(&directive.sources) {
        let Source::Host(host) = source else {
            continue;
        };
        let film = |entry: &&bypass::Entry| {
            entry.kind == Bypass::Flash && judge.all_fetch(Act::Object, entry.url())
        };
        if host.host != "*" && bypass::behind(host).into_iter().any(|entry| film(&entry)) {
            let message = format!(
                "{} serves Flash films that run script of others.",
                quoted(token.text)
            );
            let place = token.place.clone();
            let better = Some("'none'".to_owned());
            judge.add_as(
                rules::KNOWN_BYPASS,
                Severity::Low,
                policy,
                place,
                message,
                better,
            );
        }
    }
}

/// True where a source lets any host's content in over TLS or in plain text.
pub(super) fn lets_strangers(source: &Source<'_>) -> bool {
    [Url::HTTPS, Url::HTTP]
        .iter()
        .any(|url| source.matches(*url) == Answer::Yes)
}
