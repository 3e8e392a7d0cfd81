//! Finding tests of policies.

use std::path::{Path, PathBuf};

/// How a file of tests ends.
const SUFFIX: &str = ".test.toml";

/// The file itself; of a folder the tests in it and in its `.github`, sorted.
///
/// # Errors
/// The operating system's.
pub fn find(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.metadata()?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let below = path.join(".github");
    for folder in [path, &below] {
        if !folder.is_dir() {
            continue;
        }
        for entry in folder.read_dir()? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.ends_with(SUFFIX)) && path.is_file() {
                // Named as the user would: `lockgate.test.toml`, not `./lockgate.test.toml`.
                found.push(path.strip_prefix(".").map(Path::to_owned).unwrap_or(path));
            }
        }
    }
    found.sort();
    Ok(found)
}
