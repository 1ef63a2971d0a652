use dataworks_sdk::v2024_05_18::ListDataSourcesRequest;

let request = ListDataSourcesRequest::new().project_id(530486).types(["mysql", "postgresql"]).page_size(100);
let page = client.list_data_sources(request).await?;
println!("{:?} data sources", page.paging_info.total_count);
for group in &page.paging_info.data_sources {
    // One name can stand for a data source in development and another one in production.
    for source in &group.data_source {
        println!("{:?} ({:?}): {:?} {:?}", group.name, group.r#type, source.id, source.qualified_name);
    }
}
