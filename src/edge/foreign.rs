//! Files that somebody else has put into a folder, such as an artifact that was unpacked.

use std::path::{Path, PathBuf};

/// Largest bundle of somebody else that is read, in bytes.
pub const MOST: u64 = 128 * 1024 * 1024;

/// Most entries of the folder that are looked at.
const MAX_ENTRIES: usize = 100;

/// The bytes of a file, or of the only one in a folder. Links are not followed, wherever they lead;
/// what the file says about paths means nothing here.
///
/// # Errors
/// A sentence of ours that says why there are none.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = only(path)?;
    let unread = || "it is no regular file, or cannot be read".to_owned();
    let metadata = file.symlink_metadata().map_err(|_| unread())?;
    if metadata.is_symlink() {
        return Err("it is a symbolic link".to_owned());
    }
    if metadata.len() > MOST {
        return Err(format!("it is larger than {} MiB", MOST / 1024 / 1024));
    }
    super::files::read_up_to(&file, MOST).ok_or_else(unread)
}

fn only(path: &Path) -> Result<PathBuf, String> {
    let metadata = path
        .symlink_metadata()
        .map_err(|_| "there is no such file".to_owned())?;
    if metadata.is_symlink() {
        return Err("it is a symbolic link".to_owned());
    }
    if !metadata.is_dir() {
        return Ok(path.to_owned());
    }
    let entries = std::fs::read_dir(path).map_err(|e| format!("it cannot be listed: {e}"))?;
    let entries: Vec<PathBuf> = entries
        .take(MAX_ENTRIES)
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    match <[PathBuf; 1]>::try_from(entries) {
        Ok([one]) => Ok(one),
        Err(entries) => Err(format!(
            "the folder holds {} files, where one bundle should be",
            match entries.len() {
                0 => "no".to_owned(),
                MAX_ENTRIES => format!("{MAX_ENTRIES} or more"),
                n => n.to_string(),
            }
        )),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_one_regular_file_is_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("one")).unwrap();
        std::fs::create_dir(at("none")).unwrap();
        std::fs::write(at("one/a"), "x").unwrap();
        assert_eq!(read(&at("one")), Ok(b"x".to_vec()));
        assert_eq!(read(&at("one/a")), Ok(b"x".to_vec()));
        std::os::unix::fs::symlink("/etc/passwd", at("link")).unwrap();
        std::os::unix::fs::symlink(at("one"), at("there")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("none/link")).unwrap();
        for name in ["link", "there", "none"] {
            assert_eq!(read(&at(name)), Err("it is a symbolic link".to_owned()));
        }
        std::fs::write(at("one/b"), "y").unwrap();
        assert!(read(&at("one")).unwrap_err().contains("holds 2 files"));
        assert!(read(&at("nowhere")).is_err());
        let large = std::fs::File::create(at("large")).unwrap();
        large.set_len(MOST + 1).unwrap();
        assert!(read(&at("large")).unwrap_err().contains("larger than"));
    }
}
