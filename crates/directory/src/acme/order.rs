//! One order, from the account to the chain.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::BodyExt;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType, Error, HttpClient, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};
use rustls::ClientConfig;
use serde::Deserialize;
use store::secret_file;
use thiserror::Error;
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::challenges::Challenges;
use crate::http::client::{Client, ClientFault};

/// How long one question to the authority may take.
const QUESTION: Duration = Duration::from_secs(30);

/// How long the authority may take to look at the host, and to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(90));

/// Who the authority is and who asks.
#[derive(Clone, Debug)]
pub struct AcmeSettings {
    /// The authority's directory.
    pub directory_url: String,
    /// Where the authority writes to; none where it need not.
    pub contact: Option<String>,
    /// The host that the certificate is for.
    pub host: String,
    /// The file with the account and its key. It is made at the first order.
    pub account: PathBuf,
    /// The file that the chain goes into.
    pub chain: PathBuf,
    /// The file that its key goes into.
    pub key: PathBuf,
}

/// Orders certificates.
#[derive(Clone)]
pub struct Acme {
    pub(super) settings: AcmeSettings,
    client: Client,
    challenges: Arc<Challenges>,
}

impl Acme {
    /// Orders as `settings` say, from an authority that `tls` trusts. The operator has agreed to its terms.
    ///
    /// # Errors
    /// [`AcmeFault::Directory`] if the directory is no address of HTTPS.
    pub fn new(settings: AcmeSettings, tls: Arc<ClientConfig>, challenges: Arc<Challenges>) -> Result<Self, AcmeFault> {
        let is_https = settings.directory_url.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some());
        if !is_https {
            return Err(AcmeFault::Directory);
        }
        Ok(Self { settings, client: Client::new(tls), challenges })
    }

    /// Orders a certificate and writes it and its key into their files.
    ///
    /// # Errors
    /// [`AcmeFault`] if the authority cannot be reached or refuses, or a file cannot be written: the former files stay then.
    pub async fn order(&self) -> Result<(), AcmeFault> {
        let acme = self.clone();
        // The client library takes addresses from the authority's directory at their word; were one malformed, the order's task would end.
        let ordered = tokio::spawn(async move { acme.obtain().await }).await;
        self.challenges.clear();
        let (chain, key) = ordered.map_err(|_| AcmeFault::Refused("the order ended by a panic".to_owned()))??;
        // The key first: a chain without its key is noticed and not shown.
        for (path, text) in [(&self.settings.key, key), (&self.settings.chain, chain)] {
            secret_file::write(path, text.as_bytes()).map_err(|fault| AcmeFault::File(fault.to_string()))?;
        }
        Ok(())
    }

    async fn obtain(&self) -> Result<(String, String), AcmeFault> {
        let account = self.account().await?;
        let identifiers = [Identifier::Dns(self.settings.host.clone())];
        let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
        self.answer_challenges(&mut order).await?;
        if order.poll_ready(&PATIENCE).await? != OrderStatus::Ready {
            return Err(AcmeFault::Refused(reason(&mut order).await));
        }
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&PATIENCE).await?;
        Ok((chain, key))
    }

    /// The account in its file, or a new one.
    async fn account(&self) -> Result<Account, AcmeFault> {
        let file = &self.settings.account;
        let builder = Account::builder_with_http(Box::new(self.client.clone()));
        if file.exists() {
            let text = secret_file::read(file).map_err(|fault| AcmeFault::File(fault.to_string()))?;
            // The parser's words could repeat a part of the key.
            let broken = |_| AcmeFault::File(format!("`{}` holds no account; put it aside to make a new one", file.display()));
            let AccountOf { directory } = serde_json::from_slice(text.expose()).map_err(broken)?;
            if directory != self.settings.directory_url {
                let words = format!("`{}` holds an account at {directory}; put it aside to make one at the authority", file.display());
                return Err(AcmeFault::File(words));
            }
            let credentials: AccountCredentials = serde_json::from_slice(text.expose()).map_err(broken)?;
            return Ok(builder.from_credentials(credentials).await?);
        }
        let contact = self.settings.contact.as_ref().map(|contact| format!("mailto:{contact}"));
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let (account, credentials) = builder.create(&new, self.settings.directory_url.clone(), None).await?;
        let text = serde_json::to_vec(&credentials).map_err(|error| AcmeFault::File(error.to_string()))?;
        secret_file::write(file, &text).map_err(|fault| AcmeFault::File(fault.to_string()))?;
        Ok(account)
    }

    /// Has every answer ready, then says so.
    async fn answer_challenges(&self, order: &mut Order) -> Result<(), AcmeFault> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            match authorization.status {
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => {}
                status => return Err(AcmeFault::Refused(format!("the authorisation of the host is {status:?}"))),
            }
            let mut challenge = authorization.challenge(ChallengeType::Http01).ok_or(AcmeFault::NoHttp)?;
            self.challenges.put(&challenge.token, challenge.key_authorization().as_str());
            challenge.set_ready().await?;
        }
        Ok(())
    }
}

/// Whose account a file holds: with the account the library takes the authority it was made at, whatever is configured now.
#[derive(Deserialize)]
struct AccountOf {
    directory: String,
}

/// Why the authority found an order invalid.
async fn reason(order: &mut Order) -> String {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let Ok(mut authorization) = authorization else { break };
        let Ok(state) = authorization.refresh().await else { break };
        let mut problems = state.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problems.next() {
            return problem.to_string();
        }
    }
    "the order is invalid".to_owned()
}

impl HttpClient for Client {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.clone();
        Box::pin(async move {
            let other = |fault: ClientFault| Error::Other(Box::new(fault));
            let (parts, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let request = Request::from_parts(parts, body.to_bytes().to_vec());
            let uri = request.uri().clone();
            let asked = async {
                let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
                let addresses = lookup_host((host, uri.port_u16().unwrap_or(443))).await;
                let mut failed = ClientFault::Connect(format!("`{host}` has no address"));
                for address in addresses.map_err(|error| ClientFault::Connect(error.to_string()))? {
                    match client.exchange(address, request.clone()).await {
                        Err(fault @ ClientFault::Connect(_)) => failed = fault,
                        answered => return answered,
                    }
                }
                Err(failed)
            };
            let answered = timeout(QUESTION, asked).await;
            let (parts, body) =
                answered.unwrap_or_else(|_| Err(ClientFault::Http("it took too long".to_owned()))).map_err(other)?.into_parts();
            Ok(BytesResponse { parts, body: Box::new(body) })
        })
    }
}

/// Why there is no certificate.
#[derive(Debug, Error)]
pub enum AcmeFault {
    /// Not an address.
    #[error("the authority's directory is no address of HTTPS")]
    Directory,
    /// A file.
    #[error("{0}")]
    File(String),
    /// The authority offers another way only.
    #[error("the authority does not offer http-01 for this host")]
    NoHttp,
    /// It said no.
    #[error("the authority refused: {0}")]
    Refused(String),
    /// It could not be asked, or said no.
    #[error("the authority did not give a certificate: {0}")]
    Authority(#[from] Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::client::trust;

    /// What the file of the account holds, and why nobody is asked.
    #[tokio::test]
    async fn an_account_that_is_none_or_of_another_authority_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let settings = |directory_url: &str| AcmeSettings {
            directory_url: directory_url.to_owned(),
            contact: None,
            host: "rdap.registrar.example".to_owned(),
            account: folder.path().join("account.json"),
            chain: folder.path().join("chain.pem"),
            key: folder.path().join("key.pem"),
        };
        let acme = |directory_url: &str| Acme::new(settings(directory_url), trust(None).unwrap(), Arc::default());
        let cases = [
            (
                r#"{"id":"1","key_pkcs8":"AAAA","directory":"https://staging.example/dir"}"#,
                "holds an account at https://staging.example/dir",
            ),
            (r#"{"id":"1","key_pkcs8":"AAAA","directory":"https://authority.example/dir","urls":1}"#, "holds no account"),
            ("secret", "holds no account"),
        ];
        for (content, want) in cases {
            secret_file::write(&folder.path().join("account.json"), content.as_bytes()).unwrap();
            let said = acme("https://authority.example/dir").unwrap().order().await.unwrap_err().to_string();
            assert!(said.contains(want) && !said.contains("AAAA") && !said.contains("secret"), "{said}");
        }
        assert!(!folder.path().join("key.pem").exists());
        for wrong in ["http://authority.example/dir", "https://", "authority.example", "https://a b/"] {
            assert!(matches!(acme(wrong), Err(AcmeFault::Directory)), "{wrong}");
        }
    }
}
