import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { findingPage, source } from '../../dev/made';
import type { FindingPage } from '../api/types';
import { rootRouteRef } from '../routes';
import { ToUses } from './ToUses';

const show = (page: FindingPage, mountedRoutes: Record<string, typeof rootRouteRef> = { '/callboard': rootRouteRef }) =>
  renderInTestApp(
    <>
      <ToUses page={page} />
      <p>the rest</p>
    </>,
    { mountedRoutes },
  );

const ours = () => findingPage({ source: source({ kind: 'packages', name: 'packages' }), link: null });

describe('the way to who uses a package', () => {
  it('leads from what Callboard matched itself', async () => {
    await show(ours());
    expect(await screen.findByRole('link', { name: 'Who uses log4j-core' })).toHaveAttribute(
      'href',
      '/callboard?tab=who-uses&package=log4j-core',
    );
  });

  it.each([
    ['what has a page at its source', () => findingPage(), undefined],
    ['a portal without the page', ours, {}],
  ] as const)('is not there for %s', async (_, page, routes) => {
    await show(page(), routes);
    expect(await screen.findByText('the rest')).toBeInTheDocument();
    expect(screen.queryByRole('link')).toBeNull();
  });
});
