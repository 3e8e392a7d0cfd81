//! A file of Python as a tree, when it is safe to build one.

use crate::file::File;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, lexer, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};
use std::ops::Range;

/// Operators and brackets inside of each other, at most; more was made to exhaust the stack.
const DEEPEST: usize = 400;
/// Blocks inside of each other, at most; Python itself reads 100.
const BLOCKS: usize = 60;
/// Bytes of a file, at most; people do not write more.
const LONGEST: usize = 4 << 20;

/// What was made of a file.
pub(super) struct Source {
    /// The statements, as far as they could be read.
    pub(super) body: Vec<Stmt>,
    /// Why not all of it could be.
    pub(super) broken: Option<Broken>,
}

/// Why a file cannot be read.
pub(super) struct Broken {
    pub(super) reason: &'static str,
    pub(super) template: bool,
}

/// Reads a file.
pub(super) fn read(file: &File) -> Source {
    let text = file.text();
    let nothing = |reason, template| Source {
        body: Vec::new(),
        broken: Some(Broken { reason, template }),
    };
    if text.len() > LONGEST {
        return nothing("a file of Python of more than 4 MiB is not read", false);
    }
    if !is_shallow(text) {
        return nothing("nested too deeply", false);
    }
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let failed = parsed.has_invalid_syntax();
    let template = failed && ["{{", "{%"].iter().any(|mark| text.contains(mark));
    if template {
        return nothing("a template that is Python only when it is filled in", true);
    }
    let body = match parsed.into_syntax() {
        ruff_python_ast::Mod::Module(module) => module.body.into_iter().collect(),
        ruff_python_ast::Mod::Expression(_) => Vec::new(),
    };
    let broken = failed.then_some(Broken {
        reason: "not all of it is Python 3",
        template: false,
    });
    Source { body, broken }
}

/// Whether no expression can be deeper than what a small stack carries. A tree grows by one with each
/// operator, dot or bracket until the next comma or line.
fn is_shallow(text: &str) -> bool {
    let mut tokens = lexer::lex(text, Mode::Module);
    let mut open: Vec<usize> = Vec::new();
    let (mut here, mut sum, mut blocks) = (0_usize, 0_usize, 0_usize);
    loop {
        match tokens.next_token() {
            TokenKind::EndOfFile => return true,
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = blocks.saturating_sub(1),
            TokenKind::Comma => {
                sum -= here;
                here = 0;
            }
            TokenKind::Newline => {
                open.clear();
                (here, sum) = (0, 0);
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                open.push(here + 1);
                sum += 1;
                here = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                sum -= here;
                here = open.pop().unwrap_or_default();
            }
            TokenKind::Name
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => {
                here += 1;
                sum += 1;
            }
        }
        if sum > DEEPEST || blocks > BLOCKS {
            return false;
        }
    }
}

/// The bytes of a part of the tree.
pub(super) fn place(node: &impl Ranged) -> Range<usize> {
    span(node.range())
}

/// The same for a range.
pub(super) fn span(range: TextRange) -> Range<usize> {
    range.start().to_usize()..range.end().to_usize()
}

/// `a.b.c` of names and attributes; of calls and subscripts in between only what they are made of.
pub(super) fn dotted(expr: &Expr) -> String {
    let mut parts = Vec::new();
    let mut at = expr;
    loop {
        match at {
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                break;
            }
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                at = &attribute.value;
            }
            Expr::Call(call) => at = &call.func,
            Expr::Subscript(subscript) => at = &subscript.value,
            _ => break,
        }
    }
    parts.reverse();
    parts.join(".")
}

/// The last part of a name: `get` of `os.environ.get`.
pub(super) fn last(expr: &Expr) -> &str {
    match expr {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => "",
    }
}

/// The text of a plain string literal, without looking further.
pub(super) fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(string) => Some(string.value.to_str()),
        _ => None,
    }
}

/// What a statement says before its blocks begin; all of it, when it has none.
pub(super) fn head(statement: &Stmt) -> Vec<&Expr> {
    match statement {
        Stmt::If(branch) => {
            let tests = branch.elif_else_clauses.iter();
            let tests = tests.filter_map(|clause| clause.test.as_ref());
            [&*branch.test].into_iter().chain(tests).collect()
        }
        Stmt::While(each) => vec![&each.test],
        Stmt::For(each) => vec![&each.iter],
        Stmt::With(with) => with.items.iter().map(|item| &item.context_expr).collect(),
        Stmt::Match(choice) => vec![&choice.subject],
        Stmt::FunctionDef(function) => {
            let decorators = function.decorator_list.iter();
            let defaults = function.parameters.iter_non_variadic_params();
            let defaults = defaults.filter_map(|one| one.default.as_deref());
            decorators
                .map(|one| &one.expression)
                .chain(defaults)
                .collect()
        }
        Stmt::ClassDef(class) => {
            let decorators = class.decorator_list.iter();
            decorators.map(|one| &one.expression).collect()
        }
        Stmt::Assign(assign) => vec![&assign.value],
        Stmt::AnnAssign(assign) => assign.value.iter().map(|value| &**value).collect(),
        Stmt::AugAssign(assign) => vec![&assign.value],
        Stmt::Return(back) => back.value.iter().map(|value| &**value).collect(),
        Stmt::Raise(raise) => raise.exc.iter().map(|value| &**value).collect(),
        Stmt::Expr(expr) => vec![&expr.value],
        _ => Vec::new(),
    }
}

/// An expression and everything in it, from the outside in.
pub(super) fn inside(expr: &Expr) -> Vec<&Expr> {
    let mut all = All(Vec::new());
    all.visit_expr(expr);
    all.0
}

struct All<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for All<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.push(expr);
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_exhaust_the_stack_is_not_built() {
        for text in [
            "(".repeat(100_000),
            "x = ".to_owned() + &"-".repeat(100_000) + "1",
            "x = a".to_owned() + &".b".repeat(100_000),
            "x = 1".to_owned() + &" + 1".repeat(100_000),
            "x = ".to_owned() + &"not ".repeat(100_000) + "y",
            "f".to_owned() + &"()".repeat(100_000),
            (0..500).map(|n| " ".repeat(n) + "if x:\n").collect(),
            "x = ".to_owned() + &"lambda: ".repeat(100_000) + "0",
            "x = ".to_owned() + &"f'{".repeat(5_000),
        ] {
            let source = read(&File::new("a.py", text.as_bytes()));
            assert!(source.broken.is_some());
        }
    }

    #[test]
    fn what_is_just_deep_enough_fits_a_small_stack() {
        use crate::file::Tree;
        for (open, close, times) in [
            ("[", "]", 390),
            ("f(", ")", 390),
            ("{'a': ", "}", 190),
            ("not ", "", 390),
            ("-", "", 390),
            ("f'{", "}'", 90),
            ("a if DEBUG else ", "", 120),
            ("os.environ.get('A') or ", "", 60),
            ("a + ", "", 380),
            ("(lambda: ", ")", 130),
        ] {
            let value = format!("{}1{}", open.repeat(times), close.repeat(times));
            let text = format!(
                "INSTALLED_APPS = []\nDEBUG = {value}\ndef f(r):\n  try:\n    r.headers['Referrer-Policy'] = {value}\n  except Exception as e:\n    return Response({value}, e)\n"
            );
            let mut tree = Tree::default();
            tree.add(File::new("settings.py", text.as_bytes()));
            let scanned = crate::scan(&tree, &crate::Options::default());
            assert!(scanned.gaps.is_empty(), "{open}: {:?}", scanned.gaps);
        }
    }

    #[test]
    fn long_lists_are_read() {
        let text = "x = [".to_owned() + &"'a',".repeat(50_000) + "]";
        let source = read(&File::new("a.py", text.as_bytes()));
        assert!(source.broken.is_none());
        let text = "x = (".to_owned() + &"'a'\n".repeat(50_000) + ")";
        let source = read(&File::new("a.py", text.as_bytes()));
        assert!(source.broken.is_none());
    }

    #[test]
    fn templates_are_told_from_mistakes() {
        let broken = |text: &str| read(&File::new("a.py", text.as_bytes())).broken.unwrap();
        assert!(broken("{% if x %}\nDEBUG = True\n{% endif %}\n").template);
        assert!(!broken("print 'a'\n").template);
    }
}
