//! The fake GitHub itself: what other tests take for granted of it.

use crate::hub::{Account, Answer, Hub, NAME, Permissions, What, leak};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// What came back: status, head and body.
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// Sends one request; `None` when the connection ends without a whole answer.
fn send(hub: &Hub, method: &str, path: &str, body: &str) -> Option<Reply> {
    let mut stream = TcpStream::connect(hub.address()).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nuser-agent: test\r\n\
         x-github-api-version: 2022-11-28\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        hub.token(),
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().unwrap();
    let reply = Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    };
    let length: usize = reply.header("content-length")?.parse().unwrap();
    (body.len() == length).then_some(reply)
}

fn path(rest: &str) -> String {
    format!("/repos/{NAME}/{rest}")
}

#[test]
fn comments_are_kept_listed_in_pages_and_changed() {
    let hub = Hub::start();
    hub.state().pull(7, &"a".repeat(40));
    for number in 0..35 {
        hub.state()
            .comment(7, &Account::person("mona"), &number.to_string());
    }
    let made = send(
        &hub,
        "POST",
        &path("issues/7/comments"),
        r#"{"body": "ours"}"#,
    )
    .unwrap();
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["user"]["login"], "github-actions[bot]");
    let first = send(&hub, "GET", &path("issues/7/comments"), "").unwrap();
    assert_eq!(first.json().as_array().unwrap().len(), 30);
    let link = first.header("link").unwrap();
    assert!(link.contains("/repositories/1296269/issues/7/comments?page=2>; rel=\"next\""));
    let second = send(
        &hub,
        "GET",
        "/repositories/1296269/issues/7/comments?page=2",
        "",
    )
    .unwrap();
    let second = second.json();
    assert_eq!(second.as_array().unwrap().len(), 6);
    let id = second[5]["id"].as_u64().unwrap();
    let one = path(&format!("issues/comments/{id}"));
    assert_eq!(
        send(&hub, "PATCH", &one, r#"{"body": "new"}"#)
            .unwrap()
            .status,
        200
    );
    assert_eq!(hub.state().comments_of(7).last().unwrap().body, "new");
    assert_eq!(send(&hub, "DELETE", &one, "").unwrap().status, 204);
    assert_eq!(hub.state().comments_of(7).len(), 35);
    let long = json!({"body": "x".repeat(65_537)}).to_string();
    let refused = send(&hub, "POST", &path("issues/7/comments"), &long).unwrap();
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .body
            .contains("Body is too long (maximum is 65536 characters)")
    );
    assert_eq!(hub.writes().len(), 4);
}

#[test]
fn faults_come_when_they_are_asked_for() {
    let hub = Hub::start();
    hub.state().pull(7, &"a".repeat(40));
    let comments = path("issues/7/comments");
    hub.fail("GET", "/comments", 2, What::down(502));
    for status in [502, 502, 200] {
        assert_eq!(send(&hub, "GET", &comments, "").unwrap().status, status);
    }
    hub.fail("POST", "/comments", 1, What::DropBefore);
    assert!(send(&hub, "POST", &comments, r#"{"body": "a"}"#).is_none());
    assert_eq!(hub.state().comments.len(), 0);
    for what in [What::DropAfter, What::CutOff] {
        hub.fail("POST", "/comments", 1, what);
        assert!(send(&hub, "POST", &comments, r#"{"body": "a"}"#).is_none());
    }
    hub.fail(
        "POST",
        "/comments",
        1,
        What::DoneBut(Answer::error(500, "x", "")),
    );
    assert_eq!(
        send(&hub, "POST", &comments, r#"{"body": "a"}"#)
            .unwrap()
            .status,
        500
    );
    assert_eq!(hub.state().comments.len(), 3);
    hub.fail("", "", 1, What::secondary(429, Some(7)));
    let limited = send(&hub, "GET", &comments, "").unwrap();
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("7"))
    );
    hub.first("GET", "/comments", |state| {
        state.comment(7, &Account::actions(), "faster");
    });
    let reply = send(&hub, "GET", &comments, "").unwrap();
    assert_eq!(reply.json().as_array().unwrap().len(), 4);
    hub.permit(Permissions::read_only());
    let refused = send(&hub, "POST", &comments, r#"{"body": "a"}"#).unwrap();
    assert_eq!(refused.status, 403);
    assert!(
        refused
            .body
            .contains("Resource not accessible by integration")
    );
}

#[test]
fn what_no_client_may_send_is_a_problem() {
    let hub = Hub::start();
    assert_eq!(
        send(&hub, "GET", "/repos/other/one", "").unwrap().status,
        404
    );
    assert_eq!(
        send(&hub, "PUT", &path("code-scanning/analysis"), "{}")
            .unwrap()
            .status,
        404
    );
    let bare = TcpStream::connect(hub.address()).map(|mut stream| {
        stream
            .write_all(b"GET /rate_limit HTTP/1.1\r\n\r\n")
            .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    });
    assert_eq!(bare.unwrap(), "HTTP/1.1 401");
    assert_eq!(hub.take_problems().len(), 3);
}

#[test]
fn an_enterprise_server_has_a_prefix_and_says_what_it_is() {
    let hub = Hub::enterprise();
    let reply = send(&hub, "GET", &format!("/api/v3/repos/{NAME}"), "").unwrap();
    assert_eq!(reply.header("x-github-enterprise-version"), Some("3.19.1"));
    assert_eq!(reply.header("x-ratelimit-remaining"), None);
    assert!(hub.api().ends_with("/api/v3"));
}

/// A log with one result for each rule, packed as the API wants it.
fn upload(category: &str, rules: &[&str], extra: Value) -> String {
    use base64::Engine as _;
    let results: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let place = json!({"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}});
            json!({"ruleId": rule, "message": {"text": "m"}, "locations": [{"physicalLocation": place}]})
        })
        .collect();
    let mut run = json!({
        "tool": {"driver": {"name": "Bandit", "rules": []}}, "results": results,
        "automationDetails": {"id": category},
    });
    let extra = extra.as_object().unwrap().clone();
    run.as_object_mut().unwrap().extend(extra);
    let log = json!({"version": "2.1.0", "runs": [run]}).to_string();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(log.as_bytes()).unwrap();
    let sarif = base64::engine::general_purpose::STANDARD.encode(gzip.finish().unwrap());
    json!({"commit_sha": "a".repeat(40), "ref": "refs/heads/main", "sarif": sarif}).to_string()
}

#[test]
fn uploads_open_and_close_the_alerts_of_their_category() {
    let hub = Hub::start();
    hub.state().pending = 1;
    let sarifs = path("code-scanning/sarifs");
    let states = || -> Vec<String> {
        let state = hub.state();
        state
            .alerts
            .iter()
            .map(|alert| alert.state.clone())
            .collect()
    };
    let made = send(
        &hub,
        "POST",
        &sarifs,
        &upload("a/", &["R1", "R2"], json!({})),
    )
    .unwrap();
    assert_eq!(made.status, 202);
    let one = path(&format!(
        "code-scanning/sarifs/{}",
        made.json()["id"].as_str().unwrap()
    ));
    for status in ["pending", "complete"] {
        let reply = send(&hub, "GET", &one, "").unwrap();
        assert_eq!(reply.json()["processing_status"], status);
    }
    assert_eq!(states(), ["open", "open"]);
    send(&hub, "POST", &sarifs, &upload("a/", &["R2"], json!({}))).unwrap();
    assert_eq!(states(), ["fixed", "open"]);
    // Another category leaves these alone, and so does a run that failed.
    send(&hub, "POST", &sarifs, &upload("b/", &[], json!({}))).unwrap();
    let failed = json!({"invocations": [{"executionSuccessful": false}]});
    send(&hub, "POST", &sarifs, &upload("a/", &[], failed)).unwrap();
    assert_eq!(states(), ["fixed", "open"]);
    let errors = hub.state().sarifs.last().unwrap().errors.clone();
    assert_eq!(errors, ["unsuccessful execution"]);
    let alerts = send(&hub, "GET", &path("code-scanning/alerts?state=open"), "").unwrap();
    assert_eq!(alerts.json().as_array().unwrap().len(), 1);
}

#[test]
fn the_token_is_found_in_every_form() {
    use base64::Engine as _;
    let hub = Hub::start();
    let token = hub.token();
    let hex: String = token.bytes().map(|b| format!("{b:02X}")).collect();
    let percent: String = token.bytes().map(|b| format!("%{b:02X}")).collect();
    let base64 = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    for form in [
        token.to_owned(),
        token[8..30].to_owned(),
        token.chars().rev().collect(),
        hex,
        percent,
        base64(token.to_owned()),
        base64(format!("x-access-token:{token}")),
        base64(format!("xx{token}yy")),
    ] {
        assert!(
            leak(token, format!("a {form} b").as_bytes()).is_some(),
            "{form}"
        );
    }
    assert_eq!(leak(token, b"nothing of it, ghs_, base64"), None);
    assert_ne!(Hub::start().token(), token);
}
