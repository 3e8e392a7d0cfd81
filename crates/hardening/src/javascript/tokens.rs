//! LG-NODE-151 and 152: tokens that live too long, and such that are checked with whatever algorithm they name.

use super::Program;
use super::headers::is_from;
use super::names;
use super::nodes::range;
use super::value::{Value, What};
use crate::check::Raised;
use crate::rule::Severity;

const MODULES: &[&str] = &["jsonwebtoken"];
/// A day, in seconds.
const DAY: f64 = 24.0 * 60.0 * 60.0;

pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for call in program.live(&program.nodes.calls) {
        let path = names::path(&call.node.callee);
        let part = match path.as_slice() {
            [name, part] | [name, "default", part] if is_from(program, name, MODULES).is_some() => {
                *part
            }
            [name] => match is_from(program, name, MODULES) {
                Some(import) if import.name == "sign" => "sign",
                Some(import) if import.name == "verify" => "verify",
                _ => continue,
            },
            // Nest: JwtModule.register({ secret, signOptions: { expiresIn } })
            ["JwtModule", "register"] => "register",
            _ => continue,
        };
        let place = range(call.node.span);
        let argument = |nth| program.eval.argument(&call.node.arguments, nth);
        let said = program.said(&place).to_ascii_lowercase();
        let refresh = said.contains("refresh")
            || call
                .names
                .iter()
                .any(|name| name.to_ascii_lowercase().contains("refresh"));
        match part {
            "sign" if !refresh => {
                let payload = argument(0);
                let expires_in_payload = payload
                    .as_ref()
                    .and_then(Value::object)
                    .is_some_and(|payload| payload.get("exp").is_some());
                let options = argument(2);
                let found = lifetime(options.as_ref());
                if !expires_in_payload {
                    tell(
                        program,
                        found,
                        place.start..range(oxc_span::GetSpan::span(&call.node.callee)).end,
                        raised,
                    );
                }
            }
            "register" => {
                let options = argument(0);
                let sign = options
                    .as_ref()
                    .and_then(Value::object)
                    .and_then(|options| options.get("signOptions"))
                    .map(|entry| entry.value.clone());
                if let Some(sign) = sign {
                    tell(program, lifetime(Some(&sign)), sign.place.clone(), raised);
                }
            }
            "verify" => verify(
                program,
                argument(2).as_ref(),
                range(oxc_span::GetSpan::span(&call.node.callee)),
                raised,
            ),
            _ => {}
        }
    }
}

/// How long a token lives.
enum Lifetime {
    Known(Value, f64),
    Forever,
    Unknown,
}

fn lifetime(options: Option<&Value>) -> Lifetime {
    match options.map(|options| &options.what) {
        None | Some(What::Function(_) | What::Undefined | What::Null) => Lifetime::Forever,
        Some(What::Object(object)) => match object.any(&["expiresIn", "exp"]) {
            Some(entry) => match seconds(&entry.value) {
                Some(seconds) => Lifetime::Known(entry.value.clone(), seconds),
                None if entry.value.what == What::Undefined => Lifetime::Forever,
                None => Lifetime::Unknown,
            },
            None if object.open => Lifetime::Unknown,
            None => Lifetime::Forever,
        },
        Some(_) => Lifetime::Unknown,
    }
}

fn tell(
    program: &Program<'_, '_>,
    found: Lifetime,
    call: std::ops::Range<usize>,
    raised: &mut Vec<Raised>,
) {
    match found {
        Lifetime::Forever => {
            let message = "The token has no expiresIn: who gets hold of it is let in for ever";
            let finding = program.raise("LG-NODE-151", call, message);
            raised.push(finding.better("jwt.sign(payload, secret, { expiresIn: '15m' })"));
        }
        Lifetime::Known(value, seconds) if seconds > DAY => {
            let hours = (seconds / 3600.0).round();
            let message = format!(
                "The token is good for {hours} hours ({}): who gets hold of it is let in as long",
                program.said(&value.place)
            );
            raised.push(
                program
                    .raise("LG-NODE-151", value.place, message)
                    .better("expiresIn: '15m'"),
            );
        }
        Lifetime::Known(..) | Lifetime::Unknown => {}
    }
}

fn verify(
    program: &Program<'_, '_>,
    options: Option<&Value>,
    call: std::ops::Range<usize>,
    raised: &mut Vec<Raised>,
) {
    let algorithms = match options.map(|options| &options.what) {
        None | Some(What::Function(_) | What::Undefined | What::Null) => None,
        Some(What::Object(object)) => match object.get("algorithms") {
            Some(entry) => Some(entry),
            None if object.open => return,
            None => None,
        },
        Some(_) => return,
    };
    let Some(entry) = algorithms else {
        let message =
            "The token is checked with the algorithm that it names itself, of all that fit the key";
        let finding = program.raise("LG-NODE-152", call, message);
        raised.push(finding.better("jwt.verify(token, key, { algorithms: ['RS256'] })"));
        return;
    };
    let list = entry.value.list().unwrap_or_default();
    if let Some(none) = list.iter().find(|one| one.str() == Some("none")) {
        let message = "The algorithm `none` lets in every token that nobody has signed";
        raised.push(
            program
                .raise("LG-NODE-152", none.place.clone(), message)
                .at(Severity::High),
        );
    }
}

/// A lifetime in seconds: a number, or a text as the package `ms` reads it (a text without a unit counts
/// milliseconds).
fn seconds(value: &Value) -> Option<f64> {
    if let Some(number) = value.number() {
        return Some(number);
    }
    let text = value.str()?.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number: f64 = number.parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7.0 * DAY,
        "mo" | "month" | "months" => 30.4375 * DAY,
        "y" | "yr" | "yrs" | "year" | "years" => 365.25 * DAY,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn lifetimes_as_they_are_written() {
        let of = |text: &str| seconds(&Value::new(0..1, What::Text(Text::plain(text, 0))));
        assert_eq!(of("15m"), Some(900.0));
        assert_eq!(of("7 days"), Some(7.0 * DAY));
        assert_eq!(of("120"), Some(0.12));
        assert_eq!(of("soon"), None);
    }
}
