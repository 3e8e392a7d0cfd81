//! What is handed in, and what is answered.

use std::ops::Range;

/// How a policy reaches the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// `Content-Security-Policy`.
    Header,
    /// `Content-Security-Policy-Report-Only`: it protects from nothing.
    ReportOnly,
    /// `<meta http-equiv="Content-Security-Policy">` (section 3.3).
    Meta {
        /// The element stands after the first script or style, which it does not govern.
        late: bool,
    },
    /// `<meta http-equiv="Content-Security-Policy-Report-Only">`, which browsers pass over.
    MetaReportOnly,
    /// `X-Content-Security-Policy` or `X-WebKit-CSP`, which no browser reads any more.
    Legacy,
}

impl Delivery {
    /// True where a browser holds to the policy.
    pub(crate) fn enforced(self) -> bool {
        matches!(self, Self::Header | Self::Meta { .. })
    }

    /// True for an element of the page: one policy, and less than in a header.
    pub(crate) fn meta(self) -> bool {
        matches!(self, Self::Meta { .. } | Self::MetaReportOnly)
    }
}

/// A policy's text as a carrier gives it.
#[derive(Debug, Clone)]
pub struct Given<'t> {
    /// The value of the header or of the element's `content`.
    pub text: &'t str,
    /// How it reaches the browser.
    pub delivery: Delivery,
    /// Ranges of the text, in bytes, that only running code knows: a nonce, a host. What stands there
    /// is a placeholder, and may be empty. Common templates (`${…}`, `{{…}}`, `<%…%>`) need not be
    /// named. Ranges outside the text are passed over.
    pub dynamic: Vec<Range<usize>>,
    /// The text stands in a versioned file, so that a literal nonce is the same for every visitor.
    pub versioned: bool,
}

/// What else is known of the response.
#[derive(Debug, Clone, Copy, Default)]
pub struct Response {
    /// `X-Frame-Options` is `DENY` or `SAMEORIGIN` on the same response; `None` where nobody can say.
    pub framing_header: Option<bool>,
    /// It serves HTML; `None` where nobody can say.
    pub html: Option<bool>,
}

/// What can be said for sure. Ordered from strict to permissive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// The browser refuses it.
    No,
    /// Parts that only running code knows decide.
    Unknown,
    /// The browser allows it.
    Yes,
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}
