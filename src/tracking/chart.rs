//! The trend: how many findings there were, scan by scan.

use super::memory::Point;
use std::fmt::Write as _;

/// The chart and the same in one sentence, for e-mails and screen readers, which show no chart.
/// Nothing for fewer than two scans.
///
/// GitHub draws Mermaid (docs.github.com, "Creating diagrams"); the chart's form is Mermaid's
/// `xychart-beta` (mermaid.js.org, "XY Chart"), a name that newer versions know as well. It has no
/// legend, so that the two series differ in kind and the sentence says which is which. Every word in
/// it is ours; of the issue only days and numbers come back.
pub fn chart(points: &[Point]) -> Option<String> {
    let [first, .., last] = points else {
        return None;
    };
    let list = |of: &dyn Fn(&Point) -> String| points.iter().map(of).collect::<Vec<_>>().join(", ");
    // Two points of one name would be drawn in one place.
    let years = first.day.year() != last.day.year();
    let form = if years { "%y-%m-%d" } else { "%m-%d" };
    let days = list(&|point| {
        let mark = if point.gaps > 0 { " ?" } else { "" };
        format!("\"{}{mark}\"", point.day.strftime(form))
    });
    let open = list(&|point| point.open.to_string());
    let blocking = list(&|point| point.blocking.to_string());
    let most = points.iter().map(|point| point.open.max(point.blocking));
    // An axis without length cannot be drawn.
    let most = most.max().unwrap_or_default().max(1);
    let mut text = format!(
        "{} open on {}, {} on {}. Bars: findings to mend; line: those that block",
        first.open, first.day, last.open, last.day
    );
    if points.iter().any(|point| point.gaps > 0) {
        text.push_str("; ?: evidence was missing, so that there may be more");
    }
    text.push_str(".\n\n```mermaid\n");
    text.push_str(
        "%%{init: {\"xyChart\": {\"width\": 900, \"height\": 280, \"xAxis\": {\"labelFontSize\": 10}}}}%%\n",
    );
    let _ = writeln!(text, "xychart-beta");
    let _ = writeln!(text, "    x-axis [{days}]");
    let _ = writeln!(text, "    y-axis \"findings\" 0 --> {most}");
    let _ = writeln!(text, "    bar [{open}]");
    let _ = writeln!(text, "    line [{blocking}]");
    text.push_str("```\n");
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(day: &str, open: u32, gaps: u32) -> Point {
        Point {
            day: day.parse().unwrap(),
            open,
            blocking: open / 2,
            gaps,
        }
    }

    #[test]
    fn a_chart_needs_two_scans() {
        assert_eq!(chart(&[]), None);
        assert_eq!(chart(&[point("2026-11-01", 3, 0)]), None);
    }

    #[test]
    fn the_chart_says_the_same_as_its_sentence() {
        let points = [point("2026-11-01", 5, 0), point("2026-11-03", 2, 1)];
        let text = chart(&points).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(
            lines[0],
            "5 open on 2026-11-01, 2 on 2026-11-03. Bars: findings to mend; line: those that block; \
             ?: evidence was missing, so that there may be more."
        );
        assert!(lines.contains(&"x-axis [\"11-01\", \"11-03 ?\"]"), "{text}");
        assert!(lines.contains(&"y-axis \"findings\" 0 --> 5"), "{text}");
        assert!(lines.contains(&"bar [5, 2]"), "{text}");
        assert!(lines.contains(&"line [2, 1]"), "{text}");
    }

    #[test]
    fn no_two_scans_have_one_name() {
        let points = [point("2025-11-01", 1, 0), point("2026-11-01", 2, 0)];
        let text = chart(&points).unwrap();
        assert!(text.contains("[\"25-11-01\", \"26-11-01\"]"), "{text}");
    }

    #[test]
    fn nothing_at_all_still_has_an_axis() {
        let points = [point("2026-11-01", 0, 0), point("2026-11-02", 0, 0)];
        assert!(chart(&points).unwrap().contains("0 --> 1\n"));
    }
}
