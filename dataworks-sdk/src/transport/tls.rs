//! TLS that is ours alone: no process-wide provider is needed or touched.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind};

/// The certificates of a PEM text.
///
/// # Errors
/// [`ErrorKind::Config`] if there is none in it, or one that is cut off.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = |why: String| {
        Error::new(ErrorKind::Config, format!("root_certificate_pem: {why}"))
            .with_hint("give the text of a PEM file, with `-----BEGIN CERTIFICATE-----`")
    };
    let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    match certificates {
        Ok(none) if none.is_empty() => Err(refuse("there is no certificate in it".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(refuse(format!("it cannot be read: {error}"))),
    }
}

/// rustls with ring (the provider that costs least to build), the system's roots and these, and HTTP/2 where it is offered.
pub(crate) fn config(roots: &[CertificateDer<'static>]) -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots.iter().cloned(), provider.clone())?;
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        // Not dangerous at all: it verifies as the platform does.
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    // A preconfigured TLS client gets no protocol names from reqwest.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let message = |pem: &str| certificates(pem.as_bytes()).unwrap_err().to_string();
        assert!(message("").contains("no certificate"), "{}", message(""));
        let cut = "-----BEGIN CERTIFICATE-----\nMIIB\n";
        assert!(message(cut).contains("cannot be read"), "{}", message(cut));
    }
}
