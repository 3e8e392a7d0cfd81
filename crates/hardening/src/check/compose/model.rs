//! Services, as Compose understands them (<https://docs.docker.com/reference/compose-file/services/>): both
//! ways to write an environment, ports, mounts and commands.

use crate::words::variable;
use crate::yaml::{Node, Value};
use std::ops::Range;
use std::rc::Rc;

/// Services of a file and entries of a service, at most; a file with more was made for that.
const MOST: usize = 1_000;

/// A file of Compose.
pub(crate) struct Compose {
    pub(crate) services: Vec<Service>,
    /// It has more services or entries than are looked at.
    pub(crate) is_cut: bool,
    /// The key of the obsolete `version`.
    pub(crate) version: Option<Range<usize>>,
}

/// A service.
pub(crate) struct Service {
    pub(crate) name: String,
    /// The bytes of its name.
    pub(crate) place: Range<usize>,
    pub(crate) node: Rc<Node>,
}

/// A setting `name=value`.
pub(crate) struct Setting {
    pub(crate) name: String,
    /// `None` when it is handed down from outside.
    pub(crate) value: Option<String>,
    /// The bytes of the entry: its value in a map, all of it in a list.
    pub(crate) place: Range<usize>,
    /// Where the value begins in the file, when it stands there as it is.
    pub(crate) value_at: Option<usize>,
}

/// A published port.
pub(crate) struct Port {
    /// The address on the host; `None` for all interfaces.
    pub(crate) address: Option<String>,
    /// The port in the container, the first one of a range.
    pub(crate) target: u16,
    /// The port on the host as it is written; empty when one is chosen.
    pub(crate) published: String,
    pub(crate) place: Range<usize>,
    /// The address is in a variable that only the host knows.
    unknown: bool,
}

impl Port {
    /// Whether everybody who reaches the host reaches it.
    pub(crate) fn is_open(&self) -> bool {
        if self.unknown {
            return false;
        }
        let Some(address) = self.address.as_deref() else {
            return true;
        };
        matches!(address, "" | "0.0.0.0" | "::" | "[::]" | "*")
    }
}

/// A mount.
pub(crate) struct Mount {
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) read_only: bool,
    pub(crate) place: Range<usize>,
}

/// A word of a command.
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) place: Range<usize>,
}

impl Compose {
    /// `None` for a document that is no file of Compose.
    pub(crate) fn of(document: &Rc<Node>) -> Option<Self> {
        let services = document.get("services")?.entries();
        let services = services
            .iter()
            .filter(|(_, node)| matches!(node.value, Value::Map(_)));
        let version = document.entry("version");
        let long = |node: &Rc<Node>| node.entries().len().max(node.items().len()) > MOST;
        let mut parts = services.clone().flat_map(|(_, node)| node.entries());
        let is_cut = services.clone().count() > MOST || parts.any(|(_, part)| long(part));
        let services = services.take(MOST).map(|(key, node)| Service {
            name: key.text.to_string(),
            place: key.place.clone(),
            node: node.clone(),
        });
        Some(Self {
            is_cut,
            services: services.collect(),
            version: version.map(|(key, _)| key.place.clone()),
        })
    }
}

impl Service {
    /// The image's name as it is written, with defaults for variables.
    pub(crate) fn image(&self) -> Option<String> {
        self.node.text_of("image").map(variable::resolve)
    }

    /// The last part of the image's name, without tag: `grafana` of `grafana/grafana:11`. The service's own
    /// name when it has no image.
    pub(crate) fn kind(&self) -> String {
        let image = self.image().unwrap_or_else(|| self.name.clone());
        let image = image.split('@').next().unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or_default();
        let name = last.split(':').next().unwrap_or_default();
        name.to_ascii_lowercase()
    }

    pub(crate) fn is_built(&self) -> bool {
        self.node.get("build").is_some()
    }

    /// Whether another file has the rest of it, so that what is missing here is not missing.
    pub(crate) fn is_overlay(&self) -> bool {
        let has = |key| self.node.get(key).is_some();
        !has("image") && !has("build") || has("extends")
    }

    /// Whether it only starts with a profile for tools of people.
    pub(crate) fn is_for_people(&self) -> bool {
        let Some(profiles) = self.node.get("profiles") else {
            return false;
        };
        let all: Vec<&str> = profiles
            .items()
            .iter()
            .filter_map(|item| item.text())
            .collect();
        let tools = [
            "dev",
            "development",
            "debug",
            "tools",
            "tool",
            "admin",
            "test",
            "tests",
            "testing",
            "local",
            "monitoring",
            "manual",
            "e2e",
            "ci",
            "never",
        ];
        !all.is_empty() && all.iter().all(|name| tools.contains(name))
    }

    pub(crate) fn environment(&self) -> Vec<Setting> {
        self.settings("environment")
    }

    pub(crate) fn labels(&self) -> Vec<Setting> {
        self.settings("labels")
    }

    fn settings(&self, key: &str) -> Vec<Setting> {
        let Some(node) = self.node.get(key) else {
            return Vec::new();
        };
        let from_map = node.entries().iter().map(|(key, value)| Setting {
            name: key.text.to_string(),
            value: (!value.is_null()).then(|| value.text().unwrap_or_default().to_owned()),
            place: match value.is_null() {
                true => key.place.clone(),
                false => value.place.clone(),
            },
            value_at: value.text_at(),
        });
        let from_list = node.items().iter().filter_map(|item| {
            let text = item.text()?;
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (text, None),
            };
            Some(Setting {
                name: name.trim().to_owned(),
                value,
                place: item.place.clone(),
                value_at: item.text_at().map(|at| at + name.len() + 1),
            })
        });
        from_map.take(MOST).chain(from_list.take(MOST)).collect()
    }

    pub(crate) fn ports(&self) -> Vec<Port> {
        let ports = self.node.get("ports").map_or(&[][..], |node| node.items());
        let read = |node: &Rc<Node>| match &node.value {
            Value::Map(_) => long_port(node),
            _ => short_port(node.text()?, node.place.clone()),
        };
        ports.iter().take(MOST).filter_map(read).collect()
    }

    pub(crate) fn mounts(&self) -> Vec<Mount> {
        let mounts = self
            .node
            .get("volumes")
            .map_or(&[][..], |node| node.items());
        let read = |node: &Rc<Node>| match &node.value {
            Value::Map(_) => Some(Mount {
                source: variable::resolve(node.text_of("source")?),
                target: variable::resolve(node.text_of("target")?),
                read_only: node.get("read_only").and_then(|node| node.truth()) == Some(true),
                place: node.place.clone(),
            }),
            _ => {
                let text = variable::resolve(node.text()?);
                let (source, rest) = text.split_once(':')?;
                let (target, options) = rest.split_once(':').unwrap_or((rest, ""));
                Some(Mount {
                    source: source.to_owned(),
                    target: target.to_owned(),
                    read_only: options.split(',').any(|option| option == "ro"),
                    place: node.place.clone(),
                })
            }
        };
        mounts.iter().take(MOST).filter_map(read).collect()
    }

    /// The words of `command`, or of `entrypoint`: items of a list, or a line split at white space.
    pub(crate) fn words(&self, key: &str) -> Vec<Word> {
        let Some(node) = self.node.get(key) else {
            return Vec::new();
        };
        match &node.value {
            Value::List(items) => items
                .iter()
                .take(MOST)
                .filter_map(|item| {
                    Some(Word {
                        text: item.text()?.to_owned(),
                        place: item.place.clone(),
                    })
                })
                .collect(),
            _ => split(node),
        }
    }

    /// What is started, in one line and in lower case.
    pub(crate) fn started(&self) -> String {
        let words = ["entrypoint", "command"].map(|key| self.words(key));
        let texts: Vec<String> = words
            .into_iter()
            .flatten()
            .map(|word| word.text.to_ascii_lowercase())
            .collect();
        texts.join(" ")
    }

    /// Texts of a list, or the one text that stands for it.
    pub(crate) fn texts(&self, key: &str) -> Vec<Word> {
        let Some(node) = self.node.get(key) else {
            return Vec::new();
        };
        let own = node.text().map(|_| node).into_iter();
        own.chain(node.items())
            .take(MOST)
            .filter_map(|item| {
                Some(Word {
                    text: item.text()?.to_owned(),
                    place: item.place.clone(),
                })
            })
            .collect()
    }
}

fn split(node: &Node) -> Vec<Word> {
    let Some(text) = node.text() else {
        return Vec::new();
    };
    let start = node.text_at();
    let mut words = Vec::new();
    let mut from = 0;
    for word in text.split_ascii_whitespace().take(MOST) {
        let at = text.get(from..).and_then(|rest| rest.find(word));
        let at = from + at.unwrap_or_default();
        from = at + word.len();
        words.push(Word {
            text: word.trim_matches(['"', '\'']).to_owned(),
            place: start.map_or(node.place.clone(), |start| start + at..start + from),
        });
    }
    words
}

fn long_port(node: &Node) -> Option<Port> {
    let host = node.text_of("host_ip");
    Some(Port {
        address: host.map(variable::resolve),
        target: first_port(&variable::resolve(node.text_of("target")?))?,
        published: node.text_of("published").unwrap_or_default().to_owned(),
        place: node.place.clone(),
        unknown: host.is_some_and(is_unknown),
    })
}

/// `[address:][published:]target[/protocol]`.
fn short_port(written: &str, place: Range<usize>) -> Option<Port> {
    let text = variable::resolve(written);
    let text = text.split('/').next().unwrap_or_default();
    let (host, target) = text.rsplit_once(':').unwrap_or(("", text));
    let (address, published) = match host.rsplit_once(':') {
        Some((address, published)) => (Some(address.to_owned()), published),
        None => (None, host),
    };
    // What stands first is an address in a variable: `${BIND}:5432:5432`.
    let first = match variable::variables(written).first() {
        Some(variable) if variable.place.start == 0 && address.is_some() => {
            written.get(variable.place.clone()).is_some_and(is_unknown)
        }
        _ => false,
    };
    Some(Port {
        address,
        target: first_port(target)?,
        published: published.to_owned(),
        place,
        unknown: first,
    })
}

fn is_unknown(text: &str) -> bool {
    variable::resolve(text).is_empty() && !text.is_empty()
}

fn first_port(text: &str) -> Option<u16> {
    text.split('-').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn service(text: &str) -> Service {
        let documents = yaml::parse(&format!("services:\n  a:\n{text}")).unwrap();
        Compose::of(&documents[0]).unwrap().services.remove(0)
    }

    #[test]
    fn ports_in_all_forms() {
        let one = service(
            "    ports:\n      - 5432:5432\n      - '127.0.0.1:6379:6379/tcp'\n      - \"[::1]:1:2\"\n      - ${B:-127.0.0.1:1}:3306\n      - target: 9200\n        published: 9200\n      - ${BIND}:1:2\n      - 80\n",
        );
        let told: Vec<_> = one
            .ports()
            .iter()
            .map(|p| (p.target, p.is_open()))
            .collect();
        let expected = [
            (5432, true),
            (6379, false),
            (2, false),
            (3306, false),
            (9200, true),
            (2, false),
            (80, true),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn environments_and_commands_in_both_forms() {
        let list = service("    environment:\n      - A=b=c\n      - D\n    command: x --y 'z'\n");
        let env = list.environment();
        assert_eq!(
            (env[0].name.as_str(), env[0].value.as_deref()),
            ("A", Some("b=c"))
        );
        assert_eq!((env[1].name.as_str(), env[1].value.as_deref()), ("D", None));
        assert_eq!(list.started(), "x --y z");
        let map = service(
            "    environment:\n      A: 1\n      B:\n    image: ghcr.io/x/redis:7@sha256:0\n",
        );
        assert_eq!(map.environment()[0].value.as_deref(), Some("1"));
        assert_eq!(map.environment()[1].value, None);
        assert_eq!(map.kind(), "redis");
    }
}
