use dataworks_sdk::v2020_05_18::GetInstanceLogRequest;

let request = GetInstanceLogRequest::new().project_env("PROD").instance_id(1_170_330_757_800_000_000_i64);
let answer = client.get_instance_log(request).await?;
for line in answer.data.as_deref().unwrap_or_default().lines().filter(|line| line.contains("ERROR")) {
    println!("{line}");
}
