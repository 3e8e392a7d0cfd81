//! `staticwebapp.config.json` of Azure: `globalHeaders`, and headers of routes that come on top.

use super::{Paths, hand_over, json};
use crate::check::{Found, Kind, Look};
use jsonc_parser::ast::Value;

/// Files of Azure Static Web Apps.
pub(crate) const KIND: Kind = Kind {
    name: "static web app configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    path.rsplit('/').next() == Some("staticwebapp.config.json")
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    json::with_object(look, found, |object, found| {
        let mut paths = Paths::new("staticwebapp", &look.file.path);
        if let Some(Value::Object(headers)) = json::get(object, "globalHeaders") {
            paths.add("/*", json::place(headers), json::table(text, headers), true);
        }
        let routes = json::list(object, "routes");
        for route in routes.into_iter().flat_map(|routes| json::objects(routes)) {
            let Some((pattern, place)) = json::text(route, "route") else {
                continue;
            };
            if let Some(Value::Object(headers)) = json::get(route, "headers") {
                paths.add(pattern, place, json::table(text, headers), false);
            }
        }
        hand_over(paths, found);
    });
}
