//! LG-NODE-171: passwords that are hashed so that many can be tried.

use super::Program;
use super::headers::is_from;
use super::names;
use super::nodes::range;
use super::value::Value;
use crate::check::Raised;
use crate::rule::Severity;
use oxc_ast::ast::{Argument, Expression};

/// Rounds of bcrypt, and iterations of PBKDF2, that OWASP's cheat sheet on storing passwords asks for at
/// least; for the latter the smallest that any digest gets there.
const BCRYPT_ROUNDS: f64 = 10.0;
const PBKDF2_ITERATIONS: f64 = 210_000.0;

pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for call in program.live(&program.nodes.calls) {
        let path = names::path(&call.node.callee);
        let arguments = &call.node.arguments;
        let root = path.first().copied().unwrap_or_default();
        let last = path.last().copied().unwrap_or_default();
        let number = |nth| {
            program
                .eval
                .argument(arguments, nth)
                .as_ref()
                .and_then(Value::number)
        };
        let at = |nth: usize| {
            arguments
                .get(nth)
                .map(|one| range(oxc_span::GetSpan::span(one)))
        };
        if is_from(program, root, &["bcrypt", "bcryptjs", "@node-rs/bcrypt"]).is_some() {
            let nth = match last {
                "hash" | "hashSync" => 1,
                "genSalt" | "genSaltSync" => 0,
                _ => continue,
            };
            if let (Some(rounds), Some(at)) = (
                number(nth).filter(|rounds| *rounds < BCRYPT_ROUNDS),
                at(nth),
            ) {
                let message = format!(
                    "bcrypt with a cost of {rounds} is quick to try; each step doubles the work"
                );
                raised.push(
                    program
                        .raise("LG-NODE-171", at, message)
                        .at(Severity::Medium)
                        .better("12"),
                );
            }
            continue;
        }
        if ["pbkdf2", "pbkdf2Sync"].contains(&last) {
            if let (Some(times), Some(at)) =
                (number(2).filter(|times| *times < PBKDF2_ITERATIONS), at(2))
            {
                let message = format!("PBKDF2 with {times} iterations is quick to try");
                raised.push(
                    program
                        .raise("LG-NODE-171", at, message)
                        .at(Severity::Medium)
                        .better("600000"),
                );
            }
            continue;
        }
        // createHash('sha256').update(password)
        let chain = names::chain(call.node);
        let Some((_, given)) = chain.first().filter(|(name, _)| *name == "update") else {
            continue;
        };
        let made = chain
            .iter()
            .find(|(name, _)| *name == "createHash")
            .map(|(_, arguments)| *arguments);
        let made = made.or_else(|| {
            // createHash on its own, not as a method.
            let inner = match call.node.callee.get_inner_expression() {
                Expression::StaticMemberExpression(member) => {
                    match member.object.get_inner_expression() {
                        Expression::CallExpression(inner)
                            if inner.callee.is_specific_id("createHash") =>
                        {
                            inner
                        }
                        _ => return None,
                    }
                }
                _ => return None,
            };
            Some(inner.arguments.as_slice())
        });
        let (Some(made), Some(subject)) = (made, given.first().and_then(Argument::as_expression))
        else {
            continue;
        };
        let is_password = |name: &str| {
            let words = names::words(name);
            words
                .iter()
                .any(|word| ["password", "passwd", "pwd", "passphrase"].contains(&word.as_str()))
                && !words
                    .iter()
                    .any(|word| ["token", "hash", "reset"].contains(&word.as_str()))
        };
        if mentions(subject, &is_password, 0) {
            let algorithm = program.eval.argument(made, 0);
            let algorithm = algorithm
                .as_ref()
                .and_then(Value::str)
                .unwrap_or("a fast hash")
                .to_owned();
            let message = format!(
                "A password is hashed with `{algorithm}`: a machine tries thousands of millions a second"
            );
            raised.push(
                program
                    .raise("LG-NODE-171", range(call.node.span), message)
                    .better("await argon2.hash(password)"),
            );
        }
    }
}

/// Whether an expression is made of something with such a name.
fn mentions(expression: &Expression<'_>, wanted: &dyn Fn(&str) -> bool, depth: u32) -> bool {
    if depth > 8 {
        return false;
    }
    match expression.get_inner_expression() {
        Expression::BinaryExpression(two) => {
            mentions(&two.left, wanted, depth + 1) || mentions(&two.right, wanted, depth + 1)
        }
        Expression::TemplateLiteral(template) => template
            .expressions
            .iter()
            .any(|one| mentions(one, wanted, depth + 1)),
        other => names::path(other).last().is_some_and(|name| wanted(name)),
    }
}
