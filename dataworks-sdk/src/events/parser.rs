//! Server-sent events out of bytes that come in any pieces.

use std::collections::VecDeque;

use bytes::Bytes;

/// An event that is larger ends the stream: 8 MiB.
pub(crate) const LARGEST: usize = 8 * 1024 * 1024;

/// An event is larger than [`LARGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Takes bytes and gives the data of events.
///
/// Lines end with CR, LF or both. `event`, `id` and `retry` say nothing that an answer does not, and are left aside as
/// comments and unknown fields are; events without data are none.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// Whether the last byte was a CR: an LF after it belongs to it.
    after_cr: bool,
    begun: bool,
    events: VecDeque<Bytes>,
}

impl Parser {
    /// Takes the next piece.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), TooLarge> {
        let mut rest = piece;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr) && rest[0] == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (here, after) = rest.split_at(end.unwrap_or(rest.len()));
            if self.line.len() + self.data.len() + here.len() > LARGEST {
                return Err(TooLarge);
            }
            self.line.extend_from_slice(here);
            rest = after;
            if let Some((end, after)) = after.split_first() {
                self.after_cr = *end == b'\r';
                rest = after;
                self.end_line();
            }
        }
        Ok(())
    }

    /// No more comes: what is there counts, although no empty line ends it.
    pub(crate) fn end(&mut self) {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.end_event();
    }

    /// The data of the next event that is complete.
    pub(crate) fn next(&mut self) -> Option<Bytes> {
        self.events.pop_front()
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let mut text = line.as_slice();
        if !std::mem::replace(&mut self.begun, true) {
            text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        }
        if text.is_empty() {
            self.end_event();
        } else if let Some(value) = text.strip_prefix(b"data").filter(|rest| matches!(rest.first(), None | Some(b':')))
        {
            let value = value.strip_prefix(b":").unwrap_or(value);
            if std::mem::replace(&mut self.has_data, true) {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
        }
        // The room is used again.
        self.line = line;
        self.line.clear();
    }

    fn end_event(&mut self) {
        self.has_data = false;
        let data = std::mem::take(&mut self.data);
        if !data.is_empty() {
            self.events.push_back(data.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The events of these pieces.
    fn parse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut parser = Parser::default();
        for piece in pieces {
            parser.push(piece).unwrap();
        }
        parser.end();
        std::iter::from_fn(|| parser.next()).map(|data| String::from_utf8(data.to_vec()).unwrap()).collect()
    }

    #[test]
    fn every_form_of_a_line() {
        let text = "\u{feff}: hello\n\ndata: one\nid: 1\nevent: message\nretry: 10\n\ndata:two\r\ndata:  2\r\n\r\ndata\rdata\r\r\
                    database: no\ndata : no\n\nevent: empty\n\ndata:\n\ndata: last";
        assert_eq!(parse([text.as_bytes()]), ["one", "two\n 2", "\n", "last"]);
        assert_eq!(parse([&b""[..]]), [""; 0]);
    }

    #[test]
    fn an_event_that_never_ends_is_refused() {
        let mut parser = Parser::default();
        let piece = vec![b'x'; LARGEST / 2];
        assert_eq!((parser.push(b"data: "), parser.push(&piece), parser.push(&piece)), (Ok(()), Ok(()), Err(TooLarge)));
        let mut parser = Parser::default();
        let line = [b"data: ", piece.as_slice(), b"\n"].concat();
        assert_eq!((parser.push(&line), parser.push(&line)), (Ok(()), Err(TooLarge)));
        // One after the other they may be as many as they like.
        let mut parser = Parser::default();
        let event = [line.as_slice(), b"\n"].concat();
        assert!((0..4).all(|_| parser.push(&event).is_ok() && parser.next().is_some()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_make_no_difference(
            lines in prop::collection::vec("(data|id|event|: ?c|)(:| |: |)[a-z{}\u{e9}]{0,5}(\r\n|\n|\r|\n\n|\r\n\r\n)", 0..20),
            cuts in prop::collection::vec(0..200_usize, 0..12),
        ) {
            let text = lines.concat().into_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|cut| &text[cut[0]..cut[1]]);
            prop_assert_eq!(parse(pieces), parse([text.as_slice()]));
        }

        #[test]
        fn what_is_written_is_read(
            events in prop::collection::vec(prop::collection::vec("[ -~\u{e9}]{1,20}", 1..4), 0..5),
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        ) {
            let line = |line: &String| format!("data: {line}{end}");
            let text: String = events.iter().map(|lines| lines.iter().map(line).collect::<String>() + end).collect();
            let bytes = text.as_bytes().chunks(1);
            prop_assert_eq!(parse(bytes), events.iter().map(|lines| lines.join("\n")).collect::<Vec<_>>());
        }
    }
}
