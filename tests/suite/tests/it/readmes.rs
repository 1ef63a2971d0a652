//! `README.zh-CN.md` says in Chinese what `README.md` says.
//!
//! Both are sequences of blocks: headings, paragraphs, list items, table rows, code blocks. What is added to one goes to the
//! same place of the other. Prose is translated, and everything that is the same in every language stays:
//!
//! - a code block: its info string and its body, comments included, byte for byte (so it is enough that `src/lib.rs`
//!   compiles the Rust blocks of the English one);
//! - a heading: its level;
//! - a table row: its number of cells, and cell by cell what is listed next;
//! - in any text: figures (digits; words like "three" are prose), `code`, bold passages and links. The order of these within
//!   a text or cell is free. Links to headings lead to the heading in the README's own language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};
use similar::{Algorithm, capture_diff_slices};

const ENGLISH: &str = "README.md";
const CHINESE: &str = "README.zh-CN.md";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Heading(HeadingLevel),
    Paragraph,
    Item,
    /// With the number of its cells.
    Row(usize),
    /// With its info string.
    Code(String),
}

impl Kind {
    fn name(&self) -> String {
        match self {
            Self::Heading(level) => format!("heading of level {}", *level as u8),
            Self::Paragraph => "paragraph".to_owned(),
            Self::Item => "list item".to_owned(),
            Self::Row(cells) => format!("table row of {cells} cells"),
            Self::Code(info) => format!("code block `{info}`"),
        }
    }
}

/// A cell of a table row, or all that another block has.
#[derive(Debug, Default)]
struct Cell {
    /// Without inline code, except in headings, whose anchors need it.
    text: String,
    code: Vec<String>,
    links: Vec<String>,
    bold: usize,
}

#[derive(Debug)]
struct Block {
    /// Counted from 1.
    line: usize,
    kind: Kind,
    cells: Vec<Cell>,
}

/// What must be the same in both languages: the kind of block, the lines of code, and of each cell what is not prose.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Essence {
    kind: Kind,
    code: Vec<String>,
    /// Sorted, each with the number of its cell.
    marks: Vec<(usize, String)>,
}

struct Readme {
    name: &'static str,
    lines: Vec<String>,
    blocks: Vec<Block>,
    /// The anchors of the headings, as GitHub makes them.
    anchors: Vec<String>,
}

impl Readme {
    fn new(name: &'static str, text: &str) -> Self {
        let blocks = blocks(text);
        let mut anchors = Vec::new();
        let mut seen = BTreeMap::new();
        for heading in blocks.iter().filter(|block| matches!(block.kind, Kind::Heading(_))) {
            let anchor = anchor(&heading.cells[0].text);
            let before: &mut usize = seen.entry(anchor.clone()).or_default();
            anchors.push(if *before == 0 { anchor } else { format!("{anchor}-{before}") });
            *before += 1;
        }
        Self { name, lines: text.lines().map(str::to_owned).collect(), blocks, anchors }
    }

    fn links(&self) -> impl Iterator<Item = (usize, &str)> {
        self.blocks.iter().flat_map(|block| {
            block.cells.iter().flat_map(|cell| cell.links.iter().map(|link| (block.line, link.as_str())))
        })
    }

    /// `README.md:12: the line`
    fn show(&self, line: usize) -> String {
        let text = self.lines.get(line - 1).map_or("(the end)", String::as_str);
        format!("\n    {}:{line}: {text}", self.name)
    }

    /// A link without what differs between the languages.
    fn neutral(&self, other: &Self, link: &str) -> String {
        let (file, anchor) = split(link);
        let (readme, name) = if file.is_empty() || file == self.name {
            (self, "this README")
        } else if file == other.name {
            (other, "the other README")
        } else {
            return format!("a link to {link}");
        };
        match anchor {
            None => format!("a link to {name}"),
            Some(anchor) => match readme.anchors.iter().position(|known| *known == anchor) {
                Some(position) => format!("a link to heading {} of {name}", position + 1),
                None => format!("a link to #{anchor} of {name}"),
            },
        }
    }

    fn essences(&self, other: &Self) -> Vec<Essence> {
        self.blocks.iter().map(|block| self.essence(other, block)).collect()
    }

    fn essence(&self, other: &Self, block: &Block) -> Essence {
        let kind = block.kind.clone();
        if let Kind::Code(_) = kind {
            let code = block.cells[0].text.split('\n').map(str::to_owned).collect();
            return Essence { kind, code, marks: Vec::new() };
        }
        let mut marks = Vec::new();
        for (at, cell) in block.cells.iter().enumerate() {
            marks.extend(figures(&cell.text).map(|figure| (at, figure.to_owned())));
            marks.extend(cell.code.iter().map(|code| (at, format!("`{code}`"))));
            marks.extend(cell.links.iter().map(|link| (at, self.neutral(other, link))));
            marks.extend((0..cell.bold).map(|_| (at, "a bold passage".to_owned())));
        }
        marks.sort();
        Essence { kind, code: Vec::new(), marks }
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut columns = 0;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let kind = match &event {
            Event::Start(Tag::Heading { level, .. }) => Some(Kind::Heading(*level)),
            Event::Start(Tag::Paragraph) => Some(Kind::Paragraph),
            Event::Start(Tag::Item) => Some(Kind::Item),
            Event::Start(Tag::TableHead | Tag::TableRow) => Some(Kind::Row(columns)),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Some(Kind::Code(info.to_string())),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => Some(Kind::Code("indented".to_owned())),
            _ => None,
        };
        if let Some(kind) = kind {
            let line = text[..range.start].matches('\n').count() + 1;
            let cells = if let Kind::Row(_) = kind { Vec::new() } else { vec![Cell::default()] };
            blocks.push(Block { line, kind, cells });
            continue;
        }
        if let Event::Start(Tag::Table(alignments)) = &event {
            columns = alignments.len();
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        if let Event::Start(Tag::TableCell) = event {
            block.cells.push(Cell::default());
            continue;
        }
        let Some(cell) = block.cells.last_mut() else { continue };
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => cell.text.push_str(&text),
            Event::Code(code) => {
                let text = if let Kind::Heading(_) = block.kind { &*code } else { " " };
                cell.text.push_str(text);
                cell.code.push(code.to_string());
            }
            Event::SoftBreak | Event::HardBreak => cell.text.push(' '),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                cell.links.push(dest_url.to_string());
            }
            Event::Start(Tag::Strong) => cell.bold += 1,
            _ => {}
        }
    }
    blocks
}

/// As GitHub makes it from a heading's text.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

/// `1.25` of "1.25 GB"; `2026`, `11` and `24` of a date.
fn figures(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')))
        .map(|figure| figure.trim_matches(['.', ',']))
        .filter(|figure| !figure.is_empty())
}

/// File and anchor of a relative link.
fn split(link: &str) -> (String, Option<String>) {
    let decoded = percent_decode_str(link).decode_utf8_lossy();
    match decoded.split_once('#') {
        Some((file, anchor)) => (file.to_owned(), Some(anchor.to_owned())),
        None => (decoded.into_owned(), None),
    }
}

/// Where two READMEs don't say the same, each for a person to read.
fn differences(one: &Readme, other: &Readme) -> Vec<String> {
    let essences = (one.essences(other), other.essences(one));
    let mut found = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &essences.0, &essences.1) {
        let (_, mine, its) = operation.as_tag_tuple();
        if essences.0[mine.clone()] == essences.1[its.clone()] {
            continue;
        }
        for at in 0..mine.len().max(its.len()) {
            let mine = mine.clone().nth(at);
            let its = its.clone().nth(at);
            if let (Some(mine), Some(its)) = (mine, its) {
                let pair = (&essences.0[mine], &essences.1[its]);
                if std::mem::discriminant(&pair.0.kind) == std::mem::discriminant(&pair.1.kind) {
                    found.push(differs((one, one.blocks[mine].line, pair.0), (other, other.blocks[its].line, pair.1)));
                    continue;
                }
            }
            found.extend(mine.map(|mine| lacks(one, &one.blocks[mine], other)));
            found.extend(its.map(|its| lacks(other, &other.blocks[its], one)));
        }
    }
    found
}

/// Blocks of the same kind that stand in the same place. Each comes with the README and the line that it is from.
fn differs(one: (&Readme, usize, &Essence), other: (&Readme, usize, &Essence)) -> String {
    let (mine, its) = (one.2, other.2);
    let mut lines = (one.1, other.1);
    let mut what = format!("The {} differs", mine.kind.name());
    if mine.kind != its.kind {
        what += &format!(" from the {}", its.kind.name());
    } else if mine.code != its.code {
        let same = mine.code.iter().zip(&its.code).take_while(|(mine, its)| mine == its).count();
        what += &format!(" in its line {}", same + 1);
        lines = (lines.0 + same + 1, lines.1 + same + 1);
    } else {
        for (readme, only) in [(one.0, left(&mine.marks, &its.marks)), (other.0, left(&its.marks, &mine.marks))] {
            if !only.is_empty() {
                what += &format!("; only {} has {}", readme.name, only.join(", "));
            }
        }
    }
    format!("{what}:{}{}", one.0.show(lines.0), other.0.show(lines.1))
}

/// What `marks` has beyond `others`.
fn left<'a>(marks: &'a [(usize, String)], others: &[(usize, String)]) -> Vec<&'a str> {
    let mut others: Vec<_> = others.iter().collect();
    let mut left = Vec::new();
    for mark in marks {
        match others.iter().position(|other| *other == mark) {
            Some(at) => drop(others.swap_remove(at)),
            None => left.push(mark.1.as_str()),
        }
    }
    left
}

fn lacks(has: &Readme, block: &Block, other: &Readme) -> String {
    format!("{} lacks the {} of {}:{}", other.name, block.kind.name(), has.name, has.show(block.line))
}

/// The relative links of a README in `folder` that lead nowhere.
fn dead_links(readme: &Readme, folder: &Path) -> Vec<String> {
    let dead = |link: &str| {
        if link.contains("://") || link.starts_with("mailto:") {
            return None;
        }
        let (file, anchor) = split(link);
        let path = folder.join(&file);
        if !file.is_empty() && !path.exists() {
            return Some(format!("there is no {file}"));
        }
        let anchor = anchor?;
        let known = if file.is_empty() || file == readme.name {
            readme.anchors.contains(&anchor)
        } else if path.extension().is_some_and(|extension| extension == "md") {
            Readme::new("", &std::fs::read_to_string(&path).unwrap()).anchors.contains(&anchor)
        } else {
            true // a line of source, for example
        };
        (!known).then(|| format!("no heading has the anchor #{anchor}"))
    };
    let links = readme.links();
    links
        .filter_map(|(line, link)| Some(format!("{link} leads nowhere, {}:{}", dead(link)?, readme.show(line))))
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn both() -> (Readme, Readme) {
    let read = |name| Readme::new(name, &std::fs::read_to_string(root().join(name)).unwrap());
    (read(ENGLISH), read(CHINESE))
}

#[test]
fn both_readmes_say_the_same() {
    let (english, chinese) = both();
    let code = english.blocks.iter().filter(|block| matches!(block.kind, Kind::Code(_))).count();
    assert!(code > 5 && english.anchors.len() > 5, "{ENGLISH} was not understood");
    let found = differences(&english, &chinese);
    assert!(
        found.is_empty(),
        "{CHINESE} must say what {ENGLISH} says, block by block (the head of {} has the rules). Bring the older one in \
         step:\n\n{}\n",
        file!(),
        found.join("\n\n")
    );
}

#[test]
fn both_readmes_lead_to_each_other_and_never_nowhere() {
    let (english, chinese) = both();
    for (readme, other) in [(&english, CHINESE), (&chinese, ENGLISH)] {
        assert!(readme.links().any(|(_, link)| link == other), "{} does not link {other}", readme.name);
        let dead = dead_links(readme, &root());
        assert!(dead.is_empty(), "{}", dead.join("\n"));
    }
}

const SAMPLE: &str = "\
# Title

[中文](README.zh-CN.md)

## Use `it` (now)

- **Fast.** It takes 10 s, see [budget](#budget) and [the spec](api-spec/README.md#servicejson).

```rust,no_run
let one = 1;
let two = 2; // a comment
```

## Budget

| what | bound |
|---|---|
| `build` | 18 s |
| memory | 1.5 GB |
";

const TWIN: &str = "\
# 标题

[English](README.md)

## 使用 `it`（现在）

- **快速**：见[预算](#预算)和[规范](api-spec/README.md#servicejson)，需要 10 秒。

```rust,no_run
let one = 1;
let two = 2; // a comment
```

## 预算

| 项目 | 上限 |
|---|---|
| `build` | 18 秒 |
| 内存 | 1.5 GB |
";

/// What is found once the twin has `new` in the place of `old`.
fn after(old: &str, new: &str) -> Vec<String> {
    assert_eq!(TWIN.matches(old).count(), 1, "{old:?}");
    differences(&Readme::new(ENGLISH, SAMPLE), &Readme::new(CHINESE, &TWIN.replace(old, new)))
}

#[test]
fn a_translation_is_no_difference() {
    assert_eq!(after("标题", "题目"), [""; 0]);
    assert_eq!(after("#预算", "#%E9%A2%84%E7%AE%97"), [""; 0]);
}

#[test]
fn a_changed_code_block_is_found() {
    assert_eq!(
        after("// a comment", "// 注释"),
        ["The code block `rust,no_run` differs in its line 2:\n    \
          README.md:11: let two = 2; // a comment\n    README.zh-CN.md:11: let two = 2; // 注释"]
    );
    assert_eq!(
        after("rust,no_run", "rust"),
        ["The code block `rust,no_run` differs from the code block `rust`:\n    \
          README.md:9: ```rust,no_run\n    README.zh-CN.md:9: ```rust"]
    );
    // A line that one of them lacks stands against what follows there.
    assert_eq!(
        after("let two = 2; // a comment\n", ""),
        ["The code block `rust,no_run` differs in its line 2:\n    \
          README.md:11: let two = 2; // a comment\n    README.zh-CN.md:11: ```"]
    );
}

#[test]
fn a_missing_block_is_found() {
    assert_eq!(
        after("## 预算\n\n", "").last().unwrap(),
        "README.zh-CN.md lacks the heading of level 2 of README.md:\n    README.md:14: ## Budget"
    );
    assert_eq!(
        after("| 内存 | 1.5 GB |\n", ""),
        ["README.zh-CN.md lacks the table row of 2 cells of README.md:\n    README.md:19: | memory | 1.5 GB |"]
    );
    assert_eq!(
        after("## 预算\n", "新的段落。\n\n## 预算\n"),
        ["README.md lacks the paragraph of README.zh-CN.md:\n    README.zh-CN.md:14: 新的段落。"]
    );
}

#[test]
fn a_heading_of_another_level_is_found() {
    assert_eq!(
        after("## 预算", "### 预算"),
        ["The heading of level 2 differs from the heading of level 3:\n    \
          README.md:14: ## Budget\n    README.zh-CN.md:14: ### 预算"]
    );
}

#[test]
fn another_figure_code_or_link_is_found() {
    assert_eq!(
        after("18 秒", "19 秒"),
        ["The table row of 2 cells differs; only README.md has 18; only README.zh-CN.md has 19:\n    \
          README.md:18: | `build` | 18 s |\n    README.zh-CN.md:18: | `build` | 19 秒 |"]
    );
    // The same figure in another cell is another figure.
    assert_eq!(after("| 内存 | 1.5 GB |", "| 内存 1.5 | GB |").len(), 1);
    let only = |old, new| {
        let found = after(old, new);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].lines().next().unwrap().to_owned()
    };
    assert_eq!(only("`build`", "构建"), "The table row of 2 cells differs; only README.md has `build`:");
    assert_eq!(
        only("(#预算)", "(#标题)"),
        "The list item differs; only README.md has a link to heading 3 of this README; \
         only README.zh-CN.md has a link to heading 1 of this README:"
    );
    // After punctuation and before a letter, `**` closes nothing: a trap of Chinese, which has no spaces.
    assert_eq!(only("**快速**：", "**快速。**"), "The list item differs; only README.md has a bold passage:");
}

#[test]
fn a_dead_link_is_found() {
    let dead = |old: &str, new: &str| {
        assert_eq!(TWIN.matches(old).count(), 1, "{old:?}");
        dead_links(&Readme::new(CHINESE, &TWIN.replace(old, new)), &root())
    };
    assert_eq!(dead("标题", "题目"), [""; 0]);
    assert_eq!(dead("#预算", "#使用-it现在"), [""; 0]);
    assert_eq!(
        dead("(README.md)", "(READYOU.md)"),
        ["READYOU.md leads nowhere, there is no READYOU.md:\n    README.zh-CN.md:3: [English](READYOU.md)"]
    );
    let first = |old, new| dead(old, new)[0].lines().next().unwrap().to_owned();
    assert_eq!(first("(#预算)", "(#budget)"), "#budget leads nowhere, no heading has the anchor #budget:");
    assert_eq!(
        first("#servicejson", "#nothing"),
        "api-spec/README.md#nothing leads nowhere, no heading has the anchor #nothing:"
    );
}
