//! Names and what they are bound to while a file is gone through.

use super::eval::Names;
use super::value::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a name is bound to.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) value: Value,
    /// The name's bytes where it is bound.
    pub(super) name: Range<usize>,
    /// The file of these, by its number.
    pub(super) file: usize,
    /// Bound only under a condition that nothing here decides.
    pub(super) maybe: bool,
}

/// Names of a module, of the functions inside, from the outside in.
#[derive(Debug)]
pub(super) struct Scope {
    layers: Vec<BTreeMap<String, Binding>>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            layers: vec![BTreeMap::new()],
        }
    }
}

impl Scope {
    /// Goes into a function or class.
    pub(super) fn enter(&mut self) {
        self.layers.push(BTreeMap::new());
    }

    /// Comes out, with the names that were bound inside.
    pub(super) fn leave(&mut self) -> BTreeMap<String, Binding> {
        match self.layers.len() {
            0 | 1 => BTreeMap::new(),
            _ => self.layers.pop().unwrap_or_default(),
        }
    }

    /// The innermost binding.
    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.layers.iter().rev().find_map(|layer| layer.get(name))
    }

    /// All names of the module.
    pub(super) fn module(&self) -> impl Iterator<Item = (&String, &Binding)> {
        self.layers.first().into_iter().flatten()
    }

    /// Binds a name. What is bound for sure stays before what is bound perhaps.
    pub(super) fn bind(&mut self, name: &str, binding: Binding) {
        let Some(layer) = self.layers.last_mut() else {
            return;
        };
        if binding.maybe && layer.get(name).is_some_and(|old| !old.maybe) {
            return;
        }
        layer.insert(name.to_owned(), binding);
    }

    /// Changes what a name is bound to, wherever that was.
    pub(super) fn change(&mut self, name: &str, value: Value) {
        let mut layers = self.layers.iter_mut().rev();
        if let Some(old) = layers.find_map(|layer| layer.get_mut(name)) {
            old.value = value;
        }
    }
}

impl Names for Scope {
    fn find(&self, name: &str) -> Option<Value> {
        self.get(name).map(|binding| binding.value.clone())
    }
}
