//! The generator's expected output, compiled outside the SDK and used: each feature of the format once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dataworks_sdk::{Call, Config, Json, Request, from_json};
use futures_util::{FutureExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::support::{Pairs, builder, own, pairs, sorted, written};

/// Includes the folders and lists them.
macro_rules! goldens {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[allow(dead_code, unreachable_pub, unused_imports, unused_macros, reason = "inside the SDK these are public")]
            #[path = $path]
            mod $name;
        )*

        const INCLUDED: &[&str] = &[$(stringify!($name)),*];
    };
}

goldens! {
    containers: "../../../../codegen/tests/golden/containers/expected/mod.rs",
    deprecation: "../../../../codegen/tests/golden/deprecation/expected/mod.rs",
    documentation: "../../../../codegen/tests/golden/documentation/expected/mod.rs",
    empty: "../../../../codegen/tests/golden/empty/expected/mod.rs",
    enumerations: "../../../../codegen/tests/golden/enumerations/expected/mod.rs",
    files: "../../../../codegen/tests/golden/files/expected/mod.rs",
    host: "../../../../codegen/tests/golden/host/expected/mod.rs",
    identifiers: "../../../../codegen/tests/golden/identifiers/expected/mod.rs",
    missing_types: "../../../../codegen/tests/golden/missing_types/expected/mod.rs",
    names: "../../../../codegen/tests/golden/names/expected/mod.rs",
    nested: "../../../../codegen/tests/golden/nested/expected/mod.rs",
    outcomes: "../../../../codegen/tests/golden/outcomes/expected/mod.rs",
    pages: "../../../../codegen/tests/golden/pages/expected/mod.rs",
    places: "../../../../codegen/tests/golden/places/expected/mod.rs",
    recursive: "../../../../codegen/tests/golden/recursive/expected/mod.rs",
    scalars: "../../../../codegen/tests/golden/scalars/expected/mod.rs",
    secrets: "../../../../codegen/tests/golden/secrets/expected/mod.rs",
    shared: "../../../../codegen/tests/golden/shared/expected/mod.rs",
    versions: "../../../../codegen/tests/golden/versions/expected/mod.rs",
    waiters: "../../../../codegen/tests/golden/waiters/expected/mod.rs",
}

#[test]
fn every_golden_is_compiled() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codegen/tests/golden");
    let there: BTreeSet<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let included: BTreeSet<String> = INCLUDED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(there, included, "`goldens!` in {} includes what is on the right", file!());
}

fn nowhere() -> Config {
    builder("http://127.0.0.1:1").build().unwrap()
}

/// What a call would send: method, query and form, sorted.
fn sent<R: Request>(call: Call<R>) -> (&'static str, Pairs, Pairs) {
    let prepared = call.prepare().now_or_never().unwrap().unwrap();
    let (_, query) = prepared.url().split_once('?').unwrap();
    (prepared.method(), sorted(own(pairs(query))), sorted(pairs(prepared.body().unwrap_or_default())))
}

fn read<T: dataworks_sdk::__rt::Model + Default>(json: &Value) -> T {
    from_json(json.to_string().as_bytes()).unwrap()
}

#[test]
fn containers_nest() {
    use containers::v2001_01_03::set_containers::Part;
    use containers::v2001_01_03::{Client, SetContainersRequest, SetContainersResponseBody};
    let request = SetContainersRequest::new()
        .attributes([("colour", vec!["red".to_owned()])])
        .flags([true, false])
        .grid([vec![1.5], vec![]])
        .limits([("most", 3)])
        .names(["a", "b"])
        .parts([("wheel", Part::new().size(4))])
        .sizes(Vec::<i64>::new());
    let (method, query, form) = sent(Client::new(&nowhere()).set_containers(request));
    let expected = [
        ("Attributes", r#"{"colour":["red"]}"#),
        ("Flags.1", "true"),
        ("Flags.2", "false"),
        ("Grid", "[[1.5],[]]"),
        ("Limits", r#"{"most":3}"#),
        ("Names.1", "a"),
        ("Names.2", "b"),
        ("Parts", r#"{"wheel":{"Size":4}}"#),
    ];
    assert_eq!((method, query, form), ("POST", written(&[]), written(&expected)));

    let answer: SetContainersResponseBody = read(&json!({
        "Attributes": {"colour": ["red", 7]},
        "Grid": [[{"X": "1.5"}], []],
        "Parts": {"wheel": {"Size": "4"}},
        "Rows": [{"any": [1]}],
    }));
    assert_eq!(answer.attributes["colour"], ["red", "7"]);
    assert_eq!((answer.grid.len(), answer.grid[0][0].x), (2, Some(1.5)));
    assert_eq!(answer.parts["wheel"].size, Some(4));
    assert_eq!(answer.rows[0]["any"], json!([1]));
}

#[test]
#[allow(deprecated, reason = "it is what is tested")]
fn what_is_deprecated_works() {
    use deprecation::v2001_01_11::{Client, CreateDataSourceRequest, CreateDataSourceResponseBody, ListOldRequest};
    let client = Client::new(&nowhere());
    let (_, _, form) = sent(client.create_data_source(CreateDataSourceRequest::new().old_name("old")));
    assert_eq!(form, written(&[("OldName", "old")]));
    assert_eq!(sent(client.list_old(ListOldRequest::new().page_size(5))).1, written(&[("PageSize", "5")]));
    let answer: CreateDataSourceResponseBody = read(&json!({"Data": {"OldId": 7}}));
    assert_eq!(answer.data.old_id.unwrap(), "7");
}

#[test]
fn shorthands_fill_what_they_are_not_given() {
    use documentation::v2001_01_18::{Client, RunNodesRequest, run_nodes::Settings};
    let client = Client::new(&nowhere());
    let node = || RunNodesRequest::for_node("FULL", 123, "20260107");
    let (_, _, form) = sent(client.run_nodes(node().settings(Settings::new().serial("42")).dry_run(true)));
    let expected = [
        ("Date", "2026-01-07"),
        ("DryRun", "true"),
        ("ExtraIds", r#"["123"]"#),
        ("IncludeIds", "123"),
        ("Mode", "FULL"),
        ("Name", "123, 2026-01-07"),
        ("OwnerId", "dw-1"),
        ("Parallel", "2"),
        ("Priority", "7"),
        ("RootId", "123"),
        ("Settings", r#"{"Serial":"42"}"#),
    ];
    assert_eq!(form, written(&expected));
    let by_name =
        client.action("StartNodes").unwrap().set("Mode", "FULL").set("NodeId", 123).set("BizDate", "20260107");
    let by_name = by_name.set("Settings", json!({"Serial": "42"})).set("DryRun", true);
    let prepared = by_name.prepare().now_or_never().unwrap().unwrap();
    assert_eq!(sorted(pairs(prepared.body().unwrap())), written(&expected));

    let all = RunNodesRequest::with_everything(true, "BRIEF", [7, 8], "o", 3, ["a"], "SQL");
    assert_eq!(all.name.as_deref(), Some("SQL of o: 7,8 (BRIEF true 3)"));
    assert_eq!((all.parallel, all.include_ids.as_ref().map(Vec::len)), (Some(3), Some(2)));
    // A name of 28 characters is too long here, and no identifier means no value that is made of it.
    let error = client.run_nodes(all).prepare().now_or_never().unwrap().unwrap_err();
    assert_eq!(error.findings().len(), 1, "{error}");
    let error = client.run_nodes(RunNodesRequest::for_node("FULL", None::<i64>, "soon"));
    let error = error.prepare().now_or_never().unwrap().unwrap_err();
    let paths: Vec<_> = error.findings().iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(paths, ["Date", "Name", "RootId"]);
}

#[test]
fn pins_hold_their_types() {
    use documentation::v2001_01_18::{Client, RunNodesRequest, RunNodesResponseBody};
    let answer: RunNodesResponseBody = read(&json!({"Priority": "7", "Serial": 42}));
    assert_eq!((answer.priority, answer.serial.as_deref()), (Some(7), Some("42")));
    let request = RunNodesRequest::for_node("FULL", 123, "2026-01-07").priority(answer.priority.unwrap()).serial("42");
    let (_, _, form) = sent(Client::new(&nowhere()).run_nodes(request));
    assert!(
        form.contains(&("Priority".to_owned(), "7".to_owned()))
            && form.contains(&("Serial".to_owned(), "42".to_owned()))
    );
}

#[test]
fn nothing_goes_in_and_nothing_comes_out() {
    use empty::v2001_01_16::{Client, PingRequest, PingResponseBody};
    let (method, query, form) = sent(Client::new(&nowhere()).ping(PingRequest::new()));
    assert_eq!((method, query.len(), form.len()), ("POST", 0, 0));
    assert_eq!(read::<PingResponseBody>(&json!({"Unknown": 1})), PingResponseBody::default());
}

#[test]
fn enumerations_are_open() {
    use enumerations::v2001_01_07::types::{RunMode, RunStatus, TargetType};
    use enumerations::v2001_01_07::{Client, ListRunsRequest, ListRunsResponseBody};
    let request = ListRunsRequest::new().mode("T+1").statuses([RunStatus::Value2ndTry, "NEW".into()]);
    assert_eq!(request.mode, Some(RunMode::TPlus1));
    let (method, query, _) = sent(Client::new(&nowhere()).list_runs(request));
    assert_eq!((method, query), ("GET", written(&[("Mode", "T+1"), ("Statuses", "2ND_TRY,NEW")])));
    let answer: ListRunsResponseBody = read(&json!({
        "Runs": [{"Mode": "DAY", "Status": "OK"}, {"Mode": "Day", "Status": "BORED"}],
        "Target": {"Type": "ACS::DataWorks::Table"},
    }));
    assert_eq!(answer.runs[0].mode, Some(RunMode::DayUpper));
    assert_eq!(answer.runs[1].mode, Some(RunMode::Day));
    assert_eq!(answer.runs[1].status.as_ref().unwrap().as_str(), "BORED");
    assert_eq!(answer.target.r#type, Some(TargetType::AcsDataWorksTable));
}

#[test]
fn a_file_is_its_url() {
    use files::v2001_01_13::{Client, UploadThingRequest};
    let request = UploadThingRequest::new().package_file("http://bucket.example.com/key");
    let (_, _, form) = sent(Client::new(&nowhere()).upload_thing(request));
    assert_eq!(form, written(&[("PackageFile", "http://bucket.example.com/key")]));
}

#[test]
fn the_host_is_no_parameter() {
    use host::v2001_01_14::{Client, GetThingRequest};
    let (method, query, _) = sent(Client::new(&nowhere()).get_thing(GetThingRequest::new().name("n")));
    assert_eq!((method, query), ("GET", written(&[("Name", "n")])));
}

#[test]
fn identifiers_travel_as_the_spec_types_them() {
    use identifiers::v2001_01_08::{Client, RunNodesRequest, RunNodesResponseBody};
    const LONG: i64 = 1_234_567_890_123_456_789;
    let answer: RunNodesResponseBody =
        read(&json!({"Data": LONG, "RunIds": [LONG, "x-1"], "Skipped": {"NodeIds": "7,8"}}));
    assert_eq!(answer.run_ids, ["1234567890123456789", "x-1"]);
    assert_eq!(answer.data.as_ref().and_then(dataworks_sdk::Id::as_i64), Some(LONG));
    let request = RunNodesRequest::new()
        .node_id(&answer.data)
        .include_node_ids(&answer.run_ids)
        .extra_ids([LONG])
        .target_ids(["7", "8"])
        .owner_id(9);
    let (_, _, form) = sent(Client::new(&nowhere()).run_nodes(request));
    let expected = [
        ("ExtraIds", r#"["1234567890123456789"]"#),
        ("IncludeNodeIds", "1234567890123456789,x-1"),
        ("NodeId", "1234567890123456789"),
        ("OwnerId", "9"),
        ("TargetIds.1", "7"),
        ("TargetIds.2", "8"),
    ];
    assert_eq!(form, written(&expected));
}

#[test]
fn what_has_no_type_holds_anything() {
    use missing_types::v2001_01_17::{Client, PutAnythingRequest, PutAnythingResponseBody};
    let request = PutAnythingRequest::new().anything(json!({"a": [null]})).bare(true).items([json!(1), json!("x")]);
    let (_, _, form) = sent(Client::new(&nowhere()).put_anything(request));
    let expected = [("Anything", r#"{"a":[null]}"#), ("Bare", "true"), ("Items", r#"[1,"x"]"#)];
    assert_eq!(form, written(&expected));
    let answer: PutAnythingResponseBody = read(&json!({"Bare": 12_345_678_901_234_567_890_u64, "Map": {"k": [1]}}));
    assert_eq!(answer.bare, Some(json!(12_345_678_901_234_567_890_u64)));
    assert_eq!(answer.map["k"], json!([1]));
}

#[test]
fn names_of_the_wire_are_kept_whatever_rust_calls_them() {
    use names::v2001_01_15::match_::{Operation, Text};
    use names::v2001_01_15::{
        Client, ConfigRequest, ListDIJobsAPIsRequest, ListDIJobsAPIsResponseBody, MatchRequest, TypesRequest,
    };
    let client = Client::new(&nowhere());
    let request = ListDIJobsAPIsRequest::new().apis(["x"]).with_clone(true).with_new("n").self_("s").x_acs_trace("t");
    let (_, query, _) = sent(client.list_di_jobs_apis(request));
    assert_eq!(
        query,
        written(&[("APIs.1", "x"), ("Clone", "true"), ("New", "n"), ("Self", "s"), ("x-acs-trace", "t")])
    );
    let request = MatchRequest::new().operation(Operation::new()).text(Text::new().any([]));
    let (_, _, form) = sent(client.r#match(request));
    assert_eq!(form, written(&[("Operation", "{}"), ("Text", r#"{"Any":[]}"#)]));
    assert_eq!(sent(client.config_action(ConfigRequest::new())).0, "POST");
    assert_eq!(sent(client.types(TypesRequest::new())).0, "POST");
    let answer: ListDIJobsAPIsResponseBody = read(&json!({"DIJobId": 7, "File": {"List": {"Map": "m"}}}));
    assert_eq!(answer.di_job_id.unwrap(), "7");
    assert_eq!(answer.file.list.map.as_deref(), Some("m"));
}

#[test]
fn objects_nest() {
    use nested::v2001_01_04::get_tree::{Filter, FilterOwner, NodeFilter};
    use nested::v2001_01_04::{Client, GetTreeRequest, GetTreeResponseBody};
    let filter = Filter::new().node(NodeFilter::new().name("n")).owner(FilterOwner::new());
    let (_, query, _) = sent(Client::new(&nowhere()).get_tree(GetTreeRequest::new().filter(filter)));
    assert_eq!(query, written(&[("Filter", r#"{"Node":{"Name":"n"},"Owner":{}}"#)]));
    let answer: GetTreeResponseBody = read(&json!({
        "Data": {"Node": {"Children": [{"Node": {"Name": "child"}}]}, "Nodes": [{"Owner": {"Name": "o"}}]},
    }));
    assert_eq!(answer.data.node.children[0].node.name.as_deref(), Some("child"));
    assert_eq!(answer.data.nodes[0].owner.name.as_deref(), Some("o"));
}

#[test]
fn parameters_stand_in_their_places() {
    use places::v2001_01_02::{Client, GetThingRequest, PutThingRequest, RemoveThingRequest, get_thing, put_thing};
    let client = Client::new(&nowhere());
    let settings = get_thing::Settings::new().size(1);
    let request = GetThingRequest::new().name("n").names(["a", "b"]).numbers([3, 4]).settings(settings);
    let expected =
        [("Name", "n"), ("Names", "a,b"), ("Numbers.1", "3"), ("Numbers.2", "4"), ("Settings", r#"{"Size":1}"#)];
    assert_eq!(sent(client.get_thing(request)), ("GET", written(&expected), written(&[])));
    let request = PutThingRequest::new().name("n").tags([put_thing::Tag::new().key("k").value("v")]);
    let form = written(&[("Tags.1.Key", "k"), ("Tags.1.Value", "v")]);
    assert_eq!(sent(client.put_thing(request)), ("PUT", written(&[("Name", "n")]), form));
    let removal = sent(client.remove_thing(RemoveThingRequest::new().name("n")));
    assert_eq!(removal, ("DELETE", written(&[("Name", "n")]), written(&[])));
}

#[test]
fn types_hold_themselves() {
    use recursive::v2001_01_06::types::Folder;
    use recursive::v2001_01_06::{Client, GetMenuResponseBody, SaveFolderRequest};
    let folder = Folder::new().name("in").children([Folder::new().name("a")]).parent(Folder::new().name("out"));
    let (_, _, form) = sent(Client::new(&nowhere()).save_folder(SaveFolderRequest::new().folder(folder)));
    let json = r#"{"Children":[{"Name":"a"}],"Name":"in","Parent":{"Name":"out"}}"#;
    assert_eq!(form, written(&[("Folder", json)]));
    let answer: GetMenuResponseBody =
        read(&json!({"Menu": {"First": {"Title": "one", "Menu": {"First": {"Title": "two"}}}}}));
    let first = answer.menu.first.unwrap();
    assert_eq!(first.title.as_deref(), Some("one"));
    assert_eq!(first.menu.unwrap().first.unwrap().title.as_deref(), Some("two"));
}

#[test]
fn scalars_travel_as_text() {
    use scalars::v2001_01_01::{Client, UpdateThingRequest};
    let request =
        UpdateThingRequest::new().kind(1).owner("me").enabled(false).ratio(0.5).create_time(1_716_019_750_000_i64);
    let (_, _, form) = sent(Client::new(&nowhere()).update_thing(request));
    let expected =
        [("CreateTime", "1716019750000"), ("Enabled", "false"), ("Kind", "1"), ("Owner", "me"), ("Ratio", "0.5")];
    assert_eq!(form, written(&expected));
}

#[test]
fn secrets_travel_and_are_not_shown() {
    use secrets::v2001_01_12::create_source::Login;
    use secrets::v2001_01_12::{Client, CreateSourceRequest, CreateSourceResponseBody};
    let login = Login::new().user("me").password("hunter2");
    let request = CreateSourceRequest::new().login(login).props(json!({"password": "hunter2"}));
    assert!(!format!("{request:?}").contains("hunter2"), "{request:?}");
    let call = Client::new(&nowhere()).create_source(request);
    assert!(!format!("{call:?}").contains("hunter2"), "{call:?}");
    let (_, _, form) = sent(call);
    let expected = [("Login", r#"{"Password":"hunter2","User":"me"}"#), ("Props", r#"{"password":"hunter2"}"#)];
    assert_eq!(form, written(&expected));
    let answer: CreateSourceResponseBody = read(&json!({"Data": {"Password": "hunter2", "Props": "shown"}}));
    assert_eq!(answer.data.password.as_deref(), Some("hunter2"));
    assert!(!format!("{answer:?}").contains("hunter2"), "{answer:?}");
    assert!(serde_json::to_string(&Json(&answer)).unwrap().contains("hunter2"), "the data itself is kept");
}

#[test]
fn shared_types_are_shared() {
    use shared::v2001_01_05::types::{Column, Person};
    use shared::v2001_01_05::{Client, CreateTableRequest, GetTableResponseBody};
    let request = CreateTableRequest::new().columns([Column::new().name("c")]).owner(Person::new());
    let (_, _, form) = sent(Client::new(&nowhere()).create_table(request));
    assert_eq!(form, written(&[("Columns", r#"[{"Name":"c"}]"#), ("Owner", "{}")]));
    let answer: GetTableResponseBody = read(&json!({"Columns": [{"Name": "c", "Business": {"Comment": "b"}}]}));
    let column: &Column = &answer.columns[0];
    assert_eq!(column.business.as_ref().unwrap().comment.as_deref(), Some("b"));
}

#[test]
#[allow(deprecated, reason = "the older one is replaced by the newer")]
fn versions_stand_side_by_side() {
    use versions::{v2001_02_01, v2001_02_02};
    let config = nowhere();
    let old = v2001_02_01::Client::new(&config).get_old(v2001_02_01::GetOldRequest::new());
    let new = v2001_02_02::Client::new(&config).get_new(v2001_02_02::GetNewRequest::new());
    assert_eq!((sent(old).0, sent(new).0), ("GET", "GET"));
}

/// A server with a page for each value of a parameter, and the calls that it got.
mod served {
    use dataworks_sdk::Config;
    use serde_json::Value;

    use crate::support::{builder, http};

    pub(super) async fn pages(parameter: &'static str, pages: Vec<(&'static str, Value)>) -> Config {
        let url = http::serve(move |request| {
            let value = request.parameter(parameter).unwrap_or_default();
            let page = pages.iter().find(|(key, _)| *key == value);
            page.map_or_else(
                || http::Answer::json(404, r#"{"Code":"NoSuchPage"}"#),
                |(_, body)| http::Answer::json(200, body),
            )
        })
        .await;
        builder(&url).build().unwrap()
    }
}

#[tokio::test]
async fn pages_are_turned() {
    use pages::v2001_01_09::actions::list_inside::Params;
    use pages::v2001_01_09::{
        Client, ListByNumberRequest, ListByTokenRequest, ListGroupsRequest, ListInsideRequest, ListSharedRequest,
    };
    let nodes = |names: &[&str]| -> Value { names.iter().map(|name| json!({"Name": name})).collect() };
    let first = json!({"Data": {"Nodes": nodes(&["a", "b"]), "TotalCount": "3"}});
    let last = json!({"Data": {"Nodes": nodes(&["c"]), "TotalCount": 3}});
    let config = served::pages("PageNumber", vec![("1", first), ("2", last)]).await;
    let items = Client::new(&config).list_by_number(ListByNumberRequest::new().page_size(2)).items();
    let names: Vec<_> = items.map_ok(|node| node.name.unwrap()).try_collect().await.unwrap();
    assert_eq!(names, ["a", "b", "c"]);

    let (first, last) = (json!({"Ids": [1, "x"], "NextToken": "t"}), json!({"Ids": [2], "NextToken": ""}));
    let config = served::pages("NextToken", vec![("", first), ("t", last)]).await;
    let ids: Vec<_> =
        Client::new(&config).list_by_token(ListByTokenRequest::new()).items().try_collect().await.unwrap();
    assert_eq!(ids, ["1", "x", "2"]);

    let result = |ids: Value, next: &str| json!({"Result": {"Ids": ids, "NextToken": next}});
    let (first, last) = (result(json!([1, "x"]), "t"), result(json!([2]), ""));
    let given = r#"{"Search":"y"}"#;
    let given_again = r#"{"NextToken":"t","Search":"y"}"#;
    let config = served::pages("Params", vec![(given, first), (given_again, last)]).await;
    let request = ListInsideRequest::new().params(Params::new().search("y"));
    let ids: Vec<_> = Client::new(&config).list_inside(request).items().try_collect().await.unwrap();
    assert_eq!(ids, ["1", "x", "2"]);

    let groups =
        json!({"Paging": {"Groups": [{"Members": nodes(&["a", "b"])}, {"Members": nodes(&["c"])}], "TotalCount": 3}});
    let config = served::pages("PageNumber", vec![("1", groups)]).await;
    let items = Client::new(&config).list_groups(ListGroupsRequest::new().page_size(10)).items();
    let names: Vec<_> = items.map_ok(|member| member.name.unwrap()).try_collect().await.unwrap();
    assert_eq!(names, ["a", "b", "c"]);

    let page = json!({"Page": {"Items": nodes(&["a"]), "TotalCount": 1}});
    let config = served::pages("PageNumber", vec![("1", page)]).await;
    let items = Client::new(&config).list_shared(ListSharedRequest::new().page_size(10)).items();
    assert_eq!(items.try_collect::<Vec<_>>().await.unwrap().len(), 1);
}

#[tokio::test]
async fn outcomes_are_found_where_they_stand() {
    use outcomes::v2001_01_10::{
        CheckThingRequest, Client, GetThingRequest, StopThingsRequest, SubmitThingRequest, TestThingRequest,
    };
    let url = crate::support::http::serve(|request| {
        let body = match request.parameter("Action").unwrap() {
            "StopThings" => {
                json!({"SuccessInfo": {"7": {"Success": true}, "8": {"Success": false, "Message": "gone"}}})
            }
            "CheckThing" => json!({"Status": false, "ErrorCode": "Bad"}),
            _ => json!({"Success": false, "ErrorCode": "Bad"}),
        };
        crate::support::http::Answer::json(200, &body)
    })
    .await;
    let client = Client::new(&builder(&url).build().unwrap());
    assert_eq!(client.check_thing(CheckThingRequest::new()).await.unwrap_err().code(), Some("Bad"));
    assert_eq!(client.submit_thing(SubmitThingRequest::new()).await.unwrap_err().code(), Some("Bad"));
    let tested = client.test_thing(TestThingRequest::new()).await.unwrap();
    assert_eq!(tested.success, Some(false), "here it is data");
    let stopped = client.stop_things(StopThingsRequest::new()).await.unwrap();
    let failed: Vec<_> = stopped.failures().iter().map(|it| (it.item.as_str(), it.message.as_deref())).collect();
    assert_eq!(failed, [("8", Some("gone"))]);
    drop(client.get_thing(GetThingRequest::new()));
}

/// Every goal has its method on the call, outside the SDK, too.
#[test]
fn waiters_are_methods_of_the_call() {
    use waiters::v2001_01_21::{Client, DeployThingRequest, GetThingRequest};
    let client = Client::new(&builder("http://127.0.0.1:1").build().unwrap());
    let get = || client.get_thing(GetThingRequest::new().thing_id(1));
    let waits = [
        get().wait_until_created(),
        get().wait_until_deployed(),
        get().wait_until_finished(),
        get().wait_until_ready(),
        get().wait_until_started(),
        get().wait_until_stopped(),
        get().wait_until_submitted(),
    ];
    let shown = format!("{waits:?} {:?}", client.deploy_thing(DeployThingRequest::new()).wait_until_accepted());
    let operations = Client::operations().iter().flat_map(|operation| operation.waiters().iter());
    let goals: BTreeSet<&str> = operations.map(|waiter| waiter.name()).collect();
    assert_eq!(goals.iter().copied().collect::<Vec<_>>(), dataworks_api_spec::GOALS);
    for goal in goals {
        assert!(shown.contains(&format!("until: {goal:?}")), "{goal} in {shown}");
    }
}
