//! Stores and their own files of settings.

mod mysql;
mod redis;
mod search;

pub(crate) use mysql::KIND as MYSQL;
pub(crate) use redis::KIND as REDIS;
pub(crate) use search::KIND as SEARCH;

/// Name and folders of a path, in lower case, without the mark of a file that is filled in.
fn split(path: &str) -> (String, String) {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let filled_in = [".template", ".tmpl", ".tpl", ".j2", ".example", ".sample"];
    let name = filled_in
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    (folders.to_owned(), name.to_owned())
}
