//! Writes what judges from outside look at: every page of the forms as HTML, and a form of each kind sealed, with the key that opens it.
//!
//! Prints a line for each: `page FILE`, or `sealed FILE PLACE WORD`, where the word is in the text that was sealed.

use std::path::Path;

use directory::Forms;
use directory::forms::FormSettings;
use jiff::Timestamp;
use model::{ReceiptId, SeededEntropy};
use policy::desk::FormKind;
use store::intake::{Inbox, IntakeKey, Spool, SpoolLimits};

const FORMS: [(FormKind, &str); 4] = [
    (FormKind::Contact, "domain=example.com&name=Ada+Lovelace&email=ada%40example.org&reason=general&message=Gr%C3%BC%C3%9Fe"),
    (FormKind::Inaccuracy, "domain=example.com&name=Ada+Lovelace&email=ada%40example.org&element=street&explanation=Nobody+lives+there"),
    (
        FormKind::Disclosure,
        "domain=example.com&name=Ada+Lovelace&email=ada%40example.org&capacity=self&element=name&grounds=A+mark&good_faith=yes&lawful=yes",
    ),
    (FormKind::Verification, "code=nkv_Lovelace"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name the folder to write to")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let key = IntakeKey::generate()?;
    key.write_new(&folder.join("intake.key"))?;
    let spool = Spool::open(&folder.join("intake"), key.public().clone(), SpoolLimits::default())?;
    let settings = FormSettings {
        registrar: "Registrar & Söhne".to_owned(),
        url: "https://www.registrar.example/".to_owned(),
        base_path: "/".to_owned(),
        is_nis2: true,
    };
    let stamp = || (ReceiptId::new(Timestamp::UNIX_EPOCH, &mut SeededEntropy::new(1)), Timestamp::UNIX_EPOCH);
    let forms = Forms::new(settings, spool, Box::new(stamp));
    for (kind, body) in FORMS {
        let pages = [
            ("empty", forms.show(kind, "")),
            ("filled", forms.show(kind, "domain=%22%3E%3Cb%3E&role=technical")),
            ("faulty", forms.post(kind, b"name=%3Cscript%3E&element=shoe-size")),
            ("received", forms.post(kind, body.as_bytes())),
        ];
        for (name, answer) in pages {
            let path = folder.join(format!("{}-{name}.html", kind.word()));
            std::fs::write(&path, answer.body)?;
            println!("page {}", path.display());
        }
    }
    for item in Inbox::new(&folder.join("intake")).list(10)? {
        let path = folder.join("intake").join(format!("{}.sealed", item.place()));
        println!("sealed {} {} Lovelace", path.display(), item.place());
    }
    Ok(())
}
