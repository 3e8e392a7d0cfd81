//! Python: settings of Django, headers that an application sets, interfaces of FastAPI and Flask.
//!
//! ```text
//! sieve     whether a file is worth parsing                        bytes → bool
//! source    a file as a tree, when that is safe                    bytes → statements
//! value     what a constant is, with its place                     eval, call, truth: expressions → value
//! run       statements in order: names, branches, imports, changes statements → scope
//! settings  which files are settings of Django, and their rules    tree → Raised
//! csp       policies in settings                                   settings → Response
//! headers   headers set by calls, dictionaries, middleware         statements → Response
//! comments  what is commented out                                  text → Response
//! api       tokens, origins, errors, secrets                       statements → Raised
//! ```

mod api;
mod call;
mod change;
mod comments;
mod csp;
mod eval;
mod headers;
mod imports;
mod run;
mod scope;
mod settings;
mod sieve;
mod source;
mod truth;
mod value;

use crate::check::{Found, Kind, Look};
use crate::file::Tree;
use crate::finding::Gap;
use crate::response::{Response, Serves};
use crate::role::Role;

/// Files of Python.
pub(crate) const KIND: Kind = Kind {
    name: "Python",
    fits: |path| path.ends_with(".py"),
    look,
};

/// What the application is installed with; read for versions only.
pub(crate) const REQUIREMENTS: Kind = Kind {
    name: "Python requirements",
    fits: is_requirements,
    look: |_, _| {},
};

/// Whether a file says which packages are installed.
fn is_requirements(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let listed =
        name.ends_with(".txt") && (name.contains("requirements") || path.contains("requirements/"));
    listed || matches!(name, "pyproject.toml" | "Pipfile")
}

/// Looks at what several files say together.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    settings::look(tree, roles, found);
    api::whole(tree, roles, found);
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    if !settings::may_be(look.file) && !sieve::lets_through(text) {
        return;
    }
    let source = source::read(look.file);
    if let Some(broken) = &source.broken {
        found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: broken.reason.to_owned(),
            template: broken.template,
        });
    }
    let path = &look.file.path;
    let mut run = run::Run::new(path, None);
    let mut watch = headers::Headers::new(look.file);
    let mut api = api::Api::new(look.file, look.role == Role::Test);
    run.block(&source.body, false, &mut Both(&mut watch, &mut api));
    found.responses.extend(watch.responses());
    let commented = comments::policies(look.file);
    if !commented.is_empty() {
        found.responses.push(Response {
            carrier: "python",
            path: path.clone(),
            scope: String::new(),
            place: 0..0,
            serves: Serves::Unknown,
            tls: None,
            closed: false,
            headers: commented,
        });
    }
    found.raised.extend(api.raised);
}

/// Two that look at the same statements.
struct Both<'w>(&'w mut dyn run::Watch, &'w mut dyn run::Watch);

impl run::Watch for Both<'_> {
    fn statement(
        &mut self,
        eval: eval::Eval<'_>,
        statement: &ruff_python_ast::Stmt,
        around: &run::Around,
    ) {
        self.0.statement(eval, statement, around);
        self.1.statement(eval, statement, around);
    }
}
