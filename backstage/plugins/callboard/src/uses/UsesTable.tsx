import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { PackageUse } from '../api/types';
import { When } from '../parts/When';
import { Cell, Row, Table } from './Table';

const COLUMNS = ['Component', 'Version', 'How', 'Brought by', 'Since', 'Until'];

/** Who uses it, with the way from what the component asks for, and where that stands. */
export const UsesTable = ({ rows }: { rows: readonly PackageUse[] }) => (
  <Table columns={COLUMNS} label="Who uses it">
    {rows.map(row => (
      <Row key={`${row.component} ${row.purl} ${row.manifest} ${row.line} ${row.since}`}>
        <Cell isHead below={row.owner ? <EntityRefLink entityRef={row.owner} hideIcon /> : 'no owner'}>
          <EntityRefLink entityRef={row.component} hideIcon />
        </Cell>
        <Cell label="Version" below={row.ecosystem}>
          <code>{row.version}</code>
        </Cell>
        <Cell label="How" below={row.scope}>
          {how(row.direct)}
        </Cell>
        <Cell label="Brought by" below={row.place}>
          {way(row)}
        </Cell>
        <Cell label="Since">
          <When at={row.since} />
        </Cell>
        <Cell label="Until">{row.until ? <When at={row.until} /> : 'now'}</Cell>
      </Row>
    ))}
  </Table>
);

/** Whether a component asks for a package itself, in a word. */
export function how(direct: boolean | null): string {
  if (direct === null) {
    return 'not told';
  }
  return direct ? 'direct' : 'deep';
}

function way({ path, direct }: PackageUse): string {
  if (path.length > 1) {
    return path
      .slice(0, -1)
      .map(step => `${step.name} ${step.version}`)
      .join(' → ');
  }
  return direct ? 'itself' : 'not told';
}
