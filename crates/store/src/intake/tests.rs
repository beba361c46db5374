//! Both sides of the spool, and what lies between them.

use std::os::unix::fs::PermissionsExt;

use jiff::Timestamp;
use model::{ReceiptId, SeededEntropy};
use policy::desk::FormKind;
use proptest::prelude::*;

use super::*;

fn receipt(n: u64) -> ReceiptId {
    ReceiptId::new(Timestamp::from_second(1_796_000_000 + n as i64).unwrap(), &mut SeededEntropy::new(n))
}

#[test]
fn what_was_put_down_is_read_once_and_by_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let key = IntakeKey::generate().unwrap();
    let spool = Spool::open(folder.path(), key.public().clone(), SpoolLimits::default()).unwrap();
    spool.put(FormKind::Contact, receipt(2), b"{\"canary\":1}").unwrap();
    spool.put(FormKind::Disclosure, receipt(1), b"second").unwrap();
    let inbox = Inbox::new(folder.path());
    let items = inbox.list(10).unwrap();
    assert_eq!(
        items.iter().map(Item::place).collect::<Vec<_>>(),
        [format!("contact/{}", receipt(2)), format!("disclosure/{}", receipt(1))]
    );
    let sealed = inbox.read(&items[0]).unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"canary"));
    assert_eq!(sealed.len(), 9 + 32 + 4096 + 16);
    assert_eq!(key.open(&items[0].place(), &sealed).unwrap().trim_ascii_end(), b"{\"canary\":1}");
    // Another key, another place, another byte.
    assert!(IntakeKey::generate().unwrap().open(&items[0].place(), &sealed).is_none());
    assert!(key.open(&items[1].place(), &sealed).is_none());
    let mut changed = sealed.clone();
    changed[100] ^= 1;
    assert!(key.open(&items[0].place(), &changed).is_none());
    inbox.remove(&items[0]).unwrap();
    inbox.remove(&items[0]).unwrap();
    inbox.set_aside(&items[1]).unwrap();
    assert!(inbox.list(10).unwrap().is_empty());
}

#[test]
fn a_full_folder_takes_nothing_more_and_leaves_room_for_other_forms() {
    let folder = tempfile::tempdir().unwrap();
    let key = IntakeKey::generate().unwrap();
    let limits = SpoolLimits { files: 3, bytes: 1 << 20 };
    let spool = Spool::open(folder.path(), key.public().clone(), limits).unwrap();
    let took = (0..10).filter(|n| spool.put(FormKind::Contact, receipt(*n), b"x").is_ok()).count();
    assert_eq!(took, 3);
    assert!(matches!(spool.put(FormKind::Contact, receipt(99), b"x"), Err(SpoolFault::Full)));
    assert!(spool.put(FormKind::Disclosure, receipt(100), b"x").is_ok());
    assert_eq!(Inbox::new(folder.path()).list(10).unwrap().len(), 4);
    let narrow = SpoolLimits { files: 100, bytes: 10_000 };
    let spool = Spool::open(&folder.path().join("other"), key.public().clone(), narrow).unwrap();
    assert_eq!((0..10).filter(|n| spool.put(FormKind::Contact, receipt(*n), b"x").is_ok()).count(), 2);
}

#[test]
fn what_was_never_finished_and_what_is_no_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let key = IntakeKey::generate().unwrap();
    let contact = folder.path().join("contact");
    std::fs::create_dir_all(&contact).unwrap();
    std::fs::write(contact.join(format!(".{}.part", receipt(1))), "half").unwrap();
    Spool::open(folder.path(), key.public().clone(), SpoolLimits::default()).unwrap();
    assert_eq!(std::fs::read_dir(&contact).unwrap().count(), 0);
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "x").unwrap();
    std::os::unix::fs::symlink(&secret, contact.join(format!("{}.sealed", receipt(2)))).unwrap();
    std::fs::create_dir(contact.join(format!("{}.sealed", receipt(3)))).unwrap();
    std::fs::write(contact.join("notes.txt"), "x").unwrap();
    let large = std::fs::File::create(contact.join(format!("{}.sealed", receipt(4)))).unwrap();
    large.set_len(MAX_FILE_BYTES + 1).unwrap();
    let inbox = Inbox::new(folder.path());
    let items = inbox.list(10).unwrap();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| inbox.read(item).is_none()));
}

#[test]
fn a_key_is_private_and_its_public_half_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("intake.key");
    let key = IntakeKey::generate().unwrap();
    key.write_new(&path).unwrap();
    assert!(key.write_new(&path).is_err());
    let read = IntakeKey::read(&path).unwrap();
    assert_eq!(read.public(), key.public());
    assert_eq!(format!("{read:?}"), "IntakeKey([secret])");
    let text = key.public().to_string();
    assert_eq!(&IntakePublicKey::parse(&text).unwrap(), key.public());
    for bad in ["", "intake-x25519", &text[..text.len() - 2], &text.replacen("+", "+0", 1)] {
        assert!(IntakePublicKey::parse(bad).is_err(), "{bad}");
    }
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    assert!(IntakeKey::read(&path).unwrap_err().to_string().contains("chmod 600"));
}

proptest! {
    /// Bytes that nobody sealed do not open, and nothing breaks.
    #[test]
    fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), is_marked in any::<bool>()) {
        let key = IntakeKey::generate().unwrap();
        let bytes = if is_marked { [b"NKINTAKE1".as_slice(), &bytes].concat() } else { bytes };
        prop_assert!(key.open("contact/x", &bytes).is_none());
    }
}
