//! From an installed version to a fixed one.

use super::number::{Number, compare};
use crate::model::{Distance, Ecosystem, Fix, Foreign as _, Package, Untrusted};
use std::cmp::Ordering;

/// How far it is from one version up to another; `None` when the second is not above the first, or
/// either has no numbers.
///
/// Below 1.0 the number that follows the leading zeros counts as the major one, as npm's and
/// Cargo's caret ranges read it: 0.3 → 0.4 and 0.0.3 → 0.0.4 are major moves. Other ecosystems
/// have no such ranges for 0.0, so that there only 0.3 → 0.4 is one.
pub fn distance(ecosystem: &Ecosystem, from: &str, to: &str) -> Option<Distance> {
    if compare(ecosystem, from, to) != Ordering::Less {
        return None;
    }
    let (from_epoch, from) = Number::new(ecosystem, from).release();
    let (to_epoch, to) = Number::new(ecosystem, to).release();
    if from.is_empty() || to.is_empty() {
        return None;
    }
    let at = |list: &[u64], index: usize| list.get(index).copied().unwrap_or(0);
    let moved = |index: usize| at(&from, index) != at(&to, index);
    let caret = matches!(ecosystem.as_str(), "npm" | "cargo");
    Some(if from_epoch != to_epoch || moved(0) {
        Distance::Major
    } else if moved(1) {
        match at(&from, 0) {
            0 => Distance::Major,
            _ => Distance::Minor,
        }
    } else if caret && at(&from, 0) == 0 && at(&from, 1) == 0 && moved(2) {
        Distance::Major
    } else {
        Distance::Patch
    })
}

/// The smallest fixed version above the installed one, which is also the one that stays nearest to
/// its major line; a pre-release only when there is nothing else. The first of the list when none
/// is above, or nothing is known of the installed one but that.
pub fn least_fix<'a>(
    ecosystem: &Ecosystem,
    installed: Option<&str>,
    fixed: &[&'a str],
) -> Option<&'a str> {
    let above = |version: &&'a str| {
        installed.is_none_or(|from| compare(ecosystem, from, version) == Ordering::Less)
    };
    let pre = |version: &str| Number::new(ecosystem, version).is_pre_release();
    fixed
        .iter()
        .copied()
        .filter(above)
        .min_by(|a, b| pre(a).cmp(&pre(b)).then_with(|| compare(ecosystem, a, b)))
        .or_else(|| fixed.first().copied())
}

/// What to do about a package, by its fixed versions.
pub fn upgrade(package: &Package) -> Fix {
    let ecosystem = &package.ecosystem;
    let installed = package.version.as_ref().map(Untrusted::raw);
    let fixed: Vec<&str> = package.fixed.iter().map(Untrusted::raw).collect();
    match least_fix(ecosystem, installed, &fixed) {
        Some(version) => Fix::Upgrade {
            package: package.name.clone(),
            version: version.into(),
            distance: installed.and_then(|from| distance(ecosystem, from, version)),
        },
        None => Fix::NoneYet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_fix_wins() {
        let npm = |installed, fixed: &[&'static str]| least_fix(&Ecosystem::NPM, installed, fixed);
        let fixed = ["3.2.1", "1.2.3", "2.0.1"];
        assert_eq!(npm(Some("1.0.0"), &fixed), Some("1.2.3"));
        assert_eq!(npm(Some("1.2.10"), &fixed), Some("2.0.1"));
        assert_eq!(npm(None, &fixed), Some("1.2.3"));
        assert_eq!(npm(Some("9"), &fixed), Some("3.2.1"));
        assert_eq!(npm(Some("1"), &[]), None);
        assert_eq!(npm(Some("1.0.0"), &["1.0.1-rc.1", "2.0.0"]), Some("2.0.0"));
        assert_eq!(npm(Some("1.0.0"), &["1.0.1-rc.1"]), Some("1.0.1-rc.1"));
        assert_eq!(npm(Some("v1.2"), &[">=1.2.1"]), Some(">=1.2.1"));
    }

    #[test]
    fn distances_are_those_of_the_ecosystem() {
        let far = |ecosystem: &str, from, to| distance(&Ecosystem::new(ecosystem), from, to);
        assert_eq!(far("npm", "4.17.15", "4.17.21"), Some(Distance::Patch));
        assert_eq!(far("npm", "4.17.15", "4.18.0"), Some(Distance::Minor));
        assert_eq!(far("npm", "0.11.1", "0.12.0"), Some(Distance::Major));
        assert_eq!(far("cargo", "0.0.3", "0.0.4"), Some(Distance::Major));
        assert_eq!(far("pypi", "0.0.3", "0.0.4"), Some(Distance::Patch));
        assert_eq!(far("pypi", "1.0", "1!1.0"), Some(Distance::Major));
        assert_eq!(far("pypi", "1.0", "1.0.post1"), Some(Distance::Patch));
        assert_eq!(far("golang", "v1.2.3", "1.3.0"), Some(Distance::Minor));
        assert_eq!(
            far("deb", "1.1.1k-1", "1.1.1n-0+deb11u3"),
            Some(Distance::Patch)
        );
        assert_eq!(far("npm", "2.0.0", "1.0.0"), None);
        assert_eq!(far("npm", "unknown", "1.0.0"), None);
    }
}
