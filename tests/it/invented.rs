//! A ledger that holds the sandbox's invented data is not served as a live vendor's.

use forecourt::app::Gateway;
use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::shutdown::Shutdown;

use crate::support::clients::client;
use crate::support::gateway::Rig;
use crate::support::gateway::config;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_was_the_sandbox_cannot_become_live_on_the_same_ledger() {
    let rig = Rig::start().await;
    client(rig.data.path(), "default", "dealer").await;
    assert!(rig.gateway.stop(std::time::Duration::from_secs(20)).await);
    let live = ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__ACCOUNTS__MAIN__API_KEY", "key");
    let config = config(rig.data.path(), &rig.sandbox, &[live]);
    let refused = Gateway::start(config, Clock::system(), Ids::system(), Shutdown::new()).await.unwrap_err();
    assert!(refused.to_string().contains("invented data of `default/tchek`"), "{refused}");
}
