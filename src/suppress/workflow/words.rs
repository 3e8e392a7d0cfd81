//! How scanners are called in workflows, and by which words they are told to do less.

/// Actions and reusable workflows that run a scanner, by the beginning of `uses`.
const ACTIONS: &[(&str, &str)] = &[
    ("aquasecurity/trivy-action", "trivy"),
    ("aquasecurity/setup-trivy", "trivy"),
    ("aquasecurity/tfsec", "tfsec"),
    ("pycqa/bandit-action", "bandit"),
    ("pypa/gh-action-pip-audit", "pip-audit"),
    ("pyupio/safety", "safety"),
    ("google/osv-scanner-action", "osv-scanner"),
    ("google/osv-scanner", "osv-scanner"),
    ("gitleaks/gitleaks-action", "gitleaks"),
    ("trufflesecurity/trufflehog", "trufflehog"),
    ("semgrep/semgrep-action", "semgrep"),
    ("returntocorp/semgrep-action", "semgrep"),
    ("anchore/scan-action", "grype"),
    ("github/codeql-action", "codeql"),
    ("actions/dependency-review-action", "dependency-review"),
    ("bridgecrewio/checkov-action", "checkov"),
    ("hadolint/hadolint-action", "hadolint"),
    ("embarkstudios/cargo-deny-action", "cargo-deny"),
    ("rustsec/audit-check", "cargo-audit"),
    ("actions-rs/audit-check", "cargo-audit"),
    ("actions-rust-lang/audit", "cargo-audit"),
    (
        "dependency-check/dependency-check_action",
        "dependency-check",
    ),
    ("snyk/actions", "snyk"),
    ("zaproxy/action-", "zap"),
    ("zizmorcore/zizmor-action", "zizmor"),
    ("securego/gosec", "gosec"),
    ("docker/scout-action", "docker-scout"),
    ("ossf/scorecard-action", "scorecard"),
    ("sonarsource/", "sonar"),
];

/// Commands that run a scanner: words in a row.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["bandit"], "bandit"),
    (&["trivy"], "trivy"),
    (&["aquasec/trivy"], "trivy"),
    (&["yarn", "npm", "audit"], "yarn-audit"),
    (&["npm", "audit"], "npm-audit"),
    (&["pnpm", "audit"], "pnpm-audit"),
    (&["yarn", "audit"], "yarn-audit"),
    (&["audit-ci"], "npm-audit"),
    (&["better-npm-audit"], "npm-audit"),
    (&["pip-audit"], "pip-audit"),
    (&["pip_audit"], "pip-audit"),
    (&["safety"], "safety"),
    (&["osv-scanner"], "osv-scanner"),
    (&["gitleaks"], "gitleaks"),
    (&["betterleaks"], "gitleaks"),
    (&["trufflehog"], "trufflehog"),
    (&["semgrep"], "semgrep"),
    (&["opengrep"], "semgrep"),
    (&["checkov"], "checkov"),
    (&["hadolint"], "hadolint"),
    (&["grype"], "grype"),
    (&["tfsec"], "tfsec"),
    (&["gosec"], "gosec"),
    (&["snyk"], "snyk"),
    (&["zizmor"], "zizmor"),
    (&["cargo", "audit"], "cargo-audit"),
    (&["cargo-audit"], "cargo-audit"),
    (&["cargo", "deny"], "cargo-deny"),
    (&["cargo-deny"], "cargo-deny"),
    (&["dependency-check"], "dependency-check"),
    (&["dependency-check.sh"], "dependency-check"),
    (&["zap-baseline.py"], "zap"),
    (&["zap-full-scan.py"], "zap"),
    (&["zap-api-scan.py"], "zap"),
    (&["lockgate", "check"], LOCKGATE),
];

/// lockgate's own name.
pub const LOCKGATE: &str = "lockgate";

/// Programs that put a tool in place; what they name is not run by that.
const INSTALLERS: &[&str] = &[
    "install",
    "add",
    "download",
    "pull",
    "curl",
    "wget",
    "apt-get",
    "apt",
    "brew",
    "apk",
    "echo",
    "printf",
    "cp",
    "mv",
    "rm",
    "which",
    "sha256sum",
    "cat",
    "tar",
    "mkdir",
    "chmod",
    "sed",
];

/// The scanner that an action runs; `None` for other actions.
pub fn action(uses: &str) -> Option<&'static str> {
    let uses = uses.trim().to_ascii_lowercase();
    let name = uses.split('@').next().unwrap_or_default();
    if name.ends_with("/lockgate") || name == "./" && uses == "./" {
        return Some(LOCKGATE);
    }
    let image = name.strip_prefix("docker://").unwrap_or(name);
    let found = ACTIONS.iter().find(|(start, _)| image.starts_with(start));
    found
        .map(|(_, scanner)| *scanner)
        .or_else(|| name.starts_with("docker://").then(|| command_word(image))?)
}

fn command_word(word: &str) -> Option<&'static str> {
    let found = COMMANDS.iter().find(|(words, _)| match words {
        [one] => is_program(word, one),
        _ => false,
    });
    found.map(|(_, scanner)| *scanner)
}

/// True for a program's name, also with folders in front, or as an image with a tag.
fn is_program(word: &str, name: &str) -> bool {
    let word = word.trim_matches(['"', '\'', '(', ')', '`', '$']);
    let bare = match name.contains('/') {
        true => word,
        false => word.rsplit('/').next().unwrap_or(word),
    };
    let bare = bare.split([':', '@']).next().unwrap_or(bare);
    bare == name || bare.strip_suffix(".exe") == Some(name)
}

/// The scanner that a simple command runs. `words` are its words.
pub fn command(words: &[&str]) -> Option<&'static str> {
    let installs = |word: &&str| INSTALLERS.contains(word) || word.starts_with('#');
    // `docker run … image args` and `pipx run bandit` have the name further back.
    let before = words.iter().position(installs).unwrap_or(words.len());
    let usable = words.get(..before).unwrap_or_default();
    COMMANDS.iter().find_map(|(names, scanner)| {
        let fits = |part: &[&str]| {
            part.len() == names.len()
                && part
                    .iter()
                    .zip(*names)
                    .all(|(word, name)| is_program(word, name))
        };
        let version = usable.contains(&"--version");
        (!version && usable.windows(names.len()).any(fits)).then_some(*scanner)
    })
}

/// Severities, of which some may be left out.
const LEVELS: &[&str] = &["UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL"];

/// Parts of option names by which a scanner is told to look at less, or to fail less.
const LESS: &[&str] = &[
    "allow",
    "baseline",
    "config",
    "continue",
    "disable",
    "dry",
    "exclude",
    "exit",
    "ignore",
    "level",
    "no-fail",
    "omit",
    "only",
    "policy",
    "prod",
    "rules",
    "severity",
    "skip",
    "soft",
    "tests",
    "threshold",
    "warn",
    "ini",
];

/// Short options that do the same: Bandit's `-s`, `-x`, `-t`, `-c`, `-b`, `-l…`, `-i…`.
const SHORT: &[&str] = &[
    "-b", "-c", "-i", "-ii", "-iii", "-l", "-ll", "-lll", "-s", "-t", "-x",
];

/// What an option, or an input of an action, takes away; several words where it names severities.
/// `None` for one that takes nothing away.
pub fn less(name: &str, value: &str) -> Option<Vec<String>> {
    let bare = name.trim_start_matches('-').to_ascii_lowercase();
    let off = matches!(value.trim(), "false" | "" | "null") && !name.starts_with('-');
    let short = SHORT.contains(&name);
    if off || !(short || LESS.iter().any(|part| bare.contains(part))) {
        return None;
    }
    // A command that fails as it should.
    if bare.contains("exit") && bare.contains("code") && value.trim() != "0" {
        return None;
    }
    let named: Vec<String> = value
        .split([',', ' '])
        .map(|level| level.trim().to_ascii_uppercase())
        .collect();
    if bare.contains("severity") && named.iter().any(|level| LEVELS.contains(&level.as_str())) {
        let out = LEVELS
            .iter()
            .filter(|level| !named.iter().any(|n| n == *level));
        return Some(out.map(|level| format!("{bare} without {level}")).collect());
    }
    Some(vec![format!("{name} {value}").trim_end().to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_known_by_their_programs() {
        for (line, scanner) in [
            ("bandit -r .", Some("bandit")),
            ("python -m bandit -r src", Some("bandit")),
            ("./bin/trivy fs .", Some("trivy")),
            ("docker run --rm aquasec/trivy:0.60 fs .", Some("trivy")),
            ("npm audit --json", Some("npm-audit")),
            ("npx audit-ci", Some("npm-audit")),
            ("yarn npm audit -A", Some("yarn-audit")),
            ("lockgate check", Some("lockgate")),
            ("pip install bandit", None),
            ("npm ci", None),
            ("echo bandit", None),
            ("trivy --version", None),
        ] {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(command(&words), scanner, "{line}");
        }
        assert_eq!(action("aquasecurity/trivy-action@0.28.0"), Some("trivy"));
        assert_eq!(action("PyCQA/bandit-action@v1"), Some("bandit"));
        assert_eq!(action("actions/checkout@v4"), None);
        assert_eq!(action("docker://ghcr/aquasec/trivy:1"), Some("trivy"));
    }

    #[test]
    fn severities_that_are_left_out_are_named() {
        let words = less("severity", "CRITICAL,HIGH").unwrap();
        assert_eq!(words.len(), 3);
        assert!(less("exit-code", "1").is_none());
        assert!(less("exit-code", "0").is_some());
        assert!(less("ignore-unfixed", "false").is_none());
        assert!(less("format", "json").is_none());
    }
}
