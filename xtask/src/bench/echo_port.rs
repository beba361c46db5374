//! A registry that knows every name and costs next to nothing: it answers each `info` with what every name of the benchmark is.

use anyhow::{Context, Result};
use epp::domain::{Command as DomainCommand, Data, HostAttribute, InfoData, NameServers};
use epp::{CommandBody, Response, ResultCode, decode_command, encode_response};
use model::{EppStatus, Timestamp, expiry};
use registrar::Registrar;
use registrar::gate::{Answered, BoxFuture, Exchange, PortRequest, RegistryPort, Unknown};

use super::far_registry::handle;
use super::house::NAMESERVERS;

/// The port to it.
pub struct EchoPort {
    registrar: Registrar,
}

impl EchoPort {
    pub fn new(registrar: &Registrar) -> Self {
        Self { registrar: registrar.clone() }
    }

    fn answer(&self, request: &PortRequest) -> Result<Answered> {
        let command = decode_command(request.prepared.frame().expose()).map_err(|refusal| refusal.error)?;
        let CommandBody::Domain(DomainCommand::Info(info)) = command.body else { anyhow::bail!("only names are known here") };
        let now: Timestamp = self.registrar.now();
        let hosts = NAMESERVERS.map(|host| HostAttribute { name: host.into(), addresses: Vec::new() });
        let data = InfoData {
            statuses: vec![EppStatus::Ok.into()],
            name_servers: Some(NameServers::Attributes(hosts.to_vec())),
            expires: Some(expiry::add_years(now, 1)),
            ..InfoData::new(info.name, "D1-BENCH", &handle()?)
        };
        let response = Response::new(ResultCode::COMPLETED, command.cltrid, "bench-1").with_data(Data::Info(Box::new(data)));
        Answered::decode(&encode_response(&response)?, now, now).context("an answer of ours cannot be read")
    }
}

impl RegistryPort for EchoPort {
    fn exchange(&self, request: PortRequest) -> BoxFuture<'_, Exchange> {
        let answer = self.answer(&request);
        Box::pin(async move {
            match answer {
                Ok(answered) => Exchange::Answered(Box::new(answered)),
                Err(error) => Exchange::Unknown(Unknown { reason: format!("{error:#}"), sent_at: None }),
            }
        })
    }
}
