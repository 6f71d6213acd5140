// Fails where the plugin's ranges leave out the release that is installed: a portal would get a second copy of a package.
import { readFileSync } from 'node:fs';
import semver from 'semver';

const read = path => JSON.parse(readFileSync(path, 'utf8'));
const { dependencies } = read('plugins/callboard/package.json');
const left = Object.entries(dependencies)
  .filter(([name]) => name.startsWith('@backstage/'))
  .map(([name, range]) => [name, range, read(`node_modules/${name}/package.json`).version])
  .filter(([, range, version]) => !semver.satisfies(version, range));
for (const [name, range, version] of left) {
  console.error(`plugins/callboard/package.json: ${name} ${range} leaves out ${version} of Backstage ${read('backstage.json').version}`);
}
process.exitCode = left.length ? 1 : 0;
