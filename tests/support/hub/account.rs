//! Who writes, and what a token may do.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub login: String,
    pub id: u64,
    /// `User` or `Bot`.
    pub kind: &'static str,
}

impl Account {
    /// The account behind every job's token.
    pub fn actions() -> Self {
        Self::bot("github-actions[bot]", 41_898_282)
    }

    pub fn dependabot() -> Self {
        Self::bot("dependabot[bot]", 49_699_333)
    }

    /// Another app.
    pub fn bot(login: &str, id: u64) -> Self {
        Self {
            login: login.to_owned(),
            id,
            kind: "Bot",
        }
    }

    pub fn person(login: &str) -> Self {
        Self {
            login: login.to_owned(),
            id: login.bytes().map(u64::from).sum::<u64>() + 1000,
            kind: "User",
        }
    }

    /// Schema `simple-user`.
    pub fn json(&self, api: &str) -> Value {
        let name = self.login.replace('[', "%5B").replace(']', "%5D");
        let url = format!("{api}/users/{name}");
        json!({
            "login": self.login, "id": self.id, "node_id": format!("U_{}", self.id),
            "avatar_url": "https://avatars.example/u/1", "gravatar_id": "",
            "url": url, "html_url": format!("https://github.com/{}", self.login.replace("[bot]", "")),
            "followers_url": format!("{url}/followers"),
            "following_url": format!("{url}/following{{/other_user}}"),
            "gists_url": format!("{url}/gists{{/gist_id}}"),
            "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{url}/subscriptions"),
            "organizations_url": format!("{url}/orgs"), "repos_url": format!("{url}/repos"),
            "events_url": format!("{url}/events{{/privacy}}"),
            "received_events_url": format!("{url}/received_events"),
            "type": self.kind, "user_view_type": "public", "site_admin": false,
        })
    }

    /// The app that a comment was made through: schema `nullable-integration`.
    pub fn app(&self, api: &str) -> Value {
        if self.kind != "Bot" {
            return Value::Null;
        }
        let slug = self.login.replace("[bot]", "");
        let owner = Self {
            login: "github".to_owned(),
            id: 9919,
            kind: "Organization",
        };
        json!({
            "id": if slug == "github-actions" { 15_368 } else { self.id },
            "slug": slug, "node_id": "A_1", "client_id": "Iv1.0", "owner": owner.json(api), "name": slug,
            "description": "", "external_url": "https://help.example", "html_url": "https://github.com/apps",
            "created_at": "2018-07-30T09:30:17Z", "updated_at": "2024-04-10T20:33:16Z",
            "permissions": {}, "events": [],
        })
    }
}

/// One of the scopes of `permissions:` in a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Actions,
    Checks,
    Contents,
    Issues,
    PullRequests,
    SecurityEvents,
    Statuses,
}

/// How far a scope is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    None,
    Read,
    Write,
}

/// What a token may do.
#[derive(Debug, Clone)]
pub struct Permissions(BTreeMap<Scope, Level>);

impl Permissions {
    fn every(level: Level) -> Self {
        use Scope::{Actions, Checks, Contents, Issues, PullRequests, SecurityEvents, Statuses};
        let scopes = [
            Actions,
            Checks,
            Contents,
            Issues,
            PullRequests,
            SecurityEvents,
            Statuses,
        ];
        Self(scopes.into_iter().map(|scope| (scope, level)).collect())
    }

    /// `permissions: write-all`
    pub fn all() -> Self {
        Self::every(Level::Write)
    }

    /// What a job has for a change from a fork, and for Dependabot.
    pub fn read_only() -> Self {
        Self::every(Level::Read)
    }

    /// `permissions: {}`
    pub fn none() -> Self {
        Self::every(Level::None)
    }

    pub fn with(mut self, scope: Scope, level: Level) -> Self {
        self.0.insert(scope, level);
        self
    }

    pub fn allow(&self, scope: Scope, level: Level) -> bool {
        self.0.get(&scope).is_some_and(|has| *has >= level)
    }
}
