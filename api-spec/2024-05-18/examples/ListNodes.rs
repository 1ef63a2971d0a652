use dataworks_sdk::v2024_05_18::ListNodesRequest;
use futures_util::TryStreamExt;

let request = ListNodesRequest::new().project_id(530486).scene("DataworksProject").page_size(100);
let mut nodes = client.list_nodes(request).items(); // all pages, one by one
while let Some(node) = nodes.try_next().await? {
    // Without a task id the node has not been deployed.
    println!("{:?} {:?}: {:?}, task {:?}", node.id, node.name, node.script.runtime.command, node.task_id);
    for output in &node.outputs.node_outputs {
        println!("  gives {:?}", output.data);
    }
}
