//! Templates of YAML, as Helm and Ansible fill them in (<https://helm.sh/docs/chart_template_guide/>): what can
//! be read of them before.

use std::ops::Range;

/// How commands of a template begin and end.
const MARKS: [(&str, &str); 2] = [("{{", "}}"), ("{%", "%}")];

/// The text with nothing to fill in, as long as before: a line that holds only commands is blank, and what stands
/// beside something else is some word. With it the bytes that are such words, in order.
pub(crate) fn without_commands(text: &str) -> (String, Vec<Range<usize>>) {
    let mut out = text.as_bytes().to_vec();
    let commands = commands(text);
    for byte in commands.iter().flat_map(Clone::clone) {
        if let Some(byte) = out.get_mut(byte).filter(|byte| !is_break(**byte)) {
            *byte = b' ';
        }
    }
    let mut words = Vec::new();
    let mut at = 0;
    let mut left = commands.into_iter().peekable();
    for line in text.split_inclusive('\n') {
        let here = at..at + line.len();
        at = here.end;
        let says = out.get(here.clone()).unwrap_or_default();
        let says = says.iter().any(|byte| !byte.is_ascii_whitespace());
        while let Some(command) = left.peek().cloned().filter(|one| one.start < here.end) {
            let part = command.start.max(here.start)..command.end.min(here.end);
            if says && !part.is_empty() {
                for byte in out.get_mut(part.clone()).unwrap_or_default() {
                    if !is_break(*byte) {
                        *byte = b'x';
                    }
                }
                words.push(part);
            }
            if command.end > here.end {
                break;
            }
            left.next();
        }
    }
    (String::from_utf8(out).unwrap_or_default(), words)
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The commands of a template, in order.
fn commands(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = text.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + brace;
        at = start + 1;
        let rest = text.get(start..).unwrap_or_default();
        let Some((_, close)) = MARKS.iter().find(|(open, _)| rest.starts_with(open)) else {
            continue;
        };
        // A command that nothing ends is none, and neither is any behind it.
        let Some(length) = rest.find(close) else {
            break;
        };
        at = start + length + close.len();
        found.push(start..at);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_blank_or_some_word() {
        let text =
            "a:\n  {{- if .Values.\u{e9} }}\n  b: {{ .c }}-d\n  {{- end }}\n{% x\n y %}\ne: f\n";
        let (filled, words) = without_commands(text);
        assert_eq!(filled.len(), text.len());
        let lines: Vec<&str> = filled.lines().map(str::trim_end).collect();
        assert_eq!(lines, ["a:", "", "  b: xxxxxxxx-d", "", "", "", "e: f"]);
        assert_eq!(words.len(), 1);
        assert_eq!(text.get(words[0].clone()), Some("{{ .c }}"));
        assert_eq!(without_commands("a: {{ b").0, "a: {{ b");
    }
}
