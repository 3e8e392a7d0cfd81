//! Damaged reports: whatever happens to a file on its way, it never turns into a clean result.

use crate::corpus::{folder, rows};
use lockgate::ingest::{self, tool::Parsed};
use lockgate::model::HealthLevel;

/// What must never happen: a damaged report that looks as if the scanner had found nothing, or
/// less than it did.
fn passes_for_whole(bytes: &[u8], whole: usize) -> Option<String> {
    let runs = ingest::read(bytes, None);
    let seen: usize = runs.iter().map(|run| run.observations.len()).sum();
    let complete = runs
        .iter()
        .all(|run: &Parsed| run.health.level() == HealthLevel::Complete);
    (complete && seen < whole).then(|| format!("complete with {seen} of {whole} findings"))
}

fn healthy() -> Vec<(String, Vec<u8>, usize)> {
    rows()
        .into_iter()
        .filter(|row| matches!(row.verdict.as_str(), "findings" | "clean"))
        .map(|row| {
            let bytes = std::fs::read(folder().join(&row.path)).unwrap();
            (row.path, bytes, row.findings.unwrap_or(0))
        })
        .collect()
}

#[test]
fn a_report_cut_anywhere_is_never_complete() {
    let mut wrong = Vec::new();
    for (path, bytes, _) in healthy() {
        // After a text that follows the report, only a part of that text is missing.
        let read = ingest::read(&bytes, None);
        let mut notes = read.iter().flat_map(|run| &run.notes);
        let followed = notes.any(|note| note.code == "noise-after");
        // Two bytes at least: the last one may be a line break, the one before it ends the document.
        let end = bytes
            .iter()
            .rposition(|b| !b.is_ascii_whitespace() && *b != 0)
            .unwrap();
        let end = if bytes.starts_with(&[0xfe, 0xff]) || bytes.get(1) == Some(&0) {
            end - 2
        } else {
            end
        };
        // Log lines after the report may lose their end.
        let logged = !b"}]>\0".contains(&bytes[end]);
        for cut in [
            0,
            1,
            bytes.len() / 4,
            bytes.len() / 2,
            bytes.len() * 3 / 4,
            if logged { 0 } else { end },
        ] {
            if followed && cut == end {
                continue;
            }
            let runs = ingest::read(&bytes[..cut], None);
            if !runs
                .iter()
                .all(|run| run.health.level() == HealthLevel::Failed)
            {
                wrong.push(format!("{path} cut at {cut}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A stream of documents that ends after any of its lines. Only yarn 4 prints nothing that marks the
/// end, so of its lists no more can be told than that they are not empty.
#[test]
fn a_stream_cut_after_a_line_is_never_clean() {
    let mut streams = 0;
    let mut wrong = Vec::new();
    for (path, bytes, whole) in healthy() {
        let documents = serde_json::Deserializer::from_slice(&bytes)
            .into_iter::<serde_json::Value>()
            .map_while(Result::ok);
        let documents: Vec<String> = documents.map(|d| d.to_string()).collect();
        if documents.len() < 2 || whole == 0 {
            continue;
        }
        streams += 1;
        for kept in 0..documents.len() {
            let runs = ingest::read(documents[..kept].join("\n").as_bytes(), None);
            let complete = |run: &Parsed| run.health.level() == HealthLevel::Complete;
            let seen: usize = runs.iter().map(|run| run.observations.len()).sum();
            let open_end = (path.contains("yarn-4") || path.contains("berry4")) && seen > 0;
            if runs.iter().all(complete) && !open_end {
                wrong.push(format!("{path} after {kept} documents"));
            }
        }
    }
    assert!(streams > 3, "{streams} streams");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn flipped_bytes_never_hide_findings() {
    let mut wrong = Vec::new();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for (path, bytes, whole) in healthy() {
        for _ in 0..20 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let at = usize::try_from(random >> 33).unwrap() % bytes.len();
            // Only the document's own structure: a changed letter in a text is a different text,
            // and in a key of a list of packages a different package.
            let structure: &[u8] = match bytes[0] {
                b'<' => b"<>/=\"",
                _ => b"{}[]:,",
            };
            if !structure.contains(&bytes[at]) {
                continue;
            }
            let mut damaged = bytes.clone();
            damaged[at] = b'~';
            if let Some(what) = passes_for_whole(&damaged, whole) {
                wrong.push(format!("{path} at {at}: {what}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn wrong_types_for_the_lists_of_findings_are_never_clean() {
    for (path, key) in [
        ("bandit/gen__pygoat.json", "results"),
        ("bandit/gen__pygoat.json", "metrics"),
        ("pip-audit/gen__pygoat.json", "dependencies"),
        ("npm/gen__jimahub-npm11.json", "vulnerabilities"),
        ("npm/gen__jimahub-npm11.json", "metadata"),
        ("npm/auditci__npm-high__npm-output.json", "advisories"),
        ("trivy/golden__pip.json", "Results"),
        ("pnpm/dd_pnpm_audit__pnpm_audit_one_vuln.json", "advisories"),
        ("pnpm/dd_pnpm_audit__pnpm_audit_one_vuln.json", "metadata"),
        ("yarn/auditci__yarn-1-high__output.jsonl", "data"),
        ("yarn/auditci__yarn-4-high__output.json", "children"),
        ("sarif/dd_sarif__njsscan.sarif", "runs"),
        (
            "semgrep/dd_semgrep__close_old_findings_report_line31.json",
            "results",
        ),
        (
            "semgrep/dd_semgrep__close_old_findings_report_line31.json",
            "paths",
        ),
        ("checkov/gen__tf.json", "results"),
        ("cargo-audit/gen__noseyparker.json", "vulnerabilities"),
        ("cargo-audit/gen__noseyparker.json", "lockfile"),
        ("cargo-deny/gen__noseyparker-auditcompat.json", "lockfile"),
        ("grype/golden__json__TestJsonDirsPresenter.json", "matches"),
        ("osv-scanner/dd_osv_scanner__some_findings.json", "results"),
        (
            "safety/wild__LisBerndt_zap-mcp-server__safety-report.json",
            "vulnerabilities",
        ),
        (
            "safety/wild__LisBerndt_zap-mcp-server__safety-report.json",
            "report_meta",
        ),
        ("zap/upstream__basic-traditional-json.json", "site"),
        (
            "cyclonedx/dd_cyclonedx__nested-component-log4j.json",
            "vulnerabilities",
        ),
        (
            "cyclonedx/dd_cyclonedx__nested-component-log4j.json",
            "components",
        ),
    ] {
        let bytes = std::fs::read(folder().join(path)).unwrap();
        for wrong in [
            "null",
            "0",
            "\"\"",
            "[]",
            "{}",
            "true",
            "[null]",
            "[0]",
            "{\"a\": 0}",
        ] {
            let mut runs = Vec::new();
            for line in serde_json::Deserializer::from_slice(&bytes).into_iter() {
                let mut document: serde_json::Value = line.unwrap();
                document[key] = serde_json::from_str(wrong).unwrap();
                runs.push(document.to_string());
            }
            let runs = ingest::read(runs.join("\n").as_bytes(), None);
            for run in &runs {
                let clean =
                    run.health.level() == HealthLevel::Complete && run.observations.is_empty();
                // An empty list of results beside what was looked at is a clean report.
                let lists = ["results", "matches"];
                let honest =
                    (lists.contains(&key) || path.starts_with("cyclonedx")) && wrong == "[]";
                assert!(!clean || honest, "{path}: {key} = {wrong}");
            }
        }
    }
}

#[test]
fn two_reports_in_one_file_are_refused() {
    for path in [
        "bandit/gen__pygoat.json",
        "trivy/golden__pip.json",
        "sarif/dd_sarif__njsscan.sarif",
    ] {
        let bytes = std::fs::read(folder().join(path)).unwrap();
        let twice = [bytes.as_slice(), b"\n", bytes.as_slice()].concat();
        let runs = ingest::read(&twice, None);
        assert_eq!(
            runs[0].health.problems()[0].code,
            "second-document",
            "{path}"
        );
    }
}

#[test]
fn a_report_under_another_tools_name_is_refused() {
    let bytes = std::fs::read(folder().join("bandit/gen__pygoat.json")).unwrap();
    let expected = ingest::Expected::named("trivy").unwrap();
    let runs = ingest::read(&bytes, Some(&expected));
    assert_eq!(runs[0].scanner.as_str(), "trivy");
    assert_eq!(runs[0].health.problems()[0].code, "wrong-tool");
    let sarif = std::fs::read(folder().join("sarif/dd_sarif__njsscan.sarif")).unwrap();
    let runs = ingest::read(&sarif, Some(&expected));
    assert_eq!(runs[0].health.problems()[0].code, "wrong-tool");
    assert!(runs[0].observations.is_empty());
}

#[test]
fn deep_nesting_ends_in_an_error() {
    for opening in [
        "[",
        "{\"a\":",
        "{\"runs\":[{\"a\":",
        "{\"results\":[[",
        "{\"bomFormat\":\"CycloneDX\",\"components\":[",
        "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">",
        "<OWASPZAPReport>",
    ] {
        let text = opening.repeat(100_000);
        let runs = ingest::read(text.as_bytes(), None);
        assert_eq!(runs[0].health.level(), HealthLevel::Failed);
    }
}

/// A finding that cannot be read makes the report unreadable, or counts as one; it is never passed
/// over.
#[test]
fn a_finding_of_another_shape_is_not_passed_over() {
    for (path, list) in [
        ("bandit/gen__pygoat.json", "/results"),
        ("pip-audit/gen__pygoat.json", "/dependencies"),
        ("trivy/golden__pip.json", "/Results/0/Vulnerabilities"),
        (
            "npm/auditci__npm-critical__npm7-output.json",
            "/vulnerabilities/open/via",
        ),
        ("sarif/dd_sarif__njsscan.sarif", "/runs/0/results"),
        (
            "semgrep/dd_semgrep__close_old_findings_report_line31.json",
            "/results",
        ),
        ("gitleaks/dd_gitleaks__data_many.json", ""),
        ("hadolint/gen__many.json", ""),
        ("checkov/gen__tf.json", "/results/failed_checks"),
        ("cargo-audit/gen__noseyparker.json", "/vulnerabilities/list"),
        (
            "cargo-deny/gen__noseyparker-auditcompat.json",
            "/vulnerabilities",
        ),
        ("grype/golden__json__TestJsonDirsPresenter.json", "/matches"),
        (
            "osv-scanner/dd_osv_scanner__some_findings.json",
            "/results/0/packages/0/groups",
        ),
        (
            "osv-scanner/dd_osv_scanner__some_findings.json",
            "/results/0/packages",
        ),
        (
            "safety/wild__LisBerndt_zap-mcp-server__safety-report.json",
            "/vulnerabilities",
        ),
        (
            "zap/upstream__basic-traditional-json.json",
            "/site/0/alerts",
        ),
        (
            "cyclonedx/dd_cyclonedx__nested-component-log4j.json",
            "/vulnerabilities",
        ),
    ] {
        let bytes = std::fs::read(folder().join(path)).unwrap();
        let whole: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let honest = ingest::read(&bytes, None)[0].observations.len();
        let Some(items) = whole.pointer(list).and_then(|l| l.as_array()) else {
            panic!("{path} has no {list}");
        };
        for wrong in [
            serde_json::json!(7),
            serde_json::json!([[]]),
            serde_json::json!({"title": 7, "name": 7, "message": 7, "PkgName": 7}),
        ] {
            let mut damaged = whole.clone();
            let mut with = items.clone();
            with.push(wrong.clone());
            *damaged.pointer_mut(list).unwrap() = with.into();
            let runs = ingest::read(damaged.to_string().as_bytes(), None);
            let counted = runs[0].observations.len() == honest + 1;
            let refused = runs[0].health.level() == HealthLevel::Failed;
            assert!(counted || refused, "{path} with {wrong}");
        }
    }
}

/// A stream of documents that loses its end, or a line in it, is not a shorter report.
#[test]
fn a_stream_cut_between_two_lines_is_not_a_report() {
    let path = "cargo-deny/gen__noseyparker-advisories.jsonl";
    let text = std::fs::read_to_string(folder().join(path)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for left_out in 0..lines.len() {
        let cut = lines[..left_out].join("\n");
        let runs = ingest::read(cut.as_bytes(), None);
        assert_eq!(runs[0].health.level(), HealthLevel::Failed, "{left_out}");
        // The first line is one of the log.
        let mut others = lines.clone();
        others.remove(left_out);
        let runs = ingest::read(others.join("\n").as_bytes(), None);
        let failed = runs[0].health.level() == HealthLevel::Failed;
        assert!(failed || left_out == 0, "without line {left_out}");
    }
}

/// Work that grows with the square of a report would let a pull request stop the gate.
#[test]
fn hostile_repetition_is_read_in_linear_time() {
    let via: Vec<String> = (0..20_000)
        .map(|i| format!(r#"{{"source":{i},"name":"a","title":"t","url":"https://github.com/advisories/GHSA-{:04}-{:04}-aaaa","severity":"high"}}"#, i / 10_000, i % 10_000))
        .collect();
    let npm = format!(
        r#"{{"auditReportVersion":2,"vulnerabilities":{{"a":{{"name":"a","via":[{}],"nodes":[]}}}},"metadata":{{"dependencies":{{"total":1}}}}}}"#,
        via.join(",")
    );
    let text = "{0}".repeat(20_000);
    let argument = "x".repeat(20_000);
    let deep = "a/".repeat(20_000);
    let result = |line: usize| {
        format!(
            r#"{{"ruleId":"r","message":{{"text":"{text}","arguments":["{argument}"]}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"/{deep}b"}},"region":{{"startLine":{line}}}}}}}]}}"#
        )
    };
    let sarif = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T"}}}},"results":[{}]}}]}}"#,
        (1..=50).map(result).collect::<Vec<_>>().join(",")
    );
    let gates = (0..1_000).map(|i| {
        format!("[[gate]]\nname = \"g{i}\"\nwhen = {{ kind = \"license\" }}\naction = \"warn\"\n")
    });
    let (json, _) = crate::program::Lockgate::check()
        .file("lockgate.toml", gates.collect::<String>())
        .report("", "n.json", &npm)
        .report("", "m.json", &npm)
        .report("", "s.sarif", sarif)
        .json();
    assert_eq!(json["counts"]["findings"], 20_000 + 50);
}
