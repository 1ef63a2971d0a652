//! Answers as events: what an agent says, as it says it. `cargo run --example agent`
//!
//! It writes, so it plays against an emulator inside the process, whose agents say little.

mod common;

use common::text;
use dataworks_sdk::v2024_05_18::{Client, PromptAgentSessionRequest, prompt_agent_session};
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::writing().await?;
    let client = Client::new(&stage.config);

    let params = prompt_agent_session::Params::new().session_id("sess_0f12abc34");
    let request = PromptAgentSessionRequest::new().id("1").jsonrpc("2.0").params(params);
    let mut events = client.prompt_agent_session(request).events();
    while let Some(event) = events.try_next().await? {
        println!("{} {}", event.request_id().unwrap_or_default(), text(&event.method));
    }
    Ok(())
}
