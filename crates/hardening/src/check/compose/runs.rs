//! How services are started in production: servers for developers, switches for debugging, code that is not
//! in the image.

use super::About;
use super::model::{Mount, Service};
use crate::check::Found;
use crate::rule::Severity;
use crate::words::secret::quoted;
use crate::words::variable;

/// Switches that make frameworks tell everything.
const DEBUG: &[&str] = &[
    "DEBUG",
    "DJANGO_DEBUG",
    "FLASK_DEBUG",
    "APP_DEBUG",
    "FASTAPI_DEBUG",
];
/// Names of the kind of environment.
const KINDS: &[&str] = &[
    "NODE_ENV",
    "FLASK_ENV",
    "APP_ENV",
    "DJANGO_ENV",
    "ENVIRONMENT",
    "RAILS_ENV",
    "FASTAPI_ENV",
    "ASPNETCORE_ENVIRONMENT",
    "SYMFONY_ENV",
];
/// Names of folders that hold code.
const CODE: &[&str] = &[
    ".", "app", "src", "backend", "frontend", "api", "server", "web", "code", "client", "project",
];
const INSIDE: &[&str] = &[
    "/app",
    "/code",
    "/usr/src",
    "/srv",
    "/var/www",
    "/home",
    "/workspace",
    "/opt",
];

/// What a variable of the environment says of debugging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Debugging {
    /// A switch is on.
    On,
    /// The kind of environment is one of developers.
    Kind,
}

/// What a variable switches on; its value without variables, in lower case.
pub(crate) fn debugging(name: &str, value: &str) -> Option<Debugging> {
    if DEBUG.contains(&name) && matches!(value, "true" | "1" | "yes" | "on") {
        return Some(Debugging::On);
    }
    (KINDS.contains(&name) && matches!(value, "development" | "dev" | "debug"))
        .then_some(Debugging::Kind)
}

/// The command that serves developers, when words are one.
pub(crate) fn dev_server(words: &[&str]) -> Option<&'static str> {
    let line = words.join(" ").to_ascii_lowercase();
    let has = |part: &str| line.contains(part);
    let word = |name: &str| words.iter().any(|one| one.eq_ignore_ascii_case(name));
    if word("runserver") || word("runserver_plus") {
        return Some("runserver");
    }
    if word("--reload") && (has("uvicorn") || has("gunicorn") || has("hypercorn")) {
        return Some("--reload");
    }
    let pairs = [
        ("next dev", "next dev"),
        ("flask run", "flask run"),
        ("flask --app", "flask run"),
        ("fastapi dev", "fastapi dev"),
        ("npm run dev", "npm run dev"),
        ("yarn dev", "yarn dev"),
        ("yarn run dev", "yarn dev"),
        ("pnpm dev", "pnpm dev"),
        ("pnpm run dev", "pnpm dev"),
        ("bun run dev", "bun run dev"),
        ("ng serve", "ng serve"),
        ("nuxt dev", "nuxt dev"),
        ("vite --host", "vite"),
        ("artisan serve", "artisan serve"),
        ("php -s", "php -S"),
    ];
    if word("nodemon") || word("ts-node-dev") {
        return Some("nodemon");
    }
    let found = pairs.into_iter().find(|(part, _)| match *part {
        "flask --app" => has(part) && word("run"),
        part => has(part) && !has("run dev:") && !has(&format!("{part}-")),
    });
    found.map(|(_, name)| name)
}

pub(super) fn look(about: &About<'_>, service: &Service, found: &mut Found) {
    if !about.is_production(service) {
        return;
    }
    let name = quoted(&service.name);
    for key in ["command", "entrypoint"] {
        let words = service.words(key);
        let texts: Vec<&str> = words
            .iter()
            .flat_map(|word| word.text.split_ascii_whitespace())
            .collect();
        let node = service.node.get(key);
        if let (Some(server), Some(node)) = (dev_server(&texts), node) {
            let message =
                format!("{name}: `{server}` is made for developers: slow, talkative, one user.");
            found
                .raised
                .push(about.raise("LG-CMP-132", node.place.clone(), message));
        }
    }
    if service.started().contains("prisma db push")
        && let Some(node) = service
            .node
            .get("command")
            .or_else(|| service.node.get("entrypoint"))
    {
        let message = format!("{name}: `prisma db push` changes the database without a migration.");
        let raised = about.raise("LG-DB-103", node.place.clone(), message);
        found
            .raised
            .push(raised.better("npx prisma migrate deploy"));
    }
    for one in service.environment() {
        let value = variable::resolve(one.value.as_deref().unwrap_or_default());
        let lower = value.trim().to_ascii_lowercase();
        let debugging = debugging(&one.name, &lower);
        if debugging == Some(Debugging::On) {
            let message = format!(
                "{name}: `{}` is on; errors show code, settings and secrets.",
                one.name
            );
            let raised = about.raise("LG-CMP-133", one.place, message);
            found
                .raised
                .push(raised.better(format!("{}: \"false\"", one.name)));
        } else if debugging == Some(Debugging::Kind) {
            let message = format!("{name}: `{}` says {}.", one.name, quoted(&lower));
            let raised = about
                .raise("LG-CMP-133", one.place, message)
                .at(Severity::Medium);
            found
                .raised
                .push(raised.better(format!("{}: production", one.name)));
        }
    }
    for mount in service.mounts() {
        if is_code(&mount) && (service.is_built() || service.is_overlay()) {
            let message = format!(
                "{name}: {} is mounted over the image; what runs is not what was built and scanned.",
                quoted(&mount.source)
            );
            found
                .raised
                .push(about.raise("LG-CMP-131", mount.place, message));
        }
    }
}

fn is_code(mount: &Mount) -> bool {
    let source = mount.source.trim_end_matches('/');
    if !source.starts_with('.') || mount.read_only {
        return false;
    }
    let last = source.rsplit('/').next().unwrap_or_default();
    let target = mount.target.trim_end_matches('/');
    let inside = INSIDE.iter().any(|start| target.starts_with(start));
    // `/app/uploads` is data in the folder of the code.
    let deep = target.split('/').count() > 4;
    inside && !deep && CODE.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_for_developers() {
        let of = |line: &str| dev_server(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(
            of("python manage.py runserver 0.0.0.0:8000"),
            Some("runserver")
        );
        assert_eq!(of("uvicorn app:app --reload"), Some("--reload"));
        assert_eq!(of("npm run dev"), Some("npm run dev"));
        assert_eq!(of("fastapi run app.py"), None);
        assert_eq!(of("gunicorn app:app"), None);
        assert_eq!(of("nginx -s reload"), None);
    }
}
