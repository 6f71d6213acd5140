// Unpacks the headless Chromium, the libraries it needs beyond libc, and its fonts into the folder named on the command line.
// The package unpacks into the temporary folder, so that is where it is told the folder is. Its own switch for the libraries
// asks whether this is AWS Lambda; here they are always unpacked, so that every machine runs the browser on the same ones.
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const target = resolve(process.argv[2]);
mkdirSync(target, { recursive: true });
process.env.TMPDIR = target;

const { inflate } = await import("@sparticuz/chromium");
const archives = join(dirname(fileURLToPath(import.meta.url)), "node_modules", "@sparticuz", "chromium", "bin");
for (const archive of ["chromium.br", "al2023.tar.br", "fonts.tar.br"]) {
  await inflate(join(archives, archive));
}
