//! Fields with their labels, hints and faults, so that programs that read pages aloud say what belongs together.

use maud::{Markup, html};
use policy::desk::{FieldFault, Fields, MAX_LINE_CHARS, MAX_TEXT_CHARS};
use policy::publication::ConsentElement;

/// A form as it was filled in, and what is wrong with it.
pub(super) struct Filled<'f> {
    pub(super) fields: &'f Fields,
    pub(super) faults: &'f [FieldFault],
}

impl Filled<'_> {
    /// What is wrong, at the head of the page, with the way to each field.
    pub(super) fn summary(&self) -> Markup {
        html! {
            @if !self.faults.is_empty() {
                div role="alert" {
                    p { strong { "Your form was not sent. Please complete it:" } }
                    ul { @for fault in self.faults { li { a href=(format!("#{}", fault.field)) { (fault.sentence) } } } }
                }
            }
        }
    }

    /// One line of text.
    pub(super) fn line(&self, id: &'static str, label: &str, kind: &str, autocomplete: &str, is_required: bool) -> Markup {
        html! {
            label for=(id) { (label) }
            (self.fault(id))
            input type=(kind) id=(id) name=(id) value=(self.value(id)) maxlength=(MAX_LINE_CHARS.max(254)) autocomplete=(autocomplete)
                required[is_required] aria-invalid=[self.invalid(id)] aria-describedby=[self.described(id)];
        }
    }

    /// Several lines of text.
    pub(super) fn text(&self, id: &'static str, label: &str, is_required: bool) -> Markup {
        html! {
            label for=(id) { (label) }
            (self.fault(id))
            textarea id=(id) name=(id) rows="8" maxlength=(MAX_TEXT_CHARS) required[is_required] aria-invalid=[self.invalid(id)]
                aria-describedby=[self.described(id)] { (self.value(id)) }
        }
    }

    /// Elements of registration data.
    pub(super) fn elements(&self, legend: &str) -> Markup {
        let chosen = self.fields.get("element").map(Vec::as_slice).unwrap_or_default();
        html! {
            fieldset id="element" {
                legend { (legend) }
                (self.fault("element"))
                @for element in ConsentElement::ALL {
                    label {
                        input type="checkbox" name="element" value=(element.word()) checked[chosen.iter().any(|word| word == element.word())];
                        " " (element.word())
                    }
                }
            }
        }
    }

    /// One of several.
    pub(super) fn choice(&self, id: &'static str, legend: &str, choices: &[(&str, &str)]) -> Markup {
        html! {
            fieldset id=(id) {
                legend { (legend) }
                (self.fault(id))
                @for (word, label) in choices {
                    label { input type="radio" name=(id) value=(word) required checked[self.value(id) == *word]; " " (label) }
                }
            }
        }
    }

    /// Something to agree to.
    pub(super) fn promise(&self, id: &'static str, sentence: &str) -> Markup {
        html! {
            (self.fault(id))
            label for=(id) {
                input type="checkbox" id=(id) name=(id) value="yes" required checked[!self.value(id).is_empty()]
                    aria-describedby=[self.described(id)];
                " " (sentence)
            }
        }
    }

    /// The first value of a field.
    pub(super) fn value(&self, id: &str) -> &str {
        self.fields.get(id).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn fault(&self, id: &str) -> Markup {
        html! {
            @for fault in self.faults.iter().filter(|fault| fault.field == id) {
                p class="fault" id=(format!("{id}-fault")) { (fault.sentence) }
            }
        }
    }

    fn is_faulty(&self, id: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == id)
    }

    fn invalid(&self, id: &str) -> Option<&'static str> {
        self.is_faulty(id).then_some("true")
    }

    fn described(&self, id: &str) -> Option<String> {
        self.is_faulty(id).then(|| format!("{id}-fault"))
    }
}
