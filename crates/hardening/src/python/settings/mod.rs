//! Settings of Django: which files they are, and what is weak in them.
//!
//! A settings file is gone through as the server in production does it: `from .base import *` is followed,
//! `if not DEBUG` is taken, the last assignment wins.

mod access;
mod basics;
mod transport;

use super::run::{Nobody, Run};
use super::scope::Binding;
use super::source;
use super::value::{Value, Valued};
use crate::check::{Found, Raised};
use crate::file::{File, Tree};
use crate::role::Role;
use std::collections::BTreeSet;
use std::ops::Range;

/// Names that only settings of Django bind.
const MARKS: &[&str] = &[
    "INSTALLED_APPS",
    "ROOT_URLCONF",
    "WSGI_APPLICATION",
    "ASGI_APPLICATION",
    "MIDDLEWARE_CLASSES",
    "AUTH_PASSWORD_VALIDATORS",
    "STATICFILES_DIRS",
];

/// Whether a file may hold settings, so that it is worth reading.
pub(super) fn may_be(file: &File) -> bool {
    if !file.path.ends_with(".py") {
        return false;
    }
    let text = file.text();
    let named = file.path.to_ascii_lowercase().contains("settings");
    text.contains("INSTALLED_APPS")
        || text.contains("ROOT_URLCONF")
        || named
            && ["import *", "SECRET_KEY", "MIDDLEWARE"]
                .iter()
                .any(|word| text.contains(word))
}

/// The settings that one file amounts to.
pub(super) struct Settings<'t> {
    run: Run<'t>,
    pub(super) path: String,
    pub(super) tree: &'t Tree,
}

impl<'t> Settings<'t> {
    /// Goes through a file; `None` when it holds no settings of Django.
    fn read(tree: &'t Tree, file: &File) -> Option<Self> {
        let source = source::read(file);
        let mut run = Run::new(&file.path, Some(tree));
        run.complete = source.broken.is_none();
        run.block(&source.body, false, &mut Nobody);
        let bound = |name: &&str| run.scope.get(name).is_some();
        let marked = MARKS.iter().any(&bound);
        // The base of these is not here: the name of the file and what it changes must do.
        let leaf = !run.complete
            && file.path.to_ascii_lowercase().contains("settings")
            && ["DEBUG", "ALLOWED_HOSTS", "DATABASES", "SECRET_KEY"]
                .iter()
                .any(bound)
            && file.text().contains("import *");
        (marked || leaf).then(|| Self {
            run,
            path: file.path.clone(),
            tree,
        })
    }

    /// A setting.
    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.run.scope.get(name)
    }

    /// A setting's value.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.get(name).map(|binding| &binding.value)
    }

    /// All settings.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Binding)> {
        self.run.scope.module()
    }

    /// Whether what is not set here is not set at all.
    pub(super) fn complete(&self) -> bool {
        self.run.complete
    }

    /// The middleware; `None` when it cannot be told which.
    pub(super) fn middleware(&self) -> Option<&Binding> {
        let all = ["MIDDLEWARE", "MIDDLEWARE_CLASSES"].into_iter();
        let binding = all.filter_map(|name| self.get(name)).next()?;
        let list = binding.value.list()?;
        let known = !list.is_empty() && list.iter().all(|one| one.str().is_some());
        (known && self.complete()).then_some(binding)
    }

    /// Whether the middleware is known and has none whose name ends so.
    pub(super) fn lacks(&self, end: &str) -> bool {
        self.middleware().is_some_and(|binding| {
            let all = binding.value.list().unwrap_or_default();
            !all.iter()
                .any(|one| one.str().is_some_and(|name| name.ends_with(end)))
        })
    }

    /// Whether a list of texts has one that begins so.
    pub(super) fn has(&self, name: &str, begin: &str) -> bool {
        let list = self
            .value(name)
            .and_then(|value| value.list())
            .unwrap_or_default();
        list.iter()
            .any(|one| one.str().is_some_and(|text| text.starts_with(begin)))
    }

    /// The file of that number.
    pub(super) fn file(&self, number: usize) -> &str {
        self.run
            .files
            .get(number)
            .map_or(&self.path, String::as_str)
    }

    /// A weakness at a value.
    pub(super) fn at_value(
        &self,
        rule: &'static str,
        value: &Valued,
        message: impl Into<String>,
    ) -> Raised {
        Raised::new(rule, self.file(value.file), value.place.clone(), message)
    }

    /// A weakness at a setting's name.
    pub(super) fn at_name(
        &self,
        rule: &'static str,
        binding: &Binding,
        message: impl Into<String>,
    ) -> Raised {
        let place: Range<usize> = binding.name.clone();
        Raised::new(rule, self.file(binding.file), place, message)
    }

    /// A setting is never set; nothing is raised when it may be elsewhere. A line that is commented out is
    /// told: somebody knew.
    pub(super) fn absent(
        &self,
        rule: &'static str,
        setting: &str,
        message: impl Into<String>,
    ) -> Option<Raised> {
        // The file that these take over is judged by itself.
        let judged = self.run.bases.iter().any(|base| is_whole(base));
        if !self.complete() || judged {
            return None;
        }
        let one = Raised::new(rule, &self.path, 0..0, message);
        let files = self
            .run
            .files
            .iter()
            .filter_map(|path| self.tree.file(path));
        let line = files.filter_map(|file| {
            let at = super::comments::setting(file.text(), setting)?;
            Some((file.path.as_str(), at))
        });
        Some(match line.take(1).next() {
            Some((path, at)) => one.related(path, at, "it is commented out here"),
            None => one,
        })
    }
}

/// Whether settings of this name run by themselves: `settings.py`, unlike `settings/base.py`.
fn is_whole(path: &str) -> bool {
    path.rsplit('/').next() == Some("settings.py")
}

/// Looks at all settings of a repository.
pub(crate) fn look(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let counts = |path: &str| {
        let role = roles(path);
        role.counts() && !matches!(role, Role::Development | Role::Test)
    };
    let files = tree
        .files()
        .filter(|file| may_be(file) && counts(&file.path));
    let all: Vec<Settings<'_>> = files
        .filter_map(|file| Settings::read(tree, file))
        .collect();
    // What another file of production takes over and changes is judged there.
    let bases: BTreeSet<&str> = all
        .iter()
        .flat_map(|one| one.run.bases.iter())
        .filter(|base| !is_whole(base))
        .map(String::as_str)
        .collect();
    for settings in all.iter().filter(|one| !bases.contains(one.path.as_str())) {
        let mut raised = Vec::new();
        basics::look(settings, &mut raised);
        transport::look(settings, &mut raised);
        access::look(settings, &mut raised);
        let mut responses = Vec::new();
        super::csp::look(settings, &mut raised, &mut responses);
        // Two files that take over one say the same of it.
        responses.retain(|one| !found.responses.contains(one));
        found.responses.extend(responses);
        // Findings in a file that is only for development do not count there either.
        raised.retain(|one| counts(&one.path));
        found.raised.extend(raised);
    }
}
