use dataworks_sdk::v2020_05_18::ListDataSourcesRequest;
use futures_util::TryStreamExt;

let request = ListDataSourcesRequest::new().project_id(530486).env_type(1); // production
let mut sources = client.list_data_sources(request).items();
while let Some(source) = sources.try_next().await? {
    // `source.content` holds credentials: `Debug` of the whole masks it, printing it alone does not.
    println!("{:?} {:?} of type {:?}", source.id, source.name, source.data_source_type);
}
