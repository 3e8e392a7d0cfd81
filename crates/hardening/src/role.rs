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

/// Whether a folder holds other people's files, or what a build makes.
fn is_vendored(folder: &str) -> bool {
    matches!(
        folder,
        "node_modules"
            | "bower_components"
            | "site-packages"
            | "vendor"
            | "third_party"
            | "third-party"
            | "dist"
            | "build"
            | ".next"
            | ".nuxt"
            | ".svelte-kit"
            | ".output"
            | "venv"
            | ".venv"
            | "playwright-report"
    )
}

/// Whether a folder holds documentation.
fn is_documentation(folder: &str) -> bool {
    matches!(
        folder,
        "docs" | "doc" | "documentation" | "manual" | "tutorials"
    )
}

/// Whether a file is a document, by the end of its name.
fn is_document(extension: &str) -> bool {
    matches!(
        extension,
        "md" | "mdx" | "markdown" | "adoc" | "asciidoc" | "rst" | "txt"
    )
}

/// The role that a word in a name tells.
fn of_word(word: &str) -> Option<Role> {
    match word {
        "prod" | "production" | "deploy" | "release" | "live" => Some(Role::Production),
        "dev" | "devel" | "development" | "local" | "localhost" | "debug" | "override"
        | "devcontainer" => Some(Role::Development),
        "test" | "tests" | "testing" | "testdata" | "ci" | "e2e" | "cypress" | "fixtures"
        | "spec" | "specs" | "mocks" => Some(Role::Test),
        "example" | "examples" | "sample" | "samples" | "template" | "templates" | "tmpl"
        | "tpl" | "dist" | "skel" | "demo" | "cookiecutter" => Some(Role::Template),
        _ => None,
    }
}

/// Languages whose tests are told by a word at the end of a name: `CartTests.cs`, `Shop.IntegrationTests/`.
const PROGRAMS: &[&str] = &["java", "kt", "cs", "php", "scala", "groovy"];

/// Whether a program is a test by the last word of its name.
fn is_test_program(name: &str, extension: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    PROGRAMS.contains(&extension) && ends_as_test(stem)
}

/// `CartTests`, `CartIT`, `UnitTest`: a word of its own, with a capital.
fn ends_as_test(name: &str) -> bool {
    ["Test", "Tests", "TestCase", "Spec"].iter().any(|end| {
        let before = name.strip_suffix(end);
        before.is_some_and(|before| {
            before.is_empty()
                || before.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    }) || name
        .strip_suffix("IT")
        .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_lowercase()))
}

/// The role of a file, as its path tells it. What the file itself says (an overlay has no image of its own)
/// is added by whoever reads it.
pub fn of_path(path: &str) -> Role {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let folders: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
    let bundled = [
        ".min.js",
        ".bundle.js",
        ".chunk.js",
        "-sw.js",
        "service-worker.js",
    ];
    let in_vendored = folders.iter().any(|folder| is_vendored(folder));
    if in_vendored || bundled.iter().any(|end| name.ends_with(end)) {
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
    if is_document(extension) || folders.iter().any(|folder| is_documentation(folder)) {
        return Role::Documentation;
    }
    // The name says it best, then the folders from the inside out. Of several words the one that counts least.
    let said = |text: &str, is_name: bool| {
        // Pages are rendered from templates, and `app/templates` is where they live.
        if !is_name && text == "templates" {
            return None;
        }
        let least = |role: &Role| match role {
            Role::Template => 0,
            Role::Test => 1,
            Role::Development => 2,
            _ => 3,
        };
        let words = text.split(['.', '-', '_', ' ']);
        words.filter_map(of_word).min_by_key(least)
    };
    // An extension says how a file is filled in by the server (`nginx.conf.template`), not that people copy it.
    let stem = ["template", "tmpl", "tpl"]
        .iter()
        .find_map(|end| name.strip_suffix(&format!(".conf.{end}")))
        .unwrap_or(name);
    let original = path.rsplit_once('/').map_or(path, |(_, name)| name);
    if is_test_program(original, extension) {
        return Role::Test;
    }
    let in_tests = path.rsplit_once('/').is_some_and(|(folders, _)| {
        let mut folders = folders.split(['/', '.']);
        folders.any(ends_as_test)
    });
    if in_tests && PROGRAMS.contains(&extension) {
        return Role::Test;
    }
    // Examples and tests of what runs in production do not run there.
    let tried = folders.iter().rev().find_map(|folder| match *folder {
        "example" | "examples" | "sample" | "samples" => Some(Role::Template),
        "test" | "tests" | "__tests__" | "testdata" | "fixtures" | "e2e" => Some(Role::Test),
        _ => None,
    });
    said(stem, true)
        .map(|role| match role {
            Role::Production => tried.unwrap_or(role),
            role => role,
        })
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
            ("tests/docker-compose.live.yml", Role::Test),
            ("examples/docker-compose.prod.yml", Role::Template),
            ("frontend/node_modules/helmet/index.js", Role::Vendored),
            ("docs/nginx.conf", Role::Documentation),
            ("README.md", Role::Documentation),
            ("nginx/nginx.conf.template", Role::Production),
            ("app/templates/index.html", Role::Production),
            ("examples/nginx.conf", Role::Template),
            ("deploy/docker-compose.yml", Role::Production),
            ("public/app.min.js", Role::Vendored),
            ("internal/web/headers_test.go", Role::Test),
            ("spec/requests/headers_spec.rb", Role::Test),
            ("test/integration/headers_test.rb", Role::Test),
            ("src/test/java/shop/Headers.java", Role::Test),
            ("src/main/java/shop/HeadersTest.java", Role::Test),
            ("src/Shop.Web.IntegrationTests/Headers.cs", Role::Test),
            ("src/Shop.Web/HeadersTests.cs", Role::Test),
            ("tests/Feature/HeadersTest.php", Role::Test),
            ("src/Shop.Web/Contest.cs", Role::Production),
            ("config/environments/production.rb", Role::Production),
            ("config/environments/development.rb", Role::Development),
            ("src/tests/headers.rs", Role::Test),
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
