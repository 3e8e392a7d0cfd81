//! Secrets that stand in the file, as they are or as defaults.

use super::About;
use super::model::{Service, Setting};
use crate::check::{Found, Raised};
use crate::words::secret::{self, Secret, quoted};
use crate::words::variable::{self, Unset};
use std::ops::Range;

pub(super) fn look(about: &About<'_>, service: &Service, found: &mut Found) {
    for one in service.environment() {
        let Some(value) = one.value.as_deref() else {
            continue;
        };
        if secret::is_secret_name(&one.name) {
            let raised = judge(about, service, &one, value, one.place.clone());
            found.raised.extend(raised);
        } else {
            found.raised.extend(address(about, service, &one, value));
        }
    }
}

/// The password in an address.
fn address(about: &About<'_>, service: &Service, one: &Setting, value: &str) -> Option<Raised> {
    let variables = variable::variables(value);
    let within = |inside: &Range<usize>| {
        let around = |variable: &variable::Variable<'_>| {
            variable.place.start < inside.start && inside.end <= variable.place.end
        };
        variables.iter().any(around)
    };
    match secret::in_address(value) {
        Some(inside) if !within(&inside) => {
            let file = one.value_at.map(|at| at + inside.start..at + inside.end);
            let place = file.unwrap_or_else(|| one.place.clone());
            let raised = judge(about, service, one, value.get(inside.clone())?, place)?;
            let better = in_its_address(one, value, inside);
            Some(match raised.rule.0 {
                // What is only empty has no other form to offer.
                "LG-CMP-143" if raised.better.is_none() => raised,
                _ => raised.better(better),
            })
        }
        // All of the address is a default, with variables of its own.
        _ => {
            let resolved = variable::resolve(value);
            let password = resolved.get(secret::in_address(&resolved)?)?;
            if secret::of_value(password) == Secret::None {
                return None;
            }
            let message = format!(
                "{}: when nothing is set, the password of `{}` is one that everybody can read here.",
                quoted(&service.name),
                one.name
            );
            let raised = about.raise("LG-CMP-142", one.place.clone(), message);
            Some(about.eased(service, raised))
        }
    }
}

/// The address with a variable in the place of its password.
fn in_its_address(one: &Setting, value: &str, inside: Range<usize>) -> String {
    let password = value.get(inside.clone()).unwrap_or_default();
    let variables = variable::variables(password);
    let name = match variables.first() {
        Some(variable) => variable.name.to_owned(),
        // `DATABASE_URL` has a `DATABASE_PASSWORD`.
        None => {
            let ends = ["_URL", "_URI", "_DSN"];
            let stem = ends.iter().find_map(|end| one.name.strip_suffix(end));
            format!("{}_PASSWORD", stem.unwrap_or(&one.name))
        }
    };
    let part = |range: Range<usize>| value.get(range).unwrap_or_default();
    let (before, behind) = (part(0..inside.start), part(inside.end..value.len()));
    format!("{}: {before}${{{name}:?set {name}}}{behind}", one.name)
}

/// What is wrong with a secret's value. The value itself is never told.
fn judge(
    about: &About<'_>,
    service: &Service,
    one: &Setting,
    value: &str,
    place: Range<usize>,
) -> Option<Raised> {
    let name = quoted(&service.name);
    let key = &one.name;
    // The broker's own word for it says more.
    if key == "RABBITMQ_DEFAULT_PASS" && value == "guest" || value.is_empty() {
        return None;
    }
    let required = format!("{key}: ${{{key}:?set {key}}}");
    let variables = variable::variables(value);
    let Some(first) = variables.first() else {
        if secret::of_value(value) == Secret::None
            || one
                .value
                .as_deref()
                .is_some_and(|all| all.contains("://guest:guest@"))
        {
            return None;
        }
        let message = format!("{name}: the secret of `{key}` stands in the file.");
        let raised = about.raise("LG-CMP-141", place, message).better(required);
        return Some(about.eased(service, raised));
    };
    let required = format!("{key}: ${{{}:?set {}}}", first.name, first.name);
    let what = match one.value.as_deref() == Some(value) {
        true if first.name == key => "it".to_owned(),
        true => format!("`{key}`"),
        false => format!("the password in `{key}`"),
    };
    let default = variables.iter().find(|variable| {
        variable.unset == Unset::Default
            && secret::of_value(&variable::resolve(variable.word)) != Secret::None
    });
    if let Some(variable) = default {
        let what = match variable.name == key {
            true => "it".to_owned(),
            false => format!("`{key}`"),
        };
        let message = format!(
            "{name}: when `{}` is not set, {what} is a secret that everybody can read here.",
            variable.name
        );
        let raised = about.raise("LG-CMP-142", place, message).better(required);
        return Some(about.eased(service, raised));
    }
    let open = variables
        .iter()
        .find(|variable| matches!(variable.unset, Unset::Empty | Unset::Default))?;
    // A mail server may want no login at all.
    let optional = ["SMTP", "MAIL"]
        .iter()
        .any(|word| key.to_ascii_uppercase().contains(word));
    if optional {
        return None;
    }
    let whole = variables.len() == 1 && open.place == (0..value.len());
    let message = format!(
        "{name}: when `{}` is not set, {what} is empty and nothing complains.",
        open.name
    );
    let raised = about.raise("LG-CMP-143", place, message);
    Some(match whole {
        true => raised.better(required),
        false => raised,
    })
}
