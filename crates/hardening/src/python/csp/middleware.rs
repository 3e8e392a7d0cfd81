//! Headers that Django's own middleware sends.

use super::{Add, header};
use crate::python::settings::Settings;
use crate::python::value::{What, append};
use crate::response::State;
use crate::text::Text;

/// What `SecurityMiddleware` and `XFrameOptionsMiddleware` send.
pub(super) fn look(settings: &Settings<'_>, add: &mut Add<'_>) {
    // Without the middleware nobody sends what is set.
    let unsent = |name: &str| match name {
        "X_FRAME_OPTIONS" => settings.lacks("XFrameOptionsMiddleware"),
        _ => settings.lacks("SecurityMiddleware"),
    };
    let value = |name: &str| {
        let binding = settings.get(name).filter(|binding| !binding.maybe);
        binding.filter(|_| !unsent(name))
    };
    if let Some(binding) = value("SECURE_HSTS_SECONDS")
        && let Some(What::Number(seconds)) = binding.value.otherwise().map(|value| &value.what)
        && *seconds > 0.0
    {
        let on = |name: &str| {
            settings
                .value(name)
                .is_some_and(|value| value.bool() != Some(false))
        };
        let mut text = Text::default();
        let place = binding.value.place.clone();
        text.push(&format!("max-age={seconds}"), place.clone());
        for (setting, word) in [
            ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "; includeSubDomains"),
            ("SECURE_HSTS_PRELOAD", "; preload"),
        ] {
            if on(setting) {
                text.push(word, place.clone());
            }
        }
        add(
            binding.file,
            header(
                "strict-transport-security",
                text,
                binding.name.clone(),
                State::Sent,
            ),
        );
    }
    for (setting, name) in [
        ("X_FRAME_OPTIONS", "x-frame-options"),
        ("SECURE_REFERRER_POLICY", "referrer-policy"),
    ] {
        if let Some(binding) = value(setting)
            && let Some(text) = binding
                .value
                .text()
                .filter(|_| binding.value.file == binding.file)
        {
            let mut copy = Text::default();
            append(&mut copy, text);
            add(
                binding.file,
                header(name, copy, binding.name.clone(), State::Sent),
            );
        }
    }
    if let Some(binding) = value("SECURE_CONTENT_TYPE_NOSNIFF")
        && binding.value.bool() == Some(true)
    {
        let text = {
            let mut text = Text::default();
            text.push("nosniff", binding.value.place.clone());
            text
        };
        add(
            binding.file,
            header(
                "x-content-type-options",
                text,
                binding.name.clone(),
                State::Sent,
            ),
        );
    }
}

/// What `XFrameOptionsMiddleware` sends, if it is there: the setting, or `DENY`.
pub(super) fn frames(settings: &Settings<'_>) -> Option<String> {
    let mut all = ["MIDDLEWARE", "MIDDLEWARE_CLASSES"].into_iter();
    let list = all.find_map(|name| settings.value(name)?.list())?;
    let there = |name: &str| name.ends_with(".XFrameOptionsMiddleware");
    if !list.iter().any(|one| one.str().is_some_and(there)) {
        return None;
    }
    match settings.value("X_FRAME_OPTIONS") {
        Some(value) => value.otherwise()?.str().map(str::to_owned),
        None => Some("DENY".to_owned()),
    }
}
