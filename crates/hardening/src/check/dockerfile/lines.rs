//! Lines that begin like a comment of another language.

use std::ops::Range;

/// The lines that begin with `//` or `/*` where an instruction is expected: outside of continued lines and of
/// here-documents.
pub(super) fn slashed(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut continued = false;
    let mut waits_for: Vec<String> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if let Some(end) = waits_for.first() {
            if trimmed == end {
                waits_for.remove(0);
            }
            continue;
        }
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !continued && (trimmed.starts_with("//") || trimmed.starts_with("/*")) {
            let from = start + line.len() - line.trim_start().len();
            found.push(from..from + trimmed.len());
            continue;
        }
        waits_for = here_documents(trimmed);
        continued = trimmed.ends_with('\\') || trimmed.ends_with('`');
    }
    found
}

/// The words that end the here-documents which a line begins.
fn here_documents(line: &str) -> Vec<String> {
    let upper = line.get(..4).unwrap_or_default().to_ascii_uppercase();
    if !["RUN ", "COPY", "ADD "].contains(&upper.as_str()) {
        return Vec::new();
    }
    let mut ends = Vec::new();
    for part in line.split("<<").skip(1) {
        let word = part.trim_start_matches('-').trim_start_matches(['"', '\'']);
        let end = word
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(word.len());
        ends.extend(
            word.get(..end)
                .filter(|word| !word.is_empty())
                .map(str::to_owned),
        );
    }
    ends
}

/// The text with these lines empty, and with the sign of a continued line at the end of the line: Docker takes
/// white space behind it, the parser does not. As long as before, so that every place is the same.
pub(super) fn blanked(text: &str, lines: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for line in lines {
        out.push_str(text.get(at..line.start).unwrap_or_default());
        out.extend(std::iter::repeat_n(' ', line.len()));
        at = line.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    if !out.contains("\\ ") && !out.contains("\\\t") {
        return out;
    }
    out.split_inclusive('\n').map(sign_last).collect()
}

fn sign_last(line: &str) -> String {
    let body = line.trim_end_matches(['\n', '\r']);
    let end = line.get(body.len()..).unwrap_or_default();
    let tight = body.trim_end_matches([' ', '\t']);
    match tight.strip_suffix('\\') {
        Some(before) if tight.len() < body.len() => {
            let space = " ".repeat(body.len() - tight.len());
            format!("{before}{space}\\{end}")
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_an_instruction_is_expected() {
        let text = "FROM a\n// no\nRUN x \\\n  //y\nRUN <<EOF\n// in\nEOF\n/* z */\n# // c\n";
        let found: Vec<&str> = slashed(text)
            .into_iter()
            .map(|line| text.get(line).unwrap())
            .collect();
        assert_eq!(found, ["// no", "/* z */"]);
        assert_eq!(blanked(text, &slashed(text)).len(), text.len());
        assert_eq!(blanked("RUN a \\  \n b\n", &[]), "RUN a   \\\n b\n");
    }
}
