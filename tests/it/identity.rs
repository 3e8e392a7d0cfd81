//! What is one problem, and what only looks like one: the traps that reports of real tools set.

use crate::program::Lockgate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const A: &str = "GHSA-aaaa-aaaa-aaaa";
const B: &str = "GHSA-bbbb-bbbb-bbbb";

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The findings; every report must have been read completely.
fn findings(lockgate: Lockgate) -> Vec<Value> {
    let (json, _) = lockgate.json();
    let runs = list(&json["runs"]);
    assert!(runs.iter().all(|r| r["health"] == "complete"), "{runs:#?}");
    let findings = list(&json["findings"]).to_vec();
    let mut prints: Vec<&str> = findings.iter().map(|f| word(&f["fingerprint"])).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), findings.len(), "fingerprints are unique");
    findings
}

fn witnesses(finding: &Value) -> String {
    let names = list(&finding["witnesses"]).iter();
    let names: Vec<&str> = names.map(|w| word(&w["scanner"])).collect();
    names.join("+")
}

/// `name version path witnesses` of each, sorted.
fn rows(findings: &[Value]) -> Vec<String> {
    let mut rows: Vec<String> = findings
        .iter()
        .map(|f| {
            let (package, path) = (&f["package"], &f["location"]["path"]);
            let (name, version) = (word(&package["name"]), word(&package["version"]));
            format!("{name} {version} {} {}", word(path), witnesses(f))
        })
        .collect();
    rows.sort();
    rows
}

fn seen(lockgate: Lockgate) -> Vec<String> {
    rows(&findings(lockgate))
}

/// npm audit of npm 7 and later: package, GHSA, severity, keys of the lockfile.
fn npm(found: &[(&str, &str, &str, &[&str])]) -> String {
    let mut packages: BTreeMap<&str, (Vec<Value>, Vec<&str>)> = BTreeMap::new();
    for (number, (name, ghsa, severity, nodes)) in found.iter().enumerate() {
        let (via, keys) = packages.entry(name).or_default();
        via.push(json!({"source": 1000 + number, "name": name, "dependency": name, "title": "t",
            "url": format!("https://github.com/advisories/{ghsa}"), "severity": severity, "range": "<9.0.0"}));
        keys.extend(*nodes);
    }
    let packages: BTreeMap<&str, Value> = packages
        .into_iter()
        .map(|(name, (via, nodes))| {
            let entry = json!({"name": name, "severity": "high", "isDirect": false, "via": via, "effects": [],
                "range": "<9.0.0", "nodes": nodes, "fixAvailable": true});
            (name, entry)
        })
        .collect();
    json!({"auditReportVersion": 2, "vulnerabilities": packages, "metadata": {
        "vulnerabilities": {"total": packages.len()}, "dependencies": {"total": 9}}})
    .to_string()
}

/// pip-audit: name, version, id, aliases.
fn pip(found: &[(&str, &str, &str, &[&str])]) -> String {
    let found = found.iter().map(|(name, version, id, aliases)| {
        json!({"name": name, "version": version, "vulns": [{"id": id, "fix_versions": ["99"], "aliases": aliases}]})
    });
    json!({"dependencies": found.collect::<Vec<_>>(), "fixes": []}).to_string()
}

/// Trivy on a folder: target, type, vulnerabilities.
fn trivy(targets: &[(&str, &str, Value)]) -> String {
    let results = targets.iter().map(|(target, kind, found)| {
        json!({"Target": target, "Class": "lang-pkgs", "Type": kind, "Vulnerabilities": found})
    });
    json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem",
        "Results": results.collect::<Vec<_>>()})
    .to_string()
}

fn vulnerability(id: &str, name: &str, version: &str) -> Value {
    json!({"VulnerabilityID": id, "PkgName": name, "InstalledVersion": version, "Severity": "HIGH"})
}

/// Ecosystem, name, version, ids of the group, its aliases.
type Grouped<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a [&'a str]);

/// OSV-Scanner: path, then what it found there.
fn osv(path: &str, found: &[Grouped<'_>]) -> String {
    let packages = found
        .iter()
        .map(|(ecosystem, name, version, ids, aliases)| {
            let records = ids
                .iter()
                .map(|id| json!({"id": id, "summary": "s", "related": ["CVE-1999-0001"]}));
            json!({"package": {"name": name, "version": version, "ecosystem": ecosystem},
            "vulnerabilities": records.collect::<Vec<_>>(),
            "groups": [{"ids": ids, "aliases": aliases, "max_severity": "7.5"}]})
        });
    json!({"results": [{"source": {"path": path, "type": "lockfile"}, "packages": packages.collect::<Vec<_>>()}]})
        .to_string()
}

/// Grype on a folder: path, then package URL, name, version, id, related ids.
fn grype(path: &str, found: &[(&str, &str, &str, &str, &[&str])]) -> String {
    let matches = found.iter().map(|(url, name, version, id, related)| {
        let related: Vec<Value> = related.iter().map(|id| json!({"id": id})).collect();
        json!({"vulnerability": {"id": id, "severity": "Medium", "namespace": "github:language:x"},
            "relatedVulnerabilities": related,
            "artifact": {"name": name, "version": version, "purl": url, "locations": [{"path": path}]}})
    });
    json!({"matches": matches.collect::<Vec<_>>(), "source": {"type": "directory", "target": "."},
        "descriptor": {"name": "grype", "version": "0.96.0"}})
    .to_string()
}

fn sarif(tool: &str, rules: Value, results: Value) -> String {
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": tool, "rules": rules}}, "results": results}]})
        .to_string()
}

fn package_lock(packages: Value) -> String {
    json!({"lockfileVersion": 3, "packages": packages}).to_string()
}

// Dependencies.

#[test]
fn one_cve_in_two_packages_is_two() {
    let found = json!([
        vulnerability("CVE-2024-1", "libssl3", "3.0"),
        vulnerability("CVE-2024-1", "libcrypto3", "3.0")
    ]);
    let rows = seen(Lockgate::check().report("", "t.json", trivy(&[("a.lock", "npm", found)])));
    assert_eq!(
        rows,
        ["libcrypto3 3.0 a.lock trivy", "libssl3 3.0 a.lock trivy"]
    );
}

#[test]
fn one_advisory_in_two_lockfiles_is_two_and_each_has_its_own_witnesses() {
    let lock = || package_lock(json!({"node_modules/a": {"version": "1.0.0"}}));
    let one = || json!([vulnerability(A, "a", "1.0.0")]);
    let both = trivy(&[
        ("package-lock.json", "npm", one()),
        ("web/package-lock.json", "npm", one()),
    ]);
    let rows = seen(
        Lockgate::check()
            .file("package-lock.json", lock())
            .file("web/package-lock.json", lock())
            .report("", "t.json", both)
            .report(
                "",
                "npm.json",
                npm(&[("a", A, "high", &["node_modules/a"])]),
            )
            .report(
                "",
                "web/npm.json",
                npm(&[("a", A, "high", &["node_modules/a"])]),
            ),
    );
    assert_eq!(
        rows,
        [
            "a 1.0.0 package-lock.json npm-audit+trivy",
            "a 1.0.0 web/package-lock.json npm-audit+trivy"
        ]
    );
}

#[test]
fn two_installed_versions_are_two_although_npm_names_none() {
    let lock = package_lock(json!({
        "node_modules/cookie": {"version": "0.3.1"},
        "node_modules/x/node_modules/cookie": {"version": "0.4.0"},
    }));
    let nodes: &[&str] = &["node_modules/cookie", "node_modules/x/node_modules/cookie"];
    let osv = osv(
        "package-lock.json",
        &[
            ("npm", "cookie", "0.3.1", &[A], &[]),
            ("npm", "cookie", "0.4.0", &[A], &[]),
        ],
    );
    let rows = seen(
        Lockgate::check()
            .file("package-lock.json", lock)
            .report("", "n.json", npm(&[("cookie", A, "low", nodes)]))
            .report("", "o.json", osv),
    );
    assert_eq!(
        rows,
        [
            "cookie 0.3.1 package-lock.json npm-audit+osv-scanner",
            "cookie 0.4.0 package-lock.json npm-audit+osv-scanner"
        ]
    );
}

#[test]
fn ranges_of_one_npm_advisory_under_two_numbers_are_one() {
    let lock = package_lock(json!({"node_modules/semver": {"version": "5.0.0"}}));
    let keys: &[&str] = &["node_modules/semver"];
    let report = npm(&[("semver", A, "high", keys), ("semver", A, "high", keys)]);
    let rows = seen(
        Lockgate::check()
            .file("package-lock.json", lock)
            .report("", "n.json", report),
    );
    assert_eq!(rows, ["semver 5.0.0 package-lock.json npm-audit"]);
}

#[test]
fn an_advisory_known_by_a_number_only_is_told_from_others() {
    let report = npm(&[("a", "x", "high", &[]), ("a", "y", "low", &[])]);
    assert_eq!(
        findings(Lockgate::check().report("", "n.json", report)).len(),
        2
    );
}

#[test]
fn pip_of_an_image_and_pip_of_the_requirements_stay_two() {
    let image = json!({"SchemaVersion": 2, "ArtifactName": "app:1", "ArtifactType": "container_image", "Results": [
        {"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg", "Vulnerabilities": [
            {"VulnerabilityID": "CVE-2025-8869", "PkgName": "pip", "InstalledVersion": "25.0.1", "Severity": "MEDIUM",
             "References": [format!("https://github.com/advisories/{A}")]}]}]});
    let host = || pip(&[("pip", "25.2", A, &["CVE-2025-8869"])]);
    for requirements in ["pip==25.2\n", "flask==1.0\n"] {
        let lockgate = Lockgate::check()
            .file("requirements.txt", requirements)
            .report("", "t.json", image.to_string())
            .report("", "p.json", host());
        let findings = findings(lockgate);
        let versions: Vec<&str> = findings
            .iter()
            .map(|f| word(&f["package"]["version"]))
            .collect();
        assert_eq!(versions.len(), 2, "{versions:?}");
    }
}

#[test]
fn a_package_installed_under_another_name_is_the_package() {
    let lock = package_lock(json!({
        "node_modules/string-width-cjs": {"name": "string-width", "version": "4.2.3"},
        "node_modules/string-width": {"version": "5.1.2"},
    }));
    let report = npm(&[(
        "string-width",
        A,
        "high",
        &["node_modules/string-width-cjs"],
    )]);
    let found = json!([vulnerability(A, "string-width", "4.2.3")]);
    let rows = seen(
        Lockgate::check()
            .file("package-lock.json", lock)
            .report("", "n.json", report)
            .report("", "t.json", trivy(&[("package-lock.json", "npm", found)])),
    );
    assert_eq!(
        rows,
        ["string-width 4.2.3 package-lock.json npm-audit+trivy"]
    );
}

#[test]
fn a_copy_for_developers_and_a_shipped_one_are_one_shipped_finding() {
    let lock = package_lock(json!({
        "node_modules/x/node_modules/a": {"version": "1.0.0", "dev": true},
        "node_modules/a": {"version": "1.0.0"},
    }));
    let keys: &[&str] = &["node_modules/x/node_modules/a", "node_modules/a"];
    let lockgate = Lockgate::check().file("package-lock.json", lock).report(
        "",
        "n.json",
        npm(&[("a", A, "high", keys)]),
    );
    let found = findings(lockgate);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["package"]["scope"], "production");
}

#[test]
fn ratings_that_disagree_are_all_kept_and_the_highest_counts() {
    let lock = package_lock(json!({"node_modules/a": {"version": "1.0.0"}}));
    let mut rated = vulnerability(A, "a", "1.0.0");
    rated["Severity"] = json!("LOW");
    let lockgate = Lockgate::check()
        .file("package-lock.json", lock)
        .report(
            "",
            "n.json",
            npm(&[("a", A, "critical", &["node_modules/a"])]),
        )
        .report(
            "",
            "t.json",
            trivy(&[("package-lock.json", "npm", json!([rated]))]),
        );
    let found = findings(lockgate);
    assert_eq!(
        (found.len(), &found[0]["severity"]),
        (1, &json!("critical"))
    );
    let each: Vec<&str> = list(&found[0]["witnesses"])
        .iter()
        .map(|w| word(&w["severity"]))
        .collect();
    assert_eq!(each, ["critical", "low"]);
}

/// npm names GHSAs only, Trivy CVEs: they meet in the vendor's ids or in exactly one reference.
#[test]
fn trivys_cve_meets_npms_ghsa_in_vendor_ids_or_references() {
    let with = |extra: Value| {
        let mut found = vulnerability("CVE-2024-1", "a", "1.0.0");
        found
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let lock = package_lock(json!({"node_modules/a": {"version": "1.0.0"}}));
        let lockgate = Lockgate::check()
            .file("package-lock.json", lock)
            .report("", "n.json", npm(&[("a", A, "high", &["node_modules/a"])]))
            .report(
                "",
                "t.json",
                trivy(&[("package-lock.json", "npm", json!([found]))]),
            );
        findings(lockgate).len()
    };
    let page = |id: &str| format!("https://github.com/advisories/{id}");
    assert_eq!(with(json!({"VendorIDs": [A]})), 1);
    assert_eq!(with(json!({"References": [page(A)]})), 1);
    assert_eq!(with(json!({"References": [page(A), page(B)]})), 2);
    assert_eq!(with(json!({"VendorIDs": ["RHSA-2024:1", "DSA-1-1"]})), 2);
    assert_eq!(with(json!({})), 2);
}

#[test]
fn a_cve_in_a_reference_is_no_name_of_the_finding() {
    let mut first = vulnerability("CVE-2024-1", "a", "1.0.0");
    first["References"] = json!(["https://nvd.nist.gov/vuln/detail/CVE-2024-2"]);
    let found = json!([first, vulnerability("CVE-2024-2", "a", "1.0.0")]);
    let found =
        findings(Lockgate::check().report("", "t.json", trivy(&[("x.lock", "npm", found)])));
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|f| list(&f["advisories"]).len() == 1));
}

/// A distribution's advisory mends many vulnerabilities; OSV's `related` are not names either.
#[test]
fn what_is_only_related_never_joins() {
    let debian = grype(
        "var/lib/dpkg/status",
        &[(
            "pkg:deb/debian/bash@5.0",
            "bash",
            "5.0",
            "DSA-1-1",
            &["CVE-2024-1", "CVE-2024-2"],
        )],
    );
    let single = grype(
        "var/lib/dpkg/status",
        &[("pkg:deb/debian/bash@5.0", "bash", "5.0", "CVE-2024-1", &[])],
    );
    let lockgate = Lockgate::check()
        .report("", "1.json", debian)
        .report("", "2.json", single);
    assert_eq!(findings(lockgate).len(), 2);
    let related = osv(
        "x/yarn.lock",
        &[
            ("npm", "a", "1.0", &[A], &[]),
            ("npm", "a", "1.0", &[B], &[]),
        ],
    );
    assert_eq!(
        findings(Lockgate::check().report("", "o.json", related)).len(),
        2
    );
}

#[test]
fn a_bundle_of_two_cves_does_not_make_them_one() {
    let mut first = vulnerability("CVE-2024-1", "p", "1.0");
    first["VendorIDs"] = json!([A]);
    let mut second = vulnerability("CVE-2024-2", "p", "1.0");
    second["VendorIDs"] = json!([B]);
    let bundle = pip(&[(
        "p",
        "1.0",
        "PYSEC-2024-9",
        &["CVE-2024-1", "CVE-2024-2", A, B],
    )]);
    let rows = seen(
        Lockgate::check()
            .file("requirements.txt", "p==1.0\n")
            .report(
                "",
                "t.json",
                trivy(&[("requirements.txt", "pip", json!([first, second]))]),
            )
            .report("", "p.json", bundle),
    );
    assert_eq!(
        rows,
        [
            "p 1.0 requirements.txt pip-audit+trivy",
            "p 1.0 requirements.txt trivy"
        ]
    );
}

/// One package and version in the spellings of two scanners: Trivy's, and a third's.
fn spelt(file: &str, kind: &str, ours: (&str, &str), other: String) -> usize {
    let found = json!([vulnerability(A, ours.0, ours.1)]);
    let lockgate = Lockgate::check()
        .report("", "t.json", trivy(&[(file, kind, found)]))
        .report("", "other.json", other);
    findings(lockgate).len()
}

#[test]
fn names_and_versions_compare_as_their_registries_do() {
    let osv = |file: &str, ecosystem: &str, name: &str, version: &str| {
        osv(file, &[(ecosystem, name, version, &[A], &[])])
    };
    let pypi = |ours: (&str, &str), name: &str, version: &str| {
        spelt(
            "poetry.lock",
            "poetry",
            ours,
            osv("poetry.lock", "PyPI", name, version),
        )
    };
    assert_eq!(
        pypi(("Flask_SQL.Alchemy", "1.0"), "flask-sql-alchemy", "1.0.0"),
        1
    );
    assert_eq!(pypi(("a", "1!2.0-RC1"), "a", "1!2.0rc1"), 1);
    assert_eq!(pypi(("a", "1!2.0"), "a", "2.0"), 2);
    assert_eq!(pypi(("a", "2.0+local.1"), "a", "2.0"), 2);

    let scoped = |url: &str| grype("/package-lock.json", &[(url, "@s/n", "1.0.0", A, &[])]);
    for url in ["pkg:npm/%40s/n@1.0.0", "pkg:npm/@s/n@1.0.0"] {
        assert_eq!(
            spelt("package-lock.json", "npm", ("@s/n", "1.0.0"), scoped(url)),
            1,
            "{url}"
        );
    }
    let case = osv("package-lock.json", "npm", "jsonstream", "1.0.0");
    assert_eq!(
        spelt("package-lock.json", "npm", ("JSONStream", "1.0.0"), case),
        2
    );

    let module = "example.com/m";
    let go = |version: &str| osv("go.mod", "Go", module, version);
    assert_eq!(spelt("go.mod", "gomod", (module, "v1.2.3"), go("1.2.3")), 1);
    let with = "pkg:golang/example.com/m@v2.0.0%2Bincompatible";
    let incompatible = grype("go.mod", &[(with, module, "v2.0.0+incompatible", A, &[])]);
    assert_eq!(spelt("go.mod", "gomod", (module, "2.0.0"), incompatible), 1);
    let release = grype(
        "go.mod",
        &[("pkg:golang/stdlib@go1.22.5", "stdlib", "go1.22.5", A, &[])],
    );
    assert_eq!(spelt("go.mod", "gomod", ("stdlib", "v1.22.5"), release), 1);

    let php = osv("composer.lock", "Packagist", "acme/app", "1.2.3");
    assert_eq!(
        spelt("composer.lock", "composer", ("Acme/App", "v1.2.3"), php),
        1
    );
    let gem = osv("Gemfile.lock", "RubyGems", "nokogiri", "1.13.1");
    assert_eq!(
        spelt(
            "Gemfile.lock",
            "bundler",
            ("nokogiri", "1.13.1-x86_64-linux"),
            gem
        ),
        1
    );
    let url = "pkg:maven/org.acme/core@2.13.2";
    let maven = grype("pom.xml", &[(url, "core", "2.13.2", A, &[])]);
    assert_eq!(
        spelt("pom.xml", "pom", ("org.acme:core", "2.13.2"), maven),
        1
    );
}

/// Without the lockfile nobody knows which version npm means.
#[test]
fn a_finding_without_a_version_joins_one_that_has_it() {
    let found = json!([vulnerability(A, "a", "1.0.0")]);
    let rows = seen(
        Lockgate::check()
            .report("", "n.json", npm(&[("a", A, "high", &[])]))
            .report("", "t.json", trivy(&[("package-lock.json", "npm", found)])),
    );
    assert_eq!(rows, ["a 1.0.0 package-lock.json npm-audit+trivy"]);
}

/// npm's words fit both versions; they join one, and the versions stay two.
#[test]
fn a_finding_without_a_version_never_joins_two_versions() {
    let osv = osv("/image/x.sbom", &[("npm", "a", "1.0.0", &[A], &[])]);
    let grype = grype(
        "/image/y.sbom",
        &[("pkg:npm/a@2.0.0", "a", "2.0.0", A, &[])],
    );
    let lockgate = Lockgate::check()
        .report("", "n.json", npm(&[("a", A, "high", &[])]))
        .report("", "o.json", osv)
        .report("", "g.json", grype);
    assert_eq!(findings(lockgate).len(), 2);
}

/// Thousands of versions under one advisory, of which one report knows no place.
#[test]
fn hostile_versions_are_compared_in_time() {
    let version = |first: u32, number: u32| format!("{first}.{number}");
    let placed = (0..10_000).map(|n| vulnerability("CVE-2024-1", "p", &version(1, n)));
    let unplaced = (0..10_000).map(|n| {
        let vulns = json!([{"id": "CVE-2024-1", "fix_versions": [], "aliases": []}]);
        json!({"name": "p", "version": version(2, n), "vulns": vulns})
    });
    let unplaced = json!({"dependencies": unplaced.collect::<Vec<_>>(), "fixes": []});
    let started = Instant::now();
    let lockgate = Lockgate::check()
        .report("", "t.json", trivy(&[("x.lock", "pip", placed.collect())]))
        .report("", "p.json", unplaced.to_string());
    assert_eq!(findings(lockgate).len(), 20_000);
    assert!(started.elapsed() < Duration::from_secs(30));
}

/// The reference case in small: three independent scanners, one lockfile, the same pairs.
#[test]
fn three_scanners_of_one_lockfile_are_three_witnesses() {
    let lock = package_lock(json!({
        "node_modules/axios": {"version": "0.19.2"},
        "node_modules/cookie": {"version": "0.3.1"},
        "node_modules/x/node_modules/cookie": {"version": "0.4.0"},
    }));
    let cookies: &[&str] = &["node_modules/cookie", "node_modules/x/node_modules/cookie"];
    let npm = npm(&[
        ("axios", A, "high", &["node_modules/axios"]),
        ("cookie", B, "low", cookies),
    ]);
    let pairs = [
        ("axios", "0.19.2", A, "CVE-2020-1"),
        ("cookie", "0.3.1", B, "CVE-2020-2"),
        ("cookie", "0.4.0", B, "CVE-2020-2"),
    ];
    let urls = pairs.map(|(name, version, ..)| format!("pkg:npm/{name}@{version}"));
    let cves = pairs.map(|(.., cve)| [cve]);
    let ids = pairs.map(|(_, _, id, _)| [id]);
    let grypes: Vec<_> = (0..3)
        .map(|i| {
            (
                urls[i].as_str(),
                pairs[i].0,
                pairs[i].1,
                pairs[i].2,
                &cves[i][..],
            )
        })
        .collect();
    let osvs: Vec<_> = (0..3)
        .map(|i| ("npm", pairs[i].0, pairs[i].1, &ids[i][..], &cves[i][..]))
        .collect();
    // Grype starts its paths with `/`; OSV-Scanner writes those of the runner.
    for path in [
        "package-lock.json",
        "./package-lock.json",
        "/builds/group/project/package-lock.json",
    ] {
        let rows = seen(
            Lockgate::check()
                .file("package-lock.json", &lock)
                .report("", "n.json", &npm)
                .report("", "g.json", grype("/package-lock.json", &grypes))
                .report("", "o.json", osv(path, &osvs)),
        );
        let expected = ["axios 0.19.2", "cookie 0.3.1", "cookie 0.4.0"]
            .map(|package| format!("{package} package-lock.json grype+npm-audit+osv-scanner"));
        assert_eq!(rows, expected, "{path}");
    }
}

/// The scanner ran in a folder; the root has a lockfile of the same name.
#[test]
fn a_report_of_a_folder_is_about_that_folders_lockfile() {
    let found = json!([vulnerability(A, "a", "1.0.0")]);
    let rows = seen(
        Lockgate::check()
            .file(
                "package-lock.json",
                package_lock(json!({"node_modules/b": {"version": "1.0.0"}})),
            )
            .file(
                "web/package-lock.json",
                package_lock(json!({"node_modules/a": {"version": "1.0.0"}})),
            )
            .report(
                "",
                "web/t.json",
                trivy(&[("package-lock.json", "npm", found)]),
            )
            .report(
                "",
                "web/n.json",
                npm(&[("a", A, "high", &["node_modules/a"])]),
            ),
    );
    assert_eq!(rows, ["a 1.0.0 web/package-lock.json npm-audit+trivy"]);
}

/// A lockfile that is not here is not the one of the same name that is.
#[test]
fn another_checkout_with_another_version_stays_apart() {
    let lock = package_lock(json!({"node_modules/a": {"version": "1.0.0"}}));
    let other = osv(
        "/srv/other/package-lock.json",
        &[("npm", "a", "2.0.0", &[A], &[])],
    );
    let rows = seen(
        Lockgate::check()
            .file("package-lock.json", lock)
            .report("", "n.json", npm(&[("a", A, "high", &["node_modules/a"])]))
            .report("", "o.json", other),
    );
    assert_eq!(
        rows,
        [
            "a 1.0.0 package-lock.json npm-audit",
            "a 2.0.0 package-lock.json osv-scanner"
        ]
    );
}

/// One scanner names the manifest, one the lockfile, one nothing.
#[test]
fn manifest_lockfile_and_no_name_are_one_place() {
    let lock = package_lock(json!({"node_modules/a": {"version": "1.0.0"}}));
    let found = json!([vulnerability(A, "a", "1.0.0")]);
    let rows = seen(
        Lockgate::check()
            .file("web/package.json", "{\"dependencies\": {\"a\": \"^1\"}}")
            .file("web/package-lock.json", lock)
            .report(
                "",
                "t.json",
                trivy(&[("web/package-lock.json", "npm", found)]),
            )
            .report(
                "",
                "o.json",
                osv("web/package.json", &[("npm", "a", "1.0.0", &[A], &[])]),
            )
            .report("", "n.json", npm(&[("a", A, "high", &["node_modules/a"])])),
    );
    assert_eq!(
        rows,
        ["a 1.0.0 web/package-lock.json npm-audit+osv-scanner+trivy"]
    );
}

#[test]
fn trivys_sarif_joins_its_json_and_others() {
    let text = "Package: a\nInstalled Version: 1.0.0\nVulnerability CVE-2024-1\nSeverity: HIGH\nFixed Version: 1.0.1";
    let sarif = sarif(
        "Trivy",
        json!([{"id": "CVE-2024-1", "name": "LanguageSpecificPackageVulnerability",
            "properties": {"tags": ["vulnerability", "security", "HIGH"], "security-severity": "7.5"}}]),
        json!([{"ruleId": "CVE-2024-1", "level": "error", "message": {"text": text}, "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "package-lock.json"}, "region": {"startLine": 1}}}]}]),
    );
    let osv = osv(
        "package-lock.json",
        &[("npm", "a", "1.0.0", &[A], &["CVE-2024-1"])],
    );
    let found = json!([vulnerability("CVE-2024-1", "a", "1.0.0")]);
    let rows = seen(
        Lockgate::check()
            .report("", "t.sarif", sarif)
            .report("", "t.json", trivy(&[("package-lock.json", "npm", found)]))
            .report("", "o.json", osv),
    );
    assert_eq!(rows, ["a 1.0.0 package-lock.json osv-scanner+trivy+trivy"]);
}

// Code, secrets, configuration.

fn bandit(found: &[(&str, u32, u32)]) -> String {
    let found = found.iter().map(|(id, line, cwe)| {
        json!({"code": "", "filename": "./app.py", "line_number": line, "line_range": [line], "test_id": id,
            "test_name": "t", "issue_severity": "LOW", "issue_confidence": "HIGH", "issue_text": "t",
            "issue_cwe": {"id": cwe, "link": ""}})
    });
    json!({"errors": [], "generated_at": "2026-01-01T00:00:00Z", "results": found.collect::<Vec<_>>(),
        "metrics": {"_totals": {"loc": 9}, "./app.py": {"loc": 9}}})
    .to_string()
}

fn semgrep(found: &[(&str, u32, &str)]) -> String {
    let found = found.iter().map(|(id, line, cwe)| {
        json!({"check_id": id, "path": "app.py", "start": {"line": line, "col": 1}, "end": {"line": line, "col": 9},
            "extra": {"message": "m", "severity": "ERROR", "metadata": {"cwe": [cwe]}}})
    });
    json!({"version": "1.0", "errors": [], "paths": {"scanned": ["app.py"]}, "results": found.collect::<Vec<_>>()})
        .to_string()
}

const APP: &str = "import os\n\nos.system(x)\nos.system(y)\n";

#[test]
fn code_is_one_problem_by_line_and_family_of_weakness() {
    let with = |bandit_cwe: u32, line: u32, cwe: &str| {
        let lockgate = Lockgate::check()
            .file("app.py", APP)
            .report("", "b.json", bandit(&[("B605", 3, bandit_cwe)]))
            .report("", "s.json", semgrep(&[("r", line, cwe)]));
        findings(lockgate).len()
    };
    assert_eq!(with(78, 3, "CWE-78: OS Command Injection"), 1);
    assert_eq!(with(78, 3, "CWE-88: Argument Injection"), 1);
    assert_eq!(with(78, 3, "CWE-89: SQL Injection"), 2);
    assert_eq!(with(78, 4, "CWE-78: OS Command Injection"), 2);
}

#[test]
fn what_is_allowed_of_one_scanner_still_blocks_by_another() {
    let verdict = |policy: &str| {
        let lockgate = Lockgate::check()
            .file("lockgate.toml", policy)
            .file("app.py", APP)
            .report("", "b.json", bandit(&[("B605", 3, 78)]))
            .report("", "s.json", semgrep(&[("r", 3, "CWE-78")]));
        lockgate.json().1
    };
    let block = "[[gate]]\nname = \"b\"\nwhen = { severity = \">=low\" }\naction = \"block\"\n";
    let allow = |when: &str| {
        format!("[[gate]]\nname = \"a\"\nwhen = {{ {when} }}\naction = \"allow\"\n{block}")
    };
    let waiver = |what: &str| {
        format!(
            "{block}[[waiver]]\n{what}\npath = \"app.py\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2999-01-01\n"
        )
    };
    assert_eq!(verdict(block), 1);
    assert_eq!(verdict(&allow("scanner = \"bandit\"")), 1);
    assert_eq!(verdict(&allow("rule = \"B605\"")), 1);
    assert_eq!(verdict(&allow("scanner = [\"bandit\", \"semgrep\"]")), 0);
    assert_eq!(verdict(&waiver("rule = \"B605\"")), 1);
    assert_eq!(verdict(&waiver("rule = [\"B605\", \"r\"]")), 0);
}

fn gitleaks(lines: &[(u32, &str)]) -> String {
    let leaks = lines.iter().map(|(line, rule)| {
        json!({"RuleID": rule, "Description": "d", "StartLine": line, "EndLine": line, "File": "app.py",
            "Match": "WITHHELD", "Secret": "WITHHELD", "Fingerprint": format!("app.py:{rule}:{line}")})
    });
    Value::Array(leaks.collect()).to_string()
}

fn trivy_secrets(lines: &[(u32, &str)]) -> String {
    let secrets = lines.iter().map(|(line, rule)| {
        json!({"RuleID": rule, "Category": "c", "Severity": "HIGH", "Title": "t", "StartLine": line, "EndLine": line,
            "Match": "k = ****"})
    });
    json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [
        {"Target": "app.py", "Class": "secret", "Secrets": secrets.collect::<Vec<_>>()}]})
    .to_string()
}

#[test]
fn a_secret_is_one_for_two_scanners_and_two_on_one_line_stay_two() {
    let with = |ours: &[(u32, &str)], theirs: &[(u32, &str)]| {
        let lockgate = Lockgate::check()
            .file("app.py", APP)
            .report("", "g.json", gitleaks(ours))
            .report("", "t.json", trivy_secrets(theirs));
        let findings = findings(lockgate);
        let mut witnesses: Vec<String> = findings.iter().map(witnesses).collect();
        witnesses.sort();
        witnesses
    };
    assert_eq!(
        with(&[(3, "aws")], &[(3, "aws-access-key-id")]),
        ["gitleaks+trivy"]
    );
    assert_eq!(
        with(&[(3, "aws")], &[(4, "aws-access-key-id")]),
        ["gitleaks", "trivy"]
    );
    let two = [(3, "aws-id"), (3, "aws-secret")];
    assert_eq!(with(&two, &two), ["gitleaks+trivy", "gitleaks+trivy"]);
    assert_eq!(with(&two, &[(3, "aws-id")]), ["gitleaks", "gitleaks+trivy"]);
}

#[test]
fn three_scanners_of_one_dockerfile_agree_about_its_user() {
    let trivy = json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [
        {"Target": "Dockerfile", "Class": "config", "Type": "dockerfile", "Misconfigurations": [
            {"ID": "DS-0002", "Title": "root", "Severity": "HIGH", "Status": "FAIL",
             "CauseMetadata": {"StartLine": 2, "EndLine": 2}}]}]});
    let hadolint = json!([{"code": "DL3002", "column": 1, "file": "./Dockerfile", "level": "warning", "line": 2, "message": "m"}]);
    for (id, range) in [("CKV_DOCKER_8", [2, 2]), ("CKV_DOCKER_3", [1, 2])] {
        let checkov = json!({"check_type": "dockerfile", "results": {"passed_checks": [], "failed_checks": [
            {"check_id": id, "check_name": "n", "file_path": "/Dockerfile", "repo_file_path": "/Dockerfile",
             "file_line_range": range, "resource": "/Dockerfile.", "severity": null}]},
            "summary": {"passed": 3, "failed": 1, "parsing_errors": 0}});
        let lockgate = Lockgate::check()
            .file("Dockerfile", "FROM scratch\nUSER root\n")
            .report("", "t.json", trivy.to_string())
            .report("", "h.json", hadolint.to_string())
            .report("", "c.json", checkov.to_string());
        let found = findings(lockgate);
        let seen: Vec<String> = found.iter().map(witnesses).collect();
        assert_eq!(seen, ["checkov+hadolint+trivy"], "{id}");
        assert_eq!(found[0]["severity"], "high");
    }
}

// Fingerprints.

fn prints(lockgate: Lockgate) -> Vec<String> {
    let findings = findings(lockgate);
    let mut prints: Vec<String> = findings
        .iter()
        .map(|f| word(&f["fingerprint"]).to_owned())
        .collect();
    prints.sort();
    prints
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_other_scanners_come_and_go() {
    let lock = |before: &str| format!("{before}a==1.0\n");
    let pip = || pip(&[("a", "1.0", "PYSEC-2024-1", &["CVE-2024-1", A])]);
    let found = || json!([vulnerability("CVE-2024-1", "a", "1.0")]);
    let trivy = || trivy(&[("requirements.txt", "pip", found())]);
    let of = |before: &str| Lockgate::check().file("requirements.txt", lock(before));
    let alone = prints(of("").report("", "p.json", pip()));
    assert_eq!(prints(of("# x\n# y\n").report("", "p.json", pip())), alone);
    assert_eq!(prints(of("").report("", "t.json", trivy())), alone);
    assert_eq!(
        prints(
            of("")
                .report("", "p.json", pip())
                .report("", "t.json", trivy())
        ),
        alone
    );

    let code = |before: &str, line: u32| {
        Lockgate::check()
            .file("app.py", format!("{before}{APP}"))
            .report("", "b.json", bandit(&[("B605", line, 78)]))
    };
    assert_eq!(prints(code("", 3)), prints(code("# x\n", 4)));
    let joined = code("", 3).report("", "s.json", semgrep(&[("r", 3, "CWE-78")]));
    assert_eq!(prints(joined), prints(code("", 3)));
}

// Ratings.

#[test]
fn a_severity_that_nobody_gave_stays_none() {
    let pip = || pip(&[("a", "1.0", "PYSEC-2024-1", &["CVE-2024-1"])]);
    let of = || {
        Lockgate::check()
            .file("requirements.txt", "a==1.0\n")
            .report("", "p.json", pip())
    };
    let alone = findings(of());
    assert_eq!(alone[0]["severity"], Value::Null);
    let mut unknown = vulnerability("CVE-2024-1", "a", "1.0");
    unknown["Severity"] = json!("UNKNOWN");
    let unknown = trivy(&[("requirements.txt", "pip", json!([unknown]))]);
    assert_eq!(
        findings(of().report("", "t.json", unknown))[0]["severity"],
        Value::Null
    );
    let rated = json!([vulnerability("CVE-2024-1", "a", "1.0")]);
    let rated = trivy(&[("requirements.txt", "pip", rated)]);
    let both = findings(of().report("", "t.json", rated));
    assert_eq!((both.len(), &both[0]["severity"]), (1, &json!("high")));
    assert_eq!(both[0]["witnesses"][0]["severity"], Value::Null);
}

/// npm says `high` of a score of 9.8: the advisory's word counts, the number is shown.
#[test]
fn a_word_beats_a_score() {
    let mut report: Value = serde_json::from_str(&npm(&[("mongoose", A, "high", &[])])).unwrap();
    report["vulnerabilities"]["mongoose"]["via"][0]["cvss"] = json!({"score": 9.8});
    let found = findings(Lockgate::check().report("", "n.json", report.to_string()));
    assert_eq!(found[0]["severity"], "high");
    assert_eq!(found[0]["reported"]["score"], 9.8);
}

#[test]
fn vectors_of_every_cvss_version_rate_what_has_no_word() {
    for (vector, severity) in [
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            json!("critical"),
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            json!("critical"),
        ),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", json!("high")),
        ("CVSS:3.1/nonsense", Value::Null),
        ("11.0", Value::Null),
    ] {
        let report = json!({"results": [{"source": {"path": "yarn.lock", "type": "lockfile"}, "packages": [
            {"package": {"name": "a", "version": "1.0.0", "ecosystem": "npm"},
             "vulnerabilities": [{"id": A, "summary": "s", "severity": [{"type": "x", "score": vector}]}],
             "groups": [{"ids": [A], "max_severity": ""}]}]}]});
        let found = findings(Lockgate::check().report("", "o.json", report.to_string()));
        assert_eq!(found[0]["severity"], severity, "{vector}");
    }
}

/// `Unknown` is no rating: the number counts, when there is one.
#[test]
fn a_word_that_rates_nothing_gives_way_to_a_score() {
    for (cvss, severity) in [
        (
            json!([{"version": "3.1", "metrics": {"baseScore": 9.8}}]),
            json!("critical"),
        ),
        (json!([]), Value::Null),
    ] {
        let report = grype("yarn.lock", &[("pkg:npm/a@1.0.0", "a", "1.0.0", A, &[])]);
        let mut report: Value = serde_json::from_str(&report).unwrap();
        report["matches"][0]["vulnerability"]["severity"] = json!("Unknown");
        report["matches"][0]["vulnerability"]["cvss"] = cvss;
        let found = findings(Lockgate::check().report("", "g.json", report.to_string()));
        assert_eq!(found[0]["severity"], severity);
    }
}

/// Of SARIF the number counts when it is one; a level of `none` is no rating.
#[test]
fn odd_numbers_of_sarif_are_no_severity() {
    for given in [json!(null), json!("high"), json!("11"), json!(-1), json!(0)] {
        let text = sarif(
            "T",
            json!([{"id": "r", "properties": {"security-severity": given}}]),
            json!([{"ruleId": "r", "level": "none", "message": {"text": "m"}}]),
        );
        let found = findings(Lockgate::check().report("", "s.sarif", text));
        assert_eq!(found[0]["severity"], "info", "{given}");
        assert_eq!(found[0]["reported"]["score"], Value::Null, "{given}");
    }
}
