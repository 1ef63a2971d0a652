//! From a file to a node: submit it to development, deploy it to production.

use serde_json::json;

use super::answer::data;
use super::files::File;
use super::nodes::{Copy, Node};
use super::{ACCOUNT, Call, Outcome, Store, Time, dates};
use crate::error::Refusal;

const FIRST_ID: i64 = 3_000_000_000;
const FIRST_NODE: i64 = 700_006_680_000;
/// For so many of the service's seconds after a submission the pipeline is not ready.
const PIPELINE: f64 = 10.0;
/// So many of the service's seconds a deployment takes.
const LASTS: f64 = 8.0;

/// The environment that a deployment goes to, by the service's number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    Development = 1,
    Production = 2,
}

#[derive(Clone, Debug)]
pub(super) struct Deployment {
    project: i64,
    file: i64,
    version: i64,
    name: String,
    target: Target,
    created: i64,
}

impl Deployment {
    fn ends(&self, time: Time) -> i64 {
        time.after(self.created, LASTS)
    }
}

impl Store {
    pub(super) fn add_deployment(&mut self, file: &File, target: Target, now: i64) -> i64 {
        let id = self.next_id(FIRST_ID);
        let day = dates::stamp(now).split(' ').next().unwrap_or_default().to_owned();
        let deployment = Deployment {
            project: file.project,
            file: file.id,
            version: file.version,
            name: format!("{}-{day}_{ACCOUNT}", file.name),
            target,
            created: now,
        };
        self.deployments.insert(id, deployment);
        id
    }

    /// Puts the file's latest change into development.
    pub(super) fn submit_file(&mut self, id: i64, now: i64) -> Option<i64> {
        let node = self.next_id(FIRST_NODE);
        let file = self.files.get_mut(&id)?;
        file.version += 1;
        file.committed = true;
        file.submitted = Some(now);
        let copy = Copy { version: file.version, at: now, content: file.content.clone() };
        file.node.get_or_insert_with(|| Node::new(node)).development = Some(copy);
        let file = file.clone();
        Some(self.add_deployment(&file, Target::Development, now))
    }

    /// Puts what is in development into production, where it shows once the deployment has ended.
    pub(super) fn deploy_file(&mut self, id: i64, time: Time) -> Option<i64> {
        let file = self.files.get_mut(&id)?;
        let node = file.node.as_mut()?;
        let mut copy = node.development.clone()?;
        copy.at = time.after(time.now, LASTS);
        node.production.push(copy);
        let file = file.clone();
        Some(self.add_deployment(&file, Target::Production, time.now))
    }
}

pub(super) fn submit(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("FileId")?;
    let file = store.file(call, id)?.id;
    let deployment = store.submit_file(file, call.time.now);
    Ok(data(deployment))
}

pub(super) fn deploy(store: &mut Store, call: &Call<'_>) -> Outcome {
    let file = store.file_or_node(call)?;
    let Some(submitted) = file.submitted.filter(|_| file.committed) else {
        let message = format!("The file {} has changes that are not submitted: submit it first.", file.id);
        return Err(Refusal::unsuccessful("File.NotSubmitted", message));
    };
    if !call.time.reached(submitted, PIPELINE) {
        let message = "流水线未准备好: the pipeline is not ready yet, try again in a moment.";
        return Err(Refusal::unsuccessful("9990020002", message));
    }
    let id = file.id;
    Ok(data(store.deploy_file(id, call.time)))
}

pub(super) fn get(store: &mut Store, call: &Call<'_>) -> Outcome {
    let id = call.id("DeploymentId")?;
    let project = store.either_project(call)?;
    let deployment = store.deployments.get(&id).filter(|it| it.project == project);
    let deployment = deployment.ok_or_else(|| Refusal::not_found(404, "Deployment.NotFound", "deployment", id))?;
    let ends = deployment.ends(call.time);
    let status = i64::from(ends <= call.time.now);
    let mut head = json!({
        "CheckingStatus": 7,
        "CreateTime": deployment.created,
        "CreatorId": ACCOUNT,
        "ErrorMessage": if status == 1 { "Success" } else { "" },
        "FromEnvironment": deployment.target as i64 - 1,
        "HandlerId": ACCOUNT,
        "Name": deployment.name,
        "Status": status,
        "ToEnvironment": deployment.target as i64,
    });
    if status == 1 {
        head["ExecuteTime"] = ends.into();
    }
    let item = json!({"FileId": deployment.file, "FileVersion": deployment.version, "Status": status});
    Ok(data(json!({"Deployment": head, "DeployedItems": [item]})))
}
