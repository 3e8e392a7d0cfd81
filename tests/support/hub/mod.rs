//! A small GitHub: stateful, on the loopback interface, gone when the test ends.
//!
//! It answers like GitHub where lockgate looks, with GitHub's own words where they are known, and
//! records every request. A request that it does not know, or that no client may send (without a
//! token, say), fails the test.
//!
//! ```ignore
//! let hub = Hub::start();
//! hub.state().pull(7, &head);
//! hub.fail("POST", "/comments", 1, What::down(502));
//! lockgate.envs(hub.env()).run();
//! assert_eq!(hub.state().comments_of(7).len(), 1);
//! assert_eq!(hub.requests().len(), 2);
//! ```

mod account;
mod checks;
mod comments;
mod faults;
mod http;
mod issues;
mod pulls;
mod routes;
mod scanning;
mod state;
mod token;

pub use account::{Account, Level, Permissions, Scope};
pub use faults::{Fault, What};
pub use http::{Answer, Request};
pub use scanning::{Alert, MAX_BYTES, MAX_RESULTS, MAX_RUNS, Sarif};
pub use state::{Comment, ID, Issue, NAME, Pull, State};
pub use token::leak;

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// After as long without a request a connection is closed.
const IDLE: Duration = Duration::from_secs(20);

/// What all connections share.
struct Shared {
    token: String,
    state: Mutex<State>,
    faults: Mutex<Vec<Fault>>,
    requests: Mutex<Vec<Request>>,
    /// What no honest client would have sent.
    problems: Mutex<Vec<String>>,
    over: AtomicBool,
}

/// The server.
pub struct Hub {
    shared: Arc<Shared>,
    address: SocketAddr,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Hub {
    /// GitHub's own cloud.
    pub fn start() -> Self {
        Self::listen(false)
    }

    /// An Enterprise Server, with the API below `/api/v3`.
    pub fn enterprise() -> Self {
        Self::listen(true)
    }

    fn listen(enterprise: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let prefix = if enterprise { "/api/v3" } else { "" };
        let shared = Arc::new(Shared {
            token: token::random(),
            state: Mutex::new(State::new(format!("http://{address}{prefix}"), enterprise)),
            faults: Mutex::default(),
            requests: Mutex::default(),
            problems: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.over.load(Ordering::SeqCst) {
                    return;
                }
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || stream.map(|stream| serving.serve(stream)));
            }
        });
        Self { shared, address }
    }

    /// What `GITHUB_API_URL` has to be.
    pub fn api(&self) -> String {
        self.state().api.clone()
    }

    /// Where the server listens; not what clients are told when a proxy stands before it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token that it takes; new for each server.
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// What a job's environment says of the server, with the token as `action.yml` hands it on.
    pub fn env(&self) -> Vec<(String, String)> {
        let (api, site) = (self.api(), self.state().site.clone());
        let graphql = api.replace("/api/v3", "/api");
        [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", &*api),
            ("GITHUB_GRAPHQL_URL", &*format!("{graphql}/graphql")),
            ("GITHUB_SERVER_URL", &*site),
            ("GITHUB_REPOSITORY", NAME),
            ("GITHUB_REPOSITORY_ID", &*ID.to_string()),
            ("LOCKGATE_TOKEN", self.token()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// What the server knows, to read or to change. Not while a request is awaited: it waits, too.
    pub fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.shared.state)
    }

    /// From now on the token may do this.
    pub fn permit(&self, permissions: Permissions) {
        self.state().permissions = permissions;
    }

    /// The next `times` requests of this method (empty: any) with this part of a path fare thus.
    pub fn fail(&self, method: &str, path: &str, times: usize, what: What) {
        self.fault(Fault {
            method: method.to_owned(),
            path: path.to_owned(),
            after: 0,
            times,
            what,
        });
    }

    /// See [`Fault`].
    pub fn fault(&self, fault: Fault) {
        locked(&self.shared.faults).push(fault);
    }

    /// Before the next such request is carried out, somebody else does this.
    pub fn first(
        &self,
        method: &str,
        path: &str,
        run: impl Fn(&mut State) + Send + Sync + 'static,
    ) {
        self.fail(method, path, 1, What::First(Arc::new(run)));
    }

    /// Every request so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        locked(&self.shared.requests).clone()
    }

    /// The same in a few words each: `GET /repos/octo/shop/issues/7/comments`.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }

    /// The requests that change something.
    pub fn writes(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.is_write());
        requests
    }

    /// Forgets the requests so far, so that a test can count those of its next step.
    pub fn forget(&self) {
        locked(&self.shared.requests).clear();
    }

    /// What no honest client would have sent; taking it keeps the test from failing by it.
    pub fn take_problems(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.shared.problems))
    }

    /// Fails if the token, in any form, is in what was written.
    #[track_caller]
    pub fn keeps_token(&self, what: &str, written: impl AsRef<[u8]>) {
        if let Some(form) = leak(self.token(), written.as_ref()) {
            panic!("the token is in {what}, {form}");
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
        let problems = self.take_problems();
        if !std::thread::panicking() {
            assert!(problems.is_empty(), "{problems:#?}");
        }
    }
}

/// What is done with the connection after an answer.
enum Next {
    Keep,
    Close,
}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(IDLE)).unwrap();
        stream.set_write_timeout(Some(IDLE)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut writer = stream.try_clone().unwrap();
        let mut reader = BufReader::new(stream);
        while let Some(request) = Request::read(&mut reader) {
            let last = request.header("connection") == Some("close");
            match self.react(request, &mut writer) {
                Ok(Next::Keep) if !last => {}
                _ => return,
            }
        }
    }

    /// Carries a request out, or lets happen what the test wants to happen.
    fn react(&self, mut request: Request, to: &mut TcpStream) -> std::io::Result<Next> {
        let prefix = match locked(&self.state).enterprise {
            Some(_) => "/api/v3",
            None => "",
        };
        let path = request.target.split('?').next().unwrap_or_default();
        let inside = path.strip_prefix(prefix).map(str::to_owned);
        let graphql = path == "/api/graphql" && !prefix.is_empty();
        request.path = match inside {
            _ if graphql => "/graphql".to_owned(),
            Some(path) => path,
            None => {
                self.problem(format!("{path} is not below {prefix}"));
                path.to_owned()
            }
        };
        locked(&self.requests).push(request.clone());
        if let Some(answer) = self.refuse(&request) {
            self.finish(answer).write(to, usize::MAX)?;
            return Ok(Next::Keep);
        }
        let what = faults::take(&mut locked(&self.faults), &request);
        match what {
            None => self
                .finish(self.carry_out(&request))
                .write(to, usize::MAX)?,
            Some(What::Answer(answer)) => self.finish(answer).write(to, usize::MAX)?,
            Some(What::DoneBut(answer)) => {
                self.carry_out(&request);
                self.finish(answer).write(to, usize::MAX)?;
            }
            Some(What::DropBefore) => return Ok(Next::Close),
            Some(What::DropAfter) => {
                self.carry_out(&request);
                return Ok(Next::Close);
            }
            Some(What::CutOff) => {
                let answer = self.finish(self.carry_out(&request));
                answer.write(to, answer.body.len() / 2)?;
                return Ok(Next::Close);
            }
            Some(What::Slow(time)) => {
                std::thread::sleep(time);
                self.finish(self.carry_out(&request))
                    .write(to, usize::MAX)?;
            }
            Some(What::First(run)) => {
                run(&mut locked(&self.state));
                self.finish(self.carry_out(&request))
                    .write(to, usize::MAX)?;
            }
            Some(What::Endless) => {
                let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[";
                to.write_all(head)?;
                while !self.over.load(Ordering::SeqCst) {
                    to.write_all(&b"{\"body\": \"for ever\"},".repeat(1000))?;
                }
                return Ok(Next::Close);
            }
            Some(What::Trickle(pause)) => {
                let answer = self.finish(self.carry_out(&request));
                answer.write(to, 0)?;
                for byte in &answer.body {
                    if self.over.load(Ordering::SeqCst) {
                        break;
                    }
                    to.write_all(&[*byte])?;
                    std::thread::sleep(pause);
                }
            }
        }
        Ok(Next::Keep)
    }

    fn problem(&self, words: String) {
        locked(&self.problems).push(words);
    }

    fn carry_out(&self, request: &Request) -> Answer {
        let (answer, problem) = routes::answer(&mut locked(&self.state), request);
        problem.into_iter().for_each(|words| self.problem(words));
        answer
    }

    /// What GitHub refuses before it looks at the path.
    fn refuse(&self, request: &Request) -> Option<Answer> {
        let line = request.line();
        let Some(authorization) = request.header("authorization") else {
            self.problem(format!("{line} came without a token"));
            return Some(Answer::error(401, "Requires authentication", ""));
        };
        if request.target.contains(&self.token) {
            self.problem(format!("{line} has the token in its address"));
        }
        let kinds = ["Bearer", "token"];
        let right = kinds.map(|kind| format!("{kind} {}", self.token));
        if !right.iter().any(|right| right == authorization) {
            return Some(Answer::error(401, "Bad credentials", ""));
        }
        if request.header("user-agent").is_none_or(str::is_empty) {
            self.problem(format!("{line} came without a user agent"));
        }
        let version = request.header("x-github-api-version");
        if version.is_none_or(|version| version.len() != "2022-11-28".len()) {
            self.problem(format!("{line} asks for no version of the API"));
        }
        let kind = request.header("content-type").unwrap_or_default();
        if !request.body.is_empty() && !kind.starts_with("application/json") {
            self.problem(format!("{line} has a body of the type {kind:?}"));
        }
        None
    }

    /// Adds the headers that GitHub always sends.
    fn finish(&self, answer: Answer) -> Answer {
        let mut state = locked(&self.state);
        state.remaining = state.remaining.saturating_sub(1);
        let has = |name: &str| answer.headers.iter().any(|(known, _)| known == name);
        let mut headers = vec![
            ("server".to_owned(), "github.com".to_owned()),
            (
                "x-github-request-id".to_owned(),
                "0400:1234:5678".to_owned(),
            ),
            (
                "x-github-media-type".to_owned(),
                "github.v3; format=json".to_owned(),
            ),
        ];
        match &state.enterprise {
            Some(version) => {
                headers.push(("x-github-enterprise-version".to_owned(), version.clone()));
            }
            None if !has("x-ratelimit-remaining") => headers.extend([
                ("x-ratelimit-limit".to_owned(), "1000".to_owned()),
                (
                    "x-ratelimit-remaining".to_owned(),
                    state.remaining.to_string(),
                ),
                (
                    "x-ratelimit-used".to_owned(),
                    (1000 - state.remaining).to_string(),
                ),
                ("x-ratelimit-reset".to_owned(), "4102444800".to_owned()),
                ("x-ratelimit-resource".to_owned(), "core".to_owned()),
            ]),
            None => {}
        }
        headers.extend(answer.headers);
        Answer { headers, ..answer }
    }
}
