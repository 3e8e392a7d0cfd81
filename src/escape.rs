//! Foreign text → sinks. One function per sink; these are the only ways out of
//! [`crate::model::Untrusted`].
//!
//! What can go wrong in each sink is described with its function. All of them are total: any text
//! comes out, and comes out harmless.

use crate::model::Foreign;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Digest as _;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Longest text that is shown in one place, in characters, unless a sink says otherwise.
pub const MAX_CHARS: usize = 600;

/// Characters that change how the text around them is shown: bidirectional controls, zero-width
/// characters, tags, variation selectors, line separators ("Trojan Source", CVE-2021-42574).
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// One line of printable text: white space becomes single spaces, controls and deceptive
/// characters become `\u{…}`, the rest is cut at `max` characters.
fn one_line(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max * 2));
    let mut space = false;
    let mut count = 0;
    for c in text.trim().chars() {
        if count >= max {
            out.push('…');
            break;
        }
        if c.is_whitespace() && !is_deceptive(c) {
            space = true;
            continue;
        }
        if space {
            out.push(' ');
            space = false;
            count += 1;
        }
        if c.is_control() || is_deceptive(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
        count += 1;
    }
    out
}

/// For a terminal or a CI log.
///
/// Terminals obey escape sequences. The Actions runner obeys `##[command]` anywhere in a line of
/// stdout or stderr, and `::command::` at its start, even after spaces (actions/runner,
/// `OutputManager`, `ActionCommand`). So controls are spelled out and both marks are broken up with
/// a visible character.
pub fn terminal(text: impl Foreign) -> String {
    terminal_up_to(text, MAX_CHARS)
}

/// [`terminal`] with another limit.
pub fn terminal_up_to(text: impl Foreign, max: usize) -> String {
    break_commands(one_line(text.raw(), max))
}

fn break_commands(line: String) -> String {
    let line = if line.contains("##[") {
        line.replace("##[", "#\u{b7}#[")
    } else {
        line
    };
    match line.strip_prefix("::") {
        Some(rest) => format!(":\u{b7}:{rest}"),
        None => line,
    }
}

/// For the message of a workflow command (`::error::MESSAGE`): `%`, CR and LF are encoded
/// (actions/toolkit, `packages/core/src/command.ts`).
pub fn command_data(text: impl Foreign) -> String {
    encode_data(&terminal(text))
}

/// Our own text for the message of a workflow command; line breaks are kept, encoded.
pub fn encode_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// For a property of a workflow command (`::error file=VALUE,…`): `:` and `,` as well.
pub fn command_property(text: impl Foreign) -> String {
    encode_data(&break_commands(one_line(text.raw(), MAX_CHARS)))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

/// For running text in GitHub's Markdown: shows as the same text and does nothing else. No mention,
/// reference, link, image, emphasis, table cell or HTML comes of it.
///
/// Punctuation becomes character references, which CommonMark never takes for syntax. GitHub links
/// mentions and references after that, in the text itself, so a word joiner splits those.
pub fn markdown(text: impl Foreign) -> String {
    markdown_up_to(text, MAX_CHARS)
}

/// [`markdown`] with another limit.
pub fn markdown_up_to(text: impl Foreign, max: usize) -> String {
    markdown_line(&one_line(text.raw(), max), "\u{2060}")
}

/// For a code span in GitHub's Markdown: the same, in `<code>`, which also works in tables and
/// inside links.
pub fn markdown_code(text: impl Foreign) -> String {
    markdown_code_up_to(text, MAX_CHARS)
}

/// [`markdown_code`] with another limit. GitHub links nothing inside of code, so that the text is
/// left as it is there, to be copied.
pub fn markdown_code_up_to(text: impl Foreign, max: usize) -> String {
    format!(
        "<code>{}</code>",
        markdown_line(&one_line(text.raw(), max), "")
    )
}

/// The text is always put into a line that we began, so that what only matters at the start of a
/// line (`-`, `1.`, `=`) stays as it is. `joiner` goes where GitHub would link or replace something.
fn markdown_line(line: &str, joiner: &str) -> String {
    let mut out = String::with_capacity(line.len() * 2);
    let mut word = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let rest = chars.as_str();
        match c {
            '@' | '#' => {
                let _ = write!(out, "&#{};{joiner}", c as u32);
            }
            '*' | '_' | '`' | '~' | '[' | ']' | '<' | '>' | '&' | '|' | '\\' | '$' | '{' | '}' => {
                let _ = write!(out, "&#{};", c as u32);
            }
            // `https://` and `www.` are linked by GFM, `GH-1` by GitHub.
            ':' if rest.starts_with('/') => out.push_str("&#58;"),
            '.' if word.eq_ignore_ascii_case("www") => out.push_str("&#46;"),
            '-' if word.eq_ignore_ascii_case("gh") => {
                out.push('-');
                out.push_str(joiner);
            }
            ':' if is_emoji(rest) => {
                out.push(':');
                out.push_str(joiner);
            }
            c => {
                // Seven hex digits may be a commit.
                if word.len() == 6 && c.is_ascii_hexdigit() && is_hex(&word) {
                    out.push_str(joiner);
                    word.clear();
                }
                out.push(c);
            }
        }
        if c.is_alphanumeric() {
            word.push(c);
        } else {
            word.clear();
        }
    }
    out
}

fn is_hex(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_hexdigit())
}

/// True for the rest of `:name:`, which GitHub shows as a picture.
fn is_emoji(rest: &str) -> bool {
    const LONGEST: usize = 64;
    let named = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    let name = rest.chars().take(LONGEST).take_while(named).count();
    name > 0 && rest.chars().nth(name) == Some(':')
}

/// For text and attributes of HTML and XML: one line, with every character that ends a text or an
/// attribute as a reference. Characters that XML 1.0 has no place for (§2.2) are spelled out.
pub fn markup(text: impl Foreign) -> String {
    markup_up_to(text, MAX_CHARS)
}

/// [`markup`] with another limit.
pub fn markup_up_to(text: impl Foreign, max: usize) -> String {
    encode_markup(&one_line(text.raw(), max))
}

/// Our own text for HTML and XML.
pub fn encode_markup(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A web address that may be put into a link, or nothing: `https` or `http`, no credentials, and
/// only characters that end neither a Markdown nor an HTML attribute.
pub fn url(text: impl Foreign) -> Option<String> {
    let text = text.raw().trim();
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.is_empty() || !host.chars().all(plain) || text.len() > 2000 {
        return None;
    }
    let safe = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(
                c,
                '.' | '-'
                    | '_'
                    | '~'
                    | ':'
                    | '/'
                    | '?'
                    | '#'
                    | '&'
                    | '='
                    | '%'
                    | '+'
                    | ','
                    | ';'
                    | '@'
                    | '!'
                    | '$'
            )
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if safe(c) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Some(out)
}

/// For a JSON document: unchanged, because JSON's own encoding is the escape.
pub fn json<T: Foreign + ?Sized>(text: &T) -> &str {
    text.raw()
}

/// For a plain text message in SARIF: `[text](target)` is a link there, and `{0}` a placeholder
/// (SARIF 2.1.0 §3.11.5, §3.11.6). Controls other than line breaks are dropped.
pub fn sarif_text<T: Foreign + ?Sized>(text: &T) -> Cow<'_, str> {
    let text = text.raw().trim();
    let shown = |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || is_deceptive(c));
    let fits = text.len() <= MAX_SARIF && text.chars().all(shown);
    let text: Cow<'_, str> = if fits {
        text.into()
    } else {
        text.chars()
            .filter(|c| shown(*c))
            .take(MAX_SARIF)
            .collect::<String>()
            .trim()
            .to_owned()
            .into()
    };
    if !text.contains("](") {
        return text;
    }
    text.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
        .into()
}

/// GitHub keeps the first 1,024 characters of a description.
const MAX_SARIF: usize = 1024;

/// For a name that SARIF uses as a key (rule and driver names): one printable line.
pub fn sarif_name(text: impl Foreign) -> String {
    one_line(text.raw(), 255)
}

/// For the name of a rule in SARIF, by which results, alerts and later uploads find it: where
/// [`sarif_name`] must change it, it ends in a digest, so that two different names stay different.
pub fn sarif_key(text: impl Foreign) -> String {
    let name = one_line(text.raw(), MAX_KEY);
    if name == text.raw() {
        return name;
    }
    let digest = sha2::Sha256::digest(text.raw());
    let short: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("{name}~{short}")
}

/// Longest name of a rule, in characters, so that digest and severity still fit into the 255 that
/// GitHub keeps.
const MAX_KEY: usize = 230;

/// For a relative URI reference in SARIF (RFC 3986 §3.3): every byte that is no `pchar` is
/// percent-encoded, and so is `:`, so that no first component looks like a scheme.
pub fn uri_path<T: Foreign + ?Sized>(text: &T) -> Cow<'_, str> {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'@')
        .remove(b'+')
        .remove(b',')
        .remove(b'=')
        .remove(b'$')
        .remove(b'!');
    utf8_percent_encode(text.raw(), ENCODED).into()
}

/// For a value in TOML: a basic string on one line (TOML 1.0, "String"), which reads back as the same
/// text. Whatever a terminal or a log would obey is spelled out.
pub fn toml_string(text: impl Foreign) -> String {
    let text = text.raw();
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut marks = 0;
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '[' if marks >= 2 => out.push_str("\\u005B"),
            c if c.is_control() || is_deceptive(c) => {
                let _ = write!(out, "\\U{:08X}", c as u32);
            }
            c => out.push(c),
        }
        marks = if c == '#' { marks + 1 } else { 0 };
    }
    out.push('"');
    out
}

/// For a part of the path of a web page, such as a file's on GitHub: every byte is percent-encoded
/// that is no letter, no digit and none of `/-._`.
pub fn web_path(text: impl Foreign) -> String {
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'.')
        .remove(b'_');
    utf8_percent_encode(text.raw(), ENCODED).to_string()
}

/// Lines of ours for a terminal or a CI log that repeat foreign words somewhere: each stays a line, with
/// its indentation, and none is a command (see [`terminal`]).
pub fn lines(text: impl Foreign) -> String {
    let mut out = String::new();
    for line in excerpt(text).lines() {
        let rest = line.trim_start();
        out.push_str(line.strip_suffix(rest).unwrap_or_default());
        out.push_str(&break_commands(rest.to_owned()));
        out.push('\n');
    }
    out
}

/// A file's text for an excerpt on a terminal: byte for byte of the same length, so that places in
/// it stay right. Controls except line breaks, and `##[`, are overwritten.
pub fn excerpt(text: impl Foreign) -> String {
    let mut out = String::with_capacity(text.raw().len());
    for c in text.raw().chars() {
        if (c.is_control() && c != '\n') || is_deceptive(c) {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out.replace("##[", "#?[")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Untrusted;

    fn text(t: &str) -> Untrusted {
        t.into()
    }

    #[test]
    fn the_runner_finds_no_command() {
        for hostile in [
            "::set-output name=verdict::pass",
            "  ::error::x",
            "\n::error::x",
            "a ##[set-output name=verdict]pass",
            "\r##[stop-commands]x",
            "\u{1b}[2K\u{1b}[1G##[error]x",
        ] {
            for shown in [terminal(text(hostile)), command_data(text(hostile))] {
                assert!(!shown.contains("##["), "{shown:?}");
                assert!(!shown.trim_start().starts_with("::"), "{shown:?}");
                assert!(!shown.contains(['\n', '\r', '\u{1b}']), "{shown:?}");
            }
        }
    }

    #[test]
    fn properties_end_only_where_we_end_them() {
        let shown = command_property(text("a,line=1::b%0A\nc"));
        assert_eq!(shown, "a%2Cline=1%3A%3Ab%250A c");
    }

    #[test]
    fn markdown_shows_the_same_and_does_nothing() {
        assert_eq!(markdown(text("a.b-c/d.py:9 (x)")), "a.b-c/d.py:9 (x)");
        assert_eq!(
            markdown(text("https://x www.y GH-1")),
            "https&#58;//x www&#46;y GH-\u{2060}1"
        );
        assert_eq!(markdown(text("@all #1")), "&#64;\u{2060}all &#35;\u{2060}1");
        assert_eq!(
            markdown(text("0a1b2c3d4 :tada: a:b:")),
            "0a1b2c\u{2060}3d4 :\u{2060}tada: a:\u{2060}b:"
        );
        assert_eq!(markdown_code(text("@a/b#1")), "<code>&#64;a/b&#35;1</code>");
        assert_eq!(
            markdown_code(text("</details>|`")),
            "<code>&#60;/details&#62;&#124;&#96;</code>"
        );
    }

    #[test]
    fn markup_ends_nowhere() {
        let hostile = "</td>\"'><script>&\u{0}\u{ffff}\n]]>";
        let shown = markup(text(hostile));
        assert!(
            !shown.contains(['<', '>', '"', '\'', '\n', '\u{0}', '\u{ffff}']),
            "{shown}"
        );
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(
            url(text("https://a.b/c?d=e#f")).as_deref(),
            Some("https://a.b/c?d=e#f")
        );
        assert_eq!(
            url(text("https://a.b/c)(d")).as_deref(),
            Some("https://a.b/c%29%28d")
        );
        for bad in [
            "javascript:alert(1)",
            "https://u:p@h/",
            "https://",
            "//x",
            "data:,x",
            "https://a b/",
        ] {
            assert_eq!(url(text(bad)), None, "{bad}");
        }
    }

    #[test]
    fn sarif_messages_hold_no_link_and_uris_no_scheme() {
        assert_eq!(
            sarif_text(&text("see [x](http://y)")),
            "see \\[x\\](http://y)"
        );
        assert_eq!(uri_path(&text("a b/c:d%é")), "a%20b/c%3Ad%25%C3%A9");
    }

    #[test]
    fn toml_strings_read_back_and_obey_nobody() {
        let hostile = "a\"\n[[waiver]]\u{1b}\u{202e}\u{7f}\\ ##[error]x ###[\u{e0041}é";
        let shown = toml_string(text(hostile));
        assert!(!shown.contains(['\n', '\u{1b}', '\u{202e}']) && !shown.contains("##["));
        let table: toml::Table = format!("a = {shown}\n").parse().unwrap();
        assert_eq!(table["a"].as_str(), Some(hostile));
    }

    #[test]
    fn excerpts_keep_every_place() {
        let hostile = "a\u{1b}\u{202e}##[error]\nb";
        assert_eq!(excerpt(text(hostile)).len(), hostile.len());
    }
}
