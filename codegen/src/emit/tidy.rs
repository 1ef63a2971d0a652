//! What prettyplease leaves to rustfmt: short calls on one line, a lone argument hugged by its parentheses, an empty line
//! between methods.

use super::print::WIDTH;

/// Appends a printed item.
pub(crate) fn push(printed: &str, text: &mut String) {
    let mut lines: Vec<String> = printed.lines().map(str::to_owned).collect();
    // From the inside out: what a call holds is settled before the call itself.
    for at in (0..lines.len()).rev() {
        if is_open(&lines[at]) && !join(&mut lines, at) {
            hug(&mut lines, at);
        }
    }
    let mut before = "{";
    for line in &lines {
        let method = line.starts_with("    fn ") || line.starts_with("    pub fn ");
        let begins = if method { before.ends_with(';') } else { before == "    }" && line != "}" };
        if begins || (method && before == "    }") {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        before = line;
    }
}

fn is_open(line: &str) -> bool {
    line.ends_with('(') && !line.trim_start().starts_with("//")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Where the call that opens at the end of a line closes.
fn close(lines: &[String], at: usize) -> Option<usize> {
    let inside = indent(lines.get(at + 1)?);
    let end = (at + 1..lines.len()).find(|&line| indent(&lines[line]) < inside)?;
    lines[end].trim_start().starts_with(')').then_some(end)
}

/// Puts a call on one line, if it fits and holds no block.
fn join(lines: &mut Vec<String>, at: usize) -> bool {
    let Some(end) = close(lines, at) else { return false };
    let mut joined = lines[at].clone();
    for (index, line) in lines[at + 1..end].iter().enumerate() {
        let part = line.trim_start();
        if part.ends_with(['(', '[', '{', ';']) || part.starts_with(['/', '#', ']', '}']) {
            return false;
        }
        if index > 0 && !part.starts_with('.') {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    let arguments = joined.strip_suffix(',').unwrap_or(&joined);
    let joined = format!("{arguments}{}", lines[end].trim_start());
    if joined.chars().count() > WIDTH {
        return false;
    }
    lines.splice(at..=end, [joined]);
    true
}

/// Takes a list or a `match` that is the only argument of a call up to the parenthesis; a list has a line for each element.
fn hug(lines: &mut Vec<String>, at: usize) {
    let Some(end) = close(lines, at) else { return };
    let first = lines[at + 1].trim_start();
    let outside = indent(&lines[end]);
    let list = first.strip_prefix("&[").and_then(|list| list.strip_suffix("],"));
    let (opened, inner) = if let Some(list) = list.filter(|_| end == at + 2) {
        let pad = " ".repeat(outside + 4);
        ("&[", elements(list).map(|element| format!("{pad}{element},")).collect())
    } else {
        let last = lines[end - 1].trim_start();
        let inside = indent(&lines[at + 1]);
        let lone = (first == "&[" && last == "],") || (first.starts_with("match ") && last == "},");
        if !lone || lines[at + 2..end - 1].iter().any(|line| indent(line) <= inside) {
            return;
        }
        let shifted = |line: &String| line[inside - outside..].to_owned();
        (first, lines[at + 2..end - 1].iter().map(shifted).collect::<Vec<_>>())
    };
    let bracket = if opened == "&[" { ']' } else { '}' };
    let mut hugged = vec![format!("{}{opened}", lines[at])];
    hugged.extend(inner);
    hugged.push(format!("{:outside$}{bracket}{}", "", lines[end].trim_start()));
    lines.splice(at..=end, hugged);
}

/// The elements of a list that stands on one line.
fn elements(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let mut quoted = false;
    list.split(move |c: char| {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0 && !quoted
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(printed: &str) -> String {
        let mut text = String::new();
        push(printed, &mut text);
        text
    }

    #[test]
    fn a_lone_list_is_hugged_and_a_short_call_joined() {
        let long = "x".repeat(80);
        let printed = format!(
            "static O: rt::O = rt::O::new(\n        \"A\",\n        rt::Method::Post,\n    )\n    .parameters(\n        &[\n            \
             form(\"{long}\"),\n            form(\"{long}\"),\n        ],\n    );\n"
        );
        let wanted = format!(
            "static O: rt::O = rt::O::new(\"A\", rt::Method::Post)\n    .parameters(&[\n        form(\"{long}\"),\n        \
             form(\"{long}\"),\n    ]);\n"
        );
        assert_eq!(tidied(&printed), wanted);
    }

    #[test]
    fn a_long_list_has_a_line_for_each_element() {
        let (one, two) = ("x".repeat(60), "y, (".repeat(20));
        let printed = format!("static S: S = S::new(\n    &[field(\"{one}\", List(&A)), field(\"{two}\", B)],\n);\n");
        let wanted =
            format!("static S: S = S::new(&[\n    field(\"{one}\", List(&A)),\n    field(\"{two}\", B),\n]);\n");
        assert_eq!(tidied(&printed), wanted);
    }

    #[test]
    fn a_lone_match_is_hugged() {
        let printed = "fn f() {\n    Some(\n        match i {\n            0 => 1,\n            _ => return None,\n        },\n    )\n}\n";
        let wanted = "fn f() {\n    Some(match i {\n        0 => 1,\n        _ => return None,\n    })\n}\n";
        assert_eq!(tidied(printed), wanted);
    }

    #[test]
    fn methods_stand_apart() {
        let printed = "impl T {\n    type I = N;\n    fn a() {\n    }\n    /// B (\n    fn b() {\n    }\n}\n";
        let wanted = "impl T {\n    type I = N;\n\n    fn a() {\n    }\n\n    /// B (\n    fn b() {\n    }\n}\n";
        assert_eq!(tidied(printed), wanted);
    }
}
