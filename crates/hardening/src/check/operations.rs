//! How people and scripts run it: passwords on command lines, databases that are pushed to, where to report
//! a weakness.

use super::{Found, Kind, Look, Raised};
use crate::file::Tree;
use crate::role::Role;
use crate::words::secret::{self, quoted};

/// Scripts of shells, and what else starts commands.
pub(crate) const SCRIPTS: Kind = Kind {
    name: "script",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let starts = name.starts_with("dockerfile") || name == "procfile" || name == "makefile";
    name.ends_with(".sh") || name.ends_with(".bash") || starts
}

/// Clients of MySQL.
const CLIENTS: &[&str] = &[
    "mysqldump",
    "mysql",
    "mariadb",
    "mariadb-dump",
    "mysqladmin",
    "mysqlimport",
];

fn look(look: &Look<'_>, found: &mut Found) {
    let path = &look.file.path;
    let mut at = 0;
    for line in look.file.text().split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let trimmed = line.trim();
        if trimmed.starts_with('#') || trimmed.starts_with("echo ") {
            continue;
        }
        let place = start..start + trimmed.len();
        if let Some(command) = shows_password(trimmed) {
            let message = format!(
                "Everybody on the machine sees the password of {} in the list of processes.",
                quoted(command)
            );
            found
                .raised
                .push(Raised::new("LG-SH-101", path, place.clone(), message));
        }
        if trimmed.contains("prisma db push") || trimmed.contains("--accept-data-loss") {
            let message = "`prisma db push` changes the database without a migration, and may drop what does not fit.";
            let raised = Raised::new("LG-DB-103", path, place, message);
            found
                .raised
                .push(raised.better("npx prisma migrate deploy"));
        }
    }
}

/// The client that gets its password as an argument.
fn shows_password(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let bare = |word: &&&str| {
        let word = word.trim_start_matches(['(', '`', '"', '\'', '$']);
        CLIENTS.contains(&word.rsplit('/').next().unwrap_or_default())
    };
    let at = words.iter().position(|word| bare(&word))?;
    let client = words
        .get(at)?
        .trim_start_matches(['(', '`', '"', '\'', '$']);
    // Another command begins behind a pipe.
    let own = words
        .get(at + 1..)?
        .iter()
        .take_while(|word| !matches!(**word, "|" | "||" | "&&" | ";" | ">" | "<"));
    let has = own.into_iter().any(|word| {
        let word = word.trim_matches(['"', '\'']);
        let long = word
            .strip_prefix("--password=")
            .is_some_and(|rest| !rest.is_empty());
        let short = word.strip_prefix("-p").is_some_and(|rest| {
            rest.starts_with(['$', '"', '\''])
                || !rest.is_empty()
                    && secret::of_value(rest) == secret::Secret::Literal
                    && !word.contains('=')
        });
        long || short
    });
    has.then_some(client)
}

/// Scripts of packages that push to a database; and whether people know where to report a weakness.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    for file in tree.files().filter(|file| file.name() == "package.json") {
        if roles(&file.path) == Role::Production {
            pushes(file.text(), &file.path, found);
        }
    }
    let policy = |path: &str| {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or_default().to_owned();
        let place = lower.strip_suffix(&name).unwrap_or_default().to_owned();
        name.starts_with("security.")
            && matches!(
                place.as_str(),
                "" | ".github/" | "docs/" | ".well-known/" | "public/.well-known/"
            )
    };
    // It is about the repository: what stands at its root and is not hidden shows that best.
    let first = tree
        .files()
        .filter(|file| roles(&file.path) == Role::Production)
        .min_by_key(|file| (file.path.contains('/'), file.path.starts_with('.')));
    if let Some(file) = first.filter(|_| !tree.names().any(policy)) {
        let message = "Nobody is told where to report a weakness: there is no SECURITY.md.";
        found
            .raised
            .push(Raised::new("LG-OPS-104", &file.path, 0..0, message));
    }
}

/// Scripts that start or deploy.
const STARTS: &[&str] = &[
    "\"start",
    "\"deploy",
    "\"postinstall",
    "\"prestart",
    "\"release",
    "\"vercel-build",
    "\"heroku-postbuild",
];

fn pushes(text: &str, path: &str, found: &mut Found) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let trimmed = line.trim();
        let deploys = STARTS.iter().any(|name| trimmed.starts_with(name))
            && !trimmed.starts_with("\"start:dev");
        if deploys && (trimmed.contains("prisma db push") || trimmed.contains("--accept-data-loss"))
        {
            let message = "What starts in production changes the database without a migration (`prisma db push`).";
            let place = start..start + trimmed.len();
            let raised = Raised::new("LG-DB-103", path, place, message);
            found.raised.push(raised.better("prisma migrate deploy"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_on_command_lines() {
        assert_eq!(
            shows_password("docker exec db mysqldump -u root -p${ROOT_PASSWORD} app"),
            Some("mysqldump")
        );
        assert_eq!(
            shows_password("mysql --password=\"$PW\" app"),
            Some("mysql")
        );
        assert_eq!(shows_password("mysql -u root -p app"), None);
        assert_eq!(
            shows_password("mysqldump --defaults-file=/run/secrets/my.cnf app"),
            None
        );
        assert_eq!(shows_password("pg_dump -p5432 app"), None);
    }
}
