//! Words that outputs show as lockgate's own: codes, units, sentences. What comes from a bundle must
//! look like one, or else a bundle could put words into lockgate's mouth.

use super::Bad;
use super::codec::Codec;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Most words that one process takes over, and the length of the longest in characters: what is kept
/// for ever is at most 512 KiB.
const MOST: usize = 4096;
const LONGEST: usize = 64;

/// A word of a small set that lives as long as the program, as the model wants its codes. The set
/// grows with every release, so it is not listed a second time here; each new word is kept, and
/// their number is bounded.
fn keep(word: &str) -> Result<&'static str, Bad> {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(word) {
        return Ok(known);
    }
    if kept.len() >= MOST {
        return Err(Bad::new(format!("more than {MOST} different codes")));
    }
    let word: &'static str = Box::leak(word.into());
    kept.insert(word);
    Ok(word)
}

/// A code, the name of a format: `nothing-scanned`, `SARIF 2.1.0`.
pub struct Code;

impl Codec for Code {
    type Model = &'static str;
    type Form = String;

    fn store(model: &&'static str) -> String {
        (*model).to_owned()
    }

    fn restore(form: String) -> Result<&'static str, Bad> {
        let ours = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | '/' | '(' | ')')
        };
        keep(&harmless(&form, LONGEST, ours))
    }
}

/// A unit: `files`. It is shown as it is, so that it is one word of ours.
pub struct Unit;

impl Codec for Unit {
    type Model = &'static str;
    type Form = String;

    fn store(model: &&'static str) -> String {
        (*model).to_owned()
    }

    fn restore(form: String) -> Result<&'static str, Bad> {
        match form.len() <= LONGEST && form.bytes().all(|b| b.is_ascii_lowercase()) {
            true => keep(&form),
            false => Err(Bad::new("this is no unit").detail(form)),
        }
    }
}

/// The text, with a dot for every character that lockgate would not have written there: some sink
/// may give it a meaning.
fn harmless(text: &str, most: usize, ours: impl Fn(char) -> bool) -> String {
    let dotted = |c| if ours(c) { c } else { '·' };
    text.chars().take(most).map(dotted).collect()
}

/// A sentence of ours.
pub struct Sentence;

/// Longest sentence, in characters.
const LONGEST_SENTENCE: usize = 2000;

fn sentence(form: String) -> Result<String, Bad> {
    let ours = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                ' ' | ',' | ';' | '.' | '\'' | '"' | '(' | ')' | '-' | '+' | '='
            )
            || matches!(
                c,
                '/' | '<' | '>' | '%' | '&' | '*' | '_' | '`' | '?' | '!' | '~'
            )
            || matches!(
                c,
                '…' | '›' | '–' | '×' | '≥' | '→' | ':' | '^' | '$' | '{' | '}'
            )
    };
    // `://` and `::` begin links and commands.
    let text = harmless(&form, LONGEST_SENTENCE, ours);
    Ok(text.replace("://", ":··").replace("::", ":·"))
}

/// A digest, a fingerprint, a commit's id: lower-case hex digits, at most 128.
pub struct Hex;

fn hex(form: String) -> Result<String, Bad> {
    if form.len() <= 128 && form.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
        return Ok(form);
    }
    Err(Bad::new("this is no number in hex").detail(form))
}

/// A line's hash as code scanning writes it: `c129715d7a2bc9a3:1`.
pub struct LineHash;

fn line_hash(form: String) -> Result<String, Bad> {
    let shaped = form
        .split_once(':')
        .is_some_and(|(hash, count)| hex(hash.to_owned()).is_ok() && count.parse::<u32>().is_ok());
    match shaped {
        true => Ok(form),
        false => Err(Bad::new("this is no hash of a line").detail(form)),
    }
}

/// Foreign text that the model keeps as a plain string, because it is only compared.
pub struct Compared;

/// Texts that the model keeps as plain strings, each with what makes sure that it is one.
macro_rules! texts {
    ($($name:ident $restore:expr;)*) => {$(
        impl Codec for $name {
            type Model = String;
            type Form = String;

            fn store(model: &String) -> String {
                model.clone()
            }

            fn restore(form: String) -> Result<String, Bad> {
                $restore(form)
            }
        }
    )*};
}
texts! {
    Sentence sentence;
    Hex hex;
    LineHash line_hash;
    Compared Ok;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kept_once_and_look_like_codes() {
        let code = |text: &str| Code::restore(text.to_owned());
        let first = code("nothing-scanned").unwrap();
        assert!(std::ptr::eq(first, code("nothing-scanned").unwrap()));
        let format = "cargo-deny JSON (like cargo-audit)";
        assert_eq!(code(format).unwrap(), format);
        assert_eq!(code("a\n#<b>@org").unwrap(), "a···b··org");
        assert_eq!(code(&"x".repeat(99)).unwrap().len(), LONGEST);
    }

    #[test]
    fn nobody_puts_commands_or_links_into_our_sentences() {
        let said = |text: &str| Sentence::restore(text.to_owned()).unwrap();
        let ours = "the report is 91 days old, and the policy accepts at most 90 days";
        assert_eq!(said(ours), ours);
        assert_eq!(said("::error::x\u{1b}[31m"), ":·error:·x··31m");
        assert_eq!(said("[x](https://a.b) @org #1"), "·x·(https:··a.b) ·org ·1");
        assert_eq!(said(":::stop"), ":·:stop");
    }
}
