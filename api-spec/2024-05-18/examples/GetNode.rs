use dataworks_sdk::v2024_05_18::GetNodeRequest;

let request = GetNodeRequest::new().project_id(530486).id("8604388726201131234");
let node = client.get_node(request).await?.into_body().node;
let spec: serde_json::Value = serde_json::from_str(node.spec.as_deref().unwrap_or("{}"))?;
println!("{:?} by {:?}", node.name, node.owner);
println!("{}", spec["spec"]["nodes"][0]["script"]["content"]); // the code
