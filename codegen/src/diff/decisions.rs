//! Compares what rules and overlay together say about each action: safety, pages, outcome.

use dataworks_api_spec::{Decisions, OutcomeField, Paging, Safety, Version};

use super::{Change, Place, facts::Kept};

/// Compares the decisions about the actions that both sides have; what is only said differently is reported, too.
pub(super) fn version(base: &Version, head: &Version, kept: &Kept<'_>, changes: &mut Vec<Change>) {
    for (old, name) in &kept.actions {
        let decided = head.decisions(name);
        let Decisions {
            summary: _,
            group: _,
            safety,
            pages,
            outcome,
            events: _,
            aliases: _,
            shorthands: _,
            waiters: _,
            replaced_by: _,
        } = decided;
        let said = [(base, old), (head, name)].map(|(version, name)| version.overlay.actions.get(*name));
        let old = base.decisions(old);
        let mut add = |rule: Option<&str>, before: String, after: String| {
            let place = Place::of_action(head.name(), name, "");
            changes.extend(rule.map(|rule| Change::new(rule, place).before(before).after(after)));
        };
        let rule = match (rank(safety), rank(old.safety)) {
            (new, old) if new < old => Some("safety-relaxed"),
            (new, old) if new > old => Some("safety-tightened"),
            _ => stated(said.map(|it| it?.safety.as_ref())).then_some("safety-restated"),
        };
        let why = |at: usize| said[at].and_then(|it| it.safety.as_ref()).map(|it| it.why.as_str());
        add(rule, safe(old.safety, why(0)), safe(safety, why(1)));
        let rule = match (&old.pages, &pages) {
            (None, Some(_)) => Some("pages-added"),
            (Some(_), None) => Some("pages-removed"),
            (old, new) if old != new => Some("pages-changed"),
            _ => stated(said.map(|it| it?.pages.as_ref())).then_some("pages-restated"),
        };
        add(rule, paged(old.pages.as_ref()), paged(pages.as_ref()));
        let rule = if old.outcome == outcome {
            stated(said.map(|it| it?.outcome.as_ref())).then_some("outcome-restated")
        } else {
            Some("outcome-changed")
        };
        add(rule, outcome_of(old.outcome), outcome_of(outcome));
    }
}

/// Whether the two entries differ.
fn stated<T: PartialEq>([old, new]: [Option<&T>; 2]) -> bool {
    old != new
}

/// The more may go wrong, the higher.
fn rank(safety: Safety) -> u8 {
    match safety {
        Safety::Read => 0,
        Safety::Idempotent => 1,
        Safety::Write => 2,
        Safety::Once => 3,
    }
}

fn safe(safety: Safety, why: Option<&str>) -> String {
    let word = match safety {
        Safety::Read => "read",
        Safety::Idempotent => "idempotent",
        Safety::Write => "write",
        Safety::Once => "once",
    };
    why.map_or_else(|| word.to_owned(), |why| format!("{word} ({})", why.trim_end_matches('.')))
}

fn paged(paging: Option<&Paging>) -> String {
    match paging {
        None => "no pages".to_owned(),
        Some(Paging::Numbered(it)) => {
            let total = it.total.as_ref().map(|total| format!(", total {total}")).unwrap_or_default();
            format!("{} of {} with {}{total}", it.items, it.page, it.size)
        }
        Some(Paging::Token(it)) => {
            let size = it.size.as_ref().map(|size| format!(" with {size}")).unwrap_or_default();
            format!("{} of {}{size}, next {}", it.items, it.token, it.next)
        }
    }
}

fn outcome_of(outcome: OutcomeField<'_>) -> String {
    match outcome {
        OutcomeField::Success => "Success".to_owned(),
        OutcomeField::Status(field) => format!("status {field}"),
        OutcomeField::Items(field) => format!("items of {field}"),
        OutcomeField::None => "the HTTP status".to_owned(),
    }
}
