"""Published vulnerabilities, continued: Go, .NET, Ruby, operating system packages and installed servers.

Same line form as `weaknesses_text`.
"""

from typing import Final

SYSTEMS: Final = """
go|golang.org/x/net|v0.16.0|v0.17.0|7.5||DOS|2023-10|CVE-2023-39325|Streams that are opened and reset in a loop exhaust the server
go|golang.org/x/net|v0.22.0|v0.23.0|7.5||DOS|2024-04|CVE-2023-45288|Endless header continuation keeps the server busy
go|golang.org/x/net|v0.6.0|v0.7.0|7.5||DOS|2023-02|CVE-2022-41723|A crafted header stream takes very long to decode
go|golang.org/x/net|v0.32.0|v0.33.0|5.3||DOS|2024-12|CVE-2024-45338|Crafted HTML takes very long to parse
go|golang.org/x/crypto|v0.30.0|v0.31.0|9.1||AUTH_BYPASS|2024-12|CVE-2024-45337|Servers may take the wrong key as the one that signed in
go|golang.org/x/crypto|v0.16.0|v0.17.0|5.9||BROKEN_CRYPTOGRAPHY|2023-12|CVE-2023-48795|A middle man can drop the first messages of a session
go|golang.org/x/crypto|v0.34.0|v0.35.0|7.5||DOS|2025-02|CVE-2025-22869|A slow key exchange uses up memory
go|golang.org/x/oauth2|v0.26.0|v0.27.0|7.5||DOS|2025-02|CVE-2025-22868|A malformed token uses up memory
go|golang.org/x/text|v0.3.7|v0.3.8|7.5||DOS|2022-10|CVE-2022-32149|A crafted language header takes very long to parse
go|golang.org/x/text|v0.3.6|v0.3.7|7.5||DOS|2022-12|CVE-2021-38561|A language tag reads past its end
go|google.golang.org/protobuf|v1.32.0|v1.33.0|7.5||DOS|2024-03|CVE-2024-24786|Reading some JSON loops for ever
go|stdlib|v1.21.10|v1.21.11|9.8||AUTH_BYPASS|2024-06|CVE-2024-24790|Mapped addresses are judged wrongly as public or private
go|stdlib|v1.20.2|v1.20.3|9.8||XSS|2023-04|CVE-2023-24538|Templates do not know back quotes as string marks
go|stdlib|v1.20.3|v1.20.4|9.8||XSS|2023-05|CVE-2023-24540|Templates do not know all white space
go|stdlib|v1.17.6|v1.17.7|9.1||BROKEN_CRYPTOGRAPHY|2022-02|CVE-2022-23806|Points off the curve are accepted
go|github.com/golang-jwt/jwt/v4|v4.5.1|v4.5.2|7.5||DOS|2025-03|CVE-2025-30204|A header with many dots uses up memory
go|github.com/golang-jwt/jwt/v4|v4.5.0|v4.5.1|3.1||AUTH_BYPASS|2024-11|CVE-2024-51744|An expired token may look merely invalid
go|github.com/docker/docker|v26.1.4|v26.1.5|9.9||AUTH_BYPASS|2024-07|CVE-2024-41110|Requests of length zero pass the authorisation plugin
go|github.com/opencontainers/runc|v1.1.11|v1.1.12|8.6|x|CONTAINER_ESCAPE|2024-01|CVE-2024-21626|A leaked file handle leads out of the container
go|github.com/prometheus/client_golang|v1.11.0|v1.11.1|7.5||DOS|2022-02|CVE-2022-21698|Made-up methods fill the metrics
go|gopkg.in/yaml.v3|v3.0.0|v3.0.1|7.5||DOS|2022-05|CVE-2022-28948|A broken document stops the process
nuget|Newtonsoft.Json|12.0.3|13.0.1|7.5||DOS|2024-01|CVE-2024-21907|Deep nesting overflows the stack
nuget|System.Text.Json|8.0.3|8.0.4|7.5||DOS|2024-07|CVE-2024-30105|Reading a stream of crafted values takes very long
nuget|System.Text.Json|8.0.4|8.0.5|7.5||DOS|2024-10|CVE-2024-43485|Extension data uses up memory
nuget|System.Drawing.Common|4.7.0|4.7.2|9.8||RCE|2021-02|CVE-2021-24112|Crafted graphics can run code
nuget|System.Text.RegularExpressions|4.3.0|4.3.1|7.5||DOS|2019-05|CVE-2019-0820|Crafted text makes matching slow
nuget|System.Net.Http|4.3.3|4.3.4|7.5||INFORMATION_DISCLOSURE|2018-10|CVE-2018-8292|Credentials follow a redirect
nuget|Azure.Identity|1.10.1|1.10.2|8.8||RCE|2023-10|CVE-2023-36414|Arguments of a helper program are not escaped
nuget|Microsoft.Data.SqlClient|5.1.2|5.1.3|8.7||BROKEN_CRYPTOGRAPHY|2024-01|CVE-2024-0056|A middle man can take over the encrypted connection
nuget|System.IdentityModel.Tokens.Jwt|6.33.0|6.34.0|6.8||DOS|2024-01|CVE-2024-21319|Compressed tokens use up memory
gem|activerecord|7.0.3|7.0.3.1|9.8||RCE|2022-12|CVE-2022-32224|Serialised columns can construct any object
gem|rack|2.2.3|2.2.3.1|10.0||RCE|2022-12|CVE-2022-30123|Log lines can carry shell sequences
gem|rack|2.2.6.1|2.2.6.2|7.5||DOS|2023-02|CVE-2022-44570|Range headers take very long to parse
gem|rack|2.2.12|2.2.13|7.5||PATH_TRAVERSAL|2025-03|CVE-2025-27610|Files under the root can be read although not listed
gem|activesupport|7.0.4|7.0.4.1|7.5||DOS|2023-02|CVE-2023-22796|Underscoring crafted text takes very long
gem|activesupport|6.0.3|6.0.3.1|9.8|x|RCE|2020-06|CVE-2020-8165|Cached values can construct any object
gem|nokogiri|1.13.3|1.13.4|7.5||DOS|2022-04|CVE-2022-24836|Detecting the encoding takes very long
gem|nokogiri|1.12.4|1.12.5|7.5||SSRF|2021-09|CVE-2021-41098|External entities are resolved on JRuby
deb|xz-utils|5.6.1|5.6.1+really5.4.5-1|10.0|x|RCE|2024-03|CVE-2024-3094|The release carried a hidden door into the login service
deb|glibc|2.36-9+deb12u2|2.36-9+deb12u3|7.8|k|PRIVILEGE_ESCALATION|2023-10|CVE-2023-4911|A tuning variable overflows a buffer in the loader
deb|glibc|2.36-9+deb12u5|2.36-9+deb12u6|7.3|x|RCE|2024-04|CVE-2024-2961|Converting to one Chinese character set overflows by a few bytes
deb|glibc|2.36-9+deb12u9|-|4.0||DOS|2011-03|CVE-2010-4756|Crafted patterns use up memory while listing files
deb|glibc|2.36-9+deb12u9|-|7.5||DOS|2019-02|CVE-2018-20796|A pattern repeats without end
deb|curl|7.88.1-10+deb12u3|7.88.1-10+deb12u4|9.8||RCE|2023-10|CVE-2023-38545|A long host name overflows in the proxy handshake
deb|curl|7.88.1-10+deb12u3|7.88.1-10+deb12u4|3.7||INFORMATION_DISCLOSURE|2023-10|CVE-2023-38546|Cookies may be read from a file called none
deb|openssl|1.1.1k-1|1.1.1k-1+deb11u1|9.8||RCE|2021-08|CVE-2021-3711|Decrypting SM2 data overflows a buffer
deb|openssl|1.1.1k-1|1.1.1k-1+deb11u1|7.4||INFORMATION_DISCLOSURE|2021-08|CVE-2021-3712|Strings without an end are read too far
deb|openssl|1.1.1k-1+deb11u1|1.1.1k-1+deb11u2|7.5||DOS|2022-03|CVE-2022-0778|A crafted certificate loops for ever
deb|openssl|1.1.1n-0+deb11u1|1.1.1n-0+deb11u2|9.8||RCE|2022-05|CVE-2022-1292|A helper script passes file names to a shell
deb|openssl|1.1.1n-0+deb11u2|1.1.1n-0+deb11u3|9.8||RCE|2022-06|CVE-2022-2068|More places where a helper script passes names to a shell
deb|openssl|1.1.1n-0+deb11u3|1.1.1n-0+deb11u4|7.4||DOS|2023-02|CVE-2023-0286|Address types in certificates are confused
deb|openssl|1.1.1n-0+deb11u4|1.1.1n-0+deb11u5|6.5||DOS|2023-05|CVE-2023-2650|Very large object identifiers take very long
deb|openssh|1:9.2p1-2+deb12u2|1:9.2p1-2+deb12u3|8.1|x|RCE|2024-07|CVE-2024-6387|A race in the signal handler can run code before sign-in
deb|openssh|1:9.2p1-2+deb12u1|1:9.2p1-2+deb12u2|5.9||BROKEN_CRYPTOGRAPHY|2023-12|CVE-2023-48795|A middle man can drop the first messages of a session
deb|gzip|1.10-4|1.10-4+deb11u1|8.8||PATH_TRAVERSAL|2022-08|CVE-2022-1271|File names with line breaks can overwrite other files
deb|zlib|1:1.2.11.dfsg-2+deb11u1|1:1.2.11.dfsg-2+deb11u2|9.8||RCE|2022-08|CVE-2022-37434|A large extra header field overflows
deb|zlib|1:1.2.13.dfsg-1|-|9.8||RCE|2023-10|CVE-2023-45853|Long names overflow in the zip writer, which most programs do not use
deb|db5.3|5.3.28+dfsg2-1|-|9.8||INFORMATION_DISCLOSURE|2019-05|CVE-2019-8457|The bundled SQLite reads past the end of a tree
deb|tar|1.34+dfsg-1.2|-|10.0||PRIVILEGE_ESCALATION|2005-08|CVE-2005-2541|Unpacking keeps the set-user bit without a warning
deb|apt|2.6.1|-|3.7||BROKEN_CRYPTOGRAPHY|2019-11|CVE-2011-3374|Key handling of an old helper can be misled
deb|util-linux|2.38.1-5|-|5.5||INFORMATION_DISCLOSURE|2022-02|CVE-2022-0563|A library option lets parts of files be read
deb|perl|5.36.0-7|-|8.1||BROKEN_CRYPTOGRAPHY|2023-04|CVE-2023-31484|The package client does not check certificates
deb|polkit|0.105-31|0.105-31+deb11u1|7.8|k|PRIVILEGE_ESCALATION|2022-01|CVE-2021-4034|An empty argument list gives any user root
deb|libwebp|1.2.4-0.2|1.2.4-0.2+deb12u1|8.8|k|RCE|2023-09|CVE-2023-4863|A picture overflows the decoder's table
deb|libvpx|1.12.0-1+deb12u1|1.12.0-1+deb12u2|8.8|k|RCE|2023-09|CVE-2023-5217|A video overflows the encoder
deb|nghttp2|1.52.0-1|1.52.0-1+deb12u1|7.5|k|DOS|2023-10|CVE-2023-44487|Streams that are opened and reset in a loop exhaust the server
deb|nghttp2|1.52.0-1+deb12u1|1.52.0-1+deb12u2|5.3||DOS|2024-04|CVE-2024-28182|Endless header continuation keeps the server busy
deb|krb5|1.20.1-2+deb12u1|1.20.1-2+deb12u2|9.1||DOS|2024-06|CVE-2024-37371|Wrong token lengths are read past their end
deb|sudo|1.9.5p1|1.9.5p2|7.8|k|PRIVILEGE_ESCALATION|2021-01|CVE-2021-3156|A trailing backslash overflows and gives root
deb|sudo|1.9.17|1.9.17p1|9.3|k|PRIVILEGE_ESCALATION|2025-06|CVE-2025-32463|Changing the root folder lets a user load own code as root
deb|linux|6.1.69-1|6.1.76-1|7.8|k|PRIVILEGE_ESCALATION|2024-01|CVE-2024-1086|A freed firewall object is used again
deb|linux|5.16.10|5.16.11|7.8|k|PRIVILEGE_ESCALATION|2022-03|CVE-2022-0847|Read-only files can be written through a pipe
apk|busybox|1.34.1-r4|1.34.1-r5|8.8||RCE|2022-04|CVE-2022-28391|Terminal codes in a host name are shown as they are
apk|apk-tools|2.12.5-r1|2.12.6-r0|9.1||INFORMATION_DISCLOSURE|2021-08|CVE-2021-36159|A file listing is read past its end
apk|openssl|3.1.3-r0|3.1.4-r0|7.5||BROKEN_CRYPTOGRAPHY|2023-10|CVE-2023-5363|Key and nonce lengths are handled wrongly
apk|openssl|3.1.4-r0|3.1.4-r1|5.3||DOS|2023-11|CVE-2023-5678|Checking very long keys takes very long
apk|openssl|3.1.4-r2|3.1.4-r3|6.5||DOS|2024-01|CVE-2023-6129|A vector register is not saved on one processor family
apk|openssl|3.1.4-r4|3.1.4-r5|5.5||DOS|2024-01|CVE-2024-0727|A broken key file stops the process
apk|zlib|1.2.12-r1|1.2.12-r2|9.8||RCE|2022-08|CVE-2022-37434|A large extra header field overflows
apk|expat|2.6.2-r0|2.6.3-r0|9.8||RCE|2024-08|CVE-2024-45491|A counter overflows on 32-bit machines
apk|expat|2.6.2-r0|2.6.3-r0|7.5||DOS|2024-08|CVE-2024-45490|A negative length is accepted
server|Apache HTTP Server|2.4.49|2.4.50|7.5|k|PATH_TRAVERSAL|2021-10|CVE-2021-41773|Encoded dots lead out of the served folder
server|Apache HTTP Server|2.4.50|2.4.51|9.8|k|RCE|2021-10|CVE-2021-42013|The first repair of the path fault was not complete
server|Redis|7.2.5|7.2.6|8.8||RCE|2024-10|CVE-2024-31449|A script overflows the stack of the bit library
server|Redis|8.2.1|8.2.2|9.9|x|RCE|2025-10|CVE-2025-49844|A script can make the collector free memory in use
server|GitLab|13.10.2|13.10.3|10.0|k|RCE|2021-04|CVE-2021-22205|Uploaded pictures are handed to a tool that runs code
server|Confluence|7.18.0|7.18.1|9.8|k|RCE|2022-06|CVE-2022-26134|Part of the address is evaluated as an expression
server|Confluence|8.5.1|8.5.2|10.0|k|AUTH_BYPASS|2023-10|CVE-2023-22515|Anybody can make an administrator
server|Jenkins|2.441|2.442|9.8|k|INFORMATION_DISCLOSURE|2024-01|CVE-2024-23897|Command line arguments can name files to be read
server|Grafana|8.3.0|8.3.1|7.5|k|PATH_TRAVERSAL|2021-12|CVE-2021-43798|Plugin addresses lead out of their folder
server|nginx|1.20.0|1.20.1|7.7|x|RCE|2021-06|CVE-2021-23017|A name server answer overwrites one byte
server|nginx|1.22.0|1.22.1|7.8||RCE|2022-10|CVE-2022-41741|A crafted video file overwrites memory
"""
