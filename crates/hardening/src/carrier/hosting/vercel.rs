//! `vercel.json`, and `serve.json`, which is like it.

use super::{Paths, hand_over, json};
use crate::check::{Found, Kind, Look};

/// Files of Vercel.
pub(crate) const KIND: Kind = Kind {
    name: "Vercel configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.ends_with(".json") && name.starts_with("vercel")
        || matches!(name, "now.json" | "serve.json")
}

fn look(look: &Look<'_>, found: &mut Found) {
    json::with_object(look, found, |object, found| {
        let mut paths = Paths::new("vercel", &look.file.path);
        if let Some(rules) = json::list(object, "headers") {
            json::rules(look.file.text(), rules, &mut paths);
        }
        hand_over(paths, found);
    });
}
