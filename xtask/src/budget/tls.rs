//! Why TLS is rustls with ring: what each provider costs to build and to ship, measured in one run.

use std::path::Path;

use super::build::{announce, from_nothing};
use super::{Row, Unit};

const PROGRAM: &str = "\
fn main() {
    let client = reqwest::Client::builder();
    // The SDK hands its own provider over; for the measurement it only has to be linked.
    CLIENT
    drop(client.build());
}
";

/// Name, what stands in the manifest, how the client gets its provider.
const PROVIDERS: [(&str, &str, &str); 3] = [
    (
        "ring",
        "reqwest = { version = \"0.13.5\", default-features = false, features = [\"http2\", \"rustls-no-provider\"] }\n\
         rustls = { version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }\n",
        "let _ = rustls::crypto::ring::default_provider().install_default();",
    ),
    (
        "aws-lc",
        "reqwest = { version = \"0.13.5\", default-features = false, features = [\"http2\", \"rustls\"] }\n",
        "",
    ),
    (
        "native",
        "reqwest = { version = \"0.13.5\", default-features = false, features = [\"http2\", \"native-tls\"] }\n",
        "",
    ),
];

/// Ring against the others: the build from nothing (debug), and the size of a stripped release binary for information.
pub(super) fn providers(root: &Path) -> Result<Vec<Row>, String> {
    let mut measured = Vec::new();
    for (name, dependencies, client) in PROVIDERS {
        announce(&format!("a program with TLS through {name}, from nothing, debug and release"));
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [profile.release]\nstrip = true\n\n[dependencies]\n{dependencies}"
        );
        let program = PROGRAM.replace("CLIENT", client);
        let (seconds, _) = from_nothing(root, "tls", &manifest, &program, &[])?;
        let (_, bytes) = from_nothing(root, "tls", &manifest, &program, &["--release"])?;
        measured.push((name, seconds, bytes));
    }
    let ring = measured[0].1;
    let builds = measured[1..].iter().map(|(name, seconds, _)| {
        // Native TLS is no provider of rustls: it is there to compare, and needs OpenSSL on Linux.
        let bound = if *name == "native" { f64::INFINITY } else { 1.0 };
        Row::new(format!("TLS: build with ring, over {name} ({seconds:.1} s)"), ring / seconds, bound, Unit::Ratio)
    });
    let sizes = measured.iter().map(|(name, _, bytes)| {
        Row::new(format!("TLS: stripped release binary with {name}"), *bytes, f64::INFINITY, Unit::Bytes)
    });
    Ok(builds.chain(sizes).collect())
}
