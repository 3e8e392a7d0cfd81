//! Whether the judged change brings a finding in. Pure: what git says and the finding in, origin
//! out.

mod lines;

pub use lines::lines;

use crate::model::{
    Base, Certainty, Change, Finding, Foreign as _, Kind, Lines, Origin, Package, Provenance,
    Scope, Standing,
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
    if location.certainty == Certainty::Assumed {
        return say(
            Origin::Unknown,
            "it is in no file of the repository, which git could compare",
        );
    }
    let package = observation.package.as_ref();
    let about_package = matches!(observation.kind, Kind::Dependency | Kind::License);
    let listed = change.packages.get(change.old_name(&location.path));
    match (package, listed) {
        (Some(package), Some(listed)) if about_package => {
            let name = package.normal_name();
            let same = |known: &&(String, Option<String>, Option<Scope>)| known.0 == name;
            dependency(package, listed.list.iter().filter(same))
        }
        _ => place(finding, change),
    }
}

fn dependency<'a>(
    package: &Package,
    known: impl Iterator<Item = &'a (String, Option<String>, Option<Scope>)>,
) -> Provenance {
    let version = |v: &str| canonical(&package.ecosystem, v.trim_start_matches('v'));
    let installed = package.version.as_ref().map(|v| version(v.raw()));
    let mut same = known
        .filter(|(_, pinned, _)| match (&installed, pinned) {
            (Some(installed), Some(pinned)) => *installed == version(pinned),
            _ => true,
        })
        .peekable();
    if same.peek().is_none() {
        return say(
            Origin::Introduced,
            "this version of the package is not in the base",
        );
    }
    let shipped = package.scope == Some(Scope::Production);
    if shipped && same.all(|(_, _, scope)| *scope == Some(Scope::Development)) {
        return say(
            Origin::Introduced,
            "the base has the package for development only",
        );
    }
    say(
        Origin::Disclosed,
        "the base has this version of the package, too",
    )
}

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
