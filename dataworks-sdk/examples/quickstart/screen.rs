//! How the tour looks: headings, calls as they stand in the source, and short lines below them.

use std::fmt::Display;
use std::io::{IsTerminal as _, stdout};

/// Longer calls are shown one setter a line.
const WIDTH: usize = 92;

/// Shows a call as it stands in the source, and makes it.
macro_rules! show {
    ($call:expr) => {{
        $crate::screen::code(stringify!($call));
        $call
    }};
}
pub(crate) use show;

/// Escape codes where a person looks, nothing where a program reads.
fn painted(code: &str, text: impl Display) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some() || !stdout().is_terminal();
    if plain { text.to_string() } else { format!("\x1b[{code}m{text}\x1b[0m") }
}

pub(crate) fn title(text: &str) {
    println!("\n{}\n", painted("1", text));
}

pub(crate) fn heading(text: &str) {
    let rule = "─".repeat(76_usize.saturating_sub(text.chars().count()));
    println!("\n{}", painted("1;36", format_args!("── {text} {rule}")));
}

/// What happens next, in a sentence.
pub(crate) fn say(text: impl Display) {
    println!("{text}");
}

/// A result, below the call that it came from.
pub(crate) fn line(text: impl Display) {
    for line in text.to_string().lines() {
        println!("     {line}");
    }
}

/// A result that failed: all that `Display` has to say, broken into lines.
pub(crate) fn failed(error: &dataworks_sdk::Error) {
    let mut mark = painted("1;31", "✗");
    for part in error.to_string().lines() {
        let indent = part.len() - part.trim_start().len();
        let mut line = " ".repeat(indent);
        for word in part.split_whitespace() {
            if line.chars().count() + word.chars().count() > WIDTH {
                println!("  {mark}  {}", line.trim_end());
                (mark, line) = (" ".to_owned(), " ".repeat(indent));
            }
            line.push_str(word);
            line.push(' ');
        }
        println!("  {mark}  {}", line.trim_end());
        mark = " ".to_owned();
    }
}

/// Shows the error of a part of the tour that ended with one, and says whether it went well.
pub(crate) fn told(part: Result<(), dataworks_sdk::Error>) -> bool {
    part.inspect_err(failed).is_ok()
}

/// A call, as it stands in the source.
pub(crate) fn code(source: &str) {
    println!("\n  {}", painted("32", laid_out(source).join("\n      ")));
}

/// The source of a call on one line, or one setter a line if it is long.
fn laid_out(source: &str) -> Vec<String> {
    let words: Vec<&str> = source.split_whitespace().collect();
    let line =
        words.join(" ").replace(" .", ".").replace("( ", "(").replace(" )", ")").replace(", )", ")").replace(",)", ")");
    let line = format!("› {line}");
    if line.chars().count() <= WIDTH {
        return vec![line];
    }
    let (mut lines, mut depth, mut last) = (vec![String::new()], 0_usize, ' ');
    for c in line.chars() {
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            // Each setter of the request, and what is called on the call itself.
            '.' if depth <= 1 && matches!(last, ')' | '?') => lines.push("    ".repeat(depth)),
            _ => {}
        }
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
        last = c;
    }
    lines
}
