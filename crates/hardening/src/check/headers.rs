//! What the headers of all responses together leave open.

use super::Found;
use crate::file::Tree;
use crate::role::Role;

/// Looks at all responses.
pub(crate) fn look(_tree: &Tree, _roles: &dyn Fn(&str) -> Role, _found: &mut Found) {}
