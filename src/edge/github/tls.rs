//! Whom to believe that it is GitHub: the roots of the machine, which a company may have added to,
//! and bundled ones for images that have none.

use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// The configuration of encrypted connections; without roots when there will be none, because
/// reading them takes time.
///
/// # Errors
/// When the bundled cryptography cannot be used, which no machine causes.
pub fn configuration(is_encrypted: bool) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    if is_encrypted {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let native = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(native.certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
