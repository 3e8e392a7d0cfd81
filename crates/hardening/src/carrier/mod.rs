//! Formats in which somebody says which headers a response gets. One folder or file for each.

pub(crate) mod apache;
pub(crate) mod caddy;
pub(crate) mod haproxy;
pub(crate) mod hosting;
pub(crate) mod kubernetes;
pub(crate) mod nginx;
mod words;
