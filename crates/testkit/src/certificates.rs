//! An authority of a world's own, and what it signed: for the vaults, and for who may call them.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::fs;
use std::path::{Path, PathBuf};

/// The name in the vaults' certificate.
pub(crate) const VAULT_NAME: &str = "vault.test";

/// PEM files.
#[derive(Debug, Clone)]
pub(crate) struct Certificates {
    pub authority: PathBuf,
    pub vault: Pair,
    pub peer: Pair,
}

#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Certificates {
    pub(crate) fn make(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder can be made");
        let mut params = CertificateParams::new(vec!["authority.test".to_owned()]).expect("a name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let authority = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let path = folder.join("authority.pem");
        fs::write(&path, authority.pem()).expect("a file can be written");
        let signed = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
            // With the authority's own name, some would take it for one that signed itself.
            params.distinguished_name.push(DnType::CommonName, name);
            let certificate = params.signed_by(&key, &authority).expect("a certificate");
            let pair = Pair {
                certificate: folder.join(format!("{name}.pem")),
                key: folder.join(format!("{name}.key")),
            };
            fs::write(&pair.certificate, certificate.pem()).expect("a file can be written");
            fs::write(&pair.key, key.serialize_pem()).expect("a file can be written");
            pair
        };
        Self { authority: path, vault: signed(VAULT_NAME), peer: signed("peer.test") }
    }
}
