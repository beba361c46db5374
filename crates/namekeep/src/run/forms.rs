//! The forms of a directory, from its configuration.

use std::path::Path;

use directory::Forms;
use directory::forms::FormSettings;
use model::{Entropy, ReceiptId};
use registrar::{Clock, EntropySource, SystemClock, SystemEntropy};
use store::intake::{IntakePublicKey, Spool, SpoolLimits};

use crate::directory_config::DirectoryConfig;
use crate::failure::Failure;

/// The forms, where the configuration has any. `base` is the folder of the configuration.
pub fn open(base: &Path, config: &DirectoryConfig, checked: Option<&(IntakePublicKey, String)>) -> Result<Option<Forms>, Failure> {
    let Some((section, (key, base_path))) = config.forms.as_ref().zip(checked) else { return Ok(None) };
    let folder = base.join(&section.folder);
    let spool = Spool::open(&folder, key.clone(), SpoolLimits::default())
        .map_err(|error| Failure::file(&folder, "open the folder of the forms", &error))?;
    let settings = FormSettings {
        registrar: config.registrar.name.clone(),
        url: config.registrar.url.clone(),
        base_path: base_path.clone(),
        is_nis2: section.nis2,
    };
    let stamp = || {
        let now = SystemClock.now();
        (ReceiptId::new(now, &mut SystemDraw), now)
    };
    Ok(Some(Forms::new(settings, spool, Box::new(stamp))))
}

/// Chance for the numbers of receipts.
struct SystemDraw;

impl Entropy for SystemDraw {
    fn fill(&mut self, out: &mut [u8]) {
        SystemEntropy.fill(out);
    }
}
