//! How long a tool may run, as a policy says it: `90s`, `10m`, `1h`.

use super::file::Reader;
use std::time::Duration;

/// What holds when the policy says nothing.
pub const DEFAULT: Duration = Duration::from_secs(10 * 60);

/// The longest; a job of GitHub Actions ends then, too.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

/// Reads the key `timeout`.
pub fn timeout(reader: &mut Reader<'_, '_>) -> Option<Duration> {
    let word = reader.text("timeout")?;
    let found = parse(&word.name);
    if found.is_none() {
        reader.error(
            word.span,
            &format!("`{}` is no time limit", word.name),
            "between 1s and 6h",
            Some("write a whole number with `s`, `m` or `h`, such as \"10m\"".to_owned()),
        );
    }
    found
}

fn parse(text: &str) -> Option<Duration> {
    let (number, seconds) = [('s', 1), ('m', 60), ('h', 3600)]
        .iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, seconds)))?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let seconds = number.parse::<u64>().ok()?.checked_mul(*seconds)?;
    let time = Duration::from_secs(seconds);
    (!time.is_zero() && time <= LONGEST).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded() {
        assert_eq!(parse("90s"), Some(Duration::from_secs(90)));
        assert_eq!(parse("10m"), Some(DEFAULT));
        assert_eq!(parse("6h"), Some(LONGEST));
        for wrong in [
            "",
            "m",
            "0s",
            "7h",
            "10",
            "-1s",
            "+1s",
            "1.5h",
            "1 m",
            "99999999999999999999h",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
