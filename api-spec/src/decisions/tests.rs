use serde_json::json;

use super::*;
use crate::testing::{action, list, object, version};

fn text() -> serde_json::Value {
    json!({ "type": "string" })
}

fn number() -> serde_json::Value {
    json!({ "type": "integer" })
}

#[test]
fn an_action_reads_when_its_name_says_so_and_upstream_does_not_object() {
    let plain = action(&json!({}), &json!({}));
    let with = |word: &str| {
        let mut action = plain.clone();
        action["operationType"] = json!(word);
        action
    };
    let actions = json!({
        "GetNode": plain, "Getter": plain, "ListNodes": with("read"), "QueryX": with("readAndWrite"), "Get": plain,
        "CreateNode": with("read"), "CheckMetaTable": plain, "GetSwitch": plain, "DescribeX": plain, "Get3": plain,
    });
    let overlay = "actions:\n  CheckMetaTable: {safety: {is: read, why: Looks it up.}}\n  GetSwitch: {safety: {is: write, why: Takes it off.}}";
    let version = version(actions, json!({}), overlay);
    let reads: Vec<&str> = version
        .actions
        .keys()
        .filter(|name| version.decisions(name).safety == Safety::Read)
        .map(String::as_str)
        .collect();
    assert_eq!(reads, ["CheckMetaTable", "DescribeX", "Get", "Get3", "GetNode", "ListNodes"]);
}

#[test]
fn a_name_that_says_nothing_leaves_a_doubt() {
    let doubtful = |name: &str, word: Option<&str>| {
        let mut facts = action(&json!({}), &json!({}));
        if let Some(word) = word {
            facts["operationType"] = word.into();
        }
        !version(json!({ name: facts }), json!({}), "actions: {}").is_safety_clear(name)
    };
    for (name, word) in [
        ("CheckNode", None),
        ("TestNode", Some("read")),
        ("GetNode", Some("write")),
        ("DsgQueryNode", None),
        ("Settle", None),
        ("Listen", None),
    ] {
        assert!(doubtful(name, word), "{name} {word:?}");
    }
    for (name, word) in [
        ("GetNode", Some("read")),
        ("ListNodes", None),
        ("DeleteNode", Some("read")),
        ("UnTagNodes", None),
        ("BatchCreateNodes", None),
        ("DsgWhiteListDeleteList", None),
    ] {
        assert!(!doubtful(name, word), "{name} {word:?}");
    }
}

#[test]
fn an_unknown_action_is_taken_for_the_worst() {
    let decisions = Version::default();
    let decisions = decisions.decisions("ListNodes");
    assert_eq!(decisions.safety, Safety::Write);
    assert_eq!(decisions.outcome, OutcomeField::None);
    assert_eq!((decisions.pages, decisions.summary, decisions.replaced_by), (None, None, None));
}

fn pages_of(parameters: &serde_json::Value, fields: &serde_json::Value) -> Option<Paging> {
    version(json!({ "ListX": action(parameters, fields) }), json!({}), "actions: {}").decisions("ListX").pages
}

#[test]
fn pages_by_number_show_in_the_shape() {
    let numbered = |page: &str, items: &str, total: &str| {
        Some(Paging::Numbered(NumberedPages {
            page: page.to_owned(),
            size: "PageSize".to_owned(),
            items: items.to_owned(),
            total: Some(total.to_owned()),
        }))
    };
    let request = json!({ "PageNumber": number(), "PageSize": number() });
    let page = json!({ "Nodes": list(&text()), "TotalCount": number(), "PageSize": number() });
    assert_eq!(pages_of(&request, &page), numbered("PageNumber", "Nodes", "TotalCount"));
    assert_eq!(
        pages_of(&request, &json!({ "Data": object(&page) })),
        numbered("PageNumber", "Data.Nodes", "Data.TotalCount")
    );
    let texts = json!({ "Nodes": list(&text()), "Total": text() });
    assert_eq!(
        pages_of(
            &json!({ "PageNo": number(), "PageSize": number() }),
            &json!({ "A": object(&json!({ "B": object(&texts) })) })
        ),
        numbered("PageNo", "A.B.Nodes", "A.B.Total")
    );
}

#[test]
fn what_is_not_clear_does_not_page() {
    let request = json!({ "PageNumber": number(), "PageSize": number() });
    let page = json!({ "Nodes": list(&text()), "TotalCount": number() });
    let two_lists = json!({ "Nodes": list(&text()), "Old": list(&text()), "TotalCount": number() });
    let inside_a_list = json!({ "Data": list(&object(&page)) });
    assert_eq!(pages_of(&request, &two_lists), None);
    assert_eq!(pages_of(&request, &json!({ "Nodes": list(&text()) })), None);
    assert_eq!(pages_of(&request, &json!({ "A": object(&page), "B": object(&page) })), None);
    assert_eq!(pages_of(&request, &inside_a_list), None);
    assert_eq!(pages_of(&json!({ "PageNumber": number() }), &page), None);
    assert_eq!(pages_of(&json!({ "PageNumber": number(), "PageNo": number(), "PageSize": number() }), &page), None);
}

#[test]
fn pages_by_token_show_in_the_shape() {
    let request = json!({ "NextToken": text(), "MaxResults": number() });
    let page = json!({ "Nodes": list(&text()), "NextToken": text(), "TotalCount": number() });
    let expected = Paging::Token(TokenPages {
        token: "NextToken".to_owned(),
        size: Some("MaxResults".to_owned()),
        items: "Data.Nodes".to_owned(),
        next: "Data.NextToken".to_owned(),
    });
    assert_eq!(pages_of(&request, &json!({ "Data": object(&page) })), Some(expected));
    assert_eq!(pages_of(&json!({ "NextToken": text() }), &page), None);
    let both = json!({ "NextToken": text(), "PageNumber": number(), "PageSize": number() });
    assert_eq!(pages_of(&both, &page), None);
}

#[test]
fn the_outcome_is_a_top_level_success_or_what_the_overlay_says() {
    let actions = json!({
        "A": action(&json!({}), &json!({ "Success": { "type": "boolean" } })),
        "B": action(&json!({}), &json!({ "Success": text() })),
        "C": action(&json!({}), &json!({ "Success": object(&json!({})) })),
        "D": action(&json!({}), &json!({ "Status": { "type": "boolean" } })),
        "E": action(&json!({}), &json!({ "Info": { "type": "object", "additionalProperties": object(&json!({})) } })),
        "F": action(&json!({}), &json!({ "Success": { "type": "boolean" } })),
    });
    let overlay = "actions:\n  D: {outcome: {status: Status}}\n  E: {outcome: {items: Info}}\n  F: {outcome: {none: It is data.}}";
    let version = version(actions, json!({}), overlay);
    version.validate().unwrap();
    let outcomes: Vec<_> = version.actions.keys().map(|name| version.decisions(name).outcome).collect();
    use OutcomeField::{Items, None, Status, Success};
    assert_eq!(outcomes, [Success, Success, None, Status("Status"), Items("Info"), None]);
}

#[test]
fn identifiers_are_known_by_name_or_listed() {
    let parameters = json!({
        "Id": number(), "NodeId": text(), "IncludeNodeIds": text(), "NodeIds": list(&number()), "Uuid": text(),
        "TableGuid": text(), "RequestId": text(), "ProviderRequestId": text(), "Uid": number(), "Paid": text(), "GUID": text(),
        "VALID": text(), "Grid": text(), "NodeIdList": text(), "OwnerIds": number(), "EmptyId": {}, "Owner": text(), "DIJobId": number(),
        "XId": number(), "Rows": list(&object(&json!({ "Id": text(), "Map": { "type": "object", "additionalProperties": text() } }))),
    });
    let fields = json!({ "Data": number(), "Nested": list(&list(&text())) });
    let overlay = "actions:\n  A: {ids: [answer.Data, 'answer.Nested[][]']}";
    let version = version(json!({ "A": action(&parameters, &fields) }), json!({}), overlay);
    version.validate().unwrap();
    let kind = |path: &str| version.id_kind("A", path);
    use IdKind::{CommaList, Number, Text};
    assert_eq!(kind("request.Id"), Some(Number));
    assert_eq!(kind("request.NodeId"), Some(Text));
    assert_eq!(kind("request.IncludeNodeIds"), Some(CommaList));
    assert_eq!(kind("request.OwnerIds"), Some(Number));
    assert_eq!(kind("request.DIJobId"), Some(Number));
    assert_eq!((kind("request.NodeIds"), kind("request.NodeIds[]")), (None, Some(Number)));
    assert_eq!(kind("request.Rows[].Id"), Some(Text));
    assert_eq!(kind("answer.Data"), Some(Number));
    assert_eq!((kind("answer.Nested[]"), kind("answer.Nested[][]")), (None, Some(Text)));
    for name in [
        "Uuid",
        "TableGuid",
        "RequestId",
        "ProviderRequestId",
        "Uid",
        "Paid",
        "GUID",
        "VALID",
        "Grid",
        "NodeIdList",
        "EmptyId",
        "Owner",
        "XId",
        "Missing",
    ] {
        assert_eq!(kind(&format!("request.{name}")), None, "{name}");
    }
    assert_eq!(kind("request.Rows[].Map{}"), None);
}

#[test]
fn a_secret_hides_what_is_in_it_and_what_holds_it() {
    let source = object(&json!({ "Password": text(), "User": text() }));
    let parameters = json!({
        "Receivers": list(&object(&json!({ "Values": list(&text()), "Type": text() }))),
        "Properties": object(&json!({ "A": text() })), "PropertiesMode": text(), "Source": { "$ref": "Source" },
    });
    let overlay = "actions:\n  A: {secrets: ['request.Receivers[].Values[]', request.Properties]}\n\
                   types:\n  Source: {secrets: [types.Source.Password]}";
    let version =
        version(json!({ "A": action(&parameters, &json!({})) }), json!({ "Source": { "schema": source } }), overlay);
    version.validate().unwrap();
    let secrets = [
        "request.Receivers[].Values[]",
        "request.Receivers[].Values",
        "request.Properties",
        "request.Properties.A",
        "request.Source.Password",
        "types.Source.Password",
    ];
    let open = [
        "request.Receivers",
        "request.Receivers[].Type",
        "request.PropertiesMode",
        "request.Source",
        "request.Source.User",
        "types.Source.User",
        "request.Missing",
    ];
    assert!(secrets.iter().all(|path| version.is_secret("A", path)));
    assert!(!open.iter().any(|path| version.is_secret("A", path)));
    assert!(version.is_secret("", "types.Source.Password"));
}

#[test]
fn enumerations_are_found_by_action_by_star_and_through_shared_schemas() {
    let parameters = json!({ "Env": text(), "Kinds": list(&text()), "Row": { "$ref": "Row" } });
    let overlay = "enums:\n  Env: {doc: An environment., values: {PROD: , DEV: Development.}, fields: ['*.request.Env']}\n  \
                   Kind: {doc: A kind., values: {A: }, fields: ['A.request.Kinds[]', types.Row.Kind]}\n\
                   actions: {A: {json: [request.Env]}}";
    let env = action(&json!({ "Env": number() }), &json!({}));
    let types = json!({ "Row": { "schema": object(&json!({ "Kind": text() })) } });
    let version = version(json!({ "A": action(&parameters, &json!({})), "B": env }), types, overlay);
    version.validate().unwrap();
    assert_eq!(version.enumeration_of("A", "request.Env"), Some("Env"));
    assert_eq!(version.enumeration_of("B", "request.Env"), None);
    assert_eq!(version.enumeration_of("A", "request.Kinds[]"), Some("Kind"));
    assert_eq!(version.enumeration_of("A", "request.Kinds"), None);
    assert_eq!(version.enumeration_of("A", "request.Row.Kind"), Some("Kind"));
    assert_eq!(version.enumeration_of("", "types.Row.Kind"), Some("Kind"));
    assert!(version.is_json("A", "request.Env") && !version.is_json("B", "request.Env"));
}

#[test]
fn a_replacement_in_the_same_version_has_no_version_in_front() {
    let mut old = action(&json!({}), &json!({}));
    old["deprecated"] = json!(true);
    let with = |target: &str| {
        let mut action = old.clone();
        action["replacedBy"] = json!(target);
        action
    };
    let actions = json!({ "A": with("2020-05-18 C"), "B": with("2024-05-18 C"), "C": action(&json!({}), &json!({})), "D": with("B") });
    let version = version(actions, json!({}), "actions:\n  D: {replaced_by: C}");
    version.validate().unwrap();
    let replacement = |name| version.decisions(name).replaced_by;
    assert_eq!(["A", "B", "C", "D"].map(replacement), [Some("C"), Some("2024-05-18 C"), None, Some("C")]);
}
