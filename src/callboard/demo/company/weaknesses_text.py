"""Published vulnerabilities that the generated company meets: a table of facts, one per line.

`ecosystem | package | a version that has it | the first fixed one | CVSS score | flags | category | published | id | what it is`.
Flags: `k` in the CISA catalogue of exploited vulnerabilities, `x` a public exploit is known, `m` the package itself is
malicious. Ids, packages and fixed versions are facts; publication is exact to the month; the last column is our wording.
`-` as fixed version: no fixed version exists for this package.
"""

from typing import Final

LIBRARIES: Final = """
maven|org.apache.logging.log4j:log4j-core|2.14.1|2.15.0|10.0|k|RCE|2021-12|CVE-2021-44228|Logged text can make the logger load and run remote code
maven|org.apache.logging.log4j:log4j-core|2.15.0|2.16.0|9.0|k|RCE|2021-12|CVE-2021-45046|The first repair of the logger's lookup fault was not complete
maven|org.apache.logging.log4j:log4j-core|2.16.0|2.17.0|5.9||DOS|2021-12|CVE-2021-45105|Self-referring lookups end in endless recursion
maven|org.apache.logging.log4j:log4j-core|2.17.0|2.17.1|6.6||RCE|2021-12|CVE-2021-44832|Whoever may change the logging configuration can run code
maven|org.springframework:spring-beans|5.3.17|5.3.18|9.8|k|RCE|2022-04|CVE-2022-22965|Data binding lets a request reach the class loader
maven|org.springframework.cloud:spring-cloud-function-context|3.2.2|3.2.3|9.8|k|RCE|2022-04|CVE-2022-22963|A routing header is evaluated as an expression
maven|org.springframework:spring-expression|5.3.16|5.3.17|6.5||DOS|2022-04|CVE-2022-22950|A crafted expression uses up memory
maven|org.springframework:spring-expression|5.3.26|5.3.27|6.5||DOS|2023-04|CVE-2023-20863|A long expression stops the service
maven|org.springframework:spring-webmvc|5.3.25|5.3.26|7.5||AUTH_BYPASS|2023-03|CVE-2023-20860|A wildcard pattern matches differently in two layers, so a rule can be passed by
maven|org.springframework:spring-web|5.3.31|5.3.32|8.1||SSRF|2024-02|CVE-2024-22243|Host checks of parsed addresses can be fooled
maven|org.springframework:spring-web|5.3.32|5.3.33|8.1||SSRF|2024-03|CVE-2024-22259|Another way to fool host checks of parsed addresses
maven|org.springframework:spring-webmvc|6.1.12|6.1.13|7.5||PATH_TRAVERSAL|2024-09|CVE-2024-38816|Static files outside the folder can be read
maven|org.springframework.security:spring-security-core|5.5.6|5.5.7|9.8||AUTH_BYPASS|2022-05|CVE-2022-22978|A line break in the path passes a pattern check
maven|org.apache.commons:commons-text|1.9|1.10.0|9.8|x|RCE|2022-10|CVE-2022-42889|Text interpolation runs scripts found in the text
maven|org.yaml:snakeyaml|1.33|2.0|9.8|x|RCE|2022-12|CVE-2022-1471|Reading a document can construct any class
maven|org.yaml:snakeyaml|1.30|1.31|7.5||DOS|2022-08|CVE-2022-25857|Deep nesting exhausts the stack
maven|com.fasterxml.jackson.core:jackson-databind|2.13.2|2.13.2.1|7.5||DOS|2022-03|CVE-2020-36518|Deeply nested objects overflow the stack
maven|com.fasterxml.jackson.core:jackson-databind|2.13.3|2.13.4|7.5||DOS|2022-10|CVE-2022-42004|Nested arrays use up resources while reading
maven|org.apache.struts:struts2-core|2.3.31|2.3.32|9.8|k|RCE|2017-03|CVE-2017-5638|The upload parser evaluates a header
maven|org.apache.struts:struts2-core|2.5.32|2.5.33|9.8|x|RCE|2023-12|CVE-2023-50164|Upload parameters can place a file anywhere
maven|io.netty:netty-codec-http2|4.1.99.Final|4.1.100.Final|7.5|k|DOS|2023-10|CVE-2023-44487|Streams that are opened and reset in a loop exhaust the server
maven|io.netty:netty-handler|4.1.93.Final|4.1.94.Final|6.5||DOS|2023-06|CVE-2023-34462|A client hello can make the server reserve 16 MB
maven|io.netty:netty-codec-http|4.1.70.Final|4.1.71.Final|6.5||AUTH_BYPASS|2021-12|CVE-2021-43797|Control characters in header names are passed on
maven|org.postgresql:postgresql|42.3.1|42.3.2|9.8||RCE|2022-02|CVE-2022-21724|Connection properties can name a class to load
maven|org.postgresql:postgresql|42.4.0|42.4.1|8.0||SQL_INJECTION|2022-08|CVE-2022-31197|Column names are not escaped on row refresh
maven|org.postgresql:postgresql|42.7.1|42.7.2|9.8||SQL_INJECTION|2024-02|CVE-2024-1597|Negated placeholders in simple query mode become comments
maven|commons-fileupload:commons-fileupload|1.4|1.5|7.5||DOS|2023-02|CVE-2023-24998|The number of parts in an upload has no limit
maven|org.apache.tomcat.embed:tomcat-embed-core|9.0.30|9.0.31|9.8|k|PATH_TRAVERSAL|2020-02|CVE-2020-1938|The AJP connector reads and includes files
maven|org.apache.tomcat.embed:tomcat-embed-core|9.0.82|9.0.83|7.5||AUTH_BYPASS|2023-11|CVE-2023-46589|Trailer headers can hide a second request
maven|org.apache.tomcat.embed:tomcat-embed-core|9.0.98|9.0.99|9.8|k|RCE|2025-03|CVE-2025-24813|A partial upload can become a stored session
maven|com.google.guava:guava|31.1-jre|32.0.0-jre|5.5||INFORMATION_DISCLOSURE|2023-06|CVE-2023-2976|Temporary files can be read by other users
maven|com.h2database:h2|2.0.204|2.0.206|9.8|x|RCE|2022-01|CVE-2021-42392|The console looks up remote names
maven|com.h2database:h2|2.0.206|2.1.210|9.8||RCE|2022-01|CVE-2022-23221|A connection address can carry a script
maven|ch.qos.logback:logback-classic|1.2.12|1.2.13|7.5||DOS|2023-11|CVE-2023-6378|The log receiver can be overloaded by crafted data
maven|com.thoughtworks.xstream:xstream|1.4.17|1.4.18|8.5|k|RCE|2021-08|CVE-2021-39144|Reading a stream can run commands
maven|org.apache.shiro:shiro-core|1.2.4|1.2.5|9.8|k|RCE|2016-06|CVE-2016-4437|The remember-me cookie is sealed with a known key
maven|org.apache.activemq:activemq-client|5.15.15|5.15.16|9.8|k|RCE|2023-10|CVE-2023-46604|The wire protocol can be told which class to create
maven|org.apache.httpcomponents:httpclient|4.5.12|4.5.13|5.3||SSRF|2020-12|CVE-2020-13956|A malformed authority picks the wrong host
maven|org.json:json|20220924|20230227|7.5||DOS|2022-12|CVE-2022-45688|Nested XML overflows the stack
maven|org.json:json|20230618|20231013|7.5||DOS|2023-10|CVE-2023-5072|A small text makes the parser use very much memory
maven|com.google.protobuf:protobuf-java|3.25.4|3.25.5|7.5||DOS|2024-09|CVE-2024-7254|Nested groups overflow the stack
maven|net.minidev:json-smart|2.4.8|2.4.9|7.5||DOS|2023-03|CVE-2023-1370|Nested brackets overflow the stack
maven|commons-io:commons-io|2.13.0|2.14.0|4.3||DOS|2024-10|CVE-2024-47554|Crafted XML keeps the reader busy
maven|org.apache.commons:commons-compress|1.25.0|1.26.0|8.1||DOS|2024-02|CVE-2024-25710|A broken dump file loops for ever
maven|commons-beanutils:commons-beanutils|1.9.4|1.11.0|8.8||RCE|2025-05|CVE-2025-48734|Enum values give access to their class loader
maven|org.apache.commons:commons-lang3|3.17.0|3.18.0|6.5||DOS|2025-07|CVE-2025-48924|Very long class names overflow the stack
npm|minimist|1.2.5|1.2.6|9.8||RCE|2022-03|CVE-2021-44906|Arguments can change the prototype of all objects
npm|lodash|4.17.20|4.17.21|7.2|x|RCE|2021-02|CVE-2021-23337|The template function runs text given as variable name
npm|lodash|4.17.15|4.17.19|7.4||RCE|2020-07|CVE-2020-8203|Zipping objects can change the prototype
npm|lodash|4.17.11|4.17.12|9.1||RCE|2019-07|CVE-2019-10744|Merging defaults can change the prototype
npm|json5|2.2.1|2.2.2|8.8||RCE|2022-12|CVE-2022-46175|A key can set the prototype of the parsed object
npm|minimatch|3.0.4|3.0.5|7.5||DOS|2022-10|CVE-2022-3517|A crafted pattern makes matching very slow
npm|qs|6.5.2|6.5.3|7.5||DOS|2022-11|CVE-2022-24999|A query string can stop the process
npm|semver|7.5.1|7.5.2|7.5||DOS|2023-06|CVE-2022-25883|Crafted ranges make parsing very slow
npm|tough-cookie|4.1.2|4.1.3|6.5|x|RCE|2023-07|CVE-2023-26136|Cookies can change the prototype in memory mode
npm|axios|1.5.1|1.6.0|6.5||INFORMATION_DISCLOSURE|2023-11|CVE-2023-45857|The forgery token is sent to other hosts
npm|axios|0.21.1|0.21.2|7.5||DOS|2021-08|CVE-2021-3749|Trimming a long string takes very long
npm|axios|1.7.3|1.7.4|7.5||SSRF|2024-08|CVE-2024-39338|A path is taken for a host
npm|request|2.88.2|-|6.1||SSRF|2023-03|CVE-2023-28155|Redirects may lead from one protocol to another
npm|node-fetch|2.6.6|2.6.7|6.1||INFORMATION_DISCLOSURE|2022-01|CVE-2022-0235|Cookies follow a redirect to another host
npm|loader-utils|2.0.2|2.0.3|9.8||RCE|2022-10|CVE-2022-37601|A query can change the prototype
npm|loader-utils|2.0.3|2.0.4|7.5||DOS|2022-10|CVE-2022-37603|Interpolating a name can take very long
npm|braces|3.0.2|3.0.3|7.5||DOS|2024-05|CVE-2024-4068|Unbalanced braces use up memory
npm|micromatch|4.0.7|4.0.8|5.3||DOS|2024-05|CVE-2024-4067|A pattern without end makes matching slow
npm|ws|8.17.0|8.17.1|7.5||DOS|2024-06|CVE-2024-37890|A request with very many headers stops the server
npm|ws|7.4.5|7.4.6|5.3||DOS|2021-05|CVE-2021-32640|A crafted protocol header slows the server
npm|express|4.19.1|4.19.2|6.1||XSS|2024-03|CVE-2024-29041|Redirect targets are parsed in two ways
npm|express|4.19.2|4.20.0|5.0||XSS|2024-09|CVE-2024-43796|Text given to a redirect is put into the page
npm|body-parser|1.20.2|1.20.3|7.5||DOS|2024-09|CVE-2024-45590|A crafted form body occupies the process
npm|path-to-regexp|0.1.7|0.1.10|7.5||DOS|2024-09|CVE-2024-45296|Two parameters in one segment make a slow pattern
npm|send|0.18.0|0.19.0|5.0||XSS|2024-09|CVE-2024-43799|Redirect text is put into the page
npm|cookie|0.6.0|0.7.0|5.3||XSS|2024-10|CVE-2024-47764|Cookie names may hold characters that change other fields
npm|cross-spawn|7.0.3|7.0.5|7.5||DOS|2024-11|CVE-2024-21538|A long argument takes very long to escape
npm|form-data|4.0.3|4.0.4|9.4||INFORMATION_DISCLOSURE|2025-07|CVE-2025-7783|Part boundaries can be guessed
npm|jsonwebtoken|8.5.1|9.0.0|7.6||AUTH_BYPASS|2022-12|CVE-2022-23540|Without a key, unsigned tokens may pass
npm|ansi-regex|5.0.0|5.0.1|7.5||DOS|2021-09|CVE-2021-3807|Crafted terminal codes make matching slow
npm|glob-parent|5.1.1|5.1.2|7.5||DOS|2021-06|CVE-2020-28469|Crafted paths make matching slow
npm|decode-uri-component|0.2.0|0.2.1|7.5||DOS|2022-11|CVE-2022-38900|Broken escapes stop the process
npm|postcss|8.4.30|8.4.31|5.3||XSS|2023-09|CVE-2023-44270|A carriage return hides text from checks
npm|@babel/traverse|7.23.1|7.23.2|9.3||RCE|2023-10|CVE-2023-45133|Compiling untrusted code can run it
npm|follow-redirects|1.15.5|1.15.6|6.5||INFORMATION_DISCLOSURE|2024-03|CVE-2024-28849|Proxy credentials follow a redirect
npm|follow-redirects|1.15.3|1.15.4|6.1||SSRF|2024-01|CVE-2023-26159|An odd address is parsed as another host
npm|next|14.2.24|14.2.25|9.1|x|AUTH_BYPASS|2025-03|CVE-2025-29927|A request header skips the middleware
npm|react-server-dom-webpack|19.1.1|19.1.2|10.0|k|RCE|2025-12|CVE-2025-55182|Requests to server functions can run code
npm|browserify-sign|4.2.1|4.2.2|7.5||BROKEN_CRYPTOGRAPHY|2023-10|CVE-2023-46234|Signatures that are not valid can pass
npm|http-cache-semantics|4.1.0|4.1.1|7.5||DOS|2023-01|CVE-2022-25881|A cache header makes parsing slow
npm|dompurify|2.4.1|2.4.2|9.1||XSS|2024-10|CVE-2024-48910|The sanitiser's settings can be changed through the prototype
npm|ua-parser-js|0.7.29|0.7.30|9.8|m|RCE|2021-10|GHSA-pjwm-rvh2-c87w|This release carried a miner and a password stealer
pypi|requests|2.30.0|2.31.0|6.1||INFORMATION_DISCLOSURE|2023-05|CVE-2023-32681|Proxy credentials are sent to the target
pypi|requests|2.31.0|2.32.0|5.6||BROKEN_CRYPTOGRAPHY|2024-05|CVE-2024-35195|A session keeps certificate checks switched off
pypi|requests|2.32.3|2.32.4|5.3||INFORMATION_DISCLOSURE|2025-06|CVE-2024-47081|Stored credentials may go to another host
pypi|urllib3|1.26.16|1.26.17|8.1||INFORMATION_DISCLOSURE|2023-10|CVE-2023-43804|Cookies follow a redirect to another host
pypi|urllib3|1.26.17|1.26.18|4.2||INFORMATION_DISCLOSURE|2023-10|CVE-2023-45803|The body is sent again after a redirect
pypi|urllib3|1.26.18|1.26.19|4.4||INFORMATION_DISCLOSURE|2024-06|CVE-2024-37891|Proxy credentials follow a redirect
pypi|urllib3|1.26.4|1.26.5|7.5||DOS|2021-06|CVE-2021-33503|An odd address makes parsing slow
pypi|flask|2.2.4|2.2.5|7.5||INFORMATION_DISCLOSURE|2023-05|CVE-2023-30861|A cached answer may carry another person's session
pypi|werkzeug|2.2.2|2.2.3|7.5||DOS|2023-02|CVE-2023-25577|Forms may have any number of parts
pypi|werkzeug|3.0.2|3.0.3|7.5||RCE|2024-05|CVE-2024-34069|The debugger can be reached from a foreign page
pypi|jinja2|3.1.2|3.1.3|5.4||XSS|2024-01|CVE-2024-22195|Attribute names are not escaped
pypi|jinja2|3.1.3|3.1.4|5.4||XSS|2024-05|CVE-2024-34064|Attribute names may hold separators
pypi|pyyaml|5.3.1|5.4|9.8||RCE|2021-02|CVE-2020-14343|The full loader can construct any object
pypi|pillow|10.0.0|10.0.1|8.8|k|RCE|2023-09|CVE-2023-4863|A picture overflows the WebP decoder's table
pypi|pillow|10.1.0|10.2.0|8.1||RCE|2024-01|CVE-2023-50447|Evaluating picture arithmetic can run code
pypi|pillow|10.2.0|10.3.0|6.7||DOS|2024-04|CVE-2024-28219|A colour profile name overflows a buffer
pypi|django|3.2.13|3.2.14|9.8||SQL_INJECTION|2022-07|CVE-2022-34265|Date truncation takes its unit unescaped
pypi|django|3.2.21|3.2.22|7.5||DOS|2023-11|CVE-2023-43665|Shortening long HTML takes very long
pypi|django|4.2.14|4.2.15|9.8||SQL_INJECTION|2024-08|CVE-2024-42005|Keys of a JSON column are used unescaped
pypi|cryptography|39.0.0|39.0.1|7.4||DOS|2023-02|CVE-2023-0286|The bundled TLS library confuses address types in certificates
pypi|cryptography|41.0.5|41.0.6|7.5||DOS|2023-11|CVE-2023-49083|Loading a crafted certificate bundle crashes
pypi|cryptography|42.0.3|42.0.4|7.5||DOS|2024-02|CVE-2024-26130|A mismatched key and certificate crash the process
pypi|certifi|2023.5.7|2023.7.22|9.8||BROKEN_CRYPTOGRAPHY|2023-07|CVE-2023-37920|A withdrawn certificate authority is still trusted
pypi|certifi|2022.9.24|2022.12.7|7.5||BROKEN_CRYPTOGRAPHY|2022-12|CVE-2022-23491|A distrusted certificate authority is still in the list
pypi|setuptools|65.5.0|65.5.1|5.9||DOS|2022-12|CVE-2022-40897|A crafted package page makes matching slow
pypi|setuptools|69.5.1|70.0.0|8.8||RCE|2024-07|CVE-2024-6345|A package address can carry a command
pypi|aiohttp|3.8.4|3.8.5|7.5||AUTH_BYPASS|2023-07|CVE-2023-37276|A malformed header can hide a second request
pypi|aiohttp|3.9.1|3.9.2|7.5|x|PATH_TRAVERSAL|2024-01|CVE-2024-23334|Static routes may follow links out of their folder
pypi|aiohttp|3.9.3|3.9.4|7.5||DOS|2024-05|CVE-2024-30251|A crafted form loops for ever
pypi|idna|3.6|3.7|7.5||DOS|2024-07|CVE-2024-3651|Encoding a crafted name takes very long
pypi|python-multipart|0.0.17|0.0.18|7.5||DOS|2024-12|CVE-2024-53981|Bytes before the first part are logged one by one
pypi|python-multipart|0.0.6|0.0.7|7.5||DOS|2024-02|CVE-2024-24762|A content type makes matching slow
pypi|gunicorn|21.2.0|22.0.0|7.5||AUTH_BYPASS|2024-04|CVE-2024-1135|A transfer header can hide a second request
pypi|h11|0.14.0|0.16.0|9.1||AUTH_BYPASS|2025-04|CVE-2025-43859|Sloppy chunk endings can hide a second request
pypi|pyjwt|2.3.0|2.4.0|7.5||BROKEN_CRYPTOGRAPHY|2022-05|CVE-2022-29217|A public key may be taken for a shared secret
"""
