//! What is there when the emulator starts: enough to look at, page through and run.

use serde_json::json;

use super::datasources::DataSource;
use super::files::File;
use super::projects::Project;
use super::runs::{Dag, Origin, Task};
use super::{Store, Time, dates};
use crate::PROJECT_ID as PROJECT;

const NODES: usize = 230;
/// So many of them ran yesterday.
const RAN: usize = 20;
/// The node that fails whenever it runs.
const BROKEN: usize = 7;

/// What the seeded nodes are, in turn.
const KINDS: [(i64, &str, &str); 5] = [
    (
        10,
        "ods_user_info_d",
        "INSERT OVERWRITE TABLE ods_user_info_d PARTITION (dt='${bizdate}')\nSELECT * FROM ods_raw_user_info;",
    ),
    (
        10,
        "dwd_trade_order_di",
        "INSERT OVERWRITE TABLE dwd_trade_order_di PARTITION (dt='${bizdate}')\nSELECT order_id, amount FROM ods_trade_order;",
    ),
    (23, "sync_rds_to_odps", "{\"type\": \"job\", \"version\": \"2.0\", \"steps\": []}"),
    (6, "check_partition", "echo \"bizdate: $1\""),
    (1221, "rpt_daily_report", "print('report of the day')"),
];

pub(super) fn fill(store: &mut Store, time: Time) {
    let month_ago = time.now - 30 * dates::DAY;
    let projects = [
        (PROJECT, "emulator_default", "Emulator", "The project that has nodes, data sources and instances."),
        (PROJECT + 1, "emulator_reports", "Reports", "A project with nothing in it."),
        (PROJECT + 2, "emulator_archive", "Archive", "A project with nothing in it."),
    ];
    for (id, identifier, name, description) in projects {
        let mut project = Project::new(id, identifier, name, month_ago);
        description.clone_into(&mut project.description);
        store.projects.insert(id, project);
    }
    nodes(store, month_ago, time);
    data_sources(store, month_ago);
    yesterday(store, time);
}

fn nodes(store: &mut Store, created: i64, time: Time) {
    // What was deployed a month ago is in production now.
    let then = Time { now: created, ..time };
    for number in 1..=NODES {
        let (kind, name, content) = KINDS[number % KINDS.len()];
        let id = store.add_file(|id| {
            let mut file = File::new(id, PROJECT, &format!("{name}_{number:03}"), kind, created);
            content.clone_into(&mut file.content);
            if number == BROKEN {
                file.content.push_str("\n-- emulator: fail");
            }
            let flow = if number % 10 == 0 { "manual_reports" } else { "First_Business_Process" };
            file.folder = format!("Business_process/{flow}/MaxCompute");
            if number % 10 == 0 {
                file.settings.insert("SchedulerType".to_owned(), "MANUAL".into());
            }
            file.settings.insert("CronExpress".to_owned(), format!("00 {:02} 01 * * ?", number % 60).into());
            file.settings.insert("ParaValue".to_owned(), "bizdate=$bizdate".into());
            file
        });
        store.submit_file(id, created);
        store.deploy_file(id, then);
    }
}

fn data_sources(store: &mut Store, created: i64) {
    for environment in ["Dev", "Prod"] {
        let odps = json!({"envType": environment, "project": "emulator_default", "authType": "Executor"});
        let mysql = json!({
            "envType": environment,
            "address": [{"host": "rm-emulator.mysql.rds.aliyuncs.com", "port": 3306}],
            "database": "trade",
            "username": "reader",
            "password": "emulated-password",
        });
        let sources = [("odps_first", "odps", odps), ("mysql_trade", "mysql", mysql)];
        for (name, kind, properties) in sources {
            // Names that nobody has taken yet: nothing to refuse.
            let _ = store.add_data_source(DataSource::new(PROJECT, name, kind, properties, created));
        }
    }
}

/// The scheduled instances of yesterday, all ended.
fn yesterday(store: &mut Store, time: Time) {
    let scheduled = store.files.values().filter(|file| file.setting_text("SchedulerType") == "NORMAL");
    let tasks: Vec<Task> = scheduled
        .filter_map(|file| file.in_environment(true, time.now).map(|(node, copy)| Task::new(file, node, copy, None)))
        .take(RAN)
        .collect();
    let dag = Dag {
        id: 0,
        project: PROJECT,
        name: "DAILY".to_owned(),
        production: true,
        origin: Origin::Schedule,
        bizdate: dates::midnight(time.now) - dates::DAY,
        created: time.after(time.now, -3_600.0),
    };
    store.start_dag(dag, tasks, time);
}
