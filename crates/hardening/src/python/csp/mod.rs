//! Policies in settings of Django: `SECURE_CSP` (Django 6), `CONTENT_SECURITY_POLICY` (django-csp 4),
//! `CSP_DEFAULT_SRC` and its relatives (django-csp 3); and the headers of the security middleware.

mod builder;
mod library;
mod middleware;

pub(super) use builder::{Builder, constants, dictionary, header};

use super::scope::Binding;
use super::settings::Settings;
use super::value::{What, push_unknown};
use crate::check::Raised;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use builder::NONCE;
use std::collections::BTreeMap;

const REPORT_ONLY: &str = "content-security-policy-report-only";
const ENFORCED: &str = "content-security-policy";

/// Looks at what the settings say of headers.
pub(super) fn look(
    settings: &Settings<'_>,
    raised: &mut Vec<Raised>,
    responses: &mut Vec<Response>,
) {
    let mut headers: BTreeMap<usize, Vec<Header>> = BTreeMap::new();
    let mut add = |file: usize, header: Header| headers.entry(file).or_default().push(header);
    for (setting, name) in [
        ("SECURE_CSP", ENFORCED),
        ("SECURE_CSP_REPORT_ONLY", REPORT_ONLY),
    ] {
        if let Some(binding) = settings.get(setting) {
            native(settings, binding, name, raised, &mut add);
        }
    }
    for (setting, name) in [
        ("CONTENT_SECURITY_POLICY", ENFORCED),
        ("CONTENT_SECURITY_POLICY_REPORT_ONLY", REPORT_ONLY),
    ] {
        if let Some(binding) = settings.get(setting) {
            fourth(settings, binding, name, raised, &mut add);
        }
    }
    if let Some(binding) = settings.get("SECURE_CONTENT_SECURITY_POLICY")
        && binding.value.dict().is_some_and(|all| !all.is_empty())
    {
        let one = settings.at_name(
            "LG-CSP-410",
            binding,
            "Django has no setting SECURE_CONTENT_SECURITY_POLICY: browsers never see the policy.",
        );
        raised.push(one.better("SECURE_CSP = {\"default-src\": [CSP.SELF]}"));
    }
    library::look(settings, raised, &mut add);
    middleware::look(settings, &mut add);
    for (file, mut headers) in headers {
        let has = |name: &str| headers.iter().any(|one| one.name.starts_with(name));
        // What keeps pages out of frames belongs to the policy, in whichever file it is said.
        if has(ENFORCED)
            && !has("x-frame-options")
            && let Some(frames) = middleware::frames(settings)
            && let Some(at) = headers.first().map(|one| one.place.clone())
        {
            let mut text = Text::default();
            text.push(&frames, at.clone());
            headers.push(header("x-frame-options", text, at, State::Sent));
        }
        responses.push(Response {
            carrier: "django",
            path: settings.file(file).to_owned(),
            scope: String::new(),
            place: 0..0,
            serves: Serves::Html,
            tls: None,
            closed: false,
            headers,
        });
    }
}

type Add<'a> = dyn FnMut(usize, Header) + 'a;

/// Raises that a policy is written for nobody.
fn without_middleware(
    settings: &Settings<'_>,
    binding: &Binding,
    name: &str,
    wanted: &str,
) -> Option<Raised> {
    let list = settings.middleware()?.value.list()?;
    // A class of one's own carries the word at least.
    let there = list.iter().filter_map(|one| one.str()).any(|one| {
        let lower = one.to_ascii_lowercase();
        lower.contains("csp")
            || lower.contains("securitypolicy")
            || lower.contains("security_policy")
    });
    (!there).then(|| {
        settings
            .at_name("LG-CSP-410", binding, format!("{name} is set, but no middleware in MIDDLEWARE sends it: browsers never see the policy."))
            .better(format!("\"{wanted}\","))
    })
}

/// Django 6.
fn native(
    settings: &Settings<'_>,
    binding: &Binding,
    name: &str,
    raised: &mut Vec<Raised>,
    add: &mut Add<'_>,
) {
    let value = &binding.value;
    let Some(entries) = value.dict() else {
        // Other programs call settings so too; only a dictionary is one of Django.
        if matches!(value.what, What::Unknown) {
            add(binding.file, undecidable(name, binding));
        }
        return;
    };
    if entries.is_empty() {
        return;
    }
    let setting = match name == ENFORCED {
        true => "SECURE_CSP",
        false => "SECURE_CSP_REPORT_ONLY",
    };
    raised.extend(without_middleware(
        settings,
        binding,
        setting,
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
    ));
    let nonce = entries
        .iter()
        .flat_map(|(_, value)| value.list().unwrap_or_default());
    let nonce = nonce
        .into_iter()
        .find(|one| one.text().is_some_and(|text| text.value() == NONCE));
    if let Some(nonce) = nonce
        && processors(settings).is_some_and(|all| !all.iter().any(|one| one.ends_with(".csp")))
    {
        raised.push(
            settings
                .at_value("LG-CSP-410", nonce, "The policy wants a nonce, but templates never get it: the context processor is missing, and all scripts with a nonce are blocked.")
                .better("\"django.template.context_processors.csp\","),
        );
    }
    let mut builder = Builder::new(binding.file);
    dictionary(entries, binding.file, &mut builder, &[]);
    add(binding.file, builder.header(name, binding.name.clone()));
}

/// The context processors of the first template engine, when all are known.
fn processors(settings: &Settings<'_>) -> Option<Vec<String>> {
    let (_, options) = settings
        .value("TEMPLATES")?
        .list()?
        .first()?
        .get("OPTIONS")?;
    let (_, all) = options.get("context_processors")?;
    all.list()?
        .iter()
        .map(|one| one.str().map(str::to_owned))
        .collect()
}

fn undecidable(name: &str, binding: &Binding) -> Header {
    let mut text = Text::default();
    push_unknown(&mut text, binding.value.place.clone());
    header(name, text, binding.name.clone(), State::Undecidable)
}

/// django-csp 4.
fn fourth(
    settings: &Settings<'_>,
    binding: &Binding,
    name: &str,
    raised: &mut Vec<Raised>,
    add: &mut Add<'_>,
) {
    let value = &binding.value;
    let Some(entries) = value.dict() else {
        if matches!(value.what, What::Unknown) {
            add(binding.file, undecidable(name, binding));
        }
        return;
    };
    let setting = match name == ENFORCED {
        true => "CONTENT_SECURITY_POLICY",
        false => "CONTENT_SECURITY_POLICY_REPORT_ONLY",
    };
    raised.extend(without_middleware(
        settings,
        binding,
        setting,
        "csp.middleware.CSPMiddleware",
    ));
    if let Some((_, prefixes)) = value.get("EXCLUDE_URL_PREFIXES")
        && prefixes.text().is_some()
    {
        raised.push(
            settings
                .at_value("LG-CSP-410", prefixes, "EXCLUDE_URL_PREFIXES is a text, and each of its characters is taken for a prefix: \"/\" leaves out every page.")
                .better("\"EXCLUDE_URL_PREFIXES\": [\"/admin/\"],"),
        );
    }
    let directives = value.get("DIRECTIVES").map(|(_, value)| value);
    let directives = match directives {
        Some(value) => value.dict(),
        // Somebody wrote the directives one level too high, or wants the library's own.
        None if entries.is_empty() => None,
        None => Some([].as_slice()),
    };
    let Some(directives) = directives else {
        if !entries.is_empty() {
            add(binding.file, undecidable(name, binding));
        }
        return;
    };
    let mut builder = Builder::new(binding.file);
    if !directives
        .iter()
        .any(|(key, _)| key.str() == Some("default-src"))
    {
        builder.default_src(&binding.name);
    }
    dictionary(directives, binding.file, &mut builder, &[]);
    add(binding.file, builder.header(name, binding.name.clone()));
}
