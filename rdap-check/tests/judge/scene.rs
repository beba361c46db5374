//! What is judged in a case: a good answer or visit, and how it is changed.

use rdap_check::{Accept, Answer, Exchange, Family, Finding, Query, QueryKind, Registrar, Session, check, check_session};
use serde_json::Value;
use std::rc::Rc;

const BASE: &str = "https://rdap.registrar.example/";
pub(crate) const ASKED: &str = "https://rdap.registrar.example/domain/nk-example-one.com";

/// A good answer, not yet judged.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) body: Value,
    /// Replacements in the body's text, for what a JSON value can't hold.
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) answer: Answer,
    pub(crate) query: Query,
    pub(crate) registrar: Registrar,
    /// If it is a visit that is judged.
    pub(crate) session: Option<Session>,
}

impl Scene {
    fn new(body: &str, status: u16, query: Query) -> Self {
        Self {
            body: serde_json::from_str(body).unwrap(),
            texts: Vec::new(),
            answer: Answer::new(status, Vec::new()),
            query,
            registrar: Registrar { iana_id: 9999, base_url: BASE.into() },
            session: None,
        }
    }

    pub(crate) fn domain() -> Self {
        Self::new(include_str!("../golden/domain.json"), 200, Query::domain(ASKED))
    }

    pub(crate) fn help() -> Self {
        Self::new(include_str!("../golden/help.json"), 200, Query::of(QueryKind::Help, format!("{BASE}help")))
    }

    pub(crate) fn unknown_name() -> Self {
        let url = format!("{BASE}domain/not-a-domain.invalid");
        Self::new(include_str!("../golden/not-found.json"), 404, Query::of(QueryKind::UnknownName, url))
    }

    pub(crate) fn error() -> Self {
        Self { query: Query::domain(format!("{BASE}domain/not-ours.com")), ..Self::unknown_name() }
    }

    pub(crate) fn session() -> Self {
        let (domain, help, unknown) = (Self::domain(), Self::help(), Self::unknown_name());
        let folded_url = ASKED.replace("nk-example-one.com", "nK-ExAmPlE-OnE.CoM");
        let mut folded = domain.clone();
        ask_where_repeated(&mut folded, &folded_url);
        let get = |family, accept| exchange(family, accept, ASKED, domain.sent());
        let head = |family| exchange(family, Accept::RdapJson, ASKED, Answer::new(200, ""));
        let mut moved = Answer::new(301, "");
        moved.headers.push(("Location".into(), ASKED.into()));
        let plain = exchange(Family::V4, Accept::RdapJson, &ASKED.replace("https", "http"), moved);
        let at = |url: &str, answer| exchange(Family::V4, Accept::RdapJson, url, answer);
        let session = Session {
            query: domain.query.clone(),
            addresses: vec!["192.0.43.8".parse().unwrap(), "2606:2800:220:1::1".parse().unwrap()],
            allow_special_addresses: false,
            gets: [Family::V4, Family::V6].map(|family| [Accept::Json, Accept::RdapJson].map(|accept| get(family, accept))).concat(),
            heads: vec![head(Family::V4), head(Family::V6)],
            folded: Some(at(&folded_url, folded.sent())),
            plain: Some(plain),
            help: Some((help.query.clone(), at(&help.query.url, help.sent()))),
            unknown_name: Some((unknown.query.clone(), at(&unknown.query.url, unknown.sent()))),
            test_invalid: Some(at(&format!("{BASE}domain/test.invalid"), unknown.sent())),
            accepted_offers: Vec::new(),
        };
        Self { session: Some(session), ..domain }
    }

    /// The answer with its body.
    pub(crate) fn sent(&self) -> Answer {
        let text = self.texts.iter().fold(self.body.to_string(), |text, (from, to)| {
            assert!(text.contains(from), "{from} isn't in the body");
            text.replacen(from, to, 1)
        });
        let body = if self.answer.body.is_empty() { text.into_bytes() } else { self.answer.body.clone() };
        Answer { body, ..self.answer.clone() }
    }

    pub(crate) fn judge(&self) -> Vec<Finding> {
        match &self.session {
            Some(session) => check_session(session, &self.registrar),
            None => check(&self.sent(), &self.query, &self.registrar),
        }
    }
}

fn exchange(family: Family, accept: Accept, url: &str, answer: Answer) -> Exchange {
    Exchange { family, accept, url: url.into(), redirects: Vec::new(), outcome: Ok(answer) }
}

/// A change to a scene.
pub(crate) type Change = Rc<dyn Fn(&mut Scene)>;

/// One case: the scene, its changes, the id it is about, and the ids that must come with it.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) id: i32,
    with: Vec<i32>,
    scene: fn() -> Scene,
    changes: Vec<Change>,
}

impl Case {
    pub(crate) fn judge(&self) -> Vec<Finding> {
        let mut scene = (self.scene)();
        self.changes.iter().for_each(|change| change(&mut scene));
        scene.judge()
    }

    /// The same case, with one more id.
    pub(crate) fn and(mut self, id: i32) -> Self {
        self.with.push(id);
        self
    }

    pub(crate) fn expected(&self) -> impl Iterator<Item = i32> + '_ {
        std::iter::once(self.id).chain(self.with.iter().copied())
    }
}

/// A change of the good answer to a domain lookup.
pub(crate) fn domain<const N: usize>(id: i32, with: &[i32], changes: [Change; N]) -> Case {
    Case { id, with: with.into(), scene: Scene::domain, changes: changes.into() }
}

/// A change of another scene.
pub(crate) fn of<const N: usize>(scene: fn() -> Scene, id: i32, with: &[i32], changes: [Change; N]) -> Case {
    Case { id, with: with.into(), scene, changes: changes.into() }
}

/// Any change.
pub(crate) fn change(what: impl Fn(&mut Scene) + 'static) -> Change {
    Rc::new(what)
}

/// Sets a member or item of the body; `-` as last part of the pointer appends.
pub(crate) fn set(pointer: &'static str, value: impl Into<Value>) -> Change {
    let value = value.into();
    change(move |scene| {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        match scene.body.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}")) {
            Value::Object(members) => {
                members.insert(last.into(), value.clone());
            }
            Value::Array(items) if last == "-" => items.push(value.clone()),
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = value.clone(),
            other => panic!("{parent} is {other}"),
        }
    })
}

/// Takes a member or item out of the body.
pub(crate) fn drop(pointer: &'static str) -> Change {
    change(move |scene| {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        match scene.body.pointer_mut(parent).unwrap() {
            Value::Object(members) => {
                members.remove(last).unwrap();
            }
            Value::Array(items) => {
                items.remove(last.parse().unwrap());
            }
            other => panic!("{parent} is {other}"),
        }
    })
}

/// Gives a member twice: `member` is a name and value as they stand in the body's text.
pub(crate) fn twice(member: &'static str) -> Change {
    change(move |scene| scene.texts.push((member.into(), format!("{member},{member}"))))
}

/// Replaces the whole body.
pub(crate) fn body(value: impl Into<Value>) -> Change {
    let value = value.into();
    change(move |scene| scene.body = value.clone())
}

/// Asks at another URL, and has the answer repeat it.
pub(crate) fn ask(url: &'static str) -> Change {
    change(move |scene| ask_where_repeated(scene, url))
}

fn ask_where_repeated(scene: &mut Scene, url: &str) {
    let text = scene.body.to_string().replace(&format!("\"{}\"", scene.query.url), &format!("\"{url}\""));
    scene.body = serde_json::from_str(&text).unwrap();
    scene.query.url = url.into();
}

/// The handles that the registry's own RDAP knows.
pub(crate) fn registry_knows(handles: &'static [&'static str]) -> Change {
    change(|scene| scene.query.handles_at_registry = Some(handles.iter().map(ToString::to_string).collect()))
}

/// Changes the visit.
pub(crate) fn visit(what: impl Fn(&mut Session) + 'static) -> Change {
    change(move |scene| what(scene.session.as_mut().unwrap()))
}

/// The pointer of every value in a body.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let below = |name: &str, value: &Value| pointers(value).into_iter().map(|rest| format!("/{name}{rest}")).collect::<Vec<_>>();
    let mut all = vec![String::new()];
    match value {
        Value::Array(items) => all.extend(items.iter().enumerate().flat_map(|(index, item)| below(&index.to_string(), item))),
        Value::Object(members) => all.extend(members.iter().flat_map(|(name, member)| below(name, member))),
        _ => {}
    }
    all
}
