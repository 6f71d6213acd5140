"""Rules of the generated company, second half: workloads, code, toxic combinations and threats.

Same block form as `rules_text`.
"""

from typing import Final

WORKLOADS_AND_THREATS: Final = """
K8S-001 | C | HIGH | CONTAINER | INSECURE_KUBERNETES_CLUSTER | 16.7 PR.PS-01 A.8.9 | Kubernetes | Container runs with full rights on its node
A privileged container is the node: whoever breaks into it owns every neighbour.
### Take the privilege away
* Remove `privileged: true` and add only the capability the program asks for.
--
K8S-004 | C | MEDIUM | CONTAINER | INSECURE_KUBERNETES_CLUSTER | 16.7 PR.PS-01 A.8.9 | Kubernetes | Container runs as root
The image names no user, so the process starts as user 0.
### Choose a user
* Add a `USER` line to the Dockerfile and `runAsNonRoot: true` to the pod.
--
K8S-006 | C | LOW | CONTAINER | RELIABILITY_IMPACT | 4.1 PR.PS-01 A.8.9 | Kubernetes | Container has no memory limit
One leak takes the whole node down, and other teams with it.
### Set limits
* Set requests and limits from last month's use plus a third.
--
K8S-009 | C | MEDIUM | CONTAINER | INSECURE_KUBERNETES_CLUSTER | 6.8 PR.AA-05 A.8.2 | Kubernetes | Pod mounts a cluster token it does not use
The token lets a broken-in process talk to the cluster's API.
### Do not mount it
* Set `automountServiceAccountToken: false`.
--
K8S-012 | C | MEDIUM | CONTAINER | INSECURE_KUBERNETES_CLUSTER | 12.2 PR.IR-01 A.8.22 | Kubernetes | Namespace has no network policy
Every pod may talk to every other pod.
### Start with deny
* Add a default-deny policy and then one allow rule for each real neighbour.
--
K8S-015 | C | HIGH! | KUBERNETES_CLUSTER | INSECURE_KUBERNETES_CLUSTER EXTERNAL_EXPOSURE | 12.2 PR.IR-01 A.8.20 | EKS | Cluster's control plane answers the whole internet
The API server is protected by sign-in alone.
### Limit who may knock
* Restrict the endpoint to office and pipeline addresses, or make it private.
--
K8S-018 | C | MEDIUM | KUBERNETES_CLUSTER | INSECURE_KUBERNETES_CLUSTER | 2.2 PR.PS-02 A.8.8 | EKS | Cluster runs a version without support
No more fixes arrive for this minor version.
### Upgrade
* Check deprecated APIs, upgrade the control plane, then the nodes.
--
VM-001 | C | MEDIUM | VIRTUAL_MACHINE | VULNERABILITY | 2.2 PR.PS-02 A.8.8 | AWS | Operating system is past its end of life
The vendor no longer publishes fixes for this release.
### Move on
* Rebuild from the current base image; do not upgrade in place.
--
VM-004 | C | HIGH | VIRTUAL_MACHINE | UNPROTECTED_PRINCIPAL | 4.1 PR.PS-01 A.8.9 | AWS | Machine hands out credentials to simple requests
The old metadata service is on, so a server-side request forgery yields the machine's role.
### Ask for a session token
* Require version 2 of the metadata service and a hop limit of 1.
--
VM-007 | C | LOW | VIRTUAL_MACHINE | UNPROTECTED_DATA | 3.11 PR.DS-01 A.8.24 | Azure | Disk is not encrypted with our own key
The disk is encrypted by the platform only.
### Use a disk encryption set
* Attach a customer-managed key and move the disk to it.
--
FN-001 | C | MEDIUM | SERVERLESS | VULNERABILITY | 2.2 PR.PS-02 A.8.8 | AWS | Function uses a runtime without support
The provider will stop patching this language version.
### Change the runtime
* Raise the runtime in the template, run the tests, deploy.
--
FN-003 | C | HIGH | SERVERLESS | INSECURE_USE_OF_SECRETS | 5.2 PR.AA-01 A.5.17 | AWS | Function carries a password in its environment
Everybody who may look at the function's settings can read it.
### Move it to the secret store
* Put the value into a secret, read it at start, rotate it afterwards.
--
FN-006 | C | HIGH! | SERVERLESS | EXTERNAL_EXPOSURE API_SECURITY | 6.3 PR.AA-03 A.8.5 | AWS | Function can be called without signing in
Its public address asks for no identity.
### Ask for one
* Put the function behind the gateway, or switch its address to signed requests.
--
IMG-001 | C | LOW | CONTAINER_IMAGE | INSECURE_CICD | 16.7 PR.PS-01 A.8.9 | AWS | Image tag can be overwritten
The same tag may mean another image tomorrow.
### Freeze tags
* Turn on tag immutability for the registry repository and deploy by digest.
--
REG-002 | C | MEDIUM | CONTAINER_REGISTRY | INSECURE_CICD | 7.7 ID.RA-01 A.8.8 | AWS | Registry does not scan what is pushed
Old images keep their old faults and nobody is told.
### Scan on push
* Turn on enhanced scanning for the registry.
--
CODE-001 | C | HIGH | REPOSITORY_BRANCH | INSECURE_CICD | 4.1 PR.PS-01 A.8.4 | GitHub | Default branch can be changed without review
One stolen laptop is enough to ship code.
### Protect the branch
* Require one review and passing checks, for administrators too.
--
CODE-004 | C | MEDIUM | REPOSITORY_BRANCH | INSECURE_CICD | 16.4 ID.AM-02 A.8.28 | GitHub | Build step is taken from a moving tag
A third party can change what the pipeline runs by moving the tag.
### Pin the step
* Use the full commit hash and let a bot raise it.
--
CODE-007 | C | HIGH | REPOSITORY_BRANCH | INSECURE_USE_OF_SECRETS | 5.2 PR.AA-01 A.5.17 | GitHub | Password is written in the source code
A value that looks like a live credential is in the branch, and stays in its history.
### Rotate first
* Change the credential at its issuer; then remove it from the code.
* Read it from the secret store from now on.
--
CODE-009 | C | LOW | REPOSITORY_BRANCH | INSECURE_CICD | 4.1 PR.PS-01 A.8.4 | GitHub | Repository has no declared owners
Changes reach no particular reviewer.
### Name owners
* Add a CODEOWNERS file that names the team.
--
TC-1001 | T | CRITICAL! | VIRTUAL_MACHINE | VULNERABILITY EXTERNAL_EXPOSURE UNPROTECTED_PRINCIPAL | 7.7 ID.RA-01 A.8.8 | - | Exposed machine with an exploited vulnerability and administrator rights
The machine answers the internet, runs software that attackers are known to exploit, and holds a role that can change the account. Each of the three is common; together they are a straight road to everything.
### Break one link today
* Take the public address away or restrict the port: minutes.
* Update the named package: hours.
* Give the role only what it uses: this week.
--
TC-1002 | T | CRITICAL! | CONTAINER | VULNERABILITY EXTERNAL_EXPOSURE | 7.7 ID.RA-01 A.8.8 | - | Public container with a vulnerability that runs code from afar
A published port leads to a process with a remote code execution fault that has a working exploit.
### Update and redeploy
* Raise the package to the fixed version and rebuild the image.
* Until then, put the service behind the gateway's filter.
--
TC-1003 | T | HIGH! | BUCKET | UNPROTECTED_DATA EXTERNAL_EXPOSURE | 3.3 PR.AA-05 A.8.12 | - | Public bucket holds personal data
The contents look like names with addresses or card numbers, and the bucket can be read without signing in.
### Stop the leak
* Close public access now.
* Tell the data protection officer; access logs show whether it was read.
--
TC-1004 | T | CRITICAL! | DB_SERVER | UNPROTECTED_DATA EXTERNAL_EXPOSURE | 3.3 PR.IR-01 A.8.12 | - | Reachable database with customer records and password sign-in only
Customer records stand behind one password on the open internet.
### Move it inside
* Close the public address.
* Change the password and look for unknown sessions.
--
TC-1005 | T | HIGH | SERVERLESS | INSECURE_USE_OF_SECRETS UNPROTECTED_PRINCIPAL | 5.4 PR.AA-05 A.8.2 | - | Function holds a key that opens the administrator's role
A clear-text key in the settings belongs to an account with administrator rights.
### Replace the key
* Delete the key; let the function use its own role.
--
TC-1006 | T | HIGH! | CONTAINER | INSECURE_KUBERNETES_CLUSTER EXTERNAL_EXPOSURE | 16.7 PR.PS-01 A.8.9 | - | Public container can break out to its node
It answers the internet, runs privileged, and its node's role reads secrets.
### Remove the privilege
* Drop `privileged`; put the workload on nodes with a small role.
--
TC-1007 | T | HIGH | REPOSITORY_BRANCH | INSECURE_CICD INSECURE_USE_OF_SECRETS | 5.2 PR.AA-01 A.8.28 | - | Code holds a live cloud key for production
The key in the branch works and reaches production.
### Revoke it
* Disable the key at once, then clean the code.
* Search the audit log for use from unknown addresses.
--
TC-1008 | T | MEDIUM | VIRTUAL_MACHINE | VULNERABILITY | 7.3 PR.PS-02 A.8.8 | - | Machine has not been patched for three months
Many fixed vulnerabilities are open on it although updates exist.
### Patch
* Attach the machine to the patch group, or rebuild it from the current image.
--
TC-1009 | T | MEDIUM | CONTAINER_IMAGE | VULNERABILITY INSECURE_CICD | 7.7 ID.RA-01 A.8.8 | - | Image in use has critical faults with a fix
Containers are started from an image whose base has newer, repaired versions.
### Rebuild on the new base
* Raise the base image in the Dockerfile; the pipeline does the rest.
--
TC-1010 | T | HIGH | REPOSITORY_BRANCH | INSECURE_CICD HIGH_PROFILE_THREAT | 10.1 DE.CM-09 A.8.7 | - | Branch depends on a package known to be malicious
The lockfile names a package that was published to steal credentials at install time.
### Treat the build machines as touched
* Remove the package and its lockfile entry.
* Rotate every secret that the pipeline could read since the date below.
--
TC-1011 | T | MEDIUM | LOAD_BALANCER | EXTERNAL_EXPOSURE API_SECURITY | 6.3 PR.AA-03 A.8.5 | - | Internal admin page answers the internet
A path that looks like an administration page is reachable through the load balancer.
### Hide it
* Limit the path to the office network, or ask for company sign-in in front of it.
--
TC-1012 | T | LOW | SERVERLESS | UNPROTECTED_PRINCIPAL | 6.8 PR.AA-05 A.8.2 | - | Function may read every bucket
It needs one bucket and is allowed all.
### Name the bucket
* Put the bucket's name into the policy.
--
TH-201 | E | HIGH | VIRTUAL_MACHINE | RUNTIME HIGH_PROFILE_THREAT | 13.3 DE.CM-09 A.8.16 | - | Machine talks to a known mining pool
Outgoing connections match addresses that crypto miners use.
### Contain
* Cut the machine off from the network and keep its disk.
* Find how it came in before a new one is started.
--
TH-202 | E | CRITICAL | CONTAINER | RUNTIME | 10.1 DE.CM-09 A.8.7 | - | Shell was opened inside a container by a web process
A web server started an interactive shell, which it never does by itself.
### Contain
* Stop the pod, keep the image and logs, and look at the request before it.
--
TH-203 | E | MEDIUM | ACCESS_ROLE | UNPROTECTED_PRINCIPAL | 8.2 DE.CM-01 A.8.16 | - | Role was used from a country it never came from
The calls came from a place where nobody works.
### Ask, then revoke
* Ask the owner; if it was not them, revoke sessions and rotate keys.
--
TH-204 | E | LOW | BUCKET | UNPROTECTED_DATA | 8.2 DE.CM-09 A.8.16 | - | Unusually many objects were read from a bucket
Reading was forty times the usual for an hour.
### Check
* Compare with planned jobs; otherwise treat as a leak.
--
"""
