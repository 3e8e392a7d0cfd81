//! From a file to its program, whatever the bytes are.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// A file with more bytes was made by a program, in bytes.
const LARGEST: usize = 1024 * 1024;
/// How deep a program may nest: brackets inside one another, and what nests without them (`a = b = c`, `!!x`,
/// `else if`).
struct Limit {
    depth: usize,
    links: usize,
}

/// What any thread has room for.
const HERE: Limit = Limit {
    depth: 60,
    links: 300,
};
/// What there is room for in [`STACK`].
const MOST: Limit = Limit {
    depth: 250,
    links: 20_000,
};
/// Room for what nests deeply, in bytes. Only what is used is taken from the machine.
const STACK: usize = 256 * 1024 * 1024;
/// Bytes in a line, at an average, that only a program writes.
const LONG_LINES: usize = 400;

/// Parses a file and hands its program on.
///
/// The parser goes down with the program's nesting: what nests deeply is read where there is room for it.
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
    let nesting = nesting(text.as_bytes());
    if nesting.depth > MOST.depth || nesting.links > MOST.links {
        return Err("it is nested too deeply");
    }
    let blanked = only_scripts(path, text);
    let text = blanked.as_deref().unwrap_or(text);
    let types = source_types(path);
    let work = || {
        types.iter().find_map(|source_type| {
            let allocator = Allocator::default();
            let parsed = Parser::new(&allocator, text, *source_type).parse();
            (!parsed.panicked).then(|| then(&parsed.program))
        })
    };
    // Without optimization each step down takes many times the room.
    let flat = nesting.depth <= HERE.depth && nesting.links <= HERE.links;
    if flat && !cfg!(debug_assertions) {
        return work().ok_or(NO_PROGRAM);
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        match thread.spawn_scoped(scope, work).map(|thread| thread.join()) {
            Ok(Ok(done)) => done.ok_or(NO_PROGRAM),
            Ok(Err(_)) => Err("reading it failed"),
            Err(_) => Err("there was no room to read it"),
        }
    })
}

const NO_PROGRAM: &str = "it is no program that can be read";

/// Whether a file is made by a program: its lines are longer than people write them.
pub(crate) fn is_bundle(text: &str) -> bool {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    text.len() > LARGEST || text.len() > 20_000 && text.len() / lines > LONG_LINES
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
    let blank = |byte: u8| if byte == b'\n' { byte } else { b' ' };
    let mut out: Vec<u8> = text.bytes().map(blank).collect();
    for range in keep {
        let (out, text) = (out.get_mut(range.clone())?, text.as_bytes().get(range)?);
        out.copy_from_slice(text);
    }
    String::from_utf8(out).ok()
}

/// Whether a word asks for more behind it, or goes on with what is before it.
fn is_link(word: &[u8]) -> bool {
    matches!(
        word,
        b"new"
            | b"typeof"
            | b"await"
            | b"void"
            | b"delete"
            | b"yield"
            | b"if"
            | b"else"
            | b"for"
            | b"while"
            | b"do"
            | b"with"
            | b"async"
            | b"keyof"
            | b"infer"
            | b"unique"
            | b"readonly"
            | b"asserts"
            | b"function"
            | b"class"
            | b"try"
            | b"catch"
            | b"finally"
            | b"abstract"
            | b"extends"
            | b"in"
            | b"of"
            | b"instanceof"
            | b"as"
            | b"satisfies"
            | b"is"
            | b"from"
            | b"case"
            | b"import"
            | b"let"
            | b"const"
            | b"var"
            | b"return"
            | b"throw"
            | b"export"
            | b"default"
            | b"get"
            | b"set"
            | b"static"
            | b"declare"
            | b"namespace"
            | b"module"
            | b"enum"
            | b"type"
            | b"interface"
            | b"out"
            | b"accessor"
            | b"using"
            | b"switch"
    )
}

/// Whether a word goes on with the statement before it, also on a line of its own.
fn goes_on(word: &[u8]) -> bool {
    matches!(
        word,
        b"in"
            | b"of"
            | b"instanceof"
            | b"as"
            | b"satisfies"
            | b"extends"
            | b"is"
            | b"from"
            | b"else"
            | b"catch"
            | b"finally"
            | b"while"
            | b"implements"
            | b"asserts"
    )
}

/// How deeply a program may nest, at most. Reads bytes only, so strings and comments count as well.
fn nesting(bytes: &[u8]) -> Limit {
    let mut most = Limit { depth: 0, links: 0 };
    // What links at each level of brackets; what ends a statement ends its own level only.
    let mut outer: Vec<usize> = Vec::new();
    let (mut level, mut below) = (0usize, 0usize);
    // The last byte that is no white space, whether a line ended behind it, and whether it ends a link.
    let (mut last, mut line, mut link) = (b';', false, false);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if is_word(*byte) {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| is_word(**byte)).count();
            let word = rest.get(..length).unwrap_or_default();
            let value_before = is_word(last) && !link || b"}]'\"".contains(&last);
            // Behind a value, on a line of its own: something new begins.
            if line && value_before && !goes_on(word) {
                level = 0;
            }
            link = is_link(word) || goes_on(word);
            level += usize::from(link);
            (last, line) = (*byte, false);
            at += length;
        } else {
            match byte {
                b'(' | b'[' | b'{' => {
                    outer.push(level);
                    below += level;
                    level = 0;
                }
                b')' | b']' | b'}' => {
                    level = outer.pop().unwrap_or_default();
                    below = below.saturating_sub(level);
                    // `a()[b]()` leans on what is before it.
                    level += 1;
                }
                b';' | b',' => level = 0,
                b'=' | b'!' | b'~' | b'?' | b':' | b'<' | b'+' | b'-' | b'*' | b'.' | b'`'
                | b'|' | b'&' | b'@' | b'/' | b'%' | b'^' | b'>' => level += 1,
                b'\n' => line = true,
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                (last, line, link) = (*byte, false, false);
            }
            at += 1;
        }
        most.depth = most.depth.max(outer.len());
        most.links = most.links.max(below + level);
        if most.depth > MOST.depth || most.links > MOST.links {
            break;
        }
    }
    most
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
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
            "a(b,c)[d,e]",
            "if(a){b;}else ",
            "if(a){b;}\nelse ",
            "()=>{a;return ",
            "a\n?b\n:\n",
            "/**/+",
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
