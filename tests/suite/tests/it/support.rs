//! What several modules need: a client of an emulator, and requests taken apart.

use std::time::Duration;

use dataworks_emulator::Emulator;
use dataworks_sdk::{Builder, Config, Credentials, Environment, RetryPolicy};
use percent_encoding::percent_decode_str;

pub(crate) const ID: &str = "testid";
pub(crate) const KEY: &str = "testsecret";

/// Name and value, as they travel.
pub(crate) type Pairs = Vec<(String, String)>;

/// A configuration for a server on the loopback address: nothing comes from the environment, nobody waits long.
pub(crate) fn builder(url: &str) -> Builder<Config> {
    Config::builder()
        .environment(Environment::from_iter([("NOTHING", "here")]))
        .endpoint(url)
        .credentials(Credentials::new(ID, KEY))
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(5)))
}

pub(crate) fn config(emulator: &Emulator) -> Config {
    builder(&emulator.url()).build().unwrap()
}

/// `a=b&c=d`, decoded as the wire has it: `+` and `%20` are both a space.
pub(crate) fn pairs(text: &str) -> Pairs {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8().unwrap().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (decode(name), decode(value))
        })
        .collect()
}

/// Takes what every call carries out of a query and leaves the action's own parameters.
pub(crate) fn own(mut query: Pairs) -> Pairs {
    const COMMON: [&str; 9] = [
        "AccessKeyId",
        "Action",
        "Format",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "Timestamp",
        "Version",
    ];
    for name in COMMON {
        let at = query.iter().position(|(key, _)| key == name);
        query.remove(at.unwrap_or_else(|| panic!("{name} is missing")));
    }
    query
}

pub(crate) fn sorted(mut pairs: Pairs) -> Pairs {
    pairs.sort();
    pairs
}

/// Pairs written down by hand.
pub(crate) fn written(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A server of a few lines, for answers that the emulator would not give and requests that it would refuse.
pub(crate) mod http {
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::{Pairs, pairs};

    /// A request, taken apart.
    #[derive(Debug)]
    pub(crate) struct Received {
        pub(crate) query: Pairs,
        pub(crate) form: Pairs,
    }

    impl Received {
        pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
            let mut all = self.query.iter().chain(&self.form);
            all.find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        }
    }

    /// What is sent back.
    pub(crate) struct Answer {
        status: u16,
        headers: String,
        body: Vec<u8>,
    }

    impl Answer {
        pub(crate) fn json(status: u16, body: &(impl ToString + ?Sized)) -> Self {
            Self { status, headers: "content-type: application/json\r\n".to_owned(), body: body.to_string().into() }
        }
    }

    /// Answers every request with what `answer` makes of it, on a free port; ends with the runtime.
    pub(crate) async fn serve(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    while let Some(request) = receive(&mut stream).await {
                        let Answer { status, headers, body } = answer(&request);
                        let head = format!("HTTP/1.1 {status} S\r\n{headers}content-length: {}\r\n\r\n", body.len());
                        stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
                    }
                });
            }
        });
        url
    }

    /// The next request of a connection, or nothing when the client has gone.
    pub(crate) async fn receive(stream: &mut TcpStream) -> Option<Received> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            if let Some(request) = parse(&bytes) {
                return Some(request);
            }
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            }
        }
    }

    /// The request, once it is whole.
    fn parse(bytes: &[u8]) -> Option<Received> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let url = lines.next()?.split(' ').nth(1)?;
        let length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        (body.len() >= length.unwrap_or(0))
            .then(|| Received { query: pairs(url.split_once('?').map_or("", |(_, query)| query)), form: pairs(body) })
    }
}
