//! A world of two registries in a temporary folder, and a bare client that sends whatever a test wants to send.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use epp::capture::{Side, record};
use epp::frame::{self, FrameReader};
use epp::{Command, CommandBody, Login, Response, ServerMessage, decode_server_frame, encode_command};
use model::{RegistryId, Secret};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use sandbox::{RunningWorld, ServerLimits, VirtualClock, World, WorldSetup};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::rig::{A, B, handle, profile};

pub struct Stage {
    pub world: RunningWorld,
    pub folder: tempfile::TempDir,
}

pub fn thick() -> RegistryId {
    RegistryId::parse("thick").unwrap()
}

pub async fn stage() -> Stage {
    stage_with(None).await
}

pub async fn stage_with(limits: Option<ServerLimits>) -> Stage {
    stage_of(vec![profile("thick"), profile("thin")], limits).await
}

pub async fn stage_of(profiles: Vec<policy::profile::RegistryProfile>, limits: Option<ServerLimits>) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let clock = VirtualClock::standing("2026-06-01T12:00:00Z".parse().unwrap());
    let mut setup = WorldSetup::new(profiles, vec![handle(A), handle(B)], clock);
    setup.limits = limits;
    let world = World::start(folder.path(), setup).await.unwrap();
    Stage { world, folder }
}

/// Which certificate a client shows.
#[derive(Clone, Copy, Debug)]
pub enum Shows {
    /// That of this registrar.
    Of(&'static str),
    /// None.
    Nothing,
    /// One that another CA issued.
    Foreign,
}

impl Stage {
    pub fn password(&self, who: &str) -> Secret {
        let registrar = self.world.ready().registrars.iter().find(|registrar| registrar.id.as_str() == who).unwrap();
        Secret::new(std::fs::read_to_string(&registrar.password_file).unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A connection whose greeting has been read.
    pub async fn connect(&self, shows: Shows) -> Link {
        let registry = self.world.ready().registries.iter().find(|registry| registry.id == thick()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.path("ca.pem")).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let builder = builder.with_root_certificates(roots);
        let config = match shows {
            Shows::Nothing => builder.with_no_client_auth(),
            Shows::Of(who) => {
                let chain = vec![CertificateDer::from_pem_file(self.path(&format!("clients/{who}.pem"))).unwrap()];
                let key = PrivateKeyDer::from_pem_file(self.path(&format!("clients/{who}.key"))).unwrap();
                builder.with_client_auth_cert(chain, key).unwrap()
            }
            Shows::Foreign => {
                let issued = rcgen::generate_simple_self_signed(vec![A.to_owned()]).unwrap();
                let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![issued.cert.der().clone()], key).unwrap()
            }
        };
        let tcp = TcpStream::connect(registry.addr).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let name = ServerName::try_from(registry.server_name.clone()).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        let mut link = Link { stream, reader: FrameReader::client(), pending: Vec::new(), sent: 0 };
        assert!(matches!(link.message().await, Some(ServerMessage::Greeting(_))), "the server speaks first");
        link
    }

    /// A connection on which this registrar is logged in.
    pub async fn session(&self, who: &'static str) -> Link {
        let mut link = self.connect(Shows::Of(who)).await;
        let response = link.login(who, &self.password(who)).await;
        assert!(response.is_success(), "{response:?}");
        link
    }

    pub async fn control(&self) -> sandbox::control::Client {
        sandbox::control::Client::connect(self.folder.path()).await.unwrap()
    }
}

pub struct Link {
    pub stream: TlsStream<TcpStream>,
    reader: FrameReader,
    pending: Vec<u8>,
    sent: u32,
}

impl Link {
    /// The next frame; none when the connection ended, cleanly or not.
    pub async fn frame(&mut self) -> Option<Vec<u8>> {
        let mut chunk = [0u8; 4096];
        loop {
            let mut input = self.pending.as_slice();
            let frame = self.reader.push(&mut input).ok()?;
            self.pending = input.to_vec();
            if frame.is_some() {
                return frame;
            }
            let read = tokio::time::timeout(Duration::from_secs(20), self.stream.read(&mut chunk)).await.expect("the server is silent");
            match read {
                Ok(read) if read > 0 => self.pending.extend_from_slice(&chunk[..read]),
                _ => return None,
            }
        }
    }

    pub async fn message(&mut self) -> Option<ServerMessage> {
        let frame = self.frame().await?;
        let decoded = decode_server_frame(&frame).unwrap();
        if decoded.deviations.is_empty() {
            // Frames that a planned fault has mangled are not for the schema judge.
            record(Side::Server, &frame);
        }
        Some(decoded.value)
    }

    pub async fn response(&mut self) -> Option<Response> {
        match self.message().await? {
            ServerMessage::Response(response) => Some(*response),
            ServerMessage::Greeting(_) => panic!("a greeting where a response was expected"),
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        // A server that has closed already is what some tests look for afterwards.
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    pub async fn write_frame(&mut self, body: &[u8]) {
        self.write(&frame::encode(body, frame::CLIENT_MAX_FRAME_BYTES).unwrap()).await;
    }

    pub fn command(&mut self, body: impl Into<CommandBody>) -> Command {
        self.sent += 1;
        Command::new(body, format!("LINK-{:06}", self.sent).as_str())
    }

    pub async fn send(&mut self, body: impl Into<CommandBody>) -> Option<Response> {
        let command = self.command(body);
        self.write_frame(&encode_command(&command).unwrap()).await;
        let response = self.response().await?;
        assert_eq!(response.cltrid, command.cltrid);
        Some(response)
    }

    pub async fn code(&mut self, body: impl Into<CommandBody>) -> u16 {
        self.send(body).await.map_or(0, |response| response.code().get())
    }

    pub async fn login(&mut self, who: &str, password: &Secret) -> Response {
        let namespaces = [epp::Namespace::Domain, epp::Namespace::Host, epp::Namespace::Contact].map(|ns| ns.urn().to_owned());
        self.send(Login::new(who, password.clone(), namespaces.to_vec(), Vec::new())).await.unwrap()
    }
}
