//! What one token of a source list is (section 2.3.1), and which addresses it matches (6.7.2.8).

use crate::given::Answer;
use crate::parse::{Dynamic, Token};
use crate::url::Url;

/// Keywords with their quotes (section 2.3.1, and those that other specifications add).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Own,
    UnsafeInline,
    UnsafeEval,
    StrictDynamic,
    UnsafeHashes,
    WasmUnsafeEval,
    TrustedTypesEval,
    /// Says how violations are reported, and allows nothing.
    Reporting,
    /// Rare ones that are valid.
    Other,
}

/// Every keyword, without its quotes.
pub(crate) const KEYWORDS: &[(&str, Keyword)] = &[
    ("self", Keyword::Own),
    ("unsafe-inline", Keyword::UnsafeInline),
    ("unsafe-eval", Keyword::UnsafeEval),
    ("strict-dynamic", Keyword::StrictDynamic),
    ("unsafe-hashes", Keyword::UnsafeHashes),
    ("wasm-unsafe-eval", Keyword::WasmUnsafeEval),
    ("trusted-types-eval", Keyword::TrustedTypesEval),
    ("report-sample", Keyword::Reporting),
    ("report-sha256", Keyword::Reporting),
    ("report-sha384", Keyword::Reporting),
    ("report-sha512", Keyword::Reporting),
    ("unsafe-allow-redirects", Keyword::Other),
    ("unsafe-webtransport-hashes", Keyword::Other),
    ("inline-speculation-rules", Keyword::Other),
];

/// A host-source, in the case it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host<'t> {
    /// Without `://`.
    pub(crate) scheme: Option<&'t str>,
    pub(crate) host: &'t str,
    /// Digits or `*`.
    pub(crate) port: Option<&'t str>,
    /// With its first `/`; empty for none.
    pub(crate) path: &'t str,
}

/// Why a token is no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// In quotes of one kind or another, or half of them, and no keyword.
    Keyword,
    /// `//host`: a scheme-relative address.
    NoScheme,
    /// `https:host` or `https:/host`.
    Slashes,
    /// `*` elsewhere than as the first label.
    Star,
    /// `[::1]`.
    Ipv6,
    /// `?` or `#`.
    Query,
    /// Anything but digits or `*` behind the colon.
    Port,
    /// A character that no host has.
    Character,
    /// The comma that splits a header does not split an element.
    Comma,
}

/// One token of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source<'t> {
    None,
    Keyword(Keyword),
    /// The value between `'nonce-` and `'`; `None` where only running code knows it.
    Nonce(Option<&'t str>),
    /// The algorithm in bits, and the value.
    Hash(usize, Option<&'t str>),
    /// Without its colon.
    Scheme(&'t str),
    Host(Host<'t>),
    /// A host or an address of which only running code knows some part.
    PartlyKnown,
    /// Anything at all: only running code knows.
    Unknown,
    Invalid(Fault),
}

impl<'t> Source<'t> {
    pub(crate) fn of(token: &Token<'t>) -> Self {
        match token.dynamic {
            Dynamic::Not => Self::read(token.text),
            Dynamic::Whole => Self::Unknown,
            Dynamic::Part => Self::partly(token.text),
        }
    }

    fn partly(text: &'t str) -> Self {
        let inner = text.strip_prefix('\'');
        match inner.map(|inner| algorithm(inner).map(|(bits, _)| bits)) {
            _ if inner.is_some_and(|inner| starts(inner, "nonce-")) => Self::Nonce(None),
            Some(Some(bits)) => Self::Hash(bits, None),
            Some(None) => Self::Unknown,
            None => Self::PartlyKnown,
        }
    }

    fn read(text: &'t str) -> Self {
        if text.contains(',') {
            return Self::Invalid(Fault::Comma);
        }
        let stripped = text
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''));
        if let Some(inner) = stripped {
            return Self::quoted(inner);
        }
        if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
            return Self::Invalid(Fault::Keyword);
        }
        if let Some(scheme) = text.strip_suffix(':')
            && is_scheme(scheme)
        {
            return Self::Scheme(scheme);
        }
        match host(text) {
            Ok(host) => Self::Host(host),
            Err(fault) => Self::Invalid(fault),
        }
    }

    fn quoted(inner: &'t str) -> Self {
        if inner.eq_ignore_ascii_case("none") {
            return Self::None;
        }
        if let Some((_, keyword)) = KEYWORDS
            .iter()
            .find(|(name, _)| inner.eq_ignore_ascii_case(name))
        {
            return Self::Keyword(*keyword);
        }
        if starts(inner, "nonce-") {
            let value = inner
                .get("nonce-".len()..)
                .filter(|value| is_base64_value(value));
            return value.map_or(Self::Invalid(Fault::Keyword), |value| {
                Self::Nonce(Some(value))
            });
        }
        match algorithm(inner) {
            Some((bits, value)) if is_base64_value(value) => Self::Hash(bits, Some(value)),
            _ => Self::Invalid(Fault::Keyword),
        }
    }

    /// True for what makes `'unsafe-inline'` inert.
    pub(crate) fn is_nonce_or_hash(&self) -> bool {
        matches!(self, Self::Nonce(_) | Self::Hash(..))
    }

    /// Whether the token alone lets the address pass. A part that only running code knows may be any.
    pub(crate) fn matches(&self, url: Url<'_>) -> Answer {
        match self {
            Self::Keyword(Keyword::Own) => url.own.into(),
            Self::Scheme(scheme) => matches_scheme(scheme, url.scheme).into(),
            Self::Host(host) => host.matches(url).into(),
            Self::PartlyKnown | Self::Unknown => Answer::Unknown,
            _ => Answer::No,
        }
    }
}

/// Quotes that people and their text processors write around keywords.
pub(crate) const QUOTES: [char; 3] = ['\'', '"', '`'];

impl Host<'_> {
    /// `*` alone, which also has the page's own scheme.
    pub(crate) fn is_star(&self) -> bool {
        self.host == "*" && self.scheme.is_none() && self.port.is_none() && self.path.is_empty()
    }

    fn matches(&self, url: Url<'_>) -> bool {
        if self.is_star() {
            return matches!(url.scheme, "http" | "https");
        }
        // Without a scheme the page's own counts, which is taken to be `https`.
        matches_scheme(self.scheme.unwrap_or("https"), url.scheme)
            && !url.host.is_empty()
            && self.matches_host(url.host)
            && self.matches_port(url)
            && matches_path(self.path, url.path)
    }

    /// Section 6.7.2.10.
    pub(crate) fn matches_host(&self, host: &str) -> bool {
        match self.host.strip_prefix('*') {
            Some("") => true,
            Some(rest) => {
                let from = host.len().checked_sub(rest.len());
                let end = from.and_then(|from| host.get(from..));
                end.is_some_and(|end| end.eq_ignore_ascii_case(rest))
            }
            None => self.host.eq_ignore_ascii_case(host),
        }
    }

    /// Section 6.7.2.11: an upgrade of the scheme does not upgrade the port.
    fn matches_port(&self, url: Url<'_>) -> bool {
        let actual = url.port.or_else(|| url.default_port());
        match self.port {
            None => actual == url.default_port(),
            Some("*") => true,
            Some(port) => port.parse().is_ok_and(|port| Some(port) == actual),
        }
    }

    pub(crate) fn is_ipv4(&self) -> bool {
        is_ipv4(self.host)
    }
}

/// Four numbers, as far as it looks.
pub(crate) fn is_ipv4(host: &str) -> bool {
    let number = |part: &str| part.len() <= 3 && part.parse::<u16>().is_ok();
    host.split('.').count() == 4 && host.split('.').all(number)
}

/// Section 6.7.2.9.
fn matches_scheme(pattern: &str, scheme: &str) -> bool {
    let is = |name: &str| pattern.eq_ignore_ascii_case(name);
    is(scheme)
        || (is("http") && scheme == "https")
        || (is("ws") && matches!(scheme, "wss" | "http" | "https"))
        || (is("wss") && scheme == "https")
}

/// Section 6.7.2.12, without the decoding of percent signs, which no asked path has.
fn matches_path(pattern: &str, path: &str) -> bool {
    match pattern {
        "" => true,
        "/" => path.is_empty() || path.starts_with('/'),
        _ if pattern.ends_with('/') => path.starts_with(pattern),
        _ => path == pattern,
    }
}

fn starts(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The algorithm of a hash in bits, and its value.
fn algorithm(inner: &str) -> Option<(usize, &str)> {
    [("sha256-", 256), ("sha384-", 384), ("sha512-", 512)]
        .into_iter()
        .find(|(prefix, _)| starts(inner, prefix))
        .and_then(|(prefix, bits)| Some((bits, inner.get(prefix.len()..)?)))
}

/// `base64-value` (section 2.3.1): both alphabets, at least one character, at most two `=`.
pub(crate) fn is_base64_value(text: &str) -> bool {
    let value = text.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    !value.is_empty() && text.len() - value.len() <= 2 && value.bytes().all(fits)
}

/// RFC 3986, section 3.1.
pub(crate) fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// `host-source` (section 2.3.1).
fn host(text: &str) -> Result<Host<'_>, Fault> {
    if text.starts_with("//") {
        return Err(Fault::NoScheme);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        Some(("*", _)) => return Err(Fault::Star),
        Some(_) => return Err(Fault::Character),
        None => (None, text),
    };
    if rest.starts_with('[') {
        return Err(Fault::Ipv6);
    }
    if rest.contains(['?', '#']) {
        return Err(Fault::Query);
    }
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at_checked(at).ok_or(Fault::Character)?,
        None => (rest, ""),
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if let Some(port) = port {
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        if port != "*" && !digits {
            let known = ["http", "https", "ws", "wss", "data", "blob"];
            let meant =
                scheme.is_none() && known.iter().any(|name| host.eq_ignore_ascii_case(name));
            return Err(if meant { Fault::Slashes } else { Fault::Port });
        }
    }
    let labels = host.strip_prefix("*.").unwrap_or(host);
    if host != "*" {
        if labels.contains('*') {
            return Err(Fault::Star);
        }
        let labels = labels.strip_suffix('.').unwrap_or(labels);
        // The grammar has no `_`, but browsers take it.
        let fits = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if !labels.split('.').all(fits) {
            return Err(Fault::Character);
        }
    }
    Ok(Host {
        scheme,
        host,
        port,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Source<'_> {
        Source::read(text)
    }

    fn matches(text: &str, scheme: &str, host: &str) -> bool {
        read(text).matches(Url::at(scheme, host)) == Answer::Yes
    }

    #[test]
    fn tokens_are_told_apart() {
        assert_eq!(read("'SELF'"), Source::Keyword(Keyword::Own));
        assert_eq!(read("'NONE'"), Source::None);
        assert_eq!(read("'nonce-a_b-c=='"), Source::Nonce(Some("a_b-c==")));
        assert_eq!(read("'NONCE-abc'"), Source::Nonce(Some("abc")));
        assert_eq!(read("'SHA384-abc'"), Source::Hash(384, Some("abc")));
        assert_eq!(read("HTTPS:"), Source::Scheme("HTTPS"));
        for bad in [
            "'foo'",
            "\"self\"",
            "'self",
            "self'",
            "'nonce-a$'",
            "'nonce-'",
            "'sha1-abc'",
            "'nonce-a==='",
        ] {
            assert_eq!(read(bad), Source::Invalid(Fault::Keyword), "{bad}");
        }
        let faults = [
            ("//a.example", Fault::NoScheme),
            ("https:a.example", Fault::Slashes),
            ("https:/a.example", Fault::Slashes),
            ("a.*.example", Fault::Star),
            ("*://a.example", Fault::Star),
            ("*a.example", Fault::Star),
            ("https://[::1]:80", Fault::Ipv6),
            ("a.example/x?y", Fault::Query),
            ("a.example:x", Fault::Port),
            ("https://", Fault::Character),
            ("a..example", Fault::Character),
            ("a@example", Fault::Character),
            ("'self',", Fault::Comma),
        ];
        for (text, fault) in faults {
            assert_eq!(read(text), Source::Invalid(fault), "{text}");
        }
    }

    #[test]
    fn schemes_and_hosts_match_as_the_specification_says() {
        assert!(matches("http://a.example", "https", "a.example"));
        assert!(!matches("http://a.example:80", "https", "a.example"));
        assert!(!matches("https://a.example", "http", "a.example"));
        assert!(matches("a.example", "https", "a.example"));
        assert!(!matches("a.example", "http", "a.example"));
        assert!(matches("*.A.example", "https", "x.y.a.example"));
        assert!(!matches("*.a.example", "https", "a.example"));
        assert!(!matches("a.example:8443", "https", "a.example"));
        assert!(matches("a.example:*", "https", "a.example"));
        assert!(matches("ws:", "https", "a.example") && matches("wss:", "https", "a.example"));
        assert!(matches("*", "http", "a.example") && !matches("*", "data", ""));
        assert!(matches("data:", "data", "") && !matches("'self'", "https", "a.example"));
    }

    #[test]
    fn paths_match_whole_or_as_folders() {
        assert!(matches_path("/a/", "/a/b") && !matches_path("/a", "/a/b"));
        assert!(matches_path("/", "/x") && matches_path("/a", "/a"));
    }
}
