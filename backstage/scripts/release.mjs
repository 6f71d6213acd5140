// Puts a workspace on one Backstage release: node scripts/release.mjs <its manifest.json>, then a lock from nothing.
//
// npm takes the newest version a range allows, so a workspace installed a month after a release is a mix of two. What the
// portal itself names is pinned where it is named, what comes along is pinned by overrides; the published plugin keeps its ranges.
// A manifest is a release's file in github.com/backstage/versions, v1/releases/<release>/manifest.json. oldest/manifest.json
// is such a file, cut to what the workspace uses: `tools/setup oldest` puts a copy of this workspace on it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const read = path => JSON.parse(readFileSync(path, 'utf8'));
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
const sorted = object => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

const manifest = read(process.argv[2]);
const versions = new Map(manifest.packages.map(each => [each.name, each.version]));
const pin = named => {
  for (const name of Object.keys(named ?? {})) {
    if (versions.has(name)) {
      named[name] = versions.get(name);
    }
  }
};

const root = read('package.json');
pin(root.devDependencies);
const locked = Object.keys(read('package-lock.json').packages).map(path => path.split('node_modules/').pop());
// A package that another release has and this one has not is no longer named.
const others = Object.entries(root.overrides).filter(([name]) => !name.startsWith('@backstage/'));
const along = [...new Set(locked)].filter(name => versions.has(name));
root.overrides = sorted({
  ...Object.fromEntries(others),
  ...Object.fromEntries(along.map(name => [name, name in root.devDependencies ? `$${name}` : versions.get(name)])),
});
write('package.json', root);

for (const folder of ['packages', 'plugins']) {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}/package.json`;
    const package_ = read(path);
    if (folder === 'packages') {
      pin(package_.dependencies);
    }
    pin(package_.devDependencies);
    write(path, package_);
  }
}
write('backstage.json', { version: manifest.releaseVersion });
