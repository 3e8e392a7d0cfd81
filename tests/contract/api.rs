//! Every request that lockgate makes is one that GitHub's published description allows, and the
//! fake GitHub answers in the published form.

use crate::hub::{Account, Hub, NAME};
use crate::prism::Prism;
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Sends one request to where the server says it is; status and body.
fn send(hub: &Hub, method: &str, path: &str, body: &str) -> (u16, String) {
    let host = hub.api().replace("http://", "");
    let mut stream = TcpStream::connect(&host).unwrap();
    let request = format!(
        "{method} /repos/{NAME}{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\nuser-agent: test\r\n\
         accept: application/vnd.github+json\r\nx-github-api-version: 2022-11-28\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        hub.token(),
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    (status, text)
}

#[test]
fn the_fake_answers_as_published() {
    let hub = Hub::start();
    let prism = Prism::before(&hub);
    let sha = "a".repeat(40);
    {
        let mut state = hub.state();
        state.pull(7, &sha);
        state.pull(8, &sha).head_repository = Some("mallory/shop".to_owned());
        state.comment(7, &Account::person("mona"), "hello");
        state.comment(7, &Account::actions(), "ours");
        state.issue(
            &Account::actions(),
            "open",
            "body",
            &["security".to_owned()],
        );
        state
            .contents
            .insert(("main".into(), "lockgate.toml".into()), b"x".to_vec());
    }
    let check = json!({"name": "lockgate", "head_sha": sha, "status": "completed", "conclusion": "success",
                       "output": {"title": "t", "summary": "s"}});
    let status = json!({"state": "success", "context": "lockgate", "description": "d"});
    let mut wrong = Vec::new();
    for (method, path, body, expected) in [
        ("GET", "", String::new(), 200),
        ("GET", "/issues/7/comments?per_page=100", String::new(), 200),
        (
            "POST",
            "/issues/7/comments",
            json!({"body": "x"}).to_string(),
            201,
        ),
        (
            "PATCH",
            "/issues/comments/1001",
            json!({"body": "y"}).to_string(),
            200,
        ),
        ("DELETE", "/issues/comments/1001", String::new(), 204),
        (
            "GET",
            "/issues?labels=security&state=all",
            String::new(),
            200,
        ),
        (
            "POST",
            "/issues",
            json!({"title": "t", "body": "b", "labels": ["x"]}).to_string(),
            201,
        ),
        ("GET", "/issues/9", String::new(), 200),
        (
            "PATCH",
            "/issues/9",
            json!({"state": "closed", "state_reason": "completed"}).to_string(),
            200,
        ),
        (
            "POST",
            "/issues/9/labels",
            json!({"labels": ["y"]}).to_string(),
            200,
        ),
        ("GET", "/labels", String::new(), 200),
        (
            "POST",
            "/labels",
            json!({"name": "z", "color": "ff0000", "description": "d"}).to_string(),
            201,
        ),
        ("GET", "/labels/z", String::new(), 200),
        ("POST", "/check-runs", check.to_string(), 201),
        (
            "GET",
            &format!("/commits/{sha}/check-runs"),
            String::new(),
            200,
        ),
        ("POST", &format!("/statuses/{sha}"), status.to_string(), 201),
        (
            "GET",
            &format!("/commits/{sha}/statuses"),
            String::new(),
            200,
        ),
        ("GET", &format!("/commits/{sha}/pulls"), String::new(), 200),
        ("GET", "/pulls?state=open", String::new(), 200),
        ("GET", "/pulls/7", String::new(), 200),
        (
            "GET",
            "/contents/lockgate.toml?ref=main",
            String::new(),
            200,
        ),
        (
            "POST",
            "/code-scanning/sarifs",
            json!({"commit_sha": sha, "ref": "refs/heads/main", "sarif": "H4sIAA=="}).to_string(),
            400,
        ),
        ("GET", "/code-scanning/alerts", String::new(), 200),
        ("GET", "/code-scanning/analyses", String::new(), 200),
    ] {
        let (status, text) = send(&hub, method, path, &body);
        if status != expected {
            let messages = text.split("\"message\":").skip(1).step_by(1);
            let messages: Vec<&str> = messages.map(|m| m.split('}').next().unwrap()).collect();
            wrong.push(format!("{method} {path}: {status} {messages:#?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n{:#?}",
        wrong.join("\n\n"),
        prism.violations()
    );
}

/// Without this the proxy could be blind.
#[test]
fn what_is_not_published_does_not_pass() {
    let hub = Hub::start();
    hub.state().pull(7, &"a".repeat(40));
    let prism = Prism::before(&hub);
    for (path, body) in [
        ("/issues/7/comments", json!({"text": "x"})),
        ("/check-runs", json!({"name": "lockgate"})),
        (
            "/code-scanning/sarifs",
            json!({"commit_sha": "abc", "ref": "main", "sarif": "x"}),
        ),
        ("/nowhere", json!({})),
    ] {
        let (status, _) = send(&hub, "POST", path, &body.to_string());
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    assert_eq!(hub.requests().len(), 0, "nothing reached the server");
    assert!(!prism.violations().is_empty());
}
