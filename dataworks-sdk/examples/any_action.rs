//! Any action by its name, for what is known at run time only. `cargo run --example any_action`
//!
//! It only reads: with an access key in the environment it talks to DataWorks, else to an emulator inside the process.

mod common;

use dataworks_sdk::v2020_05_18::Client;
use futures_util::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::reading().await?;
    let client = Client::new(&stage.config);

    // What there is to call, and what it takes.
    let call = client.action("ListNodes")?;
    let parameters = call.operation().shape().fields().iter().filter(|field| field.required);
    let parameters: Vec<_> = parameters.map(|field| field.name).collect();
    println!(
        "{}, one of {} actions, needs {}",
        call.operation().name(),
        Client::operations().len(),
        parameters.join(", ")
    );

    let call = call.set("ProjectId", stage.project.as_str()).set("ProjectEnv", "PROD").set("PageSize", 5);
    let answer = call.send().await?;
    println!("{} nodes", answer["Data"]["TotalCount"]);

    let call = client.action("ListNodes")?.set("ProjectId", stage.project.as_str()).set("ProjectEnv", "PROD");
    let mut nodes = call.items()?.max_items(3);
    while let Some(node) = nodes.try_next().await? {
        println!("{}  {}", node["NodeId"], node["NodeName"]);
    }
    Ok(())
}
