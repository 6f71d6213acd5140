import { useApi } from '@backstage/core-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { callboardApiRef } from '../api/CallboardApi';
import { scopeTerm } from '../api/scope';
import type { ComponentPackage, ComponentPackages as Packages, ComponentSbom } from '../api/types';
import { useAnswer } from '../api/useAnswer';
import { listAddress } from '../list/address';
import { usePages } from '../list/usePages';
import { Failure } from '../parts/Failure';
import { Loading } from '../parts/Loading';
import { More } from '../parts/More';
import { severityOf } from '../parts/severities';
import { SeverityMark } from '../parts/Severity';
import { When } from '../parts/When';
import { count } from '../parts/words';
import { usesAddress } from './address';
import { Manifests } from './Manifests';
import { Cell, Row, Table } from './Table';
import { how } from './UsesTable';

const COLUMNS = ['Package', 'Version', 'Known for', 'How', 'Where', 'Since'];
const ROWS = 50;
/** Advisories that a row names; there may be more. */
const MOST = 2;

interface Ways {
  entityRef: string;
  /** Where the entity's findings are. */
  findings?: string;
  /** Where it is asked who uses a package. */
  uses?: string;
}

/** What one component consists of, and from what that is known. Unknown is said, with what to do about it. */
export const ComponentPackages = ({ owners, ...ways }: Ways & { owners?: readonly string[] }) => {
  const api = useApi(callboardApiRef);
  const bill = useAnswer(ways.entityRef, () => api.sbom(ways.entityRef));
  switch (bill.state) {
    case 'loading':
      return <Loading rows={6} height={44} words="Loading packages…" />;
    case 'failed':
      return <Failure error={bill.error} again={bill.again} owners={owners} what="Packages" />;
    default:
      return <Bill bill={bill.value} ways={ways} />;
  }
};

const Bill = ({ bill, ways }: { bill: ComponentSbom; ways: Ways }) => (
  <Flex direction="column" gap="5">
    {bill.missing ? (
      <Flex direction="column" gap="2" role="status">
        <Text as="h2" variant="title-x-small" weight="bold">
          Not known
        </Text>
        <Text>
          {bill.missing.sentence} <code>callboard sbom push . --component {ways.entityRef}</code> hands it in.
        </Text>
      </Flex>
    ) : (
      <Used key={ways.entityRef} ways={ways} />
    )}
    {bill.manifests.length > 0 && <Manifests rows={bill.manifests} />}
  </Flex>
);

const Used = ({ ways }: { ways: Ways }) => {
  const api = useApi(callboardApiRef);
  const { error, again, page, rows, more, isMore } = usePages(
    async ({ cursor, limit }) => paged(await api.packages(ways.entityRef, { start: Number(cursor ?? 0), limit })),
    found => found.packages,
    { limit: ROWS },
  );
  if (error) {
    return <Failure error={error} again={again} what="Packages" />;
  }
  if (!page) {
    return <Loading rows={6} height={44} words="Loading packages…" />;
  }
  return (
    <Flex direction="column" gap="3">
      <Head page={page} {...ways} />
      {rows.length > 0 && (
        <Table columns={COLUMNS} label="Packages, the worst first">
          {rows.map(each => (
            <PackageRow key={`${each.purl} ${each.version}`} row={each} ways={ways} />
          ))}
        </Table>
      )}
      <More more={more} isMore={isMore} />
    </Flex>
  );
};

const Head = ({ page, entityRef, findings }: { page: Packages } & Ways) => (
  <div role="status">
    <Text as="h2" variant="title-x-small" weight="bold">
      {count(page.total, 'package')}
    </Text>
    <Text>
      Advisories speak of {page.known.toLocaleString('en-US')} of them
      {page.known > 0 && findings ? (
        <>
          : <Link href={listAddress(findings, { query: `${scopeTerm(entityRef)} is:open source:packages sort:do-now` })}>what to do about it</Link>
        </>
      ) : (
        ''
      )}
      .
    </Text>
  </div>
);

const PackageRow = ({ row, ways }: { row: ComponentPackage; ways: Ways }) => (
  <Row>
    <Cell isHead below={row.ecosystem}>
      {ways.uses ? <Link href={usesAddress(ways.uses, { package: row.purl })}>{row.name}</Link> : row.name}
    </Cell>
    <Cell label="Version">
      <code>{row.version}</code>
    </Cell>
    <Cell label="Known for" below={row.malicious ? 'made to harm' : undefined}>
      <Known row={row} ways={ways} />
    </Cell>
    <Cell label="How" below={row.scope}>
      {how(row.direct)}
    </Cell>
    <Cell label="Where" below={row.manifests.length > 1 ? `and ${row.manifests.length - 1} more` : undefined}>
      {row.manifests[0]}
    </Cell>
    <Cell label="Since">
      <When at={row.since} />
    </Cell>
  </Row>
);

const Known = ({ row: { severity, advisories }, ways: { entityRef, findings } }: { row: ComponentPackage; ways: Ways }) => {
  if (severity === null) {
    return <>nothing known</>;
  }
  return (
    <>
      <SeverityMark severity={severityOf(severity)} />{' '}
      {advisories.slice(0, MOST).map((each, at) => (
        <span key={each}>
          {at > 0 && ', '}
          {findings ? <Link href={listAddress(findings, { query: `${scopeTerm(entityRef)} ${each}`, view: 'findings' })}>{each}</Link> : each}
        </span>
      ))}
      {advisories.length > MOST && ` and ${advisories.length - MOST} more`}
    </>
  );
};

/** The page with its next start as what the pages of a list go by. */
function paged(page: Packages): Packages & { next_cursor: string | null } {
  return { ...page, next_cursor: page.next_start === null ? null : String(page.next_start) };
}
