/** `README-VERIFY.txt` of a bundle. */
export const README = `This is a bundle: part of an audit log, with what is needed to check it offline.

To check it, with Node.js 20.15 or newer and nothing else:

  1. Take verify.mjs from a place that you trust. The one in here is for
     convenience: whoever changed the bundle could have changed it too.
  2. node verify.mjs BUNDLE.zip --key SERVER.asc
     SERVER.asc is the server's OpenPGP key, which you were given beforehand.
     Without --key the check trusts the key in here, and says so.
     --against OLD.checkpoint   the log has grown from a checkpoint you kept
     --policy TRUST.policy      enough witnesses have signed
     --tsa-ca CA.pem            the time stamps are by this authority
  3. Read the sentences it prints. It ends with
     0  everything fits
     1  something was changed, and it says what: an entry by its number
     2  it could not be checked: a file is missing or damaged
     3  everything fits, and less than you asked for vouches for it

The same by hand:

  gpg --import SERVER.asc
  gpg --verify manifest.json.asc manifest.json
  sha256sum entries.jsonl      (compare with manifest.json, and so each file)

entries.jsonl holds the entries, one a line, and is what counts.
views/ holds the same in other forms, for a spreadsheet or another program.
transcript/, if it is there, holds messages that were sealed, each with the
key that opens it and nothing else.
audit/FORMAT.md of Vestibule describes every byte.
`;
