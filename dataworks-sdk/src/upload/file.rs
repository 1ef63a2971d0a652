//! What is uploaded: bytes, a file or a reader, handed out piece by piece.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncReadExt as _, ReadBuf};

use crate::error::{Error, ErrorKind};

/// A file to upload: bytes, a path or a reader.
///
/// Only a piece of it is in memory at a time, but for bytes, which are there already, and for a reader whose length is not
/// given: object storage has to be told the length first, so such a reader is read into memory, up to
/// [`MOST_BUFFERED`](Self::MOST_BUFFERED).
///
/// Bytes and files are sent again after a failure that may pass; a reader only if nothing was read from it.
///
/// ```
/// # #[cfg(feature = "v2024-05-18")]
/// # async fn example(client: dataworks_sdk::v2024_05_18::Client) -> Result<(), dataworks_sdk::Error> {
/// use dataworks_sdk::Upload;
/// use dataworks_sdk::v2024_05_18::ImportCertificateRequest;
///
/// let request = ImportCertificateRequest::new().project_id(530486).name("ca.crt");
/// let file = Upload::from_path("ca.crt").on_progress(|sent, total| println!("{sent} of {total} bytes"));
/// println!("{:?}", client.import_certificate(request).upload(file).await?.id);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is uploaded before a call has it"]
pub struct Upload {
    source: Source,
    file_name: Option<String>,
    progress: Option<Progress>,
}

type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;
type Reader = Pin<Box<dyn AsyncRead + Send>>;
/// A reader until somebody begins to read it.
type Untouched = Arc<Mutex<Option<Reader>>>;

enum Source {
    Bytes(Bytes),
    Path(PathBuf),
    Reader(Reader, Option<u64>),
}

/// No piece is larger.
const PIECE: usize = 64 * 1024;

impl Upload {
    /// A reader without a length may hold this many bytes: 32 MiB.
    pub const MOST_BUFFERED: u64 = 32 * 1024 * 1024;

    fn new(source: Source) -> Self {
        Self { source, file_name: None, progress: None }
    }

    /// These bytes.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    /// The file at this path, read while it is sent. It is looked for when the call begins, before anything is sent.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::Path(path.into()))
    }

    /// What comes out of a reader. Give its [`length`](Self::length) if it is known.
    pub fn from_reader(reader: impl AsyncRead + Send + 'static) -> Self {
        Self::new(Source::Reader(Box::pin(reader), None))
    }

    /// How many bytes come out of the reader. So many are read and sent; if it ends before, the call fails. Bytes and files
    /// know their length, and it means nothing to them.
    pub fn length(mut self, bytes: u64) -> Self {
        if let Source::Reader(_, length) = &mut self.source {
            *length = Some(bytes);
        }
        self
    }

    /// The name under which the file is sent. Default: the path's last part, or `file`. What it is called in DataWorks is
    /// decided by the request.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Tells, piece by piece, how many bytes were sent and how many there are. It begins anew when the file is sent again.
    pub fn on_progress(mut self, tell: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(tell));
        self
    }

    /// Finds out how long it is, before anything is sent.
    pub(super) async fn open(self) -> Result<File, Error> {
        let Self { source, file_name, progress } = self;
        let mut own_name = None;
        let (content, length) = match source {
            Source::Bytes(bytes) => {
                let length = bytes.len() as u64;
                (Content::Bytes(bytes), length)
            }
            Source::Path(path) => {
                let length = length_of(&path).await?;
                own_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                (Content::Path(path), length)
            }
            Source::Reader(reader, Some(length)) => {
                (Content::Reader(Arc::new(Mutex::new(Some(reader))), reader_name()), length)
            }
            Source::Reader(reader, None) => {
                let bytes = buffered(reader).await?;
                let length = bytes.len() as u64;
                (Content::Bytes(bytes), length)
            }
        };
        let name = file_name.or(own_name).unwrap_or_else(|| "file".to_owned());
        Ok(File { content, length, name, progress })
    }
}

impl From<Bytes> for Upload {
    fn from(bytes: Bytes) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<Vec<u8>> for Upload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_bytes(bytes)
    }
}

impl From<PathBuf> for Upload {
    fn from(path: PathBuf) -> Self {
        Self::from_path(path)
    }
}

impl From<&Path> for Upload {
    fn from(path: &Path) -> Self {
        Self::from_path(path)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Upload");
        match &self.source {
            Source::Bytes(bytes) => out.field("bytes", &bytes.len()),
            Source::Path(path) => out.field("path", path),
            Source::Reader(_, length) => out.field("reader_bytes", length),
        };
        out.field("file_name", &self.file_name).finish_non_exhaustive()
    }
}

fn reader_name() -> String {
    "the reader of the file".to_owned()
}

/// A failure to read what is to be uploaded.
fn unreadable(what: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("{what} cannot be read: {error}")).with_source(error)
}

async fn length_of(path: &Path) -> Result<u64, Error> {
    let metadata = tokio::fs::metadata(path).await.map_err(|error| unreadable(&path.display().to_string(), error))?;
    if metadata.is_file() {
        Ok(metadata.len())
    } else {
        Err(Error::new(ErrorKind::File, format!("{} is no file", path.display())))
    }
}

async fn buffered(reader: Reader) -> Result<Bytes, Error> {
    let mut bytes = Vec::new();
    let read = reader.take(Upload::MOST_BUFFERED + 1).read_to_end(&mut bytes).await;
    read.map_err(|error| unreadable(&reader_name(), error))?;
    if bytes.len() as u64 > Upload::MOST_BUFFERED {
        let message =
            format!("{} gives more than {} bytes, and its length is not known", reader_name(), Upload::MOST_BUFFERED);
        return Err(Error::new(ErrorKind::File, message)
            .with_hint("give its `length`, or upload a path: both are sent without being held in memory"));
    }
    Ok(bytes.into())
}

/// A file whose length is known.
pub(super) struct File {
    content: Content,
    pub(super) length: u64,
    pub(super) name: String,
    progress: Option<Progress>,
}

enum Content {
    Bytes(Bytes),
    Path(PathBuf),
    Reader(Untouched, String),
}

impl File {
    /// Whether it can be sent (again) from its beginning.
    pub(super) fn is_whole(&self) -> bool {
        match &self.content {
            Content::Bytes(_) | Content::Path(_) => true,
            Content::Reader(reader, _) => lock(reader).is_some(),
        }
    }

    /// Its pieces, from the beginning.
    pub(super) async fn pieces(&self) -> Result<Pieces, Error> {
        let (reader, what): (Untouched, _) = match &self.content {
            Content::Bytes(bytes) => {
                let reader: Reader = Box::pin(io::Cursor::new(bytes.clone()));
                (Arc::new(Mutex::new(Some(reader))), String::new())
            }
            Content::Path(path) => {
                let what = path.display().to_string();
                let file = tokio::fs::File::open(path).await.map_err(|error| unreadable(&what, error))?;
                let reader: Reader = Box::pin(file);
                (Arc::new(Mutex::new(Some(reader))), what)
            }
            Content::Reader(reader, what) => (reader.clone(), what.clone()),
        };
        let watch = Arc::new(Watch::default());
        Ok(Pieces {
            reader,
            begun: None,
            buffer: Vec::new(),
            length: self.length,
            sent: 0,
            what,
            watch,
            progress: self.progress.clone(),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of pieces that somebody else sends.
#[derive(Default)]
pub(crate) struct Watch {
    sent: AtomicU64,
    failed: Mutex<Option<Error>>,
}

impl Watch {
    /// How many bytes were taken for sending.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Why the pieces ended before their time.
    pub(super) fn failure(&self) -> Option<Error> {
        lock(&self.failed).take()
    }
}

/// The pieces of a file: a `Stream` that takes up the reader at its first piece.
pub(crate) struct Pieces {
    reader: Untouched,
    begun: Option<Reader>,
    buffer: Vec<u8>,
    length: u64,
    sent: u64,
    what: String,
    watch: Arc<Watch>,
    progress: Option<Progress>,
}

impl Pieces {
    pub(crate) fn watch(&self) -> Arc<Watch> {
        self.watch.clone()
    }

    /// Ends them, and remembers why.
    fn fail(&self, error: Error) -> io::Error {
        *lock(&self.watch.failed) = Some(error);
        io::Error::other("the file to upload cannot be read")
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let left = this.length - this.sent;
        if left == 0 {
            return Poll::Ready(None);
        }
        if this.begun.is_none() {
            this.begun = lock(&this.reader).take();
        }
        let Some(reader) = &mut this.begun else { return Poll::Ready(None) };
        this.buffer.resize(usize::try_from(left).map_or(PIECE, |left| left.min(PIECE)), 0);
        let mut buffer = ReadBuf::new(&mut this.buffer);
        if let Err(error) = ready!(reader.as_mut().poll_read(context, &mut buffer)) {
            return Poll::Ready(Some(Err(this.fail(unreadable(&this.what, error)))));
        }
        let piece = Bytes::copy_from_slice(buffer.filled());
        if piece.is_empty() {
            let message = format!("{} ended after {} of {} bytes", this.what, this.sent, this.length);
            return Poll::Ready(Some(Err(this.fail(Error::new(ErrorKind::File, message)))));
        }
        this.sent += piece.len() as u64;
        this.watch.sent.store(this.sent, Ordering::Relaxed);
        if let Some(tell) = &this.progress {
            tell(this.sent, this.length);
        }
        Poll::Ready(Some(Ok(piece)))
    }
}
