use super::*;
use crate::model::{Foreign as _, HealthLevel, Severity, Standing};

fn parse(text: &str) -> Parsed {
    let shape = crate::ingest::decode::document(text.as_bytes())
        .unwrap()
        .shape;
    assert!(CycloneDx.sniff(&shape).is_some());
    CycloneDx.parse(text, &shape).unwrap()
}

fn bom(tool: &str, rest: &str) -> Parsed {
    parse(&format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"tools":[{{"name":"{tool}"}}]}},
        "components":[{{"bom-ref":"a","name":"x","purl":"pkg:npm/a@1.0.0"}},
        {{"bom-ref":"b","name":"b","version":"2","components":[{{"bom-ref":"c","purl":"pkg:pypi/c@3"}}]}}]{rest}}}"#
    ))
}

#[test]
fn an_inventory_proves_no_search() {
    let code = |run: &Parsed| run.health.problems()[0].code;
    assert_eq!(code(&bom("syft", "")), "inventory");
    assert_eq!(code(&bom("trivy", "")), "inventory");
    // Trivy's inventories have an empty list, too.
    assert_eq!(code(&bom("trivy", r#","vulnerabilities":[]"#)), "inventory");
    let run = bom("other", r#","vulnerabilities":[]"#);
    assert_eq!(run.health.level(), HealthLevel::Complete);
    assert_eq!(run.health.work().unwrap().inputs(), 3);
    assert_eq!(bom("grype", "").health.level(), HealthLevel::Complete);
}

#[test]
fn runs_carry_the_name_of_the_tool() {
    let run = bom("trivy", "");
    assert_eq!((run.scanner.as_str(), run.tool.raw()), ("trivy", "Trivy"));
    let run = bom("Some Tool", "");
    assert_eq!(
        (run.scanner.as_str(), run.tool.raw()),
        ("some-tool", "Some Tool")
    );
}

#[test]
fn one_finding_for_each_component() {
    let run = bom(
        "grype",
        r#","vulnerabilities":[{"id":"CVE-2024-1","references":[{"id":"GHSA-jf85-cpcp-j695"}],
        "ratings":[{"severity":"low"},{"score":0.9,"method":"other"},
        {"score":9.8,"method":"CVSSv31"}],"cwes":[79],"analysis":{"state":"false_positive"},
        "recommendation":"Upgrade a to version 1.0.1, 2.0.0",
        "affects":[{"ref":"a"},{"ref":"a"},{"ref":"c"},{"ref":"urn:cdx:x/1#pkg:gem/d@4"},{"ref":"?"}]}]"#,
    );
    let names: Vec<String> = run
        .observations
        .iter()
        .map(|o| match &o.package {
            Some(p) => format!("{}/{}", p.ecosystem.as_str(), p.name.raw()),
            None => "none".into(),
        })
        .collect();
    assert_eq!(names, ["npm/a", "pypi/c", "gem/d", "none"]);
    let first = &run.observations[0];
    assert_eq!(first.severity, Some(Severity::Low));
    assert_eq!(first.reported.score, Some(9.8));
    assert_eq!(first.advisories.len(), 2);
    assert_eq!(
        first.standing,
        Standing::Suppressed(Some("false_positive".into()))
    );
    assert_eq!(
        first.package.as_ref().unwrap().fixed,
        ["1.0.1".into(), "2.0.0".into()]
    );
    assert!(
        run.observations[1]
            .package
            .as_ref()
            .unwrap()
            .fixed
            .is_empty()
    );
}

#[test]
fn a_score_alone_is_a_severity_and_other_numbers_are_not() {
    let rated = |ratings: &str| {
        let run = bom(
            "grype",
            &format!(r#","vulnerabilities":[{{"id":"CVE-2024-1","ratings":[{ratings}]}}]"#),
        );
        let observation = &run.observations[0];
        (observation.severity, observation.reported.score)
    };
    let high = (Some(Severity::High), Some(7.5));
    assert_eq!(rated(r#"{"score":7.5,"method":"CVSSv3"}"#), high);
    assert_eq!(
        rated(r#"{"method":"CVSSv2","vector":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}"#),
        high
    );
    assert_eq!(rated(r#"{"score":7.5,"method":"other"}"#), (None, None));
    assert_eq!(rated(r#"{"score":7.5,"severity":"unknown"}"#), high);
}

#[test]
fn xml_with_a_list_inside_a_component() {
    let run = parse(
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="urn:v"><components>
        <component type="library"><name>n</name><version>1</version><purl>pkg:npm/n@1</purl>
        <v:vulnerabilities><v:vulnerability ref="urn:uuid:1"><v:id>CVE-2024-1</v:id>
        <v:ratings><v:rating><v:score><v:base>7.5</v:base></v:score><v:severity>High</v:severity>
        </v:rating></v:ratings></v:vulnerability></v:vulnerabilities></component></components></bom>"#,
    );
    let [observation] = &run.observations[..] else {
        panic!()
    };
    assert_eq!(observation.package.as_ref().unwrap().name.raw(), "n");
    assert_eq!(observation.severity, Some(Severity::High));
    assert_eq!(observation.reported.score, Some(7.5));
}
