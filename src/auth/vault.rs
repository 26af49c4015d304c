//! Seals what opens a garage's account, so that a copy of the ledger opens nothing.

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;

use aws_lc_rs::aead::AES_256_GCM;
use aws_lc_rs::aead::Aad;
use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::aead::NONCE_LEN;
use aws_lc_rs::aead::Nonce;
use aws_lc_rs::aead::UnboundKey;
use aws_lc_rs::error::Unspecified;
use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::error::Error;
use crate::ids::Ids;

use super::GarageSessionHash;

/// The file in the data directory that holds the key where the configuration holds none.
pub const KEY_FILE: &str = "session.key";

/// To whom something sealed belongs: opened for anybody else, it is not readable.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The client.
    pub client: &'a str,
    /// The session.
    pub session: &'a GarageSessionHash,
}

impl Owner<'_> {
    /// Lengths go in front, so that no two owners meet in one text.
    fn bound(&self) -> Vec<u8> {
        let parts = [self.tenant.as_bytes(), self.client.as_bytes(), self.session.as_bytes()];
        parts.iter().flat_map(|part| part.len().to_be_bytes().into_iter().chain(part.iter().copied())).collect()
    }
}

/// Seals and opens with one key: AES-256-GCM, a random nonce in front, the owner as associated data.
pub struct Vault {
    key: LessSafeKey,
    ids: Ids,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with `key`; `ids` draws the nonces.
    ///
    /// # Errors
    /// `INTERNAL` when the library does not take the key.
    pub fn new(key: &[u8; 32], ids: Ids) -> Result<Self, Error> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|Unspecified| unusable("the key is not taken"))?;
        Ok(Self { key: LessSafeKey::new(key), ids })
    }

    /// A vault with the key in the file [`KEY_FILE`] of `directory`, which is made at the first time, readable by its owner
    /// only.
    ///
    /// # Errors
    /// What kept the file from being read or made.
    pub fn of_file(directory: &Path, ids: Ids) -> io::Result<Self> {
        let path = directory.join(KEY_FILE);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let key = match options.open(&path) {
            Ok(mut file) => {
                let key = ids.bytes();
                file.write_all(&key)?;
                file.sync_all()?;
                key
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read_key(&path)?,
            Err(error) => return Err(error),
        };
        Self::new(&key, ids).map_err(|error| io::Error::other(error.message))
    }

    /// Seals `secret` for `owner`.
    ///
    /// # Errors
    /// `INTERNAL` when the library fails.
    pub fn seal(&self, owner: &Owner<'_>, secret: &SecretString) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        nonce.iter_mut().zip(self.ids.bytes()).for_each(|(to, from)| *to = from);
        let mut sealed = secret.expose_secret().as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner.bound()), &mut sealed)
            .map_err(|Unspecified| unusable("a secret cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for `owner`; none when the key is another, the owner is another, or it was changed.
    #[must_use]
    pub fn open(&self, owner: &Owner<'_>, sealed: &[u8]) -> Option<SecretString> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut opened = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self.key.open_in_place(nonce, Aad::from(owner.bound()), &mut opened).ok()?;
        std::str::from_utf8(text).ok().map(SecretString::from)
    }
}

fn read_key(path: &Path) -> io::Result<[u8; 32]> {
    let mut key = Vec::new();
    std::fs::File::open(path)?.take(64).read_to_end(&mut key)?;
    <[u8; 32]>::try_from(key).map_err(|_| {
        let message =
            format!("`{}` does not hold a key of 32 bytes; remove it, and every garage logs in again", path.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

fn unusable(what: &'static str) -> Error {
    Error::internal(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_and_the_key_open_it() {
        let vault = Vault::new(&[7; 32], Ids::seeded(1)).unwrap();
        let session = GarageSessionHash::of("one");
        let owner = Owner { tenant: "north", client: "site", session: &session };
        let sealed = vault.seal(&owner, &"01234".into()).unwrap();
        assert!(!sealed.windows(5).any(|bytes| bytes == b"01234"));
        assert_eq!(vault.open(&owner, &sealed).unwrap().expose_secret(), "01234");
        assert_ne!(vault.seal(&owner, &"01234".into()).unwrap(), sealed, "each sealing has a nonce of its own");
        let other = GarageSessionHash::of("other");
        for wrong in [
            Owner { tenant: "south", ..owner },
            Owner { client: "app", ..owner },
            Owner { session: &other, ..owner },
            Owner { tenant: "northsite", client: "", ..owner },
        ] {
            assert!(vault.open(&wrong, &sealed).is_none(), "{wrong:?}");
        }
        assert!(Vault::new(&[8; 32], Ids::seeded(1)).unwrap().open(&owner, &sealed).is_none());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(vault.open(&owner, &changed).is_none());
        assert!(vault.open(&owner, &sealed[..5]).is_none());
    }

    #[test]
    fn the_key_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let session = GarageSessionHash::of("one");
        let owner = Owner { tenant: "north", client: "site", session: &session };
        let sealed = Vault::of_file(folder.path(), Ids::system()).unwrap().seal(&owner, &"secret".into()).unwrap();
        let again = Vault::of_file(folder.path(), Ids::system()).unwrap();
        assert_eq!(again.open(&owner, &sealed).unwrap().expose_secret(), "secret");
        let path = folder.path().join(KEY_FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "short").unwrap();
        assert!(Vault::of_file(folder.path(), Ids::system()).is_err());
    }
}
