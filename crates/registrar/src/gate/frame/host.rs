//! Host objects (RFC 5732). A rename goes only where policy allows it (RFC 9874); that was checked before the intent was decided.

use epp::{CommandBody, host};
use model::HostName;
use policy::{ObjectKey, Operation};

use super::{FrameFault, mismatch};

pub(super) fn body(operation: &Operation, name: &HostName) -> Result<CommandBody, FrameFault> {
    let command = match operation {
        Operation::CreateHost { addresses } => host::Command::Create(host::Create::new(name, addresses.iter().copied())),
        Operation::UpdateHost { add, remove } => {
            let mut update = host::Update::new(name);
            update.add.addresses = add.iter().copied().collect();
            update.remove.addresses = remove.iter().copied().collect();
            host::Command::Update(update)
        }
        Operation::RenameHost { to } => {
            let mut update = host::Update::new(name);
            update.rename_to = Some(to.into());
            host::Command::Update(update)
        }
        Operation::DeleteHost => host::Command::Delete(host::Named::new(name)),
        _ => return Err(mismatch(operation, &ObjectKey::Host(name.clone()))),
    };
    Ok(CommandBody::Host(command))
}
