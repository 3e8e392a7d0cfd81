//! What a carrier says of the headers that responses get.

use crate::text::Text;
use std::ops::Range;

/// What the responses of a place serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Serves {
    /// Pages, for sure or most likely: headers that protect pages matter here.
    Html,
    /// Only files that are no pages: scripts, styles, images.
    Assets,
    /// Only data: an interface for programs.
    Data,
    /// That cannot be told.
    Unknown,
}

/// What becomes of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is sent.
    Sent,
    /// It is taken away: what was set before, or by the application behind.
    Removed,
    /// Somebody switched it off by name (`contentSecurityPolicy: false`).
    Disabled,
    /// It stands in a comment only.
    Commented,
    /// It is set, but to what cannot be told without running the program.
    Undecidable,
    /// It stood above and is lost here.
    Lost,
}

/// One header in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// In lower case, with `-`.
    pub name: String,
    /// The value; empty where there is none.
    pub value: Text,
    /// The bytes of the file that name it: the directive, the call, the key.
    pub place: Range<usize>,
    /// What becomes of it.
    pub state: State,
    /// Also on error pages; `None` where the format makes no difference.
    pub always: Option<bool>,
    /// In a `<meta http-equiv>`: whether it comes after the first script or style sheet.
    pub meta: Option<bool>,
}

/// The headers of all responses that one place of the configuration is responsible for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The carrier's id: `nginx`, `helmet`.
    pub carrier: &'static str,
    /// The file.
    pub path: String,
    /// Which responses, as the file says it: `server example.com > location /static/`.
    pub scope: String,
    /// The bytes that begin the scope; empty for the file as a whole.
    pub place: Range<usize>,
    /// What they serve.
    pub serves: Serves,
    /// Whether they go out encrypted, when the file tells.
    pub tls: Option<bool>,
    /// True when nothing else adds headers, as far as the file tells: what is missing here is missing
    /// for the browser, but for what an application behind it sends.
    pub closed: bool,
    /// In the order of the file.
    pub headers: Vec<Header>,
}
