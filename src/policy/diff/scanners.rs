//! What the policy asks of one scanner.

use super::settings::{self, gap, gap_direction, partial, partial_direction};
use super::{List, by_order};
use crate::model::{Direction, Foreign as _, RepoPath, ScannerId, Untrusted};
use crate::policy::{ConfigurationScan, Policy, Running, Scanner, SecretScan};

/// Compares. Scanner names are lower-case letters, digits and hyphens, and so need no care.
pub fn compare(id: &ScannerId, old: &Policy, new: &Policy, list: &mut List<'_>) {
    let (before, after) = (&old.scanner(id), &new.scanner(id));
    // By name, so that a new key is thought of here.
    let Scanner {
        required,
        reports,
        on_incomplete,
        on_partial,
        max_age,
        version,
        honour_suppressions,
        run,
        timeout,
        dark_after,
        secrets,
        configuration,
    } = before;
    let (table, of) = (format!("scanners.{id}"), format!("evidence of {id}"));
    settings::max_age(&table, &of, *max_age, after.max_age, list);
    if *dark_after != after.dark_after {
        let was = dark_after.unwrap_or(old.dark_after);
        let is = after.dark_after.unwrap_or(new.dark_after);
        settings::silence(
            &format!("{table}.dark-after"),
            &id.to_string(),
            was,
            is,
            list,
        );
    }
    own(&table, secrets, &after.secrets, list);
    looks(&table, configuration, &after.configuration, list);
    let mut say = |key: &str, direction, text: String, words| {
        list.about(&format!("scanners.{id}.{key}"), direction, text, words);
    };
    if *required != after.required {
        let (direction, word) = match after.required {
            true => (Direction::Stricter, "now"),
            false => (Direction::Weaker, "no longer"),
        };
        say(
            "required",
            direction,
            format!("{id} is {word} required"),
            Vec::new(),
        );
    }
    let missing = |from: &[String], than: &[String]| -> Vec<Untrusted> {
        let gone = from.iter().filter(|pattern| !than.contains(pattern));
        gone.map(|pattern| pattern.as_str().into()).collect()
    };
    for pattern in missing(reports, &after.reports) {
        let text = format!("no longer expects the report … of {id}");
        say("reports", Direction::Weaker, text, vec![pattern]);
    }
    for pattern in missing(&after.reports, reports) {
        let text = format!("also expects the report … of {id}");
        say("reports", Direction::Stricter, text, vec![pattern]);
    }
    // What the whole policy says was compared before.
    if *on_incomplete != after.on_incomplete {
        let was = on_incomplete.unwrap_or(old.on_incomplete);
        let is = after.on_incomplete.unwrap_or(new.on_incomplete);
        if was != is {
            let text = format!("missing evidence of {id} {}", gap(is));
            say("on-incomplete", gap_direction(was, is), text, Vec::new());
        }
    }
    if *on_partial != after.on_partial {
        let was = on_partial.or(old.on_partial);
        let is = after.on_partial.or(new.on_partial);
        if was != is {
            let text = format!("partial evidence of {id} {}", partial(is));
            say("on-partial", partial_direction(was, is), text, Vec::new());
        }
    }
    if *version != after.version {
        let (direction, text) = match (version, &after.version) {
            (None, _) => (Direction::Stricter, "accepts only versions …"),
            (_, None) => (Direction::Weaker, "accepts any version"),
            _ => (Direction::Mixed, "accepts versions … instead of …"),
        };
        let words = [&after.version, version].into_iter().flatten();
        let words = words.map(|range| range.to_string().into());
        let shown = text.matches('…').count();
        say(
            "version",
            direction,
            format!("{text} of {id}"),
            words.take(shown).collect(),
        );
    }
    if *honour_suppressions != after.honour_suppressions {
        let (direction, word) = match after.honour_suppressions {
            true => (Direction::Weaker, "no longer count"),
            false => (Direction::Stricter, "count"),
        };
        let text = format!("findings that {id} was told to keep silent about {word}");
        say("suppressions", direction, text, Vec::new());
    }
    if *run != after.run {
        let rank = |run: Option<Running>| match run {
            Some(Running::Never) => 0,
            None => 1,
            Some(Running::Auto) => 2,
        };
        let text = match after.run {
            Some(Running::Never) => format!("never runs {id}"),
            None => format!("runs {id} only where every tool is run"),
            Some(Running::Auto) => format!("runs {id} when no report of it is given"),
        };
        let direction = by_order(&rank(*run), &rank(after.run), Direction::Stricter);
        say("run", direction, text, Vec::new());
    }
    if *timeout != after.timeout {
        let (new, old) = (after.timeout.as_secs(), timeout.as_secs());
        let text = format!("{id} may run for {new} s instead of {old} s");
        say("timeout", Direction::Mixed, text, Vec::new());
    }
}

/// The settings of lockgate's own secret scan.
fn own(table: &str, before: &SecretScan, after: &SecretScan, list: &mut List<'_>) {
    let SecretScan {
        history,
        allow_comments,
        config,
    } = before;
    let mut say = |key: &str, direction, text: &str, words: Vec<Untrusted>| {
        list.about(&format!("{table}.{key}"), direction, text.to_owned(), words);
    };
    if *history != after.history {
        // Without a word, scheduled checks search it.
        let rank = |history: Option<bool>| match history {
            Some(false) => 0,
            None => 1,
            Some(true) => 2,
        };
        let text = match after.history {
            Some(true) => "the whole history is searched for secrets",
            None => "scheduled checks search the whole history for secrets",
            Some(false) => "the history is never searched for secrets",
        };
        let direction = by_order(&rank(*history), &rank(after.history), Direction::Stricter);
        say("history", direction, text, Vec::new());
    }
    if *allow_comments != after.allow_comments {
        let (direction, text) = match after.allow_comments {
            true => (Direction::Weaker, "comments accept the secrets beside them"),
            false => (
                Direction::Stricter,
                "comments no longer accept the secrets beside them",
            ),
        };
        say("allow-comments", direction, text, Vec::new());
    }
    if *config != after.config {
        let word = |path: &RepoPath| Untrusted::from(path.raw());
        let (direction, text, words) = match (config, &after.config) {
            (_, None) => (
                Direction::Mixed,
                "secrets are searched by the shipped rules alone",
                Vec::new(),
            ),
            (_, Some(path)) => (
                Direction::Weaker,
                "rules and exclusions of … hold for secrets",
                vec![word(path)],
            ),
        };
        say("config", direction, text, words);
    }
}

/// The settings of lockgate's own look at configuration.
fn looks(table: &str, before: &ConfigurationScan, after: &ConfigurationScan, list: &mut List<'_>) {
    let ConfigurationScan {
        allow_comments,
        roles,
        also,
        tls_upstream,
    } = before;
    let mut say = |key: &str, direction, text: &str, words: Vec<Untrusted>| {
        list.about(&format!("{table}.{key}"), direction, text.to_owned(), words);
    };
    if *allow_comments != after.allow_comments {
        let (direction, text) = match after.allow_comments {
            true => (
                Direction::Weaker,
                "comments accept the settings beside them",
            ),
            false => (
                Direction::Stricter,
                "comments no longer accept the settings beside them",
            ),
        };
        say("allow-comments", direction, text, Vec::new());
    }
    if *tls_upstream != after.tls_upstream {
        let (direction, text) = match after.tls_upstream {
            true => (
                Direction::Weaker,
                "TLS ends upstream, and nothing here needs it",
            ),
            false => (Direction::Stricter, "TLS no longer ends upstream"),
        };
        say("tls-terminated-upstream", direction, text, Vec::new());
    }
    for (path, role) in &after.roles {
        if roles.get(path) != Some(role) {
            let text = format!("… counts as {}", role.word());
            let words = vec![Untrusted::from(path.as_str())];
            say("roles", Direction::Mixed, &text, words);
        }
    }
    for path in roles.keys().filter(|path| !after.roles.contains_key(*path)) {
        let words = vec![Untrusted::from(path.as_str())];
        say(
            "roles",
            Direction::Mixed,
            "… counts as what its path tells",
            words,
        );
    }
    for (one, direction, text) in also
        .difference(&after.also)
        .map(|rule| (rule, Direction::Weaker, "rule … is off again"))
        .chain(
            after
                .also
                .difference(also)
                .map(|rule| (rule, Direction::Stricter, "rule … is looked for, too")),
        )
    {
        say("also", direction, text, vec![Untrusted::from(one.as_str())]);
    }
}
