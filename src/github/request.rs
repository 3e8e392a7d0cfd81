//! A question to the API, its answer, and what can come between.

use crate::model::Untrusted;

/// What is to be done with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads it.
    Get,
    /// Makes a new one.
    Post,
    /// Changes it.
    Patch,
    /// Puts something in its place.
    Put,
    /// Removes it.
    Delete,
}

impl Method {
    /// As HTTP writes it (RFC 9110, section 9).
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// Whether it leaves everything as it is.
    pub fn reads(self) -> bool {
        self == Self::Get
    }
}

/// Whether a request may be sent again when nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Sent twice, it does the same as sent once.
    Freely,
    /// Only when the server has certainly not carried it out.
    WhenRefused,
}

/// The form of the answer (docs.github.com, "Media types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// `application/vnd.github+json`
    Json,
    /// `application/vnd.github.raw+json`: a file's bytes.
    Raw,
}

impl Accept {
    /// The media type.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "application/vnd.github+json",
            Self::Raw => "application/vnd.github.raw+json",
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// Path and query below the API's address, every part percent-encoded.
    pub path: String,
    /// A JSON text.
    pub body: Option<String>,
    /// The form of the answer.
    pub accept: Accept,
    /// Whether it may be sent again.
    pub repeat: Repeat,
    /// What it is about, for sentences: "the pull request's comments".
    pub about: &'static str,
    /// The permission that it needs, as workflows write it: `pull-requests: write`.
    pub needs: &'static str,
}

impl Request {
    /// A question that changes nothing.
    pub fn get(path: String, about: &'static str, needs: &'static str) -> Self {
        Self {
            method: Method::Get,
            path,
            body: None,
            accept: Accept::Json,
            repeat: Repeat::Freely,
            about,
            needs,
        }
    }

    /// A change. A `POST` makes something new each time; the others do the same when sent twice.
    pub fn write(
        method: Method,
        path: String,
        body: String,
        about: &'static str,
        needs: &'static str,
    ) -> Self {
        let repeat = match method {
            Method::Post => Repeat::WhenRefused,
            _ => Repeat::Freely,
        };
        Self {
            method,
            path,
            body: Some(body),
            accept: Accept::Json,
            repeat,
            about,
            needs,
        }
    }

    /// A removal.
    pub fn delete(path: String, about: &'static str, needs: &'static str) -> Self {
        Self {
            method: Method::Delete,
            ..Self::get(path, about, needs)
        }
    }
}

/// An answer that says "done".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// 200 to 299.
    pub status: u16,
    /// What came.
    pub body: Vec<u8>,
    /// Path and query of the next page (RFC 8288, `rel="next"`), below the API's address.
    pub next: Option<String>,
}

impl Answer {
    /// Reads the JSON of the answer to a request.
    ///
    /// # Errors
    /// When it has another form.
    pub fn json<T: serde::de::DeserializeOwned>(&self, request: &Request) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|e| {
            let trouble = Trouble::new(Cause::Misread, request).status(self.status);
            trouble.said(e.to_string())
        })
    }
}

/// Why there is no answer that says "done".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// 401: the token is not valid (any more).
    Unknown,
    /// 403: the token may not do this.
    Forbidden,
    /// 404: not there, or not to be seen with this token.
    Missing,
    /// 410: switched off.
    Gone,
    /// 413: too large for the server.
    TooLarge,
    /// Any other 4xx: the server does not accept it.
    Refused,
    /// A limit of requests, for longer than there is time.
    Limited,
    /// 5xx.
    Broken,
    /// No connection.
    Unreachable,
    /// The connection broke or was too slow: nobody knows whether it was carried out.
    Lost,
    /// The time for all requests is over.
    Late,
    /// The server sent us elsewhere, where the token does not go, or in a circle.
    Astray,
    /// The answer is larger than an answer can be, or has another form.
    Misread,
}

/// A request that came to nothing. Never an error of the check: the verdict stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Why.
    pub cause: Cause,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// The server's or the system's own words.
    pub said: Option<Untrusted>,
    /// The version of the Enterprise Server that answered, if it is one
    /// (`x-github-enterprise-version`): older ones lack endpoints.
    pub enterprise: Option<Untrusted>,
    /// What the request was about.
    pub about: &'static str,
    /// The permission that it needs.
    pub needs: &'static str,
}

impl Trouble {
    /// Something that came between a request and its answer.
    pub fn new(cause: Cause, request: &Request) -> Self {
        Self {
            cause,
            status: None,
            said: None,
            enterprise: None,
            about: request.about,
            needs: request.needs,
        }
    }

    /// Adds the answer's status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds the words of the server or the system.
    #[must_use]
    pub fn said(mut self, words: impl Into<Untrusted>) -> Self {
        let words = words.into();
        self.said = (!words.is_empty()).then_some(words);
        self
    }

    /// Why, in a sentence of ours without its full stop. The foreign words stand in `said`.
    pub fn why(&self) -> String {
        let status = self.status.unwrap_or_default();
        let needs = self.needs;
        let why = match self.cause {
            Cause::Unknown => "the token was not accepted (401)".to_owned(),
            Cause::Forbidden => {
                format!("the token may not do this, it needs the permission `{needs}` (403)")
            }
            Cause::Missing => format!("not found, or not to be seen without `{needs}` (404)"),
            Cause::Gone => "switched off in this repository (410)".to_owned(),
            Cause::TooLarge => "too large for GitHub (413)".to_owned(),
            Cause::Refused => format!("GitHub refused the request ({status})"),
            Cause::Limited => {
                "GitHub's limit of requests lasts longer than there is time".to_owned()
            }
            Cause::Broken => format!("GitHub had a fault of its own ({status})"),
            Cause::Unreachable => "GitHub could not be reached".to_owned(),
            Cause::Lost => "the connection was lost, and nobody knows what became of it".to_owned(),
            Cause::Late => "the time for GitHub was over".to_owned(),
            Cause::Astray => "GitHub led to an address where the token may not go".to_owned(),
            Cause::Misread => "GitHub's answer cannot be understood".to_owned(),
        };
        format!("{}: {why}", self.about)
    }

    /// Whether the token has too few rights, which is ordinary for forks and Dependabot.
    pub fn lacks_rights(&self) -> bool {
        matches!(self.cause, Cause::Forbidden | Cause::Unknown)
    }

    /// Whether the request may have been carried out all the same.
    pub fn may_be_done(&self) -> bool {
        matches!(self.cause, Cause::Lost | Cause::Broken | Cause::Misread)
    }
}
