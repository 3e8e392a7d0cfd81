//! Files with variables of the environment, keys, and the lists of files that Git leaves out.

mod file;
mod lists;

use super::compose::{Debugging, debugging};
use super::{Found, Kind, Look, Raised};
use crate::role::Role;
use crate::rule::Severity;
use crate::words::secret::{self, Secret, quoted};
use crate::words::variable;
use file::Line;

pub(crate) use lists::{LISTS, whole};

/// Files with variables.
pub(crate) const KIND: Kind = Kind {
    name: "environment file",
    fits,
    look,
};

/// Files that may hold a private key.
pub(crate) const KEYS: Kind = Kind {
    name: "key file",
    fits: fits_key,
    look: look_key,
};

/// Ends of names that are no files of variables, though they begin like one.
const OTHER: &[&str] = &[
    ".ts", ".js", ".mjs", ".cjs", ".py", ".sh", ".md", ".enc", ".vault", ".gpg", ".age", ".yml",
    ".yaml", ".json", ".toml", ".rb", ".php", ".go", ".rs", ".keys", ".j2", ".asc", ".schema",
];

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains("env") {
        return false;
    }
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if OTHER.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    let in_folder = folders
        .split('/')
        .any(|folder| folder == ".envs" || folder == ".env");
    name == ".env"
        || name.starts_with(".env.")
        || name.starts_with(".env-")
        || name.starts_with(".env_")
        || name.ends_with(".env")
        || name.starts_with("env.")
        || name.contains(".env.")
        || in_folder
}

fn fits_key(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let ends = [".pem", ".key", ".ppk", ".p8"];
    let names = ["id_rsa", "id_ed25519", "id_ecdsa", "id_dsa"];
    ends.iter().any(|end| name.ends_with(end)) || names.contains(&name)
}

fn look(look: &Look<'_>, found: &mut Found) {
    let lines = file::lines(look.file.text());
    if let Some(role) = own_role(look, &lines) {
        found.roles.insert(look.file.path.clone(), role);
    }
    match look.role {
        Role::Template => template(look, &lines, found),
        _ => live(look, &lines, found),
    }
}

/// What the file says of itself (`APP_ENV=development`), where its path does not speak of production.
fn own_role(look: &Look<'_>, lines: &[Line<'_>]) -> Option<Role> {
    if look.file.path.to_ascii_lowercase().contains("prod") {
        return None;
    }
    let names = |line: &&Line<'_>| {
        let name = line.name.to_ascii_uppercase();
        name.ends_with("_ENV") || name.ends_with("ENVIRONMENT") || name == "ENV"
    };
    let said = lines.iter().find(names)?.value.to_ascii_lowercase();
    match said.as_str() {
        "dev" | "devel" | "development" | "local" => Some(Role::Development),
        "test" | "testing" | "ci" => Some(Role::Test),
        _ => None,
    }
}

/// Shorter secrets are guessed from what they sign.
const SHORTEST: usize = 32;

/// A file that a program reads.
fn live(look: &Look<'_>, lines: &[Line<'_>], found: &mut Found) {
    let path = &look.file.path;
    let versioned = look.tree.is_tracked(path);
    let in_production = matches!(look.role, Role::Production | Role::Overlay);
    let mut secrets = 0;
    for line in lines {
        let place = line.place.clone();
        endpoint(look, line, found);
        if in_production {
            found.raised.extend(debugged(look, line));
        }
        let Some(value) = secret_of(line) else {
            continue;
        };
        let name = quoted(line.name);
        match secret::of_value(value) {
            Secret::None => continue,
            Secret::StandIn => {
                secrets += 1;
                let message = format!("{name} still holds the words that ask for a secret.");
                let better = format!("{}=", line.name);
                found
                    .raised
                    .push(Raised::new("LG-ENV-104", path, place, message).better(better));
                continue;
            }
            Secret::Literal => secrets += 1,
        }
        if versioned {
            let message = format!("{name} is a secret, and in the repository.");
            let better = format!("{}=", line.name);
            let raised = Raised::new("LG-ENV-102", path, place.clone(), message).better(better);
            found.raised.push(match in_production {
                true => raised,
                false => raised.at(Severity::Medium),
            });
        }
        if in_production && signs(line.name) && is_weak(value) {
            let message = format!("{name} is too short or too plain to sign or encrypt with.");
            found
                .raised
                .push(Raised::new("LG-ENV-107", path, place, message));
        }
    }
    if versioned && !lines.is_empty() {
        let message = match secrets {
            0 => "A file of variables that programs read is in the repository.".to_owned(),
            _ => "A file of variables with secrets is in the repository.".to_owned(),
        };
        let first = lines.first().map_or(0..0, |line| line.place.clone());
        let raised = Raised::new("LG-ENV-101", path, first, message);
        found.raised.push(match (secrets, in_production) {
            (0, false) => raised.at(Severity::Info),
            (0, true) => raised.at(Severity::Low),
            _ => raised,
        });
    }
}

/// Debugging in a file that says of itself that production reads it; of others it is likely only.
fn debugged(look: &Look<'_>, line: &Line<'_>) -> Option<Raised> {
    let value = line.value.trim().to_ascii_lowercase();
    let name = quoted(line.name);
    let debugging = debugging(line.name, &value)?;
    let (message, better) = match debugging {
        Debugging::On => (
            format!("{name} is on; errors show code, settings and secrets."),
            format!("{}=false", line.name),
        ),
        Debugging::Kind => (
            format!("{name} says {}.", quoted(&value)),
            format!("{}=production", line.name),
        ),
    };
    let path = look.file.path.to_ascii_lowercase();
    let mut words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let certain = words.any(|word| matches!(word, "prod" | "production" | "live"));
    let severity = match (debugging, certain) {
        (Debugging::On, true) => Severity::High,
        (Debugging::On, false) | (Debugging::Kind, true) => Severity::Medium,
        (Debugging::Kind, false) => Severity::Low,
    };
    let raised = Raised::new("LG-CMP-133", &look.file.path, line.place.clone(), message);
    Some(raised.at(severity).better(better))
}

/// A file that people copy and fill in.
fn template(look: &Look<'_>, lines: &[Line<'_>], found: &mut Found) {
    for line in lines {
        endpoint(look, line, found);
        if secret_of(line).is_some_and(|value| secret::of_value(value) == Secret::Literal) {
            let message = format!(
                "{} has a value that works: it will be copied as it is.",
                quoted(line.name)
            );
            let place = line.place.clone();
            // In a template, a step less than this is what it is worth.
            let raised = Raised::new("LG-ENV-103", &look.file.path, place, message);
            let better = format!("{}=", line.name);
            found
                .raised
                .push(raised.at(Severity::Medium).better(better));
        }
    }
}

/// The secret that a line holds: its value, or the password in an address.
fn secret_of<'t>(line: &Line<'t>) -> Option<&'t str> {
    if secret::is_secret_name(line.name) {
        return variable::variables(line.value)
            .is_empty()
            .then_some(line.value);
    }
    let inside = line.value.get(secret::in_address(line.value)?)?;
    variable::variables(inside).is_empty().then_some(inside)
}

/// Whether a secret of this name signs or encrypts, so that its length decides; passwords are limited by
/// what asks for them.
fn signs(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words = [
        "SECRET_KEY",
        "JWT_SECRET",
        "SESSION_SECRET",
        "COOKIE_SECRET",
        "ENCRYPTION_KEY",
        "APP_SECRET",
        "SIGNING_KEY",
        "JWT_KEY",
        "AUTH_SECRET",
        "SECRET_KEY_BASE",
        "FERNET_KEY",
        "TOKEN_SECRET",
    ];
    let ours = words.iter().any(|word| upper.ends_with(word));
    // Keys that a provider gives have the length that it gives.
    let given = [
        "STRIPE",
        "AWS",
        "RECAPTCHA",
        "GOOGLE",
        "TURNSTILE",
        "HCAPTCHA",
        "PAYPAL",
    ];
    ours && !given.iter().any(|word| upper.contains(word))
}

fn is_weak(value: &str) -> bool {
    let distinct: std::collections::BTreeSet<char> = value.chars().collect();
    value.len() < SHORTEST || distinct.len() < 10
}

fn endpoint(look: &Look<'_>, line: &Line<'_>, found: &mut Found) {
    if let Some(host) = traces_go_to(line.name, line.value) {
        let message = format!("Traces go to {} unencrypted.", quoted(host));
        let place = line.place.clone();
        let raised = Raised::new("LG-ENV-108", &look.file.path, place, message);
        found
            .raised
            .push(raised.better(format!("{}=https://…", line.name)));
    }
}

/// The host that traces leave for, out of this network and unencrypted.
pub(crate) fn traces_go_to<'t>(name: &str, value: &'t str) -> Option<&'t str> {
    let is_endpoint = name.starts_with("OTEL_EXPORTER_OTLP") && name.ends_with("ENDPOINT");
    let rest = value.strip_prefix("http://").filter(|_| is_endpoint)?;
    let host = rest.split(['/', '?', '#']).next()?;
    // What stands before `@` is a secret.
    let host = host.rsplit('@').next()?.split(':').next()?;
    // A name of one word is a service of the same network.
    let near = !host.contains('.')
        || host.starts_with("127.")
        || host.contains('$')
        || [".local", ".internal", ".svc"]
            .iter()
            .any(|end| host.ends_with(end));
    (!near).then_some(host)
}

fn look_key(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let Some(start) = text.find("-----BEGIN ") else {
        return;
    };
    let line = text
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let putty = text.starts_with("PuTTY-User-Key-File");
    if look.tree.is_tracked(&look.file.path) && (line.contains("PRIVATE KEY") || putty) {
        let place = start..start + line.len();
        let message = "A private key is in the repository.";
        let raised = Raised::new("LG-ENV-106", &look.file.path, place, message);
        // Tests bring keys of their own, which open nothing.
        found.raised.push(match look.role {
            Role::Test | Role::Template => raised.at(Severity::Medium),
            _ => raised,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_variables() {
        for path in [
            ".env",
            "backend/.env.production",
            "deploy/prod.env",
            ".envs/.production/.django",
            ".env.example",
        ] {
            assert!(fits(path), "{path}");
        }
        for path in [
            "src/env.ts",
            "env.py",
            ".env.vault",
            "environment.yml",
            "src/.env.d.ts",
        ] {
            assert!(!fits(path), "{path}");
        }
    }

    #[test]
    fn debugging_is_told_where_production_may_read_it() {
        let told = |path: &str, text: &str| {
            let mut tree = crate::Tree::default();
            tree.add(crate::File::new(path, text.as_bytes()));
            let findings = crate::scan(&tree, &crate::Options::default()).findings;
            let told = findings.iter().filter(|one| one.rule.0 == "LG-CMP-133");
            told.map(|one| (one.start.line, one.severity))
                .collect::<Vec<_>>()
        };
        let with = |path: &str| told(path, "DJANGO_DEBUG=True\nNODE_ENV=development\nDEBUG=0\n");
        let certain = [(1, Severity::High), (2, Severity::Medium)];
        assert_eq!(with(".envs/.production/.django"), certain);
        assert_eq!(told(".env", "DEBUG=True\n"), [(1, Severity::Medium)]);
        // It says itself that it is a developer's.
        assert_eq!(with(".env"), [(1, Severity::Low), (2, Severity::Info)]);
        assert!(with(".env.dev").is_empty() && with(".env.example").is_empty());
    }
}
