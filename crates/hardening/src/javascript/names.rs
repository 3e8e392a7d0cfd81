//! Names: of what is called, and what words they are made of.

use crate::words::secret::is_secret_name;
use oxc_ast::ast::{Argument, CallExpression, Expression};

/// The names of `a.b().c` from the left: `["a", "b", "c"]`; empty for what has none.
pub(crate) fn path<'a>(expression: &Expression<'a>) -> Vec<&'a str> {
    let mut names = Vec::new();
    let mut at = expression;
    loop {
        match at.get_inner_expression() {
            Expression::Identifier(id) => {
                names.push(id.name.as_str());
                break;
            }
            Expression::ThisExpression(_) => {
                names.push("this");
                break;
            }
            Expression::StaticMemberExpression(member) => {
                names.push(member.property.name.as_str());
                at = &member.object;
            }
            Expression::ComputedMemberExpression(member) => {
                match member.static_property_name() {
                    Some(name) => names.push(name.as_str()),
                    None => names.push(""),
                }
                at = &member.object;
            }
            Expression::CallExpression(call) => at = &call.callee,
            Expression::NewExpression(new) => at = &new.callee,
            Expression::AwaitExpression(wait) => at = &wait.argument,
            _ => break,
        }
    }
    names.reverse();
    names
}

/// The calls of `a.b(1).c(2)`, from the right: with the name of each.
pub(crate) fn chain<'e, 'a>(call: &'e CallExpression<'a>) -> Vec<(&'a str, &'e [Argument<'a>])> {
    let mut calls = Vec::new();
    let mut at = Some(call);
    while let Some(call) = at {
        at = None;
        if let Expression::StaticMemberExpression(member) = call.callee.get_inner_expression() {
            calls.push((member.property.name.as_str(), call.arguments.as_slice()));
            if let Expression::CallExpression(inner) = member.object.get_inner_expression() {
                at = Some(inner);
            }
        }
    }
    calls
}

/// The words of a name, in lower case: `jwtSecret_KEY` is `jwt secret key`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars().take(200) {
        let parts = !c.is_alphanumeric();
        if (parts || c.is_uppercase() && small) && words.last().is_some_and(|word| !word.is_empty())
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !parts) {
            word.extend(c.to_lowercase());
        }
        small = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a setting of this name holds a secret. What bundlers hand to the browser is none.
pub(crate) fn is_secret(name: &str) -> bool {
    let public = [
        "VITE_",
        "REACT_APP_",
        "VUE_APP_",
        "NUXT_PUBLIC_",
        "NEXT_PUBLIC_",
        "EXPO_PUBLIC_",
        "GATSBY_",
    ];
    !public.iter().any(|prefix| name.starts_with(prefix)) && is_secret_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names() {
        assert_eq!(words("jwtSecret_KEY"), ["jwt", "secret", "key"]);
        assert_eq!(words("JWT_SECRET"), ["jwt", "secret"]);
        assert_eq!(words("app-v2Key"), ["app", "v2", "key"]);
    }

    #[test]
    fn names_of_secrets() {
        for name in [
            "JWT_SECRET",
            "DB_PASSWORD",
            "API_KEY",
            "sessionSecret",
            "ENCRYPTION_KEY",
            "SMTP_PASS",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "JWT_EXPIRES_IN",
            "PUBLIC_KEY",
            "TOKEN_TTL",
            "PORT",
            "PASSWORD_MIN_LENGTH",
            "KEY",
            "VITE_API_KEY",
            "SECRET_FILE",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "JWT_ALGORITHM",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
