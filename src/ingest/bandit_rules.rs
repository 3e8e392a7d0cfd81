//! What lockgate adds to Bandit's tests: the severity that each has as a rule, and how to mend it.
//!
//! The severities are those that Bandit's plugins and block lists give (`bandit/plugins/*.py`,
//! `bandit/blacklists/*.py`, 1.9); where a plugin chooses between several, the worst one.

use crate::model::{Secret, Severity};

/// One of Bandit's tests.
pub struct Known {
    id: &'static str,
    /// The severity of the rule.
    pub severity: Severity,
    /// How to mend what it finds.
    pub fix: &'static str,
}

/// The test with this id, if it is a known one.
pub fn find(id: &str) -> Option<&'static Known> {
    let index = KNOWN.binary_search_by_key(&id, |known| known.id).ok()?;
    KNOWN.get(index)
}

/// The tests whose message quotes the password that they found.
fn quotes_password(id: &str) -> bool {
    matches!(id, "B105" | "B106" | "B107")
}

/// `Possible hardcoded password: 'hunter2'` (`general_hardcoded_password.py`) → the password.
pub fn quoted_password(id: &str, text: &str) -> Option<Secret> {
    let (_, rest) = text.split_once(':').filter(|_| quotes_password(id))?;
    let rest = rest.trim();
    let inner = rest
        .strip_prefix('\'')
        .and_then(|r| r.strip_suffix('\''))
        .unwrap_or(rest);
    Some(Secret::new(inner))
}

/// The message without the password.
pub fn without_password<'a>(id: &str, text: &'a str) -> &'a str {
    match text.split_once(':') {
        Some((before, _)) if quotes_password(id) => before,
        _ => text,
    }
}

const LOW: Severity = Severity::Low;
const MEDIUM: Severity = Severity::Medium;
const HIGH: Severity = Severity::High;

const fn known(id: &'static str, severity: Severity, fix: &'static str) -> Known {
    Known { id, severity, fix }
}

/// Sorted by id.
#[rustfmt::skip]
static KNOWN: &[Known] = &[
    known("B101", LOW, "Raise an exception instead of using assert: `python -O` removes assertions."),
    known("B102", MEDIUM, "Replace exec() with an explicit function or a lookup table."),
    known("B103", HIGH, "Give the file only the permissions that it needs, such as 0o600 or 0o750."),
    known("B104", MEDIUM, "Bind to 127.0.0.1, or read the address from the configuration of each deployment."),
    known("B105", LOW, "Read the password from the environment or a secret store, and change it: it is in the history."),
    known("B106", LOW, "Read the password from the environment or a secret store, and change it: it is in the history."),
    known("B107", LOW, "Make the parameter required, and read the password from the environment or a secret store."),
    known("B108", MEDIUM, "Use the tempfile module (mkstemp, TemporaryDirectory) instead of a fixed path."),
    known("B109", MEDIUM, "Mark the option as secret, so that it is not logged."),
    known("B110", LOW, "Catch the exceptions that you expect, and log the rest."),
    known("B111", LOW, "Run the command without root, or drop privileges first."),
    known("B112", LOW, "Catch the exceptions that you expect, and log the rest."),
    known("B113", MEDIUM, "Pass `timeout=` to every call of requests."),
    known("B201", HIGH, "Turn Flask's debug mode off outside development: its console runs any code."),
    known("B202", HIGH, "Extract with `filter=\"data\"`, or check every member's path before extracting."),
    known("B301", MEDIUM, "Use json, or sign the data and check the signature before unpickling."),
    known("B302", MEDIUM, "Use json instead of marshal for data from outside."),
    known("B303", MEDIUM, "Use hashlib.sha256 or better; for passwords argon2, scrypt or bcrypt."),
    known("B304", HIGH, "Use an authenticated cipher: AES-GCM or ChaCha20-Poly1305."),
    known("B305", MEDIUM, "Use an authenticated mode such as GCM instead of ECB."),
    known("B306", MEDIUM, "Use tempfile.mkstemp or NamedTemporaryFile instead of mktemp."),
    known("B307", MEDIUM, "Use ast.literal_eval for literals, or parse the input."),
    known("B308", MEDIUM, "Use format_html, and let the template escape values."),
    known("B309", MEDIUM, "Use a Python that checks certificates by default (2.7.9, 3.4.3 or later)."),
    known("B310", MEDIUM, "Check that the address starts with https:// before opening it."),
    known("B311", LOW, "Use the secrets module for tokens, keys and passwords."),
    known("B312", HIGH, "Use SSH instead of telnet."),
    known("B313", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B314", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B315", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B316", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B317", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B318", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B319", MEDIUM, "Parse XML from outside with defusedxml."),
    known("B320", MEDIUM, "Parse with resolve_entities=False and no_network=True."),
    known("B321", HIGH, "Use SFTP or HTTPS instead of FTP."),
    known("B322", HIGH, "Use raw_input, or run on Python 3."),
    known("B323", MEDIUM, "Use ssl.create_default_context, which checks certificates."),
    known("B324", HIGH, "Use hashlib.sha256 or better; if it is no security use, pass usedforsecurity=False."),
    known("B325", MEDIUM, "Use tempfile.TemporaryFile instead of os.tempnam."),
    known("B401", HIGH, "Use SSH instead of telnet."),
    known("B402", HIGH, "Use SFTP or HTTPS instead of FTP."),
    known("B403", LOW, "Unpickle only data that you wrote and signed."),
    known("B404", LOW, "Check each call of subprocess: no shell, arguments as a list."),
    known("B405", LOW, "Parse XML from outside with defusedxml."),
    known("B406", LOW, "Parse XML from outside with defusedxml."),
    known("B407", LOW, "Parse XML from outside with defusedxml."),
    known("B408", LOW, "Parse XML from outside with defusedxml."),
    known("B409", LOW, "Parse XML from outside with defusedxml."),
    known("B410", LOW, "Parse with resolve_entities=False and no_network=True."),
    known("B411", HIGH, "Call defusedxml.xmlrpc.monkey_patch() before using xmlrpc."),
    known("B412", HIGH, "Do not run CGI scripts with httpoxy-prone handlers; ignore the Proxy header."),
    known("B413", HIGH, "Replace pycrypto, which is not maintained, with cryptography."),
    known("B415", HIGH, "Use IPMI only on a management network that nobody else reaches."),
    known("B501", HIGH, "Remove verify=False; give the CA's certificate to `verify=` when it is a private one."),
    known("B502", HIGH, "Use ssl.create_default_context: TLS 1.2 or later."),
    known("B503", MEDIUM, "Use TLS 1.2 or later as the default of the parameter."),
    known("B504", LOW, "Name the protocol: ssl.PROTOCOL_TLS_CLIENT with TLS 1.2 or later."),
    known("B505", HIGH, "Use RSA of at least 2048 bits, or elliptic curves of at least 224."),
    known("B506", MEDIUM, "Use yaml.safe_load."),
    known("B507", HIGH, "Load the known host keys and use RejectPolicy."),
    known("B508", MEDIUM, "Use SNMPv3 with authentication and privacy."),
    known("B509", MEDIUM, "Use SNMPv3 with authentication and privacy."),
    known("B601", MEDIUM, "Quote every argument with shlex.quote before it reaches the remote shell."),
    known("B602", HIGH, "Pass the command as a list without shell=True."),
    known("B603", LOW, "Make sure that no argument comes from outside unchecked."),
    known("B604", MEDIUM, "Pass the command as a list without shell=True."),
    known("B605", HIGH, "Use subprocess.run with a list instead of a shell command."),
    known("B606", LOW, "Make sure that no argument comes from outside unchecked."),
    known("B607", LOW, "Name the program by its full path."),
    known("B608", MEDIUM, "Use query parameters instead of building the SQL text."),
    known("B609", HIGH, "Put `--` or `./` before the wildcard, or list the files in Python."),
    known("B610", MEDIUM, "Use the query methods of the ORM instead of extra()."),
    known("B611", MEDIUM, "Use the query methods of the ORM instead of RawSQL."),
    known("B612", MEDIUM, "Do not use logging.config.listen, or verify what it receives."),
    known("B613", HIGH, "Remove the bidirectional control characters from the source."),
    known("B614", MEDIUM, "Load with weights_only=True, or use safetensors."),
    known("B615", MEDIUM, "Pin `revision=` to a commit."),
    known("B701", HIGH, "Create the environment with autoescape=select_autoescape()."),
    known("B702", MEDIUM, "Escape with the |h filter or default_filters=[\"h\"]."),
    known("B703", MEDIUM, "Use format_html, and let the template escape values."),
    known("B704", MEDIUM, "Escape values with markupsafe.escape instead of marking text as safe."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(KNOWN.is_sorted_by_key(|known| known.id));
        assert_eq!(find("B602").map(|k| k.severity), Some(Severity::High));
        assert!(find("B999").is_none());
    }

    #[test]
    fn passwords_are_taken_out_of_messages() {
        let text = "Possible hardcoded password: 'a:b'c'";
        assert_eq!(
            without_password("B105", text),
            "Possible hardcoded password"
        );
        assert_eq!(
            quoted_password("B105", text).map(|s| s.redact("x").length),
            Some(5)
        );
        assert_eq!(without_password("B602", "a: b"), "a: b");
        assert!(quoted_password("B602", "a: b").is_none());
    }
}
