// Bundles the pages of dev/ into a folder: `node scripts/scenes.mjs FOLDER`. Any web server that answers every path
// with index.html shows them; tests/portal/test_scenes.py does.
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = resolve(process.argv[2] ?? '');
if (!process.argv[2]) {
  throw new Error('say into which folder');
}

const config = [
  {
    context: 'app-config.yaml',
    data: {
      app: { title: 'Scenes', baseUrl: 'http://localhost' },
      backend: { baseUrl: 'http://localhost' },
    },
  },
];

await build({
  absWorkingDir: folder,
  entryPoints: { scenes: 'dev/index.tsx' },
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  minify: true,
  // Names stay readable in what a browser complains of.
  keepNames: true,
  publicPath: '/',
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.HAS_REACT_DOM_CLIENT': 'true',
    'process.env.APP_CONFIG': JSON.stringify(config),
    'process.env': '{}',
    global: 'globalThis',
  },
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
  logLevel: 'error',
});

writeFileSync(
  join(out, 'index.html'),
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<title>Scenes</title><link rel="stylesheet" href="/scenes.css"></head>' +
    '<body><div id="root"></div><script type="module" src="/scenes.js"></script></body></html>\n',
);
