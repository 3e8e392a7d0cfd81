//! Who may ask: other origins, and users of the interface.

use super::Settings;
use super::transport::cut;
use crate::check::Raised;
use crate::python::value::{Valued, What};

pub(super) fn look(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    trusted(settings, raised);
    origins(settings, raised);
    framework(settings, raised);
}

fn trusted(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let value = settings
        .value("CSRF_TRUSTED_ORIGINS")
        .and_then(|value| value.otherwise());
    for one in value.and_then(Valued::list).unwrap_or_default() {
        let Some(origin) = one.str() else { continue };
        let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        let host = rest.split([':', '/']).next().unwrap_or_default();
        let own = matches!(
            host,
            "localhost" | "127.0.0.1" | "0.0.0.0" | "[" | "testserver"
        ) || host.ends_with(".localhost")
            || host.ends_with(".local");
        let why = if matches!(host, "*" | "*.")
            || host.starts_with("*.") && host.matches('.').count() < 2
        {
            "every site may send forms in the name of a user"
        } else if origin.starts_with("http://") && !own {
            "whoever is between the user and that site may send forms in the user's name"
        } else {
            continue;
        };
        raised.push(
            settings
                .at_value(
                    "LG-DJG-120",
                    one,
                    format!("CSRF_TRUSTED_ORIGINS has \"{}\": {why}.", cut(origin)),
                )
                .better("CSRF_TRUSTED_ORIGINS = [\"https://www.example.org\"]"),
        );
    }
}

fn origins(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let on = |name: &str| {
        let binding = settings.get(name)?;
        let value = binding.value.otherwise()?;
        matches!(value.what, What::Bool(true)).then_some(binding)
    };
    let regex = settings
        .get("CORS_ALLOWED_ORIGIN_REGEXES")
        .filter(|binding| {
            let all = [
                "^.*$",
                ".*",
                "^.*",
                ".+",
                "^.+$",
                r"^https?://.*$",
                r"^https://.*$",
            ];
            let list = binding.value.list().unwrap_or_default();
            list.iter()
                .any(|one| one.str().is_some_and(|text| all.contains(&text)))
        });
    let Some(all) = on("CORS_ALLOW_ALL_ORIGINS")
        .or_else(|| on("CORS_ORIGIN_ALLOW_ALL"))
        .or(regex)
    else {
        return;
    };
    let better = "CORS_ALLOWED_ORIGINS = [\"https://www.example.org\"]";
    raised.push(
        settings
            .at_name(
                "LG-DJG-121",
                all,
                "Scripts of every site may read the answers of this application.",
            )
            .better(better),
    );
    if let Some(binding) = on("CORS_ALLOW_CREDENTIALS") {
        raised.push(
            settings
                .at_name(
                    "LG-DJG-122",
                    binding,
                    "Every site may ask in the name of a user who is signed in, and read the answer.",
                )
                .related(settings.file(all.file), all.name.clone(), "every origin is allowed here")
                .better(better),
        );
    }
}

fn framework(settings: &Settings<'_>, raised: &mut Vec<Raised>) {
    let installed = settings.has("INSTALLED_APPS", "rest_framework");
    let Some(binding) = settings.get("REST_FRAMEWORK") else {
        if installed && let Some(apps) = settings.get("INSTALLED_APPS") {
            let list = apps.value.list().unwrap_or_default();
            let app = list.iter().find(|one| one.str() == Some("rest_framework"));
            if let Some(app) = app.filter(|_| settings.complete()) {
                raised.push(unset(settings.at_value("LG-DJG-132", app, UNSET)));
            }
        }
        return;
    };
    let value = &binding.value;
    if value.dict().is_none() {
        return;
    }
    match value.get("DEFAULT_PERMISSION_CLASSES") {
        None => raised.push(unset(settings.at_name("LG-DJG-132", binding, UNSET))),
        Some((_, classes)) => {
            let list = classes.list().unwrap_or_default();
            let open = list
                .iter()
                .find(|one| one.str().is_some_and(|name| name.ends_with(".AllowAny")));
            raised.extend(open.map(|one| {
                settings
                    .at_value(
                        "LG-DJG-131",
                        one,
                        "Every view answers everybody unless it says otherwise itself.",
                    )
                    .better("\"rest_framework.permissions.IsAuthenticated\",")
            }));
        }
    }
    let throttled = value.get("DEFAULT_THROTTLE_CLASSES").is_some()
        || settings.has("INSTALLED_APPS", "axes") && value.get("DEFAULT_THROTTLE_RATES").is_some();
    if !throttled {
        raised.push(
            settings
                .at_name(
                    "LG-DJG-133",
                    binding,
                    "REST_FRAMEWORK sets no DEFAULT_THROTTLE_CLASSES: passwords and tokens can be tried without a limit.",
                )
                .better("\"DEFAULT_THROTTLE_CLASSES\": [\"rest_framework.throttling.AnonRateThrottle\"],"),
        );
    }
}

const UNSET: &str = "DEFAULT_PERMISSION_CLASSES is not set, and then every view answers everybody unless it says otherwise itself.";

fn unset(one: Raised) -> Raised {
    one.better("REST_FRAMEWORK = {\n    \"DEFAULT_PERMISSION_CLASSES\": [\"rest_framework.permissions.IsAuthenticated\"],\n}")
}
