//! Where GitHub is, and which repository is meant.

use http::Uri;
use std::net::IpAddr;

/// The addresses of a GitHub server: github.com, a data residency's or an Enterprise Server's
/// (docs.github.com, "Variables reference", `GITHUB_API_URL` and `GITHUB_SERVER_URL`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    api: String,
    web: String,
}

impl Server {
    /// Accepts the address of the REST API and that of the pages for people. Only `https` is
    /// accepted, and `http` to this very machine: the token goes to the API's address.
    ///
    /// # Errors
    /// With what is wrong, as the end of a sentence about the address.
    pub fn new(api: &str, web: &str) -> Result<Self, &'static str> {
        Ok(Self {
            api: checked(api)?,
            web: checked(web)?,
        })
    }

    /// github.com.
    pub fn github_com() -> Self {
        Self {
            api: "https://api.github.com".to_owned(),
            web: "https://github.com".to_owned(),
        }
    }

    /// The API's address, without a slash at its end.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The address of the pages, without a slash at its end.
    pub fn web(&self) -> &str {
        &self.web
    }

    /// The path of the API's address: `/api/v3` on Enterprise Server, else nothing.
    pub fn prefix(&self) -> &str {
        let after = self.api.find("://").map_or(0, |at| at + 3);
        let rest = self.api.get(after..).unwrap_or_default();
        rest.find('/')
            .and_then(|at| rest.get(at..))
            .unwrap_or_default()
    }

    /// The path and query of an address that the server named, below the API's own; `None` when it
    /// leads anywhere else.
    pub fn below<'a>(&self, address: &'a str) -> Option<&'a str> {
        let rest = match address.strip_prefix(self.api.as_str()) {
            Some(rest) => rest,
            None if address.starts_with("//") => return None,
            None => address.strip_prefix(self.prefix())?,
        };
        rest.starts_with('/').then_some(rest)
    }

    /// Whether the server is this machine, without encryption and without a proxy between.
    pub fn is_plain(&self) -> bool {
        self.api.starts_with("http://")
    }
}

fn checked(address: &str) -> Result<String, &'static str> {
    let address = address.trim_end_matches('/');
    let uri: Uri = address.parse().map_err(|_| "it is no address")?;
    let authority = uri.authority().ok_or("it names no host")?;
    if authority.as_str().contains('@') {
        return Err("it holds a name or password");
    }
    if uri.query().is_some() || address.contains('#') {
        return Err("it holds more than a host and a path");
    }
    match uri.scheme_str() {
        Some("https") => Ok(address.to_owned()),
        Some("http") if is_loopback(authority.host()) => Ok(address.to_owned()),
        Some("http") => Err("it is not encrypted (https)"),
        _ => Err("it does not begin with https://"),
    }
}

/// Whether a host is this machine. Names are not looked up.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A repository's owner and name, of characters that stand for themselves in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    owner: String,
    name: String,
}

/// Longest owner or name, in bytes; GitHub allows 39 and 100.
const LONGEST: usize = 100;

impl Repository {
    /// Accepts `owner/name`.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once('/')?;
        let good = |part: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            (1..=LONGEST).contains(&part.len())
                && part.chars().all(plain)
                && !matches!(part, "." | "..")
        };
        (good(owner) && good(name)).then(|| Self {
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The owner: an account or an organisation.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name below the owner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The path of one of its resources in the API: `/repos/owner/name/rest`.
    pub fn path(&self, rest: &str) -> String {
        format!("/repos/{}/{}/{rest}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(api: &str) -> bool {
        Server::new(api, "https://github.com").is_err()
    }

    #[test]
    fn only_encrypted_addresses_and_this_machine_are_accepted() {
        for good in [
            "https://api.github.com",
            "https://api.github.com/",
            "https://ghe.example.org/api/v3",
            "https://api.tenant.ghe.com:8443",
            "http://127.0.0.1:4010",
            "http://127.8.9.1:1/api/v3",
            "http://localhost:4010",
            "http://[::1]:4010",
        ] {
            assert!(!refused(good), "{good}");
        }
        for bad in [
            "",
            "api.github.com",
            "http://api.github.com",
            "http://127.0.0.1.example.org",
            "http://localhost.example.org",
            "ftp://127.0.0.1",
            "https://user:word@ghe.example.org",
            "http://127.0.0.1@example.org",
            "https://ghe.example.org/?to=x",
            "https://ghe.example.org/#x",
            "file:///etc/passwd",
            "https://",
            "https://a b",
        ] {
            assert!(refused(bad), "{bad}");
        }
    }

    #[test]
    fn next_pages_stay_below_the_api() {
        let server =
            Server::new("https://ghe.example.org/api/v3/", "https://ghe.example.org").unwrap();
        assert_eq!(server.prefix(), "/api/v3");
        assert_eq!(
            server.below("https://ghe.example.org/api/v3/repos/o/r?page=2"),
            Some("/repos/o/r?page=2")
        );
        assert_eq!(
            server.below("/api/v3/repositories/1"),
            Some("/repositories/1")
        );
        for away in [
            "https://ghe.example.org/other",
            "https://ghe.example.org/api/v3.example.org/x",
            "https://example.org/api/v3/x",
            "//example.org/x",
            "x",
        ] {
            assert_eq!(server.below(away), None, "{away}");
        }
        assert_eq!(Server::github_com().prefix(), "");
    }

    #[test]
    fn repositories_are_two_plain_names() {
        let repository = Repository::parse("Some-Org/a.b_c").unwrap();
        assert_eq!(
            repository.path("issues/1/comments"),
            "/repos/Some-Org/a.b_c/issues/1/comments"
        );
        for bad in [
            "", "a", "a/", "/b", "a/b/c", "a/..", "a/b?c", "a/b c", "ä/b", "a/b\n",
        ] {
            assert_eq!(Repository::parse(bad), None, "{bad}");
        }
    }
}
