//! LG-NODE-141: secrets of the environment with a default that everybody knows.

use super::Program;
use super::names;
use super::nodes::{place, range};
use crate::check::Raised;
use crate::rule::Severity;
use crate::words::secret::in_address;
use oxc_ast::ast::{Argument, Expression};

/// `process.env.X_SECRET || 'literal'` and the like.
pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for both in &program.nodes.logical {
        if both.operator.is_and() || !program.is_live(&range(both.span)) {
            continue;
        }
        if let Some(name) = setting(&both.left) {
            default_of(program, &name, &both.right, raised);
        }
    }
    // const { JWT_SECRET = 'literal' } = process.env
    for (name, from, fallback) in &program.nodes.defaults {
        if names::path(from) == ["process", "env"] {
            default_of(program, name, fallback, raised);
        }
    }
    for call in program.live(&program.nodes.calls) {
        let path = names::path(&call.node.callee);
        let arguments = &call.node.arguments;
        let text = |nth: usize| match arguments.get(nth).and_then(Argument::as_expression) {
            Some(Expression::StringLiteral(text)) => Some(text.value.as_str()),
            _ => None,
        };
        // configService.get('JWT_SECRET', 'literal'), env('JWT_SECRET', 'literal')
        let reads = matches!(
            path.as_slice(),
            [.., "configService" | "config", "get"] | ["env" | "getEnv"]
        );
        if reads
            && let (Some(name), Some(fallback)) =
                (text(0), arguments.get(1).and_then(Argument::as_expression))
        {
            default_of(program, name, fallback, raised);
        }
        // JWT_SECRET: z.string().default('literal')
        if path.last() == Some(&"default")
            && path
                .first()
                .is_some_and(|root| ["z", "Joi", "joi", "yup"].contains(root))
            && let Some(name) = call.names.first()
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
            && let Some(fallback) = arguments.first().and_then(Argument::as_expression)
        {
            default_of(program, name, fallback, raised);
        }
    }
}

/// The setting that an expression reads: `process.env.NAME`, `configService.get('NAME')`.
fn setting(expression: &Expression<'_>) -> Option<String> {
    let path = names::path(expression);
    match (expression.get_inner_expression(), path.as_slice()) {
        (Expression::CallExpression(call), [.., "configService" | "config", "get"]) => {
            match call.arguments.first()?.as_expression()? {
                Expression::StringLiteral(name) => Some(name.value.as_str().to_owned()),
                _ => None,
            }
        }
        (Expression::LogicalExpression(both), _) if !both.operator.is_and() => {
            setting(&both.right).or_else(|| setting(&both.left))
        }
        (_, ["process", "env", name] | ["Bun", "env", name] | ["env", name]) => {
            Some((*name).to_owned())
        }
        _ => None,
    }
}

fn default_of<'a>(
    program: &Program<'_, 'a>,
    name: &str,
    fallback: &Expression<'a>,
    raised: &mut Vec<Raised>,
) {
    let at = place(fallback);
    if !program.is_live(&at) {
        return;
    }
    let value = program.eval.value(fallback);
    let Some(text) = value.text().filter(|text| text.dynamic().is_empty()) else {
        return;
    };
    let text = text.value();
    let words = names::words(name);
    let is_address = words
        .iter()
        .any(|word| ["url", "uri", "dsn"].contains(&word.as_str()));
    let severity = match (names::is_secret(name), is_address) {
        (true, _) if is_secret_text(text) => Severity::High,
        (_, true) => match password_in(text) {
            // What only the machine itself reaches is a developer's.
            Some(host) if ["localhost", "127.0.0.1"].contains(&host) => Severity::Low,
            Some(_) => Severity::High,
            None => return,
        },
        _ => return,
    };
    // The literal itself is a secret: it is not repeated.
    let message =
        format!("Without `{name}` the program runs with a secret that stands in the repository");
    let name = name.to_owned();
    raised.push(
        program
            .raise("LG-NODE-141", at, message)
            .at(severity)
            .better(format!(
                "if (!process.env.{name}) throw new Error('{name} is not set');"
            )),
    );
}

fn is_secret_text(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    let plain = [
        "true",
        "false",
        "null",
        "undefined",
        "none",
        "production",
        "development",
    ];
    !text.is_empty()
        && !plain.contains(&word.as_str())
        && !text.chars().all(|c| c.is_ascii_digit())
        && !text.starts_with("http://")
        && !text.starts_with("https://")
        && !text.starts_with('/')
}

/// The host of an address that holds a password.
fn password_in(text: &str) -> Option<&str> {
    let password = in_address(text)?;
    let host = text.get(password.end + 1..)?;
    host.split([':', '/', '?', '#']).next()
}
