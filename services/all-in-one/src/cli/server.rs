//! Which server a command talks to, and with which key.

use crate::dev::env_file::{self, EnvFile};
use crate::dev::folder::{self, Folder};
use anyhow::{Context as _, bail};
use latchkey_wire::Fault;
use std::path::PathBuf;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Response, Status};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Longer than a call that waits for a provider may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which server")]
pub struct Server {
    /// Where the server is, such as http://127.0.0.1:8081; without it, as the folder of `latchkey dev` says
    #[arg(long, value_name = "URL", env = env_file::GRPC, global = true)]
    grpc: Option<String>,
    /// A file with the API key; without it, LATCHKEY_API_KEY, or as the folder of `latchkey dev` says
    #[arg(long, value_name = "FILE", global = true)]
    api_key_file: Option<PathBuf>,
    /// The folder of `latchkey dev`
    #[arg(long, value_name = "FOLDER", default_value = folder::DEFAULT, global = true)]
    data: PathBuf,
    /// Whoever signed the server's certificate, in PEM; without it, the public authorities
    #[arg(long, value_name = "FILE", global = true)]
    ca: Option<PathBuf>,
    /// Allow http:// to another machine: the key and tokens cross the network in the clear
    #[arg(long, global = true)]
    insecure: bool,
}

/// The way to the server. Clones share the connection.
pub type Way = InterceptedService<Channel, Bearer>;

/// Puts the key on every call.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Server {
    /// # Errors
    /// Where there is nothing to talk to, or no key to talk with.
    pub async fn connect(&self) -> anyhow::Result<Way> {
        let found = self.found()?;
        let url = match (&self.grpc, found.get(env_file::GRPC)) {
            (Some(url), _) => url.clone(),
            (None, Some(url)) => url.to_owned(),
            (None, None) => bail!(
                "no server is known: start `latchkey dev`, or set {} (there is no {})",
                env_file::GRPC,
                self.folder().env_file().display()
            ),
        };
        let bearer = self.bearer(&found)?;
        let channel = self.endpoint(&url)?.connect().await.map_err(|_| {
            anyhow::anyhow!("no server answers at {url}: is `latchkey dev` running? Another server is named with --grpc or {}", env_file::GRPC)
        })?;
        Ok(InterceptedService::new(channel, bearer))
    }

    /// Another server, asked with the same key.
    pub fn at(&self, grpc: String) -> Self {
        Self { grpc: Some(grpc), ..self.clone() }
    }

    /// Whether what is secret may cross a network in the clear.
    pub fn insecure(&self) -> bool {
        self.insecure
    }

    /// Whether anything says where a server is.
    ///
    /// # Errors
    /// Where what a development server left behind cannot be read.
    pub fn is_known(&self) -> anyhow::Result<bool> {
        Ok(self.grpc.is_some() || self.found()?.get(env_file::GRPC).is_some())
    }

    /// Where the development server keeps its things.
    pub fn folder(&self) -> Folder {
        Folder::at(&self.data)
    }

    /// What a development server left behind, or nothing.
    fn found(&self) -> anyhow::Result<EnvFile> {
        let path = self.folder().env_file();
        match EnvFile::read(&path) {
            Ok(file) => Ok(file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(EnvFile::default()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    fn bearer(&self, found: &EnvFile) -> anyhow::Result<Bearer> {
        let key = match (&self.api_key_file, std::env::var(env_file::API_KEY), found.get(env_file::API_KEY)) {
            (Some(path), ..) => key_in(path)?,
            (None, Ok(key), _) => key,
            (None, Err(_), Some(key)) => key.to_owned(),
            (None, Err(_), None) => bail!(
                "no API key is known: start `latchkey dev`, or set {}, or name a file with --api-key-file",
                env_file::API_KEY
            ),
        };
        let mut value = MetadataValue::try_from(format!("Bearer {key}"))
            .map_err(|_| anyhow::anyhow!("the API key holds characters no key has"))?;
        value.set_sensitive(true);
        Ok(Bearer(value))
    }

    fn endpoint(&self, url: &str) -> anyhow::Result<Endpoint> {
        let malformed = || format!("`{url}` is not an address such as http://127.0.0.1:8081");
        let endpoint = Endpoint::from_shared(url.to_owned()).with_context(malformed)?;
        let endpoint = endpoint.connect_timeout(CONNECT_WITHIN).tcp_nodelay(true);
        let host = endpoint.uri().host().with_context(malformed)?.to_owned();
        match endpoint.uri().scheme_str() {
            Some("https") => Ok(endpoint.tls_config(self.tls()?)?),
            Some("http") if self.insecure || is_loopback(&host) => Ok(endpoint),
            Some("http") => bail!(
                "{url} is not encrypted, and the API key would cross the network: use https://, or allow it with --insecure"
            ),
            _ => bail!(malformed()),
        }
    }

    fn tls(&self) -> anyhow::Result<ClientTlsConfig> {
        let Some(path) = &self.ca else { return Ok(ClientTlsConfig::new().with_webpki_roots()) };
        let pem = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok(ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)))
    }
}

fn is_loopback(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

fn key_in(path: &std::path::Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(text.trim_end().to_owned())
}

/// The answer, or the service's refusal.
///
/// # Errors
/// [`Fault`], where the service refuses or does not answer in time.
pub async fn answer<T>(call: impl Future<Output = Result<Response<T>, Status>>) -> anyhow::Result<T> {
    match tokio::time::timeout(ANSWER_WITHIN, call).await {
        Ok(Ok(response)) => Ok(response.into_inner()),
        Ok(Err(status)) => Err(Fault::from(status).into()),
        Err(_) => bail!("the server did not answer within {} s", ANSWER_WITHIN.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(grpc: &str) -> Server {
        Server {
            grpc: Some(grpc.into()),
            api_key_file: None,
            data: "/nowhere".into(),
            ca: None,
            insecure: false,
        }
    }

    #[test]
    fn a_key_does_not_cross_a_network_in_the_clear() {
        for url in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
            assert!(server(url).endpoint(url).is_ok(), "{url}");
        }
        let refusal = server("").endpoint("http://vault.example.com:1").unwrap_err().to_string();
        assert!(refusal.contains("--insecure"), "{refusal}");
    }

    #[tokio::test]
    async fn nothing_to_talk_to_is_told_with_what_to_start() {
        let scratch = tempfile::tempdir().unwrap();
        let mut file = EnvFile::default();
        file.set(env_file::API_KEY, "canary_key");
        file.write(&scratch.path().join("dev.env")).unwrap();
        // Nothing listens on port 1 of loopback.
        let server = Server { data: scratch.path().to_owned(), ..server("http://127.0.0.1:1") };
        let refusal = server.connect().await.err().unwrap().to_string();
        assert!(refusal.contains("is `latchkey dev` running?") && !refusal.contains("canary"), "{refusal}");
    }
}
