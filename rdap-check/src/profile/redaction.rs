//! How an element may be redacted: removed, emptied, or replaced by a way to reach the person (RP 2.7.7 to 2.7.9, RFC 9537 section 3).

use crate::card::named;
use crate::document::{Document, Reached};
use crate::finding::Findings;
use crate::node::Node;

/// The elements that the profile knows redactions of, in the order of the ids -65800 to -65816.
pub(crate) const ELEMENTS: [&str; 17] = [
    "Registry Domain ID",
    "Registry Registrant ID",
    "Registrant Name",
    "Registrant Organization",
    "Registrant Street",
    "Registrant City",
    "Registrant Postal Code",
    "Registrant Phone",
    "Registrant Phone Ext",
    "Registrant Fax",
    "Registrant Fax Ext",
    "Registrant Email",
    "Registry Tech ID",
    "Tech Name",
    "Tech Phone",
    "Tech Phone Ext",
    "Tech Email",
];

/// One item of `redacted`.
pub(crate) struct Redaction<'a>(Node<'a>);

impl<'a> Redaction<'a> {
    /// The redaction of an element, by the `type` of its name, whatever the case.
    pub(crate) fn find(document: &Document<'a>, element: &str) -> Option<Self> {
        let is_of = |item: &Node<'a>| {
            item.member("name").and_then(|name| name.member_text("type")).is_some_and(|given| given.eq_ignore_ascii_case(element))
        };
        document.root.member_items("redacted").into_iter().find(is_of).map(Self)
    }

    /// The item.
    pub(crate) fn node(&self) -> &Node<'a> {
        &self.0
    }

    /// Whether its paths are JSONPaths, as they are if nothing is said.
    pub(crate) fn is_by_jsonpath(&self) -> bool {
        self.0.member("pathLang").is_none_or(|language| language.text() == Some("jsonpath"))
    }

    /// Where one of its paths leads.
    fn follow(&self, document: &Document<'_>, member: &str) -> Reached {
        match self.0.member_text(member) {
            Some(path) if self.is_by_jsonpath() => document.follow(path),
            _ => Reached::NotAPath,
        }
    }

    fn has_method(&self, method: &str) -> bool {
        self.0.member_text("method") == Some(method)
    }
}

/// The ids of a redaction by removal. Where there is no id, nothing is asked.
pub(crate) struct RemovalIds {
    /// The element is absent and no redaction says so.
    pub(crate) required: Option<i32>,
    /// The path is none.
    pub(crate) path: i32,
    /// The path leads somewhere.
    pub(crate) reached: i32,
    /// The method is another.
    pub(crate) method: i32,
    /// The element is there all the same.
    pub(crate) shown: Option<i32>,
}

/// Judges an element that is either shown or removed.
pub(crate) fn judge_removal(
    found: &mut Findings,
    document: &Document<'_>,
    element: &str,
    ids: &RemovalIds,
    owner: &Node<'_>,
    is_shown: bool,
) {
    let Some(redaction) = Redaction::find(document, element) else {
        if let Some(required) = ids.required.filter(|_| !is_shown) {
            found.report(required, owner, format!("`{element}` is neither shown nor redacted."));
        }
        return;
    };
    let node = redaction.node();
    if node.member("prePath").is_some() || !redaction.is_by_jsonpath() {
        match redaction.follow(document, "prePath") {
            Reached::NotAPath => found.report(ids.path, node, format!("The `prePath` of `{element}` isn't a JSONPath.")),
            Reached::Something => {
                found.report(ids.reached, node, format!("The `prePath` of `{element}` leads to something that should be gone."))
            }
            Reached::Nothing => {}
        }
    }
    judge_removal_method(found, ids.method, &redaction);
    if let Some(shown) = ids.shown.filter(|_| is_shown) {
        found.report(shown, node, format!("`{element}` is redacted and shown."));
    }
}

/// Judges that the method, if given, is removal.
pub(crate) fn judge_removal_method(found: &mut Findings, id: i32, redaction: &Redaction<'_>) {
    let node = redaction.node();
    let is_removal = node.member("method").is_none() || redaction.has_method("removal");
    found.demand(is_removal, id, node, "The `method` isn't `removal`.");
}

/// The ids of a redaction by emptying, in the order: required, path, reached, method, shown.
pub(crate) type EmptyingIds = [i32; 5];

/// Judges an element that is either shown or emptied.
pub(crate) fn judge_emptying(
    found: &mut Findings,
    document: &Document<'_>,
    element: &str,
    ids: EmptyingIds,
    owner: &Node<'_>,
    is_shown: bool,
) {
    let [required, path, reached, method, shown] = ids;
    let Some(redaction) = Redaction::find(document, element) else {
        found.demand(is_shown, required, owner, format!("`{element}` is neither shown nor redacted."));
        return;
    };
    let node = redaction.node();
    judge_leads_somewhere(found, document, &redaction, "postPath", path, reached);
    found.demand(redaction.has_method("emptyValue"), method, node, format!("The `method` of `{element}` isn't `emptyValue`."));
    found.demand(!is_shown, shown, node, format!("`{element}` is redacted and shown."));
}

/// The ids of a mail address that is replaced.
pub(crate) struct ReplacementIds {
    /// Both a mail address and a contact URI.
    pub(crate) both: i32,
    /// Neither.
    pub(crate) neither: i32,
    /// The method is another.
    pub(crate) method: i32,
    /// With a mail address: `postPath` is none, or leads nowhere.
    pub(crate) post_path: [i32; 2],
    /// With a contact URI: `replacementPath` is none, or leads nowhere.
    pub(crate) replacement_path: [i32; 2],
    /// With a contact URI: `prePath` is none.
    pub(crate) pre_path: i32,
}

/// Judges a redacted mail address: another address or a form must reach the person (RP 2.7.8).
pub(crate) fn judge_replacement(
    found: &mut Findings,
    document: &Document<'_>,
    redaction: &Redaction<'_>,
    ids: &ReplacementIds,
    entity: &Node<'_>,
) {
    let node = redaction.node();
    found.demand(redaction.has_method("replacementValue"), ids.method, node, "The `method` isn't `replacementValue`.");
    let has = |name| named(entity, name).iter().any(crate::card::Property::is_shown);
    match (has("email"), has("contact-uri")) {
        (true, true) => found.report(ids.both, entity, "The redacted mail address is replaced by both an `email` and a `contact-uri`."),
        (false, false) => {
            found.report(ids.neither, entity, "The redacted mail address is replaced by neither an `email` nor a `contact-uri`.")
        }
        (true, false) => judge_leads_somewhere(found, document, redaction, "postPath", ids.post_path[0], ids.post_path[1]),
        (false, true) => {
            judge_leads_somewhere(found, document, redaction, "replacementPath", ids.replacement_path[0], ids.replacement_path[1]);
            let is_path = redaction.follow(document, "prePath") != Reached::NotAPath;
            found.demand(is_path, ids.pre_path, node, "The `prePath` isn't a JSONPath.");
        }
    }
}

fn judge_leads_somewhere(found: &mut Findings, document: &Document<'_>, redaction: &Redaction<'_>, member: &str, path: i32, reached: i32) {
    match redaction.follow(document, member) {
        Reached::NotAPath => found.report(path, redaction.node(), format!("The `{member}` isn't a JSONPath.")),
        Reached::Nothing => found.report(reached, redaction.node(), format!("The `{member}` leads nowhere.")),
        Reached::Something => {}
    }
}
