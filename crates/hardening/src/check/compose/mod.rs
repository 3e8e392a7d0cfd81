//! Compose: what its services may do, what they open to everybody, and what they are started with.

mod data;
mod expose;
mod health;
mod hygiene;
pub(crate) mod model;
mod privilege;
mod runs;
mod secrets;

use super::{Found, Kind, Look, Raised};
use crate::finding::Gap;
use crate::role::Role;
use crate::rule::Severity;
use crate::yaml;
use model::{Compose, Service};

pub(crate) use runs::dev_server;

/// Files of Compose.
pub(crate) const KIND: Kind = Kind {
    name: "Compose file",
    fits,
    look,
};

pub(crate) fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains("compose") && !lower.contains("stack") {
        return false;
    }
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let filled_in = [
        ".template",
        ".tmpl",
        ".tpl",
        ".j2",
        ".example",
        ".sample",
        ".dist",
    ];
    let name = filled_in
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let named =
        name.contains("compose") || name.starts_with("docker-stack") || name.starts_with("stack.");
    yaml && named && !folders.ends_with(".github/workflows")
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    match yaml::parse(text) {
        Ok(documents) => {
            for document in &documents {
                let Some(compose) = Compose::of(document) else {
                    continue;
                };
                judge(&compose, look, found);
                if compose.is_cut {
                    found.gaps.push(Gap {
                        path: look.file.path.clone(),
                        reason: "has too many services or entries".to_owned(),
                        template: false,
                    });
                }
            }
        }
        Err(reason) => found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: reason.0.to_owned(),
            template: yaml::is_template(text),
        }),
    }
}

fn judge(compose: &Compose, look: &Look<'_>, found: &mut Found) {
    let about = About { compose, look };
    for service in &compose.services {
        privilege::look(&about, service, found);
        expose::look(&about, service, found);
        data::look(&about, service, found);
        runs::look(&about, service, found);
        secrets::look(&about, service, found);
        health::look(&about, service, found);
    }
    hygiene::look(&about, found);
    if compose.services.iter().any(Service::is_overlay) {
        found.roles.insert(look.file.path.clone(), Role::Overlay);
    }
}

/// The file that a service stands in.
pub(crate) struct About<'a> {
    pub(crate) compose: &'a Compose,
    pub(crate) look: &'a Look<'a>,
}

impl About<'_> {
    /// A finding at a place of this file.
    fn raise(
        &self,
        rule: &'static str,
        place: std::ops::Range<usize>,
        message: impl Into<String>,
    ) -> Raised {
        Raised::new(rule, &self.look.file.path, place, message)
    }

    /// What is convenient on a developer's machine is low there, and in services that only a profile for
    /// people's tools starts.
    fn eased(&self, service: &Service, raised: Raised) -> Raised {
        if service.is_for_people() {
            return raised.at(Severity::Low);
        }
        match self.look.role {
            Role::Development | Role::Test | Role::Template => raised.at(Severity::Medium),
            _ => raised,
        }
    }

    fn is_production(&self, service: &Service) -> bool {
        matches!(self.look.role, Role::Production | Role::Overlay) && !service.is_for_people()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_compose() {
        for path in [
            "docker-compose.yml",
            "deploy/compose.prod.yaml",
            "docker-compose.yml.example",
            "docker-stack.yml",
        ] {
            assert!(fits(path), "{path}");
        }
        for path in [
            ".github/workflows/compose.yml",
            "composer.json",
            "values.yaml",
        ] {
            assert!(!fits(path), "{path}");
        }
    }

    fn scanned(path: &str, text: &str) -> crate::Scanned {
        let mut tree = crate::Tree::default();
        tree.add(crate::File::new(path, text.as_bytes()));
        crate::scan(&tree, &crate::Options::default())
    }

    #[test]
    fn what_an_overlay_lacks_stands_elsewhere() {
        let found = scanned(
            "compose.deploy.yml",
            "services:\n  db:\n    ports: ['5432:5432']\n",
        );
        let told: Vec<_> = found
            .findings
            .iter()
            .map(|one| (one.rule.0, one.role))
            .collect();
        assert_eq!(told, [("LG-CMP-111", Role::Overlay)]);
    }

    #[test]
    fn a_tool_for_developers_is_low_and_a_secret_is_never_told() {
        let text = "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n    environment:\n      POSTGRES_PASSWORD: weak-weak\n";
        for (path, severity) in [
            ("docker-compose.override.yml", Severity::Low),
            ("docker-compose.yml", Severity::High),
        ] {
            let found = scanned(path, text);
            let heavy = found
                .findings
                .iter()
                .filter(|one| one.severity > Severity::Info);
            let heavy: Vec<_> = heavy.collect();
            assert_eq!(heavy.len(), 2, "{path}");
            assert!(heavy.iter().all(|one| one.severity == severity), "{path}");
            let said = format!("{:?}", found.findings);
            assert!(!said.contains("weak-weak"), "{path}");
        }
    }
}
