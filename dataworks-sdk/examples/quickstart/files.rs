//! The way of a node to production: create a file, change it, submit it, deploy it.

use dataworks_sdk::v2020_05_18::{
    CreateFileRequest, DeleteFileRequest, DeployFileRequest, GetDeploymentRequest, GetFileRequest, SubmitFileRequest,
    UpdateFileRequest,
};
use dataworks_sdk::{Error, Id};

use crate::Tour;
use crate::common::{POLL, text};
use crate::screen::{self, show};

/// `FileType` of an ODPS SQL.
const ODPS_SQL: i64 = 10;

pub(crate) async fn life_of_a_file(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("A file: create, update, deploy, delete");

    let created = show!(
        v2020.create_file(
            CreateFileRequest::new()
                .project_id(project)
                .file_name("quickstart_orders")
                .file_type(ODPS_SQL)
                .content("SELECT COUNT(*) FROM orders;")
        )
    )
    .await?;
    let file = &created.data;
    screen::line(format_args!("file {}", text(file)));

    show!(
        v2020.update_file(
            UpdateFileRequest::new()
                .project_id(project)
                .file_id(file)
                .content("SELECT COUNT(*) FROM orders WHERE dt = '${bizdate}';")
                .cron_express("00 30 02 * * ?")
        )
    )
    .await?;
    screen::line("changed: the development copy, production has none yet");

    let submitted = show!(v2020.submit_file(SubmitFileRequest::new().project_id(project).file_id(file))).await?;
    screen::line(format_args!("deployment {} to development", text(&submitted.data)));
    let deployment = deploy(tour, file).await?;
    follow(tour, &deployment).await?;

    let file_now = show!(v2020.get_file(GetFileRequest::new().project_id(project).file_id(file))).await?;
    let details = &file_now.data.file;
    screen::line(format_args!(
        "version {} in production, as node {}",
        text(&details.current_version),
        text(&details.node_id)
    ));

    show!(v2020.delete_file(DeleteFileRequest::new().project_id(project).file_id(file))).await?;
    screen::line("gone, and its node with it");
    Ok(())
}

/// Deploys what was submitted: for some seconds after that the pipeline isn't ready.
async fn deploy(tour: &Tour, file: &Option<Id>) -> Result<Option<Id>, Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    let request = DeployFileRequest::new().project_id(project).file_id(file);
    let wait = show!(v2020.deploy_file(request).wait_until_accepted().interval(POLL));
    let accepted = wait.on_progress(|progress| {
        if let Some(error) = progress.error {
            screen::line(format_args!("not yet: {}", error.message()));
        }
    });
    Ok(accepted.await?.into_body().data)
}

/// Waits for the end of a deployment.
async fn follow(tour: &Tour, deployment: &Option<Id>) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    let request = GetDeploymentRequest::new().project_id(project).deployment_id(deployment);
    show!(v2020.get_deployment(request).wait_until_finished().interval(POLL)).await?;
    screen::line(format_args!("deployment {} to production has succeeded", text(deployment)));
    Ok(())
}
