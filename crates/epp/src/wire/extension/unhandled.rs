//! Data in namespaces the session did not declare (unhandled-namespaces-1.0, RFC 9038).
//!
//! The server moves such elements out of `resData` and `extension` into `extValue` of a successful result, so that a poll message is
//! never lost. [`lift`] does the server's part; [`unhandled`] and [`restored`] the client's.

use super::Extension;
use crate::namespace::{Namespace, Ns};
use crate::wire::error::{Cx, EncodeError};
use crate::wire::response::{Response, ResponseData};
use crate::wire::result::{EppResult, ExtValue, ResultValue};
use crate::wire::text::LangText;
use crate::xml::Element;

/// What the reason says after the namespace (RFC 9038 section 4).
const REASON_TAIL: &str = " not in login services";

/// An element a server could not put in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unhandled {
    /// Its namespace.
    pub namespace: Ns,
    /// The element, as it came.
    pub element: Element,
}

/// The unhandled elements of a successful result.
pub fn unhandled(result: &EppResult) -> Vec<Unhandled> {
    if result.code.is_failure() {
        return Vec::new();
    }
    let elements = result.ext_values.iter().filter(|ext| ext.reason.text.ends_with(REASON_TAIL));
    elements
        .filter_map(|ext| ext.value.first_element())
        .map(|element| Unhandled { namespace: element.ns.clone(), element: element.clone() })
        .collect()
}

/// The unhandled elements read as if they stood in their place: response data and extensions.
///
/// What has no type here comes back raw, as extension when its namespace is known as one, else as data.
pub fn restored(result: &EppResult) -> (Vec<ResponseData>, Vec<Extension>) {
    let mut cx = Cx::tolerant();
    let (mut data, mut extensions) = (Vec::new(), Vec::new());
    for found in unhandled(result) {
        let is_extension = matches!(&found.namespace, Ns::Known(known) if known.kind() == crate::namespace::NamespaceKind::Extension);
        // A tolerant read keeps what it cannot read as a raw subtree and has no other failure.
        if is_extension {
            extensions.push(Extension::read(&mut cx, &found.element).unwrap_or(Extension::Raw(found.element)));
        } else {
            data.push(ResponseData::read(&mut cx, &found.element).unwrap_or(ResponseData::Raw(found.element)));
        }
    }
    (data, extensions)
}

/// Moves the data and extensions of a response whose namespace the session did not declare into the first result.
///
/// # Errors
/// [`EncodeError`] when such an element cannot be written.
pub fn lift(response: &mut Response, is_declared: impl Fn(&Ns) -> bool) -> Result<(), EncodeError> {
    let mut lifted = Vec::new();
    let mut keep_or_lift = |element: Element| -> bool {
        let keep = is_declared(&element.ns) || element.ns == Namespace::Epp;
        if !keep {
            lifted.push(element);
        }
        keep
    };
    let mut data = Vec::new();
    for payload in std::mem::take(&mut response.data) {
        if keep_or_lift(payload.write()?) {
            data.push(payload);
        }
    }
    let mut extensions = Vec::new();
    for extension in std::mem::take(&mut response.extensions) {
        if keep_or_lift(extension.write()?) {
            extensions.push(extension);
        }
    }
    response.data = data;
    response.extensions = extensions;
    if let Some(result) = response.results.first_mut() {
        for element in lifted {
            let reason = LangText::new(format!("{}{REASON_TAIL}", element.ns));
            result.ext_values.push(ExtValue { value: ResultValue::element(element), reason });
        }
    }
    Ok(())
}
