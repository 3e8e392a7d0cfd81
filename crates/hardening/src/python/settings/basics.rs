//! Keys, debugging, hosts, the database, passwords, sessions.

use super::Settings;
use crate::check::Raised;
use crate::python::value::{Cast, Valued, What};

pub(super) fn look(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    keys(settings, raised);
    debug(settings, raised);
    hosts(settings, raised);
    database(settings, raised);
    hashers(settings, raised);
}

/// Names of keys that sign or encrypt.
fn is_key(name: &str) -> bool {
    name == "SECRET_KEY"
        || [
            "_SECRET_KEY",
            "SIGNING_KEY",
            "ENCRYPTION_KEY",
            "JWT_SECRET",
            "FERNET_KEY",
        ]
        .iter()
        .any(|end| name.ends_with(end))
}

fn keys(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    for (name, binding) in settings.all().filter(|(name, _)| is_key(name)) {
        let value = &binding.value;
        let written = |value: &Valued| value.str().is_some_and(|text| !text.trim().is_empty());
        let mend = format!("{name} = os.environ[\"{name}\"]");
        match &value.what {
            What::Text(_) if name == "SECRET_KEY" && written(value) => raised.push(
                settings
                    .at_value("LG-DJG-101", value, format!(
                        "{name} is written in the settings: whoever reads the repository can forge sessions and tokens."
                    ))
                    .better(mend),
            ),
            What::Environment { default: Some(default), .. } if written(default) => raised.push(
                settings
                    .at_value("LG-DJG-102", default, format!(
                        "When the environment does not set {name}, the application runs with this known value instead of not at all."
                    ))
                    .better(mend),
            ),
            _ => {}
        }
    }
}

fn debug(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let Some(binding) = settings.get("DEBUG").filter(|binding| !binding.maybe) else {
        return;
    };
    let value = &binding.value;
    let better = "DEBUG = os.environ.get(\"DEBUG\") == \"true\"";
    let one = match &value.what {
        What::Bool(true) => settings.at_value(
            "LG-DJG-103",
            value,
            "DEBUG is on: every error page shows settings, code and variables to everybody.",
        ).better("DEBUG = False"),
        What::Environment { cast: Cast::Text | Cast::Truth, .. } => settings.at_value(
            "LG-DJG-105",
            value,
            "Any text is true, \"False\" and \"0\" too: DEBUG is on as soon as the variable is set.",
        ).better(better),
        What::Environment { default: Some(default), .. } if is_true(default) => settings.at_value(
            "LG-DJG-104",
            value,
            "DEBUG is on unless the environment says otherwise: whoever forgets the variable shows every error to everybody.",
        ).better(better),
        _ => return,
    };
    raised.push(one);
}

fn is_true(value: &Valued) -> bool {
    match value.str() {
        Some(text) => matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "1" | "yes" | "on"
        ),
        None => value.bool() == Some(true),
    }
}

fn hosts(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let Some(value) = settings
        .value("ALLOWED_HOSTS")
        .and_then(|value| value.otherwise())
    else {
        return;
    };
    let all = |one: &Valued| {
        one.str()
            .is_some_and(|text| text.split(',').any(|host| host.trim() == "*"))
    };
    let wild = match value.list() {
        Some(list) => list.iter().map(|one| &**one).find(|one| all(one)),
        None => Some(value).filter(|one| all(one)),
    };
    raised.extend(wild.map(|one| {
        settings
            .at_value(
                "LG-DJG-106",
                one,
                "ALLOWED_HOSTS takes any Host header: links in mails, caches and redirects can be pointed elsewhere.",
            )
            .better("ALLOWED_HOSTS = [\"www.example.org\"]")
    }));
}

fn database(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let Some(binding) = settings.get("DATABASES") else {
        return;
    };
    let sqlite = |value: &Valued| {
        let text = value.otherwise().and_then(Valued::str);
        text.is_some_and(|text| text.contains("sqlite3") || text.starts_with("sqlite:"))
    };
    if let Some((_, default)) = binding.value.get("default")
        && !binding.maybe
    {
        let engine = default.get("ENGINE").map_or(default, |(_, engine)| engine);
        if sqlite(engine) {
            raised.push(settings.at_name(
                "LG-DJG-107",
                binding,
                "The database is a file of SQLite, here or when the environment names no other: it has no users, and one process writes at a time.",
            ));
        }
    }
    for (_, one) in binding.value.dict().unwrap_or_default() {
        let Some((_, password)) = one.get("PASSWORD") else {
            continue;
        };
        if password.str().is_some_and(|text| !text.is_empty()) {
            raised.push(
                settings
                    .at_value(
                        "LG-DJG-108",
                        password,
                        "The password of the database is written in the settings.",
                    )
                    .better("\"PASSWORD\": os.environ[\"DB_PASSWORD\"],"),
            );
        }
    }
}

/// Hashes that a graphics card tries by the billion.
const WEAK: &[&str] = &["MD5", "SHA1", "Crypt"];

fn hashers(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let list = settings
        .value("PASSWORD_HASHERS")
        .and_then(|value| value.list());
    if let Some(first) = list.and_then(<[_]>::first)
        && let Some(name) = first.str().and_then(|path| path.rsplit('.').next())
        && !name.starts_with("PBKDF2")
        && WEAK.iter().any(|weak| name.contains(weak))
    {
        raised.push(
            settings
                .at_value(
                    "LG-DJG-141",
                    first,
                    format!("New passwords are stored by \"{name}\", which is made to be fast: a stolen table is soon read."),
                )
                .better("\"django.contrib.auth.hashers.Argon2PasswordHasher\","),
        );
    }
    if let Some(value) = settings.value("SESSION_SERIALIZER")
        && value
            .str()
            .is_some_and(|text| text.ends_with("PickleSerializer"))
    {
        raised.push(
            settings
                .at_value(
                    "LG-DJG-142",
                    value,
                    "Sessions are read as pickles: whoever can write one, or knows the key that signs cookies, runs code on the server.",
                )
                .better("SESSION_SERIALIZER = \"django.contrib.sessions.serializers.JSONSerializer\""),
        );
    }
}
