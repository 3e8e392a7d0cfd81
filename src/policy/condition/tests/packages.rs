//! Conditions on packages.

use super::*;

#[test]
fn what_is_installed() {
    let none = [
        ("package = \"lodash\"", WITHOUT),
        ("ecosystem = \"npm\"", WITHOUT),
        ("scope = \"development\"", WITHOUT),
        ("relation = \"transitive\"", WITHOUT),
        ("via = \"grunt > *\"", WITHOUT),
        ("fix = \"none\"", WITHOUT),
    ];
    check(code, |_| {}, &none);
    check(
        dependency,
        |_| {},
        &[
            ("package = \"lod*\"", ALWAYS),
            ("package = \"Lodash\"", NEVER),
            ("ecosystem = [\"pypi\", \"npm\"]", ALWAYS),
            ("ecosystem = \"pypi\"", NEVER),
            ("scope = \"production\"", MAYBE),
            ("relation = \"direct\"", MAYBE),
            ("via = \"grunt > *\"", MAYBE),
            ("fix = \"any\"", MAYBE),
        ],
    );
    check(
        dependency,
        |f| f.observation.package.as_mut().unwrap().ecosystem = Ecosystem::UNKNOWN,
        &[
            ("ecosystem = \"npm\"", MAYBE),
            ("ecosystem = \"generic\"", ALWAYS),
        ],
    );
    check(
        dependency,
        |f| {
            let package = f.observation.package.as_mut().unwrap();
            package.scope = Some(Scope::Development);
            package.relation = Some(Relation::Transitive);
        },
        &[
            ("scope = \"development\"", ALWAYS),
            ("scope = \"production\"", NEVER),
            ("relation = [\"direct\", \"transitive\"]", ALWAYS),
            ("relation = \"direct\"", NEVER),
        ],
    );
}

#[test]
fn ways() {
    let ways = |list: &[&[&str]], more: bool| {
        let name = |name: &&str| (*name).into();
        let list: Vec<_> = list
            .iter()
            .map(|way| way.iter().map(name).collect())
            .collect();
        move |f: &mut Finding| {
            let package = f.observation.package.as_mut().unwrap();
            package.paths.clone_from(&list);
            package.more_paths = more;
        }
    };
    let grunt = "via = \"grunt > *\"";
    check(
        dependency,
        ways(&[&["grunt", "lodash"]], false),
        &[(grunt, ALWAYS)],
    );
    check(
        dependency,
        ways(&[&["grunt", "lodash"]], true),
        &[(grunt, MAYBE)],
    );
    let two: [&[&str]; 2] = [&["grunt", "lodash"], &["web", "lodash"]];
    check(
        dependency,
        ways(&two, false),
        &[
            (grunt, MAYBE),
            ("via = [\"grunt > *\", \"web > *\"]", ALWAYS),
            ("via = \"karma > *\"", NEVER),
        ],
    );
}

#[test]
fn fixes() {
    let fix = |fix: Fix| move |f: &mut Finding| f.observation.fix = Some(fix.clone());
    let upgrade = |distance| Fix::Upgrade {
        package: "lodash".into(),
        version: "2".into(),
        distance,
    };
    check(
        dependency,
        fix(upgrade(Some(Distance::Minor))),
        &[
            ("fix = \"patch\"", NEVER),
            ("fix = \"minor\"", ALWAYS),
            ("fix = \"major\"", ALWAYS),
            ("fix = \"any\"", ALWAYS),
            ("fix = \"none\"", NEVER),
            ("fix = [\"none\", \"minor\"]", ALWAYS),
        ],
    );
    check(
        dependency,
        fix(upgrade(None)),
        &[("fix = \"minor\"", MAYBE), ("fix = \"major\"", ALWAYS)],
    );
    check(
        dependency,
        fix(Fix::UpgradeExists),
        &[("fix = \"major\"", MAYBE), ("fix = \"any\"", ALWAYS)],
    );
    check(
        dependency,
        fix(Fix::NoneYet),
        &[
            ("fix = \"none\"", ALWAYS),
            ("fix = [\"patch\", \"any\"]", NEVER),
        ],
    );
}
