//! HTML → plain text, for reports whose texts are fragments of HTML.

/// The text without tags; paragraphs and line breaks become line breaks. XML's own entities are
/// decoded once; everything else stays as it is written. This makes text readable, not safe:
/// escaping belongs to the sinks.
pub fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            out.push('<');
            rest = tag;
            continue;
        }
        let Some((tag, after)) = tag.split_once('>') else {
            // No tag ends any more.
            out.push('<');
            rest = tag;
            break;
        };
        let name = tag.trim_matches(['/', ' ']);
        if ["p", "br", "li"].contains(&name) && !out.ends_with('\n') {
            out.push('\n');
        }
        rest = after;
    }
    out.push_str(rest);
    let text = out.trim();
    if !text.contains('&') {
        return text.to_owned();
    }
    // The ampersand last, so that nothing is decoded twice.
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&apos;", "'"),
    ];
    let decoded = entities
        .into_iter()
        .fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
    decoded.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn tags_go_and_text_stays() {
        assert_eq!(
            plain("<p>One.</p><p>Two &amp; &lt;b&gt;</p>"),
            "One.\nTwo & <b>"
        );
        assert_eq!(plain("a < b and c > d"), "a < b and c > d");
        assert_eq!(plain("<a href='x'>link</a>"), "link");
        assert_eq!(plain("open <b"), "open <b");
        assert_eq!(plain("&amp;lt;"), "&lt;");
    }

    #[test]
    fn many_brackets_cost_linear_time() {
        let text = "<a".repeat(200_000);
        assert_eq!(plain(&text), text);
        let text = format!("{}>", "< ".repeat(200_000));
        assert_eq!(plain(&text), text);
    }
}
