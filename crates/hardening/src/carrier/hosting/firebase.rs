//! `firebase.json`: `hosting.headers`, for one site or for several.

use super::{Paths, hand_over, json};
use crate::check::{Found, Kind, Look};
use jsonc_parser::ast::Value;

/// Files of Firebase.
pub(crate) const KIND: Kind = Kind {
    name: "Firebase configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with("firebase") && name.ends_with(".json")
}

fn look(look: &Look<'_>, found: &mut Found) {
    json::with_object(look, found, |object, found| {
        let sites: Vec<_> = match json::get(object, "hosting") {
            Some(Value::Object(site)) => vec![site],
            Some(Value::Array(sites)) => json::objects(sites).collect(),
            _ => Vec::new(),
        };
        for site in sites {
            let mut paths = Paths::new("firebase", &look.file.path);
            if let Some(rules) = json::list(site, "headers") {
                json::rules(look.file.text(), rules, &mut paths);
            }
            hand_over(paths, found);
        }
    });
}
