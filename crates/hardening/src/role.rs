//! What a file is for.
//!
//! A database port that is open to all is a defect in production, a convenience on a developer's machine,
//! and nothing in a page of the manual.

/// What a file is for. Decides how bad a weakness in it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs in production, or may: nothing says otherwise.
    Production,
    /// On developers' machines.
    Development,
    /// In tests.
    Test,
    /// To be copied and filled in.
    Template,
    /// Changes another file and is nothing by itself.
    Overlay,
    /// Somebody else's, copied into the repository, or made by a build.
    Vendored,
    /// Documentation.
    Documentation,
}

impl Role {
    /// All, in the order of outputs.
    pub const ALL: [Self; 7] = [
        Self::Production,
        Self::Development,
        Self::Test,
        Self::Template,
        Self::Overlay,
        Self::Vendored,
        Self::Documentation,
    ];

    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Development => "development",
            Self::Test => "test",
            Self::Template => "template",
            Self::Overlay => "overlay",
            Self::Vendored => "vendored",
            Self::Documentation => "documentation",
        }
    }

    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether files of this role are looked at for weaknesses at all.
    pub fn counts(self) -> bool {
        !matches!(self, Self::Vendored | Self::Documentation)
    }
}

/// Folders of other people's files, and of what a build makes.
const VENDORED: &[&str] = &[
    "node_modules",
    "bower_components",
    "site-packages",
    "vendor",
    "third_party",
    "third-party",
    "dist",
    "build",
    ".next",
    ".nuxt",
    ".svelte-kit",
    ".output",
    "venv",
    ".venv",
    "playwright-report",
];
const DOCUMENTATION: &[&str] = &["docs", "doc", "documentation", "manual", "tutorials"];
const DOCUMENTS: &[&str] = &["md", "mdx", "markdown", "adoc", "asciidoc", "rst", "txt"];
const PRODUCTION: &[&str] = &["prod", "production", "deploy", "release", "live"];
const DEVELOPMENT: &[&str] = &[
    "dev",
    "devel",
    "development",
    "local",
    "localhost",
    "debug",
    "override",
    "devcontainer",
    ".devcontainer",
];
const TEST: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "ci",
    "e2e",
    "cypress",
    "fixtures",
    "__tests__",
    "spec",
    "specs",
    "mocks",
];
const TEMPLATE: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "template",
    "templates",
    "tmpl",
    "tpl",
    "dist",
    "skel",
    "demo",
    "cookiecutter",
];

/// Folders of what runs nowhere, whatever the files in them are called.
const SET_APART: &[&str] = &[
    "example", "examples", "sample", "samples", "fixtures", "testdata", "test", "tests",
];

/// The role of a file, as its path tells it. What the file itself says (an overlay has no image of its own)
/// is added by whoever reads it.
pub fn of_path(path: &str) -> Role {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let folders: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
    let in_folder = |names: &[&str]| folders.iter().any(|folder| names.contains(folder));
    let bundled = [
        ".min.js",
        ".bundle.js",
        ".chunk.js",
        "-sw.js",
        "service-worker.js",
    ];
    if in_folder(VENDORED) || bundled.iter().any(|end| name.ends_with(end)) {
        return Role::Vendored;
    }
    // A name that is itself to be filled in: `{{cookiecutter.project_slug}}/…`.
    if lower.contains("{{") {
        return Role::Template;
    }
    // What the platform runs, whatever it is called: `ci.yml` is no file of tests.
    if lower.starts_with(".github/workflows/") {
        return Role::Production;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    if DOCUMENTS.contains(&extension) || in_folder(DOCUMENTATION) {
        return Role::Documentation;
    }
    // The name says it best, then the folders from the inside out.
    let words = |text: &str, names: &[&str]| {
        let mut parts = text.split(['.', '-', '_', ' ']);
        parts.any(|part| names.contains(&part))
    };
    let said = |text: &str, is_name: bool| {
        let groups = [
            (TEMPLATE, Role::Template),
            (TEST, Role::Test),
            (DEVELOPMENT, Role::Development),
            (PRODUCTION, Role::Production),
        ];
        let found = groups.into_iter().find(|(names, role)| {
            // Pages are rendered from templates, and `app/templates` is where they live.
            let rendered = *role == Role::Template && !is_name && text == "templates";
            !rendered && words(text, names)
        });
        found.map(|(_, role)| role)
    };
    // An extension says how a file is filled in by the server (`nginx.conf.template`), not that people copy it.
    let stem = ["template", "tmpl", "tpl"]
        .iter()
        .find_map(|end| name.strip_suffix(&format!(".conf.{end}")))
        .unwrap_or(name);
    // What an example or a test calls production is none.
    let named = said(stem, true).filter(|role| *role != Role::Production || !in_folder(SET_APART));
    named
        .or_else(|| folders.iter().rev().find_map(|folder| said(folder, false)))
        .unwrap_or(Role::Production)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_roles() {
        for (path, role) in [
            ("docker-compose.yml", Role::Production),
            ("docker-compose.prod.yml", Role::Production),
            ("docker-compose.override.yml", Role::Development),
            ("compose.dev.yaml", Role::Development),
            ("docker-compose.ci.yml", Role::Test),
            (".env.example", Role::Template),
            (".env.production", Role::Production),
            ("config/settings/local.py", Role::Development),
            ("config/settings/production.py", Role::Production),
            ("tests/settings.py", Role::Test),
            ("frontend/node_modules/helmet/index.js", Role::Vendored),
            ("docs/nginx.conf", Role::Documentation),
            ("README.md", Role::Documentation),
            ("nginx/nginx.conf.template", Role::Production),
            ("app/templates/index.html", Role::Production),
            ("examples/nginx.conf", Role::Template),
            ("deploy/docker-compose.yml", Role::Production),
            ("public/app.min.js", Role::Vendored),
            ("examples/shop/.env.production", Role::Template),
            ("tests/stack/docker-compose.prod.yml", Role::Test),
            ("ci/deploy/production.yml", Role::Production),
            (".github/workflows/ci.yml", Role::Production),
            ("examples/a/.github/workflows/ci.yml", Role::Test),
            (
                "{{cookiecutter.slug}}/.envs/.production/.django",
                Role::Template,
            ),
        ] {
            assert_eq!(of_path(path), role, "{path}");
        }
    }

    #[test]
    fn words_and_roles() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
    }
}
