import type { TableColumn } from '@backstage/core-components';
import { CatalogTable, type CatalogTableColumnsFunc, type CatalogTableRow } from '@backstage/plugin-catalog';
import { type Figure, FigureCell } from './FigureCell';

/** Kinds whose entities can own findings; others have no columns of ours. */
const OWNING = new Set(['component', 'resource', 'api', 'system']);

const WIDTH: Record<Figure, string> = { critical: '96px', high: '64px', overdue: '88px', seen: '104px' };

/** Figures need little room and must not be broken. */
const NARROW = { whiteSpace: 'nowrap', paddingLeft: 8, paddingRight: 8 } as const;

/**
 * The columns Critical, High, Overdue and Seen for the catalog's own table. All visible rows are one request.
 *
 * @public
 */
export function callboardColumns(): TableColumn<CatalogTableRow>[] {
  return columns(false);
}

function columns(isListing: boolean): TableColumn<CatalogTableRow>[] {
  return [
    column('Critical', 'critical', isListing),
    column('High', 'high', isListing),
    column('Overdue', 'overdue', isListing),
    column('Seen', 'seen', isListing),
  ];
}

function column(title: string, figure: Figure, isListing: boolean): TableColumn<CatalogTableRow> {
  return {
    title,
    field: `callboard.${figure}`,
    width: WIDTH[figure],
    align: figure === 'seen' ? 'left' : 'right',
    sorting: false,
    searchable: false,
    headerStyle: NARROW,
    cellStyle: NARROW,
    render: row => <FigureCell entityRef={row.resolved.entityRef} figure={figure} isListing={isListing} />,
  };
}

/**
 * Columns of the catalog's table with ours behind the name, for `<CatalogIndexPage columns={withCallboardColumns()} />`.
 *
 * @public
 */
export function withCallboardColumns(
  others: CatalogTableColumnsFunc = CatalogTable.defaultColumnsFunc,
): CatalogTableColumnsFunc {
  return context => {
    const found = others(context);
    const kind = (context.entities[0]?.kind ?? context.filters.kind?.value ?? '').toLocaleLowerCase('en-US');
    if (!OWNING.has(kind)) {
      return found;
    }
    // Title and name come first in every table of the catalog.
    const names = found.findIndex(each => each.field === 'resolved.entityRef') + 1 || Math.min(2, found.length);
    return [...found.slice(0, names), ...columns(context.loading), ...found.slice(names)];
  };
}
