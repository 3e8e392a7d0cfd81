//! Cookies, TLS, and the headers of the security middleware.

use super::Settings;
use crate::check::Raised;
use crate::python::value::What;
use crate::rule::Severity;

/// What is wrong when a switch is off, and how the line should read.
const SWITCHES: &[(&str, &str, &str, &str)] = &[
    (
        "SESSION_COOKIE_SECURE",
        "LG-DJG-111",
        "The cookie of the session also goes out unencrypted.",
        "SESSION_COOKIE_SECURE = True",
    ),
    (
        "CSRF_COOKIE_SECURE",
        "LG-DJG-112",
        "The CSRF cookie, which proves where a form came from, also goes out unencrypted.",
        "CSRF_COOKIE_SECURE = True",
    ),
    (
        "SECURE_SSL_REDIRECT",
        "LG-DJG-113",
        "Requests that are not encrypted are answered, unless a server in front of the application redirects them.",
        "SECURE_SSL_REDIRECT = True",
    ),
    (
        "SECURE_CONTENT_TYPE_NOSNIFF",
        "LG-DJG-114",
        "Browsers may guess the type of a response, so that an uploaded picture runs as a script.",
        "SECURE_CONTENT_TYPE_NOSNIFF = True",
    ),
    (
        "SESSION_COOKIE_HTTPONLY",
        "LG-DJG-115",
        "Scripts can read the cookie of the session: one injected line takes the session over.",
        "SESSION_COOKIE_HTTPONLY = True",
    ),
];

pub(super) fn look(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    for (name, rule, message, better) in SWITCHES {
        if let Some(binding) = settings.get(name).filter(|binding| !binding.maybe)
            && matches!(binding.value.what, What::Bool(false))
            && !(*name == "SECURE_SSL_REDIRECT" && settings.front.redirects)
        {
            let one = settings.at_value(rule, &binding.value, *message);
            raised.push(one.better(*better));
        }
    }
    cookies(settings, raised);
    hsts(settings, raised);
    proxy(settings, raised);
    framing(settings, raised);
}

fn cookies(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let session = settings.get("SESSION_COOKIE_SECURE").is_some();
    // Kept in the session, the proof has no cookie of its own.
    let kept = settings
        .value("CSRF_USE_SESSIONS")
        .and_then(|value| value.bool());
    let csrf = settings.get("CSRF_COOKIE_SECURE").is_some() || kept == Some(true);
    let missing = match (session, csrf) {
        (false, _) => settings.absent(
            "LG-DJG-111",
            "SESSION_COOKIE_SECURE",
            "SESSION_COOKIE_SECURE is never set: the cookie of the session also goes out unencrypted.",
        ),
        (true, false) => settings.absent(
            "LG-DJG-112",
            "CSRF_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE is never set, though SESSION_COOKIE_SECURE is: the other cookie still goes out unencrypted.",
        ),
        (true, true) => None,
    };
    let better = match session {
        false => "SESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True",
        true => "CSRF_COOKIE_SECURE = True",
    };
    raised.extend(missing.map(|one| one.better(better)));
    if let Some(binding) = settings.get("SECURE_BROWSER_XSS_FILTER")
        && matches!(binding.value.what, What::Bool(true))
    {
        raised.push(settings.at_name(
            "LG-DJG-118",
            binding,
            "Django took SECURE_BROWSER_XSS_FILTER away in version 4.0, and browsers the filter: the line does nothing.",
        ));
    }
}

fn hsts(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let better = "SECURE_HSTS_SECONDS = 31536000\nSECURE_HSTS_INCLUDE_SUBDOMAINS = True";
    // The server in front of the application may well send it.
    if settings.front.hsts {
        return;
    }
    let one = match settings.get("SECURE_HSTS_SECONDS") {
        None if settings.front.told_hsts => None,
        None => settings.absent(
            "LG-DJG-116",
            "SECURE_HSTS_SECONDS",
            "SECURE_HSTS_SECONDS is never set: browsers are never told to stay with TLS.",
        ),
        Some(binding) if settings.lacks("SecurityMiddleware") => Some(settings.at_name(
            "LG-DJG-116",
            binding,
            "SECURE_HSTS_SECONDS is set, but SecurityMiddleware, which sends the header, is not in MIDDLEWARE.",
        )),
        Some(binding) if !binding.maybe && binding.value.bool() == Some(false) => Some(settings.at_value(
            "LG-DJG-116",
            &binding.value,
            "SECURE_HSTS_SECONDS is 0: browsers are never told to stay with TLS.",
        )),
        Some(_) => None,
    };
    raised.extend(one.map(|one| one.better(better)));
}

/// `SECURE_PROXY_SSL_HEADER` believes a header; somebody must take it from visitors.
fn proxy(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let Some(value) = settings.value("SECURE_PROXY_SSL_HEADER") else {
        return;
    };
    let Some(name) = value.list().and_then(<[_]>::first) else {
        return;
    };
    let Some(header) = name.str() else { return };
    if !header.starts_with("HTTP_") {
        raised.push(
            settings
                .at_value(
                    "LG-DJG-117",
                    name,
                    format!(
                        "\"{}\" is never found: Django wants the name as WSGI gives it.",
                        cut(header)
                    ),
                )
                .at(Severity::Low)
                .better("SECURE_PROXY_SSL_HEADER = (\"HTTP_X_FORWARDED_PROTO\", \"https\")"),
        );
        return;
    }
    let known = header.starts_with("HTTP_X_FORWARDED_");
    if let Some(proxy) = settings.front.proxy.as_deref()
        && known
        && !settings.front.forwarded
    {
        raised.push(
            settings
                .at_value(
                    "LG-DJG-117",
                    value,
                    format!(
                        "The application believes {}, and nginx in front of it hands on what the visitor sent: a request that is not encrypted can say that it is.",
                        cut(header)
                    ),
                )
                .related(proxy, 0..0, "this proxy does not set the header")
                .better("proxy_set_header X-Forwarded-Proto $scheme;"),
        );
    }
}

fn framing(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let policy = settings
        .all()
        .any(|(name, _)| name.contains("CSP") || name.contains("SECURITY_POLICY"));
    if !policy
        && settings.lacks("XFrameOptionsMiddleware")
        && let Some(binding) = settings.middleware()
    {
        raised.push(
            settings
                .at_name(
                    "LG-DJG-119",
                    binding,
                    "XFrameOptionsMiddleware is not in MIDDLEWARE: other sites can put these pages into a frame and lead clicks.",
                )
                .better("\"django.middleware.clickjacking.XFrameOptionsMiddleware\","),
        );
    }
}

/// The beginning of a text, for a message.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}
