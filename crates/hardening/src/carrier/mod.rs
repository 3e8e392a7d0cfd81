//! Formats in which somebody says which headers a response gets. One folder or file for each.

pub(crate) mod nginx;
