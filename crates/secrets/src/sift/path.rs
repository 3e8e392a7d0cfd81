//! What kind of file a path names.

/// What kind of file it is, by its path alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathClass {
    /// Nothing is known against it.
    Plain,
    /// Tests and what they read.
    Test,
    /// Shown for others to copy.
    Example,
    /// Prose.
    Documentation,
    /// Somebody else's code in this tree.
    Vendored,
    /// Written by a package manager.
    Lockfile,
    /// Written by a program: minified, compiled, recorded.
    Generated,
}

const TEST: &str = "__fixtures__ __mocks__ __snapshots__ __tests__ acceptance cassettes cypress e2e fixture \
    fixtures golden integration integration-cli mock mocks snapshots spec specs t test test-data \
    test-fixtures test_data testcases testdata testfixtures testing testkit tests testsuite \
    testutil testutils unittests";
const EXAMPLE: &str = "demo demos example examples playground quickstart sample samples template templates tutorial \
    tutorials";
const DOCUMENTATION: &str =
    "api-docs changelogs doc docs documentation guides javadoc man manual wiki";
const VENDORED: &str = ".yarn _vendor bower_components external godeps node_modules pods site-packages third-party \
    third_party thirdparty vendor vendored";
const LOCKFILES: &str = "bun.lock cargo.lock composer.lock deno.lock flake.lock gemfile.lock go.sum gradle.lockfile \
    mix.lock npm-shrinkwrap.json package-lock.json package.resolved packages.lock.json pdm.lock \
    pipfile.lock pnpm-lock.yaml podfile.lock poetry.lock pubspec.lock uv.lock yarn.lock";
const GENERATED: &str = "_generated api-models autogen gen generated";
const GENERATED_ENDS: &str = ".bundle.js .css.map .d.cts .d.mts .d.ts .g.dart .gen.go .generated.ts .js.map .min.css \
    .min.js .min.mjs .pb.go .pb.rs .po .pot .snap .svg .ts.snap _pb2.py _string.go";
const DOCUMENTATION_ENDS: &str =
    ".adoc .asciidoc .html.markdown .markdown .md .mdx .pod .rdoc .rst .tex .textile";
const EXAMPLE_PARTS: &str = "-example -sample .dist .example .sample .template .tmpl .tpl _example _sample example. \
    example_ sample.";
const TEST_PARTS: &str = "-test. .cy. .e2e. .spec. .test. .tests. _spec. _test. _tests. fixture mock_ test.java \
    test.kt test.php test.rb tests.cs tests.java tests.swift";

fn is_one_of(word: &str, words: &str) -> bool {
    words
        .split(' ')
        .any(|known| word.eq_ignore_ascii_case(known))
}

fn ends_in(name: &str, ends: &str) -> bool {
    ends.split(' ').any(|end| name.ends_with(end))
}

const TEST_FOLDER_ENDS: &str = "-test -tests -testing .Test .Tests _test _tests";

/// The kind of file that a path, with `/` from the repository's root, names. The strongest reason
/// wins: foreign before generated before test.
pub fn path_class(path: &str) -> PathClass {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_ascii_lowercase();
    let within = |words: &str| folders.split('/').any(|folder| is_one_of(folder, words));
    if is_one_of(&name, LOCKFILES) {
        PathClass::Lockfile
    } else if within(VENDORED) {
        PathClass::Vendored
    } else if ends_in(&name, GENERATED_ENDS) || within(GENERATED) || name.contains("generated") {
        PathClass::Generated
    } else if within(TEST)
        || folders
            .split('/')
            .any(|folder| ends_in(folder, TEST_FOLDER_ENDS))
        || name.starts_with("test_")
        || name.starts_with("test-")
        || name == "conftest.py"
        || TEST_PARTS.split(' ').any(|part| name.contains(part))
    {
        PathClass::Test
    } else if within(EXAMPLE)
        || name.starts_with("examples")
        || EXAMPLE_PARTS.split(' ').any(|part| name.contains(part))
    {
        PathClass::Example
    } else if within(DOCUMENTATION)
        || ends_in(&name, DOCUMENTATION_ENDS)
        || ["readme", "docs", "swagger.", "openapi."]
            .iter()
            .any(|start| name.starts_with(start))
        || name.starts_with("changelog")
        || name.starts_with("license")
    {
        PathClass::Documentation
    } else {
        PathClass::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_files() {
        for (path, class) in [
            ("src/main.rs", PathClass::Plain),
            (".env", PathClass::Plain),
            ("config/production.yml", PathClass::Plain),
            ("src/contest.go", PathClass::Plain),
            ("pkg/auth/token_test.go", PathClass::Test),
            ("activerecord/test/cases/url.rb", PathClass::Test),
            ("web/App.spec.ts", PathClass::Test),
            ("Spec/helper.rb", PathClass::Test),
            (".env.example", PathClass::Example),
            ("examples/basic/main.tf", PathClass::Example),
            ("README.md", PathClass::Documentation),
            ("docs/guide/index.html", PathClass::Documentation),
            ("vendor/github.com/x/y_test.go", PathClass::Vendored),
            ("web/package-lock.json", PathClass::Lockfile),
            ("assets/app.min.js", PathClass::Generated),
            ("api/types.pb.go", PathClass::Generated),
        ] {
            assert_eq!(path_class(path), class, "{path}");
        }
    }
}
