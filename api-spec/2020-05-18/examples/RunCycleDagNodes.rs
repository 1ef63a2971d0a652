use dataworks_sdk::v2020_05_18::{GetDagRequest, RunCycleDagNodesRequest};

// One node, one business date. The setters after it add to that: a range of dates, and a node below.
let node = 700_006_680_527_i64;
let request = RunCycleDagNodesRequest::for_node("PROD", node, "2026-11-23")
    .start_biz_date("2026-11-21 00:00:00")
    .include_node_ids([node, 700_006_680_528]);
for dag in &client.run_cycle_dag_nodes(request).await?.data {
    let dag = client.get_dag(GetDagRequest::new().project_env("PROD").dag_id(dag)).await?.into_body().data;
    println!("{:?}: {:?}", dag.bizdate, dag.status);
}
