//! A wire between a gateway and the vendors that can be caught in the middle of one call.

use std::net::SocketAddr;
use std::sync::Arc;

use forecourt::shutdown::Shutdown;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::watch;

/// Where the wire holds a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Before the vendor has heard a byte of it.
    TheCall,
    /// In the middle of the vendor's answer.
    TheAnswer,
}

/// A wire that holds the calls whose first line begins with a given text, for good.
pub(crate) struct Wire {
    pub(crate) url: String,
    held: watch::Receiver<bool>,
}

struct Trap {
    call: &'static str,
    holds: Holds,
    held: watch::Sender<bool>,
}

impl Wire {
    /// Lays a wire to the vendors at `vendors`; it ends with the runtime of its test.
    pub(crate) async fn start(vendors: &str, call: &'static str, holds: Holds) -> Self {
        let vendors: SocketAddr = vendors.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, held) = watch::channel(false);
        let trap = Arc::new(Trap { call, holds, held: sender });
        let tasks = Shutdown::new();
        let supervisor = tasks.clone();
        drop(tasks.spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                drop(supervisor.spawn(connect(near, vendors, Arc::clone(&trap))));
            }
        }));
        Self { url, held }
    }

    /// Waits until a call is held.
    pub(crate) async fn holds(&mut self) {
        self.held.wait_for(|held| *held).await.unwrap();
    }
}

async fn connect(near: TcpStream, vendors: SocketAddr, trap: Arc<Trap>) {
    let far = TcpStream::connect(vendors).await.unwrap();
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let (asked, is_asked) = watch::channel(false);
    tokio::join!(calls(from_near, to_far, &trap, asked), answers(from_far, to_near, &trap, is_asked));
}

/// Carries calls; a call begins where bytes arrive after an answer, so a first line is never in the middle of what is read.
async fn calls(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, trap: &Trap, asked: watch::Sender<bool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = &buffer[..length];
        if bytes.starts_with(trap.call.as_bytes()) {
            if trap.holds == Holds::TheCall {
                trap.held.send_replace(true);
                return std::future::pending().await;
            }
            asked.send_replace(true);
        }
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, trap: &Trap, is_asked: watch::Receiver<bool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if *is_asked.borrow() {
            to.write_all(&buffer[..length / 2]).await.unwrap();
            trap.held.send_replace(true);
            return std::future::pending().await;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
