use dataworks_sdk::v2020_05_18::{GetNodeCodeRequest, GetNodeRequest};

let node = client.get_node(GetNodeRequest::new().node_id(700_006_680_527_i64).project_env("PROD")).await?;
println!("{:?} is {:?}, runs at {:?}", node.data.node_name, node.data.program_type, node.data.cron_express);

let request = GetNodeCodeRequest::new().node_id(&node.data.node_id).project_env("PROD");
println!("{}", client.get_node_code(request).await?.data.as_deref().unwrap_or_default());
