//! How long a page of 100 nodes with 27 fields takes to decode, next to `serde_json` with derived structs.
//!
//! `cargo bench -p dataworks-sdk --bench decode` prints two lines, `decode_ratio 0.85` for fields in the order of the
//! specification and `decode_mixed_ratio` for fields in another one: the CPU time of this crate over that of the derived
//! structs, so below 1 this crate is faster. `cargo xtask budget` reads them and holds them against its bound.

mod support;

use std::fmt::Write as _;
use std::hint::black_box;

use dataworks_sdk::v2020_05_18::ListNodesResponseBody;
use serde::Deserialize;

/// As one would write it by hand.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    data: Data,
    http_status_code: Option<i64>,
    request_id: Option<String>,
    success: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    nodes: Vec<Node>,
    page_number: Option<i64>,
    page_size: Option<i64>,
    total_count: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    baseline_id: Option<i64>,
    business_id: Option<i64>,
    connection: Option<String>,
    create_time: Option<i64>,
    cron_express: Option<String>,
    deploy_date: Option<i64>,
    description: Option<String>,
    dqc_description: Option<String>,
    dqc_type: Option<i64>,
    file_id: Option<i64>,
    file_type: Option<i64>,
    file_version: Option<i64>,
    modify_time: Option<i64>,
    node_id: Option<i64>,
    node_name: Option<String>,
    owner_id: Option<String>,
    param_values: Option<String>,
    priority: Option<i64>,
    program_type: Option<String>,
    project_id: Option<i64>,
    related_flow_id: Option<i64>,
    repeat_interval: Option<i64>,
    repeat_mode: Option<i64>,
    repeatability: Option<bool>,
    res_group_identifier: Option<String>,
    res_group_name: Option<String>,
    scheduler_type: Option<SchedulerType>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum SchedulerType {
    Normal,
    Manual,
    Pause,
    Skip,
}

fn main() {
    let in_order = page(|fields| fields);
    // Sorted by their last letters: far from the order of the table, and the same in every run.
    let mixed = page(|mut fields| {
        fields.sort_by_key(|(name, _)| name.chars().rev().collect::<String>());
        fields
    });
    for (name, json) in [("decode_ratio", &in_order), ("decode_mixed_ratio", &mixed)] {
        same(&ours(json), &derived(json));
        if support::timed() {
            let compared = support::compare(
                100,
                10,
                || drop(black_box(ours(black_box(json)))),
                || drop(black_box(derived(black_box(json)))),
            );
            println!("{name} {:.3}", compared.ratio);
            println!("  {} bytes: {:?}, derived structs {:?}", json.len(), compared.ours, compared.other);
        }
    }
}

fn ours(json: &[u8]) -> ListNodesResponseBody {
    dataworks_sdk::from_json(json).expect("the page is JSON")
}

fn derived(json: &[u8]) -> Answer {
    serde_json::from_slice(json).expect("the page fits")
}

/// A full page, the fields of its nodes in the order that `order` brings them into.
fn page(order: impl Fn(Vec<(&'static str, String)>) -> Vec<(&'static str, String)>) -> Vec<u8> {
    let nodes: Vec<String> = (0..100)
        .map(|number| {
            let fields = order(node(number)).into_iter();
            let fields: Vec<_> = fields.map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        })
        .collect();
    let mut json = String::new();
    let _ = write!(
        json,
        "{{\"Data\":{{\"Nodes\":[{}],\"PageNumber\":1,\"PageSize\":100,\"TotalCount\":3042}},\
         \"HttpStatusCode\":200,\"RequestId\":\"E6F0DBDD-5AD7-4870-A93C-61C3F7C3A58D\",\"Success\":true}}",
        nodes.join(",")
    );
    json.into_bytes()
}

fn node(number: i64) -> Vec<(&'static str, String)> {
    let text = |text: &str| format!("\"{text}\"");
    let integer = |number: i64| number.to_string();
    vec![
        ("BaselineId", integer(100_110_001 + number)),
        ("BusinessId", integer(7_200_100 + number / 7)),
        ("Connection", text("odps_first")),
        ("CreateTime", integer(1_593_879_116_000 + number * 86_400)),
        ("CronExpress", text("00 30 02 * * ?")),
        ("DeployDate", integer(1_734_537_600_000 + number * 3_600)),
        ("Description", text("每日汇总 of the orders by shop and region")),
        ("DqcDescription", text("row count against last week")),
        ("DqcType", integer(1)),
        ("FileId", integer(507_500_000 + number)),
        ("FileType", integer(10)),
        ("FileVersion", integer(3 + number % 9)),
        ("ModifyTime", integer(1_734_537_000_000 + number * 77)),
        ("NodeId", integer(1_000_371_234 + number)),
        ("NodeName", text(&format!("dws_trade_shop_order_1d_{number:03}"))),
        ("OwnerId", text("193379068365512345")),
        ("ParamValues", text("bizdate=$bizdate hour=$[hh24]")),
        ("Priority", integer(1 + number % 8)),
        ("ProgramType", text("ODPS_SQL")),
        ("ProjectId", integer(33_671)),
        ("RelatedFlowId", integer(123_112_300 + number)),
        ("RepeatInterval", integer(60_000)),
        ("RepeatMode", integer(1)),
        ("Repeatability", (number % 2 == 0).to_string()),
        ("ResGroupIdentifier", text("Serverless_res_group_524257424564736_672913")),
        ("ResGroupName", text("Default resource group")),
        ("SchedulerType", text(["NORMAL", "MANUAL", "PAUSE", "SKIP"][usize::try_from(number % 4).unwrap_or(0)])),
    ]
}

/// Both read the same, or there is nothing to compare.
fn same(ours: &ListNodesResponseBody, derived: &Answer) {
    assert_eq!(ours.http_status_code, derived.http_status_code);
    assert_eq!(ours.request_id, derived.request_id);
    assert_eq!(ours.success, derived.success);
    assert_eq!(ours.data.page_number, derived.data.page_number);
    assert_eq!(ours.data.page_size, derived.data.page_size);
    assert_eq!(ours.data.total_count, derived.data.total_count);
    assert_eq!(ours.data.nodes.len(), 100);
    assert_eq!(ours.data.nodes.len(), derived.data.nodes.len());
    for (ours, derived) in ours.data.nodes.iter().zip(&derived.data.nodes) {
        same_node(ours, derived);
    }
}

#[allow(deprecated, reason = "every field is compared")]
fn same_node(ours: &dataworks_sdk::v2020_05_18::list_nodes::Node, derived: &Node) {
    macro_rules! same {
        ($($field:ident)*) => { $( assert!(ours.$field.is_some() && ours.$field == derived.$field, stringify!($field)); )* };
    }
    macro_rules! same_ids {
        ($($field:ident)*) => { $( assert_eq!(
            ours.$field.as_ref().map(ToString::to_string),
            derived.$field.as_ref().map(ToString::to_string),
        ); )* };
    }
    same!(connection create_time cron_express deploy_date description dqc_description dqc_type file_type file_version);
    same!(modify_time node_name param_values priority program_type repeat_interval repeat_mode repeatability res_group_name);
    same_ids!(baseline_id business_id file_id node_id owner_id project_id related_flow_id res_group_identifier);
    let (Some(ours), Some(derived)) = (&ours.scheduler_type, &derived.scheduler_type) else { panic!("scheduler_type") };
    assert_eq!(ours.as_str(), format!("{derived:?}").to_uppercase());
}
