"""Rules of the generated company, first half: data, network and identity. Every word here is our own.

One rule is one block: a head line of facts, then what is wrong, then what to do (Markdown).
Head: `short | kind | severity | entity types | risks | requirements | service | name`.
Kinds: T toxic combination (control), C configuration rule, E threat rule. A `!` after the severity asks for exposure to
the internet.
"""

from typing import Final

DATA_AND_IDENTITY: Final = """
S3-014 | C | HIGH | BUCKET | UNPROTECTED_DATA EXTERNAL_EXPOSURE | 3.3 PR.AA-05 A.8.3 | AWS | Storage bucket can be listed by anyone
The bucket's access list or policy lets people who are not signed in list what it holds. Names alone often give away customers, releases and backups.
### Close the bucket
* Turn on the block-public-access setting for the bucket and for the whole account.
* Replace the public grant in the bucket policy by the roles that really read it.
* Serve public files through a content delivery network instead.
--
S3-021 | C | MEDIUM | BUCKET | UNPROTECTED_DATA | 3.11 PR.DS-01 A.8.24 | AWS | Storage bucket is encrypted with a shared key
Objects are encrypted at rest, but with the provider's shared key, so access to the key cannot be withdrawn or logged on its own.
### Use your own key
* Create a customer-managed key and allow only the roles that need it.
* Set it as the bucket's default encryption key and copy old objects in place.
--
S3-030 | C | LOW | BUCKET | RELIABILITY_IMPACT | 11.3 PR.DS-11 A.8.13 | AWS | Storage bucket keeps no earlier versions
An overwritten or deleted object is gone at once. A wrong script or ransomware cannot be undone.
### Keep versions
* Turn on versioning.
* Add a lifecycle rule that removes old versions after the time your team needs them.
--
S3-033 | C | LOW | BUCKET | UNPROTECTED_DATA | 8.2 PR.PS-04 A.8.15 | AWS | Access to a storage bucket is not logged
Nobody can tell later who read which object.
### Turn on access logs
* Send server access logs or data events to the central log account.
* Check that the log bucket itself cannot be changed by the teams it watches.
--
S3-041 | C | MEDIUM | BUCKET | UNPROTECTED_DATA | 3.10 PR.DS-02 A.8.24 | AWS | Storage bucket accepts unencrypted connections
Requests over plain HTTP are answered, so object contents can be read on the way.
### Refuse plain HTTP
* Add a policy statement that denies requests whose transport is not secure.
--
DB-003 | C | CRITICAL! | DB_SERVER | UNPROTECTED_DATA EXTERNAL_EXPOSURE | 12.2 PR.IR-01 A.8.20 | AWS | Database server can be reached from the internet
The server has a public address and its firewall lets every address in. Password guessing against it is constant and costs an attacker nothing.
### Take it off the internet
* Switch off public access on the server.
* Let only the application's own network group connect.
* Use a bastion or a private link for people.
--
DB-007 | C | MEDIUM | DB_SERVER | UNPROTECTED_DATA | 3.11 PR.DS-01 A.8.24 | AWS | Database storage is not encrypted
Disks and snapshots of the server can be read by whoever copies them.
### Encrypt the storage
* Take a snapshot, copy it with encryption, and restore from the copy.
* Make encryption the account's default so that the next server has it from the start.
--
DB-011 | C | LOW | DB_SERVER | RELIABILITY_IMPACT | 11.2 PR.DS-11 A.8.13 | AWS | Database backups are kept for less than a week
A fault that is noticed after a holiday cannot be restored.
### Keep backups longer
* Set the retention of automatic backups to at least 14 days.
* Try a restore once a quarter.
--
DB-015 | C | MEDIUM | DB_SERVER | UNPROTECTED_DATA | 3.10 PR.DS-02 A.8.24 | Azure | Database server allows connections without TLS
Clients may connect in clear text, and then passwords and rows travel readable.
### Require TLS
* Set the server parameter that enforces encrypted connections.
* Raise the lowest accepted version to TLS 1.2.
--
DB-019 | C | LOW | DB_SERVER | RELIABILITY_IMPACT | 4.1 PR.PS-01 A.8.9 | AWS | Database server can be deleted without a second look
Deletion protection is off, so one wrong command ends the server.
### Protect it
* Turn on deletion protection, in the template as well as on the server.
--
NET-002 | C | HIGH! | VIRTUAL_MACHINE | EXTERNAL_EXPOSURE | 4.4 PR.IR-01 A.8.20 | AWS | SSH is open to every address
Port 22 of this machine answers the whole internet.
### Narrow the way in
* Remove the rule that allows `0.0.0.0/0` on port 22.
* Use the provider's session service, which needs no open port at all.
--
NET-003 | C | HIGH! | VIRTUAL_MACHINE | EXTERNAL_EXPOSURE | 4.4 PR.IR-01 A.8.20 | Azure | Remote desktop is open to every address
Port 3389 of this machine answers the whole internet; it is the most frequent way in for ransomware.
### Narrow the way in
* Remove the rule that allows any source on port 3389.
* Reach the machine through a bastion host with multi-factor sign-in.
--
NET-010 | C | MEDIUM | LOAD_BALANCER | EXTERNAL_EXPOSURE | 3.10 PR.DS-02 A.8.24 | AWS | Load balancer still speaks old TLS versions
The listener accepts TLS 1.0 or 1.1, which have known weaknesses and which no current browser needs.
### Raise the lowest version
* Choose a listener policy that starts at TLS 1.2.
* Watch the connection logs for a day to see whether an old client remains.
--
NET-012 | C | MEDIUM | LOAD_BALANCER | EXTERNAL_EXPOSURE | 3.10 PR.DS-02 A.8.24 | AWS | Load balancer answers plain HTTP without a redirect
Whoever types the address without `https` stays on an unprotected connection.
### Redirect
* Replace the port 80 forward by a permanent redirect to port 443.
--
NET-016 | C | LOW | LOAD_BALANCER | EXTERNAL_EXPOSURE | 8.2 PR.PS-04 A.8.15 | AWS | Load balancer keeps no access logs
After an incident the requests that came in cannot be seen.
### Turn on access logs
* Send them to the central log bucket with a retention of 90 days.
--
NET-020 | C | LOW | SUBNET | EXTERNAL_EXPOSURE | 13.3 DE.CM-01 A.8.16 | AWS | Network has no flow logs
Connections inside this network leave no trace.
### Record flows
* Turn on flow logs for rejected traffic at least.
--
NET-025 | C | MEDIUM | FIREWALL | EXTERNAL_EXPOSURE | 12.2 PR.IR-01 A.8.22 | GCP | Firewall rule allows every port between environments
Development machines can reach production on any port, so a foothold in one is a foothold in both.
### Separate the environments
* Replace the rule by one rule per service and port.
* Put production into its own network and peer only what must talk.
--
IAM-001 | C | CRITICAL | USER_ACCOUNT | UNPROTECTED_PRINCIPAL | 6.5 PR.AA-03 A.8.5 | AWS | Administrator signs in without a second factor
One phished password gives everything this person may do, which is everything.
### Add a second factor
* Ask for a hardware key or passkey and enforce it by policy.
* Remove the standing administrator role and grant it for hours when needed.
--
IAM-004 | C | HIGH | SERVICE_ACCOUNT | UNPROTECTED_PRINCIPAL | 6.8 PR.AA-05 A.8.2 | GCP | Service account has owner rights on the project
The workload needs a handful of permissions and holds all of them.
### Give it less
* Look at the permissions it used in the last 90 days and grant those.
* Remove the owner role.
--
IAM-006 | C | MEDIUM | ACCESS_ROLE | UNPROTECTED_PRINCIPAL | 6.8 PR.AA-05 A.8.2 | AWS | Role may do everything on every resource
The role's policy holds a star for both action and resource.
### Write the policy out
* Generate a policy from the role's recorded calls and put it in place of the star.
--
IAM-008 | C | MEDIUM | ACCESS_ROLE | UNPROTECTED_PRINCIPAL | 6.8 PR.AA-05 A.5.15 | AWS | Role can be assumed from an unknown account
The trust policy names an account that is not one of ours.
### Check the other side
* Ask the owner whose account it is; remove it if nobody knows.
* For a supplier, add an external id as a condition.
--
IAM-011 | C | MEDIUM | ACCESS_KEY | INSECURE_USE_OF_SECRETS | 5.2 PR.AA-01 A.5.17 | AWS | Access key is older than 90 days
A key that never changes is a key that has been in somebody's shell history for years.
### Rotate or remove
* Replace the key by a role where the workload runs in the cloud.
* Otherwise create a new key, switch over, and delete the old one.
--
IAM-013 | C | LOW | ACCESS_KEY | UNPROTECTED_PRINCIPAL | 5.3 PR.AA-01 A.5.18 | AWS | Access key has not been used for 90 days
Nobody will notice when an unused key is stolen.
### Remove it
* Deactivate the key, wait a week, delete it.
--
IAM-017 | C | LOW | USER_ACCOUNT | UNPROTECTED_PRINCIPAL | 5.3 PR.AA-01 A.5.18 | Azure | Guest account has not signed in for half a year
The work it was made for is over.
### Remove it
* Delete the guest, and let an access review ask again every quarter.
--
SEC-002 | C | HIGH | SECRET_CONTAINER | INSECURE_USE_OF_SECRETS | 3.3 PR.AA-05 A.8.3 | Azure | Key vault can be opened from any network
The vault's firewall is off, so a stolen token works from anywhere.
### Close the vault
* Allow only the networks of the services that read it.
* Use a private endpoint.
--
SEC-005 | C | LOW | SECRET_CONTAINER | INSECURE_USE_OF_SECRETS | 11.3 PR.DS-11 A.8.13 | Azure | Deleted secrets cannot be brought back
Purge protection is off: a mistake or an attacker removes keys for good.
### Protect the vault
* Turn on soft delete and purge protection.
--
SEC-009 | C | LOW | SECRET | INSECURE_USE_OF_SECRETS | 5.2 PR.AA-01 A.5.17 | AWS | Secret has no rotation
The value is the one that was typed in when the secret was made.
### Rotate
* Attach a rotation function, or note the date and rotate by hand twice a year.
--
KMS-001 | C | MEDIUM | ENCRYPTION_KEY | UNPROTECTED_DATA | 3.11 PR.DS-01 A.8.24 | AWS | Encryption key is not rotated
What one leaked key opens grows with every year it stays.
### Turn on yearly rotation
* One switch; old data stays readable.
--
MSG-001 | C | MEDIUM | MESSAGING_SERVICE | UNPROTECTED_DATA | 3.3 PR.AA-05 A.8.3 | AWS | Queue accepts messages from anyone
The policy allows every principal to send, so made-up orders can be put into the queue.
### Name the senders
* Replace the star by the sending roles.
--
MSG-004 | C | LOW | MESSAGING_SERVICE | UNPROTECTED_DATA | 3.11 PR.DS-01 A.8.24 | AWS | Messages are not encrypted at rest
The queue stores messages in clear.
### Encrypt
* Switch on server-side encryption for the queue.
--
LOG-001 | C | HIGH | SUBSCRIPTION | UNPROTECTED_PRINCIPAL | 8.2 PR.PS-04 A.8.15 | AWS | Account has no audit trail in every region
Calls made outside the home region are not recorded; attackers know that.
### Record every region
* Make one organisation-wide trail and protect its bucket.
--
"""
