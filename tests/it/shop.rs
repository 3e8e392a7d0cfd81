//! The example project, as `make demo` shows it.

use crate::program::{Lockgate, repository};
use serde_json::Value;

fn shop() -> Lockgate {
    let shop = repository().join("examples/shop");
    Lockgate::check().args(&[shop.to_str().unwrap(), "--as-of", "2026-11-20"])
}

/// What a person sees, read and found good.
#[test]
fn the_console_shows_what_blocks_and_what_to_do() {
    let outcome = shop().run();
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!("shop_console", outcome.stdout);
}

#[test]
fn the_markdown_shows_the_same() {
    let lockgate = shop().args(&["--output", "markdown=-", "--quiet"]);
    let version = env!("CARGO_PKG_VERSION");
    insta::assert_snapshot!(
        "shop_markdown",
        lockgate.run().stdout.replace(version, "VERSION")
    );
}

#[test]
fn the_annotations_show_the_worst_first() {
    let lockgate = shop().env("GITHUB_ACTIONS", "true");
    let stdout = lockgate.run().stdout;
    let commands: Vec<&str> = stdout.lines().filter(|l| l.starts_with("::")).collect();
    insta::assert_snapshot!("shop_annotations", commands.join("\n"));
}

#[test]
fn every_finding_has_a_file_of_the_example() {
    let (json, _) = shop().json();
    assert_eq!(json["verdict"], "block");
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 28);
    for finding in findings {
        let path = finding["location"]["path"].as_str().unwrap();
        assert!(
            repository().join("examples/shop").join(path).is_file(),
            "{path}"
        );
        assert_ne!(finding["location"]["certainty"], "assumed", "{finding}");
    }
    let together: Vec<&Value> = findings
        .iter()
        .filter(|f| f["witnesses"].as_array().unwrap().len() > 1)
        .collect();
    assert_eq!(together.len(), 3);
}
