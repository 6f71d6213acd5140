import { Cell, CellText, type ColumnConfig, Table, Text } from '@backstage/ui';
import type { Finding } from '../api/types';
import type { Selection } from '../keys/rows';
import { SeverityMark } from '../parts/Severity';
import { Due, When } from '../parts/When';
import { plain } from '../parts/words';
import styles from './FindingRows.module.css';
import { homes } from './homes';

/** A finding and where it stands, one line each: by its source and by what people said. */
type Row = Finding & { standing: readonly string[] };

const columns: ColumnConfig<Row>[] = [
  {
    id: 'severity',
    label: 'Severity',
    width: 88,
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
  {
    id: 'state',
    label: 'Status',
    minWidth: 136,
    cell: row => (
      <Cell>
        {row.standing.map(each => (
          <Text key={each} as="p" className={styles.line}>
            {each}
          </Text>
        ))}
      </Cell>
    ),
  },
  {
    id: 'first',
    label: 'First detected',
    minWidth: 128,
    cell: row => (
      <Cell>
        <When at={row.first_detected_at} />
      </Cell>
    ),
  },
  {
    id: 'last',
    label: 'Last detected',
    minWidth: 128,
    cell: row => (
      <Cell>{row.last_detected_at ? <When at={row.last_detected_at} /> : <span>not told</span>}</Cell>
    ),
  },
  {
    id: 'due',
    label: 'Due',
    minWidth: 112,
    cell: row => (
      <Cell>
        <Due at={row.fixed_at ? null : row.due_at} />
      </Cell>
    ),
  },
];

/** Narrower than this the table would have to be scrolled sideways: the widths of its columns. */
const TABLE_PX = 88 + 180 + 120 + 136 + 128 + 128 + 112;
const SELECT_PX = 40;
const COMPONENT_PX = 120;

/** How wide the table has to be, in CSS pixels. */
export function tableWidth(withComponent: boolean, isSelecting: boolean): number {
  return TABLE_PX + (withComponent ? COMPONENT_PX : 0) + (isSelecting ? SELECT_PX : 0);
}

/** Findings one by one, where there is room; a row opens in full beside the list, by mouse and by keyboard. */
export const FindingTable = ({
  rows,
  onOpen,
  standingOf,
  selection,
  withComponent,
}: {
  rows: readonly Finding[];
  onOpen: (id: number) => void;
  standingOf: (row: Finding) => readonly string[];
  /** `undefined`: nothing can be said about several. */
  selection?: Selection;
  /** Left out where all of them are of one component. */
  withComponent: boolean;
}) => (
  <Table
    columnConfig={withComponent ? columns : columns.filter(each => each.id !== 'component')}
    data={rows.map(each => ({ ...each, standing: standingOf(each) }))}
    pagination={{ type: 'none' }}
    selection={
      selection && {
        mode: 'multiple',
        behavior: 'toggle',
        selected: new Set(selection.selected),
        onSelectionChange: keys => selection.select(keys === 'all' ? rows.map(each => String(each.id)) : [...keys].map(String)),
      }
    }
    rowConfig={{ onClick: row => onOpen(row.id) }}
  />
);
