//! The lists of the issue, cut so that the text fits.

use std::fmt::Write as _;

/// Lines of one list that are written at most, whatever the room.
pub const MOST: usize = 200;

/// Room that every list needs besides its lines, in UTF-16 units: heading, folding, what is left out.
const FRAME: usize = 200;

/// A list with a heading.
#[derive(Debug)]
pub struct List {
    title: &'static str,
    /// Lists of a lower number get room first.
    rank: u8,
    /// Shown closed, to be opened by the reader.
    folded: bool,
    total: usize,
    lines: Vec<String>,
}

impl List {
    /// A list of `all`, each line made by `line`.
    pub fn new<T>(title: &'static str, rank: u8, all: &[T], line: impl Fn(&T) -> String) -> Self {
        Self {
            title,
            rank,
            folded: false,
            total: all.len(),
            lines: all.iter().take(MOST).map(line).collect(),
        }
    }

    /// The same, shown closed.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    fn write(&self, kept: usize, elsewhere: &str, out: &mut String) {
        let title = format!("{} ({})", self.title, self.total);
        let _ = match self.folded {
            true => writeln!(out, "<details><summary>{title}</summary>\n"),
            false => writeln!(out, "### {title}\n"),
        };
        for line in self.lines.iter().take(kept) {
            let _ = writeln!(out, "- {line}");
        }
        let more = self.total.saturating_sub(kept);
        if more > 0 {
            let _ = writeln!(out, "- … and {more} more, in {elsewhere}");
        }
        out.push_str(if self.folded {
            "\n</details>\n\n"
        } else {
            "\n"
        });
    }
}

/// Length as GitHub counts it, near enough: in UTF-16 units.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Writes the lists in their order. What does not fit into `room` UTF-16 units is left out line by
/// line, from the list of the highest rank up, and counted; `elsewhere` says where it is.
pub fn write(lists: &[List], room: usize, elsewhere: &str) -> String {
    let lists: Vec<&List> = lists.iter().filter(|list| list.total > 0).collect();
    let mut room = room.saturating_sub(lists.len() * (FRAME + units(elsewhere)));
    let mut kept = vec![0; lists.len()];
    let mut order: Vec<(&&List, &mut usize)> = lists.iter().zip(&mut kept).collect();
    order.sort_by_key(|(list, _)| list.rank);
    for (list, kept) in order {
        for line in &list.lines {
            let needed = units(line) + 3;
            if needed > room {
                break;
            }
            room -= needed;
            *kept += 1;
        }
    }
    let mut out = String::new();
    for (list, kept) in lists.iter().zip(&kept) {
        list.write(*kept, elsewhere, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(title: &'static str, rank: u8, lines: usize) -> List {
        let numbers: Vec<usize> = (0..lines).collect();
        List::new(title, rank, &numbers, |n| format!("{title} 𝄞 {n:0>80}"))
    }

    #[test]
    fn what_matters_less_is_left_out_first_and_counted() {
        let lists = [
            list("low", 2, 50).folded(),
            list("high", 1, 50),
            list("none", 0, 0),
        ];
        let text = write(&lists, 6000, "the summary");
        assert!(units(&text) <= 6000);
        assert!(text.contains("### high (50)"), "{text}");
        assert!(text.contains(&format!("high 𝄞 {:0>80}", 49)), "{text}");
        let low = text.matches("- low").count();
        assert!((1..50).contains(&low), "{text}");
        assert!(text.contains(&format!("… and {} more, in the summary", 50 - low)));
        assert!(text.find("low (50)") < text.find("high (50)"));
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
        assert!(!text.contains("none"));
    }

    #[test]
    fn it_fits_in_any_room() {
        let lists = [list("a", 0, 300), list("b", 1, 1).folded()];
        for room in [0, 500, 1000, 10_000, 50_000] {
            let text = write(&lists, room, "x");
            assert!(units(&text) <= room.max(2 * FRAME), "{room}");
            assert!(text.contains("a (300)") && text.contains("b (1)"));
        }
    }
}
