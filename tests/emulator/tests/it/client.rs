//! A client as small as can be: it signs by itself, writes bytes to a socket and reads them back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dataworks_api_spec::{Place, embedded};
use dataworks_emulator::Emulator;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use sha1::Sha1;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) const OLD: &str = "2020-05-18";
pub(crate) const NEW: &str = "2024-05-18";

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An access key and where to use it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) addr: String,
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) now: SystemTime,
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

/// A request, changeable before it is signed and sent.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value at a JSON pointer.
    #[track_caller]
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in {}", self.text))
    }

    #[track_caller]
    pub(crate) fn id(&self, pointer: &str) -> String {
        let value = self.at(pointer);
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    pub(crate) fn code(&self) -> &str {
        let code = self.body.get("Code").or(self.body.get("ErrorCode"));
        code.and_then(Value::as_str).unwrap_or_default()
    }
}

impl Wire {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.query.retain(|(key, _)| key != name);
        self.query.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn drop(&mut self, name: &str) {
        self.query.retain(|(key, _)| key != name);
    }

    /// The bytes on the wire.
    pub(crate) fn bytes(&self, keep: bool) -> Vec<u8> {
        let (query, form) = (encode(&self.query), encode(&self.form));
        let connection = if keep { "keep-alive" } else { "close" };
        let mut text =
            format!("{} /?{query} HTTP/1.1\r\nhost: emulator.test\r\nconnection: {connection}\r\n", self.method);
        if !form.is_empty() {
            text += &format!("content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n", form.len());
        }
        text += "\r\n";
        text += &form;
        text.into_bytes()
    }
}

fn encode(pairs: &[(String, String)]) -> String {
    let pair = |(name, value): &(String, String)| {
        format!("{}={}", utf8_percent_encode(name, RESERVED), utf8_percent_encode(value, RESERVED))
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

impl Client {
    pub(crate) fn new(emulator: &Emulator) -> Self {
        Self {
            addr: emulator.addr().to_string(),
            key: "testid".to_owned(),
            secret: "testsecret".to_owned(),
            token: None,
            now: SystemTime::now(),
        }
    }

    /// A request with its parameters where the spec has them, not signed yet.
    pub(crate) fn request(&self, version: &str, action: &str, parameters: &[(&str, &str)]) -> Wire {
        let spec = embedded::action(version, action);
        let method = spec.as_ref().map_or("POST", |spec| spec.method.as_str()).to_owned();
        let common = [
            ("Action", action),
            ("Version", version),
            ("Format", "json"),
            ("AccessKeyId", &self.key),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
        ];
        let mut wire = Wire { method, query: Vec::new(), form: Vec::new() };
        for (name, value) in common {
            wire.set(name, value);
        }
        static NONCE: AtomicU64 = AtomicU64::new(0);
        wire.set("SignatureNonce", &format!("nonce-{}", NONCE.fetch_add(1, Ordering::SeqCst)));
        wire.set("Timestamp", &humantime::format_rfc3339_seconds(self.now).to_string());
        if let Some(token) = &self.token {
            wire.set("SecurityToken", token);
        }
        for (name, value) in parameters {
            let top = name.split('.').next().unwrap();
            let place = spec.as_ref().and_then(|spec| spec.parameters.get(top)).map(|parameter| parameter.place);
            let pair = ((*name).to_owned(), (*value).to_owned());
            if place == Some(Place::FormData) {
                wire.form.push(pair);
            } else {
                wire.query.push(pair);
            }
        }
        wire
    }

    /// Adds the signature.
    pub(crate) fn sign(&self, mut wire: Wire) -> Wire {
        wire.drop("Signature");
        let mut pairs: Vec<_> = wire.query.iter().chain(&wire.form).cloned().collect();
        pairs.sort();
        let text = format!("{}&%2F&{}", wire.method, utf8_percent_encode(&encode(&pairs), RESERVED));
        let mut mac = Hmac::<Sha1>::new_from_slice(format!("{}&", self.secret).as_bytes()).unwrap();
        mac.update(text.as_bytes());
        wire.set("Signature", &STANDARD.encode(mac.finalize().into_bytes()));
        wire
    }

    pub(crate) async fn call(&self, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.send(&self.sign(self.request(version, action, parameters))).await
    }

    /// Calls and expects success.
    pub(crate) async fn ok(&self, version: &str, action: &str, parameters: &[(&str, &str)]) -> Answer {
        let answer = self.call(version, action, parameters).await;
        let success = answer.body.get("Success").is_none_or(|success| *success == true || *success == "true");
        assert!(answer.status == 200 && success, "{action} {parameters:?}: {} {}", answer.status, answer.text);
        answer
    }

    /// Calls and expects this refusal.
    pub(crate) async fn refused(
        &self,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
        status: u16,
        code: &str,
    ) -> Answer {
        let answer = self.call(version, action, parameters).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{action} {parameters:?}: {}", answer.text);
        answer
    }

    pub(crate) async fn send(&self, wire: &Wire) -> Answer {
        let bytes = self.exchange(&wire.bytes(false)).await;
        parse(&bytes).unwrap_or_else(|| panic!("no answer, but {:?}", String::from_utf8_lossy(&bytes)))
    }

    /// Writes bytes, and reads until the server closes.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.addr).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        // A connection that is reset ends the answer, too.
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }
}

/// A whole HTTP answer.
pub(crate) fn parse(bytes: &[u8]) -> Option<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let json = serde_json::from_str(body).unwrap_or(Value::Null);
    Some(Answer { status, headers, text: body.to_owned(), body: json })
}
