import { Text } from '@backstage/ui';
import type { ComponentSbom } from '../api/types';
import { When } from '../parts/When';
import { Cell, Row, Table } from './Table';

type Manifest = ComponentSbom['manifests'][number];

const COLUMNS = ['Manifest', 'Format', 'Packages', 'Direct', 'Of', 'What is not known'];

/** From which files it is known what a component consists of, how old that is, and what they leave open. */
export const Manifests = ({ rows }: { rows: readonly Manifest[] }) => (
  <section aria-labelledby="callboard-manifests">
    <Text as="h2" variant="title-x-small" weight="bold" id="callboard-manifests">
      Where it is known from
    </Text>
    <Table columns={COLUMNS} label="Manifests">
      {rows.map(row => (
        <Row key={`${row.origin} ${row.where} ${row.path} ${row.part}`}>
          <Cell isHead below={whence(row)}>
            {row.path}
          </Cell>
          <Cell label="Format">{row.format ?? 'never read'}</Cell>
          <Cell label="Packages">{row.format === null ? '?' : row.packages.toLocaleString('en-US')}</Cell>
          <Cell label="Direct">{row.direct?.toLocaleString('en-US') ?? '?'}</Cell>
          <Cell label="Of">{row.at === null ? 'never' : <When at={row.at} />}</Cell>
          <Cell label="What is not known">{open(row)}</Cell>
        </Row>
      ))}
    </Table>
  </section>
);

function whence({ origin, where, part }: Manifest): string {
  if (origin === 'upload') {
    return 'handed in';
  }
  return part ? `${where}, the share of ${part}` : where;
}

function open({ problem, unknown }: Manifest): string {
  if (problem) {
    return `The last one cannot be read: ${problem}`;
  }
  const [first, ...others] = unknown;
  if (first === undefined) {
    return '–';
  }
  return others.length > 0 ? `${first} And ${others.length} more.` : first;
}
