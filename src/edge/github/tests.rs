//! The client against a server that answers from a script.

use super::client::Client;
use super::token::Token;
use crate::github::{Cause, Method, Request, Server};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

const TOKEN: &str = "token-of-the-test";

/// What came in: the head's lines and the body.
struct Seen {
    head: Vec<String>,
    body: String,
}

impl Seen {
    fn all(&self, name: &str) -> Vec<&str> {
        self.head
            .iter()
            .filter_map(|line| line.split_once(": "))
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }
}

/// A server that gives each answer once, then ends. An empty answer closes the connection.
struct Script {
    address: String,
    thread: JoinHandle<Vec<Seen>>,
}

impl Script {
    fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            answers
                .into_iter()
                .map(|answer| serve(&listener.accept().unwrap().0, &answer))
                .collect()
        });
        Self { address, thread }
    }

    fn client(&self, prefix: &str, seconds: u64) -> Client {
        let api = format!("{}{prefix}", self.address);
        let server = Server::new(&api, &self.address).unwrap();
        let time = Duration::from_secs(seconds);
        Client::new(&server, Token::of_test(TOKEN), time).unwrap()
    }

    fn seen(self) -> Vec<Seen> {
        self.thread.join().unwrap()
    }
}

fn serve(mut stream: &TcpStream, answer: &str) -> Seen {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let mut seen = Seen {
        head,
        body: String::new(),
    };
    let length = seen
        .all("content-length")
        .first()
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    seen.body = String::from_utf8(body).unwrap();
    // The client may have had enough.
    let _ = stream.write_all(answer.as_bytes());
    seen
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

fn read() -> Request {
    Request::get("/repos/o/r/x?page=1".to_owned(), "the test", "x: read")
}

fn post() -> Request {
    let body = r#"{"a":1}"#.to_owned();
    Request::write(
        Method::Post,
        "/repos/o/r/x".to_owned(),
        body,
        "the test",
        "x: write",
    )
}

#[test]
fn a_request_names_its_version_and_carries_one_token() {
    let script = Script::new(vec![answer(
        404,
        "x-github-enterprise-version: 3.14.0\r\n",
        "{}",
    )]);
    let client = script.client("/api/v3", 20);
    let trouble = client.send(&post()).unwrap_err();
    assert_eq!(trouble.cause, Cause::Missing);
    assert_eq!(trouble.enterprise, Some("3.14.0".into()));
    assert_eq!(client.sent(), 1);
    let seen = script.seen().remove(0);
    assert_eq!(seen.head[0], "POST /api/v3/repos/o/r/x HTTP/1.1");
    assert_eq!(seen.body, r#"{"a":1}"#);
    assert_eq!(seen.all("authorization"), [format!("Bearer {TOKEN}")]);
    assert_eq!(seen.all("x-github-api-version"), ["2022-11-28"]);
    assert_eq!(seen.all("accept"), ["application/vnd.github+json"]);
    let agent = concat!("lockgate/", env!("CARGO_PKG_VERSION"));
    assert_eq!(seen.all("user-agent"), [agent]);
}

#[test]
fn faults_are_tried_again_for_reads_only() {
    let script = Script::new(vec![
        answer(502, "", "<html>"),
        String::new(),
        answer(200, "", "1"),
    ]);
    assert_eq!(script.client("", 20).send(&read()).unwrap().body, b"1");
    assert_eq!(script.seen().len(), 3);

    let script = Script::new(vec![answer(502, "", r#"{"message":"Server Error"}"#)]);
    let trouble = script.client("", 20).send(&post()).unwrap_err();
    assert_eq!((trouble.cause, trouble.status), (Cause::Broken, Some(502)));
    assert_eq!(trouble.said, Some("Server Error".into()));
    assert!(trouble.may_be_done());
    script.seen();

    let script = Script::new(vec![String::new()]);
    let trouble = script.client("", 20).send(&post()).unwrap_err();
    assert_eq!(trouble.cause, Cause::Lost);
    script.seen();
}

#[test]
fn a_limit_is_waited_for_also_by_writes() {
    let limit = answer(429, "retry-after: 1\r\n", "");
    let script = Script::new(vec![limit, answer(201, "", "{}")]);
    assert_eq!(script.client("", 20).send(&post()).unwrap().status, 201);
    assert_eq!(script.seen().len(), 2);

    let long = answer(403, "retry-after: 3600\r\n", "");
    let script = Script::new(vec![long]);
    let trouble = script.client("", 20).send(&read()).unwrap_err();
    assert_eq!(trouble.cause, Cause::Limited);
    script.seen();
}

#[test]
fn a_moved_repository_is_followed_but_never_away() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let away = format!("location: {address}/x\r\n");
    let script = Script::new(vec![
        answer(307, "location: /repositories/1/x\r\n", ""),
        answer(307, &away, ""),
    ]);
    let trouble = script.client("", 20).send(&post()).unwrap_err();
    assert_eq!(trouble.cause, Cause::Astray);
    let seen = script.seen();
    assert_eq!(seen[1].head[0], "POST /repositories/1/x HTTP/1.1");
    assert_eq!(seen[1].body, r#"{"a":1}"#);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "somebody else was asked");

    let circle = answer(301, "location: /repos/o/r/x\r\n", "");
    let script = Script::new(vec![circle; 4]);
    let trouble = script.client("", 20).send(&read()).unwrap_err();
    assert_eq!(trouble.cause, Cause::Astray);
    script.seen();
}

#[test]
fn pages_end() {
    let next = "link: </repos/o/r/x?page=2>; rel=\"next\"\r\n";
    let script = Script::new(vec![answer(200, next, "[1]"), answer(200, "", "[2]")]);
    let pages = script.client("", 20).pages(&read()).unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(script.seen()[1].head[0], "GET /repos/o/r/x?page=2 HTTP/1.1");
}

#[test]
fn nobody_there_is_told_within_the_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let server = Server::new(&address, &address).unwrap();
    let client = Client::new(&server, Token::of_test(TOKEN), Duration::from_secs(2)).unwrap();
    let trouble = client.send(&post()).unwrap_err();
    assert_eq!(trouble.cause, Cause::Unreachable);
    assert!(!format!("{trouble:?}").contains(TOKEN));

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let server = Server::new(&address, &address).unwrap();
    let client = Client::new(&server, Token::of_test(TOKEN), Duration::from_secs(1)).unwrap();
    assert_eq!(client.send(&post()).unwrap_err().cause, Cause::Lost);
    assert_eq!(client.send(&post()).unwrap_err().cause, Cause::Late);
}
