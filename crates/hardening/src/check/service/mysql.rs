//! `my.cnf`: sections with `name = value` (<https://dev.mysql.com/doc/refman/8.4/en/option-files.html>).

use super::split;
use crate::check::{Found, Kind, Look, Raised};

/// Files of MySQL and MariaDB.
pub(crate) const KIND: Kind = Kind {
    name: "MySQL configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains("my.ini") && !lower.contains(".cnf") {
        return false;
    }
    let (folders, name) = split(&lower);
    let openssl = || name.contains("ssl") || folders.contains("ssl");
    name == "my.ini" || name.ends_with(".cnf") && !openssl()
}

fn look(look: &Look<'_>, found: &mut Found) {
    let path = &look.file.path;
    let mut of_server = false;
    let mut at = 0;
    for line in look.file.text().split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let trimmed = line.trim();
        if let Some(section) = trimmed.strip_prefix('[') {
            let section = section.trim_end_matches(']').to_ascii_lowercase();
            let servers = ["mysqld", "server", "mariadb", "mysqld_safe"];
            of_server = servers
                .iter()
                .any(|name| section == *name || section.starts_with(&format!("{name}-")));
            continue;
        }
        if !of_server || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let (name, value) = match trimmed.split_once('=') {
            Some((name, value)) => (name.trim(), value.trim()),
            None => (trimmed, "1"),
        };
        let name = name.to_ascii_lowercase().replace('_', "-");
        let name = name.strip_prefix("loose-").unwrap_or(&name);
        let on = matches!(value.to_ascii_lowercase().as_str(), "1" | "on" | "true");
        let place = start..start + trimmed.len();
        match (name, on) {
            ("local-infile", true) => {
                let message = "Clients may have the server read files (`local_infile`).";
                let raised = Raised::new("LG-SVC-111", path, place, message);
                found.raised.push(raised.better("local_infile = 0"));
            }
            ("skip-grant-tables", true) => {
                let message = "`skip-grant-tables` lets everybody in as root.";
                found
                    .raised
                    .push(Raised::new("LG-SVC-112", path, place, message));
            }
            _ => {}
        }
    }
}
