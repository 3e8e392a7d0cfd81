//! Settings of Django: which files they are, and what is weak in them.
//!
//! A settings file is gone through as the server in production does it: `from .base import *` is followed,
//! `if not DEBUG` is taken, the last assignment wins.

mod access;
mod basics;
mod front;
mod transport;

use super::run::{Nobody, Run};
use super::scope::Binding;
use super::source;
use super::value::{Value, Valued};
use crate::check::{Found, Raised};
use crate::file::{File, Tree};
use crate::role::Role;
use front::Front;
use std::collections::BTreeSet;
use std::ops::Range;

/// Names that only settings of Django bind.
const MARKS: &[&str] = &[
    "INSTALLED_APPS",
    "ROOT_URLCONF",
    "WSGI_APPLICATION",
    "ASGI_APPLICATION",
    "MIDDLEWARE_CLASSES",
    "AUTH_PASSWORD_VALIDATORS",
    "STATICFILES_DIRS",
];

/// Whether a file may hold settings, so that it is worth reading.
pub(super) fn may_be(file: &File) -> bool {
    if !file.path.ends_with(".py") {
        return false;
    }
    let text = file.text();
    let named = file.path.to_ascii_lowercase().contains("settings");
    text.contains("INSTALLED_APPS")
        || text.contains("ROOT_URLCONF")
        || named
            && ["import *", "SECRET_KEY", "MIDDLEWARE"]
                .iter()
                .any(|word| text.contains(word))
}

/// The settings that one file amounts to.
pub(super) struct Settings<'t> {
    run: Run<'t>,
    pub(super) path: String,
    tree: &'t Tree,
    front: &'t Front,
}

impl<'t> Settings<'t> {
    /// Goes through a file; `None` when it holds no settings of Django.
    fn read(tree: &'t Tree, front: &'t Front, file: &File) -> Option<Self> {
        let source = source::read(file);
        let mut run = Run::new(&file.path, Some(tree));
        run.complete = source.broken.is_none();
        run.block(&source.body, false, &mut Nobody);
        let bound = |name: &&str| run.scope.get(name).is_some();
        let marked = MARKS.iter().any(&bound);
        // The base of these is not here: the name of the file and what it changes must do.
        let leaf = !run.complete
            && file.path.to_ascii_lowercase().contains("settings")
            && ["DEBUG", "ALLOWED_HOSTS", "DATABASES", "SECRET_KEY"]
                .iter()
                .any(bound)
            && file.text().contains("import *");
        (marked || leaf).then(|| Self {
            run,
            path: file.path.clone(),
            tree,
            front,
        })
    }

    /// A setting.
    pub(super) fn get(&self, name: &str) -> Option<&Binding> {
        self.run.scope.get(name)
    }

    /// A setting's value.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.get(name).map(|binding| &binding.value)
    }

    /// All settings.
    pub(super) fn all(&self) -> impl Iterator<Item = (&String, &Binding)> {
        self.run.scope.module()
    }

    /// Whether what is not set here is not set at all.
    pub(super) fn complete(&self) -> bool {
        self.run.complete
    }

    /// The middleware; `None` when it cannot be told which.
    pub(super) fn middleware(&self) -> Option<&Binding> {
        let all = ["MIDDLEWARE", "MIDDLEWARE_CLASSES"].into_iter();
        let binding = all.filter_map(|name| self.get(name)).next()?;
        let list = binding.value.list()?;
        let known = !list.is_empty() && list.iter().all(|one| one.str().is_some());
        (known && self.complete()).then_some(binding)
    }

    /// Whether the middleware is known and has none whose name ends so.
    pub(super) fn lacks(&self, end: &str) -> bool {
        self.middleware().is_some_and(|binding| {
            let all = binding.value.list().unwrap_or_default();
            !all.iter()
                .any(|one| one.str().is_some_and(|name| name.ends_with(end)))
        })
    }

    /// Whether a list of texts has one that begins so.
    pub(super) fn has(&self, name: &str, begin: &str) -> bool {
        let list = self
            .value(name)
            .and_then(|value| value.list())
            .unwrap_or_default();
        list.iter()
            .any(|one| one.str().is_some_and(|text| text.starts_with(begin)))
    }

    /// The major version of django-csp that is installed.
    pub(super) fn csp_version(&self) -> Option<u32> {
        self.front.csp
    }

    /// The file of that number.
    pub(super) fn file(&self, number: usize) -> &str {
        self.run
            .files
            .get(number)
            .map_or(&self.path, String::as_str)
    }

    /// A weakness at a value.
    pub(super) fn at_value(
        &self,
        rule: &'static str,
        value: &Valued,
        message: impl Into<String>,
    ) -> Raised {
        Raised::new(rule, self.file(value.file), value.place.clone(), message)
    }

    /// A weakness at a setting's name.
    pub(super) fn at_name(
        &self,
        rule: &'static str,
        binding: &Binding,
        message: impl Into<String>,
    ) -> Raised {
        let place: Range<usize> = binding.name.clone();
        Raised::new(rule, self.file(binding.file), place, message)
    }

    /// A setting is never set; nothing is raised when it may be elsewhere. A line that is commented out is
    /// told: somebody knew.
    pub(super) fn absent(
        &self,
        rule: &'static str,
        setting: &str,
        message: impl Into<String>,
    ) -> Option<Raised> {
        // The file that these take over is judged by itself.
        let judged = self.run.bases.iter().any(|base| is_whole(base));
        if !self.complete() || judged {
            return None;
        }
        let one = Raised::new(rule, &self.path, 0..0, message);
        let files = self
            .run
            .files
            .iter()
            .filter_map(|path| self.tree.file(path));
        let line = files.filter_map(|file| {
            let at = super::comments::setting(file.text(), setting)?;
            Some((file.path.as_str(), at))
        });
        Some(match line.take(1).next() {
            Some((path, at)) => one.related(path, at, "it is commented out here"),
            None => one,
        })
    }
}

/// Whether settings of this name run by themselves: `settings.py`, unlike `settings/base.py`.
fn is_whole(path: &str) -> bool {
    path.rsplit('/').next() == Some("settings.py")
}

/// Looks at all settings of a repository.
pub(crate) fn look(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let counts = |path: &str| {
        let role = roles(path);
        role.counts() && !matches!(role, Role::Development | Role::Test)
    };
    let mut front = Front::of(tree);
    front.told_hsts = found
        .raised
        .iter()
        .chain(&found.hsts_behind)
        .any(|one| one.rule.0 == "LG-HDR-101" && roles(&one.path) == Role::Production);
    let files = tree
        .files()
        .filter(|file| may_be(file) && counts(&file.path));
    let all: Vec<Settings<'_>> = files
        .filter_map(|file| Settings::read(tree, &front, file))
        .collect();
    // What another file of production takes over and changes is judged there; of files that take over each
    // other, each is judged.
    let taken = |from: &[&Settings<'_>]| -> BTreeSet<String> {
        let bases = from.iter().flat_map(|one| one.run.bases.iter());
        bases.filter(|base| !is_whole(base)).cloned().collect()
    };
    let bases = taken(&all.iter().collect::<Vec<_>>());
    let leaves: Vec<_> = all
        .iter()
        .filter(|one| !bases.contains(&one.path))
        .collect();
    let covered = taken(&leaves);
    for settings in all.iter().filter(|one| !covered.contains(&one.path)) {
        let mut raised = Vec::new();
        basics::look(settings, &mut raised);
        transport::look(settings, &mut raised);
        access::look(settings, &mut raised);
        let mut responses = Vec::new();
        super::csp::look(settings, &mut raised, &mut responses);
        // Two files that take over one say the same of it.
        responses.retain(|one| !found.responses.contains(one));
        found.responses.extend(responses);
        // Findings in a file that is only for development do not count there either.
        raised.retain(|one| counts(&one.path));
        found.raised.extend(raised);
    }
}

#[cfg(test)]
mod tests {
    use crate::file::{File, Tree};
    use crate::scan::{Options, Scanned, scan};

    fn scanned(files: &[(&str, &str)]) -> Scanned {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.add(File::new(*path, text.as_bytes()));
        }
        scan(&tree, &Options::default())
    }

    /// The rules that these files raise, with path and line.
    fn raised(files: &[(&str, &str)]) -> Vec<String> {
        let all = scanned(files).findings.into_iter();
        all.filter(|one| one.rule.0.starts_with("LG-DJG") || one.rule.0.starts_with("LG-CSP"))
            .map(|one| format!("{}:{} {}", one.path, one.start.line, one.rule.0))
            .collect()
    }

    /// The rules of one file of settings that is in order otherwise.
    fn one(lines: &str) -> Vec<String> {
        let rest = "INSTALLED_APPS = ['shop']\nSESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True\n\
                    SECURE_HSTS_SECONDS = 31536000\n";
        let text = format!("import os\n{lines}\n{rest}");
        let rules = raised(&[("shop/settings.py", &text)]);
        let rule = |one: String| one.rsplit(' ').next().unwrap_or_default().to_owned();
        rules.into_iter().map(rule).collect()
    }

    const BASE: &str = "import os\nINSTALLED_APPS = ['shop']\nDEBUG = True\nSECRET_KEY = 'change_me'\n\
                        ALLOWED_HOSTS = ['*']\nSESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True\n";

    #[test]
    fn the_file_of_production_decides_what_its_base_amounts_to() {
        let production = "from .base import *\nDEBUG = False\nSECRET_KEY = os.environ['KEY']\n\
                          SECURE_HSTS_SECONDS = 31536000\n";
        let development =
            "from .base import *\nALLOWED_HOSTS = ['*']\nCORS_ALLOW_ALL_ORIGINS = True\n";
        let files = [
            ("shop/settings/__init__.py", ""),
            ("shop/settings/base.py", BASE),
            ("shop/settings/development.py", development),
            ("shop/settings/production.py", production),
        ];
        assert_eq!(raised(&files), ["shop/settings/base.py:5 LG-DJG-106"]);
    }

    #[test]
    fn a_base_that_is_not_here_leaves_open_what_is_missing() {
        let text = "from .base import *\nDEBUG = True\n";
        let rules = raised(&[("shop/settings/live.py", text)]);
        assert_eq!(rules, ["shop/settings/live.py:2 LG-DJG-103"]);
    }

    #[test]
    fn what_is_told_of_the_server_in_front_is_not_told_again() {
        let text = "INSTALLED_APPS = []\nSESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True\n";
        let with = |listen: &str| {
            let nginx = format!(
                "server {{ listen {listen}; location / {{ proxy_pass http://web:8000; }} }}"
            );
            raised(&[("shop/settings.py", text), ("nginx/shop.conf", &nginx)])
        };
        assert!(with("443 ssl").is_empty());
        assert_eq!(with("80"), ["shop/settings.py:1 LG-DJG-116"]);
    }

    #[test]
    fn headers_without_their_middleware_are_not_sent() {
        let with = |middleware: &str| {
            let text = format!(
                "INSTALLED_APPS = []\nMIDDLEWARE = ['django.middleware.{middleware}']\n\
                 X_FRAME_OPTIONS = 'DENY'\nSECURE_REFERRER_POLICY = 'same-origin'\n"
            );
            let scanned = scanned(&[("shop/settings.py", &text)]);
            let headers = scanned.responses.into_iter().flat_map(|one| one.headers);
            headers.map(|one| one.name).collect::<Vec<_>>()
        };
        assert_eq!(with("security.SecurityMiddleware"), ["referrer-policy"]);
        assert_eq!(
            with("clickjacking.XFrameOptionsMiddleware"),
            ["x-frame-options"]
        );
    }

    #[test]
    fn files_that_bring_in_each_other_end() {
        let files = [
            (
                "settings/a.py",
                "from .b import *\nINSTALLED_APPS = []\nDEBUG = True\n",
            ),
            ("settings/b.py", "from .a import *\nINSTALLED_APPS = []\n"),
        ];
        assert_eq!(raised(&files).len(), 5);
    }

    #[test]
    fn a_file_that_need_not_be_there_leaves_nothing_open() {
        let text =
            "INSTALLED_APPS = []\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n";
        let rules = raised(&[("shop/settings.py", text)]);
        assert_eq!(rules.len(), 2, "{rules:?}");
    }

    #[test]
    fn debug_from_the_environment() {
        for (line, rule) in [
            ("DEBUG = False\nDEBUG = True", Some("LG-DJG-103")),
            ("DEBUG = True\nDEBUG = False", None),
            (
                "DEBUG = True\nif os.environ.get('ENV') == 'production':\n    DEBUG = False",
                None,
            ),
            (
                "DEBUG = os.environ.get('DEBUG', 'True') == 'True'",
                Some("LG-DJG-104"),
            ),
            ("DEBUG = os.environ.get('DEBUG') == 'True'", None),
            (
                "DEBUG = os.environ.get('DEBUG') != 'False'",
                Some("LG-DJG-104"),
            ),
            (
                "DEBUG = os.environ.get('DEBUG', 'true').lower() in ('true', '1')",
                Some("LG-DJG-104"),
            ),
            (
                "DEBUG = env.bool('DEBUG', default=True)",
                Some("LG-DJG-104"),
            ),
            ("DEBUG = env.bool('DEBUG', False)", None),
            (
                "env = environ.Env(DEBUG=(bool, True))\nDEBUG = env('DEBUG')",
                Some("LG-DJG-104"),
            ),
            ("DEBUG = config('DEBUG', default=False, cast=bool)", None),
            ("DEBUG = config('DEBUG', default=False)", Some("LG-DJG-105")),
            ("DEBUG = os.environ.get('DEBUG', False)", Some("LG-DJG-105")),
            ("DEBUG = bool(os.getenv('DEBUG'))", Some("LG-DJG-105")),
            ("DEBUG = bool(int(os.getenv('DEBUG', '0')))", None),
            (
                "DEBUG = bool(int(os.getenv('DEBUG', '1')))",
                Some("LG-DJG-104"),
            ),
            ("DEBUG = strtobool(os.getenv('DEBUG', 'no'))", None),
            ("DEBUG = not os.getenv('PRODUCTION')", Some("LG-DJG-104")),
            ("DEBUG = something()", None),
        ] {
            let expected: Vec<&str> = rule.into_iter().collect();
            assert_eq!(one(line), expected, "{line}");
        }
    }

    #[test]
    fn keys_and_hosts_from_the_environment() {
        for (line, rule) in [
            (
                "SECRET_KEY = os.environ.get('KEY') or 'change' '_me'",
                Some("LG-DJG-102"),
            ),
            (
                "SECRET_KEY = env('KEY', default='change_me')",
                Some("LG-DJG-102"),
            ),
            (
                "SECRET_KEY = os.environ['KEY'] if 'KEY' in os.environ else 'change_me'",
                Some("LG-DJG-102"),
            ),
            (
                "SECRET_KEY = os.getenv('KEY', get_random_secret_key())",
                None,
            ),
            ("SECRET_KEY = open('/run/secrets/key').read()", None),
            (
                "if DEBUG:\n    SECRET_KEY = 'change_me'\nelse:\n    SECRET_KEY = os.environ['KEY']",
                None,
            ),
            (
                "HOSTS = ['*']\nALLOWED_HOSTS = HOSTS + ['a.example']",
                Some("LG-DJG-106"),
            ),
            (
                "ALLOWED_HOSTS = []\nALLOWED_HOSTS += ['*']",
                Some("LG-DJG-106"),
            ),
            (
                "ALLOWED_HOSTS = []\nif DEBUG:\n    ALLOWED_HOSTS.append('*')",
                None,
            ),
            (
                "ALLOWED_HOSTS = config('HOSTS', default='*', cast=Csv())",
                Some("LG-DJG-106"),
            ),
            ("ALLOWED_HOSTS = ['*.example.org']", None),
        ] {
            let expected: Vec<&str> = rule.into_iter().collect();
            assert_eq!(one(line), expected, "{line}");
        }
    }

    #[test]
    fn policies_in_settings() {
        for (lines, expected) in [
            (
                "CSP_DEFAULT_SRC = (\"'self'\",)\nCSP_IMG_SRC = CSP_DEFAULT_SRC + ('data:',)\nCSP_REPORT_ONLY = True",
                "content-security-policy-report-only default-src 'self'; img-src 'self' data:",
            ),
            (
                "CSP_SCRIPT_SRC = [\"'self'\", *env.list('MORE')]\nCSP_INCLUDE_NONCE_IN = ['script-src']",
                "content-security-policy default-src 'self'; script-src 'self' dynamic.invalid 'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'",
            ),
            (
                "from csp.constants import NONE, SELF\nCONTENT_SECURITY_POLICY = {'DIRECTIVES': {'default-src': [NONE], 'img-src': [SELF], 'upgrade-insecure-requests': True}}",
                "content-security-policy default-src 'none'; img-src 'self'; upgrade-insecure-requests",
            ),
            (
                "from django.utils.csp import CSP\nSECURE_CSP = {'script-src': [CSP.SELF, CSP.NONCE], 'object-src': [CSP.NONE]}\nSECURE_CSP['img-src'] = ['data:']",
                "content-security-policy script-src 'self' 'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'; object-src 'none'; img-src data:",
            ),
        ] {
            let text = format!("INSTALLED_APPS = []\n{lines}\n");
            let scanned = scanned(&[("shop/settings.py", &text)]);
            let headers = scanned.responses.iter().flat_map(|one| &one.headers);
            let told: Vec<String> = headers
                .map(|one| format!("{} {}", one.name, one.value.value()))
                .collect();
            assert_eq!(told, [expected], "{lines}");
        }
    }

    #[test]
    fn what_keeps_pages_out_of_frames_stands_beside_the_policy() {
        let base = "INSTALLED_APPS = []\nMIDDLEWARE = ['django.middleware.clickjacking.XFrameOptionsMiddleware']\n";
        let live = "from .base import *\nSECURE_CSP = {'default-src': [\"'self'\"]}\n";
        let scanned = scanned(&[("settings/base.py", base), ("settings/live.py", live)]);
        let headers = &scanned.responses[0].headers;
        assert_eq!(scanned.responses[0].path, "settings/live.py");
        assert_eq!(headers[1].name, "x-frame-options");
        assert_eq!(headers[1].value.value(), "DENY");
    }

    #[test]
    fn policies_that_the_installed_version_does_not_read() {
        let text = "INSTALLED_APPS = []\nMIDDLEWARE = ['csp.middleware.CSPMiddleware', \
                    'django.middleware.clickjacking.XFrameOptionsMiddleware']\n\
                    CSP_DEFAULT_SRC = [\"'self'\"]\nSESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True\n";
        let with = |version: &str| {
            let packages = format!("django==5.2\ndjango-csp{version}\n");
            let all = raised(&[("shop/settings.py", text), ("requirements.txt", &packages)]);
            all.iter().any(|one| one == "shop/settings.py:3 LG-CSP-410")
        };
        assert!(with(">=4.0"));
        assert!(!with("==3.8"));
    }

    #[test]
    fn settings_of_others_are_none_of_django() {
        let text = "SECRET_KEY = 'change_me'\nDEBUG = True\nSECURE_CSP = {'default-src': ['*']}\n";
        assert!(raised(&[("app/settings.py", text)]).is_empty());
    }
}
