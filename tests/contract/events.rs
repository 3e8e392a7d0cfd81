//! The event files that other tests use are what GitHub says that it sends.

use crate::event_files::{names, raw};
use crate::programs::repository;
use crate::schema;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The published webhook that describes an event file, by the action in it; a schedule has none.
fn webhook(name: &str, event: &Value) -> Option<String> {
    let kind = match name {
        "schedule" => return None,
        // The same webhook starts both.
        name if name.starts_with("pull_request") => "pull_request",
        name => crate::event_files::kind(name),
    };
    Some(match event["action"].as_str() {
        Some(action) => format!("{kind}.{action}"),
        None => kind.to_owned(),
    })
}

#[test]
fn every_event_file_follows_the_published_schema() {
    let folder = TempDir::new().unwrap();
    let published = repository().join("tests/fixtures/github/webhooks.json");
    let published: Value = serde_json::from_slice(&std::fs::read(published).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for name in names() {
        let event = raw(&name);
        let Some(webhook) = webhook(&name, &event) else {
            continue;
        };
        assert!(
            published["$defs"][&webhook].is_object(),
            "{name}: {webhook}"
        );
        let mut schema = published.clone();
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema["$ref"] = json!(format!("#/$defs/{webhook}"));
        let path = |kind: &str| folder.path().join(format!("{name}.{kind}.json"));
        std::fs::write(path("schema"), schema.to_string()).unwrap();
        std::fs::write(path("event"), event.to_string()).unwrap();
        let errors = schema::errors(path("schema").to_str().unwrap(), &[path("event")]);
        let place = folder.path().to_str().unwrap();
        wrong.extend(errors.into_iter().map(|error| error.replace(place, "")));
    }
    // The description forgets what happens to a fork that is deleted; GitHub sends null.
    assert_eq!(
        wrong,
        [
            "/pull_request_deleted_fork.event.json: $.pull_request.head.repo: None is not of type 'object'"
        ]
    );
}
