//! The parts of a program that say something here, gathered in one walk.

use oxc_ast::AstKind;
use oxc_ast::ast::{
    AssignmentExpression, BindingPattern, CallExpression, ConditionalExpression, Expression,
    FormalParameters, FunctionBody, IfStatement, ImportDeclarationSpecifier, JSXOpeningElement,
    LogicalExpression, NewExpression, ObjectExpression, Program, UnaryExpression,
};
use oxc_ast_visit::Visit;
use oxc_span::{GetSpan as _, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// Meanings of one name in a file, at most.
const NAMESAKES: usize = 200;

/// The bytes of a part.
pub(crate) fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// A name and what it stands for inside of some bytes.
pub(crate) struct Binding<'a> {
    pub(crate) scope: Range<usize>,
    pub(crate) means: Means<'a>,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(crate) enum Means<'a> {
    Expression(&'a Expression<'a>),
    Function(&'a FunctionBody<'a>),
    /// A parameter, or something that changes.
    Unknown,
}

/// A function or the like around a part of the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Around {
    pub(crate) place: Range<usize>,
    /// Names of the parameters; an empty one for a pattern.
    pub(crate) params: Vec<String>,
    /// A `catch`, whose only parameter is what was thrown.
    pub(crate) catch: bool,
    pub(crate) outer: Option<usize>,
}

/// Something with what is around it.
pub(crate) struct In<T> {
    pub(crate) node: T,
    /// Index in [`Nodes::around`].
    pub(crate) around: Option<usize>,
    /// Names of variables, properties and functions that it becomes part of, from the inside out, up to
    /// the nearest function's.
    pub(crate) names: Vec<String>,
    /// The innermost block or function around it.
    pub(crate) block: Range<usize>,
    /// The array that it stands in, if any.
    pub(crate) array: Option<Range<usize>>,
}

/// Where a name was brought in from: the module, and its name there (`default`, `*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) module: String,
    pub(crate) name: String,
}

/// What was gathered.
#[derive(Default)]
pub(crate) struct Nodes<'a> {
    pub(crate) bindings: BTreeMap<&'a str, Vec<Binding<'a>>>,
    pub(crate) imports: BTreeMap<&'a str, Import>,
    pub(crate) around: Vec<Around>,
    pub(crate) calls: Vec<In<&'a CallExpression<'a>>>,
    pub(crate) news: Vec<In<&'a NewExpression<'a>>>,
    pub(crate) objects: Vec<In<&'a ObjectExpression<'a>>>,
    pub(crate) assignments: Vec<In<&'a AssignmentExpression<'a>>>,
    pub(crate) deletes: Vec<In<&'a UnaryExpression<'a>>>,
    pub(crate) elements: Vec<&'a JSXOpeningElement<'a>>,
    pub(crate) logical: Vec<&'a LogicalExpression<'a>>,
    pub(crate) conditional: Vec<&'a ConditionalExpression<'a>>,
    pub(crate) branches: Vec<&'a IfStatement<'a>>,
    pub(crate) defaults: Vec<(&'a str, &'a Expression<'a>, &'a Expression<'a>)>,
}

/// Walks over a program.
pub(crate) fn gather<'a>(program: &Program<'a>) -> Nodes<'a> {
    let mut walk = Walk {
        nodes: Nodes::default(),
        scopes: vec![range(program.span)],
        around: None,
        names: Vec::new(),
        arrays: Vec::new(),
    };
    walk.visit_program(program);
    walk.nodes
}

/// A name on the way to where the walk is; `function` for one of a function, behind which no outer name counts.
struct Name {
    text: String,
    function: bool,
}

struct Walk<'a> {
    nodes: Nodes<'a>,
    scopes: Vec<Range<usize>>,
    around: Option<usize>,
    names: Vec<Name>,
    arrays: Vec<Range<usize>>,
}

impl<'a> Walk<'a> {
    fn here<T>(&self, node: T) -> In<T> {
        let mut names = Vec::new();
        for name in self.names.iter().rev().take(8) {
            if !name.text.is_empty() {
                names.push(name.text.clone());
            }
            if name.function {
                break;
            }
        }
        In {
            node,
            around: self.around,
            names,
            block: self.scope(),
            array: self.arrays.last().cloned(),
        }
    }

    fn bind(&mut self, name: &'a str, scope: Range<usize>, means: Means<'a>) {
        let all = self.nodes.bindings.entry(name).or_default();
        if all.len() < NAMESAKES {
            all.push(Binding { scope, means });
        }
    }

    fn scope(&self) -> Range<usize> {
        self.scopes.last().cloned().unwrap_or_default()
    }

    fn enter_function(&mut self, span: Span, params: &'a FormalParameters<'a>, name: &str) {
        let place = range(span);
        let mut names = Vec::new();
        for param in &params.items {
            match &param.pattern {
                BindingPattern::BindingIdentifier(id) => {
                    names.push(id.name.as_str().to_owned());
                    self.bind(id.name.as_str(), place.clone(), Means::Unknown);
                }
                _ => names.push(String::new()),
            }
        }
        self.nodes.around.push(Around {
            place: place.clone(),
            params: names,
            catch: false,
            outer: self.around,
        });
        self.around = Some(self.nodes.around.len() - 1);
        self.scopes.push(place);
        self.names.push(Name {
            text: name.to_owned(),
            function: !name.is_empty(),
        });
    }

    fn leave_around(&mut self) {
        let outer = self.around.and_then(|at| self.nodes.around.get(at));
        self.around = outer.and_then(|around| around.outer);
        self.scopes.pop();
    }

    fn declare(&mut self, pattern: &'a BindingPattern<'a>, init: Option<&'a Expression<'a>>) {
        let scope = self.scope();
        match pattern {
            BindingPattern::BindingIdentifier(id) => {
                let name = id.name.as_str();
                if let Some(module) = init.and_then(required) {
                    self.import(name, module, "default");
                }
                let means = init.map_or(Means::Unknown, Means::Expression);
                self.bind(name, scope, means);
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    let key = property.key.static_name();
                    let (local, fallback) = match &property.value {
                        BindingPattern::BindingIdentifier(id) => (id.name.as_str(), None),
                        BindingPattern::AssignmentPattern(with) => match &with.left {
                            BindingPattern::BindingIdentifier(id) => {
                                (id.name.as_str(), Some(&with.right))
                            }
                            _ => continue,
                        },
                        _ => continue,
                    };
                    if let (Some(module), Some(key)) = (init.and_then(required), &key) {
                        self.import(local, module, key);
                    }
                    if let (Some(init), Some(fallback)) = (init, fallback) {
                        self.nodes.defaults.push((local, init, fallback));
                    }
                    self.bind(local, scope.clone(), Means::Unknown);
                }
            }
            _ => {}
        }
    }

    fn import(&mut self, local: &'a str, module: &str, name: &str) {
        let import = Import {
            module: module.to_owned(),
            name: name.to_owned(),
        };
        self.nodes.imports.insert(local, import);
    }
}

/// The module of `require('…')`, also of `require('…').default` and an awaited import.
fn required<'a>(init: &'a Expression<'a>) -> Option<&'a str> {
    match init.get_inner_expression() {
        Expression::CallExpression(call) if call.callee.is_specific_id("require") => {
            match call.arguments.first()?.as_expression()? {
                Expression::StringLiteral(text) => Some(text.value.as_str()),
                _ => None,
            }
        }
        Expression::StaticMemberExpression(member) => required(&member.object),
        Expression::AwaitExpression(wait) => match &wait.argument {
            Expression::ImportExpression(import) => match &import.source {
                Expression::StringLiteral(text) => Some(text.value.as_str()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Visit<'a> for Walk<'a> {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::ImportDeclaration(import) => {
                let module = import.source.value.as_str();
                for specifier in import.specifiers.iter().flatten() {
                    let (local, name) = match specifier {
                        ImportDeclarationSpecifier::ImportSpecifier(one) => {
                            (one.local.name.as_str(), one.imported.name().to_string())
                        }
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                            (one.local.name.as_str(), "default".to_owned())
                        }
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => {
                            (one.local.name.as_str(), "*".to_owned())
                        }
                    };
                    self.import(local, module, &name);
                }
            }
            AstKind::VariableDeclarator(declarator) => {
                self.declare(&declarator.id, declarator.init.as_ref());
                let name = match &declarator.id {
                    BindingPattern::BindingIdentifier(id) => id.name.as_str(),
                    _ => "",
                };
                self.names.push(Name {
                    text: name.to_owned(),
                    function: false,
                });
            }
            AstKind::Function(function) => {
                let name = function.id.as_ref().map_or("", |id| id.name.as_str());
                if let (Some(id), Some(body)) = (&function.id, &function.body) {
                    let scope = self.scope();
                    self.bind(id.name.as_str(), scope, Means::Function(body));
                }
                self.enter_function(function.span, &function.params, name);
            }
            AstKind::ArrowFunctionExpression(arrow) => {
                self.enter_function(arrow.span, &arrow.params, "");
            }
            AstKind::CatchClause(catch) => {
                let place = range(catch.span);
                let mut params = Vec::new();
                if let Some(BindingPattern::BindingIdentifier(id)) =
                    catch.param.as_ref().map(|param| &param.pattern)
                {
                    params.push(id.name.as_str().to_owned());
                    self.bind(id.name.as_str(), place.clone(), Means::Unknown);
                }
                self.nodes.around.push(Around {
                    place: place.clone(),
                    params,
                    catch: true,
                    outer: self.around,
                });
                self.around = Some(self.nodes.around.len() - 1);
                self.scopes.push(place);
            }
            AstKind::BlockStatement(block) => self.scopes.push(range(block.span)),
            AstKind::ObjectProperty(property) => {
                let name = property.key.static_name().unwrap_or_default();
                self.names.push(Name {
                    text: name.into_owned(),
                    function: false,
                });
            }
            AstKind::MethodDefinition(method) => {
                let name = method.key.static_name().unwrap_or_default();
                self.names.push(Name {
                    text: name.into_owned(),
                    function: true,
                });
            }
            AstKind::AssignmentExpression(assignment) => {
                let here = self.here(assignment);
                self.nodes.assignments.push(here);
                let name = match assignment.left.as_simple_assignment_target() {
                    Some(target) => match target.as_member_expression() {
                        Some(member) => member.static_property_name().unwrap_or_default(),
                        None => target.get_identifier_name().unwrap_or_default(),
                    },
                    None => "",
                };
                self.names.push(Name {
                    text: name.to_owned(),
                    function: false,
                });
                if let Some(name) = assignment
                    .left
                    .as_simple_assignment_target()
                    .and_then(|target| target.get_identifier_name())
                {
                    // A name that changes means nothing certain from there on.
                    let scope = self.scopes.first().cloned().unwrap_or_default();
                    self.changed(name, scope);
                }
            }
            AstKind::CallExpression(call) => {
                let here = self.here(call);
                self.nodes.calls.push(here);
            }
            AstKind::NewExpression(new) => {
                let here = self.here(new);
                self.nodes.news.push(here);
            }
            AstKind::ObjectExpression(object) => {
                let here = self.here(object);
                self.nodes.objects.push(here);
            }
            AstKind::UnaryExpression(unary) => {
                let here = self.here(unary);
                self.nodes.deletes.push(here);
            }
            AstKind::ArrayExpression(array) => self.arrays.push(range(array.span)),
            AstKind::JSXOpeningElement(element) => self.nodes.elements.push(element),
            AstKind::LogicalExpression(logical) => self.nodes.logical.push(logical),
            AstKind::ConditionalExpression(one) => self.nodes.conditional.push(one),
            AstKind::IfStatement(branch) => self.nodes.branches.push(branch),
            _ => {}
        }
    }

    fn leave_node(&mut self, kind: AstKind<'a>) {
        match kind {
            AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => {
                self.leave_around();
                self.names.pop();
            }
            AstKind::CatchClause(_) => self.leave_around(),
            AstKind::BlockStatement(_) => {
                self.scopes.pop();
            }
            AstKind::VariableDeclarator(_)
            | AstKind::ObjectProperty(_)
            | AstKind::MethodDefinition(_)
            | AstKind::AssignmentExpression(_) => {
                self.names.pop();
            }
            AstKind::ArrayExpression(_) => {
                self.arrays.pop();
            }
            _ => {}
        }
    }
}

impl<'a> Walk<'a> {
    fn changed(&mut self, name: &'a str, scope: Range<usize>) {
        let all = self.nodes.bindings.entry(name).or_default();
        for binding in all.iter_mut() {
            if !matches!(binding.means, Means::Function(_)) {
                binding.means = Means::Unknown;
            }
        }
        if all.is_empty() {
            all.push(Binding {
                scope,
                means: Means::Unknown,
            });
        }
    }
}

/// The bytes of an expression.
pub(crate) fn place(expression: &Expression<'_>) -> Range<usize> {
    range(expression.span())
}
