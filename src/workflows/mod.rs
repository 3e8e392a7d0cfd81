//! What `lockgate doctor` says of the workflows that call lockgate: ways in which a gate that looks
//! closed is open, and what will not work. Pure: the text of a workflow in, remarks out.
//!
//! What GitHub does is in its documentation: a job that is skipped reports success, a workflow that a
//! filter skips stays pending ("Troubleshooting required status checks"); permissions that are not
//! named are none ("Permissions for the GITHUB_TOKEN").

mod pins;
mod read;

use crate::model::Untrusted;
use crate::suppress::workflow::{excused, harmless};
use read::{Call, Job, Permissions, Step, Workflow};

/// How much a remark matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A change can come through without a verdict, or run its code with secrets.
    Trap,
    /// Something will not work, or is told worse than it could be.
    Advice,
}

/// What is to say of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How much it matters.
    pub weight: Weight,
    /// The line, 1-based.
    pub line: u32,
    /// The job that it is about; empty for the workflow.
    pub job: Untrusted,
    /// What is wrong, and what to do.
    pub text: &'static str,
}

/// What a workflow says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// It does not call lockgate.
    Foreign,
    /// It cannot be read, and names lockgate.
    Unreadable,
    /// It calls lockgate; the worst first, then by line.
    Remarks(Vec<Remark>),
}

/// Looks at one workflow.
pub fn advice(text: &str) -> Advice {
    let Some(workflow) = read::workflow(text) else {
        return match text.contains("lockgate") {
            true => Advice::Unreadable,
            false => Advice::Foreign,
        };
    };
    let calls = |job: &Job| job.steps.iter().any(|step| step.call().is_some());
    if !workflow.jobs.iter().any(calls) {
        return Advice::Foreign;
    }
    let mut remarks = Vec::new();
    whole(&workflow, &mut remarks);
    // Where one job decides over what the others have gathered, it alone is the gate: what they leave
    // out is missing there.
    let of = |job: &Job, call| job.steps.iter().any(|step| step.call() == Some(call));
    let merged = workflow.jobs.iter().any(|job| of(job, Call::Merge));
    for job in workflow.jobs.iter().filter(|job| calls(job)) {
        let gate = match merged {
            true => of(job, Call::Merge),
            false => of(job, Call::Gate),
        };
        if gate && can_be_required(&workflow) {
            skipped(job, &mut remarks);
        }
        for (index, step) in job.steps.iter().enumerate() {
            if gate && matches!(step.call(), Some(Call::Gate | Call::Merge)) {
                passed_over(job, step, index, &mut remarks);
            }
            deliveries(&workflow, job, step, &mut remarks);
        }
        depth(&workflow, job, &mut remarks);
        pins::check(job, &mut remarks);
    }
    for job in &workflow.jobs {
        privileged(&workflow, job, &mut remarks);
    }
    remarks.sort_by(|a, b| (a.weight, a.line, a.text).cmp(&(b.weight, b.line, b.text)));
    remarks.dedup();
    Advice::Remarks(remarks)
}

fn remark(weight: Weight, line: u32, job: &str, text: &'static str) -> Remark {
    Remark {
        weight,
        line,
        job: job.into(),
        text,
    }
}

/// Whether a branch can wait for its checks. A called workflow may be part of one that can.
fn can_be_required(workflow: &Workflow) -> bool {
    let events = [
        "pull_request",
        "pull_request_target",
        "merge_group",
        "workflow_call",
    ];
    events.iter().any(|event| starts(workflow, event))
}

/// Whether this event starts it.
fn starts(workflow: &Workflow, event: &str) -> bool {
    workflow
        .triggers
        .iter()
        .any(|trigger| trigger.event == event)
}

/// When the workflow runs at all.
fn whole(workflow: &Workflow, remarks: &mut Vec<Remark>) {
    let required = ["pull_request", "pull_request_target", "merge_group"];
    for trigger in &workflow.triggers {
        if trigger.filtered && required.contains(&trigger.event.as_str()) {
            let text = "a filter on paths keeps the check from running, and a required check that does \
                        not run stays pending for ever; take the filter out";
            remarks.push(remark(Weight::Advice, trigger.line, "", text));
        }
        if trigger.event == "pull_request" && !starts(workflow, "merge_group") {
            let text = "there is no merge_group: a merge queue that requires this check waits for ever; \
                        add the event, also when there is no queue yet";
            remarks.push(remark(Weight::Advice, trigger.line, "", text));
        }
    }
}

/// A gate that is skipped is a gate that passes.
fn skipped(job: &Job, remarks: &mut Vec<Remark>) {
    let runs_always = |when: &str| when.contains("always()") || when.contains("!cancelled()");
    match &job.held.when {
        Some((when, line)) if !harmless(when) => {
            let text = "the job can be skipped by its `if`, and a required check that is skipped counts \
                        as successful; take the condition out, or say it in the policy";
            remarks.push(remark(Weight::Trap, *line, &job.name, text));
        }
        when if job.needs && !when.as_ref().is_some_and(|(when, _)| runs_always(when)) => {
            let text = "the job is skipped when a job that it needs fails, and a required check that is \
                        skipped counts as successful; add `if: always()`";
            remarks.push(remark(Weight::Trap, job.held.line, &job.name, text));
        }
        _ => {}
    }
    if let Some(line) = job.held.goes_on {
        let text = "continue-on-error: the workflow goes on as if the job had passed; take it out";
        remarks.push(remark(Weight::Trap, line, &job.name, text));
    }
}

/// A verdict that nobody hears.
fn passed_over(job: &Job, step: &Step, index: usize, remarks: &mut Vec<Remark>) {
    if let Some((when, line)) = &step.held.when
        && !harmless(when)
    {
        let text = "the step can be skipped by its `if`, and the job then passes without a verdict; take \
                    the condition out";
        remarks.push(remark(Weight::Trap, *line, &job.name, text));
    }
    let heard = step.id.as_ref().is_some_and(|id| {
        let name = format!("steps.{id}.");
        let later = job.steps.iter().skip(index + 1);
        later.into_iter().any(|step| step.words.contains(&name))
    });
    if let Some(line) = step.held.goes_on
        && !heard
    {
        let text = "continue-on-error: the job passes whatever the verdict is; take it out";
        remarks.push(remark(Weight::Trap, line, &job.name, text));
    }
    if let Some((script, line)) = &step.run
        && script
            .lines()
            .any(|line| line.contains("lockgate") && excused(line))
    {
        let text =
            "the script passes over lockgate's exit code, which is the verdict; take `||` out";
        remarks.push(remark(Weight::Trap, *line, &job.name, text));
    }
}

/// One thing that lockgate brings to GitHub.
struct Delivery {
    /// The input that switches it, and the words that switch it off.
    input: &'static str,
    off: &'static [&'static str],
    /// The event that it is for; empty for all.
    event: &'static str,
    /// Any of these makes it possible.
    scopes: &'static [&'static str],
    text: &'static str,
}

/// By the permissions that GitHub documents for each endpoint.
const DELIVERIES: &[Delivery] = &[
    Delivery {
        input: "comment",
        off: &["off"],
        event: "pull_request",
        scopes: &["pull-requests", "issues"],
        text: "the job has no `pull-requests: write`, so that there is no comment on the pull request; \
               give it, or set comment: 'off'",
    },
    Delivery {
        input: "upload",
        off: &["off"],
        event: "",
        scopes: &["security-events"],
        text: "the job has no `security-events: write`, so that nothing reaches code scanning; give it, \
               or set upload: 'off'",
    },
    Delivery {
        input: "tracking-issue",
        off: &["off"],
        event: "schedule",
        scopes: &["issues"],
        text: "the job has no `issues: write`, so that a scheduled run has no tracking issue; give it, \
               or set tracking-issue: 'off'",
    },
    Delivery {
        input: "status",
        off: &["", "off", "commit-status"],
        event: "",
        scopes: &["checks"],
        text: "the job has no `checks: write`, which status: check-run needs",
    },
    Delivery {
        input: "status",
        off: &["", "off", "check-run"],
        event: "",
        scopes: &["statuses"],
        text: "the job has no `statuses: write`, which status: commit-status needs",
    },
];

/// What is asked for and not permitted.
fn deliveries(workflow: &Workflow, job: &Job, step: &Step, remarks: &mut Vec<Remark>) {
    let (Some((_, line)), Some(Call::Gate | Call::Merge)) = (&step.uses, step.call()) else {
        return;
    };
    // A token of its own can do what it can.
    if !step.input("token").is_empty() && !step.input("token").contains("github.token") {
        return;
    }
    let Some(granted) = job.permissions.as_ref().or(workflow.permissions.as_ref()) else {
        let text = "nothing says what the token may do, so that it may do what the repository's settings \
                    say; name `permissions` for the job";
        remarks.push(remark(Weight::Advice, *line, &job.name, text));
        return;
    };
    let may = |granted: &Permissions, scopes: &[&str]| scopes.iter().any(|s| granted.writes(s));
    for delivery in DELIVERIES {
        let asked = !delivery.off.contains(&step.input(delivery.input));
        let concerned = delivery.event.is_empty() || starts(workflow, delivery.event);
        if asked && concerned && !may(granted, delivery.scopes) {
            remarks.push(remark(Weight::Advice, *line, &job.name, delivery.text));
        }
    }
}

fn is_checkout(step: &Step) -> Option<u32> {
    let (uses, line) = step.uses.as_ref()?;
    uses.to_ascii_lowercase()
        .starts_with("actions/checkout@")
        .then_some(*line)
}

/// Whether the checkout holds what is compared.
fn depth(workflow: &Workflow, job: &Job, remarks: &mut Vec<Remark>) {
    let decides = |step: &Step| matches!(step.call(), Some(Call::Gate | Call::Merge));
    let Some(step) = job.steps.iter().find(|step| is_checkout(step).is_some()) else {
        return;
    };
    let Some(line) = is_checkout(step).filter(|_| job.steps.iter().any(decides)) else {
        return;
    };
    let ample = match step.input("fetch-depth") {
        "" | "1" => false,
        "0" => true,
        // An expression is for more than one event.
        word if word.contains("${{") => true,
        _ => !["merge_group", "push", "schedule"]
            .iter()
            .any(|event| starts(workflow, event)),
    };
    if !ample {
        let text = "the checkout is too shallow to tell new findings from old, and then all count as new; \
                    set fetch-depth: 2 for pull requests, 0 for everything else";
        remarks.push(remark(Weight::Advice, line, &job.name, text));
    }
}

/// Code of the change in a job that has secrets and a token that writes.
fn privileged(workflow: &Workflow, job: &Job, remarks: &mut Vec<Remark>) {
    let events = ["pull_request_target", "workflow_run"];
    if !events.iter().any(|event| starts(workflow, event)) {
        return;
    }
    let of_change = [
        "pull_request.head",
        "workflow_run.head",
        "github.head_ref",
        "refs/pull/",
    ];
    for step in &job.steps {
        let Some(line) = is_checkout(step) else {
            continue;
        };
        let named = ["ref", "repository"].iter().any(|input| {
            let word = step.input(input);
            of_change.iter().any(|part| word.contains(part))
        });
        if named || step.input("allow-unsafe-pr-checkout") == "true" {
            let text = "checks out the change's own code in a job that has secrets and may write; use \
                        pull_request for the check, and lockgate publish in a workflow_run job for the \
                        comment";
            remarks.push(remark(Weight::Trap, line, &job.name, text));
        }
    }
}

#[cfg(test)]
mod tests;
