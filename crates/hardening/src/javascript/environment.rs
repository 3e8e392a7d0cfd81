//! How programs say where they run.

use oxc_ast::ast::Expression;

/// Names that are true in production, and such that are not.
const PRODUCTION: &[&str] = &[
    "isprod",
    "isproduction",
    "is_prod",
    "is_production",
    "prod",
    "production",
];
const DEVELOPMENT: &[&str] = &[
    "isdev",
    "isdevelopment",
    "is_dev",
    "is_development",
    "dev",
    "development",
    "__dev__",
    "isdevmode",
    "istest",
    "is_test",
    "islocal",
];

/// What a name by itself says: true in production, false for developers; nothing for any other name.
pub(super) fn flag(name: &str) -> Option<bool> {
    let lower = name.to_ascii_lowercase();
    match PRODUCTION.contains(&lower.as_str()) {
        true => Some(true),
        false => DEVELOPMENT.contains(&lower.as_str()).then_some(false),
    }
}

/// Whether an expression names the environment that a program runs in.
pub(super) fn names(expression: &Expression<'_>) -> bool {
    const NAMES: &[&str] = &[
        "env",
        "node_env",
        "nodeenv",
        "app_env",
        "appenv",
        "environment",
    ];
    last_name(expression).is_some_and(|name| NAMES.contains(&name.to_ascii_lowercase().as_str()))
}

/// Whether an environment of this name is production; nothing for a name that nobody knows.
pub(super) fn is_production(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "production" | "prod" => Some(true),
        "development" | "dev" | "test" | "testing" | "local" => Some(false),
        _ => None,
    }
}

/// The last name of `a.b.c` or `c`.
pub(super) fn last_name<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
    match expression.get_inner_expression() {
        Expression::Identifier(id) => Some(id.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        _ => None,
    }
}
