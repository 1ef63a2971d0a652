use dataworks_sdk::v2020_05_18::{GetDagRequest, RunCycleDagNodesRequest};

let request = RunCycleDagNodesRequest::new()
    .name("orders again")
    .project_env("PROD")
    .root_node_id(700_006_680_527_i64)
    .include_node_ids([700_006_680_527_i64, 700_006_680_528])
    .start_biz_date("2026-11-21 00:00:00")
    .end_biz_date("2026-11-23 00:00:00")
    .biz_begin_time("00:00:00")
    .biz_end_time("23:59:59")
    .parallelism(false); // one business date after the other
for dag in &client.run_cycle_dag_nodes(request).await?.data {
    let dag = client.get_dag(GetDagRequest::new().project_env("PROD").dag_id(dag)).await?.into_body().data;
    println!("{:?}: {:?}", dag.bizdate, dag.status);
}
