//! Workspaces.

use dataworks_sdk::{v2020_05_18 as old, v2024_05_18 as new};

use super::{Stage, assert_sent};

#[tokio::test]
async fn list_2020() {
    let stage = Stage::with(&[(
        "ListProjects",
        r#"{
            "PageResult": {
                "PageNumber": 2, "PageSize": 1, "TotalCount": "12",
                "ProjectList": [{
                    "ProjectId": 1234567890123456789, "ProjectIdentifier": "sales_prod", "ProjectName": "销售",
                    "ProjectDescription": "", "ProjectStatus": 0, "ProjectStatusCode": "AVAILABLE", "IsDefault": 1,
                    "ProjectOwnerBaseId": "207947397706614297", "DisableDevelopment": false, "UseProxyOdpsAccount": "true",
                    "TablePrivacyMode": 1, "ResourceManagerResourceGroupId": "rg-acfmzbn7pti3zfa",
                    "Tags": [{"Key": "team", "Value": "a"}], "NewField": {"x": [1]}
                }]
            },
            "RequestId": "1AFAE64E-D1BE-432B-A9CD-1234567890AB"
        }"#,
    )])
    .await;
    let tags = [old::list_projects::Tag::new().key("team").value("a&b")];
    let request = old::ListProjectsRequest::new().page_number(2).page_size(1).tags(tags);
    let page = old::Client::new(&stage.config).list_projects(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [("PageNumber", "2"), ("PageSize", "1"), ("Tags", r#"[{"Key":"team","Value":"a&b"}]"#)],
        form: []
    );
    assert_eq!(page.request_id(), Some("1AFAE64E-D1BE-432B-A9CD-1234567890AB"));
    assert_eq!((page.page_result.page_number, page.page_result.total_count), (Some(2), Some(12)));
    let project = &page.page_result.project_list[0];
    assert_eq!(project.project_id.as_ref().unwrap(), "1234567890123456789");
    assert_eq!(project.project_identifier.as_deref(), Some("sales_prod"));
    assert_eq!(project.project_name.as_deref(), Some("销售"));
    assert_eq!(project.project_description.as_deref(), Some(""));
    assert_eq!((project.project_status, project.is_default), (Some(0), Some(1)));
    assert_eq!(project.project_status_code, Some("AVAILABLE".into()));
    assert_eq!(project.project_owner_base_id.as_ref().unwrap(), "207947397706614297");
    assert_eq!((project.disable_development, project.use_proxy_odps_account), (Some(false), Some(true)));
    assert_eq!(project.tags[0].value.as_deref(), Some("a"));
    assert!(page.mismatches().is_empty(), "{:?}", page.mismatches());
}

#[tokio::test]
async fn list_2024() {
    let stage = Stage::with(&[(
        "ListProjects",
        r#"{
            "PagingInfo": {
                "PageNumber": 1, "PageSize": 10, "TotalCount": 1,
                "Projects": [{
                    "Id": 28477242, "Name": "sales", "DisplayName": "Sales", "Description": "d", "Owner": "1107550004253538",
                    "Status": "Available", "DevEnvironmentEnabled": true, "DevRoleDisabled": false, "PaiTaskEnabled": true,
                    "AliyunResourceGroupId": "rg-1", "AliyunResourceTags": [{"Key": "k", "Value": "v"}]
                }]
            },
            "RequestId": "r"
        }"#,
    )])
    .await;
    let request = new::ListProjectsRequest::new()
        .ids([28_477_242, 5])
        .names(["sales"])
        .pai_task_enabled(true)
        .status("Available");
    let page = new::Client::new(&stage.config).list_projects(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [],
        form: [("Ids", "[28477242,5]"), ("Names", r#"["sales"]"#), ("PaiTaskEnabled", "true"), ("Status", "Available")]
    );
    let project = &page.paging_info.projects[0];
    assert_eq!(project.id.as_ref().unwrap(), "28477242");
    assert_eq!((project.name.as_deref(), project.display_name.as_deref()), (Some("sales"), Some("Sales")));
    assert_eq!(project.status.as_ref().unwrap().as_str(), "Available");
    assert_eq!((project.dev_environment_enabled, project.pai_task_enabled), (Some(true), Some(true)));
    assert_eq!(project.aliyun_resource_tags[0].key.as_deref(), Some("k"));
}

#[tokio::test]
async fn get_2020() {
    let stage = Stage::with(&[(
        "GetProject",
        r#"{
            "Data": {
                "ProjectId": 27, "ProjectIdentifier": "p", "ProjectMode": 3, "MaxFlowNode": 1000, "EnvTypes": ["PROD", "DEV"],
                "TenantId": "280749521950784", "SchedulerRetryInterval": 120000, "GmtCreate": "Nov 29, 2020 12:40:00 PM",
                "Tags": null, "Status": "0"
            },
            "Success": true, "HttpStatusCode": 200, "RequestId": "r"
        }"#,
    )])
    .await;
    let request = old::GetProjectRequest::new().project_id(27);
    let project = old::Client::new(&stage.config).get_project(request).await.unwrap();
    assert_sent!(stage, "POST", query: [("ProjectId", "27")], form: []);
    assert_eq!(project.data.project_id.as_ref().unwrap(), "27");
    assert_eq!(project.data.tenant_id.as_ref().unwrap(), "280749521950784");
    assert_eq!(project.data.env_types, ["PROD", "DEV"]);
    assert_eq!((project.data.project_mode, project.data.status), (Some(3), Some(0)));
    assert!(project.data.tags.is_empty());
    assert_eq!(project.success, Some(true));
}

#[tokio::test]
async fn get_2024() {
    let stage = Stage::with(&[(
        "GetProject",
        r#"{"Project": {"Id": "27", "Name": "p", "Owner": 1107550004253538}, "RequestId": "r"}"#,
    )])
    .await;
    let project = new::Client::new(&stage.config).get_project(new::GetProjectRequest::new().id("27")).await.unwrap();
    assert_sent!(stage, "GET", query: [("Id", "27")], form: []);
    assert_eq!(project.project.id.as_ref().unwrap(), "27");
    assert_eq!(project.project.owner.as_deref(), Some("1107550004253538"));
}

#[tokio::test]
async fn create_2020() {
    let stage = Stage::with(&[(
        "CreateProject",
        r#"{"Data": 123456, "Success": true, "HttpStatusCode": 200, "RequestId": "r"}"#,
    )])
    .await;
    let request = old::CreateProjectRequest::new()
        .project_identifier("sales")
        .project_name("Sales & more")
        .disable_development(true)
        .client_token("mine");
    let created = old::Client::new(&stage.config).create_project(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [
            ("ClientToken", "mine"),
            ("DisableDevelopment", "true"),
            ("ProjectIdentifier", "sales"),
            ("ProjectName", "Sales & more"),
        ],
        form: []
    );
    assert_eq!(created.data.as_ref().unwrap(), "123456");
}

#[tokio::test]
async fn create_and_update_2024() {
    let stage = Stage::with(&[
        ("CreateProject", r#"{"Id": 9007199254740993, "ProjectId": 9007199254740993, "RequestId": "r"}"#),
        ("UpdateProject", r#"{"RequestId": "r"}"#),
    ])
    .await;
    let client = new::Client::new(&stage.config);
    let created = client
        .create_project(
            new::CreateProjectRequest::new().name("sales").display_name("销售").dev_environment_enabled(false),
        )
        .await
        .unwrap();
    assert_sent!(
        stage, "POST",
        query: [],
        form: [("DevEnvironmentEnabled", "false"), ("DisplayName", "销售"), ("Name", "sales")]
    );
    assert_eq!(created.id.as_ref().unwrap(), "9007199254740993", "more than a float keeps");
    let request = new::UpdateProjectRequest::new().id(&created.id).description("a new\nline").status("Available");
    let updated = client.update_project(request).await.unwrap();
    assert_sent!(
        stage, "POST",
        query: [],
        form: [("Description", "a new\nline"), ("Id", "9007199254740993"), ("Status", "Available")]
    );
    assert_eq!(updated.request_id(), Some("r"));
}
