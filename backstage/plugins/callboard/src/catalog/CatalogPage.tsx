import { CatalogIndexPage, type CatalogIndexPageProps } from '@backstage/plugin-catalog/alpha';
import { withCallboardColumns } from './columns';

const columns = withCallboardColumns();

/** The catalog's own page with our columns on its own table. */
export const CatalogPage = (props: CatalogIndexPageProps) => <CatalogIndexPage {...props} columns={columns} />;
