use dataworks_sdk::v2024_05_18::GetDataSourceRequest;

let answer = client.get_data_source(GetDataSourceRequest::new().id(16035)).await?;
let source = &answer.data_source;
println!("{:?} of type {:?}", source.name, source.r#type);
// Connection properties are secret: `Debug` of the answer masks them.
if let Some(properties) = &source.connection_properties {
    println!("{} at {}", properties["envType"], properties["address"]);
}
