//! Names that say "this is a secret", and values that are none yet.

/// What the value of a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secret {
    /// Nothing, or nothing that can be a secret: a number, a truth value, a path of a mounted secret.
    None,
    /// Words that tell to put the secret here.
    StandIn,
    /// A secret.
    Literal,
}

/// Words in names of settings that hold a secret.
const SECRET: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PASS",
    "PWD",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
    "SALT",
    "PEPPER",
];
/// What comes before `KEY` in names of keys that are secret.
const KEYS: &[&str] = &[
    "SECRET",
    "PRIVATE",
    "API",
    "ACCESS",
    "ENCRYPTION",
    "SIGNING",
    "MASTER",
    "AUTH",
    "JWT",
    "FERNET",
    "SESSION",
    "APP",
    "HMAC",
    "AES",
    "CRYPTO",
    "SERVICE",
    "ROLE",
    "ADMIN",
    "MEILI",
];
/// Words in names of settings that hold no secret, wherever they stand.
const NEVER: &[&str] = &[
    "PUBLIC",
    "PUBLISHABLE",
    "ALLOW",
    "MAX",
    "MIN",
    "GENERATE",
    "RANDOM",
    "ENABLE",
    "ENABLED",
    "DISABLE",
    "DISABLED",
    "REQUIRE",
    "REQUIRED",
    "VALIDATE",
    "SITE",
];
/// Words behind the word for a secret that make the setting one about it.
const ABOUT: &[&str] = &[
    "FILE",
    "PUBLIC",
    "PUBLISHABLE",
    "EXPIRE",
    "EXPIRES",
    "EXPIRY",
    "EXPIRATION",
    "TTL",
    "ALGORITHM",
    "ALGO",
    "URL",
    "URI",
    "URLS",
    "PATH",
    "DIR",
    "EMPTY",
    "ALLOW",
    "SCHEME",
    "POLICY",
    "LENGTH",
    "MIN",
    "MAX",
    "NAME",
    "HEADER",
    "PREFIX",
    "LIFETIME",
    "MINUTES",
    "HOURS",
    "DAYS",
    "SECONDS",
    "SECS",
    "ROTATION",
    "ROTATE",
    "ENABLED",
    "ENABLE",
    "DISABLED",
    "DISABLE",
    "REQUIRED",
    "TYPE",
    "ISSUER",
    "AUDIENCE",
    "LIMIT",
    "TIMEOUT",
    "SITE",
    "HINT",
    "COUNT",
    "VERSION",
    "USER",
    "USERNAME",
    "AGE",
    "COOKIE",
    "RESET",
    "VALIDITY",
    "MODE",
    "FORMAT",
    "HASHER",
    "HASHERS",
    "ROUNDS",
    "METHOD",
    "ENDPOINT",
    "HOST",
    "PORT",
    "REGEX",
    "RANDOM",
    "GENERATE",
    "VALIDATION",
    "VALIDATORS",
    "ARN",
    "TIME",
    "DURATION",
    "INTERVAL",
    "REUSE",
    "REFRESH_INTERVAL",
    "DRIVER",
    "BACKEND",
    "CLASS",
    "STORE",
    "LEN",
    "SIZE",
    "VIA",
    "LOCATION",
    "FIELD",
    "PARAM",
    "STRATEGY",
    "PROVIDER",
];

/// Whether a setting of this name holds a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let upper = split_humps(name);
    let words: Vec<&str> = upper
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.iter().any(|word| NEVER.contains(word)) {
        return false;
    }
    // `DBPASS`, `REDISPASSWORD`: the word is glued to what it opens.
    let glued = |word: &str| {
        ["PASSWORD", "PASSWD", "PASS", "SECRET", "APIKEY"]
            .iter()
            .any(|end| word.len() > end.len() && word.ends_with(end) && !word.ends_with("BYPASS"))
    };
    let is_secret = |(at, word): (usize, &&str)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let is_key =
            matches!(*word, "KEY" | "KEYS") && before.is_some_and(|kind| KEYS.contains(kind));
        // `UWSGI_PASS` is where requests go.
        let goes = *word == "PASS"
            && before
                .is_some_and(|before| matches!(*before, "UWSGI" | "PROXY" | "FASTCGI" | "GRPC"));
        (!goes && (SECRET.contains(word) || is_key || glued(word))).then_some(at)
    };
    let Some(at) = words.iter().enumerate().filter_map(is_secret).next_back() else {
        return false;
    };
    let behind = words.get(at + 1..).unwrap_or_default();
    !behind
        .iter()
        .any(|word| ABOUT.contains(word) || *word == "ID")
}

/// `jwtSecret` as `JWT_SECRET`; all upper case otherwise.
fn split_humps(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut low = false;
    for c in name.chars() {
        if low && c.is_ascii_uppercase() {
            out.push('_');
        }
        low = c.is_ascii_lowercase();
        out.push(c.to_ascii_uppercase());
    }
    out
}

/// Parts of values, in lower case, that ask people to put something else there. French ones as well: the
/// checklists that these rules come from are.
const STAND_INS: &[&str] = &[
    "change_me",
    "changeme",
    "change-me",
    "change_this",
    "changethis",
    "change-this",
    "change it",
    "change_it",
    "changeit",
    "please_change",
    "please-change",
    "to_be_changed",
    "replace_me",
    "replaceme",
    "replace-me",
    "replace_with",
    "replace-with",
    "replace this",
    "replacethis",
    "placeholder",
    "fill_me",
    "fillme",
    "fill-me",
    "fill_in",
    "your_",
    "your-",
    "yourpassword",
    "yoursecret",
    "yourkey",
    "my-secret",
    "mysecret",
    "my_secret",
    "insert_",
    "insert-",
    "to-be-set",
    "to_be_set",
    "set_me",
    "set-me",
    "setme",
    "xxxx",
    "dummy",
    "a_changer",
    "a-changer",
    "changez",
    "remplacer",
    "remplacez",
    "votre_",
    "votre-",
    "mot_de_passe",
    "mot-de-passe",
    "motdepasse",
    "production-256",
    "generate_",
    "generate-with",
    "generate with",
    "random-string",
    "random_string",
    "some-secret",
    "some_secret",
    "-here",
    "_here",
    "key1,key2",
    "strong_password",
    "strongpassword",
    "strong-password",
    "secure_password",
    "not-a-secret",
    "example",
];

/// What a value of a setting that holds a secret is, after variables were taken out.
pub(crate) fn of_value(value: &str) -> Secret {
    let value = value.trim();
    let lower = value.to_lowercase();
    let nothing = value.is_empty()
        || matches!(
            lower.as_str(),
            "true"
                | "false"
                | "yes"
                | "no"
                | "on"
                | "off"
                | "null"
                | "none"
                | "undefined"
                | "invalid"
                | "disabled"
                | "unset"
                | "~"
        );
    let number = !value.is_empty() && value.len() < 5 && value.bytes().all(|b| b.is_ascii_digit());
    // Secrets of the platform, of a store, or sealed ones.
    let elsewhere = [
        "/run/secrets/",
        "/",
        "./",
        "file:",
        "encrypted:",
        "enc[",
        "vault:",
        "op://",
        "arn:",
        "secretref:",
        "ssm:",
        "{{",
        "${",
        "$(",
        "@",
    ]
    .iter()
    .any(|start| lower.starts_with(start) && !(*start == "/" && value.len() > 80));
    if nothing || number || elsewhere {
        return Secret::None;
    }
    if is_stand_in(&lower) {
        return Secret::StandIn;
    }
    Secret::Literal
}

/// Whether a value, in lower case, only tells to put something else there.
fn is_stand_in(lower: &str) -> bool {
    let bracketed = [('<', '>'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| lower.starts_with(*open) && lower.ends_with(*close));
    let same = {
        let mut bytes = lower.bytes();
        let first = bytes.next();
        lower.len() > 2 && bytes.all(|byte| Some(byte) == first)
    };
    // The beginning that all keys of a service have.
    let bare = lower.len() < 6 && lower.ends_with(['-', '_']);
    bracketed
        || same
        || bare
        || lower.contains("...")
        || lower.starts_with("!!!")
        || lower == "todo"
        || STAND_INS.iter().any(|part| lower.contains(part))
}

/// The password in an address, `scheme://user:password@host`, as bytes of the text.
pub(crate) fn in_address(text: &str) -> Option<std::ops::Range<usize>> {
    let from = text.find("://")? + 3;
    let rest = text.get(from..)?;
    let authority = rest
        .find(['/', '?', '#', ' ', '"', '\''])
        .map_or(Some(rest), |end| rest.get(..end))?;
    let at = authority.rfind('@')?;
    // A colon inside of braces belongs to a variable: `${USER:-app}`.
    let mut depth = 0_usize;
    let colon = authority.get(..at)?.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b':' && depth == 0
    })?;
    (colon + 1 < at).then_some(from + colon + 1..from + at)
}

/// Text of a file as it may stand in a message: short, and in quotes.
pub(crate) fn quoted(text: &str) -> String {
    let line: String = text.chars().take(80).collect();
    match line.len() < text.len() {
        true => format!("`{line}…`"),
        false => format!("`{line}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "POSTGRES_PASSWORD",
            "EMAIL_HOST_PASSWORD",
            "MYSQL_USER_PASSWORD",
            "COOKIE_SECRET",
            "SOGO_URL_ENCRYPTION_KEY",
            "DBPASS",
            "JWT_SECRET",
            "jwtSecret",
            "FERNET_KEYS",
            "API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY",
            "password",
            "GITHUB_TOKEN",
            "MYSQL_ROOT_PASSWORD",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "POSTGRES_PASSWORD_FILE",
            "ALLOW_EMPTY_PASSWORD",
            "JWT_PUBLIC_KEY",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "MAILCOW_PASS_SCHEME",
            "AWS_ACCESS_KEY_ID",
            "TOKEN_URL",
            "STRIPE_PUBLISHABLE_KEY",
            "BYPASS",
            "JWT_PRIVATE_KEY_PATH",
            "KEYCLOAK_REALM",
            "MAX_TOKENS",
            "COMPASS_PORT",
            "DD_UWSGI_PASS",
            "PASSWORD_RESET_TIMEOUT",
            "ALLOW_PASSWORD_LOGIN",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_of_secrets() {
        for value in [
            "change_me",
            "<password>",
            "your-key-here",
            "key1,key2,key3",
            "xxx",
            "CHANGE_ME_NOW",
        ] {
            assert_eq!(of_value(value), Secret::StandIn, "{value}");
        }
        for value in ["", "true", "/run/secrets/db", "1", "encrypted:abc"] {
            assert_eq!(of_value(value), Secret::None, "{value}");
        }
        assert_eq!(of_value("postgres"), Secret::Literal);
    }

    #[test]
    fn passwords_in_addresses() {
        let text = "postgres://app:pw1@db:5432/x";
        assert_eq!(
            in_address(text).map(|place| text.get(place).unwrap()),
            Some("pw1")
        );
        let text = "postgres://${U:-app}:pw2@db/x";
        assert_eq!(
            in_address(text).map(|place| text.get(place).unwrap()),
            Some("pw2")
        );
        assert_eq!(in_address("redis://redis:6379/0"), None);
        assert_eq!(in_address("http://a/b:c@d"), None);
    }
}
