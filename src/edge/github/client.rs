//! Carries requests to GitHub, one after the other, within a total time.
//!
//! octocrab knows the API's ways (authentication, base address, versions); reqwest below it knows
//! proxies. Neither sends anything again by itself: [`retry`] decides, because a comment that is
//! posted twice is worse than none.

use super::reply::Reply;
use super::tls;
use super::token::Token;
use crate::edge::clock;
use crate::github::retry::{self, Ended, Step};
use crate::github::{Answer, Cause, Request, Server, Trouble};
use http::Uri;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use octocrab::service::middleware::auth_header::AuthHeaderLayer;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Longest wait for one answer.
const MAX_ANSWER: Duration = Duration::from_secs(30);

/// Longest wait for a connection.
const MAX_CONNECT: Duration = Duration::from_secs(10);

/// Largest answer, in bytes: a page of a hundred comments of the greatest length has 6.5 MB, JSON
/// can write a character with six.
const MAX_BODY: usize = 48 * 1024 * 1024;

/// Most pages of one list.
const MAX_PAGES: usize = 100;

/// Most redirections of one request.
const MAX_MOVES: u32 = 3;

/// The version of the API that lockgate is written for (docs.github.com, "API Versions"). Enterprise
/// Servers know it since 3.9.
const API_VERSION: &str = "2022-11-28";

/// Who asks (docs.github.com, "Getting started with the REST API": the header is required).
const AGENT: &str = concat!("lockgate/", env!("CARGO_PKG_VERSION"));

/// A client for one server and token.
pub struct Client {
    server: Server,
    runtime: Runtime,
    octocrab: Octocrab,
    until: Instant,
    sent: Cell<u32>,
}

impl Client {
    /// Gets ready; nothing is sent yet. All requests together, with the pauses between, take at most
    /// `time`.
    ///
    /// # Errors
    /// When the machine gives no means to talk over the network.
    pub fn new(server: &Server, token: Token, time: Duration) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // octocrab starts its queue here.
        let entered = runtime.enter();
        let octocrab = octocrab(server, token).map_err(std::io::Error::other)?;
        drop(entered);
        Ok(Self {
            server: server.clone(),
            runtime,
            octocrab,
            until: Instant::now() + time,
            sent: Cell::new(0),
        })
    }

    /// The server that is asked.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// How many requests were sent, repeated ones included.
    #[cfg(test)]
    pub fn sent(&self) -> u32 {
        self.sent.get()
    }

    /// The time that is left for requests.
    pub fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Waits, for something that GitHub is still working on; false when there is no time for it.
    pub fn wait(&self, pause: Duration) -> bool {
        let fits = pause < self.left();
        if fits {
            std::thread::sleep(pause);
        }
        fits
    }

    /// Sends a request until there is an answer or a reason to stop.
    ///
    /// # Errors
    /// When no answer says "done".
    pub fn send(&self, request: &Request) -> Result<Answer, Trouble> {
        let mut path = request.path.clone();
        let (mut tries, mut moves) = (0, 0);
        loop {
            let left = self.left();
            if left.is_zero() {
                return Err(Trouble::new(Cause::Late, request));
            }
            tries += 1;
            let outcome = self.attempt(request, &path, left.min(MAX_ANSWER));
            let (ended, reply) = match outcome {
                Attempt::Answered(reply) => (Ended::Answered(reply.head()), Some(reply)),
                Attempt::NotSent(words) => (Ended::NotSent, Some(spoken(&words))),
                Attempt::Lost(words) => (Ended::Lost, Some(spoken(&words))),
                Attempt::TooLarge => return Err(Trouble::new(Cause::Misread, request)),
            };
            let reply = reply.unwrap_or_else(|| spoken(""));
            let trouble = |cause| {
                let mut trouble = Trouble::new(cause, request).said(reply.words());
                trouble.enterprise = reply.header("x-github-enterprise-version").map(Into::into);
                match reply.status {
                    0 => trouble,
                    status => trouble.status(status),
                }
            };
            match retry::next(request.repeat, tries, ended, clock::seconds(), self.left()) {
                // A network that asks for a login first says "200" to everything.
                Step::Done if request.body.is_some() && !reply.is_json() => {
                    return Err(trouble(Cause::Misread));
                }
                Step::Done => return Ok(self.answer(reply)),
                Step::Follow => {
                    moves += 1;
                    let target = reply.header("location");
                    match target.and_then(|target| self.server.below(target)) {
                        Some(target) if moves <= MAX_MOVES => path = target.to_owned(),
                        _ => return Err(trouble(Cause::Astray)),
                    }
                    tries -= 1;
                }
                Step::Again(pause) => std::thread::sleep(pause),
                Step::GiveUp(cause) => return Err(trouble(cause)),
            }
        }
    }

    /// All pages of a list.
    ///
    /// # Errors
    /// When one of them cannot be had, or there are more than a list can have.
    pub fn pages(&self, request: &Request) -> Result<Vec<Answer>, Trouble> {
        let mut pages = Vec::new();
        let mut request = request.clone();
        loop {
            let answer = self.send(&request)?;
            let next = answer.next.clone();
            pages.push(answer);
            match next {
                None => return Ok(pages),
                Some(_) if pages.len() == MAX_PAGES => {
                    return Err(Trouble::new(Cause::Misread, &request));
                }
                Some(path) => request.path = path,
            }
        }
    }

    fn answer(&self, reply: Reply) -> Answer {
        Answer {
            status: reply.status,
            next: reply
                .next()
                .and_then(|address| self.server.below(address))
                .map(str::to_owned),
            body: reply.body,
        }
    }

    fn attempt(&self, request: &Request, path: &str, time: Duration) -> Attempt {
        self.sent.set(self.sent.get() + 1);
        let built = http::Request::builder()
            .method(request.method.word())
            .uri(format!("{}{path}", self.server.api()))
            .header(ACCEPT, request.accept.word());
        let built = match &request.body {
            Some(body) => built
                .header(CONTENT_TYPE, "application/json")
                .body(OctoBody::from(body.clone())),
            None => built.body(OctoBody::empty()),
        };
        let built = match built {
            Ok(built) => built,
            Err(e) => return Attempt::NotSent(e.to_string()),
        };
        self.runtime.block_on(async {
            match tokio::time::timeout(time, self.exchange(built)).await {
                Ok(attempt) => attempt,
                Err(_) => Attempt::Lost(format!("no answer within {} s", time.as_secs())),
            }
        })
    }

    async fn exchange(&self, request: http::Request<OctoBody>) -> Attempt {
        let response = match self.octocrab.execute(request).await {
            Ok(response) => response,
            Err(e) => return failed(&e),
        };
        let (head, mut body) = response.into_parts();
        let mut bytes = Vec::new();
        loop {
            let frame =
                poll_fn(|context| http_body::Body::poll_frame(Pin::new(&mut body), context)).await;
            match frame {
                None => break,
                Some(Err(e)) => return Attempt::Lost(words(&e)),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        bytes.extend_from_slice(&data);
                    }
                    if bytes.len() > MAX_BODY {
                        return Attempt::TooLarge;
                    }
                }
            }
        }
        Attempt::Answered(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: bytes,
        })
    }
}

/// How one attempt ended.
enum Attempt {
    Answered(Reply),
    NotSent(String),
    Lost(String),
    TooLarge,
}

/// The system's words in the place of an answer.
fn spoken(words: &str) -> Reply {
    Reply {
        status: 0,
        headers: http::HeaderMap::new(),
        body: serde_json::json!({ "message": words })
            .to_string()
            .into_bytes(),
    }
}

fn failed(error: &octocrab::Error) -> Attempt {
    let connecting =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |e| {
            e.source()
        })
        .filter_map(|e| e.downcast_ref::<reqwest::Error>())
        .any(reqwest::Error::is_connect);
    match connecting {
        true => Attempt::NotSent(words(error)),
        false => Attempt::Lost(words(error)),
    }
}

/// The innermost words: the outer ones repeat the address.
fn words(error: &octocrab::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn octocrab(server: &Server, token: Token) -> Result<Octocrab, Failed> {
    let is_plain = server.is_plain();
    let builder = reqwest::Client::builder()
        .connect_timeout(MAX_CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .https_only(!is_plain)
        .tls_backend_preconfigured(tls::configuration(!is_plain)?);
    // Without encryption a proxy would see the token.
    let builder = if is_plain {
        builder.no_proxy()
    } else {
        builder
    };
    let headers = vec![
        (USER_AGENT, HeaderValue::from_static(AGENT)),
        (
            HeaderName::from_static("x-github-api-version"),
            HeaderValue::from_static(API_VERSION),
        ),
    ];
    let base: Uri = server.api().parse()?;
    let octocrab = OctocrabBuilder::new_empty()
        .with_service(ReqwestConnector::new(builder.build()?))
        .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
        .with_layer(&BaseUriLayer::new(base.clone()))
        .with_layer(&AuthHeaderLayer::new(
            Some(token.into_header()?),
            base.clone(),
            base,
        ))
        .with_auth(AuthState::None)
        .build()?;
    Ok(octocrab)
}
