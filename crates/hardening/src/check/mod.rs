//! Settings that are weak by themselves. One folder or file for each area; this is their table.

use crate::file::{File, Tree};
use crate::finding::{Gap, Related};
use crate::response::Response;
use crate::role::Role;
use crate::rule::{RuleId, Severity};
use std::ops::Range;

mod ci;
mod compose;
mod database;
mod delivery;
mod dockerfile;
mod env;
mod headers;
mod operations;
mod pages;
mod policies;
mod service;
mod traefik;

/// A kind of file: its name, whether a path belongs to it, and what is done with such a file.
pub(crate) struct Kind {
    /// For the list of what was looked at: `nginx configuration`.
    pub(crate) name: &'static str,
    /// Whether a file is of this kind, by its path.
    pub(crate) fits: fn(path: &str) -> bool,
    /// Looks at it.
    pub(crate) look: fn(look: &Look<'_>, found: &mut Found),
}

/// All kinds of files that are looked at. A file may be of several.
pub(crate) const KINDS: &[Kind] = &[
    crate::carrier::apache::KIND,
    crate::carrier::caddy::KIND,
    crate::carrier::haproxy::KIND,
    crate::carrier::hosting::amplify::KIND,
    crate::carrier::hosting::firebase::KIND,
    crate::carrier::hosting::headers_file::KIND,
    crate::carrier::hosting::netlify::KIND,
    crate::carrier::hosting::staticwebapp::KIND,
    crate::carrier::hosting::vercel::KIND,
    crate::carrier::nginx::KIND,
    compose::KIND,
    traefik::KIND,
    dockerfile::KIND,
    env::KIND,
    env::KEYS,
    env::LISTS,
    service::REDIS,
    service::MYSQL,
    service::SEARCH,
    ci::KIND,
    ci::PACKAGES,
    database::PRISMA,
    database::DJANGO,
    operations::SCRIPTS,
    crate::python::KIND,
    crate::python::REQUIREMENTS,
    crate::javascript::KIND,
    crate::html::KIND,
    crate::desktop::KIND,
    crate::program::RUBY,
    crate::program::PHP,
    crate::program::JAVA,
    crate::program::CSHARP,
    crate::program::GO,
    crate::program::RUST,
    crate::program::settings::KIND,
    crate::html::web_config::KIND,
];

/// Files that only a look at the whole needs, by their paths: they may hold something, and count as none of
/// the kinds.
pub(crate) const ALSO_READ: &[fn(path: &str) -> bool] = &[
    crate::carrier::nginx::embedded::fits,
    crate::carrier::kubernetes::fits,
    crate::carrier::hosting::cloudfront::fits,
];

/// What is looked at when all files have been: what one file says and another one lacks. None of these
/// needs what another one has found.
pub(crate) const WHOLE: &[Whole] = &[
    crate::carrier::nginx::look_at_all,
    crate::carrier::kubernetes::look_at_all,
    crate::carrier::hosting::cloudfront::look_at_all,
    traefik::whole,
    env::whole,
    ci::whole,
    database::whole,
    operations::whole,
];

/// What is looked at last, in this order, with all that was found before.
pub(crate) const LAST: &[Whole] = &[
    crate::python::whole,
    crate::javascript::whole,
    headers::look,
    delivery::look,
    policies::look,
];

/// A look at the whole repository; a file's role is asked by its path.
pub(crate) type Whole = fn(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found);

/// A file that is being looked at.
pub(crate) struct Look<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) file: &'t File,
    pub(crate) role: Role,
}

/// What is found, before severities are settled.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) raised: Vec<Raised>,
    pub(crate) responses: Vec<Response>,
    pub(crate) gaps: Vec<Gap>,
    /// Servers that hand requests on without Strict-Transport-Security, unless what is behind sends it.
    pub(crate) hsts_behind: Vec<Raised>,
    /// Limits of requests in programs in JavaScript: whether each lets little through.
    pub(crate) limits: Vec<bool>,
    /// Roles that files tell themselves, when their path tells nothing.
    pub(crate) roles: std::collections::BTreeMap<String, Role>,
}

impl Found {
    /// Adds what was found elsewhere.
    pub(crate) fn add(&mut self, other: Self) {
        self.raised.extend(other.raised);
        self.responses.extend(other.responses);
        self.gaps.extend(other.gaps);
        self.hsts_behind.extend(other.hsts_behind);
        self.limits.extend(other.limits);
        self.roles.extend(other.roles);
    }
}

/// A weakness, as a check raises it.
pub(crate) struct Raised {
    pub(crate) rule: RuleId,
    pub(crate) path: String,
    pub(crate) place: Range<usize>,
    /// When it differs from the rule's; still that of a file in production.
    pub(crate) severity: Option<Severity>,
    pub(crate) message: String,
    pub(crate) better: Option<String>,
    pub(crate) related: Vec<Related>,
}

impl Raised {
    /// Of the rule's own severity.
    pub(crate) fn new(
        rule: &'static str,
        file: &str,
        place: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule: RuleId(rule),
            path: file.to_owned(),
            place,
            severity: None,
            message: message.into(),
            better: None,
            related: Vec::new(),
        }
    }

    /// With a severity of its own.
    pub(crate) fn at(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With how it should read.
    pub(crate) fn better(mut self, better: impl Into<String>) -> Self {
        self.better = Some(better.into());
        self
    }

    /// With another place that belongs to it.
    pub(crate) fn related(
        mut self,
        path: &str,
        place: Range<usize>,
        text: impl Into<String>,
    ) -> Self {
        self.related.push(Related {
            path: path.to_owned(),
            place,
            start: crate::Position { line: 1, column: 1 },
            text: text.into(),
        });
        self
    }
}
