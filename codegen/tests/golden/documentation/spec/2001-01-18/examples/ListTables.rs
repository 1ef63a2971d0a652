use dataworks_sdk::v2001_01_18::ListTablesRequest;

for table in &client.list_tables(ListTablesRequest::new().mode("BRIEF")).await?.tables {
    println!("{:?}", table.name);
}
