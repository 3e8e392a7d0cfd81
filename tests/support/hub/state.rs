//! What the server knows. Tests read and change it at will.

use super::account::{Account, Permissions};
use super::scanning::{Alert, Sarif};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The repository's number, which stays when its name changes.
pub const ID: u64 = 1_296_269;

/// The repository's name.
pub const NAME: &str = "octo/shop";

/// A comment of an issue or a pull request.
#[derive(Debug, Clone)]
pub struct Comment {
    pub id: u64,
    /// Number of the issue or pull request.
    pub issue: u64,
    pub author: Account,
    pub body: String,
    pub created: String,
    pub updated: String,
}

/// A pull request.
#[derive(Debug, Clone)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    pub author: Account,
    pub head_ref: String,
    pub head_sha: String,
    /// `owner/name`; `None` when it is deleted.
    pub head_repository: Option<String>,
    pub base_ref: String,
    pub base_sha: String,
    /// `open` or `closed`.
    pub state: String,
}

/// An issue that is no pull request.
#[derive(Debug, Clone)]
pub struct Issue {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub author: Account,
    pub labels: Vec<String>,
    /// `open` or `closed`.
    pub state: String,
    pub state_reason: Option<String>,
    pub created: String,
    pub updated: String,
}

/// Everything.
#[derive(Debug)]
pub struct State {
    /// Where the server is for its clients, with the prefix of Enterprise Server.
    pub api: String,
    /// Where people see the repository.
    pub site: String,
    /// The version of an Enterprise Server.
    pub enterprise: Option<String>,
    /// Who the token belongs to.
    pub me: Account,
    pub permissions: Permissions,
    /// Names that the repository had before.
    pub old_names: Vec<String>,
    /// Whether code scanning is switched on.
    pub code_scanning: bool,
    /// Whether links to further pages name the repository by its number, as GitHub's do.
    pub links_by_number: bool,
    pub private: bool,
    pub comments: Vec<Comment>,
    pub pulls: Vec<Pull>,
    pub issues: Vec<Issue>,
    pub labels: BTreeMap<String, Value>,
    /// Check runs, as they were asked for.
    pub checks: Vec<Value>,
    /// Statuses with the commit in `sha`.
    pub statuses: Vec<Value>,
    pub sarifs: Vec<Sarif>,
    pub alerts: Vec<Alert>,
    /// How often an upload is said to be pending before it is processed.
    pub pending: usize,
    /// Content by commit or branch, and path.
    pub contents: BTreeMap<(String, String), Vec<u8>>,
    /// Commit that each full reference is at. An upload that names another one is not processed;
    /// references that are not here may be anywhere.
    pub references: BTreeMap<String, String>,
    /// Requests that are left in this hour.
    pub remaining: u64,
    next: u64,
    seconds: i64,
}

impl State {
    pub fn new(api: String, enterprise: bool) -> Self {
        let site = if enterprise {
            "https://ghe.example.com"
        } else {
            "https://github.com"
        };
        Self {
            api,
            site: site.to_owned(),
            enterprise: enterprise.then(|| "3.19.1".to_owned()),
            me: Account::actions(),
            permissions: Permissions::all(),
            old_names: Vec::new(),
            code_scanning: true,
            links_by_number: true,
            private: false,
            comments: Vec::new(),
            pulls: Vec::new(),
            issues: Vec::new(),
            labels: BTreeMap::new(),
            checks: Vec::new(),
            statuses: Vec::new(),
            sarifs: Vec::new(),
            alerts: Vec::new(),
            pending: 0,
            contents: BTreeMap::new(),
            references: BTreeMap::new(),
            remaining: 1000,
            next: 1000,
            seconds: 0,
        }
    }

    /// A number that nothing has yet.
    pub fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// The number of the next issue or pull request.
    pub fn number(&self) -> u64 {
        let issues = self.issues.iter().map(|issue| issue.number);
        let pulls = self.pulls.iter().map(|pull| pull.number);
        issues.chain(pulls).max().unwrap_or(0) + 1
    }

    /// The time; each call is a second later.
    pub fn now(&mut self) -> String {
        self.seconds += 1;
        // 2026-11-21T08:00:00Z
        jiff::Timestamp::from_second(1_795_248_000 + self.seconds)
            .unwrap()
            .to_string()
    }

    /// The API's address of something in the repository.
    pub fn url(&self, path: &str) -> String {
        format!("{}/repos/{NAME}{path}", self.api)
    }

    /// An open pull request of a branch of the repository itself.
    pub fn pull(&mut self, number: u64, head_sha: &str) -> &mut Pull {
        let pull = Pull {
            number,
            title: "A change".to_owned(),
            author: Account::person("mona"),
            head_ref: "change".to_owned(),
            head_sha: head_sha.to_owned(),
            head_repository: Some(NAME.to_owned()),
            base_ref: "main".to_owned(),
            base_sha: "b".repeat(40),
            state: "open".to_owned(),
        };
        self.pulls.push(pull);
        self.pulls.last_mut().unwrap()
    }

    /// A comment that somebody has written; its id.
    pub fn comment(&mut self, issue: u64, author: &Account, body: &str) -> u64 {
        let (id, now) = (self.id(), self.now());
        self.comments.push(Comment {
            id,
            issue,
            author: author.clone(),
            body: body.to_owned(),
            created: now.clone(),
            updated: now,
        });
        id
    }

    /// An issue that somebody has opened; its number.
    pub fn issue(&mut self, author: &Account, title: &str, body: &str, labels: &[String]) -> u64 {
        let (number, now) = (self.number(), self.now());
        for label in labels {
            self.label(label, "ededed", "");
        }
        self.issues.push(Issue {
            number,
            title: title.to_owned(),
            body: body.to_owned(),
            author: author.clone(),
            labels: labels.to_vec(),
            state: "open".to_owned(),
            state_reason: None,
            created: now.clone(),
            updated: now,
        });
        number
    }

    /// Makes the label if it is not there; `None` when it was. Names are the same in any case.
    pub fn label(&mut self, name: &str, color: &str, description: &str) -> Option<Value> {
        if self.labels.contains_key(&name.to_lowercase()) {
            return None;
        }
        let id = self.id();
        let label = json!({
            "id": id, "node_id": format!("L_{id}"), "name": name, "color": color,
            "description": description, "default": false, "url": self.url(&format!("/labels/{name}")),
        });
        self.labels.insert(name.to_lowercase(), label.clone());
        Some(label)
    }

    /// Every comment of an issue or pull request, oldest first.
    pub fn comments_of(&self, issue: u64) -> Vec<&Comment> {
        let of = |comment: &&Comment| comment.issue == issue;
        self.comments.iter().filter(of).collect()
    }
}

/// An example of GitHub's own description, as a base that has every field.
pub fn example(name: &str) -> Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    let description = DESCRIPTION.get_or_init(|| {
        let text = include_str!("../../fixtures/github/api.json");
        serde_json::from_str(text).unwrap()
    });
    let value = &description["components"]["examples"][name]["value"];
    assert!(!value.is_null(), "{name} is no example");
    value.as_array().map_or(value, |items| &items[0]).clone()
}

/// An example with other values in some of its fields.
pub fn like(name: &str, fields: Value) -> Value {
    let mut value = example(name);
    let Value::Object(fields) = fields else {
        panic!("fields are an object")
    };
    merge(value.as_object_mut().unwrap(), fields);
    value
}

fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    into.extend(from);
}
