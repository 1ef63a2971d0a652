use dataworks_sdk::v2024_05_18::{CreateFileRequest, SubmitFileRequest};

let request = CreateFileRequest::new()
    .project_id(530486)
    .file_name("daily_orders")
    .file_folder_path("Business_process/Sales/MaxCompute")
    .create_folder_if_not_exists(true)
    .file_type(10) // MaxCompute SQL
    .content("INSERT OVERWRITE TABLE daily SELECT COUNT(*) FROM orders WHERE ds = '${bizdate}';")
    .para_value("bizdate=$bizdate")
    .cron_express("00 30 02 * * ?") // every day at 02:30
    .input_list("sales_root");
let file = client.create_file(request).await?.into_body().data; // goes into the next call as it is
client.submit_file(SubmitFileRequest::new().project_id(530486).file_id(&file)).await?;
