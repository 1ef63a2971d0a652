//! Projects, in both versions at once.

use dataworks_emulator::Emulator;

use crate::client::{Client, NEW, OLD};

#[tokio::test]
async fn a_project_is_the_same_in_both_versions() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let before = client.ok(OLD, "ListProjects", &[]).await;
    assert_eq!(before.at("/PageResult/TotalCount"), 3);
    let tags = r#"[{"Key":"team","Value":"data"}]"#;
    let parameters =
        [("ProjectIdentifier", "quickstart"), ("ProjectName", "Quick Start"), ("ProjectMode", "3"), ("Tags", tags)];
    let created = client.ok(OLD, "CreateProject", &parameters).await;
    assert_eq!((created.at("/HttpStatusCode"), created.at("/Success")), (&200.into(), &true.into()));
    let id = created.id("/Data");

    let project = client.ok(NEW, "GetProject", &[("Id", &id)]).await;
    assert_eq!(project.at("/Project/Name"), "quickstart");
    assert_eq!(project.at("/Project/DisplayName"), "Quick Start");
    assert_eq!(project.at("/Project/DevEnvironmentEnabled"), true);
    assert_eq!(project.at("/Project/AliyunResourceTags/0/Key"), "team");
    client.ok(NEW, "UpdateProject", &[("Id", &id), ("Description", "a tour"), ("Status", "Forbidden")]).await;
    let project = client.ok(OLD, "GetProject", &[("ProjectIdentifier", "quickstart")]).await;
    assert_eq!(project.id("/Data/ProjectId"), id);
    assert_eq!(project.at("/Data/ProjectDescription"), "a tour");
    assert_eq!(project.at("/Data/Status"), 4);

    client.ok(NEW, "DeleteProject", &[("Id", &id)]).await;
    client.refused(NEW, "GetProject", &[("Id", &id)], 400, "1101080008").await;
    client.refused(OLD, "GetProject", &[("ProjectId", &id)], 400, "Invalid.Tenant.ProjectNotExists").await;
    client.refused(NEW, "ListNodes", &[("ProjectId", &id)], 400, "9990040003").await;
    assert_eq!(client.ok(OLD, "ListProjects", &[]).await.at("/PageResult/TotalCount"), 3);
}

#[tokio::test]
async fn projects_are_found_by_name_and_names_are_taken_once() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let created = client.ok(NEW, "CreateProject", &[("Name", "tour"), ("DisplayName", "Tour")]).await;
    assert_eq!(created.at("/Id"), created.at("/ProjectId"));
    let listed = client.ok(NEW, "ListProjects", &[("Names", r#"["tour","nothing"]"#)]).await;
    assert_eq!(listed.at("/PagingInfo/TotalCount"), 1);
    assert_eq!(listed.at("/PagingInfo/Projects/0/Id"), created.at("/Id"));
    let again = [("ProjectIdentifier", "tour"), ("ProjectName", "x")];
    let taken = client.refused(OLD, "CreateProject", &again, 400, "InvalidParameter").await;
    assert!(taken.text.contains("exists already"), "{}", taken.text);
    let odd = [("Name", "my project"), ("DisplayName", "x")];
    client.refused(NEW, "CreateProject", &odd, 400, "InvalidParameter").await;
}

#[tokio::test]
async fn a_client_token_makes_one_project() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let parameters = [("ProjectIdentifier", "once"), ("ProjectName", "Once"), ("ClientToken", "t-1")];
    let first = client.ok(OLD, "CreateProject", &parameters).await.id("/Data");
    let second = client.ok(OLD, "CreateProject", &parameters).await.id("/Data");
    assert_eq!(first, second);
    assert_eq!(client.ok(OLD, "ListProjects", &[]).await.at("/PageResult/TotalCount"), 4);
}

#[tokio::test]
async fn pages_hold_what_they_should() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let page = client.ok(OLD, "ListProjects", &[("PageSize", "2"), ("PageNumber", "2")]).await;
    assert_eq!(page.at("/PageResult/ProjectList").as_array().unwrap().len(), 1);
    assert_eq!((page.at("/PageResult/PageNumber"), page.at("/PageResult/PageSize")), (&2.into(), &2.into()));
    let beyond = client.ok(NEW, "ListProjects", &[("PageSize", "2"), ("PageNumber", "2147483647")]).await;
    assert_eq!(beyond.at("/PagingInfo/Projects").as_array().unwrap().len(), 0);
    client.refused(NEW, "ListProjects", &[("PageSize", "0")], 400, "InvalidParameter").await;
}
