//! Data Service APIs on their way to publication: a draft, what of it was submitted, and what is published.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{data, object, page};
use super::definition::Definition;
use super::{ACCOUNT, Call, Outcome, Store, dates};
use crate::error::Refusal;

const FIRST_ID: i64 = 100_000;
/// Applications are numbered after their projects.
const FIRST_APPLICATION: i64 = 20_000_000;
/// The series of identifiers that codes and secrets of applications are taken from.
const APPLICATIONS: u64 = 7;
const TENANT: i64 = 280_749_521;

#[derive(Clone, Debug)]
pub(super) struct Api {
    id: i64,
    project: i64,
    group: String,
    folder: i64,
    created: i64,
    modified: i64,
    draft: Definition,
    submitted: Option<Definition>,
    published: Option<Definition>,
    /// Project → until when it may call.
    grants: BTreeMap<i64, Grant>,
}

#[derive(Clone, Copy, Debug)]
struct Grant {
    created: i64,
    /// In milliseconds, as everything in here.
    end: i64,
}

/// What calls published APIs: every project has one.
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) code: String,
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A published API and who may call it.
pub(crate) struct Published<'a> {
    pub(crate) definition: &'a Definition,
    grants: &'a BTreeMap<i64, Grant>,
}

impl Published<'_> {
    pub(crate) fn may_call(&self, project: i64, now: i64) -> bool {
        self.grants.get(&project).is_some_and(|grant| grant.end > now)
    }
}

/// `2020-06-23T00:21:01+0800`.
fn time(ms: i64) -> String {
    format!("{}+0800", dates::stamp(ms).replace(' ', "T"))
}

impl Api {
    /// What all answers about an API have.
    fn head(&self, definition: &Definition) -> Map<String, Value> {
        object(json!({
            "ApiId": self.id,
            "ApiName": definition.name,
            "ApiPath": definition.path,
            "CreatedTime": time(self.created),
            "CreatorId": ACCOUNT,
            "GroupId": self.group,
            "ModifiedTime": time(self.modified),
            "ProjectId": self.project,
            "TenantId": TENANT,
        }))
    }

    fn detail(&self, definition: &Definition, draft: bool) -> Value {
        let mut body = self.head(definition);
        body.insert("OperatorId".to_owned(), ACCOUNT.into());
        body.insert("Status".to_owned(), i64::from(self.published.is_some()).into());
        if draft {
            body.insert("FolderId".to_owned(), self.folder.into());
        }
        definition.describe(&mut body, draft);
        body.into()
    }
}

impl Store {
    /// The application of a project: one that was given, or one that is made up, the same in every run.
    pub(crate) fn application(&self, project: i64) -> Application {
        self.applications.get(&project).cloned().unwrap_or_else(|| {
            let number = project.unsigned_abs();
            let text = |part: u64| {
                crate::ids::uuid(APPLICATIONS, number.wrapping_mul(2).wrapping_add(part))
                    .replace('-', "")
                    .to_lowercase()
            };
            Application { code: text(0), key: format!("{:09}", 203_000_000 + number), secret: text(1) }
        })
    }

    /// The project whose application this is.
    pub(crate) fn application_by(&self, is: impl Fn(&Application) -> bool) -> Option<(i64, Application)> {
        let all = self.projects.keys().map(|project| (*project, self.application(*project)));
        all.into_iter().find(|(_, application)| is(application))
    }

    /// The published APIs of a group.
    pub(crate) fn published(&self, group: &str) -> impl Iterator<Item = Published<'_>> {
        let of_group = self.apis.values().filter(move |api| api.group == group);
        of_group.filter_map(|api| Some(Published { definition: api.published.as_ref()?, grants: &api.grants }))
    }

    fn api(&mut self, call: &Call<'_>) -> Result<&mut Api, Refusal> {
        let (project, id) = (self.project_2020(call.id("ProjectId")?)?.id, call.id("ApiId")?);
        let api = self.apis.get_mut(&id).filter(|api| api.project == project);
        api.ok_or_else(|| Refusal::not_found(404, "DataServiceApi.NotFound", "Data Service API", id))
    }

    /// An API's connection must be a data source of its project, and its path and method its own.
    fn check_api(&self, project: i64, group: &str, id: i64, definition: &Definition) -> Result<(), Refusal> {
        if let Some(connection) = definition.connection()
            && self.data_sources.get(&connection).is_none_or(|source| source.project != project)
        {
            let code = "Invalid.Tenant.ConnectionNotExists";
            return Err(Refusal::not_found(400, code, "connection", connection));
        }
        let same = |api: &&Api| api.id != id && api.group == group && api.draft.is_called_like(definition);
        match self.apis.values().find(same) {
            None => Ok(()),
            Some(other) => {
                let message = format!("The path {} is that of the API {} already.", definition.path, other.id);
                Err(Refusal::new(400, "DataServiceApi.PathAlreadyExist", message))
            }
        }
    }
}

/// An API that is not where the action needs it to be.
fn not_yet(id: i64, what: &str) -> Refusal {
    Refusal::new(400, "DataServiceApi.InvalidStatus", format!("The Data Service API {id} {what}."))
}

pub(super) fn create(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let group = call.owned("GroupId").unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if group.is_empty() || !group.bytes().all(plain) {
        return Err(Refusal::invalid("GroupId", format!("\"{group}\" is no id of a group")));
    }
    let definition = Definition::read(call, None)?;
    store.check_api(project, &group, 0, &definition)?;
    let id = store.next_id(FIRST_ID);
    let (created, folder) = (call.time.now, call.integer("FolderId").unwrap_or_default());
    store.apis.insert(
        id,
        Api {
            id,
            project,
            group,
            folder,
            created,
            modified: created,
            draft: definition,
            submitted: None,
            published: None,
            grants: BTreeMap::new(),
        },
    );
    Ok(data(id))
}

pub(super) fn update(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    let (id, project, group) = (api.id, api.project, api.group.clone());
    let definition = Definition::read(call, Some(&api.draft))?;
    store.check_api(project, &group, id, &definition)?;
    let api = store.api(call)?;
    (api.draft, api.modified) = (definition, call.time.now);
    Ok(data(true))
}

pub(super) fn delete(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    let id = api.id;
    if api.published.is_some() {
        return Err(not_yet(id, "is published: take it offline first"));
    }
    store.apis.remove(&id);
    Ok(data(true))
}

pub(super) fn submit(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    api.submitted = Some(api.draft.clone());
    Ok(data(true))
}

pub(super) fn publish(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    let submitted = api.submitted.clone().ok_or_else(|| not_yet(api.id, "has not been submitted"))?;
    api.published = Some(submitted);
    Ok(data(true))
}

pub(super) fn abolish(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    match api.published.take() {
        Some(_) => Ok(data(true)),
        None => Err(not_yet(api.id, "is not published")),
    }
}

pub(super) fn get(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    Ok(data(api.detail(&api.draft, true)))
}

pub(super) fn get_published(store: &mut Store, call: &Call<'_>) -> Outcome {
    let api = store.api(call)?;
    let definition = api.published.as_ref().ok_or_else(|| not_yet(api.id, "is not published"))?;
    Ok(data(api.detail(definition, false)))
}

pub(super) fn list(store: &mut Store, call: &Call<'_>) -> Outcome {
    listed(store, call, true)
}

pub(super) fn list_published(store: &mut Store, call: &Call<'_>) -> Outcome {
    listed(store, call, false)
}

fn listed(store: &mut Store, call: &Call<'_>, draft: bool) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let all = store.apis.values().filter(|api| api.project == project);
    let all = all.filter_map(|api| Some((api, if draft { &api.draft } else { api.published.as_ref()? })));
    let matching = all.filter(|(_, definition)| {
        call.filter("ApiNameKeyword").is_none_or(|keyword| definition.name.contains(keyword))
            && call.filter("ApiPathKeyword").is_none_or(|keyword| definition.path.contains(keyword))
            && call.filter("CreatorId").is_none_or(|creator| creator == ACCOUNT)
    });
    Ok(data(page(call, matching)?.object("Apis", |(api, definition)| api.detail(definition, draft))))
}

pub(super) fn grant(store: &mut Store, call: &Call<'_>) -> Outcome {
    let to = store.project_2020(call.id("AuthorizedProjectId")?)?.id;
    // Seconds, on the wire.
    let (now, end) = (call.time.now, call.id("EndTime")?.saturating_mul(1000));
    let api = store.api(call)?;
    if api.published.is_none() {
        return Err(not_yet(api.id, "is not published"));
    }
    if end <= now {
        return Err(Refusal::invalid("EndTime", "it is over: give a time to come, in seconds since 1970"));
    }
    api.grants.insert(to, Grant { created: now, end });
    Ok(object(json!({"Success": true})))
}

pub(super) fn revoke(store: &mut Store, call: &Call<'_>) -> Outcome {
    let from = call.id("AuthorizedProjectId")?;
    match store.api(call)?.grants.remove(&from) {
        Some(_) => Ok(object(json!({"Success": true}))),
        None => Err(Refusal::not_found(404, "DataServiceApiAuthority.NotFound", "authority of project", from)),
    }
}

/// The APIs of a project that others may call.
pub(super) fn list_authorities(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let granted = store.apis.values().filter(|api| {
        let named = call.filter("ApiNameKeyword").is_none_or(|keyword| api.draft.name.contains(keyword));
        api.project == project && !api.grants.is_empty() && named
    });
    let show = |api: &Api| {
        let mut body = api.head(&api.draft);
        let records = api.grants.iter().map(|(project, grant)| {
            json!({
                "CreatedTime": time(grant.created),
                "CreatorId": ACCOUNT,
                "EndTime": time(grant.end),
                "ProjectId": project,
            })
        });
        body.insert("ApiStatus".to_owned(), i64::from(api.published.is_some()).into());
        body.insert("AuthorizationRecords".to_owned(), records.collect());
        body.into()
    };
    Ok(data(page(call, granted)?.object("ApiAuthorizationList", show)))
}

/// The APIs that a project may call.
pub(super) fn list_authorized(store: &mut Store, call: &Call<'_>) -> Outcome {
    let project = store.project_2020(call.id("ProjectId")?)?.id;
    let granted = store.apis.values().filter_map(|api| Some((api, api.grants.get(&project)?)));
    let granted =
        granted.filter(|(api, _)| call.filter("ApiNameKeyword").is_none_or(|keyword| api.draft.name.contains(keyword)));
    let show = |(api, grant): (&Api, &Grant)| {
        let mut body = api.head(&api.draft);
        body.insert("ApiStatus".to_owned(), i64::from(api.published.is_some()).into());
        body.insert("GrantCreatedTime".to_owned(), time(grant.created).into());
        body.insert("GrantEndTime".to_owned(), time(grant.end).into());
        body.insert("GrantOperatorId".to_owned(), ACCOUNT.into());
        body.into()
    };
    Ok(data(page(call, granted)?.object("ApiAuthorizedList", show)))
}

pub(super) fn list_applications(store: &mut Store, call: &Call<'_>) -> Outcome {
    let projects = call.ids("ProjectIdList")?.unwrap_or_default();
    let all = projects.into_iter().filter(|project| store.projects.contains_key(project));
    let show = |project: i64| {
        json!({
            "ApplicationId": FIRST_APPLICATION + project,
            "ApplicationName": format!("application_{project}"),
            "ProjectId": project,
        })
    };
    Ok(data(page(call, all)?.object("Applications", show)))
}

pub(super) fn get_application(store: &mut Store, call: &Call<'_>) -> Outcome {
    let (project, id) = (store.project_2020(call.id("ProjectId")?)?.id, call.id("ApplicationId")?);
    if id != FIRST_APPLICATION + project {
        return Err(Refusal::not_found(404, "DataServiceApplication.NotFound", "application", id));
    }
    let application = store.application(project);
    Ok(data(json!({
        "ApplicationCode": application.code,
        "ApplicationId": id,
        "ApplicationKey": application.key,
        "ApplicationName": format!("application_{project}"),
        "ApplicationSecret": application.secret,
        "ProjectId": project,
    })))
}
