//! Whose policy decided, and what the judged change would make of it, in words.

use super::comparison;
use super::phrase::{self, Phrase, Sink};
use crate::model::{AfterMerge, Assessment, Direction, PolicyChange, PolicyError, PolicyOrigin};

/// Findings that are named one by one.
const MAX_NAMED: usize = 5;

/// What is said about the policy of the change.
pub struct Review<'a> {
    /// In one sentence, without a full stop.
    pub title: &'static str,
    /// True when somebody should look before the merge.
    pub urgent: bool,
    /// What is wrong with it.
    pub errors: Vec<Phrase>,
    /// What it does otherwise: what makes it weaker first.
    pub changes: &'a [PolicyChange],
    /// What that means for this very run.
    pub after: Vec<Phrase>,
}

/// That the change has no say in it, once for all of the above.
pub const NOTE: &str = "The policy of the base decides: this takes effect only after the merge.";

/// What there is to say; `None` when the change leaves the policy alone.
pub fn review(assessment: &Assessment) -> Option<Review<'_>> {
    let errors = &assessment.authority.errors;
    let changes = &assessment.policy_changes;
    let has = |direction| changes.iter().any(|change| change.direction == direction);
    let (title, urgent) = match () {
        () if !errors.is_empty() => ("This change breaks the policy", true),
        () if has(Direction::Weaker) => ("This change weakens the policy", true),
        () if has(Direction::Mixed) => ("This change alters the policy", false),
        () if !changes.is_empty() => ("This change makes the policy stricter", false),
        () => return None,
    };
    let after = assessment.after_merge.as_ref();
    let passes = after.is_some_and(|after| !after.passing.is_empty());
    Some(Review {
        title,
        urgent: urgent || passes,
        errors: errors.iter().map(error).collect(),
        changes,
        after: after
            .map(|after| then(assessment, after))
            .unwrap_or_default(),
    })
}

/// One change: "gate … no longer blocks severity …" with its words.
pub fn change(change: &PolicyChange) -> Phrase {
    let mut words = change.words.iter();
    let mut phrase = Phrase::default();
    for (index, ours) in change.text.split('…').enumerate() {
        if index > 0
            && let Some(word) = words.next()
        {
            phrase = phrase.title(word);
        }
        phrase = phrase.ours(ours);
    }
    phrase
}

/// The same with its place.
pub fn change_at(line: &PolicyChange) -> Phrase {
    let phrase = change(line);
    match line.line {
        Some(number) => {
            let phrase = phrase.ours(" (").name(&line.source);
            phrase.ours(format!(" line {number})"))
        }
        None => phrase,
    }
}

/// One error with its place.
pub fn error(error: &PolicyError) -> Phrase {
    let phrase = Phrase::default().name(&error.source);
    let phrase = match error.place {
        Some((line, column)) => phrase.ours(format!(" line {line}, column {column}: ")),
        None => phrase.ours(": "),
    };
    phrase.words(&error.message)
}

fn then(assessment: &Assessment, after: &AfterMerge) -> Vec<Phrase> {
    let ours = |text: String| Phrase::default().ours(text);
    let (now, then) = (assessment.verdict, after.verdict);
    let mut said = Vec::new();
    if now == then && after.passing.is_empty() && after.blocking == 0 {
        return vec![ours(format!(
            "With it, this very run would be {then} as well."
        ))];
    }
    said.push(ours(match now == then {
        true => format!("With it, this very run would be {then} as well, but"),
        false => format!("With it, this very run would be {then}; it is {now}."),
    }));
    if !after.passing.is_empty() {
        let count = phrase::count(after.passing.len(), "finding");
        let (block, more) = match after.passing.len() {
            1 => ("blocks", 0),
            all => ("block", all.saturating_sub(MAX_NAMED)),
        };
        let mut line = ours(format!("{count} that {block} now would not: "));
        let named = after.passing.iter().take(MAX_NAMED);
        let named = named.filter_map(|index| assessment.findings.get(*index));
        for (number, decided) in named.enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            line = line
                .ours(comma)
                .name(&phrase::headline(&decided.finding))
                .ours(" in ")
                .name(&phrase::place(&decided.finding.location));
        }
        if more > 0 {
            line = line.ours(format!(" and {more} more"));
        }
        said.push(line);
    }
    if after.blocking > 0 {
        let count = phrase::count(after.blocking, "finding");
        said.push(ours(format!("{count} that does not block now would")));
    }
    said
}

/// The policy that decided, for the end of an output: its files, and whose they are.
pub fn policy(assessment: &Assessment) -> Phrase {
    let mut phrase = Phrase::default().ours("policy ");
    for (number, source) in assessment.policy.sources.iter().enumerate() {
        let plus = if number > 0 { " + " } else { "" };
        phrase = phrase.ours(plus).name(source);
    }
    match &assessment.authority.origin {
        PolicyOrigin::Given => phrase,
        PolicyOrigin::Base(commit) => comparison::named(phrase.ours(" of the base "), commit),
        PolicyOrigin::Default(commit) => {
            let phrase = phrase.ours(", because the base ");
            comparison::named(phrase, commit).ours(" has no policy file")
        }
        PolicyOrigin::Change { .. } => phrase.ours(" as the judged change has it"),
    }
}

/// The words for a direction, as wide as the widest.
pub fn mark(direction: Direction) -> &'static str {
    match direction {
        Direction::Weaker => "weaker  ",
        Direction::Mixed => "changed ",
        Direction::Stricter => "stricter",
    }
}

/// The whole review as lines of a list, for sinks that have one.
pub fn lines(review: &Review<'_>, most: usize, sink: &Sink) -> Vec<String> {
    let errors = review.errors.iter().map(|error| error.show(sink));
    let changes = review.changes.iter().take(most).map(|line| {
        let mark = (sink.ours)(mark(line.direction).trim_end());
        format!("{mark}: {}", change_at(line).show(sink))
    });
    let more = review.changes.len().saturating_sub(most);
    let more = (more > 0).then(|| (sink.ours)(&format!("and {more} more, in the JSON")));
    errors.chain(changes).chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escape;

    static PLAIN: Sink = Sink {
        ours: str::to_owned,
        name: |name| escape::terminal(name),
        title: |title| format!("\"{}\"", escape::terminal(title)),
        line: |line| escape::terminal(line),
        words: |words| escape::terminal(words),
    };

    #[test]
    fn words_stand_where_the_marks_are() {
        let change = |text: &str, words: &[&str]| {
            let change = PolicyChange {
                direction: Direction::Weaker,
                text: text.into(),
                words: words.iter().map(|word| (*word).into()).collect(),
                source: "lockgate.toml".into(),
                line: Some(3),
            };
            change_at(&change).show(&PLAIN)
        };
        assert_eq!(
            change("gate … blocks path … instead of …", &["a…b", "c", "d"]),
            "gate \"a…b\" blocks path \"c\" instead of \"d\" (lockgate.toml line 3)"
        );
        assert_eq!(change("no word", &["x"]), "no word (lockgate.toml line 3)");
        assert_eq!(
            change("too … many …", &["x"]),
            "too \"x\" many  (lockgate.toml line 3)"
        );
    }
}
