//! A local HTTP server that answers from a script, one request per connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// By lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The parameters of query and form.
    pub(crate) fn parameters(&self) -> BTreeMap<String, String> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let form = Some(self.body.as_str()).filter(|_| self.header("content-type").contains("urlencoded"));
        let url = format!("http://localhost/?{query}&{}", form.unwrap_or_default());
        reqwest::Url::parse(&url).unwrap().query_pairs().into_owned().filter(|(name, _)| !name.is_empty()).collect()
    }
}

/// What is answered.
pub(crate) enum Reply {
    /// Status and body.
    Now(u16, String),
    /// Status, headers and body.
    With(u16, Vec<(&'static str, String)>, String),
    /// The connection is closed.
    Close,
    /// Nothing ever comes.
    Never,
}

type Script = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), Arc::<Mutex<Vec<Seen>>>::default());
        let task = tokio::spawn({
            let seen = seen.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, script.clone(), seen.clone()));
                }
            }
        });
        Self { url, seen, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, all: Arc<Mutex<Vec<Seen>>>) {
    let Some(seen) = read(&mut stream).await else { return };
    let reply = {
        let mut all = all.lock().unwrap();
        all.push(seen.clone());
        script(all.len() - 1, &seen)
    };
    let (status, headers, body) = match reply {
        Reply::Now(status, body) => (status, Vec::new(), body),
        Reply::With(status, headers, body) => (status, headers, body),
        Reply::Close => return,
        Reply::Never => return std::future::pending().await,
    };
    let mut head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // A client that went away is a test's own doing.
    let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        if let Some((head, body)) = std::str::from_utf8(&bytes).ok()?.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let mut first = lines.next()?.split(' ');
            let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
            let headers = lines.filter_map(|line| line.split_once(": "));
            let headers: BTreeMap<String, String> =
                headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
            let length = headers.get("content-length").map_or(Some(0), |length| length.parse().ok())?;
            if body.len() >= length {
                return Some(Seen { method, path, headers, body: body.to_owned() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
