//! Tells the sandbox dealer's story: what was inspected and listed before today.
//!
//! No vendor lists inspections by vehicle or lets a listed car be read back, so a gateway that starts with an empty
//! ledger knows none. On the sandbox the story is replayed once through the gateway's own mutations, over sockets; then
//! the sandbox is asked to walk the inspections through their states, and delivers their results like the vendor does.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_graphql::Request;
use async_graphql::Variables;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::app::health::Progress;
use crate::auth::AccountId;
use crate::auth::Scope;
use crate::auth::Session;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::Mode;
use crate::config::Tenant;
use crate::domain::request::attach;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::graphql::dataloader::Hub;
use crate::graphql::dataloader::drive;
use crate::http::health::Check;
use crate::http::pipeline::Pipeline;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::TransportConfig;

/// The story's sandbox answers at once; if it does not, something is wrong with it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The first car is the one of the README: the gateway is ready when it is told.
const SHOWPIECE_STEPS: usize = 2;
/// The client in whose name the story is told.
const DEALER: &str = "sandbox-dealer";

const STORY: Operation = control("sandbox.story.read", crate::transport::Method::Get, "/__sandbox/story");
const WEBHOOK: Operation = control("sandbox.webhook.set", crate::transport::Method::Put, "/__sandbox/tchek/webhook");
const ADVANCE: Operation =
    control("sandbox.tokens.advance", crate::transport::Method::Post, "/__sandbox/tokens/{uid}/advance");
const EXPIRE: Operation =
    control("sandbox.tokens.expire", crate::transport::Method::Post, "/__sandbox/tokens/{uid}/expire");

const fn control(name: &'static str, method: crate::transport::Method, path: &'static str) -> Operation {
    Operation {
        name,
        vendor: "sandbox",
        method,
        path,
        idempotency: crate::transport::Idempotency::Safe,
        timeout: PATIENCE,
        success: &[200, 201, 204],
        asks: false,
        provenance: crate::transport::Provenance::Inferred,
    }
}

const CREATE_INSPECTION: &str = "mutation StoryInspection($input: CreateInspectionInput!) { \
    createInspection(input: $input) { inspection { tokenUid } userErrors { message field } } }";
const CREATE_LISTING: &str = "mutation StoryListing($input: CreateListingInput!) { \
    createListing(input: $input) { listing { id } userErrors { message field } } }";

/// Where the story is told.
#[derive(Debug)]
pub struct Stage {
    /// The sandbox.
    pub sandbox: Url,
    /// This gateway.
    pub gateway: SocketAddr,
    /// Runs the mutations.
    pub pipeline: Pipeline,
    /// What outlives a request.
    pub services: Arc<Services>,
    /// Tells how far it is.
    pub progress: Progress,
    /// A file that says that the story has been told into this ledger.
    pub marker: PathBuf,
}

#[derive(Deserialize)]
struct Story {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    create_inspection: Option<Value>,
    create_listing: Option<Value>,
}

/// Tells the story in the background to the first tenant whose inspections and listings are the sandbox's, once.
pub fn start(config: &Config, stage: Stage) {
    let Some((tenant, section)) = config.tenants.iter().find(|(_, tenant)| is_on_stage(tenant)) else { return };
    let (tenant, section): (Arc<str>, Tenant) = (Arc::from(tenant.as_str()), section.clone());
    stage.progress.set(Check::Starting("the sandbox dealer's first car is being inspected and listed".to_owned()));
    let supervisor = stage.services.shutdown.clone();
    drop(supervisor.spawn(async move {
        let progress = stage.progress.clone();
        match tell(stage, tenant, &section).await {
            Ok(()) => progress.set(Check::Ok),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the sandbox dealer's story could not be told to its end");
                progress.set(Check::Working("the sandbox dealer's story is incomplete; the log says why".to_owned()));
            }
        }
    }));
}

fn is_on_stage(tenant: &Tenant) -> bool {
    tenant.tchek.mode == Mode::Sandbox && tenant.autochat.mode == Mode::Sandbox
}

async fn tell(stage: Stage, tenant: Arc<str>, section: &Tenant) -> anyhow::Result<()> {
    let teller = Teller::new(&stage, tenant, section)?;
    teller.set_webhook(section).await?;
    if stage.marker.exists() {
        return Ok(());
    }
    let story: Story = serde_json::from_slice(&teller.control(Call::new(&STORY, deadline())).await?)?;
    for (number, step) in story.steps.into_iter().enumerate() {
        if stage.services.shutdown.is_draining() {
            return Ok(());
        }
        teller.play(number, step).await.with_context(|| format!("step {number} failed"))?;
        if number + 1 == SHOWPIECE_STEPS {
            stage
                .progress
                .set(Check::Working("the sandbox dealer's other cars are being inspected and listed".to_owned()));
        }
    }
    std::fs::write(&stage.marker, b"the sandbox dealer's story has been told into this ledger\n")?;
    tracing::info!("the sandbox dealer's story has been told: inspections and listings are in the ledger");
    Ok(())
}

/// Tells the steps: mutations by our own graph, the rest by the sandbox's control.
struct Teller<'a> {
    stage: &'a Stage,
    session: Arc<Session>,
    control: Transport,
}

impl<'a> Teller<'a> {
    fn new(stage: &'a Stage, tenant: Arc<str>, section: &Tenant) -> anyhow::Result<Self> {
        let inspections = section.tchek.accounts.keys().take(1).map(|name| AccountId::new("tchek", name.as_str()));
        let listings = section.autochat.accounts.keys().take(1).map(|name| AccountId::new("autochat", name.as_str()));
        let session = Arc::new(Session {
            garage: None,
            tenant,
            client: Arc::from(DEALER),
            scopes: Arc::new(Scope::ALL.into()),
            accounts: inspections.chain(listings).collect(),
            max_rows: None,
        });
        let clock: Clock = stage.services.clock.clone();
        let control = Transport::new(&TransportConfig::new("sandbox", stage.sandbox.clone()), None, clock)?;
        Ok(Self { stage, session, control })
    }

    async fn control(&self, call: Call) -> anyhow::Result<bytes::Bytes> {
        Ok(self.control.call(call).await?.body)
    }

    /// Tells the sandbox where results go, as an operator would tell the vendor.
    async fn set_webhook(&self, section: &Tenant) -> anyhow::Result<()> {
        let secret = section.tchek.accounts.values().find_map(|account| account.webhook_secret.as_ref());
        let Some(secret) = secret else { return Ok(()) };
        let listening = self.stage.gateway;
        let host = if listening.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { listening.ip() };
        let host = SocketAddr::new(host, listening.port());
        let url = format!("http://{host}/webhooks/tchek/{}", self.session.tenant);
        let body = json!({ "url": url, "headerKey": secret.expose_secret() });
        self.control(Call::new(&WEBHOOK, deadline()).json(&body)?).await?;
        Ok(())
    }

    async fn play(&self, number: usize, step: Step) -> anyhow::Result<()> {
        if let Some(input) = step.create_listing {
            self.mutate(CREATE_LISTING, number, input).await?;
        }
        let Some(mut input) = step.create_inspection else { return Ok(()) };
        let members = input.as_object_mut().context("an inspection of the story is no object")?;
        let states = members.remove("advance");
        let expires = members.remove("expireAfter").is_some_and(|after| after == Value::Bool(true));
        let payload = self.mutate(CREATE_INSPECTION, number, input).await?;
        let uid = payload.pointer("/createInspection/inspection/tokenUid").and_then(Value::as_str);
        let uid = uid.with_context(|| format!("the inspection was not created: {payload}"))?;
        for state in states.as_ref().and_then(Value::as_array).into_iter().flatten() {
            self.control(Call::new(&ADVANCE, deadline()).segment(uid).json(&json!({ "to": state }))?).await?;
        }
        if expires {
            self.control(Call::new(&EXPIRE, deadline()).segment(uid)).await?;
        }
        Ok(())
    }

    async fn mutate(&self, document: &str, number: usize, mut input: Value) -> anyhow::Result<Value> {
        let members = input.as_object_mut().context("an input of the story is no object")?;
        members.insert("idempotencyKey".to_owned(), json!(format!("story-{number}")));
        let variables = Variables::from_json(json!({ "input": input }));
        let services = Arc::clone(&self.stage.services);
        let caller = Caller { services, session: Arc::clone(&self.session), deadline: deadline() };
        let hub = Hub::new();
        let request = attach(Request::new(document).variables(variables), &caller, &hub);
        let response = drive(hub, self.stage.pipeline.graph.schema.execute(request)).await;
        if let Some(error) = response.errors.first() {
            anyhow::bail!("a mutation of the story failed: {}", error.message);
        }
        Ok(response.data.into_json()?)
    }
}

fn deadline() -> Instant {
    Instant::now() + PATIENCE
}
