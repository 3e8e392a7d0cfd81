//! What names and values of settings tell: secrets, stand-ins, variables of the environment.

pub(crate) mod header;
pub(crate) mod secret;
pub(crate) mod tls;
pub(crate) mod variable;
