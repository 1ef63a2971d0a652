//! Versions, endpoints, actions, shared types.

use super::{Rule, table};

pub(super) const RULES: &[Rule] = table! {
    "version-added": Safe, Never, Info;
        "A version of the API is new.", "Nobody calls it yet.";
    "version-removed": Breaks, Any, Info;
        "A version of the API is gone.", "Every call of it fails.";
    "product-changed": Breaks, Never, Info;
        "The version belongs to another product.", "The service is another one.";
    "endpoint-added": Safe, Never, Info;
        "A region has an endpoint.", "Other regions stay where they are.";
    "endpoint-removed": Breaks, Never, Info;
        "A region has no endpoint any more.", "Programs in that region have nobody to call.";
    "endpoint-host-changed": Breaks, Never, Info;
        "A region is served by another public host.", "Programs go on calling the old host.";
    "endpoint-vpc-added": Safe, Never, Info;
        "A region can be reached from inside a virtual private cloud.", "The public host stays.";
    "endpoint-vpc-removed": Breaks, Never, Info;
        "A region cannot be reached from inside a virtual private cloud any more.", "Programs inside go on calling the old host.";
    "endpoint-vpc-changed": Breaks, Never, Info;
        "A region is served by another host inside a virtual private cloud.", "Programs inside go on calling the old host.";
    "directory-changed": Safe, Never, Info;
        "An action stands in another directory of the official grouping.", "Directories never travel.";

    "action-added": Safe, Never, Info;
        "An action is new.", "Nobody calls it yet.";
    "action-removed": Breaks, Any, Info;
        "An action is gone.", "Every call of it fails.";
    "action-renamed": Breaks, Any, Info;
        "An action has another name.", "Every call under the old name fails.";
    "action-deprecated": Safe, Never, Warning;
        "Upstream advises against an action.", "It still works; callers see a deprecation.";
    "action-undeprecated": Safe, Never, Info;
        "Upstream does not advise against an action any more.", "It works as before.";
    "action-replacement-changed": Safe, Never, Info;
        "Upstream names another replacement for an action, deprecated or not.", "It is documentation.";
    "method-changed": Breaks, Never, Info;
        "An action takes another HTTP method.", "Requests with the old method are refused.";
    "operation-type-changed": Safe, Never, Info;
        "Upstream has another word for what an action does.", "It never travels; what follows for safety has a rule of its own.";
    "error-code-added": Safe, Never, Info;
        "An error code is documented, or a status without one.", "Errors of every code are handled.";
    "error-code-removed": Safe, Never, Info;
        "An error code, or a status without one, is not documented any more.", "Errors of every code are handled.";
    "field-name-changed": Safe, Name, Info;
        "A Rust name is recorded for a field, or not any more.", "Names in Rust never travel.";
    "type-name-changed": Safe, Any, Info;
        "A nested object has another recorded Rust name.", "Names of types never travel.";
    "type-name-added": Safe, Never, Info;
        "A Rust name is recorded for a place that holds no object yet.", "Names of types never travel.";
    "type-name-removed": Safe, Never, Info;
        "A recorded Rust name of a place without an object is gone.", "Names of types never travel.";

    "parameter-added-optional": Safe, Name, Info;
        "An action takes a further parameter.", "Requests without it are still complete.";
    "parameter-added-required": Breaks, Name, Info;
        "An action needs a further parameter.", "Requests without it are refused; the program still builds.";
    "parameter-removed": Breaks, Any, Info;
        "A parameter is gone.", "What callers send in it is ignored or refused.";
    "parameter-renamed": Breaks, Any, Info;
        "A parameter has another name.", "What callers send under the old name is ignored or refused.";
    "parameter-place-changed": Breaks, Any, Info;
        "A parameter travels elsewhere: query, form body or host.", "The service looks for it where it is not.";
    "parameter-style-changed": Breaks, Never, Info;
        "A structured parameter is written in another style.", "The service cannot read what is sent.";
    "parameter-style-restated": Safe, Never, Info;
        "The style of a parameter is written down or left out, and means the same.", "What is sent stays the same.";

    "host-parameter-added": Safe, Never, Info;
        "An action names a further parameter that only picks the endpoint.", "The client picks the endpoint itself; nothing is sent.";
    "host-parameter-changed": Safe, Never, Info;
        "A parameter that only picks the endpoint has another name, must be given, or is described differently.", "The client picks the endpoint itself; nothing is sent.";
    "host-parameter-removed": Safe, Never, Info;
        "A parameter that only picks the endpoint is gone.", "The client picks the endpoint itself; nothing was sent.";

    "type-added": Safe, Never, Info;
        "A shared type is new.", "What uses it has rules of its own.";
    "type-removed": Safe, Any, Info;
        "A shared type is gone.", "What used it has rules of its own.";
    "type-renamed": Safe, Any, Info;
        "A shared type has another name.", "Names of types never travel.";
    "type-form-changed": Safe, Any, Info;
        "A shared type takes the form of requests, or does not any more, as it is used by one or not.", "Forms are Rust's.";
};
