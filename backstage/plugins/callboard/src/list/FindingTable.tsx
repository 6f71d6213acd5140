import { Cell, CellText, type ColumnConfig, Table } from '@backstage/ui';
import type { Finding } from '../api/types';
import { SeverityMark } from '../parts/Severity';
import { Due, When } from '../parts/When';
import { plain, shortRef } from '../parts/words';

type Row = Finding;

const columns: ColumnConfig<Row>[] = [
  {
    id: 'severity',
    label: 'Severity',
    width: 104,
    cell: row => (
      <Cell>
        <SeverityMark severity={row.severity} />
      </Cell>
    ),
  },
  {
    id: 'title',
    label: 'Finding',
    isRowHeader: true,
    minWidth: 180,
    defaultWidth: '2fr',
    cell: row => <CellText title={row.title} description={row.rule.name === row.title ? row.rule.id : row.rule.name} />,
  },
  {
    id: 'resource',
    label: 'Resource',
    minWidth: 120,
    defaultWidth: '1fr',
    cell: row => <CellText title={row.resource.name} description={plain(row.resource.type)} />,
  },
  {
    id: 'component',
    label: 'Component',
    minWidth: 120,
    defaultWidth: '1fr',
    cell: row => <CellText title={homes(row)} />,
  },
  { id: 'state', label: 'Status', minWidth: 116, cell: row => <CellText title={plain(row.state)} /> },
  {
    id: 'first',
    label: 'First detected',
    minWidth: 140,
    cell: row => (
      <Cell>
        <When at={row.first_detected_at} />
      </Cell>
    ),
  },
  {
    id: 'last',
    label: 'Last detected',
    minWidth: 140,
    cell: row => (
      <Cell>{row.last_detected_at ? <When at={row.last_detected_at} /> : <span>not told</span>}</Cell>
    ),
  },
  {
    id: 'due',
    label: 'Due',
    minWidth: 116,
    cell: row => (
      <Cell>
        <Due at={row.fixed_at ? null : row.due_at} />
      </Cell>
    ),
  },
];

function homes(row: Row): string {
  if (row.ownership.components.length) {
    return row.ownership.components.map(shortRef).join(', ');
  }
  return row.ownership.verdict === 'conflict' ? 'contradicted' : 'not mapped';
}

/** Findings one by one; a row opens in full beside the list, by mouse and by keyboard. */
export const FindingTable = ({
  rows,
  onOpen,
  withComponent,
}: {
  rows: readonly Finding[];
  onOpen: (id: number) => void;
  /** Left out where all of them are of one component. */
  withComponent: boolean;
}) => (
  <Table
    columnConfig={withComponent ? columns : columns.filter(each => each.id !== 'component')}
    data={[...rows]}
    pagination={{ type: 'none' }}
    rowConfig={{ onClick: row => onOpen(row.id) }}
  />
);
