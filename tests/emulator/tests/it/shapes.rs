//! Every action answers in the spec's shape.

use dataworks_api_spec::{NumberedPages, OutcomeField, Paging, Schema, Style, TokenPages, Type, Version, embedded};
use dataworks_emulator::Emulator;
use serde_json::{Map, Value, json};

use crate::client::{Answer, Client, NEW, OLD};

/// A value that a parameter takes, as JSON.
fn value(version: &Version, schema: &Schema, depth: usize) -> Value {
    let schema = version.resolve(schema).unwrap();
    let example = schema.example.as_deref().unwrap_or_default();
    match schema.kind {
        Some(Type::Integer) => {
            let least = schema.minimum.as_ref().and_then(serde_json::Number::as_i64).unwrap_or(1);
            json!(least.max(1) + i64::from(schema.exclusive_minimum))
        }
        Some(Type::Number) => json!(1.5),
        Some(Type::Boolean) => json!(true),
        Some(Type::String) => {
            let least = usize::try_from(schema.min_length.unwrap_or(1)).unwrap();
            let text = if example.is_empty() || example.chars().count() < least {
                "x".repeat(least.max(1))
            } else {
                example.to_owned()
            };
            let most = usize::try_from(schema.max_length.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
            json!(text.chars().take(most).collect::<String>())
        }
        Some(Type::Array) => {
            let items = schema.items.as_deref().cloned().unwrap_or_default();
            let count = usize::try_from(schema.min_items.unwrap_or(1)).unwrap().max(1);
            json!(vec![value(version, &items, depth + 1); count])
        }
        Some(Type::Object) if depth < 8 => {
            let fields = schema.properties.iter().map(|(name, field)| (name.clone(), value(version, field, depth + 1)));
            let mut fields: Map<_, _> = fields.collect();
            if let Some(values) = &schema.additional_properties {
                fields.insert("k".to_owned(), value(version, values, depth + 1));
            }
            fields.into()
        }
        Some(Type::Object) => json!({}),
        _ => json!("any"),
    }
}

fn flatten(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                flatten(&format!("{name}.{}", index + 1), item, into);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                flatten(&format!("{name}.{key}"), item, into);
            }
        }
        Value::String(text) => into.push((name.to_owned(), text.clone())),
        other => into.push((name.to_owned(), other.to_string())),
    }
}

/// Every parameter of an action, as it travels.
fn parameters(version: &Version, action: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let paging = match version.decisions(action).pages {
        Some(Paging::Numbered(pages)) => vec![pages.page, pages.size],
        Some(Paging::Token(pages)) => pages.size.into_iter().chain([pages.token]).collect(),
        None => Vec::new(),
    };
    for (name, parameter) in &version.actions[action].parameters {
        if parameter.place == dataworks_api_spec::Place::Host {
            continue;
        }
        // Pages are asked for by a test of their own.
        if paging.contains(name) {
            if parameter.schema.required {
                all.push((name.clone(), if name.contains("Size") { "10" } else { "1" }.to_owned()));
            }
            continue;
        }
        let mut made = value(version, &parameter.schema, 0);
        // Nor those inside of an object.
        for inner in paging.iter().filter_map(|path| path.strip_prefix(name.as_str())?.strip_prefix('.')) {
            if let Some(fields) = made.as_object_mut() {
                fields.remove(inner);
            }
        }
        match parameter.style {
            Some(Style::Json) => all.push((name.clone(), made.to_string())),
            Some(Style::Simple) => {
                let parts =
                    made.as_array().unwrap().iter().map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned));
                all.push((name.clone(), parts.collect::<Vec<_>>().join(",")));
            }
            _ => flatten(name, &made, &mut all),
        }
    }
    all
}

fn pairs(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Whether a value has the schema's type, and each field of it, down to the last.
fn conforms(version: &Version, schema: &Schema, value: &Value, path: &str, depth: usize) -> Result<(), String> {
    let schema = version.resolve(schema).ok_or_else(|| format!("{path}: a reference leads nowhere"))?;
    let right = match schema.kind {
        Some(Type::String) => value.is_string(),
        Some(Type::Integer) => value.is_i64(),
        Some(Type::Number) => value.is_number(),
        Some(Type::Boolean) => value.is_boolean(),
        Some(Type::Array) => value.is_array(),
        Some(Type::Object) => value.is_object(),
        _ => true,
    };
    if !right {
        return Err(format!("{path}: {:?} is expected, not {value}", schema.kind));
    }
    if let (Some(items), Some(list)) = (&schema.items, value.as_array()) {
        for item in list {
            conforms(version, items, item, &format!("{path}[]"), depth + 1)?;
        }
    }
    if let Some(fields) = value.as_object() {
        for (name, field) in &schema.properties {
            // A shape that contains itself ends somewhere.
            let Some(value) = fields.get(name) else {
                if depth > 3 {
                    continue;
                }
                return Err(format!("{path}.{name} is not there"));
            };
            conforms(version, field, value, &format!("{path}.{name}"), depth + 1)?;
        }
        if let Some(values) = &schema.additional_properties {
            let others = fields.iter().filter(|(name, _)| !schema.properties.contains_key(*name));
            for (name, value) in others {
                conforms(version, values, value, &format!("{path}.{name}"), depth + 1)?;
            }
        }
    }
    Ok(())
}

fn succeeded(version: &Version, action: &str, answer: &Answer) -> bool {
    match version.decisions(action).outcome {
        OutcomeField::Success => answer.body["Success"] == true || answer.body["Success"] == "true",
        OutcomeField::Status(field) => answer.body[field] == true,
        OutcomeField::Items(field) => {
            answer.body[field].as_object().is_some_and(|items| items.values().all(|item| item["Success"] == true))
        }
        OutcomeField::None => true,
    }
}

#[tokio::test]
async fn all_702_actions_answer_in_their_shape() {
    let emulator = Emulator::builder().stateless().start().await.unwrap();
    let client = Client::new(&emulator);
    let mut seen = 0;
    let mut problems = Vec::new();
    for name in embedded::versions() {
        let version = embedded::version(name).unwrap();
        for (action, spec) in &version.actions {
            seen += 1;
            let parameters = parameters(&version, action);
            let answer = client.call(name, action, &pairs(&parameters)).await;
            let shape = conforms(&version, &spec.answer, &answer.body, action, 0);
            if answer.status != 200 || !answer.body["RequestId"].is_string() || !succeeded(&version, action, &answer) {
                problems.push(format!(
                    "{name} {action}: {} {}",
                    answer.status,
                    answer.text.chars().take(300).collect::<String>()
                ));
            } else if let Err(problem) = shape {
                problems.push(format!("{name} {problem}"));
            }
        }
    }
    assert_eq!(seen, 702);
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    let misplaced: Vec<_> = emulator.requests().into_iter().filter(|request| !request.misplaced.is_empty()).collect();
    assert!(misplaced.is_empty(), "{misplaced:?}");
}

#[tokio::test]
async fn the_same_question_gets_the_same_answer() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let ask = async || {
        let mut answer = client
            .ok(OLD, "ListBaselines", &[("Owner", "1"), ("PageSize", "10"), ("ProjectId", "1"), ("PageNumber", "1")])
            .await;
        answer.body.as_object_mut().unwrap().remove("RequestId");
        answer.body
    };
    assert_eq!(ask().await, ask().await);
}

/// A value at a path like `Data.Groups[].Nodes`: the outermost list.
fn at<'a>(body: &'a Value, path: &str) -> &'a Value {
    let outer = path.split("[]").next().unwrap();
    body.pointer(&format!("/{}", outer.replace('.', "/"))).unwrap_or_else(|| panic!("{path} is not in {body}"))
}

fn count(body: &Value, items: &str) -> usize {
    at(body, items).as_array().unwrap().len()
}

/// Asks an action for what its parameters say, `more` in place of those of the same name.
async fn ask(client: &Client, version: &Version, action: &str, more: &[(&str, &str)]) -> Value {
    let mut base = parameters(version, action);
    for (path, text) in more {
        // A page that is asked for inside of an object, which travels as JSON.
        let Some((name, inner)) = path.split_once('.') else { continue };
        let (_, json) = base.iter_mut().find(|(known, _)| known == name).unwrap();
        let mut fields: Value = serde_json::from_str(json).unwrap();
        fields[inner] = (*text).into();
        *json = fields.to_string();
    }
    let more: Vec<_> = more.iter().filter(|(path, _)| !path.contains('.')).copied().collect();
    let mut all = pairs(&base);
    all.retain(|(name, _)| !more.iter().any(|(other, _)| name == other));
    all.extend_from_slice(&more);
    client.ok(version.name(), action, &all).await.body
}

async fn numbered(client: &Client, version: &Version, action: &str, pages: &NumberedPages) {
    let sizes = version.actions[action].parameters.get(&pages.size).map(|it| &it.schema);
    let least = sizes.and_then(|it| it.minimum.as_ref()?.as_i64()).unwrap_or(1).max(1);
    let size = (pages.size.as_str(), least.to_string());
    let first = ask(client, version, action, &[(&pages.page, "1"), (size.0, &size.1)]).await;
    let far = ask(client, version, action, &[(&pages.page, "9"), (size.0, &size.1)]).await;
    // There are two items in all.
    assert_eq!(count(&first, &pages.items), if least == 1 { 1 } else { 2 }, "{action}");
    assert_eq!(count(&far, &pages.items), 0, "{action}");
    if let Some(total) = &pages.total {
        let total = at(&first, total);
        assert!(*total == 2 || *total == "2", "{action}: {total}");
    }
}

async fn by_token(client: &Client, version: &Version, action: &str, pages: &TokenPages) {
    let first = ask(client, version, action, &[]).await;
    let token = at(&first, &pages.next).as_str().unwrap();
    assert_ne!(token, "", "{action}");
    let second = ask(client, version, action, &[(&pages.token, token)]).await;
    assert_eq!(at(&second, &pages.next), "", "{action}");
    assert_eq!((count(&first, &pages.items), count(&second, &pages.items)), (2, 1), "{action}");
}

#[tokio::test]
async fn pages_end() {
    let emulator = Emulator::builder().stateless().start().await.unwrap();
    let client = Client::new(&emulator);
    let mut seen = (0, 0);
    for name in [OLD, NEW] {
        let version = embedded::version(name).unwrap();
        for action in version.actions.keys() {
            match version.decisions(action).pages {
                Some(Paging::Numbered(pages)) => {
                    numbered(&client, &version, action, &pages).await;
                    seen.0 += 1;
                }
                Some(Paging::Token(pages)) => {
                    by_token(&client, &version, action, &pages).await;
                    seen.1 += 1;
                }
                None => {}
            }
        }
    }
    assert!(seen.0 > 100 && seen.1 > 0, "by number and by token: {seen:?}");
}

#[tokio::test]
async fn each_item_has_its_outcome() {
    let emulator = Emulator::builder().stateless().start().await.unwrap();
    let client = Client::new(&emulator);
    let answer = client.ok(NEW, "SuspendTaskInstances", &[("Ids", "[7,8]")]).await;
    let ids: Vec<_> = answer.at("/SuccessInfo").as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(ids, ["7", "8"]);
}

/// The hand-written answers use the spec's names and types as well: not every field, but no other.
#[tokio::test]
async fn the_stateful_answers_invent_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::new(&emulator);
    let (project, env) = (("ProjectId", "530486"), ("ProjectEnv", "PROD"));
    let nodes = client.ok(OLD, "ListNodes", &[project, env]).await;
    let instances = client.ok(OLD, "ListInstances", &[project, env]).await;
    let sources = client.ok(OLD, "ListDataSources", &[project]).await;
    let instance = |name: &str| instances.id(&format!("/Data/Instances/0/{name}"));
    let (node, file) = (nodes.id("/Data/Nodes/0/NodeId"), nodes.id("/Data/Nodes/0/FileId"));
    let submitted = client.ok(OLD, "SubmitFile", &[project, ("FileId", &file)]).await.id("/Data");
    let (dag, bizdate) = (instance("DagId"), instance("Bizdate"));
    let (instance, source) = (instance("InstanceId"), sources.id("/Data/DataSources/0/Id"));
    let api = crate::data_services::open(&client, &[]).await;
    let application = ("ApplicationId", "20530486");
    for (name, action, parameters) in [
        (OLD, "ListProjects", &[][..]),
        (OLD, "GetProject", &[project]),
        (NEW, "ListProjects", &[]),
        (NEW, "GetProject", &[("Id", "530486")]),
        (OLD, "GetFile", &[project, ("FileId", &file)]),
        (NEW, "GetFile", &[project, ("NodeId", &node)]),
        (OLD, "ListFiles", &[project, ("NeedContent", "true"), ("NeedAbsoluteFolderPath", "true")]),
        (OLD, "GetDeployment", &[project, ("DeploymentId", &submitted)]),
        (OLD, "ListNodes", &[project, env]),
        (OLD, "GetNode", &[env, ("NodeId", &node)]),
        (OLD, "GetNodeCode", &[env, ("NodeId", &node)]),
        (NEW, "ListNodes", &[project]),
        (NEW, "GetNode", &[("Id", &file)]),
        (OLD, "ListDataSources", &[project]),
        (NEW, "ListDataSources", &[project]),
        (NEW, "GetDataSource", &[("Id", &source)]),
        (OLD, "GetDataServiceApi", &[project, ("ApiId", &api)]),
        (OLD, "ListDataServiceApis", &[project]),
        (OLD, "GetDataServicePublishedApi", &[project, ("ApiId", &api)]),
        (OLD, "ListDataServicePublishedApis", &[project]),
        (OLD, "ListDataServiceApiAuthorities", &[project]),
        (OLD, "ListDataServiceAuthorizedApis", &[project]),
        (OLD, "ListDataServiceApplications", &[("ProjectIdList", "530486")]),
        (OLD, "GetDataServiceApplication", &[project, application]),
        (OLD, "ListInstances", &[project, env, ("DagId", &dag)]),
        (OLD, "GetInstance", &[env, ("InstanceId", &instance)]),
        (OLD, "GetInstanceLog", &[env, ("InstanceId", &instance)]),
        (OLD, "GetDag", &[env, ("DagId", &dag)]),
        (NEW, "ListTaskInstances", &[project, ("Bizdate", &bizdate)]),
        (NEW, "GetTaskInstance", &[("Id", &instance)]),
        (NEW, "GetTaskInstanceLog", &[("Id", &instance)]),
        (NEW, "StopTaskInstances", &[("Ids", "[1]")]),
    ] {
        let version = embedded::version(name).unwrap();
        let answer = client.ok(name, action, parameters).await;
        let problem = invented(&version, &version.actions[action].answer, &answer.body, action);
        assert_eq!(problem, None, "{name}");
    }
}

/// The first field that the spec does not have, or has in another type.
fn invented(version: &Version, schema: &Schema, value: &Value, path: &str) -> Option<String> {
    let schema = version.resolve(schema)?;
    match (schema.kind, value) {
        (Some(Type::Object), Value::Object(fields)) => fields.iter().find_map(|(name, value)| {
            let inner = schema.properties.get(name).or(schema.additional_properties.as_deref());
            match inner {
                Some(inner) => invented(version, inner, value, &format!("{path}.{name}")),
                None => Some(format!("{path}.{name} is not in the spec")),
            }
        }),
        (Some(Type::Array), Value::Array(list)) => {
            let items = schema.items.as_deref()?;
            list.iter().find_map(|value| invented(version, items, value, &format!("{path}[]")))
        }
        (Some(Type::String), Value::String(_))
        | (Some(Type::Boolean), Value::Bool(_))
        | (Some(Type::Number | Type::Integer), Value::Number(_)) => None,
        (None | Some(Type::Any), _) => None,
        (kind, value) => Some(format!("{path}: {kind:?} is expected, not {value}")),
    }
}
