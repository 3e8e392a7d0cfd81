//! What is read of an HTTP answer.

use crate::github::retry::Head;
use crate::model::Untrusted;
use http::HeaderMap;
use serde::Deserialize;
use std::time::Duration;

/// An answer as it came.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, up to the limit.
    pub body: Vec<u8>,
}

/// The form of GitHub's error bodies (docs.github.com, "Troubleshooting the REST API").
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Failure {
    message: String,
    errors: Vec<serde_json::Value>,
}

/// Most characters of the server's words that are kept.
const MAX_WORDS: usize = 500;

impl Reply {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.header(name)?.trim().parse().ok()
    }

    /// What the head says about sending again.
    pub fn head(&self) -> Head {
        let text = |needle: &[u8]| {
            let body = self.body.to_ascii_lowercase();
            body.windows(needle.len()).any(|part| part == needle)
        };
        let refused = matches!(self.status, 403 | 429);
        Head {
            status: self.status,
            retry_after: self.number("retry-after").map(Duration::from_secs),
            remaining: self.number("x-ratelimit-remaining"),
            reset: self.number("x-ratelimit-reset"),
            speaks_of_limit: refused && (text(b"rate limit") || text(b"abuse detection")),
        }
    }

    /// Whether the body is JSON, as the API answers everything that brings it something.
    pub fn is_json(&self) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok()
    }

    /// The server's own words about a failure.
    pub fn words(&self) -> Untrusted {
        let Ok(failure) = serde_json::from_slice::<Failure>(&self.body) else {
            return Untrusted::default();
        };
        let detail = failure.errors.iter().filter_map(|error| match error {
            serde_json::Value::String(text) => Some(text.as_str()),
            other => other.get("message")?.as_str(),
        });
        let mut words = failure.message;
        for text in detail {
            words.push_str("; ");
            words.push_str(text);
        }
        words.chars().take(MAX_WORDS).collect::<String>().into()
    }

    /// The address of the next page (RFC 8288).
    pub fn next(&self) -> Option<&str> {
        self.header("link")?.split(',').find_map(|link| {
            let (address, parameters) = link.split_once(';')?;
            let is_next = parameters
                .split(';')
                .any(|p| matches!(p.trim(), "rel=\"next\"" | "rel=next"));
            let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
            is_next.then_some(address)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Reply {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Reply {
            status,
            headers,
            body: body.into(),
        }
    }

    #[test]
    fn the_next_page_is_found_among_others() {
        let link = "<https://a/x?page=1>; rel=\"prev\", <https://a/x?page=3>; rel=\"next\", <https://a/x?page=9>; rel=\"last\"";
        assert_eq!(
            reply(200, &[("link", link)], "").next(),
            Some("https://a/x?page=3")
        );
        assert_eq!(reply(200, &[("link", ";;,<,rel=next")], "").next(), None);
        assert_eq!(reply(200, &[], "").next(), None);
    }

    #[test]
    fn the_servers_words_are_kept() {
        let body = r#"{"message":"Validation Failed","errors":[{"code":"x","message":"Body is too long"},"and so on",3]}"#;
        assert_eq!(
            reply(422, &[], body).words(),
            "Validation Failed; Body is too long; and so on".into()
        );
        assert!(reply(502, &[], "<html>").words().is_empty());
    }

    #[test]
    fn secondary_limits_are_known_by_their_words() {
        let body = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert!(reply(403, &[], body).head().speaks_of_limit);
        let body = r#"{"message":"Resource not accessible by integration"}"#;
        assert!(!reply(403, &[], body).head().speaks_of_limit);
    }
}
