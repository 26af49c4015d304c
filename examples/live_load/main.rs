//! Loads a running gateway with WebSocket clients that all watch one diagnostic ticket, and measures what becomes of it.
//!
//! Two shows: how long a change at the vendor takes to every client, and that clients notice nothing of a vendor that
//! drops its socket time and again. The gateway must run on the sandbox, whose control interface makes the changes, and
//! must let one client have so many channels (`live.channels_per_client`). Each client needs a file descriptor here and
//! one in the gateway, so raise `ulimit -n` first. `scripts/try-live-load.sh` does all of this:
//!
//! ```sh
//! cargo run --release --example live_load -- --clients 5000 --changes 20 \
//!   --url ws://127.0.0.1:8080/graphql --sandbox http://127.0.0.1:8090 --pid "$(pgrep forecourt)" \
//!   --drop-every 3 --for 60
//! ```
#![expect(clippy::print_stdout, reason = "the figures are what this is for")]

mod audience;
mod figures;
mod vendor;

use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::ensure;
use clap::Parser;
use serde_json::Value;
use serde_json::json;
use url::Url;

use audience::Audience;
use figures::Spans;
use figures::resident_kib;
use vendor::Vendor;

/// What the vendor calls the opening of its socket, and the subscription of a ticket.
const CONNECT: &str = "jifeline.socket.connect";
const SUBSCRIBE: &str = "jifeline.socket.subscribe_ticket";
/// The pause between tries to connect, once those at once are used up.
const PAUSE: Duration = Duration::from_secs(5);
/// How long everybody may take to hear of a change.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Debug, Parser)]
struct Options {
    /// The gateway's WebSocket.
    #[arg(long, default_value = "ws://127.0.0.1:8080/graphql")]
    url: Url,
    /// Where the sandbox listens.
    #[arg(long, default_value = "http://127.0.0.1:8090")]
    sandbox: Url,
    /// How many clients watch.
    #[arg(long, default_value_t = 5000)]
    clients: usize,
    /// How many changes are measured.
    #[arg(long, default_value_t = 20)]
    changes: u32,
    /// The gateway's process, for its memory.
    #[arg(long)]
    pid: Option<u32>,
    /// Every how many seconds the vendor drops its sockets, in the second show.
    #[arg(long, requires = "lasting")]
    drop_every: Option<u64>,
    /// How many seconds the second show lasts.
    #[arg(long = "for", id = "lasting")]
    lasting: Option<u64>,
    /// The connector with the ticket.
    #[arg(long, default_value = "910000001")]
    connector: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let vendor = Vendor::new(&options.sandbox)?;
    let ticket = ticket(&options).await?;
    vendor.release(&ticket.number).await?;
    let before = memory(&options)?;
    let begin = Instant::now();
    let mut audience = Audience::gather(&options.url, &ticket.id, options.clients).await?;
    println!("{} clients watch after {:.1} s", options.clients, begin.elapsed().as_secs_f64());
    if let Some((before, after)) = before.zip(memory(&options)?) {
        let each = after.saturating_sub(before) / u64::try_from(options.clients)?.max(1);
        println!("memory of the gateway: {before} KiB before, {after} KiB now, {each} KiB for each client");
    }
    let (connects, subscriptions) = (vendor.times(CONNECT).await?.len(), vendor.times(SUBSCRIBE).await?.len());
    println!("the vendor saw {connects} connections and {subscriptions} subscriptions of a ticket since it began");

    changes(&options, &vendor, &mut audience, &ticket).await?;
    if let Some((every, lasting)) = options.drop_every.zip(options.lasting) {
        drops(&vendor, &mut audience, &ticket, Duration::from_secs(every), Duration::from_secs(lasting)).await?;
    }
    vendor.release(&ticket.number).await
}

/// The ticket that everybody watches.
struct Ticket {
    /// Its global id.
    id: Value,
    /// The vendor's number.
    number: String,
}

async fn ticket(options: &Options) -> Result<Ticket> {
    let mut url = options.url.clone();
    ensure!(url.set_scheme("http").is_ok(), "the gateway's address is none of a WebSocket");
    let query = "query($number: String) { connector(by: {number: $number}) { activeTicket { id number } } }";
    let body = json!({ "query": query, "variables": { "number": options.connector } });
    let answer: Value = vendor::send(vendor::client()?.post(url).json(&body)).await?.json().await?;
    let found = |member: &str| answer.pointer(&format!("/data/connector/activeTicket/{member}"));
    let number = found("number").and_then(Value::as_str);
    let (id, number) = found("id").zip(number).with_context(|| format!("no open ticket: {answer}"))?;
    Ok(Ticket { id: id.clone(), number: number.to_owned() })
}

fn memory(options: &Options) -> Result<Option<u64>> {
    options.pid.map(resident_kib).transpose()
}

/// The first show: how long changes take to everybody.
async fn changes(options: &Options, vendor: &Vendor, audience: &mut Audience, ticket: &Ticket) -> Result<()> {
    let (mut each, mut last) = (Spans::default(), Spans::default());
    let mut missed = 0;
    for number in 1..=options.changes {
        let message = format!("change {number}");
        let sent = Instant::now();
        vendor.hold(&ticket.number, &message).await?;
        let heard = audience.hear(&message, PATIENCE).await;
        missed += options.clients - heard.len();
        last.extend(heard.iter().max().map(|at| *at - sent));
        each.extend(heard.into_iter().map(|at| at - sent));
    }
    println!("{} changes, from the vendor's being told of each:", options.changes);
    println!("  to a client:       {each}");
    println!("  to the last one:   {last}");
    println!(
        "  not heard within {} s: {missed}; clients that were disconnected: {}",
        PATIENCE.as_secs(),
        audience.gone()
    );
    ensure!(missed == 0 && audience.gone() == 0, "somebody has not heard everything");
    Ok(())
}

/// The second show: the vendor drops its sockets time and again.
async fn drops(
    vendor: &Vendor,
    audience: &mut Audience,
    ticket: &Ticket,
    every: Duration,
    lasting: Duration,
) -> Result<()> {
    let known = vendor.times(CONNECT).await?.len();
    let begin = tokio::time::Instant::now();
    let mut ticks = tokio::time::interval(every);
    let (mut drops, mut message) = (0_u32, String::new());
    while begin.elapsed() < lasting {
        ticks.tick().await;
        vendor.drop_sockets().await?;
        drops += 1;
        message = format!("after drop {drops}");
        vendor.hold(&ticket.number, &message).await?;
    }
    let heard = audience.hear(&message, PATIENCE).await.len();
    let times = vendor.times(CONNECT).await?;
    let gaps: Vec<_> = times.windows(2).skip(known.saturating_sub(1)).filter_map(figures::gap).collect();
    println!("{drops} drops in {} s:", lasting.as_secs());
    println!("  clients that were disconnected: {}", audience.gone());
    println!("  clients that know the last state: {heard}");
    println!("  new connections to the vendor: {}, with these gaps: {}", gaps.len(), figures::list(&gaps));
    let leisurely = gaps.iter().skip(4).all(|gap| *gap >= PAUSE);
    ensure!(audience.gone() == 0, "somebody was disconnected");
    ensure!(heard == audience.count(), "somebody does not know the last state");
    ensure!(leisurely, "the gateway connected oftener than it may");
    Ok(())
}
