//! Choosing among several fixed versions.

use crate::model::{Fix, Foreign as _, Package, Untrusted};

/// The number of a version part: `4.17.21-rc.1` → `[4, 17, 21]`. Only the numeric prefix counts,
/// which is enough to pick a fix and is never used to say whether a version is vulnerable.
fn numbers(version: &str) -> Vec<u64> {
    let version = version
        .trim()
        .trim_start_matches(['v', '=', '>', '<', '~', '^', ' ']);
    let core = version
        .split(['-', '+', ' ', '~', ':'])
        .next()
        .unwrap_or_default();
    core.split('.')
        .map_while(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

/// The smallest fixed version above the installed one; the first one when nothing can be compared.
fn least_fix<'a>(installed: Option<&str>, fixed: &'a [String]) -> Option<&'a str> {
    let installed = installed.map(numbers).unwrap_or_default();
    fixed
        .iter()
        .map(String::as_str)
        .filter(|version| numbers(version) > installed)
        .min_by_key(|version| numbers(version))
        .or_else(|| fixed.first().map(String::as_str))
}

/// What to do about a package, by its fixed versions.
pub fn upgrade(package: &Package) -> Fix {
    let installed = package.version.as_ref().map(Untrusted::raw);
    let fixed: Vec<String> = package.fixed.iter().map(|v| v.raw().to_owned()).collect();
    match least_fix(installed, &fixed) {
        Some(version) => Fix::Upgrade {
            package: package.name.clone(),
            version: version.into(),
            major: installed.is_some_and(|installed| is_major(installed, version)),
        },
        None => Fix::NoneYet,
    }
}

/// True when moving between the two changes the first number.
fn is_major(installed: &str, fixed: &str) -> bool {
    matches!(
        (numbers(installed).first(), numbers(fixed).first()),
        (Some(a), Some(b)) if a != b
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_fix_wins() {
        let fixed: Vec<String> = ["3.2.1", "1.2.3", "2.0.1"].map(String::from).into();
        assert_eq!(least_fix(Some("1.0.0"), &fixed), Some("1.2.3"));
        assert_eq!(least_fix(Some("1.2.10"), &fixed), Some("2.0.1"));
        assert_eq!(least_fix(None, &fixed), Some("1.2.3"));
        assert_eq!(least_fix(Some("9"), &fixed), Some("3.2.1"));
        assert_eq!(least_fix(Some("1"), &[]), None);
    }

    #[test]
    fn major_moves_are_seen() {
        assert!(is_major("0.11.1", "1.0.0"));
        assert!(!is_major("4.17.15", "4.17.21"));
    }
}
