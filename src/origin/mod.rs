//! Whether the judged change brings a finding in. Pure: what git says and the finding in, origin
//! out.

mod lines;
mod steer;

pub use lines::lines;

use crate::model::{
    Base, Certainty, Change, Finding, Foreign as _, Kind, Lines, Origin, Package, Provenance,
    RepoPath, Scope, Standing,
};
use crate::version::canonical;

/// The origin of a finding.
pub fn of(finding: &Finding, base: &Base) -> Provenance {
    if matches!(finding.observation.standing, Standing::Silences(_)) {
        return say(Origin::Introduced, "the change adds the suppression");
    }
    match base {
        Base::Known(change) => compared(finding, change),
        Base::Whole => say(
            Origin::Existing,
            "nothing is compared in this kind of check",
        ),
        Base::None { .. } => say(Origin::Unknown, "there is no base to compare with"),
        Base::Unreadable { .. } => say(Origin::Unknown, "the base cannot be read"),
    }
}

const fn say(origin: Origin, why: &'static str) -> Provenance {
    Provenance { origin, why }
}

fn compared(finding: &Finding, change: &Change) -> Provenance {
    let location = &finding.location;
    let observation = &finding.observation;
    if let Some(known) = observation.sighted.as_ref().and_then(|s| s.in_base) {
        return match known {
            true => say(Origin::Existing, "the base holds the same secret"),
            false => say(Origin::Introduced, "the base does not hold the secret"),
        };
    }
    if location.certainty == Certainty::Assumed {
        return say(
            Origin::Unknown,
            "it is in no file of the repository, which git could compare",
        );
    }
    let found = alone(finding, change);
    if matches!(found.origin, Origin::Introduced | Origin::Unknown) {
        return found;
    }
    let old = change.old_name(&location.path);
    if steer::leaves_aside(old, &location.path) {
        return say(
            Origin::Introduced,
            "the change moves it out of what is for tests, examples or development",
        );
    }
    if observation.place.path.is_none() && brought(finding, change) {
        return say(
            Origin::Introduced,
            "the scanner names no file, and the change brings this version into one",
        );
    }
    found
}

/// By the file in which it is.
fn alone(finding: &Finding, change: &Change) -> Provenance {
    let path = &finding.location.path;
    let observation = &finding.observation;
    let about_package = matches!(observation.kind, Kind::Dependency | Kind::License);
    let place = place(finding, change);
    let Some(package) = observation.package.as_ref().filter(|_| about_package) else {
        return place;
    };
    // Without a lockfile another file of the change may be what makes it this version.
    let steered = |other: &RepoPath, own: bool| {
        (own || other != path) && steer::steers(&package.ecosystem, other)
    };
    let listed = change.packages.get(change.old_name(path));
    let Some(listed) = listed else {
        let steered = !steer::pins(path) && change.files.iter().any(|other| steered(other, true));
        return unless(steered, place);
    };
    let name = package.normal_name();
    let known: Vec<_> = listed.list.iter().filter(|known| known.0 == name).collect();
    let found = dependency(package, &known, place);
    // A version that the base pins is said to be the base's; another reason is that of the place.
    let by_place = found == place;
    let steered = by_place && change.files.iter().any(|other| steered(other, false));
    unless(steered, found)
}

/// What is said when another file of the change may decide on the version.
fn unless(steered: bool, found: Provenance) -> Provenance {
    match steered && found.origin == Origin::Disclosed {
        true => say(
            Origin::Unknown,
            "no version is pinned here, and the change touches files that may choose it",
        ),
        false => found,
    }
}

/// Whether a manifest of the change lists this version of the package, and did not before.
fn brought(finding: &Finding, change: &Change) -> bool {
    let Some(package) = &finding.observation.package else {
        return false;
    };
    let name = package.normal_name();
    let version = |v: &str| canonical(&package.ecosystem, v.trim_start_matches('v'));
    let installed = package.version.as_ref().map(|v| version(v.raw()));
    let same = |known: &Option<String>| match (known, &installed) {
        (Some(known), Some(installed)) => version(known) == *installed,
        _ => true,
    };
    let manifests = change.brought.values();
    manifests
        .filter(|listed| listed.ecosystem == package.ecosystem)
        .flat_map(|listed| &listed.list)
        .any(|(known, version, _)| *known == name && same(version))
}

/// By what the base lists of the package. Where one side says no version, by the file and its lines:
/// the change may well be what made it this version.
fn dependency(
    package: &Package,
    known: &[&(String, Option<String>, Option<Scope>)],
    place: Provenance,
) -> Provenance {
    let version = |v: &str| canonical(&package.ecosystem, v.trim_start_matches('v'));
    let installed = package.version.as_ref().map(|v| version(v.raw()));
    let pinned = |known: &str| installed.as_ref().is_some_and(|v| *v == version(known));
    let exact = |known: &Option<String>| known.as_deref().is_some_and(pinned);
    let open = |known: &Option<String>| known.is_none() || installed.is_none();
    let is_exact = known.iter().any(|(_, version, _)| exact(version));
    let mut same = known
        .iter()
        .filter(|(_, version, _)| exact(version) || (!is_exact && open(version)))
        .peekable();
    if same.peek().is_none() {
        return say(
            Origin::Introduced,
            "this version of the package is not in the base",
        );
    }
    let shipped = package.scope != Some(Scope::Development);
    if shipped && same.all(|(_, _, scope)| *scope == Some(Scope::Development)) {
        return say(
            Origin::Introduced,
            "the base has the package for development only",
        );
    }
    match is_exact {
        true => say(
            Origin::Disclosed,
            "the base has this version of the package, too",
        ),
        // A lockfile can have the name in one line and the version in the next.
        false if installed.is_none() && place.origin == Origin::Disclosed && place != UNTOUCHED => {
            say(
                Origin::Unknown,
                "the change touches the file, and the package's version is not known",
            )
        }
        false => place,
    }
}

/// What is said of a dependency in a file that the change leaves alone.
const UNTOUCHED: Provenance = say(Origin::Disclosed, "the change does not touch the file");

/// By the file and its lines.
fn place(finding: &Finding, change: &Change) -> Provenance {
    let unchanged = match finding.observation.kind {
        Kind::Dependency | Kind::License => Origin::Disclosed,
        Kind::Code | Kind::Secret | Kind::Config => Origin::Existing,
    };
    let location = &finding.location;
    if !change.files.contains(&location.path) {
        return say(unchanged, "the change does not touch the file");
    }
    match (change.lines.get(&location.path), location.region) {
        (Some(lines), _) if *lines == Lines::all() => {
            say(Origin::Introduced, "the change adds the file")
        }
        (Some(lines), Some(region)) if lines.touch(region) => {
            say(Origin::Introduced, "the change touches the line")
        }
        (Some(_), Some(_)) => say(unchanged, "the change does not touch the line"),
        (Some(lines), None) if *lines == Lines::default() => {
            say(unchanged, "the change alters no line of the file")
        }
        (Some(_), None) => say(
            Origin::Unknown,
            "the change touches the file, and no line is known",
        ),
        (None, _) => say(
            Origin::Unknown,
            "the file cannot be compared with the base by line",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Ecosystem, Location, Observation, Region, RepoPath, Revision, RuleId, ScannerId,
        SourceDigests,
    };
    use std::collections::BTreeMap;

    type Listed = (String, Option<String>, Option<Scope>);

    fn listed(version: Option<&str>, scope: Option<Scope>) -> Listed {
        ("qs".to_owned(), version.map(str::to_owned), scope)
    }

    fn origin(version: Option<&str>, scope: Scope, known: &[Listed], place: Provenance) -> Origin {
        let mut package = Package::new(Ecosystem::NPM, "qs");
        package.version = version.map(Into::into);
        package.scope = Some(scope);
        dependency(&package, &known.iter().collect::<Vec<_>>(), place).origin
    }

    #[test]
    fn a_package_is_as_new_as_its_version_and_its_use() {
        use Scope::{Development, Production};
        let dev = || listed(Some("1.0.0"), Some(Development));
        let shipped = || listed(Some("1.0.0"), Some(Production));
        let other = || listed(Some("2.0.0"), Some(Production));
        let unsaid = || listed(Some("1.0.0"), None);
        for (scope, known, expected) in [
            (Production, vec![], Origin::Introduced),
            (Production, vec![other()], Origin::Introduced),
            (Production, vec![dev()], Origin::Introduced),
            (Production, vec![dev(), other()], Origin::Introduced),
            (Production, vec![dev(), shipped()], Origin::Disclosed),
            (Production, vec![unsaid()], Origin::Disclosed),
            (Development, vec![dev()], Origin::Disclosed),
            (Development, vec![shipped()], Origin::Disclosed),
        ] {
            let found = origin(Some("v1.0.0"), scope, &known, UNTOUCHED);
            assert_eq!(found, expected, "{scope:?} {known:?}");
        }
    }

    #[test]
    fn a_version_that_nobody_says_is_no_proof() {
        let open = [listed(None, None)];
        let pinned = [listed(Some("1.0.0"), None)];
        let near = say(Origin::Disclosed, "the change does not touch the line");
        let touched = say(Origin::Introduced, "the change touches the line");
        let shipped = Scope::Production;
        for (version, known, place, expected) in [
            (Some("1.0.0"), &open, UNTOUCHED, Origin::Disclosed),
            (Some("1.0.0"), &open, touched, Origin::Introduced),
            (Some("1.0.0"), &open, near, Origin::Disclosed),
            (None, &pinned, UNTOUCHED, Origin::Disclosed),
            (None, &pinned, touched, Origin::Introduced),
            (None, &pinned, near, Origin::Unknown),
        ] {
            assert_eq!(
                origin(version, shipped, known, place),
                expected,
                "{version:?} {place:?}"
            );
        }
    }

    /// What the file and its lines say of a finding in `a`.
    fn by_lines(kind: Kind, line: Option<u64>, lines: Option<Lines>) -> Origin {
        let observation = Observation::new(RuleId::new("r"), kind, "t");
        let (finding, change) = seen(observation, line, lines);
        place(&finding, &change).origin
    }

    /// A finding in `a`, and a change of its lines.
    fn seen(
        observation: Observation,
        line: Option<u64>,
        lines: Option<Lines>,
    ) -> (Finding, Change) {
        let file = RepoPath::new("a").unwrap();
        let finding = Finding {
            namesake: String::new(),
            fingerprint: String::new(),
            scanner: ScannerId::new("x").unwrap(),
            observation: Box::new(observation),
            location: Location {
                path: file.clone(),
                region: line.and_then(Region::line),
                certainty: Certainty::File,
                target: None,
            },
            line_hash: None,
            digests: SourceDigests::default(),
            witnesses: Vec::new(),
            provenance: Provenance::UNSEEN,
            since: None,
        };
        let change = Change {
            texts: Default::default(),
            brought: Default::default(),
            base: Revision {
                name: "main".into(),
                id: String::new(),
            },
            files: [file.clone()].into(),
            renamed: BTreeMap::new(),
            lines: lines.map(|lines| (file, lines)).into_iter().collect(),
            packages: BTreeMap::new(),
        };
        (finding, change)
    }

    #[test]
    fn a_package_that_code_mentions_does_not_make_it_a_dependency() {
        for (kind, expected) in [
            (Kind::Code, Origin::Existing),
            (Kind::Dependency, Origin::Introduced),
        ] {
            let mut observation = Observation::new(RuleId::new("r"), kind, "t");
            observation.package = Some(Package::new(Ecosystem::NPM, "qs"));
            observation.package.as_mut().unwrap().version = Some("1.0.0".into());
            let lines = Lines {
                added: vec![(3, 3)],
                cut: Vec::new(),
            };
            let (finding, mut change) = seen(observation, Some(4), Some(lines));
            let file = finding.location.path.clone();
            let base = crate::model::BasePackages {
                ecosystem: Ecosystem::NPM,
                list: Default::default(),
            };
            change.packages.insert(file, base);
            assert_eq!(alone(&finding, &change).origin, expected, "{kind:?}");
        }
    }

    #[test]
    fn without_a_line_only_a_file_that_is_new_or_unaltered_says_something() {
        let some = || Lines {
            added: vec![(3, 3)],
            cut: Vec::new(),
        };
        for (line, lines, expected) in [
            (None, Some(Lines::all()), Origin::Introduced),
            (None, Some(Lines::default()), Origin::Existing),
            (None, Some(some()), Origin::Unknown),
            (Some(3), Some(some()), Origin::Introduced),
            (Some(4), Some(some()), Origin::Existing),
            (Some(4), None, Origin::Unknown),
        ] {
            assert_eq!(
                by_lines(Kind::Code, line, lines.clone()),
                expected,
                "{line:?} {lines:?}"
            );
        }
        assert_eq!(
            by_lines(Kind::License, None, Some(Lines::default())),
            Origin::Disclosed
        );
    }
}
