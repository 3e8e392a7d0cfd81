//! The order: roles, files, what takes several files, severities, places.

use crate::check::{ALSO_READ, Found, KINDS, LAST, Look, Raised, WHOLE};
use crate::file::Tree;
use crate::finding::{Finding, Gap};
use crate::position::Lines;
use crate::role::{self, Role};
use crate::rule::{Rules, Severity};
use crate::{File, Response};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Findings of one rule in one file, at most; a file with more was made for that.
const MOST: usize = 200;

/// Files from which on several threads are worth their start.
const MANY: usize = 32;
/// What TLS that ends upstream makes superfluous: an entry point with TLS, a redirect to it, and the header that
/// only it may send.
const OF_TLS: [&str; 4] = ["LG-HDR-101", "LG-NGX-202", "LG-TRF-103", "LG-TRF-104"];
/// The comment that asks for the same in its file.
const UPSTREAM: &str = "lockgate: tls-upstream";

/// What somebody has decided about the scan.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Roles by path, before what the path tells: a folder with `/` at its end, or a file.
    pub roles: BTreeMap<String, Role>,
    /// Rules that are off by themselves and wanted.
    pub wanted: BTreeSet<String>,
    /// TLS ends before what the repository says: nobody misses it behind.
    pub tls_upstream: bool,
}

impl Options {
    /// A file's role when the file itself may tell one: only where neither the policy nor the path says more
    /// than that nothing speaks against production.
    fn settled(&self, path: &str, told: &BTreeMap<String, Role>) -> Role {
        match (self.role(path), told.get(path)) {
            (Role::Production, Some(role)) if self.named(path).is_none() => *role,
            (role, _) => role,
        }
    }

    /// A file's role.
    pub fn role(&self, path: &str) -> Role {
        self.named(path).unwrap_or_else(|| role::of_path(path))
    }

    /// The role that somebody has decided on.
    fn named(&self, path: &str) -> Option<Role> {
        let named = self
            .roles
            .iter()
            .filter(|(name, _)| match name.strip_suffix('/') {
                Some(folder) => path
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/')),
                None => name.as_str() == path,
            });
        // The longest name says it most closely.
        let closest = named.max_by_key(|(name, _)| name.len());
        closest.map(|(_, role)| *role)
    }
}

/// What a scan has to say.
#[derive(Debug, Default)]
pub struct Scanned {
    /// By path and place.
    pub findings: Vec<Finding>,
    /// What was not looked at.
    pub gaps: Vec<Gap>,
    /// How many files of each kind were.
    pub looked_at: BTreeMap<&'static str, u64>,
    /// What each carrier says of responses.
    pub responses: Vec<Response>,
}

/// Whether a file of this path is of any kind that is looked at, so that it is worth reading.
pub fn looks_at(path: &str) -> bool {
    KINDS.iter().any(|kind| (kind.fits)(path)) || ALSO_READ.iter().any(|fits| fits(path))
}

/// Looks at everything.
pub fn scan(tree: &Tree, options: &Options) -> Scanned {
    let mut scanned = Scanned::default();
    let mut found = Found::default();
    let files: Vec<&File> = tree.files().collect();
    let many = files.len() >= MANY;
    let looked = each(&files, many, |file| {
        let role = options.role(&file.path);
        (*file, role, look(tree, file, role))
    });
    let mut known = BTreeMap::new();
    for (file, role, (kinds, one)) in looked {
        known.insert(file.path.as_str(), role);
        for kind in kinds {
            *scanned.looked_at.entry(kind).or_default() += 1;
        }
        found.add(one);
    }
    let role = |path: &str| match known.get(path) {
        Some(role) => *role,
        None => options.role(path),
    };
    let whole = each(WHOLE, many, |look| {
        let mut found = Found::default();
        look(tree, &|path| role(path), &mut found);
        found
    });
    for one in whole {
        found.add(one);
    }
    for look in LAST {
        look(tree, &role, &mut found);
    }
    let roles = |path: &str| options.settled(path, &found.roles);
    scanned.findings = settle(tree, options, &roles, found.raised);
    scanned.gaps = found.gaps;
    // Marks of a template alone prove nothing: whoever breaks a file could write them into it.
    for gap in scanned.gaps.iter_mut().filter(|gap| gap.template) {
        gap.template = roles(&gap.path) == Role::Template
            || is_template(&gap.path)
            || crate::carrier::kubernetes::is_of_chart(tree, &gap.path);
    }
    scanned.gaps.sort();
    scanned.gaps.dedup();
    scanned.responses = found.responses;
    scanned
}

/// Does something with each, on all threads when that is worth waking them up; the order stays.
fn each<T: Sync, R: Send>(all: &[T], many: bool, what: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    match many {
        true => all.par_iter().map(what).collect(),
        false => all.iter().map(what).collect(),
    }
}

/// Looks at one file, as each of the kinds that it is of.
fn look(tree: &Tree, file: &File, role: Role) -> (Vec<&'static str>, Found) {
    let mut found = Found::default();
    if !role.counts() {
        return (Vec::new(), found);
    }
    let kinds = KINDS.iter().filter(|kind| (kind.fits)(&file.path));
    let kinds = kinds.map(|kind| {
        (kind.look)(&Look { tree, file, role }, &mut found);
        kind.name
    });
    (kinds.collect(), found)
}

/// Whether a file's name says that something is filled in before anybody reads it.
fn is_template(path: &str) -> bool {
    const ENDS: [&str; 8] = [
        ".template",
        ".tmpl",
        ".tpl",
        ".j2",
        ".jinja",
        ".jinja2",
        ".erb",
        ".in",
    ];
    let lower = path.to_ascii_lowercase();
    ENDS.iter().any(|end| lower.ends_with(end))
}

fn settle(
    tree: &Tree,
    options: &Options,
    roles: &dyn Fn(&str) -> Role,
    mut raised: Vec<Raised>,
) -> Vec<Finding> {
    raised.sort_by(|a, b| {
        let key = |r: &Raised| (r.path.clone(), r.rule, r.place.start, r.place.end);
        key(a).cmp(&key(b))
    });
    raised.dedup_by(|b, a| a.path == b.path && a.rule == b.rule && a.place == b.place);
    let mut places = Places {
        tree,
        options,
        files: BTreeMap::new(),
    };
    let mut findings = Vec::new();
    let mut hygiene: BTreeMap<String, Vec<Raised>> = BTreeMap::new();
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for one in raised {
        let Some(rule) = Rules::shipped().get(one.rule.0) else {
            continue;
        };
        if rule.off && !options.wanted.contains(&rule.id) {
            continue;
        }
        if rule.hygiene {
            hygiene.entry(one.path.clone()).or_default().push(one);
            continue;
        }
        let count = counts.entry((one.path.clone(), one.rule.0)).or_default();
        *count += 1;
        if *count > MOST {
            continue;
        }
        let role = roles(&one.path);
        let severity = by_role(one.severity.unwrap_or(rule.severity), role);
        findings.extend(places.finding(one, severity, role));
    }
    for (path, all) in hygiene {
        let role = roles(&path);
        findings.extend(together(all).and_then(|one| places.finding(one, Severity::Info, role)));
    }
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.path.clone(), f.start, f.rule);
        key(a).cmp(&key(b))
    });
    findings
}

/// One note for all hygiene of a file.
fn together(all: Vec<Raised>) -> Option<Raised> {
    let mut seen = BTreeSet::new();
    let messages: Vec<String> = all
        .iter()
        .map(|one| one.message.clone())
        .filter(|message| seen.insert(message.clone()))
        .collect();
    let first = all.into_iter().next()?;
    let all = messages.join(" ");
    Some(Raised {
        message: match messages.as_slice() {
            [_] => all,
            several => format!("{} {all}", briefly(several)),
        },
        ..first
    })
}

/// One sentence that names what each of them is about: what stands before a colon or a bracket.
fn briefly(messages: &[String]) -> String {
    let mut brief = String::new();
    for message in messages {
        let end = [": ", " ("]
            .iter()
            .filter_map(|end| message.find(end))
            .min();
        let head = end.and_then(|end| message.get(..end)).unwrap_or(message);
        let head = head.trim_end_matches('.');
        if brief.is_empty() {
            brief.push_str(head);
            continue;
        }
        brief.push_str(", ");
        let mut letters = head.chars();
        brief.extend(letters.next().map(|letter| letter.to_ascii_lowercase()));
        brief.push_str(letters.as_str());
    }
    brief.push('.');
    brief
}

/// In files that do not run in production a weakness is one step less.
fn by_role(severity: Severity, role: Role) -> Severity {
    match role {
        Role::Production | Role::Overlay => severity,
        Role::Development | Role::Test | Role::Template => severity.lower(),
        Role::Vendored | Role::Documentation => Severity::Info,
    }
}

/// Lines and columns of what was found; the lines of a file are counted once.
struct Places<'t> {
    tree: &'t Tree,
    options: &'t Options,
    files: BTreeMap<&'t str, Lines<'t>>,
}

impl<'t> Places<'t> {
    fn lines(&mut self, path: &str) -> Option<&Lines<'t>> {
        let file = self.tree.file(path)?;
        let lines = self.files.entry(&file.path);
        Some(lines.or_insert_with(|| Lines::new(file.text())))
    }

    fn finding(&mut self, one: Raised, severity: Severity, role: Role) -> Option<Finding> {
        let mut related = one.related;
        for other in &mut related {
            if let Some(lines) = self.lines(&other.path) {
                other.start = lines.position(other.place.start);
            }
        }
        let text = self.tree.file(&one.path).map_or("", File::text);
        let of_tls = OF_TLS.contains(&one.rule.0);
        let upstream = || (of_tls && text.contains(UPSTREAM)).then(|| UPSTREAM.to_owned());
        let nothing = Lines::new("");
        let lines = self.lines(&one.path).unwrap_or(&nothing);
        Some(Finding {
            start: lines.position(one.place.start),
            end: lines.position(one.place.end),
            asked: asked(text.get(lines.line(one.place.start))?).or_else(upstream),
            accepted: (of_tls && self.options.tls_upstream).then_some("TLS ends upstream"),
            rule: one.rule,
            path: one.path,
            place: one.place,
            severity,
            role,
            message: one.message,
            better: one.better,
            related,
        })
    }
}

/// The words of a comment on the line that asks to accept what stands there: `lockgate: allow`.
fn asked(line: &str) -> Option<String> {
    let at = line.find("lockgate: allow")?;
    let words = line.get(at..)?;
    let end = words.find(['*', '<']).unwrap_or(words.len());
    words.get(..end).map(|words| words.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_a_template_excuse_no_file_that_is_none() {
        let mut tree = Tree::default();
        for path in ["nginx/a.conf", "nginx/b.conf.j2", "examples/nginx.conf"] {
            tree.add(File::new(path, b"server { # {{ name }}"));
        }
        let gaps = scan(&tree, &Options::default()).gaps;
        let told = gaps.iter().map(|gap| (gap.path.as_str(), gap.template));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("examples/nginx.conf", true),
                ("nginx/a.conf", false),
                ("nginx/b.conf.j2", true),
            ]
        );
    }

    #[test]
    fn tls_that_ends_upstream_is_asked_for_or_decided_on() {
        let text = "services:\n  proxy:\n    image: traefik:3.2 # lockgate: tls-upstream\n    ports: ['80:80']\n    command: ['--entrypoints.web.address=:80']\n";
        let mut tree = Tree::default();
        tree.add(File::new("compose.yml", text.as_bytes()));
        let one = |tls_upstream| {
            let options = Options {
                tls_upstream,
                ..Options::default()
            };
            let all = scan(&tree, &options).findings.into_iter();
            let mut of_tls = all.filter(|one| one.rule.0 == "LG-TRF-103");
            let one = of_tls.next().unwrap();
            (one.asked.is_some(), one.accepted.is_some())
        };
        assert_eq!(one(false), (true, false));
        assert_eq!(one(true), (true, true));
    }

    #[test]
    fn hygiene_is_one_note_that_names_all_of_it_first() {
        let mut tree = Tree::default();
        let text = b"version: '3'\nservices:\n  web:\n    image: web:1.0\n    restart: always\n";
        tree.add(File::new("compose.yml", text));
        let findings = scan(&tree, &Options::default()).findings;
        let told: Vec<&str> = findings.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "No health check, no memory limit, no rotation of logs, may gain privileges, `version` is obsolete and has no effect. \
             No health check: `web`. No memory limit: `web`. No rotation of logs: `web`. \
             May gain privileges (no `no-new-privileges`, `cap_drop` or `read_only`): `web`. \
             `version` is obsolete and has no effect."
            ]
        );
    }

    #[test]
    fn the_policy_names_roles_before_the_path_does() {
        let roles = [
            ("deploy/", Role::Test),
            ("deploy/live.yml", Role::Production),
        ];
        let options = Options {
            roles: roles.map(|(path, role)| (path.to_owned(), role)).into(),
            ..Options::default()
        };
        assert_eq!(options.role("deploy/a.yml"), Role::Test);
        assert_eq!(options.role("deploy/live.yml"), Role::Production);
        assert_eq!(options.role("docs/a.md"), Role::Documentation);
    }
}
