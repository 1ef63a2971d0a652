//! Nodes, and the files that they come from.

use dataworks_sdk::{v2020_05_18 as old, v2024_05_18 as new};
use serde_json::json;

use super::{Stage, assert_sent};

#[tokio::test]
async fn list_nodes_2020() {
    let stage = Stage::with(&[(
        "ListNodes",
        r#"{
            "Data": {
                "PageNumber": 1, "PageSize": 10, "TotalCount": 2,
                "Nodes": [
                    {
                        "NodeId": 33115, "NodeName": "ods_user", "BusinessId": 3000099, "CronExpress": "00 00 00 * * ?",
                        "CreateTime": 1590416703313, "FileType": 10, "FileVersion": "3", "OwnerId": "19315502592",
                        "Priority": 1, "ProgramType": "ODPS_SQL", "ProjectId": 33671, "Repeatability": true,
                        "RepeatInterval": 120000, "ResGroupIdentifier": "group_20051853", "SchedulerType": "NORMAL"
                    },
                    {"NodeId": "33116", "NodeName": null, "Repeatability": "false", "SchedulerType": "SOMETIMES"}
                ]
            },
            "Success": true, "HttpStatusCode": 200, "RequestId": "r"
        }"#,
    )])
    .await;
    let request = old::ListNodesRequest::new().project_id(33_671).project_env("PROD").node_name("ods*");
    let page = old::Client::new(&stage.config).list_nodes(request).await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("NodeName", "ods*"), ("ProjectEnv", "PROD"), ("ProjectId", "33671")]);
    assert_eq!(page.data.total_count, Some(2));
    let [first, second] = &page.data.nodes[..] else { panic!("{:?}", page.data.nodes) };
    assert_eq!(first.node_id.as_ref().unwrap(), "33115");
    assert_eq!(first.node_name.as_deref(), Some("ods_user"));
    assert_eq!(first.business_id.as_ref().unwrap(), "3000099");
    assert_eq!((first.create_time, first.file_version), (Some(1_590_416_703_313), Some(3)));
    assert_eq!((first.repeatability, second.repeatability), (Some(true), Some(false)));
    assert_eq!(first.owner_id.as_ref().unwrap(), "19315502592");
    assert_eq!(first.scheduler_type, Some(old::types::SchedulerType::Normal));
    assert_eq!(second.scheduler_type.as_ref().unwrap().as_str(), "SOMETIMES", "a value that nobody knew");
    assert_eq!((second.node_name.as_deref(), second.priority), (None, None));
}

#[tokio::test]
async fn list_nodes_2024() {
    let stage = Stage::with(&[(
        "ListNodes",
        r#"{
            "PagingInfo": {
                "PageNumber": "1", "PageSize": "10", "TotalCount": "1",
                "Nodes": [{
                    "Id": 723932906364267268, "Name": "n", "Owner": "196596664824", "ProjectId": 33233, "TaskId": "580667964888595968",
                    "CreateTime": 1722910655000, "Recurrence": "Normal", "DataSource": {"Name": "odps_first"},
                    "Inputs": {"NodeOutputs": [{"Data": "root"}], "Tables": [], "Variables": [{"Name": "v", "Id": 543217824470354700}]},
                    "Script": {"Id": "853573334108680448", "Path": "root/demo", "Runtime": {"Command": "ODPS_SQL"}},
                    "RuntimeResource": {"ResourceGroupId": "S_res_group_1"}, "Strategy": {"RerunTimes": 3, "Timeout": "0"},
                    "Tags": [{"Key": "k"}], "Trigger": {"Cron": "00 00 00 * * ?"}
                }]
            },
            "RequestId": "r"
        }"#,
    )])
    .await;
    let request = new::ListNodesRequest::new().project_id(33_233).scene("DataworksProject").page_size(10);
    let page = new::Client::new(&stage.config).list_nodes(request).await.unwrap();
    assert_sent!(
        stage, "GET",
        query: [("PageSize", "10"), ("ProjectId", "33233"), ("Scene", "DataworksProject")],
        form: []
    );
    let node = &page.paging_info.nodes[0];
    assert_eq!(node.id.as_ref().unwrap(), "723932906364267268");
    assert_eq!(node.task_id.as_ref().unwrap(), "580667964888595968");
    assert_eq!(node.data_source.name.as_deref(), Some("odps_first"));
    assert_eq!(node.inputs.node_outputs[0].data.as_deref(), Some("root"));
    assert_eq!(node.inputs.variables[0].id.as_ref().unwrap(), "543217824470354700");
    assert_eq!(node.script.runtime.command.as_deref(), Some("ODPS_SQL"));
    assert_eq!((node.strategy.rerun_times, node.strategy.timeout), (Some(3), Some(0)));
    assert_eq!(node.trigger.cron.as_deref(), Some("00 00 00 * * ?"));
    assert!(node.outputs.tables.is_empty(), "absent objects and lists are empty");
}

#[tokio::test]
async fn get_node_2020() {
    let stage = Stage::with(&[(
        "GetNode",
        r#"{
            "Data": {"NodeId": 1234567890123456789, "FileId": 20, "NodeName": "n", "Repeatability": true, "RelatedFlowId": 0},
            "Success": "true", "HttpStatusCode": "200", "RequestId": "r"
        }"#,
    )])
    .await;
    let request = old::GetNodeRequest::new().node_id("1234567890123456789").project_env(old::types::ProjectEnv::Dev);
    let node = old::Client::new(&stage.config).get_node(request).await.unwrap();
    assert_sent!(stage, "POST", query: [], form: [("NodeId", "1234567890123456789"), ("ProjectEnv", "DEV")]);
    assert_eq!(node.data.node_id.as_ref().unwrap().as_i64(), Some(1_234_567_890_123_456_789));
    assert_eq!(node.data.repeatability.as_deref(), Some("true"), "upstream calls this one a text");
    assert_eq!((node.success, node.http_status_code), (Some(true), Some(200)));
}

#[tokio::test]
async fn get_node_2024() {
    let stage = Stage::with(&[(
        "GetNode",
        r#"{"Node": {"Id": "860438872620113****", "Name": "n", "Spec": "{\"version\":\"1.1.0\"}", "TaskId": 7}, "RequestId": "r"}"#,
    )])
    .await;
    let request = new::GetNodeRequest::new().id("860438872620113****").project_id(10_000);
    let node = new::Client::new(&stage.config).get_node(request).await.unwrap();
    assert_sent!(stage, "GET", query: [("Id", "860438872620113****"), ("ProjectId", "10000")], form: []);
    assert_eq!(node.node.id.as_ref().unwrap(), "860438872620113****");
    assert_eq!(node.node.spec.as_deref(), Some(r#"{"version":"1.1.0"}"#));
}

/// Both versions have these actions, the same on the wire.
macro_rules! files {
    ($name:ident, $version:ident) => {
        #[tokio::test]
        async fn $name() {
            let stage = Stage::with(&[
                ("CreateFile", r#"{"Data": 1234567890123456789, "Success": true, "HttpStatusCode": 200, "RequestId": "r"}"#),
                ("UpdateFile", r#"{"Success": true, "HttpStatusCode": 200, "RequestId": "r"}"#),
                ("DeployFile", r#"{"Data": 3000001, "Success": true, "RequestId": "r"}"#),
                ("DeleteFile", r#"{"DeploymentId": 3000002, "Success": true, "RequestId": "r"}"#),
            ])
            .await;
            let client = $version::Client::new(&stage.config);
            let request = $version::CreateFileRequest::new()
                .project_id(10_000)
                .file_name("dwd_orders")
                .file_type(10)
                .content("SELECT 1 + 1;\n-- a&b=c")
                .advanced_settings(json!({"queue": "default", "SPARK_CONF": "--conf x"}))
                .auto_rerun_times(3)
                .cycle_type("DAY")
                .stop(false);
            let file = client.create_file(request).await.unwrap();
            assert_sent!(
                stage, "POST",
                query: [],
                form: [
                    ("AdvancedSettings", r#"{"SPARK_CONF":"--conf x","queue":"default"}"#),
                    ("AutoRerunTimes", "3"),
                    ("Content", "SELECT 1 + 1;\n-- a&b=c"),
                    ("CycleType", "DAY"),
                    ("FileName", "dwd_orders"),
                    ("FileType", "10"),
                    ("ProjectId", "10000"),
                    ("Stop", "false"),
                ]
            );
            assert_eq!(file.data.as_ref().unwrap(), "1234567890123456789");

            let request = $version::UpdateFileRequest::new()
                .file_id(&file.data)
                .project_id(10_000)
                .input_list("project_root,project.file1")
                .auto_parsing(false);
            let updated = client.update_file(request).await.unwrap();
            assert_sent!(
                stage, "POST",
                query: [],
                form: [
                    ("AutoParsing", "false"),
                    ("FileId", "1234567890123456789"),
                    ("InputList", "project_root,project.file1"),
                    ("ProjectId", "10000"),
                ]
            );
            assert_eq!(updated.success, Some(true));

            let request = $version::DeployFileRequest::new().file_id(&file.data).comment("v1").project_id(10_000);
            let deployed = client.deploy_file(request).await.unwrap();
            assert_sent!(
                stage, "POST",
                query: [],
                form: [("Comment", "v1"), ("FileId", "1234567890123456789"), ("ProjectId", "10000")]
            );
            assert_eq!(deployed.data.as_ref().unwrap(), "3000001");

            let request = $version::DeleteFileRequest::new().file_id(&file.data).project_identifier("p");
            let deleted = client.delete_file(request).await.unwrap();
            assert_sent!(stage, "POST", query: [], form: [("FileId", "1234567890123456789"), ("ProjectIdentifier", "p")]);
            assert_eq!(deleted.deployment_id.as_ref().unwrap(), "3000002");
        }
    };
}

files!(files_2020, old);
files!(files_2024, new);
