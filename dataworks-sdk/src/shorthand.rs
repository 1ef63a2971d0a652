//! Shorthands as data: which few values make a request, and what is filled from them.

/// A way to make a request of an action from a few values.
///
/// On the type of the request it is a function of this [`name`](Self::name). In a call by name, whoever sets a name that
/// only the shorthand takes uses it: what is filled follows from what was set, and explicit values win.
///
/// ```
/// # #[cfg(all(feature = "client", feature = "v2020-05-18"))] {
/// use dataworks_sdk::v2020_05_18::Client;
///
/// let backfill = Client::operations().iter().find(|operation| operation.name() == "RunCycleDagNodes").unwrap();
/// let shorthand = &backfill.shorthands()[0];
/// assert_eq!(shorthand.name(), "for_node");
/// assert!(shorthand.takes().iter().any(|taken| taken.name() == "BizDate" && taken.is_date()));
/// assert!(shorthand.fills().iter().any(|fill| fill.template() == "{BizDate} 00:00:00"));
/// # }
/// ```
#[derive(Debug)]
pub struct Shorthand {
    name: &'static str,
    summary: &'static str,
    takes: &'static [Taken],
    fills: &'static [Fill],
}

impl Shorthand {
    /// The name of the function, `for_node` for example.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One sentence: what the request then asks for.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// What it takes, in the order of the function's arguments.
    #[must_use]
    pub const fn takes(&self) -> &'static [Taken] {
        self.takes
    }

    /// What it fills, in the order of the parameters.
    #[must_use]
    pub const fn fills(&self) -> &'static [Fill] {
        self.fills
    }

    /// What it takes under this name.
    #[cfg(feature = "client")]
    pub(crate) fn taken(&self, name: &str) -> Option<&'static Taken> {
        self.takes.iter().find(|taken| taken.name == name)
    }
}

/// A value that a shorthand takes.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    name: &'static str,
    doc: &'static str,
    what: What,
}

/// What a value is.
#[derive(Clone, Copy, Debug)]
enum What {
    /// A parameter of the action.
    Parameter,
    /// What only fills use, of the kind of this parameter.
    Like(&'static str),
    /// A business date.
    Date,
}

impl Taken {
    /// The name in a call by name: a parameter's, or one that only the shorthand has.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One sentence about it.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// Whether it is a parameter of the action, and not a name that only the shorthand has.
    #[must_use]
    pub const fn is_parameter(&self) -> bool {
        matches!(self.what, What::Parameter)
    }

    /// Whether it is a business date: `2026-01-07`, `20260107` or `2026-01-07 00:00:00`, of which only the day counts.
    #[must_use]
    pub const fn is_date(&self) -> bool {
        matches!(self.what, What::Date)
    }

    /// The parameter of which it has the kind: itself, or another one. A business date has none.
    #[must_use]
    pub const fn like(&self) -> Option<&'static str> {
        match self.what {
            What::Parameter => Some(self.name),
            What::Like(parameter) => Some(parameter),
            What::Date => None,
        }
    }
}

/// A parameter that a shorthand fills.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    parameter: &'static str,
    template: &'static str,
}

impl Fill {
    /// The parameter.
    #[must_use]
    pub const fn parameter(&self) -> &'static str {
        self.parameter
    }

    /// Whether its value is made of what the shorthand took there.
    pub(crate) fn uses(&self, taken: &Taken) -> bool {
        self.template.contains(&format!("{{{}}}", taken.name))
    }

    /// Its value, in which `{NodeId}` stands for what the shorthand took under this name.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }
}

/// A shorthand.
#[must_use]
pub const fn shorthand(
    name: &'static str,
    summary: &'static str,
    takes: &'static [Taken],
    fills: &'static [Fill],
) -> Shorthand {
    Shorthand { name, summary, takes, fills }
}

/// A parameter that a shorthand takes.
#[must_use]
pub const fn parameter(name: &'static str, doc: &'static str) -> Taken {
    Taken { name, doc, what: What::Parameter }
}

/// What a shorthand takes and only its fills use, of the kind of a parameter.
#[must_use]
pub const fn like(name: &'static str, parameter: &'static str, doc: &'static str) -> Taken {
    Taken { name, doc, what: What::Like(parameter) }
}

/// A business date that a shorthand takes.
#[must_use]
pub const fn date(name: &'static str, doc: &'static str) -> Taken {
    Taken { name, doc, what: What::Date }
}

/// A parameter that a shorthand fills.
#[must_use]
pub const fn fill(parameter: &'static str, template: &'static str) -> Fill {
    Fill { parameter, template }
}
