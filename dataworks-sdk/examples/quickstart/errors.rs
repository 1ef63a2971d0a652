//! What goes wrong, and how that reads. Every error here is wanted.

use std::fmt::Debug;

use dataworks_emulator::{Emulator, Fault};
use dataworks_sdk::v2020_05_18::{DeleteFileRequest, ListNodesRequest};
use dataworks_sdk::v2024_05_18::GetProjectRequest;
use dataworks_sdk::{Error, Response};

use crate::Tour;
use crate::screen::{self, show};

pub(crate) async fn wrong_parameters(tour: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&tour.v2020, &tour.project);
    screen::heading("Wrong parameters");
    screen::say("They are found before anything is sent, all at once:");
    let error = fails(show!(v2020.list_nodes(ListNodesRequest::new().project_env("PROD").page_size(1000))).await);
    screen::line(format_args!("error.findings().len(): {}", error.map_or(0, |error| error.findings().len())));

    screen::say("\nThe service has the last word where the published rules are wrong or incomplete:");
    let request = ListNodesRequest::new().project_id(project).project_env("PROD").page_size(1000);
    if let Some(error) = fails(show!(v2020.list_nodes(request).skip_validation()).await) {
        screen::line(format_args!("error.code(): {:?}, error.http_status(): {:?}", error.code(), error.http_status()));
    }
    Ok(())
}

pub(crate) async fn missing_permission(reader: &Tour) -> Result<(), Error> {
    let (v2020, project) = (&reader.v2020, &reader.project);
    screen::heading("A missing permission");
    screen::say("This access key may list and get, and nothing else:");
    if let Some(error) = fails(show!(v2020.delete_file(DeleteFileRequest::new().project_id(project).file_id(1))).await)
    {
        screen::line(format_args!("error.is_access_denied(): {}", error.is_access_denied()));
        screen::line(format_args!("error.request_id(): {:?}", error.request_id()));
    }
    Ok(())
}

pub(crate) async fn throttling(tour: &Tour, emulator: &Emulator) -> Result<(), Error> {
    let (v2024, project) = (&tour.v2024, &tour.project);
    screen::heading("Throttling");
    screen::say("The emulator refuses the next call once, and asks for 200 ms: the client waits and repeats.");
    emulator.inject("GetProject", Fault::throttle(200));
    let answer = show!(v2024.get_project(GetProjectRequest::new().id(project))).await?;
    screen::line(format_args!("answer.attempts(): {}", answer.attempts()));

    screen::say("\nThe same without repetitions:");
    emulator.inject("GetProject", Fault::throttle(200));
    if let Some(error) = fails(show!(v2024.get_project(GetProjectRequest::new().id(project)).no_retry()).await) {
        screen::line(format_args!("error.is_throttling(): {}", error.is_throttling()));
        screen::line(format_args!("error.retry_after(): {:?}", error.retry_after()));
    }
    Ok(())
}

/// Shows the error that is expected here.
fn fails<T: Debug>(answer: Result<Response<T>, Error>) -> Option<Error> {
    match answer {
        Ok(answer) => {
            screen::line(format_args!("it succeeded, against all expectation: {answer:?}"));
            None
        }
        Err(error) => {
            screen::failed(&error);
            Some(error)
        }
    }
}
