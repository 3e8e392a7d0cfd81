//! The token: read from the environment, given to the client, and never shown.

use http::header::{HeaderValue, InvalidHeaderValue};

/// A token. It has no `Debug`, `Display` or `Clone`: it can only be handed to the client.
pub struct Token(String);

/// Where the token stands, the first that is set. It is no option: arguments are seen by everybody
/// on the machine.
const NAMES: [&str; 2] = ["LOCKGATE_TOKEN", "GITHUB_TOKEN"];

impl Token {
    /// The token of the environment, if there is one.
    pub fn from_environment() -> Option<Self> {
        NAMES.iter().find_map(|name| {
            let value = std::env::var(name).ok()?;
            let value = value.trim().to_owned();
            // Anything else cannot stand in a header.
            let plain = !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic());
            plain.then_some(Self(value))
        })
    }

    /// A token that opens nothing.
    #[cfg(test)]
    pub(super) fn of_test(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token as a header, which no debug output shows.
    ///
    /// # Errors
    /// Never for tokens of the environment, whose characters are checked.
    pub(super) fn into_header(self) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", self.0))?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// A process whose environment may hold a token leaves no core dump, and neither do its children. To be
/// called before anything foreign is read.
#[cfg(unix)]
pub fn no_core_dump() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Refused only where dumps are out of our hands anyway.
    let _ = setrlimit(Resource::Core, none);
}

/// Where the system has no such limit.
#[cfg(not(unix))]
pub fn no_core_dump() {}
