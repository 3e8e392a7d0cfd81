//! Lockfiles of other projects against what an independent parser's tests say of them.
//!
//! `tests/fixtures/lockfiles/EXPECTED-LOCATIONS.tsv` lists packages with the lines, the relation and
//! the scope that the unit tests of Trivy assert. More lockfiles are read when `LOCKGATE_CORPUS`
//! names a folder with them.

use lockgate::manifest::{self, Manifest, graph};
use lockgate::model::{Relation, RepoPath, Scope};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lockfiles").into()
}

/// The name under which the files of each folder are known.
const NAMES: [(&str, &str); 14] = [
    ("npm", "package-lock.json"),
    ("yarn", "yarn.lock"),
    ("pnpm", "pnpm-lock.yaml"),
    ("bun", "bun.lock"),
    ("pip", "requirements.txt"),
    ("pipenv", "Pipfile.lock"),
    ("poetry", "poetry.lock"),
    ("uv", "uv.lock"),
    ("pdm", "pdm.lock"),
    ("pylock", "pylock.toml"),
    ("cargo", "Cargo.lock"),
    ("gomod", "go.mod"),
    ("composer", "composer.lock"),
    ("bundler", "Gemfile.lock"),
];

fn read(file: &Path, name: &str) -> Manifest {
    let text = lockgate::ingest::text(&std::fs::read(file).unwrap()).unwrap();
    let beside = |name: &str| std::fs::read_to_string(file.with_file_name(name)).ok();
    parse(name, &text, &beside).unwrap_or_else(|| panic!("{} is no {name}", file.display()))
}

fn parse(name: &str, text: &str, beside: &dyn Fn(&str) -> Option<String>) -> Option<Manifest> {
    manifest::parse(&RepoPath::new(name).unwrap(), text, beside)
}

/// Folders of the project itself are no installed packages: what they need is direct. Trivy lists
/// them, mostly as `root` or `workspace`; of these it does not say so.
const FOLDERS: [(&str, &str); 4] = [
    ("npm/package-lock_v3_with_workspace.json", "function1"),
    ("npm/package-lock_v3_with_workspace.json", "nested_func"),
    ("cargo/cargo_mixed.lock", "normal"),
    ("cargo/cargo_v3.lock", "app"),
];

/// Rows whose relation is another by our definition.
const RELATIONS: [(&str, &str, &str); 1] = [
    // A member of the workspace asks for it; Trivy counts only what the root asks for.
    ("npm/package-lock_v3_with_workspace.json", "debug", "2.6.9"),
];

/// Rows whose file pins no version: Trivy takes the least one that a range allows.
const RANGES: [(&str, &str); 5] = [
    ("pip/requirements_compatible.txt", "keyring"),
    ("pip/requirements_compatible.txt", "mopidy-dirble"),
    ("pip/requirements_compatible.txt", "python-gitlab"),
    ("pip/requirements_compatible.txt", "pyjwt"),
    ("pip/requirements_compatible.txt", "eventlet"),
];

#[test]
fn every_expected_package_is_where_it_is_expected() {
    let expected = std::fs::read_to_string(folder().join("EXPECTED-LOCATIONS.tsv")).unwrap();
    let mut files: BTreeMap<&str, Manifest> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in expected.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [file, name, version, dev, relation, lines] = cells[..] else {
            panic!("{row}");
        };
        rows += 1;
        let (kind, _) = file.split_once('/').unwrap();
        let (_, known_as) = NAMES.iter().find(|(folder, _)| *folder == kind).unwrap();
        let manifest = files
            .entry(file)
            .or_insert_with(|| read(&folder().join(file), known_as));
        let name = manifest.ecosystem.normalise(name);
        let unpinned = version.is_empty() || RANGES.contains(&(file, name.as_str()));
        let found: Vec<_> = manifest
            .entries
            .iter()
            .filter(|e| e.name == name)
            .filter(|e| match unpinned {
                true => e.version.is_none(),
                false => e.has_version(version),
            })
            .collect();
        let mut fail = |why: &str| wrong.push(format!("{row}: {why}: {found:?}"));
        let is_folder =
            ["root", "workspace"].contains(&relation) || FOLDERS.contains(&(file, name.as_str()));
        if is_folder {
            if !found.is_empty() {
                fail("a folder of the project is an entry");
            }
            continue;
        }
        if found.is_empty() {
            fail("missing");
        }
        for range in lines.split(';').filter(|range| !range.is_empty()) {
            let (start, end) = range.split_once('-').unwrap();
            let range = start.parse::<u32>().unwrap()..=end.parse().unwrap();
            if !found.iter().any(|e| range.contains(&e.line)) {
                fail("line");
            }
        }
        let expected = match relation {
            "" => None,
            "direct" => Some(Relation::Direct),
            "indirect" => Some(Relation::Transitive),
            other => panic!("{other}"),
        };
        let excused = RELATIONS.contains(&(file, name.as_str(), version));
        if expected.is_some() && !excused && found.iter().any(|e| e.relation != expected) {
            fail("relation");
        }
        let is_dev = |e: &&manifest::Entry| e.scope == Some(Scope::Development);
        match dev {
            "dev" if !found.iter().all(is_dev) => fail("scope"),
            "" if found.iter().any(is_dev) => fail("scope"),
            _ => {}
        }
    }
    assert!(rows > 300, "{rows} rows");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Each package of a lockfile can be reached from a direct one.
fn assert_connected(manifest: &Manifest, but: &[&str]) {
    for (at, entry) in manifest.entries.iter().enumerate() {
        let ways = graph::paths(manifest, at, 5);
        assert_eq!(
            ways.is_empty(),
            but.contains(&entry.name.as_str()),
            "{}",
            entry.name
        );
        for way in ways {
            assert_eq!(manifest.entries[way[0]].relation, Some(Relation::Direct));
            assert_eq!(way.last(), Some(&at));
            for step in way.windows(2) {
                assert!(manifest.entries[step[0]].needs.contains(&step[1]));
            }
        }
    }
}

#[test]
fn every_package_has_a_way_from_the_project() {
    for (file, name) in [
        ("npm/package-lock_v2.json", "package-lock.json"),
        (
            "npm/package-lock_v3_with_workspace.json",
            "package-lock.json",
        ),
        ("pnpm/pnpm-lock_many.yaml", "pnpm-lock.yaml"),
        ("pnpm/pnpm-lock_v9.yaml", "pnpm-lock.yaml"),
        ("yarn/yarn_v2_deps_with_protocol.lock", "yarn.lock"),
        ("bun/bun_happy.lock", "bun.lock"),
        ("uv/uv_normal.lock", "uv.lock"),
        ("bundler/Gemfile_normal.lock", "Gemfile.lock"),
        ("cargo/cargo_v3.lock", "Cargo.lock"),
    ] {
        assert_connected(&read(&folder().join(file), name), &[]);
    }
}

#[test]
fn files_without_expectations_are_read() {
    let count = |file: &str, name: &str| read(&folder().join(file), name).entries.len();
    assert_eq!(count("pylock/pylock.toml", "pylock.toml"), 10);
    assert_eq!(count("uv/uv_without_root.lock", "uv.lock"), 1);
    assert_eq!(
        count("npm/package-lock_v3_broken_link.json", "package-lock.json"),
        0
    );
    let templates = read(
        &folder().join("pip/requirements_with_templating_engine.txt"),
        "requirements.txt",
    );
    assert!(templates.entries.iter().all(|e| e.version.is_none()));
}

/// One project, locked by four package managers: each finds the same direct packages.
#[test]
fn larger_lockfiles_of_the_corpus() {
    let Some(corpus) = std::env::var_os("LOCKGATE_CORPUS").map(PathBuf::from) else {
        return;
    };
    let project = corpus.join("pairs/jimahub-project-c-large");
    if !project.is_dir() {
        return;
    }
    let direct = |file: &str, name: &str| {
        let manifest = read(&project.join(file), name);
        assert_connected(&manifest, &[]);
        assert!(
            manifest.entries.len() > 150,
            "{file}: {}",
            manifest.entries.len()
        );
        let direct = manifest
            .entries
            .iter()
            .filter(|e| e.relation == Some(Relation::Direct));
        let mut names: Vec<String> = direct.map(|e| e.name.clone()).collect();
        names.sort();
        names
    };
    let npm = direct("package-lock.json", "package-lock.json");
    assert_eq!(npm.len(), 25);
    assert_eq!(direct("pnpm-lock.yaml", "pnpm-lock.yaml"), npm);
    assert_eq!(direct("yarn-berry.lock", "yarn.lock"), npm);
    assert_eq!(direct("yarn-v1.lock", "yarn.lock"), npm);
    let uv = read(&corpus.join("pairs/trivy-uv/uv.lock"), "uv.lock");
    assert_connected(&uv, &[]);
    assert_eq!(uv.entries.len(), 3);
    let cargo = read(&corpus.join("pairs/noseyparker/Cargo.lock"), "Cargo.lock");
    assert_connected(&cargo, &[]);
    assert!(cargo.entries.len() > 400);
}

/// What the file of any name holds, pieces of every syntax mixed.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\n",
        "\r\n",
        "\r",
        "  ",
        "    ",
        "\t",
        "#",
        "# via",
        "//",
        "/*",
        "\\\n",
        "\"packages\": {",
        "\"node_modules/a\": {",
        "\"dependencies\": {",
        "\"version\": \"1.0\"",
        "\"lockfileVersion\": 1",
        "\"_meta\": {}",
        "\"default\": {",
        "\"name\": \"a/b\"",
        "\"workspaces\": {\"\": {}}",
        "\"a\": [\"a@1\"]",
        "true",
        "[[package]]\n",
        "[[packages]]\n",
        "name = \"a\"\n",
        "version = \"1.0\"\n",
        "version = 1\n",
        "source = {}\n",
        "dependencies = [\"a\"]\n",
        "lock-version = \"1.0\"\n",
        "[metadata]\n",
        "__metadata:\n",
        "lockfileVersion: '9.0'\n",
        "packages:\n",
        "  /a/1.0:\n",
        "  a@1.0:\n",
        "snapshots:\n",
        "a@npm:^1:\n",
        "  version \"1\"\n",
        "resolution: \"a@npm:1\"\n",
        "module x\n",
        "require (\n",
        ")\n",
        "a v1.0.0\n",
        "replace a => b v1\n",
        "go 1.21.0\n",
        "GEM\n",
        "specs:\n",
        "    a (1.0-x)\n",
        "      b\n",
        "DEPENDENCIES\n",
        "a==1.0",
        " ; x",
        "é",
        "\u{feff}",
        "&a",
        "*a",
        "|",
        "? ",
        "- ",
        "---\n",
        "...\n",
        "'",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat()),
        "\\PC{0,60}",
        "[ -~\\n\\r\\t]{0,120}",
    ]
}

fn assert_sound(name: &str, text: &str) {
    let beside = |_: &str| Some(text.to_owned());
    let Some(manifest) = parse(name, text, &beside) else {
        return;
    };
    let lines = text.split('\n').count();
    for (at, entry) in manifest.entries.iter().enumerate() {
        assert!(
            (1..=lines).contains(&(entry.line as usize)),
            "{name}: {entry:?}"
        );
        assert!(
            entry
                .needs
                .iter()
                .all(|need| *need < manifest.entries.len())
        );
        assert!(graph::paths(&manifest, at, 3).len() <= 3);
    }
}

proptest! {
    #[test]
    fn any_text_under_any_name_is_sound(text in any_text()) {
        for format in manifest::formats() {
            for pattern in format.files {
                assert_sound(&pattern.replace('*', "x"), &text);
            }
        }
    }

    #[test]
    fn damaged_lockfiles_are_sound(which in 0..64_usize, from in 0.0..1.0_f64, length in 0..40_usize, with in "\\PC{0,8}|\\n") {
        let index = std::fs::read_to_string(folder().join("INDEX.tsv")).unwrap();
        let files: Vec<&str> = index.lines().skip(1).map(|line| line.split('\t').next().unwrap()).collect();
        let file = files[which % files.len()];
        let kind = file.split('/').next().unwrap();
        let Some((_, name)) = NAMES.iter().find(|(folder, _)| *folder == kind) else { return Ok(()); };
        let text = lockgate::ingest::text(&std::fs::read(folder().join(file)).unwrap()).unwrap();
        let mut text: Vec<char> = text.chars().collect();
        let start = (text.len() as f64 * from) as usize;
        let end = (start + length).min(text.len());
        text.splice(start..end, with.chars());
        assert_sound(name, &text.into_iter().collect::<String>());
    }
}

/// Fifty thousand packages, and a few shapes that only an attacker writes, take bounded time.
#[test]
fn large_and_hostile_files_end() {
    use std::fmt::Write as _;
    let mut npm = String::from("{\"packages\":{\"\":{\"dependencies\":{\"p0\":\"1\"}}");
    let mut yarn = String::from("# yarn lockfile v1\n");
    let mut cargo =
        String::from("[[package]]\nname = \"me\"\nversion = \"1\"\ndependencies = [\"p0\"]\n");
    let mut same = String::from("[metadata]\n");
    let count = 5_000;
    for at in 0..count {
        let next = at + 1;
        write!(npm, ",\n\"node_modules/p{at}\":{{\"version\":\"1.0.{at}\",\"dependencies\":{{\"p{next}\":\"1\"}}}}").unwrap();
        write!(
            yarn,
            "p{at}@1:\n  version \"1.0\"\n  dependencies:\n    p{next} \"1\"\n"
        )
        .unwrap();
        write!(cargo, "[[package]]\nname = \"p{at}\"\nversion = \"1\"\nsource = \"r\"\ndependencies = [\"p{next}\"]\n").unwrap();
        same.push_str(
            "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.dependencies]\na = \"1\"\n",
        );
    }
    npm.push_str("}}");
    for (name, text) in [
        ("package-lock.json", &npm),
        ("yarn.lock", &yarn),
        ("Cargo.lock", &cargo),
        ("poetry.lock", &same),
    ] {
        let manifest = parse(name, text, &|_| None).unwrap();
        assert_eq!(manifest.entries.len(), count, "{name}");
    }
    let chain = parse("package-lock.json", &npm, &|_| None).unwrap();
    assert_eq!(graph::paths(&chain, count - 1, 5)[0].len(), count);
    let deep = "{\"dependencies\":{\"a\":".repeat(20_000);
    assert!(parse("package-lock.json", &deep, &|_| None).is_none());
    for piece in [
        "- ", "? ", "[", "{a: ", "a: &x ", "\"", "'", "!", "|\n", "- a\n", "a:\n ", "[a,", "# x\n",
        "---\n", "%A\n", "*a ",
    ] {
        let text = format!("lockfileVersion: 9\n__metadata:\n{}", piece.repeat(20_000));
        for name in ["pnpm-lock.yaml", "yarn.lock"] {
            parse(name, &text, &|_| None);
        }
    }
    for piece in [
        "[",
        "{a=",
        "a.",
        "[a]\n",
        "[[package]]\n",
        "a=1\n",
        "\"\"\"",
        "[[package.a]]\n",
    ] {
        for name in ["uv.lock", "Cargo.lock"] {
            parse(
                name,
                &format!("version = 1\na = {}", piece.repeat(20_000)),
                &|_| None,
            );
            parse(
                name,
                &format!("version = 1\n{}", piece.repeat(20_000)),
                &|_| None,
            );
        }
    }
    let long = format!(
        "{{\"packages\":{{\"{}\":{{\"dependencies\":{{\"a\":\"1\"}}}}}}}}",
        "x/".repeat(500_000)
    );
    assert!(parse("package-lock.json", &long, &|_| None).is_some());
}
