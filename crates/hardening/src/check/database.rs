//! Databases: schemas without the migrations that make them.

use super::{Found, Kind, Look, Raised};
use crate::file::Tree;
use crate::role::Role;
use crate::words::secret::quoted;

/// Schemas of Prisma.
pub(crate) const PRISMA: Kind = Kind {
    name: "Prisma schema",
    fits: is_schema,
    look: |_, _| {},
};

/// Models of Django.
pub(crate) const DJANGO: Kind = Kind {
    name: "Django models",
    fits: |path| path == "models.py" || path.ends_with("/models.py"),
    look: models,
};

fn is_schema(path: &str) -> bool {
    path == "schema.prisma" || path.ends_with("/schema.prisma")
}

/// Schemas of Prisma with no migration in their package.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    for file in tree.files().filter(|file| is_schema(&file.path)) {
        let text = file.text();
        let role = roles(&file.path);
        let counts = matches!(role, Role::Production | Role::Development | Role::Overlay);
        let source = word(text, "datasource ");
        let (true, Some(source)) = (counts, source) else {
            continue;
        };
        // There is nothing to migrate in a document store.
        if text.contains("\"mongodb\"") || word(text, "model ").is_none() {
            continue;
        }
        let folder = file.folder();
        let package = folder.rsplit_once('/').map_or(folder, |(above, _)| above);
        let package = match folder.ends_with("prisma") {
            true if !folder.contains('/') => "",
            true => package,
            false => folder,
        };
        let migrated = tree
            .below(package)
            .any(|path| path.ends_with(".sql") && path.contains("migrations/"));
        if !migrated {
            let message = "The schema has models and no migration: a database in production can only be pushed to, which may lose data.";
            let place = source..source + "datasource".len();
            let raised = Raised::new("LG-DB-101", &file.path, place, message);
            found
                .raised
                .push(raised.better("npx prisma migrate dev --name init"));
        }
    }
}

/// Where a line begins with a word.
fn word(text: &str, word: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(word) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// An application of Django with models of its own and no package for migrations.
fn models(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let folder = look.file.folder();
    let package = match folder {
        "" => "migrations".to_owned(),
        folder => format!("{folder}/migrations"),
    };
    let elsewhere = text.contains("app_label") || text.contains("managed = False");
    if elsewhere || look.tree.below(&package).next().is_some() {
        return;
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let concrete = line.starts_with("class ") && line.contains("(models.Model)");
        if !concrete {
            continue;
        }
        let body = text.get(at..).unwrap_or_default();
        let end = body.find("\nclass ").unwrap_or(body.len());
        let body = body.get(..end).unwrap_or_default();
        if body.contains("abstract = True") {
            continue;
        }
        let name = line
            .trim_start_matches("class ")
            .split('(')
            .next()
            .unwrap_or_default();
        let message = format!(
            "{} is a model, and there is no package `migrations` beside it.",
            quoted(name)
        );
        let place = start..start + line.trim_end().len();
        found
            .raised
            .push(Raised::new("LG-DB-102", &look.file.path, place, message));
        return;
    }
}
