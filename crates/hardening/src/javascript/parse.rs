//! From a file to its program, whatever the bytes are.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// A file with more bytes was made by a program, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Brackets inside one another, at most.
const DEPTH: usize = 250;
/// What nests without brackets (`a = b = c`, `!!x`, `else if`), at most in one piece of a file.
const LINKS: usize = 1500;
/// Room for what nests, in bytes. Only what is used is taken from the machine.
const STACK: usize = 256 * 1024 * 1024;

/// Parses a file and hands its program on.
///
/// The parser goes down with the program's nesting, so it runs where there is room for as much of it as
/// [`too_deep`] lets through.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn with<T: Send>(
    path: &str,
    text: &str,
    then: impl Fn(&Program<'_>) -> T + Sync,
) -> Result<T, &'static str> {
    if text.len() > LARGEST {
        return Err("it is larger than a file that people write");
    }
    if too_deep(text.as_bytes()) {
        return Err("it is nested too deeply");
    }
    let blanked = only_scripts(path, text);
    let text = blanked.as_deref().unwrap_or(text);
    let types = source_types(path);
    std::thread::scope(|scope| {
        let work = || {
            types.iter().find_map(|source_type| {
                let allocator = Allocator::default();
                let parsed = Parser::new(&allocator, text, *source_type).parse();
                (!parsed.panicked).then(|| then(&parsed.program))
            })
        };
        let thread = std::thread::Builder::new().stack_size(STACK);
        match thread.spawn_scoped(scope, work).map(|thread| thread.join()) {
            Ok(Ok(done)) => done.ok_or("it is no program that can be read"),
            Ok(Err(_)) => Err("reading it failed"),
            Err(_) => Err("there was no room to read it"),
        }
    })
}

/// What to take a file for, best first.
fn source_types(path: &str) -> Vec<SourceType> {
    let end = path.rsplit('.').next().unwrap_or_default();
    match end {
        "ts" | "mts" | "cts" => vec![SourceType::ts(), SourceType::tsx()],
        "tsx" => vec![SourceType::tsx()],
        "vue" | "svelte" | "astro" => vec![SourceType::ts(), SourceType::mjs()],
        "cjs" => vec![SourceType::cjs(), SourceType::tsx()],
        _ => vec![
            SourceType::mjs().with_jsx(true),
            SourceType::cjs().with_jsx(true),
            SourceType::tsx(),
        ],
    }
}

/// Components hold their program between tags. All else becomes blanks, so that places stay.
fn only_scripts(path: &str, text: &str) -> Option<String> {
    let markup = [".vue", ".svelte", ".astro"];
    if !markup.iter().any(|end| path.ends_with(end)) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let mut keep = Vec::new();
    let mut from = 0;
    if path.ends_with(".astro") && text.starts_with("---") {
        let end = text.get(3..).and_then(|rest| rest.find("\n---"));
        keep.push(3..end.map_or(3, |end| end + 3));
    }
    while let Some(at) = lower.get(from..).and_then(|rest| rest.find("<script")) {
        let open = from + at;
        let start = lower.get(open..).and_then(|rest| rest.find('>'));
        let start = start.map_or(text.len(), |end| open + end + 1);
        let end = lower.get(start..).and_then(|rest| rest.find("</script"));
        let end = end.map_or(text.len(), |end| start + end);
        keep.push(start..end);
        from = end;
    }
    let mut out = vec![b' '; text.len()];
    for (at, byte) in text.bytes().enumerate() {
        if let Some(place) = out.get_mut(at)
            && (byte == b'\n' || keep.iter().any(|range| range.contains(&at)))
        {
            *place = byte;
        }
    }
    String::from_utf8(out).ok()
}

/// Whether a program may nest more deeply than there is room for. Reads bytes only, so strings and comments
/// count as well: a file that people write has neither so many.
fn too_deep(bytes: &[u8]) -> bool {
    let mut depth = 0usize;
    let mut links = 0usize;
    let mut last = b'\n';
    for byte in bytes {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                links += usize::from(*byte != b'{');
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if *byte == b'}' {
                    links = links.saturating_sub(1);
                }
            }
            b';' | b',' => links = 0,
            b'\n' if last == b'\n' => {}
            b'=' | b'!' | b'~' | b'?' | b':' | b'<' | b'+' | b'-' | b'*' | b'.' | b'`' => {
                links += 1
            }
            // A word may be `new`, `typeof`, `if`.
            b' ' | b'\n' | b'\t' if last.is_ascii_alphanumeric() => links += 1,
            _ => {}
        }
        if depth > DEPTH || links > LINKS * 20 {
            return true;
        }
        last = *byte;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_what_is_none() {
        let count = |path: &str, text: &str| with(path, text, |program| program.body.len());
        assert_eq!(count("a.js", "const a = <b/>;\nlet c"), Ok(2));
        assert_eq!(count("a.ts", "const a: string = <string>b"), Ok(1));
        assert_eq!(count("a.js", "module.exports = 1; return 2"), Ok(2));
        assert_eq!(
            count(
                "a.vue",
                "<template>{{ a }}</template>\n<script setup lang=\"ts\">\nlet a = 1\n</script>"
            ),
            Ok(1)
        );
        assert!(count("a.js", "const = {{ x }}").is_err());
        assert_eq!(count("a.js", ""), Ok(0));
    }

    #[test]
    fn what_nests_without_end_is_refused_or_read() {
        for unit in [
            "(",
            "[",
            "{",
            "!",
            "-",
            "a=",
            "a?b:",
            "a=>",
            "new ",
            "typeof ",
            "if(1)",
            "`${",
            "<a>",
            "a.",
            "a+",
            "else if(a){}",
            "for(;;)",
            "a:",
            "await ",
            "a**",
            "f()=>",
            "({a:",
            "class a extends ",
            "function a(){",
            "[...",
            "async a=>",
            "yield ",
            "a??",
            "a,",
            "do ",
            "try{}finally{",
            "<T>",
            "@a ",
            "x as ",
            "import(",
            "{[",
            "switch(a){case ",
            "label:",
            "\n!",
            "\nnew\n",
            "()",
            "a()",
            "let a=",
        ] {
            for path in ["a.js", "a.ts"] {
                let _ = with(path, &unit.repeat(200_000 / unit.len()), |program| {
                    program.body.len()
                });
            }
        }
    }
}
