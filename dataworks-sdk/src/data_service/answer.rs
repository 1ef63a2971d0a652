//! What an API answers: an envelope around rows.

use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::failure;
use crate::error::{Error, ErrorKind, service};
use crate::secret::Secrets;
use crate::transport;

/// The rows of an answer, and what came along.
///
/// ```
/// # async fn example(api: dataworks_sdk::data_service::Client) -> Result<(), dataworks_sdk::Error> {
/// let answer = api.get("/orders").send::<serde_json::Value>().await?;
/// for row in &answer {
///     println!("{row}");
/// }
/// println!("page {:?}, {:?} rows in all", answer.page_num(), answer.total_num());
/// # Ok(())
/// # }
/// ```
pub struct Answer<T> {
    rows: Vec<T>,
    page: Page,
    delivered: Delivered,
}

/// An answer that says that it went well.
pub(super) struct Delivered {
    pub(super) answer: transport::Answer,
    pub(super) request_id: Option<String>,
    pub(super) attempts: u32,
    /// What was called, for errors.
    pub(super) name: String,
    pub(super) secrets: Secrets,
}

/// What an answer says of the page that it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Page {
    pub(super) number: Option<i64>,
    pub(super) size: Option<i64>,
    pub(super) total: Option<i64>,
    /// Tells pages with other rows apart.
    pub(super) digest: u64,
}

impl Page {
    /// Whether the answer is one page of several.
    pub(super) fn is_one(&self) -> bool {
        self.number.is_some() || self.size.is_some() || self.total.is_some()
    }
}

impl<T> Answer<T> {
    /// The rows: the elements of `data.rows` or of `data`; what is no list is one row.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The rows alone.
    pub fn into_rows(self) -> Vec<T> {
        self.rows
    }

    /// Which page this is, from 1, where the API pages.
    pub fn page_num(&self) -> Option<i64> {
        self.page.number
    }

    /// How many rows a page has at most, where the API pages.
    pub fn page_size(&self) -> Option<i64> {
        self.page.size
    }

    /// How many rows there are in all, where the API says so.
    pub fn total_num(&self) -> Option<i64> {
        self.page.total
    }

    /// The id of the request: what support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.delivered.request_id.as_deref()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.delivered.answer.status
    }

    /// The HTTP headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.delivered.answer.headers
    }

    /// The body as it came.
    pub fn raw(&self) -> &Bytes {
        &self.delivered.answer.body
    }

    /// How many attempts it took.
    pub fn attempts(&self) -> u32 {
        self.delivered.attempts
    }

    pub(super) fn page(&self) -> Page {
        self.page
    }
}

impl<'a, T> IntoIterator for &'a Answer<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<T> IntoIterator for Answer<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status())
            .field("request_id", &self.request_id())
            .field("page_num", &self.page.number)
            .field("page_size", &self.page.size)
            .field("total_num", &self.page.total)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Answer<T> {
    /// Reads the rows.
    pub(super) fn read(delivered: Delivered) -> Result<Self, Error> {
        let data = delivered.data()?;
        let listed = Listed::read(&data);
        let read = |(index, row): (usize, &&RawValue)| {
            serde_json::from_str(row.get()).map_err(|error| delivered.mismatch(&listed.path(index), &error))
        };
        let rows = listed.rows.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(Self { rows, page: listed.page, delivered })
    }
}

impl Delivered {
    /// The text of `data`.
    fn data(&self) -> Result<Bytes, Error> {
        Envelope::read(&self.answer).map(|envelope| envelope.data)
    }

    /// A row that is not what the caller takes it for. The call has done what it does.
    fn mismatch(&self, path: &str, error: &serde_json::Error) -> Error {
        let mut failure = failure::described(&self.answer);
        failure.request_id.clone_from(&self.request_id);
        failure.body = Some(service::kept(&self.answer.body));
        failure.message = Some(format!("{path} of the answer is not what was expected: {error}"));
        Error::new(ErrorKind::Decode, String::new())
            .with_service(failure)
            .masked(&self.secrets, false)
            .maybe_sent(true)
            .with_action(&self.name)
            .with_hint("give the fields that may be absent or empty the type `Option`, or read `serde_json::Value`")
    }
}

/// The top level of an answer.
#[derive(Debug)]
pub(super) struct Envelope {
    code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
    /// Its text, a part of the body.
    data: Bytes,
}

#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow, rename = "errCode")]
    code: Option<&'a RawValue>,
    #[serde(borrow, rename = "errMsg")]
    message: Option<&'a RawValue>,
    #[serde(borrow, rename = "requestId")]
    request_id: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl Envelope {
    /// # Errors
    /// [`ErrorKind::Decode`] if the body is no JSON.
    pub(super) fn read(answer: &transport::Answer) -> Result<Self, Error> {
        let whole = || answer.body.clone();
        let bare = |data| Self { code: None, message: None, request_id: None, data };
        let body = answer.body.trim_ascii();
        let broken = |error| failure::unreadable(answer, error);
        if body.is_empty() && answer.status == 204 {
            return Ok(bare(Bytes::new()));
        }
        if !body.starts_with(b"{") {
            // An API that was registered, and not made from a table, answers what it likes.
            serde_json::from_slice::<&RawValue>(body).map_err(broken)?;
            return Ok(bare(whole()));
        }
        let outer: Outer<'_> = serde_json::from_slice(body).map_err(broken)?;
        let data = match outer.data {
            Some(data) => answer.body.slice_ref(data.get().as_bytes()),
            None if outer.code.is_none() => whole(),
            None => Bytes::new(),
        };
        let (code, message, request_id) = (text(outer.code), text(outer.message), text(outer.request_id));
        Ok(Self { code, message, request_id, data })
    }

    /// The error code, unless it is that of success.
    pub(super) fn failed_code(&self) -> Option<String> {
        self.code.clone().filter(|code| code != "0")
    }
}

/// A number or a text as a text; nothing if there is none.
fn text(raw: Option<&RawValue>) -> Option<String> {
    let text = match serde_json::from_str(raw?.get()).ok()? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// What `data` holds, row by row.
struct Listed<'a> {
    rows: Vec<&'a RawValue>,
    /// Where they stand: `data.rows`, `data`, or `data` itself is the only one.
    place: Place,
    page: Page,
}

enum Place {
    Rows,
    Elements,
    Itself,
}

#[derive(Default, Deserialize)]
struct Paged<'a> {
    #[serde(borrow, rename = "pageNum")]
    number: Option<&'a RawValue>,
    #[serde(borrow, rename = "pageSize")]
    size: Option<&'a RawValue>,
    #[serde(borrow, rename = "totalNum")]
    total: Option<&'a RawValue>,
    #[serde(borrow)]
    rows: Option<&'a RawValue>,
}

impl<'a> Listed<'a> {
    /// The text has been parsed before, so it is JSON.
    fn read(data: &'a [u8]) -> Self {
        let list = |raw: &'a RawValue| serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok();
        let Ok(whole) = serde_json::from_slice::<&RawValue>(data) else {
            return Self { rows: Vec::new(), place: Place::Elements, page: Page::default() };
        };
        if let Some(rows) = list(whole) {
            return Self { rows, place: Place::Elements, page: Page::default() };
        }
        let paged: Paged<'_> = match whole.get().starts_with('{') {
            true => serde_json::from_str(whole.get()).unwrap_or_default(),
            false => Paged::default(),
        };
        let integer = |raw| text(raw).and_then(|text| text.parse().ok());
        let mut page =
            Page { number: integer(paged.number), size: integer(paged.size), total: integer(paged.total), digest: 0 };
        let Some(rows) = paged.rows.and_then(list).or_else(|| (page.is_one() && paged.rows.is_none()).then(Vec::new))
        else {
            let rows = if whole.get() == "null" { Vec::new() } else { vec![whole] };
            return Self { rows, place: Place::Itself, page: Page::default() };
        };
        let mut hasher = DefaultHasher::new();
        rows.iter().for_each(|row| hasher.write(row.get().as_bytes()));
        page.digest = hasher.finish();
        Self { rows, place: Place::Rows, page }
    }

    fn path(&self, index: usize) -> String {
        match self.place {
            Place::Rows => format!("data.rows[{index}]"),
            Place::Elements => format!("data[{index}]"),
            Place::Itself => "data".to_owned(),
        }
    }
}
