//! Whatever a file holds, the scan ends, and soon.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test reads files and may fail"
)]

use lockgate_hardening::{File, Options, Tree, looks_at, scan};
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// All examples, each with the path that it has in its own repository.
fn examples() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut all = Vec::new();
    files(&root, &mut all);
    all.sort();
    all.iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/");
            let mut parts = inside.splitn(3, '/').skip(2);
            let name = parts.next().filter(|name| looks_at(name))?.to_owned();
            Some((name, std::fs::read(path).ok()?))
        })
        .collect()
}

fn look(path: &str, bytes: &[u8]) {
    let mut tree = Tree::default();
    tree.add(File::new(path, bytes));
    let scanned = scan(&tree, &Options::default());
    for one in scanned.findings {
        assert!(
            one.place.start <= one.place.end && one.place.end <= bytes.len(),
            "{path}"
        );
    }
}

/// A small generator, so that a failure comes again.
fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 40).unwrap()
}

#[test]
fn damaged_examples_never_stop_a_scan() {
    let mut state = 7;
    for (path, bytes) in examples() {
        for _ in 0..6 {
            let mut damaged = bytes.clone();
            for _ in 0..3 {
                if damaged.is_empty() {
                    continue;
                }
                let at = next(&mut state) % damaged.len();
                match next(&mut state) % 4 {
                    0 => damaged.truncate(at),
                    1 => drop(damaged.remove(at)),
                    2 => {
                        let odd = b"\xff\"'{}[]:#$\n\t\\`&*!|>-=\xc3";
                        let byte = odd[next(&mut state) % odd.len()];
                        damaged.insert(at, byte);
                    }
                    _ => damaged.splice(at..at, "é${A:-${".bytes()).for_each(drop),
                }
            }
            look(&path, &damaged);
        }
    }
}

#[test]
fn long_texts_of_one_sign_end_soon() {
    let names: std::collections::BTreeSet<String> =
        examples().into_iter().map(|(name, _)| name).collect();
    let signs = [
        "[",
        "{",
        "${",
        "a: ",
        "- ",
        "&a ",
        "*a ",
        "\"",
        "# ",
        "=",
        "\n",
        "\\\n",
        "<<A ",
        "RUN <<A\n",
        "A=1\n",
        "services:\n",
        " x:\n",
        "[a]\n",
        "npm run ",
        "//\n",
        "\u{e9}",
    ];
    for name in names {
        for sign in signs {
            look(&name, sign.repeat(20_000 / sign.len()).as_bytes());
        }
    }
}
