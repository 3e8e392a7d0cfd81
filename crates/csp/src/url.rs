//! Addresses that a policy is asked about.

/// An address as matching looks at it (section 6.7.2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Url<'u> {
    /// Lower case, without `:`.
    pub(crate) scheme: &'u str,
    /// Lower case; empty for `data:` and its like.
    pub(crate) host: &'u str,
    /// `None` for the scheme's own.
    pub(crate) port: Option<u32>,
    /// With its `/`; empty where only the host counts.
    pub(crate) path: &'u str,
    /// The page's own origin.
    pub(crate) own: bool,
}

/// A host that nobody names: what matches it matches any.
const STRANGER: &str = "stranger.invalid";

impl<'u> Url<'u> {
    pub(crate) const fn at(scheme: &'u str, host: &'u str) -> Self {
        Self {
            scheme,
            host,
            port: None,
            path: "/",
            own: false,
        }
    }

    /// Any host over TLS.
    pub(crate) const HTTPS: Url<'static> = Url::at("https", STRANGER);
    /// Any host in plain text.
    pub(crate) const HTTP: Url<'static> = Url::at("http", STRANGER);
    /// `data:`, which holds its own content.
    pub(crate) const DATA: Url<'static> = Url::at("data", "");
    /// `blob:`, made by a script of the page.
    pub(crate) const BLOB: Url<'static> = Url::at("blob", "");
    /// The page's own origin, which is taken to be served over TLS.
    pub(crate) const OWN: Url<'static> = Url {
        own: true,
        ..Url::at("https", "own.invalid")
    };

    /// The scheme's own port.
    pub(crate) fn default_port(self) -> Option<u32> {
        match self.scheme {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        }
    }
}
