/** The pages that tell how to install the plugin name what there is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import catalogColumns from './alpha';
import * as main from './index';
import * as legacy from './legacy';
import plugin from './plugin';

const FOLDER = join(__dirname, '..');
const read = (path: string) => readFileSync(join(FOLDER, path), 'utf8');
const PAGES = ['README.md', '../../../docs/backstage.md'];

const found = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(each => each[1]))].sort();

describe.each(PAGES)('%s', path => {
  const text = read(path);

  it('names every extension, and no other', () => {
    const extensions = found(text, /[`\s]((?:page|entity-card|entity-content|home-page-widget|api):[a-z][a-z/-]*)\b/g);
    expect(extensions).toEqual([
      'api:callboard',
      'entity-card:callboard/summary',
      'entity-content:callboard/findings',
      'entity-content:callboard/packages',
      'home-page-widget:callboard/my-findings',
      'page:callboard',
      'page:catalog',
    ]);
    for (const id of extensions.filter(each => each !== 'page:catalog')) {
      expect(plugin.getExtension(id as never)).toBeDefined();
    }
    expect(catalogColumns).toBeDefined();
  });

  it('imports what is exported', () => {
    const imported = [...text.matchAll(/import \{([^}]*)\} from '@callboard\/backstage-plugin-callboard\/legacy'/g)].flatMap(each =>
      each[1].split(',').map(name => name.trim()).filter(Boolean),
    );
    expect(imported.length).toBeGreaterThan(3);
    for (const name of [...imported, 'HomePageMyFindings']) {
      expect(legacy).toHaveProperty(name);
      expect(text).toContain(name);
    }
    expect(main).toHaveProperty('withCallboardColumns');
  });

  it('names every key of the configuration, all of which the browser may read', () => {
    const schema = read('config.d.ts');
    const keys = found(schema, /^ {4}(\w+)\?:/gm);
    expect(found(text, /`callboard\.(\w+)`/g)).toEqual(keys);
    expect(found(schema, /@visibility (\w+)/g)).toEqual(['frontend']);
    expect([...schema.matchAll(/@visibility/g)]).toHaveLength(keys.length);
  });

  it('names the annotation of the two other plugins, and the release it was tried with', () => {
    expect(text).toContain('`wiz.io/project-id`');
    expect(text).toContain(JSON.parse(read('../../backstage.json')).version);
  });
});

it('tells every failure by the words that the plugin has for it', () => {
  const failure = read('src/parts/Failure.tsx');
  const guide = read('../../../docs/backstage.md');
  const titles = found(failure, /: '([A-Z][^']+)',/g).filter(each => each !== 'Not allowed' && each !== 'This question cannot be understood');
  expect(titles.length).toBeGreaterThan(3);
  for (const title of titles) {
    expect(guide).toContain(title);
  }
});
