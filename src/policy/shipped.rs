//! The policies that are built in, by name.

use super::Source;

/// A shipped policy.
pub struct Shipped {
    /// `lockgate:balanced`.
    pub name: &'static str,
    /// What it is for, in one line.
    pub about: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The policy that holds when there is no file.
pub const DEFAULT: &str = "lockgate:balanced";

/// All shipped policies. The files are in `policies/`.
pub static SHIPPED: &[Shipped] = &[
    Shipped {
        name: "lockgate:balanced",
        about: "blocks introduced secrets, and introduced or overdue findings of high severity or above",
        text: include_str!("../../policies/balanced.toml"),
    },
    Shipped {
        name: "lockgate:strict",
        about: "blocks everything of medium severity or above; warns of the rest",
        text: include_str!("../../policies/strict.toml"),
    },
    Shipped {
        name: "lockgate:audit-only",
        about: "blocks nothing, warns of everything; missing evidence still fails",
        text: include_str!("../../policies/audit-only.toml"),
    },
];

/// The JSON Schema of policy files (draft-07, which editors' TOML plugins read).
pub static SCHEMA: &str = include_str!("../../schemas/policy.schema.json");

/// Finds a shipped policy by its full name.
pub fn shipped(name: &str) -> Option<Source> {
    let found = SHIPPED.iter().find(|shipped| shipped.name == name)?;
    Some(Source {
        name: found.name.to_owned(),
        path: None,
        text: found.text.to_owned(),
    })
}
