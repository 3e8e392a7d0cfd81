//! Code scanning: uploads, what became of them, alerts (docs.github.com, "REST API endpoints for code
//! scanning").

use super::{Answer, Cause, Method, Repeat, Repository, Request, Trouble};
use crate::model::{Foreign as _, Untrusted};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

const WRITE: &str = "security-events: write";
const READ: &str = "security-events: read";
const UPLOAD: &str = "the upload to code scanning";

/// The fields that the endpoint knows; it refuses any other, and Enterprise Server knows fewer.
#[derive(Serialize)]
struct Upload<'a> {
    commit_sha: &'a str,
    #[serde(rename = "ref")]
    reference: &'a str,
    sarif: &'a str,
}

/// `POST …/code-scanning/sarifs`. `commit` is a full id, `reference` begins with `refs/heads/`,
/// `refs/tags/` or `refs/pull/`, and `sarif` is the file in gzip and base64. The same upload sent
/// twice replaces itself.
pub fn upload(repository: &Repository, commit: &str, reference: &str, sarif: &str) -> Request {
    let body = Upload {
        commit_sha: commit,
        reference,
        sarif,
    };
    // Three texts can always be written.
    let body = serde_json::to_string(&body).unwrap_or_default();
    let path = repository.path("code-scanning/sarifs");
    Request {
        repeat: Repeat::Freely,
        ..Request::write(Method::Post, path, body, UPLOAD, WRITE)
    }
}

/// An upload that the server has taken and works on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Receipt(String);

impl Receipt {
    /// Reads the answer to an upload.
    ///
    /// # Errors
    /// When it names no upload.
    pub fn read(answer: &Answer, request: &Request) -> Result<Self, Trouble> {
        #[derive(Deserialize)]
        struct Accepted {
            id: String,
        }
        let id = answer.json::<Accepted>(request)?.id;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        match (1..=64).contains(&id.len()) && id.chars().all(plain) {
            true => Ok(Self(id)),
            false => Err(Trouble::new(Cause::Misread, request).said(id)),
        }
    }

    /// The upload's id, of letters, digits and `-`.
    pub fn id(&self) -> &str {
        &self.0
    }
}

/// `GET …/code-scanning/sarifs/{id}`: what became of one upload.
pub fn state(repository: &Repository, receipt: &Receipt) -> Request {
    let path = repository.path(&format!("code-scanning/sarifs/{}", receipt.id()));
    Request::get(path, "what became of the upload", READ)
}

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The server is still working on it.
    Pending,
    /// It was taken.
    Complete,
    /// It was not taken, or only in part; the server's words.
    Failed(Untrusted),
}

/// Most messages of one upload that are told.
const MOST_ERRORS: usize = 3;

impl State {
    /// Reads the answer to [`state`].
    ///
    /// # Errors
    /// When it has another form.
    pub fn read(answer: &Answer, request: &Request) -> Result<Self, Trouble> {
        #[derive(Deserialize)]
        struct Processed {
            processing_status: Option<String>,
            errors: Option<Vec<String>>,
        }
        let processed: Processed = answer.json(request)?;
        Ok(match processed.processing_status.as_deref() {
            Some("complete") => Self::Complete,
            Some("failed") => {
                let errors = processed.errors.unwrap_or_default();
                let first: Vec<String> = errors.into_iter().take(MOST_ERRORS).collect();
                Self::Failed(first.join("; ").into())
            }
            _ => Self::Pending,
        })
    }
}

/// `GET …/code-scanning/analyses`: the newest hundred of a reference, of all tools. One request tells
/// of all uploads of this run.
pub fn analyses(repository: &Repository, reference: &str) -> Request {
    let encoded = utf8_percent_encode(reference, NON_ALPHANUMERIC);
    let path = format!("code-scanning/analyses?ref={encoded}&per_page=100");
    let path = repository.path(&path);
    Request::get(path, "what became of the uploads", READ)
}

/// What the server made of one run of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Analysis {
    /// The upload ([`Receipt::id`]).
    #[serde(default)]
    pub sarif_id: String,
    /// The category, without its last slash.
    #[serde(default)]
    category: Option<String>,
    /// Number of results.
    #[serde(default)]
    pub results_count: u64,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    warning: Option<String>,
}

impl Analysis {
    /// Reads the answer to [`analyses`], the newest first.
    ///
    /// # Errors
    /// When it has another form.
    pub fn read(answer: &Answer, request: &Request) -> Result<Vec<Self>, Trouble> {
        answer.json(request)
    }

    /// The category, without its last slash: to be compared, never shown.
    pub fn category(&self) -> &str {
        let category = self.category.as_deref().unwrap_or_default();
        category.trim_end_matches('/')
    }

    /// Why it was not taken, in the server's words.
    pub fn error(&self) -> Option<Untrusted> {
        words(self.error.as_deref())
    }

    /// What the server has to say about it, although it was taken.
    pub fn warning(&self) -> Option<Untrusted> {
        words(self.warning.as_deref())
    }
}

fn words(text: Option<&str>) -> Option<Untrusted> {
    text.filter(|text| !text.is_empty()).map(Untrusted::from)
}

/// `GET …/code-scanning/alerts` of the default branch: those that are `open` or `dismissed`; a
/// hundred on a page.
pub fn alerts(repository: &Repository, state: &'static str) -> Request {
    let path = format!("code-scanning/alerts?state={state}&per_page=100");
    Request::get(repository.path(&path), "code scanning's alerts", READ)
}

/// Whether a list could not be had only because nothing was ever uploaded: the server then has no
/// empty list but a 404.
pub fn is_empty(trouble: &Trouble) -> bool {
    let said = trouble.said.as_ref().map_or("", |said| said.raw());
    trouble.cause == Cause::Missing && said.to_lowercase().contains("no analysis found")
}

/// Why code scanning takes nothing at all in this repository, in a clause of ours; `None` when the
/// trouble may be with one upload (the messages: github/codeql-action, `src/upload-lib.ts`).
pub fn closed(trouble: &Trouble) -> Option<String> {
    let said = trouble.said.as_ref().map_or("", |said| said.raw());
    let said = said.to_lowercase();
    let says = |words: &str| said.contains(words);
    match trouble.cause {
        Cause::Forbidden if says("must be enabled") || says("not enabled") => Some(
            "code scanning is not enabled in this repository; a private one needs GitHub Code Security (403)"
                .to_owned(),
        ),
        Cause::Forbidden if says("archived") => {
            Some("the repository is archived (403)".to_owned())
        }
        Cause::Forbidden | Cause::Unknown | Cause::Missing | Cause::Gone | Cause::Unreachable
        | Cause::Late | Cause::Limited | Cause::Astray => Some(trouble.why()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        Repository::parse("o/r").unwrap()
    }

    fn answer(body: &str) -> Answer {
        Answer {
            status: 200,
            body: body.into(),
            ..Answer::default()
        }
    }

    #[test]
    fn an_upload_has_the_fields_that_every_server_knows() {
        let request = upload(&repository(), &"a".repeat(40), "refs/heads/é&\"x", "H4sI");
        assert_eq!(request.path, "/repos/o/r/code-scanning/sarifs");
        let body: serde_json::Value = serde_json::from_str(&request.body.unwrap()).unwrap();
        let fields: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["commit_sha", "ref", "sarif"]);
        assert_eq!(body["ref"], "refs/heads/é&\"x");
    }

    #[test]
    fn a_receipt_cannot_lead_elsewhere() {
        let request = analyses(&repository(), "refs/heads/a&b=c");
        assert!(
            request
                .path
                .ends_with("?ref=refs%2Fheads%2Fa%26b%3Dc&per_page=100")
        );
        let read =
            |id: &str| Receipt::read(&answer(&format!(r#"{{"id":"{id}","url":"x"}}"#)), &request);
        assert_eq!(
            read("47177e22-5596-11eb-80a1").unwrap().id(),
            "47177e22-5596-11eb-80a1"
        );
        for id in ["", "../../x", "a/b", "a?b", &"a".repeat(65)] {
            assert!(read(id).is_err(), "{id}");
        }
        assert!(Receipt::read(&answer("[]"), &request).is_err());
    }

    #[test]
    fn states_are_told_with_the_servers_words() {
        let request = analyses(&repository(), "refs/heads/main");
        let read = |body: &str| State::read(&answer(body), &request).unwrap();
        assert_eq!(read(r#"{"processing_status":"complete"}"#), State::Complete);
        assert_eq!(read("{}"), State::Pending);
        let failed = r#"{"processing_status":"failed","errors":["a","b","c","d"]}"#;
        assert_eq!(read(failed), State::Failed("a; b; c".into()));
        let body = r#"[{"sarif_id":"x","category":"lockgate/bandit","error":"","warning":"w","results_count":3,"more":{}}]"#;
        let analysis = Analysis::read(&answer(body), &request).unwrap().remove(0);
        assert_eq!(
            (analysis.category(), analysis.error()),
            ("lockgate/bandit", None)
        );
        assert_eq!(analysis.warning(), Some("w".into()));
    }

    #[test]
    fn what_concerns_all_uploads_is_told_from_what_concerns_one() {
        let request = upload(&repository(), "", "", "");
        let trouble = |cause, said: &str| Trouble::new(cause, &request).said(said);
        let enabled = "Code Security must be enabled for this repository to use code scanning.";
        for (said, words) in [
            (enabled, "not enabled"),
            ("Repository was archived so is read-only.", "archived"),
            (
                "Resource not accessible by integration",
                "`security-events: write`",
            ),
        ] {
            let why = closed(&trouble(Cause::Forbidden, said)).unwrap();
            assert!(why.contains(words), "{why}");
        }
        for cause in [Cause::Refused, Cause::TooLarge, Cause::Broken, Cause::Lost] {
            assert_eq!(closed(&trouble(cause, "")), None);
        }
    }
}
