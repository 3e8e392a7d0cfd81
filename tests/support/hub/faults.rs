//! What can go wrong on the way to GitHub and back, switched on by a test for the requests it names.

use super::http::{Answer, Request};
use super::state::State;
use serde_json::json;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What happens to a request.
#[derive(Clone)]
pub enum What {
    /// It is not carried out; this is the answer.
    Answer(Answer),
    /// It is carried out, and the answer is this one instead of the true one.
    DoneBut(Answer),
    /// The connection ends before the request is carried out.
    DropBefore,
    /// It is carried out, and the connection ends without an answer.
    DropAfter,
    /// It is carried out, and the connection ends in the middle of the answer.
    CutOff,
    /// It is carried out, after this time.
    Slow(Duration),
    /// The answer's body never ends.
    Endless,
    /// The answer comes byte by byte, with this time between two.
    Trickle(Duration),
    /// Somebody else is faster: this happens first, then the request is carried out.
    First(Arc<dyn Fn(&mut State) + Send + Sync>),
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answer(_) => "Answer",
            Self::DoneBut(_) => "DoneBut",
            Self::DropBefore => "DropBefore",
            Self::DropAfter => "DropAfter",
            Self::CutOff => "CutOff",
            Self::Slow(_) => "Slow",
            Self::Endless => "Endless",
            Self::Trickle(_) => "Trickle",
            Self::First(_) => "First",
        })
    }
}

impl What {
    /// 5xx as GitHub's front servers give it: a page, no JSON.
    pub fn down(status: u16) -> Self {
        let page =
            "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head></html>";
        Self::Answer(Answer::body(status, "text/html; charset=utf-8", page))
    }

    /// The hour's requests are used up; `seconds` to the next hour. `status` is 403 or 429.
    pub fn primary(status: u16, seconds: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Self::Answer(
            Answer::error(
                status,
                "API rate limit exceeded for installation ID 1. If you reach out to GitHub Support \
                 for help, please include the request ID 0400:1234:5678.",
                "overview/rate-limits-for-the-rest-api",
            )
            .header("x-ratelimit-limit", 1000)
            .header("x-ratelimit-remaining", 0)
            .header("x-ratelimit-used", 1000)
            .header("x-ratelimit-reset", now.as_secs() + seconds)
            .header("x-ratelimit-resource", "core"),
        )
    }

    /// Too much at once. `status` is 403 or 429; the server does not always say how long to wait.
    pub fn secondary(status: u16, retry_after: Option<u64>) -> Self {
        let answer = Answer::error(
            status,
            "You have exceeded a secondary rate limit and have been temporarily blocked from content \
             creation. Please retry your request again later. If you reach out to GitHub Support for \
             help, please include the request ID 0400:1234:5678.",
            "overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        );
        Self::Answer(match retry_after {
            Some(seconds) => answer.header("retry-after", seconds),
            None => answer,
        })
    }

    /// A redirect, with GitHub's words.
    pub fn redirect(status: u16, to: &str) -> Self {
        let body = json!({
            "message": "Moved Permanently",
            "url": to,
            "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects",
        });
        Self::Answer(Answer::json(status, &body).header("location", to))
    }

    /// What a captive proxy answers.
    pub fn not_json() -> Self {
        Self::Answer(Answer::body(
            200,
            "text/html",
            "<html>Please sign in</html>",
        ))
    }
}

/// A fault for some requests.
#[derive(Debug)]
pub struct Fault {
    /// Empty: every method.
    pub method: String,
    /// A part of the path.
    pub path: String,
    /// Requests to leave alone first.
    pub after: usize,
    /// Requests that it then happens to.
    pub times: usize,
    pub what: What,
}

impl Fault {
    /// What happens to this request by this fault, if anything.
    fn take(&mut self, request: &Request) -> Option<What> {
        let named = self.method.is_empty() || self.method == request.method;
        if !named || !request.path.contains(&self.path) || self.times == 0 {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.what.clone())
    }
}

/// What happens to this request.
pub fn take(faults: &mut [Fault], request: &Request) -> Option<What> {
    faults.iter_mut().find_map(|fault| fault.take(request))
}
