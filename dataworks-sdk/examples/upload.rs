//! Files that an action takes: upload a resource and watch it go. `cargo run --example upload`
//!
//! It writes, so it plays against an emulator inside the process.

mod common;

use dataworks_sdk::Upload;
use dataworks_sdk::v2024_05_18::{Client, CreateResourceRequest, ImportCertificateRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stage = common::writing().await?;
    let client = Client::new(&stage.config);

    // From a path: only a piece of it is in memory at a time.
    let request = ImportCertificateRequest::new().project_id(&stage.project).name("ca.crt");
    let file = Upload::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/upload.rs"))
        .on_progress(|sent, total| println!("{sent} of {total} bytes"));
    let imported = client.import_certificate(request).upload(file).await?;
    println!("certificate {}", common::text(&imported.id));

    // From memory.
    let request = CreateResourceRequest::new().project_id(&stage.project).spec("{}");
    let created = client.create_resource(request).upload(b"print(1)".to_vec()).await?;
    println!("resource {}", common::text(&created.id));

    // A failure says which step it was; nothing was done in DataWorks before the action was called.
    let request = CreateResourceRequest::new().project_id(&stage.project).spec("{}");
    if let Err(error) = client.create_resource(request).upload(Upload::from_path("none.py")).await {
        println!("{error}");
    }
    Ok(())
}
