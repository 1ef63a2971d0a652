use dataworks_sdk::v2024_05_18::{SubmitFileRequest, UpdateFileRequest};

let request = UpdateFileRequest::new()
    .project_id(530486)
    .file_id(1000201)
    .content("SELECT COUNT(*) FROM orders;")
    .input_list("sales_root") // this version wants it each time
    .auto_parsing(false) // leave the dependencies as they are
    .auto_rerun_times(3)
    .auto_rerun_interval_millis(120_000);
client.update_file(request).await?;
// Production keeps the old code until the file is submitted and deployed.
client.submit_file(SubmitFileRequest::new().project_id(530486).file_id(1000201)).await?;
