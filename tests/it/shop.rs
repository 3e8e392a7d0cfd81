//! The example project, as `make demo` shows it.

use crate::program::{Lockgate, repository};
use serde_json::Value;
use std::path::Path;

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
fn junit_fails_for_what_blocks() {
    let lockgate = shop().args(&["--output", "junit=-", "--quiet"]);
    let junit = lockgate.run().stdout;
    let head = "<testsuites name=\"lockgate\" tests=\"34\" failures=\"11\" errors=\"0\">";
    assert!(junit.contains(head), "{junit}");
    assert!(
        junit.contains("tests=\"28\" failures=\"11\" errors=\"0\" skipped=\"1\""),
        "{junit}"
    );
    let missing = Lockgate::check().args(&["--report", "trivy=t.json", "--output", "junit=-"]);
    assert!(
        missing
            .run()
            .stdout
            .contains("<error type=\"missing\" message=\"the report is not there")
    );
    let nothing = Lockgate::check()
        .file("lockgate.toml", "")
        .args(&["--output", "junit=-"]);
    assert!(nothing.run().stdout.contains("<error type=\"no-evidence\""));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// The shop as one folder of a larger Git repository: GitHub knows its files from the root.
#[test]
fn annotations_and_sarif_name_files_from_the_repositorys_root() {
    let lockgate = Lockgate::new(&["check", "services/shop", "--as-of", "2026-11-20"])
        .env("GITHUB_ACTIONS", "true")
        .args(&["--output", "upload-sarif=up.sarif"])
        .file(".git/HEAD", "");
    let folder = lockgate.folder.path().to_owned();
    copy(
        &repository().join("examples/shop"),
        &folder.join("services/shop"),
    );
    let stdout = lockgate.run().stdout;
    let commands: Vec<&str> = stdout.lines().filter(|l| l.starts_with("::")).collect();
    insta::assert_snapshot!("shop_annotations", commands.join("\n"));
    let upload = std::fs::read_to_string(folder.join("up.sarif")).unwrap();
    let upload: Value = serde_json::from_str(&upload).unwrap();
    for run in upload["runs"].as_array().unwrap() {
        for result in run["results"].as_array().unwrap() {
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
            let path = place["uri"].as_str().unwrap();
            assert!(
                path.starts_with("services/shop/") && folder.join(path).is_file(),
                "{path}"
            );
        }
    }
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
