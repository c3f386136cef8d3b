//! The settings files of a world, as an operator would write them, and the programs they are for.

use crate::certificates::{Certificates, Pair, VAULT_NAME};
use crate::parts::Parts;
use crate::ports::free_port;
use crate::process::Program;
use crate::relay::Relay;
use latchkey_wire::{RouteOptions, RouteTls};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Webhooks as they are sent in production, in less time: one that fails is tried again after a second, ten times in all.
const WEBHOOK_SCHEDULE: &str = "[vault.webhooks]\nschedule_seconds = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";

/// The receivers are on this machine.
const WEBHOOK_REQUESTS: &str = "[webhooks]\nallow_private = true\ntimeout_seconds = 2\n";

/// What all programs are told alike.
pub(crate) struct Common<'a> {
    pub folder: &'a Path,
    pub catalogue: &'a Path,
    pub collector: &'a str,
    pub refusal_window: Duration,
    /// Connect's settings of token exchange, in TOML.
    pub exchange: &'a str,
    /// The proxy's settings of callers without a key, in TOML.
    pub workloads: &'a str,
    pub quiet: bool,
}

/// Where the proxy is called, and where it is asked by an Envoy: with the authority of its certificate, or in the clear.
pub(crate) struct ProxyDoors {
    pub http: u16,
    pub authorization: u16,
    pub authority: Option<PathBuf>,
}

/// What is started, and where its doors are.
pub(crate) struct Plan {
    pub programs: Vec<Program>,
    pub http_port: u16,
    pub proxy: ProxyDoors,
    /// Of the vaults, for backends.
    pub vault_ports: Vec<u16>,
    /// Of connect.
    pub connect_port: u16,
    /// The settings a first key can be made with.
    pub keys_from: PathBuf,
    /// The way another service takes to a vault, where it is a way at all.
    pub peers: Option<RouteOptions>,
    /// What the first refresher reaches its vault through, where that was asked for.
    pub vault_relay: Option<Relay>,
}

impl Common<'_> {
    fn program(
        &self,
        name: &'static str,
        file: &str,
        settings: &str,
        ops_port: u16,
        command: &[&str],
    ) -> Program {
        let path = self.folder.join(format!("{file}.toml"));
        std::fs::write(&path, settings).expect("a file can be written");
        let config = ["--config".to_owned(), path.display().to_string()];
        let arguments = command.iter().map(|word| (*word).to_owned()).chain(config).collect();
        Program { name, arguments, log: self.folder.join(format!("{file}.log")), ops_port }
    }

    fn telemetry(&self) -> String {
        let ours = [
            "vault",
            "connect",
            "refresher",
            "proxy",
            "oauth",
            "wire",
            "chassis",
            "bus",
            "envelope",
            "issuers",
            "store",
        ];
        let mut log = "info".to_owned();
        for name in ours.iter().filter(|_| !self.quiet) {
            let _ = write!(log, ",latchkey_{name}=trace");
        }
        format!("[telemetry]\nlog = {log:?}\nformat = \"json\"\notlp_endpoint = {:?}\n", self.collector)
    }

    fn refusals(&self) -> String {
        format!("[vault]\nrefusals = {{window_seconds = {}}}\n", self.refusal_window.as_secs())
    }

    fn providers(&self) -> String {
        format!("[providers]\npath = {:?}\nallow_loopback = true\n", self.catalogue)
    }

    /// Everything in one process: an SQLite file, a key file, no bus.
    pub(crate) fn one(&self) -> Plan {
        let [http, grpc, ops] = [(); 3].map(|()| free_port());
        write_key(&self.folder.join("kek"), &rand::random::<[u8; 32]>());
        let settings = format!(
            "public_url = \"http://127.0.0.1:{http}\"\n\
             [listen]\nhttp = \"127.0.0.1:{http}\"\ngrpc = \"127.0.0.1:{grpc}\"\nops = \"127.0.0.1:{ops}\"\n\
             [database]\nurl = \"sqlite:{folder}/latchkey.db\"\n\
             [keys]\nkek = \"file://{folder}/kek\"\n{WEBHOOK_SCHEDULE}{WEBHOOK_REQUESTS}{}{}{}{}{}",
            self.exchange,
            self.workloads,
            self.refusals(),
            self.providers(),
            self.telemetry(),
            folder = self.folder.display(),
        );
        let program = self.program("latchkey", "latchkey", &settings, ops, &["serve"]);
        let keys_from = self.folder.join("latchkey.toml");
        Plan {
            programs: vec![program],
            http_port: http,
            proxy: ProxyDoors { http, authorization: grpc, authority: None },
            vault_ports: vec![grpc],
            connect_port: grpc,
            keys_from,
            peers: None,
            vault_relay: None,
        }
    }

    /// As many vaults as refreshers, which have to agree; connect; and the proxy.
    pub(crate) fn many(&self, parts: &Parts, nodes: u8, relayed: bool) -> Plan {
        let certificates = Certificates::make(&self.folder.join("tls"));
        let vaults: Vec<Vault> = (1..=nodes).map(|number| self.vault(number, parts, &certificates)).collect();
        let to_vault = |vault: &Vault| route(vault.peers, &certificates);
        let peers =
            RouteOptions { tls: Some(shown(&certificates)), ..RouteOptions::new(address(vaults[0].peers)) };
        let (connect, http_port, connect_port) = self.connect(&to_vault(&vaults[0]));
        let (proxy, doors) = self.proxy(&to_vault(vaults.last().expect("a vault")), &certificates);
        let vault_relay = relayed.then(|| Relay::to(vaults[0].peers));
        let ports: Vec<u16> = vaults.iter().map(|_| free_port()).collect();
        let refreshers: Vec<Program> = (1..=nodes)
            .zip(&vaults)
            .map(|(number, vault)| {
                let relay = vault_relay.as_ref().filter(|_| number == 1);
                let port = relay.map_or(vault.peers, Relay::port);
                self.refresher(number, &ports, &route(port, &certificates), parts, &certificates)
            })
            .collect();
        let others = [connect].into_iter().chain(refreshers).chain([proxy]);
        let vault_ports = vaults.iter().map(|vault| vault.public).collect();
        let programs = vaults.into_iter().map(|vault| vault.program).chain(others).collect();
        let keys_from = self.folder.join("vault-1.toml");
        let peers = Some(peers);
        Plan { programs, http_port, proxy: doors, vault_ports, connect_port, keys_from, peers, vault_relay }
    }

    fn vault(&self, number: u8, parts: &Parts, certificates: &Certificates) -> Vault {
        let [public, peers, ops] = [(); 3].map(|()| free_port());
        let Pair { certificate, key } = &certificates.vault;
        let settings = format!(
            "[listen]\ngrpc = \"127.0.0.1:{public}\"\ninternal = \"127.0.0.1:{peers}\"\nops = \"127.0.0.1:{ops}\"\n\
             [database]\nurl = {:?}\n[keys]\nkek = {:?}\n{}{}\
             [tls.peers]\ncertificate = {certificate:?}\nkey = {key:?}\nclient_ca = {:?}\n{WEBHOOK_SCHEDULE}{}",
            parts.database.url(),
            parts.kek,
            nats(parts),
            self.refusals(),
            certificates.authority,
            self.telemetry(),
        );
        let program = self.program("latchkey-vault", &format!("vault-{number}"), &settings, ops, &[]);
        Vault { program, public, peers }
    }

    fn connect(&self, to_vault: &str) -> (Program, u16, u16) {
        let [http, grpc, ops] = [(); 3].map(|()| free_port());
        let settings = format!(
            "public_url = \"http://127.0.0.1:{http}\"\n\
             [listen]\nhttp = \"127.0.0.1:{http}\"\ngrpc = \"127.0.0.1:{grpc}\"\nops = \"127.0.0.1:{ops}\"\n{to_vault}{WEBHOOK_REQUESTS}{}{}{}",
            self.exchange,
            self.providers(),
            self.telemetry(),
        );
        (self.program("latchkey-connect", "connect", &settings, ops, &[]), http, grpc)
    }

    /// One of several that keep copies for each other, at these ports.
    fn refresher(
        &self,
        number: u8,
        ports: &[u16],
        to_vault: &str,
        parts: &Parts,
        certificates: &Certificates,
    ) -> Program {
        let (ops, own) = (free_port(), ports[usize::from(number) - 1]);
        let (shown, Pair { certificate, key }) = (&certificates.peer, &certificates.vault);
        let authority = &certificates.authority;
        let mut settings = format!(
            "[listen]\ninternal = \"127.0.0.1:{own}\"\nops = \"127.0.0.1:{ops}\"\n\
             [tls]\ncertificate = {certificate:?}\nkey = {key:?}\nclient_ca = {authority:?}\n\
             {to_vault}{}{}{}[journal]\npath = {:?}\n",
            nats(parts),
            self.providers(),
            self.telemetry(),
            self.folder.join(format!("journal-{number}")),
        );
        for port in ports {
            let _ = write!(
                settings,
                "[[journal.peers]]\nendpoint = \"https://127.0.0.1:{port}\"\n\
                 tls = {{ ca = {authority:?}, certificate = {:?}, key = {:?}, server_name = {VAULT_NAME:?} }}\n",
                shown.certificate, shown.key
            );
        }
        self.program("latchkey-refresher", &format!("refresher-{number}"), &settings, ops, &[])
    }

    fn proxy(&self, to_vault: &str, certificates: &Certificates) -> (Program, ProxyDoors) {
        let [http, grpc, ops] = [(); 3].map(|()| free_port());
        let Pair { certificate, key } = &certificates.vault;
        let settings = format!(
            "[listen]\nhttp = \"127.0.0.1:{http}\"\ngrpc = \"127.0.0.1:{grpc}\"\nops = \"127.0.0.1:{ops}\"\n\
             [tls]\ncertificate = {certificate:?}\nkey = {key:?}\n{to_vault}{}{}{}",
            self.workloads,
            self.providers(),
            self.telemetry(),
        );
        let authority = Some(certificates.authority.clone());
        let doors = ProxyDoors { http, authorization: grpc, authority };
        (self.program("latchkey-proxy", "proxy", &settings, ops, &[]), doors)
    }
}

struct Vault {
    program: Program,
    /// For backends.
    public: u16,
    /// For the other services.
    peers: u16,
}

fn nats(parts: &Parts) -> String {
    let name = &parts.nats.name;
    format!("[nats]\nurl = {:?}\nprefix = {name:?}\nstream = {name:?}\n", parts.nats.url)
}

fn address(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}

fn shown(certificates: &Certificates) -> RouteTls {
    RouteTls {
        ca: Some(certificates.authority.clone()),
        certificate: Some(certificates.peer.certificate.clone()),
        key: Some(certificates.peer.key.clone()),
        server_name: Some(VAULT_NAME.to_owned()),
    }
}

/// The section of a service that calls a vault, with what it shows and expects.
fn route(port: u16, certificates: &Certificates) -> String {
    let Pair { certificate, key } = &certificates.peer;
    format!(
        "[vault]\nendpoint = \"https://127.0.0.1:{port}\"\n\
         [vault.tls]\nca = {:?}\ncertificate = {certificate:?}\nkey = {key:?}\nserver_name = {VAULT_NAME:?}\n",
        certificates.authority,
    )
}

/// For nobody else to read.
pub(crate) fn write_key(path: &Path, key: &[u8]) {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new();
    let mut file = file.write(true).create_new(true).mode(0o400).open(path).expect("a file can be made");
    file.write_all(key).expect("a key can be written");
}
