// Writes what the package offers to others into report*.api.md, or with `--check` fails when that is not what the files say.
// The declarations come first: `tsc -p ../..`.
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const root = resolve(folder, '../..');
const declarations = join(root, 'dist-types/plugins/callboard/src');
const isCheck = process.argv.includes('--check');
const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

let isSound = true;
for (const [entry, source] of Object.entries(exports)) {
  if (entry === './package.json') {
    continue;
  }
  const name = entry === '.' ? 'report' : `report-${entry.slice(2)}`;
  const config = ExtractorConfig.prepare({
    configObjectFullPath: join(folder, 'api-extractor.json'),
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(declarations, source.replace('./src/', '').replace(/\.tsx?$/, '.d.ts')),
      compiler: { tsconfigFilePath: join(root, 'tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: folder,
        reportTempFolder: join(tmpdir(), 'callboard-api-report'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: { logLevel: 'error', addToApiReportFile: false },
          // Shapes of the service are used by what is public, and are described by its own OpenAPI document.
          'ae-forgotten-export': { logLevel: 'none' },
        },
        tsdocMessageReporting: { default: { logLevel: 'error' } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, { localBuild: !isCheck, showVerboseMessages: false });
  isSound &&= succeeded && !(isCheck && apiReportChanged);
}
rmSync(join(tmpdir(), 'callboard-api-report'), { recursive: true, force: true });
process.exitCode = isSound ? 0 : 1;
