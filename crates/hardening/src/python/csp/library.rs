//! django-csp 3, which has a setting for each directive.

use super::builder::NONCE;
use super::{Add, Builder, ENFORCED, REPORT_ONLY, without_middleware};
use crate::check::Raised;
use crate::python::scope::Binding;
use crate::python::settings::Settings;

/// The directive that a setting of django-csp 3 is.
fn directive(setting: &str) -> Option<String> {
    let name = setting.strip_prefix("CSP_")?;
    let known = name.contains("_SRC")
        || matches!(
            name,
            "BASE_URI"
                | "FORM_ACTION"
                | "FRAME_ANCESTORS"
                | "SANDBOX"
                | "REPORT_URI"
                | "REPORT_TO"
                | "NAVIGATE_TO"
                | "PLUGIN_TYPES"
                | "REQUIRE_SRI_FOR"
                | "REQUIRE_TRUSTED_TYPES_FOR"
                | "TRUSTED_TYPES"
                | "UPGRADE_INSECURE_REQUESTS"
                | "BLOCK_ALL_MIXED_CONTENT"
        );
    known.then(|| name.to_ascii_lowercase().replace('_', "-"))
}

/// django-csp 3.
pub(super) fn look(settings: &Settings<'_>, raised: &mut Vec<Raised>, add: &mut Add<'_>) {
    let mut all: Vec<(String, &Binding)> = settings
        .all()
        .filter_map(|(name, binding)| Some((directive(name)?, binding)))
        .collect();
    all.sort_by_key(|(_, binding)| (binding.file, binding.name.start));
    let Some((_, first)) = all.first() else {
        return;
    };
    let first: &Binding = first;
    raised.extend(without_middleware(
        settings,
        first,
        "A policy",
        "csp.middleware.CSPMiddleware",
    ));
    if let Some(version) = settings.csp_version()
        && version >= 4
    {
        raised.push(settings.at_name(
            "LG-CSP-410",
            first,
            format!("django-csp {version} does not read settings that begin with CSP_: the policy is not sent."),
        ).better("CONTENT_SECURITY_POLICY = {\"DIRECTIVES\": {\"default-src\": [\"'self'\"]}}"));
    }
    let report_only = settings
        .value("CSP_REPORT_ONLY")
        .and_then(|value| value.bool());
    let name = match report_only {
        Some(true) => REPORT_ONLY,
        _ => ENFORCED,
    };
    let nonces = settings
        .value("CSP_INCLUDE_NONCE_IN")
        .and_then(|value| value.list());
    let nonces: Vec<&str> = nonces
        .unwrap_or_default()
        .iter()
        .filter_map(|one| one.str())
        .collect();
    let mut builder = Builder::new(first.file);
    if !all.iter().any(|(name, _)| name == "default-src") {
        builder.default_src(&first.name);
    }
    for (name, binding) in &all {
        let at = match binding.file == first.file {
            true => binding.name.clone(),
            false => first.name.clone(),
        };
        builder.directive(name, at.clone(), &binding.value);
        if nonces.contains(&name.as_str()) {
            builder.extra(&format!(" {NONCE}"), at.end..at.end);
        }
    }
    add(first.file, builder.header(name, first.name.clone()));
}
