use dataworks_sdk::v2020_05_18::ListNodesRequest;
use futures_util::TryStreamExt;

let request = ListNodesRequest::new().project_id(530486).project_env("PROD").page_size(100);
let mut nodes = client.list_nodes(request).items(); // all pages, one by one
while let Some(node) = nodes.try_next().await? {
    println!("{:?} {:?} runs at {:?}", node.node_id, node.node_name, node.cron_express);
}
