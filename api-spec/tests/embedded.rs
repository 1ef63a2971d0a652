//! The packed spec is the spec.
#![cfg(feature = "embedded")]

use std::path::Path;

use dataworks_api_spec::{Spec, embedded};

#[test]
fn what_is_packed_is_what_lies_in_the_folder() {
    let spec = Spec::load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(Spec::embedded(), spec);
    assert_eq!(embedded::versions(), spec.versions.iter().map(dataworks_api_spec::Version::name).collect::<Vec<_>>());
    for version in &spec.versions {
        let name = version.name();
        assert!(embedded::actions(name).eq(version.actions.keys().map(String::as_str)));
        assert!(embedded::types(name).eq(version.types.keys().map(String::as_str)));
        assert_eq!(embedded::service(name).as_ref(), Some(&version.service));
        assert_eq!(embedded::overlay(name).as_ref(), Some(&version.overlay));
        assert!(version.actions.iter().all(|(action, it)| embedded::action(name, action).as_ref() == Some(it)));
        assert!(version.types.iter().all(|(shared, it)| embedded::shared_type(name, shared).as_ref() == Some(it)));
    }
}

#[test]
fn what_is_not_there_is_nothing() {
    assert!(embedded::version("2019-01-01").is_none());
    assert_eq!(embedded::actions("2019-01-01").len(), 0);
    assert!(embedded::action("2020-05-18", "ListNode").is_none());
    assert!(embedded::action("2020-05-18", "").is_none());
    assert!(embedded::excerpt("2020-05-18", "ListNode").is_none());
}

#[test]
fn an_excerpt_decides_like_the_whole() {
    for version in Spec::embedded().versions {
        for name in ["CreateFile", "ListDataSources", "BatchUpdateTasks", "GetFile"] {
            let Some(excerpt) = embedded::excerpt(version.name(), name) else {
                continue;
            };
            assert_eq!(excerpt.actions.len(), 1);
            assert_eq!(excerpt.decisions(name), version.decisions(name));
            assert_eq!(excerpt.is_id(name, "answer.Data"), version.is_id(name, "answer.Data"));
        }
    }
}
