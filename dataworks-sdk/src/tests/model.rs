//! A request and an answer as the generator writes them.

use crate::__rt as rt;
use crate::__rt::table::*;

rt::enumeration! {
    /// A colour.
    pub Colour {
        /// Red.
        Red = "RED",
        /// Blue.
        Blue = "BLUE",
    }
}

static LIST: &[rt::Field] = &[
    form("Colour", Text),
    form("Ids", List(&IdNumber)).json(),
    form("Names", List(&Text)).simple(),
    form("PageNumber", Integer).required().at_least(1),
    form("PageSize", Integer).between(1, 100),
    form("Password", JsonText).secret(),
    form("ProjectId", IdNumber).required(),
    form("Tasks", List(&Object(&TASK))).json(),
];

pub(crate) static OPERATION: rt::Operation = rt::Operation::new("ListThings", rt::Method::Post)
    .read()
    .parameters(LIST)
    .with_shorthands(&[shorthand(
        "of_project",
        "Lists two at a time.",
        &[like("Project", "ProjectId", "Which.")],
        &[fill("PageSize", "2"), fill("ProjectId", "{Project}")],
    )])
    .pages(rt::Pages::numbered("PageNumber", "PageSize", "Data.Things").total("Data.TotalCount"))
    .with_waiters(&[&FINISHED]);

static FINISHED: rt::Waiter = rt::Waiter::new("finished", "Waits until there are enough.", 10, 600)
    .at("Data.TotalCount")
    .success(&["3"])
    .failure(&["-1"])
    .reason("Data.Why")
    .hint("its log: `GetThingLog` with Id {ProjectId} on page {PageNumber}, size {PageSize}");

#[derive(Clone, Default, PartialEq)]
pub(crate) struct ListThingsRequest {
    pub(crate) colour: Option<Colour>,
    pub(crate) ids: Option<Vec<rt::Id>>,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) page_number: Option<i64>,
    pub(crate) page_size: Option<i64>,
    pub(crate) password: Option<String>,
    pub(crate) project_id: Option<rt::Id>,
    pub(crate) tasks: Option<Vec<Task>>,
}

impl rt::Model for ListThingsRequest {
    fn shape(&self) -> &'static rt::Shape {
        OPERATION.shape()
    }

    fn slot(&self, index: usize) -> Option<&dyn rt::Slot> {
        Some(match index {
            0 => &self.colour,
            1 => &self.ids,
            2 => &self.names,
            3 => &self.page_number,
            4 => &self.page_size,
            5 => &self.password,
            6 => &self.project_id,
            7 => &self.tasks,
            _ => return None,
        })
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.colour,
            1 => &mut self.ids,
            2 => &mut self.names,
            3 => &mut self.page_number,
            4 => &mut self.page_size,
            5 => &mut self.password,
            6 => &mut self.project_id,
            7 => &mut self.tasks,
            _ => return None,
        })
    }
}

rt::debug!(ListThingsRequest);

impl rt::Request for ListThingsRequest {
    type Answer = ListThingsResponseBody;
    const API: &'static rt::Api = &API;
    const OPERATION: &'static rt::Operation = &OPERATION;
}

impl rt::Waits<rt::until::Finished> for ListThingsRequest {
    const WAITER: &'static rt::Waiter = &FINISHED;
}

impl rt::Paged for ListThingsRequest {
    type Item = Thing;
    fn items(answer: ListThingsResponseBody) -> Vec<Thing> {
        answer.data.things
    }
}

pub(crate) static TASK: rt::Shape = rt::Shape::new(&[
    field("Name", Text).required().at_most(5),
    field("Token", Text).secret(),
    field("Weight", Number),
]);

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Task {
    pub(crate) name: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) weight: Option<f64>,
}

impl rt::Model for Task {
    fn shape(&self) -> &'static rt::Shape {
        &TASK
    }

    fn slot(&self, index: usize) -> Option<&dyn rt::Slot> {
        Some(match index {
            0 => &self.name,
            1 => &self.token,
            2 => &self.weight,
            _ => return None,
        })
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.name,
            1 => &mut self.token,
            2 => &mut self.weight,
            _ => return None,
        })
    }
}

rt::debug!(Task);

/// A write that knows repetitions by their token.
pub(crate) static CREATE: rt::Operation = rt::Operation::new("CreateThing", rt::Method::Post)
    .parameters(&[form("ClientToken", Text), form("ProjectId", IdNumber)]);

/// A write whose token is reserved.
pub(crate) static GRANT: rt::Operation = rt::Operation::new("GrantThing", rt::Method::Post)
    .once()
    .parameters(&[form("ClientToken", Text), form("ProjectId", IdNumber)]);

/// A write that does not, and that the service is not ready for at first.
pub(crate) static UPDATE: rt::Operation = rt::Operation::new("UpdateThing", rt::Method::Post)
    .parameters(&[form("ProjectId", IdNumber)])
    .with_waiters(&[&ACCEPTED]);

static ACCEPTED: rt::Waiter =
    rt::Waiter::new("accepted", "Waits until it is taken.", 5, 60).not_yet(&[("", "not ready"), ("Busy", "")]);

/// A write with shorthands.
pub(crate) static RUN: rt::Operation = rt::Operation::new("RunThings", rt::Method::Post)
    .with_aliases(&["StartThings"])
    .parameters(&[
        form("Day", Text).dated().required(),
        form("Env", Text).required(),
        form("Extra", List(&IdText)).simple(),
        form("Ids", Ids),
        form("Mode", Text),
        form("Name", Text).at_most(30).required(),
        form("Quick", Boolean),
        form("RootId", IdNumber).required(),
        form("Token", Text).secret(),
    ])
    .with_shorthands(&[
        shorthand(
            "for_thing",
            "Runs one thing.",
            &[parameter("Env", "Where."), like("ThingId", "RootId", "Which."), date("On", "When.")],
            &[
                fill("Day", "{On} 00:00:00"),
                fill("Extra", "{ThingId}"),
                fill("Ids", "{ThingId}"),
                fill("Name", "run {ThingId} in {Env} {On}"),
                fill("Quick", "false"),
                fill("RootId", "{ThingId}"),
            ],
        ),
        shorthand(
            "for_things",
            "Runs several.",
            &[
                like("ThingIds", "Ids", "Which."),
                date("On", "When."),
                parameter("Mode", "How."),
                like("Key", "Token", "Key."),
            ],
            &[fill("Day", "{On}"), fill("Ids", "{ThingIds}"), fill("Name", "run {ThingIds}"), fill("Token", "{Key}")],
        ),
    ]);

/// The same with an answer that holds secrets.
pub(crate) static GUARDED: rt::Operation =
    rt::Operation::new("ListGuarded", rt::Method::Post).read().parameters(LIST).secret_answer();

/// Secrets in a query, as texts and with a bound.
pub(crate) static PUT: rt::Operation = rt::Operation::new("PutThing", rt::Method::Post).parameters(&[
    query("Password", Text).secret(),
    query("Pin", Integer).secret(),
    query("Secret", JsonText).secret(),
]);

/// Pages by token.
pub(crate) static SEARCH: rt::Operation = rt::Operation::new("SearchThings", rt::Method::Get)
    .read()
    .parameters(&[query("MaxResults", Integer), query("NextToken", Text)])
    .pages(rt::Pages::token("NextToken", "Groups[].Things", "NextToken").size("MaxResults"));

/// An outcome per item.
pub(crate) static STOP: rt::Operation = rt::Operation::new("StopThings", rt::Method::Post)
    .parameters(&[form("Ids", List(&IdText)).json()])
    .outcome(rt::Outcome::Items("SuccessInfo"));

/// An outcome in a boolean of its own.
pub(crate) static TAG: rt::Operation =
    rt::Operation::new("TagThing", rt::Method::Put).outcome(rt::Outcome::Status("Status"));

pub(crate) static API: rt::Api = rt::Api {
    product: "dataworks-public",
    version: "2020-05-18",
    endpoints: &[],
    operations: &[&CREATE, &GRANT, &GUARDED, &OPERATION, &PUT, &RUN, &SEARCH, &STOP, &TAG, &UPDATE],
};

#[derive(Clone, Default, PartialEq)]
pub(crate) struct ListThingsResponseBody {
    pub(crate) data: Data,
    pub(crate) request_id: Option<String>,
    pub(crate) success: Option<bool>,
}

impl rt::Model for ListThingsResponseBody {
    fn shape(&self) -> &'static rt::Shape {
        static SHAPE: rt::Shape = rt::Shape::new(&[out("Data"), out("RequestId"), out("Success")]);
        &SHAPE
    }

    fn slot(&self, index: usize) -> Option<&dyn rt::Slot> {
        Some(match index {
            0 => &self.data,
            1 => &self.request_id,
            2 => &self.success,
            _ => return None,
        })
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.data,
            1 => &mut self.request_id,
            2 => &mut self.success,
            _ => return None,
        })
    }
}

rt::debug!(ListThingsResponseBody);

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Data {
    pub(crate) things: Vec<Thing>,
    pub(crate) total_count: Option<i64>,
}

impl rt::Model for Data {
    fn shape(&self) -> &'static rt::Shape {
        static SHAPE: rt::Shape = rt::Shape::new(&[out("Things"), out("TotalCount")]);
        &SHAPE
    }

    fn slot(&self, index: usize) -> Option<&dyn rt::Slot> {
        Some(match index {
            0 => &self.things,
            1 => &self.total_count,
            _ => return None,
        })
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.things,
            1 => &mut self.total_count,
            _ => return None,
        })
    }
}

rt::debug!(Data);

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Thing {
    pub(crate) any: Option<rt::Value>,
    pub(crate) child: Option<Box<Thing>>,
    pub(crate) colour: Option<Colour>,
    pub(crate) enabled: Option<bool>,
    pub(crate) id: Option<rt::Id>,
    pub(crate) labels: rt::BTreeMap<String, Vec<String>>,
    pub(crate) name: Option<String>,
    pub(crate) numbers: Vec<i64>,
    pub(crate) password: Option<String>,
    pub(crate) pin: Option<i64>,
    pub(crate) size: Option<i64>,
    pub(crate) weight: Option<f64>,
}

impl rt::Model for Thing {
    fn shape(&self) -> &'static rt::Shape {
        static SHAPE: rt::Shape = rt::Shape::new(&[
            out("Any"),
            out("Child"),
            out("Colour"),
            out("Enabled"),
            out("Id"),
            out("Labels"),
            out("Name"),
            out("Numbers"),
            out("Password").secret(),
            out("PinCode").secret(),
            out("Size"),
            out("Weight"),
        ]);
        &SHAPE
    }

    fn slot(&self, index: usize) -> Option<&dyn rt::Slot> {
        Some(match index {
            0 => &self.any,
            1 => &self.child,
            2 => &self.colour,
            3 => &self.enabled,
            4 => &self.id,
            5 => &self.labels,
            6 => &self.name,
            7 => &self.numbers,
            8 => &self.password,
            9 => &self.pin,
            10 => &self.size,
            11 => &self.weight,
            _ => return None,
        })
    }

    fn slot_mut(&mut self, index: usize) -> Option<&mut dyn rt::Slot> {
        Some(match index {
            0 => &mut self.any,
            1 => &mut self.child,
            2 => &mut self.colour,
            3 => &mut self.enabled,
            4 => &mut self.id,
            5 => &mut self.labels,
            6 => &mut self.name,
            7 => &mut self.numbers,
            8 => &mut self.password,
            9 => &mut self.pin,
            10 => &mut self.size,
            11 => &mut self.weight,
            _ => return None,
        })
    }
}

rt::debug!(Thing);
